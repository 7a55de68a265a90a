"""People in Arrow batches: of the right size, and with places that a reader can find again."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from fagprofil.catalogue import Catalogue
from fagprofil.errors import DataError, Problem
from fagprofil.workforce import COLUMNS

__all__ = ["Places", "check_wide", "known_columns", "placed", "regrouped"]

#: What rows, counted from 0, are called.
Places = Callable[[Collection[int]], Mapping[int, str]]

_ROW = re.compile(r"row (\d+)")


def known_columns(names: Iterable[str], catalogue: Catalogue) -> list[str]:
    """Those columns that say something of a person; the others need not be read."""
    known = {*COLUMNS, *catalogue.taxonomy.competences}
    return [name for name in names if name in known]


def check_wide(names: Collection[str], where: str) -> None:
    """Raise DataError for a table with several rows per person: batches would part them."""
    if "competence" in names:
        expected = "one row per person, with a column for each competence and its level in it"
        raise DataError([Problem(where, "column", "competence", expected)])


def placed(error: DataError, places: Places, table: str) -> DataError:
    """The error about a batch, with its rows and the table called as the reader knows them."""
    found = {one: _ROW.fullmatch(one.where) for one in error.problems}
    named = places(sorted({int(match[1]) - 1 for match in found.values() if match}))
    return DataError(
        [
            replace(one, where=named[int(match[1]) - 1] if match else _of(one.where, table))
            for one, match in found.items()
        ]
    )


def _of(where: str, table: str) -> str:
    return table if where == "table" else where


def regrouped(pieces: Iterable[Any], rows: int) -> Iterator[Any]:
    """Record batches of any size as Arrow tables of so many rows; the last has what is left.

    Examples
    --------
    >>> import pyarrow as pa
    >>> pieces = [pa.RecordBatch.from_pydict({"n": list(range(n))}) for n in (2, 0, 5)]
    >>> [table["n"].to_pylist() for table in regrouped(pieces, 3)]
    [[0, 1, 0], [1, 2, 3], [4]]
    """
    waiting: list[Any] = []
    for piece in pieces:
        while piece.num_rows:
            taken = piece.slice(0, rows - sum(one.num_rows for one in waiting))
            waiting.append(taken)
            piece = piece.slice(taken.num_rows)
            if sum(one.num_rows for one in waiting) == rows:
                yield _joined(waiting)
                waiting = []
    if waiting:
        yield _joined(waiting)


def _joined(pieces: Sequence[Any]) -> Any:
    import pyarrow as pa

    names = pieces[0].schema.names
    chunks = ([piece.column(name) for piece in pieces] for name in names)
    columns = [_column(name, own) for name, own in zip(names, chunks, strict=True)]
    return pa.table(columns, names).unify_dictionaries().combine_chunks()


def _column(name: str, chunks: Sequence[Any]) -> Any:
    """Chunks put together; files need not have chosen the same type."""
    import pyarrow as pa

    types = {chunk.type for chunk in chunks}
    if len(types) > 1:
        numeric = all(_is_numeric(one) for one in types)
        common = pa.float64() if numeric else pa.string()
        try:
            chunks = [chunk.cast(common) for chunk in chunks]
        except pa.ArrowException:
            shown = ", ".join(sorted(map(str, types)))
            expected = "one type in all files"
            raise DataError([Problem("table", f"type of {name!r}", shown, expected)]) from None
    return pa.chunked_array(chunks)


def _is_numeric(kind: Any) -> bool:
    import pyarrow.types as pt

    return bool(pt.is_integer(kind) or pt.is_floating(kind) or pt.is_null(kind))
