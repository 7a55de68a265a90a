"""Tables of the long form, one row per statement, as columns.

A statement is packed into one whole number: the person, the competence and the kind, then what
decides which of several counts. Sorted, the one that counts comes first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fagprofil.ladder import Ladder
from fagprofil.person_columns import Rows, Unusual, days_of, facts_in, levels_of, people_in
from fagprofil.roster import Roster, SparseLevels, starts_of
from fagprofil.statement_columns import (
    KINDS,
    KNOWN,
    Counting,
    Words,
    ages_of,
    bits_of,
    doubts_in,
    packed,
    positions_in,
    rated_of,
    unpacked,
    weights_of,
)

__all__ = ["long_roster"]

Positions = NDArray[np.intp]

#: Kinds of which a later statement replaces an earlier one.
_REPLACED = np.isin(list(KINDS), ("self", "manager", "known"))


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
    stated = counting.where(counting.kind == KNOWN)
    rated = counting.where(counting.kind != KNOWN)
    weight = weights_of(rated.kind, rated.age, rated.doubt, said.confidences, ladder)
    words = Words(rated.person, rated.competence, rated.kind, rated.level, weight)
    start, level = starts_of(stated.person, len(ids)), stated.level.astype(np.int8)
    known = SparseLevels(start, stated.competence, level, len(ladder.competences))
    return facts.roster(ids, known, rated_of(words, facts.taken_start, facts.taken, ladder))


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


def _said_in(data: Any, names: Sequence[str], person: Positions, ladder: Ladder) -> _Said:
    """What each row states; rows that only have facts state nothing."""
    nothing = np.full(len(person), -1, dtype=np.intp)
    competence = kind = level = nothing
    if "competence" in names:
        competence = positions_in(data, "competence", ladder.position)
        kind = positions_in(data, "kind", KINDS)
        level = levels_of(data, "level", ladder.top).astype(np.intp)
    day = days_of(data, "date") if "date" in names else nothing + 1
    doubt, confidences = nothing, np.ones(1)
    if "confidence" in names:
        doubt, confidences = doubts_in(data)
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


def _counting(said: _Said, n: int, ladder: Ladder) -> Counting:
    """The statements that count, as `fagprofil.evidence.counting` has it.

    Of the statements of a kind that replace each other the latest; of those the surest; then the
    lowest. Of levels that are known it does not matter how sure they are.
    """
    age = ages_of(said.day, ladder.on)
    doubt = np.where(said.kind == KNOWN, 0, said.doubt)
    who = (said.person, said.competence, said.kind)
    about = (n, len(ladder.competences), len(KINDS))
    decides = (int(age.max(initial=0)) + 1, len(said.confidences), ladder.top + 1)
    words = np.sort(packed((*who, age, doubt, said.level), about + decides))
    cell = words >> sum(map(bits_of, decides))
    again = np.zeros(len(cell), dtype=np.bool_)
    again[1:] = cell[1:] == cell[:-1]
    if again.any():
        days = int(said.day.max(initial=0)) + 1
        _check_once(packed((*who, said.day), (*about, days)))
    found = Counting(*unpacked(words, about + decides))
    return found.where(~(again & _REPLACED[found.kind]))


def _check_once(statements: Positions) -> None:
    """Of a person, a competence, a kind and a day there is one statement."""
    ordered = np.sort(statements)
    if (ordered[1:] == ordered[:-1]).any():
        raise Unusual
