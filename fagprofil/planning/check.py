"""A second look at a pathway: every rule and limit by its own definition, in plain loops.

Nothing here comes from what plans are made with; both are written from the same words.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from fagprofil.bill import Purchase, bill
from fagprofil.catalogue import Catalogue
from fagprofil.errors import Problem
from fagprofil.evidence import DEFAULT_MODEL, EvidenceModel
from fagprofil.funding import education_level
from fagprofil.ladder import ladder_of
from fagprofil.model import Employee, Module, Programme
from fagprofil.planning.calendar import Period
from fagprofil.planning.check_numbers import number_problems
from fagprofil.planning.limits import PathwayLimits
from fagprofil.planning.pathway_results import Pathway
from fagprofil.standing import reached

__all__ = ["Checker", "pathway_problems"]

#: The id of the period in which each module is taken, by module.
Taken = Mapping[str, str]


def pathway_problems(
    pathway: Pathway,
    employee: Employee,
    catalogue: Catalogue,
    *,
    must: Iterable[str] = (),
    exclude: Iterable[str] = (),
    model: EvidenceModel = DEFAULT_MODEL,
) -> tuple[Problem, ...]:
    """Everything in a pathway that breaks a rule or a limit, or does not add up.

    Parameters
    ----------
    pathway
        The pathway; its own limits, periods, programme and day are what it must keep.
    employee, catalogue, must, exclude, model
        What it was made for, as for `fagprofil.planning.plan_pathway`.

    Examples
    --------
    >>> import fagprofil as fp
    >>> from fagprofil.planning.limits import PathwayLimits
    >>> from fagprofil.planning.pathway import plan_pathway
    >>> catalogue, anna = fp.load_catalogue(), fp.Employee(id="a", relevant_years=4)
    >>> plan = plan_pathway(anna, "basis", catalogue, limits=PathwayLimits(ects=20))
    >>> pathway_problems(plan, anna, catalogue)
    ()
    >>> tight = plan.model_copy(update={"limits": PathwayLimits(ects=5)})
    >>> {problem.field for problem in pathway_problems(tight, anna, catalogue)}
    {'ects'}
    """
    checker = Checker(
        employee=employee,
        catalogue=catalogue,
        periods=pathway.periods,
        limits=pathway.limits,
        on=pathway.on,
        programme=pathway.programme,
        complete=pathway.complete,
        must=frozenset(must),
        exclude=frozenset(exclude),
        model=model,
    )
    taken = {step.module: step.period for step in pathway.steps}
    found = [*checker.problems(taken)]
    if len(taken) < len(pathway.steps):
        return (*found, Problem("pathway", "steps", None, "each module once"))
    for other in pathway.alternatives:
        found += checker.problems({module: period for period, module in other.modules})
    return (*found, *number_problems(pathway, employee, catalogue, model))


def exact(amount: float | None) -> Fraction:
    """The decimal that was written; nothing where it is unknown."""
    return Fraction(0) if amount is None else Fraction(repr(float(amount)))


@dataclass(frozen=True)
class Checker:
    """What plans must keep, and whether they do."""

    employee: Employee
    catalogue: Catalogue
    periods: tuple[Period, ...]
    limits: PathwayLimits
    on: dt.date
    programme: str | None = None
    complete: bool = False
    must: frozenset[str] = frozenset()
    exclude: frozenset[str] = frozenset()
    model: EvidenceModel = DEFAULT_MODEL

    def problems(self, taken: Taken) -> Iterator[Problem]:
        """The rules and limits that a plan breaks."""
        check = _Check(self, taken)
        for name in taken:
            if name in self.exclude:
                yield Problem(f"module {name!r}", "exclude", None, "a module not excluded")
            yield from check.module(self.catalogue.modules[name])
        yield from check.limits()
        if self.programme is not None:
            yield from check.programme(self.catalogue.programmes[self.programme])
        for name in sorted(self.must - taken.keys()):
            yield Problem("pathway", "must", name, "in the plan")

    @cached_property
    def period(self) -> dict[str, Period]:
        """Periods by their ids."""
        return {one.id: one for one in self.periods}

    @cached_property
    def passed(self) -> set[str]:
        """What the person has passed."""
        return {one.module for one in self.employee.completed if one.passed}

    @cached_property
    def held(self) -> dict[str, int]:
        """The highest level of each competence that counts as reached."""
        ladder = ladder_of(self.catalogue, self.on, self.model)
        sure = reached(ladder.held([self.employee]), self.model.entry_certainty)[0]
        return {
            name: max((step for step in range(1, ladder.top + 1) if sure[k, step - 1]), default=0)
            for k, name in enumerate(ladder.competences)
        }

    def projects(self, programme: Programme) -> set[str]:
        """The projects that may end a programme."""
        return {
            one.id
            for one in self.catalogue.modules.values()
            if one.project and (one.id == programme.project or one.programme == programme.id)
        }

    def ended(self, project: Module) -> list[Programme]:
        """The programmes that a project may end."""
        every = self.catalogue.programmes.values()
        return [
            one
            for one in every
            if self.programme in (None, one.id) and project.id in self.projects(one)
        ]

    def compulsory(self, programme: Programme) -> set[str]:
        """The modules that a programme asks of everybody."""
        if programme.compulsory is not None:
            return set(programme.compulsory)
        return {
            one.id
            for one in self.catalogue.modules.values()
            if one.programme == programme.id and one.compulsory
        }

    def own(self, programme: Programme) -> set[str]:
        """A programme's own modules, without projects."""
        own = self.compulsory(programme) | set(programme.electives or ())
        for one in self.catalogue.modules.values():
            if one.programme == programme.id and programme.electives is None:
                own.add(one.id)
        return {name for name in own if not self.catalogue.modules[name].project}

    def elsewhere(self, programme: Programme, module: Module) -> bool:
        """Whether a module could count in a programme though it is not its own."""
        level = programme.level is None or module.level == programme.level
        return level and not module.project and module.id not in self.own(programme)

    def credit(self, programme: Programme) -> Fraction:
        """The most that whole modules passed elsewhere make, within what may come from there."""
        most, sums = exact(programme.outside_ects), {Fraction(0)}
        for name in self.passed:
            module = self.catalogue.modules[name]
            if self.elsewhere(programme, module):
                sums |= {total + exact(module.ects) for total in sums}
        return max(total for total in sums if total <= most)


@dataclass(frozen=True)
class _Check:
    """One plan against what it must keep."""

    rules: Checker
    taken: Taken

    def before(self, period: Period) -> list[Module]:
        """The modules of earlier periods."""
        return [
            self.rules.catalogue.modules[name]
            for name, when in self.taken.items()
            if self.rules.period[when].start < period.start
        ]

    # --- one module -----------------------------------------------------------------------------

    def module(self, module: Module) -> Iterator[Problem]:
        """What is wrong with taking a module when it is taken."""
        where, period = f"module {module.id!r}", self.rules.period[self.taken[module.id]]
        if module.id in self.rules.passed:
            yield Problem(where, "completed", None, "a module that is not passed yet")
        if not module.holds_on(period.start):
            yield Problem(where, "valid", str(period.start), "a day on which it is valid")
        yield from self._formal(module, period)
        yield from self._entry(module, period)
        runs = [run for run in self.rules.catalogue.runs.values() if run.module == module.id]
        if runs and not any(
            period.start <= run.start
            and (run.end or run.start) <= period.end
            and (run.deadline or self.rules.on) >= self.rules.on
            and run.start <= period.end
            for run in runs
        ):
            yield Problem(where, "runs", period.id, "a period in which it is held")
        limits = self.rules.limits
        for value, counted in (
            (module.ects, (limits.ects, limits.ects_per_period)),
            (module.price, (limits.money,)),
            (module.teaching_days, (limits.days, limits.days_per_period)),
        ):
            if value is None and any(one is not None for one in counted):
                yield Problem(where, "limits", None, "known facts where something is limited")
        if module.project and not any(
            self._project_due(one, module, period) for one in self.rules.ended(module)
        ):
            yield Problem(where, "project", period.id, "a period after the rest of its programme")

    def _formal(self, module: Module, period: Period) -> Iterator[Problem]:
        level = education_level(self.rules.employee, self.rules.catalogue)
        years = self.rules.employee.relevant_years
        if years is not None:
            years += (period.start - self.rules.on).days / 365.25
        goal = self.rules.catalogue.programmes.get(self.rules.programme or "")
        for formal in (module.formal_entry, goal.formal_entry if goal else None):
            if formal is None:
                continue
            where, have = f"module {module.id!r}", ((level, formal.education_level),)
            for found, least in (*have, (years, formal.relevant_years)):
                if found is not None and least is not None and found < least:
                    yield Problem(where, "formal entry", f"{found:g}", f"at least {least:g}")

    def _entry(self, module: Module, period: Period) -> Iterator[Problem]:
        for name, level in (module.entry or {}).items():
            lifted = [(one.teaches or {}).get(name, 0) for one in self.before(period)]
            if level > max([self.rules.held[name], *lifted]):
                yield Problem(f"module {module.id!r}", "entry", name, f"level {level} before")

    # --- programmes -----------------------------------------------------------------------------

    def _project_due(self, programme: Programme, project: Module, period: Period) -> bool:
        """Whether the rest of a programme is passed before a project."""
        if programme.ects is None or project.ects is None:
            return False
        own, chosen = self.rules.own(programme), programme.id == self.rules.programme
        before = [
            *self.before(period),
            *(self.rules.catalogue.modules[x] for x in self.rules.passed),
        ]
        done = sum((exact(one.ects) for one in before if one.id in own), Fraction(0))
        if chosen:
            done += self.rules.credit(programme)
            done += sum(
                exact(one.ects)
                for one in self.before(period)
                if self.rules.elsewhere(programme, one)
            )
            if not self.rules.compulsory(programme) <= {one.id for one in before}:
                return False
        return done >= exact(programme.ects) - exact(project.ects)

    def programme(self, programme: Programme) -> Iterator[Problem]:
        """What breaks the rules of the programme asked for."""
        where, own = f"programme {programme.id!r}", self.rules.own(programme)
        modules = [self.rules.catalogue.modules[name] for name in self.taken]
        outside = [one for one in modules if one.id not in own | self.rules.projects(programme)]
        for one in outside:
            if not self.rules.elsewhere(programme, one) or one.ects is None:
                yield Problem(where, "modules", one.id, "a module that can count in it")
        used = self.rules.credit(programme) + sum(exact(one.ects) for one in outside)
        if outside and used > exact(programme.outside_ects):
            yield Problem(where, "outside_ects", str(float(used)), "no more from elsewhere")
        periods = [self.rules.period[when] for when in self.taken.values()]
        for period in periods:
            if not programme.holds_on(period.start):
                yield Problem(where, "valid", period.id, "a day on which it is valid")
        starts = [period.start for period in periods] + [
            one.date
            for one in self.rules.employee.completed
            if one.passed and one.module in own and one.date is not None
        ]
        if programme.max_years is not None and periods:
            last = max(period.end for period in periods)
            if (last - min(starts)).days > programme.max_years * 365.25:
                yield Problem(where, "max_years", str(last), "an end within its years")
        if self.rules.complete:
            yield from self._complete(programme)

    def _complete(self, programme: Programme) -> Iterator[Problem]:
        where, own = f"programme {programme.id!r}", self.rules.own(programme)
        done = self.taken.keys() | self.rules.passed
        for name in sorted(self.rules.compulsory(programme) - done):
            yield Problem(where, "compulsory", name, "in the plan")
        finished = sorted(self.rules.projects(programme) & self.rules.passed)
        project = finished[0] if finished else str(programme.project)
        if project not in done:
            yield Problem(where, "project", project, "in the plan")
        modules = [self.rules.catalogue.modules[name] for name in done]
        counted = own | {project}
        ects = sum((exact(one.ects) for one in modules if one.id in counted), Fraction(0))
        ects += self.rules.credit(programme)
        for name in self.taken:
            if self.rules.elsewhere(programme, self.rules.catalogue.modules[name]):
                ects += exact(self.rules.catalogue.modules[name].ects)
        if ects < exact(programme.ects):
            yield Problem(where, "ects", str(float(ects)), f"{programme.ects:g}")

    # --- limits ---------------------------------------------------------------------------------

    def limits(self) -> Iterator[Problem]:
        """The limits that are broken."""
        limits, modules = self.rules.limits, self.rules.catalogue.modules
        days = {name: exact(modules[name].teaching_days) for name in self.taken}
        ects = {name: exact(modules[name].ects) for name in self.taken}
        for field, loads, each, whole in (
            ("ects", ects, limits.ects_per_period, limits.ects),
            ("days", days, limits.days_per_period, limits.days),
        ):
            if whole is not None and sum(loads.values()) > exact(whole):
                yield Problem("pathway", field, str(float(sum(loads.values()))), f"{whole:g}")
            for period in self.rules.periods:
                load = sum(x for name, x in loads.items() if self.taken[name] == period.id)
                if each is not None and load > exact(each):
                    yield Problem("pathway", f"{field}_per_period", period.id, f"{each:g}")
        if limits.modules is not None and len(self.taken) > limits.modules:
            yield Problem("pathway", "modules", str(len(self.taken)), str(limits.modules))
        if limits.money is not None:
            cost = bill(
                self._purchases(), [self.rules.employee], self.rules.catalogue, on=self.rules.on
            ).net
            if round(cost, 2) > round(limits.money, 2):
                yield Problem("pathway", "money", str(cost), f"{limits.money:g}")

    def _purchases(self) -> list[Purchase]:
        return [
            Purchase(
                employee=self.rules.employee.id, module=name, start=self.rules.period[when].start
            )
            for name, when in self.taken.items()
        ]
