"""The k modules that close most for each of many people, in bounded memory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from fagprofil.eligibility import closed_modules
from fagprofil.offer import Offer, Picked, Placed
from fagprofil.ranking import top_keys
from fagprofil.roster import Roster

__all__ = ["Ranked", "Shortlist", "ranked", "shortlists"]

Positions = NDArray[np.intp]

#: People ranked at once, so that their keys stay in the processor's cache. No power of two:
#: columns so far apart share their places in it.
CHUNK = 1000


class Shortlist(NamedTuple):
    """The picks of some people.

    `rows` are their positions in the roster; `known` says who is offered at least one module that
    is known to close something.
    """

    rows: Positions
    picked: Picked
    known: NDArray[np.bool_]


class Ranked(NamedTuple):
    """The best keys of some people, as `fagprofil.offer.Offer` packs them."""

    rows: Positions
    people: Placed
    best: NDArray[Any]


def ranked(
    offer: Offer, roster: Roster, rows: Positions, k: int, exclude: Sequence[str] = ()
) -> Iterator[Ranked]:
    """The keys of the eligible modules that close most for people with one profile, best first.

    Parameters
    ----------
    rows
        The people, as positions in the roster.
    k
        At most so many.
    exclude
        Modules not to pick, for anybody.

    Yields
    ------
    The people in batches, each once; the order is not theirs.
    """
    closed = closed_modules(offer.ladder, roster, rows, exclude)
    shut = np.logical_or.reduce(list(closed.rules.values()))[:, offer.modules]
    rated = roster.rated.start[rows + 1] > roster.rated.start[rows]
    # Those whose levels are all known are faster, so they go apart.
    order = np.lexsort((closed.group, rated))
    for begin in range(0, len(order), CHUNK):
        part = order[begin : begin + CHUNK]
        people = offer.placed(roster, rows[part])
        keys = offer.keys(people)
        for group, first, last in _runs(closed.group[part]):
            keys[np.flatnonzero(shut[group]), first:last] = -1
        who, module = roster.taken_of(rows[part])
        place = offer.place[module]
        keys[place[place >= 0], who[place >= 0]] = -1
        yield Ranked(rows[part], people, top_keys(keys, k, offer.floor))


def shortlists(
    offer: Offer, roster: Roster, rows: Positions, k: int, exclude: Sequence[str] = ()
) -> Iterator[Shortlist]:
    """What `ranked` finds, with what the modules are worth."""
    for part, people, best in ranked(offer, roster, rows, k, exclude):
        known = best[:, :1].max(axis=1, initial=-1) >= offer.sure
        yield Shortlist(part, offer.picked(people, offer.unpacked(best)), known)


def _runs(group: Positions) -> Iterator[tuple[int, int, int]]:
    """What neighbours have in common, and where they begin and end."""
    edges = np.flatnonzero(np.diff(group, prepend=-1, append=-1))
    for first, last in pairwise(edges):
        yield int(group[first]), int(first), int(last)
