"""What the modules picked for many people are worth to them, with its parts."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from fagprofil.ladder import NEED_UNITS, UNIT
from fagprofil.offer import HELD, OVER, Offer
from fagprofil.standing import CERTAIN, States

__all__ = ["Worth", "worth"]

Whole = NDArray[Any]
Positions = NDArray[np.intp]


class Parts(NamedTuple):
    """The largest parts of gains, and the others together, in a `Worth`'s unit; shapes (n, k).

    Attributes
    ----------
    value, competence
        Of the largest, then the next, ...; 0 where there is none. Equal ones in the order of
        `fagprofil.ladder.Ladder.competences`, in which a competence is given.
    rest, others
        The sum of the others, and how many they are.
    """

    value: list[Whole]
    competence: list[Positions]
    rest: Whole
    others: Whole


@dataclass(frozen=True, eq=False)
class Worth:
    """What at most k modules are worth to each of n people.

    Attributes
    ----------
    sums
        What each module closes at the horizon, now and in five years, in `unit`, and the steps
        held of what it teaches, in `step`; shape (4, n, k).
    unit, step
        In weights times steps, and in steps.
    """

    sums: Whole
    unit: float
    step: float
    _parts: Whole
    _bits: int

    def of(self, people: NDArray[np.bool_]) -> Worth:
        """What they are worth to some of the people."""
        return replace(self, sums=self.sums[:, people], _parts=self._parts[:, people])

    def largest(self, count: int, least: float) -> Parts:
        """The largest parts of the first of the sums, at most so many.

        Parameters
        ----------
        least
            Smaller ones are among the others.
        """
        parts, last = list(self._parts), (1 << self._bits) - 1
        count = min(count, len(parts))
        for i in range(count):
            for j in range(len(parts) - 1, i, -1):
                larger = np.maximum(parts[j - 1], parts[j])
                parts[j] = np.minimum(parts[j - 1], parts[j])
                parts[j - 1] = larger
        value = [one >> self._bits for one in parts[:count]]
        rest, others = self.sums[OVER].copy(), np.zeros_like(self.sums[OVER])
        for one in value:
            one[one < math.ceil(least / self.unit)] = 0
            rest -= one
            others -= one > 0
        for one in parts:
            others += one > last
        return Parts(value, [last - (one & last) for one in parts[:count]], rest, others)


def worth(offer: Offer, states: States, state: Positions, module: Positions) -> Worth:
    """What modules are worth.

    Parameters
    ----------
    state
        The people's states in the offer's competences, shape (C, n).
    module
        The modules picked, as positions among the offer's, shape (n, k); -1 where nothing is left.
    """
    competences, _ = offer.teaching
    cells, unit, step = _looked_up(offer, int(state.max(initial=0)))
    kind = np.int64 if cells is None else cells.dtype
    parts = np.empty((len(competences), *module.shape), dtype=kind)
    sums = np.zeros((HELD + 1, *module.shape), dtype=kind)
    # Below each part stands its competence, the first one highest.
    bits = offer.ladder.bits
    last = ((1 << bits) - 1 - offer.competences).astype(kind)
    who, n = np.arange(len(module))[:, None], len(module)
    for t, competence in enumerate(competences):
        place = competence.take(module, mode="wrap")
        place *= n
        place += who
        own = state.take(place)
        if cells is None:
            found = _climbed(offer, states, own, module, t)
        else:
            own *= offer.width
            own += offer.first_cell[t].take(module, mode="wrap")
            found = cells.take(own, axis=1)
        sums += found
        np.left_shift(found[OVER], bits, out=parts[t])
        parts[t] |= last.take(competence).take(module, mode="wrap")
    return Worth(sums, unit, step, parts, bits)


def _looked_up(offer: Offer, highest: int) -> tuple[Whole | None, float, float]:
    """The cells of all states up to the highest; None where there are too many; and their units."""
    if highest < offer.width and offer.known_cells is not None:
        return offer.known_cells, 1 / NEED_UNITS, 1.0
    common = highest < len(offer.ladder.common_states)
    return offer.common_cells if common else None, UNIT, 1 / CERTAIN


def _climbed(offer: Offer, states: States, state: Positions, module: Positions, t: int) -> Whole:
    """The cells of the t-th competence that modules teach, step by step, shape (4, n, k)."""
    found = np.zeros((HELD + 1, *module.shape), dtype=np.int64)
    found[HELD] = CERTAIN * offer.teaching[1][t].take(module, mode="wrap")
    for missing, steps in zip(states.missing, offer.steps[t], strict=True):
        own = missing.take(state)
        for value, step in zip(found, steps, strict=True):
            value += own * step.take(module, mode="wrap")
    return found
