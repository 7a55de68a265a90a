"""What is hidden in the world of `synthetic`: true levels, and what makes modules useful."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from fagprofil.catalogue import Catalogue
from fagprofil.evaluation.synthetic_catalogue import (
    TOP,
    Content,
    Size,
    catalogue_of,
    contents_of,
    stream,
)
from fagprofil.ladder import UNIT, Ladder, Taught, closes, unmet
from fagprofil.model import OVER_FIVE_YEARS
from fagprofil.rankers.base import on_grid
from fagprofil.standing import CERTAIN

__all__ = ["Crowd", "World", "crowd", "logistic", "picked", "world"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Positions = NDArray[np.intp]

_UNITS = 6
#: People who decide the scale of effects, so that it does not depend on how many others there are.
_REFERENCE = 500
#: Standard deviations of a module's quality and of a profile's taste for a programme, in log-odds.
_QUALITY, _TASTE = 0.6, 0.6
#: Log-odds lost for each level short on entry, and where all that is taught is held already.
_DIFFICULTY, _REPETITION = 0.5, 1.0


def logistic(log_odds: Floats) -> Floats:
    """Chances from log-odds, on the grid of scores, so that machines agree on them."""
    return on_grid(1 / (1 + np.exp(-log_odds)))


@dataclass(frozen=True, eq=False)
class Crowd:
    """n people, with what is hidden of them.

    Attributes
    ----------
    name
        What their random numbers are drawn for.
    profile, background, unit
        Positions, shape (n,).
    days
        Days before `AS_OF` on which they were hired, shape (n,).
    levels
        True levels at first, 0..L, shape (n, K).
    lean
        Steps by which each rates too high, and is rated so by the manager, shape (2, n).
    """

    name: str
    profile: Positions
    background: Positions
    unit: Positions
    days: Ints
    levels: Ints
    lean: Floats

    def __len__(self) -> int:
        return len(self.profile)


@dataclass(frozen=True, eq=False)
class World:
    """A catalogue with what is hidden behind it.

    Attributes
    ----------
    content
        What modules really teach, also where no record says it.
    cluster
        The programme of each module, shape (M,).
    quality, fame
        How good modules are in log-odds, and how well known before anybody took one (about 1),
        shape (M,).
    taste
        How well programmes fit profiles in log-odds, shape (P, programmes).
    signal, gain_effect
        How strongly hidden effects and the gap that is closed decide usefulness.
    middle, spread
        Mean and standard deviation of the gap closed.
    usual
        Mean of the hidden effects.
    """

    size: Size
    catalogue: Catalogue
    content: Taught
    cluster: Positions
    quality: Floats
    fame: Floats
    taste: Floats
    signal: float
    gain_effect: float
    middle: float = 0.0
    spread: float = 1.0
    usual: float = 0.0

    @cached_property
    def ladder(self) -> Ladder:
        """The catalogue as arrays."""
        return Ladder(self.catalogue)

    @cached_property
    def need(self) -> Ints:
        """What profiles need over five years, in 1 / `NEED_UNITS`, shape (P, K, L)."""
        named = [self.catalogue.resolve(name) for name in self.catalogue.profiles]
        return np.array([self.ladder.need(one, OVER_FIVE_YEARS) for one in named])

    @cached_property
    def brought(self) -> Ints:
        """The levels that backgrounds bring, shape (B, K)."""
        usual = [one.brings or {} for one in self.catalogue.backgrounds.values()]
        rows = [[one.get(name, 0) for name in self.ladder.competences] for one in usual]
        return np.array(rows, dtype=np.int64)

    def gain(self, profile: Positions, levels: Ints, taught: Taught) -> Floats:
        """The gap that modules close for people at these levels, over five years, (n, M)."""
        return picked(closes(unmet(self.need[profile], _steps(levels))), taught) * UNIT

    def repeats(self, levels: Ints) -> Floats:
        """The share of what modules really teach that is held already, 0..1, shape (n, M)."""
        held = picked(closes(_steps(levels)), self.content)
        return held / (self.content.steps * CERTAIN)

    def lack(self, levels: Ints) -> Floats:
        """The levels that are short of what modules expect on entry, summed, shape (n, M)."""
        entry = self.ladder.entry
        found = np.zeros((len(levels), entry.shape[0]))
        short = np.maximum(entry.level - levels[:, entry.competence], 0)
        # Transposed, since several competences of one module are added up.
        np.add.at(found.T, entry.module, short.T)
        return found

    def effects(self, profile: Positions, levels: Ints) -> Floats:
        """What makes modules useful beside the gap that they close, in log-odds, (n, M)."""
        liked = self.quality + self.taste[profile][:, self.cluster]
        hard = _DIFFICULTY * self.lack(levels) + _REPETITION * self.repeats(levels)
        return liked - hard - self.usual

    def log_odds(self, profile: Positions, levels: Ints) -> Floats:
        """The log-odds of usefulness, shape (n, M)."""
        gain = (self.gain(profile, levels, self.content) - self.middle) / self.spread
        return on_grid(self.gain_effect * gain + self.signal * self.effects(profile, levels))


def world(size: Size, signal: float, gain_effect: float) -> World:
    """A catalogue, and what is hidden behind it."""
    contents = contents_of(size)
    rng = stream(size.seed, "hidden")
    raw = World(
        size=size,
        catalogue=catalogue_of(size, contents),
        content=_taught(size, contents),
        cluster=np.array([size.area(one.main) for one in contents], dtype=np.intp),
        quality=on_grid(_QUALITY * rng.standard_normal(size.modules)),
        fame=on_grid(np.exp(rng.standard_normal(size.modules) - 0.5)),
        taste=on_grid(_TASTE * rng.standard_normal((size.profiles, size.areas))),
        signal=signal,
        gain_effect=gain_effect,
    )
    some = crowd(raw, "reference", _REFERENCE)
    gain = raw.gain(some.profile, some.levels, raw.content)
    usual = raw.effects(some.profile, some.levels).mean()
    middle, spread = on_grid(np.array([gain.mean(), gain.std()]))
    return replace(
        raw, middle=float(middle), spread=float(spread) or 1.0, usual=float(on_grid(usual))
    )


def crowd(of: World, name: str, count: int) -> Crowd:
    """People drawn for a world; with other counts the first of them are the same."""
    seed, size = of.size.seed, of.size

    def rng(about: str) -> np.random.Generator:
        return stream(seed, name, about)

    profile = rng("profile").integers(size.profiles, size=count)
    background = rng("background").integers(len(of.brought), size=count)
    return Crowd(
        name=name,
        profile=profile,
        background=background,
        unit=rng("unit").integers(_UNITS, size=count),
        days=rng("hired").integers(400, 4400, size=count),
        levels=_levels(of, profile, background, rng("levels")),
        lean=0.3 * rng("lean").standard_normal((count, 2)).T + [[0.3], [0.0]],
    )


def _levels(of: World, profile: Positions, background: Positions, rng: np.random.Generator) -> Ints:
    """What backgrounds bring, part of the way to what the profile needs today, and luck."""
    brought, needed = of.brought[background], _today(of)[profile]
    drawn = rng.standard_normal((len(profile), brought.shape[1] + 1))
    way = np.clip(0.5 + 0.25 * drawn[:, :1], 0, 1)
    skill = brought + way * np.maximum(needed - brought, 0) + 0.8 * drawn[:, 1:]
    return np.asarray(np.clip(np.rint(skill), 0, TOP), dtype=np.int64)


def _today(of: World) -> Ints:
    """The level that each profile needs today, shape (P, K)."""
    found = np.zeros(of.need.shape[:2], dtype=np.int64)
    for p, one in enumerate(of.catalogue.profiles.values()):
        for row in one.requirements or ():
            found[p, of.ladder.position[row.competence]] = row.now
    return found


def _taught(size: Size, contents: Sequence[Content]) -> Taught:
    triples = sorted(
        (j, k, level) for j, one in enumerate(contents) for k, level in one.teaches.items()
    )
    module, competence, level = np.array(triples, dtype=np.intp).T
    return Taught(module, competence, level, (size.modules, size.competences))


def _steps(levels: Ints) -> Ints:
    """Known levels as certainties, shape (n, K, L)."""
    held = np.arange(1, TOP + 1) <= levels[:, :, None]
    return np.where(held, CERTAIN, 0).astype(np.int64)


def picked(cube: Ints, taught: Taught) -> Floats:
    """What modules pick of something cumulated along the ladder, shape (n, M)."""
    people, competences, levels = cube.shape
    picker = taught.picker(TOP, np.arange(competences))
    columns = np.ascontiguousarray(cube.reshape(people, competences * levels).T)
    return np.asarray((picker @ columns).T, dtype=np.float64)
