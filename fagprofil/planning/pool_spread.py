"""Grants that are given one by one, within limits; and the fast path, by value per krone."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from fagprofil.planning.pool_offers import Offers
from fagprofil.planning.pool_rows import Row

__all__ = ["Book", "Spread", "broken", "filled", "needed_only", "worth_of"]

Mask = NDArray[np.bool_]

#: So that what costs nothing has a value per krone too.
_LEAST = 1e-9


def worth_of(offers: Offers, chosen: Mask) -> int:
    """What grants close, the maximum per competence of each person, in `fagprofil.ladder.UNIT`."""
    own: dict[int, list[int]] = {}
    for p in np.flatnonzero(chosen).tolist():
        own.setdefault(int(offers.person[p]), []).append(int(offers.module[p]))
    return sum(offers.crowd.worth(i, modules) for i, modules in own.items())


def broken(rows: Sequence[Row], chosen: Mask) -> NDArray[np.int64]:
    """By how much grants break each limit, in the row's units; 0 where they keep it."""
    over = np.zeros(len(rows), dtype=np.int64)
    for r, row in enumerate(rows):
        used = int(row.amounts[chosen[row.pairs]].sum())
        if row.most is not None:
            over[r] = max(over[r], used - row.most)
        if row.least is not None:
            over[r] = max(over[r], row.least - used)
    return over


@dataclass(frozen=True, eq=False)
class Book:
    """What could be granted, and the limits on it."""

    offers: Offers
    rows: tuple[Row, ...]

    @cached_property
    def counted(self) -> list[list[tuple[int, int]]]:
        """For each pair the limits that count it, and how much."""
        found: list[list[tuple[int, int]]] = [[] for _ in range(len(self.offers))]
        for r, row in enumerate(self.rows):
            for p, amount in zip(row.pairs.tolist(), row.amounts.tolist(), strict=True):
                found[p].append((r, amount))
        return found

    @cached_property
    def floors(self) -> tuple[int, ...]:
        """The positions of the limits that are to be reached."""
        return tuple(r for r, row in enumerate(self.rows) if row.least is not None)


class Spread:
    """Grants that are given one by one, and what they use of each limit.

    Floors are to be reached, so they play no part in what fits.

    Parameters
    ----------
    cost
        What each pair is thought to cost, shape (P,); None is the pool's money.
    """

    def __init__(self, book: Book, cost: NDArray[np.float64] | None = None) -> None:
        self.book = book
        self.cost = book.offers.ores if cost is None else cost
        self.used = [0] * len(book.rows)
        self.chosen = np.zeros(len(book.offers), dtype=np.bool_)
        self._reached: dict[tuple[int, int], int] = {}

    def broken_by(self, p: int) -> Iterator[Row]:
        """The limits that one more grant would break."""
        for r, amount in self.book.counted[p]:
            most = self.book.rows[r].most
            if most is not None and self.used[r] + amount > most:
                yield self.book.rows[r]

    def fits(self, p: int) -> bool:
        """Whether one more grant keeps all limits."""
        return next(self.broken_by(p), None) is None

    def gain(self, p: int) -> int:
        """What one more grant would close, in `fagprofil.ladder.UNIT`."""
        offers = self.book.offers
        i, total = int(offers.person[p]), 0
        for k, level in offers.crowd.lifts[int(offers.module[p])]:
            had = self._reached.get((i, k), 0)
            if level > had:
                total += int(offers.crowd.closes[i, k, level] - offers.crowd.closes[i, k, had])
        return total

    def give(self, p: int) -> None:
        """Grant it."""
        offers = self.book.offers
        i = int(offers.person[p])
        self.chosen[p] = True
        for r, amount in self.book.counted[p]:
            self.used[r] += amount
        for k, level in offers.crowd.lifts[int(offers.module[p])]:
            self._reached[i, k] = max(level, self._reached.get((i, k), 0))

    def give_all(self, pairs: Iterable[int]) -> None:
        """Grant those that fit, in their order."""
        for p in pairs:
            if not self.chosen[p] and self.fits(p):
                self.give(p)

    def short(self, r: int) -> bool:
        """Whether a limit that is to be reached is not."""
        least = self.book.rows[r].least
        return least is not None and self.used[r] < least

    def fill(self, pairs: Iterable[int], until: int | None = None) -> None:
        """Grant those that close most for what they cost, while they fit.

        Gains only fall as grants are given, so one whose gain is looked up anew and stays first is
        the best (M. Minoux 1978, accelerated greedy).

        Parameters
        ----------
        until
            The position of a limit, at which to stop when it is reached.
        """
        heap = [self._entry(p) for p in pairs if not self.chosen[p]]
        heapq.heapify(heap)
        while heap and (until is None or self.short(until)):
            density, p = heapq.heappop(heap)
            if not self.fits(p):
                continue
            now = self._entry(p)
            if now[0] > density:
                heapq.heappush(heap, now)
            elif now[0] < 0 or until is not None:
                self.give(p)

    def _entry(self, p: int) -> tuple[float, int]:
        return -self.gain(p) / max(_LEAST, float(self.cost[p])), p


def filled(
    book: Book, first: Iterable[int] = (), cost: NDArray[np.float64] | None = None
) -> Mask | None:
    """Some grants as far as they fit, then by value per krone; None where a floor is not reached.

    Floors are filled before the rest.

    Parameters
    ----------
    cost
        What to count instead of kroner, shape (P,).
    """
    spread = Spread(book, cost)
    spread.give_all(first)
    for r in book.floors:
        spread.fill(book.rows[r].pairs.tolist(), until=r)
    spread.fill(range(len(book.offers)))
    return None if any(map(spread.short, book.floors)) else spread.chosen


def needed_only(book: Book, chosen: Mask) -> Mask:
    """Grants without those that close nothing beside the others, as far as floors allow."""
    offers, found = book.offers, chosen.copy()
    people, counts = np.unique(offers.person[chosen], return_counts=True)
    for i in people[counts > 1].tolist():
        for p in reversed(offers.of_person(i)):
            if found[p] and _needless(book, found, i, p):
                found[p] = False
    return found


def _needless(book: Book, chosen: Mask, i: int, p: int) -> bool:
    """Whether all is closed, and every floor reached, without one of a person's grants."""
    offers = book.offers
    own = [one for one in offers.of_person(i) if chosen[one]]
    modules = {one: int(offers.module[one]) for one in own}
    rest = [m for one, m in modules.items() if one != p]
    if offers.crowd.worth(i, rest) < offers.crowd.worth(i, list(modules.values())):
        return False
    without = chosen.copy()
    without[p] = False
    return not broken([book.rows[r] for r in book.floors], without).any()
