"""How far people are from what a profile needs: of one, and of many."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from fagprofil.catalogue import Catalogue, load_catalogue
from fagprofil.errors import DataError, Problem
from fagprofil.evidence import DEFAULT_MODEL, EvidenceModel, disagreements, statements_of
from fagprofil.ladder import NEED_UNITS, UNIT, Ladder, ladder_of, readiness, unmet
from fagprofil.model import (
    IN_FIVE_YEARS,
    NOW,
    Blend,
    Employee,
    Horizon,
    ProfileLike,
    Status,
    Text,
)
from fagprofil.model.base import Frozen, Shown
from fagprofil.standing import CERTAIN, Held

__all__ = [
    "Disagreement",
    "Gap",
    "GapPart",
    "by_profile",
    "gap",
    "profile_of",
]

Share = Annotated[float, Field(ge=0, le=1)]

#: Ends of an interval are found on a grid of this many points per weight unit.
_GRID = 64


class GapPart(Frozen):
    """What one competence adds to a gap."""

    competence: str
    name: Text
    needed: float
    """Steps needed at the horizon; over a span, their discounted share of it."""
    needed_now: float
    """Steps needed today."""
    needed_five_years: float
    """Steps needed in five years."""
    held: float
    """Expected level."""
    weight: float
    """The highest need of any step, at any of the three horizons."""
    gap: float
    """Sum over the steps of need times the chance that the step is not held."""
    need: tuple[float, ...]
    """Need of each step 1..L."""
    chance: tuple[Share, ...]
    """Probability of each level 0..L."""
    stated: bool
    """Whether anything was said of the person in this competence."""


class Disagreement(Frozen):
    """A self-rating and a manager's rating that lie two levels or more apart."""

    competence: str
    self_rating: int
    manager_rating: int


class Gap(Shown):
    """How far one person is from a profile; `parts` sum to `total` exactly.

    Examples
    --------
    >>> import fagprofil as fp
    >>> catalogue = fp.load_catalogue()
    >>> anna = fp.Employee(id="e-017", backgrounds=["kommunom"])
    >>> found = fp.gap(anna, "virksomhed", catalogue)
    >>> found.total == sum(part.gap for part in found.parts)
    True
    >>> 0 <= found.readiness <= 1
    True
    """

    employee: str
    profile: str
    profile_name: Text
    horizon: Horizon
    on: dt.date
    total: float
    """Weighted steps not held; 0 when everything needed is held."""
    needed: float
    """Weighted steps needed in all."""
    parts: tuple[GapPart, ...]
    """One for each competence that is needed at the horizon, today or in five years; largest gap
    first, then by id."""
    disagreements: tuple[Disagreement, ...] = ()
    status: Status
    """The weakest status of the data that it rests on."""

    @property
    def readiness(self) -> float:
        """``1 - total / needed``; 1 where nothing is needed."""
        return readiness(self.total, self.needed)

    @property
    def unstated(self) -> float:
        """The share of the gap, 0..1, in competences of which nothing has been said."""
        resting = sum(part.gap for part in self.parts if not part.stated)
        return resting / self.total if self.total else 0.0

    @property
    def assumed(self) -> float:
        """The part of the readiness, 0..1, that rests on the background and the prior alone."""
        parts = [part for part in self.parts if not part.stated]
        held = sum(sum(part.need) - part.gap for part in parts)
        return held / self.needed if self.needed else 0.0

    @property
    def sd(self) -> float:
        """Standard deviation of the gap, given what is said."""
        return float(np.sqrt(sum(variance_of(part.need, part.chance) for part in self.parts)))

    def interval(self, level: float = 0.9) -> tuple[float, float]:
        """The central interval that holds the gap with a probability of `level`.

        Competences are taken as independent. The ends are exact up to 1/128 of a weight for each
        uncertain competence.

        Parameters
        ----------
        level
            Between 0 and 1, exclusive.

        Raises
        ------
        DataError
            A level outside 0..1.
        """
        if not 0 < level < 1:
            raise DataError([Problem("interval", "level", str(level), "a number between 0 and 1")])
        sure, spread = self._distribution()
        if len(spread) == 1:
            return self.total, self.total
        below = np.cumsum(spread)
        tail = (1 - level) / 2
        ends = np.searchsorted(below, [tail, 1 - tail]).clip(max=len(spread) - 1)
        return float(sure + ends[0] / _GRID), float(sure + ends[1] / _GRID)

    def _distribution(self) -> tuple[float, NDArray[np.float64]]:
        """The certain part of the gap, and the distribution of the rest on the grid."""
        sure, spread = 0.0, np.ones(1)
        for part in self.parts:
            left = _left(part.need)
            chance = np.asarray(part.chance)
            if chance.max() == 1.0:
                sure += float(left[chance.argmax()])
                continue
            atoms = np.bincount(np.rint(left * _GRID).astype(int), weights=chance)
            spread = np.convolve(spread, atoms)
        return sure, spread


def _left(need: Sequence[float]) -> NDArray[np.float64]:
    """The gap that is left at each level 0..L."""
    steps = np.asarray(need)
    return np.append(np.cumsum(steps[::-1])[::-1], 0.0)


def variance_of(need: Sequence[float], chance: Sequence[float] | NDArray[np.float64]) -> float:
    left, weights = _left(need), np.asarray(chance)
    mean = weights @ left
    return float(weights @ (left - mean) ** 2)


def profile_of(employee: Employee, profile: ProfileLike | None, catalogue: Catalogue) -> Blend:
    """The profile asked for, or else the person's own.

    Raises
    ------
    DataError
        Neither is given.
    """
    return catalogue.resolve(chosen_profile(employee, profile))


def chosen_profile(employee: Employee, profile: ProfileLike | None) -> ProfileLike:
    """The profile asked for, or else the person's own, in whatever notation.

    Raises
    ------
    DataError
        Neither is given.
    """
    if not isinstance(employee, Employee):
        raise DataError([Problem("call", "employee", type(employee).__name__, "an Employee")])
    chosen = profile if profile is not None else employee.profile
    if chosen is None:
        expected = "a profile, on the person or as profile="
        raise DataError([Problem(f"employee {employee.id!r}", "profile", None, expected)])
    return chosen


def gap(
    employee: Employee,
    profile: ProfileLike | None = None,
    catalogue: Catalogue | None = None,
    *,
    horizon: Horizon = NOW,
    on: dt.date | None = None,
    model: EvidenceModel = DEFAULT_MODEL,
) -> Gap:
    """How far one person is from a profile.

    Parameters
    ----------
    employee
        The person.
    profile
        An id, ``"a+b"``, ``"a:0.7+b:0.3"``, shares by id, or a profile; None takes the person's.
    catalogue
        None takes the bundled one.
    horizon
        `NOW`, `IN_FIVE_YEARS`, `OVER_FIVE_YEARS` or ``at(date)``.
    on
        The day from which the age of evidence counts; None takes the edition's day.
    model
        How evidence is combined.

    Raises
    ------
    DataError
        The person does not fit the catalogue, or no profile is given.
    UnknownName
        No such profile.
    CannotScore
        The edition or the profile has no contents.

    Examples
    --------
    >>> import fagprofil as fp
    >>> known = [fp.Evidence(competence=name, level=5, kind="known")
    ...          for name in fp.load_catalogue().taxonomy.competences]
    >>> fp.gap(fp.Employee(id="expert", evidence=known), "virksomhed").total
    0.0
    """
    catalogue = catalogue if catalogue is not None else load_catalogue()
    ladder = ladder_of(catalogue, on, model)
    blend = profile_of(employee, profile, catalogue)
    return gap_of(ladder, employee, ladder.held([employee]), 0, blend, horizon)


def gap_of(
    ladder: Ladder, employee: Employee, held: Held, row: int, profile: Blend, horizon: Horizon
) -> Gap:
    """The gap of the person in one row of `held`."""
    needs = Needs.of(ladder, profile, horizon)
    parts = parts_of(ladder, needs, held, row)
    apart = disagreements(statements_of(employee, ladder.catalogue), ladder.on)
    needed = {part.competence for part in parts}
    return Gap(
        employee=employee.id,
        profile=profile.id,
        profile_name=profile.name,
        horizon=horizon,
        on=ladder.on,
        total=sum(part.gap for part in parts),
        needed=float(needs.horizon.sum() / NEED_UNITS),
        parts=parts,
        disagreements=tuple(
            Disagreement(competence=name, self_rating=one, manager_rating=other)
            for name, (one, other) in apart.items()
            if name in needed
        ),
        status=profile_status(profile, ladder.catalogue),
    )


@dataclass(frozen=True, slots=True)
class Needs:
    """What a profile needs at the horizon, today and in five years, each of shape (K, L)."""

    horizon: NDArray[np.int64]
    now: NDArray[np.int64]
    five_years: NDArray[np.int64]

    @classmethod
    def of(cls, ladder: Ladder, profile: Blend, horizon: Horizon) -> Needs:
        """The needs of a profile."""
        return cls(*(ladder.need(profile, one) for one in (horizon, NOW, IN_FIVE_YEARS)))


def parts_of(ladder: Ladder, needs: Needs, held: Held, row: int) -> tuple[GapPart, ...]:
    """The parts of one person's gap, in order."""
    missing = unmet(needs.horizon, held.steps[row : row + 1])[0]
    highest = np.maximum(np.maximum(needs.horizon, needs.now), needs.five_years).max(axis=1)
    names = ladder.catalogue.taxonomy.competences
    parts = [
        GapPart(
            competence=ladder.competences[k],
            name=names[ladder.competences[k]].name,
            needed=float(needs.horizon[k].sum() / highest[k]),
            needed_now=float(needs.now[k].sum() / highest[k]),
            needed_five_years=float(needs.five_years[k].sum() / highest[k]),
            held=float(held.steps[row, k].sum() / CERTAIN),
            weight=float(highest[k] / NEED_UNITS),
            gap=float(missing[k].sum() * UNIT),
            need=tuple((needs.horizon[k] / NEED_UNITS).tolist()),
            chance=tuple(held.chance[row, k].tolist()),
            stated=bool(held.stated[row, k]),
        )
        for k in np.flatnonzero(highest)
    ]
    return tuple(sorted(parts, key=lambda part: (-part.gap, part.competence)))


def profile_status(profile: Blend, catalogue: Catalogue) -> Status:
    """The weakest status among the requirements of a profile and of all that it extends."""
    lineage = [one for _, part in profile.parts for one in catalogue.lineage(part)]
    return Status.weakest(
        [
            *(row.provenance.status for one in lineage for row in one.requirements or ()),
            *(one.provenance.status for one in lineage),
        ]
    )


def by_profile(
    people: Sequence[Employee], profile: ProfileLike | None, catalogue: Catalogue
) -> list[tuple[Blend, list[int]]]:
    """Positions of people by profile, profiles in the order in which they first occur.

    People without a profile are in no group.
    """
    groups: dict[str, tuple[Blend, list[int]]] = {}
    for i, one in enumerate(people):
        if profile is not None or one.profile is not None:
            blend = profile_of(one, profile, catalogue)
            groups.setdefault(blend.id, (blend, []))[1].append(i)
    return list(groups.values())
