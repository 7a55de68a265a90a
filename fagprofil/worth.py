"""What the modules picked for many people are worth to them, with its parts."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from fagprofil.offer import HELD, OVER, Offer
from fagprofil.standing import CERTAIN, States

__all__ = ["Worth", "worth"]

Ints = NDArray[np.int64]
Positions = NDArray[np.intp]


class Worth(NamedTuple):
    """What at most k modules are worth to each of n people.

    Attributes
    ----------
    sums
        What each module closes at the horizon, now and in five years, in `fagprofil.ladder.UNIT`,
        and the steps held of what it teaches, in 1 / `CERTAIN`; shape (4, n, k).
    parts
        What each competence taught adds to the first of them, shape (T, n, k).
    competence
        The competences of the parts, as positions in the ladder's order, shape (T, n, k).
    """

    sums: Ints
    parts: Ints
    competence: Positions


def worth(offer: Offer, states: States, state: Positions, module: Positions) -> Worth:
    """What modules are worth.

    Parameters
    ----------
    state
        The people's states in the offer's competences, shape (C, n).
    module
        The modules picked, as positions among the offer's, shape (n, k); -1 where nothing is left.
    """
    competences, levels = offer.teaching
    parts = np.empty((len(levels), *module.shape), dtype=np.int64)
    sums = np.zeros((HELD + 1, *module.shape), dtype=np.int64)
    who, n = np.arange(len(module))[:, None], len(module)
    common = int(state.max(initial=0)) < len(offer.ladder.common_states)
    tables = None if common else states
    for t, competence in enumerate(competences):
        place = competence.take(module, mode="wrap")
        place *= n
        place += who
        own = state.take(place)
        found = _cells(offer, tables, own, module, t)
        sums += found
        parts[t] = found[OVER]
    taught = offer.competences.take(competences.take(module, axis=1, mode="wrap"))
    return Worth(sums, parts, taught)


def _cells(
    offer: Offer, states: States | None, state: Positions, module: Positions, t: int
) -> Ints:
    """The cells of the t-th competence that modules teach, shape (4, n, k).

    They are looked up where `states` is None, as of states that many share, or else computed.
    """
    if states is None:
        cell = offer.first_cell[t].take(module, mode="wrap")
        cell += offer.width * state
        looked_up: Ints = offer.common_cells.take(cell, axis=1)
        return looked_up
    found = np.zeros((HELD + 1, *module.shape), dtype=np.int64)
    found[HELD] = CERTAIN * offer.teaching[1][t].take(module, mode="wrap")
    for missing, steps in zip(states.missing, offer.steps[t], strict=True):
        own = missing.take(state)
        for value, step in zip(found, steps, strict=True):
            value += own * step.take(module, mode="wrap")
    return found
