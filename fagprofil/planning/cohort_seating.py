"""A plan in the making: seats are given and taken while every limit is kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from fagprofil.planning.cohort_model import Family, Model
from fagprofil.planning.cohort_money import ORE
from fagprofil.planning.cohort_seats import Seats

__all__ = ["Seating"]

#: Rows that a seat fills whatever else is planned.
_COUNTED = (
    Family.ONCE,
    Family.CLASH,
    Family.CLASSES,
    Family.ECTS,
    Family.AWAY,
    Family.PRESENCE,
    Family.MIX,
)
_PERSONAL = frozenset({Family.ONCE, Family.CLASH, Family.CLASSES, Family.ECTS})
_SLACK = 1e-9


class Seating:
    """Which of the possible seats are given, and what each limit has left.

    The smallest size of a class is asked for by `few`: while a plan is made, classes grow.

    Parameters
    ----------
    model
        The program whose rows are kept.
    """

    def __init__(self, model: Model) -> None:
        self.seats: Seats = model.seats
        self.given = np.zeros(len(self.seats), dtype=np.bool_)
        self.size = np.zeros(len(self.seats.runs), dtype=np.intp)
        self.own: list[list[int]] = [[] for _ in range(len(self.seats.crowd))]
        self.spent = np.zeros(len(self.seats.crowd.units))
        self._fixed = np.array([run.fixed_cost or 0.0 for run in self.seats.runs])
        self._goes: Counter[tuple[int, int, int]] = Counter()
        counted = [j for j, one in enumerate(model.family) if one in _COUNTED]
        columns = model.matrix[counted, : len(self.seats)].tocsc()
        self._ends = columns.indptr.tolist()
        self._rows: list[int] = columns.indices.tolist()
        self._values: list[float] = columns.data.tolist()
        self._high: list[float] = model.high[counted].tolist()
        self._sum = [0.0] * len(counted)
        self._family = [model.family[j] for j in counted]
        limits, units = self.seats.limits, self.seats.crowd.units
        self._budgets = [limits.kroner(unit) for unit in units]
        self._together = [limits.keeps_together(unit) for unit in units]
        self._counts = limits.budget is not None or any(b is not None for b in self._budgets)
        self._must = _must_runs(self.seats)

    # --- what is given ------------------------------------------------------------------------

    def person(self, p: int) -> int:
        """Whose seat it is."""
        return int(self.seats.person[p])

    def run(self, p: int) -> int:
        """The class of a seat."""
        return int(self.seats.run[p])

    def modules(self, i: int, without: int | None = None) -> list[int]:
        """The modules that somebody takes."""
        return [int(self.seats.module[self.run(p)]) for p in self.own[i] if p != without]

    def gain(self, p: int) -> int:
        """What a seat closes beside the person's others, in `fagprofil.ladder.UNIT`."""
        i, m = self.person(p), int(self.seats.module[self.run(p)])
        others = self.modules(i, without=p)
        if not others:
            return int(self.seats.gain[p])
        return sum(self.seats.crowd.parts(i, [m], others).values())

    @property
    def value(self) -> int:
        """What all seats close, in `fagprofil.ladder.UNIT`."""
        crowd = self.seats.crowd
        return sum(crowd.worth(i, self.modules(i)) for i, own in enumerate(self.own) if own)

    def held(self) -> list[int]:
        """The classes that somebody attends."""
        return [int(r) for r in np.flatnonzero(self.size)]

    def members(self, r: int) -> list[int]:
        """The seats that are given in a class."""
        columns = self.seats.by_run[r]
        return [int(p) for p in columns[self.given[columns]]]

    def few(self) -> list[int]:
        """The classes that are attended by too few."""
        return [r for r in self.held() if self.size[r] < self.seats.least[r]]

    # --- what fits ----------------------------------------------------------------------------

    def fits(self, new: Sequence[int], old: Sequence[int] = (), but: Family | None = None) -> bool:
        """Whether seats can be given if others are taken away, all limits (but one) kept."""
        return all(one is but for one in self.broken(new, old))

    def able(self, p: int) -> bool:
        """Whether a person's own limits, and their other seats, let them have one more."""
        return not any(one in _PERSONAL for one in self._rows_broken([p], ()))

    def broken(self, new: Sequence[int], old: Sequence[int] = ()) -> Iterator[Family]:
        """The limits that would be broken by giving seats and taking others away."""
        sizes = Counter(self.run(p) for p in new)
        sizes.subtract(self.run(p) for p in old)
        if any(self.size[r] + more > self.seats.most[r] for r, more in sizes.items() if more > 0):
            yield Family.FULL
        yield from self._rows_broken(new, old)
        if any(self._apart(p, old) for p in new):
            yield Family.TOGETHER
        if self._counts:
            yield from self._overspent(new, old, sizes)

    def _rows_broken(self, new: Sequence[int], old: Sequence[int]) -> Iterator[Family]:
        change: dict[int, float] = {}
        for sign, several in ((1.0, new), (-1.0, old)):
            for p in several:
                for at in range(self._ends[p], self._ends[p + 1]):
                    row = self._rows[at]
                    change[row] = change.get(row, 0.0) + sign * self._values[at]
        for row, more in change.items():
            if more > _SLACK and self._sum[row] + more > self._high[row] + _SLACK:
                yield self._family[row]

    def _apart(self, p: int, old: Sequence[int]) -> bool:
        """Whether others of a unit that goes together are in another class of the module."""
        u = int(self.seats.crowd.unit[self.person(p)])
        if not self._together[u]:
            return False
        m, goes = int(self.seats.module[self.run(p)]), Counter(self._goes)
        goes.subtract(self._way(q) for q in old)
        runs = {r for (unit, module, r), n in goes.items() if (unit, module) == (u, m) and n > 0}
        return bool(runs - {self.run(p)})

    def _way(self, p: int) -> tuple[int, int, int]:
        r = self.run(p)
        return int(self.seats.crowd.unit[self.person(p)]), int(self.seats.module[r]), r

    def _overspent(
        self, new: Sequence[int], old: Sequence[int], sizes: Counter[int]
    ) -> Iterator[Family]:
        more = self._more(new, old)
        for u, kroner in more.items():
            budget = self._budgets[u]
            if budget is not None and kroner > 0 and self.spent[u] + kroner > budget + ORE:
                yield Family.UNIT_BUDGET
        budget = self.seats.limits.budget
        if budget is not None:
            after = {r: self.size[r] + n for r, n in sizes.items()}
            opened = sum(self._fixed[r] for r, n in after.items() if n and not self.size[r])
            closed = sum(self._fixed[r] for r, n in after.items() if not n and self.size[r])
            extra = sum(more.values()) + opened - closed
            if extra > 0 and self.kroner + extra > budget + ORE:
                yield Family.BUDGET

    def _more(self, new: Sequence[int], old: Sequence[int]) -> dict[int, float]:
        """What giving and taking seats costs each unit."""
        more: dict[int, float] = {}
        for i in sorted({self.person(p) for p in (*new, *old)}):
            before = [self.run(p) for p in self.own[i]]
            kept = [self.run(p) for p in self.own[i] if p not in old]
            after = kept + [self.run(p) for p in new if self.person(p) == i]
            u = int(self.seats.crowd.unit[i])
            costs = self.seats.costs
            more[u] = more.get(u, 0.0) + costs.net(i, after) - costs.net(i, before)
        return more

    @property
    def kroner(self) -> float:
        """What all of it costs after funding."""
        return float(self.spent.sum() + self._fixed[self.size > 0].sum())

    def needed(self, p: int) -> bool:
        """Whether somebody who must go would not, without this seat."""
        i, r = self.person(p), self.run(p)
        others = {self.run(q) for q in self.own[i] if q != p}
        return any(r in runs and not others & runs for runs in self._must.get(i, ()))

    def owed(self, p: int) -> bool:
        """Whether this seat would fulfil what is asked of somebody who must go, and nothing has."""
        i, r = self.person(p), self.run(p)
        own = {self.run(q) for q in self.own[i]}
        return any(r in runs and not own & runs for runs in self._must.get(i, ()))

    @property
    def unmet(self) -> bool:
        """Whether somebody who must go does not."""
        return any(
            not runs & {self.run(p) for p in self.own[i]}
            for i, wishes in self._must.items()
            for runs in wishes
        )

    # --- changes ------------------------------------------------------------------------------

    def give(self, p: int) -> None:
        """Give a seat, whatever the limits say."""
        self._change(p, 1)

    def take(self, p: int) -> None:
        """Take a seat away."""
        self._change(p, -1)

    def _change(self, p: int, sign: int) -> None:
        if self._counts:
            for u, kroner in self._more([p] if sign > 0 else [], [p] if sign < 0 else []).items():
                self.spent[u] += kroner
        self.given[p] = sign > 0
        self.size[self.run(p)] += sign
        own = self.own[self.person(p)]
        own.append(p) if sign > 0 else own.remove(p)
        self._goes[self._way(p)] += sign
        for at in range(self._ends[p], self._ends[p + 1]):
            self._sum[self._rows[at]] += sign * self._values[at]

    def deal(self, order: Iterable[int]) -> None:
        """Give the seats that fit, one after the other."""
        for p in order:
            if not self.given[p] and self.fits([p]):
                self.give(p)

    def close(self, r: int) -> None:
        """Take all seats of a class away."""
        for p in self.members(r):
            self.take(p)


def _must_runs(seats: Seats) -> dict[int, list[frozenset[int]]]:
    """For each person who must go, the runs of which one is to be attended, wish by wish."""
    found: dict[int, list[frozenset[int]]] = {}
    for wish in seats.wishes.must:
        found.setdefault(wish.person, []).append(frozenset(wish.runs))
    return found
