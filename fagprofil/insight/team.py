"""What a workplace's units can do together, competence by competence."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from fagprofil.catalogue import Catalogue
from fagprofil.evidence import DEFAULT_MODEL, EvidenceModel
from fagprofil.gap_analysis import by_profile
from fagprofil.insight.units import MIN_GROUP, hidden_units
from fagprofil.ladder import UNIT, ladder_of, readiness, unmet
from fagprofil.model import NOW, Horizon, ProfileLike, Text, Workforce
from fagprofil.model.base import Frozen, Shown
from fagprofil.standing import CERTAIN

__all__ = ["Team", "TeamCompetence", "TeamPart", "team"]


class TeamPart(Frozen):
    """One unit's people in one competence."""

    people: int
    """How many of them need it."""
    short: int
    """How many of those lack at least half a step."""
    needed: float
    """What they need together, in weights times steps."""
    gap: float
    """What of it is not met."""
    unrated: float
    """What of `needed` belongs to people of whom nothing is said in this competence."""

    @property
    def met(self) -> float:
        """The share that is met, 0..1; 1 where nothing is needed."""
        return readiness(self.gap, self.needed)


class TeamCompetence(Frozen):
    """One competence in all units."""

    competence: str
    name: Text
    parts: tuple[TeamPart | None, ...]
    """In the order of the team's units; None where too few people need it to show it."""
    total: TeamPart
    """Of all people together."""


class Team(Shown):
    """What units can do of what they need; a display shows the largest gaps first."""

    horizon: Horizon
    on: dt.date
    units: tuple[str, ...]
    """In alphabetical order; ``""`` is people without a unit."""
    people: tuple[int, ...]
    """How many people of each unit have a profile."""
    competences: tuple[TeamCompetence, ...]
    """Largest gap of all people first, ties by id."""

    def __len__(self) -> int:
        return sum(self.people)


def team(
    people: Workforce,
    catalogue: Catalogue,
    profile: ProfileLike | None = None,
    *,
    horizon: Horizon = NOW,
    on: dt.date | None = None,
    model: EvidenceModel = DEFAULT_MODEL,
    min_group: int = MIN_GROUP,
) -> Team:
    """How much of what each unit needs in each competence is met, and by how many.

    Parameters
    ----------
    profile
        One profile for all; None takes each person's own, and who has none does not count.
    min_group
        Where fewer people of a unit need a competence, its part is hidden; where that is one unit
        only, so is the next smallest, since the one could be worked out from the others.
        Competences that fewer people need in all are left out.

    Examples
    --------
    >>> import fagprofil as fp
    >>> found = team(fp.load_case("job7").people(), fp.load_catalogue())
    >>> len(found.units), found.competences[0].total.short > 0
    (7, True)
    """
    ladder = ladder_of(catalogue, on, model)
    listed = people.employees
    names = ladder.competences
    units = np.array([one.unit or "" for one in listed], dtype=np.str_)
    order = [str(unit) for unit in np.unique(units)]
    place = np.searchsorted(np.array(order, dtype=np.str_), units)
    needed, gap, unrated = (np.zeros((len(order), len(names)), np.int64) for _ in range(3))
    wanting, short = (np.zeros((len(order), len(names)), np.int64) for _ in range(2))
    counted = np.zeros(len(order), np.int64)
    for blend, members in by_profile(listed, profile, catalogue):
        need = ladder.need(blend, horizon)
        held = ladder.held([listed[i] for i in members])
        missing = unmet(need, held.steps).sum(axis=2)
        whole = need.sum(axis=1)
        at = place[list(members)]
        np.add.at(counted, at, 1)
        np.add.at(needed, at, whole * CERTAIN)
        np.add.at(wanting, at, (whole > 0).astype(np.int64))
        np.add.at(gap, at, missing)
        np.add.at(unrated, at, np.where(held.stated, 0, whole * CERTAIN))
        half_a_step = need.max(axis=1) * CERTAIN / 2
        np.add.at(short, at, ((missing >= half_a_step) & (missing > 0)).astype(np.int64))
    figures = (wanting, short, needed, gap, unrated)
    totals = [one.sum(axis=0) for one in figures]
    shown = [j for j in range(len(names)) if totals[0][j] >= max(1, min_group)]
    shown.sort(key=lambda j: (-int(totals[3][j]), names[j]))
    return Team(
        horizon=horizon,
        on=on or catalogue.taxonomy.as_of,
        units=tuple(order),
        people=tuple(counted.tolist()),
        competences=tuple(
            TeamCompetence(
                competence=names[j],
                name=catalogue.taxonomy.competences[names[j]].name,
                parts=_parts([one[:, j] for one in figures], order, min_group),
                total=_part(*(one[j] for one in totals)),
            )
            for j in shown
        ),
    )


def _parts(
    figures: Sequence[NDArray[np.int64]], units: Sequence[str], min_group: int
) -> tuple[TeamPart | None, ...]:
    """Each unit's part in one competence; small ones cannot be worked out from the others."""
    counts = {unit: int(count) for unit, count in zip(units, figures[0], strict=True) if count}
    hidden = hidden_units(counts, min_group)
    return tuple(
        None if unit in hidden else _part(*(one[row] for one in figures))
        for row, unit in enumerate(units)
    )


def _part(
    people: NDArray[np.int64],
    short: NDArray[np.int64],
    needed: NDArray[np.int64],
    gap: NDArray[np.int64],
    unrated: NDArray[np.int64],
) -> TeamPart:
    return TeamPart(
        people=int(people),
        short=int(short),
        needed=float(needed * UNIT),
        gap=float(gap * UNIT),
        unrated=float(unrated * UNIT),
    )
