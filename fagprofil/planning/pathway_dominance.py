"""Options that another one can stand in for, so that the best plan does without them.

Module *a* stands in for *b* in a period where it teaches at least what *b* does of that which
matters, expects no more, weighs no more on any limit, and comes first among equals. A plan with *b*
is no worse with *a* instead, and one with both is no worse without *b*.
"""

from __future__ import annotations

from collections.abc import Collection
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from fagprofil.planning.pathway_task import PathwayTask

__all__ = ["Dominance"]

Mask = NDArray[np.bool_]
Positions = NDArray[np.intp]


class Dominance:
    """Which modules of a task stand in for which."""

    def __init__(self, task: PathwayTask) -> None:
        self.task = task
        self._replaced = self._free()
        self._better = [self._stand_ins(b) for b in range(len(task.modules))]

    def standing(self, spared: Collection[int] = ()) -> Mask:
        """The options for which none stands in, shape (O,).

        Parameters
        ----------
        spared
            Modules that plans may have to do without, and that so stand in for nothing.
        """
        options, offered = self.task.options, self.task.offered
        kept = np.ones(len(self.task.modules), dtype=np.bool_)
        kept[list(spared)] = False
        hidden = np.zeros_like(offered)
        for b, better in enumerate(self._better):
            some = better[kept[better]]
            if len(some):
                hidden[b] = offered[some].any(axis=0)
        return np.asarray(~hidden[options.module, options.period])

    def _free(self) -> Mask:
        """The modules that count for nothing but what they teach, shape (N,)."""
        task = self.task
        counts = [one.counts for one in task.ends] + ([task.whole[1]] if task.whole else [])
        free = np.array([not one.project for one in task.modules], dtype=np.bool_)
        free[list(task.required)] = False
        for one in counts:
            free &= one == 0
        return free

    def _stand_ins(self, b: int) -> Positions:
        """The modules that stand in for one."""
        teaches = self._effect[b].nonzero()[0]
        if not self._replaced[b] or not len(teaches) or self._payments is None:
            return np.zeros(0, dtype=np.intp)
        some = np.flatnonzero(self._effect[:, teaches[0]] >= self._effect[b, teaches[0]])
        some = some[(self._effect[some][:, teaches] >= self._effect[b, teaches]).all(axis=1)]
        some = some[(self._expected[some] <= self._expected[b]).all(axis=1)]
        some = some[(self._weights[some] <= self._weights[b]).all(axis=1)]
        some = some[(self._payments[some] == self._payments[b]).all(axis=1)]
        lighter = self._weights[some, 0] < self._weights[b, 0]
        projects = np.array([self.task.modules[a].project for a in some], dtype=np.bool_)
        return np.asarray(some[(lighter | (some < b)) & ~projects])

    @cached_property
    def _effect(self) -> NDArray[np.int8]:
        """The highest step up to what is taught that closes something or opens a module."""
        task = self.task
        matters: Mask = np.asarray((task.worth > 0).any(axis=0))
        for demands in task.demands:
            for k, least in demands:
                matters[k, least - 1] = True
        steps = np.arange(1, matters.shape[1] + 1) * matters
        highest = np.maximum.accumulate(steps, axis=1).astype(np.int8)
        effect = np.zeros((len(task.modules), len(matters)), dtype=np.int8)
        for i, teaches in enumerate(task.teaches):
            for k, level in teaches:
                effect[i, k] = highest[k, level - 1]
        return np.asarray(effect[:, matters.any(axis=1)])

    @cached_property
    def _expected(self) -> NDArray[np.int8]:
        """What modules expect and is not held, over the competences of which any does."""
        task = self.task
        place = {k: n for n, k in enumerate(sorted({k for x in task.demands for k, _ in x}))}
        expected = np.zeros((len(task.modules), len(place)), dtype=np.int8)
        for i, demands in enumerate(task.demands):
            for k, least in demands:
                expected[i, place[k]] = least
        return expected

    @cached_property
    def _weights(self) -> NDArray[np.float64]:
        """What modules weigh on limits, ECTS first; shape (N, weights)."""
        task, weights = self.task, [self.task.loads["ects"].astype(np.float64)]
        weights += [loads.astype(np.float64) for _, loads, _ in (*task.in_all, *task.per_period)]
        if task.outside is not None:
            weights.append(task.outside[0].astype(np.float64))
        if task.asked.limit("money") is not None:
            prices = [one.price for one in task.modules]
            weights += [
                np.array([0.0 if one is None else getattr(one, end) for one in prices])
                for end in ("low", "high")
            ]
        return np.column_stack(weights)

    @cached_property
    def _payments(self) -> Positions | None:
        """Who pays for each module in each period, -1 for nobody; None where it is not settled.

        Where a scheme pays only once another's cap is used up, a cheaper module may make others
        dearer, so none stands in for another.
        """
        task, options = self.task, self.task.options
        if any(task.payers[way].after or task.payers[way].also for way in set(options.payer)):
            return None
        found = np.full(task.offered.shape, -1, dtype=np.intp)
        found[options.module, options.period] = options.payer
        pairs = set(zip(options.module, options.period, options.payer, strict=True))
        if len(pairs) > np.count_nonzero(task.offered):
            return None
        return found
