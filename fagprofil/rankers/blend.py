"""Several ranking models together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, Self, get_args

import numpy as np
from numpy.typing import NDArray

from fagprofil.errors import DataError, Problem, nearest
from fagprofil.rankers.base import (
    BaseRanker,
    Ranker,
    RankerLike,
    Reason,
    label_of,
    on_grid,
    reasons_of,
    scaled,
    scaled_reasons,
    scores_of,
    summing_to,
)
from fagprofil.rankers.completions import History
from fagprofil.rankers.registry import fitted, member_of
from fagprofil.rankers.task import RankingTask

__all__ = ["BlendRanker"]

Floats = NDArray[np.float64]
How = Literal["weighted", "ranks"]


class BlendRanker(BaseRanker):
    r"""The weighted mean of several rankers' scores, or of their reciprocal ranks.

    .. math::

       weighted_{ij} = \frac{\sum_r w_r \, s_{rij} / \max_j |s_{rij}|}{\sum_r w_r}, \qquad
       ranks_{ij} = \frac{\sum_r w_r \, 61 / (60 + rank_{rij})}{\sum_r w_r}

    The largest score and the ranks (from 1, ties in the modules' order) are those among the modules
    that each person is eligible for. A ranker without an opinion on a module has no part in its
    weighted mean, and adds nothing to its reciprocal ranks.

    Parameters
    ----------
    rankers
        Names, rankers or functions.
    weights
        One for each, at least 0 and not all 0; None is the same for all.
    how
        ``"weighted"``, or ``"ranks"`` for reciprocal rank fusion (Cormack and others 2009; here
        times 61, so that the first of all rankers has 1), which does not ask how scores are
        spread.

    Attributes
    ----------
    rankers_
        The rankers, once fitted.

    References
    ----------
    G. V. Cormack, C. L. A. Clarke, S. Büttcher, "Reciprocal Rank Fusion outperforms
    Condorcet and individual Rank Learning Methods", SIGIR 2009.

    Examples
    --------
    >>> import fagprofil as fp
    >>> both = BlendRanker(["coverage", "text"], weights=[3, 1])
    >>> recommender = fp.Recommender(fp.load_catalogue(), both)
    >>> best = recommender.recommend(fp.Employee(id="a", backgrounds=["hk-kontor"]), "helhed")[0]
    >>> best.score == sum(reason.value for reason in best.reasons)
    True
    """

    rankers_: tuple[Ranker, ...]

    def __init__(
        self,
        rankers: Sequence[RankerLike] = ("coverage", "text", "history"),
        weights: Sequence[float] | None = None,
        how: How = "weighted",
    ) -> None:
        self.rankers = rankers
        self.weights = weights
        self.how = how

    def fit(self, task: RankingTask, history: History) -> Self:
        """Fit those of the rankers that learn."""
        self._shares()
        self.rankers_ = tuple(fitted(one, task, history) for one in self.rankers)
        return self

    def score(self, task: RankingTask) -> Floats:
        """Scores of shape (n, M), -1..1; NaN where no ranker has an opinion."""
        weights, parts, _ = self._parts(task)
        opinion = ~np.isnan(parts)
        total = np.einsum("r,rnm->nm", weights, np.nan_to_num(parts))
        counted = np.einsum("r,rnm->nm", weights, opinion.astype(np.float64))
        with np.errstate(invalid="ignore", divide="ignore"):
            mean = total / (counted if self.how == "weighted" else weights.sum())
        return on_grid(np.where(opinion.any(axis=0) & (counted > 0), mean, np.nan))

    def explain(self, task: RankingTask, i: int, j: int) -> list[Reason]:
        """The parts of each ranker's score, or its rank; they sum to the score."""
        weights, parts, factors = self._parts(task)
        opinion = ~np.isnan(parts[:, i, j])
        whole = weights[opinion].sum() if self.how == "weighted" else weights.sum()
        reasons: list[Reason] = []
        for r in np.flatnonzero(opinion).tolist():
            label, share = label_of(self.rankers[r]), float(weights[r] / whole)
            if self.how == "ranks":
                value = share * float(parts[r, i, j])
                reasons.append(Reason(name=f"{label}: rank", competence=None, value=value))
                continue
            one = self._members(task)[r]
            given = reasons_of(one, task, i, j, float(scores_of(one, task)[i, j]))
            reasons += scaled_reasons(given, share / float(factors[r][i, 0]), label)
        return summing_to(float(scores_of(self, task)[i, j]), reasons)

    def _members(self, task: RankingTask) -> tuple[Ranker, ...]:
        if hasattr(self, "rankers_"):
            return self.rankers_
        return tuple(member_of(task, one) for one in self.rankers)

    def _parts(self, task: RankingTask) -> tuple[Floats, Floats, list[Floats]]:
        """The rankers' weights; what they say, shape (R, n, M); what scores were divided by."""
        weights = self._shares()
        scores = [scores_of(one, task) for one in self._members(task)]

        def computed() -> tuple[Floats, list[Floats]]:
            if self.how == "ranks":
                parts = [61.0 / (60.0 + ranks(one, task.eligible)) for one in scores]
                return np.array(parts), []
            factors = [scaled(one, task.eligible) for one in scores]
            parts = [one / factor for one, factor in zip(scores, factors, strict=True)]
            return np.array(parts), factors

        # The task keeps these scores, so that no others can have their identity.
        key = ("blend", self.how, tuple(map(id, scores)))
        parts, factors = task.remember(key, computed)
        return weights, parts, factors

    def _shares(self) -> Floats:
        """The weights, if they make sense."""
        problems = []
        listed = isinstance(self.rankers, (list, tuple))
        count = len(self.rankers) if listed else 0
        if not count:
            expected = "a list of at least one"
            problems.append(Problem("BlendRanker", "rankers", repr(self.rankers), expected))
        given = [1.0] * count if self.weights is None else self.weights
        weights = np.array(given, dtype=object).ravel().tolist()
        if count and len(weights) != count:
            expected = f"{count} weights, one for each ranker"
            problems.append(Problem("BlendRanker", "weights", repr(self.weights), expected))
        elif not all(_counts(weight) for weight in weights) or (count and not any(weights)):
            expected = "numbers of at least 0, not all 0"
            problems.append(Problem("BlendRanker", "weights", repr(self.weights), expected))
        if self.how not in get_args(How):
            expected, known = "'weighted' or 'ranks'", nearest(str(self.how), get_args(How))
            problems.append(Problem("BlendRanker", "how", str(self.how), expected, known))
        if problems:
            raise DataError(problems)
        return np.array(weights, dtype=np.float64)


def _counts(weight: Any) -> bool:
    return isinstance(weight, (int, float, np.number)) and bool(0 <= weight < np.inf)


def ranks(scores: Floats, eligible: NDArray[np.bool_]) -> Floats:
    """Ranks from 1 among the eligible, ties in the modules' order; NaN where there is no score.

    Examples
    --------
    >>> ranks(np.array([[1.0, 3.0, np.nan, 3.0]]), np.ones((1, 4), dtype=bool))
    array([[ 3.,  1., nan,  2.]])
    """
    keys = np.where(eligible & ~np.isnan(scores), -scores, np.inf)
    order = np.argsort(keys, axis=1, kind="stable")
    found = np.empty(scores.shape)
    np.put_along_axis(found, order, np.arange(1.0, scores.shape[1] + 1)[None], axis=1)
    return np.asarray(np.where(np.isnan(scores), np.nan, found))
