"""What is left of limits beside a plan, while modules are added to it one by one."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from fagprofil.planning.pathway_task import PathwayTask, Plan
from fagprofil.planning.purse import Payer, counted_together, ores

__all__ = ["Room"]

Ints = NDArray[np.int64]
#: More than any module costs, in øre.
_TOO_MUCH = 1 << 50


class Room:
    """The loads of a task's limits, and how much of each there is left."""

    def __init__(self, task: PathwayTask) -> None:
        self.task, self.periods = task, len(task.asked.periods)
        prices = [0.0 if one.price is None else one.price.middle for one in task.modules]
        self.price = np.array(prices)

    def left(self, plan: Plan) -> list[tuple[Ints, Ints]]:
        """The loads of each limit, shape (N, 1) or (N, T), and what is left, shape (T,)."""
        task = self.task
        in_all = [(loads, most) for _, loads, most in task.in_all]
        found = []
        for loads, most in in_all + ([task.outside] if task.outside is not None else []):
            used = sum(int(loads[module]) for module in plan)
            found.append((loads[:, None], np.full(self.periods, most - used, dtype=np.int64)))
        for _, loads, most in task.per_period:
            room = np.full(self.periods, most, dtype=np.int64)
            for module, t in plan.items():
                room[t] -= loads[module]
            found.append((loads[:, None], room))
        money = task.asked.limit("money")
        if money is not None:
            bill = task.purse.bill({task.modules[i].id: t for i, t in plan.items()})
            room = np.full(self.periods, ores(money) - ores(bill.net), dtype=np.int64)
            found.append((self.costs(plan), room))
        return found

    def costs(self, plan: Plan) -> Ints:
        """About what each module would cost beside a plan in each period, in øre, shape (N, T)."""
        task, options = self.task, self.task.options
        taken = {task.modules[i].id: t for i, t in plan.items()}
        paid: dict[tuple[str, int], float] = {}
        for line in task.purse.bill(taken).lines:
            for grant in line.grants:
                key = (grant.scheme, taken[line.module])
                paid[key] = paid.get(key, 0.0) + (grant.low + grant.high) / 2
        costs = np.full((len(task.modules), self.periods), _TOO_MUCH, dtype=np.int64)
        for way, payer in enumerate(task.payers):
            for t in range(self.periods):
                own = options.module[(options.payer == way) & (options.period == t)]
                used_up = all(self._open(name, t, paid) <= 0 for name in payer.after)
                if len(own) and used_up:
                    left = self.price[own] - self._pays(payer, t, self.price[own], paid)
                    whole = np.floor(left * 100 + 1e-6).astype(np.int64)
                    costs[own, t] = np.minimum(costs[own, t], whole)
        return costs

    def _pays(
        self,
        payer: Payer,
        t: int,
        price: NDArray[np.float64],
        paid: Mapping[tuple[str, int], float],
    ) -> NDArray[np.float64]:
        """What is paid of prices in a period."""
        schemes = self.task.asked.catalogue.funding
        total = np.zeros(len(price))
        for name in dict.fromkeys((payer.scheme, *payer.also)):
            if name is not None:
                share = schemes[name].share or 0.0
                total += np.minimum(share * price, max(0.0, self._open(name, t, paid)))
        return np.minimum(total, price)

    def _open(self, name: str, t: int, paid: Mapping[tuple[str, int], float]) -> float:
        """How far a scheme's cap goes for a module more in a period."""
        scheme, periods = self.task.asked.catalogue.funding[name], self.task.asked.periods
        if name not in self.task.caps:
            return float("inf")
        used = [0.0]
        for last in range(t, self.periods):
            together = counted_together(scheme, periods, last)
            if t in together:
                used.append(sum(paid.get((name, s), 0.0) for s in together))
        return self.task.caps[name] - max(used)
