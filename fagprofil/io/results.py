"""Write result rows to a file, whole or not at all."""

from __future__ import annotations

import csv
import json
import os
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from fagprofil.errors import DataError, Problem, nearest
from fagprofil.frames import write_parquet

__all__ = ["check_suffix", "write_rows"]

Rows = Sequence[Mapping[str, Any]]

#: A spreadsheet would run a cell that begins with one of these as a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def write_rows(rows: Rows, columns: Iterable[str], path: str | Path) -> None:
    """Write rows as CSV, JSON or Parquet, by the path's suffix.

    The file appears when it is complete. In CSV, text that a spreadsheet would run as a formula is
    preceded by an apostrophe.

    Raises
    ------
    DataError
        Another suffix.
    MissingExtra
        What writes Parquet is not installed.
    """
    target, names = Path(path), list(columns)
    writer = _WRITERS[check_suffix(target)]
    # The temporary file lies beside the target, so that the last step is one rename.
    handle, temporary = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    os.close(handle)
    try:
        writer(rows, names, Path(temporary))
        Path(temporary).chmod(0o666 & ~_umask())
        Path(temporary).replace(target)
    finally:
        Path(temporary).unlink(missing_ok=True)


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


def _umask() -> int:
    current = os.umask(0)
    os.umask(current)
    return current


def _csv(rows: Rows, names: Sequence[str], path: Path) -> None:
    # The byte order mark makes Excel read the Danish letters.
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(names)
        writer.writerows([_cell(row[name]) for name in names] for row in rows)


def _cell(value: Any) -> Any:
    if isinstance(value, str) and value.startswith(_FORMULA):
        return "'" + value
    return value


def _json(rows: Rows, names: Sequence[str], path: Path) -> None:
    listed = [{name: row[name] for name in names} for row in rows]
    path.write_text(json.dumps(listed, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _parquet(rows: Rows, names: Sequence[str], path: Path) -> None:
    write_parquet({name: [row[name] for row in rows] for name in names}, path)


_WRITERS: Mapping[str, Callable[[Rows, Sequence[str], Path], None]] = {
    ".csv": _csv,
    ".json": _json,
    ".parquet": _parquet,
}
