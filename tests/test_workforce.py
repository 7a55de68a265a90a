from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from fagprofil.catalogue import Catalogue, load_catalogue
from fagprofil.errors import DataError, FagprofilError, Problem
from fagprofil.model import Completion, Employee, Evidence, Workforce
from fagprofil.workforce import people_of, workforce_of

Columns = dict[str, list[Any]]
Maker = Callable[[Columns], Any]

MAKERS: dict[str, Maker] = {
    "pandas": pd.DataFrame,
    "polars": lambda columns: pl.DataFrame(columns, strict=False),
    "pyarrow": pa.table,
}


@pytest.fixture(params=MAKERS)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def frame(kind: str) -> Maker:
    return MAKERS[kind]


def problems(table: Any, catalogue: Catalogue | None = None) -> tuple[Problem, ...]:
    with pytest.raises(DataError) as caught:
        people_of(table, catalogue)
    return caught.value.problems


def only(columns: Columns) -> Problem:
    (problem,) = problems(pd.DataFrame(columns))
    return problem


def read(**facts: Any) -> Employee:
    """The person of a table of one row."""
    (person,) = people_of(pd.DataFrame({"employee": ["a"], **{k: [v] for k, v in facts.items()}}))
    return person


def rated(**fields: Any) -> Columns:
    """One rating, with some fields as given."""
    row = {"employee": "a", "competence": "jobmatch", "level": 3, "kind": "self", **fields}
    return {name: [value] for name, value in row.items()}


# --- The same from every kind of table -----------------------------------------------------------

WHOLE: Columns = {
    "employee": ["e-1", "e-1", "e-2"],
    "unit": ["Vejle", "Vejle", None],
    "competence": ["virksomhedskontakt", "jobmatch", None],
    "level": [2, 3, None],
    "date": [dt.date(2026, 3, 1), dt.date(2026, 3, 2), None],
    "kind": ["self", "manager", None],
    "confidence": [0.5, None, None],
    "backgrounds": ["kommunom;hk-kontor", None, None],
    "profile": ["virksomhed:0.7+helhed:0.3", None, "basis"],
    "hired": [dt.date(2020, 1, 1), None, None],
    "employer": ["kommune", "kommune", "a-kasse"],
    "agreement": ["hk", "hk", None],
    "education_level": [5, None, None],
    "relevant_years": [2.5, None, None],
    "completed": ["kommunalret", None, None],
}
PEOPLE = (
    Employee(
        id="e-1",
        unit="Vejle",
        evidence=(
            Evidence(
                competence="virksomhedskontakt",
                level=2,
                kind="self",
                date=dt.date(2026, 3, 1),
                confidence=0.5,
            ),
            Evidence(competence="jobmatch", level=3, kind="manager", date=dt.date(2026, 3, 2)),
        ),
        backgrounds=("kommunom", "hk-kontor"),
        profile="virksomhed:0.7+helhed:0.3",
        hired=dt.date(2020, 1, 1),
        employer="kommune",
        agreement="hk",
        education_level=5,
        relevant_years=2.5,
        completed=(Completion(module="kommunalret"),),
    ),
    Employee(id="e-2", profile="basis", employer="a-kasse"),
)


def test_every_kind_of_table_gives_the_same_people(kind: str, frame: Maker) -> None:
    found = people_of(frame(WHOLE))
    assert found.employees == PEOPLE
    assert found.frame == kind


def test_only_the_ids_are_needed(frame: Maker) -> None:
    found = people_of(frame({"employee": ["b", "a", "b"]}))
    assert found.employees == (Employee(id="b"), Employee(id="a"))


def test_a_table_without_rows_has_no_people(frame: Maker) -> None:
    assert len(people_of(frame({"employee": []}))) == 0


def test_every_kind_of_table_gives_the_same_problems(frame: Maker) -> None:
    wrong = {
        "employee": ["a", None, "b"],
        "competence": ["jobmach", "jobmatch", "jobmatch"],
        "level": [3, 3, 6],
        "kind": ["selff", "self", "self"],
        "date": ["2026-03-01", None, "soon"],
    }
    found = problems(frame(wrong))
    assert [(x.where, x.field, x.suggestion) for x in found] == [
        ("row 1", "competence", "jobmatch"),
        ("row 1", "kind", "self"),
        ("row 2", "employee", None),
        ("row 3", "level", None),
        ("row 3", "date", None),
    ]
    # pandas holds numbers with holes as floats, so only whole columns keep their look.
    assert [x.value for x in found] == ["jobmach", "selff", None, "6", "soon"]
    assert "self, manager" in found[1].expected
    assert found[3].expected == "a whole number from 0 to 5"
    assert found[4].expected == "a date as 2026-03-01 or 01-03-2026"


# --- Missing values ------------------------------------------------------------------------------


@pytest.mark.parametrize("missing", [None, float("nan"), pd.NA, pd.NaT, np.nan, "", "  ", "\t"])
def test_every_kind_of_missing_value_is_unknown(missing: Any) -> None:
    facts = {name: missing for name in WHOLE if name != "employee"}
    assert read(**facts) == Employee(id="a")


def test_a_missing_id_is_a_problem_only_where_something_is_said() -> None:
    columns = {"employee": ["a", None, None], "unit": ["Vejle", None, "Vejen"]}
    (problem,) = problems(pd.DataFrame(columns))
    assert (problem.where, problem.field, problem.expected) == ("row 3", "employee", "an id")


def test_nullable_and_arrow_columns_of_pandas() -> None:
    table = pd.DataFrame(WHOLE).convert_dtypes()
    assert str(table["level"].dtype) == "Int64"
    assert people_of(table).employees == PEOPLE
    arrow = pd.DataFrame(WHOLE).convert_dtypes(dtype_backend="pyarrow")
    assert people_of(arrow).employees == PEOPLE
    table["date"] = pd.to_datetime(table["date"])
    assert people_of(table).employees == PEOPLE


# --- Columns -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        *(("unitt", "unit"), ("unti", "unit"), ("competance", "competence"), ("levl", "level")),
        *(("backgrund", "background"), ("profle", "profile"), ("confidense", "confidence")),
        *(("educationlevel", "education_level"), ("relevant-yers", "relevant_years")),
    ],
)
def test_a_misspelled_column_is_not_passed_over(name: str, meant: str) -> None:
    found = problems(pd.DataFrame({"employee": ["a"], name: ["x"]}))
    assert (found[0].where, found[0].field, found[0].value) == ("table", "column", name)
    assert found[0].suggestion == meant


@pytest.mark.parametrize("name", ["employe", "emplyee"])
def test_a_misspelled_id_column_is_named(name: str) -> None:
    found = problems(pd.DataFrame({name: ["a"]}))
    assert (found[0].expected, found[0].suggestion) == ("a column 'employee'", name)


def test_a_table_without_ids_says_which_columns_there_are() -> None:
    (problem,) = problems(pd.DataFrame({"x": [1], "yy": [2]}))
    assert (problem.value, problem.expected) == ("x, yy", "a column 'employee'")


@pytest.mark.parametrize(
    "name",
    [
        *("note", "navn", "email", "first_run", "phone", "initials", "score", "x", "", "2026"),
        *("comment", "office", "id", "employee_name"),
    ],
)
def test_other_columns_are_left_alone(name: str) -> None:
    assert people_of(pd.DataFrame({"employee": ["a"], name: ["?"]})).employees == (
        Employee(id="a"),
    )


def test_a_column_with_a_number_for_a_name_is_left_alone() -> None:
    table = pd.DataFrame([["a", "x"]], columns=["employee", 2026])
    assert people_of(table).employees == (Employee(id="a"),)


def test_a_column_that_stands_twice_is_a_problem() -> None:
    table = pd.DataFrame([["a", "Vejle", "Vejen"]], columns=["employee", "unit", "unit"])
    assert "unit" in str(problems(table))


@pytest.mark.parametrize("absent", ["competence", "level", "kind"])
def test_competence_level_and_kind_go_together(absent: str) -> None:
    columns = rated()
    del columns[absent]
    (problem,) = problems(pd.DataFrame(columns))
    assert (problem.value, problem.expected) == (absent, "competence, level and kind together")


# --- A person's own facts ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "units",
    [["Vejle"] * 3, ["Vejle", None, None], [None, "Vejle", ""], [None, " Vejle ", "Vejle"]],
)
def test_facts_stand_on_every_row_or_on_one(units: list[str | None]) -> None:
    found = people_of(pd.DataFrame({"employee": ["a"] * 3, "unit": units}))
    assert found.employees == (Employee(id="a", unit="Vejle"),)


def test_facts_that_conflict_are_told() -> None:
    columns = {
        "employee": ["a", "b", "a", "b"],
        "unit": ["Vejle", "Vejle", "Vejen", "Vejle"],
        "hired": ["2020-01-01", None, "01-01-2020", "2021-01-01"],
        "profile": ["basis", "basis", "basis", "helhed"],
    }
    found = problems(pd.DataFrame(columns))
    assert [(one.where, one.field, one.value) for one in found] == [
        ("row 3", "unit", "Vejen"),
        ("row 4", "profile", "helhed"),
    ]
    assert found[0].expected == "the same for a person on every row, as 'Vejle'"


def test_the_same_profile_with_other_spaces_is_no_conflict() -> None:
    columns = {"employee": ["a", "a"], "profile": ["basis", " basis "]}
    assert people_of(pd.DataFrame(columns))["a"].profile == "basis"


@pytest.mark.parametrize(
    ("field", "raw", "value"),
    [
        *(("unit", " Vejle ", "Vejle"), ("unit", 7, "7"), ("agreement", "3f", "3f")),
        *(("employer", "a-kasse", "a-kasse"), ("employer", " other ", "other")),
        *(("education_level", 1, 1), ("education_level", "8", 8), ("education_level", 5.0, 5)),
        *(("relevant_years", 0, 0), ("relevant_years", "2,5", 2.5), ("relevant_years", 70, 70)),
        *(("backgrounds", "kommunom", ("kommunom",)), ("backgrounds", [], ())),
        ("backgrounds", " kommunom ; hk-kontor;", ("kommunom", "hk-kontor")),
        ("backgrounds", "kommunom|hk-kontor", ("kommunom", "hk-kontor")),
        ("backgrounds", ["kommunom", "hk-kontor"], ("kommunom", "hk-kontor")),
        ("backgrounds", ("kommunom",), ("kommunom",)),
        ("completed", "kommunalret", (Completion(module="kommunalret"),)),
        ("completed", ["kommunalret"], (Completion(module="kommunalret"),)),
        *(("profile", "virksomhed+helhed", "virksomhed+helhed"), ("profile", "basis", "basis")),
        ("profile", {"virksomhed": 1, "helhed": 3}, {"virksomhed": 1, "helhed": 3}),
    ],
)
def test_a_fact_is_read(field: str, raw: Any, value: Any) -> None:
    assert getattr(read(**{field: raw}), field) == value


@pytest.mark.parametrize(
    ("field", "raw", "value", "expected", "suggestion"),
    [
        ("employer", "jobcenter", "jobcenter", "kommune, a-kasse, other", None),
        ("employer", "akasse", "akasse", "kommune, a-kasse, other", "a-kasse"),
        ("education_level", 9, "9", "a whole number from 1 to 8", None),
        ("education_level", 0, "0", "a whole number from 1 to 8", None),
        ("education_level", 5.5, "5.5", "a whole number from 1 to 8", None),
        ("education_level", "high", "high", "a whole number from 1 to 8", None),
        ("relevant_years", -1, "-1", "a number from 0 to 70", None),
        ("relevant_years", 71, "71", "a number from 0 to 70", None),
        ("relevant_years", math.inf, "inf", "a number from 0 to 70", None),
        ("relevant_years", "1.234,5", "1.234,5", "a number from 0 to 70", None),
        ("backgrounds", "komunom;hk-kontor", "komunom", "an id of the catalogue", "kommunom"),
        ("completed", "kommunalrett", "kommunalrett", "an id of the catalogue", "kommunalret"),
        ("profile", "virksomhet", "virksomhet", "a profile of the catalogue", "virksomhed"),
        ("hired", "32-01-2026", "32-01-2026", "a date as 2026-03-01 or 01-03-2026", None),
    ],
)
def test_a_wrong_fact_is_told_with_its_place(
    field: str, raw: Any, value: str, expected: str, suggestion: str | None
) -> None:
    problem = only({"employee": ["a"], field: [raw]})
    assert (problem.where, problem.field, problem.value) == ("row 1", field, value)
    assert (problem.expected, problem.suggestion) == (expected, suggestion)


def test_a_wrong_share_is_told_with_its_place() -> None:
    problem = only({"employee": ["a"], "profile": ["basis:0"]})
    assert (problem.where, problem.field, problem.value) == ("row 1", "profile", "basis:0")
    assert "share" in problem.expected


def test_an_agreement_is_a_slug() -> None:
    problem = only({"employee": ["a"], "agreement": ["HK Kommunal"]})
    assert (problem.where, problem.field) == ("row 1", "agreement")


@pytest.mark.parametrize("raw", [5, 2.5, dt.date(2026, 1, 1), {"virksomhed": None}, ["basis"]])
def test_what_can_be_no_profile_is_a_problem_of_its_row(raw: Any) -> None:
    problem = only({"employee": ["a"], "profile": [raw]})
    assert (problem.where, problem.field) == ("row 1", "profile")


def test_lists_in_cells(frame: Maker) -> None:
    columns = {
        "employee": ["a", "b", "c"],
        "backgrounds": [["kommunom", "hk-kontor"], ["kommunom"], None],
    }
    found = people_of(frame(columns))
    assert [one.backgrounds for one in found] == [("kommunom", "hk-kontor"), ("kommunom",), None]


def test_holes_in_a_list_are_passed_over() -> None:
    table = pa.table({"employee": ["a"], "backgrounds": [["kommunom", None]]})
    (person,) = people_of(table)
    assert person.backgrounds == ("kommunom",)


def test_arrays_in_cells_as_pandas_reads_them_from_parquet() -> None:
    two = np.array(["kommunom", "hk-kontor"])
    table = pd.DataFrame({"employee": ["a", "b"], "backgrounds": [two, two[:1]]})
    found = people_of(table)
    assert [one.backgrounds for one in found] == [("kommunom", "hk-kontor"), ("kommunom",)]


# --- Ids -----------------------------------------------------------------------------------------

#: Kept out of the lines that a traceback quotes; nobody's number.
SECRET = "010190-0000"


@pytest.mark.parametrize("column", ["employee", "unit"])
def test_a_cpr_number_is_refused_and_not_repeated(column: str) -> None:
    columns = {"employee": ["a", "b"], "unit": ["Vejle", "Vejle"]}
    columns[column][1] = SECRET
    with pytest.raises(DataError) as caught:
        people_of(pd.DataFrame(columns))
    (problem,) = caught.value.problems
    assert (problem.where, problem.field, problem.value) == ("row 2", column, None)
    assert "looks like a CPR number" in problem.expected
    assert SECRET not in str(caught.value)
    assert SECRET not in repr(caught.value)
    assert SECRET not in repr(caught.value.problems)


@pytest.mark.parametrize("number", [1_001_900_000, 101_900_000, 101_900_000.0])
def test_a_cpr_number_held_as_a_number_is_refused_too(number: float) -> None:
    """A spreadsheet drops the zero that the days 1 to 9 begin with."""
    problem = only({"employee": [number]})
    assert "looks like a CPR number" in problem.expected


@pytest.mark.parametrize("number", [999_888_777, 999_888_777.0])
def test_other_numbers_of_nine_digits_are_ids_as_they_are(number: float) -> None:
    table = pd.DataFrame({"employee": [number]})
    assert [one.id for one in people_of(table)] == ["999888777"]


@pytest.mark.parametrize("column", [name for name in WHOLE if name not in ("employee", "unit")])
def test_a_cpr_number_in_a_wrong_column_is_refused_and_not_repeated(column: str) -> None:
    """Columns that have changed places must not put numbers into a log."""
    columns = rated(date="2026-03-01", confidence=1)
    columns[column] = [SECRET]
    with pytest.raises(DataError) as caught:
        people_of(pd.DataFrame(columns))
    assert [one.field for one in caught.value.problems] == [column]
    assert SECRET not in str(caught.value)
    assert SECRET not in repr(caught.value.problems)


def test_numbers_are_ids_too(frame: Maker) -> None:
    assert [one.id for one in people_of(frame({"employee": [17, 4, 17]}))] == ["17", "4"]


def test_a_number_is_the_same_id_whether_the_column_has_holes_or_not() -> None:
    table = pd.DataFrame({"employee": [17, None, 4], "unit": ["Vejle", None, "Vejen"]})
    assert table["employee"].dtype == "float64"
    assert [one.id for one in people_of(table)] == ["17", "4"]


@pytest.mark.parametrize("raw", ["a" * 201])
def test_an_id_too_long_is_not_repeated(raw: str) -> None:
    problem = only({"employee": [raw]})
    assert (problem.where, problem.field, problem.value) == ("row 1", "employee", None)


# --- Ratings -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, {"level": 3, "confidence": 1.0, "date": None}),
        ({"level": "4"}, {"level": 4}),
        ({"level": "4,0"}, {"level": 4}),
        ({"level": 0}, {"level": 0}),
        ({"level": 5.0}, {"level": 5}),
        ({"confidence": "0,5"}, {"confidence": 0.5}),
        ({"confidence": 1}, {"confidence": 1.0}),
        ({"kind": " manager "}, {"kind": "manager"}),
        ({"competence": " jobmatch "}, {"competence": "jobmatch"}),
        ({"date": "2026-03-01"}, {"date": dt.date(2026, 3, 1)}),
        ({"date": "01-03-2026"}, {"date": dt.date(2026, 3, 1)}),
        ({"date": "1.3.2026"}, {"date": dt.date(2026, 3, 1)}),
        ({"date": "31/12/2025"}, {"date": dt.date(2025, 12, 31)}),
        ({"date": "2026-03-01T12:30:00"}, {"date": dt.date(2026, 3, 1)}),
        ({"date": "2026-03-01 12:30"}, {"date": dt.date(2026, 3, 1)}),
        ({"date": dt.date(2026, 3, 1)}, {"date": dt.date(2026, 3, 1)}),
        ({"date": dt.datetime(2026, 3, 1, 23, 59)}, {"date": dt.date(2026, 3, 1)}),
    ],
)
def test_a_rating_is_read(fields: dict[str, Any], expected: dict[str, Any]) -> None:
    (person,) = people_of(pd.DataFrame(rated(**fields)))
    (said,) = person.evidence
    assert {name: getattr(said, name) for name in expected} == expected


@pytest.mark.parametrize(
    ("fields", "field", "value"),
    [
        ({"level": 6}, "level", "6"),
        ({"level": -1}, "level", "-1"),
        ({"level": 2.5}, "level", "2.5"),
        ({"level": "high"}, "level", "high"),
        ({"confidence": 0}, "confidence", "0"),
        ({"confidence": 1.5}, "confidence", "1.5"),
        ({"confidence": "half"}, "confidence", "half"),
        ({"kind": "boss"}, "kind", "boss"),
        ({"competence": "jobmach"}, "competence", "jobmach"),
        ({"date": "2026-13-01"}, "date", "2026-13-01"),
        ({"date": "29-02-2026"}, "date", "29-02-2026"),
        ({"date": "01-03-26"}, "date", "01-03-26"),
        ({"date": 46082}, "date", "46082"),
        ({"date": "2026-03-01Tnoon"}, "date", "2026-03-01Tnoon"),
        ({"level": "0_3"}, "level", "0_3"),
    ],
)
def test_a_wrong_rating_is_told(fields: dict[str, Any], field: str, value: str) -> None:
    problem = only(rated(**fields))
    assert (problem.where, problem.field, problem.value) == ("row 1", field, value)


@pytest.mark.parametrize("absent", ["competence", "level", "kind"])
def test_half_a_rating_is_a_problem(absent: str) -> None:
    problem = only(rated(**{absent: None}))
    assert (problem.field, problem.value) == (absent, None)
    assert problem.expected.startswith("a value, since the row has others")


def test_a_date_without_a_rating_is_half_a_rating_too() -> None:
    found = problems(pd.DataFrame(rated(competence=None, level=None, kind=None, date="2026-03-01")))
    assert [one.field for one in found] == ["competence", "level", "kind"]


def test_the_same_is_said_once() -> None:
    columns = {
        "employee": ["a", "a", "a", "a", "b"],
        "competence": ["jobmatch"] * 5,
        "level": [3, 2, 3, 4, 3],
        "kind": ["self", "manager", "self", "self", "self"],
        "date": ["2026-03-01", "2026-03-01", "01-03-2026", "2026-03-02", "2026-03-01"],
    }
    (problem,) = problems(pd.DataFrame(columns))
    assert (problem.where, problem.field, problem.value) == ("row 3", "competence", "jobmatch")
    assert problem.expected == "one statement per person, kind and date"


def test_undated_ratings_are_the_same_statement_too() -> None:
    twice = {name: values * 2 for name, values in rated().items()}
    (problem,) = problems(pd.DataFrame(twice))
    assert problem.where == "row 2"


def test_all_bad_rows_are_told_at_once() -> None:
    wrong = {name: values * 50 for name, values in rated(competence="jobmach", level=9).items()}
    found = problems(pd.DataFrame(wrong))
    assert [one.where for one in found] == [f"row {n}" for n in range(1, 51) for _ in range(2)]
    assert [one.field for one in found] == ["competence", "level"] * 50


# --- Catalogues ----------------------------------------------------------------------------------


def test_names_are_looked_up_in_the_given_catalogue() -> None:
    documented = load_catalogue("fagprofiler-2019")
    table = pd.DataFrame({"employee": ["a"], "profile": ["fjerde-profil"]})
    assert people_of(table, documented)["a"].profile == "fjerde-profil"
    (problem,) = problems(table)
    assert problem.value == "fjerde-profil"


def test_an_edition_without_a_scale_takes_no_ratings() -> None:
    documented = load_catalogue("fagprofiler-2019")
    table = pd.DataFrame(rated(competence="organisatorisk-kendskab-og-kompetence"))
    (problem,) = problems(table, documented)
    assert (problem.where, problem.field) == ("row 1", "level")


def test_rows_can_be_called_otherwise() -> None:
    with pytest.raises(DataError) as caught:
        workforce_of({"employee": ["a", None], "unit": ["x", "y"]}, places=["line 5", "line 9"])
    assert caught.value.problems[0].where == "line 9"


# --- People who are no table ---------------------------------------------------------------------


def test_a_workforce_is_taken_as_it_is() -> None:
    people = Workforce(employees=PEOPLE)
    assert people_of(people) is people


@pytest.mark.parametrize("make", [list, tuple, iter, lambda some: (one for one in some)])
def test_people_come_in_any_iterable(make: Callable[[Any], Any]) -> None:
    assert people_of(make(PEOPLE)) == Workforce(employees=PEOPLE)
    assert people_of(make([])) == Workforce(employees=())


def test_people_with_the_same_id_are_named_each_as_a_problem() -> None:
    twice = [Employee(id="b"), Employee(id="a"), Employee(id="b"), Employee(id="a")]
    assert [(one.field, one.value) for one in problems(twice)] == [
        ("employee", "a"),
        ("employee", "b"),
    ]


@pytest.mark.parametrize(
    "other",
    [
        *("job7", b"job7", 5, None, {"employee": ["a"]}, ["a"], [PEOPLE[0], "a"], PEOPLE[0]),
        pl.LazyFrame({"employee": ["a"]}),
        pd.Series(["a"], name="employee"),
        np.array([["a"]]),
    ],
    ids=lambda other: type(other).__name__,
)
def test_what_holds_no_people_is_refused(other: Any) -> None:
    with pytest.raises(FagprofilError) as caught:
        people_of(other)
    assert f"'{type(other).__name__}'" in str(caught.value)
    assert "pandas, polars or pyarrow table" in str(caught.value)
