"""What seats cost after funding, as `fagprofil.bill` says; asked once for people alike."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import combinations

from fagprofil.bill import Bill, BillLine, Purchase, bill
from fagprofil.catalogue import Catalogue
from fagprofil.funding import PriceList, pays
from fagprofil.model import ModuleRun, Price, Records
from fagprofil.planning.cohort_people import Crowd

__all__ = ["Costs"]


class Costs:
    """Prices of seats in some runs, alone and together.

    Parameters
    ----------
    crowd
        The people; the day of their ladder is that of the plan.
    runs
        The runs. A seat costs the run's own price, or else the module's.
    on
        Another day on which it is planned.
    """

    def __init__(self, crowd: Crowd, runs: Sequence[ModuleRun], on: dt.date | None = None) -> None:
        self._crowd = crowd
        self._runs = runs
        self._on = crowd.ladder.on if on is None else on
        self._catalogue = crowd.ladder.catalogue
        self._net: dict[tuple[int, tuple[int, ...]], float] = {}
        self._paid: dict[tuple[int, int], Mapping[str, float]] = {}
        self._catalogues: dict[tuple[int, ...], Catalogue] = {(): self._catalogue}

    def price(self, r: int) -> Price | None:
        """Of a seat, before funding; None where unknown."""
        run = self._runs[r]
        return run.price or self._catalogue.modules[run.module].price

    def gross(self, r: int) -> float | None:
        """The middle of a seat's price in kroner; None where unknown."""
        price = self.price(r)
        return None if price is None else price.middle

    @cached_property
    def alike(self) -> tuple[int, ...]:
        """For each person, the first of those who pay the same."""
        prices = PriceList(self._catalogue, self._on)
        first: dict[tuple[object, ...], int] = {}
        people = enumerate(self._crowd.people)
        return tuple(first.setdefault(prices.deciding(one), i) for i, one in people)

    def net(self, i: int, runs: Iterable[int]) -> float:
        """What a person's seats cost after funding, in kroner; unknown prices count nothing."""
        person, chosen = self.alike[i], tuple(sorted(runs))
        key = (person, chosen)
        if key not in self._net:
            self._net[key] = self._bill({person: chosen}).net
        return self._net[key]

    def least(self, i: int, r: int) -> float:
        """No more than what a seat costs a person, whatever else funds have paid for them."""
        alone = self.net(i, [r])
        paid = self.paying(i, r)
        if len(paid) < 2:
            return alone
        gross = self.gross(r) or 0.0
        together = max(math.fsum(paid[name] for name in one) for one in self._stacks(paid))
        return min(alone, max(0.0, gross - together))

    def capped(self, i: int, r: int) -> tuple[str, ...]:
        """The funds that pay for a seat of a person, if what they pay a person is capped."""
        funds = self._catalogue.funding
        return tuple(name for name in self.paying(i, r) if funds[name].cap is not None)

    def paying(self, i: int, r: int) -> Mapping[str, float]:
        """What each fund would pay alone for a seat, in kroner, of those that would."""
        key = (self.alike[i], r)
        if key not in self._paid:
            self._paid[key] = self._paying_now(*key)
        return self._paid[key]

    def _paying_now(self, i: int, r: int) -> Mapping[str, float]:
        run, gross = self._runs[r], self.gross(r) or 0.0
        module, person = self._catalogue.modules[run.module], self._crowd.people[i]
        paid: dict[str, float] = {}
        for name, fund in self._catalogue.funding.items():
            if fund.covers == "fee" and pays(fund, module, person, self._catalogue):
                only = Records([fund], "funding scheme")
                paid[name] = gross - self._bill({i: (r,)}, {"funding": only}).net
        return {name: amount for name, amount in paid.items() if amount > 0}

    def _stacks(self, names: Iterable[str]) -> Iterator[tuple[str, ...]]:
        """Funds of which it is known that they go together, two by two."""
        listed, funds = tuple(names), self._catalogue.funding
        for size in range(1, len(listed) + 1):
            for chosen in combinations(listed, size):
                if all(
                    two in (funds[one].stacks_with or ()) or one in (funds[two].stacks_with or ())
                    for one, two in combinations(chosen, 2)
                ):
                    yield chosen

    def bill(self, seats: Mapping[int, Sequence[int]]) -> Bill:
        """The bill for the runs that people have seats in."""
        return self._bill(seats)

    def _bill(
        self, seats: Mapping[int, Sequence[int]], update: Mapping[str, object] | None = None
    ) -> Bill:
        # A module has one price in a catalogue: those whose runs have other prices are billed by
        # themselves. Caps count for each person, so no sum is torn apart.
        apart: dict[tuple[int, ...], list[int]] = {}
        for i, runs in seats.items():
            own = tuple(sorted(r for r in runs if self._runs[r].price is not None))
            apart.setdefault(own, []).append(i)
        lines: list[BillLine] = []
        for own, people in sorted(apart.items()):
            purchases = [
                Purchase(
                    employee=self._crowd.people[i].id,
                    module=self._runs[r].module,
                    start=self._runs[r].start,
                )
                for i in people
                for r in sorted(seats[i])
            ]
            billed = [self._crowd.people[i] for i in people]
            catalogue = self._priced(own).model_copy(update=dict(update or {}))
            lines += bill(purchases, billed, catalogue, on=self._on).lines
        return Bill(lines=tuple(lines))

    def _priced(self, runs: tuple[int, ...]) -> Catalogue:
        """The catalogue with the prices of some runs."""
        if runs not in self._catalogues:
            self._catalogues[runs] = self._priced_now(runs)
        return self._catalogues[runs]

    def _priced_now(self, runs: tuple[int, ...]) -> Catalogue:
        own = {self._runs[r].module: self._runs[r].price for r in runs}
        modules = [
            one.model_copy(update={"price": own[one.id]}) if one.id in own else one
            for one in self._catalogue.modules.values()
        ]
        return self._catalogue.model_copy(update={"modules": Records(modules, "module")})
