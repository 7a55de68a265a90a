"""When things are learned: periods, and years counted from day to day."""

from __future__ import annotations

import datetime as dt

from pydantic import Field, model_validator

from fagprofil.errors import DataError, Problem
from fagprofil.model.base import Frozen

__all__ = ["Period", "half_years"]

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
