"""What a table may call its columns and what stands in them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from worlds import examples

import fagprofil as fp
from fagprofil.errors import DataError
from fagprofil.spellings import HEADINGS, WORDS, Spellings, plain
from fagprofil.workforce import COLUMNS

CATALOGUE = fp.load_catalogue()
COMPETENCES = CATALOGUE.taxonomy.competences
FACTS: dict[str, Any] = {
    "employee": ["a", "b"],
    "unit": ["Vejle", "Kolding"],
    "backgrounds": ["kommunom", "socialraadgiver"],
    "profile": ["virksomhed", "helhed"],
    "hired": ["2020-01-01", "2021-01-01"],
    "employer": ["kommune", "a-kasse"],
    "agreement": ["hk", "hk"],
    "education_level": [5, 6],
    "relevant_years": [2.5, 4],
    "completed": ["kommunalret", None],
    "date": ["2026-03-01", "2026-03-02"],
    "confidence": [0.5, 1.0],
}
LONG = {**FACTS, "competence": ["jobmatch", "motivation"], "level": [3, 2], "kind": ["self", "job"]}
WIDE = {**FACTS, "jobmatch": [3, 1], "motivation": [2, None], "kind": ["self", "manager"]}


def people(table: Any, **options: Any) -> Any:
    return fp.read_workforce(table, **options).employees


def problems(table: Any, **options: Any) -> Any:
    with pytest.raises(DataError) as caught:
        fp.read_workforce(table, **options)
    return caught.value.problems


def named(record: Any, lang: Any) -> str:
    return str((getattr(record, "name", None) or record.title).in_(lang))


def in_words(table: dict[str, Any], lang: Any) -> dict[str, Any]:
    """A table with the names of what it holds in place of the ids."""

    def word(column: str, value: Any) -> Any:
        records = {
            "backgrounds": CATALOGUE.backgrounds,
            "profile": CATALOGUE.profiles,
            "completed": CATALOGUE.modules,
            "competence": COMPETENCES,
        }
        if column in records and value is not None:
            return named(records[column][value], lang)
        return (*WORDS.get(column, {}).get(value, ()), value)[0]

    def heading(column: str) -> str:
        if column in COMPETENCES:
            return named(COMPETENCES[column], lang).upper()
        return HEADINGS[column][0].capitalize()

    return {heading(name): [word(name, x) for x in values] for name, values in table.items()}


@pytest.mark.parametrize("lang", ["da", "en"])
@pytest.mark.parametrize("table", [LONG, WIDE], ids=["long", "wide"])
@pytest.mark.parametrize("frame", [pd.DataFrame, pl.DataFrame, pa.table])
def test_names_mean_the_same_as_ids(frame: Any, table: dict[str, Any], lang: Any) -> None:
    expected = people(frame(table))
    assert expected[0].evidence
    assert people(frame(in_words(table, lang))) == expected


def test_every_column_has_a_heading_in_danish() -> None:
    assert set(HEADINGS) == set(COLUMNS)
    assert all(HEADINGS.values())


@examples(100)
@given(st.sampled_from([one for also in HEADINGS.values() for one in also]), st.randoms())
def test_case_and_separators_make_no_difference(name: str, random: Any) -> None:
    """Also a heading in capitals, with other separators and with space around it."""
    other = "".join(random.choice([c.upper(), c.lower()]) for c in name)
    other = f"  {other.replace(' ', random.choice(['_', '-', '  ']))} "
    assert plain(other) == plain(name)
    meant = Spellings(CATALOGUE).columns([name])
    assert list(Spellings(CATALOGUE).columns([other]).values()) == list(meant.values())


def test_a_name_that_two_things_share_is_nobodys() -> None:
    """Several programmes end in a module called Afgangsprojekt."""
    twice = [one.id for one in CATALOGUE.modules.values() if one.title.da == "Afgangsprojekt"]
    assert len(twice) > 1
    (problem,) = problems(pd.DataFrame({"employee": ["a"], "completed": ["Afgangsprojekt"]}))
    assert (problem.field, problem.value) == ("completed", "Afgangsprojekt")
    assert problem.expected == f"one of those so named: {', '.join(twice)}"


def test_a_column_with_the_id_comes_before_others_that_mean_it() -> None:
    table = pd.DataFrame({"employee": ["a"], "Enhed": ["left alone"], "unit": ["Vejle"]})
    assert people(table)[0].unit == "Vejle"
    both = pd.DataFrame({"employee": ["a"], "Kilde": ["x"], "Source": ["y"], "jobmatch": [1]})
    (problem,) = problems(both)
    assert (problem.value, problem.suggestion) == ("Source", "Kilde")


# --- what is misspelled -------------------------------------------------------------------------


def test_problems_speak_of_columns_as_the_table_calls_them() -> None:
    table = pd.DataFrame(
        {"Medarbejder": ["a"], "Kompetence": ["Jobmach"], "Niveau": [9], "Kilde": ["selv"]}
    )
    found = problems(table)
    assert [(x.field, x.value) for x in found] == [("Kompetence", "Jobmach"), ("Niveau", "9")]
    assert found[0].suggestion == "jobmatch"


def test_what_is_misspelled_is_taken_when_it_is_confirmed() -> None:
    table = {"employee": ["a"], "Jobmach": [3], "Team": ["Vejle"], "backgrounds": ["Komunom"]}
    assert {x.value for x in problems(pd.DataFrame(table))} >= {"Jobmach"}
    names = {"jobmach": "Jobmatch", "Team": "unit", "Komunom": "kommunom"}
    (one,) = people(pd.DataFrame(table), names=names)
    assert (one.unit, one.backgrounds) == ("Vejle", ("kommunom",))
    assert [(x.competence, x.level) for x in one.evidence] == [("jobmatch", 3)]


def test_a_confirmed_name_must_mean_something() -> None:
    table = pd.DataFrame({"employee": ["a"]})
    (problem,) = problems(table, names={"Jobmach": "jobmach"})
    assert (problem.where, problem.field, problem.value) == ("names", "Jobmach", "jobmach")
    assert problem.suggestion == "jobmatch"


# --- everywhere that tables come in -------------------------------------------------------------


def test_a_table_is_recommended_the_same_whatever_its_headings() -> None:
    recommender = fp.Recommender(CATALOGUE)
    for table in (LONG, WIDE):
        ids = recommender.recommend_table(pd.DataFrame(table), k=3)
        for lang in ("da", "en"):
            words = pd.DataFrame(in_words(table, lang))
            pd.testing.assert_frame_equal(recommender.recommend_table(words, k=3), ids)


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_files_are_streamed_the_same_whatever_their_headings(tmp_path: Path, suffix: str) -> None:
    recommender, written = fp.Recommender(CATALOGUE), []
    # The streamed form has one row per person, with ids in its cells.
    danish = {next(iter(in_words({name: []}, "da"))): values for name, values in WIDE.items()}
    for name, table in (("ids", WIDE), ("words", danish)):
        frame, path = pd.DataFrame(table), tmp_path / f"{name}.{suffix}"
        frame.to_csv(path, index=False) if suffix == "csv" else frame.to_parquet(path)
        fp.io.recommend_dataset(recommender, path, tmp_path / name, k=3)
        written.append(pd.read_parquet(tmp_path / name))
    pd.testing.assert_frame_equal(*written)
    assert len(written[0])
