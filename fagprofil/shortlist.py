"""The k modules that close most for each of many people, in bounded memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from fagprofil.eligibility import closed_modules
from fagprofil.offer import Offer
from fagprofil.ranking import top_keys
from fagprofil.scratch import Scratch
from fagprofil.standing import Standing
from fagprofil.worth import Worth, worth

__all__ = ["Best", "Shortlist", "ranked", "shortlists"]

Positions = NDArray[np.intp]

#: People ranked at once. With fewer, threads wait for Python's lock longer than they work; with
#: more, their keys do not stay in the processor's cache. No power of two: columns so far apart
#: share their places in it.
CHUNK = 5000


class Shortlist(NamedTuple):
    """The picks of some people.

    `rows` are their positions in the roster, `module` positions among the offer's modules, shape
    (n, k), -1 where nothing is left; `known` says who is offered at least one module that is known
    to close something.
    """

    rows: Positions
    module: Positions
    worth: Worth
    known: NDArray[np.bool_]

    def of(self, people: NDArray[np.bool_]) -> Shortlist:
        """The picks of some of the people."""
        picks = self.rows[people], self.module[people], self.worth.of(people)
        return Shortlist(*picks, self.known[people])


class Best(NamedTuple):
    """The best keys of some people, as `fagprofil.keys.Keys` has them, and the people's states."""

    rows: Positions
    state: Positions
    best: NDArray[Any]


def ranked(
    offer: Offer,
    standing: Standing,
    rows: Positions,
    k: int,
    exclude: Sequence[str] = (),
    scratch: Scratch | None = None,
) -> Iterator[Best]:
    """The keys of the eligible modules that close most for people with one profile, best first.

    Parameters
    ----------
    rows
        The people, as positions in the roster.
    k
        At most so many.
    exclude
        Modules not to pick, for anybody.
    scratch
        Memory that may be used.

    Yields
    ------
    The people in batches, each once; the order is not theirs.
    """
    roster, memory = standing.roster, scratch or Scratch()
    closed = closed_modules(offer.ladder, roster, rows, exclude)
    shut = np.logical_or.reduce(list(closed.rules.values()))[:, offer.modules]
    rated = roster.rated.start[rows + 1] > roster.rated.start[rows]
    # Those whose levels are all known are faster, so they go apart.
    order = np.lexsort((closed.group, rated))
    for part in _parts(order):
        people = rows[part]
        state = standing.of(people, offer.competences)
        keys = offer.keys.of(standing.states, state, memory)
        # Negative, and still unlike the others.
        sign = np.iinfo(keys.dtype).min
        for group, first, last in _runs(closed.group[part]):
            keys[offer.keys.row[np.flatnonzero(shut[group])], first:last] |= sign
        who, module = roster.taken_of(people)
        place = offer.place[module]
        keys[offer.keys.row[place[place >= 0]], who[place >= 0]] |= sign
        yield Best(people, state, top_keys(keys, min(k, len(offer.modules)), offer.keys.floor))


def shortlists(offer: Offer, standing: Standing, found: Iterable[Best]) -> Iterator[Shortlist]:
    """What `ranked` finds, with what the modules are worth."""
    for people, state, best in found:
        module = offer.keys.unpacked(best)
        known = best[:, :1].max(axis=1, initial=-1) >= offer.keys.sure
        yield Shortlist(people, module, worth(offer, standing.states, state, module), known)


def _parts(order: Positions) -> list[Positions]:
    """As few parts as may be, of about the same size."""
    return np.array_split(order, -(-len(order) // CHUNK)) if len(order) else []


def _runs(group: Positions) -> Iterator[tuple[int, int, int]]:
    """What neighbours have in common, and where they begin and end."""
    edges = np.flatnonzero(np.diff(group, prepend=-1, append=-1))
    for first, last in pairwise(edges):
        yield int(group[first]), int(first), int(last)
