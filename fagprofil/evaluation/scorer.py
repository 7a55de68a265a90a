"""How well a ranking model foretells what people took last: a scorer for scikit-learn."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fagprofil.evaluation.ranking_metrics import ranking_metrics
from fagprofil.rankers import History, Outcome, Ranker, RankingTask
from fagprofil.rankers.base import scores_of
from fagprofil.rankers.completions import check_outcome
from fagprofil.ranking import top_k

__all__ = ["RankingScorer", "ranking_scorer"]


@dataclass(frozen=True)
class RankingScorer:
    """What `ranking_scorer` makes: a callable of a fitted ranker, a task and a history."""

    k: int
    metric: str
    outcome: Outcome

    def __call__(self, estimator: Ranker, task: RankingTask, history: History) -> float:
        """The mean over people; NaN where nobody took anything that they were eligible for.

        Parameters
        ----------
        estimator
            A fitted ranker.
        task, history
            Row by row the same people, as `fagprofil.Recommender.to_learn_from` returns them.

        Raises
        ------
        RankerError
            The ranker breaks its contract.
        MissingExtra
            ir-measures is not installed.
        """
        listed = top_k(scores_of(estimator, task), task.eligible, self.k)
        ranked = [[task.modules[j] for j in row if j >= 0] for row in listed.tolist()]
        values = ranking_metrics(ranked, self._relevant(task, history), self.k, [self.metric])
        known = values[self.metric][~np.isnan(values[self.metric])]
        return float(known.mean()) if len(known) else float("nan")

    def _relevant(self, task: RankingTask, history: History) -> list[dict[str, float]]:
        came = history.outcomes(self.outcome)
        relevant: list[dict[str, float]] = [{} for _ in range(len(task))]
        for i, j, value in zip(came.person, came.module, came.value.tolist(), strict=True):
            if value > 0 and task.eligible[i, j]:
                relevant[i][task.modules[j]] = value
        return relevant


def ranking_scorer(
    k: int = 10, metric: str = "nDCG", *, outcome: Outcome = "taken"
) -> RankingScorer:
    """A scorer for `sklearn.model_selection`: what people took last, foretold by a ranker.

    Each person is seen as they stood before the last day on which they took something. Relevant is
    what they took on it, if they were eligible for it: no ranker can recommend the rest. People to
    whom nothing is relevant are in no mean. Modules are put in the library's order, score and then
    id, among those that each person was eligible for.

    Parameters
    ----------
    k
        So many modules count, at least 1.
    metric
        One of `RANKING_METRICS`; see `ranking_metrics`.
    outcome
        What makes a module relevant, and how much: that it was ``"taken"`` or ``"passed"`` (1), or
        what came of it, ``"useful"`` or ``"gap_closed"`` (0..1; 0 is not relevant).

    Returns
    -------
    A callable ``(ranker, task, history) -> float``, 0..1, higher is better.

    Raises
    ------
    DataError
        `k` is not a whole number of at least 1, or another outcome.
    UnknownName
        Another metric.
    MissingExtra
        ir-measures is not installed.

    Examples
    --------
    >>> import fagprofil as fp
    >>> from sklearn.model_selection import GroupKFold, cross_validate
    >>> from fagprofil.evaluation import synthetic
    >>> from fagprofil.rankers import PopularRanker
    >>> world = synthetic(people=60, modules=20, seed=1).dataset
    >>> task, history = fp.Recommender(world.catalogue).to_learn_from(world.people)
    >>> found = cross_validate(
    ...     PopularRanker(), task, history, groups=task.employees,
    ...     cv=GroupKFold(3), scoring=ranking_scorer(k=5))
    >>> [bool(0 <= score <= 1) for score in found["test_score"]]
    [True, True, True]
    """
    # Of nobody, so that wrong options are told before anything is fitted.
    ranking_metrics([], [], k, [metric])
    check_outcome(outcome)
    return RankingScorer(k, metric, outcome)
