"""Modules in the order of what they close, as whole numbers of which a larger one comes first.

What a module closes for a person stands in the upper bits of its *key*, its place in the
catalogue's order in the lower ones. So the order of keys is the total order: no two are equal, and
none needs a second look. What keeps a module from a person makes its key negative.

A module's sum has a *row* for each competence that it teaches, at the level that it lifts to, and
one for each level that it expects. Many modules share a row, so rows are computed once for all.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fagprofil.ranking import filled_up
from fagprofil.scratch import Scratch
from fagprofil.standing import States

__all__ = ["Keys", "Triples", "slots_of"]

Ints = NDArray[np.int64]
Positions = NDArray[np.intp]

#: Sums below this bound fit the narrow keys with room for those who are barred.
_NARROW = 1 << 27


@dataclass(frozen=True, eq=False)
class Triples:
    """Levels of competences in modules: what modules teach, or what they expect on entry."""

    module: Positions
    competence: Positions
    level: Positions

    def where(self, chosen: NDArray[np.bool_]) -> Triples:
        """Some of them."""
        return Triples(self.module[chosen], self.competence[chosen], self.level[chosen])


class Keys:
    """The keys of the modules of one profile; immutable, shared between threads.

    Parameters
    ----------
    need
        How much the profile wants each step, shape (C, L), in 1 / `fagprofil.ladder.NEED_UNITS`.
    gains
        What the modules teach of what is needed, no higher than needed.
    demands
        What they expect on entry.
    mapped
        Whether it is known what each teaches, shape (modules,), in the catalogue's order.

    Attributes
    ----------
    competence, level
        Of each row; the first `bars` rows are gains, the others demands.
    row
        Where each module stands among the keys.
    """

    def __init__(
        self, need: Ints, gains: Triples, demands: Triples, mapped: NDArray[np.bool_]
    ) -> None:
        self.need = need
        self.mapped = mapped
        gain, gain_of = _distinct(gains, len(need))
        bar, bar_of = _distinct(demands, len(need))
        self.bars = len(gain)
        self.level, self.competence = np.divmod(np.concatenate([gain, bar]), max(1, len(need)))
        module = np.concatenate([gains.module, demands.module])
        self._add_up(module, np.concatenate([gain_of, self.bars + bar_of]), demands)

    def _add_up(self, module: Positions, row: Positions, demands: Triples) -> None:
        """Which rows each module's key is the sum of, one of them after the other."""
        modules, nothing = len(self.mapped), len(self.competence)
        count = np.bincount(module, minlength=modules)
        # Those with most rows first, so that the n-th row of all who have one is one slice.
        order = np.argsort(-count, kind="stable")
        self.row = np.empty(modules, dtype=np.intp)
        self.row[order] = np.arange(modules)
        sums = np.full((max(1, int(count.max(initial=0))), modules), nothing, dtype=np.intp)
        by_module = np.argsort(module, kind="stable")
        sums[slots_of(count), module[by_module]] = row[by_module]
        self.sums = sums
        longest = [int((count > i).sum()) for i in range(1, len(sums))]
        self._terms = [np.ascontiguousarray(sums[0, order])]
        self._terms += [sums[i, order[:most]] for i, most in enumerate(longest, start=1)]
        self._places = self.order[order]
        self._most = int(np.bincount(demands.module).max(initial=0))

    # --- the order ------------------------------------------------------------------------------

    @cached_property
    def bits(self) -> int:
        """Bits of a key below its sum: the module's place, and one for those of unknown content."""
        return max(1, (len(self.mapped) - 1).bit_length()) + 1

    @cached_property
    def order(self) -> Ints:
        """What is added to each module's sum: earlier ones come first, unknown ones after all."""
        half = 1 << (self.bits - 1)
        last = half - 1 - np.arange(len(self.mapped), dtype=np.int64)
        return np.where(self.mapped, last, half + last)

    @property
    def floor(self) -> int:
        """The lowest key of a module that may be picked: it closes something, or nobody knows."""
        return 1 << (self.bits - 1)

    @property
    def sure(self) -> int:
        """The lowest key of a module that is known to close something."""
        return 1 << self.bits

    def unpacked(self, keys: NDArray[Any]) -> Positions:
        """The modules of some keys; -1 where they are none."""
        half = 1 << (self.bits - 1)
        return np.where(keys >= self.floor, half - 1 - (keys & (half - 1)), -1).astype(np.intp)

    @property
    def barred(self) -> int:
        """What a level that is not reached adds to the key of a module that expects it."""
        # However many levels a module expects, they sum to no less than 64 bits hold.
        return -((1 << 62) // max(1, self._most))

    # --- many people ----------------------------------------------------------------------------

    @cached_property
    def narrow(self) -> bool:
        """Whether the keys of those whose levels are all known fit 32 bits."""
        closed = np.concatenate([np.zeros((len(self.need), 1), np.int64), self.need], axis=1)
        rows = closed.cumsum(axis=1)[self.competence[: self.bars], self.level[: self.bars]]
        most = np.append(np.append(rows, np.zeros(len(self.level) - self.bars, np.int64)), 0)
        bound = int(most[self.sums].sum(axis=0).max(initial=0))
        return (bound + 1) << self.bits < _NARROW and self._most * _NARROW < 1 << 31

    def of(self, states: States, state: Positions, scratch: Scratch) -> NDArray[Any]:
        """The keys of some people, filled up as `fagprofil.ranking.top_keys` wants them.

        Parameters
        ----------
        state
            The people's states in the C competences, shape (C, n).
        scratch
            Where the keys are.

        Returns
        -------
        Shape (rows, n), a module at `row`; of 32 bits where that is enough.
        """
        top, n = len(states.missing), state.shape[1]
        known = self.narrow and bool((state.take(self._read, axis=0) <= top).all())
        kind = np.int32 if known else np.int64
        rows = scratch.array("rows", (len(self.level) + 1, n), kind)
        self._fill(rows, states, state)
        keys = scratch.array("keys", (filled_up(len(self.mapped)), n), kind)
        keys[len(self.mapped) :] = np.iinfo(kind).min
        sums = keys[: len(self.mapped)]
        rows.take(self._terms[0], axis=0, out=sums, mode="clip")
        for term in self._terms[1:]:
            more = scratch.array("term", (len(term), n), kind)
            sums[: len(term)] += rows.take(term, axis=0, out=more, mode="clip")
        sums += self._places.astype(kind)[:, None]
        return keys

    @cached_property
    def _read(self) -> Positions:
        """The competences that rows are of."""
        return np.unique(self.competence)

    @cached_property
    def _climbed(self) -> Positions:
        """The competences of which something is needed and taught."""
        return np.unique(self.competence[: self.bars])

    def _fill(self, rows: NDArray[Any], states: States, state: Positions) -> None:
        """What each row closes for each person, or whether it bars them; and a row of nothing."""
        kind = rows.dtype
        known = kind == np.int32
        barred = -_NARROW if known else self.barred
        rows[-1] = 0
        climbed = state.take(self._climbed, axis=0)
        if known:
            climbed = climbed.astype(np.int8)
        need = (self.need[self._climbed] << self.bits).astype(kind)
        closed = np.zeros(climbed.shape, dtype=kind)
        # Up the ladder: each step adds what it would close to what those below it close.
        for step, (part, at) in enumerate(self._gains_at):
            missing = climbed <= step if known else states.missing[step].take(climbed)
            closed += np.multiply(missing, need[:, step, None], dtype=kind)
            closed.take(at, axis=0, out=rows[part], mode="clip")
        for step, (part, competence) in enumerate(self._demands_at):
            asked = state.take(competence, axis=0)
            short = asked <= step if known else states.barred[step].take(asked)
            np.multiply(short, barred, out=rows[part], dtype=kind)

    @cached_property
    def _gains_at(self) -> list[tuple[slice, Positions]]:
        """The rows of what is taught to each level, and their places among those climbed."""
        found = self._rows_at(slice(0, self.bars))
        return [(part, np.searchsorted(self._climbed, one)) for part, one in found]

    @cached_property
    def _demands_at(self) -> list[tuple[slice, Positions]]:
        """The rows in which each level is expected, and their competences."""
        return self._rows_at(slice(self.bars, len(self.level)))

    def _rows_at(self, rows: slice) -> list[tuple[slice, Positions]]:
        levels = np.arange(1, self.need.shape[1] + 2)
        edges = rows.start + np.searchsorted(self.level[rows], levels)
        parts = [slice(int(first), int(last)) for first, last in pairwise(edges)]
        return [(part, self.competence[part]) for part in parts]


def slots_of(count: Positions) -> Positions:
    """The place of each entry among those of its module, of entries sorted by module.

    Examples
    --------
    >>> slots_of(np.array([2, 0, 3])).tolist()
    [0, 1, 0, 1, 2]
    """
    return np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)


def _distinct(triples: Triples, competences: int) -> tuple[Positions, Positions]:
    """Levels of competences as one number each, by level; and which of them each triple is."""
    found, of = np.unique(triples.level * competences + triples.competence, return_inverse=True)
    return found, of
