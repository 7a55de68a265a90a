"""A baseline that every ranking model has to beat: what most people have passed."""

from __future__ import annotations

from typing import Self

import numpy as np
from numpy.typing import NDArray

from fagprofil.rankers.base import BaseRanker, Reason, aligned, on_grid
from fagprofil.rankers.completions import History
from fagprofil.rankers.task import RankingTask

__all__ = ["PopularRanker"]


class PopularRanker(BaseRanker):
    """The share of people in the history who have passed each module, 0..1.

    Without a history it has no opinion, and none of modules that came after it. Completions mostly
    tell what was assigned and paid, not what helped.

    Attributes
    ----------
    share_
        Share by module, shape (M,), once fitted.
    modules_
        The modules' ids.

    Examples
    --------
    >>> import fagprofil as fp
    >>> catalogue = fp.load_catalogue()
    >>> taken = [fp.Employee(id="a", completed=["mediation"]), fp.Employee(id="b")]
    >>> popular = fp.Recommender(catalogue, ranker="popular", history=taken)
    >>> result = popular.recommend(fp.Employee(id="c", backgrounds=["hk-kontor"]), "helhed", k=1)
    >>> result[0].module, result[0].score
    ('mediation', 0.5)
    """

    share_: NDArray[np.float64]
    modules_: tuple[str, ...]

    def fit(self, task: RankingTask, history: History) -> Self:  # noqa: ARG002 (the contract's)
        """Count who has passed what."""
        people = max(1, len(history))
        self.share_ = on_grid(np.asarray(history.passed.sum(axis=0)).ravel() / people)
        self.modules_ = history.modules
        return self

    def score(self, task: RankingTask) -> NDArray[np.float64]:
        """Scores of shape (n, M)."""
        if not hasattr(self, "share_"):
            return np.full(task.shape, np.nan)
        return np.broadcast_to(self._share(task), task.shape).copy()

    def explain(self, task: RankingTask, i: int, j: int) -> list[Reason]:  # noqa: ARG002
        """One part."""
        value = float(self._share(task)[j])
        return [Reason(name="popularity", competence=None, value=value)]

    def _share(self, task: RankingTask) -> NDArray[np.float64]:
        return aligned(self.share_, self.modules_, task.modules)
