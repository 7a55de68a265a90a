"""Data files: TOML tables keyed by id, laid over one another, to records."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError, with_config
from typing_extensions import TypedDict

from fagprofil.errors import DataError, Problem, nearest, unknown_id
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

_FILE_PARTS: Final = {"taxonomy": Row, "defaults": dict[str, Row], "remove": dict[str, list[str]]}
#: The shape of a data file; what its rows hold is for the records' own models.
_FILE: Final = TypeAdapter(
    with_config(ConfigDict(extra="forbid"))(
        TypedDict(  # type: ignore[operator]
            "DataFile", {**_FILE_PARTS, **dict.fromkeys(_KINDS, dict[str, Row])}, total=False
        )
    )
)


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
    known = [*_KINDS, *_FILE_PARTS]
    try:
        parts = _FILE.validate_python({key: content[key] for key in content if key in known})
    except ValidationError as error:
        yield from problems_in(error, file)
        return
    defaults, remove = parts.pop("defaults", {}), parts.pop("remove", {})
    yield from _removed(tables, remove, file)
    unknown = [key for key in content if key not in known]
    unknown += [f"defaults.{kind}" for kind in defaults if kind not in _KINDS]
    for name in unknown:
        hint = nearest(name.removeprefix("defaults."), known)
        yield Problem(file, name, None, "a known table", hint)
    taxonomy.update(parts.pop("taxonomy", {}))
    for kind, rows in parts.items():
        for name, row in rows.items():
            base = tables[kind].get(name, {"id": name})
            tables[kind][name] = _laid_over(base, {**defaults.get(kind, {}), **row})


def _removed(tables: Tables, remove: Mapping[str, list[str]], file: str) -> Iterator[Problem]:
    """Take records away."""
    for kind, names in remove.items():
        if kind not in tables:
            yield Problem(file, f"remove.{kind}", None, "a known table", nearest(kind, tables))
            continue
        for name in names:
            yield from unknown_id(file, f"remove.{kind}", name, tables[kind])
            tables[kind].pop(name, None)


def _laid_over(base: Row, change: Row) -> Row:
    """A new row: fields are replaced whole, but a profile's requirements one by one."""
    merged = {**base, **change}
    before, after = base.get("requirements"), change.get("requirements")
    if isinstance(before, dict) and isinstance(after, dict):
        merged["requirements"] = {**before, **after}
        for name in before.keys() & after.keys():
            if isinstance(before[name], dict) and isinstance(after[name], dict):
                merged["requirements"][name] = {**before[name], **after[name]}
    return merged


def records_of(kind: str, rows: Mapping[str, Row], problems: list[Problem]) -> list[Record]:
    """The rows of one table as records; what is wrong is added to `problems`."""
    found = []
    for name, row in rows.items():
        try:
            found.append(_KINDS[kind].model_validate(row))
        except ValidationError as error:
            fields = _KINDS[kind].model_fields
            found_here = problems_in(error, f"{kind} {name!r}", fields)
            problems += [_by_competence(one, row) for one in found_here]
    return found


def _by_competence(problem: Problem, row: Row) -> Problem:
    """A problem with a requirement named by its competence, as in the file, not its position."""
    parts, requirements = problem.field.split("."), row.get("requirements")
    if parts[0] != "requirements" or len(parts) < 2 or not isinstance(requirements, dict):
        return problem
    parts[1] = list(requirements)[int(parts[1])]
    return replace(problem, field=".".join(parts))


def problems_in(error: ValidationError, where: str, known: Iterable[str] = ()) -> list[Problem]:
    """The problems that a pydantic error tells of, ours unwrapped.

    Parameters
    ----------
    where
        The record.
    known
        Its fields, for the nearest spelling of an unknown one.
    """
    found: list[Problem] = []
    for one in error.errors():
        inner = one.get("ctx", {}).get("error")
        if isinstance(inner, DataError):
            found += inner.problems
            continue
        value, path = one["input"], [str(part) for part in one["loc"]]
        # A whole file is too long to show, and what looks like a person's number is private.
        hidden = one["type"] == "json_invalid" or "CPR" in one["msg"]
        if hidden or isinstance(value, (Mapping, BaseModel, list, tuple)):
            shown = None
        else:
            shown = str(value)
        extra = one["type"] == "extra_forbidden" and len(path) == 1
        hint = nearest(path[0], known) if extra else None
        expected = "a known field" if extra else one["msg"].removeprefix("Value error, ")
        found.append(Problem(where, ".".join(path) or "record", shown, expected, hint))
    return found
