"""The one module that touches DataFrames; everything else sees columns as lists.

Only `fagprofil.frame_columns` beside it reads them, as arrays. Other modules must not import
pandas, polars, pyarrow or narwhals.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import import_module
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from fagprofil.errors import DataError, MissingExtra, Problem

__all__ = ["FrameKind", "columns_of", "frame_kind", "installed_kind", "is_frame", "to_native"]

if TYPE_CHECKING:
    import narwhals.stable.v2 as nw

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


def checked_kind(kind: FrameKind | None) -> FrameKind | None:
    """The kind asked for, if there is such a kind."""
    if kind is not None and kind not in _KINDS:
        expected = "one of 'pandas', 'polars', 'pyarrow'"
        raise DataError([Problem("table", "kind", str(kind), expected)])
    return kind


def is_frame(data: Any) -> bool:
    """Whether `data` is an eager table of a kind that is understood."""
    from narwhals.dependencies import is_into_dataframe

    return bool(is_into_dataframe(data))


def frame_kind(data: Any) -> FrameKind | None:
    """The kind of a table, or None when it is of another kind that narwhals understands."""
    name = wrapped(data).implementation.name.lower()
    return next((kind for kind in _KINDS if kind == name), None)


def columns_of(data: Any) -> dict[str, list[Any]]:
    """A table's columns by name, as lists in which every kind of missing value is None."""
    return {
        str(column.name): [_plain(value) for value in column.to_list()]
        for column in wrapped(data).iter_columns()
    }


def column_names(data: Any) -> list[str]:
    """The names of a table's columns."""
    return [str(name) for name in wrapped(data).columns]


def numbers_in(data: Any, column: str) -> NDArray[Any] | None:
    """A column of numbers, missing ones NaN where there are any; None for a column of others."""
    import narwhals.stable.v2 as nw

    series = wrapped(data)[column]
    if not isinstance(series.dtype, nw.dtypes.NumericType) or isinstance(series.dtype, nw.Decimal):
        return None
    if series.null_count():
        series = series.cast(nw.Float64)
    values = np.asarray(series.to_numpy())
    return values if values.dtype.kind in "iuf" else None


def coded_column(data: Any, column: str) -> tuple[NDArray[np.intp], list[Any]]:
    """A column as positions among its values, and these, in the order in which they first occur."""
    # With their types: 1, 1.0 and True are equal, but do not read the same.
    seen: dict[tuple[type, Any], int] = {}
    values = wrapped(data)[column].to_list()
    plain = (value if type(value) is str else _plain(value) for value in values)
    codes = [seen.setdefault((type(value), value), len(seen)) for value in plain]
    return np.array(codes, dtype=np.intp), [value for _, value in seen]


def series_of(data: Any, column: str) -> nw.Series[Any]:
    """A column as narwhals has it; for `fagprofil.frame_columns`."""
    return wrapped(data)[column]


def wrapped(data: Any) -> nw.DataFrame[Any]:
    """A table as narwhals has it; what it has already is left as it is.

    Raises
    ------
    DataError
        Two columns of one name.
    """
    import narwhals.stable.v2 as nw
    from narwhals.exceptions import DuplicateError

    try:
        return nw.from_native(data, eager_only=True)
    except DuplicateError as error:
        expected = f"columns of different names; {error}"
        raise DataError([Problem("table", "columns", None, expected)]) from None


def renamed(data: nw.DataFrame[Any], meant: Mapping[str, str]) -> nw.DataFrame[Any]:
    """A table with other names for some columns; none of them is there already."""
    changed = {name: new for name, new in meant.items() if name != new}
    return data.rename(changed) if changed else data


def _plain(value: Any) -> Any:
    """A value without its library: arrays as lists, every kind of missing as None."""
    if getattr(value, "ndim", 0):
        return value.tolist()
    # NaN and NaT are the only values that differ from themselves; pandas' NA refuses to compare.
    missing = type(value).__name__ in ("NAType", "NaTType") or value != value
    return None if missing else value


def to_native(columns: Mapping[str, Sequence[Any]], kind: FrameKind | None = None) -> Any:
    """A table of the kind asked for; by default the first kind that is installed.

    Columns keep their order; a column of only None becomes a column of text.
    """
    import narwhals.stable.v2 as nw

    chosen = checked_kind(kind) or installed_kind()
    schema = {name: _dtype(values, chosen) for name, values in columns.items()}
    filled = {name: list(values) for name, values in columns.items()}
    try:
        return nw.from_dict(filled, schema, backend=chosen).to_native()
    except ModuleNotFoundError:
        raise MissingExtra(f"a {chosen} table", chosen, "frames") from None


def _dtype(values: Sequence[Any], kind: FrameKind) -> Any:
    import narwhals.stable.v2 as nw

    kinds = {type(value) for value in values if value is not None}
    # The plain dtypes of pandas have no missing whole numbers and no missing truth values.
    holes = kind == "pandas" and any(value is None for value in values)
    if kinds == {bool}:
        return nw.Object if holes else nw.Boolean
    if kinds == {int}:
        return nw.Float64 if holes else nw.Int64
    if kinds and kinds <= {int, float}:
        return nw.Float64
    if kinds == {dt.date}:
        # pandas has no dates of its own, only times.
        return nw.Object if kind == "pandas" else nw.Date
    # The texts of pandas 2 have no missing ones: None would become the text "None".
    return nw.Object if holes and _pandas_version() < 3 else nw.String


@cache
def _pandas_version() -> int:
    return int(version("pandas").partition(".")[0])


class Texts(Protocol):
    """How columns are made; `texts_for_tables` says by what."""

    def take(self, values: Sequence[str | None], codes: NDArray[np.intp]) -> Any:
        """The column whose entries are the values at some positions."""
        ...

    def label(self, values: Sequence[str | None], codes: NDArray[np.intp]) -> Any:
        """The same for few values that repeat: each is kept once."""
        ...

    def join(self, columns: Sequence[Any], separator: str) -> Any:
        """Columns put together entry by entry; what is missing is passed over."""
        ...

    def numbers(self, column: NDArray[Any]) -> Any:
        """A column of numbers, in which NaN is missing."""
        ...

    def merged(self, column: Any, more: Sequence[str | None], order: NDArray[np.intp]) -> Any:
        """A column with more entries behind it, in another order."""
        ...


class PlainTexts:
    """Columns as lists."""

    def take(self, values: Sequence[str | None], codes: NDArray[np.intp]) -> list[str | None]:
        """The column whose entries are the values at some positions."""
        return [values[code] for code in codes.tolist()]

    label = take

    def join(self, columns: Sequence[Sequence[str | None]], separator: str) -> list[str]:
        """Columns put together entry by entry; what is missing is passed over."""
        return [
            separator.join(part for part in parts if part is not None)
            for parts in zip(*columns, strict=True)
        ]

    def merged(
        self, column: Sequence[str | None], more: Sequence[str | None], order: NDArray[np.intp]
    ) -> list[str | None]:
        """A column with more entries behind it, in another order."""
        return self.take([*column, *more], order)

    def numbers(self, column: NDArray[Any]) -> list[Any]:
        """A column of numbers, in which NaN is missing."""
        return [None if value != value else value for value in column.tolist()]


class ArrowTexts:
    """Columns as Arrow arrays, made without a Python object for each entry."""

    def take(self, values: Sequence[str | None], codes: NDArray[np.intp]) -> Any:
        """The column whose entries are the values at some positions."""
        import pyarrow as pa

        return pa.array(values, pa.string()).take(pa.array(codes))

    def label(self, values: Sequence[str | None], codes: NDArray[np.intp]) -> Any:
        """The same for few values that repeat: each is kept once."""
        import pyarrow as pa

        labels = sorted({value for value in values if value is not None})
        place: dict[str | None, int] = {value: i for i, value in enumerate(labels)}
        own = np.array([place.get(value, -1) for value in values], dtype=np.int32)
        at = own.take(codes)
        indices = pa.array(at, mask=at < 0 if (own < 0).any() else None)
        return pa.DictionaryArray.from_arrays(indices, pa.array(labels, pa.string()))

    def join(self, columns: Sequence[Any], separator: str) -> Any:
        """Columns put together entry by entry; what is missing is passed over."""
        import pyarrow.compute as pc

        return pc.binary_join_element_wise(*columns, separator, null_handling="skip")

    def merged(self, column: Any, more: Sequence[str | None], order: NDArray[np.intp]) -> Any:
        """A column with more entries behind it, in another order."""
        import pyarrow as pa

        behind = pa.array(more, pa.string())
        both = pa.concat_arrays([column.cast(pa.string()), behind]).take(pa.array(order))
        return both.dictionary_encode() if pa.types.is_dictionary(column.type) else both

    def numbers(self, column: NDArray[Any]) -> Any:
        """A column of numbers, in which NaN is missing."""
        import pyarrow as pa

        # In Arrow, unlike in pandas, what is missing is not NaN; a sum tells if there is one.
        return pa.array(column, from_pandas=bool(np.isnan(column.sum())))


def texts_for_tables() -> Texts:
    """Arrow's where it is installed, since it is many times faster."""
    return ArrowTexts() if _installed("pyarrow") else PlainTexts()


def arrow_schema(kinds: Mapping[str, type]) -> Any:
    """An Arrow schema from columns of `str`, `int` and `float`."""
    import pyarrow as pa

    arrow = {str: pa.string(), int: pa.int64(), float: pa.float64()}
    return pa.schema([(name, arrow[kind]) for name, kind in kinds.items()])


def arrow_batch(parts: Sequence[Mapping[str, Any]], schema: Any) -> Any:
    """One Arrow record batch of a schema, from parts whose columns are `Texts`.

    Raises
    ------
    DataError
        More text than one batch can hold.
    """
    import pyarrow as pa

    table = pa.concat_tables(pa.table(dict(one)) for one in parts).cast(schema).combine_chunks()
    batches = table.to_batches()
    if len(batches) > 1:
        expected = "fewer people at once: a column of the result holds more than 2 GiB of text"
        raise DataError([Problem("batch", "rows", str(table.num_rows), expected)])
    return batches[0] if batches else pa.RecordBatch.from_pylist([], schema=schema)


def arrow_frame(batch: Any) -> Any:
    """An Arrow table from a record batch or a table.

    Raises
    ------
    DataError
        Something else.
    MissingExtra
        pyarrow is not installed.
    """
    try:
        import pyarrow as pa
    except ModuleNotFoundError:
        raise MissingExtra("a record batch", "pyarrow", "frames") from None
    if isinstance(batch, pa.RecordBatch):
        return pa.Table.from_batches([batch])
    if isinstance(batch, pa.Table):
        return batch
    expected = "a pyarrow RecordBatch or Table"
    raise DataError([Problem("batch", "type", type(batch).__name__, expected)])


def stacked(parts: Sequence[Mapping[str, Any]], kind: FrameKind | None = None) -> Any:
    """A table of some kind from parts whose columns are `Texts`."""
    if not parts or not _installed("pyarrow"):
        names = list(parts[0]) if parts else []
        return to_native({name: [x for one in parts for x in one[name]] for name in names}, kind)
    import narwhals.stable.v2 as nw
    import pyarrow as pa

    # Each part has labels of its own.
    table = pa.concat_tables(pa.table(dict(one)) for one in parts).unify_dictionaries()
    chosen = checked_kind(kind) or installed_kind()
    return nw.from_arrow(table, backend=chosen).to_native()


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
        return nw.read_parquet(path, backend=_parquet_kind("reading Parquet")).to_native()
    except MissingExtra:
        raise
    except Exception as error:
        # pyarrow and polars raise errors of their own kinds for a file that is not Parquet.
        raise DataError([Problem(path.name, "file", None, f"a Parquet file; {error}")]) from None


def write_parquet(columns: Mapping[str, Sequence[Any]], path: Path) -> None:
    """Write columns as a Parquet file.

    Raises
    ------
    MissingExtra
        Neither pyarrow nor polars is installed.
    """
    import narwhals.stable.v2 as nw

    frame = to_native(columns, _parquet_kind("writing Parquet"))
    nw.from_native(frame, eager_only=True).write_parquet(path)


def _parquet_kind(needed_for: str) -> Literal["polars", "pyarrow"]:
    for kind in ("pyarrow", "polars"):
        if _installed(kind):
            return kind
    raise MissingExtra(needed_for, "pyarrow or polars", "frames")


def _installed(name: str) -> bool:
    try:
        import_module(name)
    except ImportError:
        return False
    return True
