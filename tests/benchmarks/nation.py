"""A synthetic nation to measure on: a catalogue, and people in the forms that they come in."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
import worlds

import fagprofil as fp
from fagprofil.evidence import DEFAULT_MODEL, RATED, weight_of
from fagprofil.ladder import Ladder, ladder_of
from fagprofil.roster import DenseLevels, Levels, Rated, Roster, SparseLevels

TOP = 5
PROFILES = 12
#: How many modules are asked for.
K = 10


@dataclass(frozen=True)
class Nation:
    """`people` x `competences` x `modules`; everything follows from the seed.

    Each of twelve profiles needs `needed` competences, each module teaches two to five, four in
    ten expect a level on entry, and a person has passed none to four modules.

    With `stated` 0 each person's level in every competence is known. Otherwise about so many are,
    half of them among what the person's profile needs; and some competences are named more often
    than others, as in a taxonomy of thousands.
    """

    people: int
    competences: int = 60
    modules: int = 600
    needed: int = 20
    stated: int = 0
    seed: int = 0

    def _random(self, *more: int) -> np.random.Generator:
        return np.random.default_rng([self.seed, *more])

    # --- the catalogue --------------------------------------------------------------------------

    @cached_property
    def _often(self) -> np.ndarray:
        """How often each competence is named, cumulated up to 1."""
        rank = np.arange(self.competences) + 200.0
        often = np.cumsum(1 / rank if self.stated else np.ones(self.competences))
        return often / often[-1]

    def _named(self, random: np.random.Generator, shape: int | tuple[int, int]) -> np.ndarray:
        """Competences, the same one perhaps more than once."""
        return self._often.searchsorted(random.random(shape), side="right")

    @cached_property
    def catalogue(self) -> fp.Catalogue:
        random, names = self._random(1), worlds.names("c", self.competences)
        width = len(str(self.modules))

        def some(count: int) -> list[str]:
            distinct = dict.fromkeys(self._named(random, 4 * count).tolist())
            return [names[k] for k in list(distinct)[:count]]

        def needs() -> dict[str, tuple[int, int, float]]:
            now, later = random.integers(1, TOP + 1, (2, self.needed)).tolist()
            tenths = random.integers(5, 31, self.needed)
            return dict(
                zip(some(self.needed), zip(now, later, tenths / 10, strict=True), strict=True)
            )

        def module(j: int) -> fp.Module:
            teaches = {one: int(random.integers(1, TOP + 1)) for one in some(random.integers(2, 6))}
            expects = some(1) if random.random() < 0.4 else []
            entry = {one: int(random.integers(1, 4)) for one in expects}
            ects = float(random.choice([5, 10]))
            return worlds.module(f"m{j:0{width}}", teaches, entry=entry, ects=ects)

        profiles = [worlds.profile(f"p{i}", needs()) for i in range(PROFILES)]
        return worlds.small(TOP, names, profiles, [module(j) for j in range(self.modules)])

    @cached_property
    def ladder(self) -> Ladder:
        return ladder_of(self.catalogue)

    @cached_property
    def needs(self) -> np.ndarray:
        """What each profile needs now, shape (profiles, competences, levels)."""
        blends = [self.catalogue.resolve(f"p{i}") for i in range(PROFILES)]
        return np.array([self.ladder.need(one, fp.NOW) for one in blends])

    # --- the people -----------------------------------------------------------------------------

    @cached_property
    def ids(self) -> list[str]:
        return [f"p{i:07}" for i in range(self.people)]

    @cached_property
    def profile(self) -> np.ndarray:
        return self._random(3).integers(0, PROFILES, self.people)

    @cached_property
    def passed(self) -> tuple[np.ndarray, np.ndarray]:
        """Where each person's modules begin, and the modules: neighbours in the catalogue."""
        random = self._random(4)
        count = random.integers(0, 5, self.people)
        start = np.append(0, np.cumsum(count))
        first = np.repeat(random.integers(0, self.modules, self.people), count)
        slot = np.arange(start[-1]) - np.repeat(start[:-1], count)
        return start, (first + slot) % self.modules

    @cached_property
    def levels(self) -> np.ndarray:
        """Everybody's levels, shape (competences, people)."""
        shape = (self.competences, self.people)
        return self._random(2).integers(0, TOP + 1, shape, dtype=np.int8)

    @cached_property
    def _few_levels(self) -> SparseLevels:
        random, half = self._random(5), self.stated // 2
        needed = np.array([np.flatnonzero(need.any(axis=1)) for need in self.needs])
        own = random.random((self.people, self.needed)).argsort(axis=1)[:, :half]
        others = self._named(random, (self.people, half))
        both = np.concatenate([needed[self.profile[:, None], own], others], axis=1)
        cells = np.unique(np.arange(self.people)[:, None] * self.competences + both)
        who, competence = np.divmod(cells, self.competences)
        return SparseLevels(
            start=np.searchsorted(who, np.arange(self.people + 1)),
            competence=competence,
            level=random.integers(0, TOP + 1, len(cells), dtype=np.int8),
            competences=self.competences,
        )

    @cached_property
    def known(self) -> Levels:
        if self.stated:
            return self._few_levels
        return DenseLevels(self.levels, np.arange(self.competences))

    @cached_property
    def roster(self) -> Roster:
        """People whose levels are known."""
        nothing = np.zeros(0, dtype=np.intp)
        nobody = np.zeros(self.people + 1, dtype=np.intp)
        start, taken = self.passed
        return Roster(
            ids=self.ids,
            facts=tuple(fp.Employee(id="facts", profile=f"p{i}") for i in range(PROFILES)),
            fact=self.profile,
            years=np.full(self.people, np.nan),
            known=self.known,
            rated=Rated(nobody, nothing, nothing, nothing, np.zeros(0)),
            taken_start=start,
            taken=taken,
        )

    def rated(self, days: int) -> Roster:
        """The same people, who have rated themselves in everything, on one of so many days."""
        count = self.people * self.competences
        day = np.repeat(self._random(6).integers(0, days, self.people), self.competences)
        on = self.ladder.on
        ages = [on - dt.timedelta(days=one) for one in range(days)]
        weights = [weight_of("self", 1.0, said, on, DEFAULT_MODEL) for said in ages]
        rated = Rated(
            start=np.arange(self.people + 1) * self.competences,
            competence=np.tile(np.arange(self.competences), self.people),
            kind=np.full(count, RATED.index("self")),
            level=self.levels.T.reshape(-1).astype(np.intp),
            weight=np.array(weights)[day],
        )
        nothing = DenseLevels(np.zeros((0, self.people), np.int8), np.full(self.competences, -1))
        return replace(self.roster, known=nothing, rated=rated)

    def frame(self) -> Any:
        """A table of the wide form: a row for each person, a column for each competence."""
        pa = pytest.importorskip("pyarrow")
        modules, (start, taken) = list(self.catalogue.modules), self.passed
        passed = [";".join(modules[j] for j in taken[a:b]) for a, b in pairwise(start)]
        columns = zip(self.ladder.competences, self.levels, strict=True)
        return pa.table(
            {
                "employee": self.ids,
                "profile": [f"p{i}" for i in self.profile],
                "completed": [said or None for said in passed],
                **{name: pa.array(levels) for name, levels in columns},
            }
        )
