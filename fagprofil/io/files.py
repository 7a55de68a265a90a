"""Files of people, one row each, read piece by piece: Parquet and CSV."""

from __future__ import annotations

import codecs
import csv
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import Any, Final, Protocol

from fagprofil.errors import DataError, Problem
from fagprofil.io.batches import MOST_PROBLEMS
from fagprofil.io.results import SEPARATORS
from fagprofil.spellings import plain, spelled_columns
from fagprofil.workforce import COLUMNS

__all__ = ["FILES", "PeopleFile"]

#: Columns with a fraction, and those that are read as text; the others are levels.
_FRACTIONS: Final = spelled_columns(("relevant_years", "confidence"))
_TEXTS: Final = spelled_columns(COLUMNS) - _FRACTIONS

#: Bytes of a CSV file that are parsed at once.
_BLOCK = 1 << 22


class PeopleFile(Protocol):
    """A file with one row per person."""

    @property
    def name(self) -> str:
        """What it is called in problems and in the manifest."""
        ...

    @property
    def path(self) -> Path:
        """Where it is."""
        ...

    @property
    def columns(self) -> Sequence[str]:
        """The names of its columns."""
        ...

    def pieces(self, columns: Sequence[str], rows: int, first: int = 0) -> Iterator[Any]:
        """Record batches of at most about so many rows, from some row on."""
        ...

    def places(self, rows: Collection[int]) -> Mapping[int, str]:
        """What some of its rows are called."""
        ...


@dataclass(frozen=True)
class ParquetPeople:
    """People in a Parquet file."""

    path: Path
    name: str

    @cached_property
    def columns(self) -> Sequence[str]:
        """The names of its columns."""
        return _distinct(self._open().schema_arrow.names, self.name)

    def pieces(self, columns: Sequence[str], rows: int, first: int = 0) -> Iterator[Any]:
        """Record batches of at most so many rows, from some row on."""
        file = self._open()
        counts = [file.metadata.row_group(i).num_rows for i in range(file.num_row_groups)]
        group = 0
        while group < len(counts) and counts[group] <= first:
            first -= counts[group]
            group += 1
        groups = range(group, len(counts))
        with _readable(self.name, "a Parquet file"):
            yield from _after(first, file.iter_batches(rows, groups, columns=list(columns)))

    def places(self, rows: Collection[int]) -> Mapping[int, str]:
        """What some of its rows are called."""
        return {row: f"{self.name} row {row + 1}" for row in rows}

    def _open(self) -> Any:
        with _readable(self.name, "a Parquet file"):
            import pyarrow.parquet as pq

            # What is buffered ahead would be kept until the last row is read.
            return pq.ParquetFile(self.path, pre_buffer=False)


@dataclass(frozen=True)
class CsvPeople:
    """People in a CSV file, which may be as Danish Excel writes it."""

    path: Path
    name: str

    @cached_property
    def encoding(self) -> str:
        """UTF-8, or Windows' code page where the file is not UTF-8 throughout."""
        for encoding in ("utf-8-sig", "cp1252"):
            try:
                self._decode(encoding)
            except UnicodeDecodeError:
                continue
            return encoding
        expected = "UTF-8, or Windows-1252 as Excel writes it"
        raise DataError([Problem(self.name, "encoding", None, expected)])

    @cached_property
    def columns(self) -> Sequence[str]:
        """The names of its columns; a column without a name is passed over."""
        return _distinct([name for name in self._header if name], self.name)

    def pieces(self, columns: Sequence[str], rows: int, first: int = 0) -> Iterator[Any]:
        """Record batches of some rows (as many as a block of bytes has), from some row on."""
        del rows
        if next(self._body(), None) is None:
            return
        with _readable(self.name, "a CSV file", self._wrong_rows):
            from pyarrow import csv as arrow_csv

            reader = arrow_csv.open_csv(self.path, **self._options(columns))
            yield from _after(first, map(_typed, reader))

    def places(self, rows: Collection[int]) -> Mapping[int, str]:
        """What some of its rows are called: by the line that they begin in."""
        found = {row: f"{self.name} row {row + 1}" for row in rows}
        for row, (line, _) in zip(range(max(rows, default=-1) + 1), self._body(), strict=False):
            if row in found:
                found[row] = f"{self.name} line {line}"
        return found

    def _decode(self, encoding: str) -> None:
        decoder = codecs.getincrementaldecoder(encoding)()
        with self.path.open("rb") as file:
            while block := file.read(_BLOCK):
                decoder.decode(block)
        decoder.decode(b"", final=True)

    @cached_property
    def _told(self) -> bool:
        """Whether the first line names the separator, as Excel can be told it."""
        with self.path.open(encoding=self.encoding) as file:
            return file.read(4).lower() == "sep="

    @cached_property
    def _separator(self) -> str:
        with self.path.open(encoding=self.encoding) as file:
            lines = [file.readline() for _ in range(2)]
        return max(SEPARATORS, key=lines[self._told].count)

    def _rows(self) -> Iterator[tuple[int, list[str]]]:
        """Every row that is not empty, and the line that it begins in."""
        with self.path.open(encoding=self.encoding, newline="") as file:
            if self._told:
                file.readline()
            reader, line = csv.reader(file, delimiter=self._separator), 1 + self._told
            try:
                for row in reader:
                    if row:
                        yield line, row
                    line = 1 + self._told + reader.line_num
            except csv.Error as error:
                problem = Problem(f"{self.name} line {line}", "file", None, f"a CSV row; {error}")
                raise DataError([problem]) from None

    def _body(self) -> Iterator[tuple[int, list[str]]]:
        rows = self._rows()
        next(rows, None)
        return rows

    @cached_property
    def _header(self) -> list[str]:
        _, header = next(self._rows(), (1, []))
        return [name.strip() for name in header]

    def _options(self, columns: Sequence[str]) -> dict[str, Any]:
        import pyarrow as pa
        from pyarrow import csv as arrow_csv

        # The header is read here already; a name is needed for each column all the same.
        names = [name or f"\0{i}" for i, name in enumerate(self._header)]
        begins, _ = next(self._body())
        return {
            "read_options": arrow_csv.ReadOptions(
                block_size=_BLOCK,
                column_names=names,
                skip_rows=begins - 1,
                encoding=self.encoding.removesuffix("-sig"),
            ),
            "parse_options": arrow_csv.ParseOptions(
                delimiter=self._separator, newlines_in_values=True
            ),
            # The same types in every block, whatever stands in it.
            "convert_options": arrow_csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()),
                include_columns=list(columns),
                strings_can_be_null=True,
                null_values=[""],
            ),
        }

    def _wrong_rows(self) -> list[Problem]:
        """The rows that have not as many columns as the header."""
        width = len(self._header)
        expected = f"{width} columns as in the header"
        wrong = ((line, len(row)) for line, row in self._body() if len(row) != width)
        return [
            Problem(f"{self.name} line {line}", "columns", str(found), expected)
            for line, found in islice(wrong, MOST_PROBLEMS)
        ]


def _distinct(names: Sequence[str], file: str) -> Sequence[str]:
    problems = [
        Problem(file, "column", name, "a name used once")
        for name in sorted(set(names))
        if names.count(name) > 1
    ]
    if problems:
        raise DataError(problems)
    return names


def _after(first: int, pieces: Iterator[Any]) -> Iterator[Any]:
    """The pieces without their first rows."""
    for piece in pieces:
        yield piece.slice(min(first, piece.num_rows))
        first -= min(first, piece.num_rows)


def _typed(piece: Any) -> Any:
    """Levels and years as numbers; a column with anything else stays text, and is told of later."""
    import pyarrow as pa

    columns = [
        column
        if plain(name) in _TEXTS
        else _numbers(column, pa.float64() if plain(name) in _FRACTIONS else pa.int8())
        for name, column in zip(piece.schema.names, piece.columns, strict=True)
    ]
    return pa.RecordBatch.from_arrays(columns, piece.schema.names)


def _numbers(column: Any, kind: Any) -> Any:
    import pyarrow as pa
    import pyarrow.compute as pc

    try:
        return column.cast(kind)
    except pa.ArrowInvalid:
        pass
    try:
        # Also 3.0, as pandas writes a level where others are missing, and with a decimal comma.
        return pc.replace_substring(column, ",", ".").cast(pa.float64()).cast(kind)
    except pa.ArrowInvalid:
        return column


@contextmanager
def _readable(name: str, kind: str, explain: Callable[[], list[Problem]] = list) -> Iterator[None]:
    """What Arrow says of a file that is not what it should be, as an error of the library's own."""
    import pyarrow as pa

    try:
        yield
    except (pa.ArrowException, OSError) as error:
        if getattr(error, "errno", None) is not None:
            raise
        said = str(error).partition("\n")[0]
        raise DataError(explain() or [Problem(name, "file", None, f"{kind}; {said}")]) from None


#: How files are read, by suffix.
FILES: Mapping[str, Callable[[Path, str], PeopleFile]] = {
    ".parquet": ParquetPeople,
    ".csv": CsvPeople,
}
