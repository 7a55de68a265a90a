"""A case with its people and its catalogue, and the plans that its answers are read from."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from fagprofil.answers.content import Choice, Unfilled, choose
from fagprofil.case_setting import Setting
from fagprofil.cases import Case
from fagprofil.catalogue import Catalogue
from fagprofil.ladder import Ladder, ladder_of
from fagprofil.model import OVER_FIVE_YEARS, Employee, Horizon, ModuleRun
from fagprofil.planning.cohort_limits import CohortLimits
from fagprofil.planning.cohort_people import Crowd
from fagprofil.planning.cohort_plan import CohortPlan
from fagprofil.planning.cohort_solve import EffortName
from fagprofil.planning.cohorts import plan_cohorts
from fagprofil.planning.pool import allocate_pool
from fagprofil.planning.pool_plan import PoolPlan
from fagprofil.planning.pool_terms import Pool
from fagprofil.planning.rotation import plan_rotation
from fagprofil.planning.rotation_plan import RotationPlan, Staffing

__all__ = ["Brief"]


@dataclass(frozen=True, eq=False)
class Brief:
    """What an answer is made from; each plan is made once, when it is first asked for.

    Attributes
    ----------
    case, people, catalogue
        What is planned.
    again
        Their ids with new statements, to follow up by; None is none.
    effort
        How hard classes are planned.
    """

    case: Case
    people: tuple[Employee, ...]
    catalogue: Catalogue
    again: tuple[Employee, ...] | None
    effort: EffortName
    _crowds: dict[Horizon, Crowd] = field(default_factory=dict)

    @property
    def setting(self) -> Setting:
        """What the case is planned with."""
        return self.case.setting

    @property
    def on(self) -> dt.date:
        """The day of planning."""
        return self.ladder.on

    @cached_property
    def ladder(self) -> Ladder:
        """The catalogue, as of the day of planning."""
        return ladder_of(self.catalogue)

    @cached_property
    def by_id(self) -> Mapping[str, Employee]:
        """The people by their ids."""
        return {one.id: one for one in self.people}

    def crowd(self, horizon: Horizon = OVER_FIVE_YEARS) -> Crowd:
        """The people against what is needed at a horizon, by the order of their ids."""
        if horizon not in self._crowds:
            self._crowds[horizon] = Crowd.of(
                self.people, self.ladder, horizon, self.setting.profile
            )
        return self._crowds[horizon]

    # --- classes ------------------------------------------------------------------------------

    @cached_property
    def limits(self) -> CohortLimits:
        """The limits on classes."""
        return CohortLimits(**self.setting.limits.given)

    @cached_property
    def must_not(self) -> tuple[tuple[str, str], ...]:
        """Whom a series of classes is not for: those not known to be hired late enough."""
        return tuple(
            (one.id, series.module)
            for series in self.setting.series
            if series.hired_since is not None and series.module is not None
            for one in self.people
            if one.hired is None or one.hired < series.hired_since
        )

    @cached_property
    def contents(self) -> tuple[Choice | Unfilled, ...]:
        """What is taught in the classes whose content is open, by start; why the next has none."""
        return tuple(choose(self.crowd(), self.setting.series, self.limits, self.effort))

    @property
    def choices(self) -> tuple[Choice, ...]:
        """The classes of open content that can be filled."""
        return tuple(one for one in self.contents if isinstance(one, Choice))

    @cached_property
    def runs(self) -> tuple[ModuleRun, ...]:
        """The classes that can be held."""
        return (*self.setting.runs(), *(one.run for one in self.choices))

    @cached_property
    def classes(self) -> CohortPlan | None:
        """The plan of classes; None where there are none."""
        if not self.setting.series:
            return None
        return plan_cohorts(
            self.people,
            self.catalogue,
            runs=self.runs,
            limits=self.limits,
            must_not=self.must_not,
            profile=self.setting.profile,
            effort=self.effort,
        )

    @cached_property
    def taken(self) -> Mapping[str, tuple[str, ...]]:
        """The modules that each person has a seat in, or money for."""
        found: dict[str, list[str]] = {}
        pairs = [(one.employee, one.module) for one in self.classes.seats] if self.classes else []
        pairs += [(one.employee, one.module) for one in self.pool.grants] if self.pool else []
        for employee, module in pairs:
            found.setdefault(employee, []).append(module)
        return {name: tuple(modules) for name, modules in found.items()}

    # --- substitutes and pools ----------------------------------------------------------------

    @cached_property
    def staffing(self) -> Staffing | None:
        """Who does the work of those who are away; None where nothing is said of it."""
        given = self.setting.substitutes
        return None if given is None else Staffing(**given.given)

    @cached_property
    def rotation(self) -> RotationPlan | None:
        """What substitutes do."""
        if self.staffing is None or self.classes is None:
            return None
        return plan_rotation(self.classes, self.people, self.staffing, self.catalogue)

    def rotation_on(self, start: dt.date) -> RotationPlan | None:
        """The same if everything were to begin on another day."""
        if self.staffing is None or self.classes is None:
            return None
        later = start - self.setting.start
        moved = [one.model_copy(update={"day": one.day + later}) for one in self.classes.absences()]
        return plan_rotation(moved, self.people, self.staffing, self.catalogue)

    @cached_property
    def pool_start(self) -> dt.date:
        """The first of the setting's days on which the pool's scheme holds; else its start."""
        given = self.setting.pool
        days = (self.setting.start, *self.setting.compare)
        if given is None or given.scheme is None:
            return self.setting.start
        scheme = self.catalogue.funding.get(given.scheme)
        holds = [day for day in days if scheme is not None and scheme.holds_on(day)]
        return holds[0] if holds else self.setting.start

    @cached_property
    def pool(self) -> PoolPlan | None:
        """How a pool is spread; None where there is none."""
        if self.setting.pool is None:
            return None
        return allocate_pool(
            Pool(**self.setting.pool.given),
            self.people,
            self.catalogue,
            employers=self.setting.units,
            profile=self.setting.profile,
            on=self.on,
            start=self.pool_start,
        )
