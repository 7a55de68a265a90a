"""Who could sit where: the possible seats of a plan, and why the others are none."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from fagprofil.model import ModuleRun
from fagprofil.planning.cohort_costs import Costs
from fagprofil.planning.cohort_limits import CohortLimits
from fagprofil.planning.cohort_people import Crowd
from fagprofil.planning.cohort_runs import late
from fagprofil.planning.cohort_wishes import Wish, Wishes

__all__ = ["MOST_MODULES", "Barrier", "Seats"]

Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]
Positions = NDArray[np.intp]

#: Modules that are looked at for each person: those that close most.
MOST_MODULES = 16


class Barrier(StrEnum):
    """Why somebody cannot have a seat in a class, in the order in which it is told."""

    LATE = "late"
    UNKNOWN = "unknown"
    UNWANTED = "must not"
    INELIGIBLE = "ineligible"
    NOT_VALID = "not valid"
    PLACE = "place"
    NOTHING = "closes nothing"
    BEYOND = "beyond"


@dataclass(frozen=True, eq=False)
class Seats:
    """P possible seats, in the order of people and runs.

    Attributes
    ----------
    crowd, runs, limits, wishes, costs
        Of what they are made.
    person, run
        Positions, shape (P,).
    barriers
        Why the other seats are none, shape (n, R), by barrier.
    """

    crowd: Crowd
    runs: tuple[ModuleRun, ...]
    limits: CohortLimits
    wishes: Wishes
    costs: Costs
    person: Positions
    run: Positions
    barriers: Mapping[Barrier, Mask]

    @classmethod
    def of(
        cls,
        crowd: Crowd,
        runs: tuple[ModuleRun, ...],
        limits: CohortLimits,
        wishes: Wishes,
        waived: Collection[Barrier] = (),
    ) -> Seats:
        """The seats that no barrier keeps from people.

        Parameters
        ----------
        waived
            Barriers that keep nobody from a seat that they must have.
        """
        costs = Costs(crowd, runs)
        barriers = _barriers(crowd, runs, limits, wishes, costs)
        wanted = wishes.wanted((len(crowd), len(runs)))
        for one in waived:
            barriers[one] = barriers[one] & ~wanted
        possible = ~np.logical_or.reduce(list(barriers.values()))
        barriers[Barrier.BEYOND] = _beyond(crowd, runs, possible) & possible & ~wanted
        person, run = np.nonzero(possible & ~barriers[Barrier.BEYOND])
        return cls(crowd, runs, limits, wishes, costs, person, run, barriers)

    def __len__(self) -> int:
        return len(self.person)

    def part(self, kept: Mask) -> Seats:
        """Some of the seats, as if there were no others."""
        return replace(self, person=self.person[kept], run=self.run[kept])

    def asked(self, wishes: Iterable[Wish]) -> Mask:
        """The seats that would fulfil some wishes, shape (P,)."""
        mask = np.zeros((len(self.crowd), len(self.runs)), dtype=np.bool_)
        for one in wishes:
            mask[one.person, list(one.runs)] = True
        return np.asarray(mask[self.person, self.run], dtype=np.bool_)

    @cached_property
    def module(self) -> Positions:
        """The position of each run's module in the catalogue, shape (R,)."""
        return _modules(self.crowd, self.runs)

    @cached_property
    def gain(self) -> Ints:
        """What each seat would close alone, in `fagprofil.ladder.UNIT`, shape (P,)."""
        return np.asarray(self.crowd.gain[self.person, self.module[self.run]], dtype=np.int64)

    @cached_property
    def start(self) -> Positions:
        """Where each person's seats begin and end, shape (n + 1,)."""
        return np.searchsorted(self.person, np.arange(len(self.crowd) + 1))

    @cached_property
    def by_run(self) -> tuple[Positions, ...]:
        """The seats of each run, by person."""
        order = np.argsort(self.run, kind="stable")
        ends = np.searchsorted(self.run[order], np.arange(len(self.runs) + 1))
        return tuple(order[ends[r] : ends[r + 1]] for r in range(len(self.runs)))

    def of_person(self, i: int) -> slice:
        """The seats of a person."""
        return slice(int(self.start[i]), int(self.start[i + 1]))

    @cached_property
    def most(self) -> Positions:
        """The largest that each class can be, shape (R,)."""
        able = np.array([len(one) for one in self.by_run], dtype=np.intp)
        seats = [len(self.crowd) if run.seats_max is None else run.seats_max for run in self.runs]
        return np.minimum(np.array(seats, dtype=np.intp), able)

    @cached_property
    def least(self) -> Positions:
        """The smallest that each class can be, at least 1, shape (R,)."""
        return np.array([max(1, run.seats_min or 0) for run in self.runs], dtype=np.intp)

    def barrier(self, i: int, r: int) -> Barrier | None:
        """The first that keeps a person from a run."""
        return next((one for one in Barrier if self.barriers[one][i, r]), None)


def _modules(crowd: Crowd, runs: Sequence[ModuleRun]) -> Positions:
    position = crowd.ladder.catalogue.modules.position
    return np.array([position[run.module] for run in runs], dtype=np.intp)


def _barriers(
    crowd: Crowd,
    runs: Sequence[ModuleRun],
    limits: CohortLimits,
    wishes: Wishes,
    costs: Costs,
) -> dict[Barrier, Mask]:
    catalogue, modules = crowd.ladder.catalogue, _modules(crowd, runs)
    shape = (len(crowd), len(runs))
    by_run = {
        Barrier.LATE: [late(run, crowd.ladder.on) is not None for run in runs],
        Barrier.NOT_VALID: [not catalogue.modules[run.module].holds_on(run.start) for run in runs],
    }
    whole = {one: np.broadcast_to(np.array(mask, np.bool_), shape) for one, mask in by_run.items()}
    nothing = (crowd.gain[:, modules] == 0) & ~wishes.wanted(shape)
    return {
        **whole,
        Barrier.UNKNOWN: _uncounted(crowd, runs, limits, costs),
        Barrier.UNWANTED: wishes.unwanted,
        Barrier.INELIGIBLE: ~crowd.permitted[:, modules],
        Barrier.PLACE: _out_of_reach(crowd, runs, limits),
        Barrier.NOTHING: nothing,
    }


def _uncounted(crowd: Crowd, runs: Sequence[ModuleRun], limits: CohortLimits, costs: Costs) -> Mask:
    """Where something that a limit counts is unknown."""
    catalogue = crowd.ladder.catalogue
    ects = [limits.ects is not None and catalogue.modules[run.module].ects is None for run in runs]
    days = [limits.counts_days and run.days is None for run in runs]
    free = [costs.gross(r) is None for r in range(len(runs))]
    spends = [limits.budget is not None or limits.kroner(unit) is not None for unit in crowd.units]
    whole = np.array(ects, dtype=np.bool_) | np.array(days, dtype=np.bool_)
    dear = np.array(spends, dtype=np.bool_)[crowd.unit][:, None] & np.array(free, dtype=np.bool_)
    return np.asarray(whole[None, :] | dear, dtype=np.bool_)


def _out_of_reach(crowd: Crowd, runs: Sequence[ModuleRun], limits: CohortLimits) -> Mask:
    """Where a unit's people may not be sent; a place that is unknown is none of those named."""
    rows = [
        [unit in limits.places and run.place not in limits.places[unit] for run in runs]
        for unit in crowd.units
    ]
    return np.array(rows, dtype=np.bool_).reshape(len(crowd.units), len(runs))[crowd.unit]


def _beyond(crowd: Crowd, runs: Sequence[ModuleRun], possible: Mask) -> Mask:
    """Seats in modules that are not among those that close most for a person."""
    modules, column = np.unique(_modules(crowd, runs), return_inverse=True)
    open_to = np.zeros((len(crowd), len(modules)), dtype=np.bool_)
    rows, columns = np.nonzero(possible)
    open_to[rows, column[columns]] = True
    gain = np.where(open_to, crowd.gain[:, modules], -1)
    # Ties by the modules' order, as everywhere.
    order = np.argsort(-gain, axis=1, kind="stable")
    rank = np.empty_like(order)
    np.put_along_axis(rank, order, np.arange(len(modules))[None, :], axis=1)
    return np.asarray((rank >= MOST_MODULES)[:, column.reshape(-1)], dtype=np.bool_)
