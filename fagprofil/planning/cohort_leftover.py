"""Who and what is left over: people without a seat, those who wait, and classes not held."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

import numpy as np

from fagprofil.eligibility import RULE_NAMES, Rule
from fagprofil.model import Text
from fagprofil.planning.cohort_model import Family
from fagprofil.planning.cohort_plan import NotHeld, Unseated, Waiting
from fagprofil.planning.cohort_seating import Seating
from fagprofil.planning.cohort_seats import Barrier, Seats
from fagprofil.planning.cohort_words import BARRIERS, LIMITS, NOT_HELD, joined

__all__ = ["not_held", "unseated", "waiting"]


def not_held(seating: Seating) -> Iterator[NotHeld]:
    """The classes that are not held, by run."""
    seats = seating.seats
    for r, run in enumerate(seats.runs):
        if not seating.size[r]:
            wanted = _wanting(seating, [r])
            able, limits = _able(seating, r)
            least = int(seats.least[r])
            yield NotHeld(
                run=run.id,
                module=run.module,
                wanted=_by_unit(seats, wanted),
                able=able,
                missing=max(0, least - len(wanted)),
                reason=_reason(seats, r, len(wanted), able, limits),
            )


def _reason(seats: Seats, r: int, wanted: int, able: int, limits: Counter[Text]) -> Text:
    least = int(seats.least[r])
    if not len(seats.by_run[r]):
        return joined(_barriers(seats, [(i, r) for i in range(len(seats.crowd))]))
    if wanted < least:
        return Text(
            da=f"{wanted} vil have en plads, og der skal være mindst {least}",
            en=f"{wanted} want a seat, and there must be at least {least}",
        )
    said = joined(limits) if limits else LIMITS[Family.MIX]
    return Text(
        da=f"grænserne lader {able} komme, og der skal være mindst {least}: {said.in_('da')}",
        en=f"the limits let {able} come, and there must be at least {least}: {said.in_('en')}",
    )


def _able(seating: Seating, r: int) -> tuple[int, Counter[Text]]:
    """How many could come to a class beside the plan as it is, and what keeps the others."""
    given: list[int] = []
    limits: Counter[Text] = Counter()
    for p in seating.seats.by_run[r].tolist():
        if not seating.gain(p):
            continue
        broken = [one for one in seating.broken([p]) if one is not Family.MIX]
        if broken:
            limits[LIMITS[broken[0]]] += 1
        else:
            seating.give(p)
            given.append(p)
    for p in given:
        seating.take(p)
    return len(given), limits


def _wanting(seating: Seating, runs: Iterable[int]) -> list[int]:
    """People without a seat in a module for whom one of its runs would close something."""
    seats = seating.seats
    found = {
        int(seats.person[p])
        for r in runs
        for p in seats.by_run[r].tolist()
        if int(seats.module[r]) not in seating.modules(int(seats.person[p])) and seating.gain(p)
    }
    return sorted(found)


def _by_unit(seats: Seats, people: Iterable[int]) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for i in people:
        one = seats.crowd.people[i]
        found.setdefault(one.unit or "", []).append(one.id)
    return {unit: tuple(found[unit]) for unit in sorted(found)}


def waiting(seating: Seating) -> Iterator[Waiting]:
    """The modules that somebody waits for, most people first."""
    seats = seating.seats
    found = []
    for m in np.unique(seats.module).tolist():
        runs = np.flatnonzero(seats.module == m).tolist()
        people = _wanting(seating, runs)
        if people:
            one = Waiting(
                module=seats.runs[runs[0]].module,
                held=int((seating.size[runs] > 0).sum()),
                wanted=_by_unit(seats, people),
                missing=max(0, int(seats.least[runs].min()) - len(people)),
            )
            found.append((-len(people), one.module, one))
    yield from (one for *_, one in sorted(found, key=lambda row: row[:2]))


def unseated(seating: Seating) -> Iterator[Unseated]:
    """People without a seat, by id."""
    seats = seating.seats
    for i, one in enumerate(seats.crowd.people):
        if not seating.own[i]:
            yield Unseated(employee=one.id, unit=one.unit, reason=_why(seating, i))


def _why(seating: Seating, i: int) -> Text:
    seats = seating.seats
    if seats.crowd.profiles[i] is None:
        return Text(da="ingen profil", en="no profile")
    if not seats.runs:
        return Text(da="der er ingen hold", en="there are no classes")
    possible = range(*seats.of_person(i).indices(len(seats)))
    if not possible:
        return joined(_barriers(seats, [(i, r) for r in range(len(seats.runs))]))
    said: Counter[Text] = Counter()
    for p in possible:
        if seating.size[seating.run(p)]:
            broken = next(seating.broken([p]), None)
            said[NOT_HELD if broken is None else LIMITS[broken]] += 1
        else:
            said[NOT_HELD] += 1
    return joined(said)


def _barriers(seats: Seats, pairs: Iterable[tuple[int, int]]) -> Counter[Text]:
    """What keeps people from runs, counted."""
    found: Counter[Text] = Counter()
    for i, r in pairs:
        barrier = seats.barrier(i, r)
        if barrier is Barrier.INELIGIBLE:
            found[_rule(seats, i, r)] += 1
        elif barrier is not None:
            found[BARRIERS[barrier]] += 1
    return found


def _rule(seats: Seats, i: int, r: int) -> Text:
    """The rule that keeps somebody from a module."""
    barred, m = seats.crowd.barred, int(seats.module[r])
    rule = next(one for one in Rule if one in barred and barred[one][i, m])
    name, may = RULE_NAMES[rule], BARRIERS[Barrier.INELIGIBLE]
    return Text(da=f"{may.in_('da')}: {name.in_('da')}", en=f"{may.in_('en')}: {name.in_('en')}")
