"""When things are learned: periods, and years counted from day to day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence

from pydantic import Field, model_validator

from fagprofil.errors import DataError, Problem
from fagprofil.model.base import Frozen

__all__ = ["Period", "half_years", "period_problems", "within_years", "years_between"]

_DAYS_A_YEAR = 365.25
#: The months in which half-years begin.
_SPRING, _AUTUMN = 2, 8


class Period(Frozen):
    """A stretch of time: what is taken in it starts on its first day and is passed on its last."""

    id: str = Field(min_length=1)
    start: dt.date
    end: dt.date
    """The last day."""

    @model_validator(mode="after")
    def _in_order(self) -> Period:
        if self.end < self.start:
            raise ValueError("end on or after start")
        return self


def half_years(start: dt.date, count: int) -> tuple[Period, ...]:
    """So many half-years, the first one that begins on or after a day.

    They begin on 1 February and 1 August. The months are this project's choice: institutions begin
    in early February and late August or early September (VIA).

    Parameters
    ----------
    start
        The day.
    count
        At least 1.

    Raises
    ------
    DataError
        A count below 1.

    Examples
    --------
    >>> from datetime import date
    >>> for one in half_years(date(2026, 12, 1), 2):
    ...     print(one.id, one.start, one.end)
    2027-1 2027-02-01 2027-07-31
    2027-2 2027-08-01 2028-01-31
    """
    if count < 1:
        raise DataError([Problem("half_years", "count", str(count), "at least 1")])
    spring, autumn = (dt.date(start.year, month, 1) for month in (_SPRING, _AUTUMN))
    half = 2 * start.year + (start > spring) + (start > autumn)
    return tuple(_half_year(half + n) for n in range(count))


def _half_year(number: int) -> Period:
    year, second = divmod(number, 2)
    end = _begins(number + 1) - dt.timedelta(days=1)
    return Period(id=f"{year}-{second + 1}", start=_begins(number), end=end)


def _begins(number: int) -> dt.date:
    year, second = divmod(number, 2)
    return dt.date(year, _AUTUMN if second else _SPRING, 1)


def period_problems(periods: Sequence[Period], on: dt.date) -> Iterator[Problem]:
    """What is wrong with periods: they come one after the other, each id once, none is past."""
    if not periods:
        yield Problem("call", "periods", "none", "at least one period")
    for i, one in enumerate(periods):
        where = f"period {one.id!r}"
        earlier = periods[:i]
        if one.start < on:
            yield Problem(where, "start", str(one.start), f"a day on or after {on}")
        if earlier and one.start <= earlier[-1].end:
            expected = f"a day after the end of the period before it, {earlier[-1].end}"
            yield Problem(where, "start", str(one.start), expected)
        if one.id in {other.id for other in earlier}:
            yield Problem(where, "id", one.id, "an id used once")


def years_between(start: dt.date, end: dt.date) -> float:
    """Years from one day to another, of 365.25 days.

    Examples
    --------
    >>> from datetime import date
    >>> round(years_between(date(2027, 2, 1), date(2028, 8, 1)), 2)
    1.5
    """
    return (end - start).days / _DAYS_A_YEAR


def within_years(start: dt.date, end: dt.date, years: float) -> bool:
    """Whether what starts on a day and ends on another is done within so many years.

    Examples
    --------
    >>> from datetime import date
    >>> within_years(date(2027, 2, 1), date(2033, 1, 31), 6)
    True
    >>> within_years(date(2027, 2, 1), date(2033, 7, 31), 6)
    False
    """
    return years_between(start, end) <= years
