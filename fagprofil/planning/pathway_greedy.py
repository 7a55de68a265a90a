"""A good pathway at once: what closes most per unit is taken first, then modules are exchanged.

The gain of a set of modules is monotone and submodular (G. Nemhauser, L. Wolsey and M. Fisher,
1978, "An analysis of approximations for maximizing submodular set functions"): what is left to gain
only shrinks, so picking greedily is good. A module that cannot be entered yet is picked together
with one that opens it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from fagprofil.ladder import closes
from fagprofil.planning.pathway_plan import allows, first_reached, satisfies, value
from fagprofil.planning.pathway_room import Room
from fagprofil.planning.pathway_task import PathwayTask, Plan

__all__ = ["Greedy"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]

#: So many modules are tried as the first one.
_STARTS = 8
#: So often modules are exchanged while it helps.
_ROUNDS = 4
#: So many modules that cannot be entered yet are looked at for each pick.
_LOCKED = 8


@dataclass(frozen=True, eq=False)
class _State:
    """What stands open at a moment of picking; each of shape (N, T).

    Attributes
    ----------
    gain, unit
        What a module would add in a period, and what that is divided by.
    free
        Whether it can be taken, but for its entry.
    short
        How many of its entry demands are not met.
    met
        Whether each entry demand is, shape (demands, T).
    """

    gain: Ints
    unit: Floats
    free: Mask
    short: NDArray[np.intp]
    met: Mask

    @property
    def score(self) -> Floats:
        """What each module adds per unit, 0 where it cannot be taken."""
        return np.where(self.free & (self.short == 0), self.gain / self.unit, 0.0)


class Greedy:
    """Builds plans for a task; all gains at once by one sparse product for each pick."""

    def __init__(self, task: PathwayTask) -> None:
        self.task, self.periods = task, len(task.asked.periods)
        self.room = Room(task)
        width, count = task.worth.shape[2] + 1, len(task.modules)
        rows = [(i, k * width + level) for i in range(count) for k, level in task.teaches[i]]
        row, column = np.array(rows, dtype=np.intp).reshape(-1, 2).T
        size = (count, task.worth.shape[1] * width)
        self.picker = sp.csr_array((np.ones(len(row), np.int64), (row, column)), shape=size)
        demands = [(i, k, least) for i in range(count) for k, least in task.demands[i]]
        self.demanding, self.demanded, self.least = np.array(demands, np.intp).reshape(-1, 3).T
        place = (self.demanding, np.arange(len(demands)))
        ones = np.ones(len(demands), np.int64)
        self.demands = sp.csr_array((ones, place), shape=(count, len(demands)))
        names = [name for name, *_ in (*task.in_all, *task.per_period)]
        money = task.asked.limit("money") is not None
        self.modes = ["plain"]
        self.modes += ["ects"] * bool({"ects", "ects_per_period"} & set(names))
        self.modes += ["tightest"] * (bool(names) or money)

    def best(self, start: Plan) -> dict[int, int]:
        """A plan that holds all of `start`, as good as is found.

        Parameters
        ----------
        start
            What is required; a plan that breaks nothing.
        """
        plan = self._most(one for mode in self.modes for one in self._started(start, mode))
        fixed = frozenset(self.task.required)
        for _ in range(_ROUNDS):
            better = self._most([plan, *self.exchanges(plan, fixed).values()])
            if value(self.task, better) <= value(self.task, plan):
                return plan
            plan = better
        return plan

    def _started(self, start: Plan, mode: str) -> Iterator[dict[int, int]]:
        """A plan filled up, and others that begin with each of the modules that score best."""
        yield self.fill(start, mode)
        score = self._state(start, mode, ~self.task.offered).score
        for module in np.argsort(-score.max(axis=1, initial=0.0), kind="stable")[:_STARTS]:
            first = {**start, int(module): int(score[module].argmax())}
            if score[module].any() and allows(self.task, first):
                yield self.fill(first, mode)

    def exchanges(self, plan: Plan, fixed: Collection[int] = ()) -> dict[int, dict[int, int]]:
        """By module of a plan, the plan without it, filled up again."""
        found = {}
        for module in sorted(plan.keys() - set(fixed)):
            rest = self._kept({one: t for one, t in plan.items() if one != module})
            tried = [self.fill(rest, mode, banned=[module]) for mode in self.modes]
            good = [one for one in tried if satisfies(self.task, one)]
            if good:
                found[module] = self._most(good)
        return found

    def _kept(self, plan: Plan) -> dict[int, int]:
        """A plan without the modules whose entry or turn came by others that are gone."""
        kept: dict[int, int] = {}
        for module, t in sorted(plan.items(), key=lambda one: (one[1], one[0])):
            if allows(self.task, {**kept, module: t}):
                kept[module] = t
        return kept

    def _most(self, plans: Iterable[dict[int, int]]) -> dict[int, int]:
        """The plan that is worth most; the first of several."""
        return max(plans, key=lambda one: value(self.task, one))

    def fill(self, start: Plan, mode: str, banned: Collection[int] = ()) -> dict[int, int]:
        """Add modules to a plan, what closes most per unit first, until nothing fits."""
        plan = dict(start)
        shut = ~self.task.offered
        shut[list(banned)] = True
        while pick := self._next(plan, mode, shut):
            plan.update(pick)
        return plan

    def _next(self, plan: Plan, mode: str, shut: Mask) -> dict[int, int]:
        """The module to take next, perhaps with one that opens it; nothing where none helps."""
        state = self._state(plan, mode, shut)
        score = state.score
        for pair, least in self._pairs(state, float(score.max(initial=0.0))):
            if least > score.max() and allows(self.task, {**plan, **pair}):
                return pair
        while score.any():
            module, t = (int(x) for x in np.unravel_index(score.argmax(), score.shape))
            if allows(self.task, {**plan, module: t}):
                return {module: t}
            # What cannot be paid now cannot be paid later; a project may still come of age.
            score[module, t] = 0
            shut[module, t] = not self.task.modules[module].project
        return {}

    def _state(self, plan: Plan, mode: str, shut: Mask) -> _State:
        free = ~shut
        free[list(plan)] = False
        rooms, met = self.room.left(plan), self.met(plan)
        for loads, room in rooms:
            free &= loads <= room
        return _State(self.gains(plan), self._unit(rooms, mode), free, self.demands @ ~met, met)

    def _pairs(self, state: _State, best: float) -> Iterator[tuple[dict[int, int], float]]:
        """Modules with ones that open them that score better than the best single one."""
        alone = np.where(state.free & (state.short == 1), state.gain / state.unit, 0.0)
        promising = np.argsort(-alone, axis=None, kind="stable")[:_LOCKED]
        found: list[tuple[float, dict[int, int]]] = []
        for module, t in zip(*np.unravel_index(promising, alone.shape), strict=True):
            # A pair scores no better than the better one of the two.
            if alone[module, t] <= best:
                break
            (demand,) = np.flatnonzero((self.demanding == module) & ~state.met[:, t])
            openers = self._lifting(int(self.demanded[demand]), int(self.least[demand]))
            open_ = (state.free & (state.short == 0))[openers, :t]
            both = state.gain[openers, :t] + state.gain[module, t]
            score = np.where(open_, both / (state.unit[openers, :t] + state.unit[module, t]), 0.0)
            if score.max(initial=0.0) > best:
                at = np.unravel_index(score.argmax(), score.shape)
                pair = {int(openers[at[0]]): int(at[1]), int(module): int(t)}
                found.append((float(score[at]), pair))
        for score_, pair in sorted(found, key=lambda one: -one[0]):
            yield pair, score_

    def _lifting(self, k: int, least: int) -> NDArray[np.intp]:
        """The modules that lift to a level."""
        width = self.task.worth.shape[2] + 1
        columns = self._columns[:, [k * width + level for level in range(least, width)]]
        return np.unique(columns.nonzero()[0])

    @cached_property
    def _columns(self) -> sp.csc_array:
        return self.picker.tocsc()

    def gains(self, plan: Plan) -> Ints:
        """What each module would add in each period, shape (N, T)."""
        worth, had = self.task.worth, np.zeros(self.task.worth.shape[1:], dtype=np.int64)
        for (k, step), t in first_reached(self.task, plan).items():
            had[k, step - 1] = worth[t, k, step - 1]
        table = closes(np.maximum(worth - had, 0)).reshape(self.periods, -1)
        return np.asarray(self.picker @ table.T)

    def met(self, plan: Plan) -> Mask:
        """Whether each entry demand is met in each period, shape (demands, T)."""
        level = np.zeros((self.periods, len(self.task.held)), dtype=np.intp)
        for (k, step), t in first_reached(self.task, plan).items():
            level[t + 1 :, k] = np.maximum(level[t + 1 :, k], step)
        return np.asarray((level[:, self.demanded] >= self.least).T)

    def _unit(self, rooms: Sequence[tuple[Ints, Ints]], mode: str) -> Floats:
        """What gains are divided by, shape (N, T): 1, ECTS, or the largest share of a limit."""
        unit = np.ones((len(self.task.modules), self.periods))
        if mode == "ects":
            size = self.task.loads["ects"][:, None]
            unit *= np.where(size > 0, size, 1)
        elif mode == "tightest":
            unit *= 1e-6
            for loads, room in rooms:
                unit = np.maximum(unit, loads / np.maximum(room, 1))
        return unit
