"""Whether everybody got what the stated rule gives them: claims on seats, counted anew.

It tries every exchange and every further seat, so it is for small plans.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from fagprofil.catalogue import Catalogue
from fagprofil.fingerprint import fingerprint
from fagprofil.model import Employee, ModuleRun, ProfileLike
from fagprofil.planning.cohort_check import Look
from fagprofil.planning.cohort_plan import CohortPlan, Seat
from fagprofil.planning.cohort_wishes import WishLike

__all__ = ["check_claims"]


def check_claims(
    plan: CohortPlan,
    people: Iterable[Employee],
    catalogue: Catalogue,
    *,
    runs: Iterable[ModuleRun],
    must: Iterable[WishLike] = (),
    must_not: Iterable[WishLike] = (),
    profile: ProfileLike | None = None,
) -> tuple[str, ...]:
    """Every claim on a seat, seat to spare and idle seat of a plan, see `fagprofil.plan_cohorts`.

    Parameters
    ----------
    plan, people, catalogue, runs, must, must_not, profile
        As for `fagprofil.planning.cohort_check.cohort_problems`.

    Examples
    --------
    >>> import fagprofil as fp
    >>> from fagprofil.planning.cohorts import plan_cohorts
    >>> people, catalogue = [fp.Employee(id="a", profile="basis")], fp.load_catalogue()
    >>> check_claims(plan_cohorts(people, catalogue), people, catalogue, runs=())
    ()
    """
    named = {one.id: one for one in runs}
    look = Look(plan, tuple(people), catalogue, named, tuple(must), tuple(must_not), profile)
    return (*_idle(look), *_claims(look))


def _idle(look: Look) -> Iterator[str]:
    """Seats that close nothing and that neither a wish nor the size of a class needs."""
    for seat in look.plan.seats:
        others = [one.module for one in look.of_person[seat.employee] if one is not seat]
        every = look.closed(seat.employee, [*others, seat.module])
        rest = [one for one in look.plan.seats if one is not seat]
        if every == look.closed(seat.employee, others) and _kept(look, rest):
            yield f"{seat.employee} sits in {seat.run} for nothing"


def _claims(look: Look) -> Iterator[str]:
    for run, seats in look.of_run.items():
        order = _order(look, run)
        for name in order:
            taken = [one.module for one in look.of_person.get(name, [])]
            module = look.runs[run].module
            gain = look.closed(name, [*taken, module]) - look.closed(name, taken)
            if module in taken or gain <= 0:
                continue
            new = _seat(look, name, run)
            if _kept(look, [*look.plan.seats, new]):
                yield f"{name} could sit in {run}"
            for seat in seats:
                before = order.index(name) < _place(order, seat.employee)
                rest = [one for one in look.plan.seats if one is not seat]
                if before and _yields(look, seat, gain) and _kept(look, [*rest, new]):
                    yield f"{name} has a claim on the seat of {seat.employee} in {run}"


def _place(order: Sequence[str], name: str) -> int:
    """Where somebody stands; last who should not be there at all."""
    return order.index(name) if name in order else len(order)


def _yields(look: Look, seat: Seat, gain: int) -> bool:
    """Whether a seat is worth no more than a gain, where that counts."""
    others = [one.module for one in look.of_person[seat.employee] if one is not seat]
    loss = look.closed(seat.employee, [*others, seat.module]) - look.closed(seat.employee, others)
    return look.plan.limits.priority != "gap" or gain >= loss


def _kept(look: Look, seats: Sequence[Seat]) -> bool:
    """Whether all limits and wishes are kept with these seats."""
    plan = look.plan.model_copy(update={"seats": tuple(seats)})
    return next(replace(look, plan=plan).limits(), None) is None


def _seat(look: Look, name: str, run: str) -> Seat:
    one = look.person[name]
    return Seat(
        employee=name,
        unit=one.unit,
        run=run,
        module=look.runs[run].module,
        value=0.0,
        reasons=(),
        repeats=None,
        held={},
        gross=None,
        net=None,
        must=False,
    )


def _order(look: Look, run: str) -> list[str]:
    """Those who could attend a class, in the order of the rule."""
    able = [name for name in look.person if _able(look, name, run)]
    return sorted(able, key=lambda name: (_key(look, name, able), name))


def _able(look: Look, name: str, run: str) -> bool:
    """Whether a person could sit in a class if there were nobody else and no other class."""
    alone = look.plan.model_copy(update={"seats": (_seat(look, name, run),)})
    mine = replace(look, plan=alone, must=())
    told = [mine.eligibility(), mine.places(), mine.wishes(), _unknown(mine)]
    wishes = [(one, run) if isinstance(one, str) else one for one in look.must]
    asked = any(who == name and aim in (run, look.runs[run].module) for who, aim in wishes)
    useful = asked or look.closed(name, [look.runs[run].module]) > 0
    return useful and not any(problem for several in told for problem in several)


def _unknown(look: Look) -> Iterator[str]:
    """What a limit counts and is not known."""
    told = [*look.time(), *look.away(), *look.money()]
    yield from (problem for problem in told if "unknown" in problem or "no known" in problem)


def _key(look: Look, name: str, able: Sequence[str]) -> tuple[object, ...]:
    one, rule = look.person[name], look.plan.limits.priority
    if rule == "gap":
        return (-sum(sum(steps) for steps in look.missing(name).values()),)
    if rule == "hired":
        return (one.hired is None, one.hired or dt.date.min)
    lot = fingerprint(look.plan.seed, name)
    together = Counter(look.unit(other) for other in able)
    return (lot,) if rule == "lottery" else (-together[look.unit(name)], lot)
