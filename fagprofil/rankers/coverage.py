"""Rank by the gap that a module closes."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from fagprofil.errors import DataError, Problem
from fagprofil.rankers.base import BaseRanker, Reason, on_grid, shares_of
from fagprofil.rankers.task import RankingTask

__all__ = ["CoverageRanker"]


class CoverageRanker(BaseRanker):
    r"""The gap closed, as it is or per ECTS point or per 1,000 kroner, less what is repeated.

    .. math:: score = \frac{gain}{unit} \, (1 - repetition \cdot repeats)

    Modules of which it is unknown what they teach, or how many ECTS or kroner they cost where that
    counts, get no opinion. A module that costs nothing after funding counts as costing 1 krone.

    Parameters
    ----------
    per
        ``"module"``, ``"ects"`` (per ECTS point) or ``"price"`` (per 1,000 kroner after funding).
    repetition
        How much repetition is penalised, 0 (not at all) to 1 (a module that is all repetition
        scores 0).

    Examples
    --------
    >>> import fagprofil as fp
    >>> somebody = fp.Employee(id="a", backgrounds=["hk-kontor"])
    >>> by_ects = fp.Recommender(fp.load_catalogue(), ranker=CoverageRanker(per="ects"))
    >>> best = by_ects.recommend(somebody, "virksomhed", k=1)[0]
    >>> best.score == sum(reason.value for reason in best.reasons)
    True
    """

    def __init__(
        self, per: Literal["module", "ects", "price"] = "module", repetition: float = 0.0
    ) -> None:
        self.per = per
        self.repetition = repetition

    @property
    def scores_gain(self) -> bool:
        """Whether the score is the gain itself."""
        return self.per == "module" and self.repetition == 0

    def score(self, task: RankingTask) -> NDArray[np.float64]:
        """Scores of shape (n, M)."""
        return on_grid(self._per_unit(task) - self._penalty(task))

    def explain(self, task: RankingTask, i: int, j: int) -> list[Reason]:
        """One part for each competence, and one for repetition; they sum to the score."""
        penalty = -float(on_grid(self._penalty(task, i, j)))
        score = float(on_grid(self._per_unit(task, i, j) - self._penalty(task, i, j)))
        parts = task.gain_parts(i, j)
        values = shares_of(score - penalty, [value for _, value in parts])
        reasons = [
            Reason(name="gap closed", competence=name, value=value)
            for (name, _), value in zip(parts, values, strict=True)
        ]
        if penalty:
            reasons.append(Reason(name="repetition", competence=None, value=penalty))
        return sorted(reasons, key=lambda one: (-abs(one.value), one.competence or ""))

    def _per_unit(
        self, task: RankingTask, i: int | slice = slice(None), j: int | slice = slice(None)
    ) -> NDArray[np.float64]:
        gain = task.gain[i, j]
        if self.per == "module":
            return gain
        if self.per == "ects":
            return np.asarray(gain / task.ects[j])
        if self.per == "price":
            return np.asarray(gain / (np.maximum(task.price[i, j], 1.0) / 1000))
        expected = "one of 'module', 'ects', 'price'"
        raise DataError([Problem("CoverageRanker", "per", str(self.per), expected)])

    def _penalty(
        self, task: RankingTask, i: int | slice = slice(None), j: int | slice = slice(None)
    ) -> NDArray[np.float64]:
        if not isinstance(self.repetition, (int, float)) or not 0 <= self.repetition <= 1:
            expected = "a number from 0 to 1"
            raise DataError(
                [Problem("CoverageRanker", "repetition", str(self.repetition), expected)]
            )
        if self.repetition == 0:
            return np.zeros(())
        return np.asarray(
            self._per_unit(task, i, j) * self.repetition * np.nan_to_num(task.repeats[i, j])
        )
