"""Models to arrays: what is needed, held, unmet, taught. The one idea is computed here only.

Sums are integers. A need is counted in units of 2**-10 of a weight, a certainty in units of 2**-10,
so unmet needs are whole multiples of 2**-20 (`UNIT`), are summed exactly, and stay exact as floats:
parts sum to their total in any order, and equal scores are real ties.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from fagprofil.catalogue import Catalogue
from fagprofil.errors import CannotScore, DataError, Problem
from fagprofil.evidence import (
    DEFAULT_MODEL,
    EvidenceModel,
    brought_by,
    prior_chances,
)
from fagprofil.fingerprint import fingerprint
from fagprofil.model import Blend, Employee, Horizon, Profile
from fagprofil.roster import Roster
from fagprofil.standing import (
    CERTAIN,
    Held,
    Standing,
    States,
    reached,
    steps_of,
    sure_from,
)
from fagprofil.weighing import weighed

__all__ = ["NEED_UNITS", "UNIT", "Ladder", "Taught", "closes", "ladder_of", "readiness", "unmet"]

Ints = NDArray[np.int64]

#: A need of weight 1 in integers.
NEED_UNITS = 1 << 10
#: What one unit of an unmet need is worth in weights times steps; a power of two, exact in floats.
UNIT = 1.0 / (NEED_UNITS * CERTAIN)


def unmet(need: Ints, held: Ints) -> Ints:
    """``need * (1 - held)`` in `UNIT`, shape (n, K, L).

    Parameters
    ----------
    need
        Shape (K, L) for all alike or (n, K, L), in 1 / `NEED_UNITS`.
    held
        Shape (n, K, L), from 0 to `CERTAIN`.
    """
    return need * (CERTAIN - held)


def closes(missing: Ints) -> Ints:
    """Unmet needs cumulated along the ladder: ``closes[..., o]`` is what reaching *o* would close.

    Shape (..., L + 1) from (..., L); ``closes[..., 0]`` is 0.
    """
    cumulated = np.zeros((*missing.shape[:-1], missing.shape[-1] + 1), dtype=np.int64)
    np.cumsum(missing, axis=-1, out=cumulated[..., 1:])
    return cumulated


def readiness(missing: float, needed: float) -> float:
    """The share of what is needed that is held, 0..1; 1 where nothing is needed.

    Examples
    --------
    >>> readiness(missing=3, needed=10)
    0.7
    """
    return 1 - missing / needed if needed else 1.0


@dataclass(frozen=True)
class Taught:
    """What modules teach or expect, as a list of (module, competence, level) triples.

    Attributes
    ----------
    module, competence, level
        Positions and levels >= 1, sorted by module and competence.
    shape
        Number of modules M and competences K.
    """

    module: NDArray[np.intp]
    competence: NDArray[np.intp]
    level: NDArray[np.intp]
    shape: tuple[int, int]

    def picker(self, top: int, competences: NDArray[np.intp]) -> sp.csr_array:
        """The matrix that picks ``closes`` at the level taught, one entry per triple.

        Shape (M, len(competences) * (top + 1)): times `closes` of these competences, flattened, it
        gives each module's gain.
        """
        position = np.full(self.shape[1], -1, dtype=np.intp)
        position[competences] = np.arange(len(competences))
        at = position[self.competence]
        inside = at >= 0
        columns = at[inside] * (top + 1) + self.level[inside]
        size = (self.shape[0], len(competences) * (top + 1))
        ones = np.ones(inside.sum(), dtype=np.int64)
        return sp.csr_array((ones, (self.module[inside], columns)), shape=size)

    @cached_property
    def bounds(self) -> NDArray[np.intp]:
        """Where each module's triples begin and end, shape (M + 1,)."""
        return np.searchsorted(self.module, np.arange(self.shape[0] + 1))

    def of(self, module: int) -> slice:
        """The triples of one module."""
        return slice(int(self.bounds[module]), int(self.bounds[module + 1]))

    @cached_property
    def steps(self) -> Ints:
        """Number of steps that each module teaches, shape (M,)."""
        return np.bincount(self.module, self.level, minlength=self.shape[0]).astype(np.int64)


class Ladder:
    """A catalogue as arrays, as of a day; immutable, made once and shared.

    Parameters
    ----------
    catalogue
        One whose taxonomy has a scale.
    on
        The day from which the age of evidence counts; by default the taxonomy's `as_of`.
    model
        How evidence is combined.

    Raises
    ------
    CannotScore
        The edition has no scale.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        on: dt.date | None = None,
        model: EvidenceModel = DEFAULT_MODEL,
    ) -> None:
        taxonomy = catalogue.taxonomy
        if taxonomy.scale is None:
            missing = " ".join(text.in_("en") for text in taxonomy.missing)
            raise CannotScore(
                f"the edition {taxonomy.id!r} has no scale and cannot be scored; the edition "
                f"'reference' can. Not documented: {missing or 'its levels.'}"
            )
        self.catalogue = catalogue
        self.on = on or taxonomy.as_of
        self.model = model
        self.top = taxonomy.scale.top
        self.competences = tuple(taxonomy.competences)
        self.position = {name: k for k, name in enumerate(self.competences)}
        #: In so many bits a competence's position can be written.
        self.bits = len(self.competences).bit_length()

    @cached_property
    def fingerprint(self) -> str:
        """A hash of the catalogue."""
        return fingerprint(self.catalogue)

    def need(self, profile: Blend, horizon: Horizon) -> Ints:
        """How much a profile wants each step, shape (K, L), in 1 / `NEED_UNITS`.

        Rounded once, here: to the nearest unit, half to even. A stack takes the highest need of
        each step at the horizon; over a span each profile's share is taken first, so that two
        profiles that need a step one after the other do not add up.

        Raises
        ------
        CannotScore
            A profile whose requirements are unknown.
        """
        if not isinstance(horizon, Horizon):
            expected = "NOW, IN_FIVE_YEARS, OVER_FIVE_YEARS or at(date)"
            raise DataError([Problem("horizon", "horizon", repr(horizon), expected)])
        parts = [self._need_of(one, horizon) for _, one in profile.parts]
        if profile.how == "stack":
            wanted = np.max(parts, axis=0)
        else:
            # In order, not by BLAS, whose sums differ between machines.
            shares = [share for share, _ in profile.parts]
            wanted = sum(share * part for share, part in zip(shares, parts, strict=True))
        units: Ints = np.rint(wanted * NEED_UNITS).astype(np.int64)
        return units

    def _need_of(self, profile: Profile, horizon: Horizon) -> NDArray[np.float64]:
        need = np.zeros((len(self.competences), self.top))
        for one in self.catalogue.lineage(profile):
            if one.requirements is None:
                raise CannotScore(
                    f"what the profile {one.id!r} requires is not documented, so it cannot be "
                    f"scored: {one.provenance.note or 'its contents are unknown'}"
                )
            for row in one.requirements:
                k = self.position[row.competence]
                for step in range(1, self.top + 1):
                    share = horizon.share(
                        now=row.now,
                        later=row.five_years,
                        step=step,
                        as_of=self.catalogue.taxonomy.as_of,
                    )
                    need[k, step - 1] = max(need[k, step - 1], row.weight * share)
        return need

    def roster(self, employees: Sequence[Employee]) -> Roster:
        """People as columns.

        Raises
        ------
        DataError
            Everything about the people that does not fit the catalogue.
        """
        return Roster.of(employees, self.catalogue, self.position, self.on, self.model)

    def held(self, people: Roster | Sequence[Employee]) -> Held:
        """How sure we are of each step that these people have reached.

        Raises
        ------
        DataError
            Everything about the people that does not fit the catalogue.
        """
        roster = people if isinstance(people, Roster) else self.roster(people)
        standing, chance = self.standing(roster), self._common.chance
        if standing.weighed is not None:
            chance = np.concatenate([chance, *standing.weighed.chances(self.model, self.top)])
        stated = np.ones(len(chance), dtype=np.bool_)
        stated[: len(self._common.stated)] = self._common.stated
        state = standing.of(np.arange(len(roster)), np.arange(len(self.competences))).T
        return Held(standing.states.steps[state], chance[state], stated[state])

    def standing(self, roster: Roster) -> Standing:
        """Where people stand in all competences."""
        brought = self.brought(roster)
        if not len(roster.rated.level):
            return Standing(roster, brought, self.common_states, None)
        found = weighed(roster, brought, self.top)
        rated = [self.rated_states(part) for part in found.chances(self.model, self.top)]
        return Standing(roster, brought, States.joined([self.common_states, *rated]), found)

    def rated_states(self, chance: NDArray[np.float64]) -> States:
        """The states of those who are rated, from P(level = t), shape (S, L + 1)."""
        steps = steps_of(chance)
        return States.of(steps, steps >= sure_from(self.model.entry_certainty))

    @cached_property
    def common_states(self) -> States:
        """Of those of whom a level is known: 0..L; of whom nothing is said: L + 1 + brought."""
        admitted = reached(self._common, self.model.entry_certainty)
        return States.of(self._common.steps, admitted)

    @cached_property
    def _common(self) -> Held:
        """What `common_states` mean."""
        levels = self.top + 1
        chance = np.concatenate([np.eye(levels), prior_chances(self.model, self.top)])
        return Held(steps_of(chance), chance, np.arange(2 * levels) < levels)

    def brought(self, roster: Roster) -> NDArray[np.intp]:
        """What the backgrounds bring, shape (facts, K)."""
        rows = [brought_by(one, self.catalogue, self.position) for one in roster.facts]
        return np.array(rows, dtype=np.intp).reshape(-1, len(self.competences))

    @cached_property
    def mapped(self) -> NDArray[np.bool_]:
        """Whether it is known what each module teaches, shape (M,)."""
        modules = self.catalogue.modules.values()
        return np.array([one.teaches is not None for one in modules], dtype=np.bool_)

    @cached_property
    def taught(self) -> Taught:
        """What each module teaches."""
        return self._triples("teaches")

    @cached_property
    def entry(self) -> Taught:
        """What each module expects on entry."""
        return self._triples("entry")

    def _triples(self, field: str) -> Taught:
        found = [
            (m, self.position[name], level)
            for m, module in enumerate(self.catalogue.modules.values())
            for name, level in (getattr(module, field) or {}).items()
            if level > 0
        ]
        columns = np.array(sorted(found), dtype=np.intp).reshape(-1, 3).T
        shape = (len(self.catalogue.modules), len(self.competences))
        return Taught(columns[0], columns[1], columns[2], shape)


@lru_cache(maxsize=8)
def _ladder(key: _Key) -> Ladder:
    return Ladder(key.catalogue, key.on, key.model)


@dataclass(frozen=True)
class _Key:
    """Catalogues are compared by identity: they are frozen, and comparing them whole is slow."""

    catalogue: Catalogue
    on: dt.date | None
    model: EvidenceModel

    def __hash__(self) -> int:
        return hash((id(self.catalogue), self.on, self.model))

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, _Key)
            and self.catalogue is other.catalogue
            and (self.on, self.model) == (other.on, other.model)
        )


def ladder_of(
    catalogue: Catalogue, on: dt.date | None = None, model: EvidenceModel = DEFAULT_MODEL
) -> Ladder:
    """The ladder of a catalogue, compiled once for each day and evidence model.

    Raises
    ------
    DataError
        Something else than a catalogue, a day or an evidence model.
    """
    wanted = {
        "catalogue": (catalogue, Catalogue, "a Catalogue"),
        "on": (on, dt.date | None, "a date"),
        "model": (model, EvidenceModel, "an EvidenceModel"),
    }
    wrong = [
        Problem("call", name, type(value).__name__, expected)
        for name, (value, kind, expected) in wanted.items()
        if not isinstance(value, kind)
    ]
    if wrong:
        raise DataError(wrong)
    return _ladder(_Key(catalogue, on, model))
