"""Read a workforce from a file."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from fagprofil.catalogue import Catalogue, load_catalogue
from fagprofil.datafiles import problems_in
from fagprofil.errors import DataError, Problem, nearest
from fagprofil.frames import FrameKind, checked_kind, columns_of, read_parquet
from fagprofil.io.cells import unguarded
from fagprofil.io.excel import read_sheet
from fagprofil.io.results import SEPARATORS
from fagprofil.model import Workforce
from fagprofil.spellings import Spellings
from fagprofil.workforce import people_of, workforce_of

__all__ = ["read_columns", "read_workforce", "unread_columns"]

Columns = Mapping[str, list[Any]]


def read_workforce(
    source: Any,
    catalogue: Catalogue | None = None,
    *,
    frame: FrameKind | None = None,
    names: Mapping[str, str] | None = None,
) -> Workforce:
    """Read people from a file or a table in the long or wide form, and check all of it at once.

    The long form has one row per statement: ``employee, unit, competence, level, date, kind`` and
    optionally ``confidence, backgrounds, profile, hired, employer, agreement, education_level,
    relevant_years, completed``. A person's own facts may stand on each of their rows or on one;
    several backgrounds or completed modules are separated by semicolons.

    The wide form has one row per person, with the person's facts as above and one column per
    competence with the level. The levels are known for certain unless a column ``kind`` says
    otherwise; ``kind``, ``date`` and ``confidence`` hold for all levels of a row.

    Columns, competences, modules, backgrounds, profiles and kinds may be named by id or by name, in
    Danish or English, whatever the case of letters. What is misspelled is not guessed: the error
    offers the nearest spelling, and `names` confirms it.

    Parameters
    ----------
    source
        A path ending in ``.csv``, ``.xlsx``, ``.parquet`` or ``.json`` (a `Workforce`), or a
        pandas, polars or pyarrow table. CSV may be as Danish Excel writes it: semicolons, decimal
        commas, day-month-year, a byte order mark, UTF-8 or Windows' code page.
    catalogue
        What names are looked up in; None is the bundled one.
    frame
        The kind of table in which results come back; None is the kind that came in, or for files
        the first that is installed.
    names
        Spellings of your own, each with the column, id or name that it means, as
        ``{"Afdeling": "unit", "Jobmach": "jobmatch"}``.

    Raises
    ------
    DataError
        A kind of table that there is not, or every wrong row, with line, column, value and the
        nearest valid spelling.
    FileNotFoundError
        There is no such file.
    MissingExtra
        What reads the file is not installed.

    Examples
    --------
    >>> import fagprofil as fp
    >>> import pandas as pd
    >>> table = pd.DataFrame({"employee": ["a", "a"], "competence": ["jobmatch", "motivation"],
    ...                       "level": [3, 2], "kind": ["self", "manager"]})
    >>> people = fp.read_workforce(table)
    >>> len(people), len(people["a"].evidence)
    (1, 2)

    The same in the wide form, in Danish, with a heading of one's own:

    >>> table = pd.DataFrame({"Medarbejder": ["a"], "Team": ["Vejle"], "Kilde": ["leder"],
    ...                       "Jobmatch": [3]})
    >>> (anna,) = fp.read_workforce(table, names={"Team": "unit"})
    >>> anna.unit, anna.evidence[0].kind, anna.evidence[0].level
    ('Vejle', 'manager', 3)
    """
    checked_kind(frame)
    if not isinstance(source, (str, Path)):
        found = people_of(source, catalogue, names=names)
        return found if frame is None else found.model_copy(update={"frame": frame})
    path = Path(source)
    if path.suffix.lower() == ".json" and path.exists():
        return _json(path, catalogue, frame)
    columns, places = read_columns(path, also=".json")
    return workforce_of(columns, catalogue, places=places, frame=frame, names=names)


def unread_columns(
    path: Path, catalogue: Catalogue, names: Mapping[str, str] | None = None
) -> tuple[str, ...]:
    """The columns of a file that `read_workforce` does not read, since they mean nothing to it.

    A table may have columns of its own beside those of people; whoever looks at it should know
    which these are.

    Raises
    ------
    DataError
        A file that is no table.
    FileNotFoundError
        There is no such file.
    """
    if path.suffix.lower() == ".json":
        return ()
    columns, _ = read_columns(path)
    known = Spellings(catalogue, names or {}).columns(columns)
    return tuple(name for name in columns if name not in known)


def read_columns(path: Path, also: str = "") -> tuple[Columns, list[str]]:
    """The columns of a file, and what its rows are called.

    Parameters
    ----------
    also
        Another suffix that the caller takes.

    Raises
    ------
    DataError
        Another suffix, or a file that is no table.
    FileNotFoundError
        There is no such file.
    """
    if not path.exists():
        raise FileNotFoundError(f"no file {path}")
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        known = [*READERS, *([also] if also else [])]
        hint = nearest(path.suffix, known)
        raise DataError([Problem(path.name, "suffix", path.suffix, f"one of {known}", hint)])
    columns, lines = reader(path)
    return columns, [f"{path.name} line {line}" for line in lines]


def _csv(path: Path) -> tuple[Columns, Sequence[int]]:
    text = _decoded(path.read_bytes(), path.name)
    # Excel can be told the separator in a line of its own.
    told = text[:4].lower() == "sep="
    if told:
        text = "\n" + text.partition("\n")[2]
    header = text.lstrip("\n").partition("\n")[0]
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=max(SEPARATORS, key=header.count))
    listed, lines = [], []
    try:
        for row in rows:
            listed.append([unguarded(cell) for cell in row])
            lines.append(rows.line_num)
    except csv.Error as error:
        place = f"{path.name} line {rows.line_num}"
        raise DataError([Problem(place, "file", None, f"a CSV row; {error}")]) from None
    # A row begins in the line after the one before it ended.
    begins = [1, *(line + 1 for line in lines[:-1])]
    first = 1 if told else 0
    return _columns(listed[first:], begins[first:], path.name)


def _decoded(data: bytes, name: str) -> str:
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise DataError([Problem(name, "encoding", None, "UTF-8, or Windows-1252 as Excel writes it")])


def _columns(
    rows: Sequence[Sequence[Any]], lines: Sequence[int], file: str
) -> tuple[Columns, Sequence[int]]:
    """The columns below the header, and the line that each row begins in.

    Rows and columns without any value are passed over.
    """
    names = [str(cell).strip() if _given(cell) else "" for cell in (rows[0] if rows else [])]
    body = [
        (row, line) for row, line in zip(rows[1:], lines[1:], strict=True) if any(map(_given, row))
    ]
    problems = [
        Problem(file, "column", name, "a name used once")
        for name in sorted({*names} - {""})
        if names.count(name) > 1
    ]
    expected = f"{len(names)} columns as in the header"
    problems += [
        Problem(f"{file} line {line}", "columns", str(len(row)), expected)
        for row, line in body
        if len(row) != len(names)
    ]
    if problems:
        raise DataError(problems)
    columns = {name: [row[j] for row, _ in body] for j, name in enumerate(names) if name}
    unnamed = [j for j, name in enumerate(names) if not name]
    if any(_given(row[j]) for row, _ in body for j in unnamed):
        raise DataError([Problem(file, "column", "", "a name above every column that is used")])
    return columns, [line for _, line in body]


def _given(cell: Any) -> bool:
    return cell is not None and str(cell).strip() != ""


def _excel(path: Path) -> tuple[Columns, Sequence[int]]:
    rows = read_sheet(path)
    return _columns(rows, range(1, len(rows) + 1), path.name)


def _parquet(path: Path) -> tuple[Columns, Sequence[int]]:
    columns = columns_of(read_parquet(path))
    count = len(next(iter(columns.values()), []))
    return columns, range(1, count + 1)


def _json(path: Path, catalogue: Catalogue | None, frame: FrameKind | None) -> Workforce:
    try:
        found = Workforce.model_validate_json(path.read_bytes())
    except ValidationError as error:
        raise DataError(problems_in(error, path.name)) from None
    (catalogue if catalogue is not None else load_catalogue()).check_employees(found)
    return found if frame is None else found.model_copy(update={"frame": frame})


READERS: Mapping[str, Callable[[Path], tuple[Columns, Sequence[int]]]] = {
    ".csv": _csv,
    ".xlsx": _excel,
    ".parquet": _parquet,
}
