"""In which periods a module is open to a person, and why not in the others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from fagprofil.funding import education_level
from fagprofil.model import FormalEntry, Module, ModuleRun
from fagprofil.planning.asked import Asked
from fagprofil.planning.calendar import Period, within_years, years_between
from fagprofil.planning.limits import LimitName
from fagprofil.planning.programme import Progress

__all__ = ["Doors", "PathwayRule"]


class PathwayRule(StrEnum):
    """Why a module is left out of a pathway, in the order in which reasons are given."""

    EXCLUDED = "excluded"
    TAKEN = "taken"
    PROGRAMME = "programme"
    UNKNOWN = "unknown"
    MAX_YEARS = "max years"
    NOT_VALID = "not valid"
    NO_RUN = "no run"
    FORMAL_ENTRY = "formal entry"
    PROJECT = "project"
    ENTRY = "entry"
    TOO_LATE = "too late"
    CLOSES_NOTHING = "closes nothing"


#: What must be known of a module where something is limited.
_COUNTED: Sequence[tuple[LimitName, str]] = (
    ("ects_per_period", "ects"),
    ("ects", "ects"),
    ("money", "price"),
    ("days_per_period", "teaching_days"),
    ("days", "teaching_days"),
)


@dataclass(frozen=True, eq=False)
class Doors:
    """Which modules are open to the person of a question in which period, but for entry levels."""

    asked: Asked

    def rules(self, module: Module) -> tuple[PathwayRule | None, ...]:
        """For each period the first rule that keeps the module out, or None."""
        always = next(self._always(module), None)
        if always is not None:
            return (always,) * len(self.asked.periods)
        runs = self._runs.get(module.id) if self.asked.asks("runs") else None
        return tuple(next(self._then(module, runs, one), None) for one in self.asked.periods)

    def _always(self, module: Module) -> Iterator[PathwayRule]:
        asked, goal = self.asked, self.progress
        if module.id in asked.exclude and asked.asks(f"exclude:{module.id}"):
            yield PathwayRule.EXCLUDED
        if module.id in self._passed and asked.asks("passed"):
            yield PathwayRule.TAKEN
        if goal is not None and asked.asks("programme"):
            unlimited = not asked.asks("outside_ects")
            if not goal.takes(module, unlimited=unlimited):
                yield PathwayRule.PROGRAMME
        if self.unknown(module):
            yield PathwayRule.UNKNOWN
        if module.project and asked.asks("project") and not self.ends(module):
            yield PathwayRule.PROJECT

    def _then(
        self, module: Module, runs: Sequence[ModuleRun] | None, period: Period
    ) -> Iterator[PathwayRule]:
        asked, goal = self.asked, self.progress
        if goal is not None and asked.asks("max_years") and self._overdue(goal, period):
            yield PathwayRule.MAX_YEARS
        if asked.asks("valid") and not self._holds(module, period):
            yield PathwayRule.NOT_VALID
        if runs is not None and not any(self._fits(one, period) for one in runs):
            yield PathwayRule.NO_RUN
        if asked.asks("formal_entry") and any(
            self._short(one, period) for one in self.formal_entries(module)
        ):
            yield PathwayRule.FORMAL_ENTRY

    def unknown(self, module: Module) -> tuple[str, ...]:
        """The facts of a module that a limit counts and that are not known."""
        limited = [field for name, field in _COUNTED if self.asked.limit(name) is not None]
        goal = self.progress
        if goal is not None and self.asked.asks("outside_ects") and self.outside(module):
            limited.append("ects")
        return tuple(x for x in dict.fromkeys(limited) if getattr(module, x) is None)

    def outside(self, module: Module) -> bool:
        """Whether a module would be taken from elsewhere than the programme asked for."""
        goal = self.progress
        return goal is not None and module.id not in goal.own | goal.projects

    def ends(self, project: Module) -> tuple[Progress, ...]:
        """The programmes that a project ends and of which it is known what comes before it."""
        goal = self.progress
        some = self._all if goal is None or not self.asked.asks("programme") else (goal,)
        return tuple(one for one in some if one.before(project) is not None)

    def formal_entries(self, module: Module) -> list[FormalEntry]:
        """What the law asks on entry, to the module and to the programme asked for."""
        goal = self.asked.programme
        entries = [module.formal_entry, None if goal is None else goal.formal_entry]
        return [one for one in entries if one is not None]

    def years(self, period: Period) -> float | None:
        """The person's years of relevant work when a period starts; they grow until then."""
        years = self.asked.employee.relevant_years
        return None if years is None else years + years_between(self.asked.on, period.start)

    @cached_property
    def education(self) -> int | None:
        """The person's highest education."""
        return education_level(self.asked.employee, self.asked.catalogue)

    @cached_property
    def progress(self) -> Progress | None:
        """How far the person has come in the programme asked for."""
        asked = self.asked
        if asked.programme is None:
            return None
        return Progress.of(asked.programme, asked.employee, asked.catalogue)

    @cached_property
    def _all(self) -> tuple[Progress, ...]:
        catalogue, person = self.asked.catalogue, self.asked.employee
        return tuple(Progress.of(x, person, catalogue) for x in catalogue.programmes.values())

    @cached_property
    def _passed(self) -> frozenset[str]:
        return self.asked.passed()

    @cached_property
    def _runs(self) -> dict[str, list[ModuleRun]]:
        found: dict[str, list[ModuleRun]] = {}
        for run in self.asked.catalogue.runs.values():
            found.setdefault(run.module, []).append(run)
        return found

    def _fits(self, run: ModuleRun, period: Period) -> bool:
        """Whether a run lies in a period and one can still enrol."""
        inside = period.start <= run.start <= period.end
        ended = run.end is None or run.end <= period.end
        return inside and ended and (run.deadline is None or run.deadline >= self.asked.on)

    def _holds(self, module: Module, period: Period) -> bool:
        goal = self.asked.programme
        return module.holds_on(period.start) and (goal is None or goal.holds_on(period.start))

    def _overdue(self, goal: Progress, period: Period) -> bool:
        most = goal.programme.max_years
        if most is None or goal.since is None:
            return False
        return not within_years(goal.since, period.end, most)

    def _short(self, formal: FormalEntry, period: Period) -> bool:
        """Whether a formal entry is known not to be met."""
        level, years = self.education, self.years(period)
        return any(
            least is not None and have is not None and have < least
            for have, least in ((level, formal.education_level), (years, formal.relevant_years))
        )
