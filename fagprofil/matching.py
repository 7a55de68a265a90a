"""Which profiles fit a person, and which people fit a profile."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from fagprofil.catalogue import Catalogue, load_catalogue
from fagprofil.evidence import DEFAULT_MODEL, EvidenceModel
from fagprofil.ladder import UNIT, Ladder, ladder_of, readiness, unmet
from fagprofil.model import NOW, Blend, Employee, Horizon, ProfileLike
from fagprofil.model.base import Frozen
from fagprofil.standing import CERTAIN, Held

__all__ = ["Match", "match", "match_people"]


class Match(Frozen):
    """How well a person fits a profile."""

    employee: str
    profile: str
    readiness: float
    gap: float
    unstated: float
    """Share of the gap of which nothing has been said."""


def match(
    employee: Employee,
    catalogue: Catalogue | None = None,
    *,
    profiles: Sequence[str] | None = None,
    horizon: Horizon = NOW,
    on: dt.date | None = None,
    model: EvidenceModel = DEFAULT_MODEL,
) -> tuple[Match, ...]:
    """The profiles that a person fits, best first, ties by id.

    Parameters
    ----------
    profiles
        Which to compare; None takes all of the catalogue whose contents are known and that no
        other profile extends.

    Examples
    --------
    >>> import fagprofil as fp
    >>> best = fp.match(fp.Employee(id="a", backgrounds=["hk-kontor"]))[0]
    >>> 0 < best.readiness <= 1
    True
    """
    catalogue = catalogue if catalogue is not None else load_catalogue()
    ladder = ladder_of(catalogue, on, model)
    names = profiles if profiles is not None else _leaves(catalogue)
    held = ladder.held([employee])
    found = [_match(ladder, employee, held, 0, catalogue.resolve(name), horizon) for name in names]
    return tuple(sorted(found, key=lambda one: (-one.readiness, one.profile)))


def match_people(
    profile: ProfileLike,
    employees: Sequence[Employee],
    catalogue: Catalogue | None = None,
    *,
    horizon: Horizon = NOW,
    on: dt.date | None = None,
    model: EvidenceModel = DEFAULT_MODEL,
) -> tuple[Match, ...]:
    """The people who fit a profile, best first, ties by id.

    Examples
    --------
    >>> import fagprofil as fp
    >>> people = [fp.Employee(id="new", backgrounds=["ingen-relevant"]),
    ...           fp.Employee(id="trained", backgrounds=["socialraadgiver"])]
    >>> [one.employee for one in fp.match_people("helhed", people)]
    ['trained', 'new']
    """
    catalogue = catalogue if catalogue is not None else load_catalogue()
    ladder = ladder_of(catalogue, on, model)
    people = tuple(employees)
    held, blend = ladder.held(people), catalogue.resolve(profile)
    found = [_match(ladder, one, held, i, blend, horizon) for i, one in enumerate(people)]
    return tuple(sorted(found, key=lambda one: (-one.readiness, one.employee)))


def _match(
    ladder: Ladder, employee: Employee, held: Held, row: int, profile: Blend, horizon: Horizon
) -> Match:
    need = ladder.need(profile, horizon)
    missing = unmet(need, held.steps[row : row + 1])[0]
    total, resting = int(missing.sum()), int(missing[~held.stated[row]].sum())
    wanted = int(need.sum()) * CERTAIN
    return Match(
        employee=employee.id,
        profile=profile.id,
        readiness=readiness(total, wanted),
        gap=float(total * UNIT),
        unstated=resting / total if total else 0.0,
    )


def _leaves(catalogue: Catalogue) -> list[str]:
    extended = {name for one in catalogue.profiles.values() for name in one.extends}
    return [
        one.id
        for one in catalogue.profiles.values()
        if one.requirements is not None and one.id not in extended
    ]
