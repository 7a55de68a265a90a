"""What the people of one profile can gain from every module, compiled once.

A person's standing in a competence is one of few states (see `fagprofil.standing`). For each state
there is a run of L + 1 cells, one for each level that a module may teach: what reaching it would
close, at the horizon, now and in five years, and what of it is held. What a module is worth is a
sum of cells, one for each competence that it teaches.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from fagprofil.keys import Keys, Triples, slots_of
from fagprofil.ladder import UNIT, Ladder, Taught, closes, unmet
from fagprofil.model import IN_FIVE_YEARS, NOW, Blend, Horizon
from fagprofil.standing import CERTAIN, States

__all__ = ["FIVE_GAIN", "HELD", "NOW_GAIN", "OVER", "Offer"]

Ints = NDArray[np.int64]
Positions = NDArray[np.intp]

#: What the values of a cell are, along their last axis.
OVER, NOW_GAIN, FIVE_GAIN, HELD = range(4)


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
    need
        How much the profile wants each step at the horizon, now and in five years, shape (C, L).
    taught
        All that the modules teach.
    keys
        The modules in order.
    """

    def __init__(self, ladder: Ladder, profile: Blend, horizon: Horizon) -> None:
        self.ladder = ladder
        self.profile = profile
        needs = [ladder.need(profile, one) for one in (horizon, NOW, IN_FIVE_YEARS)]
        needed = np.asarray(needs[0].any(axis=1))
        closing = ladder.taught.module[needed[ladder.taught.competence]]
        self.modules = np.union1d(closing, np.flatnonzero(~ladder.mapped))
        self.place = _places(self.modules, len(ladder.mapped))
        taught, expected = (self._offered(one) for one in (ladder.taught, ladder.entry))
        self.competences = np.unique(
            np.concatenate([np.flatnonzero(needed), taught.competence, expected.competence])
        )
        self.at = _places(self.competences, len(needed))
        self.need = [need[self.competences] for need in needs]
        self.taught, expected = (
            replace(one, competence=self.at[one.competence]) for one in (taught, expected)
        )
        self.keys = self._keys(expected)

    def _offered(self, triples: Taught) -> Triples:
        place = self.place[triples.module]
        all_of = Triples(place, triples.competence, triples.level)
        return all_of.where(place >= 0)

    def _keys(self, expected: Triples) -> Keys:
        """A module counts as lifting no higher than the highest level needed."""
        steps = np.arange(1, self.width)
        highest = np.where(self.need[0] > 0, steps, 0).max(axis=1, initial=0)
        level = np.minimum(self.taught.level, highest[self.taught.competence])
        gains = replace(self.taught, level=level).where(level > 0)
        return Keys(self.need[0], gains, expected, self.ladder.mapped[self.modules])

    # --- cells ----------------------------------------------------------------------------------

    @property
    def width(self) -> int:
        """Cells of one run."""
        return self.ladder.top + 1

    def cells(self, competence: Positions, states: States, state: Positions) -> Ints:
        """The runs of some states of some competences, shape (c, L + 1, 4).

        In `fagprofil.ladder.UNIT`; the steps held in 1 / `fagprofil.standing.CERTAIN`.
        """
        steps = states.steps[state]
        missing = unmet(self._needs.take(competence, axis=1), steps)
        return closes(np.concatenate([missing, steps[None]])).transpose(1, 2, 0)

    @cached_property
    def _needs(self) -> Ints:
        return np.stack(self.need)

    @cached_property
    def common_cells(self) -> Ints:
        """The cells of the states that many share, by competence, state and level, (4, cells)."""
        states = self.ladder.common_states
        competence, state = np.indices((len(self.competences), len(states))).reshape(2, -1)
        cells = self.cells(competence, states, state).reshape(-1, HELD + 1)
        return np.ascontiguousarray(cells.T)

    # --- what modules teach -----------------------------------------------------------------------

    @cached_property
    def teaching(self) -> tuple[Positions, Positions]:
        """What each module teaches, one thing after another, shape (T, modules + 1).

        Competences, and levels; filled up with level 0 of the first. The last is no module.
        """
        module, competence, level = self.taught.module, self.taught.competence, self.taught.level
        count = np.bincount(module, minlength=len(self.modules))
        slot = slots_of(count)
        shape = (int(count.max(initial=0)), len(self.modules) + 1)
        competences, levels = np.zeros(shape, dtype=np.intp), np.zeros(shape, dtype=np.intp)
        competences[slot, module] = competence
        levels[slot, module] = level
        return competences, levels

    @cached_property
    def first_cell(self) -> Positions:
        """The cell of all that is taught, in a competence's first state; shape (T, modules + 1)."""
        competences, levels = self.teaching
        return competences * (len(self.ladder.common_states) * self.width) + levels

    @cached_property
    def known_cells(self) -> NDArray[np.int32] | None:
        """The same in whole weights and steps, right for known levels; None if they are too large.

        In 1 / `fagprofil.ladder.NEED_UNITS`, and in steps.
        """
        cells = self.common_cells // CERTAIN
        room = 31 - self.ladder.bits
        return cells.astype(np.int32) if (self._most // CERTAIN) >> room == 0 else None

    @cached_property
    def steps(self) -> Ints:
        """What a step that is missing adds to the values of a cell of what is taught.

        Shape (T, L, 4, modules + 1); nothing above the level that is taught.
        """
        competences, levels = self.teaching
        climbed = np.arange(1, self.width)[:, None] <= levels[:, None]
        wanted = [need.T[:, competences] for need in self.need]
        values = [*wanted, np.full_like(wanted[0], -1)]
        return np.stack([value.swapaxes(0, 1) * climbed for value in values], axis=2)

    @cached_property
    def steps_taught(self) -> Ints:
        """Number of steps that each module teaches, shape (modules,)."""
        return np.asarray(self.ladder.taught.steps[self.modules])

    # --- of modules that were picked; the last entry is no module -------------------------------

    @cached_property
    def listed(self) -> NDArray[np.int32]:
        """Their positions in the catalogue's order, shape (modules + 1,)."""
        return np.append(self.modules, -1).astype(np.int32)

    @cached_property
    def steps_listed(self) -> NDArray[np.float64]:
        """Number of steps that each teaches, shape (modules + 1,); NaN where none."""
        steps = np.append(self.steps_taught, 0)
        return np.where(steps > 0, steps, np.nan)

    @cached_property
    def closing(self) -> NDArray[np.float64] | None:
        """1 where it is known what is taught, else NaN; (modules + 1,); None if all is known."""
        known = np.append(self.ladder.mapped[self.modules], True)
        return None if known.all() else np.where(known, 1.0, np.nan)

    @cached_property
    def most(self) -> float:
        """No module closes more at any time, in weights times steps."""
        return float(self._most * UNIT)

    @cached_property
    def _most(self) -> int:
        return int(self.common_cells[:HELD].max(initial=0)) * (len(self.teaching[0]) + 1)


def _places(chosen: Positions, count: int) -> Positions:
    """The place of each of so many among those chosen; -1 where it has none."""
    place = np.full(count, -1, dtype=np.intp)
    place[chosen] = np.arange(len(chosen))
    return place
