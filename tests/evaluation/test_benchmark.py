"""The public benchmark: what is hidden is hidden, what is relevant is DIRECT's own."""

from __future__ import annotations

import pytest

import fagprofil as fp
from fagprofil.evaluation import BENCHMARKS, benchmark, compare, direct_catalogue

DIRECT = direct_catalogue()
LINKED = {one.id for one in DIRECT.modules.values() if one.teaches}


def lacking(person: fp.Employee) -> set[str]:
    return {one.competence for one in person.evidence if one.level == 0}


def linked(skills: set[str]) -> set[str]:
    return {one.id for one in DIRECT.modules.values() if skills & set(one.teaches or ())}


@pytest.mark.parametrize("task", BENCHMARKS)
def test_what_is_relevant_is_what_direct_links_to_what_is_lacking(task: str) -> None:
    split = benchmark(task)
    assert split.status == "synthetic"
    for fold in split.folds:
        assert fold.train == ()
        for person, grades in zip(fold.test, fold.relevant, strict=True):
            expected = linked(lacking(person))
            if fold.candidates is not None:
                expected &= fold.candidates
            assert set(grades) == expected
            assert grades


@pytest.mark.parametrize("task", ["gap", "cold"])
def test_each_link_is_hidden_once_and_rankers_cannot_see_it(task: str) -> None:
    hidden = []
    for fold in benchmark(task).folds:
        assert fold.catalogue is not None
        seen = {one.id for one in fold.catalogue.modules.values() if one.teaches}
        assert tuple(fold.catalogue.modules) == tuple(DIRECT.modules)
        hidden += sorted(LINKED - seen)
        if task == "cold":
            assert fold.candidates == LINKED - seen
    assert sorted(hidden) == sorted(LINKED)


def test_the_sizes_are_those_of_the_page() -> None:
    gap, cold, budget = (benchmark(task) for task in ("gap", "cold", "budget"))
    assert {len(one.test) for one in gap.folds} == {65}
    assert len({one.id for fold in cold.folds for one in fold.test}) == 65
    (only,) = budget.folds
    assert len(only.test) == 200
    assert all(only.relevant)
    assert {len(lacking(person)) for person in gap.folds[0].test} == {1}
    for person in only.test:
        assert len(lacking(person)) == len(person.evidence) // 2


def test_it_is_the_same_each_time() -> None:
    assert benchmark("budget").folds == benchmark("budget").folds


def test_the_baselines_are_in_the_order_that_the_page_tells() -> None:
    gap = compare(["coverage", "popular"], benchmark("gap"))
    assert gap.best() == ("coverage",)
    cold = compare(["coverage", "text"], benchmark("cold"))
    assert cold.best() == ("text",)
    budget = compare(["coverage", "diverse"], benchmark("budget"), k=5)
    assert budget.best("gap closed") == ("diverse",)


def test_another_task_is_told_with_the_nearest() -> None:
    with pytest.raises(fp.errors.DataError, match="did you mean 'budget'"):
        benchmark("budgett")
