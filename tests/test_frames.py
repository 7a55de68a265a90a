from __future__ import annotations

import datetime as dt
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from fagprofil.errors import DataError, MissingExtra
from fagprofil.frames import (
    FrameKind,
    arrow_batch,
    columns_of,
    frame_kind,
    installed_kind,
    is_frame,
    read_parquet,
    to_native,
    write_parquet,
)

KINDS: dict[FrameKind, Any] = {"pandas": pd.DataFrame, "polars": pl.DataFrame, "pyarrow": pa.Table}
ALL = list(KINDS)


def uninstall(monkeypatch: pytest.MonkeyPatch, *packages: str) -> None:
    for name in packages:
        monkeypatch.setitem(sys.modules, name, None)


# --- What is a table -----------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ALL)
def test_the_kind_of_a_table_is_known(kind: FrameKind) -> None:
    table = to_native({"a": [1, 2]}, kind)
    assert isinstance(table, KINDS[kind])
    assert is_frame(table)
    assert frame_kind(table) == kind


@pytest.mark.parametrize("other", [None, 5, "a", {"a": [1]}, [1], np.zeros((2, 2))])
def test_other_things_are_no_tables(other: Any) -> None:
    assert not is_frame(other)


def test_a_lazy_table_and_a_single_column_are_no_tables() -> None:
    assert not is_frame(pl.LazyFrame({"a": [1]}))
    assert not is_frame(pd.Series([1]))
    assert not is_frame(pl.Series([1]))


# --- Out of a table ------------------------------------------------------------------------------


def test_every_kind_of_missing_value_becomes_none() -> None:
    holes = [None, float("nan"), np.nan, pd.NA, pd.NaT, np.datetime64("NaT")]
    table = pd.DataFrame({"a": pd.Series(["x", *holes], dtype=object)})
    assert columns_of(table) == {"a": ["x", *[None] * len(holes)]}


@pytest.mark.parametrize(
    ("values", "dtype"),
    [([1, None], "Int64"), ([True, None], "boolean"), (["a", None], "string")],
)
def test_nullable_columns_of_pandas(values: list[Any], dtype: str) -> None:
    table = pd.DataFrame({"a": pd.array(values, dtype=dtype)})
    assert columns_of(table) == {"a": values}


@pytest.mark.parametrize("kind", ALL)
def test_columns_keep_names_values_and_order(kind: FrameKind) -> None:
    columns = {"b": [1.5, None], "a": ["x", None], "c": [3, 4], "d": [True, False]}
    found = columns_of(to_native(columns, kind))
    assert found == columns
    assert list(found) == ["b", "a", "c", "d"]


def test_lists_in_cells_stay_lists() -> None:
    assert columns_of(pl.DataFrame({"a": [["x", "y"], [], None]})) == {"a": [["x", "y"], [], None]}
    assert columns_of(pa.table({"a": [["x"], None]})) == {"a": [["x"], None]}
    assert columns_of(pd.DataFrame({"a": [["x", "y"], None]})) == {"a": [["x", "y"], None]}


def test_arrays_in_cells_are_values_and_not_missing() -> None:
    table = pd.DataFrame({"a": [np.array(["x", "y"]), np.array(["x"]), None]})
    found = columns_of(table)["a"]
    assert [None if one is None else list(one) for one in found] == [["x", "y"], ["x"], None]


@pytest.mark.parametrize("kind", ALL)
def test_dates_stay_dates(kind: FrameKind) -> None:
    day = dt.date(2026, 3, 1)
    table = {"pandas": pd.DataFrame, "polars": pl.DataFrame, "pyarrow": pa.table}[kind]
    assert columns_of(table({"a": [day, None]})) == {"a": [day, None]}


@pytest.mark.parametrize(
    "table",
    [
        pd.DataFrame([[1, 2]], columns=["a", "a"]),
        pa.table([[1], [2]], names=["a", "a"]),
    ],
    ids=["pandas", "pyarrow"],
)
def test_a_name_of_two_columns_is_a_data_error(table: Any) -> None:
    assert is_frame(table)
    with pytest.raises(DataError, match="'a'"):
        columns_of(table)


# --- Into a table --------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ALL)
def test_ints_and_floats_together_are_floats(kind: FrameKind) -> None:
    found = columns_of(to_native({"a": [1, 2.5, None]}, kind))["a"]
    assert found == [1.0, 2.5, None]
    assert [type(one) for one in found[:2]] == [float, float]


@pytest.mark.parametrize("kind", ALL)
@pytest.mark.parametrize("values", [[1, None], [True, None], [False, None, True]])
def test_holes_in_a_column_stay_holes(kind: FrameKind, values: list[Any]) -> None:
    assert columns_of(to_native({"a": values}, kind)) == {"a": values}


@pytest.mark.parametrize("kind", ALL)
@pytest.mark.parametrize("values", [[None, None], []])
def test_a_column_of_nothing_is_a_column_of_text(kind: FrameKind, values: list[None]) -> None:
    table = to_native({"a": values, "b": [1] * len(values)}, kind)
    assert columns_of(table)["a"] == values
    text = {"pandas": ("object", "str", "string"), "polars": ("String",), "pyarrow": ("string",)}
    dtype = table.schema.field("a").type if kind == "pyarrow" else table["a"].dtype
    assert str(dtype) in text[kind]


def test_another_kind_says_which_are_known() -> None:
    with pytest.raises(DataError) as caught:
        to_native({"a": [1]}, "excel")  # type: ignore[arg-type]
    (problem,) = caught.value.problems
    assert (problem.field, problem.value) == ("kind", "excel")
    assert problem.expected == "one of 'pandas', 'polars', 'pyarrow'"


def test_the_first_installed_kind_is_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    found = [installed_kind()]
    assert isinstance(to_native({"a": [1]}), pd.DataFrame)
    uninstall(monkeypatch, "pandas")
    found.append(installed_kind())
    assert isinstance(to_native({"a": [1]}), pl.DataFrame)
    uninstall(monkeypatch, "polars")
    found.append(installed_kind())
    assert isinstance(to_native({"a": [1]}), pa.Table)
    assert found == ALL


def test_without_any_kind_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    uninstall(monkeypatch, *ALL)
    for attempt in (installed_kind, lambda: to_native({"a": [1]})):
        with pytest.raises(MissingExtra, match="pandas, polars or pyarrow") as caught:
            attempt()
        assert "pip install 'fagprofil[frames]'" in str(caught.value)


@pytest.mark.parametrize("kind", ["pandas", "pyarrow"])
def test_a_kind_that_is_not_installed_is_named(
    kind: FrameKind, monkeypatch: pytest.MonkeyPatch
) -> None:
    uninstall(monkeypatch, kind)
    with pytest.raises(MissingExtra, match=f"a {kind} table needs {kind}") as caught:
        to_native({"a": [1]}, kind)
    assert caught.value.extra == "frames"


def test_polars_that_is_not_installed_is_named() -> None:
    # Narwhals keeps hold of polars once it has seen it, so this needs a fresh interpreter.
    program = """
import sys
sys.modules["polars"] = None
from fagprofil.errors import MissingExtra
from fagprofil.frames import to_native
try:
    to_native({"a": [1]}, "polars")
except MissingExtra as error:
    print(error)
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.strip() == (
        "a polars table needs polars; install it with: pip install 'fagprofil[frames]'"
    )


# --- Parquet -------------------------------------------------------------------------------------


def test_parquet_keeps_what_was_written(tmp_path: Path) -> None:
    columns = {"a": ["x", "æ", None], "b": [1, 2, 3], "c": [0.5, None, 2.0]}
    write_parquet(columns, tmp_path / "a.parquet")
    assert columns_of(read_parquet(tmp_path / "a.parquet")) == columns


@pytest.mark.parametrize(("gone", "reader"), [((), "pyarrow"), (("pyarrow",), "polars")])
def test_parquet_is_read_by_what_is_installed(
    gone: tuple[str, ...], reader: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pl.DataFrame({"a": [1, 2]}).write_parquet(tmp_path / "a.parquet")
    uninstall(monkeypatch, *gone)
    table = read_parquet(tmp_path / "a.parquet")
    assert frame_kind(table) == reader
    assert columns_of(table) == {"a": [1, 2]}


def test_without_a_reader_of_parquet_the_extra_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    uninstall(monkeypatch, "pyarrow", "polars")
    with pytest.raises(MissingExtra, match="pyarrow or polars") as caught:
        read_parquet(tmp_path / "a.parquet")
    assert "pip install 'fagprofil[frames]'" in str(caught.value)


@pytest.mark.parametrize("gone", [(), ("pyarrow",)])
@pytest.mark.parametrize("content", [b"", b"PAR1", b"not parquet at all", b"PAR1" + b"\0" * 40])
def test_a_file_that_is_not_parquet_is_named(
    gone: tuple[str, ...], content: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    uninstall(monkeypatch, *gone)
    (tmp_path / "a.parquet").write_bytes(content)
    with pytest.raises(DataError, match=r"a\.parquet: file: expected a Parquet file"):
        read_parquet(tmp_path / "a.parquet")


def test_more_text_than_a_batch_holds_is_refused_and_not_cut() -> None:
    # Two of these are more than 2 GiB; they share their memory.
    text = pa.array(["x" * (1 << 30) + "x"])
    schema = pa.schema([("text", pa.string())])
    assert arrow_batch([{"text": text}], schema).num_rows == 1
    with pytest.raises(DataError, match="fewer people at once"):
        arrow_batch([{"text": text}, {"text": text}], schema)
