"""Tables of the wide form, one row per person and a column per competence, as columns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fagprofil.ladder import Ladder
from fagprofil.person_columns import Facts, Rows, Unusual, days_of, facts_in, levels_of, people_in
from fagprofil.roster import DenseLevels, Rated, Roster
from fagprofil.statement_columns import (
    KINDS,
    KNOWN,
    Words,
    ages_of,
    doubts_in,
    positions_in,
    rated_of,
    weights_of,
)
from fagprofil.workforce import competence_columns

__all__ = ["wide_roster"]

Positions = NDArray[np.intp]


def wide_roster(data: Any, names: Sequence[str], ladder: Ladder) -> Roster:
    """The people of a table in the wide form.

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
    if len(ids) < len(person):
        raise Unusual
    facts = facts_in(data, names, Rows(ids), ladder.catalogue)
    return facts.roster(ids, *_said_in(data, names, facts, ladder))


def _said_in(
    data: Any, names: Sequence[str], facts: Facts, ladder: Ladder
) -> tuple[DenseLevels, Rated]:
    """The levels that are known, and the statements that are weighed."""
    columns = competence_columns(names, ladder.catalogue)
    competence = np.array([ladder.position[name] for name in columns], dtype=np.intp)
    levels = [levels_of(data, name, ladder.top) for name in columns]
    column = np.full(len(ladder.competences), -1, dtype=np.intp)
    column[competence] = np.arange(len(columns))
    kind, weight = _how_said(data, names, len(facts.fact), ladder)
    raters = np.flatnonzero(kind != KNOWN)
    # What passed modules say is not weighed against levels that are known.
    start, taken = facts.taken_start, facts.taken
    if not len(raters) and _complete(DenseLevels(levels, column)):
        start, taken = start * 0, taken[:0]
    said = np.stack([one[raters] for one in levels], axis=1)
    who, at = np.nonzero(said >= 0)
    person = raters[who]
    words = Words(
        person, competence[at], kind[person], said[who, at].astype(np.intp), weight[person]
    )
    if len(raters):
        levels = [np.where(kind == KNOWN, one, np.int8(-1)) for one in levels]
    return DenseLevels(levels, column), rated_of(words, start, taken, ladder)


def _how_said(
    data: Any, names: Sequence[str], n: int, ladder: Ladder
) -> tuple[Positions, NDArray[np.float64]]:
    """The kind of what each row says, and how far it counts."""
    nothing = np.zeros(n, dtype=np.intp)
    kind, age, doubt, confidences = nothing + KNOWN, nothing, nothing, [1.0]
    if "kind" in names:
        kind = positions_in(data, "kind", KINDS)
        kind = np.where(kind < 0, KNOWN, kind)
    if "date" in names:
        age = ages_of(days_of(data, "date"), ladder.on)
    if "confidence" in names:
        found, distinct = doubts_in(data)
        doubt, confidences = np.maximum(found, 0), distinct.tolist()
    weight, raters = np.zeros(n), kind != KNOWN
    said = (kind[raters], age[raters], doubt[raters])
    weight[raters] = weights_of(*said, confidences, ladder)
    return kind, weight


def _complete(known: DenseLevels) -> bool:
    """Whether all levels are known of everybody."""
    every = bool((known.column >= 0).all())
    return every and all(levels.min(initial=0) >= 0 for levels in known.levels)
