"""What a plan of classes must keep within."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, NonNegativeFloat, NonNegativeInt, field_validator

from fagprofil.errors import Problem, nearest
from fagprofil.model.base import Frozen, FrozenDict

__all__ = ["NO_LIMITS", "Cap", "CohortLimits", "Presence", "Priority"]

Priority = Literal["gap", "workplace", "lottery", "hired"]

#: A number of people, or a share of them: 1 is one person, 1.0 is all.
Cap = Annotated[int, Field(strict=True, ge=0)] | Annotated[float, Field(ge=0, le=1)]

CapByUnit = Annotated[dict[str, Cap], AfterValidator(FrozenDict)]
KronerByUnit = Annotated[dict[str, NonNegativeFloat], AfterValidator(FrozenDict)]
PlacesByUnit = Annotated[dict[str, tuple[str, ...]], AfterValidator(FrozenDict)]

#: So that a share of a count that is a whole number is not rounded below it.
_SLACK = 1e-9


class Presence(Frozen):
    """At least so many of a unit's people with one function are at work on each teaching day.

    A function is the id of a person's profile. Where there are fewer of them in all, none may go.
    """

    at_least: NonNegativeInt
    unit: str | None = None
    """None is each unit by itself; ``""`` is those without a unit."""
    function: str | None = None
    """None is each function by itself; ``""`` is those without a profile."""


class CohortLimits(Frozen):
    """Limits on a plan of classes; None, and a unit that is not named, is no limit.

    Where something that a limit counts is unknown (teaching days, ECTS, a price, a place), it
    cannot be kept, so those seats are left out of the plan.

    Examples
    --------
    >>> limits = CohortLimits(classes=2, away={"Vejle": 3, "Kolding": 0.25}, presence=1)
    >>> limits.most_away("Kolding", 10), limits.most_away("Vejle", 10), limits.most_away("", 10)
    (2, 3, None)
    """

    classes: NonNegativeInt | None = None
    """Classes per person."""
    ects: NonNegativeFloat | None = None
    """ECTS per person that start in one half-year, from 1 February or from 1 August."""
    parallel: bool = True
    """Whether somebody may be in two classes whose periods overlap. Never in two that are taught
    on the same day; where the days are unknown, all from the start to the end count as taught."""
    away: Cap | CapByUnit | None = None
    """People of a unit that are away on one teaching day: a number of them (whole numbers), or a
    share (0.0 to 1.0) of the unit; one for all units, or by unit."""
    presence: tuple[Presence, ...] = ()
    """Who stays at work on each teaching day; a number is so many of each unit and function."""
    budget: NonNegativeFloat | None = None
    """Kroner in all: seats after funding, and what classes cost besides them."""
    unit_budget: NonNegativeFloat | KronerByUnit | None = None
    """Kroner for the seats of each unit's people after funding. What a class costs besides the
    seats is common, and counts in `budget` alone."""
    places: PlacesByUnit = Field(default_factory=FrozenDict)
    """Where people of a unit may be sent."""
    together: bool | tuple[str, ...] = False
    """Units whose people are in one class where they take the same module; True is all units."""
    mix: Annotated[float, Field(gt=0, le=1)] | None = None
    """The largest share of a class that may come from one unit."""
    priority: Priority = "gap"
    """In which order people have a claim on seats, see `fagprofil.plan_cohorts`."""

    @field_validator("presence", mode="before")
    @classmethod
    def _everywhere(cls, value: Any) -> Any:
        return [Presence(at_least=value)] if isinstance(value, int) else value

    def most_away(self, unit: str, size: int) -> int | None:
        """How many of a unit of so many people may be away on one day; None is no limit."""
        cap = self.away.get(unit) if isinstance(self.away, Mapping) else self.away
        if isinstance(cap, float):
            return math.floor(cap * size + _SLACK)
        return cap

    def least_present(self, unit: str, function: str, size: int) -> int:
        """How many of so many people of a unit and function stay at work."""
        asked = [
            one.at_least
            for one in self.presence
            if one.unit in (None, unit) and one.function in (None, function)
        ]
        return min(size, max(asked, default=0))

    def kroner(self, unit: str) -> float | None:
        """What a unit may spend on seats; None is no limit."""
        budget = self.unit_budget
        return budget.get(unit) if isinstance(budget, Mapping) else budget

    def keeps_together(self, unit: str) -> bool:
        """Whether a unit's people are in one class of a module."""
        return self.together if isinstance(self.together, bool) else unit in self.together

    @property
    def counts_days(self) -> bool:
        """Whether a limit counts who is away on a day."""
        return self.away is not None or bool(self.presence)

    def problems(self, units: Collection[str], functions: Collection[str]) -> Iterator[Problem]:
        """Units and functions that a limit names and nobody has."""
        named = [
            ("away", self.away if isinstance(self.away, Mapping) else ()),
            ("presence", [one.unit for one in self.presence if one.unit is not None]),
            ("unit_budget", self.unit_budget if isinstance(self.unit_budget, Mapping) else ()),
            ("places", self.places),
            ("together", () if isinstance(self.together, bool) else self.together),
        ]
        for field, names in named:
            yield from _unknown(field, names, units, "a unit of the people")
        wanted = [one.function for one in self.presence if one.function is not None]
        yield from _unknown("presence", wanted, functions, "a profile of the people")


def _unknown(
    field: str, names: Collection[str], known: Collection[str], expected: str
) -> Iterator[Problem]:
    for name in sorted(set(names) - set(known)):
        yield Problem("limits", field, name, expected, nearest(name, known))


NO_LIMITS = CohortLimits()
