"""What comes back: a pathway with its steps, and what it leaves open."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from enum import StrEnum
from typing import Literal

from pydantic import Field

from fagprofil.bill import Grant
from fagprofil.model import Horizon, Lang, Status, Text
from fagprofil.model.base import Deferred, Frozen, Shown
from fagprofil.planning.calendar import Period
from fagprofil.planning.doors import PathwayRule
from fagprofil.planning.limits import LimitName, PathwayLimits
from fagprofil.rankers import Reason

__all__ = [
    "Alternative",
    "LeftOut",
    "LimitUse",
    "Method",
    "OpenGap",
    "Pathway",
    "PathwayStep",
    "WhyOpen",
]

Method = Literal["exact", "greedy"]


class PathwayStep(Frozen):
    """One module in one period."""

    period: str
    start: dt.date
    end: dt.date
    module: str
    title: Text
    gain: float
    """What it closes over the horizon, beyond the steps before it."""
    reasons: tuple[Reason, ...]
    """The parts of the gain, by competence; they sum to it."""
    gap_after: float
    """The gap over the horizon that is left if the pathway ends with this step."""
    ects: float | None
    days: float | None
    """Teaching days."""
    gross_price: float | None
    """In kroner, before funding; the middle of a range."""
    net_price: float | None
    """After funding, with caps counted over all steps."""
    grants: tuple[Grant, ...]
    """What schemes pay of it, each with its rule and sources."""
    status: Status
    """The weakest status of the data that it rests on."""
    notes: tuple[Text, ...] = ()
    """What to look into before enrolling."""

    @property
    def schemes(self) -> tuple[str, ...]:
        """The ids of the schemes that pay."""
        return tuple(one.scheme for one in self.grants)


class LimitUse(Frozen):
    """How much of a limit a pathway uses."""

    limit: LimitName
    period: str | None
    """The period that it holds for; None where it holds for all together."""
    most: float
    used: float
    binds: bool
    """Whether a module that would close more does not fit within it."""


class WhyOpen(StrEnum):
    """Why a part of the gap is not closed."""

    NO_MODULE = "no module"
    LEFT_OUT = "left out"
    ENTRY = "entry"
    TOO_LATE = "too late"
    LIMITS = "limits"


class OpenGap(Frozen):
    """Steps of one competence that a pathway does not reach."""

    competence: str
    name: Text
    levels: tuple[int, ...]
    gap: float
    """What they are of the gap over the horizon."""
    why: WhyOpen
    reason: Text
    modules: tuple[str, ...] = ()
    """Modules that would reach them."""


class LeftOut(Frozen):
    """A module that could not be planned in any period."""

    module: str
    rule: PathwayRule
    """The rule that kept it out of the first period."""
    reason: Text


class Alternative(Frozen):
    """Another plan that is nearly as good: it does without a module of the pathway."""

    value: float
    loss: float
    """What it closes less than the pathway."""
    modules: tuple[tuple[str, str], ...]
    """Periods and modules."""
    without: tuple[str, ...]
    """Modules of the pathway that it does not have."""
    instead: tuple[str, ...]
    """Modules that it has instead."""


class Pathway(Shown):
    """Modules for one person, period by period; it can be iterated and has a length.

    ``gap_before - value == gap_after``, and ``gap_after`` is `waiting` plus the gaps of `open`.
    """

    employee: str
    profile: str
    profile_name: Text
    horizon: Horizon
    on: dt.date
    programme: str | None
    complete: bool
    method: Method
    limits: PathwayLimits
    periods: tuple[Period, ...]
    steps: tuple[PathwayStep, ...]
    gap_before: float
    """The gap over the horizon."""
    value: float
    """What is closed of it, each step of a ladder from the day on which it is reached."""
    gap_after: float
    waiting: float
    """The part of the gap after it that is there only until the pathway closes it."""
    bound: float
    """No plan closes more than this."""
    optimal: bool
    """Whether no plan is worth more."""
    settled: bool
    """Whether it is the one plan that the tie-break chooses among those worth as much."""
    ects: float | None
    """In all; None where that of some step is unknown. So are the next three."""
    days: float | None
    gross_price: float | None
    net_price: float | None
    limit_uses: tuple[LimitUse, ...]
    open: tuple[OpenGap, ...]
    """What it does not close, largest first."""
    alternatives: tuple[Alternative, ...]
    left_out: Deferred[LeftOut]
    """Modules that could not be planned, in the order of their ids; made when it is first looked
    at."""
    status: Status
    """The weakest status of the data that it rests on."""
    notes: tuple[Text, ...] = ()
    competence_names: dict[str, Text] = Field(default_factory=dict)
    """Names of the competences that the reasons speak of, by id."""

    def __iter__(self) -> Iterator[PathwayStep]:  # type: ignore[override]
        return iter(self.steps)

    def __len__(self) -> int:
        return len(self.steps)

    def __getitem__(self, key: int) -> PathwayStep:
        return self.steps[key]

    @property
    def gap_to_bound(self) -> float:
        """How far the value can be below the best one, as a share of the bound; 0 where proven."""
        return max(0.0, 1 - self.value / self.bound) if self.bound else 0.0

    @property
    def binding(self) -> Sequence[LimitUse]:
        """The limits that bind."""
        return tuple(one for one in self.limit_uses if one.binds)

    def names(self, lang: Lang = "da") -> dict[str, str]:
        """Names of the competences in the reasons, by id."""
        return {name: text.in_(lang) for name, text in self.competence_names.items()}
