"""The choice of a pathway as a mixed integer program.

Columns: ``x[o]`` in {0, 1}, an option (a module in a period) is taken; ``r[k, v, s]`` in {0, 1},
competence *k* has reached level *v* by the end of period *s* through modules; what schemes pay, and
whether their caps are used up. The value of a step is told by how much it falls from one period to
the next, ``worth[s] - worth[s + 1]`` for each *s* by whose end it is reached, so that

    maximise    sum (worth[s] - worth[s + 1]) r[k, v, s]
    subject to  r[k, v, s] <= sum of x[o] that teach k to at least v in a period up to s
                sum of x[o] in periods up to t of a module <= r[k, e, t - 1], for its entry levels

Each ``r`` is as large as it may be without being asked to be whole; it is asked all the same, since
the solver then rounds nothing and is no slower.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from fagprofil.planning.pathway_money import money_rows
from fagprofil.planning.pathway_task import PathwayTask

__all__ = ["SCALE", "PathwayModel"]

#: What a unit of value is in the model's objective: far above the solver's tolerance of 1e-6, and
#: small enough that weights of 100 keep to some 1e5.
SCALE = 2.0**-10

Floats = NDArray[np.float64]
Positions = NDArray[np.intp]


class Rows:
    """Rows ``A x <= b``, collected one by one."""

    def __init__(self) -> None:
        self.row: list[Positions] = []
        self.column: list[Positions] = []
        self.value: list[Floats] = []
        self.most: list[float] = []

    def add(self, parts: Sequence[tuple[Positions, Floats | float]], most: float) -> None:
        """One more row, from columns and their coefficients."""
        for column, value in parts:
            self.row.append(np.full(len(column), len(self.most), dtype=np.intp))
            self.column.append(np.asarray(column, dtype=np.intp))
            self.value.append(np.broadcast_to(np.asarray(value, dtype=np.float64), len(column)))
        self.most.append(most)

    def add_whole(self, columns: Positions, loads: NDArray[np.int64], most: int) -> None:
        """A row of whole numbers, divided by what divides them all."""
        keep = loads != 0
        divisor = int(np.gcd.reduce(loads[keep])) if keep.any() else 1
        self.add([(columns[keep], loads[keep] / divisor)], math.floor(most / divisor))

    def matrix(self, width: int) -> sp.csc_array:
        """All rows over so many columns."""
        none = [np.zeros(0, dtype=np.intp)]
        place = np.concatenate(self.row or none), np.concatenate(self.column or none)
        value = np.concatenate(self.value or [np.zeros(0)])
        return sp.csc_array((value, place), shape=(len(self.most), width))


class PathwayModel:
    """The program of a task.

    Attributes
    ----------
    matrix, most
        Its rows, ``matrix @ columns <= most``; the options are the first columns.
    gain
        What each column adds to the value, times `SCALE`.
    upper
        Upper bounds; the lower ones are 0.
    whole
        Columns beside the options that are 0 or 1.
    """

    def __init__(self, task: PathwayTask) -> None:
        self.task, self.rows = task, Rows()
        options = task.options
        self.count = len(options)
        self.upper: list[float] = [1.0] * self.count
        self.gains: dict[int, float] = {}
        self.binary: list[int] = []
        self._reach: dict[tuple[int, int, int], int | None] = {}
        self._teachers: dict[int, list[tuple[int, int]]] = {}
        for i, teaches in enumerate(task.teaches):
            for k, level in teaches:
                self._teachers.setdefault(k, []).append((i, level))
        self._taught: dict[int, Positions] = {}
        self._value()
        self._entries()
        self._projects()
        self._limits()
        self._requirements()
        self._years()
        money_rows(self)
        width = len(self.upper)
        self.matrix = self.rows.matrix(width)
        self.most = np.array(self.rows.most)
        self.gain = np.zeros(width)
        self.gain[list(self.gains)] = list(self.gains.values())
        self.bounds = np.array(self.upper)
        self.whole = np.array(self.binary, dtype=np.intp)

    def column(self, upper: float, *, whole: bool = False) -> int:
        """A new column."""
        self.upper.append(upper)
        if whole:
            self.binary.append(len(self.upper) - 1)
        return len(self.upper) - 1

    def _levels(self, k: int) -> Positions:
        """The level to which each option teaches a competence, shape (O,)."""
        if k not in self._taught:
            of_module = np.zeros(len(self.task.modules), dtype=np.intp)
            for i, level in self._teachers.get(k, ()):
                of_module[i] = level
            self._taught[k] = of_module[self.task.options.module]
        return self._taught[k]

    def reach(self, k: int, level: int, by: int) -> int | None:
        """The column of a level being reached by the end of a period; None where it cannot be."""
        key = (k, level, by)
        if key not in self._reach:
            teach = (self._levels(k) >= level) & (self.task.options.period <= by)
            teachers = np.flatnonzero(teach)
            self._reach[key] = None
            if len(teachers):
                self._reach[key] = new = self.column(1.0, whole=True)
                self.rows.add([(np.array([new]), 1.0), (teachers, -1.0)], 0.0)
        return self._reach[key]

    def _value(self) -> None:
        worth = self.task.worth
        for k in np.flatnonzero(worth.any(axis=(0, 2))):
            below, taught = 0, self._levels(int(k))
            # Steps between two levels that modules teach are reached together.
            for level in np.unique(taught[taught > 0]):
                steps = worth[:, k, below:level].sum(axis=1)
                below = int(level)
                falls = steps - np.append(steps[1:], 0)
                for by in np.flatnonzero(falls):
                    column = self.reach(int(k), int(level), int(by))
                    if column is not None:
                        self.gains[column] = float(falls[by]) * SCALE

    def _entries(self) -> None:
        options = self.task.options
        for i, demands in enumerate(self.task.demands):
            own = np.flatnonzero(options.module == i) if demands else ()
            for k, least in demands:
                taught = self._levels(k)
                level = int(min(taught[taught >= least], default=least))
                for t in np.unique(options.period[list(own)]):
                    open_ = self.reach(k, level, int(t) - 1)
                    until = np.array([o for o in own if options.period[o] <= t], dtype=np.intp)
                    met = [] if open_ is None else [(np.array([open_]), -1.0)]
                    self.rows.add([(until, 1.0), *met], 0.0)

    def _projects(self) -> None:
        options = self.task.options
        for o in np.flatnonzero(options.ends >= 0):
            ends = self.task.ends[options.ends[o]]
            before = np.flatnonzero(options.period < options.period[o])
            counts = ends.counts[options.module[before]]
            if ends.least > ends.counts.sum():
                self.rows.add([(np.array([o]), 1.0)], 0.0)
            elif ends.least > 0:
                columns = np.append(before, o)
                self.rows.add_whole(columns, np.append(-counts, ends.least), 0)
            for module in ends.first:
                done = before[options.module[before] == module]
                self.rows.add([(np.array([o]), 1.0), (done, -1.0)], 0.0)

    def _limits(self) -> None:
        task, options = self.task, self.task.options
        every = np.arange(self.count)
        limits = [(loads, most) for _, loads, most in task.in_all]
        for loads, most in limits + ([task.outside] if task.outside is not None else []):
            self.rows.add_whole(every, loads[options.module], most)
        for _, loads, most in task.per_period:
            for t in np.unique(options.period):
                then = np.flatnonzero(options.period == t)
                self.rows.add_whole(then, loads[options.module[then]], most)

    def _requirements(self) -> None:
        task, options = self.task, self.task.options
        for module in task.required:
            self.rows.add([(np.flatnonzero(options.module == module), -1.0)], -1.0)
        if task.whole is not None:
            least, counts = task.whole
            self.rows.add_whole(np.arange(self.count), -counts[options.module], -least)

    def _years(self) -> None:
        options, pairs = self.task.options, self.task.too_long
        for s in sorted({first for first, _ in pairs}):
            used = np.array([self.column(1.0)])
            far = [t for first, t in pairs if first == s]
            for module in np.unique(options.module):
                own = options.module == module
                now = np.flatnonzero(own & (options.period == s))
                late = np.flatnonzero(own & np.isin(options.period, far))
                self.rows.add([(now, 1.0), (used, -1.0)], 0.0)
                self.rows.add([(late, 1.0), (used, 1.0)], 1.0)
