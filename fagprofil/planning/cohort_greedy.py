"""A plan without an integer program: classes and seats in the order that a guide prefers."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fagprofil.planning.cohort_claims import fill
from fagprofil.planning.cohort_model import Family
from fagprofil.planning.cohort_seating import Seating

__all__ = ["close_small", "dealt", "greedy"]

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
