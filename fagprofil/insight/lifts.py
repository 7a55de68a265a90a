"""What programmes and modules repeat of what people bring, and what they add to it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from fagprofil.insight.needs import Wanted, Weights
from fagprofil.insight.reach import Start, Supply
from fagprofil.ladder import NEED_UNITS, closes
from fagprofil.model import Programme, Status, Text
from fagprofil.model.base import Frozen, Levels

__all__ = ["Lift", "module_lifts", "programme_lifts", "programme_modules"]


class Lift(Frozen):
    """What a programme, or a module on its own, does for people of one background.

    All modules of a programme count that are on offer and of which it is known what they teach, as
    if somebody took them all, whatever they expect on entry: those who choose among electives get
    less of both.
    """

    education: str
    """The programme's or the module's id."""
    title: Text
    background: str | None
    """None is somebody who brings nothing."""
    modules: tuple[str, ...]
    """The modules that count."""
    unknown: tuple[str, ...]
    """Those of which it is not known what they teach."""
    repeats: Levels
    """How many steps it teaches, by competence, that the background brings already."""
    adds: Levels
    """How many steps it teaches, by competence, that the background does not bring."""
    brings: Weights
    """How much the background brings of what each profile needs; with `closes` and `open` it is all
    that the profile needs."""
    closes: Weights
    """How much it closes of what each profile needs, beyond what the background brings."""
    open: Weights
    """How much of what each profile needs is open after it."""
    status: Status
    """The weakest status of the data that it rests on."""

    @property
    def steps(self) -> int:
        """How many steps it teaches."""
        return sum(self.repeats.values()) + sum(self.adds.values())

    @property
    def repeated(self) -> float:
        """The share of the steps taught that is repeated, 0..1; 0 where it teaches nothing."""
        return sum(self.repeats.values()) / self.steps if self.steps else 0.0


@dataclass(frozen=True, eq=False)
class _Frame:
    """What lifts are measured by."""

    wanted: Wanted
    supply: Supply

    @cached_property
    def reach(self) -> NDArray[np.int64]:
        """What each profile has up to each level, shape (P, K, L + 1)."""
        return closes(self.wanted.need)

    def reached(self, levels: NDArray[np.int16]) -> NDArray[np.int64]:
        """How much of what each profile needs is held at some levels, shape (P,)."""
        return np.asarray(self.reach[:, np.arange(len(levels)), levels].sum(axis=1))

    @cached_property
    def needed(self) -> NDArray[np.int64]:
        """What each profile needs in all, shape (P,)."""
        return np.asarray(self.wanted.need.sum(axis=(1, 2)))


@dataclass(frozen=True, eq=False)
class _Education:
    """A programme or a module, and which modules it is made of."""

    id: str
    title: Text
    statuses: Sequence[Status]
    modules: Sequence[int]
    unknown: Sequence[int] = ()


def programme_lifts(
    wanted: Wanted, supply: Supply, starts: Sequence[Start]
) -> tuple[tuple[Lift, ...], tuple[str, ...]]:
    """What each programme that is valid does for each start, by id and in the starts' order.

    Returns
    -------
    The lifts, and the programmes of which nothing is known to teach anything.
    """
    frame, found, silent = _Frame(wanted, supply), [], []
    for programme in supply.ladder.catalogue.programmes.values():
        if programme.valid_to is not None and programme.valid_to < supply.ladder.on:
            continue
        modules = programme_modules(programme, supply)
        mapped = [j for j in modules if supply.modules[j].teaches is not None]
        unknown = [j for j in modules if supply.modules[j].teaches is None]
        status = [programme.provenance.status]
        one = _Education(programme.id, programme.title, status, mapped, unknown)
        if mapped:
            found += [_lift(frame, one, start) for start in starts]
        else:
            silent.append(programme.id)
    return tuple(found), tuple(silent)


def module_lifts(wanted: Wanted, supply: Supply, starts: Sequence[Start]) -> tuple[Lift, ...]:
    """What each module that teaches something does on its own."""
    frame = _Frame(wanted, supply)
    teaching = np.flatnonzero(supply.offered & supply.taught.any(axis=1)).tolist()
    return tuple(
        _lift(frame, _Education(supply.modules[j].id, supply.modules[j].title, (), (j,)), start)
        for j in teaching
        for start in starts
    )


def programme_modules(programme: Programme, supply: Supply) -> list[int]:
    """The modules of a programme that are on offer: its own, and those that its rules name."""
    named = {*(programme.compulsory or ()), *(programme.electives or ()), programme.project}
    return [
        j
        for j, one in enumerate(supply.modules)
        if supply.offered[j] and (one.programme == programme.id or one.id in named)
    ]


def _lift(frame: _Frame, one: _Education, start: Start) -> Lift:
    taught = frame.supply.taught[list(one.modules)].max(axis=0, initial=0)
    before = frame.reached(start.levels)
    after = frame.reached(np.maximum(start.levels, taught))
    modules = frame.supply.modules
    return Lift(
        education=one.id,
        title=one.title,
        background=None if start.background is None else start.background.id,
        modules=tuple(modules[j].id for j in one.modules),
        unknown=tuple(modules[j].id for j in one.unknown),
        repeats=dict(_steps(frame, np.minimum(taught, start.levels))),
        adds=dict(_steps(frame, np.maximum(taught - start.levels, 0))),
        brings=_by_profile(frame, before),
        closes=_by_profile(frame, after - before),
        open=_by_profile(frame, frame.needed - after),
        status=Status.weakest(_statuses(frame, one, start)),
    )


def _statuses(frame: _Frame, one: _Education, start: Start) -> Iterator[Status]:
    yield frame.wanted.basis
    yield from one.statuses
    yield from (frame.supply.status(j) for j in one.modules)
    if start.background is not None:
        yield start.background.provenance.status


def _steps(frame: _Frame, levels: NDArray[np.int16]) -> Iterator[tuple[str, int]]:
    for k in np.flatnonzero(levels):
        yield frame.supply.ladder.competences[k], int(levels[k])


def _by_profile(frame: _Frame, units: NDArray[np.int64]) -> dict[str, float]:
    profiles = frame.wanted.profiles
    return {one.id: n / NEED_UNITS for one, n in zip(profiles, units.tolist(), strict=True)}
