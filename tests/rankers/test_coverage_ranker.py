from __future__ import annotations

import math
from typing import Any

import pytest
from worlds import Board, founded, known, module, profile, small

import fagprofil as fp
from fagprofil.rankers import CoverageRanker

STEP = 2.0**-20
NEEDS = {"c0": (3, 3, 1.0), "c1": (2, 2, 0.5)}


def on_grid(value: float) -> float:
    return round(value / STEP) * STEP


def recommended(
    ranker: CoverageRanker, *modules: fp.Module, held: dict[str, int] | None = None
) -> fp.Recommendations:
    catalogue = small(3, ["c0", "c1"], [profile("job", NEEDS)], modules)
    person = fp.Employee(id="e", evidence=known(held or {"c0": 0, "c1": 0}))
    return fp.Recommender(catalogue, ranker, horizon=fp.NOW).recommend(person, "job", k=9)


def scores(result: fp.Recommendations) -> dict[str, float | None]:
    return {one.module: one.score for one in result}


def reasons(one: Any) -> list[tuple[str, str | None, float]]:
    return [(reason.name, reason.competence, reason.value) for reason in one.reasons]


def test_per_module_is_the_gap_closed() -> None:
    result = recommended(
        CoverageRanker(),
        module("a", {"c0": 1}),
        module("b", {"c0": 2, "c1": 3}),
        module("c", {"c1": 1}),
    )
    # b closes 2 of 3 steps of weight 1, and both needed steps of weight 0.5; the third is not.
    assert scores(result) == {"b": 2 * 1.0 + 2 * 0.5, "a": 1.0, "c": 0.5}
    assert reasons(result[0]) == [("gap closed", "c0", 2.0), ("gap closed", "c1", 1.0)]


def test_per_ects_divides_by_the_points() -> None:
    result = recommended(
        CoverageRanker(per="ects"),
        module("long", {"c0": 3}, ects=10),
        module("short", {"c0": 1}, ects=2.5),
        module("unknown", {"c0": 3}),
    )
    assert scores(result) == {"short": on_grid(1 / 2.5), "long": on_grid(3 / 10), "unknown": None}


def test_per_price_divides_by_thousands_of_kroner() -> None:
    result = recommended(
        CoverageRanker(per="price"),
        module("dear", {"c0": 3}, price=20_000),
        module("cheap", {"c0": 1}, price=4_000),
        module("range", {"c0": 2}, price=(4_000, 12_000)),
        module("free", {"c1": 1}, price=0),
        module("unknown", {"c0": 3}),
    )
    assert scores(result) == {
        "free": 0.5 / (1 / 1000),  # counts as 1 krone
        "cheap": 1 / 4,
        "range": 2 / 8,
        "dear": on_grid(3 / 20),
        "unknown": None,
    }
    assert [one.module for one in result][:3] == ["free", "cheap", "range"]


def test_the_price_is_that_after_funding() -> None:
    fund = fp.model.FundingScheme.model_validate(
        {
            "id": "f",
            "name": {"en": "fund"},
            "covers": "fee",
            "who": {"en": "all"},
            "what": {"en": "half"},
            "employers": ["kommune"],
            "levels": ["diplom"],
            "share": 0.5,
            "provenance": founded(),
        }
    )
    modules = [module("m0", {"c0": 3}, price=8_000)]
    catalogue = small(3, ["c0", "c1"], [profile("job", NEEDS)], modules, funding=[fund])
    recommender = fp.Recommender(catalogue, CoverageRanker(per="price"), horizon=fp.NOW)
    for employer, kroner in (("kommune", 4_000), ("a-kasse", 8_000)):
        person = fp.Employee(id="e", employer=employer, evidence=known({"c0": 0}))
        assert recommender.recommend(person, "job")[0].score == 3 / (kroner / 1000)


@pytest.mark.parametrize("repetition", [0, 0.25, 0.5, 1])
def test_repetition_takes_its_share(repetition: float) -> None:
    # Of 3 steps of c0 and 1 of c1 the person holds 1: a quarter is repeated, and 2 + 0.5 closed.
    ranker = CoverageRanker(repetition=repetition)
    (one,) = recommended(ranker, module("m0", {"c0": 3, "c1": 1}), held={"c0": 1, "c1": 0})
    penalty = 2.5 * repetition * 0.25
    assert one.repeats == 0.25
    assert one.score == on_grid(2.5 - penalty)
    expected = [("gap closed", "c0", 2.0), ("gap closed", "c1", 0.5)]
    if repetition:
        expected += [("repetition", None, -on_grid(penalty))]
    # Largest first, whichever way they count, so that a large penalty is not cut off.
    expected.sort(key=lambda part: (-abs(part[2]), part[1] or ""))
    assert reasons(one) == expected


def test_repetition_can_turn_the_order() -> None:
    modules = [module("again", {"c0": 3}), module("fresh", {"c1": 2})]
    held = {"c0": 1, "c1": 0}
    plain, strict = (
        [one.module for one in recommended(CoverageRanker(repetition=x), *modules, held=held)]
        for x in (0, 1)
    )
    # again closes 2 with a third repeated: 2 * (1 - 1 / 3) = 1.33; fresh closes 2 * 0.5 = 1.
    assert plain == strict == ["again", "fresh"]
    held = {"c0": 2, "c1": 0}
    modules = [module("again", {"c0": 3}), module("fresh", {"c1": 1})]
    plain, strict = (
        [one.module for one in recommended(CoverageRanker(repetition=x), *modules, held=held)]
        for x in (0, 1)
    )
    # again closes 1 with two thirds repeated: 1 * (1 - 2 / 3) = 0.33; fresh closes 0.5.
    assert (plain, strict) == (["again", "fresh"], ["fresh", "again"])


def test_what_a_module_teaches_must_be_known() -> None:
    result = recommended(
        CoverageRanker(repetition=1), module("a"), module("b", {"c0": 1}), module("c", {})
    )
    assert scores(result) == {"b": 1.0, "a": None}
    assert [(one.module, one.rule) for one in result.ineligible] == [("c", "closes nothing")]
    assert reasons(result[1]) == [("no opinion", None, 0.0)]
    assert (result[1].gain_now, result[1].gain_five_years, result[1].repeats) == (None, None, None)


def test_reasons_share_a_score_in_proportion_to_what_is_closed() -> None:
    ranker = CoverageRanker(per="ects")
    (one,) = recommended(ranker, module("m0", {"c0": 3, "c1": 2}, ects=5))
    # 3 and 1 of 4, of a score of 4 / 5; rounding stays with the largest.
    assert one.score == on_grid(4 / 5)
    (_, first, most), (_, second, least) = reasons(one)
    assert (first, second) == ("c0", "c1")
    assert least == on_grid(on_grid(4 / 5) / 4)
    assert most == one.score - least


def test_equal_scores_are_ties_and_go_by_id() -> None:
    modules = [module(name, {"c0": 2}) for name in ("z", "b", "m")]
    result = recommended(CoverageRanker(), *modules)
    assert [one.module for one in result] == ["b", "m", "z"]


@pytest.mark.parametrize("repetition", [0, 0.5])
def test_every_score_of_a_task_is_explained_also_of_what_cannot_be_recommended(
    repetition: float,
) -> None:
    ranker, seen = CoverageRanker(repetition=repetition), []
    modules = [module("a", {"c0": 3}), module("b", {"c1": 0}), module("c", {"c0": 1})]
    catalogue = small(3, ["c0", "c1"], [profile("job", NEEDS)], modules)
    person = fp.Employee(id="e", evidence=known({"c0": 1, "c1": 0}))
    fp.Recommender(catalogue, lambda task: seen.append(task) or task.gain).recommend(person, "job")
    scores = ranker.score(seen[0])[0]
    # a closes 2 of 3 steps; b teaches nothing; c teaches what is held.
    assert scores.tolist() == [on_grid(2 * (1 - repetition / 3)), 0, 0]
    for j, score in enumerate(scores):
        assert sum(reason.value for reason in ranker.explain(seen[0], 0, j)) == score


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"per": "hour"}, "one of 'module', 'ects', 'price'"),
        ({"per": None}, "one of 'module', 'ects', 'price'"),
        ({"repetition": 1.5}, "a number from 0 to 1"),
        ({"repetition": -0.1}, "a number from 0 to 1"),
        ({"repetition": math.nan}, "a number from 0 to 1"),
        ({"repetition": "high"}, "a number from 0 to 1"),
    ],
)
def test_wrong_options_are_refused(options: dict[str, Any], expected: str, board: Board) -> None:
    recommender = fp.Recommender(board.catalogue, CoverageRanker(**options))
    with pytest.raises(fp.errors.DataError, match=expected):
        recommender.recommend(board.people[0])
