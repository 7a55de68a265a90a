"""The linear relaxation: a bound on every plan, and a guide to good ones.

The rows that let a class be held by a fraction make it weak. So for seats of which the relaxation
gives a larger part than of their class, ``x <= z`` is added and it is solved again, a few times:
the rows are too many to write them all, and few of them are ever broken (Nemhauser and Wolsey
1988, Integer and Combinatorial Optimization, on strong formulations and cuts).

Of many seats few are near to being used. So the tighter ones are solved with those alone, and a
seat is let in when the prices say that it would be used after all (column generation; L. Ford and
D. Fulkerson 1958, A suggested computation for maximal multi-commodity network flows). The bound is
computed from the prices over all columns, so it holds before the last seat is in.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from fagprofil.planning.cohort_model import Family, Model, Sheet

__all__ = ["USED", "Clock", "Relaxation", "near", "relaxed", "tightened"]

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

_BROKEN = 1e-4
#: What a column is at least that is used.
USED = 1e-7
#: Seats that are looked at first lose no more than this share of what a seat closes on average.
_NEAR = 0.1
#: The bound may be larger by this share than that of the last seat.
_EXACT = 1e-3
#: Once a round lowers the bound by less than this share, there are no more.
_LITTLE = 1e-3


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


def relaxed(model: Model, clock: Clock, opened: Mask | None = None) -> Relaxation | None:
    """The relaxation of a program; None where the solver came to no end.

    Parameters
    ----------
    opened
        Only these columns may be more than 0, shape (columns,); None is all. The bound is that of
        all the same, and the larger the more of the others would be used.
    """
    from scipy.optimize import linprog

    every = np.ones(len(model.most), dtype=np.bool_) if opened is None else opened
    columns = np.flatnonzero(every)
    if not len(columns):
        possible = bool(np.all(model.low <= 0) and np.all(model.high >= 0))
        return Relaxation(0.0 if possible else -np.inf, np.zeros(0), np.zeros(0))
    above, below = np.isfinite(model.high), np.isfinite(model.low)
    rows = sp.vstack([model.matrix[above], -model.matrix[below]], format="csr")
    high = np.concatenate([model.high[above], -model.low[below]])
    ends: Any = np.stack([np.zeros(len(columns)), model.most[columns]], axis=1)
    found = linprog(
        -model.worth[columns],
        A_ub=rows[:, columns],
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
    point = np.zeros(len(model.most))
    point[columns] = found.x
    return Relaxation(float(high @ prices + over), point, dear)


def near(model: Model, found: Relaxation, share: float) -> Mask:
    """The columns but for seats that the relaxation does not use, nor would at a small loss.

    Parameters
    ----------
    share
        The loss, as a share of what a seat closes on average.
    """
    count = len(model.seats)
    given = found.point[:count]
    close = share * found.bound / max(1.0, float(given.sum()))
    opened = np.ones(len(found.point), dtype=np.bool_)
    opened[:count] = (given > USED) | (found.dear[:count] < close)
    return opened


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
        again = None if more is None else _again(more, found, clock)
        if more is None or again is None:
            break
        gained, bound = found.bound - again.bound, found.bound
        model, found = more, again
        if gained < _LITTLE * bound:
            break
    return model, found


def _again(model: Model, found: Relaxation, clock: Clock) -> Relaxation | None:
    """The relaxation of a program, from that of one with fewer rows."""
    opened = near(model, found, _NEAR)
    while True:
        again = relaxed(model, clock, opened)
        if again is None or opened.all():
            return again
        if not np.isfinite(again.bound):
            opened[:] = True
            continue
        more = near(model, again, _NEAR) & ~opened
        over = -again.dear[more & (again.dear < 0)].sum()
        if over <= _EXACT * again.bound:
            return again
        opened |= more


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
