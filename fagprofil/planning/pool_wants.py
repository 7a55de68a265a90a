"""The most that each employer could get of a pool, within its own and its people's limits."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product

import numpy as np
from numpy.typing import NDArray

from fagprofil.planning.cohort_relax import Clock
from fagprofil.planning.pool_offers import Offers
from fagprofil.planning.pool_program import Program, program_of
from fagprofil.planning.pool_rows import Group, Row
from fagprofil.planning.pool_spread import Book, Spread
from fagprofil.planning.pool_terms import PoolLimit

__all__ = ["wants_of"]

Ints = NDArray[np.int64]
#: Øre, days and ECTS of a module.
Kind = tuple[int, int, int]

#: Sums of kroner, and ways to fund one person, up to which all are looked at.
_SUMS, _WAYS = 2_000_000, 20_000
#: Nodes of one employer's search where they are more; the most that was found by then is taken.
_NODES = 200
_NEVER = np.iinfo(np.int64).max // 2


def wants_of(offers: Offers, rows: Sequence[Row], groups: Iterable[Group]) -> list[int]:
    """What each employer could get at the most, in øre; only as far as a floor depends on it.

    An employer's people and their limits are nobody else's, so the sum over employers is what a
    group could get. Where those of a group can get its part of the floor as they come to hand, no
    more is asked.

    Parameters
    ----------
    rows
        The limits of people and employers; others may be among them.
    """
    own = tuple(row for row in rows if row.limit not in ("amount", "modules", "floor"))
    book = Book(offers, own)
    spread = Spread(book)
    spread.give_all(np.lexsort([np.arange(len(offers)), -offers.ores]).tolist())
    spent = np.bincount(offers.unit, offers.ores * spread.chosen, len(offers.crowd.units))
    wants = spent.astype(np.int64).tolist()
    known = set[int]()
    for one in groups:
        short = one.target is not None and sum(wants[u] for u in one.units) < one.target
        for u in one.units if short else ():
            if u not in known:
                wants[u] = max(wants[u], _Wish.of(book, u).most())
                known.add(u)
    return [int(one) for one in wants]


@dataclass(frozen=True, eq=False)
class _Wish:
    """One employer's pairs, and the limits on them."""

    offers: Offers
    pairs: NDArray[np.intp]
    limits: Mapping[PoolLimit, int]
    rows: tuple[Row, ...]
    _known: dict[tuple[tuple[Kind, int], ...], dict[int, int]] = field(default_factory=dict)

    @classmethod
    def of(cls, book: Book, u: int) -> _Wish:
        mine = book.offers.unit == u
        rows = tuple(row for row in book.rows if row.matters and mine[row.pairs].any())
        # The limits of people are the same for all.
        limits = {row.limit: min(row.most or 0, 2**62) for row in rows}
        return cls(book.offers, np.flatnonzero(mine), limits, rows)

    def most(self) -> int:
        """The most kroner that it could get, in øre."""
        ores = self.offers.ores[self.pairs]
        if not self.rows or not len(ores):
            return int(ores.sum())
        common = int(np.gcd.reduce(ores)) or 1
        people = [self._ways(i, common) for i in np.unique(self.offers.person[self.pairs]).tolist()]
        caps = [self.limits[x] for x in ("employer_kroner", "employer_share") if x in self.limits]
        top = min([cap // common for cap in caps] + [sum(max(ways, default=0) for ways in people)])
        if top > _SUMS or not all(people):
            return self._searched()
        return self._summed(people, top) * common

    def _ways(self, i: int, common: int) -> dict[int, int]:
        """What a person can get in whole multiples of something, and the days that takes at least.

        Nothing where there are more ways than `_WAYS`.
        """
        kinds: dict[Kind, int] = {}
        for p in self.offers.of_person(i):
            kind = (int(self.offers.ores[p]), int(self.offers.days[p]), int(self.offers.ects[p]))
            kinds[kind] = kinds.get(kind, 0) + 1
        key = tuple(sorted(kinds.items()))
        if key not in self._known:
            self._known[key] = self._ways_of(dict(key), common)
        return self._known[key]

    def _ways_of(self, kinds: Mapping[Kind, int], common: int) -> dict[int, int]:
        found: dict[int, int] = {}
        if math.prod(count + 1 for count in kinds.values()) > _WAYS:
            return found
        for ores, days in self._within(kinds):
            found[ores // common] = min(days, found.get(ores // common, _NEVER))
        return found

    def _within(self, kinds: Mapping[Kind, int]) -> Iterator[tuple[int, int]]:
        """Kroner and days of what a person's limits allow."""
        most = [self.limits.get(x, _NEVER) for x in _PERSON]
        for counts in product(*(range(count + 1) for count in kinds.values())):
            ores, days, ects = (
                sum(n * kind[at] for n, kind in zip(counts, kinds, strict=True)) for at in range(3)
            )
            used = (sum(counts), ects, days, ores)
            if all(one <= limit for one, limit in zip(used, most, strict=True)):
                yield ores, days

    def _summed(self, people: Sequence[Mapping[int, int]], top: int) -> int:
        """The largest sum up to `top` that the employer's days allow."""
        spare = self.limits.get("employer_days", _NEVER)
        least: Ints = np.full(top + 1, _NEVER)
        least[0] = 0
        for ways in people:
            before = least.copy()
            for amount, days in ways.items():
                if 0 < amount <= top:
                    np.minimum(
                        least[amount:], before[: top + 1 - amount] + days, out=least[amount:]
                    )
            least[least > spare] = _NEVER
        return int(np.flatnonzero(least < _NEVER)[-1])

    def _searched(self) -> int:
        """What a search finds."""
        program = _money_only(program_of(self.offers, self.rows), self.offers)
        mine = np.zeros(len(self.offers), dtype=np.bool_)
        mine[self.pairs] = True
        answer = program.solve(mine, 0.0, _NODES, Clock())
        chosen = mine & False if answer.point is None else answer.point > 0.5
        return int(self.offers.ores[chosen].sum())


_PERSON: tuple[PoolLimit, ...] = ("person_modules", "person_ects", "person_days", "person_kroner")


def _money_only(program: Program, offers: Offers) -> Program:
    """A program that asks for the most money, and not for what it closes."""
    limits, count = len(program.rows), len(offers)
    common = int(np.gcd.reduce(offers.ores)) or 1
    return Program(
        rows=program.rows,
        common=program.common,
        worth=offers.ores / common,
        most=program.most[:count],
        whole=program.whole[:count],
        matrix=program.matrix[:limits, :count],
        low=program.low[:limits],
        high=program.high[:limits],
    )
