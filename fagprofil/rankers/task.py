"""What a ranking model is given, and all that it may use."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from fagprofil.catalogue import Catalogue
from fagprofil.ladder import UNIT, Ladder, closes
from fagprofil.model import Employee, Horizon
from fagprofil.standing import CERTAIN, Held

__all__ = ["History", "RankingTask"]

Floats = NDArray[np.float64]


A = TypeVar("A", bound=NDArray[Any])


def _fixed(array: A) -> A:
    """An array that a ranking model can read but not change."""
    array.setflags(write=False)
    return array


def _columns(cube: NDArray[np.int64]) -> NDArray[np.int64]:
    """People as columns, shape (K * L, n) from (n, K, L)."""
    people, competences, levels = cube.shape
    return np.ascontiguousarray(cube.reshape(people, competences * levels).T)


@dataclass(frozen=True)
class History:
    """Who has passed what.

    Attributes
    ----------
    employees
        The ids of p people.
    modules
        The ids of the catalogue's M modules, in its order.
    passed
        Sparse matrix of 0/1, shape (p, M).
    """

    employees: tuple[str, ...]
    modules: tuple[str, ...]
    passed: sp.csr_array

    @classmethod
    def of(cls, employees: Sequence[Employee], catalogue: Catalogue) -> History:
        """The history in the `completed` of some people."""
        position = {name: j for j, name in enumerate(catalogue.modules)}
        pairs = sorted(
            {
                (i, position[taken.module])
                for i, one in enumerate(employees)
                for taken in one.completed
                if taken.passed
            }
        )
        rows, columns = np.array(pairs, dtype=np.intp).reshape(-1, 2).T
        shape = (len(employees), len(position))
        passed = sp.csr_array((np.ones(len(pairs)), (rows, columns)), shape=shape)
        return cls(tuple(one.id for one in employees), tuple(position), passed)


class RankingTask:
    """n people, M modules, and arrays about them, each computed once when asked, and read-only.

    Attributes
    ----------
    catalogue, employees, modules, horizon, on
        The catalogue, the people's ids, the modules' ids in the catalogue's order, and when.
    history
        Completions, of these and other people; None where none are known.
    """

    def __init__(
        self,
        ladder: Ladder,
        employees: tuple[str, ...],
        held: Held,
        missing: NDArray[np.int64],
        permitted: NDArray[np.bool_],
        horizon: Horizon,
        prices: Callable[[], Floats],
        history: History | None = None,
    ) -> None:
        self.catalogue = ladder.catalogue
        self.employees = employees
        self.modules = ladder.catalogue.module_ids
        self.horizon = horizon
        self.on = ladder.on
        self._modules = tuple(ladder.catalogue.modules.values())
        self.history = history
        self._ladder = ladder
        self._held = held
        self._missing = missing
        self._permitted = permitted
        self._prices = prices

    @property
    def shape(self) -> tuple[int, int]:
        """Number of people n and of modules M, the shape of scores."""
        return len(self.employees), len(self.modules)

    @cached_property
    def mapped(self) -> NDArray[np.bool_]:
        """Whether it is known what each module teaches, shape (M,)."""
        return _fixed(self._ladder.mapped.copy())

    @cached_property
    def closes(self) -> NDArray[np.int64]:
        """What reaching each level would close, in `fagprofil.ladder.UNIT`, shape (n, K, L + 1)."""
        return _fixed(closes(self._missing))

    @cached_property
    def gain(self) -> Floats:
        """The gap that each module closes for each person, in weights times steps, shape (n, M).

        NaN where it is unknown what the module teaches.
        """
        needed = np.flatnonzero(self._missing.any(axis=(0, 2)))
        picker = self._ladder.taught.picker(self._ladder.top, needed)
        gain = (picker @ _columns(self.closes[:, needed])).T * UNIT
        gain[:, ~self.mapped] = np.nan
        return _fixed(np.ascontiguousarray(gain))

    @cached_property
    def repeats(self) -> Floats:
        """The share of what each module teaches that each person already holds, 0..1, shape (n, M).

        NaN where it teaches nothing, or nothing known.
        """
        taught = self._ladder.taught
        held = closes(self._held.steps)
        picker = taught.picker(self._ladder.top, np.arange(held.shape[1]))
        known = (picker @ _columns(held)).T
        with np.errstate(invalid="ignore"):
            return _fixed(np.asarray(known / (taught.steps * CERTAIN)[None], dtype=np.float64))

    @cached_property
    def eligible(self) -> NDArray[np.bool_]:
        """Which modules may be recommended to whom, shape (n, M); no score can overrule it."""
        return _fixed(self._permitted & ~self.closes_nothing)

    @cached_property
    def closes_nothing(self) -> NDArray[np.bool_]:
        """Where a module is known to close nothing of the gap, shape (n, M).

        Where there is no gap, that is every module, whatever it teaches.
        """
        no_gap = self._missing.sum(axis=(1, 2)) == 0
        return _fixed((self.gain == 0) | no_gap[:, None])

    @cached_property
    def ects(self) -> Floats:
        """ECTS points, shape (M,); NaN where unknown."""
        return _fixed(np.array([one.ects or np.nan for one in self._modules], dtype=np.float64))

    @cached_property
    def price(self) -> Floats:
        """Price in kroner after funding, shape (n, M); NaN where unknown."""
        return _fixed(self._prices())

    def gain_of(self, i: int, j: int) -> float:
        """One entry of `gain`, without computing the others."""
        return sum(value for _, value in self.gain_parts(i, j)) if self.mapped[j] else np.nan

    def gain_parts(self, i: int, j: int) -> list[tuple[str, float]]:
        """What module j closes for person i, by competence; sums to ``gain[i, j]`` exactly."""
        taught = self._ladder.taught
        triples = taught.of(j)
        competences, levels = taught.competence[triples], taught.level[triples]
        values = self.closes[i, competences, levels] * UNIT
        return [
            (self._ladder.competences[k], float(value))
            for k, value in zip(competences, values, strict=True)
            if value
        ]

    def after(self, picks: NDArray[np.intp]) -> RankingTask:
        """The task that is left when each person takes one more module.

        What the module teaches counts as held for the gap, so that the gain of the others is what
        they would add; entry levels stay as they are today.

        Parameters
        ----------
        picks
            A module's position for each person, shape (n,); negative for none.
        """
        missing, permitted = self._missing.copy(), self._permitted.copy()
        for i, j in enumerate(picks):
            if j >= 0:
                triples = self._ladder.taught.of(int(j))
                taught = self._ladder.taught
                for k, level in zip(taught.competence[triples], taught.level[triples], strict=True):
                    missing[i, k, :level] = 0
                permitted[i, j] = False
        return RankingTask(
            self._ladder,
            self.employees,
            self._held,
            missing,
            permitted,
            self.horizon,
            self._prices,
            self.history,
        )
