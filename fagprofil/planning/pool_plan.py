"""What comes back: who gets what of a pool, what it closes, and what holds back the rest."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

from pydantic import AfterValidator

from fagprofil.errors import UnknownName
from fagprofil.frames import FrameKind
from fagprofil.model import Horizon, Lang, Status, Text
from fagprofil.model.base import Frozen, FrozenDict, InNotebook
from fagprofil.planning.cohort_plan import Closing
from fagprofil.planning.pool_tables import Table, table_of
from fagprofil.planning.pool_terms import Pool, PoolLimit

__all__ = [
    "Effect",
    "EmployerPart",
    "GroupPart",
    "ModulePart",
    "PoolGrant",
    "PoolLimitUse",
    "PoolPlan",
    "Refused",
    "Relaxation",
]

Kroner = Annotated[dict[str, float], AfterValidator(FrozenDict)]

Unit = Literal["krone", "module", "day", "ects"]


class PoolGrant(Frozen):
    """One module that is paid for one person.

    ``gross`` is what the pool, other funds and the employer pay together, to the øre.
    """

    employee: str
    employer: str | None
    module: str
    value: float
    """What it closes that the person's other grants above it do not, in weights times steps."""
    reasons: tuple[Closing, ...]
    """Its parts by competence, largest first; they sum to the value exactly."""
    gross: float
    """Kroner before funding; the middle of a range."""
    pool: float
    """Kroner from the pool."""
    others: Kroner
    """Kroner from other funds, by the id of the scheme."""
    own: float
    """Kroner that are left to the employer."""
    days: float | None
    """Teaching days; None is unknown."""

    @property
    def other(self) -> float:
        """Kroner from other funds."""
        return round(sum(self.others.values()), 2)


class Part(Frozen):
    """Some applicants' part of a pool."""

    name: str
    people: int
    """How many of the table are theirs."""
    wanting: int
    """How many of them ask for a module that could be paid for, and that closes something."""
    granted: int
    """How many of them get something."""
    grants: int
    value: float
    """What the grants close, in weights times steps."""
    kroner: float
    """Kroner from the pool."""
    share: float
    """The part of what is spent, 0..1."""


class EmployerPart(Part):
    """What an employer gets; ``""`` is those without one."""

    region: str | None
    size: str | None
    own: float
    """Kroner that the employer pays itself."""
    days: float
    """Teaching days of its people, as far as they are known."""
    most_kroner: float | None
    """Kroner that it can have at the most; None is no limit."""
    most_days: float | None
    """Teaching days that it can spare; None is no limit."""
    krone_price: float
    """What one krone more for this employer alone would close, see `PoolLimitUse.price`."""
    day_price: float
    """What one teaching day more for this employer alone would close."""


class GroupPart(Part):
    """What a region or a size of employers gets, and its floor."""

    part: float
    """Its part of the people in the table, 0..1."""
    target: float | None
    """Kroner of the floor if it wants so much; None where there is no floor."""
    wants: float | None
    """The most that its people's and employers' limits allow, in kroner, if that is less than
    `target`, and else at least `target`; None where there is no floor."""
    floor: float | None
    """Kroner that it must get: the smaller of both; None where there is no floor."""

    @property
    def met(self) -> bool:
        """Whether it gets what it must."""
        return self.floor is None or self.kroner >= self.floor


class ModulePart(Frozen):
    """What becomes of one module that the pool pays for, or that somebody applied for."""

    module: str
    title: Text
    wanting: int
    """How many ask for it who could have it, and for whom it closes something."""
    grants: int
    value: float
    kroner: float
    """Kroner from the pool."""
    barred: Text | None
    """Why nobody can have it, as where the price is unknown; None where somebody could."""


class PoolLimitUse(Frozen):
    """A limit, how far it is used, and what it costs.

    The price is the dual of the linear relaxation: so much more of the gap would be closed per
    unit by which the limit is wider for each one for whom it holds, as long as it is little.
    A floor is wider when it is lower. It is never below 0; where it is 0, the limit does not bind.
    Prices are exact for the relaxation only, and where there are several sets of them this is one.
    """

    limit: PoolLimit
    text: Text
    unit: Unit
    """What the price is per."""
    holds_for: int
    """For how many it is a limit: people, employers, groups, or 1."""
    binds_for: int
    """For how many of them the price is above 0."""
    used: float | None
    """How much is used, where it holds for all together."""
    most: float | None
    """How much there is, where it holds for all together."""
    price: float
    """In weights times steps per unit."""

    @property
    def binds(self) -> bool:
        """Whether the gap that is closed would grow if the limit were wider."""
        return self.binds_for > 0


class Relaxation(Frozen):
    """What comes of it if one limit is lifted for all, and every other figure stays as it is."""

    limit: PoolLimit
    text: Text
    spends: float
    """Kroner more, or fewer where it is below 0."""
    closes: float
    """So much more is closed, in weights times steps; at least 0."""
    at_most: float
    """No spread without the limit closes more than so much more."""


class Effect(Frozen):
    """What the supported modules close of the applicants' gaps."""

    when: Literal["now", "in_five_years", "over_five_years"]
    gap: float
    """The gap of all applicants, in weights times steps."""
    closes: float

    @property
    def share(self) -> float:
        """The part of the gap that is closed, 0..1; 0 where there is none."""
        return self.closes / self.gap if self.gap else 0.0


class Refused(Frozen):
    """Somebody who gets nothing, or an application that is not granted, and the first reason."""

    employee: str
    employer: str | None
    module: str | None
    """What was applied for; None is anything."""
    reason: Text


class PoolPlan(InNotebook):
    """How a pool is spread.

    Examples
    --------
    See `fagprofil.allocate_pool`.
    """

    horizon: Horizon
    on: dt.date
    """The day of planning."""
    start: dt.date
    """The day on which the modules start."""
    pool: Pool
    grants: tuple[PoolGrant, ...]
    """By person; of one person, those that close most first."""
    employers: tuple[EmployerPart, ...]
    regions: tuple[GroupPart, ...]
    sizes: tuple[GroupPart, ...]
    modules: tuple[ModulePart, ...]
    value: float
    """What it closes, in weights times steps: for each person the maximum per competence."""
    bound: float
    """No spread within the limits can close more."""
    optimal: bool
    """Whether no spread within the limits closes more, but for a millionth of it."""
    spent: float
    """Kroner from the pool."""
    unused: float
    """Kroner that stay in the pool."""
    why_unused: Text
    """What holds the rest back."""
    limits: tuple[PoolLimitUse, ...]
    relaxations: tuple[Relaxation, ...]
    """Those that close most first; empty if they were not asked for."""
    effects: tuple[Effect, ...]
    refused: tuple[Refused, ...]
    """By person and module."""
    unknown: tuple[Text, ...]
    """What is not known of the rules, and what is taken instead."""
    names: Annotated[dict[str, Text], AfterValidator(FrozenDict)]
    """Names of the competences that it speaks of, by id."""
    status: Status | None
    """The weakest status of the data that it rests on; None where nothing is granted."""

    def __repr__(self) -> str:
        return (
            f"<PoolPlan: {len(self.grants)} grants to {self.granted} people, "
            f"{self.spent:,.0f} kr spent, {self.unused:,.0f} unused, closes {self.value:.1f}, "
            f"at most {self.gap_to_bound:.2%} below the best>"
        )

    def __str__(self) -> str:
        return repr(self)

    @property
    def gap_to_bound(self) -> float:
        """How far the value can be below the best, as a share of the bound; 0 when optimal."""
        return 0.0 if self.optimal else 1 - self.value / self.bound

    @property
    def granted(self) -> int:
        """How many people get something."""
        return len({one.employee for one in self.grants})

    @property
    def gross(self) -> float:
        """Kroner of all modules before funding."""
        return round(sum(one.gross for one in self.grants), 2)

    @property
    def other(self) -> float:
        """Kroner from other funds."""
        return round(sum(one.other for one in self.grants), 2)

    @property
    def own(self) -> float:
        """Kroner that are left to the employers."""
        return round(sum(one.own for one in self.grants), 2)

    def grants_of(self, employee: str) -> tuple[PoolGrant, ...]:
        """What a person gets; nothing where the person gets nothing."""
        return tuple(one for one in self.grants if one.employee == employee)

    def employer(self, name: str) -> EmployerPart:
        """What an employer gets.

        Raises
        ------
        UnknownName
            No such employer has people in the table.
        """
        for one in self.employers:
            if one.name == name:
                return one
        raise UnknownName("employer", name, (one.name for one in self.employers))

    def table(
        self, what: Table = "grants", kind: FrameKind | None = None, lang: Lang = "da"
    ) -> Any:
        """A part of the plan as a table.

        Parameters
        ----------
        what
            ``"grants"``, ``"employers"``, ``"regions"``, ``"sizes"``, ``"modules"``, ``"limits"``,
            ``"relaxations"``, ``"effects"`` or ``"refused"``.
        kind
            ``"pandas"``, ``"polars"`` or ``"pyarrow"``; None takes the first installed.
        lang
            Language of titles and reasons.

        Raises
        ------
        UnknownName
            No such table.
        """
        return table_of(self, what, kind, lang)
