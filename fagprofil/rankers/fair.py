"""Rank so that no group of people gets much less out of it than another."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from fagprofil.errors import DataError, Problem, nearest
from fagprofil.model.base import Frozen
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
from fagprofil.rankers.features import FEATURES
from fagprofil.rankers.registry import fitted, member_of
from fagprofil.rankers.task import RankingTask

__all__ = ["FairRanker", "GroupBenefit"]

Floats = NDArray[np.float64]

#: The facts of people by which they can be grouped.
FACTS = ("profile", "backgrounds", "employer", "agreement", "education_level")
#: The weights that are tried, from the smallest.
STEPS = np.arange(0, 21) / 20


class GroupBenefit(Frozen):
    """What a group of people gets out of a ranker, before and after it was made fair."""

    group: str
    people: int
    before: float
    """The mean share of the attainable benefit, 0..1, by the other ranker."""
    after: float
    """The same by the fair ranker."""
    weight: float
    """How much the benefit itself counts for the group, 0..1."""


class FairRanker(BaseRanker):
    r"""Another ranker, held to give every group a like share of what it could get.

    A person's benefit is the share of the attainable: what the first `k` modules bring, each
    on its own, over what the `k` that bring most would. A group's is the mean of its people's, of
    those who can get anything. When it is fitted, groups whose benefit is below `bound` times the
    best group's get the smallest weight :math:`w_g` with which

    .. math:: score_{ij} = (1 - w_{g(i)}) \frac{s_{ij}}{\max_j |s_{ij}|}
              + w_{g(i)} \frac{b_{ij}}{\max_j |b_{ij}|}

    keeps the bound, where *s* is the other ranker's score and *b* the benefit. It always can: with
    a weight of 1 the benefit is all that counts. Nobody's list is made worse to make groups equal.
    The bound is kept among the people that it was fitted on; `report_` tells how far.

    Bounding the ratio of benefits is one notion of fairness among several that exclude each other
    (Kleinberg and others 2017); which one is right is not for a library to say.

    Parameters
    ----------
    ranker
        The other ranker.
    groups
        A fact of people (``"profile"``, ``"backgrounds"``, ``"employer"``, ``"agreement"``,
        ``"education_level"``), or groups by people's ids. Somebody without a group is ranked by
        the other ranker.
    benefit
        A feature of which more closes more of the gap, such as ``"gain"``.
    bound
        The least ratio of the worst group's benefit to the best's, 0 (no bound) to 1.
    k
        So many modules count.
    smallest
        Groups of fewer people are neither looked at nor reported.

    Attributes
    ----------
    report_
        A `GroupBenefit` for each group, by name.
    disparity_
        The worst group's benefit over the best's, 0..1, before and after; 1 without two groups.
    weights_
        The weight by group.
    ranker_
        The other ranker, fitted.

    References
    ----------
    J. Kleinberg, S. Mullainathan, M. Raghavan, "Inherent Trade-Offs in the Fair
    Determination of Risk Scores", ITCS 2017.

    Examples
    --------
    >>> import fagprofil as fp
    >>> recommender, past = fp.Recommender(fp.load_catalogue()), fp.load_case("job7").people()
    >>> task, history = recommender.to_learn_from(past)
    >>> fair = FairRanker("popular", groups="backgrounds", bound=0.9).fit(task, history)
    >>> before, after = fair.disparity_
    >>> after >= 0.9
    True
    """

    ranker_: Ranker
    weights_: dict[str, float]
    report_: tuple[GroupBenefit, ...]
    disparity_: tuple[float, float]

    def __init__(
        self,
        ranker: RankerLike = "history",
        groups: str | Mapping[str, str] = "backgrounds",
        benefit: str = "gain",
        bound: float = 0.8,
        *,
        k: int = 5,
        smallest: int = 5,
    ) -> None:
        self.ranker = ranker
        self.groups = groups
        self.benefit = benefit
        self.bound = bound
        self.k = k
        self.smallest = smallest

    def fit(self, task: RankingTask, history: History) -> Self:
        """Fit the other ranker, and find the weights that keep the bound."""
        self._check()
        self.ranker_ = fitted(self.ranker, task, history)
        group = np.array([one or "" for one in self._groups(task)], dtype=object)
        names = sorted(set(group.tolist()) - {""})
        # Who can get nothing from any module tells nothing of how they are served.
        some = np.where(task.eligible, self._benefit(task), 0.0).max(axis=1, initial=0.0) > 0
        members = {name: np.flatnonzero((group == name) & some) for name in names}
        members = {name: rows for name, rows in members.items() if len(rows) >= self.smallest}
        # With each weight that is tried, what every group gets.
        tried = np.array([self._benefits(task, step, members) for step in STEPS])
        chosen = _weights(tried, self.bound)
        before, after = tried[0], tried[chosen, np.arange(len(members))]
        self.weights_ = {name: float(STEPS[w]) for name, w in zip(members, chosen, strict=True)}
        self.disparity_ = (_disparity(before), _disparity(after))
        self.report_ = tuple(
            GroupBenefit(
                group=name,
                people=len(members[name]),
                before=float(before[g]),
                after=float(after[g]),
                weight=self.weights_[name],
            )
            for g, name in enumerate(members)
        )
        return self

    def score(self, task: RankingTask) -> Floats:
        """Scores of shape (n, M), -1..1."""
        self._check()
        return self._mixed(task, self._weight(task)[:, None])

    def explain(self, task: RankingTask, i: int, j: int) -> list[Reason]:
        """The parts of the other ranker's score, and the benefit."""
        weight, other = float(self._weight(task)[i]), self._member(task)
        total = float(scores_of(self, task)[i, j])
        own = scores_of(other, task)
        reasons: list[Reason] = []
        if not np.isnan(own[i, j]):
            factor = (1 - weight) / float(scaled(own, task.eligible)[i, 0])
            given = reasons_of(other, task, i, j, float(own[i, j]))
            reasons = scaled_reasons(given, factor, label_of(self.ranker))
        if weight:
            benefit = self._benefit(task)
            value = weight * float(benefit[i, j] / scaled(benefit, task.eligible)[i, 0])
            name = f"fair share: {self.benefit}"
            reasons.append(Reason(name=name, competence=None, value=value))
        return summing_to(total, reasons)

    def _check(self) -> None:
        problems = []
        if self.groups not in FACTS and not isinstance(self.groups, Mapping):
            expected = f"groups by people's ids, or one of {', '.join(map(repr, FACTS))}"
            told = self.groups if isinstance(self.groups, str) else type(self.groups).__name__
            known = nearest(told, FACTS)
            problems.append(Problem("FairRanker", "groups", told, expected, known))
        rising = [one.name for one in FEATURES.values() if one.rises]
        if self.benefit not in rising:
            expected = f"one of {', '.join(map(repr, rising))}"
            known = nearest(str(self.benefit), rising)
            problems.append(Problem("FairRanker", "benefit", str(self.benefit), expected, known))
        if not isinstance(self.bound, (int, float)) or not 0 <= self.bound <= 1:
            expected = "a number from 0 to 1"
            problems.append(Problem("FairRanker", "bound", str(self.bound), expected))
        for name in ("k", "smallest"):
            value = getattr(self, name)
            if not isinstance(value, (int, np.integer)) or value < 1:
                expected = "a whole number of at least 1"
                problems.append(Problem("FairRanker", name, str(value), expected))
        if problems:
            raise DataError(problems)

    def _member(self, task: RankingTask) -> Ranker:
        return self.ranker_ if hasattr(self, "ranker_") else member_of(task, self.ranker)

    def _groups(self, task: RankingTask) -> list[str | None]:
        """The group of each person; None where they have none."""
        if not isinstance(self.groups, str):
            return [_told(self.groups.get(one)) for one in task.employees]
        if self.groups == "profile":
            return list(task.profiles)
        return [_told(getattr(task.facts(i), self.groups)) for i in range(len(task))]

    def _weight(self, task: RankingTask) -> Floats:
        weights = getattr(self, "weights_", {})
        if not any(weights.values()):
            return np.zeros(len(task))
        return np.array([weights.get(one or "", 0.0) for one in self._groups(task)])

    def _benefit(self, task: RankingTask) -> Floats:
        return np.nan_to_num(task.feature(self.benefit))

    def _mixed(self, task: RankingTask, weight: Floats) -> Floats:
        own, benefit = scores_of(self._member(task), task), self._benefit(task)
        mixed = (1 - weight) * np.nan_to_num(own) / scaled(own, task.eligible)
        mixed = mixed + weight * benefit / scaled(benefit, task.eligible)
        return on_grid(np.where(np.isnan(own) & (weight == 0), np.nan, mixed))

    def _benefits(
        self, task: RankingTask, weight: float, members: Mapping[str, NDArray[np.intp]]
    ) -> list[float]:
        """What each group gets when the benefit counts so much."""
        benefit = np.where(task.eligible, self._benefit(task), 0.0)
        scores = self._mixed(task, np.full((len(task), 1), weight))
        # Sorted last of all; those without an opinion come before them.
        keys = np.where(np.isnan(scores), np.inf, -scores)
        keys[~task.eligible] = np.nan
        listed = np.argsort(keys, axis=1, kind="stable")[:, : self.k]
        got = np.take_along_axis(benefit, listed, axis=1).sum(axis=1)
        most = np.sort(benefit, axis=1)[:, ::-1][:, : self.k].sum(axis=1)
        share = np.divide(got, most, out=np.ones_like(got), where=most > 0)
        return [float(share[rows].mean()) for rows in members.values()]


def _told(value: Any) -> str | None:
    """A fact as the name of a group."""
    if value is None:
        return None
    return "+".join(sorted(value)) if isinstance(value, tuple) else str(value)


def _weights(tried: Floats, bound: float) -> NDArray[np.intp]:
    """For each group, the first of the weights tried with which the bound is kept.

    Parameters
    ----------
    tried
        What each group gets with each weight, shape (weights, groups).
    """
    chosen = np.zeros(tried.shape[1], dtype=np.intp)
    while len(chosen):
        now = tried[chosen, np.arange(len(chosen))]
        # The last weight gives all that is attainable, so that this comes to an end.
        short = (now < bound * now.max()) & (chosen < len(tried) - 1)
        if not short.any():
            break
        chosen[short] += 1
    return chosen


def _disparity(benefits: Floats) -> float:
    if len(benefits) < 2 or benefits.max() <= 0:
        return 1.0
    return float(benefits.min() / benefits.max())
