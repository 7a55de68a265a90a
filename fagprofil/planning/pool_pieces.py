"""A pool taken apart by employers: a tighter bound, and a better guide than the relaxation.

Only the pool's own limits and the floors join the employers. At the relaxation's prices for these
each employer is a small program of its own, solved in whole numbers, and the sum is a bound on
every spread (A. Geoffrion 1974, Lagrangean relaxation for integer programming). Where no such limit
binds, it is the best spread itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from fagprofil.ladder import NEED_UNITS
from fagprofil.planning.cohort_relax import Clock
from fagprofil.planning.pool_offers import Offers
from fagprofil.planning.pool_program import Program, Relaxed
from fagprofil.planning.pool_rows import Row

__all__ = ["Pieces"]

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]
Positions = NDArray[np.intp]


def _joins(row: Row, offers: Offers) -> bool:
    """Whether a limit joins employers."""
    if row.limit == "floor":
        return bool((offers.unit[row.pairs] != offers.unit[row.pairs[0]]).any())
    return row.limit in ("amount", "modules")


@dataclass(frozen=True, eq=False)
class Pieces:
    """Solves employers by themselves, and remembers what it solved.

    Parameters
    ----------
    offers
        What could be granted.
    gap, nodes
        How long to look at each employer.
    """

    offers: Offers
    gap: float
    nodes: int
    _known: dict[tuple[object, ...], tuple[Positions, float]] = field(default_factory=dict)

    def solve(self, program: Program, found: Relaxed, clock: Clock) -> tuple[Mask, float]:
        """The grants that the employers would take at the relaxation's prices, and the bound.

        The grants may break what joins the employers. The bound is in `fagprofil.ladder.UNIT`.
        """
        joint = [r for r, row in enumerate(program.rows) if _joins(row, self.offers)]
        worth, bound = program.worth.copy(), 0.0
        for r in joint:
            row, price = program.rows[r], float(found.prices[r]) / NEED_UNITS
            sign = 1.0 if row.most is not None else -1.0
            worth[row.pairs] -= sign * price * row.amounts
            bound += price * ((row.most or 0) if row.most is not None else -(row.least or 0))
        chosen = np.zeros(len(self.offers), dtype=np.bool_)
        limits = frozenset(row.limit for row in program.rows if not _joins(row, self.offers))
        for columns, rows in _parts(program, self.offers):
            key = (int(columns[0]), limits, worth[columns].tobytes())
            if key not in self._known:
                piece = replace(_piece(program, columns, rows), worth=worth[columns])
                self._known[key] = self._one(piece, columns, clock)
            taken, most = self._known[key]
            chosen[taken] = True
            bound += most
        return chosen, bound * NEED_UNITS

    def _one(self, piece: Program, columns: Positions, clock: Clock) -> tuple[Positions, float]:
        """The pairs that one employer takes, and the bound of it."""
        answer = piece.solve(np.ones(len(columns), dtype=np.bool_), self.gap, self.nodes, clock)
        if answer.point is None:
            return np.zeros(0, dtype=np.intp), answer.bound
        pairs = columns < len(self.offers)
        return columns[pairs & (answer.point > 0.5)], answer.bound


def _parts(program: Program, offers: Offers) -> Iterator[tuple[Positions, Positions]]:
    """The columns and the rows of each employer."""
    matrix, limits = program.matrix, len(program.rows)
    first = matrix.indices[np.minimum(matrix.indptr[:-1], matrix.nnz - 1)]
    shared = np.arange(limits, matrix.shape[0])
    owner = np.concatenate([offers.unit, offers.unit[first[shared]]])
    joint = np.array([_joins(row, offers) for row in program.rows], dtype=np.bool_)
    of_row = owner[first]
    of_row[:limits][joint] = -1
    for u in np.unique(offers.unit).tolist():
        yield np.flatnonzero(owner == u), np.flatnonzero(of_row == u)


def _piece(program: Program, columns: Positions, rows: Positions) -> Program:
    """The program of some columns and rows."""
    limits = rows[rows < len(program.rows)]
    return Program(
        rows=tuple(program.rows[r] for r in limits),
        common=program.common[limits],
        worth=program.worth[columns],
        most=program.most[columns],
        whole=program.whole[columns],
        matrix=sp.csr_array(program.matrix[rows][:, columns]),
        low=program.low[rows],
        high=program.high[rows],
    )
