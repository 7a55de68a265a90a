"""How sure we are of each step that people have reached, person by person or by shared states.

A person's standing in a competence is one of few *states*: a level 0..L that is known; what the
background brings, where nothing is said; what one rating says, shared by all of whom the same is
said; and, where several statements are weighed together, a state of one's own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from fagprofil.roster import Roster
from fagprofil.weighing import Weighed

__all__ = ["CERTAIN", "Held", "Standing", "States", "reached", "steps_of", "sure_from"]

Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]
Positions = NDArray[np.intp]

#: A certainty of 1 in integers.
CERTAIN = 1 << 10


@dataclass(frozen=True, slots=True)
class Held:
    """How sure we are of each step, for n people.

    Attributes
    ----------
    steps
        P(level >= l) in 1 / `CERTAIN`, shape (n, K, L), falling along the last axis.
    chance
        P(level = t), shape (n, K, L + 1).
    stated
        Whether anything was said of the competence, shape (n, K).
    """

    steps: Ints
    chance: NDArray[np.float64]
    stated: Mask


def steps_of(chance: NDArray[np.float64]) -> Ints:
    """P(level >= l) in 1 / `CERTAIN`, shape (..., L) from the chances of the levels 0..L."""
    at_least = np.cumsum(chance[..., ::-1], axis=-1)[..., ::-1][..., 1:]
    return np.asarray(np.rint(at_least * CERTAIN), dtype=np.int64)


def reached(held: Held, certainty: float) -> Mask:
    """Which levels 1..L count as reached where a module expects them on entry, shape (..., L).

    Those of which we are certain enough. Where nothing was said of a competence, what the
    background brings counts, and no more: the prior's doubt to the upper side lets nobody in.
    """
    sure = held.steps >= sure_from(certainty)
    likeliest = held.chance.argmax(axis=-1)[..., None]
    brought = likeliest >= np.arange(1, held.steps.shape[-1] + 1)
    return np.asarray(sure & (held.stated[..., None] | brought))


def sure_from(certainty: float) -> float:
    """From which P(level >= l), in 1 / `CERTAIN`, a level of which something is said is reached."""
    return float(np.rint(certainty * CERTAIN))


@dataclass(frozen=True, eq=False)
class States:
    """All states in which some people stand in competences.

    Attributes
    ----------
    missing
        How sure we are that each step is *not* reached, in 1 / `CERTAIN`, shape (L, S).
    barred
        Whether a module that expects a level on entry is closed, shape (L, S).
    """

    missing: NDArray[np.int16]
    barred: Mask

    @classmethod
    def of(cls, steps: Ints, admitted: Mask) -> States:
        """States of which `Held` would say `steps`, shape (S, L), and `reached` `admitted`."""
        missing = np.ascontiguousarray((CERTAIN - steps).T.astype(np.int16))
        return cls(missing, np.ascontiguousarray(~admitted.T))

    def __len__(self) -> int:
        return int(self.missing.shape[1])

    @classmethod
    def joined(cls, parts: Sequence[States]) -> States:
        """The states of several parts, in their order."""
        return cls(
            np.concatenate([one.missing for one in parts], axis=1),
            np.concatenate([one.barred for one in parts], axis=1),
        )

    @cached_property
    def steps(self) -> Ints:
        """P(level >= l) in 1 / `CERTAIN`, shape (S, L)."""
        return CERTAIN - self.missing.T.astype(np.int64)


@dataclass(frozen=True, eq=False)
class Standing:
    """Where each of a roster's people stands in each competence.

    Attributes
    ----------
    roster
        The people.
    brought
        The levels that backgrounds bring, shape (facts, K).
    states
        All states: known levels 0..L first, then what backgrounds bring, then those of people
        who are rated.
    weighed
        The people who are rated.
    """

    roster: Roster
    brought: Positions
    states: States
    weighed: Weighed | None

    def of(self, rows: Positions, competences: Positions) -> Positions:
        """The states of some people in some competences, shape (competences, rows)."""
        known = self.roster.known.pick(rows, competences)
        state = known.astype(np.intp)
        silent = known < 0
        if not silent.any():
            return state
        levels = len(self.states.missing) + 1
        brought = self.brought[:, competences].T
        if brought.any():
            np.copyto(state, levels + brought[:, self.roster.fact[rows]], where=silent)
        else:
            state[silent] = levels
        if self.weighed is not None:
            rated = self.weighed.state.pick(rows, competences)
            np.copyto(state, 2 * levels + rated, where=rated >= 0)
        return state
