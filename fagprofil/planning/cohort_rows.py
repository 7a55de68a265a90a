"""What people, classes and units can do, as rows of the linear program."""

from __future__ import annotations

import datetime as dt
from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from fagprofil.planning.cohort_model import Family, Sheet
from fagprofil.planning.cohort_runs import cliques, half_year, largest
from fagprofil.planning.cohort_seats import Seats

__all__ = ["class_rows", "must_rows", "person_rows", "unit_rows"]

Positions = NDArray[np.intp]
K = TypeVar("K", bound=Hashable)

_SLACK = 1e-9


def person_rows(sheet: Sheet, seats: Seats) -> None:
    """One run of a module, no two at once, so many classes, so many ECTS in a half-year."""
    held_with = _clashing(seats)
    halves = [half_year(run.start) for run in seats.runs]
    modules = seats.crowd.ladder.catalogue.modules
    ects = [modules[run.module].ects or 0.0 for run in seats.runs]
    for i in range(len(seats.crowd)):
        own = np.arange(seats.start[i], seats.start[i + 1], dtype=np.intp)
        if len(own):
            by_module = _grouped(own, ([int(seats.module[r])] for r in seats.run[own].tolist()))
            most = seats.limits.classes
            # Of one class in all, it says also that a module is taken once.
            if most is not None and (len(by_module) > most or most == 1):
                sheet.add(Family.CLASSES, own, high=most, about=(i,))
            if most is None or most > 1:
                _one_at_a_time(sheet, seats, i, own, by_module, held_with)
            if seats.limits.ects is not None:
                by_half = _grouped(own, ([halves[r]] for r in seats.run[own].tolist()))
                _ects_rows(sheet, seats, i, by_half, ects)


def _clashing(seats: Seats) -> list[list[int]]:
    """The cliques that each run is in."""
    found: list[list[int]] = [[] for _ in seats.runs]
    for c, runs in enumerate(cliques(seats.runs, seats.limits.parallel)):
        for r in runs:
            found[r].append(c)
    return found


def _grouped(own: Positions, keys: Iterable[Iterable[K]]) -> dict[K, list[int]]:
    """Columns by each of their keys."""
    found: dict[K, list[int]] = {}
    for column, several in zip(own.tolist(), keys, strict=True):
        for key in several:
            found.setdefault(key, []).append(column)
    return found


def _one_at_a_time(
    sheet: Sheet,
    seats: Seats,
    i: int,
    own: Positions,
    by_module: Mapping[int, list[int]],
    held_with: Sequence[list[int]],
) -> None:
    once = [frozenset(found) for found in by_module.values() if len(found) > 1]
    for columns in once:
        sheet.add(Family.ONCE, sorted(columns), high=1, about=(i,))
    by_clique = _grouped(own, (held_with[r] for r in seats.run[own].tolist()))
    sets = {frozenset(found) for found in by_clique.values() if len(found) > 1}
    for columns in largest(sets):
        if not any(columns <= other for other in once):
            sheet.add(Family.CLASH, sorted(columns), high=1, about=(i,))


def _ects_rows(
    sheet: Sheet,
    seats: Seats,
    i: int,
    by_half: Mapping[tuple[int, int], list[int]],
    ects: Sequence[float],
) -> None:
    most = seats.limits.ects or 0.0
    for half, columns in by_half.items():
        points = {seats.module[r]: ects[r] for r in seats.run[columns].tolist()}
        if sum(points.values()) > most + _SLACK:
            values = [ects[r] for r in seats.run[columns].tolist()]
            sheet.add(Family.ECTS, columns, values, high=most, about=(i, half))


def class_rows(sheet: Sheet, seats: Seats) -> None:
    """How many a class has if it is held, and from one unit."""
    for r, columns in enumerate(seats.by_run):
        held = len(seats) + r
        where = np.append(columns, held)
        ones = np.ones(len(columns))
        most, least = float(seats.most[r]), float(seats.least[r])
        sheet.add(Family.FULL, where, np.append(ones, -most), high=0, about=(r,))
        sheet.add(Family.FEW, where, np.append(ones, -least), low=0, about=(r,))
        if seats.limits.mix is not None:
            _mix_rows(sheet, seats, r, columns, seats.limits.mix)


def _mix_rows(sheet: Sheet, seats: Seats, r: int, columns: Positions, share: float) -> None:
    unit = seats.crowd.unit[seats.person[columns]]
    for u, count in enumerate(np.bincount(unit).tolist()):
        if count > share * seats.least[r] + _SLACK:
            values = np.where(unit == u, 1 - share, -share)
            sheet.add(Family.MIX, columns, values, high=0, about=(r, u))


def unit_rows(sheet: Sheet, seats: Seats) -> None:
    """How many of a unit are away on one day, who stays, and who goes together."""
    crowd, limits = seats.crowd, seats.limits
    unit = crowd.unit[seats.person]
    for u, name in enumerate(crowd.units):
        most = limits.most_away(name, int(crowd.unit_sizes[u]))
        if most is not None:
            _away_rows(sheet, seats, np.flatnonzero(unit == u), most, Family.AWAY, (u,))
        if limits.keeps_together(name):
            _together_rows(sheet, seats, np.flatnonzero(unit == u), u)
    if limits.presence:
        for (u, function), people in crowd.groups.items():
            least = limits.least_present(crowd.units[u], function, len(people))
            if least:
                own = np.flatnonzero(np.isin(seats.person, people))
                about, most = (u, function), len(people) - least
                _away_rows(sheet, seats, own, most, Family.PRESENCE, about)


def _away_rows(
    sheet: Sheet,
    seats: Seats,
    own: Positions,
    most: int,
    family: Family,
    about: tuple[object, ...],
) -> None:
    """At most so many of those who sit in some columns are away on each day."""
    by_run = _grouped(own, ([r] for r in seats.run[own].tolist()))
    by_day: dict[dt.date, list[int]] = {}
    for r in sorted(by_run):
        for day in seats.runs[r].days or ():
            by_day.setdefault(day, []).append(r)
    days = {frozenset(runs): day for day, runs in sorted(by_day.items(), reverse=True)}
    for runs in largest(days):
        columns = sorted(column for r in runs for column in by_run[r])
        if len(np.unique(seats.person[columns])) > most:
            sheet.add(family, columns, high=most, about=(*about, days[runs]))


def _together_rows(sheet: Sheet, seats: Seats, unit: Positions, u: int) -> None:
    by_module = _grouped(unit, ([int(seats.module[r])] for r in seats.run[unit].tolist()))
    for columns in by_module.values():
        runs = np.unique(seats.run[columns])
        if len(runs) > 1:
            goes_to = sheet.new(len(runs))
            sheet.add(Family.TOGETHER, goes_to, high=1, about=(u,))
            for r, to in zip(runs.tolist(), goes_to.tolist(), strict=True):
                own = [column for column in columns if seats.run[column] == r]
                sheet.within.update(dict.fromkeys(own, to))
                most = min(len(own), int(seats.most[r]))
                values = np.append(np.ones(len(own)), -most)
                sheet.add(Family.TOGETHER, [*own, to], values, high=0, about=(u,))


def must_rows(sheet: Sheet, seats: Seats) -> None:
    """Somebody who must go has a seat in one of the runs."""
    for w, wish in enumerate(seats.wishes.must):
        own = np.arange(seats.start[wish.person], seats.start[wish.person + 1], dtype=np.intp)
        columns = own[np.isin(seats.run[own], wish.runs)]
        sheet.add(Family.MUST, columns, low=1, about=(w,))
