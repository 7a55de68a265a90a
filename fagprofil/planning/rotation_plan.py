"""What substitutes do for those who learn: posts, waves, and what they cost."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Annotated

from pydantic import Field, NonNegativeFloat, NonNegativeInt

from fagprofil.model import Text
from fagprofil.model.base import Frozen, InNotebook
from fagprofil.planning.calendar import Period

__all__ = ["Post", "RotationPlan", "Staffing", "UnitWave"]


class Staffing(Frozen):
    """How a unit covers for those who are away."""

    cover: Annotated[float, Field(ge=0, le=1)] = 1.0
    """The share of the absent hours that is to be covered, 0..1."""
    posts: NonNegativeInt | None = None
    """At most so many substitutes at a time; None is no limit."""
    scheme: str | None = "jobrotation"
    """The funding scheme to ask, by its id; None is the workplace's own money."""
    wage: NonNegativeFloat | None = None
    """What an hour of a substitute costs in kroner; None is unknown."""
    unemployed_months: NonNegativeFloat | None = None
    """How long those who can be hired have been unemployed; None is unknown."""


class Post(Frozen):
    """A substitute's post."""

    start: dt.date
    """A Monday."""
    weeks: int
    hours_per_week: float

    @property
    def hours(self) -> float:
        """Hours in all."""
        return self.weeks * self.hours_per_week

    @property
    def end(self) -> dt.date:
        """The last day, a Sunday."""
        return self.start + dt.timedelta(weeks=self.weeks, days=-1)


class UnitWave(Frozen):
    """A unit in one half-year: who is away, who covers, and what that costs."""

    unit: str
    period: Period
    people: int
    """How many are away at some time."""
    hours: float
    """Hours that they are away."""
    posts: tuple[Post, ...]
    covered: float
    """Hours of them that the posts can do."""
    scheme: str | None
    subsidised: float | None
    """Hours that the scheme pays for; None where it is unknown."""
    cost: float | None
    """Wages of the posts in kroner; None where the wage is unknown."""
    subsidy: float | None
    """What the scheme pays of them in kroner; None where it is unknown."""
    reasons: tuple[Text, ...]
    """Why the scheme does not pay, or not for all, or why that is unknown."""

    @property
    def uncovered(self) -> float:
        """Hours that nobody does."""
        return self.hours - self.covered

    @property
    def net(self) -> float | None:
        """What is left to pay in kroner."""
        return None if self.cost is None or self.subsidy is None else self.cost - self.subsidy


class RotationPlan(InNotebook):
    """Waves by half-year and unit."""

    waves: tuple[UnitWave, ...]

    @property
    def hours(self) -> float:
        """Hours away in all."""
        return sum(one.hours for one in self.waves)

    @property
    def covered(self) -> float:
        """Hours covered in all."""
        return sum(one.covered for one in self.waves)

    @property
    def uncovered(self) -> float:
        """Hours that nobody does."""
        return sum(one.uncovered for one in self.waves)

    @property
    def cost(self) -> float | None:
        """Wages in all, in kroner; None where a part is unknown."""
        return _sum(one.cost for one in self.waves)

    @property
    def subsidy(self) -> float | None:
        """What schemes pay in all, in kroner; None where a part is unknown."""
        return _sum(one.subsidy for one in self.waves)

    @property
    def net(self) -> float | None:
        """What is left to pay in all, in kroner; None where a part is unknown."""
        return _sum(one.net for one in self.waves)


def _sum(values: Iterable[float | None]) -> float | None:
    listed = list(values)
    known = [one for one in listed if one is not None]
    return sum(known) if len(known) == len(listed) else None
