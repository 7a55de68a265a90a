"""Read a workforce from a file."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from fagprofil.catalogue import Catalogue, load_catalogue
from fagprofil.datafiles import problems_in
from fagprofil.errors import DataError, MissingExtra, Problem, nearest
from fagprofil.frames import FrameKind, columns_of, read_parquet
from fagprofil.model import Workforce
from fagprofil.workforce import people_of, workforce_of

__all__ = ["read_workforce"]

Columns = Mapping[str, list[Any]]


def read_workforce(
    source: Any, catalogue: Catalogue | None = None, *, frame: FrameKind | None = None
) -> Workforce:
    """Read people from a file or a table in the long form, and check all of it at once.

    One row per statement: ``employee, unit, competence, level, date, kind`` and optionally
    ``confidence, backgrounds, profile, hired, employer, agreement, education_level,
    relevant_years, completed``. A person's own facts may stand on each of their rows or on one;
    several backgrounds or completed modules are separated by semicolons.

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

    Raises
    ------
    DataError
        Every wrong row, with line, column, value and the nearest valid spelling.
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
    """
    if not isinstance(source, (str, Path)):
        found = people_of(source, catalogue)
        return found if frame is None else found.model_copy(update={"frame": frame})
    path = Path(source)
    if not path.exists():
        raise FileNotFoundError(f"no file {path}")
    if path.suffix.lower() == ".json":
        return _json(path, catalogue, frame)
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        known = [*_READERS, ".json"]
        hint = nearest(path.suffix, known)
        raise DataError([Problem(path.name, "suffix", path.suffix, f"one of {known}", hint)])
    return workforce_of(reader(path), catalogue, where=f"{path.name} line", first=2, frame=frame)


def _csv(path: Path) -> Columns:
    text = _decoded(path.read_bytes(), path.name)
    header = text.partition("\n")[0]
    mark = max(";,\t", key=header.count)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=mark)
    names = [name.strip() for name in next(rows, [])]
    return _columns(names, list(rows), path.name)


def _decoded(data: bytes, name: str) -> str:
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise DataError([Problem(name, "encoding", None, "UTF-8, or Windows-1252 as Excel writes it")])


def _columns(names: list[str], rows: list[list[Any]], file: str) -> Columns:
    """Rows to columns; rows without any value keep their place, so that line numbers hold."""
    problems = [
        Problem(file, "column", name, "a name used once")
        for name in {*names}
        if names.count(name) > 1
    ]
    for number, row in enumerate(rows, start=2):
        if len(row) != len(names) and any(row):
            expected = f"{len(names)} columns as in the header"
            problems.append(Problem(f"{file} line {number}", "columns", str(len(row)), expected))
    if problems:
        raise DataError(problems)
    filled = [row if any(_given(cell) for cell in row) else [None] * len(names) for row in rows]
    return {name: [row[j] for row in filled] for j, name in enumerate(names)}


def _given(cell: Any) -> bool:
    return cell is not None and str(cell).strip() != ""


def _excel(path: Path) -> Columns:
    try:
        from openpyxl import load_workbook
    except ModuleNotFoundError:
        raise MissingExtra("reading Excel", "openpyxl", "frames") from None
    try:
        book = load_workbook(path, read_only=True, data_only=True)
    except (OSError, KeyError, ValueError) as error:
        raise DataError([Problem(path.name, "file", None, f"an Excel workbook; {error}")]) from None
    rows = [list(row) for row in book.worksheets[0].iter_rows(values_only=True)]
    book.close()
    names = [str(cell).strip() for cell in (rows[0] if rows else []) if _given(cell)]
    return _columns(names, [row[: len(names)] for row in rows[1:]], path.name)


def _parquet(path: Path) -> Columns:
    return columns_of(read_parquet(path))


def _json(path: Path, catalogue: Catalogue | None, frame: FrameKind | None) -> Workforce:
    try:
        found = Workforce.model_validate_json(path.read_bytes())
    except ValidationError as error:
        raise DataError(problems_in(error, path.name)) from None
    (catalogue if catalogue is not None else load_catalogue()).check_employees(found)
    return found if frame is None else found.model_copy(update={"frame": frame})


_READERS: Mapping[str, Callable[[Path], Columns]] = {
    ".csv": _csv,
    ".xlsx": _excel,
    ".parquet": _parquet,
}
