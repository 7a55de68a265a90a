"""Metrics against definitions in plain loops, and where there is no value."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import combinations
from math import log2
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import fagprofil as fp
from fagprofil.evaluation.gap_metrics import (
    catalogue_coverage,
    disparity,
    diversity,
    gap_closed,
    novelty,
    repetition,
)
from fagprofil.evaluation.ranking_metrics import RANKING_METRICS, ranking_metrics
from fagprofil.gap_analysis import by_profile
from fagprofil.ladder import Taught, closes, ladder_of, unmet

pytest.importorskip("ir_measures")

NAN = math.nan

# Ranking metrics.


def naive(order: Sequence[str], grades: Mapping[str, float], k: int) -> dict[str, float]:
    """The formulas of the docstring, for one person."""
    if not grades:
        return dict.fromkeys(RANKING_METRICS, NAN)
    gains = [grades.get(name, 0) for name in order[:k]]
    hits = [gain > 0 for gain in gains]
    best = sorted(grades.values(), reverse=True)[:k]
    first = next((rank for rank, hit in enumerate(hits, 1) if hit), None)
    return {
        "nDCG": sum(g / log2(i + 1) for i, g in enumerate(gains, 1))
        / sum(g / log2(i + 1) for i, g in enumerate(best, 1)),
        "MAP": sum(sum(hits[:i]) / i for i, hit in enumerate(hits, 1) if hit) / len(grades),
        "MRR": 0 if first is None else 1 / first,
        "recall": sum(hits) / len(grades),
        "precision": sum(hits) / k,
        "hit": float(any(hits)),
    }


names = st.sampled_from("abcdefghijklmnop")
whole = st.integers(1, 50).map(float)
fractions = st.floats(1e-3, 1e3, allow_subnormal=False)


def people(grades: st.SearchStrategy[float]) -> st.SearchStrategy[list[Any]]:
    person = st.tuples(
        st.lists(names, unique=True, max_size=14), st.dictionaries(names, grades, max_size=8)
    )
    return st.lists(person, max_size=5)


@given(people(whole), st.integers(1, 12))
def test_ranking_metrics_are_their_formulas(persons: list[Any], k: int) -> None:
    ranked, relevant = [one for one, _ in persons], [one for _, one in persons]
    found = ranking_metrics(ranked, relevant, k)
    assert list(found) == list(RANKING_METRICS)
    for name, values in found.items():
        expected = [naive(order, grades, k)[name] for order, grades in persons]
        assert values == pytest.approx(expected, nan_ok=True)


@given(people(fractions))
def test_grades_that_are_not_whole_are_rounded_finely(persons: list[Any]) -> None:
    ranked, relevant = [one for one, _ in persons], [one for _, one in persons]
    found = ranking_metrics(ranked, relevant)
    for name, values in found.items():
        expected = [naive(order, grades, 10)[name] for order, grades in persons]
        assert values == pytest.approx(expected, nan_ok=True, abs=1e-3 if name == "nDCG" else 1e-12)


@pytest.mark.parametrize("grade", [1e-9, 0.5, 1, 10_001, 1e12])
def test_one_relevant_module_is_the_ideal_whatever_its_grade(grade: float) -> None:
    found = ranking_metrics([["b", "a"]], [{"a": grade}], k=2)
    assert found["nDCG"] == pytest.approx(1 / log2(3))
    assert found["hit"] == 1


def test_a_tiny_grade_beside_a_large_one_is_still_relevant() -> None:
    found = ranking_metrics([["a"]], [{"a": 1e-9, "b": 1.0}], k=1)
    assert (found["recall"], found["nDCG"] < 0.001) == (0.5, True)


@given(people(whole))
def test_people_do_not_touch_each_other(persons: list[Any]) -> None:
    ranked, relevant = [one for one, _ in persons], [one for _, one in persons]
    together = ranking_metrics(ranked, relevant)
    for i, (order, grades) in enumerate(persons):
        alone = ranking_metrics([order], [grades])
        for name in RANKING_METRICS:
            np.testing.assert_array_equal(together[name][i], alone[name][0])


def test_only_what_is_asked_for_is_computed_in_the_order_asked() -> None:
    found = ranking_metrics([["a"]], [{"a": 1}], names=["hit", "MRR"])
    assert list(found) == ["hit", "MRR"]
    assert ranking_metrics([["a"]], [{"a": 1}], names=[]) == {}


def test_nobody_and_nothing_relevant_to_anybody() -> None:
    assert ranking_metrics([], [])["nDCG"].shape == (0,)
    assert np.isnan(ranking_metrics([["a"], []], [{}, {}])["MAP"]).all()


def test_all_that_is_wrong_is_said_at_once() -> None:
    with pytest.raises(fp.errors.DataError) as raised:
        ranking_metrics(
            [["a", "b", "a"], ["a"], []], [{"a": 0.0}, {"b": NAN, "c": math.inf, "d": 1}], k=0
        )
    assert [(one.where, one.field, one.value) for one in raised.value.problems] == [
        ("ranking_metrics", "k", "0"),
        ("ranking_metrics", "relevant", "2 mappings"),
        ("person 0", "ranked", "a"),
        ("person 0", "relevant.a", "0.0"),
        ("person 1", "relevant.b", "nan"),
        ("person 1", "relevant.c", "inf"),
    ]


@pytest.mark.parametrize("k", [-1, 2.0, True, "3"])
def test_k_is_a_whole_number(k: Any) -> None:
    with pytest.raises(fp.errors.DataError, match="a whole number of at least 1"):
        ranking_metrics([["a"]], [{"a": 1}], k=k)


def test_an_unknown_metric_is_named() -> None:
    with pytest.raises(fp.errors.UnknownName, match="did you mean 'recall'"):
        ranking_metrics([["a"]], [{"a": 1}], names=["recal"])


def test_without_ir_measures_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "ir_measures", None)
    with pytest.raises(fp.errors.MissingExtra, match=r"pip install 'fagprofil\[ml\]'"):
        ranking_metrics([["a"]], [{"a": 1}])


# What lists close, repeat and leave out. Three modules; the second competence is weighed double.

TAUGHT = Taught(
    module=np.array([0, 1, 1, 2]),
    competence=np.array([0, 0, 1, 1]),
    level=np.array([2, 1, 2, 1]),
    shape=(4, 2),
)
#: One who holds nothing, one who holds the first competence's first step, one without a gap.
UNMET = np.array([[[1, 1, 1], [2, 2, 0]], [[0, 1, 1], [2, 2, 0]], [[0, 0, 0], [0, 0, 0]]])


def picked(*rows: Sequence[int]) -> Any:
    return np.array(rows, dtype=np.intp)


@pytest.mark.parametrize(
    ("picks", "expected"),
    [
        ([-1, -1], [0 / 7, 0 / 6, NAN]),
        ([0, -1], [2 / 7, 1 / 6, NAN]),
        ([1, -1], [(1 + 4) / 7, 4 / 6, NAN]),
        # Of the first competence module 0 teaches more, of the second module 1.
        ([0, 1], [(2 + 4) / 7, (1 + 4) / 6, NAN]),
        ([1, 0], [(2 + 4) / 7, (1 + 4) / 6, NAN]),
        # What 2 teaches, 1 teaches as well.
        ([2, 1], [(1 + 4) / 7, 4 / 6, NAN]),
        # The last module teaches nothing, and -1 is not the last module.
        ([3, 2], [2 / 7, 2 / 6, NAN]),
        ([-1, 2], [2 / 7, 2 / 6, NAN]),
    ],
)
def test_the_gap_closed_is_that_of_the_highest_levels(
    picks: list[int], expected: list[float]
) -> None:
    found = gap_closed(picked(picks, picks, picks), closes(UNMET), TAUGHT)
    assert found == pytest.approx(expected, nan_ok=True, abs=0)


@st.composite
def worlds(draw: st.DrawFn) -> tuple[Any, Any, Taught, dict[int, dict[int, int]]]:
    """Unmet needs, lists of different modules, and what is taught, twice."""
    n, modules, competences, top = (draw(st.integers(1, most)) for most in (4, 6, 4, 3))
    teaches = {
        j: draw(st.dictionaries(st.integers(0, competences - 1), st.integers(1, top)))
        for j in range(modules)
    }
    triples = sorted((j, c, level) for j, own in teaches.items() for c, level in own.items())
    columns = np.array(triples, dtype=np.intp).reshape(-1, 3).T
    size = n * competences * top
    unmet = draw(st.lists(st.integers(0, 9), min_size=size, max_size=size))
    k = draw(st.integers(1, modules))
    rows = [draw(st.permutations(range(modules)))[:k] for _ in range(n)]
    kept = [draw(st.integers(0, k)) for _ in range(n)]
    picks = [row[:most] + [-1] * (k - most) for row, most in zip(rows, kept, strict=True)]
    return (
        np.array(unmet, dtype=np.int64).reshape(n, competences, top),
        picked(*picks),
        Taught(*columns, shape=(modules, competences)),
        teaches,
    )


@given(worlds())
def test_the_gap_closed_is_what_is_left_when_steps_are_taken_one_by_one(world: Any) -> None:
    unmet, picks, taught, teaches = world
    found = gap_closed(picks, closes(unmet), taught)
    for i, row in enumerate(picks):
        left = unmet[i].copy()
        for j in row[row >= 0]:
            for c, level in teaches[int(j)].items():
                left[c, :level] = 0
        gap = int(unmet[i].sum())
        expected = 1 - Fraction(int(left.sum()), gap) if gap else NAN
        assert found[i] == pytest.approx(float(expected), nan_ok=True)


@given(worlds())
def test_more_modules_never_close_less_and_order_does_not_matter(world: Any) -> None:
    unmet, picks, taught, _ = world
    needed = closes(unmet)
    whole_list = gap_closed(picks, needed, taught)
    np.testing.assert_array_equal(gap_closed(picks[:, ::-1], needed, taught), whole_list)
    fewer = gap_closed(picks[:, :-1], needed, taught)
    assert (np.isnan(whole_list) | (fewer <= whole_list)).all()


def test_one_module_closes_its_gain_and_all_together_what_a_set_closes(
    catalogue: fp.Catalogue,
) -> None:
    person = fp.Employee(id="e", backgrounds=["hk-kontor"])
    ladder = ladder_of(catalogue)
    ((blend, _),) = by_profile([person], "virksomhed", catalogue)
    needed = closes(unmet(ladder.need(blend, fp.NOW), ladder.held([person]).steps))
    gap = fp.gap(person, "virksomhed", catalogue, horizon=fp.NOW).total
    recommender = fp.Recommender(catalogue, horizon=fp.NOW)
    best = recommender.recommend(person, "virksomhed", k=5, choose="set")
    position = [catalogue.module_ids.index(one.module) for one in best]
    for one, j in zip(recommender.recommend(person, "virksomhed", k=1), position, strict=False):
        assert gap_closed(picked([j]), needed, ladder.taught) == one.gain_now / gap
    # A set's scores are what each adds to those before it.
    assert gap_closed(picked(position), needed, ladder.taught) == sum(o.score for o in best) / gap


def test_repetition_is_the_mean_of_what_is_known() -> None:
    repeats = np.array([[0.5, 1.0, NAN], [0.25, 0.0, NAN]])
    picks = picked([0, 1, 2], [-1, 1, 0])
    assert repetition(picks, repeats).tolist() == [(0.5 + 1.0) / 2, (0.0 + 0.25) / 2]
    assert np.isnan(repetition(picked([2, -1, -1], [-1, -1, -1]), repeats)).all()


@given(worlds())
def test_diversity_is_the_mean_over_pairs(world: Any) -> None:
    _, picks, taught, teaches = world
    found = diversity(picks, taught)
    for i, row in enumerate(picks):
        vectors = [teaches[int(j)] for j in row if j >= 0 and teaches[int(j)]]
        distances = [
            1
            - sum(a.get(c, 0) * b.get(c, 0) for c in range(9))
            / math.hypot(*a.values())
            / math.hypot(*b.values())
            for a, b in combinations(vectors, 2)
        ]
        expected = sum(distances) / len(distances) if distances else NAN
        assert found[i] == pytest.approx(expected, nan_ok=True, abs=1e-12)
        assert not found[i] < 0


def test_diversity_of_the_same_content_is_none_and_of_other_content_is_full() -> None:
    taught = Taught(np.array([0, 1, 2]), np.array([0, 0, 1]), np.array([1, 3, 2]), shape=(4, 2))
    # The levels of modules 0 and 1 point the same way; module 3 teaches nothing known.
    picks = picked([0, 1, -1], [1, 2, 3], [0, 3, -1])
    assert diversity(picks, taught) == pytest.approx([0, 1, NAN], nan_ok=True)


def test_novelty_in_bits() -> None:
    taken = np.array([14, 6, 0])
    picks = picked([0, 1], [2, -1], [-1, -1])
    # Of 14 people all, 6 and none: 15 / 16, 7 / 16 and 1 / 16 after smoothing.
    expected = [-(log2(15 / 16) + log2(7 / 16)) / 2, 4, NAN]
    assert novelty(picks, taken, people=14) == pytest.approx(expected, nan_ok=True)


def test_novelty_where_nobody_could_have_taken_anything() -> None:
    assert novelty(picked([0]), np.array([0]), people=0) == 1


@pytest.mark.parametrize("taken", [[3, 0], [-1, 0]])
def test_counts_are_not_above_the_people(taken: list[int]) -> None:
    with pytest.raises(fp.errors.DataError, match="counts from 0 to 2"):
        novelty(picked([0]), np.array(taken), people=2)


def test_coverage_counts_candidates_once_and_nothing_else() -> None:
    candidates = np.array([True, True, True, False])
    assert catalogue_coverage(picked([0, 3], [0, -1]), candidates) == 1 / 3
    assert catalogue_coverage(picked([-1, -1]), candidates) == 0
    assert math.isnan(catalogue_coverage(picked([0]), np.zeros(4, dtype=bool)))


def test_disparity_is_the_lowest_by_the_highest_mean() -> None:
    values = np.array([0.2, 0.4, 0.8, 0.4, 0.9, NAN, 0.1, 1.0, NAN])
    groups = ["x", "x", "y", "y", "z", "z", None, "", "w"]
    found = disparity(values, groups, smallest=2)
    # z has only one with a value, w none; two are in no group.
    assert found.means == pytest.approx({"x": 0.3, "y": 0.6})
    assert found.ratio == pytest.approx(0.3 / 0.6)
    assert (found.groups_left_out, found.people_left_out) == (2, 3)


def test_five_people_make_a_group() -> None:
    values = np.ones(9)
    groups = ["x"] * 5 + ["y"] * 4
    found = disparity(values, groups)
    assert (found.means, found.groups_left_out, found.people_left_out) == ({"x": 1.0}, 1, 4)
    assert math.isnan(found.ratio)


def test_disparity_of_zeros_is_unknown() -> None:
    assert math.isnan(disparity(np.zeros(4), ["x", "x", "y", "y"], smallest=2).ratio)
    found = disparity(np.array([0.0, 0.0, 1.0, 1.0]), ["x", "x", "y", "y"], smallest=2)
    assert found.ratio == 0


def test_disparity_of_nobody() -> None:
    found = disparity(np.zeros(0), [])
    assert (found.means, found.groups_left_out, found.people_left_out) == ({}, 0, 0)


@given(st.lists(st.tuples(st.floats(0, 1), st.sampled_from("xyz")), max_size=30), st.randoms())
def test_disparity_does_not_depend_on_the_order_of_people(rows: list[Any], random: Any) -> None:
    shuffled = random.sample(rows, len(rows))
    found, again = (
        disparity(np.array([value for value, _ in some]), [group for _, group in some], smallest=3)
        for some in (rows, shuffled)
    )
    assert repr(found) == repr(again)
    assert math.isnan(found.ratio) or 0 <= found.ratio <= 1


def test_what_has_no_ratio_is_refused() -> None:
    with pytest.raises(fp.errors.DataError, match="2 problems") as raised:
        disparity(np.array([-0.5, NAN, 1.0]), ["x", "y"])
    assert [one.field for one in raised.value.problems] == ["groups", "values"]


@pytest.mark.parametrize(
    "picks",
    [[[4]], [[-2]], [[0], [0]], [0], [[0.0]]],
    ids=["too high", "too low", "too many people", "one dimension", "no whole numbers"],
)
def test_picks_are_positions_of_modules_for_each_person(picks: list[Any]) -> None:
    wrong, unmet = np.array(picks), closes(UNMET[:1])
    with pytest.raises(fp.errors.DataError, match="positions below 4, or -1 for none, of 1 people"):
        gap_closed(wrong, unmet, TAUGHT)
    with pytest.raises(fp.errors.DataError, match="positions below 4, or -1 for none, of 1 people"):
        repetition(wrong, np.zeros((1, 4)))


def test_lists_of_no_length_and_of_nobody() -> None:
    for picks in (np.zeros((2, 0), dtype=np.intp), np.zeros((0, 3), dtype=np.intp)):
        n = len(picks)
        assert gap_closed(picks, closes(UNMET[:n]), TAUGHT).tolist() == [0.0] * n
        assert np.isnan(repetition(picks, np.zeros((n, 4)))).all()
        assert np.isnan(diversity(picks, TAUGHT)).all()
        assert catalogue_coverage(picks, np.ones(4, dtype=bool)) == 0
