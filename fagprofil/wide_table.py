"""Tables of the wide form, one row per person and a column per competence, as columns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fagprofil.ladder import Ladder
from fagprofil.person_columns import (
    MODULE,
    Rows,
    Unusual,
    facts_in,
    levels_of,
    passed_weight,
    people_in,
    taught_by,
)
from fagprofil.roster import DenseLevels, Rated, Roster, starts_of
from fagprofil.workforce import competence_columns

__all__ = ["wide_roster"]

Positions = NDArray[np.intp]


def wide_roster(data: Any, names: Sequence[str], ladder: Ladder) -> Roster:
    """The people of a table in the wide form whose levels are known.

    Parameters
    ----------
    names
        The table's columns.

    Raises
    ------
    Unusual
        Something that must be read with more care.
    """
    if {"date", "confidence", "kind"} & set(names):
        raise Unusual
    ids, person = people_in(data)
    if len(ids) < len(person):
        raise Unusual
    said = facts_in(data, names, Rows(ids), ladder.catalogue)
    known = _known(data, names, ladder)
    return Roster(
        ids=ids,
        facts=said.facts,
        fact=said.fact,
        years=said.years,
        known=known,
        rated=_taught(said.taken_start, said.taken, known, ladder),
        taken_start=said.taken_start,
        taken=said.taken,
    )


def _known(data: Any, names: Sequence[str], ladder: Ladder) -> DenseLevels:
    competences = competence_columns(names, ladder.catalogue)
    column = np.full(len(ladder.competences), -1, dtype=np.intp)
    column[[ladder.position[name] for name in competences]] = np.arange(len(competences))
    return DenseLevels([levels_of(data, name, ladder.top) for name in competences], column)


def _complete(known: DenseLevels) -> bool:
    """Whether all levels are known of everybody."""
    every = bool((known.column >= 0).all())
    return every and all(levels.min(initial=0) >= 0 for levels in known.levels)


def _taught(start: Positions, taken: Positions, known: DenseLevels, ladder: Ladder) -> Rated:
    """What passed modules say of the levels that are not known."""
    n = len(start) - 1
    if not len(taken) or _complete(known):
        nothing = np.zeros(0, dtype=np.intp)
        return Rated(start * 0, nothing, nothing, nothing, np.zeros(0))
    who, competence, level = taught_by(start, taken, ladder)
    silent = known.at(who, competence) < 0
    who, competence, level = who[silent], competence[silent], level[silent]
    kind = np.full(len(who), MODULE)
    weight = np.full(len(who), passed_weight(ladder))
    return Rated(starts_of(who, n), competence, kind, level, weight)
