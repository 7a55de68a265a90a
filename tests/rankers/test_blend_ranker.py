"""Several rankers together, by arithmetic a reader can follow; and rankers made of rankers."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from worlds import Crowd, crowds, examples, known, module, names, profile, small

import fagprofil as fp
from fagprofil.rankers import (
    BlendRanker,
    CoverageRanker,
    DiverseRanker,
    FairRanker,
    LearnedRanker,
    RankingTask,
    base,
)
from fagprofil.rankers import board as boards

STEP = 2.0**-20
NAN = math.nan
CATALOGUE = small(
    3,
    ["c0"],
    [profile("job", {"c0": (3, 3, 1.0)})],
    [*(module(name, {"c0": 3}) for name in names("m", 4)), module("z", {"c0": 0})],
)
PERSON = fp.Employee(id="e", profile="job", evidence=known({"c0": 0}))

Says = Callable[[RankingTask], NDArray[np.float64]]


def on_grid(value: float) -> float:
    return round(value / STEP) * STEP


def says(*values: float) -> Says:
    """A ranker that gives all people these scores, of the first modules."""

    def told(task: RankingTask) -> NDArray[np.float64]:
        return np.tile([*values, *[NAN] * (task.shape[1] - len(values))], (len(task), 1))

    return told


def items(ranker: Any, **options: Any) -> list[fp.results.Recommendation]:
    result = fp.Recommender(CATALOGUE, ranker).recommend(PERSON, k=99, **options)
    for one in result:
        assert sum(reason.value for reason in one.reasons) == (one.score or 0)
    return list(result)


def scores(ranker: Any, **options: Any) -> dict[str, float | None]:
    found = {one.module: one.score for one in items(ranker, **options)}
    return {name: found[name] for name in sorted(found)}


def order(ranker: Any) -> list[str]:
    return [one.module for one in items(ranker)]


F, G = says(4, 2, 1, NAN), says(0.1, 0.3, 0.2, 0.3)


# --- weighted -----------------------------------------------------------------------------------


def test_the_weighted_mean_of_scores_of_which_the_largest_is_1() -> None:
    assert scores(BlendRanker([F, G], weights=[3, 1])) == {
        "m0": on_grid((3 * 4 / 4 + 1 * 0.1 / 0.3) / 4),
        "m1": on_grid((3 * 2 / 4 + 1 * 0.3 / 0.3) / 4),
        "m2": on_grid((3 * 1 / 4 + 1 * 0.2 / 0.3) / 4),
        "m3": 1.0,  # F has no opinion, and no part
    }


def test_without_weights_all_weigh_the_same() -> None:
    found = scores(BlendRanker([F, G]))
    assert found == scores(BlendRanker([F, G], weights=[5, 5]))
    assert found["m1"] == on_grid((2 / 4 + 0.3 / 0.3) / 2)


def test_the_parts_are_named_after_the_rankers() -> None:
    first = items(BlendRanker(["coverage", G], weights=[3, 1]))[0]
    assert (first.module, first.score) == ("m1", 1.0)
    assert [(one.name, one.competence, one.value) for one in first.reasons] == [
        ("coverage: gap closed", "c0", 0.75),
        ("told: score", None, 0.25),
    ]


def test_the_parts_are_what_they_are_said_to_be() -> None:
    # Of three one has no opinion on m0: the others share its weight, and their parts add to 7 / 8.
    rankers = [says(4, 8), says(1, 1), says(NAN, 1)]
    blend = BlendRanker([*rankers[:2], by_name], weights=[1, 3, 4])
    (item,) = (one for one in items(blend) if one.module == "m0")
    assert [(one.name, one.value) for one in item.reasons] == [
        ("told: score", 3 / 4 * 1),
        ("told: score", 1 / 4 * 4 / 8),
    ]
    ranked = BlendRanker([*rankers[:2], by_name], weights=[1, 3, 4], how="ranks")
    (item,) = (one for one in items(ranked) if one.module == "m0")
    assert [one.value for one in item.reasons] == pytest.approx(
        [3 / 8 * 1, 1 / 8 * 61 / 62], abs=STEP
    )


def by_name(task: RankingTask) -> NDArray[np.float64]:
    return says(NAN, 1)(task)


def test_the_largest_is_that_of_what_may_be_recommended() -> None:
    # z closes nothing, so that its score is no measure; neither is m3's, once it is excluded.
    much = says(4, 2, 1, 100)
    with_z = says(4, 2, 1, 100, 1000)
    assert scores(BlendRanker([much])) == scores(BlendRanker([with_z]))
    without = scores(BlendRanker([much]), exclude=["m3"])
    assert without == {"m0": 1.0, "m1": 0.5, "m2": 0.25}


def test_negative_scores_are_measured_by_the_largest_in_size() -> None:
    assert scores(BlendRanker([says(-4, -2, 2, 0)])) == {"m0": -1, "m1": -0.5, "m2": 0.5, "m3": 0}


def test_scores_of_0_stay_0() -> None:
    assert set(scores(BlendRanker([says(0, 0, 0, 0)])).values()) == {0}


@pytest.mark.parametrize("how", ["weighted", "ranks"])
def test_where_nobody_has_an_opinion_there_is_none(how: Any) -> None:
    assert scores(BlendRanker([F, says(1, NAN, 2, NAN)], how=how))["m3"] is None
    assert scores(BlendRanker(["history", "popular"], how=how))["m0"] is None


@pytest.mark.parametrize("how", ["weighted", "ranks"])
def test_a_weight_of_0_is_as_not_being_there(how: Any) -> None:
    assert scores(BlendRanker([F, G], weights=[1, 0], how=how)) == scores(BlendRanker([F], how=how))
    # Also where it alone has an opinion.
    assert scores(BlendRanker([F, G], weights=[1, 0], how=how))["m3"] is None
    names_of = {r.name for one in items(BlendRanker([F, G], [1, 0], how)) for r in one.reasons}
    assert len(names_of - {"no opinion"}) == 1


# --- ranks --------------------------------------------------------------------------------------


def test_reciprocal_ranks_by_hand() -> None:
    # F ranks m0, m1, m2; G ranks m1 and m3 (equal, so in order), m2, m0.
    assert scores(BlendRanker([F, G], weights=[3, 1], how="ranks")) == {
        "m0": on_grid((3 * 61 / 61 + 1 * 61 / 64) / 4),
        "m1": on_grid((3 * 61 / 62 + 1 * 61 / 61) / 4),
        "m2": on_grid((3 * 61 / 63 + 1 * 61 / 63) / 4),
        "m3": on_grid((1 * 61 / 62) / 4),  # no opinion adds nothing
    }


def test_the_first_of_all_has_1_and_its_parts_are_ranks() -> None:
    first = items(BlendRanker([F, "coverage"], how="ranks"))[0]
    assert first.score == 1
    assert [(one.name, one.value) for one in first.reasons] == [
        ("coverage: rank", 0.5),
        ("told: rank", 0.5),
    ]


def test_what_cannot_be_recommended_takes_no_rank() -> None:
    with_z = says(4, 2, 1, 3, 1000)
    assert scores(BlendRanker([with_z], how="ranks"))["m0"] == 1
    without = scores(BlendRanker([with_z], how="ranks"), exclude=["m0"])
    assert (without["m3"], without["m1"]) == (1, on_grid(61 / 62))


# --- laws ---------------------------------------------------------------------------------------

ROWS = st.lists(st.tuples(*[st.integers(-3, 3)] * 4), min_size=1, max_size=3)


@examples(40)
@given(ROWS, st.sampled_from(["weighted", "ranks"]), st.data())
def test_how_large_the_scores_of_a_ranker_are_does_not_matter(
    rows: list[tuple[int, ...]], how: Any, data: st.DataObject
) -> None:
    weights = data.draw(st.lists(st.integers(1, 4), min_size=len(rows), max_size=len(rows)))
    plain = [says(*row) for row in rows]
    large = [says(*(1000 * value for value in rows[0])), *plain[1:]]
    assert scores(BlendRanker(plain, weights, how)) == scores(BlendRanker(large, weights, how))


@examples(40)
@given(ROWS, st.sampled_from(["weighted", "ranks"]))
def test_alone_a_ranker_keeps_its_order(rows: list[tuple[int, ...]], how: Any) -> None:
    assert order(BlendRanker([says(*rows[0])], how=how)) == order(says(*rows[0]))


@examples(40)
@given(ROWS, st.sampled_from(["weighted", "ranks"]))
def test_the_order_of_the_rankers_does_not_matter(rows: list[tuple[int, ...]], how: Any) -> None:
    rankers, weights = [says(*row) for row in rows], [1.0, 2.0, 4.0][: len(rows)]
    there = scores(BlendRanker(rankers, weights, how))
    back = scores(BlendRanker(rankers[::-1], weights[::-1], how))
    assert there == pytest.approx(back, abs=STEP)


# --- what it is made of -------------------------------------------------------------------------


def test_those_that_learn_are_fitted_and_the_callers_stay_as_they_are() -> None:
    world, own = boards.board(), fp.rankers.HistoryRanker()
    blend = BlendRanker([own, "popular"])
    recommender = fp.Recommender(world.catalogue, blend, history=world.past)
    first = recommender.recommend(world.people[2])[0]
    assert first.module == "m-2"
    names = {"history: passed m-3", "history: popularity", "popular: popularity"}
    assert {one.name for one in first.reasons} == names
    assert not hasattr(own, "weights_")
    assert not hasattr(blend, "rankers_")


def test_fitted_again_it_forgets() -> None:
    task = next(iter(fp.Recommender(CATALOGUE).tasks([PERSON])))
    blend = BlendRanker(["popular"])
    for name in ("m1", "m3"):
        past = [fp.Employee(id="h", profile="job", completed=[name])]
        blend.fit(*fp.Recommender(CATALOGUE).to_learn_from(past))
        assert blend.score(task)[0, :4].tolist() == [float(name == m) for m in names("m", 4)]


# --- parameters ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rankers", "weights", "expected"),
    [
        ("coverage", None, "a list of at least one"),
        ([], None, "a list of at least one"),
        (None, None, "a list of at least one"),
        (CoverageRanker(), None, "a list of at least one"),
        (["coverage", "text"], [1], "2 weights, one for each ranker"),
        (["coverage", "text"], 1, "2 weights, one for each ranker"),
        (["coverage"], [], "1 weights, one for each ranker"),
        (["coverage", "text"], [0, 0], "numbers of at least 0, not all 0"),
        (["coverage", "text"], [1, -1], "numbers of at least 0, not all 0"),
        (["coverage", "text"], [1, NAN], "numbers of at least 0, not all 0"),
        (["coverage", "text"], [1, math.inf], "numbers of at least 0, not all 0"),
        (["coverage", "text"], ["1", "2"], "numbers of at least 0, not all 0"),
        (["coverage", "text"], {"coverage": 1, "text": 2}, "2 weights, one for each ranker"),
    ],
)
def test_wrong_parameters_are_refused(rankers: Any, weights: Any, expected: str) -> None:
    with pytest.raises(fp.errors.DataError, match=expected):
        items(BlendRanker(rankers, weights))
    with pytest.raises(fp.errors.DataError, match=expected):
        fp.Recommender(CATALOGUE, BlendRanker(rankers, weights), history=[])


def test_all_wrong_parameters_are_told_at_once() -> None:
    with pytest.raises(fp.errors.DataError) as caught:
        items(BlendRanker([], [-1], how="rank"))  # type: ignore[arg-type]
    told = {(one.field, one.suggestion) for one in caught.value.problems}
    assert told == {("rankers", None), ("weights", None), ("how", "ranks")}


def test_an_unknown_ranker_is_told_with_the_nearest_spelling() -> None:
    with pytest.raises(fp.errors.UnknownName, match="did you mean 'coverage'"):
        items(BlendRanker(["converage"]))


@pytest.mark.parametrize(
    "weights", [np.array([3, 1]), np.array([0.75, 0.25]), (3, 1), list(np.array([3, 1]))]
)
def test_weights_may_be_an_array(weights: Any) -> None:
    assert scores(BlendRanker([F, G], weights)) == scores(BlendRanker([F, G], [3, 1]))


# --- rankers made of rankers --------------------------------------------------------------------


def cheap(task: RankingTask) -> NDArray[np.float64]:
    return -np.nan_to_num(np.tile(task.ects, (len(task), 1))) / 7


MADE_OF: dict[str, tuple[Any, set[str]]] = {
    "blend": (BlendRanker(), {"coverage: gap closed", "text: text match", "history: popularity"}),
    "blend of a function": (
        BlendRanker(["coverage", cheap, "popular"], weights=[1, 2, 3]),
        {"coverage: gap closed", "cheap: score", "popular: popularity"},
    ),
    "blend of ranks": (BlendRanker(how="ranks"), {"coverage: rank", "text: rank", "history: rank"}),
    "diverse blend": (
        DiverseRanker("blend", relevance=0.3),
        {"blend: coverage: gap closed", "blend: history: popularity", "resembles m-0"},
    ),
    "diverse history": (DiverseRanker("history"), {"history: popularity"}),
    "diverse set": (DiverseRanker(by="set"), {"gap closed"}),
    "fair history": (FairRanker("history", groups="profile"), {"history: popularity"}),
    "fair blend of diverse": (
        FairRanker(BlendRanker([DiverseRanker(by="set"), "text"]), groups="profile", bound=1),
        {"blend: diverse: gap closed", "blend: text: text match"},
    ),
    "learned from history": (
        LearnedRanker(rankers=["history"], negatives=3, fewest=1),
        {"gap closed", "learned: history score"},
    ),
    "blend of learned": (
        BlendRanker(["text", LearnedRanker(rankers=["history"], negatives=3)]),
        {"text: text match", "learned: gap closed", "learned: learned: history score"},
    ),
}


@pytest.mark.filterwarnings("ignore::fagprofil.errors.RankerWarning")
@pytest.mark.parametrize("name", MADE_OF)
@pytest.mark.parametrize("choose", ["list", "set"])
def test_parts_sum_to_the_score_and_have_names(name: str, choose: Any) -> None:
    ranker, expected = MADE_OF[name]
    world, seen = boards.board(extra=2), set()
    recommender = fp.Recommender(world.catalogue, ranker, history=world.past)
    for one in world.people:
        result = recommender.recommend(one, k=99, choose=choose)
        assert len(result) > 1
        for item in result:
            assert item.score is not None or choose == "list"
            assert sum(reason.value for reason in item.reasons) == (item.score or 0)
            seen |= {reason.name for reason in item.reasons}
    if choose == "list":
        assert expected <= seen
    assert not any("_" in found or "Ranker" in found for found in seen if "learned" not in found)


@pytest.fixture(scope="module", autouse=True)
def _little_is_left_over() -> Iterator[None]:
    """Whatever is wrong with parts would else be made up for by the largest."""
    with pytest.MonkeyPatch.context() as patch:
        real = base.parts_of

        def strict(total: float, values: Sequence[float]) -> list[float]:
            assert math.isclose(total, sum(values), abs_tol=1e-3)
            return real(total, values)

        patch.setattr(base, "parts_of", strict)
        yield


RANKERS = [
    "coverage", "text", "popular", "history", "blend", "diverse", "fair",
    BlendRanker(["coverage", cheap], how="ranks"),
    DiverseRanker("blend", relevance=0.25, depth=2),
    DiverseRanker(by="set", depth=2),
    FairRanker(cheap, groups="employer", bound=1, k=1, smallest=1),
    FairRanker("history", groups="backgrounds", bound=1, k=2, smallest=1),
    BlendRanker([DiverseRanker("history"), FairRanker("text"), "coverage"], weights=[1, 0.1, 7]),
]  # fmt: skip


@examples(60)
@given(crowds(most=5), st.sampled_from(RANKERS), st.sampled_from(["list", "set"]))
def test_parts_sum_to_the_score_in_any_world(crowd: Crowd, ranker: Any, choose: Any) -> None:
    recommender = fp.Recommender(
        crowd.catalogue, ranker, horizon=crowd.horizon, history=crowd.people
    )
    for one in crowd.people:
        result = recommender.recommend(one, one.profile or "p0", k=99, choose=choose)
        for item in result:
            assert sum(reason.value for reason in item.reasons) == (item.score or 0)


@examples(30)
@given(crowds(most=5), st.sampled_from(RANKERS))
def test_one_by_one_equals_all_at_once(crowd: Crowd, ranker: Any) -> None:
    recommender = fp.Recommender(
        crowd.catalogue, ranker, horizon=crowd.horizon, history=crowd.people
    )
    rows = recommender.recommend_rows(crowd.people, k=9)
    found: Sequence[tuple[Any, ...]] = [
        (one.id, item.module, item.score)
        for one in crowd.people
        if one.profile is not None
        for item in recommender.recommend(one, k=9)
    ]
    assert [(row["employee"], row["module"], row["score"]) for row in rows if row["rank"]] == list(
        found
    )
