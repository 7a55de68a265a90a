"""The spread of a pool as a program in whole numbers, and its linear relaxation.

Columns: whether each possible grant is given (x), and how much of each group of steps is reached
(y), as in plans of classes: a group that one module reaches is worth something in x itself, and of
the others ``y <= sum of x, y <= 1``. So the value is the maximum per competence.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from fagprofil.ladder import NEED_UNITS, UNIT
from fagprofil.planning.cohort_integer import Answer, integer
from fagprofil.planning.cohort_model import Model
from fagprofil.planning.cohort_relax import Clock
from fagprofil.planning.cohort_value import step_groups
from fagprofil.planning.pool_offers import Offers
from fagprofil.planning.pool_rows import Row
from fagprofil.planning.pool_terms import PoolLimit

__all__ = ["Program", "Relaxed", "program_of", "relax"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Positions = NDArray[np.intp]

#: The solver stops at differences of 1e-6, so it is given values in which the least is one.
SCALE = UNIT * NEED_UNITS


@dataclass(frozen=True, eq=False)
class Program:
    """Maximise ``worth @ v`` over ``low <= matrix @ v <= high``, ``0 <= v <= most``.

    Attributes
    ----------
    rows
        The limits, which are its first rows, each divided by what its amounts have in common.
    common
        That divisor, for each limit.
    worth
        Of each column, in `SCALE`, shape (columns,).
    """

    rows: tuple[Row, ...]
    common: Ints
    worth: Floats
    most: Floats
    whole: NDArray[np.bool_]
    matrix: sp.csr_array
    low: Floats
    high: Floats

    def without(self, dropped: Sequence[PoolLimit | tuple[PoolLimit, str]]) -> Program:
        """The program without some limits, or without some of their rows."""
        gone = {*dropped}
        kept = [one.limit not in gone and (one.limit, one.about) not in gone for one in self.rows]
        where = np.flatnonzero([*kept, *[True] * (len(self.low) - len(self.rows))])
        return replace(
            self,
            rows=tuple(row for row, stays in zip(self.rows, kept, strict=True) if stays),
            common=self.common[np.array(kept, dtype=np.bool_)],
            matrix=self.matrix[where],
            low=self.low[where],
            high=self.high[where],
        )

    def tighter(self, over: Ints) -> Program:
        """The program with limits that are so much tighter, in the units of its rows."""
        low, high = self.low.copy(), self.high.copy()
        low[: len(over)] += over
        high[: len(over)] -= over
        return replace(self, low=low, high=high)

    def solve(
        self, opened: NDArray[np.bool_], gap: float, nodes: int | None, clock: Clock
    ) -> Answer:
        """The best solution in which only some columns are above 0."""
        # `integer` reads of a model only what this has too.
        return integer(cast("Model", self), opened, gap, nodes, clock)


def program_of(offers: Offers, rows: Sequence[Row]) -> Program:
    """The program of some offers under some limits."""
    worth, groups = _values(offers)
    count = len(offers)
    common = np.array([_common(row) for row in rows], dtype=np.int64)
    low = [
        -np.inf if r.least is None else -(-r.least // g) for r, g in zip(rows, common, strict=True)
    ]
    high = [np.inf if r.most is None else r.most // g for r, g in zip(rows, common, strict=True)]
    places = [row.pairs for row in rows]
    amounts: list[Any] = [row.amounts // g for row, g in zip(rows, common, strict=True)]
    for n, pairs in enumerate(groups):
        places.append(np.array([*pairs, count + n], dtype=np.intp))
        amounts.append([*[-1.0] * len(pairs), 1.0])
    ends = np.cumsum([0, *map(len, places)])
    none = np.zeros(0)
    matrix = sp.csr_array(
        (
            np.concatenate([none, *amounts]),
            np.concatenate([none.astype(np.intp), *places]),
            ends,
        ),
        shape=(len(places), count + len(groups)),
    )
    return Program(
        rows=tuple(rows),
        common=common,
        worth=worth,
        most=np.ones(count + len(groups)),
        whole=np.arange(count + len(groups)) < count,
        matrix=matrix,
        low=np.array([*low, *[-np.inf] * len(groups)], dtype=np.float64),
        high=np.array([*high, *[0.0] * len(groups)], dtype=np.float64),
    )


def _common(row: Row) -> int:
    return math.gcd(*np.unique(row.amounts).tolist()) or 1


def _values(offers: Offers) -> tuple[Floats, list[tuple[int, ...]]]:
    """The worth of the columns, and the pairs that reach each group of steps."""
    alone = np.zeros(len(offers))
    groups: list[tuple[int, ...]] = []
    shared: list[float] = []
    for i in np.unique(offers.person).tolist():
        place = {int(offers.module[p]): p for p in offers.of_person(i)}
        for modules, weight in step_groups(offers.crowd, i, sorted(place)):
            pairs = tuple(place[m] for m in modules)
            if len(pairs) == 1:
                alone[pairs[0]] += weight / NEED_UNITS
            else:
                groups.append(pairs)
                shared.append(weight / NEED_UNITS)
    return np.concatenate([alone, shared]), groups


@dataclass(frozen=True, eq=False)
class Relaxed:
    """The best solution in fractions.

    Attributes
    ----------
    bound
        No spread closes more, in `fagprofil.ladder.UNIT`; inf where it is not known.
    point
        The solution, shape (columns,).
    prices
        What each limit costs, in `fagprofil.ladder.UNIT` per unit of the limit's row, at least 0;
        shape (limits,).
    dear
        What it would cost at the least to raise each column from 0 to 1, in
        `fagprofil.ladder.UNIT`, shape (columns,).
    """

    bound: float
    point: Floats
    prices: Floats
    dear: Floats


def relax(program: Program, clock: Clock) -> Relaxed | None:
    """The relaxation of a program; None where there is no solution in fractions either."""
    from scipy.optimize import linprog

    columns, limits = len(program.worth), len(program.rows)
    unknown = Relaxed(np.inf, np.zeros(columns), np.zeros(limits), np.full(columns, -np.inf))
    if not columns:
        possible = bool(np.all(program.low <= 0) and np.all(program.high >= 0))
        return Relaxed(0.0, np.zeros(0), np.zeros(limits), np.zeros(0)) if possible else None
    # Every row has one end.
    sign = np.where(np.isfinite(program.high), 1.0, -1.0)
    ends = np.where(sign > 0, program.high, -program.low)
    rows: Any = sp.csr_array(sp.diags_array(sign) @ program.matrix)
    bounds: Any = np.stack([np.zeros(columns), program.most], axis=1)
    found = linprog(
        -program.worth,
        A_ub=rows,
        b_ub=ends,
        bounds=bounds,
        method="highs-ds",
        options=clock.options,
    )
    if found.status == 2:
        return None
    if found.status != 0 or found.x is None:
        return unknown
    prices = np.maximum(0.0, -found.ineqlin.marginals)
    dear = rows.T @ prices - program.worth
    # For any prices this is a bound, so it does not rest on the tolerances of the solver.
    over = np.where(dear < 0, -dear * program.most, 0.0).sum()
    own = prices[:limits] * NEED_UNITS / program.common
    return Relaxed(float(ends @ prices + over) * NEED_UNITS, found.x, own, dear * NEED_UNITS)
