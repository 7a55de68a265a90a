"""scikit-learn's tools over rankers, and its estimators inside them."""

from __future__ import annotations

import math
import pickle
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from typing import Any

import numpy as np
import pytest
import sklearn
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.ensemble import AdaBoostRegressor
from sklearn.impute import SimpleImputer
from sklearn.linear_model import Ridge
from sklearn.metrics import make_scorer
from sklearn.model_selection import GridSearchCV, GroupKFold, KFold, cross_validate
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from worlds import AS_OF, known, module, profile, small

import fagprofil as fp
from fagprofil.evaluation import synthetic
from fagprofil.evaluation.scorer import ranking_scorer
from fagprofil.fingerprint import fingerprint
from fagprofil.rankers import (
    BaseRanker,
    BlendRanker,
    CoverageRanker,
    DiverseRanker,
    FairRanker,
    History,
    HistoryRanker,
    LearnedRanker,
    PopularRanker,
    RankingTask,
    get_ranker,
    load_ranker,
    ranker_names,
    save_ranker,
)
from fagprofil.rankers.base import learns
from fagprofil.rankers.estimators import fit_rising
from fagprofil.rankers.lambdamart import LambdaMART, ndcg_by_group

pytest.importorskip("ir_measures")

BY_PERSON = GroupKFold(3)


@cache
def world() -> tuple[RankingTask, History]:
    """People who mostly took what was useful to them."""
    made = synthetic(people=120, modules=15, competences=8, profiles=2, signal=6.0, seed=1).dataset
    return fp.Recommender(made.catalogue).to_learn_from(made.people)


def fresh() -> tuple[RankingTask, History]:
    """The same, with nothing computed yet."""
    task, history = world()
    return task.rows(np.arange(len(task))), history


def test_importing_rankers_loads_none_of_these_tools() -> None:
    heavy = ("sklearn", "scipy.stats", "lightgbm", "skops", "ir_measures", "pandas")
    code = f"import sys, fagprofil.rankers; print([m for m in {heavy} if m in sys.modules])"
    command = [sys.executable, "-c", code]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == "[]\n"


# --- the scorer ---------------------------------------------------------------------------------

CATALOGUE = small(
    3,
    ["c0", "c1"],
    [profile("job", {"c0": (3, 3, 1.0), "c1": (3, 3, 1.0)})],
    [
        module("m0", {"c0": 3}),
        module("m1", {"c1": 2}),
        module("m2", {"c0": 1}),
        module("m3", {"c0": 1, "c1": 3}, entry={"c0": 3}),  # nobody here may take it
        module("m4", {"c0": 1, "c1": 1}),
    ],
)


def took(*modules: str, **came: float) -> list[fp.Completion]:
    return [fp.Completion(module=one, date=AS_OF, **came) for one in modules]


def person(name: str, completed: list[fp.Completion], *, profile: str | None = "job") -> Any:
    """Lacks all of both competences, so that m0 closes 3, m1 and m4 2 and m2 1."""
    return fp.Employee(
        id=name, profile=profile, evidence=known({"c0": 0, "c1": 0}), completed=completed
    )


PEOPLE = [
    person("a", took("m0", "m4", useful=0.5)),
    person("b", took("m2", useful=0.25)),
    person("c", took("m3", useful=1.0)),  # was not eligible
    person("d", took("m0", useful=1.0), profile=None),  # was eligible for nothing
    person("e", []),
    person("f", took("m1", passed=False)),
]


@pytest.mark.parametrize(
    ("metric", "outcome", "expected"),
    [
        # Ranked are m0, m1, m4, m2: a's stand first and third, b's last, f's second.
        ("MRR", "taken", (1 / 1 + 0 + 1 / 2) / 3),
        ("recall", "taken", (2 / 2 + 0 / 1 + 1 / 1) / 3),
        ("precision", "taken", (2 / 3 + 0 / 3 + 1 / 3) / 3),
        ("recall", "passed", (2 / 2 + 0 / 1) / 2),
        # f has not said how useful m1 was.
        ("recall", "useful", (2 / 2 + 0 / 1) / 2),
        (
            "nDCG",
            "taken",
            ((1 + 1 / math.log2(4)) / (1 + 1 / math.log2(3)) + 0 + 1 / math.log2(3)) / 3,
        ),
    ],
)
def test_a_score_is_the_mean_over_people_of_what_they_took_among_the_eligible(
    metric: str, outcome: Any, expected: float
) -> None:
    task, history = fp.Recommender(CATALOGUE).to_learn_from(PEOPLE)
    scorer = ranking_scorer(k=3, metric=metric, outcome=outcome)
    assert scorer(CoverageRanker(), task, history) == pytest.approx(expected)


def test_nobody_to_score_has_no_score() -> None:
    for people in ([], PEOPLE[2:5]):
        task, history = fp.Recommender(CATALOGUE).to_learn_from(people)
        assert math.isnan(ranking_scorer()(CoverageRanker(), task, history))


def test_a_scorer_is_told_apart_and_sent_to_other_processes() -> None:
    scorer = ranking_scorer(5, "MAP")
    assert pickle.loads(pickle.dumps(scorer)) == scorer != ranking_scorer(5)
    assert repr(scorer) == "RankingScorer(k=5, metric='MAP', outcome='taken')"


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"k": 0}, "a whole number of at least 1"),
        ({"metric": "ndcg"}, "did you mean 'nDCG'"),
        ({"outcome": "usefull"}, "did you mean 'useful'"),
    ],
)
def test_wrong_options_are_told_before_anything_is_fitted(
    options: dict[str, Any], told: str
) -> None:
    with pytest.raises(fp.errors.FagprofilError, match=told):
        ranking_scorer(**options)


def test_a_ranker_that_breaks_its_contract_is_told() -> None:
    task, history = fresh()
    with pytest.raises(fp.errors.RankerError, match=r"returned shape \(15,\)"):
        ranking_scorer()(get_ranker(lambda task: task.ects), task, history)


# --- cross-validation over a ranker -------------------------------------------------------------

MANY = [get_ranker(name) for name in ranker_names()] + [
    DiverseRanker(HistoryRanker()),
    FairRanker("popular", groups="profile", bound=1.0),
    BlendRanker(["coverage", PopularRanker()], how="ranks"),
]


@pytest.mark.filterwarnings("ignore::fagprofil.errors.RankerWarning")
@pytest.mark.parametrize("ranker", MANY, ids=lambda one: type(one).__name__)
def test_cross_validate_is_fitting_on_some_and_scoring_on_the_others(ranker: BaseRanker) -> None:
    task, history = fresh()
    groups, scorer = np.array(task.employees), ranking_scorer(k=5)
    found = cross_validate(
        ranker,
        task,
        history,
        groups=groups,
        cv=BY_PERSON,
        scoring={"five": scorer, "all": ranking_scorer(k=15, metric="MRR")},
        error_score="raise",
    )
    by_hand = []
    for train, test in BY_PERSON.split(task, groups=groups):
        own = get_ranker(type(ranker)(**ranker.get_params(deep=False)))
        own.fit(task.rows(train), history.rows(train))
        by_hand.append(scorer(own, task.rows(test), history.rows(test)))
    assert found["test_five"].tolist() == by_hand
    assert (found["test_all"] > 0).all()
    # What is cross-validated is a copy.
    assert not [name for name in vars(ranker) if name.endswith("_")]


def test_people_can_be_grouped_by_anything() -> None:
    task, history = fresh()
    by_profile = [str(one) for one in task.profiles]
    found = cross_validate(
        HistoryRanker(),
        task,
        history,
        groups=by_profile,
        cv=GroupKFold(2),
        scoring=ranking_scorer(),
    )
    # Nothing was learned of the other profile but what is popular among all.
    assert len(found["test_score"]) == 2
    plain = cross_validate(HistoryRanker(), task, history, cv=KFold(4), scoring=ranking_scorer())
    assert len(plain["test_score"]) == 4


def test_metadata_routing_makes_no_difference() -> None:
    task, history = fresh()
    options: dict[str, Any] = {"cv": BY_PERSON, "scoring": ranking_scorer()}
    without = cross_validate(HistoryRanker(), task, history, groups=task.employees, **options)
    with sklearn.config_context(enable_metadata_routing=True):
        routed = cross_validate(
            HistoryRanker(), task, history, params={"groups": task.employees}, **options
        )
    assert routed["test_score"].tolist() == without["test_score"].tolist()


def grid(ranker: BaseRanker, values: dict[str, list[Any]]) -> GridSearchCV:
    task, history = fresh()
    search = GridSearchCV(
        ranker, values, cv=BY_PERSON, scoring=ranking_scorer(k=5), error_score="raise"
    )
    return search.fit(task, history, groups=task.employees)


@pytest.mark.parametrize(
    ("ranker", "values"),
    [
        (CoverageRanker(), {"per": ["module", "ects"], "repetition": [0.0, 1.0]}),
        (HistoryRanker(), {"l2": [1.0, 50.0], "method": ["ease", "knn"]}),
        (DiverseRanker(HistoryRanker()), {"ranker__l2": [1.0, 500.0], "relevance": [0.5, 1.0]}),
        (FairRanker(HistoryRanker(), groups="profile"), {"ranker__lean": [0.0, 20.0]}),
        (FairRanker(groups="profile"), {"ranker": ["popular", HistoryRanker()], "bound": [0, 1]}),
        (
            DiverseRanker(FairRanker(HistoryRanker(), groups="profile")),
            {"ranker__ranker__neighbours": [1, 9], "ranker__ranker": [HistoryRanker("knn")]},
        ),
        (BlendRanker(["coverage", "history"]), {"weights": [[1, 0], [1, 1], [0, 1]]}),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, BaseRanker) else "-".join(value),
)
def test_a_grid_search_finds_the_best_of_its_parameters(
    ranker: BaseRanker, values: dict[str, list[Any]]
) -> None:
    before = fingerprint(ranker)
    search = grid(ranker, values)
    assert fingerprint(ranker) == before
    task, history = fresh()
    scores = search.cv_results_["mean_test_score"]
    assert len(np.unique(scores)) > 1, "these parameters make no difference"
    for params, score in zip(search.cv_results_["params"], scores, strict=True):
        own = sklearn.base.clone(ranker).set_params(**params)
        options: dict[str, Any] = {"groups": task.employees, "cv": BY_PERSON}
        alone = cross_validate(own, task, history, scoring=ranking_scorer(k=5), **options)
        assert alone["test_score"].mean() == pytest.approx(score)
    best = search.best_estimator_
    assert type(best) is type(ranker)
    own = sklearn.base.clone(ranker).set_params(**search.best_params_).fit(task, history)
    np.testing.assert_array_equal(best.score(task), own.score(task))


def test_what_was_found_is_a_ranker_like_any_other() -> None:
    best = grid(HistoryRanker(), {"l2": [1.0, 50.0]}).best_estimator_
    recommender = fp.Recommender(world()[0].catalogue, best)
    somebody = fp.Employee(id="a", profile=next(iter(recommender.catalogue.profiles)))
    (first, *_) = recommender.recommend(somebody)
    assert first.score == sum(reason.value for reason in first.reasons)


def test_several_processes_find_the_same() -> None:
    task, history = fresh()
    options: dict[str, Any] = {"groups": task.employees, "cv": GroupKFold(2)}
    alone, together = (
        cross_validate(
            HistoryRanker(), task, history, scoring=ranking_scorer(), n_jobs=n_jobs, **options
        )
        for n_jobs in (1, 2)
    )
    assert together["test_score"].tolist() == alone["test_score"].tolist()


@pytest.mark.parametrize("kind", ["to learn from", "to recommend on", "some rows", "what is left"])
def test_a_task_can_be_sent_to_another_process(kind: str) -> None:
    task, _ = world()
    if kind == "to recommend on":
        made = synthetic(people=9, modules=15, seed=1).dataset
        task = next(fp.Recommender(made.catalogue, history=made.people).tasks(made.people))
    elif kind == "some rows":
        task = task.rows(np.array([5, 2, 9]))
    elif kind == "what is left":
        task = task.after(task.gain.argmax(axis=1))
    ranker = HistoryRanker()
    task.remember(id(ranker), lambda: "known here")
    sent = pickle.loads(pickle.dumps(task))
    assert fingerprint(sent) == fingerprint(task)
    assert sent.employees == task.employees
    for name in ("gain", "gain_five_years", "price", "repetition", "usefulness"):
        np.testing.assert_array_equal(sent.feature(name), task.feature(name))
    np.testing.assert_array_equal(sent.eligible, task.eligible)
    np.testing.assert_array_equal(sent.passed.toarray(), task.passed.toarray())
    # Identities are others there, so that nothing kept under them may come along.
    assert sent.remember(id(ranker), lambda: "found anew") == "found anew"


# --- parameters ---------------------------------------------------------------------------------


def test_parameters_of_parameters_are_read_and_set() -> None:
    inner = HistoryRanker(l2=3.0)
    ranker = DiverseRanker(FairRanker(inner))
    found = ranker.get_params()
    assert found["ranker__ranker__l2"] == 3.0
    assert found["ranker__ranker"] is inner
    assert "ranker__ranker__l2" not in ranker.get_params(deep=False)
    ranker.set_params(ranker__ranker__l2=4.0, relevance=0.5)
    assert (inner.l2, ranker.relevance) == (4.0, 0.5)
    # What comes whole comes first.
    ranker.set_params(ranker__ranker__l2=5.0, ranker__ranker=HistoryRanker("knn"))
    assert (inner.l2, ranker.ranker.ranker.method, ranker.ranker.ranker.l2) == (4.0, "knn", 5.0)


@pytest.mark.parametrize("name", ["ranker__l2", "rankers", "depth__n"])
def test_parameters_that_there_are_not_are_told(name: str) -> None:
    # A name has no parameters; they are those of the ranker that it stands for.
    with pytest.raises(fp.errors.UnknownName, match=f"no parameter of DiverseRanker '{name}'"):
        DiverseRanker("history").set_params(**{name: 1.0})


def test_who_learns_nothing_is_fitted_all_the_same() -> None:
    task, history = fresh()
    ranker = CoverageRanker()
    assert ranker.fit(task, history) is ranker
    assert vars(ranker) == vars(CoverageRanker())
    assert [name for name in ranker_names() if not learns(get_ranker(name))] == ["coverage", "text"]
    assert not learns(get_ranker(lambda task: task.gain))


# --- fitted again -------------------------------------------------------------------------------


def said(ranker: Any, task: RankingTask) -> Iterator[Any]:
    """Scores, and the parts of one of each person's."""
    scores = ranker.score(task)
    yield scores.tobytes()
    for i, j in enumerate(
        np.where(task.eligible, np.nan_to_num(scores, nan=-9), -9).argmax(axis=1)
    ):
        if not np.isnan(scores[i, j]):
            parts = ranker.explain(task, i, int(j))
            assert sum(part.value for part in parts) == scores[i, j]
            yield parts


@pytest.mark.filterwarnings("ignore::fagprofil.errors.RankerWarning")
@pytest.mark.parametrize("ranker", MANY, ids=lambda one: type(one).__name__)
def test_a_ranker_that_is_fitted_again_says_what_a_new_one_does(ranker: BaseRanker) -> None:
    task, history = world()
    first, second = np.arange(0, 120, 2), np.arange(1, 120, 2)
    asked, own = task.rows(first), sklearn.base.clone(ranker)
    list(said(own.fit(task.rows(first), history.rows(first)), asked))
    again = list(said(own.fit(task.rows(second), history.rows(second)), asked))
    new = sklearn.base.clone(ranker).fit(task.rows(second), history.rows(second))
    assert again == list(said(new, task.rows(first)))


@pytest.mark.parametrize(
    ("ranker", "change"),
    [
        (CoverageRanker(), {"per": "ects"}),
        (DiverseRanker(), {"ranker": "text"}),
        (DiverseRanker(), {"relevance": 0.1}),
        (DiverseRanker(by="set"), {"depth": 1}),
        (DiverseRanker(CoverageRanker()), {"ranker__per": "ects"}),
        (FairRanker("coverage"), {"ranker": "text"}),
        (FairRanker(CoverageRanker()), {"ranker__per": "ects"}),
        (BlendRanker(["coverage", "text"]), {"rankers": ["text"]}),
        (BlendRanker(["coverage", "text"]), {"weights": [1, 9]}),
        (BlendRanker(["coverage", "text"]), {"how": "ranks"}),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, BaseRanker) else "-".join(value),
)
def test_a_ranker_with_other_parameters_says_what_a_new_one_does(
    ranker: BaseRanker, change: dict[str, Any]
) -> None:
    task, _ = fresh()
    own = sklearn.base.clone(ranker)
    before = list(said(own, task))
    own.set_params(**change)
    after = list(said(own, task))
    assert after != before
    assert after == list(said(sklearn.base.clone(own), fresh()[0]))


# --- rows with groups ---------------------------------------------------------------------------


@cache
def rows() -> tuple[Any, Any, Any]:
    """60 people with 10 rows each, mixed: what is high in the first column is relevant."""
    rng = np.random.default_rng(0)
    groups = np.repeat(np.arange(60), 10)[rng.permutation(600)]
    table = rng.normal(size=(600, 3))
    # Each person's rows are shifted, so that only a comparison within them tells.
    shifted = table + np.where(np.arange(3) == 1, 5.0 * groups[:, None], 0)
    return shifted, (table[:, 0] + 0.3 * rng.normal(size=600) > 0.5).astype(float), groups


@pytest.fixture
def routing() -> Iterator[None]:
    pytest.importorskip("lightgbm")
    with sklearn.config_context(enable_metadata_routing=True):
        yield


def by_groups(estimator: Any, **options: Any) -> list[float]:
    table, relevance, groups = rows()
    found = cross_validate(
        estimator,
        table,
        relevance,
        params={"groups": groups},
        cv=BY_PERSON,
        error_score="raise",
        **options,
    )
    return found["test_score"].tolist()


def fold_by_fold(estimator: Any, k: int) -> list[float]:
    table, relevance, groups = rows()
    found = []
    for train, test in BY_PERSON.split(table, groups=groups):
        asks = {"groups": groups[train]} if isinstance(estimator, LambdaMART) else {}
        own = sklearn.base.clone(estimator).fit(table[train], relevance[train], **asks)
        scores = own.predict(table[test])
        found.append(ndcg_by_group(relevance[test], scores, groups=groups[test], k=k))
    return found


@pytest.mark.usefixtures("routing")
def test_groups_are_routed_to_lambdamart_and_to_scorers() -> None:
    told = LambdaMART(trees=5).set_fit_request(groups=True).set_score_request(groups=True)
    scorer = make_scorer(ndcg_by_group, k=3).set_score_request(groups=True)
    assert by_groups(told, scoring=scorer) == fold_by_fold(LambdaMART(trees=5), 3)
    assert by_groups(told) == fold_by_fold(LambdaMART(trees=5), 10)
    # It asks for them unless it is told not to.
    assert by_groups(LambdaMART(trees=5)) == by_groups(told)
    one_list = LambdaMART(trees=5).set_fit_request(groups=False)
    assert by_groups(one_list, scoring=scorer) != by_groups(told, scoring=scorer)
    assert by_groups(Ridge(), scoring=scorer) == fold_by_fold(Ridge(), 3)


@pytest.mark.usefixtures("routing")
@pytest.mark.parametrize("inside", [False, True], ids=["alone", "in a pipeline"])
def test_a_grid_search_hands_on_groups(inside: bool) -> None:
    table, relevance, groups = rows()
    model: Any = LambdaMART(trees=3)
    name = "lambdamart__leaves" if inside else "leaves"
    if inside:
        model = make_pipeline("passthrough", model)
    scorer = make_scorer(ndcg_by_group, k=3).set_score_request(groups=True)
    search = GridSearchCV(model, {name: [2, 6]}, cv=BY_PERSON, scoring=scorer, error_score="raise")
    search.fit(table, relevance, groups=groups)
    by_hand = [np.mean(fold_by_fold(LambdaMART(trees=3, leaves=leaves), 3)) for leaves in (2, 6)]
    assert search.cv_results_["mean_test_score"].tolist() == pytest.approx(by_hand)


def test_an_estimator_that_was_told_what_to_ask_for_has_a_fingerprint() -> None:
    with sklearn.config_context(enable_metadata_routing=True):
        told = LambdaMART().set_fit_request(groups=True)
        ridge = Ridge().set_fit_request(sample_weight=True)
    assert fingerprint(LearnedRanker(told)) == fingerprint(LearnedRanker(LambdaMART()))
    assert fingerprint(ridge) == fingerprint(Ridge())


# --- estimators inside a ranker -----------------------------------------------------------------

#: Of synthetic people, whom these tell enough.
SEEN = ("gain", "repetition", "popularity", "usefulness")


class Groups(RegressorMixin, BaseEstimator):
    """Keeps the groups that it was given."""

    def fit(self, X: Any, y: Any, groups: Any = None) -> Groups:  # noqa: N803
        self.groups_, self.mean_ = groups, y.mean()
        self.n_features_in_ = X.shape[1]
        return self

    def predict(self, X: Any) -> Any:  # noqa: N803
        return np.full(len(X), self.mean_)


def fitted(estimator: Any, groups: Any = None) -> Any:
    """What `LearnedRanker` makes of an estimator."""
    rng = np.random.default_rng(0)
    table = rng.normal(size=(40, 3))
    groups = np.repeat(np.arange(8), 5) if groups is None else groups
    found = fit_rising(estimator, table, (table[:, 0] > 0) / 2, groups, np.zeros(3, dtype=bool))
    return found.estimator


def test_groups_are_given_to_those_who_ask_and_to_nobody_else() -> None:
    with sklearn.config_context(enable_metadata_routing=True):
        asks, does_not = Groups().set_fit_request(groups=True), Groups().set_fit_request()
    expected = np.repeat(np.arange(8), 5).tolist()
    assert fitted(asks).groups_.tolist() == expected
    assert fitted(make_pipeline(StandardScaler(), asks))[-1].groups_.tolist() == expected
    assert fitted(does_not).groups_ is None
    assert fitted(Groups()).groups_ is None
    # Not to a splitter that has no use for them, which would warn.
    assert fitted(GridSearchCV(Ridge(), {"alpha": [1.0]}, cv=2)).best_params_ == {"alpha": 1.0}


@pytest.mark.parametrize("cv", [2, GroupKFold(2)], ids=["rows", "groups"])
def test_a_search_over_one_who_asks_hands_on_groups(cv: Any) -> None:
    with sklearn.config_context(enable_metadata_routing=True):
        asks = Groups().set_fit_request(groups=True)
    search = fitted(GridSearchCV(asks, {}, cv=cv, error_score="raise"))
    assert search.best_estimator_.groups_.tolist() == np.repeat(np.arange(8), 5).tolist()


@pytest.mark.parametrize("model", [Ridge(), AdaBoostRegressor(n_estimators=2)], ids=repr)
def test_a_search_may_split_by_groups_whatever_it_searches(model: Any) -> None:
    # AdaBoost has no answer to what it asks for.
    search = fitted(GridSearchCV(model, {}, cv=GroupKFold(2), error_score="raise"))
    assert search.n_splits_ == 2
    with pytest.raises(ValueError, match="n_splits=3 greater than the number of groups"):
        fitted(
            GridSearchCV(model, {}, cv=GroupKFold(3), error_score="raise"),
            groups=np.repeat([0, 1], 20),
        )


def test_an_estimator_that_cannot_say_what_it_asks_for_is_fitted() -> None:
    assert len(fitted(AdaBoostRegressor(n_estimators=2)).estimators_) > 0


RIDGE = make_pipeline(SimpleImputer(keep_empty_features=True), Ridge())


@pytest.mark.filterwarnings("ignore:LearnedRanker learned what people take")
@pytest.mark.parametrize(
    ("search", "outcome"),
    [
        (GridSearchCV(RIDGE, {"ridge__alpha": [1.0, 100.0]}, cv=GroupKFold(2)), "useful"),
        (GridSearchCV(LambdaMART(trees=5), {"leaves": [2, 4]}, cv=GroupKFold(2)), "taken"),
    ],
    ids=["points", "lists"],
)
def test_a_search_may_be_what_a_ranker_learns_with(
    search: GridSearchCV, outcome: str, tmp_path: Any
) -> None:
    pytest.importorskip("lightgbm")
    task, history = fresh()
    ranker = LearnedRanker(search, outcome, features=SEEN, folds=2)
    ranker.fit(task, history)
    assert ranker.weight_ > 0
    assert ranker.estimator_.best_params_.keys() == search.param_grid.keys()
    scores = ranker.score(task)
    for i in range(3):
        j = int(np.flatnonzero(task.eligible[i])[0])
        assert sum(part.value for part in ranker.explain(task, i, j)) == scores[i, j]
    # More of the gap closed lowers nothing, in any of the searched.
    more = ranker._learned(np.array([[9.0, 0.5, 0.1, 0.5], [0.0, 0.5, 0.1, 0.5]]))
    assert more[0] >= more[1] or "gain" not in ranker.features_
    pytest.importorskip("skops")
    digest = save_ranker(ranker, tmp_path / "searched.ranker")
    found = load_ranker(tmp_path / "searched.ranker", digest=digest)
    assert found.score(task).tobytes() == scores.tobytes()


@pytest.mark.filterwarnings("ignore::fagprofil.errors.RankerWarning")
def test_a_ranker_that_learns_with_a_search_is_cross_validated_and_searched_itself() -> None:
    task, history = fresh()
    search = GridSearchCV(RIDGE, {"ridge__alpha": [1.0, 100.0]}, cv=GroupKFold(2))
    ranker = LearnedRanker(search, features=SEEN, folds=2)
    outer = GridSearchCV(
        ranker,
        {"estimator__estimator__simpleimputer__strategy": ["mean", "median"], "seed": [0]},
        cv=GroupKFold(2),
        scoring=ranking_scorer(),
        error_score="raise",
    )
    outer.fit(task, history, groups=task.employees)
    assert outer.best_estimator_.weight_ > 0
    assert len(outer.cv_results_["params"]) == 2
