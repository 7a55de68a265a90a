"""People in files that need not fit in memory, in the order in which they are read."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import accumulate
from pathlib import Path
from typing import Any

from fagprofil.catalogue import Catalogue
from fagprofil.errors import DataError, Problem, nearest
from fagprofil.io.batches import known_columns, nobody, placed, regrouped
from fagprofil.io.files import FILES, PeopleFile
from fagprofil.io.ids import IdCheck, check_again

__all__ = ["Source"]

#: Rows of ids that are read at once.
_IDS = 1 << 17


@dataclass(frozen=True)
class Source:
    """Files with one row per person, read as one table.

    Attributes
    ----------
    path
        The file or the folder.
    files
        The files in the order of their names.
    columns
        The columns that say something of a person.
    starts
        The first row of each file, and the number of all rows.
    stamps
        The files by name, size and time of the last change, before they were read.
    """

    path: Path
    files: tuple[PeopleFile, ...]
    columns: tuple[str, ...]
    starts: tuple[int, ...]
    stamps: list[dict[str, Any]]

    @classmethod
    def opened(
        cls, path: Path, catalogue: Catalogue, check: Callable[[Sequence[str], str], object]
    ) -> Source:
        """The files at a path, after all ids have been read.

        Parameters
        ----------
        check
            Is given the names of all columns and of the first file, to say what is wrong with them.

        Raises
        ------
        DataError
            Not files of one known kind with the same columns, or a person in two rows.
        FileNotFoundError
            There is no such file.
        MissingExtra
            pyarrow is not installed.
        """
        nobody(())  # says what is missing where pyarrow is
        files = tuple(_listed(path))
        _check_columns(files)
        names = files[0].columns
        check(names, files[0].name)
        stamps, ids = _stamps(files), IdCheck()
        columns = known_columns(names, catalogue)
        who = [name for name, meant in columns.items() if meant == "employee"]
        counts = [ids.read(one.pieces(who, _IDS)) for one in files]
        source = cls(path, files, tuple(columns), tuple(accumulate(counts, initial=0)), stamps)
        if suspects := ids.suspects():
            again = (piece for one in files for piece in one.pieces(who, _IDS))
            with source.placing():
                check_again(again, suspects)
        return source

    @property
    def rows(self) -> int:
        """The number of rows."""
        return self.starts[-1]

    def check_unchanged(self) -> None:
        """Raise DataError if a file has changed since it was opened."""
        if _stamps(self.files) != self.stamps:
            expected = "files that do not change while they are read; begin anew with resume=False"
            raise DataError([Problem(self.path.name, "files", None, expected)])

    def tables(self, rows: int, first: int = 0) -> Iterator[Any]:
        """Arrow tables of so many rows each, from some row on."""
        if not self.rows:
            return iter([nobody(self.columns)])
        return regrouped(self._pieces(rows, first), rows)

    def _pieces(self, rows: int, first: int) -> Iterator[Any]:
        for one, start, stop in zip(self.files, self.starts, self.starts[1:], strict=False):
            if stop > first:
                yield from one.pieces(self.columns, rows, max(0, first - start))

    @contextmanager
    def placing(self, first: int = 0) -> Iterator[None]:
        """Errors about a table that begins in some row, with places in the files."""
        try:
            yield
        except DataError as error:
            raise placed(error, partial(self._places, first), self.path.name) from None

    def _places(self, first: int, rows: Collection[int]) -> Mapping[int, str]:
        """What the rows of a table that begins in some row are called."""
        inside: dict[int, list[int]] = defaultdict(list)
        for row in rows:
            inside[bisect_right(self.starts, first + row) - 1].append(row)
        found: dict[int, str] = {}
        for i, own in inside.items():
            offset = first - self.starts[i]
            named = self.files[i].places([offset + row for row in own])
            found |= {row: named[offset + row] for row in own}
        return found


def _stamps(files: Sequence[PeopleFile]) -> list[dict[str, Any]]:
    facts = [(one.name, one.path.stat()) for one in files]
    return [
        {"file": name, "bytes": stat.st_size, "modified_ns": stat.st_mtime_ns}
        for name, stat in facts
    ]


def _listed(path: Path) -> Iterator[PeopleFile]:
    """The files at a path, those in a folder in the order of their names."""
    if not path.exists():
        raise FileNotFoundError(f"no file {path}")
    if not path.is_dir():
        yield _file(path, path.name)
        return
    names = sorted(_visible(path))
    kinds = {Path(name).suffix.lower() for name in names}
    if len(kinds) != 1:
        expected = f"files of one kind, {' or '.join(FILES)}, and nothing else"
        raise DataError([Problem(path.name, "files", ", ".join(sorted(kinds)), expected)])
    for name in names:
        if "=" in name:
            expected = "no folders named by values; write the column into the files"
            raise DataError([Problem(name, "folder", None, expected)])
        yield _file(path / name, name)


def _visible(folder: Path) -> Iterator[str]:
    """Names of all files below a folder, but for those that others pass over as well."""
    for path in folder.rglob("*"):
        name = path.relative_to(folder)
        if path.is_file() and not any(part.startswith((".", "_")) for part in name.parts):
            yield name.as_posix()


def _file(path: Path, name: str) -> PeopleFile:
    suffix = path.suffix.lower()
    if suffix not in FILES:
        hint = nearest(suffix, FILES)
        raise DataError([Problem(name, "suffix", path.suffix, f"one of {[*FILES]}", hint)])
    return FILES[suffix](path, name)


def _check_columns(files: Sequence[PeopleFile]) -> None:
    first = set(files[0].columns)
    problems = [
        Problem(one.name, "columns", ", ".join(sorted(first ^ set(one.columns))), expected)
        for one in files
        for expected in [f"in all files or in none, as in {files[0].name}"]
        if set(one.columns) != first
    ]
    if problems:
        raise DataError(problems)
