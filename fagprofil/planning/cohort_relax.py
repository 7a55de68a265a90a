"""The linear relaxation: a bound on every plan, and a guide to good ones.

The rows that let a class be held by a fraction make it weak. So for seats of which the relaxation
gives a larger part than of their class, ``x <= z`` is added and it is solved again, a few times:
the rows are too many to write them all, and few of them are ever broken (Nemhauser and Wolsey
1988, Integer and Combinatorial Optimization, on strong formulations and cuts).
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from fagprofil.planning.cohort_model import Family, Model, Sheet

__all__ = ["Clock", "Relaxation", "relaxed", "tightened"]

Floats = NDArray[np.float64]

_BROKEN = 1e-4


@dataclass(frozen=True)
class Clock:
    """When the caller wants an end; None is never."""

    ends: float | None = None

    @classmethod
    def of(cls, seconds: float | None) -> Clock:
        """A clock that starts now."""
        return cls(None if seconds is None else time.monotonic() + seconds)

    @property
    def options(self) -> Any:
        """What the solver is told."""
        return {} if self.ends is None else {"time_limit": max(0.1, self.ends - time.monotonic())}

    @property
    def over(self) -> bool:
        """Whether nothing is left."""
        return self.ends is not None and time.monotonic() >= self.ends


@dataclass(frozen=True, eq=False)
class Relaxation:
    """The best solution in fractions.

    Attributes
    ----------
    bound
        No plan is worth more, in weights times steps (A. Geoffrion 1974, Lagrangean relaxation
        for integer programming); -inf where there is no plan at all.
    point
        The solution, shape (columns,).
    dear
        What it would cost to raise each column from 0 to 1, by the relaxation's prices, shape
        (columns,).
    """

    bound: float
    point: Floats
    dear: Floats


def relaxed(model: Model, clock: Clock) -> Relaxation | None:
    """The relaxation of a program; None where the solver came to no end."""
    from scipy.optimize import linprog

    if not len(model.most):
        possible = bool(np.all(model.low <= 0) and np.all(model.high >= 0))
        return Relaxation(0.0 if possible else -np.inf, np.zeros(0), np.zeros(0))
    above, below = np.isfinite(model.high), np.isfinite(model.low)
    rows = sp.vstack([model.matrix[above], -model.matrix[below]], format="csr")
    high = np.concatenate([model.high[above], -model.low[below]])
    ends: Any = np.stack([np.zeros(len(model.most)), model.most], axis=1)
    found = linprog(
        -model.worth,
        A_ub=rows,
        b_ub=high,
        bounds=ends,
        method="highs-ds",
        options=clock.options,
    )
    if found.status == 2:
        return Relaxation(-np.inf, np.zeros(0), np.zeros(0))
    if found.status != 0 or found.x is None:
        return None
    prices = np.maximum(0.0, -found.ineqlin.marginals)
    dear = rows.T @ prices - model.worth
    # For any prices this is a bound, so it does not rest on the tolerances of the solver.
    over = np.where(dear < 0, -dear * model.most, 0.0).sum()
    return Relaxation(float(high @ prices + over), found.x, dear)


def tightened(model: Model, rounds: int, clock: Clock) -> tuple[Model, Relaxation | None]:
    """A program with rows that its relaxation broke, and the relaxation of it.

    Parameters
    ----------
    rounds
        How often it is solved again at most.
    """
    found = relaxed(model, clock)
    for _ in range(rounds):
        if found is None or not np.isfinite(found.bound):
            break
        more = _with_cuts(model, found)
        again = None if more is None else relaxed(more, clock)
        if more is None or again is None:
            break
        model, found = more, again
    return model, found


def _with_cuts(model: Model, found: Relaxation) -> Model | None:
    """The program with the rows that are broken; None where none is."""
    seats, sheet = model.seats, Sheet(model.matrix.shape[1])
    for p in np.flatnonzero(found.point[: len(seats)] > _BROKEN).tolist():
        r = int(seats.run[p])
        held, goes = len(seats) + r, model.within.get(p)
        if found.point[p] > found.point[held] + _BROKEN:
            sheet.add(Family.FULL, [p, held], [1.0, -1.0], high=0, about=(r,))
        if goes is not None and found.point[p] > found.point[goes] + _BROKEN:
            unit = int(seats.crowd.unit[seats.person[p]])
            sheet.add(Family.TOGETHER, [p, goes], [1.0, -1.0], high=0, about=(unit,))
    return model.plus(sheet) if sheet.low else None
