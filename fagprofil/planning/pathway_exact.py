"""The best pathway, and plans that are nearly as good.

First a good plan at once, then the relaxation's bounds, which leave few options for a better one,
then the exact choice among these.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from fagprofil.planning.pathway_dominance import Dominance
from fagprofil.planning.pathway_greedy import Greedy
from fagprofil.planning.pathway_model import SCALE
from fagprofil.planning.pathway_plan import satisfies, tidied, value
from fagprofil.planning.pathway_settle import settled
from fagprofil.planning.pathway_solver import HALF, Effort, PathwaySolver, Relaxed
from fagprofil.planning.pathway_task import PathwayTask, Plan

__all__ = ["Exact", "Searched", "any_plan"]

Mask = NDArray[np.bool_]

#: A search that takes more nodes than this is a hard one.
_HARD = 14
#: So many columns the programs may have together that choose among equals, and those that look for
#: alternatives: four and two of a large catalogue.
_SETTLING, _ALTERNATIVES = 3_000, 1_200


@dataclass(frozen=True)
class Searched:
    """What a search gave.

    Attributes
    ----------
    plan
        The best plan found; None where there is none, or none was found.
    bound
        An upper bound on the value of every plan, in units.
    proven
        Whether no plan is worth more; without one, whether there is none.
    settled
        Whether it is the first among equals as well.
    others
        Plans that each lack a module of it, best first.
    """

    plan: dict[int, int] | None
    bound: float
    proven: bool
    settled: bool = False
    others: tuple[dict[int, int], ...] = field(default=())


class Exact:
    """Searches a task for its best plans."""

    def __init__(self, task: PathwayTask, effort: Effort) -> None:
        self.task, self.effort = task, effort
        self.solver = PathwaySolver(task, effort)
        self.greedy = Greedy(task)
        self.dominance = Dominance(task)

    def search(self, alternatives: int) -> Searched:
        """The best plan, and the best ones without one of its modules.

        Parameters
        ----------
        alternatives
            At most so many others.
        """
        required = self.task.required or self.task.whole is not None
        start = None if required else self.greedy.best({})
        relaxed = self.solver.relax()
        standing = self.dominance.standing()
        before = self.effort.nodes
        solved = self.solver.climb(standing, relaxed, start)
        if solved.plan is None:
            return Searched(None, relaxed.bound / SCALE, solved.proven)
        plan, first = tidied(self.task, solved.plan), False
        bound = min(relaxed.bound, solved.bound) / SCALE
        hard = before - self.effort.nodes > _HARD
        self._go_on(_SETTLING, hard=hard)
        if solved.proven:
            core = standing & self._could_be(relaxed, plan)
            plan, first = settled(self.solver, core, plan)
        self._go_on(_ALTERNATIVES, hard=hard)
        others = self._others(plan, relaxed, alternatives)
        return Searched(plan, bound, solved.proven, first, tuple(others))

    def _go_on(self, columns: int, *, hard: bool) -> None:
        """Allot effort to what comes after the best plan; who sets a time has it all used."""
        if self.effort.until is None:
            # After a hard search the next would be as hard, and matters less.
            self.effort.columns = 0 if hard else columns

    def _could_be(self, relaxed: Relaxed, plan: Plan) -> Mask:
        """The options that a plan at least as good could have."""
        least = (value(self.task, plan) - HALF) * SCALE
        return np.asarray(relaxed.with_option >= least)

    def _others(self, plan: Plan, relaxed: Relaxed, most: int) -> list[dict[int, int]]:
        """The best plans that each lack a module of a plan, no set of modules twice."""
        free = sorted(set(plan) - set(self.task.required)) if most else []
        best = self.greedy.exchanges(plan, self.task.required) if most else {}
        # The modules that are missed least are tried first.
        for module in sorted(free, key=lambda one: -relaxed.without[one]):
            ranked = self._ranked(best)
            least = value(self.task, ranked[most - 1]) if len(ranked) >= most else -1
            other = self._without(module, plan, best.get(module), relaxed, least)
            if other is not None:
                best[module] = other
        return self._ranked(best)[:most]

    def _ranked(self, plans: Mapping[int, dict[int, int]]) -> list[dict[int, int]]:
        """Plans, the most valuable first, no set of modules twice."""
        found: dict[frozenset[int], dict[int, int]] = {}
        for one in sorted(plans.values(), key=lambda one: (-value(self.task, one), sorted(one))):
            found.setdefault(frozenset(one), one)
        return list(found.values())

    def _without(
        self,
        module: int,
        plan: Plan,
        near: dict[int, int] | None,
        relaxed: Relaxed,
        least: int,
    ) -> dict[int, int] | None:
        """The best plan without a module, if it is worth more than `least` and the one near by."""
        least = max(least, -1 if near is None else value(self.task, near))
        if min(relaxed.without[module] / SCALE, value(self.task, plan)) < least + HALF:
            return None
        standing = self.dominance.standing([module]) & (self.task.options.module != module)
        tighter = self.solver.relax(standing & (relaxed.with_option >= (least + HALF) * SCALE))
        if tighter.bound < (least + HALF) * SCALE:
            return None
        other = self.solver.climb(standing, tighter, near).plan
        return None if other is None else tidied(self.task, other)


def any_plan(task: PathwayTask, effort: Effort) -> Searched:
    """Any plan that has all that is required."""
    solver = PathwaySolver(task, effort)
    nothing = np.zeros(len(solver.model.bounds))
    solved = solver.best(np.ones(len(task.options), dtype=np.bool_), nothing)
    if solved.plan is not None and not satisfies(task, solved.plan):
        return Searched(None, 0.0, proven=False)
    return Searched(solved.plan, 0.0, solved.proven)
