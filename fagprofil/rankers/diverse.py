"""Rank so that the modules of a list do not repeat one another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Self, get_args

import numpy as np
import scipy.sparse as sp
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

__all__ = ["DiverseRanker"]

Floats = NDArray[np.float64]
Positions = NDArray[np.intp]
By = Literal["likeness", "set"]


class DiverseRanker(BaseRanker):
    r"""Each module for what it adds to those ranked before it.

    ``by="likeness"`` is maximal marginal relevance (Carbonell and Goldstein 1998): the next module
    is the one with the largest

    .. math:: relevance \cdot s_{ij} / \max_j |s_{ij}|
              - (1 - relevance) \max_{m \in chosen} \cos(j, m),

    where *s* is another ranker's score and the cosine is that of the levels that modules teach (0
    where it is not known what they teach). ``by="set"`` asks no other ranker: the next module is
    the one that closes most of the gap that is left after those before it, which is the greedy set
    of modules to be taken together (within 1 - 1/e of the best of its size: Nemhauser and
    others 1978).

    Both values fall from one module to the next, so they are scores: the list is in their order.
    After `depth` modules the others keep the value that they had then. Recommended as a set
    (``choose="set"``), each module is chosen by a list of its own, so that likeness has no say.

    Parameters
    ----------
    ranker
        Whose scores are relevant; for ``by="likeness"``.
    by
        ``"likeness"`` or ``"set"``.
    relevance
        0 (only unlike modules count) to 1 (as without it).
    depth
        So many modules are ranked one after the other, at least 1.

    Attributes
    ----------
    ranker_
        The other ranker, once fitted.

    References
    ----------
    J. Carbonell, J. Goldstein, "The Use of MMR, Diversity-Based Reranking for Reordering
    Documents and Producing Summaries", SIGIR 1998.

    G. L. Nemhauser, L. A. Wolsey, M. L. Fisher, "An analysis of approximations for
    maximizing submodular set functions", Mathematical Programming 14, 1978.

    Examples
    --------
    >>> import fagprofil as fp
    >>> catalogue, somebody = fp.load_catalogue(), fp.Employee(id="a", backgrounds=["hk-kontor"])
    >>> by_set = fp.Recommender(catalogue, DiverseRanker(by="set"))
    >>> listed = [one.module for one in by_set.recommend(somebody, "helhed", k=3)]
    >>> chosen = fp.Recommender(catalogue).recommend(somebody, "helhed", k=3, choose="set")
    >>> listed == [one.module for one in chosen]
    True
    """

    ranker_: Ranker

    def __init__(
        self,
        ranker: RankerLike = "coverage",
        by: By = "likeness",
        relevance: float = 0.7,
        depth: int = 10,
    ) -> None:
        self.ranker = ranker
        self.by = by
        self.relevance = relevance
        self.depth = depth

    def fit(self, task: RankingTask, history: History) -> Self:
        """Fit the other ranker, if it learns."""
        self._check()
        self.ranker_ = fitted(self.ranker, task, history)
        return self

    def score(self, task: RankingTask) -> Floats:
        """Scores of shape (n, M)."""
        self._check()
        return self._chosen_set(task).scores if self.by == "set" else self._unlike(task).scores

    def explain(self, task: RankingTask, i: int, j: int) -> list[Reason]:
        """What the other ranker says and what the module resembles, or the gap that it adds."""
        if self.by == "set":
            added = self._chosen_set(task)
            left = added.tasks[added.step[i, j]]
            reasons = [
                Reason(name="gap closed", competence=name, value=value)
                for name, value in left.gain_parts(i, j)
            ]
            return sorted(reasons, key=lambda one: (-one.value, one.competence or ""))
        found, other = self._unlike(task), self._member(task)
        given = reasons_of(other, task, i, j, float(scores_of(other, task)[i, j]))
        factor = self.relevance / float(scaled(scores_of(other, task), task.eligible)[i, 0])
        reasons = scaled_reasons(given, factor, label_of(self.ranker))
        like = int(found.like[i, j])
        if like >= 0:
            value = float(-(1 - self.relevance) * found.cosine[i, j])
            name = f"resembles {task.modules[like]}"
            reasons.append(Reason(name=name, competence=None, value=value))
        return summing_to(float(found.scores[i, j]), reasons)

    def _check(self) -> None:
        problems = []
        if self.by not in get_args(By):
            expected, known = "'likeness' or 'set'", nearest(str(self.by), get_args(By))
            problems.append(Problem("DiverseRanker", "by", str(self.by), expected, known))
        if not isinstance(self.relevance, (int, float)) or not 0 <= self.relevance <= 1:
            expected = "a number from 0 to 1"
            problems.append(Problem("DiverseRanker", "relevance", str(self.relevance), expected))
        if not isinstance(self.depth, (int, np.integer)) or self.depth < 1:
            expected = "a whole number of at least 1"
            problems.append(Problem("DiverseRanker", "depth", str(self.depth), expected))
        if problems:
            raise DataError(problems)

    def _member(self, task: RankingTask) -> Ranker:
        return self.ranker_ if hasattr(self, "ranker_") else member_of(task, self.ranker)

    def _unlike(self, task: RankingTask) -> _Unlike:
        # The task keeps these scores, so that no others can have their identity.
        scores = scores_of(self._member(task), task)
        key = ("unlike", id(scores), self.relevance, self.depth)
        return task.remember(key, lambda: self._ranked_unlike(task, scores))

    def _ranked_unlike(self, task: RankingTask, scores: Floats) -> _Unlike:
        # On the grid from the start: what is rounded later could turn the order of near ties.
        relevant = on_grid(self.relevance * scores / scaled(scores, task.eligible))
        taught, everybody = _unit_rows(task.taught), np.arange(len(task))
        cosine, like = np.zeros(task.shape), np.full(task.shape, -1, dtype=np.intp)
        value = relevant.copy()
        free = task.eligible & ~np.isnan(scores)
        for _ in range(min(self.depth, task.shape[1])):
            picks = _first_best(value, free)
            some = everybody[picks >= 0]
            if not len(some):
                break
            free[some, picks[some]] = False
            near = np.zeros(task.shape)
            near[some] = on_grid((taught[picks[some]] @ taught.T).toarray())
            closer = free & (near > cosine)
            cosine[closer] = near[closer]
            like[closer] = np.broadcast_to(picks[:, None], task.shape)[closer]
            value = np.where(free, relevant - on_grid((1 - self.relevance) * cosine), value)
        return _Unlike(value, cosine, like)

    def _chosen_set(self, task: RankingTask) -> _Added:
        return task.remember(("set", self.depth), lambda: self._added(task))

    def _added(self, task: RankingTask) -> _Added:
        tasks, left = [task], task
        scores, step = task.gain.copy(), np.zeros(task.shape, dtype=np.intp)
        free, everybody = task.eligible & ~np.isnan(task.gain), np.arange(len(task))
        for n in range(1, min(self.depth, task.shape[1]) + 1):
            picks = _first_best(left.gain, free & (left.gain > 0))
            some = everybody[picks >= 0]
            if not len(some):
                break
            free[some, picks[some]] = False
            left = left.after(picks)
            tasks.append(left)
            rows = np.zeros(len(task), dtype=np.bool_)
            rows[some] = True
            waiting = free & rows[:, None]
            scores[waiting], step[waiting] = left.gain[waiting], n
        return _Added(scores, step, tuple(tasks))


@dataclass(frozen=True, eq=False)
class _Unlike:
    """Scores, and for each module the most like of those before it and how like it is; (n, M)."""

    scores: Floats
    cosine: Floats
    like: Positions


@dataclass(frozen=True, eq=False)
class _Added:
    """Scores, and after how many modules each stood so, shape (n, M); what was left after each."""

    scores: Floats
    step: Positions
    tasks: tuple[RankingTask, ...]


def _first_best(values: Floats, free: NDArray[np.bool_]) -> Positions:
    """The best free module of each person, the first of equals; -1 where none is free."""
    keys = np.where(free, values, -np.inf)
    best = keys.argmax(axis=1)
    return np.where(free.any(axis=1), best, -1).astype(np.intp)


def _unit_rows(matrix: sp.csr_array) -> sp.csr_array:
    norm = np.sqrt(np.asarray((matrix * matrix).sum(axis=1)).ravel())
    return sp.csr_array(sp.diags_array(1 / np.where(norm > 0, norm, 1.0)) @ matrix)
