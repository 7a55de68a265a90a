"""Tables with one row for each module that a person has taken, read value by value."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from numbers import Real
from pathlib import Path
from typing import Any, Final

from fagprofil.catalogue import Catalogue
from fagprofil.errors import UNKNOWN, DataError, Problem, nearest
from fagprofil.evaluation.strangers import as_slug
from fagprofil.frames import columns_of, is_frame
from fagprofil.io.workforce import read_columns
from fagprofil.model.employee import looks_like_cpr
from fagprofil.workforce import date_of, id_text, workforce_of

__all__ = ["Reader", "Table", "table_of"]

_NEEDED: Final = ("employee", "module", "date")
_OURS: Final = (*_NEEDED, "passed", "useful", "gap_closed", "profile")

#: Whole seconds since 1970 are at least so many, since fewer digits may be a date written as
#: 20260301, and at most so many, since after the year 9999 they are milliseconds.
_SECONDS: Final = (10**8, 253_402_300_799)
_NUMBER: Final = re.compile(r"^[+-]?\d+(\.\d*)?$")
_A_DATE: Final = "a date as 2026-03-01, or whole seconds since 1970 (nine digits or more)"
_TRUTH: Final = {"true": True, "1": True, "1.0": True, "false": False, "0": False, "0.0": False}


@dataclass(frozen=True)
class Table:
    """Columns by name, what each row is called in problems, and a name for the whole."""

    columns: Mapping[str, Sequence[Any]]
    places: Sequence[str]
    name: str


def table_of(source: Any) -> Table:
    """A table from a file or a DataFrame.

    Raises
    ------
    DataError
        Something else, or a file that is not what its suffix says.
    FileNotFoundError
        There is no such file.
    MissingExtra
        What reads the file is not installed.
    """
    if isinstance(source, (str, Path)):
        return _file(Path(source))
    if not is_frame(source):
        expected = "a path, or a pandas, polars or pyarrow table"
        raise DataError([Problem("interactions", "type", type(source).__name__, expected)])
    columns = columns_of(source)
    count = len(next(iter(columns.values()), []))
    return Table(columns, [f"row {i + 1}" for i in range(count)], "interactions")


def _file(path: Path) -> Table:
    columns, places = read_columns(path)
    return Table(columns, places, path.stem)


@dataclass(frozen=True)
class _Wrong:
    """Why a value cannot be read."""

    expected: str
    hint: str | None = None


class Reader:
    """Reads a table's columns, each distinct value once, and collects what is wrong.

    Parameters
    ----------
    table
        The table.
    columns
        The table's names for our columns, where they differ.
    catalogue
        What modules and profiles are looked up in; None takes any.

    Attributes
    ----------
    titles
        The texts that ids which were made up stand for.

    Raises
    ------
    DataError
        Columns that are missing, not known or perhaps misspelled.
    """

    def __init__(
        self, table: Table, columns: Mapping[str, str], catalogue: Catalogue | None
    ) -> None:
        self.table, self.names = table, _named(columns, table.columns)
        self.catalogue = catalogue
        self.titles: dict[str, str] = {}
        self._problems: list[tuple[int, Problem]] = []

    def read(self) -> dict[str, list[Any]]:
        """The values of our columns that the table has, one for each row.

        Raises
        ------
        DataError
            Every wrong value.
        """
        known = self.catalogue is not None
        parsers: Mapping[str, Callable[[Any], Any]] = {
            "employee": _employee,
            "module": self._module if known else self._stranger,
            "date": _date,
            "passed": _truth,
            "useful": _share,
            "gap_closed": _share,
            "profile": self._profile if known else self._strange_profile,
        }
        found = {ours: self._column(ours, parsers[ours]) for ours in self.names}
        if "profile" in found:
            self._check_profiles(found["employee"], found["profile"])
        if self._problems:
            ordered = sorted(self._problems, key=lambda one: one[0])
            raise DataError([problem for _, problem in ordered])
        return found

    def _column(self, ours: str, parse: Callable[[Any], Any]) -> list[Any]:
        seen: dict[tuple[type, Any], Any] = {}
        found = []
        for i, raw in enumerate(self.table.columns[self.names[ours]]):
            # With their types: 1, 1.0 and True are equal, but do not read the same.
            plain = raw is None or isinstance(raw, (str, int, float, dt.date))
            key = (type(raw), raw if plain else repr(raw))
            if key not in seen:
                blank = isinstance(raw, str) and not raw.strip()
                seen[key] = parse(None if blank else raw)
            value = seen[key]
            if isinstance(value, _Wrong):
                self._wrong(i, ours, raw, value)
            found.append(value)
        return found

    def _wrong(self, i: int, ours: str, raw: Any, why: _Wrong) -> None:
        private = raw is None or ours == "employee" or looks_like_cpr(str(raw))
        shown = None if private else str(raw)
        problem = Problem(self.table.places[i], self.names[ours], shown, why.expected, why.hint)
        self._problems.append((i, problem))

    def _check_profiles(self, people: Sequence[Any], profiles: Sequence[Any]) -> None:
        """A person has the same profile on every row that gives one."""
        first: dict[Any, Any] = {}
        for i, (person, profile) in enumerate(zip(people, profiles, strict=True)):
            if profile is None or isinstance(profile, _Wrong) or isinstance(person, _Wrong):
                continue
            if first.setdefault(person, profile) != profile:
                told = self.titles.get(str(first[person]), first[person])
                expected = f"the same for a person on every row, as {told!r}"
                raw = self.table.columns[self.names["profile"]][i]
                self._wrong(i, "profile", raw, _Wrong(expected))

    def _module(self, raw: Any) -> str | _Wrong:
        text = _text(raw)
        modules = self.catalogue.modules if self.catalogue is not None else ()
        if isinstance(text, _Wrong) or text in modules:
            return text
        return _Wrong(UNKNOWN, nearest(text, modules))

    def _stranger(self, raw: Any) -> str | _Wrong:
        text = _text(raw)
        if isinstance(text, _Wrong):
            return text
        try:
            slug = as_slug(text)
        except DataError as error:
            return _Wrong(error.problems[0].expected)
        self.titles[slug] = text
        return slug

    def _profile(self, raw: Any) -> Any:
        return None if raw is None else _as_of_people("profile", raw, self.catalogue)

    def _strange_profile(self, raw: Any) -> str | _Wrong | None:
        return None if raw is None else self._stranger(raw)


def _named(columns: Mapping[str, str], table: Mapping[str, Any]) -> dict[str, str]:
    """The table's name of each of our columns that it has."""
    problems = [
        Problem("columns", ours, None, f"one of {', '.join(_OURS)}", nearest(ours, _OURS))
        for ours in columns
        if ours not in _OURS
    ]
    wanted = {ours: columns.get(ours, ours) for ours in _OURS}
    for ours, theirs in wanted.items():
        if theirs not in table and (ours in _NEEDED or ours in columns):
            hint = nearest(theirs, table)
            expected = f"a column {theirs!r}"
            problems.append(Problem("table", "columns", ", ".join(table), expected, hint))
    found = {ours: theirs for ours, theirs in wanted.items() if theirs in table}
    absent = {*_OURS} - {*found} - {*_NEEDED}
    for theirs in table:
        close = None if theirs in found.values() else nearest(theirs, absent, 0.75)
        if close is not None:
            problems.append(Problem("table", "column", theirs, "one of the known columns", close))
    if problems:
        raise DataError(problems)
    return found


def _as_of_people(column: str, raw: Any, catalogue: Catalogue | None = None) -> Any:
    """A value as it is read where people are read."""
    cells = {"employee": ["x"], column: [raw]}
    try:
        (one,) = workforce_of(cells, catalogue)
    except DataError as error:
        return _Wrong(error.problems[0].expected, error.problems[0].suggestion)
    return one.id if column == "employee" else getattr(one, column)


def _employee(raw: Any) -> Any:
    return _Wrong("an id") if raw is None else _as_of_people("employee", raw)


def _is_number(raw: Any) -> bool:
    return isinstance(raw, Real) and not isinstance(raw, bool)


def _text(raw: Any) -> str | _Wrong:
    if isinstance(raw, str) or (_is_number(raw) and raw % 1 == 0):
        return id_text(raw)
    return _Wrong("an id as text or a whole number")


def _date(raw: Any) -> dt.date | _Wrong | None:
    if raw is None:
        return None
    if not _is_number(raw) and not (isinstance(raw, str) and _NUMBER.match(raw.strip())):
        day = date_of(raw)
        return day if day is not None else _Wrong(_A_DATE)
    least, most = _SECONDS
    seconds = float(raw)
    if not least <= seconds <= most or seconds % 1:
        return _Wrong(_A_DATE)
    return (dt.datetime(1970, 1, 1) + dt.timedelta(seconds=seconds)).date()


def _truth(raw: Any) -> bool | _Wrong:
    return _TRUTH.get(str(raw).strip().lower(), _Wrong("true or false"))


def _share(raw: Any) -> float | _Wrong | None:
    if raw is None:
        return None
    try:
        value = float(str(raw).strip().replace(",", ".").replace("_", "no digit"))
    except ValueError:
        value = float("nan")
    return value if 0 <= value <= 1 else _Wrong("a number from 0 to 1")
