"""A plan without an integer program: classes and seats in the order that a guide prefers."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fagprofil.planning.cohort_claims import fill
from fagprofil.planning.cohort_model import Family
from fagprofil.planning.cohort_seating import Seating

__all__ = ["close_small", "dealt", "greedy", "open_more"]

Floats = NDArray[np.float64]
Positions = NDArray[np.intp]


def greedy(seating: Seating, guide: Floats, rank: Positions) -> None:
    """Hold classes one after the other as long as enough can come, then fill them.

    Seats of those who must go come first. Then the class of which the guide holds most is opened
    to those to whom the guide gives most of a seat, then to those to whom it closes most; a class
    that too few can come to is given up.

    Parameters
    ----------
    guide
        How much of each seat, then of each class, is given in the relaxation, shape (P + R,).
    rank
        The order of people, see `fagprofil.planning.cohort_claims.rank_of`.
    """
    seats = seating.seats
    share, gain = guide[: len(seats)], seats.gain
    for p in np.lexsort((rank, -gain, -share)).tolist():
        if seating.owed(p) and seating.fits([p], but=Family.MIX):
            seating.give(p)
    held = guide[len(seats) : len(seats) + len(seats.runs)]
    total = np.bincount(seats.run, share * gain, minlength=len(seats.runs))
    for r in np.lexsort((np.arange(len(held)), -total, -held)).tolist():
        _open(seating, r, share, rank)
    close_small(seating)
    fill(seating, rank)


def _open(seating: Seating, r: int, share: Floats, rank: Positions) -> None:
    """Give the seats of a class, if they are enough."""
    columns, before = seating.seats.by_run[r].tolist(), seating.members(r)
    gain = {p: seating.gain(p) for p in columns if not seating.given[p]}
    for p in sorted(gain, key=lambda p: (-share[p], -gain[p], rank[p])):
        if gain[p] and seating.fits([p], but=Family.MIX):
            seating.give(p)
    _mix(seating, r, rank)
    if seating.size[r] < seating.seats.least[r]:
        for p in set(seating.members(r)) - set(before):
            seating.take(p)


def open_more(seating: Seating, rank: Positions) -> None:
    """Hold more classes of a module, where some wait for it who are too few to make a class.

    Others move to it from classes of the module that have more than they need, so nobody loses.
    Where units may have a share of a class only, nobody is moved.
    """
    seats = seating.seats
    if seats.limits.mix is not None:
        return
    for r in np.flatnonzero(seating.size == 0).tolist():
        columns = sorted(seats.by_run[r].tolist(), key=lambda p: int(rank[p]))
        waiting = [p for p in columns if seating.gain(p) and not _has(seating, p)]
        spare = [
            int(seating.size[other] - seats.least[other])
            for other in seating.held()
            if seats.module[other] == seats.module[r]
        ]
        if waiting and len(waiting) + sum(spare) >= seats.least[r]:
            _fill_by_moving(seating, r, waiting, columns)


def _fill_by_moving(seating: Seating, r: int, waiting: list[int], columns: list[int]) -> None:
    before, least = seating.given.copy(), seating.seats.least
    for p in waiting:
        if seating.fits([p]):
            seating.give(p)
    came = int(seating.size[r])
    for p in columns if came else ():
        if seating.size[r] >= least[r]:
            break
        q = _seat_beside(seating, p)
        spare = q is not None and seating.size[seating.run(q)] > least[seating.run(q)]
        if q is not None and spare and seating.fits([p], [q]):
            seating.take(q)
            seating.give(p)
    if seating.size[r] < least[r]:
        for p in np.flatnonzero(seating.given & ~before).tolist():
            seating.take(p)
        for p in np.flatnonzero(before & ~seating.given).tolist():
            seating.give(p)


def _has(seating: Seating, p: int) -> bool:
    """Whether somebody takes the module of a seat already."""
    return int(seating.seats.module[seating.run(p)]) in seating.modules(seating.person(p))


def _seat_beside(seating: Seating, p: int) -> int | None:
    """The seat in another class of the module that somebody has; None where they have none."""
    module = seating.seats.module[seating.run(p)]
    own = seating.own[seating.person(p)]
    return next((q for q in own if q != p and seating.seats.module[seating.run(q)] == module), None)


def _mix(seating: Seating, r: int, rank: Positions) -> None:
    """Take seats of a unit that has more than its share of a class, the least worth first."""
    share, seats = seating.seats.limits.mix, seating.seats
    while share is not None:
        members = seating.members(r)
        unit = seats.crowd.unit[seats.person[members]]
        count = np.bincount(unit, minlength=1)
        u = int(count.argmax())
        if count[u] <= share * len(members) + 1e-9:
            break
        own = [p for p in members if seats.crowd.unit[seats.person[p]] == u]
        seating.take(min(own, key=lambda p: (seating.needed(p), seating.gain(p), -rank[p])))


def close_small(seating: Seating) -> None:
    """Give up classes that are attended by too few."""
    for r in seating.few():
        seating.close(r)


def dealt(seating: Seating, chosen: NDArray[np.bool_], rank: Positions) -> None:
    """Give the seats that a solver chose, but for those that its tolerances let through.

    Those who must go come first, then those to whom it closes most.
    """
    seats = seating.seats
    order = sorted(
        np.flatnonzero(chosen).tolist(), key=lambda p: (-int(seats.gain[p]), int(rank[p]))
    )
    for p in order:
        if seating.owed(p) and seating.fits([p], but=Family.MIX):
            seating.give(p)
    for p in order:
        if not seating.given[p] and seating.fits([p], but=Family.MIX):
            seating.give(p)
    for r in seating.held():
        _mix(seating, r, rank)
    close_small(seating)
