"""How the best plan of classes is looked for, and how far it can be from the best there is.

The relaxation gives a bound and a guide. A small program goes to the solver as a whole (HiGHS, by
`scipy.optimize.milp`); of a larger one first the core: the classes and seats that the relaxation
uses, or would at a small loss. Where the gap to the bound stays large, a program that is not too
large follows as a whole, and then neighbourhoods of classes are planned anew, see
`fagprofil.planning.cohort_search`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from fagprofil.errors import OutOfTime
from fagprofil.ladder import UNIT
from fagprofil.planning.cohort_build import program
from fagprofil.planning.cohort_claims import rank_of, settle
from fagprofil.planning.cohort_greedy import dealt, greedy, open_more
from fagprofil.planning.cohort_integer import Answer, integer
from fagprofil.planning.cohort_model import Sheet
from fagprofil.planning.cohort_relax import USED, Clock, Relaxation, near, tightened
from fagprofil.planning.cohort_search import neighbourhoods, part_of
from fagprofil.planning.cohort_seating import Seating
from fagprofil.planning.cohort_seats import Seats

__all__ = ["EFFORTS", "Effort", "EffortName", "Solved", "solve"]

Mask = NDArray[np.bool_]

EffortName = Literal["fast", "normal", "thorough"]

#: No gap at all, but for what is lost in numbers with a fraction.
_NOTHING = 1e-9
#: Seats in the core lose no more than this share of what a seat closes on average.
_CLOSE = 0.05


@dataclass(frozen=True)
class Effort:
    """How much work is put into a plan; never counted by the clock.

    Attributes
    ----------
    cuts
        How often the relaxation is made tighter.
    gap
        When an integer program is good enough; None makes none, where a plan is found without.
    nodes
        Nodes of search trees times possible seats.
    bills
        How often the budgets are checked by the bill and the program corrected.
    rounds, enough
        How many neighbourhoods are planned anew, as long as the gap to the bound is larger.
    small
        Possible seats up to which the whole program is solved to the end.
    whole
        Possible seats up to which the whole program is solved where the core is not enough.
    """

    cuts: int
    gap: float | None
    nodes: int
    bills: int
    rounds: int
    enough: float
    small: int = 2_000
    whole: int = 20_000


EFFORTS: Mapping[EffortName, Effort] = {
    "fast": Effort(cuts=1, gap=None, nodes=1_000_000, bills=3, rounds=0, enough=1.0),
    "normal": Effort(cuts=4, gap=2e-3, nodes=2_000_000, bills=20, rounds=10, enough=0.01),
    "thorough": Effort(cuts=8, gap=1e-4, nodes=40_000_000, bills=100, rounds=60, enough=0.001),
}


@dataclass(frozen=True, eq=False)
class Solved:
    """The best plan that was found.

    Attributes
    ----------
    seating
        The seats that are given.
    value
        What they close, in `fagprofil.ladder.UNIT`.
    bound
        No plan within the limits closes more, in weights times steps.
    """

    seating: Seating
    value: int
    bound: float


def solve(seats: Seats, effort: Effort, clock: Clock, seed: int) -> Solved | None:
    """The best plan that the effort finds; None where there is no plan within the limits.

    Raises
    ------
    OutOfTime
        No plan was found in the time that the caller gives.
    """
    search = _Search(seats, effort, clock, seed)
    if search.impossible:
        return None
    search.run()
    if search.impossible:
        return None
    if search.best is None:
        raise OutOfTime("no plan was found in the time that is given")
    bound = max(search.bound, search.value * UNIT)
    return Solved(search.best, search.value, bound)


class _Search:
    """The best plan so far, and the bound."""

    def __init__(self, seats: Seats, effort: Effort, clock: Clock, seed: int) -> None:
        self.seats, self.effort, self.clock, self.seed = seats, effort, clock, seed
        self.rank = rank_of(seats, seed)
        self.model, self.money = program(seats)
        self.best: Seating | None = None
        self.value = 0
        self.bound = _most(seats)
        self.tight, self.guide = tightened(self.model, effort.cuts, clock)
        if self.guide is not None:
            self.bound = min(self.bound, self.guide.bound)

    @property
    def impossible(self) -> bool:
        return self.bound == -np.inf

    @property
    def gap(self) -> float:
        return 1.0 if self.best is None else (self.bound - self.value * UNIT) / (self.bound or 1.0)

    def run(self) -> None:
        """Look for a plan."""
        # Where classes are alike this often is the best, and no program would soon prove it.
        self.without_program()
        if self.best is None or (self.effort.gap is not None and self.gap > self.good_enough):
            self.with_programs()
        for r in range(self.effort.rounds):
            if self.best is None or self.gap <= self.effort.enough or self.clock.over:
                break
            self.anew(self.best, r)

    @property
    def good_enough(self) -> float:
        """The gap to the bound with which an integer program is content."""
        if len(self.seats) <= self.effort.small:
            return _NOTHING
        return EFFORTS["normal"].gap or 0.0 if self.effort.gap is None else self.effort.gap

    def keep(self, seating: Seating) -> None:
        """Keep a plan if it is the best so far."""
        settle(seating, self.rank)
        if not np.all(seating.size):
            open_more(seating, self.rank)
            settle(seating, self.rank)
        value = seating.value
        if not seating.unmet and (self.best is None or value > self.value):
            self.best, self.value = seating, value

    def with_programs(self) -> None:
        """A plan by the core, and by the whole program where that is not enough."""
        count, effort = len(self.seats), self.effort
        small = count <= effort.small
        if self.guide is not None and not small:
            self.with_program(self.core(self.guide), whole=False)
        if self.impossible:
            return
        enough = self.good_enough if small else effort.enough
        if self.best is None or (self.gap > enough and count <= effort.whole):
            self.with_program(np.ones(len(self.model.most), dtype=np.bool_), whole=True)

    def without_program(self) -> None:
        """A plan by the relaxation's guide alone."""
        guide = np.zeros(len(self.model.most)) if self.guide is None else self.guide.point
        seating = Seating(self.model)
        greedy(seating, guide, self.rank)
        self.keep(seating)

    def with_program(self, opened: Mask, whole: bool) -> None:
        """A plan by an integer program, corrected until its bill keeps the budgets."""
        gap = self.good_enough
        nodes = max(10, self.effort.nodes // max(1, len(self.seats)))
        for _ in range(self.effort.bills):
            answer = integer(self.tight, opened, gap, nodes, self.clock)
            if whole:
                self.bound = min(self.bound, answer.bound)
            if answer.point is None:
                return
            chosen = self.chosen(answer)
            if not any(self.money.overruns(chosen)):
                break
            sheet = Sheet(len(self.model.most))
            if not self.money.cuts(sheet, chosen):
                break
            self.tight = self.tight.plus(sheet)
        seating = Seating(self.model)
        dealt(seating, chosen, self.rank)
        self.keep(seating)

    def chosen(self, answer: Answer) -> Mask:
        """The seats that a solution gives."""
        point = np.zeros(0) if answer.point is None else answer.point
        return np.asarray(point[: len(self.seats)] > 0.5, dtype=np.bool_)

    def core(self, guide: Relaxation) -> Mask:
        """The columns that the relaxation uses, or would at a small loss."""
        count, classes = len(self.seats), len(self.seats.runs)
        opened = near(self.tight, guide, _CLOSE)
        held = guide.point[count : count + classes] > USED
        wanted = self.seats.wishes.wanted((len(self.seats.crowd), classes))
        asked = wanted[self.seats.person, self.seats.run]
        held[self.seats.run[asked]] = True
        opened[:count] = (opened[:count] & held[self.seats.run]) | asked
        opened[count : count + classes] = held
        return opened

    def anew(self, best: Seating, r: int) -> None:
        """Plan some classes anew."""
        runs = neighbourhoods(self.seats, self.seed, r)
        part, columns = part_of(self.tight, self.money, best, runs)
        nodes = max(10, EFFORTS["normal"].nodes // max(1, len(columns)))
        everything = np.ones(len(columns), dtype=np.bool_)
        answer = integer(part, everything, self.effort.enough / 10, nodes, self.clock)
        if answer.point is None:
            return
        chosen = best.given.copy()
        inside = columns < len(self.seats)
        chosen[columns[inside]] = answer.point[inside] > 0.5
        seating = Seating(self.model)
        dealt(seating, chosen, self.rank)
        self.keep(seating)


def _most(seats: Seats) -> float:
    """What everybody could close who had all their possible seats."""
    crowd, total = seats.crowd, 0
    for i in range(len(crowd)):
        runs = seats.run[seats.of_person(i)]
        total += crowd.worth(i, np.unique(seats.module[runs]).tolist())
    return total * UNIT
