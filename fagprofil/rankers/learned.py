"""Rank by what a model has learned from what came of the modules that people took."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any, Self, get_args

import numpy as np
from numpy.typing import NDArray

from fagprofil.errors import DataError, Problem, RankerWarning, nearest
from fagprofil.fingerprint import fingerprint
from fagprofil.rankers.base import (
    BaseRanker,
    Ranker,
    RankerLike,
    Reason,
    learned_by,
    on_grid,
    scores_of,
    summing_to,
)
from fagprofil.rankers.completions import History, Outcome
from fagprofil.rankers.design import (
    Pairs,
    columns_named,
    labelled,
    rows_of,
    scores_out_of_fold,
    shown,
)
from fagprofil.rankers.design import folds_of as _folds_of
from fagprofil.rankers.estimators import Fitted, default_estimator, fit_rising, orders_lists
from fagprofil.rankers.features import feature_named
from fagprofil.rankers.registry import fitted
from fagprofil.rankers.task import RankingTask
from fagprofil.rankers.trust import trust_in

__all__ = ["LearnedRanker"]

Floats = NDArray[np.float64]

#: What is shown to the model by default.
FEATURES = (
    "gain",
    "gain_now",
    "gain_per_ects",
    "repetition",
    "entry_slack",
    "ects",
    "text_similarity",
    "popularity",
    "completion_rate",
    "pass_rate",
    "usefulness",
    "programme_progress",
)


class LearnedRanker(BaseRanker):
    r"""The gain, corrected by a scikit-learn estimator that learned from outcomes.

    .. math:: score_{ij} = (1 - w) \, gain_{ij} + w \, c \, (f(x_{ij}) - f(\bar x))

    where *f* is the estimator, *x* the features of person and module, :math:`\bar x` those of an
    average pair and *c* the number that gives both terms the same spread. The weight *w* is found
    by cross-validation over people, from 0, .25, .5 and .75: the smallest that foretells the
    outcomes of people who were not learned from as well as the best of them, if it does so
    significantly better than the gain alone (one-sided, 1 %), and otherwise 0. So where there is
    nothing to learn, or too little to learn it from, the score is the formula's. A warning tells
    of it.

    More of a feature that says how much of the gap is closed never lowers the score: trees are
    held to it (by their parameter for it), and where an estimator cannot be, such features are
    taken from it until more of them lowers no score. Of linear models that is certain; of others,
    such as forests, it is looked at on rows that were learned from.

    What is learned from is what came of the modules that people took *last*, seen as they stood
    before (`fagprofil.Recommender.to_learn_from`). Which modules people take is mostly decided by
    what is offered and paid; what came of those that they took tells more of what helps. Therefore
    a model learns from those only, unless `negatives` asks for others; one that orders lists
    (`LambdaMART`) orders what people of the same profile took.

    Parameters
    ----------
    estimator
        Any scikit-learn regressor or classifier, a `LambdaMART`, or a search over one. A
        classifier learns whether the outcome is at least .5. What is unknown is NaN; to one that
        does not take it, it is the mean of the feature. It is given ``groups`` (the person of each
        row, or the list for one that orders lists) if it asks for them by metadata routing, as does
        a search whose splitter uses them. None: a strongly regularised linear model, which in
        synthetic worlds gained most of what trees did and harmed nowhere.
    outcome
        ``"useful"``, ``"passed"``, ``"gap_closed"``, or ``"taken"``, which learns to imitate: it
        foretells well and recommends worse than the formula, and warns of that.
    features
        Names of `FEATURES`.
    rankers
        Other rankers whose scores are features as well, such as ``"history"``. In learning they are
        given by rankers that did not learn from the same person, but from all that others did,
        also later.
    negatives
        Eligible modules not taken that count as an outcome of 0, at most so many for each person;
        of those taken, only the eligible then count. None: 0, but 20 for ``"taken"``.
    fewest
        Below so many labelled people nothing is learned.
    folds
        Of the cross-validation, at least 2.
    seed
        Of drawing negatives, and of the orders in which features are explained.

    Attributes
    ----------
    weight_
        *w*, 0..1.
    labelled_
        Number of people that it learned from.
    features_
        The features that the estimator sees, by name.
    estimator_
        The estimator, fitted; None with a weight of 0.

    Examples
    --------
    >>> import fagprofil as fp
    >>> from fagprofil.evaluation import synthetic
    >>> world = synthetic(people=400, modules=30, signal=2.0, seed=1)
    >>> ranker = LearnedRanker()
    >>> recommender = fp.Recommender(world.dataset.catalogue)
    >>> _ = ranker.fit(*recommender.to_learn_from(world.dataset.people))
    >>> 0 <= ranker.weight_ <= 1
    True
    """

    weight_: float
    labelled_: int
    features_: tuple[str, ...]
    rankers_: tuple[Ranker, ...]
    estimator_: Any
    fill_: Floats | None
    middle_: Floats
    scale_: float
    trained_on_: str

    def __init__(
        self,
        estimator: Any = None,
        outcome: Outcome = "useful",
        features: Sequence[str] = FEATURES,
        rankers: Sequence[RankerLike] = (),
        *,
        negatives: int | None = None,
        fewest: int = 50,
        folds: int = 5,
        seed: int = 0,
    ) -> None:
        self.estimator = estimator
        self.outcome = outcome
        self.features = features
        self.rankers = rankers
        self.negatives = negatives
        self.fewest = fewest
        self.folds = folds
        self.seed = seed

    def fit(self, task: RankingTask, history: History) -> Self:
        """Learn from what came of what people took.

        Raises
        ------
        DataError
            Parameters out of their range.
        UnknownName
            A feature or a ranker that there is not.

        Warns
        -----
        RankerWarning
            Where nothing was learned: too few people, or no better than the formula. Where what is
        learned is what people take, and not what came of it.
        """
        self._check()
        pairs = labelled(
            task,
            history,
            self.outcome,
            negatives=self._negatives(),
            folds=self.folds,
            seed=self.seed,
        )
        self.labelled_, self.trained_on_ = len(np.unique(pairs.person)), ""
        self.weight_, self.estimator_, self.fill_, self.features_ = 0.0, None, None, ()
        self.rankers_, self.middle_, self.scale_ = (), np.zeros(0), 0.0
        kinds, needed = len(np.unique(pairs.value)), max(self.fewest, self.folds)
        if self.labelled_ < needed or kinds < 2:
            what = f"{self.labelled_} people with an outcome ({self.outcome!r})"
            alike = ", all alike" if kinds < 2 and self.labelled_ else ""
            _warn(f"learned from nothing: {what}{alike}; needs {needed} that differ")
            return self
        table = self._table(task, history, pairs)
        self.trained_on_ = fingerprint(table, pairs.value, list(task.employees))
        self._learn(task, history, pairs, table)
        return self

    def score(self, task: RankingTask) -> Floats:
        """Scores of shape (n, M), in weights times steps."""
        if not getattr(self, "weight_", 0.0):
            return on_grid(task.gain)
        rows, columns = np.indices(task.shape).reshape(2, -1)
        learned = self._learned(self._asked(task, rows, columns)).reshape(task.shape)
        return on_grid((1 - self.weight_) * shown(task, "gain") + learned)

    def explain(self, task: RankingTask, i: int, j: int) -> list[Reason]:
        """The gap closed, by competence, and what each feature adds (Shapley values)."""
        weight, total = getattr(self, "weight_", 0.0), float(scores_of(self, task)[i, j])
        if np.isnan(task.gain[i, j]):
            usual = float(shown(task, "gain")[i, j])
            name = "gap closed by an average module"
            parts = [Reason(name=name, competence=None, value=usual)]
        else:
            parts = [
                Reason(name="gap closed", competence=name, value=value)
                for name, value in task.gain_parts(i, j)
            ]
        reasons = [one.model_copy(update={"value": one.value * (1 - weight)}) for one in parts]
        if weight:
            row = self._asked(task, np.array([i]), np.array([j]))[0]
            from fagprofil.rankers.shapley import shapley

            values = shapley(self._learned, row, self.middle_, self.seed)
            reasons += [
                Reason(name=f"learned: {name}", competence=None, value=float(value))
                for name, value in zip(self.features_, values, strict=True)
            ]
        return summing_to(total, reasons)

    def __fingerprint__(self) -> tuple[Any, ...]:
        """What tells it from others: its parameters and what it has learned from."""
        learned = {name: one for name, one in learned_by(self).items() if name != "estimator_"}
        return (self.get_params(deep=False), learned)

    # --- learning -------------------------------------------------------------------------------

    def _learn(self, task: RankingTask, history: History, pairs: Pairs, table: Floats) -> None:
        names = columns_named(self.features, self.rankers)
        rising = np.array(
            [n < len(self.features) and feature_named(name).rises for n, name in enumerate(names)]
        )
        prototype = self.estimator
        if prototype is None:
            prototype = default_estimator()
        foretold = np.full(len(table), np.nan)
        for fold in range(self.folds):
            test = pairs.fold == fold
            one = _fit(prototype, table, pairs, ~test, rising)
            foretold[test] = one.predict(table[test])
        gain = shown(task, "gain")[pairs.person, pairs.module]
        lists = bool(self._negatives())
        weight = trust_in(foretold, gain, pairs.value, pairs.person, within=lists)
        every = np.ones(len(table), dtype=np.bool_)
        made = _fit(prototype, table, pairs, every, rising) if weight else None
        if made is None or made.estimator is None:
            _warn(
                f"leans on the formula: what {self.labelled_} people's outcomes "
                f"({self.outcome!r}) taught foretells those of others no better than the gain"
            )
            return
        if self.outcome == "taken":
            _warn("learned what people take, which is mostly what they are offered")
        self.weight_, self.estimator_, self.fill_ = weight, made.estimator, made.fill
        self.features_ = tuple(names[c] for c in made.columns.tolist())
        self.rankers_ = tuple(fitted(one, task, history) for one in self.rankers)
        seen = table[:, made.columns]
        known = np.isfinite(seen)
        count = np.maximum(known.sum(axis=0), 1)
        middle = np.where(known, seen, 0.0).sum(axis=0) / count
        self.middle_ = np.where(known.any(axis=0), middle, np.nan)
        spread = float(np.std(made.predict(table)))
        self.scale_ = float(np.std(gain)) / spread if spread > 0 and np.std(gain) > 0 else 1.0

    def _table(self, task: RankingTask, history: History, pairs: Pairs) -> Floats:
        own = rows_of(task, pairs, self.features)
        folds = _folds_of(task, pairs.person, self.folds)
        others = scores_out_of_fold(task, history, pairs, self.rankers, folds)
        return np.hstack([own, others])

    # --- scoring --------------------------------------------------------------------------------

    def _asked(
        self, task: RankingTask, rows: NDArray[np.intp], columns: NDArray[np.intp]
    ) -> Floats:
        """The columns that the estimator sees, of some pairs."""
        names = columns_named(self.features, self.rankers)
        found = []
        for name in self.features_:
            at = names.index(name)
            if at < len(self.features):
                found.append(shown(task, name)[rows, columns])
            else:
                one = self.rankers_[at - len(self.features)]
                found.append(scores_of(one, task)[rows, columns])
        return np.array(found, dtype=np.float64).T.reshape(len(rows), len(self.features_))

    def _learned(self, rows: Floats) -> Floats:
        """What the estimator adds to scores of some rows."""
        if not len(rows):
            return np.zeros(0)
        model = Fitted(self.estimator_, np.arange(rows.shape[1]), self.fill_)
        middle = model.predict(self.middle_[None])[0]
        return np.asarray(self.weight_ * self.scale_ * (model.predict(rows) - middle))

    # --- parameters -----------------------------------------------------------------------------

    def _negatives(self) -> int:
        if self.negatives is not None:
            return self.negatives
        return 20 if self.outcome == "taken" else 0

    def _check(self) -> None:
        problems = []
        for name, least in (("negatives", 0), ("fewest", 1), ("folds", 2), ("seed", 0)):
            value = getattr(self, name)
            if name == "negatives" and value is None:
                continue
            if not isinstance(value, (int, np.integer)) or value < least:
                expected = f"a whole number of at least {least}"
                problems.append(Problem("LearnedRanker", name, str(value), expected))
        if self.outcome not in get_args(Outcome):
            expected = f"one of {', '.join(map(repr, get_args(Outcome)))}"
            known = nearest(str(self.outcome), get_args(Outcome))
            problems.append(Problem("LearnedRanker", "outcome", str(self.outcome), expected, known))
        made = self.estimator is None or not isinstance(self.estimator, (type, str))
        if not made or not (self.estimator is None or hasattr(self.estimator, "fit")):
            expected = "an estimator of scikit-learn, made; or None"
            problems.append(Problem("LearnedRanker", "estimator", repr(self.estimator), expected))
        if isinstance(self.rankers, str):
            expected = "a list of rankers"
            problems.append(Problem("LearnedRanker", "rankers", self.rankers, expected))
        if isinstance(self.features, str) or not (len(self.features) + len(self.rankers)):
            expected = "names of features, at least one"
            problems.append(Problem("LearnedRanker", "features", str(self.features), expected))
        if problems:
            raise DataError(problems)
        for feature in self.features:
            feature_named(feature)


def _fit(
    prototype: Any, table: Floats, pairs: Pairs, rows: NDArray[np.bool_], rising: NDArray[np.bool_]
) -> Fitted:
    part = pairs.part(rows)
    # What is not to order lists is given the people, so that a search can split by them.
    groups = part.rivals if orders_lists(prototype) else part.person
    return fit_rising(prototype, table[rows], part.value, groups, rising)


def _warn(message: str) -> None:
    warnings.warn(f"LearnedRanker {message}", RankerWarning, stacklevel=3)
