"""A synthetic nation to measure on: a catalogue, and people whose levels are known."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import worlds

import fagprofil as fp
from fagprofil.ladder import Ladder, ladder_of
from fagprofil.roster import DenseLevels, Rated, Roster

TOP = 5
PROFILES = 12


@dataclass(frozen=True)
class Nation:
    """`people` x `competences` x `modules`; everything follows from the seed.

    Each profile needs `needed` competences, each module teaches two to five, four in ten expect a
    level on entry, and a person has passed none to four modules.
    """

    people: int
    competences: int = 60
    modules: int = 600
    needed: int = 20
    seed: int = 0

    def _random(self, *more: int) -> np.random.Generator:
        return np.random.default_rng([self.seed, *more])

    @cached_property
    def catalogue(self) -> fp.Catalogue:
        random, names = self._random(1), worlds.names("c", self.competences)
        width = len(str(self.modules))

        def module(j: int) -> fp.Module:
            taught = random.choice(names, random.integers(2, 6), replace=False)
            teaches = {str(one): int(random.integers(1, TOP + 1)) for one in taught}
            expects = random.random() < 0.4
            entry = {str(random.choice(names)): int(random.integers(1, 4))} if expects else {}
            return worlds.module(
                f"m{j:0{width}}", teaches, entry=entry, ects=float(random.choice([5, 10]))
            )

        return worlds.small(
            TOP,
            names,
            [worlds.profile(f"p{i}", self._needs(random, names)) for i in range(PROFILES)],
            [module(j) for j in range(self.modules)],
        )

    def _needs(
        self, random: np.random.Generator, names: list[str]
    ) -> dict[str, tuple[int, int, float]]:
        return {
            str(one): (
                int(random.integers(1, TOP + 1)),
                int(random.integers(1, TOP + 1)),
                float(random.integers(5, 31) / 10),
            )
            for one in random.choice(names, self.needed, replace=False)
        }

    @cached_property
    def ladder(self) -> Ladder:
        return ladder_of(self.catalogue)

    @cached_property
    def ids(self) -> list[str]:
        return [f"p{i:07}" for i in range(self.people)]

    @cached_property
    def levels(self) -> np.ndarray:
        """Shape (competences, people)."""
        shape = (self.competences, self.people)
        return self._random(2).integers(0, TOP + 1, shape, dtype=np.int8)

    @cached_property
    def profile(self) -> np.ndarray:
        return self._random(3).integers(0, PROFILES, self.people)

    @cached_property
    def passed(self) -> tuple[np.ndarray, np.ndarray]:
        """Where each person's modules begin, and the modules."""
        random = self._random(4)
        start = np.append(0, np.cumsum(random.integers(0, 5, self.people)))
        return start, random.integers(0, self.modules, start[-1])

    @cached_property
    def roster(self) -> Roster:
        column = np.arange(self.competences)
        nothing = np.zeros(0, dtype=np.intp)
        nobody = np.zeros(self.people + 1, dtype=np.intp)
        start, taken = self.passed
        return Roster(
            ids=self.ids,
            facts=tuple(fp.Employee(id="facts", profile=f"p{i}") for i in range(PROFILES)),
            fact=self.profile,
            years=np.full(self.people, np.nan),
            known=DenseLevels(self.levels, column),
            rated=Rated(nobody, nothing, nothing, nothing, np.zeros(0)),
            taken_start=start,
            taken=taken,
        )
