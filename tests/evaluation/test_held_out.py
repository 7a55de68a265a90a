from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import fagprofil as fp
from fagprofil.evaluation import hold_out, read_interactions


def data(counts: list[int]):
    rows = [(f"e{i}", f"m{j}") for i, count in enumerate(counts) for j in range(count)]
    table = pd.DataFrame(rows, columns=["employee", "module"])
    return read_interactions(table.assign(date=None), name="a test")


@given(st.lists(st.integers(1, 9), min_size=1, max_size=6), st.sampled_from([0.1, 0.5, 0.9]))
def test_each_completion_is_kept_or_held_out(counts: list[int], share: float) -> None:
    (fold,) = hold_out(data(counts), share=share, seed=3).folds
    held = {person.id: set(one) for person, one in zip(fold.test, fold.relevant, strict=True)}
    for person, count in zip(fold.train, counts, strict=True):
        kept = {one.module for one in person.completed}
        own = held.get(person.id, set())
        assert not kept & own
        assert len(kept | own) == count
        assert len(own) == (0 if count < 2 else min(count - 1, max(1, round(share * count))))


def test_who_else_is_there_does_not_matter() -> None:
    def of(counts: list[int]) -> dict[str, float]:
        (fold,) = hold_out(data(counts), share=0.5).folds
        return dict(fold.relevant[0])

    assert of([6]) == of([6, 4, 3])


def test_another_seed_holds_out_others() -> None:
    drawn = {
        frozenset(hold_out(data([8]), share=0.5, seed=seed).folds[0].relevant[0])
        for seed in range(5)
    }
    assert len(drawn) > 1


def test_the_rest_is_what_the_person_stands_with() -> None:
    (fold,) = hold_out(data([5, 5]), share=0.4).folds
    assert fold.test == fold.train


def test_statements_that_rest_on_modules_are_left_out() -> None:
    said = [
        fp.Evidence(competence="learning", level=1, kind=kind, date="2024-01-01")
        for kind in ("module", "self")
    ]
    one = data([3])
    (competence,) = one.catalogue.taxonomy.competences
    said = [evidence.model_copy(update={"competence": competence}) for evidence in said]
    (person,) = one.people
    people = (person.model_copy(update={"evidence": tuple(said)}),)
    dataset = type(one)(one.name, one.catalogue, people, one.status)
    (fold,) = hold_out(dataset).folds
    assert [evidence.kind for evidence in fold.train[0].evidence] == ["self"]


def test_a_share_that_is_none_is_told() -> None:
    with pytest.raises(fp.errors.DataError, match="a number between 0 and 1"):
        hold_out(data([3]), share=1.0)
