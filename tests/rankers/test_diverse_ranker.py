"""Lists that do not repeat themselves, against a greedy choice made one module at a time."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from worlds import Case, cases, examples, known, module, names, profile, small, together

import fagprofil as fp
from fagprofil.rankers import DiverseRanker, RankingTask
from fagprofil.rankers import board as boards

STEP = 2.0**-20
NAN = math.nan
COMPETENCES = names("c", 3)
JOB = profile("job", dict.fromkeys(COMPETENCES, (3, 3, 1.0)))
PERSON = fp.Employee(id="e", profile="job", evidence=known(dict.fromkeys(COMPETENCES, 0)))

#: What a module teaches; None where nobody knows.
Teaches = Mapping[str, int] | None


def on_grid(value: float) -> float:
    return round(value / STEP) * STEP


def catalogue_of(teaches: Sequence[Teaches]) -> fp.Catalogue:
    modules = [module(f"m{j}", one) for j, one in enumerate(teaches)]
    return small(3, COMPETENCES, [JOB], modules)


def says(values: Sequence[float]) -> Any:
    """A ranker that gives all people these scores."""

    def told(task: RankingTask) -> NDArray[np.float64]:
        return np.tile(np.array(values, dtype=np.float64), (len(task), 1))

    return told


def listed(ranker: Any, catalogue: fp.Catalogue, **options: Any) -> list[fp.results.Recommendation]:
    result = fp.Recommender(catalogue, ranker).recommend(PERSON, k=99, **options)
    for one in result:
        assert sum(reason.value for reason in one.reasons) == (one.score or 0)
    return list(result)


def scores(ranker: Any, catalogue: fp.Catalogue, **options: Any) -> list[tuple[str, float | None]]:
    return [(one.module, one.score) for one in listed(ranker, catalogue, **options)]


# --- by hand ------------------------------------------------------------------------------------

#: m0 and m1 teach the same, m2 something else, m3 half of each.
LIKE = [{"c0": 2}, {"c0": 2}, {"c1": 3}, {"c0": 1, "c1": 1}]
HALF = 1 / math.sqrt(2)


def test_what_repeats_the_first_comes_after_what_is_unlike_it() -> None:
    found = listed(DiverseRanker(says([10, 9, 5, 0]), relevance=0.6), catalogue_of(LIKE))
    assert [(one.module, one.score) for one in found] == [
        ("m0", on_grid(0.6)),
        ("m2", on_grid(0.6 * 5 / 10)),  # nothing like m0
        ("m1", on_grid(on_grid(0.6 * 9 / 10) - 0.4)),  # all of m0
        ("m3", on_grid(-0.4 * HALF)),
    ]
    assert [[(one.name, one.value) for one in item.reasons] for item in found] == [
        [("told: score", on_grid(0.6))],
        [("told: score", on_grid(0.3))],
        [("told: score", on_grid(0.54)), ("resembles m0", -on_grid(0.4))],
        # m2 is as like it as m0, which came before.
        [("resembles m0", -on_grid(0.4 * HALF))],
    ]


def test_the_parts_are_what_they_are_said_to_be() -> None:
    # Two of two competences each, with one in common: their cosine is 1 / 2.
    half = [{"c0": 1, "c1": 1}, {"c1": 1, "c2": 1}]
    first, second = listed(DiverseRanker(says([10, 9]), relevance=0.6), catalogue_of(half))
    assert [one.value for one in first.reasons] == pytest.approx([0.6], abs=STEP)
    assert [(one.name, one.value) for one in second.reasons] == [
        ("told: score", pytest.approx(0.6 * 9 / 10, abs=STEP)),
        ("resembles m0", pytest.approx(-0.4 * 1 / 2, abs=STEP)),
    ]
    _, second = listed(DiverseRanker(says([10, 3]), relevance=0.3), catalogue_of(half))
    assert [one.value for one in second.reasons] == pytest.approx(
        [-0.7 * 1 / 2, 0.3 * 3 / 10], abs=STEP
    )


def test_after_the_depth_the_others_keep_what_they_had() -> None:
    shallow = DiverseRanker(says([10, 9, 5, 0]), relevance=0.6, depth=1)
    # m1 and m3 are compared with m0 alone, and m2 with nothing that it is like.
    assert scores(shallow, catalogue_of(LIKE)) == [
        ("m0", on_grid(0.6)),
        ("m2", on_grid(0.3)),
        ("m1", on_grid(on_grid(0.6 * 9 / 10) - 0.4)),
        ("m3", on_grid(-0.4 * HALF)),
    ]
    like = [{"c0": 2}, {"c1": 2}, {"c1": 3}]
    deep, shallow_too = (
        dict(scores(DiverseRanker(says([4, 3, 2]), relevance=0.5, depth=depth), catalogue_of(like)))
        for depth in (2, 1)
    )
    assert (deep["m2"], shallow_too["m2"]) == (0.5 * 2 / 4 - 0.5, 0.5 * 2 / 4)


def test_of_what_nobody_knows_what_it_teaches_nothing_is_alike() -> None:
    found = scores(DiverseRanker(says([4, 3, 2]), relevance=0.5), catalogue_of([None, None, {}]))
    # m2 teaches nothing, so it closes nothing.
    assert found == [("m0", 0.5), ("m1", 0.375)]


def test_what_cannot_be_recommended_is_no_measure_and_is_repeated_by_nothing() -> None:
    teaches = [{"c0": 2}, {"c0": 3}, {"c0": 1}]
    found = scores(
        DiverseRanker(says([100, 4, 2]), relevance=0.5), catalogue_of(teaches), exclude=["m0"]
    )
    assert found == [("m1", 0.5), ("m2", 0.5 * 2 / 4 - 0.5)]


def test_no_opinion_stays_none() -> None:
    found = scores(DiverseRanker(says([NAN, 1, NAN])), catalogue_of([{"c0": 1}] * 3))
    assert found == [("m1", on_grid(0.7)), ("m0", None), ("m2", None)]
    assert listed(DiverseRanker("history"), catalogue_of([{"c0": 1}]))[0].score is None


# --- the greedy choice, one module at a time ----------------------------------------------------

LEVELS = together(*[(0, 1, 2, 3)] * 3)
WORLDS = st.lists(
    st.tuples(
        st.none() | LEVELS | st.sampled_from([(1, 0, 0), (2, 0, 0), (0, 1, 1)]),
        st.sampled_from([0, 1, 2, 3, -2, 1 / 3, 0.1, NAN]),
    ),
    min_size=1,
    max_size=6,
)
SHARES = st.sampled_from([0.0, 0.3, 0.5, 0.7, 1.0])


def cosine(one: Teaches, other: Teaches) -> float:
    if not one or not other:
        return 0.0
    both = sum(level * other.get(name, 0) for name, level in one.items())
    sizes = [sum(level**2 for level in taught.values()) for taught in (one, other)]
    return both / math.sqrt(sizes[0] * sizes[1]) if all(sizes) else 0.0


def greedy(
    teaches: Sequence[Teaches], told: Sequence[float], relevance: float, depth: int
) -> list[tuple[str, float]]:
    """The modules with an opinion, best first, the first of equals; with their values."""
    open_ = [j for j, one in enumerate(teaches) if one is None or any(one.values())]
    left = [j for j in open_ if not math.isnan(told[j])]
    largest = max((abs(told[j]) for j in left), default=0) or 1

    def value(j: int, chosen: Sequence[int]) -> float:
        like = max((on_grid(cosine(teaches[j], teaches[m])) for m in chosen), default=0.0)
        return on_grid(relevance * told[j] / largest) - on_grid((1 - relevance) * like)

    chosen: list[int] = []
    found = []
    while left and len(chosen) < depth:
        best = max(left, key=lambda j: (value(j, chosen), -j))
        found.append((f"m{best}", value(best, chosen)))
        left.remove(best)
        chosen.append(best)
    left.sort(key=lambda j: (-value(j, chosen), j))
    return found + [(f"m{j}", value(j, chosen)) for j in left]


@examples(300)
@given(WORLDS, SHARES, st.sampled_from([1, 2, 10]))
def test_the_list_is_the_greedy_choice(
    world: Sequence[tuple[Any, float]], relevance: float, depth: int
) -> None:
    drawn, told = zip(*world, strict=True)
    teaches = [None if one is None else dict(zip(COMPETENCES, one, strict=True)) for one in drawn]
    ranker = DiverseRanker(says(told), relevance=relevance, depth=depth)
    found = [one for one in scores(ranker, catalogue_of(teaches)) if one[1] is not None]
    assert found == greedy(teaches, told, relevance, depth)
    values = [value for _, value in found]
    assert values == sorted(values, reverse=True)


@examples(60)
@given(WORLDS)
def test_where_only_relevance_counts_the_order_is_the_other_rankers(
    world: Sequence[tuple[Any, float]],
) -> None:
    drawn, told = zip(*world, strict=True)
    teaches = [None if one is None else dict(zip(COMPETENCES, one, strict=True)) for one in drawn]
    there, here = (
        [one for one, _ in scores(ranker, catalogue_of(teaches))]
        for ranker in (says(told), DiverseRanker(says(told), relevance=1))
    )
    assert there == here


def test_near_ties_are_in_the_order_of_the_choice() -> None:
    # By less than a step of the grid m1 is better, which must not make it the first of the choice
    # and the second of the list: equals go by the modules' order.
    told = says([1.0, 1.0 + STEP / 8, 0.5])
    found = listed(DiverseRanker(told, relevance=0.5), catalogue_of([{"c0": 1}] * 3))
    assert [one.module for one in found] == ["m0", "m1", "m2"]
    assert {one.name for item in found[1:] for one in item.reasons if one.value < 0} == {
        "resembles m0"
    }


# --- sets ---------------------------------------------------------------------------------------


@examples(150)
@given(cases(), st.integers(1, 7))
def test_by_set_is_the_set_to_be_taken_together(case: Case, k: int) -> None:
    by_set, coverage = (
        case.recommender(ranker) for ranker in (DiverseRanker(by="set", depth=k), "coverage")
    )
    chosen = coverage.recommend(case.employee, case.profile, k=k, choose="set")
    found = by_set.recommend(case.employee, case.profile, k=99)
    kept = list(found)[: len(chosen)]
    assert [(one.module, one.score) for one in kept] == [(one.module, one.score) for one in chosen]
    assert [one.reasons for one in kept] == [one.reasons for one in chosen]
    values = [one.score for one in found if one.score is not None]
    assert values == sorted(values, reverse=True)
    # Chosen from that list as a set, it is the same set.
    again = by_set.recommend(case.employee, case.profile, k=k, choose="set")
    assert [(one.module, one.score) for one in again] == [(one.module, one.score) for one in chosen]


def test_what_adds_nothing_to_the_set_comes_last_and_the_unknown_has_no_score() -> None:
    teaches = [{"c0": 2}, {"c0": 3, "c1": 1}, None, {"c1": 2}]
    found = listed(DiverseRanker(by="set"), catalogue_of(teaches))
    # m1 closes 3 + 1; m3 then adds the second step of c1; m0 nothing.
    assert [(one.module, one.score) for one in found] == [
        ("m1", 4.0),
        ("m3", 1.0),
        ("m0", 0.0),
        ("m2", None),
    ]
    assert [(one.name, one.competence, one.value) for one in found[0].reasons] == [
        ("gap closed", "c0", 3.0),
        ("gap closed", "c1", 1.0),
    ]
    # After one module the others keep what they add to it.
    shallow = dict(scores(DiverseRanker(by="set", depth=1), catalogue_of(teaches)))
    assert shallow == {"m1": 4.0, "m3": 1.0, "m0": 0.0, "m2": None}
    both = [{"c0": 3}, {"c1": 2}, {"c1": 2}]
    first, second = (
        dict(scores(DiverseRanker(by="set", depth=depth), catalogue_of(both))) for depth in (1, 2)
    )
    assert (first["m2"], second["m2"]) == (2.0, 0.0)


def test_the_next_is_the_one_that_adds_most_not_the_one_that_closes_most_alone() -> None:
    # After m0, m1 adds a step of c2 and m2 two, though m1 closes more alone.
    teaches = [{"c0": 2, "c1": 2}, {"c0": 2, "c2": 1}, {"c2": 2}]
    assert scores(DiverseRanker(by="set"), catalogue_of(teaches)) == [
        ("m0", 4.0),
        ("m2", 2.0),
        ("m1", 0.0),
    ]


def test_many_at_once_are_as_each_alone() -> None:
    world = boards.board(extra=2)
    for ranker in (
        DiverseRanker(by="set"),
        DiverseRanker("text"),
        DiverseRanker(by="set", depth=1),
    ):
        recommender = fp.Recommender(world.catalogue, ranker)
        rows = recommender.recommend_rows(world.people, "p-0", k=9)
        alone = [one for e in world.people for one in recommender.recommend(e, "p-0", k=9)]
        assert [(row["module"], row["score"]) for row in rows] == [
            (one.module, one.score) for one in alone
        ]


# --- what it is made of -------------------------------------------------------------------------


@pytest.mark.parametrize("by", ["likeness", "set"])
def test_fitted_again_it_forgets(by: Any) -> None:
    catalogue = catalogue_of([{"c0": 3}, {"c1": 3}, {"c2": 3}])
    recommender = fp.Recommender(catalogue)
    task, ranker = next(iter(recommender.tasks([PERSON]))), DiverseRanker("popular", by=by)
    for name in ("m1", "m2"):
        past = [fp.Employee(id="h", profile="job", completed=[name])]
        learned = recommender.to_learn_from(past)
        fresh, again = DiverseRanker("popular", by=by), next(iter(recommender.tasks([PERSON])))
        expected = fresh.fit(*learned).score(again)
        assert ranker.fit(*learned).score(task).tolist() == expected.tolist()


def test_the_callers_ranker_stays_as_it_is() -> None:
    world, own = boards.board(), fp.rankers.HistoryRanker()
    ranker = DiverseRanker(own)
    recommender = fp.Recommender(world.catalogue, ranker, history=world.past)
    assert recommender.recommend(world.people[1])[0].module == "m-1"
    assert not hasattr(own, "weights_")
    assert not hasattr(ranker, "ranker_")


def test_all_wrong_parameters_are_told_at_once() -> None:
    wrong = DiverseRanker(by="sets", relevance=1.5, depth=0)  # type: ignore[arg-type]
    for ask in (
        lambda: scores(wrong, catalogue_of(LIKE)),
        lambda: fp.Recommender(catalogue_of(LIKE), wrong, history=[]),
    ):
        with pytest.raises(fp.errors.DataError) as caught:
            ask()
        assert {(one.field, one.expected, one.suggestion) for one in caught.value.problems} == {
            ("by", "'likeness' or 'set'", "set"),
            ("relevance", "a number from 0 to 1", None),
            ("depth", "a whole number of at least 1", None),
        }


@pytest.mark.parametrize("options", [{"relevance": NAN}, {"relevance": "high"}, {"depth": 1.5}])
def test_wrong_values_are_refused(options: dict[str, Any]) -> None:
    (name,) = options
    with pytest.raises(fp.errors.DataError, match=f"DiverseRanker: {name}"):
        scores(DiverseRanker(**options), catalogue_of(LIKE))
