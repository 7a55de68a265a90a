"""Budgets, as rows of the linear program, and what funds do not pay twice.

A seat enters with the least that it can cost. What a person's seats cost beyond that, since caps
count over all of them, is a column of its own. It is bounded by what is plain beforehand, and by
what the bill says of the sets of seats that came up; so the program never overstates a cost, its
bound holds, and a plan is accepted when its bill keeps the budgets.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from fagprofil.planning.cohort_model import Family, Sheet
from fagprofil.planning.cohort_seats import Seats

__all__ = ["ORE", "Money", "Overrun"]

Floats = NDArray[np.float64]

#: Kroner are counted in thousands, so that the numbers of the program are alike in size.
_THOUSAND = 1000.0
#: Half an øre: sums of kroner that differ by less are the same.
ORE = 0.005
#: Two starts at most so many days apart are in the same 12 months.
_YEAR = 364


@dataclass(frozen=True, slots=True)
class Overrun:
    """A budget that is broken: of a unit, or of all (None)."""

    unit: int | None
    spent: float
    budget: float


@dataclass(frozen=True, eq=False)
class Money:
    """The budgets of a plan.

    Attributes
    ----------
    seats
        The possible seats.
    extra
        The column of what seats cost a person beyond the least, of those of whom they may.
    """

    seats: Seats
    extra: Mapping[int, int]

    @classmethod
    def written(cls, sheet: Sheet, seats: Seats) -> Money:
        """The budgets, once their rows are on a sheet."""
        own = Money(seats, {})
        people = [i for i in np.unique(seats.person).tolist() if own.counts(i) and own._depends(i)]
        money = Money(seats, dict(zip(people, sheet.new(len(people)).tolist(), strict=True)))
        for i in people:
            money._caps(sheet, i)
        money._budgets(sheet)
        return money

    @cached_property
    def budgets(self) -> tuple[float | None, ...]:
        """The budget of each unit in kroner; None is no limit."""
        return tuple(self.seats.limits.kroner(unit) for unit in self.seats.crowd.units)

    def counts(self, i: int) -> bool:
        """Whether a budget counts what a person's seats cost."""
        unit = self.seats.crowd.unit[i]
        return self.seats.limits.budget is not None or self.budgets[unit] is not None

    @cached_property
    def least(self) -> Floats:
        """The least that each seat can cost in kroner where a budget counts it, shape (P,)."""
        person, costs = self.seats.person, self.seats.costs
        # Of somebody's only possible seat the price is known.
        alone = np.bincount(person, minlength=len(self.seats.crowd))[person] == 1
        least = [
            0.0 if not self.counts(i) else (costs.net(i, [r]) if alone[p] else costs.least(i, r))
            for p, (i, r) in enumerate(zip(person.tolist(), self.seats.run.tolist(), strict=True))
        ]
        return np.array(least)

    @cached_property
    def fixed(self) -> Floats:
        """What each class costs besides its seats, in kroner, shape (R,)."""
        return np.array([run.fixed_cost or 0.0 for run in self.seats.runs], dtype=np.float64)

    @property
    def most_extra(self) -> Floats:
        """No person's seats cost more beyond the least, in the program's unit."""
        slices = [self.seats.of_person(i) for i in self.extra]
        gross = [self.seats.costs.gross(r) or 0.0 for r in range(len(self.seats.runs))]
        prices = np.array(gross, dtype=np.float64)[self.seats.run]
        return np.array([prices[one].sum() / _THOUSAND for one in slices], dtype=np.float64)

    def _depends(self, i: int) -> bool:
        """Whether what a seat costs a person can depend on their other seats."""
        costs, runs = self.seats.costs, self.seats.run[self.seats.of_person(i)].tolist()
        return len(runs) > 1 and any(
            costs.capped(i, r) or costs.least(i, r) < costs.net(i, [r]) - ORE for r in runs
        )

    def _caps(self, sheet: Sheet, i: int) -> None:
        """What is plain beforehand of what a person's seats cost beyond the least."""
        seats, costs = self.seats, self.seats.costs
        own = range(*seats.of_person(i).indices(len(seats)))
        for p in own:
            self._dearer(sheet, i, (p,))
        funds = {name for p in own for name in costs.paying(i, int(seats.run[p]))}
        if len(funds) == 1:
            fund = seats.crowd.ladder.catalogue.funding[funds.pop()]
            if fund.cap is not None:
                self._one_fund(sheet, i, fund.cap, fund.cap_period == "calendar-year")

    def _one_fund(self, sheet: Sheet, i: int, cap: float, by_year: bool) -> None:
        """Where one fund alone pays, what it does not pay beyond its cap in a period."""
        seats, own = self.seats, np.arange(*self.seats.of_person(i).indices(len(self.seats)))
        starts = [seats.runs[r].start for r in seats.run[own].tolist()]
        gross = [seats.costs.gross(r) or 0.0 for r in seats.run[own].tolist()]
        paid = np.array(gross) - self.least[own]
        for first in sorted(set(starts)):
            within = np.array(
                [
                    one.year == first.year if by_year else 0 <= (one - first).days <= _YEAR
                    for one in starts
                ]
            )
            if paid[within].sum() > cap + ORE:
                where = np.append(own[within], self.extra[i])
                values = np.append(paid[within], -_THOUSAND) / _THOUSAND
                sheet.add(Family.FUNDING, where, values, high=cap / _THOUSAND, about=(i,))

    def _dearer(self, sheet: Sheet, i: int, chosen: Sequence[int]) -> bool:
        """What the bill says of one set of a person's seats, if it is more than the least."""
        seats = self.seats
        own = np.arange(*seats.of_person(i).indices(len(seats)))
        more = seats.costs.net(i, seats.run[list(chosen)].tolist()) - self.least[list(chosen)].sum()
        if more <= ORE:
            return False
        among = np.isin(own, chosen)
        values = np.append(np.where(among, more, -more), -_THOUSAND) / _THOUSAND
        high = more * (len(chosen) - 1) / _THOUSAND
        sheet.add(Family.FUNDING, np.append(own, self.extra[i]), values, high=high, about=(i,))
        return True

    def beyond(self, i: int, own: Sequence[int]) -> float:
        """What a person's seats cost beyond the least, in the program's unit."""
        seats = list(own)
        more = self.seats.costs.net(i, self.seats.run[seats].tolist()) - self.least[seats].sum()
        return float(max(0.0, more) / _THOUSAND)

    def cuts(self, sheet: Sheet, chosen: NDArray[np.bool_]) -> int:
        """Write what the bill says of people's chosen seats; how many rows that makes."""
        own = self._chosen(chosen)
        return sum(self._dearer(sheet, i, own[i]) for i in self.extra if len(own.get(i, ())) > 1)

    def _chosen(self, chosen: NDArray[np.bool_]) -> dict[int, list[int]]:
        found: dict[int, list[int]] = {}
        for p in np.flatnonzero(chosen).tolist():
            found.setdefault(int(self.seats.person[p]), []).append(p)
        return found

    def _budgets(self, sheet: Sheet) -> None:
        seats, budget = self.seats, self.seats.limits.budget
        unit = seats.crowd.unit[seats.person]
        columns = np.arange(len(seats), dtype=np.intp)
        for u, most in enumerate(self.budgets):
            if most is not None:
                own = columns[unit == u]
                extra = [c for i, c in self.extra.items() if seats.crowd.unit[i] == u]
                self._budget(sheet, Family.UNIT_BUDGET, own, extra, most, (u,))
        if budget is not None:
            self._budget(sheet, Family.BUDGET, columns, list(self.extra.values()), budget, ())

    def _budget(
        self,
        sheet: Sheet,
        family: Family,
        own: NDArray[np.intp],
        extra: Sequence[int],
        most: float,
        about: tuple[object, ...],
    ) -> None:
        where = [own, np.array(extra, dtype=np.intp)]
        values = [self.least[own] / _THOUSAND, np.ones(len(extra))]
        if family is Family.BUDGET:
            where.append(len(self.seats) + np.flatnonzero(self.fixed))
            values.append(self.fixed[self.fixed > 0] / _THOUSAND)
        columns, kroner = np.concatenate(where), np.concatenate(values)
        sheet.add(
            family, columns[kroner != 0], kroner[kroner != 0], high=most / _THOUSAND, about=about
        )

    def overruns(self, chosen: NDArray[np.bool_]) -> Iterator[Overrun]:
        """The budgets that chosen seats break, by the bill."""
        seats = self.seats
        if seats.limits.budget is None and not any(one is not None for one in self.budgets):
            return
        spent = np.zeros(len(self.budgets))
        for i, own in self._chosen(chosen).items():
            spent[seats.crowd.unit[i]] += seats.costs.net(i, seats.run[own].tolist())
        for u, most in enumerate(self.budgets):
            if most is not None and spent[u] > most + ORE:
                yield Overrun(u, float(spent[u]), most)
        held = np.unique(seats.run[chosen])
        total = float(spent.sum() + self.fixed[held].sum())
        if seats.limits.budget is not None and total > seats.limits.budget + ORE:
            yield Overrun(None, total, seats.limits.budget)
