"""What a recommender promises to those who build on it: versions, pickles, threads, wide tables."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
import worlds
from hypothesis import assume, given
from hypothesis import strategies as st
from worlds import Board, Crowd, crowds, examples

import fagprofil as fp
from fagprofil.blocks import parts_of
from fagprofil.fingerprint import fingerprint
from fagprofil.ladder import ladder_of
from fagprofil.model.base import Deferred
from fagprofil.rankers import CoverageRanker
from fagprofil.results import COLUMNS, result_schema

FRAMES: dict[str, Callable[[list[dict[str, Any]]], Any]] = {
    "pandas": pd.DataFrame,
    "polars": lambda rows: pl.DataFrame(rows, infer_schema_length=None),
    "pyarrow": pa.Table.from_pylist,
}


def rows_of(table: Any) -> list[dict[str, Any]]:
    if isinstance(table, pd.DataFrame):
        listed = table.astype(object).to_dict("records")
        return [{k: None if v != v else v for k, v in row.items()} for row in listed]
    return table.to_dicts() if isinstance(table, pl.DataFrame) else table.to_pylist()


# --- versions -----------------------------------------------------------------------------------


def test_a_version_stands_on_every_result(board: Board) -> None:
    recommender = fp.Recommender(board.catalogue)
    assert recommender.recommend(board.people[0]).version == recommender.version
    assert fp.Recommender(board.catalogue).version == recommender.version


def test_whatever_changes_results_changes_the_version(board: Board) -> None:
    catalogue = board.catalogue
    first = catalogue.modules.ids[0]
    other = worlds.replaced(catalogue.model_dump(mode="json"), {first: f"{first}x"})
    made = [
        fp.Recommender(catalogue),
        fp.Recommender(fp.Catalogue.model_validate(other)),
        fp.Recommender(catalogue, CoverageRanker(per="ects")),
        fp.Recommender(catalogue, "popular"),
        fp.Recommender(catalogue, "popular", history=board.people),
        fp.Recommender(catalogue, lambda task: task.gain),
        fp.Recommender(catalogue, lambda task: -task.gain),
        fp.Recommender(catalogue, horizon=fp.NOW),
        fp.Recommender(catalogue, on=worlds.AS_OF.replace(year=2025)),
        fp.Recommender(catalogue, model=fp.EvidenceModel(prior_spread=1.0)),
    ]
    assert len({one.version for one in made}) == len(made)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("a", "b"), ("ab",)),
        ((1,), ("1",)),
        (([1, 2],), ([2, 1],)),
        ((np.array([1, 2]),), (np.array([1.0, 2.0]),)),
        ((np.zeros((2, 3)),), (np.zeros((3, 2)),)),
        ((lambda x: x + 1,), (lambda x: x + 2,)),
    ],
)
def test_different_contents_have_different_fingerprints(one: Any, other: Any) -> None:
    assert fingerprint(*one) != fingerprint(*other)
    assert fingerprint(*one) == fingerprint(*one)


def test_a_fingerprint_does_not_depend_on_order_where_there_is_none() -> None:
    assert fingerprint({"a": 1, "b": {3, 1, 2}}) == fingerprint({"b": {2, 3, 1}, "a": 1})


def test_a_fingerprint_is_the_same_in_another_process() -> None:
    # Texts are hashed otherwise in every process; a set in a function's code shows it.
    import subprocess
    import sys

    code = (
        "from fagprofil.fingerprint import fingerprint as f;"
        "print(f(lambda x: x in {'a', 'b', 'c'} or [y for y in x], {'p', 'q', 'r'}))"
    )
    seen = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(sys.path)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(seen) == 1


# --- pickles and threads ------------------------------------------------------------------------


@examples(20)
@given(crowds(), st.sampled_from(["coverage", CoverageRanker(per="ects", repetition=0.5)]))
def test_a_pickled_recommender_recommends_the_same(crowd: Crowd, ranker: Any) -> None:
    recommender = fp.Recommender(crowd.catalogue, ranker, horizon=crowd.horizon)
    before = recommender.recommend_rows(crowd.people)
    again = pickle.loads(pickle.dumps(recommender))
    assert again.version == recommender.version
    assert again.recommend_rows(crowd.people) == before


def test_threads_share_a_recommender(board: Board) -> None:
    recommender = fp.Recommender(board.catalogue)
    people = list(board.people) * 40
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(recommender.recommend, people))
    alone = {one.id: fp.Recommender(board.catalogue).recommend(one) for one in board.people}
    assert all(one == alone[one.employee] for one in found)


@examples(20)
@given(crowds(), st.integers(1, 3))
def test_a_table_does_not_depend_on_the_number_of_threads(crowd: Crowd, block: int) -> None:
    recommender = fp.Recommender(crowd.catalogue, horizon=crowd.horizon)
    whole = recommender.recommend_rows(crowd.people)
    for workers in (1, 3):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("fagprofil.blocks.BLOCK", block)
            patch.setattr("fagprofil.blocks.processors", lambda n=workers: n)
            assert recommender.recommend_rows(crowd.people) == whole


# --- what is left out is made when asked --------------------------------------------------------


def test_what_is_left_out_is_made_once_and_only_when_looked_at() -> None:
    calls: list[int] = []
    lazy = Deferred(lambda: calls.append(1) or ("a", "b"))
    assert not calls
    assert (len(lazy), lazy[0], list(lazy), lazy == ("a", "b")) == (2, "a", ["a", "b"], True)
    assert pickle.loads(pickle.dumps(lazy)) == lazy
    assert calls == [1]


def test_results_read_back_whole(board: Board) -> None:
    result = fp.Recommender(board.catalogue).recommend(board.people[0])
    assert result.ineligible
    again = type(result).model_validate_json(result.model_dump_json())
    assert again == result
    assert again.ineligible == result.ineligible


# --- wide tables --------------------------------------------------------------------------------


def wide(crowd: Crowd, known: dict[str, list[int | None]]) -> list[dict[str, Any]]:
    """A row per person: those of their facts that a table can hold, and levels."""
    rows = []
    for i, one in enumerate(crowd.people):
        passed = sorted({done.module for done in one.completed if done.passed})
        mix = isinstance(one.profile, dict)
        shares = "+".join(f"{k}:{v!r}" for k, v in one.profile.items()) if mix else one.profile
        facts = {
            "employee": one.id,
            "unit": one.unit,
            "profile": shares,
            "backgrounds": None if one.backgrounds is None else ";".join(one.backgrounds) or None,
            "employer": one.employer,
            "education_level": one.education_level,
            "relevant_years": one.relevant_years,
            "completed": ";".join(passed) or None,
        }
        rows.append(facts | {name: levels[i] for name, levels in known.items()})
    return rows


@examples(60)
@given(crowds(), st.data(), st.sampled_from(sorted(FRAMES)), st.booleans())
def test_wide_tables_are_read_the_same_fast_and_with_care(
    crowd: Crowd, data: st.DataObject, kind: str, holes: bool
) -> None:
    names, (_, top) = crowd.catalogue.taxonomy.competences, worlds.shape_of(crowd.catalogue)
    level = st.integers(0, top)
    levels = st.one_of(st.none(), level) if holes else level
    n = len(crowd.people)
    assume(n)  # without rows there are no columns
    known = {one: data.draw(st.lists(levels, min_size=n, max_size=n)) for one in names}
    rows = wide(crowd, known)
    recommender = fp.Recommender(crowd.catalogue, horizon=crowd.horizon)
    people = fp.read_workforce(FRAMES["pyarrow"](rows), crowd.catalogue)
    expected = recommender.recommend_rows(people, k=3)
    table = recommender.recommend_table(FRAMES[kind](rows), k=3)
    assert rows_of(table) == expected
    assert list(table.columns if kind != "pyarrow" else table.column_names) == list(COLUMNS)
    batch = recommender.recommend_batch(FRAMES["pyarrow"](rows), k=3)
    assert batch.schema == result_schema()
    assert batch.to_pylist() == expected


def test_levels_in_columns_are_what_a_long_table_says() -> None:
    catalogue = fp.load_catalogue()
    table = pd.DataFrame(
        {"employee": ["a", "b"], "jobmatch": [3, None], "motivation": [0, 5], "unit": ["x", None]}
    )
    a, b = fp.read_workforce(table, catalogue)
    assert [(one.competence, one.level, one.kind) for one in a.evidence] == [
        ("jobmatch", 3, "known"),
        ("motivation", 0, "known"),
    ]
    assert [one.level for one in b.evidence] == [5]
    rated = table.assign(kind="self", date="2026-03-01", confidence=0.5)
    (one, *_) = fp.read_workforce(rated, catalogue)["a"].evidence
    assert (one.kind, str(one.date), one.confidence) == ("self", "2026-03-01", 0.5)


@pytest.mark.parametrize(
    ("change", "place", "field"),
    [
        ({"jobmatch": [6, 1]}, "row 1", "jobmatch"),
        ({"jobmatch": [1, 2.5]}, "row 2", "jobmatch"),
        ({"jobmatch": [1, -1]}, "row 2", "jobmatch"),
        ({"motivation": ["x", "1"]}, "row 1", "motivation"),
        ({"employee": ["a", "a"]}, "row 2", "employee"),
        ({"employee": ["a", None]}, "row 2", "employee"),
        ({"employee": ["a", "0101701234"]}, "row 2", "employee"),
        ({"profile": ["virksomhed", "virksomhet"]}, "row 2", "profile"),
        ({"backgrounds": ["kommunom", "komunom"]}, "row 2", "backgrounds"),
        ({"completed": [None, "no-such-module"]}, "row 2", "completed"),
        ({"education_level": [6, 9]}, "row 2", "education_level"),
        ({"relevant_years": [2, -1]}, "row 2", "relevant_years"),
        ({"motivatoin": [1, 2]}, "table", "column"),
        ({"level": [1, 2]}, "table", "column"),
    ],
)
@pytest.mark.parametrize("kind", sorted(FRAMES))
def test_what_is_wrong_in_a_wide_table_is_told(
    change: dict[str, list[Any]], place: str, field: str, kind: str
) -> None:
    columns: dict[str, list[Any]] = {"employee": ["a", "b"], "jobmatch": [1, 2], **change}
    if kind == "pyarrow":
        table = pa.table({name: pa.array(values) for name, values in columns.items()})
    else:
        table = {"pandas": pd.DataFrame, "polars": pl.DataFrame}[kind](columns, **_LOOSE[kind])
    recommender = fp.Recommender(fp.load_catalogue())
    with pytest.raises(fp.errors.DataError) as caught:
        recommender.recommend_table(table)
    assert (place, field) in {(one.where, one.field) for one in caught.value.problems}


_LOOSE: dict[str, dict[str, Any]] = {"pandas": {}, "polars": {"strict": False}}


def test_a_batch_is_of_arrow(board: Board) -> None:
    with pytest.raises(fp.errors.DataError, match="a pyarrow RecordBatch or Table"):
        fp.Recommender(board.catalogue).recommend_batch(pd.DataFrame({"employee": ["a"]}))


def test_a_batch_of_nobody_has_the_columns() -> None:
    empty = pa.table({"employee": pa.array([], pa.string()), "jobmatch": pa.array([], pa.int8())})
    recommender = fp.Recommender(fp.load_catalogue())
    assert recommender.recommend_batch(empty).schema == result_schema()
    assert recommender.recommend_batch(empty).num_rows == 0
    assert recommender.recommend_table(empty).num_rows == 0


def test_what_is_wrong_with_a_row_is_told_once() -> None:
    table = pd.DataFrame({"employee": ["a"], "jobmatch": [1], "motivation": [2], "date": ["soon"]})
    with pytest.raises(fp.errors.DataError) as caught:
        fp.Recommender(fp.load_catalogue()).recommend_table(table)
    assert [(one.where, one.field) for one in caught.value.problems] == [("row 1", "date")]


def test_ids_of_bytes_are_refused() -> None:
    table = pa.table({"employee": pa.array([b"a"]), "jobmatch": [1]})
    with pytest.raises(fp.errors.DataError, match="not bytes"):
        fp.Recommender(fp.load_catalogue()).recommend_table(table, "basis")


@pytest.mark.parametrize(
    ("options", "said"), [({"lang": "de"}, "lang is"), ({"exclude": ["nix"]}, "nix")]
)
def test_wrong_options_show_even_if_nobody_has_a_profile(
    options: dict[str, Any], said: str
) -> None:
    table = pa.table({"employee": ["a"], "jobmatch": [1]})
    with pytest.raises(fp.errors.DataError, match=said):
        fp.Recommender(fp.load_catalogue()).recommend_table(table, **options)


# --- much at once -------------------------------------------------------------------------------


def test_with_more_modules_for_each_there_are_fewer_people_in_a_part() -> None:
    assert [len(one) for one in parts_of(100_000, 1)] == [50_000] * 2
    assert [len(one) for one in parts_of(100_000, 1, k=100)] == [5_000] * 20
    assert [len(one) for one in parts_of(60_000, 4)] == [15_000] * 4
    assert [len(one) for one in parts_of(0, 4)] == [0]


def test_part_of_a_roster_has_its_own_facts_only(board: Board) -> None:
    people = [
        one.model_copy(update={"agreement": f"own-{i}"}) for i, one in enumerate(board.people)
    ]
    roster = ladder_of(board.catalogue).roster(people)
    part = roster.part(np.array([1, 0]))
    assert [part.facts[fact].agreement for fact in part.fact] == ["own-1", "own-0"]
    assert len(part.facts) == 2


def test_what_is_kept_of_many_different_people_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fagprofil.memory._MOST", 50)
    monkeypatch.setattr("fagprofil.one_person._KEPT", 7)
    monkeypatch.setattr("fagprofil.one_person._KEPT_LISTS", 3)
    recommender = fp.Recommender(fp.load_catalogue())
    for i in range(30):
        mix = {"virksomhed": i + 1.0, "helhed": 1.0}
        person = fp.Employee(id="a", agreement=f"own-{i}", profile=mix, relevant_years=5)
        again = fp.Recommender(recommender.catalogue)
        assert recommender.recommend(person) == again.recommend(person)
    one, terms = recommender._one_person, recommender._engine.terms
    assert len(one._settings) <= 7
    assert len(one._lists) <= 3
    assert len(terms._known) <= 50
    assert len(terms.prices._known) <= 50
