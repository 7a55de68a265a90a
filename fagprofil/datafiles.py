"""Data files: TOML tables keyed by id, laid over one another, to records."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel, ValidationError

from fagprofil.errors import DataError, Problem, nearest
from fagprofil.model import (
    Area,
    Background,
    Competence,
    FundingScheme,
    Module,
    ModuleRun,
    Profile,
    Programme,
)
from fagprofil.model.base import Record

__all__ = ["problems_in", "read_files", "records_of"]

#: The tables of a data file, and the model of each table's records.
_KINDS: Final[Mapping[str, type[Record]]] = {
    "area": Area,
    "competence": Competence,
    "profile": Profile,
    "background": Background,
    "module": Module,
    "programme": Programme,
    "run": ModuleRun,
    "funding": FundingScheme,
}


Row = dict[str, Any]
Tables = dict[str, dict[str, Row]]


def read_files(paths: Iterable[Path]) -> tuple[Row, Tables]:
    """The taxonomy's own fields, and every other table's rows by id, later files over earlier.

    Raises
    ------
    DataError
        Files that are not TOML, and tables that are not known.
    """
    taxonomy: Row = {}
    tables: Tables = {kind: {} for kind in _KINDS}
    problems: list[Problem] = []
    for path in paths:
        try:
            content = tomllib.loads(path.read_text(encoding="utf-8-sig"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            problems.append(Problem(_shown(path), "file", None, f"TOML in UTF-8; {error}"))
            continue
        problems += _lay_over(taxonomy, tables, content, _shown(path))
    if problems:
        raise DataError(problems)
    return taxonomy, tables


def _shown(path: Path) -> str:
    return f"{path.parent.name}/{path.name}"


def _lay_over(taxonomy: Row, tables: Tables, content: Row, file: str) -> Iterator[Problem]:
    """Merge one file's content into what was read before it."""
    defaults = content.pop("defaults", {})
    for kind, ids in content.pop("remove", {}).items():
        for name in ids:
            if tables.get(kind, {}).pop(name, None) is None:
                hint = nearest(name, tables.get(kind, {}))
                yield Problem(file, f"remove.{kind}", name, "an id of the catalogue", hint)
    taxonomy.update(content.pop("taxonomy", {}))
    for kind, rows in content.items():
        if kind not in tables:
            known_kinds = [*_KINDS, "taxonomy", "defaults", "remove"]
            yield Problem(file, kind, None, "a known table", nearest(kind, known_kinds))
            continue
        for name, row in rows.items():
            base = tables[kind].get(name, {"id": name})
            tables[kind][name] = _laid_over(base, {**defaults.get(kind, {}), **row})


def _laid_over(base: Row, change: Row) -> Row:
    """A new row: fields are replaced whole, but a profile's requirements one by one."""
    merged = {**base, **change}
    before, after = base.get("requirements"), change.get("requirements")
    if isinstance(before, dict) and isinstance(after, dict):
        rows = {name: {**before.get(name, {}), **row} for name, row in after.items()}
        merged["requirements"] = {**before, **rows}
    return merged


def records_of(kind: str, rows: Mapping[str, Row], problems: list[Problem]) -> list[Record]:
    """The rows of one table as records; what is wrong is added to `problems`."""
    found = []
    for name, row in rows.items():
        try:
            found.append(_KINDS[kind].model_validate(row))
        except ValidationError as error:
            problems += problems_in(error, f"{kind} {name!r}")
    return found


def problems_in(error: ValidationError, where: str) -> list[Problem]:
    """The problems that a pydantic error tells of, ours unwrapped."""
    found: list[Problem] = []
    for one in error.errors():
        inner = one.get("ctx", {}).get("error")
        if isinstance(inner, DataError):
            found += inner.problems
            continue
        value = one["input"]
        shown = None if isinstance(value, (Mapping, BaseModel, list, tuple)) else str(value)
        field = ".".join(str(part) for part in one["loc"]) or "record"
        found.append(Problem(where, field, shown, one["msg"].removeprefix("Value error, ")))
    return found
