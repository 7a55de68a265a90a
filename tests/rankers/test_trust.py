"""How far what was learned is trusted: not at all from noise, and far where it foretells."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from worlds import examples

from fagprofil.rankers.trust import trust_in

Floats = NDArray[np.float64]

COUNT = 200
PEOPLE = np.arange(COUNT)


def drawn(seed: int, rows: int = 5) -> Floats:
    return np.random.default_rng(seed).normal(size=(rows, COUNT))


def test_noise_is_trusted_nearly_never() -> None:
    found = []
    for seed in range(300):
        noise, formula, outcome, error, _ = drawn(seed)
        # Outcomes that nothing foretells, that the formula does a little, and that it does.
        for truth in (outcome, 0.3 * formula + error, formula + 0.3 * error):
            found.append(trust_in(noise, formula, truth, PEOPLE))
            found.append(trust_in(noise, formula, truth, PEOPLE // 4, within=True))
    # At most one-sided 1 %.
    assert np.mean(np.array(found) > 0) < 0.01


def test_what_foretells_is_trusted_nearly_always() -> None:
    for seed in range(50):
        signal, formula, error, *_ = drawn(seed)
        assert trust_in(signal, formula, signal + 0.5 * error, PEOPLE) > 0
        assert trust_in(signal, formula, signal + 0.5 * error, PEOPLE // 4, within=True) > 0


def test_the_better_it_foretells_the_further_it_is_trusted() -> None:
    signal, formula, error, *_ = drawn(0)
    found = [
        trust_in(signal, formula, share * signal + (1 - share) * formula + 0.2 * error, PEOPLE)
        for share in (0.0, 0.25, 0.5, 0.75, 1.0)
    ]
    assert found == sorted(found)
    assert found[0] == 0
    assert 0 < found[1] < found[-1] < 1


def test_the_smallest_weight_of_those_that_are_as_good() -> None:
    # What was learned is the formula and some more, so that a little of it does nearly as well.
    signal, formula, error, *_ = drawn(3)
    learned = formula + 0.05 * signal
    outcome = formula + 0.05 * signal + 0.01 * error
    assert trust_in(learned, formula, outcome, PEOPLE) > 0.5
    noisy = formula + 0.05 * signal + 5 * error
    assert trust_in(learned, formula, noisy, PEOPLE) == 0


def in_errors(values: list[float]) -> float:
    """A mean in its standard errors."""
    mean = sum(values) / len(values)
    spread = math.sqrt(sum((one - mean) ** 2 for one in values) / (len(values) - 1))
    return mean / (spread / math.sqrt(len(values))) if spread else 0.0


def person_errors(mixed: Floats, outcome: Floats, people: Any) -> list[float]:
    """Each person's squared errors of the best straight line that does not fall."""
    slope, origin = np.polyfit(mixed, outcome, 1)
    if slope < 0:
        slope, origin = 0.0, outcome.mean()
    errors: dict[int, float] = {}
    for who, error in zip(people.tolist(), outcome - slope * mixed - origin, strict=True):
        errors[who] = errors.get(who, 0.0) + error**2
    return list(errors.values())


@examples(100)
@given(
    st.integers(0, 10_000),
    st.sampled_from([0.0, 0.3, 1.0, 3.0]),
    st.sampled_from([0.5, 2.0, 5.0]),
    st.sampled_from([1, 4]),
)
def test_it_is_what_it_is_said_to_be(seed: int, size: float, blur: float, each: int) -> None:
    signal, formula, error, other, _ = drawn(seed)
    learned = signal + 0.3 * other
    outcome, people = 0.7 * signal + size * formula + blur * error, PEOPLE // each
    errors = {
        weight: person_errors(
            (1 - weight) * (formula - formula.mean()) / formula.std()
            + weight * (learned - learned.mean()) / learned.std(),
            outcome,
            people,
        )
        for weight in (0, 0.25, 0.5, 0.75)
    }

    def gained(weight: float, over: float) -> list[float]:
        return [one - two for one, two in zip(errors[over], errors[weight], strict=True)]

    better = [weight for weight in (0.25, 0.5, 0.75) if in_errors(gained(weight, 0)) > 2.3263]
    expected = 0.0
    if better:
        best = min(better, key=lambda weight: sum(errors[weight]))
        expected = min(one for one in better if one == best or in_errors(gained(best, one)) <= 1)
    assert trust_in(learned, formula, outcome, people) == expected


def test_what_foretells_the_opposite_is_not_trusted() -> None:
    signal, formula, error, *_ = drawn(1)
    assert trust_in(-signal, formula, signal + 0.1 * error, PEOPLE) == 0
    # A formula that is worse than useless is left for what is right.
    assert trust_in(signal, -signal, signal + 0.1 * error, PEOPLE) > 0


def test_what_is_the_formula_is_not_trusted() -> None:
    _, formula, error, *_ = drawn(2)
    for learned in (formula, 3 * formula + 7, np.zeros(COUNT), np.full(COUNT, 4.0)):
        assert trust_in(learned, formula, formula + error, PEOPLE) == 0


def test_outcomes_that_are_all_alike_tell_nothing() -> None:
    signal, formula, *_ = drawn(4)
    assert trust_in(signal, formula, np.full(COUNT, 0.5), PEOPLE) == 0


def test_one_person_is_not_enough() -> None:
    signal, formula, *_ = drawn(5)
    assert trust_in(signal, formula, signal, np.zeros(COUNT, dtype=np.intp)) == 0
    assert trust_in(signal[:1], formula[:1], signal[:1], PEOPLE[:1]) == 0


@examples(60)
@given(
    st.integers(0, 10_000),
    st.sampled_from([0.5, 2.0, 64.0]),
    st.integers(-8, 8),
    st.booleans(),
    st.sampled_from(["learned", "formula", "outcome"]),
)
def test_scale_and_origin_do_not_matter(
    seed: int, scale: float, origin: int, within: bool, which: str
) -> None:
    # Powers of two keep the digits, small whole numbers nearly.
    signal, formula, error, *_ = drawn(seed)
    values: dict[str, Any] = {
        "learned": signal,
        "formula": formula,
        "outcome": signal + formula + error,
    }
    moved = values | {which: values[which] * scale + origin}
    people = PEOPLE // 4
    assert trust_in(**moved, person=people, within=within) == trust_in(
        **values, person=people, within=within
    )


@examples(40)
@given(st.integers(0, 10_000), st.booleans())
def test_the_order_of_rows_and_the_names_of_people_do_not_matter(seed: int, within: bool) -> None:
    signal, formula, error, *_ = drawn(seed)
    outcome, people = signal + formula + error, PEOPLE // 4
    order = np.random.default_rng(seed).permutation(COUNT)
    there = trust_in(signal, formula, outcome, people, within=within)
    back = trust_in(
        signal[order], formula[order], outcome[order], 900 - 7 * people[order], within=within
    )
    assert there == back


@examples(40)
@given(st.integers(0, 10_000))
def test_within_people_what_is_the_same_in_all_of_a_list_does_not_count(seed: int) -> None:
    signal, formula, error, levels, others = drawn(seed)
    people = PEOPLE // 4
    outcome = signal + formula + error
    plain = trust_in(signal, formula, outcome, people, within=True)
    lifted = trust_in(
        signal + 3 * others[people], formula - levels[people], outcome + levels[people],
        people, within=True,
    )  # fmt: skip
    assert lifted == plain


def test_between_people_it_does_count() -> None:
    # What was learned tells good people from others, and nothing of their modules.
    _, formula, error, levels, _ = drawn(6)
    people = PEOPLE // 4
    learned, outcome = levels[people], levels[people] + 0.3 * error
    assert trust_in(learned, formula, outcome, people) > 0
    assert trust_in(learned, formula, outcome, people, within=True) == 0


def test_the_errors_of_a_person_are_one() -> None:
    # The same evidence told a hundred times by six people is not more evidence.
    rng = np.random.default_rng(3)
    signal, formula, error = rng.normal(size=(3, 6))
    outcome = signal + 2 * error
    few = trust_in(signal, formula, outcome, np.arange(6))
    many = np.repeat(np.arange(6), 100)
    assert trust_in(signal[many], formula[many], outcome[many], many) == few == 0
    apart = np.arange(600)
    assert trust_in(signal[many], formula[many], outcome[many], apart) > 0


def test_only_weights_that_leave_the_formula_a_part_are_given() -> None:
    found = {
        trust_in(signal, formula, signal + size * formula + error, PEOPLE)
        for seed in range(10)
        for signal, formula, error, *_ in [drawn(seed)]
        for size in (0, 0.5, 1, 3)
    }
    assert found <= {0.0, 0.25, 0.5, 0.75}
    assert len(found) > 1
    assert all(isinstance(one, float) for one in found)


@pytest.mark.parametrize("within", [True, False])
def test_nothing_is_changed(within: bool) -> None:
    values = drawn(8, 3)
    before = values.copy()
    trust_in(*values, PEOPLE // 4, within=within)
    np.testing.assert_array_equal(values, before)
