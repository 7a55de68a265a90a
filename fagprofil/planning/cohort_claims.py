"""Who gets the seats where more want them than there are.

People have an order. Somebody has a *claim* on a seat of a class if they have none in any class of
the module, it would close something that their other seats do not, they come before the one who
has it, who need not go, and the seat can pass from one to the other with all limits kept. Under
the rule ``"gap"`` it must besides lower the value of the plan by nothing. A plan is left only when
nobody has a claim, nobody could be given one more seat in a class that is held, and no seat closes
nothing that nobody asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from fagprofil.fingerprint import fingerprint
from fagprofil.planning.cohort_limits import Priority
from fagprofil.planning.cohort_seating import Seating
from fagprofil.planning.cohort_seats import Seats

__all__ = ["fill", "rank_of", "settle"]

Positions = NDArray[np.intp]


def rank_of(seats: Seats, seed: int) -> Positions:
    """The place of each possible seat in the order of its class, the first lowest, shape (P,)."""
    keys = _ORDERS[seats.limits.priority](seats, seed)
    order = sorted(range(len(seats)), key=lambda p: (*keys[p], int(seats.person[p])))
    rank = np.empty(len(seats), dtype=np.intp)
    rank[order] = np.arange(len(seats))
    return rank


def _by_gap(seats: Seats, seed: int) -> list[tuple[object, ...]]:  # noqa: ARG001
    return [(-int(seats.crowd.gap[i]),) for i in seats.person]


def _by_lottery(seats: Seats, seed: int) -> list[tuple[object, ...]]:
    drawn = [(fingerprint(seed, one.id),) for one in seats.crowd.people]
    return [drawn[i] for i in seats.person]


def _by_workplace(seats: Seats, seed: int) -> list[tuple[object, ...]]:
    unit, drawn = seats.crowd.unit[seats.person], _by_lottery(seats, seed)
    applicants = np.zeros((len(seats.runs), len(seats.crowd.units)), dtype=np.intp)
    np.add.at(applicants, (seats.run, unit), 1)
    count = applicants[seats.run, unit].tolist()
    return [(-n, *lot) for n, lot in zip(count, drawn, strict=True)]


def _by_hired(seats: Seats, seed: int) -> list[tuple[object, ...]]:  # noqa: ARG001
    hired = [one.hired for one in seats.crowd.people]
    keys = [(day is None, day.toordinal() if day else 0) for day in hired]
    return [keys[i] for i in seats.person]


_ORDERS: Mapping[Priority, Callable[[Seats, int], list[tuple[object, ...]]]] = {
    "gap": _by_gap,
    "workplace": _by_workplace,
    "lottery": _by_lottery,
    "hired": _by_hired,
}


#: Passes over a plan; a few are enough.
_PASSES = 100


def settle(seating: Seating, rank: Positions) -> None:
    """Change a plan until nothing is idle, nobody can be added and nobody has a claim."""
    for _ in range(_PASSES):
        prune(seating, rank)
        added = fill(seating, rank)
        passed = [_pass_on(seating, r, rank) for r in seating.held()]
        if not added and not any(passed):
            break


def prune(seating: Seating, rank: Positions) -> None:
    """Take away seats that close nothing, last in the order first, and classes of nothing else."""
    for r in seating.held():
        members = seating.members(r)
        if not any(seating.gain(p) or seating.needed(p) for p in members):
            seating.close(r)
            continue
        for p in sorted(members, key=lambda p: -rank[p]):
            idle = not seating.gain(p) and not seating.needed(p)
            if idle and seating.size[r] > seating.seats.least[r] and seating.fits([], [p]):
                seating.take(p)


def fill(seating: Seating, rank: Positions) -> bool:
    """Give seats in classes that are held to those who can still come; whether any is given.

    To those to whom they close most, then in their order.
    """
    seats = seating.seats
    room = [r for r in seating.held() if seating.size[r] < seats.most[r]]
    free = [int(p) for r in room for p in seats.by_run[r] if not seating.given[p]]
    by_gain = seats.limits.priority == "gap"
    order = sorted((-seating.gain(p) if by_gain else 0, int(rank[p]), p) for p in free)
    given = False
    for _, _, p in order:
        if seating.gain(p) and seating.fits([p]):
            seating.give(p)
            given = True
    return given


def _pass_on(seating: Seating, r: int, rank: Positions) -> bool:
    """Pass seats of a class on to those who have a claim; whether anybody has."""
    changed = False
    for p in _waiting(seating, r, rank):
        gain = seating.gain(p)
        if gain and seating.able(p):
            for q in sorted(seating.members(r), key=lambda q: -rank[q]):
                if rank[p] > rank[q]:
                    break
                if _yields(seating, q, gain) and seating.fits([p], [q]):
                    seating.take(q)
                    seating.give(p)
                    changed = True
                    break
    return changed


def _yields(seating: Seating, q: int, gain: int) -> bool:
    """Whether a seat can be claimed by somebody to whom it closes so much."""
    by_gap = seating.seats.limits.priority == "gap"
    return not seating.needed(q) and (not by_gap or gain >= seating.gain(q))


def _waiting(seating: Seating, r: int, rank: Positions) -> list[int]:
    """Those who have no seat in a module and come before the last who has, in their order."""
    seats = seating.seats
    module, last = int(seats.module[r]), max(int(rank[q]) for q in seating.members(r))
    found = [
        int(p)
        for p in seats.by_run[r]
        if rank[p] < last and module not in seating.modules(seating.person(int(p)))
    ]
    return sorted(found, key=lambda p: int(rank[p]))
