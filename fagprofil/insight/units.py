"""How ready units are, and which gaps their people share."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping

import numpy as np
from numpy.typing import NDArray

from fagprofil.catalogue import Catalogue
from fagprofil.evidence import DEFAULT_MODEL, EvidenceModel
from fagprofil.gap_analysis import by_profile
from fagprofil.ladder import UNIT, ladder_of, readiness, unmet
from fagprofil.model import IN_FIVE_YEARS, NOW, Employee, Horizon, ProfileLike, Text, Workforce
from fagprofil.model.base import Frozen
from fagprofil.standing import CERTAIN

__all__ = [
    "MIN_GROUP",
    "SharedGap",
    "UnitReadiness",
    "hidden_units",
    "shared_gaps",
    "unit_readiness",
]

#: Groups of fewer people are not shown: a mean over them would tell of single persons.
MIN_GROUP = 5


class UnitReadiness(Frozen):
    """How ready a unit's people are, on average over them."""

    unit: str | None
    """None is all people together."""
    people: int
    without_profile: int
    """How many of them have no profile, and do not count in the means."""
    now: float | None
    """Mean readiness today, 0..1; None where too few people count to show it."""
    five_years: float | None
    """Mean readiness for the needs in five years, with what is held today."""


class SharedGap(Frozen):
    """A competence in which many are short."""

    competence: str
    name: Text
    people: int
    """How many lack at least half a step of what their profile needs."""
    gap: float
    """The gap of all of them in it, in weights times steps."""


def unit_readiness(
    people: Workforce,
    catalogue: Catalogue,
    profile: ProfileLike | None = None,
    *,
    on: dt.date | None = None,
    model: EvidenceModel = DEFAULT_MODEL,
    min_group: int = MIN_GROUP,
) -> tuple[UnitReadiness, ...]:
    """Readiness by unit in alphabetical order, and last of all people together.

    Parameters
    ----------
    profile
        One profile for all; None takes each person's own.
    min_group
        Units in which fewer people count get None. Where that is one unit only, the next smallest
        gets None too, since the one could be worked out from the others and the total.

    Examples
    --------
    >>> import fagprofil as fp
    >>> rows = unit_readiness(fp.load_case("job7").people(), fp.load_catalogue())
    >>> len(rows), rows[-1].unit is None, 0 < rows[-1].now < 1
    (8, True, True)
    """
    ladder = ladder_of(catalogue, on, model)
    ready = np.full((2, len(people)), np.nan)
    for blend, members in by_profile(people.employees, profile, catalogue):
        held = ladder.held([people[i] for i in members]).steps
        for row, horizon in enumerate((NOW, IN_FIVE_YEARS)):
            need = ladder.need(blend, horizon)
            wanted = int(need.sum()) * CERTAIN
            missing = unmet(need, held).sum(axis=(1, 2))
            ready[row, members] = [readiness(int(one), wanted) for one in missing]
    units = np.array([one.unit or "" for one in people], dtype=np.str_)
    masks = {str(unit): units == unit for unit in np.unique(units)}
    counted = {unit: int((~np.isnan(ready[0, mask])).sum()) for unit, mask in masks.items()}
    hidden = hidden_units(counted, min_group)
    rows = [_readiness(unit, ready[:, mask], unit in hidden) for unit, mask in masks.items()]
    few = sum(counted.values()) < max(1, min_group)
    return (*rows, _readiness(None, ready, few))


def hidden_units(counted: Mapping[str, int], least: int) -> set[str]:
    """The units that are too small to show, and one more where they would be a single one."""
    order = sorted(counted, key=lambda unit: (counted[unit], unit))
    hidden = [unit for unit in order if counted[unit] < max(1, least)]
    alone = len(hidden) == 1 and counted[hidden[0]] > 0
    return set(order[:2] if alone else hidden)


def _readiness(unit: str | None, ready: NDArray[np.float64], hidden: bool) -> UnitReadiness:
    counted = ~np.isnan(ready[0])
    now, later = (None, None) if hidden else ready[:, counted].mean(axis=1)
    return UnitReadiness(
        unit=unit,
        people=len(counted),
        without_profile=int((~counted).sum()),
        now=now,
        five_years=later,
    )


def shared_gaps(
    people: Iterable[Employee],
    catalogue: Catalogue,
    profile: ProfileLike | None = None,
    *,
    horizon: Horizon = NOW,
    on: dt.date | None = None,
    model: EvidenceModel = DEFAULT_MODEL,
    k: int | None = None,
    min_group: int = MIN_GROUP,
) -> tuple[SharedGap, ...]:
    """The competences with the largest gaps of all people together, largest first, ties by id.

    Parameters
    ----------
    k
        At most so many; None is all.
    min_group
        Nothing is shown of fewer people with a profile, nor a competence that fewer of them need.

    Examples
    --------
    >>> import fagprofil as fp
    >>> people = [fp.Employee(id=name) for name in "abcdef"]
    >>> shared_gaps(people, fp.load_catalogue(), "virksomhed", k=1)[0].people
    6
    """
    ladder, listed = ladder_of(catalogue, on, model), tuple(people)
    total = np.zeros(len(ladder.competences), dtype=np.int64)
    short, wanting = (np.zeros(len(ladder.competences), dtype=np.int64) for _ in range(2))
    groups = by_profile(listed, profile, catalogue)
    if sum(len(members) for _, members in groups) < min_group:
        return ()
    for blend, members in groups:
        need = ladder.need(blend, horizon)
        missing = unmet(need, ladder.held([listed[i] for i in members]).steps).sum(axis=2)
        total += missing.sum(axis=0)
        wanting += len(members) * (need.max(axis=1) > 0)
        half_a_step = need.max(axis=1) * CERTAIN / 2
        short += ((missing >= half_a_step) & (missing > 0)).sum(axis=0)
    names = catalogue.taxonomy.competences
    found = [
        SharedGap(
            competence=name,
            name=names[name].name,
            people=int(short[j]),
            gap=float(total[j] * UNIT),
        )
        for j, name in enumerate(ladder.competences)
        if total[j] and wanting[j] >= min_group
    ]
    return tuple(sorted(found, key=lambda one: (-one.gap, one.competence))[:k])
