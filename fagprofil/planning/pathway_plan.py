"""What a plan is worth, and whether it keeps what must be kept, in exact whole numbers."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from fagprofil.planning.pathway_options import Ends
from fagprofil.planning.pathway_task import PathwayTask, Plan

__all__ = ["allows", "first_reached", "in_order", "satisfies", "tidied", "value"]


def in_order(plan: Plan) -> list[tuple[int, int]]:
    """A plan's periods and modules in their order."""
    return sorted((t, module) for module, t in plan.items())


def first_reached(task: PathwayTask, plan: Plan) -> dict[tuple[int, int], int]:
    """The first period by whose end each (competence, step) is reached by a plan's modules."""
    found: dict[tuple[int, int], int] = {}
    for t, module in in_order(plan):
        for k, level in task.teaches[module]:
            for step in range(1, level + 1):
                found.setdefault((k, step), t)
    return found


def value(task: PathwayTask, plan: Plan) -> int:
    """What a plan closes over the horizon, in `fagprofil.ladder.UNIT`."""
    reached = first_reached(task, plan)
    return sum(int(task.worth[t, k, step - 1]) for (k, step), t in reached.items())


def allows(task: PathwayTask, plan: Plan) -> bool:
    """Whether a plan breaks no rule and no limit, whatever else may be required."""
    return (
        _within(task, plan)
        and _entered(task, plan)
        and all(_due(task, plan, module) for module in plan)
        and _short_enough(task, plan)
        and task.purse.affordable({task.modules[i].id: t for i, t in plan.items()})
    )


def satisfies(task: PathwayTask, plan: Plan) -> bool:
    """Whether everything that is required is in a plan."""
    if task.lacking or not all(module in plan for module in task.required):
        return False
    if task.whole is None:
        return True
    least, counts = task.whole
    return int(sum(counts[module] for module in plan)) >= least


def tidied(task: PathwayTask, plan: Plan) -> dict[int, int]:
    """A plan without the modules that nothing is lost without, the largest ones first."""
    kept, worth = dict(plan), value(task, plan)
    for module in sorted(plan, key=lambda one: (-task.loads["ects"][one], -one)):
        less = {one: t for one, t in kept.items() if one != module}
        if value(task, less) == worth and satisfies(task, less) and allows(task, less):
            kept = less
    return kept


def _within(task: PathwayTask, plan: Plan) -> bool:
    """Whether loads keep their limits."""
    for _, loads, most in task.in_all:
        if sum(loads[module] for module in plan) > most:
            return False
    for _, loads, most in task.per_period:
        by_period = np.zeros(len(task.asked.periods), dtype=np.int64)
        for module, t in plan.items():
            by_period[t] += loads[module]
        if (by_period > most).any():
            return False
    if task.outside is not None:
        loads, most = task.outside
        return bool(sum(loads[module] for module in plan) <= most)
    return True


def _entered(task: PathwayTask, plan: Plan) -> bool:
    """Whether what modules expect is reached by modules of earlier periods."""
    reached = first_reached(task, plan)
    never = len(task.asked.periods)
    return all(
        reached.get(demand, never) < t
        for module, t in plan.items()
        for demand in task.demands[module]
    )


def _due(task: PathwayTask, plan: Plan, module: int) -> bool:
    """Whether a project comes when the rest of a programme is passed; any other module is due."""
    ends = list(_ends_of(task, module))
    return not ends or any(_passed(one, plan, plan[module]) for one in ends)


def _ends_of(task: PathwayTask, module: int) -> Iterator[Ends]:
    options = task.options
    for number in np.unique(options.ends[options.module == module]):
        if number >= 0:
            yield task.ends[number]


def _passed(ends: Ends, plan: Plan, t: int) -> bool:
    before = [module for module, when in plan.items() if when < t]
    done = sum(int(ends.counts[module]) for module in before)
    return done >= ends.least and all(module in before for module in ends.first)


def _short_enough(task: PathwayTask, plan: Plan) -> bool:
    """Whether a plan is done within the years that its programme gives."""
    used = set(plan.values())
    return not any(s in used and t in used for s, t in task.too_long)
