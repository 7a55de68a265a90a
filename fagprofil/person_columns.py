"""What tables of the long and of the wide form say of people, read by whole columns.

Each distinct value is looked at once. Whatever is wrong or unusual ends in `Unusual`: it is read
by `fagprofil.workforce`, which tells of it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fagprofil.catalogue import Catalogue
from fagprofil.errors import DataError
from fagprofil.evidence import RATED, weight_of
from fagprofil.frame_columns import (
    Coded,
    Strings,
    coded_in,
    days_in,
    doubtful,
    numbers_or_nan,
    pieces_of,
)
from fagprofil.ladder import Ladder
from fagprofil.model import Employee
from fagprofil.model.employee import looks_like_cpr
from fagprofil.roster import Levels, Rated, Roster, coded, entries_of, facts_of
from fagprofil.workforce import date_of, workforce_of

__all__ = [
    "MODULE",
    "Facts",
    "Rows",
    "Unusual",
    "column_of",
    "compact",
    "days_of",
    "facts_in",
    "levels_of",
    "passed_weight",
    "people_in",
    "taught_by",
]

Positions = NDArray[np.intp]

_DISTINCT_FACTS = ("profile", "backgrounds", "employer", "agreement", "education_level")
_LONGEST_ID = 200
#: Whatever could be a CPR number, with the length of the shortest that can.
_LIKE_CPR = (10, "[0-9]{6}[- ]?[0-9]{4}")
#: Smaller numbers are no CPR numbers, even if a zero that they began with was dropped.
_NO_CPR = 10**8
#: The day 1970-01-01 as `datetime.date.toordinal` counts.
_EPOCH = dt.date(1970, 1, 1).toordinal()
#: The place of the kind of statement that a passed module makes.
MODULE = RATED.index("module")


class Unusual(Exception):
    """Something that is read with more care elsewhere."""


@dataclass(frozen=True, eq=False)
class Rows:
    """Whom the rows of a table are about.

    Attributes
    ----------
    ids
        The n people's ids.
    person
        The person of each row; None where each has one row, in their order.
    """

    ids: Sequence[str]
    person: Positions | None = None

    def merged(self, values: NDArray[Any], given: NDArray[np.bool_]) -> NDArray[Any]:
        """One value for each person, the same on all of the rows that give one.

        Parameters
        ----------
        values
            The value of each row; -1 where it gives none.
        """
        if self.person is None:
            return values
        person = self.person
        if not given.all():
            person, values = person[given], values[given]
        own = np.full(len(self.ids), -1, dtype=values.dtype)
        own[person] = values
        if (own[person] != values).any():
            raise Unusual
        return own


@dataclass(frozen=True, eq=False)
class Facts:
    """What is said of people but for their levels, as in `fagprofil.roster.Roster`."""

    facts: tuple[Employee, ...]
    fact: Positions
    years: NDArray[np.float64]
    taken_start: Positions
    taken: Positions

    def roster(self, ids: Sequence[str], known: Levels, rated: Rated) -> Roster:
        """The people, with what is said of their levels."""
        return Roster(ids=ids, known=known, rated=rated, **vars(self))


def facts_in(data: Any, names: Sequence[str], rows: Rows, catalogue: Catalogue) -> Facts:
    """What a table says of people but for their levels."""
    # What has no part in what is computed must be right all the same.
    if "unit" in names:
        _read("unit", _own(data, "unit", rows).values, catalogue)
    if "hired" in names:
        days = days_of(data, "hired")
        rows.merged(days, days > 0)
    columns = {name: _own(data, name, rows) for name in _DISTINCT_FACTS if name in names}
    facts, fact = _distinct(columns, len(rows.ids), catalogue)
    start, taken = np.zeros(len(rows.ids) + 1, dtype=np.intp), np.zeros(0, dtype=np.intp)
    if "completed" in names:
        start, taken = _modules(_own(data, "completed", rows), catalogue.modules.position)
    return Facts(facts, fact, _years(data, names, rows), start, taken)


def people_in(data: Any) -> tuple[Sequence[str], Positions]:
    """The people's ids in the order in which they first occur, and the person of each row."""
    found = _coded(data, "employee")
    if (found.codes < 0).any():
        raise Unusual
    return _checked_ids(found.values), found.codes


def _checked_ids(values: Sequence[Any]) -> Sequence[str]:
    if not isinstance(values, Strings) and all(type(one) is int for one in values):
        if not all(0 <= one < _NO_CPR for one in values):
            raise Unusual
        return [str(one) for one in values]
    for i in doubtful(values, longest=_LONGEST_ID, pattern=_LIKE_CPR):
        one = values[i]
        if type(one) is not str or not 0 < len(one) <= _LONGEST_ID:
            raise Unusual
        if one != one.strip() or looks_like_cpr(one):
            raise Unusual
    return values


def _coded(data: Any, name: str) -> Coded:
    try:
        found = coded_in(data, name)
    except TypeError:  # lists in cells
        raise Unusual from None
    # Times in several zones may be equal, and yet read differently.
    if any(getattr(one, "tzinfo", None) is not None for one in _objects(found.values)):
        raise Unusual
    return found


def _objects(values: Sequence[Any]) -> Sequence[Any]:
    return () if isinstance(values, Strings) else values


def column_of(data: Any, name: str) -> Coded:
    """A column in which blank text is missing."""
    found = _coded(data, name)
    at = doubtful(found.values)
    blank = [i for i in at if isinstance(found.values[i], str) and not found.values[i].strip()]
    return found.without(blank)


def _own(data: Any, name: str, rows: Rows) -> Coded:
    """A column with one entry for each person."""
    column = column_of(data, name)
    return Coded(rows.merged(column.codes, column.codes >= 0), column.values)


def _distinct(
    columns: Mapping[str, Coded], n: int, catalogue: Catalogue
) -> tuple[tuple[Employee, ...], Positions]:
    """The distinct facts in the order in which they first occur, and the facts of each person."""
    combined = np.zeros(n, dtype=np.intp)
    for column in columns.values():
        # The codes begin at -1.
        combined, _ = compact(combined * (len(column.values) + 1) + column.codes + 1)
    # The first person of each; later ones are overwritten by those before them.
    first = np.zeros(int(combined.max(initial=-1)) + 1, dtype=np.intp)
    first[combined[::-1]] = np.arange(n)[::-1]
    order = np.argsort(first)
    # Texts that differ may say the same.
    seen: dict[Any, tuple[int, Employee]] = {}
    place = np.zeros(len(first), dtype=np.intp)
    for code, one in zip(order, _made_up(columns, first[order], catalogue), strict=True):
        place[code], _ = seen.setdefault(facts_of(one), (len(seen), one))
    return tuple(one for _, one in seen.values()), place[combined]


def _made_up(
    columns: Mapping[str, Coded], rows: Positions, catalogue: Catalogue
) -> Iterator[Employee]:
    """People of whom nothing is said but what the columns say in some rows."""
    # Last, for entries that are missing.
    read = {name: [*_read(name, one.values, catalogue), None] for name, one in columns.items()}
    codes = {name: one.codes[rows].tolist() for name, one in columns.items()}
    nobody = Employee(id="facts")
    for i in range(len(rows)):
        yield nobody.model_copy(update={name: read[name][own[i]] for name, own in codes.items()})


def _read(name: str, values: Sequence[Any], catalogue: Catalogue) -> list[Any]:
    """The values of a column, read with care."""
    columns = {"employee": [f"facts-{i}" for i in range(len(values))], name: values}
    try:
        return [getattr(one, name) for one in workforce_of(columns, catalogue)]
    except DataError:
        raise Unusual from None


def compact(values: Positions) -> tuple[Positions, Positions]:
    """Whole numbers from 0 as positions among those that occur, and these, in their order."""
    if values.max(initial=0) <= 8 * len(values):
        return coded(values)
    occurring, codes = np.unique(values, return_inverse=True)
    return codes, occurring


def _years(data: Any, names: Sequence[str], rows: Rows) -> NDArray[np.float64]:
    if "relevant_years" not in names:
        return np.full(len(rows.ids), np.nan)
    years = numbers_or_nan(data, "relevant_years")
    if years is None or (years < 0).any() or (years > 70).any():
        raise Unusual
    given = ~np.isnan(years)
    merged = rows.merged(np.where(given, years, -1.0), given)
    return np.where(merged < 0, np.nan, merged)


def levels_of(data: Any, name: str, top: int) -> NDArray[np.int8]:
    """A column of levels; -1 where there is none."""
    values = numbers_or_nan(data, name)
    if values is None:
        raise Unusual
    if values.dtype.kind == "f":
        missing = np.isnan(values)
        values = np.where(missing, -1, values)
        if (values != np.rint(values)).any() or (values[~missing] < 0).any():
            raise Unusual
    elif values.min(initial=0) < 0:
        raise Unusual
    if values.max(initial=0) > top:
        raise Unusual
    return values.astype(np.int8, copy=False)


def days_of(data: Any, name: str) -> NDArray[np.int64]:
    """A column of dates as `datetime.date.toordinal` counts days; 0 where there is none."""
    days = days_in(data, name)
    if days is None:
        column = column_of(data, name)
        ordinals = [_ordinal(one) for one in column.values]
        # Last, for entries that are missing.
        return np.array([*ordinals, 0], dtype=np.int64)[column.codes]
    missing = np.isnat(days)
    counted = np.where(missing, 1, days.astype(np.int64) + _EPOCH)
    if counted.min(initial=1) < 1 or counted.max(initial=1) > dt.date.max.toordinal():
        raise Unusual
    return np.where(missing, 0, counted)


def _ordinal(raw: Any) -> int:
    day = date_of(raw)
    if day is None:
        raise Unusual
    return day.toordinal()


def _modules(column: Coded, position: Mapping[str, int]) -> tuple[Positions, Positions]:
    """Where each person's modules begin, and the modules."""
    texts = column.values
    if not isinstance(texts, Strings) and not all(type(one) is str for one in texts):
        raise Unusual
    start, pieces = pieces_of(texts, ";|")
    names = [one.strip() for one in pieces.values]
    if any(name and name not in position for name in names):
        raise Unusual
    text = np.repeat(np.arange(len(texts)), np.diff(start))
    module = np.array([position.get(name, -1) for name in names], dtype=np.intp)[pieces.codes]
    text, module = text[module >= 0], module[module >= 0]
    # A module that is named twice would be heard twice.
    if len(np.unique(text * len(position) + module)) < len(module):
        raise Unusual
    # Last, for people who have passed none.
    count = np.append(np.bincount(text, minlength=len(texts)), 0)
    first = np.cumsum(count) - count
    own = count[column.codes]
    start = np.append(0, np.cumsum(own))
    skipped = np.repeat(first[column.codes] - start[:-1], own)
    return start, module[skipped + np.arange(len(skipped))]


def taught_by(start: Positions, taken: Positions, ladder: Ladder) -> tuple[Positions, ...]:
    """What passed modules say: the person, the competence and the level of each statement."""
    person = np.repeat(np.arange(len(start) - 1), np.diff(start))
    which, triples = entries_of(ladder.taught.bounds, taken)
    return person[which], ladder.taught.competence[triples], ladder.taught.level[triples]


def passed_weight(ladder: Ladder) -> float:
    """How far a statement of a passed module counts that has no date."""
    return weight_of("module", 1.0, None, ladder.on, ladder.model)
