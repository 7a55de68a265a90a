"""How sure we are of each step that people have reached, person by person or by shared states."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

__all__ = ["CERTAIN", "Held", "Standing", "steps_of"]

Ints = NDArray[np.int64]

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
    stated: NDArray[np.bool_]


def steps_of(chance: NDArray[np.float64]) -> Ints:
    """P(level >= l) in 1 / `CERTAIN`, shape (..., L) from the chances of the levels 0..L."""
    at_least = np.cumsum(chance[..., ::-1], axis=-1)[..., ::-1][..., 1:]
    return np.asarray(np.rint(at_least * CERTAIN), dtype=np.int64)


@dataclass(frozen=True, slots=True)
class Standing:
    """Where n people stand on C competences: in a state that many share, or in one of their own.

    Attributes
    ----------
    state
        The state of each competence and person, shape (C, n).
    chance, steps, stated
        What `Held` says of them, by state; the shared ones first, then one's own.
    own
        The competence, 0..C-1, of each of the states that are one person's own.
    """

    state: NDArray[np.intp]
    chance: NDArray[np.float64]
    steps: Ints
    stated: NDArray[np.bool_]
    own: NDArray[np.intp]

    def of(self, state: NDArray[np.intp]) -> Standing:
        """These states, with those of some people."""
        return replace(self, state=state)

    def with_own(
        self, state: NDArray[np.intp], own: NDArray[np.intp], chance: NDArray[np.float64]
    ) -> Standing:
        """These states, and more that are people's own; with the states of some people."""
        return Standing(
            state,
            np.concatenate([self.chance, chance]),
            np.concatenate([self.steps, steps_of(chance)]),
            np.concatenate([self.stated, np.ones(len(own), dtype=np.bool_)]),
            own,
        )
