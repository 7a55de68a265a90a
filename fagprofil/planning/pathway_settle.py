"""One plan among equally good ones, so that the answer does not depend on a solver's path.

Among plans of the same value those with fewer ECTS come first, then those with fewer modules, then
those whose modules come first in the catalogue (the one that has the first module in which two
differ), then those that take them earlier (the first module in which two differ). The last two are
found where few options are left; where many plans are equal, that is a harder question than which
value is best, and it is not asked.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fagprofil.planning.pathway_model import SCALE, Rows
from fagprofil.planning.pathway_plan import value
from fagprofil.planning.pathway_solver import CALM, HALF, PathwaySolver

__all__ = ["settled"]

#: So many choices are decided at once, each weighing twice the next.
_TOGETHER = 16
#: So often it is looked for modules that other equally good plans have.
_LOOKS = 3
#: With more options than this, the catalogue's order is not asked for.
_MOST = 400


def settled(
    solver: PathwaySolver, core: NDArray[np.bool_], plan: dict[int, int]
) -> tuple[dict[int, int], bool]:
    """The first of the plans that are worth as much as a best one.

    Parameters
    ----------
    solver
        Of the plan's task.
    core
        The options that a best plan can have, shape (O,).
    plan
        A best plan.

    Returns
    -------
    A plan, and whether it is the first one.
    """
    settling = _Settling(solver, core, float(value(solver.task, plan)))
    least = settling.least()
    if least is None:
        return plan, False
    few = int(settling.core.sum()) <= _MOST
    chosen = settling.modules(least) if few else least
    if chosen is None:
        return least, False
    timed = settling.periods(chosen)
    return (chosen, False) if timed is None else (timed, few)


class _Settling:
    """Decides between plans criterion by criterion; each is kept when the next is asked for."""

    def __init__(self, solver: PathwaySolver, core: NDArray[np.bool_], worth: float) -> None:
        self.solver, self.task, self.core = solver, solver.task, core.copy()
        self.rows, gain = Rows(), solver.model.gain
        columns = np.flatnonzero(gain)
        self.worth = worth
        self.rows.add([(columns, -gain[columns] * CALM)], -(worth - HALF) * SCALE * CALM)

    def least(self) -> dict[int, int] | None:
        """A plan with the fewest ECTS, and of these with the fewest modules."""
        ects = self.task.loads["ects"]
        divisor = int(np.gcd.reduce(ects)) or 1
        weight = (ects // divisor) * (len(self.task.modules) + 1) + 1
        load = weight[self.task.options.module].astype(np.float64)
        found = self._maximise(-load)
        if found is not None:
            most = float(sum(weight[i] for i in found))
            self.rows.add([(np.arange(len(load)), load)], most + HALF)
        return found

    def modules(self, plan: dict[int, int]) -> dict[int, int] | None:
        """A plan whose modules come first in the catalogue."""
        of = self.task.options.module
        if not self._others(plan):
            return None
        left = np.unique(of[self.core]).tolist()
        if len(left) == len(plan):
            return plan
        chosen: dict[int, int] | None = plan
        for start in range(0, len(left), _TOGETHER):
            some = left[start : start + _TOGETHER]
            weight = np.zeros(len(self.task.modules))
            weight[some] = 2.0 ** np.arange(len(some))[::-1]
            chosen = self._maximise(weight[of])
            if chosen is None:
                return None
            self.core &= ~np.isin(of, [i for i in some if i not in chosen])
            for i in [one for one in some if one in chosen]:
                self.rows.add([(np.flatnonzero(of == i), -1.0)], -1.0)
        return chosen

    def _others(self, plan: dict[int, int]) -> bool:
        """Leave out modules that no such plan has; False where it was not found in time."""
        of, seen = self.task.options.module, set(plan)
        for _ in range(_LOOKS):
            new = ~np.isin(of, list(seen)) & self.core
            found = self._maximise(new.astype(np.float64)) if new.any() else plan
            if found is None:
                return False
            if not found.keys() - seen:
                self.core &= ~new
                return True
            seen |= found.keys()
        return True

    def periods(self, plan: dict[int, int]) -> dict[int, int] | None:
        """The plan that takes these modules earliest, the first ones above all."""
        options, chosen = self.task.options, dict[int, int](plan)
        self.core &= np.isin(options.module, list(plan))
        modules, base = sorted(plan), len(self.task.asked.periods)
        together = max(1, int(_TOGETHER / np.log2(base + 1)))
        for start in range(0, len(modules), together):
            some = modules[start : start + together]
            weight = np.zeros(len(self.task.modules))
            weight[some] = float(base) ** np.arange(len(some))[::-1]
            found = self._maximise(-weight[options.module] * options.period)
            if found is None:
                return None
            chosen = found
            for i in some:
                self.core &= (options.module != i) | (options.period == chosen[i])
        return chosen

    def _maximise(self, weight: NDArray[np.float64]) -> dict[int, int] | None:
        """The best plan by another objective on the options; None where not found in time."""
        objective = np.zeros(len(self.solver.model.bounds))
        objective[: len(weight)] = weight
        solved = self.solver.best(self.core, objective, self.rows)
        if solved.plan is None or not solved.proven:
            return None
        return solved.plan if value(self.task, solved.plan) == self.worth else None
