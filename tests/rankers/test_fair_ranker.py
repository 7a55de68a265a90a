"""Groups get a like share of what they could get, against what each person's list would bring."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from worlds import examples, founded, known, module, profile, small, text

import fagprofil as fp
from fagprofil.model import Background
from fagprofil.rankers import CoverageRanker, FairRanker, RankingTask
from fagprofil.rankers import board as boards

STEP = 2.0**-20
NAN = math.nan


def on_grid(value: float) -> float:
    return round(value / STEP) * STEP


def backgrounds(*ids: str) -> list[Background]:
    return [Background(id=one, name=text(one), provenance=founded()) for one in ids]


def world_of(*levels: int | None, top: int = 4) -> fp.Catalogue:
    """A module for each level that it teaches, m0, m1, ...; each closes so many steps."""
    modules = [
        module(f"m{j}", None if level is None else {"c0": level}) for j, level in enumerate(levels)
    ]
    needs = {"c0": (top, top, 1.0)}
    jobs = [profile("job", needs), profile("other", needs)]
    return small(top, ["c0"], jobs, modules, backgrounds=backgrounds("b0", "b1"))


def person(name: str, **facts: Any) -> fp.Employee:
    level = facts.pop("level", 0)
    return fp.Employee(id=name, **{"profile": "job", "evidence": known({"c0": level}), **facts})


def by_first_letter(told: Mapping[str, Sequence[float]]) -> Any:
    """A ranker that gives people scores by the first letter of their ids."""

    def ranker(task: RankingTask) -> NDArray[np.float64]:
        rows = [told[one[0]] for one in task.employees]
        return np.array(rows, dtype=np.float64).reshape(task.shape)

    return ranker


def fitted(ranker: FairRanker, people: Sequence[fp.Employee], catalogue: fp.Catalogue) -> Any:
    """The ranker, fitted, and the task that it was fitted on."""
    task, history = fp.Recommender(catalogue).to_learn_from(people)
    return ranker.fit(task, history), task


def groups(people: Sequence[fp.Employee]) -> dict[str, str]:
    return {one.id: one.id[0] for one in people}


def told_of(ranker: FairRanker) -> dict[str, tuple[int, float, float, float]]:
    return {one.group: (one.people, one.before, one.after, one.weight) for one in ranker.report_}


# --- by hand ------------------------------------------------------------------------------------

#: m0 closes 3 steps, m1 closes 1.
TWO = world_of(3, 1)
PEOPLE = [person(f"{letter}{n}") for letter in "ab" for n in range(5)]
#: The other ranker shows group b the module that closes little first.
BIASED = by_first_letter({"a": [2, 1], "b": [1, 2]})


def test_the_group_that_gets_less_gets_the_smallest_weight_that_mends_it() -> None:
    fair = FairRanker(BIASED, groups(PEOPLE), k=1)
    fair, _ = fitted(fair, PEOPLE, TWO)
    # Of b, m0 has (1 - w) / 2 + w and m1 (1 - w) + w / 3: m0 is first from w > 3 / 7 = .43 on.
    assert told_of(fair) == {"a": (5, 1.0, 1.0, 0.0), "b": (5, 1 / 3, 1.0, 0.45)}
    assert fair.disparity_ == (1 / 3, 1.0)
    assert fair.weights_ == {"a": 0.0, "b": 0.45}


def test_scores_and_reasons_by_hand() -> None:
    fair, _ = fitted(FairRanker(BIASED, groups(PEOPLE), k=1), PEOPLE, TWO)
    recommender = fp.Recommender(TWO, fair)
    first, second = recommender.recommend(PEOPLE[5], k=2)
    assert (first.module, first.score) == ("m0", on_grid(0.55 * 1 / 2 + 0.45 * 3 / 3))
    assert (second.module, second.score) == ("m1", on_grid(0.55 * 2 / 2 + 0.45 * 1 / 3))
    assert [one.name for one in first.reasons] == ["fair share: gain", "ranker: score"]
    assert [one.value for one in first.reasons] == pytest.approx([0.45, 0.275], abs=STEP)
    # Group a keeps what the other ranker says.
    first, second = recommender.recommend(PEOPLE[0], k=2)
    assert (first.score, second.score) == (1.0, 0.5)
    assert [one.name for one in first.reasons] == ["ranker: score"]


def test_the_parts_are_what_they_are_said_to_be() -> None:
    # m0 has (1 - w) / 4 + w and m1 (1 - w) + w / 3: m0 is first from w > 9 / 17 = .53 on.
    biased = by_first_letter({"a": [2, 1], "b": [1, 4]})
    fair, _ = fitted(FairRanker(biased, groups(PEOPLE), k=1), PEOPLE, TWO)
    first, second = fp.Recommender(TWO, fair).recommend(PEOPLE[5])
    for item, expected in ((first, [0.55, 0.45 / 4]), (second, [0.45, 0.55 / 3])):
        assert [one.value for one in item.reasons] == pytest.approx(expected, abs=STEP)


def test_a_lower_bound_is_kept_with_a_lower_weight() -> None:
    catalogue = world_of(4, 3, 2)
    told = {"a": [9, 1, 1], "b": [0, 3, 4]}
    found = {}
    for bound in (0.4, 0.6, 0.9):
        fair = FairRanker(by_first_letter(told), groups(PEOPLE), bound=bound, k=1)
        found[bound] = told_of(fitted(fair, PEOPLE, catalogue)[0])["b"]
    # m2 has (1 - w) + w / 2 and m1 3 / 4 whatever w, so that it is first from w = 1 / 2 on (equals
    # go by their order); m0 has w, and is from 3 / 4 on. b could get 4 steps, and gets 2, 3 and 4.
    assert found == {
        0.4: (5, 2 / 4, 2 / 4, 0.0),
        0.6: (5, 2 / 4, 3 / 4, 0.5),
        0.9: (5, 2 / 4, 4 / 4, 0.75),
    }


def test_groups_that_get_equally_little_are_left_as_they_are() -> None:
    poor = by_first_letter({"a": [1, 2], "b": [1, 2]})
    fair, _ = fitted(FairRanker(poor, groups(PEOPLE), bound=1.0, k=1), PEOPLE, TWO)
    assert told_of(fair) == {"a": (5, 1 / 3, 1 / 3, 0.0), "b": (5, 1 / 3, 1 / 3, 0.0)}
    assert fair.disparity_ == (1.0, 1.0)


def test_if_need_be_the_benefit_is_all_that_counts() -> None:
    # By length m1 brings nearly as much as m0, and the other ranker is all against m0.
    modules = [module("m0", {"c0": 4}, ects=10), module("m1", {"c0": 3}, ects=7.6)]
    catalogue = small(4, ["c0"], [profile("job", {"c0": (4, 4, 1.0)})], modules)
    against = by_first_letter({"a": [1, -1], "b": [-1, 1]})
    fair = FairRanker(against, groups(PEOPLE), benefit="gain_per_ects", bound=0.99, k=1)
    fair, _ = fitted(fair, PEOPLE, catalogue)
    # -(1 - w) + w against (1 - w) + w * 30 / 30.4: m0 is first from w > 2 / 2.013 = .9935 on.
    assert told_of(fair)["b"] == (5, pytest.approx(30 / 30.4), 1.0, 1.0)
    assert {
        one.name for one in fp.Recommender(catalogue, fair).recommend(PEOPLE[5])[0].reasons
    } == {"fair share: gain_per_ects"}


def test_people_without_a_group_are_left_to_the_other_ranker() -> None:
    fair, _ = fitted(FairRanker(BIASED, {**groups(PEOPLE), "b9": ""}, k=1), PEOPLE, TWO)
    recommender = fp.Recommender(TWO, fair)
    for stranger in ("b8", "b9"):
        assert [one.module for one in recommender.recommend(person(stranger))] == ["m1", "m0"]


def test_before_it_is_fitted_nobody_is_weighed() -> None:
    recommender = fp.Recommender(TWO, FairRanker(BIASED, groups(PEOPLE), k=1))
    assert [one.score for one in recommender.recommend(PEOPLE[5])] == [1.0, 0.5]


def test_small_groups_are_neither_looked_at_nor_reported() -> None:
    few = PEOPLE[:9]
    fair, _ = fitted(FairRanker(BIASED, groups(few), k=1), few, TWO)
    assert told_of(fair) == {"a": (5, 1.0, 1.0, 0.0)}
    assert (fair.disparity_, fair.weights_) == ((1.0, 1.0), {"a": 0.0})
    fair, _ = fitted(FairRanker(BIASED, groups(few), k=1, smallest=4), few, TWO)
    assert set(told_of(fair)) == {"a", "b"}


def test_who_can_get_nothing_is_not_counted() -> None:
    # They have all there is to have: they would be served perfectly, or not at all.
    done = [person(f"b{n}", level=4) for n in range(5, 9)]
    everybody = [*PEOPLE, *done, person("b9", profile=None)]
    fair, _ = fitted(FairRanker(BIASED, groups(everybody), k=1), everybody, TWO)
    assert told_of(fair)["b"] == (5, 1 / 3, 1.0, 0.45)
    nobody, _ = fitted(FairRanker(BIASED, groups(done), smallest=1), done, TWO)
    assert (nobody.report_, nobody.disparity_, nobody.weights_) == ((), (1.0, 1.0), {})


def test_what_has_no_opinion_comes_before_what_cannot_be_recommended() -> None:
    # Of b there is no opinion on m2, which closes all; m0 and m1 teach nothing. It is listed all
    # the same, as nothing else is.
    catalogue = world_of(0, 0, 4, 1)
    told = {"a": [0, 0, 1, 0], "b": [5, 5, NAN, NAN]}
    fair, _ = fitted(FairRanker(by_first_letter(told), groups(PEOPLE), k=1), PEOPLE, catalogue)
    assert told_of(fair)["b"] == (5, 1.0, 1.0, 0.0)


def test_without_an_opinion_the_benefit_counts_for_those_who_get_less() -> None:
    catalogue = world_of(4, 1)
    told = {"a": [2, 1], "b": [NAN, 1]}
    fair, _ = fitted(FairRanker(by_first_letter(told), groups(PEOPLE), k=1), PEOPLE, catalogue)
    # Where nothing is mended no opinion is none, and comes last.
    found = fp.Recommender(catalogue, FairRanker(by_first_letter({"b": [NAN, 1]})))
    assert [one.score for one in found.recommend(PEOPLE[5])] == [1.0, None]
    # m0 has w * 1 and m1 1 - w + w / 4, so that m0 is first from w > 4 / 7 on.
    assert fair.weights_["b"] == 0.6
    first, _ = fp.Recommender(catalogue, fair).recommend(PEOPLE[5])
    assert (first.module, first.score) == ("m0", on_grid(0.6))
    assert [(one.name, one.value) for one in first.reasons] == [("fair share: gain", on_grid(0.6))]


def test_the_benefit_can_be_another_feature() -> None:
    modules = [module("m0", {"c0": 3}, ects=30), module("m1", {"c0": 1}, ects=5)]
    catalogue = small(4, ["c0"], [profile("job", {"c0": (4, 4, 1.0)})], modules)
    fair = FairRanker(BIASED, groups(PEOPLE), benefit="gain_per_ects", k=1)
    fair, _ = fitted(fair, PEOPLE, catalogue)
    # By length m1 brings 1 / 5 and m0 3 / 30, so that it is group a that gets half.
    assert told_of(fair)["b"][:3] == (5, 1.0, 1.0)
    assert told_of(fair)["a"][1] == pytest.approx(1 / 2)
    first = fp.Recommender(catalogue, fair).recommend(PEOPLE[0])[0]
    assert "fair share: gain_per_ects" in {one.name for one in first.reasons}


# --- groups -------------------------------------------------------------------------------------

FACTS = {
    "profile": ({"profile": "job"}, {"profile": "other"}, ("job", "other")),
    "backgrounds": ({"backgrounds": ("b1", "b0")}, {"backgrounds": ("b1",)}, ("b0+b1", "b1")),
    "employer": ({"employer": "kommune"}, {"employer": "a-kasse"}, ("kommune", "a-kasse")),
    "agreement": ({"agreement": "hk"}, {"agreement": "ds"}, ("hk", "ds")),
    "education_level": ({"education_level": 4}, {"education_level": 6}, ("4", "6")),
}


@pytest.mark.parametrize("fact", FACTS)
def test_people_are_grouped_by_a_fact(fact: str) -> None:
    ones, others, (first, second) = FACTS[fact]
    people = [person(f"a{n}", **ones) for n in range(5)]
    people += [person(f"b{n}", **others) for n in range(5)]
    fair, _ = fitted(FairRanker(BIASED, fact, k=1), people, TWO)
    assert fair.weights_ == {first: 0.0, second: 0.45}
    # Also of people whom it has not seen; those of whom the fact is not known have no group.
    recommender = fp.Recommender(TWO, fair)
    assert recommender.recommend(person("b-new", **others))[0].module == "m0"
    unknown = person("b-unknown", **{fact: None})
    assert recommender.recommend(unknown, "job" if fact != "profile" else "job+other")[
        0
    ].module == ("m1")


def test_groups_may_be_numbers() -> None:
    numbered = {one.id: int(one.id[0] == "b") for one in PEOPLE}
    fair, _ = fitted(FairRanker(BIASED, numbered, k=1), PEOPLE, TWO)  # type: ignore[arg-type]
    assert fair.weights_ == {"0": 0.0, "1": 0.45}


# --- laws ---------------------------------------------------------------------------------------

Told = Mapping[str, Sequence[int]]


@st.composite
def biased(draw: st.DrawFn) -> tuple[fp.Catalogue, list[fp.Employee], Told]:
    levels = draw(st.lists(st.sampled_from([1, 2, 3, 4, 0, None]), min_size=1, max_size=6))
    people = [
        person(f"{letter}{n}", level=draw(st.integers(0, 4)))
        for letter in "abc"
        for n in range(draw(st.integers(1, 3)))
    ]
    row = st.lists(st.integers(-3, 4), min_size=len(levels), max_size=len(levels))
    return world_of(*levels), people, {letter: draw(row) for letter in "abc"}


def shares(task: RankingTask, scores: NDArray[np.float64], k: int) -> dict[str, float]:
    """What each person's first k bring, of what they could; only of who can get something."""
    found = {}
    for i, name in enumerate(task.employees):
        open_ = [j for j in range(task.shape[1]) if task.eligible[i, j]]
        gain = {j: 0.0 if math.isnan(task.gain[i, j]) else task.gain[i, j] for j in open_}
        listed = sorted(
            open_,
            key=lambda j, i=i: (  # type: ignore[misc]
                math.inf if math.isnan(scores[i, j]) else -scores[i, j],
                j,
            ),
        )
        most = sum(sorted(gain.values(), reverse=True)[:k])
        if most:
            found[name] = sum(gain[j] for j in listed[:k]) / most
    return found


def means(of: Mapping[str, float], smallest: int) -> dict[str, float]:
    kept: dict[str, list[float]] = {}
    for name, share in of.items():
        kept.setdefault(name[0], []).append(share)
    return {
        letter: sum(values) / len(values)
        for letter, values in sorted(kept.items())
        if len(values) >= smallest
    }


def worst_of_best(of: Mapping[str, float]) -> float:
    found = list(of.values())
    return min(found) / max(found) if len(found) > 1 and max(found) > 0 else 1.0


@examples(150)
@given(biased(), st.sampled_from([0.5, 0.8, 0.95, 1.0]), st.integers(1, 4), st.sampled_from([1, 2]))
def test_the_bound_is_kept_and_reported(
    world: tuple[fp.Catalogue, list[fp.Employee], Told], bound: float, k: int, smallest: int
) -> None:
    catalogue, people, told = world
    other = by_first_letter(told)
    fair = FairRanker(other, groups(people), bound=bound, k=k, smallest=smallest)
    fair, task = fitted(fair, people, catalogue)
    before, after = (shares(task, scores, k) for scores in (other(task), fair.score(task)))
    groups_before, groups_after = means(before, smallest), means(after, smallest)

    # What it says of itself is so, and the bound is kept, up to the rounding of scores.
    assert {one.group: one.before for one in fair.report_} == pytest.approx(groups_before)
    assert {one.group: one.after for one in fair.report_} == pytest.approx(groups_after)
    disparities = worst_of_best(groups_before), worst_of_best(groups_after)
    assert fair.disparity_ == pytest.approx(disparities)
    assert disparities[1] >= bound - 1e-5

    # With no smaller weights, of one or of several groups, would it be kept.
    names = list(groups_after)
    chosen = tuple(round(20 * fair.weights_[name]) for name in names)
    assert [one.weight for one in fair.report_] == [step / 20 for step in chosen]
    gets: list[dict[str, float]] = []
    for step in range(max(chosen, default=0) + 1):
        fair.weights_ = dict.fromkeys(names, step / 20)
        gets.append(means(shares(task, fair.score(task), k), smallest))
    for fewer in itertools.product(*(range(step + 1) for step in chosen)):
        would = [gets[step][name] for name, step in zip(names, fewer, strict=True)]
        assert fewer == chosen or min(would) < bound * max(would) + 1e-12
    # Nobody's list is made worse.
    assert all(after[name] >= before[name] - 1e-5 for name in after)


@examples(40)
@given(biased(), st.integers(1, 3))
def test_without_a_bound_nothing_changes(
    world: tuple[fp.Catalogue, list[fp.Employee], Told], k: int
) -> None:
    catalogue, people, told = world
    other = by_first_letter(told)
    fair = FairRanker(other, groups(people), bound=0, k=k, smallest=1)
    fair, _ = fitted(fair, people, catalogue)
    assert not any(fair.weights_.values())
    assert fair.disparity_[0] == fair.disparity_[1]
    for one in people:
        there, here = (fp.Recommender(catalogue, ranker).recommend(one) for ranker in (other, fair))
        assert [item.module for item in there] == [item.module for item in here]


@examples(60)
@given(biased(), st.sampled_from([0.5, 1.0]))
def test_parts_sum_to_the_score(
    world: tuple[fp.Catalogue, list[fp.Employee], Told], bound: float
) -> None:
    catalogue, people, told = world
    fair = FairRanker(by_first_letter(told), groups(people), bound=bound, k=1, smallest=1)
    recommender = fp.Recommender(catalogue, fair, history=people)
    for one in people:
        for choose in ("list", "set"):
            for item in recommender.recommend(one, k=99, choose=choose):
                assert sum(reason.value for reason in item.reasons) == (item.score or 0)


def test_with_a_bound_of_1_all_get_all_that_can_be_got() -> None:
    fair = FairRanker("popular", groups="profile", bound=1.0, k=1)
    world = boards.board()
    fair, task = fitted(fair, world.past, world.catalogue)
    got = shares(task, fair.score(task), 1)
    best = max(one.after for one in fair.report_)
    assert {one.after for one in fair.report_} == {best}
    assert sum(got.values()) / len(got) == pytest.approx(best)


# --- what it is made of, and parameters ---------------------------------------------------------


def test_the_callers_ranker_stays_as_it_is() -> None:
    world, own = boards.board(), fp.rankers.HistoryRanker()
    fair = FairRanker(own, groups="profile")
    recommender = fp.Recommender(world.catalogue, fair, history=world.past)
    assert recommender.recommend(world.people[1])[0].module == "m-1"
    assert not hasattr(own, "weights_")
    assert not hasattr(fair, "ranker_")


def test_all_wrong_parameters_are_told_at_once() -> None:
    wrong = FairRanker("text", "background", "gian", bound=2, k=0, smallest=0)
    for ask in (
        lambda: fp.Recommender(TWO, wrong).recommend(PEOPLE[0]),
        lambda: fitted(wrong, PEOPLE, TWO),
    ):
        with pytest.raises(fp.errors.DataError) as caught:
            ask()
        told = [(one.field, one.suggestion) for one in caught.value.problems]
        assert told == [
            ("groups", "backgrounds"),
            ("benefit", "gain"),
            ("bound", None),
            ("k", None),
            ("smallest", None),
        ]


@pytest.mark.parametrize(
    "options",
    [
        {"groups": None},
        {"groups": ["e0"]},
        {"benefit": "ects"},
        {"benefit": None},
        {"bound": NAN},
        {"bound": "high"},
        {"k": 1.5},
        {"smallest": None},
    ],
)
def test_wrong_values_are_refused(options: dict[str, Any]) -> None:
    (name,) = options
    with pytest.raises(fp.errors.DataError, match=f"FairRanker: {name}"):
        fitted(FairRanker(CoverageRanker(), **options), PEOPLE, TWO)


def test_the_ids_of_people_are_not_in_errors() -> None:
    with pytest.raises(fp.errors.DataError) as caught:
        fitted(FairRanker("text", [("secret-id", "a")]), PEOPLE, TWO)  # type: ignore[arg-type]
    assert "secret-id" not in str(caught.value)
