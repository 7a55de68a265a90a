from __future__ import annotations

import csv
import json
import os
import stat
import sys
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from fagprofil.errors import DataError, MissingExtra
from fagprofil.io import check_suffix, write_rows

COLUMNS = ("employee", "rank", "score", "module", "net_price")
ROWS: list[dict[str, Any]] = [
    {"employee": "æ-1", "rank": 1, "score": 2.5, "module": "a", "net_price": None, "more": "x"},
    {"employee": "b", "rank": 2, "score": -0.5, "module": None, "net_price": 2400.0, "more": "x"},
]
WANTED = [{name: row[name] for name in COLUMNS} for row in ROWS]


def cells(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def test_csv_round_trip(tmp_path: Path) -> None:
    path = tmp_path / "result.csv"
    write_rows(ROWS, COLUMNS, path)
    assert cells(path) == [
        list(COLUMNS),
        ["æ-1", "1", "2.5", "a", ""],
        ["b", "2", "-0.5", "", "2400.0"],
    ]
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")


def test_json_round_trip(tmp_path: Path) -> None:
    write_rows(ROWS, COLUMNS, tmp_path / "result.json")
    text = (tmp_path / "result.json").read_text(encoding="utf-8")
    assert json.loads(text) == WANTED
    assert "æ-1" in text
    assert text.endswith("]\n")


def test_parquet_round_trip(tmp_path: Path) -> None:
    write_rows(ROWS, COLUMNS, tmp_path / "result.parquet")
    table = pl.read_parquet(tmp_path / "result.parquet")
    assert table.columns == list(COLUMNS)
    assert table.to_dicts() == WANTED


@pytest.mark.parametrize("suffix", [".csv", ".json", ".parquet"])
def test_no_rows_are_a_file_with_columns_only(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"result{suffix}"
    write_rows([], COLUMNS, path)
    if suffix == ".csv":
        assert cells(path) == [list(COLUMNS)]
    elif suffix == ".json":
        assert json.loads(path.read_text(encoding="utf-8")) == []
    else:
        assert pl.read_parquet(path).columns == list(COLUMNS)


@pytest.mark.parametrize("suffix", [".csv", ".json", ".parquet"])
def test_columns_may_be_any_iterable_and_paths_a_text(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"result{suffix}"
    write_rows(ROWS, iter(COLUMNS), str(path))
    assert path.stat().st_size > 0


@pytest.mark.parametrize(
    "text", ["=1+1", "+45 12345678", "-2", "@SUM(A1)", "\t=1", "\r=1", '=HYPERLINK("http://x")']
)
def test_text_that_a_spreadsheet_would_run_is_neutralised(tmp_path: Path, text: str) -> None:
    write_rows([{"a": text, "b": "x=1"}], ["a", "b"], tmp_path / "r.csv")
    assert cells(tmp_path / "r.csv")[1] == ["'" + text, "x=1"]
    write_rows([{"a": text}], ["a"], tmp_path / "r.json")
    assert json.loads((tmp_path / "r.json").read_text(encoding="utf-8")) == [{"a": text}]


def test_numbers_below_zero_stay_numbers(tmp_path: Path) -> None:
    write_rows([{"a": -1.5, "b": -2}], ["a", "b"], tmp_path / "r.csv")
    assert cells(tmp_path / "r.csv")[1] == ["-1.5", "-2"]


@pytest.mark.parametrize("suffix", [".csv", ".json", ".parquet"])
def test_nothing_is_left_behind_when_writing_fails(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"result{suffix}"
    with pytest.raises(KeyError):
        write_rows([ROWS[0], {"employee": "c"}], COLUMNS, path)
    assert list(tmp_path.iterdir()) == []
    path.write_text("what was there", encoding="utf-8")
    with pytest.raises(KeyError):
        write_rows([ROWS[0], {"employee": "c"}], COLUMNS, path)
    assert [one.name for one in tmp_path.iterdir()] == [path.name]
    assert path.read_text(encoding="utf-8") == "what was there"


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="counts open files by Linux")
def test_no_file_stays_open(tmp_path: Path) -> None:
    before = len(list(Path("/proc/self/fd").iterdir()))
    for _ in range(20):
        write_rows([{"a": 1}], ["a"], tmp_path / "r.json")
    assert len(list(Path("/proc/self/fd").iterdir())) < before + 20


def test_an_older_file_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "result.csv"
    path.write_text("old\n" * 100, encoding="utf-8")
    write_rows([{"a": 1}], ["a"], path)
    assert cells(path) == [["a"], ["1"]]
    assert [one.name for one in tmp_path.iterdir()] == ["result.csv"]


@pytest.mark.skipif(os.name != "posix", reason="file modes of POSIX")
@pytest.mark.parametrize(("mask", "mode"), [(0o022, 0o644), (0o077, 0o600)])
def test_a_file_has_the_mode_of_any_new_file(tmp_path: Path, mask: int, mode: int) -> None:
    before = os.umask(mask)
    try:
        write_rows([{"a": 1}], ["a"], tmp_path / "r.csv")
        after = os.umask(mask)
    finally:
        os.umask(before)
    assert after == mask
    assert stat.S_IMODE((tmp_path / "r.csv").stat().st_mode) == mode


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="nowhere") as caught:
        write_rows([{"a": 1}], ["a"], tmp_path / "nowhere" / "r.csv")
    assert caught.value.problems[0].expected == "a folder that exists"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("name", "suffix"), [("a.csv", ".csv"), ("a.JSON", ".json")])
def test_a_known_suffix_is_given_back(name: str, suffix: str) -> None:
    assert check_suffix(Path(name)) == suffix


@pytest.mark.parametrize(
    ("name", "suffix", "suggestion"),
    [
        *(("r.cvs", ".cvs", ".csv"), ("r.parquett", ".parquett", ".parquet")),
        *(("r.ods", ".ods", None), ("r", "", None)),
    ],
)
def test_another_suffix_is_refused_before_anything_is_written(
    tmp_path: Path, name: str, suffix: str, suggestion: str | None
) -> None:
    with pytest.raises(DataError) as caught:
        write_rows(ROWS, COLUMNS, tmp_path / name)
    (problem,) = caught.value.problems
    assert (problem.field, problem.value, problem.suggestion) == ("suffix", suffix, suggestion)
    assert problem.expected == "one of .csv, .json, .parquet, .xlsx"
    assert list(tmp_path.iterdir()) == []


def test_without_any_writer_of_parquet_the_extra_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("pandas", "polars", "pyarrow"):
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(MissingExtra, match="pip install"):
        write_rows(ROWS, COLUMNS, tmp_path / "r.parquet")
    assert list(tmp_path.iterdir()) == []


def test_pandas_alone_cannot_write_parquet_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("polars", "pyarrow", "fastparquet"):
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(MissingExtra, match="pip install"):
        write_rows(ROWS, COLUMNS, tmp_path / "r.parquet")
    assert list(tmp_path.iterdir()) == []


def test_parquet_is_written_by_what_can(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pandas comes first, but without pyarrow only polars can write the file."""
    for name in ("pyarrow", "fastparquet"):
        monkeypatch.setitem(sys.modules, name, None)
    write_rows(ROWS, COLUMNS, tmp_path / "r.parquet")
    assert pl.read_parquet(tmp_path / "r.parquet").to_dicts() == WANTED
