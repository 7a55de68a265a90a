"""Gradient-boosted trees that learn the order of a list: LambdaMART, for small data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator
from sklearn.metrics import ndcg_score
from sklearn.utils.validation import check_is_fitted

from fagprofil.errors import DataError, MissingExtra, Problem

__all__ = ["GRADES", "LambdaMART", "ndcg_by_group"]

Floats = NDArray[np.float64]

#: Relevance 0..1 is rounded to whole grades 0..GRADES, which is what the trees learn from.
GRADES = 4


class LambdaMART(BaseEstimator):  # type: ignore[misc]
    """LightGBM's LambdaMART as a scikit-learn estimator, with parameters for small data.

    The method is that of Burges (2010).

    LightGBM's defaults (31 leaves, 20 rows in each) give the same score to all rows of a small
    table; these are smaller trees. The result is the same for any number of threads.

    `fit` and `score` take ``groups``, the person of each row, in any order of rows. Metadata
    routing hands them over: in ``sklearn.config_context(enable_metadata_routing=True)`` to a search
    or a pipeline. Without it they would not get this far, and all rows be one list.

    Parameters
    ----------
    trees, learning_rate, leaves, least_rows, l2
        Number of trees, the weight of each, the leaves of each, rows in a leaf at the least, and
        how strongly their values are drawn to 0.
    monotone
        For each column 1 (more of it never lowers the score), -1 or 0; None is 0 for all.
    k
        The order of the first k of a list counts; None is the order of all of it, which is what
        long lists with much to order need.
    seed
        Seed of LightGBM.

    Attributes
    ----------
    model_
        The trees, as LightGBM's text.
    n_features_in_
        Number of columns.

    References
    ----------
    C. J. C. Burges, "From RankNet to LambdaRank to LambdaMART: An Overview", Microsoft
    Research MSR-TR-2010-82, 2010.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> groups = np.repeat(np.arange(40), 10)
    >>> X = rng.normal(size=(400, 2))
    >>> y = (X[:, 0] > 0.5).astype(float)
    >>> model = LambdaMART(trees=20).fit(X, y, groups=groups)
    >>> model.score(X, y, groups=groups) > 0.9
    True
    """

    # What scikit-learn's routing hands over unless it is told otherwise.
    __metadata_request__fit: ClassVar[Mapping[str, bool]] = {"groups": True}
    __metadata_request__score: ClassVar[Mapping[str, bool]] = {"groups": True}

    def __init__(
        self,
        trees: int = 100,
        learning_rate: float = 0.05,
        leaves: int = 8,
        least_rows: int = 10,
        l2: float = 1.0,
        monotone: Sequence[int] | None = None,
        k: int | None = None,
        seed: int = 0,
    ) -> None:
        self.trees = trees
        self.learning_rate = learning_rate
        self.leaves = leaves
        self.least_rows = least_rows
        self.l2 = l2
        self.monotone = monotone
        self.k = k
        self.seed = seed

    def fit(self, X: ArrayLike, y: ArrayLike, groups: ArrayLike | None = None) -> Self:  # noqa: N803
        """Learn the order of each group's rows.

        Parameters
        ----------
        X
            Shape (rows, features); NaN is unknown.
        y
            Relevance 0..1, shape (rows,).
        groups
            The group of each row, of any kind that can be sorted; None is one group.

        Raises
        ------
        DataError
            Relevance outside 0..1, or arrays of different lengths.
        MissingExtra
            LightGBM is not installed.
        """
        try:
            import lightgbm
        except ModuleNotFoundError:
            raise MissingExtra("LambdaMART", "lightgbm", "ml") from None
        table, relevance, group = _checked(X, y, groups)
        order = np.argsort(group, kind="stable")
        data = lightgbm.Dataset(
            table[order],
            label=np.rint(relevance[order] * GRADES),
            group=np.bincount(group),
            free_raw_data=True,
        )
        sizes = np.bincount(group, minlength=1)
        settings = self._settings(int(sizes.max()))
        booster = lightgbm.train(settings, data, num_boost_round=self.trees)
        self.model_: str = booster.model_to_string()
        self.n_features_in_ = table.shape[1]
        return self

    def predict(self, X: ArrayLike) -> Floats:  # noqa: N803
        """Scores, shape (rows,); to be compared within a group only."""
        import lightgbm

        check_is_fitted(self, "model_")
        # The text is the model; what is made of it is kept beside it.
        made = self.__dict__.get("_made")
        if made is None or made[0] != self.model_:
            made = (self.model_, lightgbm.Booster(model_str=self.model_))
            self._made = made
        return np.asarray(made[1].predict(np.asarray(X, dtype=np.float64)), dtype=np.float64)

    def score(self, X: ArrayLike, y: ArrayLike, groups: ArrayLike | None = None) -> float:  # noqa: N803
        """Mean nDCG at `k` over the groups, 0..1; at 10 where `k` is None."""
        return ndcg_by_group(y, self.predict(X), groups=groups, k=self.k or 10)

    def __sklearn_tags__(self) -> Any:
        """What scikit-learn asks: it learns from rows in which something is unknown, too."""
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        return tags

    def __getstate__(self) -> dict[str, Any]:
        # Not what can be made again, and not the requests, which refer to the estimator itself.
        left = ("_made", "_metadata_request")
        return {name: value for name, value in vars(self).items() if name not in left}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)

    def _settings(self, longest: int) -> dict[str, Any]:
        settings: dict[str, Any] = {
            "objective": "lambdarank",
            "learning_rate": self.learning_rate,
            "num_leaves": self.leaves,
            "min_data_in_leaf": self.least_rows,
            "min_sum_hessian_in_leaf": 1e-3,
            "min_data_in_bin": 1,
            "lambda_l2": self.l2,
            "lambdarank_truncation_level": longest if self.k is None else self.k + 3,
            "deterministic": True,
            "force_row_wise": True,
            "num_threads": 1,
            "seed": self.seed,
            "verbosity": -1,
        }
        if self.monotone is not None:
            settings["monotone_constraints"] = list(self.monotone)
        return settings


def ndcg_by_group(
    y_true: ArrayLike, y_score: ArrayLike, groups: ArrayLike | None = None, k: int = 10
) -> float:
    """Mean nDCG at k over groups of rows in which anything is relevant, 0..1; NaN without one.

    To cross-validate any estimator, make a scorer of it: ``make_scorer(ndcg_by_group, k=10)
    .set_score_request(groups=True)``.

    Parameters
    ----------
    y_true, y_score
        Relevance of at least 0 and scores, shape (rows,).
    groups
        The group of each row; None is one group.

    Examples
    --------
    >>> ndcg_by_group([0, 1, 1, 0], [2.0, 1.0, 5.0, 4.0], groups=["a", "a", "b", "b"])
    0.8154648767857287
    """
    truth, scores = np.asarray(y_true, dtype=np.float64), np.asarray(y_score, dtype=np.float64)
    kinds = np.zeros(len(truth)) if groups is None else np.asarray(groups)
    found = []
    for group in np.unique(kinds):
        rows = kinds == group
        if truth[rows].any():
            # A single row is in the right order, which scikit-learn refuses to say.
            alone = rows.sum() == 1
            found.append(1.0 if alone else ndcg_score([truth[rows]], [scores[rows]], k=k))
    return float(np.mean(found)) if found else float("nan")


def _checked(
    rows: ArrayLike, y: ArrayLike, groups: ArrayLike | None
) -> tuple[Floats, Floats, NDArray[np.intp]]:
    table, relevance = np.asarray(rows, dtype=np.float64), np.asarray(y, dtype=np.float64)
    given = np.zeros(len(relevance)) if groups is None else np.asarray(groups)
    problems = []
    if table.ndim != 2 or not len(table) == len(relevance) == len(given):
        sizes = f"{table.shape}, {relevance.shape}, {given.shape}"
        expected = "a table, and a relevance and a group for each of its rows"
        problems.append(Problem("LambdaMART", "X, y, groups", sizes, expected))
    elif not ((relevance >= 0) & (relevance <= 1)).all():
        worst = f"{relevance.min():g} to {relevance.max():g}"
        problems.append(Problem("LambdaMART", "y", worst, "relevance from 0 to 1"))
    if problems:
        raise DataError(problems)
    return table, relevance, np.unique(given, return_inverse=True)[1].reshape(-1)
