from __future__ import annotations

import datetime as dt
import io
import json
import random
import sys
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from fagprofil.catalogue import load_catalogue
from fagprofil.errors import DataError, FagprofilError, MissingExtra, Problem
from fagprofil.frames import FrameKind
from fagprofil.io import read_workforce
from fagprofil.model import Employee, Evidence, Workforce

SUFFIXES = (".csv", ".xlsx", ".parquet", ".json")
RATED = "employee,unit,competence,level,date,kind,confidence\n"
ANNA = Employee(
    id="a",
    unit="Kærby",
    evidence=(
        Evidence(
            competence="jobmatch", level=3, kind="self", date=dt.date(2026, 3, 1), confidence=0.5
        ),
    ),
)


def written(folder: Path, content: str | bytes, name: str = "people.csv") -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def workbook(folder: Path, *rows: list[Any], name: str = "people.xlsx") -> Path:
    book = openpyxl.Workbook()
    for row in rows:
        book.worksheets[0].append(row)
    book.save(folder / name)
    book.close()
    return folder / name


def problems(path: Path) -> tuple[Problem, ...]:
    with pytest.raises(DataError) as caught:
        read_workforce(path)
    return caught.value.problems


def read_or_refuse(path: Path) -> Workforce | None:
    """The people, or None where one of our own errors refuses the file; others come out."""
    try:
        return read_workforce(path)
    except FagprofilError:
        return None


def ids(people: Workforce) -> list[str]:
    return [one.id for one in people]


# --- CSV -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("mark", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_csv_as_programs_write_it(tmp_path: Path, mark: str, encoding: str, newline: str) -> None:
    text = RATED + "a,Kærby,jobmatch,3,2026-03-01,self,0.5\n"
    content = text.replace(",", mark).replace("\n", newline).encode(encoding)
    people = read_workforce(written(tmp_path, content))
    assert people.employees == (ANNA,)
    assert people.frame is None


def test_csv_as_danish_excel_writes_it(tmp_path: Path) -> None:
    text = (
        "employee;unit;competence;level;date;kind;confidence\r\na;Kærby;jobmatch;3;01-03-2026;self;"
    )
    people = read_workforce(written(tmp_path, (text + "0,5\r\n").encode("cp1252")))
    assert people.employees == (ANNA,)


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("told", ["sep=;", "SEP=;", "\ufeffsep=;"])
def test_csv_with_excel_s_own_line_of_the_separator(
    tmp_path: Path, told: str, newline: str
) -> None:
    lines = [told, "employee;unit;employer", "a;Vejle, Nord;kommune", "b;;jobcenter", ""]
    (problem,) = problems(written(tmp_path, newline.join(lines)))
    assert (problem.where, problem.value) == ("people.csv line 4", "jobcenter")
    people = read_workforce(written(tmp_path, newline.join(lines[:3])))
    assert people["a"].unit == "Vejle, Nord"


def test_csv_with_empty_columns_to_the_right_as_excel_leaves_them(tmp_path: Path) -> None:
    people = read_workforce(written(tmp_path, "employee;unit;;\na;Kærby;;\nb;;;\n"))
    assert [(one.id, one.unit) for one in people] == [("a", "Kærby"), ("b", None)]


def test_the_names_of_columns_may_have_spaces_around_them(tmp_path: Path) -> None:
    assert read_workforce(written(tmp_path, "employee , unit\na, Vejle \n"))["a"].unit == "Vejle"


def test_a_path_may_be_a_text(tmp_path: Path) -> None:
    assert ids(read_workforce(str(written(tmp_path, "employee\na\n")))) == ["a"]


@pytest.mark.parametrize("suffix", [".CSV", ".Csv"])
def test_the_case_of_the_suffix_does_not_matter(tmp_path: Path, suffix: str) -> None:
    assert ids(read_workforce(written(tmp_path, "employee\na\n", f"people{suffix}"))) == ["a"]


def test_problems_have_the_line_of_the_file(tmp_path: Path) -> None:
    text = "employee,competence,level,kind\na,jobmach,3,self\nb,jobmatch,9,self\n"
    found = problems(written(tmp_path, text, "job7.csv"))
    assert [(one.where, one.field, one.value, one.suggestion) for one in found] == [
        ("job7.csv line 2", "competence", "jobmach", "jobmatch"),
        ("job7.csv line 3", "level", "9", None),
    ]


def test_a_line_is_that_of_the_file_also_after_a_cell_of_several_lines(tmp_path: Path) -> None:
    text = 'employee,note,employer\na,"one\ntwo\nthree",kommune\nb,,jobcenter\n'
    (problem,) = problems(written(tmp_path, text))
    # Line 1 is the header, lines 2 to 4 are the first person.
    assert (problem.where, problem.value) == ("people.csv line 5", "jobcenter")


def test_quoted_cells_keep_their_marks_and_lines(tmp_path: Path) -> None:
    people = read_workforce(written(tmp_path, 'employee,unit\n"a","Vejle, ""Nord""\nog Syd"\n'))
    assert people["a"].unit == 'Vejle, "Nord"\nog Syd'


def test_empty_lines_are_passed_over_but_counted(tmp_path: Path) -> None:
    text = "employee,employer\na,kommune\n\n,\n  ,  \nb,other\n"
    assert ids(read_workforce(written(tmp_path, text))) == ["a", "b"]
    assert ids(read_workforce(written(tmp_path, text + "\n\n"))) == ["a", "b"]
    (problem,) = problems(written(tmp_path, text.replace("other", "jobcenter")))
    assert problem.where == "people.csv line 6"


def test_short_and_long_rows_are_told(tmp_path: Path) -> None:
    found = problems(written(tmp_path, "employee,unit\na\nb,Vejle\nc,Vejle,x\nd,,\n"))
    assert [(one.where, one.field, one.value, one.expected) for one in found] == [
        ("people.csv line 2", "columns", "1", "2 columns as in the header"),
        ("people.csv line 4", "columns", "3", "2 columns as in the header"),
        ("people.csv line 5", "columns", "3", "2 columns as in the header"),
    ]


def test_a_column_that_stands_twice_is_told(tmp_path: Path) -> None:
    (problem,) = problems(written(tmp_path, "employee,unit,unit\na,x,y\n"))
    assert (problem.where, problem.field, problem.value) == ("people.csv", "column", "unit")
    assert problem.expected == "a name used once"


def test_a_file_with_a_header_only_has_no_people(tmp_path: Path) -> None:
    for text in ("employee", "employee,unit\n", "employee;unit\r\n\r\n"):
        assert len(read_workforce(written(tmp_path, text))) == 0


@pytest.mark.parametrize("content", [b"", b"\xef\xbb\xbf", b"\n"])
def test_an_empty_file_lacks_the_column_of_ids(tmp_path: Path, content: bytes) -> None:
    (problem,) = problems(written(tmp_path, content))
    assert problem.expected == "a column 'employee'"


def test_neither_utf_8_nor_windows(tmp_path: Path) -> None:
    (problem,) = problems(written(tmp_path, b"employee\n\x81\xff\n"))
    assert (problem.where, problem.field) == ("people.csv", "encoding")


def test_values_below_no_name_are_not_lost_in_silence(tmp_path: Path) -> None:
    (problem,) = problems(written(tmp_path, "employee,,unit\na,x,Vejle\n"))
    assert (problem.where, problem.field) == ("people.csv", "column")
    assert "a name above every column" in problem.expected


def test_a_very_long_cell_ends_in_our_own_error_or_is_left_alone(tmp_path: Path) -> None:
    path = written(tmp_path, "employee,note\na," + "x" * 200_000 + "\n")
    people = read_or_refuse(path)
    assert people is None or ids(people) == ["a"]


# --- Excel ---------------------------------------------------------------------------------------


def test_excel_with_real_dates_and_numbers(tmp_path: Path) -> None:
    header = RATED.strip().split(",")
    row = ["a", "Kærby", "jobmatch", 3, dt.datetime(2026, 3, 1), "self", 0.5]
    assert read_workforce(workbook(tmp_path, header, row)).employees == (ANNA,)
    row[4] = dt.date(2026, 3, 1)
    assert read_workforce(workbook(tmp_path, header, row)).employees == (ANNA,)


def test_excel_with_texts_as_a_form_leaves_them(tmp_path: Path) -> None:
    header = RATED.strip().split(",")
    row = ["a", "Kærby", "jobmatch", "3", "01-03-2026", "self", "0,5"]
    assert read_workforce(workbook(tmp_path, header, row)).employees == (ANNA,)


def test_excel_ids_may_be_numbers(tmp_path: Path) -> None:
    path = workbook(tmp_path, ["employee", "unit"], [17, "Vejle"], [17, None], [4.0, None])
    assert ids(read_workforce(path)) == ["17", "4"]


def test_nought_is_an_id_and_no_empty_row(tmp_path: Path) -> None:
    assert ids(read_workforce(workbook(tmp_path, ["employee"], [0], [None], [1]))) == ["0", "1"]


def test_excel_formulas_are_read_as_what_they_came_to(tmp_path: Path) -> None:
    header = ["employee", "competence", "level", "kind"]
    whole = workbook(tmp_path, header, ["a", "jobmatch", "=1+2", "self"], name="whole.xlsx")
    path = tmp_path / "people.xlsx"
    with zipfile.ZipFile(whole) as given, zipfile.ZipFile(path, "w") as computed:
        for name in given.namelist():
            # Excel keeps the value beside the formula; openpyxl writes the formula alone.
            content = given.read(name)
            if name.endswith("sheet1.xml"):
                assert content.count(b"<v />") + content.count(b"<v></v>") == 1
                content = content.replace(b"<v />", b"<v>3</v>").replace(b"<v></v>", b"<v>3</v>")
            computed.writestr(name, content)
    assert read_workforce(path)["a"].evidence[0].level == 3


def test_excel_passes_over_empty_rows_and_cells_to_the_right(tmp_path: Path) -> None:
    rows = [["employee", "employer", None], ["a", "kommune", None], [None, None], ["b", "x"]]
    (problem,) = problems(workbook(tmp_path, *rows))
    assert (problem.where, problem.value) == ("people.xlsx line 4", "x")
    path = workbook(tmp_path, *rows[:3], ["b"], [None, None, None], [" ", ""])
    assert ids(read_workforce(path)) == ["a", "b"]


def test_an_excel_column_without_a_name_does_not_move_the_others(tmp_path: Path) -> None:
    path = workbook(tmp_path, ["employee", None, "unit"], ["a", "Anna", "Vejle"])
    people = read_or_refuse(path)
    assert people is None or people["a"].unit == "Vejle"


def test_the_first_sheet_is_read(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.worksheets[0].append(["employee"])
    book.worksheets[0].append(["a"])
    book.create_sheet("Noter").append(["not", "people"])
    book.save(tmp_path / "people.xlsx")
    assert ids(read_workforce(tmp_path / "people.xlsx")) == ["a"]


def test_an_empty_sheet_lacks_the_column_of_ids(tmp_path: Path) -> None:
    (problem,) = problems(workbook(tmp_path))
    assert problem.expected == "a column 'employee'"
    assert len(read_workforce(workbook(tmp_path, ["employee"]))) == 0


def test_a_column_that_stands_twice_in_excel_is_told(tmp_path: Path) -> None:
    (problem,) = problems(workbook(tmp_path, ["employee", "unit", "unit"], ["a", "x", "y"]))
    assert (problem.where, problem.value) == ("people.xlsx", "unit")


def test_without_openpyxl_the_extra_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = workbook(tmp_path, ["employee"])
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    with pytest.raises(MissingExtra, match="reading Excel needs openpyxl") as caught:
        read_workforce(path)
    assert "pip install 'fagprofil[frames]'" in str(caught.value)


# --- Parquet, JSON and tables --------------------------------------------------------------------

COLUMNS = {
    "employee": ["a"],
    "unit": ["Kærby"],
    "competence": ["jobmatch"],
    "level": [3],
    "date": [dt.date(2026, 3, 1)],
    "kind": ["self"],
    "confidence": [0.5],
}


def test_parquet(tmp_path: Path) -> None:
    path = tmp_path / "people.parquet"
    pl.DataFrame(COLUMNS).write_parquet(path)
    assert read_workforce(path).employees == (ANNA,)
    pd.DataFrame(COLUMNS).to_parquet(path)
    assert read_workforce(path).employees == (ANNA,)


def test_problems_have_the_row_of_a_parquet_file(tmp_path: Path) -> None:
    path = tmp_path / "people.parquet"
    wrong = {"employee": ["a", "b"], "employer": ["jobcenter", "kommune"]}
    pl.DataFrame(wrong).write_parquet(path)
    (problem,) = problems(path)
    # There is no header to count.
    assert problem.where.startswith("people.parquet ")
    assert problem.where.endswith(" 1")


def test_parquet_with_lists_and_structs(tmp_path: Path) -> None:
    table = pl.DataFrame(
        {
            "employee": ["a", "b"],
            "backgrounds": [["kommunom", "hk-kontor"], None],
            "profile": [{"virksomhed": 0.7, "helhed": 0.3}, None],
        }
    )
    table.write_parquet(tmp_path / "people.parquet")
    anna, bo = read_workforce(tmp_path / "people.parquet")
    assert anna.backgrounds == ("kommunom", "hk-kontor")
    assert anna.profile == {"virksomhed": 0.7, "helhed": 0.3}
    assert bo == Employee(id="b")


def test_without_a_reader_of_parquet_the_extra_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(tmp_path, b"PAR1", "people.parquet")
    for name in ("pyarrow", "polars"):
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(MissingExtra, match="reading Parquet"):
        read_workforce(path)


def test_json_is_a_workforce(tmp_path: Path) -> None:
    people = Workforce(employees=(ANNA, Employee(id="b")), frame="polars")
    path = written(tmp_path, people.model_dump_json(), "people.json")
    assert read_workforce(path) == people
    assert read_workforce(path, frame="pandas").frame == "pandas"


def test_json_is_checked_against_the_catalogue(tmp_path: Path) -> None:
    anna = {"id": "a", "profile": "virksomhet", "completed": ["kommunalrett"]}
    path = written(tmp_path, json.dumps({"employees": [anna]}), "people.json")
    assert [(one.where, one.field, one.suggestion) for one in problems(path)] == [
        ("employee 'a'", "completed", "kommunalret"),
        ("employee 'a'", "profile", "virksomhed"),
    ]
    # The edition of 2019 knows neither, but has the profile that the reference edition has not.
    fourth = json.dumps({"employees": [{"id": "a", "profile": "fjerde-profil"}]})
    path = written(tmp_path, fourth, "people.json")
    assert ids(read_workforce(path, load_catalogue("fagprofiler-2019"))) == ["a"]
    assert problems(path)[0].value == "fjerde-profil"


def test_wrong_fields_of_json_are_told_with_their_place(tmp_path: Path) -> None:
    people = [{"id": "a", "employer": "jobcenter"}, {"id": "b", "relevant_years": -1}]
    found = problems(written(tmp_path, json.dumps({"employees": people}), "people.json"))
    assert [(one.where, one.field, one.value) for one in found] == [
        ("people.json", "employees.0.employer", "jobcenter"),
        ("people.json", "employees.1.relevant_years", "-1"),
    ]
    twice = json.dumps({"employees": [{"id": "a"}, {"id": "a"}]})
    (problem,) = problems(written(tmp_path, twice, "people.json"))
    assert (problem.field, problem.value) == ("employee", "a")


@pytest.mark.parametrize(
    "content", ["", "[]", "5", '{"employees": 5}', '{"people": []}', '{"employees": [{"id": "x"']
)
def test_json_that_is_no_workforce_is_named(tmp_path: Path, content: str) -> None:
    assert problems(written(tmp_path, content, "people.json"))[0].where == "people.json"


@pytest.mark.parametrize("kind", ["pandas", "polars", "pyarrow"])
def test_a_table_says_in_which_kind_results_come_back(kind: FrameKind) -> None:
    table = {"pandas": pd.DataFrame, "polars": pl.DataFrame, "pyarrow": pa.table}[kind](COLUMNS)
    assert read_workforce(table) == Workforce(employees=(ANNA,), frame=kind)
    assert read_workforce(table, frame="pyarrow").frame == "pyarrow"


def test_the_kind_of_table_can_be_asked_for_with_a_file(tmp_path: Path) -> None:
    assert read_workforce(written(tmp_path, "employee\na\n"), frame="polars").frame == "polars"


def test_a_kind_of_table_that_there_is_not_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="'excel': expected one of 'pandas', 'polars', 'pyarrow'"):
        read_workforce(written(tmp_path, "employee\na\n"), frame="excel")


# --- Files that are not right --------------------------------------------------------------------


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_missing_file_is_named(tmp_path: Path, suffix: str) -> None:
    with pytest.raises(FileNotFoundError, match=f"no file .*people{suffix}"):
        read_workforce(tmp_path / f"people{suffix}")


@pytest.mark.parametrize(
    ("name", "suffix", "suggestion"),
    [
        *(("people.xls", ".xls", ".xlsx"), ("people.cvs", ".cvs", ".csv")),
        *(("people.txt", ".txt", None), ("people", "", None), ("people.pdf", ".pdf", None)),
    ],
)
def test_another_suffix_says_which_are_known(
    tmp_path: Path, name: str, suffix: str, suggestion: str | None
) -> None:
    (problem,) = problems(written(tmp_path, b"", name))
    assert (problem.where, problem.field, problem.value) == (name, "suffix", suffix)
    assert all(known in problem.expected for known in SUFFIXES)
    assert problem.suggestion == suggestion


def good(suffix: str) -> bytes:
    """A file with people, of each kind."""
    buffer = io.BytesIO()
    if suffix == ".csv":
        return (RATED + "a,Kærby,jobmatch,3,2026-03-01,self,0.5\n" * 3).encode()
    if suffix == ".json":
        return Workforce(employees=(ANNA,)).model_dump_json().encode()
    if suffix == ".parquet":
        pl.DataFrame(COLUMNS).write_parquet(buffer)
        return buffer.getvalue()
    book = openpyxl.Workbook()
    for row in (list(COLUMNS), [values[0] for values in COLUMNS.values()]):
        book.worksheets[0].append(row)
    book.save(buffer)
    return buffer.getvalue()


@pytest.mark.parametrize("suffix", [".xlsx", ".parquet", ".json"])
@pytest.mark.parametrize(
    "content", [b"", b"garbage", b"PK\x03\x04 not a zip", b"PAR1", b"\xff\xfe\x00"]
)
def test_a_broken_file_is_named(tmp_path: Path, suffix: str, content: bytes) -> None:
    found = problems(written(tmp_path, content, f"people{suffix}"))
    assert found[0].where == f"people{suffix}"


@pytest.mark.filterwarnings("ignore::UserWarning:openpyxl")
@pytest.mark.parametrize(
    "part", ["[Content_Types].xml", "xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/styles.xml"]
)
@pytest.mark.parametrize("content", [None, b"", b"<a><b>", b"<a/>"])
def test_a_workbook_with_a_broken_part_ends_in_our_own_error(
    tmp_path: Path, part: str, content: bytes | None
) -> None:
    """Another program, or a download that broke off, can leave a zip file with wrong parts."""
    path = tmp_path / "people.xlsx"
    with (
        zipfile.ZipFile(io.BytesIO(good(".xlsx"))) as whole,
        zipfile.ZipFile(path, "w") as broken,
    ):
        for name in whole.namelist():
            if name != part:
                broken.writestr(name, whole.read(name))
            elif content is not None:
                broken.writestr(name, content)
    people = read_or_refuse(path)
    assert people is None or people.employees in ((ANNA,), ())


def test_the_whole_file_is_not_repeated_by_the_error(tmp_path: Path) -> None:
    text = '{"employees": [{"id": "a", "unit": "Confidential"}'
    with pytest.raises(DataError) as caught:
        read_workforce(written(tmp_path, text, "people.json"))
    assert "Confidential" not in str(caught.value)


#: Nobody's number.
SECRET = "010190-0000"


@pytest.mark.parametrize("field", ["employee", "unit"])
@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_cpr_number_is_refused_and_not_repeated(tmp_path: Path, suffix: str, field: str) -> None:
    row = {"employee": "a", "unit": "Vejle", field: SECRET}
    path = tmp_path / f"people{suffix}"
    if suffix == ".csv":
        written(tmp_path, f"employee,unit\n{row['employee']},{row['unit']}\n")
    elif suffix == ".xlsx":
        workbook(tmp_path, list(row), list(row.values()))
    elif suffix == ".parquet":
        pl.DataFrame([row]).write_parquet(path)
    else:
        people = {"employees": [{"id": row["employee"], "unit": row["unit"]}]}
        written(tmp_path, json.dumps(people), path.name)
    with pytest.raises(DataError) as caught:
        read_workforce(path)
    assert "looks like a CPR number" in str(caught.value)
    assert SECRET not in str(caught.value)
    assert SECRET not in repr(caught.value)
    assert SECRET not in repr(caught.value.problems)


@pytest.mark.filterwarnings("ignore::UserWarning:openpyxl")
@pytest.mark.parametrize("suffix", SUFFIXES)
def test_only_our_own_errors_come_out_of_damaged_files(tmp_path: Path, suffix: str) -> None:
    draw = random.Random(suffix)
    whole = good(suffix)
    path = tmp_path / f"people{suffix}"
    contents = [draw.randbytes(draw.randrange(1, 200)) for _ in range(30)]
    contents += [whole[: draw.randrange(len(whole))] for _ in range(30)]
    for _ in range(60):
        damaged = bytearray(whole)
        for _ in range(draw.randrange(1, 4)):
            damaged[draw.randrange(len(damaged))] = draw.randrange(256)
        contents.append(bytes(damaged))
    refused = 0
    for content in contents:
        path.write_bytes(content)
        refused += read_or_refuse(path) is None
    assert refused >= 50
