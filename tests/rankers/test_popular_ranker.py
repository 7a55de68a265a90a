from __future__ import annotations

import pytest
from worlds import known, module, names, profile, small

import fagprofil as fp
from fagprofil.rankers import PopularRanker

CATALOGUE = small(
    3,
    ["c0"],
    [profile("job", {"c0": (3, 3, 1.0)})],
    [module(name, {"c0": n + 1}) for n, name in enumerate(names("m", 3))],
)
BEGINNER = fp.Employee(id="e", evidence=known({"c0": 0}))
PASSED = [["m0"], ["m0", "m1"], ["m0"], []]
HISTORY = [fp.Employee(id=f"h{n}", completed=taken) for n, taken in enumerate(PASSED)]


def scores(history: list[fp.Employee] | None, **options: str) -> list[tuple[str, float | None]]:
    recommender = fp.Recommender(CATALOGUE, "popular", history=history)
    return [(one.module, one.score) for one in recommender.recommend(BEGINNER, "job", **options)]


def test_a_score_is_the_share_of_people_who_passed() -> None:
    assert scores(HISTORY) == [("m0", 3 / 4), ("m1", 1 / 4), ("m2", 0.0)]


def test_the_reason_is_the_popularity() -> None:
    result = fp.Recommender(CATALOGUE, "popular", history=HISTORY).recommend(BEGINNER, "job")
    (reason,) = result[0].reasons
    assert (reason.name, reason.competence, reason.value) == ("popularity", None, 3 / 4)


def test_failing_does_not_count_and_passing_twice_counts_once() -> None:
    taken = [fp.Completion(module="m1"), fp.Completion(module="m1")]
    failed = [fp.Completion(module="m0", passed=False)]
    people = [fp.Employee(id="a", completed=taken), fp.Employee(id="b", completed=failed)]
    assert scores(people) == [("m1", 1 / 2), ("m0", 0.0), ("m2", 0.0)]


def test_without_a_history_there_is_no_opinion() -> None:
    assert scores(None) == [("m0", None), ("m1", None), ("m2", None)]
    assert scores(None, choose="set") == []
    result = fp.Recommender(CATALOGUE, "popular").recommend(BEGINNER, "job")
    assert {reason.name for one in result for reason in one.reasons} == {"no opinion"}


def test_an_empty_history_is_one_in_which_nobody_passed_anything() -> None:
    assert scores([]) == [("m0", 0.0), ("m1", 0.0), ("m2", 0.0)]


def test_in_a_set_the_popular_come_first_while_they_add_anything() -> None:
    assert scores(HISTORY, choose="set") == [("m0", 3 / 4), ("m1", 1 / 4), ("m2", 0.0)]
    all_of_it = [fp.Employee(id="h", completed=["m2"])]
    assert scores(all_of_it, choose="set") == [("m2", 1.0)]


def test_a_share_that_is_no_fraction_of_two_is_on_the_grid() -> None:
    thirds = [fp.Employee(id=f"h{n}", completed=["m0"] * (n > 0)) for n in range(3)]
    ((_, score), *_) = scores(thirds)
    assert score == round(2 / 3 * 2**20) / 2**20


def test_fitting_leaves_the_callers_ranker_alone() -> None:
    ranker = PopularRanker()
    result = fp.Recommender(CATALOGUE, ranker, history=HISTORY).recommend(BEGINNER, "job")
    assert result[0].score == 3 / 4
    assert not hasattr(ranker, "share_")


def test_people_of_the_history_must_fit_the_catalogue() -> None:
    stranger = fp.Employee(id="h", completed=["m00"])
    with pytest.raises(fp.errors.DataError, match="did you mean 'm0'"):
        fp.Recommender(CATALOGUE, "popular", history=[stranger])
