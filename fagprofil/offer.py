"""What the people of one profile can gain from every module, compiled once.

A person's standing in a competence is one of few states: a level that is known, or what a
background brings; or a state of one's own, from ratings. For each state there is a run of L + 1
cells, one for each level that a module may teach or expect: what reaching it would close, and
whether it bars the person on entry. A module is then a sum of cells, one for each competence that
it teaches or expects, and the batch is one sparse product.

Sums are integers, and a module's place in the order is packed below its sum, so that the order of
such keys is the total order: no two are equal, and none needs a second look.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from fagprofil.eligibility import reached
from fagprofil.ladder import Ladder, closes, unmet
from fagprofil.model import IN_FIVE_YEARS, NOW, Blend, Horizon
from fagprofil.roster import Roster
from fagprofil.standing import CERTAIN, Standing

__all__ = ["FIVE_GAIN", "HELD", "NOW_GAIN", "OVER", "Offer", "Picked", "Placed"]

Ints = NDArray[np.int64]
Positions = NDArray[np.intp]

#: What the values of a cell are, along their last axis.
OVER, NOW_GAIN, FIVE_GAIN, HELD = range(4)

#: Sums below this bound fit the narrow keys with room for those who are barred.
_NARROW = 1 << 27


@dataclass(frozen=True, eq=False)
class Placed:
    """n people in the cells of an offer.

    Attributes
    ----------
    start
        Where the run of cells of each competence and person begins, shape (C + 1, n); the last
        row is the empty run.
    keys
        What each cell closes, then whether it bars, as keys; narrow where all levels are known.
    values
        What each cell closes at the horizon, now and in five years, in `fagprofil.ladder.UNIT`,
        and the steps held up to it, in 1 / `CERTAIN`; shape (cells, 4).
    """

    start: Positions
    keys: NDArray[Any]
    values: Ints


@dataclass(frozen=True, eq=False)
class Picked:
    """The modules picked for n people, at most k each.

    Attributes
    ----------
    module
        Positions among the offer's modules, shape (n, k); -1 where nothing is left.
    sums
        The modules' values, shape (n, k, 4), as those of `Placed`.
    parts
        What each competence taught adds to the first of them, shape (T, n, k).
    competence
        The competences of the parts, as positions in the ladder's order, shape (T, n, k).
    """

    module: Positions
    sums: Ints
    parts: Ints
    competence: Positions


class Offer:
    """One profile's needs against all modules; immutable, shared between threads.

    Parameters
    ----------
    ladder
        The catalogue as arrays.
    profile
        The profile.
    horizon
        When needs are weighed.

    Attributes
    ----------
    modules
        The modules that can close anything of what the profile needs, and those of which it is
        unknown what they teach, as positions in the catalogue's order.
    competences
        What they teach and expect and the profile needs, as positions in the ladder's order.
    place, at
        The place of each of the catalogue's modules among `modules`, and of each of the ladder's
        competences among `competences`; -1 where it has none.
    """

    def __init__(self, ladder: Ladder, profile: Blend, horizon: Horizon) -> None:
        self.ladder = ladder
        self.profile = profile
        self.needs = [ladder.need(profile, one) for one in (horizon, NOW, IN_FIVE_YEARS)]
        taught, entry = ladder.taught, ladder.entry
        needed = np.asarray(self.needs[0].any(axis=1))
        closing = needed[taught.competence]
        self.modules = np.union1d(taught.module[closing], np.flatnonzero(~ladder.mapped))
        self.place = np.full(taught.shape[0], -1, dtype=np.intp)
        self.place[self.modules] = np.arange(len(self.modules))
        offered = self.place[taught.module] >= 0
        expected = self.place[entry.module] >= 0
        self.competences = np.unique(
            np.concatenate(
                [np.flatnonzero(needed), taught.competence[offered], entry.competence[expected]]
            )
        )
        self.at = at = np.full(taught.shape[1], -1, dtype=np.intp)
        at[self.competences] = np.arange(len(self.competences))
        # Module, competence and level of all that is taught.
        self.taught = (
            self.place[taught.module[offered]],
            at[taught.competence[offered]],
            taught.level[offered],
        )
        self._compile(at, closing, expected)

    def _compile(self, at: Positions, closing: Any, expected: Any) -> None:
        """The rows that keys are summed from: a competence each, and an offset into its run."""
        taught, entry = self.ladder.taught, self.ladder.entry
        width = self.ladder.top + 1
        highest = np.where(self.needs[0] > 0, np.arange(1, width), 0).max(axis=1)
        level = np.minimum(taught.level, highest[taught.competence])[closing]
        gains = at[taught.competence[closing]] * width + level
        bars = at[entry.competence[expected]] * width + entry.level[expected]
        gain_rows, gain_of = np.unique(gains, return_inverse=True)
        bar_rows, bar_of = np.unique(bars, return_inverse=True)
        rows = np.concatenate([gain_rows, bar_rows])
        self.row_competence, self.row_level = np.divmod(rows, width)
        self.bars = len(gain_rows)
        picked = (
            np.concatenate(
                [self.place[taught.module[closing]], self.place[entry.module[expected]]]
            ),
            np.concatenate([gain_of, self.bars + bar_of]),
        )
        shape = (len(self.modules), len(rows))
        ones = np.ones(len(picked[0]), dtype=np.int64)
        self.wide = sp.csr_array((ones, picked), shape=shape)
        self._narrow = self.wide.astype(np.int32)

    # --- cells ----------------------------------------------------------------------------------

    @property
    def _width(self) -> int:
        return self.ladder.top + 1

    @cached_property
    def bits(self) -> int:
        """Bits of a key below its sum: the module's place, and one for those of unknown content."""
        return max(1, (len(self.modules) - 1).bit_length()) + 1

    @cached_property
    def order(self) -> Ints:
        """What is added to each module's key: earlier ones come first, unknown ones after all."""
        half = 1 << (self.bits - 1)
        last = half - 1 - np.arange(len(self.modules), dtype=np.int64)
        return np.where(self.ladder.mapped[self.modules], last, half + last)

    @property
    def floor(self) -> int:
        """The lowest key of a module that may be picked: it closes something, or nobody knows."""
        return 1 << (self.bits - 1)

    @property
    def sure(self) -> int:
        """The lowest key of a module that is known to close something."""
        return 1 << self.bits

    def _cells(self, competence: Positions, standing: Standing, state: Positions) -> Ints:
        """Cells of some states of some competences, shape (c, L + 1, 5): values, and what bars."""
        steps = standing.steps[state]
        cells = np.zeros((len(state), self._width, 5), dtype=np.int64)
        at = self.competences[competence]
        for i, need in enumerate(self.needs):
            cells[..., i] = closes(unmet(need[at], steps))
        cells[..., HELD] = closes(steps)
        cells[:, 1:, HELD + 1] = ~reached(standing, self.ladder.model)[state]
        return cells

    @cached_property
    def _common(self) -> Ints:
        """The cells of the states that many share, and of the empty run, shape (cells, 5)."""
        states, count = self.ladder.common_states, 2 * self._width
        competence = np.repeat(np.arange(len(self.competences)), count)
        state = np.tile(np.arange(count), len(self.competences))
        cells = self._cells(competence, states, state).reshape(-1, 5)
        return np.concatenate([cells, np.zeros((self._width, 5), dtype=np.int64)])

    @cached_property
    def common_keys(self) -> NDArray[Any]:
        """The keys of the states that many share."""
        return self._keys_of(self._common)

    @property
    def common_values(self) -> Ints:
        """The values of the states that many share."""
        return self._common[:, : HELD + 1]

    def _keys_of(self, cells: Ints) -> Ints:
        """Cells as wide keys: what they close, then what bars."""
        # However many bars a module has, they sum to no less than 64 bits hold.
        barred = cells[:, HELD + 1] * -((1 << 62) // max(1, self._demands))
        return np.concatenate([cells[:, OVER] << self.bits, barred])

    @cached_property
    def _demands(self) -> int:
        """The most levels that one module expects on entry."""
        return int(np.diff(self.wide[:, self.bars :].tocsr().indptr).max(initial=0))

    @cached_property
    def _narrow_keys(self) -> NDArray[np.int32] | None:
        """Keys for those whose levels are all known, if their sums are small enough."""
        states = 2 * self._width
        known = np.arange(len(self._common)) // self._width % states < self._width
        gains = np.where(known, self._common[:, OVER] // CERTAIN, 0)
        # The best cell of each row bounds what a module can sum to.
        runs = gains[: -self._width].reshape(len(self.competences), states, self._width)
        best = runs.max(axis=1, initial=0)
        rows = best[self.row_competence[: self.bars], self.row_level[: self.bars]]
        bound = int((self.wide[:, : self.bars] @ rows).max(initial=0))
        if (bound + 1) << self.bits >= _NARROW or self._demands * _NARROW >= 1 << 31:
            return None
        barred = self._common[:, HELD + 1] * -_NARROW
        return np.concatenate([gains << self.bits, barred]).astype(np.int32)

    # --- people ---------------------------------------------------------------------------------

    def placed(self, roster: Roster, rows: Positions) -> Placed:
        """Some people in the cells of this offer."""
        return self.place_standing(self.ladder.standing(roster, rows, self.competences))

    def place_standing(self, standing: Standing) -> Placed:
        """People in the cells of this offer, from their states."""
        states, width = 2 * self._width, self._width
        runs = len(self.competences) * states
        start = np.empty((len(self.competences) + 1, standing.state.shape[1]), dtype=np.intp)
        first = np.arange(len(self.competences))[:, None] * states
        np.add(standing.state, first, out=start[:-1])
        start[-1] = runs
        if len(standing.own):
            # A state of one's own has a run behind the shared ones and the empty one.
            owned = standing.state >= states
            start[:-1][owned] = runs + 1 - states + standing.state[owned]
        start *= width
        if not len(standing.own):
            narrow = self._narrow_keys
            known = narrow is not None and bool((standing.state[self._read] < width).all())
            keys = narrow if known and narrow is not None else self.common_keys
            return Placed(start, keys, self._common[:, : HELD + 1])
        keys, values = self.own_cells(standing)
        return Placed(start, keys, np.concatenate([self._common[:, : HELD + 1], values]))

    def own_cells(self, standing: Standing) -> tuple[Ints, Ints]:
        """The keys of the shared states and of people's own, and the values of these.

        The cells of people's own states lie behind the shared ones, in their order.
        """
        states = 2 * self._width
        own = np.arange(states, states + len(standing.own))
        cells = self._cells(standing.own, standing, own).reshape(-1, 5)
        closing, barring = np.split(self.common_keys, 2)
        more, bars = np.split(self._keys_of(cells), 2)
        return np.concatenate([closing, more, barring, bars]), cells[:, : HELD + 1]

    @cached_property
    def _read(self) -> Positions:
        """The competences that keys are read from."""
        return np.unique(self.row_competence)

    def keys(self, people: Placed) -> NDArray[Any]:
        """The keys of the offer's modules, shape (modules, n); negative where barred.

        Their order is the total order of what they close, ties by module.
        """
        offset = self.row_level.copy()
        offset[self.bars :] += len(people.keys) // 2
        cells = people.start.take(self.row_competence, axis=0)
        cells += offset[:, None]
        matrix = self._narrow if people.keys.dtype == np.int32 else self.wide
        keys = matrix @ people.keys.take(cells)
        keys += self.order.astype(keys.dtype)[:, None]
        return np.asarray(keys)

    def unpacked(self, keys: NDArray[Any]) -> Positions:
        """The modules of some keys, as positions among the offer's; -1 where they are none."""
        half = 1 << (self.bits - 1)
        return np.where(keys >= self.floor, half - 1 - (keys & (half - 1)), -1).astype(np.intp)

    # --- what was picked ------------------------------------------------------------------------

    @cached_property
    def _teaching(self) -> tuple[Positions, Positions]:
        """What each module teaches, padded: competences, and levels, shape (T, modules + 1).

        The last is no module; what is padded is the empty run.
        """
        module, competence, level = self.taught
        count = np.bincount(module, minlength=len(self.modules))
        slot = np.arange(len(module)) - np.repeat(np.cumsum(count) - count, count)
        shape = (int(count.max(initial=1)), len(self.modules) + 1)
        competences = np.full(shape, len(self.competences), dtype=np.intp)
        levels = np.zeros(shape, dtype=np.intp)
        competences[slot, module] = competence
        levels[slot, module] = level
        return competences, levels

    def picked(self, people: Placed, module: Positions) -> Picked:
        """What the modules picked are worth to the people, with its parts."""
        competences, levels = self._teaching
        shape, n = (len(competences), *module.shape), module.shape[0]
        parts, taught = np.empty(shape, dtype=np.int64), np.empty(shape, dtype=np.intp)
        sums = np.zeros((*module.shape, 4), dtype=np.int64)
        who, starts = np.arange(n)[:, None], people.start.reshape(-1)
        for t in range(shape[0]):
            competence = competences[t].take(module, mode="wrap")
            self._every.take(competence, out=taught[t])
            competence *= n
            competence += who
            cell = starts.take(competence)
            cell += levels[t].take(module, mode="wrap")
            values = people.values.take(cell, axis=0)
            sums += values
            parts[t] = values[..., OVER]
        return Picked(module, sums, parts, taught)

    @cached_property
    def _every(self) -> Positions:
        """The offer's competences in the ladder's order, and any for the empty run."""
        return np.append(self.competences, 0)

    @cached_property
    def steps_taught(self) -> Ints:
        """Number of steps that each module teaches, shape (modules,)."""
        return np.asarray(self.ladder.taught.steps[self.modules])
