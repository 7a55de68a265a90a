"""When a need is asked for: now, in five years, over the five years, or at a date.

A requirement moves in a straight line from its level now to its level in five years, and the level
needed at a moment is that line rounded to a step. So a requirement rising from 2 to 4 needs step 3
from a quarter of the time on and step 4 for the last quarter.
"""

from __future__ import annotations

import math
from datetime import date
from typing import Annotated, Literal

from pydantic import Field, model_validator

from fagprofil.errors import DataError, Problem
from fagprofil.model.base import Frozen

__all__ = ["IN_FIVE_YEARS", "NOW", "OVER_FIVE_YEARS", "YEARS", "Horizon", "at"]

#: Length of the profiles' perspective (the fagprofiler speak of "the coming five years").
YEARS = 5.0
_DAYS_A_YEAR = 365.25
_NO_DISCOUNT = 1e-12


class Horizon(Frozen):
    """A moment or a span for which needs are weighed; use the constants and `at`.

    `discount` is the yearly rate by which later needs weigh less over the five years, 0.03 by
    default (this project's choice). With `since`, needs count from that day on only, see
    `beginning`.

    Examples
    --------
    >>> round(OVER_FIVE_YEARS.share(now=2, later=4, step=3), 2)
    0.74
    >>> round(OVER_FIVE_YEARS.share(now=2, later=4, step=4), 2)
    0.24
    >>> NOW.share(now=2, later=4, step=3), IN_FIVE_YEARS.share(now=2, later=4, step=3)
    (0.0, 1.0)
    """

    kind: Literal["now", "five", "over", "at"]
    day: date | None = None
    discount: Annotated[float, Field(ge=0, le=1)] = 0.03
    since: date | None = None
    """The day from which needs count; None is the day that "now" means."""

    @model_validator(mode="after")
    def _date_when_needed(self) -> Horizon:
        if (self.kind == "at") != (self.day is not None):
            raise ValueError("a date for the kind 'at', and only for it")
        return self

    def beginning(self, day: date) -> Horizon:
        """The same needs from a day on: what it is worth to close them on that day, not at once.

        Over the five years that is the part of the share that lies after the day; it falls to
        nothing at their end. On the other horizons closing later is discounted,
        ``share * (1 + discount) ** -years``.

        Parameters
        ----------
        day
            A day; one before "now" changes nothing.

        Examples
        --------
        >>> from datetime import date
        >>> later, today = OVER_FIVE_YEARS.beginning(date(2029, 6, 1)), date(2026, 12, 1)
        >>> round(later.share(now=3, later=3, step=3, as_of=today), 2)
        0.48
        >>> later = IN_FIVE_YEARS.beginning(date(2029, 6, 1))
        >>> round(later.share(now=3, later=3, step=3, as_of=today), 2)
        0.93
        """
        return self.model_copy(update={"since": day})

    def share(self, *, now: int, later: int, step: int, as_of: date | None = None) -> float:
        """How much of the horizon a step is needed in, from 0 to 1.

        Parameters
        ----------
        now, later
            The level required today and in five years, 0..L.
        step
            The step asked about, 1..L.
        as_of
            The day that "now" means; needed only by `at` and with `since`.
        """
        begun = self._begun(as_of)
        if self.kind == "over":
            return self._over(now, later, step, begun)
        level: float = now if self.kind == "now" else later
        if self.kind == "at":
            level = now + (later - now) * self._elapsed(as_of) / YEARS
        return float(step <= _rounded(level)) * math.pow(1 + self.discount, -begun)

    def _over(self, now: int, later: int, step: int, begun: float) -> float:
        """The share of the five years in which a step is needed, after so many years of them."""
        left = 1 - self._before(begun)
        if (step <= now) == (step <= later):
            return left if step <= now else 0.0
        crossing = YEARS * (step - 0.5 - now) / (later - now)
        if later > now:
            return min(left, 1 - self._before(crossing))
        return max(0.0, self._before(crossing) - self._before(begun))

    def _before(self, years: float) -> float:
        """The discounted share of the five years that lies before a moment in them."""
        return self._mass(min(years, YEARS)) / self._mass(YEARS)

    def _begun(self, as_of: date | None) -> float:
        """Years from now to `since`."""
        if self.since is None:
            return 0.0
        if as_of is None:
            raise ValueError("a horizon with a beginning needs the day that 'now' means")
        return max(0.0, (self.since - as_of).days / _DAYS_A_YEAR)

    def _mass(self, years: float) -> float:
        """The integral of (1 + discount) ** -t over the first `years`, up to a constant factor."""
        # Below this a discount changes nothing that a float could show, and would divide 0 by 0.
        if self.discount < _NO_DISCOUNT:
            return years
        return -math.expm1(-years * math.log1p(self.discount))

    def _elapsed(self, as_of: date | None) -> float:
        if self.day is None or as_of is None:
            raise ValueError("at(date) needs the day that 'now' means")
        years = (self.day - as_of).days / _DAYS_A_YEAR
        # A day's tolerance: five calendar years are 1826 or 1827 days.
        if not 0 <= years <= YEARS + 1 / _DAYS_A_YEAR:
            raise DataError(
                [Problem("horizon", "at", str(self.day), f"a day in the five years from {as_of}")]
            )
        return min(years, YEARS)

    def __str__(self) -> str:
        named = self.kind if self.day is None else f"at {self.day}"
        return named if self.since is None else f"{named} since {self.since}"


def _rounded(level: float) -> int:
    return int(level + 0.5)


NOW = Horizon(kind="now")
IN_FIVE_YEARS = Horizon(kind="five")
OVER_FIVE_YEARS = Horizon(kind="over")


def at(day: date | str) -> Horizon:
    """The needs at a day within the five years.

    Parameters
    ----------
    day
        A date, or its ISO text.

    Examples
    --------
    >>> at("2029-06-01").day
    datetime.date(2029, 6, 1)
    """
    return Horizon.model_validate({"kind": "at", "day": day})
