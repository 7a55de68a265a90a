"""Whether what a plan of classes says of itself is so, and its numbers add up: counted anew."""

from __future__ import annotations

import datetime as dt
import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from fagprofil.ladder import UNIT
from fagprofil.planning.cohort_plan import HeldClass, Seat, UnitPlan

if TYPE_CHECKING:
    from fagprofil.planning.cohort_check import Look

__all__ = ["number_problems"]

#: Sums of kroner are compared with so much room, and shares of one.
_ORE, _ROOM = 0.01, 1e-6


def number_problems(look: Look) -> Iterator[str]:
    """What a plan says of seats, classes, units and leftovers, and is not so."""
    for name, seats in look.of_person.items():
        yield from _worth(look, name, seats)
        yield from _kroner(look, name, seats)
    yield from _value(look)
    for one in look.plan.classes:
        if one.run in look.of_run:
            yield from _class(look, one, look.of_run[one.run])
    yield from _units(look)
    yield from _leftover(look)
    yield from _sums(look)


def _worth(look: Look, name: str, seats: Sequence[Seat]) -> Iterator[str]:
    """Each seat closes what those before it leave."""
    for at, seat in enumerate(seats):
        before = [one.module for one in seats[:at]]
        closed = look.closed(name, [*before, seat.module]) - look.closed(name, before)
        if seat.value != closed * UNIT:
            yield f"the seat of {name} in {seat.run} closes {closed * UNIT}, not {seat.value}"
        if seat.value != sum(part.value for part in seat.reasons):
            yield f"the reasons of {name} in {seat.run} do not sum to its value"
        asked = any(
            name == (one if isinstance(one, str) else one[0])
            and (isinstance(one, str) or one[1] in (seat.run, seat.module))
            for one in look.must
        )
        if seat.must is not asked:
            yield f"whether {name} must go to {seat.run} is not so"
        steps = [chance for own in seat.held.values() for chance in own]
        share = sum(steps) / len(steps) if steps else None
        if (share is None) is not (seat.repeats is None) or (
            share is not None and abs(share - (seat.repeats or 0.0)) > _ROOM
        ):
            yield f"what {seat.run} repeats for {name} is not {seat.repeats}"
    starts = [look.runs[seat.run].start for seat in seats]
    if starts != sorted(starts):
        yield f"the seats of {name} are not by start"


def _kroner(look: Look, name: str, seats: Sequence[Seat]) -> Iterator[str]:
    told = {
        "gross": (look.gross[name], sum(one.gross or 0.0 for one in seats)),
        "net": (look.net[name], sum(one.net or 0.0 for one in seats)),
    }
    for what, (due, said) in told.items():
        if abs(due - said) > _ORE:
            yield f"{what} of {name}: {due} is not {said}"


def _value(look: Look) -> Iterator[str]:
    """What the plan closes, to the last unit, and how far from the best it can be."""
    plan = look.plan
    every = (
        look.closed(name, [seat.module for seat in seats]) for name, seats in look.of_person.items()
    )
    total = sum(every) * UNIT
    if total != plan.value:
        yield f"the plan closes {total}, not {plan.value}"
    if plan.bound < plan.value:
        yield "the bound is below the value"
    if plan.optimal is not (plan.bound - plan.value <= _ROOM * max(1.0, plan.value)):
        yield "whether it is the best is not what the bound says"


def _class(look: Look, one: HeldClass, seats: Sequence[Seat]) -> Iterator[str]:
    run = look.runs[one.run]
    facts = ("module", "start", "end", "days", "place", "seats_min", "seats_max")
    for fact in facts:
        if getattr(one, fact) != getattr(run, fact):
            yield f"{fact} of {one.run} is not so"
    for unit, names in one.by_unit.items():
        if any(look.unit(name) != unit for name in names):
            yield f"{one.run} lists people of other units under {unit!r}"
    sums = {
        "value": (one.value, sum(seat.value for seat in seats)),
        "closed gaps": (one.value, sum(gap.closes for gap in one.gaps)),
        "gross": (one.gross, math.fsum(seat.gross or 0.0 for seat in seats)),
        "net": (one.net, math.fsum(seat.net or 0.0 for seat in seats)),
        "fixed cost": (one.fixed_cost, run.fixed_cost or 0.0),
    }
    yield from _unequal(sums, f" of {one.run}")
    yield from _gaps(look, one, seats)


def _gaps(look: Look, one: HeldClass, seats: Sequence[Seat]) -> Iterator[str]:
    """What those in a class lack, and what it lifts to."""
    lacks: Counter[str] = Counter()
    for seat in seats:
        lacks.update({name: sum(steps) for name, steps in look.missing(seat.employee).items()})
    taught = look.catalogue.modules[one.module].teaches or {}
    due = {name: (units * UNIT, taught.get(name)) for name, units in lacks.items() if units}
    if due != {gap.competence: (gap.gap, gap.taught) for gap in one.gaps}:
        yield f"the gaps of {one.run} are not those of its people"
    if any(not 0 <= gap.people <= len(seats) for gap in one.gaps):
        yield f"more people lack something than sit in {one.run}"


def _units(look: Look) -> Iterator[str]:
    people = Counter(one.unit or "" for one in look.people)
    told = {one.unit: one for one in look.plan.units}
    if set(told) != set(people):
        yield "the units are not those of the people"
    for unit in sorted(set(told) & set(people)):
        yield from _unit(look, told[unit], people[unit])


def _unit(look: Look, one: UnitPlan, people: int) -> Iterator[str]:
    seats = [seat for seat in look.plan.seats if look.unit(seat.employee) == one.unit]
    away: Counter[dt.date] = Counter(
        day for seat in seats for day in look.runs[seat.run].days or ()
    )
    most = max(away.values(), default=0)
    sums: dict[str, tuple[float, float]] = {
        "people": (one.people, people),
        "seated": (one.seated, len({seat.employee for seat in seats})),
        "seats": (one.seats, len(seats)),
        "value": (one.value, sum(seat.value for seat in seats)),
        "days away": (one.days_away, sum(away.values())),
        "most away": (one.most_away, most),
        "gross": (one.gross, math.fsum(seat.gross or 0.0 for seat in seats)),
        "net": (one.net, math.fsum(seat.net or 0.0 for seat in seats)),
    }
    yield from _unequal(sums, f" of {one.unit!r}")
    first = min((day for day, count in away.items() if count == most), default=None)
    if one.most_away_day != first:
        yield f"most of {one.unit!r} are away on {first}, not on {one.most_away_day}"


def _leftover(look: Look) -> Iterator[str]:
    """Who and what is left over, and what they would have gone to."""
    plan = look.plan
    open_runs = {
        one.id
        for one in look.runs.values()
        if look.given or (one.start >= plan.on and (one.deadline or one.start) >= plan.on)
    }
    if [one.run for one in plan.not_held] != sorted(open_runs - set(look.of_run)):
        yield "the classes not held are not all others"
    idle = sorted(set(look.person) - set(look.of_person))
    if [one.employee for one in plan.unseated] != idle:
        yield "those without a seat are not all others"
    asked = [(one.module, one.wanted) for one in plan.not_held]
    asked += [(one.module, one.wanted) for one in plan.waiting]
    for module, wanted_by_unit in asked:
        for unit, names in wanted_by_unit.items():
            yield from _wanting(look, module, unit, names)
    for left in plan.not_held:
        wanted, least = sum(map(len, left.wanted.values())), look.runs[left.run].seats_min or 0
        if left.missing != max(0, max(1, least) - wanted) or not 0 <= left.able <= wanted:
            yield f"{left.run} does not lack {left.missing}, or {left.able} cannot come"
    for one in plan.waiting:
        runs = [run for run in look.of_run if look.runs[run].module == one.module]
        least = min(
            max(1, look.runs[run].seats_min or 0)
            for run in open_runs
            if look.runs[run].module == one.module
        )
        missing = max(0, least - sum(map(len, one.wanted.values())))
        if (one.held, one.missing) != (len(runs), missing):
            yield f"{one.module} has {len(runs)} classes and lacks {missing}"


def _wanting(look: Look, module: str, unit: str, names: Sequence[str]) -> Iterator[str]:
    for name in names:
        taken = [seat.module for seat in look.of_person.get(name, [])]
        more = look.closed(name, [*taken, module]) - look.closed(name, taken)
        if module in taken or more <= 0 or look.unit(name) != unit:
            yield f"{name} of {unit!r} does not wait for {module}"


def _sums(look: Look) -> Iterator[str]:
    """People, seats, days and kroner add up."""
    plan = look.plan
    seated = {seat.employee for seat in plan.seats}
    yield from _unequal(
        {
            "seats by unit": (len(plan.seats), sum(one.seats for one in plan.units)),
            "seats by class": (len(plan.seats), sum(map(len, plan.classes))),
            "value by class": (plan.value, math.fsum(one.value for one in plan.classes)),
            "value by unit": (plan.value, math.fsum(one.value for one in plan.units)),
            "net": (math.fsum(look.net.values()), plan.seats_net),
            "gross": (math.fsum(look.gross.values()), plan.seats_gross),
            "fixed cost": (look.fixed, plan.fixed_cost),
            "net by unit": (plan.seats_net, math.fsum(one.net for one in plan.units)),
            "fixed cost by unit": (
                plan.fixed_cost,
                math.fsum(one.fixed_share for one in plan.units),
            ),
            "paid": (plan.seats_gross - plan.seats_net, math.fsum(plan.paid.values())),
            "people": (len(look.people), len(seated) + len(plan.unseated)),
            "days": (sum(one.days_away for one in plan.units), len(plan.absences())),
            "unpriced": (plan.unpriced, sum(seat.gross is None for seat in plan.seats)),
        }
    )


def _unequal(sums: Mapping[str, tuple[float, float]], of: str = "") -> Iterator[str]:
    for name, (one, other) in sums.items():
        if abs(one - other) > _ORE:
            yield f"{name}{of}: {one} is not {other}"
