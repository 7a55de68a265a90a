"""The spread that closes most, and how much more any other could close."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from fagprofil.errors import OutOfTime
from fagprofil.ladder import NEED_UNITS
from fagprofil.planning.cohort_relax import Clock
from fagprofil.planning.pool_offers import Offers
from fagprofil.planning.pool_pieces import Pieces
from fagprofil.planning.pool_program import Program, Relaxed, program_of, relax
from fagprofil.planning.pool_rows import Row
from fagprofil.planning.pool_spread import Book, broken, filled, needed_only, worth_of
from fagprofil.planning.pool_terms import PoolLimit

__all__ = ["EFFORTS", "LIFTED", "Effort", "EffortName", "Solved", "Task", "solve"]

Mask = NDArray[np.bool_]

EffortName = Literal["fast", "normal", "thorough"]


@dataclass(frozen=True)
class Effort:
    """How long to look.

    Attributes
    ----------
    gap
        The share of the bound by which the best may be missed.
    nodes
        Nodes of the search tree after which to stop; 0 is no search where the fast path has found
        something.
    """

    gap: float
    nodes: int


EFFORTS: Mapping[EffortName, Effort] = {
    "fast": Effort(1e-2, 0),
    "normal": Effort(1e-9, 500),
    "thorough": Effort(1e-9, 20_000),
}

#: How long to look at what comes of lifting a limit.
LIFTED: Mapping[EffortName, Effort] = {
    "fast": Effort(1e-2, 0),
    "normal": Effort(1e-3, 20),
    "thorough": Effort(1e-4, 500),
}

#: How long to look at one employer by itself.
_PIECE = Effort(1e-7, 200)

#: A value is the best if no other can be larger by more than this share of it.
SAME = 1e-6
#: How often a search is repeated whose answer keeps a limit in fractions only.
_AGAIN = 5
#: Below so many pairs a search has no end but its own.
_FEW = 500


@dataclass(frozen=True, eq=False)
class Task:
    """Offers under limits, as a program."""

    book: Book
    program: Program
    pieces: Pieces

    @classmethod
    def of(cls, offers: Offers, rows: Sequence[Row]) -> Task:
        """What is to be solved."""
        pieces = Pieces(offers, _PIECE.gap, _PIECE.nodes)
        return cls(Book(offers, tuple(rows)), program_of(offers, rows), pieces)

    @property
    def offers(self) -> Offers:
        """What could be granted."""
        return self.book.offers

    @property
    def rows(self) -> tuple[Row, ...]:
        """The limits."""
        return self.book.rows

    def without(self, *dropped: PoolLimit | tuple[PoolLimit, str]) -> Task:
        """The same without some limits, or some of their rows."""
        program = self.program.without(dropped)
        return Task(Book(self.offers, program.rows), program, self.pieces)


@dataclass(frozen=True, eq=False)
class Solved:
    """A spread within limits.

    Attributes
    ----------
    chosen
        Which pairs are granted, shape (P,).
    bound
        No spread closes more, in `fagprofil.ladder.UNIT`.
    relaxed
        The relaxation, with what each limit costs.
    """

    task: Task
    chosen: Mask
    bound: float
    relaxed: Relaxed

    @cached_property
    def value(self) -> int:
        """What it closes, in `fagprofil.ladder.UNIT`."""
        return worth_of(self.task.offers, self.chosen)

    @property
    def optimal(self) -> bool:
        """Whether no spread closes more, but for a millionth."""
        return self.good(SAME)

    def good(self, gap: float) -> bool:
        """Whether no spread closes more by a larger share of the bound."""
        return self.bound - self.value <= gap * self.bound

    @cached_property
    def spent(self) -> int:
        """What it takes of the pool, in øre."""
        return int(self.task.offers.ores[self.chosen].sum())


def solve(task: Task, effort: Effort, clock: Clock, known: Sequence[Mask] = ()) -> Solved | None:
    """The best spread that is found; None where no spread keeps all limits.

    Parameters
    ----------
    known
        Spreads that keep all limits.

    Raises
    ------
    OutOfTime
        It is not known if there is one when the time is up.
    """
    found = relax(task.program, clock)
    if found is None:
        return None
    cost = _priced(task, found)
    ways = [*known, filled(task.book), filled(task.book, (), cost)]
    best = _best(task, [one for one in ways if one is not None])
    top = min(found.bound, float(task.offers.crowd.gap.sum()))
    solved = None if best is None else Solved(task, best, top, found)
    if not (solved is not None and solved.good(effort.gap)) and not clock.over:
        solved, top = _from_pieces(task, found, cost, solved, top, clock)
    if solved is not None and (solved.good(effort.gap) or not effort.nodes or clock.over):
        return _tidy(solved)
    return _searched(task, effort, clock, found, solved, top)


def _from_pieces(
    task: Task,
    found: Relaxed,
    cost: NDArray[np.float64],
    solved: Solved | None,
    top: float,
    clock: Clock,
) -> tuple[Solved | None, float]:
    """The best so far after a look at each employer by itself, and the bound."""
    taken, bound = task.pieces.solve(task.program, found, clock)
    top = min(top, bound)
    gain = task.offers.gain / np.maximum(cost, 1e-9)
    order = sorted(np.flatnonzero(taken).tolist(), key=lambda p: (-gain[p], p))
    spread = filled(task.book, order, cost)
    if spread is not None and (solved is None or worth_of(task.offers, spread) > solved.value):
        solved = Solved(task, spread, top, found)
    return (None if solved is None else replace(solved, bound=max(solved.value, top))), top


def _best(task: Task, ways: Sequence[Mask]) -> Mask | None:
    """The one that closes most, the first of equals."""
    return max(ways, key=lambda one: worth_of(task.offers, one)) if ways else None


def _priced(task: Task, found: Relaxed) -> NDArray[np.float64]:
    """What each pair costs at the relaxation's prices: what is scarce costs, and only that."""
    cost = np.zeros(len(task.offers))
    for row, price in zip(task.rows, found.prices.tolist(), strict=True):
        if row.most is not None:
            cost[row.pairs] += price * row.amounts
    return cost


def _searched(
    task: Task, effort: Effort, clock: Clock, found: Relaxed, solved: Solved | None, top: float
) -> Solved | None:
    """A search among the columns that a better spread could have above 0."""
    opened = np.ones(len(found.dear), dtype=np.bool_)
    if solved is not None:
        opened = found.dear <= found.bound - solved.value
    few = len(task.offers) <= _FEW
    nodes = None if few or solved is None else effort.nodes
    gap = effort.gap if solved is not None or few else max(effort.gap, 1e-4)
    chosen, bound = _in_whole_numbers(task, opened, replace(effort, gap=gap), nodes, clock)
    if chosen is None and solved is None:
        if bound == -np.inf:
            return None
        raise OutOfTime("the time is up before it is known whether the pool can be spread")
    top = min(top, bound)
    result = solved if chosen is None else Solved(task, chosen, top, found)
    if result is None or (solved is not None and solved.value > result.value):
        result = solved
    return None if result is None else _tidy(replace(result, bound=max(result.value, top)))


def _in_whole_numbers(
    task: Task, opened: Mask, effort: Effort, nodes: int | None, clock: Clock
) -> tuple[Mask | None, float]:
    """What a search finds, and its bound; where rounding breaks a limit, it is tightened."""
    program, first = task.program, np.inf
    for again in range(_AGAIN):
        answer = program.solve(opened, effort.gap, nodes, clock)
        if not again:
            first = answer.bound * NEED_UNITS
        if answer.point is None:
            return None, first
        chosen = answer.point[: len(task.offers)] > 0.5
        over = broken(task.rows, chosen)
        if not over.any():
            spread = filled(task.book, np.flatnonzero(chosen).tolist())
            return (chosen if spread is None else spread), first
        program = program.tighter(-(-over // program.common))
    return None, first


def _tidy(solved: Solved) -> Solved:
    """The same without grants that close nothing more."""
    return replace(solved, chosen=needed_only(solved.task.book, solved.chosen))
