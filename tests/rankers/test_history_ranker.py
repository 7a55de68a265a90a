"""Collaborative filtering, against ridge regressions and cosines computed one by one."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from worlds import examples, known, module, names, profile, small

import fagprofil as fp
from fagprofil.rankers import HistoryRanker
from fagprofil.rankers import board as boards

STEP = 2.0**-20
MODULES = names("m", 5)
NEEDS = {"c0": (3, 3, 1.0)}
PROFILES = [profile("job", NEEDS), profile("other", NEEDS)]


def catalogue_of(modules: Sequence[str]) -> fp.Catalogue:
    return small(3, ["c0"], PROFILES, [module(name, {"c0": 3}) for name in modules])


CATALOGUE = catalogue_of(MODULES)


def on_grid(value: float) -> float:
    return round(value / STEP) * STEP


def person(name: str, passed: Sequence[str] = (), job: str | None = "job") -> fp.Employee:
    return fp.Employee(
        id=name, profile=job, evidence=known({"c0": 0}), completed=tuple(map(taken, passed))
    )


def taken(name: str) -> fp.Completion:
    return fp.Completion(module=name)


def crowd(table: NDArray[np.int64], job: str = "job") -> list[fp.Employee]:
    """People who have passed what a table of 0/1 says."""
    return [
        person(f"h{i}", [MODULES[j] for j in np.flatnonzero(row)], job)
        for i, row in enumerate(table)
    ]


def learned(ranker: HistoryRanker, past: Sequence[fp.Employee]) -> HistoryRanker:
    return ranker.fit(*fp.Recommender(CATALOGUE).to_learn_from(past))


def scores(
    ranker: Any, one: fp.Employee, past: Sequence[fp.Employee] | None, **options: Any
) -> dict[str, float | None]:
    recommender = fp.Recommender(options.pop("catalogue", CATALOGUE), ranker, history=past)
    result = recommender.recommend(one, options.pop("profile", None), k=99, **options)
    for item in result:
        if item.score is not None:
            assert sum(reason.value for reason in item.reasons) == item.score
    return {item.module: item.score for item in result}


@st.composite
def tables(draw: st.DrawFn, most: int = 9) -> NDArray[np.int64]:
    """Who has passed what: fewer people than modules, as many, and more."""
    cells = draw(st.lists(st.integers(0, 2 ** len(MODULES) - 1), max_size=most))
    rows = [[cell >> j & 1 for j in range(len(MODULES))] for cell in cells]
    return np.array(rows, dtype=np.int64).reshape(len(rows), len(MODULES))


# --- which modules speak for which --------------------------------------------------------------


def ridge_without_itself(table: NDArray[np.int64], l2: float) -> NDArray[np.float64]:
    """For each module, the weights of the others in a ridge regression of it on them."""
    count = table.shape[1]
    weights = np.zeros((count, count))
    for j in range(count):
        others = [m for m in range(count) if m != j]
        x = table[:, others].astype(float)
        gram = x.T @ x + l2 * np.eye(count - 1)
        weights[others, j] = np.linalg.solve(gram, x.T @ table[:, j])
    return weights


@examples(60)
@given(tables(), st.sampled_from([0.5, 3.0, 50.0]))
def test_ease_is_a_ridge_regression_of_each_module_on_the_others(
    table: NDArray[np.int64], l2: float
) -> None:
    found = learned(HistoryRanker(l2=l2), crowd(table)).weights_
    np.testing.assert_allclose(found, ridge_without_itself(table, l2), atol=1e-10)


@examples(30)
@given(tables(most=4))
def test_people_who_passed_nothing_change_nothing_however_many_they_are(
    table: NDArray[np.int64],
) -> None:
    # Few people are solved for people, many for modules.
    more = np.vstack([table, np.zeros((6, len(MODULES)), dtype=np.int64)])
    few, many = (learned(HistoryRanker(), crowd(one)).weights_ for one in (table, more))
    np.testing.assert_allclose(few, many, atol=1e-12)


def cosines(table: NDArray[np.int64], neighbours: int, damping: float) -> list[list[float]]:
    count = table.shape[1]
    found = [[0.0] * count for _ in range(count)]
    for j in range(count):
        near = {}
        for m in range(count):
            both = sum(row[m] * row[j] for row in table.tolist())
            size = math.sqrt(table[:, m].sum() * table[:, j].sum()) + damping
            near[m] = both / size if m != j and size else 0.0
        # So many of the nearest, and all that are as near as the last of them.
        last = sorted(near.values(), reverse=True)[min(neighbours, count) - 1]
        for m, value in near.items():
            found[m][j] = value if value >= last else 0.0
    return found


@examples(80)
@given(tables(), st.integers(1, 6), st.sampled_from([0.0, 1.0, 10.0]))
def test_knn_is_the_damped_cosine_to_the_nearest(
    table: NDArray[np.int64], neighbours: int, damping: float
) -> None:
    ranker = HistoryRanker("knn", neighbours=neighbours, damping=damping)
    assert learned(ranker, crowd(table)).weights_.tolist() == cosines(table, neighbours, damping)


def test_of_equally_near_neighbours_none_is_left_out() -> None:
    # m1 and m2 are each passed with m0 by one of two, so both are its nearest; m3 by nobody.
    past = [person("h0", ["m0", "m1"]), person("h1", ["m0", "m2"])]
    weights = learned(HistoryRanker("knn", neighbours=1, damping=0.0), past).weights_
    assert weights[:, 0].tolist() == [0, 1 / math.sqrt(2), 1 / math.sqrt(2), 0, 0]


def test_damping_is_as_if_more_had_passed_each_without_the_other() -> None:
    past = [person(f"h{n}", ["m0", "m1"]) for n in range(3)]
    alone = [person(f"a{n}{name}", [name]) for n in range(2) for name in ("m0", "m1")]
    damped = learned(HistoryRanker("knn", damping=2.0), past).weights_
    diluted = learned(HistoryRanker("knn", damping=0.0), past + alone).weights_
    assert damped[0, 1] == pytest.approx(3 / (3 + 2)) == pytest.approx(diluted[0, 1])


# --- the score ----------------------------------------------------------------------------------

#: Three of the job passed m0 and m1, and one of another job passed nothing.
PAST = [*(person(f"h{n}", ["m0", "m1"]) for n in range(3)), person("h3", job="other")]
#: Three of four have passed m1; of the job all three, drawn to that as if ten more were like all.
USUAL = (3 + 10 * 3 / 4) / (3 + 10)


def test_own_modules_and_what_is_popular_are_mixed() -> None:
    # The regression of m1 on m0: 3 people had both, so 3 / (3 + l2).
    found = scores(HistoryRanker(l2=3.0, lean=1.0), person("e", ["m0"]), PAST)
    own, trust = 3 / (3 + 3), 1 / (1 + 1)
    assert found["m1"] == on_grid(trust * own + (1 - trust) * USUAL)
    assert found["m2"] == found["m3"] == 0


def test_the_reasons_are_the_modules_passed_and_popularity() -> None:
    recommender = fp.Recommender(CATALOGUE, HistoryRanker(l2=3.0, lean=1.0), history=PAST)
    first = recommender.recommend(person("e", ["m0"]))[0]
    said = {reason.name: reason.value for reason in first.reasons}
    assert said == pytest.approx({"passed m0": 0.5 * 0.5, "popularity": 0.5 * USUAL}, abs=2 * STEP)
    # Largest first, and nothing that adds nothing.
    assert [reason.name for reason in first.reasons] == ["popularity", "passed m0"]


@examples(40)
@given(tables(), st.integers(1, 31), st.sampled_from(["job", "other", None]))
def test_each_part_is_a_weight_of_a_module_passed_or_what_is_popular(
    table: NDArray[np.int64], cell: int, job: str | None
) -> None:
    passed = [name for j, name in enumerate(MODULES) if cell >> j & 1]
    others = [person("o0", ["m1"], "other"), person("o1", job=None)]
    ranker = learned(HistoryRanker(l2=1.0, lean=3.0), [*crowd(table), *others])
    one, trust = person("e", passed, job), len(passed) / (len(passed) + 3)
    for item in fp.Recommender(CATALOGUE, ranker).recommend(one, job or "other", k=99):
        j = MODULES.index(item.module)
        expected = {
            f"passed {name}": trust * ranker.weights_[MODULES.index(name), j] for name in passed
        }
        usual = ranker.popular_.get(job or "other", ranker.popular_[""])[j]
        expected["popularity"] = (1 - trust) * usual
        said = {reason.name: reason.value for reason in item.reasons}
        for name, value in expected.items():
            assert said.get(name, 0.0) == pytest.approx(value, abs=4 * STEP)


def test_somebody_who_passed_nothing_gets_what_is_popular_in_the_profile() -> None:
    found = scores("history", person("e"), PAST)
    assert (found["m0"], found["m1"], found["m2"]) == (on_grid(USUAL), on_grid(USUAL), 0)
    # Nobody of the other profile has passed anything: 10 of 11 are like all.
    found = scores("history", person("e", job="other"), PAST)
    assert found["m0"] == on_grid(10 * 3 / 4 / 11)


def test_of_a_profile_that_nobody_had_all_count() -> None:
    lonely = [person("h0", ["m0"]), person("h1", job=None)]
    assert scores("history", person("e", job="other"), lonely)["m0"] == 1 / 2


def test_without_lean_only_the_own_modules_count_and_with_much_only_what_is_popular() -> None:
    one = person("e", ["m0"])
    assert scores(HistoryRanker(l2=3.0, lean=0), one, PAST)["m1"] == 0.5
    assert scores(HistoryRanker(lean=1e12), one, PAST)["m1"] == on_grid(USUAL)
    # Who has passed nothing has nothing else, whatever the lean.
    assert scores(HistoryRanker(lean=0), person("e"), PAST)["m1"] == on_grid(USUAL)


def test_failing_does_not_count_and_passing_twice_counts_once() -> None:
    failed = [fp.Completion(module="m2", passed=False), *[taken("m0")] * 2]
    once = person("e", ["m0"])
    twice = once.model_copy(update={"completed": tuple(failed)})
    ranker = HistoryRanker(l2=3.0, lean=1.0)
    assert scores(ranker, twice, PAST) == scores(ranker, once, PAST)
    past = [one.model_copy(update={"completed": (*one.completed, *failed)}) for one in PAST[:3]]
    assert scores(ranker, once, [*past, PAST[3]]) == scores(ranker, once, PAST)


@pytest.mark.parametrize("method", ["ease", "knn"])
def test_what_nobody_took_is_worth_nothing_but_has_a_score(method: Any) -> None:
    found = scores(HistoryRanker(method), person("e", ["m0"]), PAST)
    assert (found["m2"], found["m3"], found["m4"]) == (0, 0, 0)
    # And having passed it says nothing of the others, but is one more passed.
    strange = scores(HistoryRanker(method, lean=1.0), person("e", ["m4"]), PAST)
    assert strange["m1"] == on_grid(0.5 * USUAL)


def test_without_a_history_there_is_no_opinion() -> None:
    assert set(scores("history", person("e"), None).values()) == {None}


def test_in_an_empty_history_nobody_passed_anything() -> None:
    assert set(scores("history", person("e", ["m0"]), []).values()) == {0}


@pytest.mark.parametrize("method", ["ease", "knn"])
@pytest.mark.parametrize("choose", ["list", "set"])
def test_the_board_has_the_right_module_first(method: Any, choose: Any) -> None:
    world = boards.board()
    recommender = fp.Recommender(world.catalogue, HistoryRanker(method), history=world.past)
    for i, one in enumerate(world.people):
        assert recommender.recommend(one, choose=choose)[0].module == f"m-{i}"


@examples(40)
@given(tables(), st.integers(0, 31), st.sampled_from(["ease", "knn"]), st.sampled_from([0, 2.0]))
def test_parts_sum_to_the_score(
    table: NDArray[np.int64], cell: int, method: Any, lean: float
) -> None:
    one = person("e", [name for j, name in enumerate(MODULES) if cell >> j & 1])
    ranker, past = HistoryRanker(method, lean=lean), crowd(table)
    assert len(scores(ranker, one, past)) == len(MODULES) - len(one.completed)
    scores(ranker, one, past, choose="set")


def test_the_order_of_people_does_not_matter() -> None:
    world = boards.board()
    found = [
        fp.Recommender(world.catalogue, "history", history=past).recommend_rows(world.people)
        for past in (world.past, world.past[::-1])
    ]
    assert found[0] == found[1]


# --- another catalogue --------------------------------------------------------------------------


def test_what_was_learned_on_one_catalogue_holds_on_the_next() -> None:
    past = [*crowd(np.array([[1, 1, 0, 0, 1], [1, 0, 1, 0, 0], [1, 1, 1, 0, 0]])), *PAST[3:]]
    ranker = learned(HistoryRanker(l2=1.0), past)
    # One is new and comes first, and m4, which the person has passed, is no longer there.
    later = catalogue_of(["a-new", *MODULES[:4]])
    one = person("e", ["m0"])
    before, after = (scores(ranker, one, None, catalogue=where) for where in (CATALOGUE, later))
    assert after == {**{name: before[name] for name in ("m1", "m2", "m3")}, "a-new": None}
    assert before["m1"] != before["m2"]


def test_what_was_not_there_to_learn_from_does_not_count_as_passed() -> None:
    ranker, later = learned(HistoryRanker(l2=1.0), PAST), catalogue_of([*MODULES, "n"])
    found = [
        scores(ranker, person("e", passed), None, catalogue=later)
        for passed in (["m0"], ["m0", "n"])
    ]
    assert found[0]["m1"] == found[1]["m1"]


# --- parameters ---------------------------------------------------------------------------------


def test_all_wrong_parameters_are_told_at_once() -> None:
    ranker = HistoryRanker("eas", l2=0, neighbours=2.5, damping=-1, lean=math.nan)  # type: ignore[arg-type]
    with pytest.raises(fp.errors.DataError) as caught:
        fp.Recommender(CATALOGUE, ranker, history=PAST)
    assert {(one.field, one.expected, one.suggestion) for one in caught.value.problems} == {
        ("method", "'ease' or 'knn'", "ease"),
        ("l2", "a number above 0", None),
        ("neighbours", "a whole number of at least 1", None),
        ("damping", "a number of at least 0", None),
        ("lean", "a number of at least 0", None),
    }


@pytest.mark.parametrize(
    "options",
    [{"l2": "much"}, {"l2": math.inf}, {"neighbours": 0}, {"neighbours": None}, {"lean": None}],
)
def test_wrong_values_are_refused(options: dict[str, Any]) -> None:
    (name,) = options
    with pytest.raises(fp.errors.DataError, match=f"HistoryRanker: {name}"):
        learned(HistoryRanker(**options), PAST)


def test_numbers_of_numpy_are_numbers() -> None:
    plain = HistoryRanker("knn", neighbours=3, damping=1, lean=2)
    numpy = HistoryRanker("knn", neighbours=np.int64(3), damping=np.float32(1), lean=np.int8(2))
    one = person("e", ["m0"])
    assert scores(numpy, one, PAST) == scores(plain, one, PAST)


def test_fitting_leaves_the_callers_ranker_alone() -> None:
    ranker = HistoryRanker()
    scores(ranker, person("e"), PAST)
    assert vars(ranker).keys() == ranker.get_params().keys()


def test_fitted_again_it_forgets() -> None:
    ranker = learned(HistoryRanker(), PAST)
    again = learned(ranker, [person("h0", ["m3"])])
    assert again is ranker
    assert scores(ranker, person("e"), None)["m1"] == 0
