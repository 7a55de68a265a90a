"""What comes back: the classes of many, who sits in them, what it costs, and who is left over."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Annotated, Any

from pydantic import AfterValidator

from fagprofil.errors import UnknownName
from fagprofil.frames import FrameKind
from fagprofil.model import Horizon, Lang, Status, Text
from fagprofil.model.base import Frozen, FrozenDict, InNotebook
from fagprofil.planning.absence import HOURS_PER_DAY, Absence
from fagprofil.planning.cohort_limits import CohortLimits
from fagprofil.planning.cohort_split import SURE, ClassSplit, split_class
from fagprofil.planning.cohort_tables import Table, table_of

__all__ = [
    "ClassGap",
    "Closing",
    "CohortPlan",
    "HeldClass",
    "NotHeld",
    "Seat",
    "UnitPlan",
    "Unseated",
    "Waiting",
]

IdsByUnit = Annotated[dict[str, tuple[str, ...]], AfterValidator(FrozenDict)]
Chances = Annotated[dict[str, tuple[float, ...]], AfterValidator(FrozenDict)]
Kroner = Annotated[dict[str, float], AfterValidator(FrozenDict)]


class Closing(Frozen):
    """What a seat closes of one competence's gap, in weights times steps."""

    competence: str
    value: float


class Seat(Frozen):
    """One person in one class."""

    employee: str
    unit: str | None
    run: str
    module: str
    value: float
    """What it closes that the person's earlier seats do not, in weights times steps."""
    reasons: tuple[Closing, ...]
    """Its parts by competence, largest first; they sum to the value exactly."""
    repeats: float | None
    """The share of what the module teaches that the person already holds, 0..1; None where it is
    not known what it teaches."""
    held: Chances
    """How sure we are that each step 1, 2, ... that the module teaches is held already."""
    gross: float | None
    """Kroner before funding; None where the price is unknown. The middle of a range."""
    net: float | None
    """Kroner after funding, with what funds pay for the person's other seats counted in."""
    must: bool
    """Whether somebody said that this person must have it."""


class ClassGap(Frozen):
    """A gap that a class shares, and what the class does about it."""

    competence: str
    name: Text
    people: int
    """How many of the class lack at least half a step of what their profile needs."""
    gap: float
    """The gap of all of them together, in weights times steps."""
    closes: float
    """What of it this class closes."""
    taught: int | None
    """The level that the module lifts to; None where it does not teach it."""


class HeldClass(Frozen):
    """A class that is held."""

    run: str
    module: str
    title: Text
    start: dt.date
    end: dt.date | None
    days: tuple[dt.date, ...] | None
    """The teaching days; None is unknown."""
    place: str | None
    seats_min: int | None
    seats_max: int | None
    by_unit: IdsByUnit
    """Those who attend, by unit; ``""`` is no unit."""
    value: float
    """What it closes for all of them."""
    gaps: tuple[ClassGap, ...]
    """The gaps that they share, largest first: what content fits them."""
    gross: float
    """Kroner of the seats before funding, of those of which the price is known."""
    net: float
    """Kroner of the seats after funding."""
    fixed_cost: float
    """Kroner that it costs besides."""

    @property
    def participants(self) -> tuple[str, ...]:
        """Those who attend."""
        return tuple(sorted(name for names in self.by_unit.values() for name in names))

    def __len__(self) -> int:
        return sum(map(len, self.by_unit.values()))


class NotHeld(Frozen):
    """A class that is not held: who would have come, and what it lacks."""

    run: str
    module: str
    wanted: IdsByUnit
    """Those who have no seat in the module and for whom it would close something, by unit."""
    able: int
    """How many of them could come at once beside the plan as it is, within all limits."""
    missing: int
    """How many more would have to want it to make a class."""
    reason: Text


class Waiting(Frozen):
    """Those who are left over for a module."""

    module: str
    held: int
    """How many classes of it are held."""
    wanted: IdsByUnit
    """Those who have no seat in it and for whom it would close something, by unit."""
    missing: int
    """How many are missing to make one more class of its smallest size."""


class Unseated(Frozen):
    """Somebody without a seat, and why."""

    employee: str
    unit: str | None
    reason: Text


class UnitPlan(Frozen):
    """What a plan asks of one unit."""

    unit: str
    """``""`` is no unit."""
    people: int
    seated: int
    """How many of them have a seat."""
    seats: int
    value: float
    days_away: int
    """Teaching days of all its people, one for each person and day."""
    most_away: int
    """The largest number that is away on one day."""
    most_away_day: dt.date | None
    """The first such day."""
    gross: float
    """Kroner of its seats before funding."""
    net: float
    """Kroner of its seats after funding."""
    fixed_share: float
    """Its part, by seats, of what classes cost besides them; a budget does not count it."""


class CohortPlan(InNotebook):
    """A plan of classes: who goes where and when.

    Examples
    --------
    >>> import datetime as dt
    >>> import fagprofil as fp
    >>> from fagprofil.planning import tailored
    >>> team = [fp.Employee(id=f"e{i}", unit="A", profile="virksomhed") for i in range(4)]
    >>> runs = tailored("rehabilitering-i-beskaeftigelsesindsatsen", classes=1, days=7,
    ...                 seats=(3, 5), start=dt.date(2027, 2, 1))
    >>> plan = fp.plan_cohorts(team, runs=runs)
    >>> plan.table("classes", "pandas")[["people", "teaching_days"]].values.tolist()
    [[4, 7]]
    >>> (same,) = plan.split(plan.classes[0].run).groups  # they all hold the same
    >>> same.participants
    ('e0', 'e1', 'e2', 'e3')
    >>> len(plan.absences())
    28
    """

    horizon: Horizon
    on: dt.date
    limits: CohortLimits
    seed: int
    classes: tuple[HeldClass, ...]
    """By start, then by id."""
    seats: tuple[Seat, ...]
    """By person, then by start."""
    not_held: tuple[NotHeld, ...]
    """By run."""
    waiting: tuple[Waiting, ...]
    """The modules that somebody waits for, most people first."""
    unseated: tuple[Unseated, ...]
    """By person."""
    units: tuple[UnitPlan, ...]
    """By unit."""
    value: float
    """What the plan closes, in weights times steps: for each person the maximum per competence."""
    bound: float
    """No plan within the limits can close more."""
    optimal: bool
    """Whether no plan within the limits closes more, but for a millionth of it."""
    fixed_cost: float
    """Kroner that classes cost besides their seats."""
    seats_gross: float
    """Kroner of all seats before funding, of those of which the price is known."""
    seats_net: float
    """Kroner of all seats after funding."""
    paid: Kroner
    """What each fund pays in kroner."""
    unpriced: int
    """Seats of which the price is unknown."""
    names: Annotated[dict[str, Text], AfterValidator(FrozenDict)]
    """Names of the competences that it speaks of, by id."""
    status: Status | None
    """The weakest status of the data that it rests on; None where it holds no class."""

    def __repr__(self) -> str:
        return (
            f"<CohortPlan: {len(self.classes)} classes, {len(self.seats)} seats, "
            f"closes {self.value:.1f}, at most {self.gap_to_bound:.2%} below the best>"
        )

    def __str__(self) -> str:
        return repr(self)

    @property
    def gap_to_bound(self) -> float:
        """How far the value can be below the best, as a share of the bound; 0 when optimal."""
        return 0.0 if self.optimal else 1 - self.value / self.bound

    @property
    def gross(self) -> float:
        """Kroner before funding."""
        return self.seats_gross + self.fixed_cost

    @property
    def net(self) -> float:
        """Kroner after funding."""
        return self.seats_net + self.fixed_cost

    def held_class(self, run: str) -> HeldClass:
        """A class by the id of its run.

        Raises
        ------
        UnknownName
            No class of that run is held.
        """
        for one in self.classes:
            if one.run == run:
                return one
        raise UnknownName("class that is held", run, (one.run for one in self.classes))

    def seats_of(self, run: str) -> tuple[Seat, ...]:
        """The seats of a class, by person."""
        return tuple(one for one in self.seats if one.run == run)

    def absences(self, hours_per_day: float = HOURS_PER_DAY) -> tuple[Absence, ...]:
        """Who is away on which day, by day and person.

        Parameters
        ----------
        hours_per_day
            Hours that a teaching day keeps somebody away. Sources say 6 to 7; 7 is this project's
            choice. Classes whose teaching days are unknown have none.
        """
        return tuple(sorted(self._away(hours_per_day), key=lambda one: (one.day, one.employee)))

    def _away(self, hours: float) -> Iterator[Absence]:
        days = {one.run: one.days or () for one in self.classes}
        for seat in self.seats:
            for day in days[seat.run]:
                yield Absence(employee=seat.employee, unit=seat.unit, day=day, hours=hours)

    def split(self, run: str, groups: int = 2, *, sure: float = SURE) -> ClassSplit:
        """A class in groups that are taught differently, by what they hold already.

        Parameters
        ----------
        run
            The class, by the id of its run.
        groups
            At most so many groups; those who hold the same are in the same one.
        sure
            How sure we must be that everybody in a group holds a step for the group to skip it,
            above 0 and at most 1.

        Raises
        ------
        UnknownName
            No class of that run is held.
        DataError
            `groups` or `sure` out of range.
        """
        self.held_class(run)
        held = {one.employee: one.held for one in self.seats_of(run)}
        return split_class(run, held, groups, sure)

    def table(self, what: Table = "seats", kind: FrameKind | None = None, lang: Lang = "da") -> Any:
        """A part of the plan as a table.

        Parameters
        ----------
        what
            ``"seats"``, ``"classes"``, ``"not_held"``, ``"waiting"``, ``"unseated"``, ``"units"``
            or ``"days"`` (people away by unit and day).
        kind
            ``"pandas"``, ``"polars"`` or ``"pyarrow"``; None takes the first installed.
        lang
            Language of names and reasons.

        Raises
        ------
        UnknownName
            No such table.
        """
        return table_of(self, what, kind, lang)
