"""When classes are held: those that a workplace orders, and which of them clash."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from fagprofil.catalogue import Catalogue
from fagprofil.datafiles import problems_in
from fagprofil.errors import DataError, Problem, unknown_id
from fagprofil.model import Module, ModuleRun, Price, Provenance, Records

__all__ = ["cliques", "half_year", "largest", "late", "occupied", "runs_of", "tailored"]

_WORKDAYS = 5
#: Ids of records are no longer than 80.
_ID_ROOM = 64


def tailored(
    module: Module | str,
    *,
    classes: int = 1,
    start: dt.date | Sequence[dt.date],
    days: int,
    seats: int | tuple[int, int],
    place: str | None = None,
    every_weeks: int = 1,
    price: Price | float | None = None,
    fixed_cost: float | None = None,
) -> tuple[ModuleRun, ...]:
    """Classes of one module that a workplace orders for itself.

    Parameters
    ----------
    module
        The module, or its id.
    classes
        How many.
    start
        The first teaching day of each class; or one day, from which each class starts a working
        day after the one before it, so that up to five do not share a day. Public holidays are
        not known here.
    days
        Teaching days of each class.
    seats
        The largest class; or the smallest and the largest.
    place
        Where they are held.
    every_weeks
        Weeks from one teaching day to the next.
    price
        Of a seat, in kroner; None is the module's.
    fixed_cost
        Of each class in kroner, however many attend.

    Raises
    ------
    DataError
        Numbers below 1, or not a start for each class.

    Examples
    --------
    >>> runs = tailored("rehabilitering-i-beskaeftigelsesindsatsen", classes=4, days=7,
    ...                 start=dt.date(2027, 2, 1), seats=(15, 22), every_weeks=2)
    >>> [run.start.isoformat() for run in runs]
    ['2027-02-01', '2027-02-02', '2027-02-03', '2027-02-04']
    >>> runs[0].end.isoformat(), len(runs[0].days)
    ('2027-04-26', 7)
    """
    name = module if isinstance(module, str) else module.id
    starts = [start] * classes if isinstance(start, dt.date) else list(start)
    low, high = (None, seats) if isinstance(seats, int) else seats
    _check(name, classes, len(starts), days, every_weeks)
    if isinstance(start, dt.date):
        starts = [_workday(start, i) for i in range(classes)]
    own = Provenance.model_validate(
        {"status": "editorial", "note": "a class that is to be ordered"}
    )
    if isinstance(price, (int, float)):
        price = Price(low=price, high=price, provenance=own)
    try:
        return tuple(
            ModuleRun(
                id=f"{name[:_ID_ROOM].rstrip('-')}-{first:%y%m%d}-{number}",
                module=name,
                start=first,
                end=taught[-1],
                days=taught,
                place=place,
                seats_min=low,
                seats_max=high,
                price=price,
                fixed_cost=fixed_cost,
                provenance=own,
            )
            for number, first in enumerate(starts, start=1)
            for taught in [[first + dt.timedelta(weeks=every_weeks * j) for j in range(days)]]
        )
    except ValidationError as error:
        raise DataError(problems_in(error, f"classes of {name!r}")) from None


def _check(name: str, classes: int, starts: int, days: int, every_weeks: int) -> None:
    numbers = {"classes": classes, "days": days, "every_weeks": every_weeks}
    problems = [
        Problem(f"classes of {name!r}", field, str(value), "a whole number from 1")
        for field, value in numbers.items()
        if value < 1
    ]
    if starts != classes:
        problems.append(
            Problem(f"classes of {name!r}", "start", str(starts), f"{classes} days, one a class")
        )
    if problems:
        raise DataError(problems)


def _workday(start: dt.date, later: int) -> dt.date:
    """A day, or the first working day after it, and so many working days later."""
    weekday = start.weekday()
    monday = start + dt.timedelta(days=-weekday if weekday < _WORKDAYS else 7 - weekday)
    weeks, rest = divmod((weekday if weekday < _WORKDAYS else 0) + later, _WORKDAYS)
    return monday + dt.timedelta(days=7 * weeks + rest)


def runs_of(
    catalogue: Catalogue, runs: Iterable[ModuleRun] | None, on: dt.date
) -> tuple[ModuleRun, ...]:
    """The runs to plan with, by id: those given, or else the catalogue's that can be joined.

    Raises
    ------
    DataError
        No runs, ids used twice, or of modules that there are not.
    """
    if runs is None:
        return tuple(run for run in catalogue.runs.values() if late(run, on) is None)
    given: list[Any] = [runs] if isinstance(runs, (str, Mapping)) else list(runs)
    problems = [
        Problem("call", "runs", type(one).__name__, "a ModuleRun")
        for one in given
        if not isinstance(one, ModuleRun)
    ]
    if problems:
        raise DataError(problems)
    listed: Records[ModuleRun] = Records(given, "module run")
    problems = [
        problem
        for run in listed.values()
        for problem in unknown_id(f"run {run.id!r}", "module", run.module, catalogue.modules)
    ]
    if problems:
        raise DataError(problems)
    return tuple(listed.values())


def late(run: ModuleRun, on: dt.date) -> str | None:
    """``"begun"`` or ``"closed"`` where one can no longer enrol on a day; else None."""
    if run.start < on:
        return "begun"
    return "closed" if run.deadline is not None and run.deadline < on else None


def half_year(day: dt.date) -> tuple[int, int]:
    """The year and half in which something starts: from 1 February 1, from 1 August 2.

    Examples
    --------
    >>> half_year(dt.date(2027, 2, 1)), half_year(dt.date(2028, 1, 31))
    ((2027, 1), (2027, 2))
    """
    months = day.month - 2
    return (day.year, 1 + months // 6) if months >= 0 else (day.year - 1, 2)


def occupied(run: ModuleRun, parallel: bool) -> tuple[tuple[dt.date, dt.date], ...]:
    """The spans that a class takes of those who attend, first and last days included.

    Parameters
    ----------
    parallel
        Whether it takes its teaching days alone, where they are known, or all from its first to
        its last.
    """
    if parallel and run.days is not None:
        return tuple((day, day) for day in run.days)
    last = run.end or (run.days[-1] if run.days else run.start)
    return ((run.start, last),)


def cliques(runs: Sequence[ModuleRun], parallel: bool) -> list[tuple[int, ...]]:
    """Positions of runs of which nobody can attend two, each such set as large as it gets.

    Any two runs that clash share a day, and one that a span of either begins on; so the sets are
    those of the runs that are held on such days.
    """
    held: Mapping[dt.date, list[int]] = {}
    spans = [occupied(run, parallel) for run in runs]
    firsts = sorted({first for one in spans for first, _ in one})
    held = {day: list(_on(spans, day)) for day in firsts}
    sets = {frozenset(found) for found in held.values() if len(found) > 1}
    return sorted(tuple(sorted(one)) for one in largest(sets))


def largest(sets: Iterable[frozenset[int]]) -> list[frozenset[int]]:
    """Those of some sets that are in no other, in an order of their own.

    Examples
    --------
    >>> [sorted(one) for one in largest([frozenset({1}), frozenset({1, 2}), frozenset({3})])]
    [[1, 2], [3]]
    """
    found: list[frozenset[int]] = []
    for one in sorted(set(sets), key=lambda own: (-len(own), sorted(own))):
        if not any(one < other for other in found):
            found.append(one)
    return found


def _on(spans: Sequence[tuple[tuple[dt.date, dt.date], ...]], day: dt.date) -> Iterator[int]:
    for i, one in enumerate(spans):
        if any(first <= day <= last for first, last in one):
            yield i
