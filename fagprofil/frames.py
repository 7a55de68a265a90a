"""The one module that touches DataFrames; everything else sees columns as lists.

Other modules must not import pandas, polars, pyarrow or narwhals.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal

from fagprofil.errors import DataError, MissingExtra, Problem

__all__ = ["FrameKind", "columns_of", "frame_kind", "installed_kind", "is_frame", "to_native"]

FrameKind = Literal["pandas", "polars", "pyarrow"]
_KINDS: tuple[FrameKind, ...] = ("pandas", "polars", "pyarrow")


def installed_kind() -> FrameKind:
    """The first of pandas, polars, pyarrow that is installed.

    Raises
    ------
    MissingExtra
        None of them is.
    """
    for kind in _KINDS:
        if find_spec(kind):
            return kind
    raise MissingExtra("a table", "pandas, polars or pyarrow", "frames")


def is_frame(data: Any) -> bool:
    """Whether `data` is an eager table of a kind that is understood."""
    import narwhals.stable.v2 as nw

    return isinstance(nw.from_native(data, pass_through=True, eager_only=True), nw.DataFrame)


def frame_kind(data: Any) -> FrameKind | None:
    """The kind of a table, or None when it is of another kind that narwhals understands."""
    import narwhals.stable.v2 as nw

    name = nw.from_native(data, eager_only=True).implementation.name.lower()
    return next((kind for kind in _KINDS if kind == name), None)


def columns_of(data: Any) -> dict[str, list[Any]]:
    """A table's columns by name, as lists in which every kind of missing value is None."""
    import narwhals.stable.v2 as nw

    frame = nw.from_native(data, eager_only=True)
    return {
        str(name): [None if _missing(value) else value for value in frame[name].to_list()]
        for name in frame.columns
    }


def _missing(value: Any) -> bool:
    # NaN and NaT are the only values that differ from themselves; pandas' NA refuses to compare.
    return value is None or type(value).__name__ in ("NAType", "NaTType") or value != value


def to_native(columns: Mapping[str, Sequence[Any]], kind: FrameKind | None = None) -> Any:
    """A table of the kind asked for; by default the first kind that is installed.

    Columns keep their order; a column of only None becomes a column of text.
    """
    import narwhals.stable.v2 as nw

    schema = {name: _dtype(values) for name, values in columns.items()}
    filled = {name: list(values) for name, values in columns.items()}
    try:
        return nw.from_dict(filled, schema, backend=kind or installed_kind()).to_native()
    except ModuleNotFoundError:
        raise MissingExtra(f"a {kind} table", str(kind), "frames") from None


def _dtype(values: Sequence[Any]) -> Any:
    import narwhals.stable.v2 as nw

    kinds = {type(value) for value in values if value is not None}
    if kinds == {bool}:
        return nw.Boolean
    if kinds == {int}:
        return nw.Int64
    if kinds and kinds <= {int, float}:
        return nw.Float64
    return nw.String


def read_parquet(path: Path) -> Any:
    """A table from a Parquet file.

    Raises
    ------
    DataError
        Not a Parquet file.
    MissingExtra
        Neither pyarrow nor polars is installed.
    """
    import narwhals.stable.v2 as nw

    try:
        return nw.read_parquet(path, backend=_parquet_kind()).to_native()
    except MissingExtra:
        raise
    except Exception as error:
        # pyarrow and polars raise errors of their own kinds for a file that is not Parquet.
        raise DataError([Problem(path.name, "file", None, f"a Parquet file; {error}")]) from None


def write_parquet(frame: Any, path: Path) -> None:
    """Write a table as a Parquet file."""
    import narwhals.stable.v2 as nw

    nw.from_native(frame, eager_only=True).write_parquet(path)


def _parquet_kind() -> Literal["polars", "pyarrow"]:
    if find_spec("pyarrow"):
        return "pyarrow"
    if find_spec("polars"):
        return "polars"
    raise MissingExtra("reading Parquet", "pyarrow or polars", "frames")
