"""What is said of many people, weighed: the states in which it leaves them.

Most people are rated once in a competence, and many are rated alike: they share a state, worked
out once. Only where several statements are weighed together has a person a state of one's own.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fagprofil.evidence import WEIGHTS, EvidenceModel, rated_chances
from fagprofil.roster import DenseLevels, Levels, Roster, SparseLevels, Whole, coded, starts_of

__all__ = ["Weighed", "weighed"]

Positions = NDArray[np.intp]
Floats = NDArray[np.float64]

#: States worked out at once.
_CHUNK = 1 << 16
#: A list of cells is kept as a matrix where that has at most so many times as many.
_SPARSE = 8


@dataclass(frozen=True, eq=False)
class _Words:
    """Statements, and the cell, a person's competence, that each is about."""

    cell: Positions
    brought: Positions
    kind: Positions
    level: Positions
    weight: Floats

    def where(self, chosen: NDArray[np.bool_]) -> _Words:
        if chosen.all():
            return self
        columns: list[NDArray[Any]] = list(vars(self).values())
        return _Words(*(one[chosen] for one in columns))


@dataclass(frozen=True, eq=False)
class Weighed:
    """The states of people who are rated in a competence in which no level is known.

    Attributes
    ----------
    state
        The state of each person and competence, from 0; -1 where they are not rated.
    """

    state: Levels
    _words: _Words
    _of: Positions

    def chances(self, model: EvidenceModel, top: int) -> Iterator[Floats]:
        """P(level = t) in each state, in parts of shape (some states, L + 1)."""
        words, order = self._words, np.argsort(self._of, kind="stable")
        of = self._of[order]
        count = int(of[-1]) + 1 if len(of) else 0
        for first in range(0, count, _CHUNK):
            part = slice(*np.searchsorted(of, [first, first + _CHUNK]))
            at, own = order[part], of[part] - first
            brought = np.zeros(int(own[-1]) + 1, dtype=np.intp)
            brought[own] = words.brought[at]
            said = (words.kind[at], words.level[at], words.weight[at])
            yield rated_chances(brought, own, *said, model, top)


def weighed(roster: Roster, brought: Positions, top: int) -> Weighed:
    """What is said of people beside what is known.

    Parameters
    ----------
    brought
        The levels that backgrounds bring, shape (facts, K).
    """
    words, competences = _heard(roster, brought), brought.shape[1]
    alone = _alone(words.cell, len(roster) * competences)
    single, several = words.where(alone), words.where(~alone)
    state, shared = _shared(single, top)
    own, of = np.unique(several.cell, return_inverse=True)
    count = len(shared.cell)
    state = np.concatenate([state, count + np.arange(len(own))]).astype(np.int32)
    columns = zip(vars(shared).values(), vars(several).values(), strict=True)
    return Weighed(
        _kept(np.concatenate([single.cell, own]), state, len(roster), competences),
        _Words(*(np.concatenate(pair) for pair in columns)),
        np.concatenate([np.arange(count), count + of]),
    )


def _kept(cell: Positions, state: Whole, people: int, competences: int) -> Levels:
    """The states of some cells, as a matrix where that takes no more room than a list."""
    who, competence = np.divmod(cell, competences)
    at, occurring = coded(competence)
    if len(occurring) * people <= _SPARSE * len(cell):
        column = np.full(competences, -1, dtype=np.intp)
        column[occurring] = np.arange(len(occurring))
        levels = np.full((len(occurring), people), -1, dtype=np.int32)
        levels[at, who] = state
        return DenseLevels(list(levels), column)
    order = np.argsort(who, kind="stable")
    start = starts_of(who[order], people)
    return SparseLevels(start, competence[order], state[order], competences)


def _heard(roster: Roster, brought: Positions) -> _Words:
    """The statements that count: a level that is known is not weighed against other words."""
    said, n = roster.rated, len(roster)
    who, competence = np.repeat(np.arange(n), np.diff(said.start)), said.competence
    brings = brought[roster.fact[who], competence] if brought.any() else np.zeros_like(who)
    cell = who * brought.shape[1] + competence
    words = _Words(cell, brings, said.kind, said.level, said.weight)
    silent = roster.known.at(who, competence) < 0
    return words.where(silent)


def _alone(cell: Positions, cells: int) -> NDArray[np.bool_]:
    """Of which statements there is no other about the same cell."""
    if cells > _SPARSE * len(cell):
        _, cell, count = np.unique(cell, return_inverse=True, return_counts=True)
    else:
        count = np.bincount(cell, minlength=cells)
    return np.asarray(count[cell] == 1)


def _shared(words: _Words, top: int) -> tuple[Positions, _Words]:
    """The states of those of whom one thing is said, and what is said in each state."""
    weight = np.rint(words.weight * WEIGHTS).astype(np.intp)
    sizes, parts = (top + 1, top + 1, WEIGHTS + 1), (words.brought, words.level, weight)
    code = words.kind
    for size, part in zip(sizes, parts, strict=True):
        code = code * size + part
    state, code = coded(code)
    found = []
    for size in reversed(sizes):
        code, part = np.divmod(code, size)
        found.append(part)
    weight, level, brought = found
    return state, _Words(np.arange(len(code)), brought, code, level, weight / WEIGHTS)
