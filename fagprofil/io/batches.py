"""People in Arrow batches: of the right size, and with places that a reader can find again."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from fagprofil.batch import Order
from fagprofil.catalogue import Catalogue
from fagprofil.errors import DataError, MissingExtra, Problem
from fagprofil.recommend import Recommender
from fagprofil.spellings import Spellings

__all__ = ["Places", "check_call", "known_columns", "nobody", "placed", "regrouped", "several"]

#: What rows, counted from 0, are called.
Places = Callable[[Collection[int]], Mapping[int, str]]

#: More than so many problems of a batch are not listed.
MOST_PROBLEMS = 1_000

_ROW = re.compile(r"row (\d+)")


def known_columns(names: Iterable[str], catalogue: Catalogue) -> Mapping[str, str]:
    """Those columns that say something of a person, and what; the others need not be read."""
    return Spellings(catalogue).columns(names)


def check_call(
    recommender: Recommender, names: Collection[str], where: str, options: Mapping[str, Any]
) -> None:
    """Find what is wrong with columns and options, before there are any people.

    Raises
    ------
    DataError
        A wrong column, several rows for each person (batches would part them), a wrong option.
    UnknownName
        A profile or an excluded module that the catalogue does not have.
    """
    for name, meant in Spellings(recommender.catalogue).columns(names).items():
        if meant == "competence":
            expected = "one row per person, with a column for each competence and its level in it"
            raise DataError([Problem(where, "column", name, expected)])
    for name in options["exclude"]:
        recommender.catalogue.modules[name]
    try:
        recommender.recommend_batch(nobody(names), **options)
    except DataError as error:
        raise placed(error, lambda _: {}, where) from None


def several(exclude: Iterable[str]) -> list[str]:
    """Ids of modules, in order.

    Raises
    ------
    DataError
        A single text, which would be taken for its letters.
    """
    return sorted(set(Order.checked(1, "list", exclude).exclude))


def nobody(names: Iterable[str]) -> Any:
    """A table with some columns and no rows, to find out what is wrong with anything else."""
    try:
        import pyarrow as pa
    except ModuleNotFoundError:
        raise MissingExtra("people in batches", "pyarrow", "frames") from None
    return pa.table({name: pa.array([], pa.string()) for name in names})


def placed(error: DataError, places: Places, table: str) -> DataError:
    """The error about a batch, with its rows and the table called as the reader knows them."""
    shown = error.problems[:MOST_PROBLEMS]
    rows = [int(match[1]) - 1 if (match := _ROW.fullmatch(one.where)) else None for one in shown]
    named = places(sorted({row for row in rows if row is not None}))
    problems = [
        replace(one, where=_of(one.where, table) if row is None else named[row])
        for one, row in zip(shown, rows, strict=True)
    ]
    if len(shown) < len(error.problems):
        expected = f"none; the first {len(shown)} are listed"
        problems.append(Problem(table, "problems", str(len(error.problems)), expected))
    return DataError(problems)


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
