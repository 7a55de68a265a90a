"""From seats that are given to a plan that can be read."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from fagprofil.bill import Bill, BillLine
from fagprofil.ladder import UNIT
from fagprofil.model import Horizon, Module, Status
from fagprofil.planning.cohort_leftover import not_held, unseated, waiting
from fagprofil.planning.cohort_people import Crowd
from fagprofil.planning.cohort_plan import ClassGap, Closing, CohortPlan, HeldClass, Seat, UnitPlan
from fagprofil.planning.cohort_seats import Seats
from fagprofil.planning.cohort_solve import Solved
from fagprofil.standing import CERTAIN

__all__ = ["report"]

#: A value is the best if no other can be larger by more than this share of it.
_SAME = 1e-6


def report(solved: Solved, horizon: Horizon, seed: int) -> CohortPlan:
    """A plan with its reasons, costs and leftovers."""
    found = _Report(solved)
    seats = found.seats
    value = solved.value * UNIT
    optimal = solved.bound - value <= _SAME * max(1.0, value)
    listed = tuple(found.seat_records())
    classes = tuple(found.classes(listed))
    named = {
        *(part.competence for one in listed for part in one.reasons),
        *(part.competence for one in classes for part in one.gaps),
    }
    competences = seats.crowd.ladder.catalogue.taxonomy.competences
    return CohortPlan(
        horizon=horizon,
        on=seats.crowd.ladder.on,
        limits=seats.limits,
        seed=seed,
        classes=classes,
        seats=listed,
        not_held=tuple(not_held(solved.seating)),
        waiting=tuple(waiting(solved.seating)),
        unseated=tuple(unseated(solved.seating)),
        units=tuple(found.units(listed, classes)),
        value=value,
        bound=max(value, solved.bound),
        optimal=optimal,
        fixed_cost=sum(one.fixed_cost for one in classes),
        seats_gross=sum(one.gross for one in classes),
        seats_net=sum(one.net for one in classes),
        paid=dict(sorted(found.bill.paid.items())),
        unpriced=found.bill.unpriced,
        names={name: competences[name].name for name in sorted(named)},
        status=found.status(classes),
    )


@dataclass(frozen=True, eq=False)
class _Report:
    """A plan, and what it costs."""

    solved: Solved

    @property
    def seats(self) -> Seats:
        return self.solved.seating.seats

    @property
    def crowd(self) -> Crowd:
        return self.seats.crowd

    @cached_property
    def runs(self) -> Mapping[int, tuple[int, ...]]:
        """The runs that each person attends, by start."""
        runs = self.seats.runs
        own = self.solved.seating.own
        return {
            i: tuple(
                sorted(
                    (int(self.seats.run[p]) for p in given),
                    key=lambda r: (runs[r].start, runs[r].id),
                )
            )
            for i, given in enumerate(own)
            if given
        }

    @cached_property
    def bill(self) -> Bill:
        return self.seats.costs.bill(self.runs)

    @cached_property
    def lines(self) -> Mapping[tuple[str, str], BillLine]:
        return {(one.employee, one.module): one for one in self.bill.lines}

    def seat_records(self) -> Iterator[Seat]:
        """Seats by person and start."""
        wanted = self.seats.wishes.wanted((len(self.crowd), len(self.seats.runs)))
        for i, runs in self.runs.items():
            for at, r in enumerate(runs):
                yield self._seat(i, r, runs[:at], bool(wanted[i, r]))

    def _seat(self, i: int, r: int, before: Sequence[int], must: bool) -> Seat:
        person, run = self.crowd.people[i], self.seats.runs[r]
        m = int(self.seats.module[r])
        parts = self.crowd.parts(i, [m], [int(self.seats.module[b]) for b in before])
        names = self.crowd.ladder.competences
        reasons = [Closing(competence=names[k], value=one * UNIT) for k, one in parts.items()]
        line = self.lines[person.id, run.module]
        return Seat(
            employee=person.id,
            unit=person.unit,
            run=run.id,
            module=run.module,
            value=sum(parts.values()) * UNIT,
            reasons=tuple(sorted(reasons, key=lambda one: (-one.value, one.competence))),
            repeats=self._repeats(i, m),
            held=self._held(i, m),
            gross=_middle(line.gross_low, line.gross_high),
            net=_middle(line.net_low, line.net_high),
            must=must,
        )

    def _held(self, i: int, m: int) -> dict[str, tuple[float, ...]]:
        names, steps = self.crowd.ladder.competences, self.crowd.held.steps[i]
        lifts = self.crowd.lifts[m]
        return {names[k]: tuple((steps[k, :level] / CERTAIN).tolist()) for k, level in lifts}

    def _repeats(self, i: int, m: int) -> float | None:
        lifts = self.crowd.lifts[m]
        taught = sum(level for _, level in lifts)
        held = sum(int(self.crowd.held.steps[i, k, :level].sum()) for k, level in lifts)
        return held / (CERTAIN * taught) if taught else None

    def classes(self, listed: Iterable[Seat]) -> Iterator[HeldClass]:
        """Classes by start."""
        by_run: dict[str, list[Seat]] = {}
        for seat in listed:
            by_run.setdefault(seat.run, []).append(seat)
        held = [run for run in self.seats.runs if run.id in by_run]
        for run in sorted(held, key=lambda one: (one.start, one.id)):
            seats = by_run[run.id]
            by_unit: dict[str, list[str]] = {}
            for seat in seats:
                by_unit.setdefault(seat.unit or "", []).append(seat.employee)
            module = self._module(run.module)
            yield HeldClass(
                **run.model_dump(include={"module", "start", "end", "days", "place"}),
                **run.model_dump(include={"seats_min", "seats_max"}),
                run=run.id,
                title=module.title,
                by_unit={unit: tuple(sorted(by_unit[unit])) for unit in sorted(by_unit)},
                value=sum(one.value for one in seats),
                gaps=tuple(self._gaps(seats, module)),
                gross=sum(one.gross or 0.0 for one in seats),
                net=sum(one.net or 0.0 for one in seats),
                fixed_cost=run.fixed_cost or 0.0,
            )

    def _module(self, name: str) -> Module:
        return self.crowd.ladder.catalogue.modules[name]

    def _gaps(self, seats: Sequence[Seat], module: Module) -> list[ClassGap]:
        """The gaps that a class shares, largest first."""
        rows = [self.crowd.position[one.employee] for one in seats]
        missing = self.crowd.closes[rows, :, -1].sum(axis=0)
        short = self.crowd.short[rows].sum(axis=0)
        names = self.crowd.ladder.catalogue.taxonomy.competences
        closed: Counter[str] = Counter()
        for seat in seats:
            closed.update({one.competence: one.value for one in seat.reasons})
        found = [
            ClassGap(
                competence=name,
                name=names[name].name,
                people=int(short[k]),
                gap=float(missing[k] * UNIT),
                closes=closed[name],
                taught=(module.teaches or {}).get(name),
            )
            for k, name in enumerate(self.crowd.ladder.competences)
            if missing[k]
        ]
        return sorted(found, key=lambda one: (-one.gap, one.competence))

    def units(self, listed: Sequence[Seat], classes: Sequence[HeldClass]) -> Iterator[UnitPlan]:
        """What each unit is asked for."""
        held = {one.run: one for one in classes}
        by_unit: dict[str, list[Seat]] = {unit: [] for unit in self.crowd.units}
        for seat in listed:
            by_unit[seat.unit or ""].append(seat)
        for u, (unit, seats) in enumerate(by_unit.items()):
            away = Counter(day for one in seats for day in held[one.run].days or ())
            most, day = _most(away)
            yield UnitPlan(
                unit=unit,
                people=int(self.crowd.unit_sizes[u]),
                seated=len({one.employee for one in seats}),
                seats=len(seats),
                value=sum(one.value for one in seats),
                days_away=sum(away.values()),
                most_away=most,
                most_away_day=day,
                gross=sum(one.gross or 0.0 for one in seats),
                net=sum(one.net or 0.0 for one in seats),
                fixed_share=sum(held[one.run].fixed_cost / len(held[one.run]) for one in seats),
            )

    def status(self, classes: Sequence[HeldClass]) -> Status | None:
        """The weakest status of what the plan rests on."""
        if not classes:
            return None
        held = {one.run for one in classes}
        found = [run.provenance.status for run in self.seats.runs if run.id in held]
        for one in classes:
            module = self._module(one.module)
            found.append(module.provenance.status)
            if module.teaches_provenance is not None:
                found.append(module.teaches_provenance.status)
        if self.crowd.status is not None:
            found.append(self.crowd.status)
        return Status.weakest(found)


def _middle(low: float | None, high: float | None) -> float | None:
    return None if low is None or high is None else (low + high) / 2


def _most(away: Mapping[dt.date, int]) -> tuple[int, dt.date | None]:
    """The largest number away on a day, and the first such day."""
    if not away:
        return 0, None
    day = min(away, key=lambda one: (-away[one], one))
    return away[day], day
