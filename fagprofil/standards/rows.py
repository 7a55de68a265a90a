"""Rows of text files with a header, where every wrong row is told at once."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from fagprofil.errors import DataError, Problem, nearest
from fagprofil.io.cells import guarded, unguarded
from fagprofil.io.whole import whole

__all__ = ["header_of", "read_cells", "read_rows", "text_of", "write_table"]

#: Wrong rows that are named; a file of another kind has as many as it has rows.
_SHOWN = 100


def text_of(path: Path) -> str:
    """The whole of a text file in UTF-8, with or without a byte order mark.

    Raises
    ------
    DataError
        Another encoding.
    FileNotFoundError
        There is no such file.
    """
    with _told(path):
        return path.read_text(encoding="utf-8-sig")


def header_of(path: Path, delimiter: str = ",") -> list[str]:
    """The names in a file's first row."""
    with _told(path), path.open(encoding="utf-8-sig", newline="") as file:
        return [name.strip() for name in next(csv.reader(file, delimiter=delimiter), [])]


def read_rows(
    path: Path, needed: Sequence[str], wanted: Sequence[str] = (), *, delimiter: str = ","
) -> Iterator[tuple[str, list[str]]]:
    """Where each row stands, and its texts in the columns asked for, in that order.

    Parameters
    ----------
    needed
        Columns that there must be.
    wanted
        Columns that are empty where there are none.

    Raises
    ------
    DataError
        Another encoding, columns that are missing, and all rows that are longer or shorter than the
        header.
    """
    header = header_of(path, delimiter)
    missing = [name for name in needed if name not in header]
    if missing:
        raise DataError(
            [
                Problem(path.name, name, None, "a column of this name", nearest(name, header))
                for name in missing
            ]
        )
    columns = [header.index(name) if name in header else None for name in (*needed, *wanted)]
    for where, row in read_cells(path, len(header), delimiter=delimiter):
        yield where, ["" if at is None else row[at] for at in columns]


def read_cells(path: Path, width: int, *, delimiter: str = ",") -> Iterator[tuple[str, list[str]]]:
    """Where each row below the header stands, and its texts.

    Raises
    ------
    DataError
        Another encoding, and all rows, the header among them, that are not `width` cells wide.
    """
    wrong: list[Problem] = []
    with _told(path), path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.reader(file, delimiter=delimiter, strict=True)
        for number, row in enumerate(reader):
            where = f"{path.name} line {reader.line_num}"
            if row and len(row) != width:
                wrong.append(Problem(where, "row", None, f"{width} columns, not {len(row)}"))
            elif row and number:
                yield where, [unguarded(cell.strip()) for cell in row]
    if wrong:
        rest = [Problem(path.name, "file", None, f"{len(wrong) - _SHOWN} more rows are wrong")]
        raise DataError(wrong[:_SHOWN] + (rest if len(wrong) > _SHOWN else []))


def write_table(
    path: Path, header: Sequence[str], rows: Iterable[Sequence[str]], *, delimiter: str = ","
) -> None:
    """Write a file of rows, whole or not at all; no cell runs as a formula."""
    with whole(path) as temporary, temporary.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=delimiter, lineterminator="\n")
        writer.writerow(header)
        writer.writerows([guarded(cell) for cell in row] for row in rows)


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """What the parser says of a damaged file, in an error of ours."""
    try:
        yield
    except UnicodeDecodeError as error:
        expected = f"text in UTF-8; byte {error.start} is not"
        raise DataError([Problem(path.name, "file", None, expected)]) from None
    except csv.Error as error:
        raise DataError([Problem(path.name, "file", None, f"CSV; {error}")]) from None
