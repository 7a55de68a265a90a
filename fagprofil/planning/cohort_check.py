"""Whether a plan of classes keeps what it must: written from the definitions, not from the solver.

It reads the plan as anybody would who was handed it, with the people, the classes and the limits,
and counts everything anew in plain loops.
"""

from __future__ import annotations

import datetime as dt
import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from fagprofil.bill import Purchase, bill
from fagprofil.catalogue import Catalogue
from fagprofil.eligibility import Rule, broken_rules
from fagprofil.ladder import ladder_of, unmet
from fagprofil.model import Employee, ModuleRun, ProfileLike, Records
from fagprofil.planning.calendar import half_years
from fagprofil.planning.cohort_check_numbers import number_problems
from fagprofil.planning.cohort_limits import CohortLimits
from fagprofil.planning.cohort_plan import CohortPlan, Seat
from fagprofil.planning.cohort_wishes import WishLike

__all__ = ["cohort_problems"]

#: Sums of kroner and of shares are compared with so much room.
_ORE, _ROOM = 0.01, 1e-6


def cohort_problems(
    plan: CohortPlan,
    people: Iterable[Employee],
    catalogue: Catalogue,
    *,
    runs: Iterable[ModuleRun] | None = None,
    limits: CohortLimits | None = None,
    must: Iterable[WishLike] = (),
    must_not: Iterable[WishLike] = (),
    profile: ProfileLike | None = None,
) -> tuple[str, ...]:
    """Everything in which a plan breaks a limit or says something wrong; nothing where it is right.

    Parameters
    ----------
    plan
        The plan.
    people, catalogue, runs, must, must_not, profile
        What it was made from, as for `fagprofil.plan_cohorts`.
    limits
        What it must keep; None takes those that it says it keeps.

    Examples
    --------
    >>> import fagprofil as fp
    >>> from fagprofil.planning.cohorts import plan_cohorts
    >>> people, catalogue = [fp.Employee(id="a", profile="basis")], fp.load_catalogue()
    >>> cohort_problems(plan_cohorts(people, catalogue), people, catalogue)
    ()
    """
    named = {one.id: one for one in (catalogue.runs.values() if runs is None else runs)}
    look = Look(
        plan if limits is None else plan.model_copy(update={"limits": limits}),
        tuple(people),
        catalogue,
        named,
        tuple(must),
        tuple(must_not),
        profile,
        given=runs is not None,
    )
    # Of people and classes that there are not, nothing else can be said.
    if strange := tuple(look.strangers()):
        return strange
    others, broken = tuple(look.classes()), tuple(look.limits())
    return (*others, *broken, *(() if others else number_problems(look)))


@dataclass(frozen=True, eq=False)
class Look:
    """A plan, and what it was made from."""

    plan: CohortPlan
    people: Sequence[Employee]
    catalogue: Catalogue
    runs: Mapping[str, ModuleRun]
    must: Sequence[WishLike]
    must_not: Sequence[WishLike]
    profile: ProfileLike | None
    given: bool = True
    """Whether these classes were given; else they are all of the catalogue's."""

    @cached_property
    def person(self) -> Mapping[str, Employee]:
        return {one.id: one for one in self.people}

    @cached_property
    def of_person(self) -> Mapping[str, list[Seat]]:
        found: dict[str, list[Seat]] = {}
        for seat in self.plan.seats:
            found.setdefault(seat.employee, []).append(seat)
        return found

    @cached_property
    def of_run(self) -> Mapping[str, list[Seat]]:
        found: dict[str, list[Seat]] = {}
        for seat in self.plan.seats:
            found.setdefault(seat.run, []).append(seat)
        return found

    def unit(self, name: str) -> str:
        """The unit of a person."""
        return self.person[name].unit or ""

    def function(self, one: Employee) -> str:
        """The id of a person's own profile, or else of the one for all."""
        chosen = one.profile if one.profile is not None else self.profile
        return "" if chosen is None else self.catalogue.resolve(chosen).id

    def limits(self) -> Iterator[str]:
        """What the plan must keep, and does not."""
        yield from self.sizes()
        yield from self.eligibility()
        yield from self.time()
        yield from self.away()
        yield from self.money()
        yield from self.places()
        yield from self.company()
        yield from self.wishes()

    # --- who and what -------------------------------------------------------------------------

    def strangers(self) -> Iterator[str]:
        """Seats of people or in classes that there are not, or given twice."""
        given = Counter((seat.employee, seat.run) for seat in self.plan.seats)
        for (name, where), count in given.items():
            if name not in self.person or where not in self.runs:
                yield f"{name} or {where} is not known"
            elif count > 1:
                yield f"{name} sits twice in {where}"
        for seat in self.plan.seats:
            run, one = self.runs.get(seat.run), self.person.get(seat.employee)
            if run is not None and run.module != seat.module:
                yield f"{seat.run} is not of {seat.module}"
            if one is not None and (one.unit or None) != (seat.unit or None):
                yield f"{seat.employee} is not of {seat.unit}"

    def sizes(self) -> Iterator[str]:
        """Classes that are too small or too large."""
        for run, seats in self.of_run.items():
            one, size = self.runs[run], len(seats)
            if size < (one.seats_min or 0):
                yield f"{run} has {size}, at least {one.seats_min}"
            if one.seats_max is not None and size > one.seats_max:
                yield f"{run} has {size}, at most {one.seats_max}"

    def classes(self) -> Iterator[str]:
        """Classes that are not those of the seats, or not all that there are."""
        held = {one.run: one for one in self.plan.classes}
        if set(held) != set(self.of_run):
            yield "the classes are not those of the seats"
        for run in sorted(set(held) & set(self.of_run)):
            seats = self.of_run[run]
            if held[run].participants != tuple(sorted(seat.employee for seat in seats)):
                yield f"{run} lists others than those who sit in it"
        if {one.run for one in self.plan.not_held} & set(held):
            yield "a class is held and not held"

    def eligibility(self) -> Iterator[str]:
        """Modules that somebody may not take, or that cannot be joined any more."""
        ladder = ladder_of(self.catalogue, self.plan.on)
        position = self.catalogue.modules.position
        for name, seats in self.of_person.items():
            one = [self.person[name]]
            rules = broken_rules(ladder, ladder.roster(one), ladder.held(one))
            for seat in seats:
                run, module = self.runs[seat.run], self.catalogue.modules[seat.module]
                for rule, mask in rules.items():
                    if rule is not Rule.NOT_VALID and mask[0, position[seat.module]]:
                        yield f"{name} may not take {seat.module}: {rule.value}"
                if not module.holds_on(run.start):
                    yield f"{seat.module} is not valid on {run.start}"
                if run.start < self.plan.on or (run.deadline or run.start) < self.plan.on:
                    yield f"{run.id} cannot be joined on {self.plan.on}"

    # --- time ---------------------------------------------------------------------------------

    def time(self) -> Iterator[str]:
        """Two classes of a module, or at once; too many classes or ECTS."""
        limits = self.plan.limits
        for name, seats in self.of_person.items():
            runs = [self.runs[seat.run] for seat in seats]
            if len({run.module for run in runs}) < len(runs):
                yield f"{name} takes a module twice"
            for i, one in enumerate(runs):
                yield from (
                    f"{name} is in {one.id} and {other.id} at once"
                    for other in runs[i + 1 :]
                    if self._at_once(one, other)
                )
            if limits.classes is not None and len(runs) > limits.classes:
                yield f"{name} is in {len(runs)} classes, at most {limits.classes}"
            if limits.ects is not None:
                yield from self._points(name, runs, limits.ects)

    def _at_once(self, one: ModuleRun, other: ModuleRun) -> bool:
        if self.plan.limits.parallel:
            return bool(_taught(one) & _taught(other))
        return bool(_period(one) & _period(other))

    def _points(self, name: str, runs: Sequence[ModuleRun], most: float) -> Iterator[str]:
        points: Counter[str] = Counter()
        for run in runs:
            ects = self.catalogue.modules[run.module].ects
            if ects is None:
                yield f"{name} takes {run.module}, of which the ECTS are unknown"
            # The half-year that begins last before the run does.
            before = half_years(run.start - dt.timedelta(days=400), 4)
            inside = [period for period in before if period.start <= run.start <= period.end]
            points[inside[0].id] += ects or 0.0  # type: ignore[assignment]
        for half, total in points.items():
            if total > most + _ROOM:
                yield f"{name} takes {total} ECTS in {half}, at most {most}"

    def away(self) -> Iterator[str]:
        """Too many away, or too few at work, on a teaching day."""
        limits = self.plan.limits
        gone: dict[dt.date, set[str]] = {}
        for seat in self.plan.seats:
            days = self.runs[seat.run].days
            if days is None and (limits.away is not None or limits.presence):
                yield f"{seat.run} has no known teaching days"
            for day in days or ():
                gone.setdefault(day, set()).add(seat.employee)
        for day, names in gone.items():
            yield from self._too_many(day, names)
            yield from self._too_few(day, names)

    def _too_many(self, day: dt.date, gone: set[str]) -> Iterator[str]:
        away = self.plan.limits.away
        sizes = Counter(one.unit or "" for one in self.people)
        for unit, count in Counter(self.unit(name) for name in gone).items():
            cap = away.get(unit) if isinstance(away, Mapping) else away
            most = cap * sizes[unit] if isinstance(cap, float) else cap
            if most is not None and count > most + _ROOM:
                yield f"{count} of {unit} are away on {day}, at most {most}"

    def _too_few(self, day: dt.date, gone: set[str]) -> Iterator[str]:
        groups: dict[tuple[str, str], list[str]] = {}
        for one in self.people:
            groups.setdefault((one.unit or "", self.function(one)), []).append(one.id)
        for (unit, function), names in groups.items():
            present = len(set(names) - gone)
            for rule in self.plan.limits.presence:
                concerned = rule.unit in (None, unit) and rule.function in (None, function)
                if concerned and present < min(rule.at_least, len(names)):
                    yield f"{present} of {unit}, {function} are at work on {day}"

    # --- money, places, company ---------------------------------------------------------------

    @cached_property
    def net(self) -> Mapping[str, float]:
        """What each person's seats cost after funding, by their bill."""
        return {name: self._bill(name)[1] for name in self.of_person}

    @cached_property
    def gross(self) -> Mapping[str, float]:
        """The same before funding."""
        return {name: self._bill(name)[0] for name in self.of_person}

    def _bill(self, name: str) -> tuple[float, float]:
        runs = [self.runs[seat.run] for seat in self.of_person[name]]
        own = {run.module: run.price for run in runs if run.price is not None}
        modules = [
            one.model_copy(update={"price": own.get(one.id, one.price)})
            for one in self.catalogue.modules.values()
        ]
        priced = self.catalogue.model_copy(update={"modules": Records(modules, "module")})
        wanted = [Purchase(employee=name, module=run.module, start=run.start) for run in runs]
        found = bill(wanted, [self.person[name]], priced, on=self.plan.on)
        return found.gross, found.net

    def money(self) -> Iterator[str]:
        """Budgets that are broken, and seats whose price nobody knows."""
        limits = self.plan.limits
        spent: Counter[str] = Counter()
        for name, kroner in self.net.items():
            spent[self.unit(name)] += kroner  # type: ignore[assignment]
        budgets = limits.unit_budget
        for unit in sorted({one.unit or "" for one in self.people}):
            most = budgets.get(unit) if isinstance(budgets, Mapping) else budgets
            if most is not None and spent[unit] > most + _ORE:
                yield f"{unit} spends {spent[unit]}, at most {most}"
            if most is not None or limits.budget is not None:
                yield from self._unpriced(unit)
        total = math.fsum(spent.values()) + self.fixed
        if limits.budget is not None and total > limits.budget + _ORE:
            yield f"all of it costs {total}, at most {limits.budget}"

    def _unpriced(self, unit: str) -> Iterator[str]:
        for seat in self.plan.seats:
            price = self.runs[seat.run].price or self.catalogue.modules[seat.module].price
            if (seat.unit or "") == unit and price is None:
                yield f"the price of {seat.run} is unknown"

    @cached_property
    def fixed(self) -> float:
        """What classes cost besides their seats."""
        return math.fsum(self.runs[run].fixed_cost or 0.0 for run in self.of_run)

    def places(self) -> Iterator[str]:
        """People who are sent too far."""
        for seat in self.plan.seats:
            allowed = self.plan.limits.places.get(self.unit(seat.employee))
            if allowed is not None and self.runs[seat.run].place not in allowed:
                yield f"{seat.employee} is sent to {self.runs[seat.run].place}"

    def company(self) -> Iterator[str]:
        """Units that are torn apart, or that are too large a part of a class."""
        limits = self.plan.limits
        goes: dict[tuple[str, str], set[str]] = {}
        for seat in self.plan.seats:
            goes.setdefault((self.unit(seat.employee), seat.module), set()).add(seat.run)
        for (unit, module), runs in goes.items():
            kept = limits.together if isinstance(limits.together, bool) else unit in limits.together
            if kept and len(runs) > 1:
                yield f"{unit} is in {len(runs)} classes of {module}"
        for run, seats in self.of_run.items():
            units = Counter(self.unit(seat.employee) for seat in seats)
            if limits.mix is not None and max(units.values()) > limits.mix * len(seats) + _ROOM:
                yield f"more than {limits.mix} of {run} is from one unit"

    def wishes(self) -> Iterator[str]:
        """Who should go and does not, or goes and should not."""
        for asked, expected in ((self.must, True), (self.must_not, False)):
            for one in asked:
                name, about = (one, None) if isinstance(one, str) else one
                seats = self.of_person.get(name, [])
                goes = any(about in (None, self._aim(about, seat)) for seat in seats)
                if goes is not expected:
                    yield f"{name} {'goes' if goes else 'does not go'} to {about or 'a class'}"

    def _aim(self, about: str | None, seat: Seat) -> str:
        return seat.run if about in self.runs else seat.module

    # --- what seats close ---------------------------------------------------------------------

    def closed(self, name: str, modules: Sequence[str]) -> int:
        """What modules together close for a person, in `fagprofil.ladder.UNIT`."""
        taught = [self.catalogue.modules[module].teaches or {} for module in modules]
        return sum(
            sum(steps[: max((levels.get(competence, 0) for levels in taught), default=0)])
            for competence, steps in self.missing(name).items()
        )

    def missing(self, name: str) -> Mapping[str, list[int]]:
        """What a person lacks of each step, in `fagprofil.ladder.UNIT`."""
        if name not in self._missing:
            one, ladder = self.person[name], ladder_of(self.catalogue, self.plan.on)
            chosen = self.profile if self.profile is not None else one.profile
            self._missing[name] = {}
            if chosen is not None:
                need = ladder.need(self.catalogue.resolve(chosen), self.plan.horizon)
                steps = unmet(need, ladder.held([one]).steps)[0].tolist()
                self._missing[name] = dict(zip(ladder.competences, steps, strict=True))
        return self._missing[name]

    @cached_property
    def _missing(self) -> dict[str, Mapping[str, list[int]]]:
        return {}


def _taught(run: ModuleRun) -> set[dt.date]:
    """The teaching days; all from the first to the last where they are unknown."""
    return _period(run) if run.days is None else set(run.days)


def _period(run: ModuleRun) -> set[dt.date]:
    """All days from the first to the last."""
    last = run.end or max(run.days or (run.start,))
    return {run.start + dt.timedelta(days=n) for n in range((last - run.start).days + 1)}
