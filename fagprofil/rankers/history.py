"""Rank by what people who passed the same modules passed too."""

from __future__ import annotations

from typing import Literal, Self, get_args

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from fagprofil.errors import DataError, Problem, nearest
from fagprofil.rankers.base import (
    BaseRanker,
    Reason,
    aligned,
    on_grid,
    scores_of,
    summing_to,
)
from fagprofil.rankers.completions import History
from fagprofil.rankers.rates import shrunk
from fagprofil.rankers.task import RankingTask

__all__ = ["HistoryRanker"]

Floats = NDArray[np.float64]
Method = Literal["ease", "knn"]


class HistoryRanker(BaseRanker):
    r"""Collaborative filtering from completions, drawn towards what is popular in the profile.

    .. math::

       score_{ij} = \lambda_i \sum_{m \in passed_i} B_{mj} + (1 - \lambda_i) \, popular_{p(i) j},
       \qquad \lambda_i = \frac{|passed_i|}{|passed_i| + lean}

    where *B* says how much having passed *m* speaks for *j*, *popular* is the share of people of
    the same profile who have passed *j* (few people drawn towards all), and somebody who has
    passed nothing gets what is popular. Completions mostly record what was assigned and paid: this
    foretells what is taken next, not what would help. It is as useful as a feature of ``blend`` or
    ``learned`` as alone.

    Parameters
    ----------
    method
        ``"ease"``: the linear model of least squares with no weight on the module itself, in
        closed form (Steck 2019). ``"knn"``: the cosine between those who passed *m* and those
        who passed *j*, for the `neighbours` nearest (Sarwar and others 2001).
    l2
        EASE: how strongly weights are drawn to 0, above 0; in people.
    neighbours
        kNN: so many modules speak for each.
    damping
        kNN: cosines of few people are drawn to 0, as if so many more had passed each of the two
        without the other; >= 0.
    lean
        After so many passed modules a person's own count as much as what is popular; >= 0. (Sums
        of cosines grow with the number of modules and are not shares, so kNN leans less.)

    Attributes
    ----------
    weights_
        *B*, shape (M, M), once fitted.
    popular_
        By profile, the share of people who have passed each module, shape (M,); all people under
        ``""``.
    modules_
        The modules' ids.

    References
    ----------
    H. Steck, "Embarrassingly Shallow Autoencoders for Sparse Data", WWW 2019.

    B. Sarwar and others, "Item-based Collaborative Filtering Recommendation Algorithms",
    WWW 2001.

    Examples
    --------
    >>> import fagprofil as fp
    >>> catalogue = fp.load_catalogue()
    >>> pair = ["mediation", "syn-faelles-fagligt-grundlag"]
    >>> past = [fp.Employee(id=f"h{n}", completed=pair) for n in range(5)]
    >>> ranker = fp.Recommender(catalogue, HistoryRanker(), history=past)
    >>> best = ranker.recommend(fp.Employee(id="c", completed=pair[:1]), "helhed", k=1)[0]
    >>> best.score == sum(reason.value for reason in best.reasons)
    True
    """

    weights_: Floats
    popular_: dict[str, Floats]
    modules_: tuple[str, ...]

    def __init__(
        self,
        method: Method = "ease",
        *,
        l2: float = 50.0,
        neighbours: int = 50,
        damping: float = 10.0,
        lean: float = 2.0,
    ) -> None:
        self.method = method
        self.l2 = l2
        self.neighbours = neighbours
        self.damping = damping
        self.lean = lean

    def fit(self, task: RankingTask, history: History) -> Self:  # noqa: ARG002 (the contract's)
        """Learn which modules go together.

        Raises
        ------
        DataError
            Parameters out of their range.
        """
        self._check()
        learn = {"ease": self._ease, "knn": self._knn}[self.method]
        self.weights_ = learn(history.passed)
        self.popular_ = _popular(history)
        self.modules_ = history.modules
        return self

    def score(self, task: RankingTask) -> Floats:
        """Scores of shape (n, M)."""
        if not hasattr(self, "weights_"):
            return np.full(task.shape, np.nan)
        own = self._own(task)
        trust = self._trust(own)[:, None]
        scores = trust * np.asarray(own @ self.weights_) + (1 - trust) * self._usual(task)
        return on_grid(aligned(scores, self.modules_, task.modules))

    def explain(self, task: RankingTask, i: int, j: int) -> list[Reason]:
        """One part for each module that the person has passed, and one for popularity."""
        own, place = self._own(task)[[i]], self.modules_.index(task.modules[j])
        trust = float(self._trust(own)[0])
        usual = self.popular_.get(task.profiles[i] or "", self.popular_[""])[place]
        reasons = [
            Reason(
                name=f"passed {self.modules_[m]}",
                competence=None,
                value=trust * float(self.weights_[m, place]),
            )
            for m in own.indices
        ]
        popularity = (1 - trust) * float(usual)
        reasons.append(Reason(name="popularity", competence=None, value=popularity))
        return summing_to(float(scores_of(self, task)[i, j]), reasons)

    def _check(self) -> None:
        problems = []
        if self.method not in get_args(Method):
            expected, known = "'ease' or 'knn'", nearest(str(self.method), get_args(Method))
            problems.append(Problem("HistoryRanker", "method", str(self.method), expected, known))
        if not isinstance(self.neighbours, (int, np.integer)) or self.neighbours < 1:
            expected = "a whole number of at least 1"
            problems.append(Problem("HistoryRanker", "neighbours", str(self.neighbours), expected))
        for name, least in (("l2", 1e-9), ("damping", 0.0), ("lean", 0.0)):
            value = getattr(self, name)
            number = isinstance(value, (int, float, np.number))
            if not number or not least <= value < np.inf:
                expected = "a number above 0" if name == "l2" else f"a number of at least {least:g}"
                problems.append(Problem("HistoryRanker", name, str(value), expected))
        if problems:
            raise DataError(problems)

    def _ease(self, passed: sp.csr_array) -> Floats:
        if passed.shape[0] < passed.shape[1]:
            # The same weights from the smaller matrix of people (Woodbury's identity).
            dense = np.asarray(passed.toarray(), dtype=np.float64)
            people = dense @ dense.T
            people[np.diag_indices_from(people)] += self.l2
            weights = dense.T @ np.linalg.solve(people, dense)
            weights /= (1 - np.diag(weights))[None]
        else:
            gram = np.asarray((passed.T @ passed).toarray(), dtype=np.float64)
            gram[np.diag_indices_from(gram)] += self.l2
            inverse = np.linalg.inv(gram)
            weights = inverse / -np.diag(inverse)[None]
        np.fill_diagonal(weights, 0.0)
        return weights

    def _knn(self, passed: sp.csr_array) -> Floats:
        together = np.asarray((passed.T @ passed).toarray(), dtype=np.float64)
        count = np.diag(together).copy()
        np.fill_diagonal(together, 0.0)
        norm = np.sqrt(count[:, None] * count[None]) + self.damping
        cosine = np.divide(together, norm, out=np.zeros_like(together), where=norm > 0)
        least = int(self.neighbours)
        if least < len(cosine):
            # The nearest of each column, and all that are as near as the last of them.
            last = np.partition(cosine, len(cosine) - least, axis=0)[len(cosine) - least]
            cosine[cosine < last] = 0.0
        return cosine

    def _own(self, task: RankingTask) -> sp.csr_array:
        """What people have passed, in the order of the modules that were learned on."""
        if task.modules == self.modules_:
            return task.passed
        place = {name: j for j, name in enumerate(self.modules_)}
        at = np.array([place.get(name, -1) for name in task.modules], dtype=np.intp)
        rows, columns = task.passed.nonzero()
        known = at[columns] >= 0
        cells = (rows[known], at[columns[known]])
        shape = (len(task), len(self.modules_))
        return sp.csr_array((np.ones(int(known.sum())), cells), shape=shape)

    def _trust(self, own: sp.csr_array) -> Floats:
        count = np.diff(own.indptr).astype(np.float64)
        return count / np.maximum(count + self.lean, 1e-9)

    def _usual(self, task: RankingTask) -> Floats:
        """What is popular in each person's profile, shape (n, M)."""
        shares = [self.popular_.get(one or "", self.popular_[""]) for one in task.profiles]
        return np.array(shares).reshape(len(task), len(self.modules_))


def _popular(history: History) -> dict[str, Floats]:
    everybody = np.asarray(history.passed.sum(axis=0)).ravel() / max(1, len(history))
    found = {"": everybody}
    for profile in sorted({one for one in history.profiles if one is not None}):
        mine = np.array([one == profile for one in history.profiles], dtype=np.bool_)
        passed = np.asarray(history.passed[mine].sum(axis=0), dtype=np.float64).ravel()
        found[profile] = shrunk(passed, float(mine.sum()), everybody)
    return found
