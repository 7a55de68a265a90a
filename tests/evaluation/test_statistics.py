"""Intervals, tests and adjusted p-values, and the laws that they keep."""

from __future__ import annotations

import math
from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import fagprofil as fp
from fagprofil.evaluation.statistics import (
    Difference,
    Estimate,
    compare_all,
    half_width,
    holm,
    paired,
)

NAN = math.nan

#: Few distinct values, so that there are ties and zero differences; some are missing.
value = st.one_of(st.sampled_from([0.0, 0.1, 0.5, 1.0]), st.floats(0, 1), st.just(NAN))
some = st.lists(value, max_size=30)
pairs = st.lists(st.tuples(value, value), max_size=30)


def columns(rows: list[Any]) -> list[list[float]]:
    return [[row[column] for row in rows] for column in (0, 1)]


def same(a: Any, b: Any) -> bool:
    """Equal to the last bit, NaN included."""
    return repr(a) == repr(b)


# One mean.


def test_the_half_width_is_that_of_the_binomial() -> None:
    # Of 400 people half have the value 1: 1.96 standard errors are 1.96 * sqrt(.25 / 400) = .049.
    found = half_width([0.0, 1.0] * 200)
    assert (found.mean, found.n) == (0.5, 400)
    assert found.half_width == pytest.approx(1.96 * math.sqrt(0.25 / 400), rel=0.05)
    # At 68 % one standard error.
    assert half_width([0.0, 1.0] * 200, level=0.6827).half_width == pytest.approx(0.025, rel=0.1)


def test_the_interval_holds_the_middle_of_all_resamples() -> None:
    values, n = [0.0, 0.2, 0.9], 3
    means = sorted(np.mean(drawn) for drawn in product(values, repeat=n))
    low, high = np.quantile(means, [0.025, 0.975], method="inverted_cdf")
    found = half_width(values, resamples=100_000)
    assert found.half_width == pytest.approx((high - low) / 2, abs=0.01)


def test_people_without_a_value_are_left_out() -> None:
    assert same(half_width([0.1, NAN, 0.9, 0.4, NAN]), half_width([0.1, 0.9, 0.4]))


def test_few_people() -> None:
    assert same(half_width([]), Estimate(NAN, NAN, 0))
    assert same(half_width([NAN]), Estimate(NAN, NAN, 0))
    assert same(half_width([0.25, NAN]), Estimate(0.25, NAN, 1))
    assert half_width([0.25, 0.75]).n == 2


@given(st.floats(-10, 10), st.integers(2, 40), st.integers(0, 9))
def test_a_constant_is_sure(constant: float, n: int, seed: int) -> None:
    found = half_width([constant] * n, seed=seed, resamples=50)
    assert (found.mean, found.half_width) == (constant, 0)


@given(some, st.randoms(), st.integers(0, 9))
def test_the_order_of_people_does_not_matter(values: list[float], random: Any, seed: int) -> None:
    shuffled = random.sample(values, len(values))
    found, again = (half_width(some, seed=seed, resamples=50) for some in (values, shuffled))
    assert same(found, again)


def test_another_seed_is_another_draw() -> None:
    values = np.linspace(0, 1, 50)
    assert half_width(values, seed=1) == half_width(values, seed=1)
    assert half_width(values, seed=1) != half_width(values, seed=2)
    assert half_width(values, seed=1).mean == half_width(values, seed=2).mean


def test_more_people_than_are_drawn_at_once() -> None:
    # One row of draws already fills the memory that is asked for.
    found = half_width(np.arange(1_100_000) % 2, resamples=20)
    assert found.mean == 0.5
    assert 0 < found.half_width < 0.002


@pytest.mark.parametrize(
    ("estimate", "text"),
    [
        (Estimate(0.4123, 0.0129, 9), ".412 ± .013"),
        (Estimate(1.0, 0.0, 9), "1.000 ± .000"),
        (Estimate(0.9996, 0.1, 9), "1.000 ± .100"),
        (Estimate(-0.25, 0.0625, 9), "-.250 ± .062"),
        (Estimate(-0.0001, 10.0, 9), ".000 ± 10.000"),
        (Estimate(NAN, NAN, 0), "nan ± nan"),
    ],
)
def test_estimates_are_short_in_print(estimate: Estimate, text: str) -> None:
    assert str(estimate) == text


# A difference.


def all_signs(differences: list[float]) -> float:
    """The share of signs that make the sum at least as far from 0."""
    observed = abs(math.fsum(differences))
    sums = [
        abs(math.fsum(sign * d for sign, d in zip(signs, differences, strict=True)))
        for signs in product([1, -1], repeat=len(differences))
    ]
    return sum(one >= observed - 1e-9 for one in sums) / len(sums)


def test_p_of_few_people_is_exact() -> None:
    # All five differ the same way: of 2 ** 5 signs two are as extreme.
    assert paired([0.6, 0.7, 0.8, 0.9, 1.0], [0.5] * 5).p == 2 / 2**5
    # Every choice of signs is as far from 0 as a sum that is 0, even if rounding leaves 3e-17.
    assert paired([0.1, 0.2, -0.3], [0.0] * 3).p == 1
    assert paired([0.1, 0.2, -0.3] * 5, [0.0] * 15).p == 1


@given(st.lists(st.sampled_from([-0.5, -0.1, 0.0, 0.1, 0.3]), min_size=1, max_size=8))
def test_p_is_the_share_of_signs(differences: list[float]) -> None:
    expected = all_signs(differences)
    assert paired(differences, [0.0] * len(differences)).p == pytest.approx(expected)


@pytest.mark.parametrize("differences", [[0.1, 0.2, -0.1, 0.4, 0.3], [0.1] * 6 + [-0.1] * 3])
def test_drawn_signs_come_close_to_all_signs(differences: list[float]) -> None:
    # Too few are allowed to try all.
    few = 2 ** len(differences) - 1
    zeros = [0.0] * len(differences)
    drawn = [paired(differences, zeros, seed=seed, resamples=few).p for seed in range(400)]
    assert len(set(drawn)) > 1
    assert np.mean(drawn) == pytest.approx(all_signs(differences), abs=0.03)


@pytest.mark.parametrize("n", [2, 7, 13, 200])
def test_p_is_that_of_scipy(n: int) -> None:
    from scipy.stats import permutation_test

    values = np.random.default_rng(n).normal(0.1, 1, size=n)
    theirs = permutation_test((values,), np.mean, permutation_type="samples", random_state=0)
    exact = n <= 13
    assert paired(values, np.zeros(n)).p == pytest.approx(
        theirs.pvalue, abs=1e-12 if exact else 0.03
    )


def test_the_smallest_p_of_many_people_is_one_in_all_that_were_tried() -> None:
    assert paired([0.2] * 100, [0.1] * 100, resamples=999).p == 1 / 1000


def test_no_difference_has_no_evidence_against_it() -> None:
    found = paired([0.25, 0.5] * 20, [0.25, 0.5] * 20)
    assert (found.mean, found.half_width, found.n, found.p) == (0, 0, 40, 1)


def test_a_true_null_is_rejected_about_as_often_as_it_should() -> None:
    rng = np.random.default_rng(0)
    p = [paired(rng.normal(size=40), rng.normal(size=40), resamples=199).p for _ in range(400)]
    assert 0.02 < np.mean(np.array(p) <= 0.05) < 0.085


def test_only_people_with_both_count() -> None:
    a, b = [0.5, NAN, 0.75, 0.25], [0.25, 0.5, NAN, 0.75]
    found = paired(a, b)
    assert (found.n, found.mean) == (2, ((0.5 - 0.25) + (0.25 - 0.75)) / 2)
    nobody = paired([NAN, 1.0], [1.0, NAN])
    assert nobody.n == 0
    assert all(math.isnan(one) for one in (nobody.mean, nobody.half_width, nobody.p))
    assert paired([0.5], [0.25]).p == 1


@settings(max_examples=50)
@given(pairs, st.integers(0, 9))
def test_the_other_way_round_is_the_other_sign(rows: list[Any], seed: int) -> None:
    a, b = columns(rows)
    forth, back = paired(a, b, seed, 99), paired(b, a, seed, 99)
    assert same((forth.half_width, forth.n, forth.p), (back.half_width, back.n, back.p))
    assert forth.mean == pytest.approx(-back.mean, nan_ok=True, abs=0)


@settings(max_examples=50)
@given(pairs, st.randoms(), st.integers(0, 9))
def test_a_difference_does_not_depend_on_the_order_of_people(
    rows: list[Any], random: Any, seed: int
) -> None:
    shuffled = random.sample(rows, len(rows))
    found, again = (paired(*columns(some), seed, 99) for some in (rows, shuffled))
    assert same(found, again)


# Many differences.


def test_holm_by_hand() -> None:
    # .005 * 4, .01 * 3, .03 * 2, and .04 * 1, which is below the one before it.
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([0.5, 0.6]).tolist() == [1, 1]
    assert holm([]).tolist() == []


def test_what_is_no_test_does_not_count() -> None:
    assert holm([0.02, NAN, 0.5]) == pytest.approx([0.04, NAN, 0.5], nan_ok=True)


p_values = st.lists(st.floats(0, 1), min_size=1, max_size=12)


@given(p_values)
def test_holm_is_between_p_and_bonferroni_and_keeps_the_order(p: list[float]) -> None:
    adjusted = holm(p)
    assert (adjusted >= p).all()
    assert (adjusted <= np.minimum(1, np.array(p) * len(p))).all()
    assert (np.diff(adjusted[np.argsort(p)]) >= 0).all()
    assert adjusted[np.argmin(p)] == min(1, min(p) * len(p))


@given(p_values, st.randoms())
def test_holm_does_not_depend_on_the_order(p: list[float], random: Any) -> None:
    order = random.sample(range(len(p)), len(p))
    assert holm([p[i] for i in order]).tolist() == holm(p)[order].tolist()


@given(p_values, st.floats(0, 1))
def test_one_more_test_never_makes_the_others_surer(p: list[float], more: float) -> None:
    assert (holm([*p, more])[:-1] >= holm(p)).all()


def rankers() -> dict[str, list[float]]:
    rng = np.random.default_rng(0)
    ability = rng.random(60)
    better = {"a": 0.0, "b": 0.1, "c": 0.1, "d": 0.5}
    return {name: (ability + up + rng.normal(0, 0.2, 60)).tolist() for name, up in better.items()}


def test_all_pairs_are_compared_and_adjusted_together() -> None:
    values = rankers()
    found = compare_all(values)
    assert [(one.a, one.b) for one in found] == [
        ("a", "b"),
        ("a", "c"),
        ("a", "d"),
        ("b", "c"),
        ("b", "d"),
        ("c", "d"),
    ]
    for one in found:
        pair = paired(values[one.a], values[one.b])
        assert (one.mean, one.half_width, one.p, one.n) == (
            pair.mean,
            pair.half_width,
            pair.p,
            pair.n,
        )
    assert [one.p_adjusted for one in found] == holm([one.p for one in found]).tolist()
    # d is far better than all, b and c are alike.
    assert [(one.a, one.b) for one in found if one.b == "d"] == [
        (one.a, one.b) for one in found if one.p_adjusted < 0.001
    ]
    assert all(one.mean < 0 for one in found if one.b == "d")


def test_a_baseline_is_compared_with_all_others() -> None:
    values = rankers()
    found = compare_all(values, baseline="b")
    assert [(one.a, one.b) for one in found] == [("a", "b"), ("c", "b"), ("d", "b")]
    assert found[2].mean > 0.3
    # Three comparisons are made, not six.
    assert found[2].p_adjusted == min(1, 3 * found[2].p)


def test_the_order_of_names_does_not_matter() -> None:
    values = rankers()
    turned = dict(reversed(values.items()))
    assert compare_all(values, seed=4) == compare_all(turned, seed=4)
    assert compare_all(values, seed=4) != compare_all(values, seed=5)


def test_nothing_to_compare() -> None:
    assert compare_all({}) == []
    assert compare_all({"a": [0.1]}) == []
    assert compare_all({"a": [0.1]}, baseline="a") == []
    (one,) = compare_all({"a": [NAN], "b": [0.5]})
    assert same(one, Difference("a", "b", NAN, NAN, NAN, NAN, 0))


# What is refused.


@pytest.mark.parametrize(
    "values", [[[0.1, 0.2]], 0.5, ["a"], [0.1, math.inf], [None, 0.1]], ids=repr
)
def test_values_are_numbers_in_one_dimension(values: Any) -> None:
    with pytest.raises(fp.errors.DataError, match="finite numbers or NaN in one dimension"):
        half_width(values)
    with pytest.raises(fp.errors.DataError, match="finite numbers or NaN in one dimension"):
        paired(values, [0.1])
    with pytest.raises(fp.errors.DataError, match="finite numbers or NaN in one dimension"):
        holm(values)


@pytest.mark.parametrize(
    ("options", "fields"),
    [
        ({"level": 0}, ["level"]),
        ({"level": 1}, ["level"]),
        ({"level": NAN}, ["level"]),
        ({"resamples": 0}, ["resamples"]),
        ({"level": 95, "resamples": -1}, ["level", "resamples"]),
    ],
)
def test_options_that_make_no_sense(options: dict[str, Any], fields: list[str]) -> None:
    with pytest.raises(fp.errors.DataError) as raised:
        half_width([0.1, 0.2], **options)
    assert [one.field for one in raised.value.problems] == fields


def test_people_must_be_the_same() -> None:
    with pytest.raises(fp.errors.DataError, match="as many as in values_a: 2"):
        paired([0.1, 0.2], [0.1])
    with pytest.raises(fp.errors.DataError, match="resamples"):
        paired([0.1, 0.2], [0.1, 0.3], resamples=0)
    with pytest.raises(fp.errors.DataError, match="b is '2 values'"):
        compare_all({"a": [0.1], "b": [0.1, 0.2]})


@pytest.mark.parametrize("p", [[-0.1], [0.5, 1.5]])
def test_p_values_are_shares(p: list[float]) -> None:
    with pytest.raises(fp.errors.DataError, match="numbers from 0 to 1"):
        holm(p)


def test_an_unknown_baseline_is_named() -> None:
    with pytest.raises(fp.errors.UnknownName, match="did you mean 'coverage'"):
        compare_all({"coverage": [0.1], "popular": [0.2]}, baseline="covrage")
