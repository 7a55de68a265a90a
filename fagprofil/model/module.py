"""What can be learned: modules, the programmes they belong to, and the runs they are held in."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import Field, NonNegativeFloat, NonNegativeInt, PositiveFloat, model_validator

from fagprofil.model.base import Frozen, Levels, Provenance, Record, Slug, Text, Valid

__all__ = ["FormalEntry", "Module", "ModuleRun", "Price", "Programme", "ProgrammeLevel"]

ProgrammeLevel = Literal["akademi", "diplom"]

#: National qualification level (NKR/EQF) of each kind of programme.
QUALIFICATION_LEVEL: Mapping[str, int] = {"akademi": 5, "diplom": 6}


class Price(Frozen):
    """The fee of a module in Danish kroner, before funding: a figure, or a range to plan with."""

    low: NonNegativeFloat
    high: NonNegativeFloat
    year: int | None = None
    """The year that the price is of."""
    provenance: Provenance

    @model_validator(mode="after")
    def _in_order(self) -> Price:
        if self.high < self.low:
            raise ValueError("high at or above low")
        return self

    @property
    def middle(self) -> float:
        """The figure itself, or the middle of the range."""
        return (self.low + self.high) / 2

    @property
    def is_range(self) -> bool:
        """Whether only a planning range is known."""
        return self.low != self.high


class FormalEntry(Frozen):
    """The entry requirements of the law on a module, apart from what one is able to do."""

    education_level: Annotated[int, Field(ge=1, le=8)] | None = None
    """Lowest level of the highest education in the national qualifications framework."""
    relevant_years: NonNegativeFloat | None = None
    """Years of relevant work."""
    provenance: Provenance


class Module(Record, Valid):
    """A module of a diplom or akademi programme, or one outside any programme.

    `teaches` and `entry` map competences to levels of the ladder: the level it lifts to, and the
    level it expects. None is unknown, an empty mapping is known to be nothing.
    """

    title: Text
    programme: Slug | None = None
    level: ProgrammeLevel
    ects: PositiveFloat | None = None
    teaching_days: PositiveFloat | None = None
    provider: str | None = None
    year: int | None = None
    """The year that the record describes."""
    price: Price | None = None
    project: bool = False
    """A final project, taken when all else in the programme is passed."""
    compulsory: bool | None = None
    topics: Text | None = None
    teaches: Levels | None = None
    entry: Levels | None = None
    teaches_provenance: Provenance | None = None
    """Where `teaches` and `entry` come from; needed when `teaches` is given."""
    formal_entry: FormalEntry | None = None
    language: Literal["da", "en"] | None = None
    outdated: Text | None = None
    """Why its content may be outdated."""

    @model_validator(mode="before")
    @classmethod
    def _price_per_figure(cls, data: Any) -> Any:
        """Accept one figure as a price: ``price.amount``."""
        price = data.get("price") if isinstance(data, Mapping) else None
        if isinstance(price, Mapping) and "amount" in price:
            figure = {key: value for key, value in price.items() if key != "amount"}
            amount = price["amount"]
            return {**data, "price": {**figure, "low": amount, "high": amount}}
        return data

    @model_validator(mode="after")
    def _says_who_maps(self) -> Module:
        if self.teaches is not None and self.teaches_provenance is None:
            raise ValueError("teaches_provenance where teaches is given")
        return self

    @property
    def qualification_level(self) -> int:
        """Level in the national qualifications framework: 5 akademi, 6 diplom."""
        return QUALIFICATION_LEVEL[self.level]


class Programme(Record, Valid):
    """A programme and its rules."""

    title: Text
    level: ProgrammeLevel | None = None
    ects: PositiveFloat | None = None
    compulsory: tuple[Slug, ...] | None = None
    electives: tuple[Slug, ...] | None = None
    project: Slug | None = None
    """The final project, taken last."""
    compulsory_ects: NonNegativeFloat | None = None
    elective_ects: NonNegativeFloat | None = None
    project_ects: NonNegativeFloat | None = None
    outside_ects: NonNegativeFloat | None = None
    """At most so many ECTS may come from other programmes."""
    max_years: PositiveFloat | None = None
    """Years within which it must be finished, from the start of the first module."""
    providers: tuple[str, ...] | None = None
    formal_entry: FormalEntry | None = None
    note: Text | None = None


class ModuleRun(Record):
    """One time that a module is held."""

    module: Slug
    start: date
    end: date | None = None
    place: str | None = None
    seats_min: NonNegativeInt | None = None
    seats_max: NonNegativeInt | None = None
    deadline: date | None = None
    """Last day of enrolment."""
    days: tuple[date, ...] | None = None
    """The teaching days; None is unknown."""
    price: Price | None = None
    """Price of a seat, where it is not the module's."""
    fixed_cost: NonNegativeFloat | None = None
    """What the class costs in kroner however many attend, besides the seats."""

    @model_validator(mode="after")
    def _in_order(self) -> ModuleRun:
        if self.end is not None and self.end < self.start:
            raise ValueError("end on or after start")
        days = self.days or ()
        if any(day < self.start or (self.end is not None and day > self.end) for day in days):
            raise ValueError("days from start to end")
        if list(days) != sorted(set(days)):
            raise ValueError("days in their order, each once")
        low, high = self.seats_min, self.seats_max
        if low is not None and high is not None and high < low:
            raise ValueError("seats_max at or above seats_min")
        return self
