"""Datasets, and reading them from other people's tables."""

from __future__ import annotations

import datetime as dt
import os
import pickle
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter
from worlds import examples, module, profile, small

import fagprofil as fp
from fagprofil.errors import DataError, FagprofilError, Problem
from fagprofil.evaluation.dataset import Dataset, read_interactions
from fagprofil.evaluation.strangers import as_slug, from_slug
from fagprofil.model import Status
from fagprofil.model.base import Slug

SHARED = Path(os.environ.get("FAGPROFIL_SHARED") or Path(__file__).parents[3] / "shared" / "data")
RATINGS = SHARED / "movielens" / "ratings.csv"
MOVIELENS = {"employee": "userId", "module": "movieId", "date": "timestamp"}

DAY = dt.date(2024, 3, 1)
FRAMES: Mapping[str, Callable[[Mapping[str, Any]], Any]] = {
    "pandas": pd.DataFrame,
    "polars": pl.DataFrame,
    "pyarrow": lambda columns: pa.table(dict(columns)),
}


@pytest.fixture(params=FRAMES)
def frame(request: pytest.FixtureRequest) -> Callable[[Mapping[str, Any]], Any]:
    return FRAMES[request.param]


def rows(**columns: Any) -> pd.DataFrame:
    """A table of one row for each date, of one person and module where these are not given."""
    count = max(map(len, columns.values()), default=1)
    base = {"employee": ["a"] * count, "module": ["x"] * count, "date": ["2024-03-01"] * count}
    return pd.DataFrame({**base, **columns}, dtype=object)


def world() -> fp.Catalogue:
    needs = {"c0": (2, 2, 1.0)}
    return small(
        2, ["c0"], [profile("job", needs), profile("other", needs)], [module("m0"), module("m1")]
    )


def problems(source: Any, **options: Any) -> tuple[Problem, ...]:
    with pytest.raises(DataError) as caught:
        read_interactions(source, **options)
    return caught.value.problems


def taken(data: Dataset) -> list[tuple[str, str, dt.date | None]]:
    return [(one.id, done.module, done.date) for one in data.people for done in one.completed]


# --- a dataset ----------------------------------------------------------------------------------


def test_a_dataset_tells_its_size_and_status() -> None:
    person = fp.Employee(id="a", completed=["m0", "m1"])
    data = Dataset("tiny", world(), (person,), Status.EDITORIAL)
    assert repr(data) == "<Dataset 'tiny': 1 person, 2 modules, 2 completions, editorial>"


def test_people_come_in_any_collection_and_cannot_be_changed() -> None:
    person = fp.Employee(id="a")
    data = Dataset("tiny", world(), [person], "synthetic", {"rows": 3})
    assert data.people == (person,)
    assert data.status is Status.SYNTHETIC
    with pytest.raises(TypeError, match="cannot be changed"):
        data.dropped["rows"] = 4
    with pytest.raises(AttributeError):
        data.people = ()
    assert pickle.loads(pickle.dumps(data)).dropped == {"rows": 3}


def test_everything_wrong_with_a_dataset_is_told_at_once() -> None:
    people = (
        fp.Employee(id="a", completed=["m0", "m11"]),
        fp.Employee(id="b", profile="jib"),
        fp.Employee(id="b"),
    )
    with pytest.raises(DataError) as caught:
        Dataset("wrong", world(), people, "made up")
    found = [(one.field, one.value, one.suggestion) for one in caught.value.problems]
    assert found == [
        ("status", "made up", None),
        ("employee", "b", None),
        ("completed", "m11", "m1"),
        ("profile", "jib", "job"),
    ]


def test_people_must_be_people_and_a_catalogue_a_catalogue() -> None:
    with pytest.raises(DataError, match="Employees"):
        Dataset("wrong", world(), ("a",), Status.DERIVED)
    with pytest.raises(DataError, match="a Catalogue"):
        Dataset("wrong", "reference", (), Status.DERIVED)


# --- tables -------------------------------------------------------------------------------------

COLUMNS = {
    "employee": ["b", "a", "b"],
    "module": ["m1", "m0", "m0"],
    "date": ["2024-03-01", "2024-04-01", None],
    "passed": [True, False, True],
    "useful": [0.5, None, 1.0],
    "gap_closed": [None, None, 0.0],
    "profile": ["job", "other", None],
    "remark": ["x", "y", "z"],
}
PEOPLE = (
    fp.Employee(
        id="b",
        profile="job",
        completed=(
            fp.Completion(module="m1", date=DAY, useful=0.5),
            fp.Completion(module="m0", useful=1.0, gap_closed=0.0),
        ),
    ),
    fp.Employee(
        id="a",
        profile="other",
        completed=(fp.Completion(module="m0", date=dt.date(2024, 4, 1), passed=False),),
    ),
)


def test_every_kind_of_frame_reads_the_same(frame: Callable[..., Any]) -> None:
    data = read_interactions(frame(COLUMNS), catalogue=world())
    assert data.people == PEOPLE
    assert (data.name, data.status, data.dropped) == ("interactions", Status.DERIVED, {})


@pytest.mark.parametrize("suffix", [".csv", ".xlsx", ".parquet"])
def test_every_kind_of_file_reads_the_same(tmp_path: Path, suffix: str) -> None:
    table, path = pd.DataFrame(COLUMNS), tmp_path / f"courses{suffix}"
    write = {".csv": table.to_csv, ".xlsx": table.to_excel, ".parquet": table.to_parquet}[suffix]
    write(path, index=False)
    data = read_interactions(path, catalogue=world())
    assert data.people == PEOPLE
    assert data.name == "courses"


def test_danish_csv(tmp_path: Path) -> None:
    path = tmp_path / "kurser.csv"
    path.write_bytes("employee;module;date;useful\nå;m0;1.3.2024;0,5\n".encode("cp1252"))
    (person,) = read_interactions(str(path), catalogue=world(), name="kurser 2024").people
    assert person == fp.Employee(
        id="å", completed=(fp.Completion(module="m0", date=DAY, useful=0.5),)
    )


def test_columns_under_other_names(frame: Callable[..., Any]) -> None:
    table = frame({"userId": [7, 7], "movieId": [31, 9], "timestamp": [1709251200, 1709337599]})
    data = read_interactions(table, columns=MOVIELENS)
    # Both seconds are of 1 March 2024 in UTC, the first and the last.
    assert taken(data) == [("7", "31", DAY), ("7", "9", DAY)]


@pytest.mark.parametrize("when", [dt.date(2024, 3, 1), dt.datetime(2024, 3, 1, 23, 59)])
def test_columns_of_dates(frame: Callable[..., Any], when: dt.date) -> None:
    data = read_interactions(frame({"employee": ["a"], "module": ["x"], "date": [when]}))
    assert taken(data) == [("a", "x", DAY)]


def test_ids_read_the_same_whatever_a_column_with_holes_makes_of_them() -> None:
    data = read_interactions(rows(employee=[7, 7.0, "7"], module=[31.0, "31", 31]))
    assert [one.id for one in data.people] == ["7"]
    assert {done.module for done in data.people[0].completed} == {"31"}


def test_a_person_takes_a_module_several_times() -> None:
    data = read_interactions(rows(passed=[False, True], date=["2024-03-01", "2024-03-01"]))
    assert [done.passed for done in data.people[0].completed] == [False, True]


@pytest.mark.parametrize(
    ("raw", "day"),
    [
        ("2024-03-01", DAY),
        ("2024-03-01T23:59:59", DAY),
        ("2024-03-01 10:00", DAY),
        ("01-03-2024", DAY),
        (dt.date(2024, 3, 1), DAY),
        (dt.datetime(2024, 3, 1, 23, 59), DAY),
        (pd.Timestamp("2024-03-01 12:00"), DAY),
        (1709251200, DAY),
        (1709251200.0, DAY),
        ("1709251200", DAY),
        ("1709251200.0", DAY),
        (100_000_000, dt.date(1973, 3, 3)),
        (253_402_300_799, dt.date(9999, 12, 31)),
        (None, None),
        ("  ", None),
    ],
)
def test_dates(raw: Any, day: dt.date | None) -> None:
    assert taken(read_interactions(rows(date=[raw]))) == [("a", "x", day)]


@pytest.mark.parametrize(
    "raw",
    [
        20240301,  # a date or a second in 1970
        "20240301",
        2024,
        45352,  # a spreadsheet's count of days
        99_999_999,
        253_402_300_800,
        1_709_251_200_000,  # milliseconds
        1779251200.5,
        -1779251200,
        True,
        "March",
        "2024-13-01",
    ],
)
def test_what_is_no_date_for_certain_is_refused(raw: Any) -> None:
    (one,) = problems(rows(date=[raw]))
    assert (one.where, one.field, one.value) == ("row 1", "date", str(raw))
    assert one.expected == "a date as 2026-03-01, or whole seconds since 1970 (nine digits or more)"


@pytest.mark.parametrize("raw", [True, 1, 1.0, "true", "True", "TRUE", " 1 "])
def test_what_is_passed(raw: Any) -> None:
    (person,) = read_interactions(rows(passed=[raw, "false"])).people
    assert [one.passed for one in person.completed] == [True, False]


@pytest.mark.parametrize("raw", [None, "", "yes", 2, 0.5, "bestået"])
def test_what_is_neither_passed_nor_not(raw: Any) -> None:
    (one,) = problems(rows(passed=[raw]))
    assert (one.field, one.expected) == ("passed", "true or false")


@pytest.mark.parametrize("column", ["useful", "gap_closed"])
@pytest.mark.parametrize("raw", [-0.1, 1.1, "high", True, "1_0", "inf"])
def test_outcomes_are_from_0_to_1(column: str, raw: Any) -> None:
    (one,) = problems(rows(**{column: [raw]}))
    assert (one.field, one.value, one.expected) == (column, str(raw), "a number from 0 to 1")


def test_every_wrong_row_is_told_in_the_order_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "courses.csv"
    path.write_text(
        "who,course,when,passed,useful\n"
        "a,m0,2024-03-01,true,2\n"
        "\n"
        ",m0,2024-03-01,true,\n"
        "b,m11,soon,maybe,\n"
    )
    names = {"employee": "who", "module": "course", "date": "when"}
    found = problems(path, columns=names, catalogue=world())
    assert [(one.where, one.field, one.value) for one in found] == [
        ("courses.csv line 2", "useful", "2"),
        ("courses.csv line 4", "who", None),
        ("courses.csv line 5", "course", "m11"),
        ("courses.csv line 5", "when", "soon"),
        ("courses.csv line 5", "passed", "maybe"),
    ]
    assert found[2].suggestion == "m1"


def test_what_may_be_a_persons_number_is_refused_and_not_repeated() -> None:
    number = "-".join(("010203", "1234"))
    found = problems(rows(employee=[number, 10203_1234], date=["2024-03-01", number]))
    assert [(one.where, one.field, one.value) for one in found] == [
        ("row 1", "employee", None),
        ("row 2", "employee", None),
        ("row 2", "date", None),
    ]
    assert "CPR" in found[0].expected


@pytest.mark.parametrize("raw", [None, "", b"x", 1.5, True, ["x"]])
def test_a_module_is_named_by_a_text_or_a_whole_number(raw: Any) -> None:
    (one,) = problems(rows(module=[raw]))
    assert (one.field, one.expected) == ("module", "an id as text or a whole number")


def test_values_that_are_equal_need_not_read_the_same() -> None:
    (one,) = problems(rows(module=[1, True, 1.0]))
    assert (one.where, one.value) == ("row 2", "True")


def test_columns_that_are_missing_or_misspelled() -> None:
    table = pd.DataFrame({"employe": ["a"], "module": ["x"], "date": [DAY], "pased": [True]})
    found = problems(table)
    assert [(one.value, one.suggestion) for one in found] == [
        ("employe, module, date, pased", "employe"),
        ("pased", "passed"),
    ]
    assert found[0].expected == "a column 'employee'"


def test_names_of_columns_that_are_not_there() -> None:
    found = problems(rows(), columns={"modul": "module", "useful": "rating"})
    assert [(one.field, one.suggestion) for one in found] == [
        ("modul", "module"),
        ("columns", None),
    ]
    assert found[1].expected == "a column 'rating'"


@pytest.mark.parametrize("source", [None, 3, {"employee": []}, pl.LazyFrame(COLUMNS)])
def test_what_is_no_table_is_refused(source: Any) -> None:
    (one,) = problems(source)
    assert one.expected == "a path, or a pandas, polars or pyarrow table"


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_interactions(tmp_path / "none.csv")
    (tmp_path / "courses.cvs").write_text("")
    (one,) = problems(tmp_path / "courses.cvs")
    assert (one.field, one.suggestion) == ("suffix", ".csv")


def test_wrong_options_are_told_at_once() -> None:
    found = problems(rows(), fewest=0, status="sorced", catalogue="reference")
    assert [one.field for one in found] == ["status", "fewest", "catalogue"]
    assert found[0].suggestion == "sourced"


# --- profiles -----------------------------------------------------------------------------------


def test_a_profile_may_stand_on_one_row_and_in_any_notation() -> None:
    table = rows(module=["m0"] * 3, profile=[None, "job:0.5+other:0.5", None])
    (person,) = read_interactions(table, catalogue=world()).people
    assert person.profile == "job:0.5+other:0.5"


def test_a_person_has_one_profile_and_the_catalogue_knows_it() -> None:
    table = rows(employee=["a", "a", "b"], module=["m0"] * 3, profile=["job", "other", "jib"])
    found = problems(table, catalogue=world())
    assert [(one.where, one.value) for one in found] == [("row 2", "other"), ("row 3", "jib")]
    assert found[0].expected == "the same for a person on every row, as 'job'"
    assert found[1].suggestion == "job"


def test_strangers_profiles_all_need_the_one_competence() -> None:
    table = rows(employee=["a", "b", "c"], profile=["HR", "nurse", None])
    data = read_interactions(table)
    assert [one.profile for one in data.people] == [as_slug("HR"), "nurse", None]
    assert {one.name.da for one in data.catalogue.profiles.values()} == {"HR", "nurse"}
    different = problems(rows(profile=["HR", "IT"]))
    assert different[0].value == "IT"
    assert different[0].expected == "the same for a person on every row, as 'HR'"


def test_without_a_catalogue_or_profiles_everybody_is_a_learner() -> None:
    assert [one.profile for one in read_interactions(rows()).people] == ["learner"]
    assert [
        one.profile for one in read_interactions(rows(module=["m0"]), catalogue=world()).people
    ] == [None]


# --- a catalogue of what is in the table --------------------------------------------------------


def test_everything_that_nobody_mapped_can_be_recommended_to_everybody() -> None:
    table = rows(employee=["a", "b", "b"], module=["Intro to R", "x", "y"])
    data = read_interactions(table, name="courses")
    catalogue = data.catalogue
    assert {one.title.in_("en") for one in catalogue.modules.values()} == {"Intro to R", "x", "y"}
    assert all(one.teaches is None for one in catalogue.modules.values())
    assert len(catalogue.taxonomy.competences) == 1
    assert catalogue.taxonomy.as_of == DAY
    recommender = fp.Recommender(catalogue, lambda task: task.gain)
    left_out = [
        {one.module for one in recommender.recommend(person).ineligible} for person in data.people
    ]
    assert left_out == [{as_slug("Intro to R")}, {"x", "y"}]  # what they have passed


@pytest.mark.parametrize("status", ["synthetic", "sourced", Status.OFFICIAL])
def test_records_that_are_made_say_where_they_come_from(status: Any) -> None:
    data = read_interactions(rows(), name="courses", status=status)
    origin = data.catalogue.modules["x"].provenance
    assert data.status == origin.status == data.catalogue.profiles["learner"].provenance.status
    assert origin.status == status
    assert origin.note is not None
    assert "'courses'" in origin.note


def test_a_table_without_rows_or_dates() -> None:
    empty = read_interactions(pd.DataFrame({"employee": [], "module": [], "date": []}))
    assert (empty.people, len(empty.catalogue.modules)) == ((), 0)
    assert taken(read_interactions(rows(date=[None]))) == [("a", "x", None)]


IDS = st.text(max_size=20) | st.from_regex(r"[a-z0-9b-]{1,9}", fullmatch=True)


@examples(300)
@given(IDS.filter(lambda text: 1 <= len(text.encode("utf-8", "surrogatepass")) <= 47))
def test_ids_of_any_form_read_back(text: str) -> None:
    if any("\ud800" <= one <= "\udfff" for one in text):
        with pytest.raises(DataError):
            as_slug(text)
        return
    slug = as_slug(text)
    assert TypeAdapter(Slug).validate_python(slug) == slug
    assert from_slug(slug) == text


def test_slugs_stay_as_they_are_unless_they_look_coded() -> None:
    for text in ("31", "intro-to-r", "b32", "b-32-x", "x" * 80):
        assert as_slug(text) == text
    assert as_slug("b32-injtcmbr") != as_slug("CS101") == "b32-injtcmbr"
    assert from_slug(as_slug("b32-injtcmbr")) == "b32-injtcmbr"


@pytest.mark.parametrize("text", ["", "X" * 48, "x" * 81])
def test_ids_that_are_empty_or_too_long(text: str) -> None:
    with pytest.raises(DataError, match="1 to 47 bytes"):
        as_slug(text)


@pytest.mark.parametrize("slug", ["b32-", "b32-1", "b32-abc", "b32-pr", "b32-74"])
def test_slugs_that_nobody_made(slug: str) -> None:
    with pytest.raises(DataError, match="as_slug writes it"):
        from_slug(slug)


# --- fewest -------------------------------------------------------------------------------------


def test_people_and_modules_with_few_rows_are_left_out_until_all_have_enough() -> None:
    pairs = ["ax", "ay", "av", "bx", "bw", "by", "cz", "cy", "dx", "dv"]
    table = rows(employee=[one[0] for one in pairs], module=[one[1] for one in pairs])
    data = read_interactions(table, fewest=2)
    # w and z go; then c; y is left with a and b; nothing more goes.
    assert [one[:2] for one in taken(data)] == [
        *(("a", one) for one in "xyv"),
        *(("b", one) for one in "xy"),
        *(("d", one) for one in "xv"),
    ]
    assert set(data.catalogue.modules) == set("xyv")
    assert data.dropped == {
        "people with fewer than 2 rows": 1,
        "modules with fewer than 2 rows": 2,
        "rows of these": 3,
    }
    assert read_interactions(table, fewest=4).people == ()


def naive_fewest(pairs: list[tuple[str, str]], fewest: int) -> list[tuple[str, str]]:
    while True:
        people, modules = (Counter(column) for column in zip(*pairs, strict=True))
        left = [one for one in pairs if people[one[0]] >= fewest and modules[one[1]] >= fewest]
        if left == pairs or not left:
            return left
        pairs = left


@examples(100)
@given(
    st.lists(st.tuples(st.sampled_from("abcde"), st.sampled_from("vwxyz")), min_size=1),
    st.integers(1, 4),
)
def test_fewest_agrees_with_counting_again_and_again(
    pairs: list[tuple[str, str]], fewest: int
) -> None:
    people, modules = zip(*pairs, strict=True)
    data = read_interactions(rows(employee=[*people], module=[*modules]), fewest=fewest)
    left = naive_fewest(pairs, fewest)
    assert sorted(one[:2] for one in taken(data)) == sorted(left)
    assert [one.id for one in data.people] == list(dict.fromkeys(one for one, _ in left))
    assert data.dropped.get("rows of these", 0) == len(pairs) - len(left)


def test_a_catalogue_that_is_given_stays_whole() -> None:
    table = rows(employee=["a", "b"], module=["m0", "m0"])
    data = read_interactions(table, catalogue=world(), fewest=2)
    assert data.people == ()
    assert set(data.catalogue.modules) == {"m0", "m1"}


# --- anything -----------------------------------------------------------------------------------

CELLS = st.sampled_from(
    [None, "", "a", "x", 1, 2.5, True, "2024-03-01", DAY, 1709251200, 1e300, -1, "ÅÆ ", ["x"]]
)


@examples(150)
@given(st.lists(st.tuples(*[CELLS] * 7), max_size=3))
def test_any_table_is_read_or_refused_with_our_own_error(cells: list[tuple[Any, ...]]) -> None:
    names = ["employee", "module", "date", "passed", "useful", "gap_closed", "profile"]
    table = pd.DataFrame(cells, columns=names, dtype=object)
    for catalogue in (None, world()):
        try:
            data = read_interactions(table, catalogue=catalogue)
        except FagprofilError:
            continue
        assert sum(len(one.completed) for one in data.people) == len(cells)


@pytest.mark.skipif(not RATINGS.exists(), reason="MovieLens is not here")
def test_movielens() -> None:
    data = read_interactions(RATINGS, columns=MOVIELENS)
    assert repr(data) == (
        "<Dataset 'ratings': 671 people, 9,066 modules, 100,004 completions, derived>"
    )
    fewer = read_interactions(RATINGS, columns=MOVIELENS, fewest=20)
    counts = Counter(done.module for one in fewer.people for done in one.completed)
    assert min(counts.values()) >= 20
    assert min(len(one.completed) for one in fewer.people) >= 20
    assert sum(counts.values()) == 100_004 - fewer.dropped["rows of these"]
