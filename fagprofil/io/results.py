"""Write result rows to a file, whole or not at all."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from fagprofil.errors import DataError, Problem, nearest
from fagprofil.frames import write_parquet
from fagprofil.io.cells import guarded
from fagprofil.io.whole import whole

__all__ = ["SEPARATORS", "check_suffix", "write_rows"]

Rows = Sequence[Mapping[str, Any]]

#: What may stand between the cells of a CSV file; where a header has none it is the first.
SEPARATORS = ",;\t"


def write_rows(rows: Rows, columns: Iterable[str], path: str | Path) -> None:
    """Write rows as CSV, JSON, Parquet or Excel, by the path's suffix.

    The file appears when it is complete. In CSV, text that a spreadsheet would run as a formula is
    preceded by an apostrophe.

    Raises
    ------
    DataError
        Another suffix.
    MissingExtra
        What writes Parquet or Excel is not installed.
    """
    target, names = Path(path), list(columns)
    writer = _WRITERS[check_suffix(target)]
    with whole(target) as temporary:
        writer(rows, names, temporary)


def check_suffix(path: Path) -> str:
    """The path's suffix, if a file can be written there.

    Raises
    ------
    DataError
        Another suffix, or no such folder.
    """
    if not path.parent.is_dir():
        raise DataError([Problem(str(path), "folder", str(path.parent), "a folder that exists")])
    suffix = path.suffix.lower()
    if suffix not in _WRITERS:
        known = ", ".join(_WRITERS)
        hint = nearest(suffix, _WRITERS)
        raise DataError([Problem(str(path), "suffix", suffix, f"one of {known}", hint)])
    return suffix


def _csv(rows: Rows, names: Sequence[str], path: Path) -> None:
    # The byte order mark makes Excel read the Danish letters.
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(names)
        writer.writerows([guarded(row[name]) for name in names] for row in rows)


def _json(rows: Rows, names: Sequence[str], path: Path) -> None:
    listed = [{name: row[name] for name in names} for row in rows]
    path.write_text(json.dumps(listed, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _parquet(rows: Rows, names: Sequence[str], path: Path) -> None:
    write_parquet({name: [row[name] for row in rows] for name in names}, path)


def _excel(rows: Rows, names: Sequence[str], path: Path) -> None:
    from fagprofil.io.excel import write_sheet

    write_sheet(names, [[row[name] for name in names] for row in rows], path)


_WRITERS: Mapping[str, Callable[[Rows, Sequence[str], Path], None]] = {
    ".csv": _csv,
    ".json": _json,
    ".parquet": _parquet,
    ".xlsx": _excel,
}
