"""What a pathway is asked for: the person, the profile, the periods and what must be kept."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from fagprofil.catalogue import Catalogue
from fagprofil.errors import DataError, Problem, unknown_id
from fagprofil.evidence import EvidenceModel
from fagprofil.gap_analysis import profile_of
from fagprofil.ladder import Ladder, ladder_of, unmet
from fagprofil.model import Blend, Employee, Horizon, ProfileLike, Programme
from fagprofil.planning.calendar import Period, half_years, period_problems
from fagprofil.planning.limits import LimitName, PathwayLimits
from fagprofil.standing import Held, reached

__all__ = ["PERIODS", "Asked"]

#: Half-years to plan where none are given.
PERIODS = 6


@dataclass(frozen=True, eq=False)
class Asked:
    """A question, its names resolved.

    Attributes
    ----------
    held
        What the person holds, one row.
    must, exclude
        Ids of modules.
    dropped
        The names of rules that are not asked for, while it is found out which of them clash.
    """

    ladder: Ladder
    employee: Employee
    profile: Blend
    horizon: Horizon
    held: Held
    periods: tuple[Period, ...]
    limits: PathwayLimits
    programme: Programme | None
    complete: bool
    must: tuple[str, ...]
    exclude: frozenset[str]
    dropped: frozenset[str] = field(default=frozenset())

    @classmethod
    def of(
        cls,
        employee: Employee,
        profile: ProfileLike | None,
        catalogue: Catalogue,
        limits: PathwayLimits,
        *,
        periods: Iterable[Period] | None,
        programme: str | None,
        complete: bool,
        must: Iterable[str],
        exclude: Iterable[str],
        horizon: Horizon,
        on: dt.date | None,
        model: EvidenceModel,
    ) -> Asked:
        """The question, after everything that is wrong with it has been told.

        Raises
        ------
        DataError
            Everything that does not fit.
        UnknownName
            A profile or programme that the catalogue does not have.
        """
        ladder = ladder_of(catalogue, on, model)
        blend = profile_of(employee, profile, catalogue)
        wanted = half_years(ladder.on, PERIODS) if periods is None else tuple(periods)
        goal = None if programme is None else catalogue.programmes[programme]
        needed, unwanted = tuple(sorted(set(must))), frozenset(exclude)
        problems = [
            *_limit_problems(limits),
            *period_problems(wanted, ladder.on),
            *_name_problems(catalogue, needed, unwanted),
            *_complete_problems(goal, complete, catalogue),
        ]
        if problems:
            raise DataError(problems)
        held = ladder.held([employee])
        return cls(
            ladder=ladder,
            employee=employee,
            profile=blend,
            horizon=horizon,
            held=held,
            periods=wanted,
            limits=limits,
            programme=goal,
            complete=complete,
            must=needed,
            exclude=unwanted,
        )

    @property
    def catalogue(self) -> Catalogue:
        """What there is to need and to learn."""
        return self.ladder.catalogue

    @property
    def on(self) -> dt.date:
        """The day on which it is planned."""
        return self.ladder.on

    def asks(self, rule: str) -> bool:
        """Whether a rule is to be kept."""
        return rule not in self.dropped

    def limit(self, name: LimitName) -> float | None:
        """A limit that is to be kept; None is no limit."""
        value: float | None = getattr(self.limits, name)
        return value if self.asks(name) else None

    def without(self, rules: Iterable[str]) -> Asked:
        """The same question with some rules not asked for."""
        return replace(self, dropped=self.dropped | frozenset(rules))

    def passed(self) -> frozenset[str]:
        """The modules that the person has passed."""
        return frozenset(one.module for one in self.employee.completed if one.passed)

    def unmet(self, horizon: Horizon) -> NDArray[np.int64]:
        """What is needed at a horizon and not held, in `fagprofil.ladder.UNIT`, shape (K, L)."""
        need = self.ladder.need(self.profile, horizon)
        missing: NDArray[np.int64] = unmet(need, self.held.steps)[0]
        return missing

    def reached(self) -> NDArray[np.intp]:
        """The level of each competence that counts as reached on entry to a module, shape (K,)."""
        sure = reached(self.held, self.ladder.model.entry_certainty)[0]
        # What is not reached at a step is not reached above it.
        return np.asarray(np.cumprod(sure, axis=-1).sum(axis=-1), dtype=np.intp)


def _limit_problems(limits: object) -> Iterator[Problem]:
    if not isinstance(limits, PathwayLimits):
        yield Problem("call", "limits", type(limits).__name__, "PathwayLimits")


def _name_problems(
    catalogue: Catalogue, must: Sequence[str], exclude: Iterable[str]
) -> Iterator[Problem]:
    for where, names in (("must", must), ("exclude", sorted(exclude))):
        for name in names:
            yield from unknown_id(where, "module", name, catalogue.modules)


def _complete_problems(
    programme: Programme | None, complete: bool, catalogue: Catalogue
) -> Iterator[Problem]:
    """What must be known of a programme to plan the whole of it."""
    if not complete:
        return
    if programme is None:
        yield Problem("call", "complete", "True", "a programme to complete")
        return
    where, known = f"programme {programme.id!r}", "known ECTS, to plan the whole of it"
    if programme.ects is None:
        yield Problem(where, "ects", None, known)
    if programme.project is None:
        yield Problem(where, "project", None, "a known project, to plan the whole of it")
    elif catalogue.modules[programme.project].ects is None:
        yield Problem(f"module {programme.project!r}", "ects", None, known)
