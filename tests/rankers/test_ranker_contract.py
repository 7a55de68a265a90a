"""Rankers score, the library ranks: what a ranker is given, and what it cannot do."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import numpy as np
import pytest
from worlds import AS_OF, Board, known, module, names, profile, small

import fagprofil as fp
from fagprofil.rankers import BaseRanker, History, RankingTask, Reason

NEEDS = {"c0": (2, 3, 1.0), "c1": (1, 1, 0.5)}
MODULES = (
    module("m0", {"c0": 3}, ects=10, price=1000),
    module("m1", {"c1": 1}, ects=5),
    module("m2", {"c0": 1, "c1": 1}),
    module("m3"),  # unknown what it teaches
    module("m4", {"c0": 0}),  # teaches nothing
    module("m5", {"c0": 2}, entry={"c1": 3}),  # not open to the person
)
CATALOGUE = small(3, ["c0", "c1"], [profile("job", NEEDS)], MODULES)
PERSON = fp.Employee(id="e", profile="job", evidence=known({"c0": 1, "c1": 0}))
OPEN = ["m0", "m1", "m2", "m3"]

Scoring = Callable[[RankingTask], Any]


def recommend(ranker: Any, **options: Any) -> fp.Recommendations:
    recommender = fp.Recommender(CATALOGUE, ranker, horizon=fp.NOW)
    return recommender.recommend(PERSON, k=9, **options)


def modules_of(result: fp.Recommendations) -> list[str]:
    return [one.module for one in result]


def constant(*row: float) -> Scoring:
    return lambda task: np.broadcast_to(np.array(row), task.shape)


# --- what a ranker is given ---------------------------------------------------------------------


def test_a_task_has_the_arrays_that_the_contract_names() -> None:
    seen: list[RankingTask] = []
    recommend(lambda task: seen.append(task) or task.gain)
    (task,) = seen
    nan = np.nan
    assert (task.shape, task.employees, task.modules) == ((1, 6), ("e",), tuple(names("m", 6)))
    assert (task.catalogue, task.horizon, task.on) == (CATALOGUE, fp.NOW, AS_OF)
    assert task.history is None
    # Needed now: step 1-2 of c0 at weight 1, step 1 of c1 at 0.5; held: step 1 of c0.
    np.testing.assert_array_equal(task.gain, [[1.0, 0.5, 0.5, nan, 0.0, 1.0]])
    np.testing.assert_allclose(task.repeats, [[1 / 3, 0, 1 / 2, nan, nan, 1 / 2]])
    np.testing.assert_array_equal(task.eligible, [[True] * 4 + [False] * 2])
    np.testing.assert_array_equal(task.closes_nothing, [[False] * 4 + [True, False]])
    np.testing.assert_array_equal(task.mapped, [True, True, True, False, True, True])
    np.testing.assert_array_equal(task.ects, [10, 5, nan, nan, nan, nan])
    np.testing.assert_array_equal(task.price, [[1000, nan, nan, nan, nan, nan]])
    assert task.gain_parts(0, 2) == [("c1", 0.5)]
    assert (task.gain_of(0, 0), task.gain_of(0, 4)) == (1.0, 0.0)
    assert np.isnan(task.gain_of(0, 3))


def test_a_task_after_a_pick_has_what_is_left() -> None:
    seen: list[RankingTask] = []
    recommend(lambda task: seen.append(task) or task.gain)
    after = seen[0].after(np.array([0]))
    # m0 closed all of c0; what is needed of c1 is left.
    np.testing.assert_array_equal(after.gain, [[0, 0.5, 0.5, np.nan, 0, 0]])
    assert not after.eligible[0, 0]
    same = seen[0].after(np.array([-1]))
    np.testing.assert_array_equal(same.gain, seen[0].gain)
    np.testing.assert_array_equal(same.eligible, seen[0].eligible)


ARRAYS = ("gain", "eligible", "closes_nothing", "closes", "repeats", "mapped", "ects", "price")


@pytest.mark.parametrize("name", ARRAYS)
def test_a_ranker_cannot_change_what_it_is_given(name: str) -> None:
    scores = constant(4, 3, 2, 1, 6, 5)

    def scribbling(task: RankingTask) -> Any:
        with suppress(ValueError):  # arrays that cannot be written to are as good
            getattr(task, name)[...] = 1
        return scores(task)

    found, expected = recommend(scribbling), recommend(scores)
    assert found.items == expected.items
    assert found.ineligible == expected.ineligible
    assert found.gap == expected.gap


# --- what scores may be -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "score",
    [
        lambda task: task.gain.T,
        lambda task: task.gain[0],
        lambda task: task.gain[:, :-1],
        lambda task: task.gain[None],
        lambda _: None,
        lambda _: 1.0,
        lambda _: [],
        lambda _: [[1.0, 2.0], [3.0]],
    ],
    ids=["transposed", "one row", "too few", "too deep", "None", "a number", "empty", "ragged"],
)
def test_a_wrong_shape_is_told(score: Scoring) -> None:
    with pytest.raises(fp.errors.RankerError, match="FunctionRanker"):
        recommend(score)


def test_the_shapes_are_in_the_message() -> None:
    with pytest.raises(fp.errors.RankerError, match=r"shape \(6, 1\); expected .* = \(1, 6\)"):
        recommend(lambda task: task.gain.T)


@pytest.mark.parametrize("kind", [bool, object, complex, str, "datetime64[D]"])
def test_scores_must_be_numbers(kind: Any) -> None:
    with pytest.raises(fp.errors.RankerError, match="expected numbers"):
        recommend(lambda task: np.ones(task.shape).astype(np.int64).astype(kind))


@pytest.mark.parametrize("value", [np.inf, -np.inf])
def test_infinite_scores_are_refused(value: float) -> None:
    with pytest.raises(fp.errors.RankerError, match="use NaN for no opinion"):
        recommend(constant(1, 2, 3, value, 5, 6))


@pytest.mark.parametrize("kind", [np.float16, np.float32, np.float64, np.int8, np.int64, np.uint8])
def test_scores_of_any_number_kind_give_the_same(kind: Any) -> None:
    result = recommend(lambda _: np.array([[3, 7, 5, 7, 9, 9]], dtype=kind))
    assert [(one.module, one.score) for one in result] == [
        ("m1", 7.0),
        ("m3", 7.0),
        ("m2", 5.0),
        ("m0", 3.0),
    ]


def test_a_float32_score_is_kept_as_it_is() -> None:
    result = recommend(lambda task: np.full(task.shape, 0.1, dtype=np.float32))
    assert {one.score for one in result} == {float(np.float32(0.1))}


def test_a_list_of_lists_is_accepted() -> None:
    assert modules_of(recommend(lambda _: [[1, 2, 3, 4, 5, 6]])) == ["m3", "m2", "m1", "m0"]


# --- the order ----------------------------------------------------------------------------------


def test_ties_go_by_id_and_zero_has_no_sign() -> None:
    assert modules_of(recommend(constant(0.0, -0.0, 0.0, -0.0, 1, 1))) == OPEN


def test_many_ties_go_by_id_too() -> None:
    ids = sorted(names("m", 300))
    catalogue = small(
        3, ["c0"], [profile("job", {"c0": (3, 3, 1.0)})], [module(x, {"c0": 3}) for x in ids]
    )
    recommender = fp.Recommender(catalogue, lambda task: np.arange(task.shape[1])[None] % 2)
    result = recommender.recommend(fp.Employee(id="e", evidence=known({"c0": 0})), "job", k=300)
    assert modules_of(result) == ids[1::2] + ids[0::2]


def test_no_opinion_ranks_last_and_says_so() -> None:
    result = recommend(constant(np.nan, -1e300, np.nan, 2, 9, 9))
    assert [(one.module, one.score) for one in result] == [
        ("m3", 2.0),
        ("m1", -1e300),
        ("m0", None),
        ("m2", None),
    ]
    (reason,) = result[2].reasons
    assert (reason.name, reason.competence, reason.value) == ("no opinion", None, 0.0)


def test_no_opinion_is_never_part_of_a_set() -> None:
    # m0 closes c0, m1 closes c1; m2 would add nothing, and of m0 and m3 nothing is thought.
    result = recommend(constant(np.nan, 1, 2, np.nan, 9, 9), choose="set")
    assert modules_of(result) == ["m2"]


def test_a_set_has_each_module_once() -> None:
    # What m3 teaches is unknown, so it is never known to add nothing.
    result = recommend(constant(1, 1, 1, 9, 1, 1), choose="set")
    assert modules_of(result) == ["m3", "m0", "m1"]


def test_a_set_goes_on_while_anything_is_added() -> None:
    result = recommend(constant(1, 2, 3, np.nan, 9, 9), choose="set")
    # m2 first; then m1 adds nothing, and m0 the rest of c0.
    assert [(one.module, one.gain_now) for one in result] == [("m2", 0.5), ("m0", 1.0)]


@pytest.mark.parametrize("choose", ["list", "set"])
def test_a_ranker_cannot_overrule_eligibility(choose: str) -> None:
    eager = constant(1, 1, 1, 1, 1e300, 1e300)
    result = recommend(eager, choose=choose)
    assert set(modules_of(result)) <= set(OPEN)
    assert [(one.module, one.rule) for one in result.ineligible] == [
        ("m4", "closes nothing"),
        ("m5", "entry"),
    ]
    assert "m0" not in modules_of(recommend(eager, choose=choose, exclude=["m0"]))


def test_k_takes_the_first_of_the_order() -> None:
    recommender = fp.Recommender(CATALOGUE, constant(1, 2, 3, 4, 5, 6))
    for k in range(1, 9):
        assert (
            modules_of(recommender.recommend(PERSON, k=np.int64(k))) == ["m3", "m2", "m1", "m0"][:k]
        )


# --- reasons ------------------------------------------------------------------------------------


def test_a_ranker_may_explain_itself() -> None:
    class Explained(BaseRanker):
        def score(self, task: RankingTask) -> Any:
            return task.gain + 1

        def explain(self, task: RankingTask, i: int, j: int) -> Any:
            yield Reason(name="base", competence=None, value=1.0)
            yield Reason(name="gain", competence="c0", value=float(task.gain[i, j]))

    result = recommend(Explained())
    assert [(reason.name, reason.value) for reason in result[0].reasons] == [
        ("base", 1.0),
        ("gain", 1.0),
    ]
    assert result.competence_names["c0"].en == "C0"
    (row, *_) = fp.Recommender(CATALOGUE, Explained(), horizon=fp.NOW).recommend_rows(
        [PERSON], lang="en"
    )
    assert row["reason"] == "base 1.0; C0 1.0"


# --- learning from a history --------------------------------------------------------------------


class Recorder(BaseRanker):
    """Keeps what it was fitted on."""

    def fit(self, task: RankingTask, history: History) -> Recorder:
        self.task, self.history = task, history
        self.arrays = {name: getattr(task, name) for name in ARRAYS}
        return self

    def score(self, task: RankingTask) -> Any:
        assert task.history is self.history
        return task.gain


def fitted_on(people: list[fp.Employee]) -> Recorder:
    ranker = fp.Recommender(CATALOGUE, Recorder(), history=people, horizon=fp.NOW)
    ranker.recommend(PERSON)
    return ranker._engine.ranker


def test_a_ranker_learns_on_the_people_of_the_history_each_with_their_profile() -> None:
    nobody = fp.Employee(id="n", completed=["m1"], evidence=known({"c0": 0, "c1": 0}))
    fitted = fitted_on([PERSON, nobody])
    assert fitted.task.employees == fitted.history.employees == ("e", "n")
    assert fitted.history.modules == tuple(names("m", 6))
    np.testing.assert_array_equal(fitted.history.passed.toarray(), [[0] * 6, [0, 1, 0, 0, 0, 0]])
    # Nothing is needed of a person without a profile.
    np.testing.assert_array_equal(
        fitted.arrays["gain"], [[1.0, 0.5, 0.5, np.nan, 0, 1.0], [0, 0, 0, np.nan, 0, 0]]
    )
    np.testing.assert_array_equal(fitted.arrays["price"][:, 0], [1000, 1000])


def test_an_empty_history_can_be_learned_from() -> None:
    fitted = fitted_on([])
    assert fitted.task.shape == (0, 6)
    assert fitted.history.passed.shape == (0, 6)
    assert fitted.arrays["gain"].shape == fitted.arrays["repeats"].shape == (0, 6)
    assert fitted.arrays["eligible"].shape == (0, 6)


def test_a_ranker_that_does_not_learn_is_given_the_history(board: Board) -> None:
    seen: list[RankingTask] = []
    taken = fp.Employee(id="h", completed=["m2"])
    fp.Recommender(
        board.catalogue, lambda task: seen.append(task) or task.gain, history=[taken]
    ).recommend(board.people[0])
    assert seen[0].history is not None
    assert seen[0].history.passed.toarray().tolist() == [[0, 0, 1, 0]]
