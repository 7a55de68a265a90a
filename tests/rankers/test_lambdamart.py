"""Trees that order lists, on tables as small as those of a workplace."""

from __future__ import annotations

import builtins
import copy
import math
import pickle
import warnings
from typing import Any

import lightgbm
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from sklearn import config_context
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.metrics import make_scorer
from sklearn.model_selection import GridSearchCV, GroupKFold, cross_validate
from threadpoolctl import threadpool_limits
from worlds import examples

import fagprofil as fp
from fagprofil.rankers.lambdamart import LambdaMART, ndcg_by_group

Table = NDArray[np.float64]


def lists(people: int = 20, rows: int = 8, seed: int = 0) -> tuple[Table, Table, NDArray[Any]]:
    """Lists in which the first feature decides, and the third is its opposite."""
    rng = np.random.default_rng(seed)
    table = rng.normal(size=(people * rows, 3))
    table[:, 2] = -table[:, 0] + 0.1 * table[:, 2]
    relevance = np.clip(np.round(2 * table[:, 0]) / 4, 0, 1)
    return table, relevance, np.repeat([f"e{n}" for n in range(people)], rows)


X, Y, GROUPS = lists()


def fitted(**options: Any) -> LambdaMART:
    return LambdaMART(**{"trees": 20, **options}).fit(X, Y, groups=GROUPS)


# --- what it learns -----------------------------------------------------------------------------


def test_it_learns_the_order_of_lists() -> None:
    table, relevance, groups = lists(seed=1)
    assert fitted().score(table, relevance, groups=groups) > 0.9
    for asked, k in ((None, 10), (2, 2)):
        model = fitted(k=asked)
        said = ndcg_by_group(relevance, model.predict(table), groups=groups, k=k)
        assert model.score(table, relevance, groups=groups) == said
    assert LambdaMART(trees=1, leaves=2).fit(X, -X[:, 1] > 0, groups=GROUPS).score(X, Y) < 0.9


def test_rows_of_a_small_table_get_different_scores() -> None:
    table, relevance, groups = lists(people=6, rows=5)
    assert len(np.unique(LambdaMART().fit(table, relevance, groups=groups).predict(table))) > 3
    # LightGBM as it comes says the same of all of them.
    data = lightgbm.Dataset(table, label=np.rint(relevance * 4), group=[5] * 6)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        plain = lightgbm.train({"objective": "lambdarank", "verbosity": -1}, data)
    assert len(np.unique(plain.predict(table))) == 1


@pytest.mark.parametrize("seed", range(3))
def test_the_rows_of_lists_may_stand_between_those_of_others(seed: int) -> None:
    # Drawn from the lists in any order, each list's rows in theirs.
    whose = np.random.default_rng(seed).permutation(GROUPS)
    order = np.empty(len(X), dtype=np.intp)
    for name in np.unique(GROUPS):
        order[whose == name] = np.flatnonzero(name == GROUPS)
    mixed = LambdaMART(trees=20).fit(X[order], Y[order], groups=GROUPS[order])
    assert mixed.predict(X).tolist() == fitted().predict(X).tolist()
    # The same groups in another order of rows are other lists: the tie of all before the first
    # tree goes by it. What is learned is much the same.
    shuffled = np.random.default_rng(seed).permutation(len(X))
    other = LambdaMART(trees=20).fit(X[shuffled], Y[shuffled], groups=GROUPS[shuffled])
    assert np.corrcoef(other.predict(X), fitted().predict(X))[0, 1] > 0.99


def test_how_lists_are_called_does_not_matter() -> None:
    numbered = np.repeat(np.arange(20)[::-1] * 7, 8)
    found = LambdaMART(trees=20).fit(X, Y, groups=numbered).predict(X)
    assert found.tolist() == fitted().predict(X).tolist()


def test_only_the_order_within_a_list_counts() -> None:
    # One list is all good and the other all bad, by the second feature; within them the first.
    rng = np.random.default_rng(0)
    table = rng.normal(size=(400, 2))
    groups = np.repeat(np.arange(40), [3, 5, 7, 25] * 10)
    table[:, 1] = groups % 2
    relevance = (table[:, 0] > 0) * 0.5 + table[:, 1] * 0.5
    within = LambdaMART(trees=20).fit(table, relevance, groups=groups)
    probe = np.array([[0.5, 0.0], [0.5, 1.0], [-0.5, 0.0]])
    first, second, bad = within.predict(probe)
    assert abs(first - second) < abs(first - bad) / 4
    # Without groups all rows are one list.
    alone = LambdaMART(trees=20, k=None).fit(table, relevance)
    first, second, _ = alone.predict(probe)
    assert second > first + 0.1


def test_grades_of_relevance_count() -> None:
    # Half as relevant is in between, not the same as nothing or as all.
    table = np.tile([[0.0], [1.0], [2.0]], (20, 1))
    relevance, groups = np.tile([0.0, 0.5, 1.0], 20), np.repeat(np.arange(20), 3)
    low, middle, high = (
        LambdaMART(trees=20, k=None)
        .fit(table, relevance, groups=groups)
        .predict([[0.0], [1.0], [2.0]])
    )
    assert low < middle < high


@pytest.mark.parametrize(("sign", "column"), [(1, 0), (-1, 0), (1, 2), (-1, 2)])
def test_more_of_a_held_feature_never_lowers_or_raises_a_score(sign: int, column: int) -> None:
    constraints = [0, 0, 0]
    constraints[column] = sign
    model = fitted(monotone=constraints)
    rng = np.random.default_rng(5)
    rows = np.concatenate([X, rng.normal(size=(50, 3)) * 3])
    more = rows.copy()
    more[:, column] += rng.random(len(rows)) * 3
    assert (sign * (model.predict(more) - model.predict(rows)) >= 0).all()
    # Without it, it would: more of the first is better, more of the third worse.
    if (sign, column) in {(-1, 0), (1, 2)}:
        free = fitted().predict(more) - fitted().predict(rows)
        assert (free * sign < 0).any()


def test_nan_is_unknown_and_no_trouble() -> None:
    table = X.copy()
    table[::3, 1] = np.nan
    model = LambdaMART(trees=20).fit(table, Y, groups=GROUPS)
    assert np.isfinite(model.predict(table)).all()
    assert model.score(table, Y, groups=GROUPS) > 0.8


# --- the same everywhere ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "copied",
    [
        lambda model: pickle.loads(pickle.dumps(model)),
        copy.copy,
        copy.deepcopy,
        lambda model: pickle.loads(pickle.dumps(copy.deepcopy(model))),
    ],
)
@pytest.mark.parametrize("asked", [True, False])
def test_copies_say_the_same(copied: Any, asked: bool) -> None:
    model = fitted(leaves=5)
    if asked:
        model.predict(X[:1])
    again = copied(model)
    # What is made to answer is made again, not kept.
    assert (
        len(pickle.dumps(model)) == len(pickle.dumps(again)) == len(pickle.dumps(fitted(leaves=5)))
    )
    assert again.predict(X).tolist() == model.predict(X).tolist()
    assert again.get_params() == model.get_params()
    assert again.n_features_in_ == 3


def test_a_clone_has_learned_nothing() -> None:
    model = clone(fitted(leaves=5))
    assert model.leaves == 5
    with pytest.raises(NotFittedError):
        model.predict(X)


def test_fitted_again_it_forgets() -> None:
    model = fitted()
    before = model.predict(X)
    model.fit(X, 1 - Y, groups=GROUPS)
    after = model.predict(X)
    assert np.corrcoef(before, after)[0, 1] < -0.5
    assert after.tolist() == LambdaMART(trees=20).fit(X, 1 - Y, groups=GROUPS).predict(X).tolist()


def test_the_number_of_threads_does_not_matter() -> None:
    found = set()
    for threads in (1, 2, 4):
        with threadpool_limits(threads):
            model = fitted()
            found.add((model.model_, *model.predict(X).tolist()))
    assert len(found) == 1
    assert "[num_threads: 1]" in found.pop()[0]


def test_the_parameters_are_those_of_the_trees() -> None:
    assert "Tree=6" in fitted(trees=7).model_
    assert "Tree=7" not in fitted(trees=7).model_
    # Without k all of the lists, which are of 8 rows.
    assert "[lambdarank_truncation_level: 8]" in fitted().model_
    said = fitted(learning_rate=0.3, leaves=3, least_rows=7, l2=2.5, seed=9, k=4).model_
    for option in (
        "learning_rate: 0.3",
        "num_leaves: 3",
        "min_data_in_leaf: 7",
        "lambda_l2: 2.5",
        "seed: 9",
        "lambdarank_truncation_level: 7",
        "deterministic: 1",
    ):
        assert f"[{option}]" in said


# --- with scikit-learn --------------------------------------------------------------------------


def test_it_can_be_cross_validated_and_searched_by_people() -> None:
    with config_context(enable_metadata_routing=True):
        model = LambdaMART(trees=10).set_fit_request(groups=True).set_score_request(groups=True)
        found = cross_validate(model, X, Y, cv=GroupKFold(4), params={"groups": GROUPS})
        assert found["test_score"].min() > 0.8
        search = GridSearchCV(model, {"leaves": [2, 8]}, cv=GroupKFold(4))
        search.fit(X, Y, groups=GROUPS)
        assert search.best_score_ == max(search.cv_results_["mean_test_score"])
        assert search.predict(X).shape == (len(X),)


def test_any_estimator_can_be_scored_by_the_order_of_lists() -> None:
    from sklearn.linear_model import Ridge

    with config_context(enable_metadata_routing=True):
        by_order = make_scorer(ndcg_by_group, k=3).set_score_request(groups=True)
        scored = cross_validate(
            Ridge(), X, Y, cv=GroupKFold(4), scoring=by_order, params={"groups": GROUPS}
        )
    assert scored["test_score"].min() > 0.8


# --- nDCG ---------------------------------------------------------------------------------------


def gain(grades: list[float], k: int) -> float:
    return sum(grade / math.log2(rank + 1) for rank, grade in enumerate(grades[:k], start=1))


def test_ndcg_by_hand() -> None:
    # a: 1, then 0, then 0.5 at the third place; b has nothing relevant and does not count.
    truth, said = [0, 1, 0.5, 0, 0], [2.0, 3.0, 1.0, 5.0, 4.0]
    by_hand = (1 + 0.5 / math.log2(4)) / (1 + 0.5 / math.log2(3))
    assert ndcg_by_group(truth, said, groups=list("aaabb")) == pytest.approx(by_hand)
    assert ndcg_by_group(truth, said, groups=list("aaabb"), k=2) == pytest.approx(
        1 / (1 + 0.5 / math.log2(3))
    )
    # Without groups all are one list.
    order = [0, 0, 1, 0, 0.5]
    assert ndcg_by_group(truth, said) == pytest.approx(gain(order, 10) / gain([1, 0.5], 10))
    # One alone is in the right order, and where nothing is relevant there is none.
    assert ndcg_by_group([0.5, 1], [1, 0], groups=["a", "b"]) == 1
    assert math.isnan(ndcg_by_group([0, 0], [1, 0]))
    assert math.isnan(ndcg_by_group([], []))


@examples(40)
@given(
    st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from([0, 0.25, 0.5, 1])), min_size=1),
    st.integers(1, 4),
    st.randoms(use_true_random=False),
)
def test_ndcg_of_lists_without_ties(rows: list[tuple[str, float]], k: int, random: Any) -> None:
    said = [float(n) for n in range(len(rows))]
    random.shuffle(said)
    found = []
    for name in sorted({name for name, _ in rows}):
        own = [(-s, grade) for s, (group, grade) in zip(said, rows, strict=True) if group == name]
        ideal = gain(sorted((grade for _, grade in own), reverse=True), k)
        if ideal:
            found.append(gain([grade for _, grade in sorted(own)], k) / ideal)
    answer = ndcg_by_group([grade for _, grade in rows], said, [name for name, _ in rows], k)
    assert answer == pytest.approx(sum(found) / len(found) if found else math.nan, nan_ok=True)


# --- errors -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("table", "relevance", "groups", "told"),
    [
        (X, Y * 2, GROUPS, "y is '0 to 2': expected relevance from 0 to 1"),
        (X, Y - 0.5, GROUPS, "expected relevance from 0 to 1"),
        (X, np.where(Y > 0.9, np.nan, Y), GROUPS, "expected relevance from 0 to 1"),
        (X, Y[1:], GROUPS, r"\(160, 3\), \(159,\), \(160,\)"),
        (X, Y, GROUPS[1:], "a relevance and a group for each of its rows"),
        (X[:, 0], Y, GROUPS, "a table"),
    ],
)
def test_wrong_data_are_refused(table: Any, relevance: Any, groups: Any, told: str) -> None:
    with pytest.raises(fp.errors.DataError, match=told):
        LambdaMART().fit(table, relevance, groups=groups)


def test_before_it_is_fitted_it_says_nothing() -> None:
    with pytest.raises(NotFittedError, match="LambdaMART"):
        LambdaMART().predict(X)


def test_what_is_missing_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without(name: str, *rest: Any, **options: Any) -> Any:
        if name == "lightgbm":
            raise ModuleNotFoundError(name)
        return real(name, *rest, **options)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(fp.errors.MissingExtra, match=r"fagprofil\[ml\]"):
        LambdaMART().fit(X, Y, groups=GROUPS)
