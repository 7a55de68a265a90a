"""What a case is planned with: classes or a pool, their limits, and what each number rests on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    Field,
    NonNegativeFloat,
    NonNegativeInt,
    PositiveInt,
    field_validator,
    model_validator,
)

from fagprofil.errors import DataError, Problem
from fagprofil.model import ModuleRun, Price, Provenance, Status
from fagprofil.model.base import Frozen, FrozenDict, Slug

__all__ = ["Basis", "Limits", "PoolTerms", "Series", "Setting", "Substitutes", "UnitTerms"]

Share = Annotated[float, Field(ge=0, le=1)]
#: A number of people, or a share of them: 1 is one person, 1.0 is all.
Cap = Annotated[int, Field(strict=True, ge=0)] | Share

_WEEK, _WORKDAYS = 7, 5
#: Ids of records are no longer than 80.
_ID_ROOM = 64


class Basis(Frozen):
    """What something in a setting rests on: a fact of the case, or else a status and a reason.

    Examples
    --------
    >>> Basis(fact="four-classes").status is None
    True
    >>> Basis(status="synthetic", note="A room for so many.").status.value
    'synthetic'
    """

    fact: Slug | None = None
    """The id of the case's fact that says it."""
    status: Literal[Status.DERIVED, Status.EDITORIAL, Status.SYNTHETIC] | None = None
    note: str | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> Basis:
        if (self.fact is None) == (self.status is None):
            raise ValueError("either a fact or a status")
        if self.status is not None and not self.note:
            raise ValueError("a note where no fact says it")
        return self


class Founded(Frozen):
    """A record in which everything that is given says what it rests on."""

    basis: Annotated[dict[str, Basis], AfterValidator(FrozenDict)] = Field(
        default_factory=FrozenDict
    )
    """What each field that is given rests on, by its name."""

    @model_validator(mode="after")
    def _all_founded(self) -> Founded:
        missing = sorted(self.given.keys() - self.basis)
        if missing:
            raise ValueError(f"a basis for each field that is given, here also {missing}")
        needless = sorted(name for name in self.basis if getattr(self, name, None) is None)
        if needless:
            raise ValueError(f"a basis for fields that are given only, not {needless}")
        return self

    @property
    def given(self) -> dict[str, Any]:
        """What is not as by default, by field, without the parts that have bases of their own."""
        found = {}
        for name, field in type(self).model_fields.items():
            value = getattr(self, name)
            by_default = value == field.get_default(call_default_factory=True)
            if name != "basis" and not by_default and not _parts_of(value):
                found[name] = value
        return found

    def bases(self, within: str = "") -> Iterator[tuple[str, Basis]]:
        """The basis of everything in it, by path, as in ``series.0.classes``."""
        for name, basis in self.basis.items():
            yield f"{within}{name}", basis
        for name in type(self).model_fields:
            value = getattr(self, name)
            for i, part in enumerate(_parts_of(value)):
                place = f"{name}.{i}" if isinstance(value, tuple) else name
                yield from part.bases(f"{within}{place}.")


def _parts_of(value: object) -> list[Founded]:
    """The records with bases of their own that a field holds."""
    held = value if isinstance(value, tuple) else (value,)
    return [one for one in held if isinstance(one, Founded)]


class Series(Founded):
    """Classes of one module that are wanted, over one or several periods.

    Examples
    --------
    >>> guess = {"status": "synthetic", "note": "made up"}
    >>> fields = {"module": "syn-ips", "starts": ["2027-08-30"], "classes": 2, "days": 3,
    ...           "every_weeks": 2, "seats_min": 12, "seats_max": 20}
    >>> series = Series(**fields, basis=dict.fromkeys(fields, guess))
    >>> for run in series.runs():
    ...     print(run.id, *run.days)
    syn-ips-270830-1 2027-08-30 2027-09-13 2027-09-27
    syn-ips-270831-2 2027-08-31 2027-09-14 2027-09-28
    """

    module: Slug | None = None
    """None: the content is open."""
    starts: Annotated[tuple[dt.date, ...], Field(min_length=1)]
    """The first teaching day of the first class, for each period."""
    classes: PositiveInt
    """So many in each period."""
    apart: PositiveInt = 1
    """Working days from the start of one class to that of the next. Public holidays are not known
    here."""
    days: PositiveInt
    """Teaching days of each class."""
    days_a_week: Annotated[int, Field(ge=1, le=_WORKDAYS)] = 1
    """Teaching days in a row, of the weeks in which there are any."""
    every_weeks: PositiveInt = 1
    """Weeks from one such week to the next."""
    seats_min: PositiveInt
    seats_max: PositiveInt
    price: NonNegativeFloat | None = None
    """Kroner of a seat; None is the module's own price."""
    fixed_cost: NonNegativeFloat | None = None
    """Kroner of a class besides the seats, however many attend."""
    hired_since: dt.date | None = None
    """Only for people hired on or after this day; None is for all."""
    everybody: bool = False
    """Whether all whom it is for are to have a seat."""

    @field_validator("starts")
    @classmethod
    def _workdays(cls, days: tuple[dt.date, ...]) -> tuple[dt.date, ...]:
        if any(day.weekday() >= _WORKDAYS for day in days) or list(days) != sorted(set(days)):
            raise ValueError("working days in their order, each once")
        return days

    @model_validator(mode="after")
    def _sizes(self) -> Series:
        if self.seats_max < self.seats_min:
            raise ValueError("seats_max at or above seats_min")
        return self

    def runs(self, module: str | None = None, *, weeks_later: int = 0) -> tuple[ModuleRun, ...]:
        """The classes, by start.

        Parameters
        ----------
        module
            What is taught, by its id; None is the series' own module.
        weeks_later
            So many weeks later everything is held; below 0 earlier.

        Raises
        ------
        DataError
            No module is named, and the content is open.
        """
        name = module or self.module
        if name is None:
            raise DataError([Problem("series", "module", None, "a module; the content is open")])
        later = dt.timedelta(weeks=weeks_later)
        return tuple(
            self._run(name, number, _workday(start + later, (number - 1) * self.apart))
            for start in self.starts
            for number in range(1, self.classes + 1)
        )

    def _run(self, module: str, number: int, first: dt.date) -> ModuleRun:
        taught = tuple(self._day(first, i) for i in range(self.days))
        own = Provenance(
            status=Status.SYNTHETIC, note="A class of a bundled case; nobody holds it."
        )
        price = self.price
        return ModuleRun(
            id=f"{module[:_ID_ROOM].rstrip('-')}-{first:%y%m%d}-{number}",
            module=module,
            start=first,
            end=taught[-1],
            days=taught,
            seats_min=self.seats_min,
            seats_max=self.seats_max,
            price=None if price is None else Price(low=price, high=price, provenance=own),
            fixed_cost=self.fixed_cost,
            provenance=own,
        )

    def _day(self, first: dt.date, number: int) -> dt.date:
        """A teaching day of a class that begins on `first`, counted from 0."""
        week, day = divmod(number, self.days_a_week)
        return _workday(first + dt.timedelta(weeks=week * self.every_weeks), day)


def _workday(day: dt.date, later: int) -> dt.date:
    """So many working days after a working day."""
    weeks, weekday = divmod(day.weekday() + later, _WORKDAYS)
    return day + dt.timedelta(weeks=weeks, days=weekday - day.weekday())


class Limits(Founded):
    """What a plan of classes keeps within; the names are those of the planner's own limits."""

    classes: NonNegativeInt | None = None
    """Classes per person."""
    ects: NonNegativeFloat | None = None
    """ECTS per person that start in one half-year."""
    away: Cap | Annotated[dict[str, Cap], AfterValidator(FrozenDict)] | None = None
    """People of a unit that are away on one teaching day: a number (whole numbers) or a share (0.0
    to 1.0) of those in the table; one for all units, or by unit."""
    presence: NonNegativeInt | None = None
    """So many of each unit and profile are at work on each teaching day."""
    budget: NonNegativeFloat | None = None
    """Kroner in all after funding."""
    mix: Annotated[float, Field(gt=0, le=1)] | None = None
    """The largest share of a class that may come from one unit."""


class Substitutes(Founded):
    """Who does the work of those who learn; the names are those of the planner's own staffing."""

    cover: Share | None = None
    """The share of the absent hours that is to be covered."""
    posts: NonNegativeInt | None = None
    """At most so many substitutes of a unit at a time."""
    scheme: Slug | None = None
    """The funding scheme to ask."""
    wage: NonNegativeFloat | None = None
    """Kroner of an hour."""
    unemployed_months: NonNegativeFloat | None = None
    """How long those who can be hired have been unemployed."""


class PoolTerms(Founded):
    """A pool of money that employers' people can have modules paid from, and its limits."""

    scheme: Slug | None = None
    """The scheme that the pool is of."""
    amount: NonNegativeFloat
    """Kroner to spend."""
    modules: PositiveInt | None = None
    """So many modules in all, one person's module being one."""
    share: Share
    """The share of a module's price that the pool pays."""
    eligible: Annotated[tuple[Slug, ...], Field(min_length=1)]
    """The modules that it pays for."""
    person_modules: PositiveInt | None = None
    """Modules of one person."""
    person_days: NonNegativeFloat | None = None
    """Teaching days that one person can be away."""
    employer_days: NonNegativeFloat | None = None
    """Teaching days that an employer can spare, for each of its people in the table."""
    employer_share: Share | None = None
    """The share of the amount that one employer can have."""
    floor: Share | None = None
    """Every region, and every size of employers, gets at least this share of its part of the
    amount, by its people in the table, if it wants so much."""


class UnitTerms(Frozen):
    """A unit of the workforce, as far as the case says anything of it."""

    region: Slug | None = None
    size: Literal["small", "medium", "large"] | None = None
    staff: PositiveInt | None = None
    """All who work there, with those who are not in the table."""


class Setting(Founded):
    """What a case is planned with; each number is a fact of the case or says what it rests on.

    Examples
    --------
    >>> from fagprofil.cases import load_case
    >>> setting = load_case("noerrebro").setting
    >>> (series,) = setting.series
    >>> series.classes, series.days, series.basis["classes"].fact
    (4, 7, 'four-classes')
    >>> len(setting.runs()), setting.limits.given
    (4, {'away': 0.4, 'budget': 300000.0})
    """

    start: dt.date
    """The day from which it is planned; no class starts before."""
    compare: tuple[dt.date, ...] = ()
    """Other days to start on, to see what would be paid then."""
    profile: str | None = None
    """What people are to become; None is each person's own profile."""
    groups: PositiveInt | None = None
    """Groups of a class that are taught differently."""
    schemes: tuple[Slug, ...] = ()
    """The funding schemes that bear on it, on some of the days."""
    units: Annotated[dict[str, UnitTerms], AfterValidator(FrozenDict)] = Field(
        default_factory=FrozenDict
    )
    series: tuple[Series, ...] = ()
    limits: Limits = Limits()
    substitutes: Substitutes | None = None
    pool: PoolTerms | None = None

    @model_validator(mode="after")
    def _in_time(self) -> Setting:
        if any(day < self.start for one in self.series for day in one.starts):
            raise ValueError("no class before the start")
        if any((day - self.start).days % _WEEK for day in self.compare):
            raise ValueError("other starts on the same weekday")
        return self

    def runs(self, start: dt.date | None = None) -> tuple[ModuleRun, ...]:
        """The classes whose module is named.

        Parameters
        ----------
        start
            Another day to start on, as in `compare`; all days move as the start does.

        Raises
        ------
        DataError
            A start on another weekday.
        """
        weeks, rest = divmod(((start or self.start) - self.start).days, _WEEK)
        if rest:
            expected = f"a day of the week as {self.start}"
            raise DataError([Problem("setting", "start", str(start), expected)])
        named = [one for one in self.series if one.module is not None]
        return tuple(run for one in named for run in one.runs(weeks_later=weeks))
