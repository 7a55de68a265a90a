"""A plan of classes as a linear program in whole numbers.

Columns: whether each possible seat is given (x), whether each class is held (z), which class a unit
that stays together goes to (t), how much of each group of steps is reached (y), and what seats cost
a person beyond their least price (e). Steps of a person that the same modules reach are one group;
a group that one module reaches is worth something in x itself, and of the others
``y <= sum of x, y <= 1``: the value is the maximum per competence, never a sum of gains.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from fagprofil.planning.cohort_seats import Seats

__all__ = ["Family", "Model", "Sheet"]

Floats = NDArray[np.float64]
Positions = NDArray[np.intp]


class Family(StrEnum):
    """What a row of the program is there for."""

    VALUE = "value"
    FULL = "full"
    FEW = "few"
    ONCE = "once"
    CLASH = "clash"
    CLASSES = "classes"
    ECTS = "ects"
    AWAY = "away"
    PRESENCE = "presence"
    BUDGET = "budget"
    UNIT_BUDGET = "unit_budget"
    FUNDING = "funding"
    TOGETHER = "together"
    MIX = "mix"
    MUST = "must"


@dataclass
class Sheet:
    """Rows that are being written, each with its family and what it is about."""

    columns: int
    """How many columns there are so far."""
    within: dict[int, int] = field(default_factory=dict)
    """For seats of units that stay together, the column that says if it goes to that class."""
    where: list[Positions] = field(default_factory=list)
    values: list[Floats] = field(default_factory=list)
    low: list[float] = field(default_factory=list)
    high: list[float] = field(default_factory=list)
    family: list[Family] = field(default_factory=list)
    about: list[tuple[object, ...]] = field(default_factory=list)

    def new(self, count: int) -> Positions:
        """So many more columns."""
        self.columns += count
        return np.arange(self.columns - count, self.columns, dtype=np.intp)

    def add(
        self,
        family: Family,
        where: Positions | Sequence[int],
        values: Floats | Sequence[float] | float = 1.0,
        *,
        low: float = -np.inf,
        high: float = np.inf,
        about: tuple[object, ...] = (),
    ) -> None:
        """One more row: ``low <= sum of values times columns <= high``."""
        columns = np.asarray(where, dtype=np.intp)
        self.where.append(columns)
        self.values.append(np.broadcast_to(np.asarray(values, np.float64), columns.shape))
        self.low.append(low)
        self.high.append(high)
        self.family.append(family)
        self.about.append(about)

    @property
    def matrix(self) -> sp.csr_array:
        """The rows as a matrix."""
        ends = np.cumsum([0, *map(len, self.where)])
        empty = [np.zeros(0)]
        columns = np.concatenate([np.zeros(0, np.intp), *self.where])
        values = np.concatenate([*empty, *self.values])
        return sp.csr_array((values, columns, ends), shape=(len(self.where), self.columns))


@dataclass(frozen=True, eq=False)
class Model:
    """Maximise ``worth @ v`` over ``low <= matrix @ v <= high``, ``0 <= v <= most``.

    Attributes
    ----------
    seats
        The seats that its first P columns stand for; the classes of the next R are their runs.
    worth
        In weights times steps, shape (columns,).
    most
        The largest value of each column, shape (columns,).
    whole
        Which columns are whole numbers, shape (columns,).
    family, about
        What each row is there for.
    within
        For seats of units that stay together, the column that says if it goes to that class.
    """

    seats: Seats
    worth: Floats
    most: Floats
    whole: NDArray[np.bool_]
    matrix: sp.csr_array
    low: Floats
    high: Floats
    family: tuple[Family, ...]
    about: tuple[tuple[object, ...], ...]
    within: Mapping[int, int]

    def plus(self, sheet: Sheet) -> Model:
        """The program with the rows of a sheet, which has no more columns."""
        return replace(
            self,
            matrix=sp.vstack([self.matrix, sheet.matrix], format="csr"),
            low=np.append(self.low, sheet.low),
            high=np.append(self.high, sheet.high),
            family=(*self.family, *sheet.family),
            about=(*self.about, *sheet.about),
        )

    def rows(self, kept: NDArray[np.bool_]) -> Model:
        """The program with some of its rows."""
        where = np.flatnonzero(kept)
        return replace(
            self,
            matrix=self.matrix[where],
            low=self.low[where],
            high=self.high[where],
            family=tuple(self.family[j] for j in where),
            about=tuple(self.about[j] for j in where),
        )
