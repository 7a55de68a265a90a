"""What profiles need, step by step, and which modules teach it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import AfterValidator

from fagprofil.catalogue import Catalogue
from fagprofil.gap_analysis import profile_status
from fagprofil.insight.reach import Start, Supply, price_range
from fagprofil.ladder import NEED_UNITS, Ladder
from fagprofil.model import Blend, Horizon, Status, Text
from fagprofil.model.base import Frozen, FrozenDict, Levels

__all__ = ["Need", "Offer", "Wanted", "Weights", "needs_of"]

#: Weights by the id of a profile.
Weights = Annotated[dict[str, float], AfterValidator(FrozenDict)]


class Offer(Frozen):
    """A module that closes a step: it lifts to it, and does not expect it on entry."""

    module: str
    title: Text
    level: int
    """The level that it lifts to in the competence."""
    entry: Levels
    """The levels that it expects, by competence; those not named are 0."""
    entry_level: int | None
    """The lowest level which, held in every competence, leads to the module, by way of others
    where these give what it expects; 0 is from nothing. None is a final project of which not
    enough of the programme can be passed."""
    ects: float | None
    price_low: float | None
    """The fee in kroner before funding; None where unknown."""
    price_high: float | None
    valid: bool
    """Whether it is valid on the day; else it is to come."""
    begins: dt.date | None
    """The start of its next run; where no run is known, the day itself or the first day on which
    it is valid. None where runs are known and none is to come."""
    status: Status


class Need(Frozen):
    """A step of a competence that some profile needs, and what the catalogue has for it.

    Modules valid on the day count; where there is none, those to come.
    """

    competence: str
    name: Text
    step: int
    weight: float
    """How much the profiles need it, taken together: the highest of `weights`."""
    weights: Weights
    """How much each profile that needs it does, at the horizon."""
    served: bool
    """Whether a module that is valid on the day closes it."""
    modules: tuple[Offer, ...]
    """What closes it, on the day or later, in the order of ids."""
    cheapest: str | None
    """The module of the lowest price (the middle of a range), then by id; None where no price is
    known. What it takes to meet its entry is not counted."""
    shortest: str | None
    """The module of the fewest ECTS, then by id; None where none are known."""
    entry_level: int | None
    """The lowest level which, held in every competence, leads to one of the modules; 0 is from
    nothing. None where nothing closes the step, or nobody can come to what does."""
    begins: dt.date | None
    """The first day on which one of the modules can be taken; None where not known."""
    brought_by: tuple[str, ...]
    """The backgrounds that bring the step."""
    reached_from: tuple[str, ...]
    """The other backgrounds from which one of the modules can be come to, by way of others."""
    kept_out: tuple[str, ...]
    """Those from which only the formal entry of modules keeps people."""
    best_founded: Status | None
    """The best founded of the modules valid on the day; ``synthetic`` where all are made up. None
    where the need is not served."""
    status: Status
    """The weakest status of the data that the line rests on."""


@dataclass(frozen=True, eq=False)
class Wanted:
    """What P profiles need, in whole numbers.

    Attributes
    ----------
    profiles
        The profiles.
    need
        Shape (P, K, L), in 1 / `fagprofil.ladder.NEED_UNITS`.
    catalogue
        The one they are of.
    """

    profiles: tuple[Blend, ...]
    need: NDArray[np.int64]
    catalogue: Catalogue

    @classmethod
    def of(cls, ladder: Ladder, profiles: Sequence[Blend], horizon: Horizon) -> Wanted:
        """What profiles need at a horizon."""
        need = np.array([ladder.need(one, horizon) for one in profiles])
        return cls(tuple(profiles), need, ladder.catalogue)

    @cached_property
    def steps(self) -> NDArray[np.bool_]:
        """Which steps some profile needs, shape (K, L)."""
        return np.asarray((self.need > 0).any(axis=0))

    def weights(self, k: int, step: int) -> dict[str, float]:
        """How much each profile that needs a step does."""
        units = zip(self.profiles, self.need[:, k, step - 1].tolist(), strict=True)
        return {one.id: need / NEED_UNITS for one, need in units if need}

    @cached_property
    def basis(self) -> Status:
        """The weakest status of all that the profiles require."""
        return Status.weakest(profile_status(one, self.catalogue) for one in self.profiles)

    def status(self, competence: str, profiles: Mapping[str, float]) -> Status:
        """The weakest status of what some profiles require of a competence."""
        return Status.weakest(self._statuses[name][competence] for name in profiles)

    @cached_property
    def _statuses(self) -> dict[str, dict[str, Status]]:
        return {one.id: _required(one, self.catalogue) for one in self.profiles}


def _required(profile: Blend, catalogue: Catalogue) -> dict[str, Status]:
    """How well a profile's requirements are founded, by competence."""
    found: dict[str, Status] = {}
    for _, part in profile.parts:
        for one in catalogue.lineage(part):
            for row in one.requirements or ():
                said = [one.provenance.status, row.provenance.status]
                said += [found[row.competence]] if row.competence in found else []
                found[row.competence] = Status.weakest(said)
    return found


def needs_of(wanted: Wanted, supply: Supply, starts: Sequence[Start]) -> tuple[Need, ...]:
    """Every step that some profile needs, by competence and step.

    Parameters
    ----------
    starts
        The backgrounds asked about; a start without one is passed over.
    """
    ladder = supply.ladder
    starts = [one for one in starts if one.background is not None]
    sides = _Sides(starts, supply.opened(starts), supply.opened(starts, formal=False))
    return tuple(
        _need(wanted, supply, sides, int(k), int(step) + 1)
        for k in range(len(ladder.competences))
        for step in np.flatnonzero(wanted.steps[k])
    )


@dataclass(frozen=True, eq=False)
class _Sides:
    """Backgrounds, and the modules that each leads to: as it is, and but for the formal entry."""

    starts: Sequence[Start]
    opened: NDArray[np.bool_]
    wider: NDArray[np.bool_]

    def of(self, k: int, step: int, modules: Sequence[int]) -> dict[str, tuple[str, ...]]:
        """Those that bring a step, those that lead to a module, and those kept out of all."""
        sides: dict[str, list[str]] = {"brought_by": [], "reached_from": [], "kept_out": []}
        for start, opened, wider in zip(self.starts, self.opened, self.wider, strict=True):
            name = start.background.id if start.background is not None else ""
            if start.levels[k] >= step:
                sides["brought_by"].append(name)
            elif opened[modules].any():
                sides["reached_from"].append(name)
            elif wider[modules].any():
                sides["kept_out"].append(name)
        return {side: tuple(names) for side, names in sides.items()}

    @property
    def statuses(self) -> list[Status]:
        found = [one.background for one in self.starts]
        return [one.provenance.status for one in found if one is not None]


def _need(wanted: Wanted, supply: Supply, sides: _Sides, k: int, step: int) -> Need:
    competence = supply.ladder.competences[k]
    teaching = np.flatnonzero(supply.serves[:, k, step - 1]).tolist()
    offers = [_offer(supply, j, k) for j in teaching]
    now = [j for j, one in zip(teaching, offers, strict=True) if one.valid]
    counting = [one for one in offers if one.valid or not now]
    weights = wanted.weights(k, step)
    statuses = [wanted.status(competence, weights), *sides.statuses]
    return Need(
        competence=competence,
        name=wanted.catalogue.taxonomy.competences[competence].name,
        step=step,
        weight=max(weights.values()),
        weights=weights,
        served=bool(now),
        modules=tuple(offers),
        cheapest=_cheapest(counting),
        shortest=_shortest(counting),
        entry_level=min(
            (one.entry_level for one in counting if one.entry_level is not None), default=None
        ),
        begins=min((one.begins for one in offers if one.begins is not None), default=None),
        **sides.of(k, step, now or teaching),
        best_founded=_strongest([one.status for one in counting]) if now else None,
        status=Status.weakest([*statuses, *(one.status for one in offers)]),
    )


def _offer(supply: Supply, j: int, k: int) -> Offer:
    one = supply.modules[j]
    low, high = price_range(one)
    return Offer(
        module=one.id,
        title=one.title,
        level=int(supply.taught[j, k]),
        entry={name: level for name, level in (one.entry or {}).items() if level},
        entry_level=supply.entry_levels[j],
        ects=one.ects,
        price_low=low,
        price_high=high,
        valid=one.holds_on(supply.ladder.on),
        begins=supply.begins(j),
        status=supply.status(j),
    )


def _cheapest(offers: Sequence[Offer]) -> str | None:
    priced = [
        ((one.price_low + one.price_high) / 2, one.module)
        for one in offers
        if one.price_low is not None and one.price_high is not None
    ]
    return min(priced)[1] if priced else None


def _shortest(offers: Sequence[Offer]) -> str | None:
    known = [(one.ects, one.module) for one in offers if one.ects is not None]
    return min(known)[1] if known else None


def _strongest(statuses: Sequence[Status]) -> Status:
    return min(statuses, key=lambda status: status.weakness)
