"""People as columns, so that many are computed at once.

What decides anything but a person's own levels (profile, backgrounds, employer, ...) is kept once
for all of whom it is the same, as `facts`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from fagprofil.catalogue import Catalogue
from fagprofil.errors import DataError
from fagprofil.evidence import EvidenceModel, words_of
from fagprofil.model import Employee

__all__ = [
    "DenseLevels",
    "Levels",
    "Rated",
    "Roster",
    "SparseLevels",
    "Whole",
    "coded",
    "entries_of",
    "facts_of",
    "starts_of",
]

Positions = NDArray[np.intp]
Whole = NDArray[np.integer[Any]]


class Levels(Protocol):
    """A level, or another whole number, of some competences of n people; -1 where there is none."""

    def pick(self, rows: Positions, competences: Positions) -> Whole:
        """The levels of some people, shape (competences, rows)."""
        ...

    def at(self, who: Positions, competence: Positions) -> Whole:
        """The levels of pairs of a person and a competence."""
        ...

    def part(self, rows: Positions) -> Levels:
        """The levels of some of the people."""
        ...


@dataclass(frozen=True, eq=False)
class DenseLevels:
    """Known levels in columns.

    Attributes
    ----------
    levels
        A column for each of some competences, shape (n,); -1 where none is known.
    column
        The column of each of the K competences, -1 where it has none.
    """

    levels: Sequence[Whole]
    column: Positions

    @property
    def _kind(self) -> np.dtype[Any]:
        return self.levels[0].dtype if len(self.levels) else np.dtype(np.int8)

    def pick(self, rows: Positions, competences: Positions) -> Whole:
        """The levels of some people, shape (competences, rows)."""
        columns, levels = self.column[competences], self._matrix
        if not levels.size:
            return np.full((len(competences), len(rows)), -1, dtype=levels.dtype)
        cells = (columns * levels.shape[1])[:, None] + rows
        found: Whole = levels.reshape(-1).take(cells, mode="clip")
        found[columns < 0] = -1
        return found

    @cached_property
    def _matrix(self) -> Whole:
        """All levels, shape (columns, n)."""
        return np.asarray(self.levels) if len(self.levels) else np.zeros((0, 0), dtype=self._kind)

    def at(self, who: Positions, competence: Positions) -> Whole:
        """The levels of pairs of a person and a competence."""
        found = np.full(len(who), -1, dtype=self._kind)
        if not len(self.levels):
            return found
        column = self.column[competence]
        order = np.argsort(column, kind="stable")
        edges = np.searchsorted(column[order], np.arange(len(self.levels) + 1))
        for levels, (first, last) in zip(self.levels, pairwise(edges), strict=True):
            found[order[first:last]] = levels[who[order[first:last]]]
        return found

    def part(self, rows: Positions) -> DenseLevels:
        """The levels of some of the people."""
        at = _sliced(rows)
        return DenseLevels([levels[at] for levels in self.levels], self.column)


@dataclass(frozen=True, eq=False)
class SparseLevels:
    """Known levels as a list, sorted by person.

    Attributes
    ----------
    start
        Where each person's levels begin and end, shape (n + 1,).
    competence, level
        One entry per level that is known.
    competences
        Number of competences K.
    """

    start: Positions
    competence: Positions
    level: Whole
    competences: int

    def pick(self, rows: Positions, competences: Positions) -> Whole:
        """The levels of some people, shape (competences, rows)."""
        place = np.full(self.competences, -1, dtype=np.intp)
        place[competences] = np.arange(len(competences))
        found = np.full((len(competences), len(rows)), -1, dtype=self.level.dtype)
        who, entries = entries_of(self.start, rows)
        at = place[self.competence[entries]]
        inside = at >= 0
        found[at[inside], who[inside]] = self.level[entries[inside]]
        return found

    @property
    def who(self) -> Positions:
        """The person of each entry."""
        return np.repeat(np.arange(len(self.start) - 1), np.diff(self.start))

    def at(self, who: Positions, competence: Positions) -> Whole:
        """The levels of pairs of a person and a competence."""
        if not len(self.level):
            return np.full(len(who), -1, dtype=self.level.dtype)
        cells = self.who * self.competences + self.competence
        order = np.argsort(cells)
        wanted = who * self.competences + competence
        found = order[np.searchsorted(cells, wanted, sorter=order).clip(max=len(order) - 1)]
        return np.where(cells[found] == wanted, self.level[found], -1)

    def part(self, rows: Positions) -> SparseLevels:
        """The levels of some of the people."""
        who, entries = entries_of(self.start, rows)
        return SparseLevels(
            starts_of(who, len(rows)),
            self.competence[entries],
            self.level[entries],
            self.competences,
        )


@dataclass(frozen=True, eq=False)
class Rated:
    """Statements that are weighed, sorted by person.

    Attributes
    ----------
    start
        Where each person's statements begin and end, shape (n + 1,).
    competence, kind, level
        Positions; kinds in the order of `fagprofil.evidence.RATED`.
    weight
        How far each statement counts, 0..1, in whole multiples of 1 / `fagprofil.evidence.WEIGHTS`.
    """

    start: Positions
    competence: Positions
    kind: Positions
    level: Positions
    weight: NDArray[np.float64]

    def of(self, rows: Positions) -> tuple[Positions, Positions]:
        """For each statement of some people: the place in `rows`, and the statement."""
        return entries_of(self.start, rows)


@dataclass(frozen=True, eq=False)
class Roster:
    """n people as columns.

    Attributes
    ----------
    ids
        The people's ids.
    facts
        Distinct sets of facts, each as a person of whom nothing else is said.
    fact
        The facts of each person, shape (n,).
    years
        Years of relevant work, shape (n,); NaN where unknown.
    known, rated
        What is said of their levels.
    taken_start, taken
        The modules that each has passed, as positions in the catalogue's order.
    """

    ids: Sequence[str]
    facts: tuple[Employee, ...]
    fact: Positions
    years: NDArray[np.float64]
    known: Levels
    rated: Rated
    taken_start: Positions
    taken: Positions

    @classmethod
    def of(
        cls,
        people: Sequence[Employee],
        catalogue: Catalogue,
        position: Mapping[str, int],
        on: dt.date,
        model: EvidenceModel,
    ) -> Roster:
        """The people as columns, as of a day.

        Parameters
        ----------
        position
            The position of each competence.

        Raises
        ------
        DataError
            Everything about the people that does not fit the catalogue.
        """
        try:
            return _read(people, catalogue, position, on, model)
        except (KeyError, DataError):
            # Looked up again with care, to tell of everything that is wrong at once.
            catalogue.check_employees(people)
            raise

    def __len__(self) -> int:
        return len(self.ids)

    def taken_of(self, rows: Positions) -> tuple[Positions, Positions]:
        """The pairs of a place in `rows` and a module that was passed."""
        who, entries = entries_of(self.taken_start, rows)
        return who, self.taken[entries]

    def person(self, i: int) -> Employee:
        """What is known of a person but for their levels and what they passed."""
        years = None if np.isnan(self.years[i]) else float(self.years[i])
        facts: Employee = self.facts[self.fact[i]]
        return facts.model_copy(update={"id": self.ids[i], "relevant_years": years})

    def part(self, rows: Positions) -> Roster:
        """Some of the people, as a roster of their own."""
        who, modules = self.taken_of(rows)
        said, entries = self.rated.of(rows)
        fact, facts = coded(self.fact[rows])
        words = self.rated
        rated = Rated(
            starts_of(said, len(rows)),
            words.competence[entries],
            words.kind[entries],
            words.level[entries],
            words.weight[entries],
        )
        return replace(
            self,
            ids=_taken(self.ids, rows),
            facts=tuple([self.facts[i] for i in facts.tolist()]),
            fact=fact,
            years=self.years[rows],
            known=self.known.part(rows),
            rated=rated,
            taken_start=starts_of(who, len(rows)),
            taken=modules,
        )


def _taken(ids: Sequence[str], rows: Positions) -> Sequence[str]:
    at = _sliced(rows)
    return ids[at] if isinstance(at, slice) else [ids[i] for i in at.tolist()]


def _sliced(rows: Positions) -> slice | Positions:
    """Neighbours as a slice, which is no copy."""
    if not len(rows) or not np.array_equal(rows, np.arange(rows[0], rows[0] + len(rows))):
        return rows
    return slice(int(rows[0]), int(rows[0]) + len(rows))


def facts_of(employee: Employee) -> tuple[Any, ...]:
    """What people have in common who differ in their levels and in what they passed only."""
    profile = employee.profile
    return (
        employee.backgrounds,
        tuple(profile.items()) if isinstance(profile, dict) else profile,
        employee.employer,
        employee.agreement,
        employee.education_level,
    )


_BARE = {
    "id": "facts",
    "unit": None,
    "evidence": (),
    "completed": (),
    "hired": None,
    "relevant_years": None,
}


def _read(
    people: Sequence[Employee],
    catalogue: Catalogue,
    position: Mapping[str, int],
    on: dt.date,
    model: EvidenceModel,
) -> Roster:
    module_at = catalogue.modules.position
    seen: dict[tuple[Any, ...], int] = {}
    facts: list[Employee] = []
    fact: list[int] = []
    known: list[tuple[int, int, int]] = []
    rated: list[tuple[int, int, int, int, float]] = []
    taken: list[tuple[int, int]] = []
    for i, one in enumerate(people):
        key = facts_of(one)
        if key not in seen:
            seen[key] = len(facts)
            facts.append(one.model_copy(update=_BARE))
        fact.append(seen[key])
        levels, words = words_of(one, catalogue, position, on, model)
        known += [(i, k, level) for k, level in levels.items()]
        rated += [(i, *word) for word in words]
        passed = {module_at[done.module]: done.passed for done in one.completed}
        passed |= {module_at[done.module]: True for done in one.completed if done.passed}
        taken += [(i, module) for module, yes in passed.items() if yes]
    catalogue.check_employees(facts)
    who, competence, level = _columns(known, 3)
    rater, about, kind, said = _columns([word[:4] for word in rated], 4)
    weight = np.array([word[4] for word in rated], dtype=np.float64)
    took, module = _columns(taken, 2)
    years = [np.nan if one.relevant_years is None else one.relevant_years for one in people]
    n = len(people)
    return Roster(
        ids=[one.id for one in people],
        facts=tuple(facts),
        fact=np.array(fact, dtype=np.intp),
        years=np.array(years, dtype=np.float64),
        known=SparseLevels(starts_of(who, n), competence, level.astype(np.int8), len(position)),
        rated=Rated(starts_of(rater, n), about, kind, said, weight),
        taken_start=starts_of(took, n),
        taken=module,
    )


def _columns(rows: Sequence[tuple[int, ...]], width: int) -> NDArray[np.intp]:
    return np.ascontiguousarray(np.array(rows, dtype=np.intp).reshape(-1, width).T)


def starts_of(who: Positions, n: int) -> Positions:
    """Where each person's entries begin and end, of entries sorted by person."""
    return np.searchsorted(who, np.arange(n + 1))


def entries_of(start: Positions, rows: Positions) -> tuple[Positions, Positions]:
    """The entries of some people: the place in `rows` of each, and the entry."""
    first, count = start[rows], start[rows + 1] - start[rows]
    who = np.repeat(np.arange(len(rows)), count)
    skipped = np.repeat(first - (np.cumsum(count) - count), count)
    return who, skipped + np.arange(len(who))


def coded(values: Positions) -> tuple[Positions, Positions]:
    """Small whole numbers as positions among those that occur, and these; without sorting.

    Examples
    --------
    >>> codes, occurring = coded(np.array([7, 3, 7]))
    >>> codes.tolist(), occurring.tolist()
    ([1, 0, 1], [3, 7])
    """
    occurs = np.zeros(int(values.max(initial=-1)) + 1, dtype=np.bool_)
    occurs[values] = True
    occurring = np.flatnonzero(occurs)
    place = np.empty(len(occurs), dtype=np.intp)
    place[occurring] = np.arange(len(occurring))
    return place[values], occurring
