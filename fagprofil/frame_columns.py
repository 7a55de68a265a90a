"""Columns of tables as arrays, so that each of their distinct values is looked at once.

Beside `fagprofil.frames` the one module that touches DataFrames. Arrow does the work where it is
installed; without it the same is found value by value.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING, Any, overload

import numpy as np
from numpy.typing import NDArray

from fagprofil.frames import coded_column, numbers_in, series_of

__all__ = ["Coded", "Strings", "coded_in", "days_in", "doubtful", "numbers_or_nan", "pieces_of"]

if TYPE_CHECKING:
    import narwhals.stable.v2 as nw

Positions = NDArray[np.intp]


class Strings(Sequence[str]):
    """Texts in an Arrow array; Python's own are made only where one of them is asked for.

    Parameters
    ----------
    array
        An Arrow array of text in which nothing is missing.
    """

    def __init__(self, array: Any) -> None:
        self.array = array

    @cached_property
    def _listed(self) -> list[str]:
        listed: list[str] = self.array.to_pylist()
        return listed

    def __len__(self) -> int:
        return len(self.array)

    @overload
    def __getitem__(self, at: int) -> str: ...
    @overload
    def __getitem__(self, at: slice) -> Strings: ...
    def __getitem__(self, at: int | slice) -> str | Strings:
        return Strings(self.array[at]) if isinstance(at, slice) else self._listed[at]

    def __iter__(self) -> Iterator[str]:
        return iter(self._listed)

    def __arrow_array__(self, type: Any = None) -> Any:  # noqa: A002 (Arrow's own name)
        return self.array if type is None else self.array.cast(type)


@dataclass(frozen=True, eq=False)
class Coded:
    """A column as positions among its values.

    Attributes
    ----------
    codes
        The position of each entry's value, -1 where it is missing.
    values
        The distinct values in the order in which they first occur; none of them is missing.
    """

    codes: Positions
    values: Sequence[Any]

    def without(self, missing: Collection[int]) -> Coded:
        """The same with some values taken as missing."""
        if not missing:
            return self
        kept = np.ones(len(self.values), dtype=np.bool_)
        kept[list(missing)] = False
        # One place more, for entries that are missing already.
        place = np.append(np.where(kept, np.cumsum(kept) - 1, -1), -1)
        return Coded(place[self.codes], _where(kept, self.values))


def _where(kept: NDArray[np.bool_], values: Sequence[Any]) -> Sequence[Any]:
    if isinstance(values, Strings):
        return Strings(values.array.filter(kept))
    return [value for value, keep in zip(values, kept, strict=True) if keep]


def coded_in(data: Any, column: str) -> Coded:
    """A column as positions among its values; what is blank is not missing here.

    Raises
    ------
    TypeError
        Lists in cells.
    """
    array = _arrow(series_of(data, column))
    if array is not None:
        return _coded(array)
    codes, values = coded_column(data, column)
    return Coded(codes, values).without([i for i, one in enumerate(values) if one is None])


def _arrow(series: nw.Series[Any]) -> Any:
    """A column of text or numbers as an Arrow array; None for others, and without Arrow."""
    import narwhals.stable.v2 as nw

    texts = (nw.String, nw.Categorical, nw.Enum, nw.Unknown)
    if not isinstance(series.dtype, (*texts, nw.dtypes.IntegerType, nw.dtypes.FloatType)):
        return None
    try:
        import pyarrow as pa
        import pyarrow.types as pt

        array = series.to_arrow()
        if pt.is_dictionary(array.type):
            array = array.cast(array.type.value_type)
        if pt.is_string_view(array.type):
            array = array.cast(pa.large_string())
    except (ImportError, TypeError, ValueError):
        # ValueError is what Arrow's own errors are, and text that is no Unicode.
        return None
    numbers = (pt.is_integer, pt.is_float32, pt.is_float64)
    kinds = (pt.is_string, pt.is_large_string, pt.is_null, *numbers)
    plain = isinstance(array, pa.Array) and any(is_kind(array.type) for is_kind in kinds)
    return array if plain else None


def _coded(array: Any) -> Coded:
    import pyarrow.types as pt

    if pt.is_null(array.type):
        return Coded(np.full(len(array), -1, dtype=np.intp), [])
    encoded = array.dictionary_encode()
    indices, distinct = encoded.indices, encoded.dictionary
    if indices.null_count:
        indices = indices.fill_null(-1)
    codes = indices.to_numpy(zero_copy_only=False).astype(np.intp)
    if pt.is_string(array.type) or pt.is_large_string(array.type):
        return Coded(codes, Strings(distinct))
    values = distinct.to_pylist()
    return Coded(codes, values).without([i for i, one in enumerate(values) if one != one])


def doubtful(
    values: Sequence[Any], *, longest: int | None = None, pattern: tuple[int, str] | None = None
) -> list[int]:
    """Where values are that need a closer look.

    The others are texts of printable ASCII, not empty, and without spaces at their ends.

    Parameters
    ----------
    longest
        Longer texts are doubtful too.
    pattern
        Texts that match it are doubtful too; with the length of the shortest that can.
    """
    if not isinstance(values, Strings):
        return list(range(len(values)))
    import pyarrow.compute as pc

    texts = values.array
    lengths = pc.binary_length(texts)
    trimmed = pc.equal(pc.ascii_trim_whitespace(texts), texts)
    plain = pc.and_(pc.and_(pc.ascii_is_printable(texts), trimmed), pc.greater(lengths, 0))
    longest_found = pc.max(lengths).as_py() or 0
    if longest is not None and longest_found > longest:
        plain = pc.and_(plain, pc.less_equal(lengths, longest))
    if pattern is not None and longest_found >= pattern[0]:
        plain = pc.and_not(plain, pc.match_substring_regex(texts, pattern[1]))
    found: list[int] = pc.indices_nonzero(pc.invert(plain)).to_pylist()
    return found


def pieces_of(texts: Sequence[str], separators: str) -> tuple[Positions, Coded]:
    """Texts split into pieces: where each one's begin and end, and all pieces.

    Parameters
    ----------
    separators
        Characters at each of which a text is split.

    Examples
    --------
    >>> start, pieces = pieces_of(["a;b", "b"], ";|")
    >>> start.tolist(), pieces.codes.tolist(), list(pieces.values)
    ([0, 2, 3], [0, 1, 1], ['a', 'b'])
    """
    pattern = f"[{separators}]"
    if isinstance(texts, Strings):
        import pyarrow.compute as pc

        lists = pc.split_pattern_regex(texts.array, pattern)
        return lists.offsets.to_numpy().astype(np.intp), _coded(lists.flatten())
    split = [re.split(pattern, text) for text in texts]
    seen: dict[str, int] = {}
    codes = [seen.setdefault(piece, len(seen)) for piece in chain.from_iterable(split)]
    start = np.append(0, np.cumsum([len(pieces) for pieces in split], dtype=np.intp))
    return start, Coded(np.array(codes, dtype=np.intp), list(seen))


def numbers_or_nan(data: Any, column: str) -> NDArray[Any] | None:
    """A column of numbers, missing ones NaN where there are any; None for a column of others."""
    numbers = numbers_in(data, column)
    if numbers is None:
        series = series_of(data, column)
        if series.null_count() == len(series):
            return np.full(len(series), np.nan)
    return numbers


def days_in(data: Any, column: str) -> NDArray[np.datetime64] | None:
    """A column of dates, or of times without a zone, as days; None for others, without Arrow."""
    import narwhals.stable.v2 as nw

    series = series_of(data, column)
    kind = series.dtype
    zone = isinstance(kind, nw.Datetime) and kind.time_zone is not None
    if zone or not isinstance(kind, (nw.Date, nw.Datetime)):
        return None
    try:
        import pyarrow as pa
    except ImportError:
        return None
    days: NDArray[np.datetime64] = (
        series.to_arrow().cast(pa.date32()).to_numpy(zero_copy_only=False)
    )
    return days
