"""The entrance for people: tables, checked as a whole, to a `Workforce`.

The long form has one row per statement, with the person's own facts repeated or given once. Only
``employee`` is needed; ``competence``, ``level`` and ``kind`` go together. The wide form has one
row per person and one column per competence, with the level; ``kind`` (``known`` where it is not
given), ``date`` and ``confidence`` hold for all of a row's levels. Columns and what stands in them
may be named in Danish or English, see `fagprofil.spellings`.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, get_args

from pydantic import ValidationError

from fagprofil.catalogue import Catalogue, load_catalogue
from fagprofil.datafiles import problems_in
from fagprofil.errors import DataError, Problem, UnknownName, nearest
from fagprofil.frames import FrameKind, columns_of, frame_kind, is_frame
from fagprofil.model import Completion, Employee, Employer, Evidence, EvidenceKind, Workforce
from fagprofil.model.employee import looks_like_cpr
from fagprofil.spellings import Spellings

__all__ = ["date_of", "id_text", "people_of", "workforce_of"]

_STATEMENT: Final = ("competence", "level", "date", "kind", "confidence")
_PERSON: Final = (
    "unit",
    "backgrounds",
    "profile",
    "hired",
    "employer",
    "agreement",
    "education_level",
    "relevant_years",
    "completed",
)
#: Columns of the long form alone.
_LONG: Final = ("competence", "level")
COLUMNS: Final = ("employee", *_PERSON, *_STATEMENT)

_DANISH_DATE = re.compile(r"^(\d{1,2})[-./](\d{1,2})[-./](\d{4})$")


def people_of(
    people: Any, catalogue: Catalogue | None = None, *, names: Mapping[str, str] | None = None
) -> Workforce:
    """A workforce from a `Workforce`, from people, or from a table in the long or the wide form.

    Raises
    ------
    DataError
        Everything that is wrong with the people, at once.
    """
    if isinstance(people, Workforce):
        return people
    if is_frame(people):
        columns = columns_of(people)
        return workforce_of(columns, catalogue, frame=frame_kind(people), names=names)
    if isinstance(people, Iterable) and not isinstance(people, (str, bytes, Mapping)):
        listed = list(people)
        if all(isinstance(one, Employee) for one in listed):
            try:
                return Workforce(employees=listed)
            except ValidationError as error:
                raise DataError(problems_in(error, "people")) from None
    expected = "a Workforce, Employees, or a pandas, polars or pyarrow table"
    raise DataError([Problem("people", "type", type(people).__name__, expected)])


def workforce_of(
    columns: Mapping[str, Sequence[Any]],
    catalogue: Catalogue | None = None,
    *,
    places: Sequence[str] | None = None,
    frame: FrameKind | None = None,
    names: Mapping[str, str] | None = None,
) -> Workforce:
    """A workforce from the columns of a table in the long or the wide form.

    Parameters
    ----------
    columns
        Values by column name; None and blank text are missing. Columns of other names are left
        alone, unless they look like a misspelled one.
    catalogue
        What competences, modules, backgrounds and profiles are looked up in; None is the bundled.
    places
        What each row is called in problems; by default ``row 1``, ``row 2``, ...
    frame
        The kind of table that results come back in.
    names
        Spellings of the caller's own, each with what it means.

    Raises
    ------
    DataError
        Every wrong column and value.
    """
    catalogue = catalogue if catalogue is not None else load_catalogue()
    spellings = Spellings(catalogue, names or {})
    problems = list(column_problems(columns, spellings))
    if problems:
        raise DataError(problems)
    headings = {meant: found for found, meant in spellings.columns(columns).items()}
    columns = {meant: columns[found] for meant, found in headings.items()}
    competences = competence_columns(columns, catalogue)
    reader = _Reader(spellings, headings, problems)
    people: dict[str, dict[str, Any]] = {}
    for i in range(len(columns["employee"])):
        row: dict[str, Any] = {
            name: _blank(columns[name][i]) for name in COLUMNS if name in columns
        }
        reader.place = f"row {i + 1}" if places is None else places[i]
        if competences:
            levels = {name: _blank(columns[name][i]) for name in competences}
            reader.read_wide(row, levels, people)
        else:
            reader.read(row, people)
    if problems:
        # What is wrong with a whole row is found with each of its levels.
        raise DataError(list(dict.fromkeys(problems)))
    return Workforce(
        employees=tuple(Employee(id=name, **facts) for name, facts in people.items()), frame=frame
    )


def competence_columns(columns: Iterable[str], catalogue: Catalogue) -> list[str]:
    """The columns that are competences, by their ids, which make a table one of the wide form."""
    return [name for name in columns if name in catalogue.taxonomy.competences]


def column_problems(columns: Collection[str], spellings: Spellings) -> Iterator[Problem]:
    """What is wrong with a table's columns."""
    found = spellings.columns(columns)
    meant = set(found.values())
    if "employee" not in meant:
        hint = nearest("employee", columns)
        yield Problem("table", "columns", ", ".join(columns), "a column 'employee'", hint)
    first: dict[str, str] = {}
    for name, what in found.items():
        if first.setdefault(what, name) != name:
            yield Problem("table", "column", name, f"one column that is {what!r}", first[what])
    wide = bool(competence_columns(meant, spellings.catalogue))
    left = [
        one for one in spellings.spelled("column") if spellings.meant("column", one) not in meant
    ]
    if wide:
        left = [one for one in left if spellings.meant("column", one) not in _LONG]
    for name in columns:
        close = None if spellings.meant("column", name) else nearest(name, left, 0.75)
        if close is not None:
            yield Problem("table", "column", name, "one of the known columns", close)
    if wide:
        for name, what in found.items():
            if what in _LONG:
                expected = "no such column where competences are columns"
                yield Problem("table", "column", name, expected)
        return
    together = {"competence", "level", "kind"}
    if together & meant and not together <= meant:
        absent = ", ".join(sorted(together - meant))
        yield Problem("table", "columns", absent, "competence, level and kind together")


def _blank(value: Any) -> Any:
    return None if isinstance(value, str) and not value.strip() else value


def id_text(raw: Any) -> str:
    """An id as text; a number is the same id whether its column has holes (floats) or not."""
    return str(int(raw)) if isinstance(raw, float) and raw.is_integer() else str(raw).strip()


def date_of(raw: Any) -> dt.date | None:
    """A date, ISO or day-month-year as Danish spreadsheets write it; None where it is none.

    Examples
    --------
    >>> date_of("2026-03-01") == date_of("1.3.2026") == dt.date(2026, 3, 1)
    True
    """
    if isinstance(raw, dt.datetime):
        return raw.date()
    if isinstance(raw, dt.date):
        return raw
    text = str(raw).strip()
    danish = _DANISH_DATE.match(text)
    if danish:
        day, month, year = danish.groups()
        text = f"{year}-{int(month):02}-{int(day):02}"
    try:
        return dt.datetime.fromisoformat(text).date()
    except ValueError:
        return None


class _Reader:
    """Reads rows into people, and collects what is wrong."""

    def __init__(
        self, spellings: Spellings, headings: Mapping[str, str], problems: list[Problem]
    ) -> None:
        self.spellings, self.catalogue = spellings, spellings.catalogue
        self.headings, self.problems = headings, problems
        self.place = ""
        self.level_column = "level"
        self.rated: set[tuple[Any, ...]] = set()
        scale = self.catalogue.taxonomy.scale
        self.top = scale.top if scale is not None else 0

    def read(self, row: Mapping[str, Any], people: dict[str, dict[str, Any]]) -> None:
        """Add one row to the people."""
        key = row["employee"]
        if all(value is None for value in row.values()):
            return
        if key is None:
            self.wrong("employee", None, "an id")
            return
        if isinstance(key, (bytes, bytearray)):
            self.wrong("employee", None, "an id as text or a whole number, not bytes")
            return
        text = id_text(key)
        # A spreadsheet drops the zero that a CPR number may begin with.
        padded = text.zfill(10) if not isinstance(key, str) and len(text) == 9 else text
        try:
            Employee(id=padded)
            name = Employee(id=text).id
        except ValidationError as error:
            self.wrong("employee", None, error.errors()[0]["msg"].removeprefix("Value error, "))
            return
        person = people.setdefault(name, {"evidence": ()})
        for column in _PERSON:
            if row.get(column) is not None:
                self._fact(person, column, row[column])
        if any(row.get(column) is not None for column in _STATEMENT):
            said = self._statement(name, row)
            if said is not None:
                person["evidence"] = (*person["evidence"], said)

    def read_wide(
        self,
        row: Mapping[str, Any],
        levels: Mapping[str, Any],
        people: dict[str, dict[str, Any]],
    ) -> None:
        """Add one row to the people, with a level for each competence that has one."""
        facts = {name: value for name, value in row.items() if name not in _STATEMENT}
        said = {name: value for name, value in levels.items() if value is not None}
        if row["employee"] is not None and id_text(row["employee"]) in people:
            self.wrong("employee", row["employee"], "one row per person")
        elif said and row["employee"] is None:
            self.wrong("employee", None, "an id")
        else:
            common = {"kind": "known", **{k: row[k] for k in _STATEMENT if row.get(k) is not None}}
            self.read(facts, people)
            for name, level in said.items():
                self.level_column = name
                word = {"employee": row["employee"], **common}
                self.read({**word, "competence": name, "level": level}, people)

    def wrong(self, field: str, value: Any, expected: str, hint: str | None = None) -> None:
        """Note a problem with this row."""
        private = value is None or looks_like_cpr(str(value))
        shown = None if private else str(value)
        heading = self.headings.get(field, field)
        self.problems.append(Problem(self.place, heading, shown, expected, hint))

    def _fact(self, person: dict[str, Any], column: str, raw: Any) -> None:
        count = len(self.problems)
        value = _FACTS[column](self, column, raw)
        if len(self.problems) > count:
            return
        if person.get(column, value) != value:
            self.wrong(column, raw, f"the same for a person on every row, as {person[column]!r}")
            return
        person[column] = value

    def _statement(self, name: str, row: Mapping[str, Any]) -> Evidence | None:
        count = len(self.problems)
        for column in ("competence", "level", "kind"):
            if row.get(column) is None:
                self.wrong(column, None, f"a value, since the row has others of {_STATEMENT}")
        if len(self.problems) > count:
            return None
        competence = self.known("competence", row["competence"])
        kind = self.known("kind", row["kind"], get_args(EvidenceKind))
        level = self.number_in(self.level_column, row["level"], 0, self.top, whole=True)
        date = None if row.get("date") is None else self.date("date", row["date"])
        confidence: Any = 1.0
        if row.get("confidence") is not None:
            confidence = self.number_in("confidence", row["confidence"], 0, 1)
            if confidence == 0:
                self.wrong("confidence", row["confidence"], "a number above 0")
        if len(self.problems) == count and (name, competence, kind, date) in self.rated:
            self.wrong("competence", competence, "one statement per person, kind and date")
        if len(self.problems) > count:
            return None
        self.rated.add((name, competence, kind, date))
        return Evidence(
            competence=competence, level=level, kind=kind, date=date, confidence=confidence
        )

    def known(self, field: str, raw: Any, listed: Sequence[str] = ()) -> Any:
        """The id of what is named, or None; the few that there are can be listed."""
        text = str(raw).strip()
        name = self.spellings.meant(field, text)
        if name is None:
            shared = self.spellings.shared(field, text)
            expected = ", ".join(listed) if listed else "an id of the catalogue"
            if shared:
                self.wrong(field, text, f"one of those so named: {', '.join(shared)}")
            else:
                self.wrong(field, text, expected, self.spellings.nearest(field, text))
        return name

    def number_in(self, field: str, raw: Any, low: float, high: float, whole: bool = False) -> Any:
        """A number, also with a decimal comma."""
        try:
            value = float(str(raw).strip().replace(",", ".").replace("_", "no digit"))
        except ValueError:
            value = float("nan")
        if not low <= value <= high or (whole and value != int(value)):
            noun = "a whole number" if whole else "a number"
            self.wrong(field, raw, f"{noun} from {low:g} to {high:g}")
            return None
        return int(value) if whole else value

    def date(self, field: str, raw: Any) -> dt.date | None:
        """A date, ISO or day-month-year as Danish spreadsheets write it."""
        found = date_of(raw)
        if found is None:
            self.wrong(field, raw, "a date as 2026-03-01 or 01-03-2026")
        return found

    def several(self, field: str, raw: Any) -> tuple[str, ...]:
        """Ids or names separated by semicolons, or a list of them."""
        listed = raw if isinstance(raw, (list, tuple)) else re.split(r"[;|]", str(raw))
        names = [str(name).strip() for name in listed if name is not None and str(name).strip()]
        found = [self.known(field, name) for name in names]
        return tuple(name for name in found if name is not None)

    def profile(self, field: str, raw: Any) -> Any:
        """A profile in any of its notations, or by its name."""
        named = self.spellings.meant("profile", raw) if isinstance(raw, str) else None
        if named is not None:
            return named
        try:
            self.catalogue.resolve(raw)
        except UnknownName as error:
            self.wrong(field, error.name, "a profile of the catalogue", error.suggestion)
        except DataError as error:
            self.wrong(field, raw, error.problems[0].expected)
        return raw.strip() if isinstance(raw, str) else raw

    def text(self, field: str, raw: Any) -> Any:
        """A text that must fit the field of an employee."""
        value = str(raw).strip()
        try:
            Employee.model_validate({"id": "x", field: value})
        except ValidationError as error:
            self.wrong(field, None, error.errors()[0]["msg"].removeprefix("Value error, "))
        return value


_FACTS: Final[Mapping[str, Callable[[_Reader, str, Any], Any]]] = {
    "unit": _Reader.text,
    "backgrounds": lambda r, field, raw: r.several(field, raw),
    "profile": _Reader.profile,
    "hired": _Reader.date,
    "employer": lambda r, field, raw: r.known(field, raw, get_args(Employer)),
    "agreement": _Reader.text,
    "education_level": lambda r, field, raw: r.number_in(field, raw, 1, 8, whole=True),
    "relevant_years": lambda r, field, raw: r.number_in(field, raw, 0, 70),
    "completed": lambda r, field, raw: tuple(
        Completion(module=name) for name in r.several(field, raw)
    ),
}
