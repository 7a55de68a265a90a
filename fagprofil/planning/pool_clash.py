"""Why a pool cannot be spread: a smallest set of limits that clash."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TypeVar

import numpy as np

from fagprofil.errors import Infeasible
from fagprofil.planning.cohort_relax import Clock
from fagprofil.planning.pool_program import Program, relax
from fagprofil.planning.pool_rows import Row
from fagprofil.planning.pool_solve import Task
from fagprofil.planning.pool_terms import PoolLimit
from fagprofil.planning.pool_words import about

__all__ = ["pool_clash", "smallest"]

T = TypeVar("T")
#: A limit; a floor for each group by itself.
Rule = PoolLimit | tuple[PoolLimit, str]


def smallest(items: Sequence[T], clashes: Callable[[Sequence[T]], bool]) -> list[T]:
    """A set of the fewest items that clash.

    By hitting sets (A. Ignatiev et al. 2015, Smallest MUS extraction with minimal hitting set
    dualization): of each largest set without a clash one item at least is missing, and a clash has
    one of what is missing of each.

    Parameters
    ----------
    clashes
        Whether some items clash; more items clash where fewer do. All of them do.

    Examples
    --------
    >>> smallest(range(10), lambda some: {1, 3, 7} <= set(some) or {2, 9} <= set(some))
    [2, 9]
    """
    missing: list[list[int]] = []
    while True:
        some = _hitting(len(items), missing)
        if clashes([items[n] for n in some]):
            return [items[n] for n in some]
        for n in range(len(items)):
            if n not in some and not clashes([items[x] for x in sorted({*some, n})]):
                some = sorted({*some, n})
        missing.append([n for n in range(len(items)) if n not in some])


def _hitting(count: int, sets: Sequence[Sequence[int]]) -> list[int]:
    """The fewest numbers below `count` of which each set has one, the first ones of equals."""
    from scipy.optimize import Bounds, LinearConstraint, milp

    if not sets:
        return []
    rows = np.zeros((len(sets), count))
    for row, members in zip(rows, sets, strict=True):
        row[list(members)] = 1.0
    # Less than one in all, so that it decides among equals only.
    later = np.arange(count) / (count * count + 1.0)
    found = milp(
        1.0 + later,
        integrality=np.ones(count, dtype=np.intp),
        bounds=Bounds(0.0, 1.0),
        constraints=LinearConstraint(rows, 1.0, np.inf),
    )
    return [int(n) for n in np.flatnonzero(np.asarray(found.x) > 0.5)]


@dataclass(frozen=True, eq=False)
class _Question:
    """A pool that cannot be spread."""

    task: Task

    @cached_property
    def rules(self) -> tuple[Rule, ...]:
        """What could be left out, each once."""
        return tuple(dict.fromkeys(map(_rule, self.task.rows)))

    @cached_property
    def program(self) -> Program:
        """The limits alone, whatever is closed."""
        program, limits = self.task.program, len(self.task.rows)
        count = len(self.task.offers)
        return replace(
            program,
            worth=np.zeros(count),
            most=program.most[:count],
            whole=program.whole[:count],
            matrix=program.matrix[:limits, :count],
            low=program.low[:limits],
            high=program.high[:limits],
        )

    def clashes(self, kept: Sequence[Rule]) -> bool:
        """Whether nobody can spread the pool when only some limits are kept."""
        program = self.program.without([one for one in self.rules if one not in kept])
        if relax(program, Clock()) is None:
            return True
        everything = np.ones(len(program.worth), dtype=np.bool_)
        return program.solve(everything, 1.0, None, Clock()).impossible

    def rows(self, rule: Rule) -> list[Row]:
        """The rows of a limit."""
        return [row for row in self.task.rows if _rule(row) == rule]


def _rule(row: Row) -> Rule:
    return ("floor", row.about) if row.limit == "floor" else row.limit


def pool_clash(task: Task) -> Infeasible:
    """What to raise where no spread keeps all limits: as few of them as clash, in words."""
    question = _Question(task)
    found = smallest(question.rules, question.clashes)
    said = {}
    for rule in found:
        limit, name = (rule, rule) if isinstance(rule, str) else (rule[0], " ".join(rule))
        said[name] = about(limit, question.rows(rule))
    return Infeasible(said)
