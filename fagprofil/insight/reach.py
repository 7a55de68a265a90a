"""Which modules people can come to, by way of others that give what is expected on entry."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from fagprofil.eligibility import Rule, closed_modules
from fagprofil.ladder import Ladder, Taught
from fagprofil.model import Background, Completion, Employee, Module, Status

__all__ = ["Start", "Supply", "price_range", "starts_of"]

Mask = NDArray[np.bool_]
Levels = NDArray[np.int16]


@dataclass(frozen=True, eq=False)
class Start:
    """Where people begin: from one level in all competences, or from what a background brings.

    Attributes
    ----------
    background
        None where they have none.
    levels
        What they hold, shape (K,).
    """

    background: Background | None
    levels: Levels

    @property
    def person(self) -> Employee:
        """Somebody of whom nothing else is known."""
        names = None if self.background is None else (self.background.id,)
        return Employee(id="somebody", backgrounds=names)


def starts_of(ladder: Ladder) -> tuple[Start, ...]:
    """Nobody's background, then each background of which it is known what it brings."""
    found = [Start(None, np.zeros(len(ladder.competences), dtype=np.int16))]
    for one in ladder.catalogue.backgrounds.values():
        if one.brings is not None:
            levels = [one.brings.get(name, 0) for name in ladder.competences]
            found.append(Start(one, np.array(levels, dtype=np.int16)))
    return tuple(found)


class Supply:
    """The modules that are on offer from a day on: those valid on it, and those to come.

    Parameters
    ----------
    ladder
        Its day counts.

    Attributes
    ----------
    modules
        All M modules of the catalogue, in its order.
    offered
        Which of them have not ended before the day, shape (M,).
    taught
        The level that each lifts to, 0..L, shape (M, K).
    """

    def __init__(self, ladder: Ladder) -> None:
        self.ladder = ladder
        self.modules = tuple(ladder.catalogue.modules.values())
        ended = [one.valid_to is not None and one.valid_to < ladder.on for one in self.modules]
        self.offered = ~np.array(ended, dtype=np.bool_)
        self.taught = _dense(ladder.taught)
        self._entry = _dense(ladder.entry)

    @cached_property
    def serves(self) -> Mask:
        """Which steps each module on offer closes, shape (M, K, L).

        Those that it teaches above what it expects of the same competence on entry: whoever meets
        the entry holds the others.
        """
        steps = np.arange(1, self.ladder.top + 1)
        inside = (steps <= self.taught[:, :, None]) & (steps > self._entry[:, :, None])
        return np.asarray(inside & self.offered[:, None, None])

    def status(self, j: int) -> Status:
        """How well it is founded what a module is, teaches and costs."""
        one = self.modules[j]
        more = (one.teaches_provenance, one.price.provenance if one.price else None)
        return Status.weakest([one.provenance.status, *(each.status for each in more if each)])

    def begins(self, j: int) -> dt.date | None:
        """From when a module can be taken; None where its runs are known and none is to come.

        The start of its next run that can still be enrolled in; where no run of it is known, the
        day itself, or the first day on which it is valid.
        """
        one = self.modules[j]
        runs = self._runs.get(one.id)
        if runs is None:
            return max(self.ladder.on, one.valid_from or self.ladder.on)
        return min((day for day in runs if one.holds_on(day)), default=None)

    @cached_property
    def _runs(self) -> dict[str, list[dt.date]]:
        """The starts to come of each module of which some run is known."""
        found: dict[str, list[dt.date]] = {}
        for run in self.ladder.catalogue.runs.values():
            days = found.setdefault(run.module, [])
            if min(run.start, run.deadline or run.start) >= self.ladder.on:
                days.append(run.start)
        return found

    @cached_property
    def entry_levels(self) -> tuple[int | None, ...]:
        """The lowest level which, held in every competence, leads to each module.

        0 is from nothing; None is a module that even the highest level does not lead to.
        """
        size = len(self.ladder.competences)
        steps = range(self.ladder.top + 1)
        starts = [Start(None, np.full(size, level, dtype=np.int16)) for level in steps]
        opened = self.opened(starts).T
        return tuple(int(row.argmax()) if row.any() else None for row in opened)

    def opened(self, starts: Sequence[Start], *, formal: bool = True) -> Mask:
        """Which modules people can come to, shape (starts, M).

        From what they begin with they take each module whose entry they meet, hold what it
        teaches, and go on until no more open. What is unknown of an entry keeps nobody out; a
        final project opens when enough of its programme is passed.

        Parameters
        ----------
        formal
            Whether the formal entry counts: a background whose education is of too low a level is
            kept out. Years of work are not known, and keep nobody out.
        """
        levels = np.array([one.levels for one in starts], dtype=np.int16)
        levels = levels.reshape(-1, self._entry.shape[1])
        found = np.zeros((len(starts), len(self.modules)), dtype=np.bool_)
        while True:
            met = (self._entry <= levels[:, None]).all(axis=2)
            more = self.offered & met & ~self._closed(starts, found, formal)
            if (more == found).all():
                return found
            found = more
            lifted = np.where(found[:, :, None], self.taught, 0).max(axis=1, initial=0)
            levels = np.maximum(levels, lifted)

    def _closed(self, starts: Sequence[Start], passed: Mask, formal: bool) -> Mask:
        """Where a final project comes too early or the formal entry is not met."""
        people = [
            start.person.model_copy(update={"completed": self._completions(row)})
            for start, row in zip(starts, passed, strict=True)
        ]
        roster = self.ladder.roster(people)
        closed = closed_modules(self.ladder, roster, np.arange(len(people)))
        rules = (Rule.PROJECT, Rule.FORMAL_ENTRY) if formal else (Rule.PROJECT,)
        found: Mask = np.logical_or.reduce([closed.rules[rule][closed.group] for rule in rules])
        return found

    def _completions(self, passed: Mask) -> tuple[Completion, ...]:
        return tuple(self._taken[j] for j in np.flatnonzero(passed))

    @cached_property
    def _taken(self) -> tuple[Completion, ...]:
        return tuple(Completion(module=one.id) for one in self.modules)


def price_range(module: Module) -> tuple[float | None, float | None]:
    """The fee in kroner before funding, lowest and highest; None where unknown."""
    return (module.price.low, module.price.high) if module.price else (None, None)


def _dense(triples: Taught) -> Levels:
    levels = np.zeros(triples.shape, dtype=np.int16)
    levels[triples.module, triples.competence] = triples.level
    return levels
