"""Tables of the long form, one row per statement, as columns.

A statement is packed into one whole number: the person, the competence and the kind, then what
decides which of several counts. Sorted, the one that counts comes first.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from fagprofil.evidence import RATED, weight_of
from fagprofil.ladder import Ladder
from fagprofil.person_columns import (
    MODULE,
    Facts,
    Rows,
    Unusual,
    column_of,
    compact,
    days_of,
    facts_in,
    levels_of,
    passed_weight,
    people_in,
    taught_by,
)
from fagprofil.roster import Rated, Roster, SparseLevels, starts_of

__all__ = ["long_roster"]

Positions = NDArray[np.intp]

#: Kinds as `RATED` has them; last the one that is not weighed.
_KINDS: dict[str, int] = {kind: i for i, kind in enumerate((*RATED, "known"))}
_KNOWN = _KINDS["known"]
#: Kinds of which a later statement replaces an earlier one.
_REPLACED = np.isin(list(_KINDS), ("self", "manager", "known"))
#: Bits of a whole number that is not negative.
_MOST_BITS = 63


def long_roster(data: Any, names: Sequence[str], ladder: Ladder) -> Roster:
    """The people of a table in the long form.

    Parameters
    ----------
    names
        The table's columns.

    Raises
    ------
    Unusual
        Something that must be read with more care.
    """
    ids, person = people_in(data)
    facts = facts_in(data, names, Rows(ids, person), ladder.catalogue)
    said = _said_in(data, names, person, ladder)
    counting = _counting(said, len(ids), ladder)
    known = counting.where(counting.kind == _KNOWN)
    rated = counting.where(counting.kind != _KNOWN)
    start, level = starts_of(known.person, len(ids)), known.level.astype(np.int8)
    return Roster(
        ids=ids,
        facts=facts.facts,
        fact=facts.fact,
        years=facts.years,
        known=SparseLevels(start, known.competence, level, len(ladder.competences)),
        rated=_rated(rated, _weights(rated, said.confidences, ladder), facts, ladder),
        taken_start=facts.taken_start,
        taken=facts.taken,
    )


@dataclass(frozen=True, eq=False)
class _Said:
    """What is stated.

    Attributes
    ----------
    confidences
        The distinct ones, from the highest to the lowest.
    person, competence, kind, level
        Positions and levels.
    day
        As `days_of` counts them; 0 where there is none.
    doubt
        The position of the confidence.
    """

    confidences: Sequence[float]
    person: Positions
    competence: Positions
    kind: Positions
    level: Positions
    day: Positions
    doubt: Positions


class _Counting(NamedTuple):
    """The statements that count, sorted by person; their ages in days."""

    person: Positions
    competence: Positions
    kind: Positions
    age: Positions
    doubt: Positions
    level: Positions

    def where(self, chosen: NDArray[np.bool_]) -> _Counting:
        return _Counting(*(column[chosen] for column in self))


def _said_in(data: Any, names: Sequence[str], person: Positions, ladder: Ladder) -> _Said:
    """What each row states; rows that only have facts state nothing."""
    nothing = np.full(len(person), -1, dtype=np.intp)
    competence = kind = level = nothing
    if "competence" in names:
        competence = _positions(data, "competence", ladder.position)
        kind = _positions(data, "kind", _KINDS)
        level = levels_of(data, "level", ladder.top).astype(np.intp)
    day = days_of(data, "date") if "date" in names else nothing + 1
    doubt, confidences = nothing, np.ones(1)
    if "confidence" in names:
        doubt, confidences = _doubts(data)
    stated = competence >= 0
    silent = ~stated
    if ((kind < 0) != silent).any() or ((level < 0) != silent).any():
        raise Unusual
    if (day[silent] > 0).any() or (doubt[silent] >= 0).any():
        raise Unusual
    columns = [person, competence, kind, level, day, np.maximum(doubt, 0)]
    if silent.any():
        columns = [column[stated] for column in columns]
    return _Said(confidences.tolist(), *columns)


def _positions(data: Any, name: str, position: Mapping[str, int]) -> Positions:
    """A column of names as their positions; -1 where there is none."""
    column = column_of(data, name)
    at = [position.get(str(value).strip(), -1) for value in column.values]
    if -1 in at:
        raise Unusual
    # Last, for entries that are missing.
    return np.array([*at, -1], dtype=np.intp)[column.codes]


def _doubts(data: Any) -> tuple[Positions, NDArray[np.float64]]:
    """The positions of the confidences, from the highest to the lowest; -1 where there is none."""
    column = column_of(data, "confidence")
    if not all(type(one) in (int, float) and 0 < one <= 1 for one in column.values):
        raise Unusual
    # Where there is none it is 1, the highest.
    lowest_last, place = np.unique([-1.0, *(-one for one in column.values)], return_inverse=True)
    return np.append(place[1:], -1)[column.codes], -lowest_last


def _counting(said: _Said, n: int, ladder: Ladder) -> _Counting:
    """The statements that count, as `fagprofil.evidence.counting` has it.

    Of the statements of a kind that replace each other the latest; of those the surest; then the
    lowest. Of levels that are known it does not matter how sure they are.
    """
    age = np.where(said.day > 0, np.maximum(ladder.on.toordinal() - said.day, 0), 0)
    doubt = np.where(said.kind == _KNOWN, 0, said.doubt)
    who = (said.person, said.competence, said.kind)
    about = (n, len(ladder.competences), len(_KINDS))
    decides = (int(age.max(initial=0)) + 1, len(said.confidences), ladder.top + 1)
    words = np.sort(_packed((*who, age, doubt, said.level), about + decides))
    cell = words >> sum(map(_bits, decides))
    again = np.zeros(len(cell), dtype=np.bool_)
    again[1:] = cell[1:] == cell[:-1]
    if again.any():
        days = int(said.day.max(initial=0)) + 1
        _check_once(_packed((*who, said.day), (*about, days)))
    found = _Counting(*_unpacked(words, about + decides))
    return found.where(~(again & _REPLACED[found.kind]))


def _check_once(statements: Positions) -> None:
    """Of a person, a competence, a kind and a day there is one statement."""
    ordered = np.sort(statements)
    if (ordered[1:] == ordered[:-1]).any():
        raise Unusual


def _bits(size: int) -> int:
    """How many bits hold the whole numbers below a size."""
    return max(0, size - 1).bit_length()


def _packed(columns: Sequence[Positions], sizes: Sequence[int]) -> Positions:
    """Several whole numbers, each below its size, as one."""
    if sum(map(_bits, sizes)) > _MOST_BITS:
        raise Unusual
    packed = np.zeros(len(columns[0]), dtype=np.int64)
    for column, size in zip(columns, sizes, strict=True):
        packed <<= _bits(size)
        packed |= column
    return packed


def _unpacked(packed: Positions, sizes: Sequence[int]) -> list[Positions]:
    """The numbers that `_packed` has made one."""
    columns = []
    for size in reversed(sizes):
        columns.append(packed & ((1 << _bits(size)) - 1))
        packed = packed >> _bits(size)
    return columns[::-1]


def _weights(words: _Counting, confidences: Sequence[float], ladder: Ladder) -> NDArray[np.float64]:
    """How far statements count; those of one kind, age and confidence count alike."""
    sizes = (len(RATED), int(words.age.max(initial=0)) + 1, len(confidences))
    codes, alike = compact(_packed((words.kind, words.age, words.doubt), sizes))
    on, model = ladder.on, ladder.model
    weights = [
        weight_of(RATED[kind], confidences[doubt], on - dt.timedelta(days=age), on, model)
        for kind, age, doubt in zip(*(one.tolist() for one in _unpacked(alike, sizes)), strict=True)
    ]
    return np.array(weights, dtype=np.float64)[codes]


def _rated(words: _Counting, weight: NDArray[np.float64], facts: Facts, ladder: Ladder) -> Rated:
    """Statements that are weighed, with those that passed modules make."""
    person, competence, level = taught_by(facts.taken_start, facts.taken, ladder)
    taught = (person, competence, np.full(len(person), MODULE), level)
    given = (words.person, words.competence, words.kind, words.level)
    columns = [np.concatenate(pair) for pair in zip(given, taught, strict=True)]
    weights = np.concatenate([weight, np.full(len(person), passed_weight(ladder))])
    order = np.argsort(columns[0], kind="stable")
    person, competence, kind, level = (column[order] for column in columns)
    start = starts_of(person, len(facts.fact))
    return Rated(start, competence, kind, level, weights[order])
