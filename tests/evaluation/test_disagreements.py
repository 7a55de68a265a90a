"""Where libraries disagree our value is the one that is written down, and so is theirs."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from math import log2
from pathlib import Path

import pytest
from conventions import (
    CASES,
    FOUR,
    TWICE,
    Case,
    List,
    cases_table,
    down_to,
    four_people,
    four_people_table,
    implicit,
    implicit_map,
    implicit_ndcg,
    implicit_precision,
    ours,
    twice_by_implicit,
    twice_by_ir_measures,
)

import fagprofil as fp
from fagprofil.evaluation.ranking_metrics import ranking_metrics

pytest.importorskip("ir_measures")

PAGE = Path(__file__).parents[2] / "docs" / "metric-conventions.md"


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.metric}: {case.name}")
def test_our_value_is_the_arithmetic(case: Case) -> None:
    assert ours(case.metric)(case.list) == pytest.approx(case.value, nan_ok=True, abs=0)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.metric}: {case.name}")
def test_some_other_library_disagrees(case: Case) -> None:
    values = [value(case.list) for value in case.others.values()]
    assert any(value != pytest.approx(case.value, nan_ok=True) for value in values)


@pytest.mark.parametrize(
    ("metric", "definition"),
    [("ndcg", implicit_ndcg), ("map", implicit_map), ("precision", implicit_precision)],
)
def test_implicit_computes_what_is_said_of_it(
    metric: str, definition: Callable[[List], float]
) -> None:
    for case in CASES:
        if case.list.grades:
            found = implicit(metric, [case.list], [case.list.order])
            assert found == pytest.approx(definition(case.list))


def test_a_module_twice_is_refused_and_not_counted_twice() -> None:
    with pytest.raises(fp.errors.DataError, match="person 0: ranked is 'a': expected each module"):
        ranking_metrics([TWICE], [{"a": 1, "b": 1}], k=3)
    assert twice_by_ir_measures() == 1


def test_implicit_counts_a_module_twice() -> None:
    list_ = List(down_to("a", "b"), {"a": 1, "b": 1})
    assert implicit("ndcg", [list_], [TWICE]) == pytest.approx(twice_by_implicit())


def test_ours_of_four_people_is_the_arithmetic() -> None:
    first = (1 / log2(3) + 2 / log2(4)) / (3 + 2 / log2(3) + 1 / log2(4))
    fourth = (1 / log2(3)) / 1
    # Nothing is relevant to the third.
    assert four_people()["ours"] == pytest.approx((first + 0 + fourth) / 3)


def test_implicit_of_four_people_is_what_is_said_of_it() -> None:
    found = implicit("ndcg", FOUR, [one.order for one in FOUR])
    assert found == pytest.approx(four_people()["implicit `ndcg_at_k`: no grades"])


def test_seven_definitions_give_seven_values() -> None:
    values = sorted(four_people().values())
    assert len(values) == 7
    assert all(high - low > 0.005 for low, high in pairwise(values))
    assert values[-1] > 2 * values[0]


@pytest.mark.parametrize("table", [cases_table, four_people_table], ids=lambda one: one.__name__)
def test_the_page_shows_what_is_computed_here(table: Callable[[], str]) -> None:
    assert f"\n\n{table()}\n\n" in PAGE.read_text(encoding="utf-8")
