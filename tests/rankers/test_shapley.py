"""What each feature adds: the laws that make it fair, and the average over all orders."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from worlds import examples

from fagprofil.rankers.shapley import shapley

Row = NDArray[np.float64]

NUMBERS = st.integers(-8, 8).map(lambda n: n / 4)
ROWS = st.integers(1, 5).flatmap(
    lambda count: st.tuples(*[st.lists(NUMBERS, min_size=count, max_size=count)] * 3)
)
SEEDS = st.integers(0, 5)


def crooked(weights: Row) -> Callable[[Row], Row]:
    """A model in which features act together."""

    def model(rows: Row) -> Row:
        return np.asarray(np.abs(rows @ weights) + rows.prod(axis=1) + rows[:, 0] ** 2)

    return model


@examples(100)
@given(ROWS, SEEDS)
def test_they_sum_to_the_difference(drawn: tuple[list[float], ...], seed: int) -> None:
    row, middle, weights = map(np.array, drawn)
    model = crooked(weights)
    found = shapley(model, row, middle, seed)
    assert found.sum() == pytest.approx(float(model(row[None])[0] - model(middle[None])[0]))


@examples(100)
@given(ROWS, SEEDS)
def test_of_a_linear_model_they_are_exact(drawn: tuple[list[float], ...], seed: int) -> None:
    row, middle, weights = map(np.array, drawn)
    found = shapley(lambda rows: rows @ weights + 3.0, row, middle, seed)
    np.testing.assert_allclose(found, weights * (row - middle), atol=1e-12)


@examples(100)
@given(ROWS, SEEDS, st.data())
def test_what_does_not_matter_or_is_as_usual_adds_nothing(
    drawn: tuple[list[float], ...], seed: int, data: st.DataObject
) -> None:
    row, middle, weights = map(np.array, drawn)
    ignored = data.draw(st.integers(0, len(row) - 1))
    kept = np.arange(len(row)) != ignored
    model = crooked(weights)

    def blind(rows: Row) -> Row:
        return model(np.where(kept, rows, 1.0))

    assert shapley(blind, row, middle, seed)[ignored] == 0
    usual = np.where(kept, row, middle)
    assert shapley(model, usual, middle, seed)[ignored] == 0


@examples(60)
@given(ROWS, SEEDS)
def test_of_two_models_they_add_up(drawn: tuple[list[float], ...], seed: int) -> None:
    row, middle, weights = map(np.array, drawn)
    first, second = crooked(weights), crooked(weights[::-1])
    both = shapley(lambda rows: first(rows) + 2 * second(rows), row, middle, seed)
    apart = shapley(first, row, middle, seed) + 2 * shapley(second, row, middle, seed)
    np.testing.assert_allclose(both, apart, atol=1e-9)


def exactly(model: Callable[[Row], Row], row: Row, middle: Row) -> Row:
    """The mean over all orders of what filling in each feature changes."""
    orders = list(itertools.permutations(range(len(row))))
    values = np.zeros(len(row))
    for order in orders:
        filled = middle.copy()
        for feature in order:
            before = model(filled[None])[0]
            filled[feature] = row[feature]
            values[feature] += model(filled[None])[0] - before
    return values / len(orders)


@examples(60)
@given(st.lists(NUMBERS, min_size=2, max_size=2), SEEDS)
def test_of_two_features_there_are_two_orders_and_both_are_taken(
    given_row: list[float], seed: int
) -> None:
    row, middle = np.array(given_row), np.array([1.0, -1.0])
    model = crooked(np.array([1.0, 2.0]))
    np.testing.assert_allclose(shapley(model, row, middle, seed), exactly(model, row, middle))


def test_of_pairs_that_act_together_each_gets_half() -> None:
    # An order and the same backwards see each pair both ways round.
    row, middle = np.array([1.0, 2.0, 3.0, 4.0, 5.0]), np.zeros(5)

    def model(rows: Row) -> Row:
        return rows[:, 0] * rows[:, 1] + rows[:, 2] * rows[:, 4]

    for seed in range(5):
        found = shapley(model, row, middle, seed)
        np.testing.assert_allclose(found, [1, 1, 7.5, 0, 7.5])
        np.testing.assert_allclose(found, exactly(model, row, middle))


def test_unknown_values_are_passed_on() -> None:
    def model(rows: Row) -> Row:
        return np.where(np.isnan(rows[:, 0]), 5.0, rows[:, 0]) + rows[:, 1]

    found = shapley(model, np.array([np.nan, 2.0]), np.array([1.0, 1.0]))
    np.testing.assert_allclose(found, [4.0, 1.0])


def test_without_features_there_is_nothing_to_tell() -> None:
    assert shapley(lambda rows: np.zeros(len(rows)), np.zeros(0), np.zeros(0)).tolist() == []


def test_the_seed_decides_the_orders() -> None:
    row, middle = np.arange(1.0, 7.0), np.zeros(6)

    def model(rows: Row) -> Row:
        return np.asarray(rows.prod(axis=1))

    found = {tuple(shapley(model, row, middle, seed).tolist()) for seed in (0, 0, 1, 2)}
    assert 1 < len(found) <= 3


def test_the_model_is_asked_once() -> None:
    asked = []

    def model(rows: Row) -> Row:
        asked.append(rows.shape)
        return rows[:, 0]

    shapley(model, np.ones(3), np.zeros(3))
    assert asked == [(8 * 4, 3)]
