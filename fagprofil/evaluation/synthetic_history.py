"""The years before "now" in the world of `synthetic`: talks, choices, and what came of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import cache

import numpy as np
from numpy.typing import NDArray

from fagprofil.evaluation.synthetic_catalogue import AS_OF, TOP, stream
from fagprofil.evaluation.synthetic_world import Crowd, World, logistic
from fagprofil.ladder import UNIT
from fagprofil.model import Completion, Employee, Evidence
from fagprofil.rankers.base import on_grid

__all__ = ["Choices", "Log", "Policy", "Talk", "employees", "simulated", "talk"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]
Positions = NDArray[np.intp]

#: Share of the people who take a module in a half-year.
_BUSY = 0.3
#: Of ratings by people and by their managers: the spread in steps, and the share that is given.
_RATED = {"self": (0.7, 0.9), "manager": (0.5, 0.7)}
#: Spread of what people say of usefulness, and of what ratings show to be closed; both 0..1.
_SAID_SPREAD, _SHOWN_SPREAD = 0.2, 0.15


@dataclass(frozen=True)
class Policy:
    """How modules were shown and chosen; see `fagprofil.evaluation.synthetic`."""

    years: int
    follows: float
    position_bias: float
    popularity_bias: float


@dataclass(frozen=True, eq=False)
class Talk:
    """Ratings of a day by kind, each of shape (n, K); -1 where nothing is said."""

    day: dt.date
    said: dict[str, Ints]


@dataclass(frozen=True, eq=False)
class Choices:
    """The modules that were taken, one entry each, by half-year and then by person.

    Attributes
    ----------
    person, module
        Positions in the dataset's people and in the catalogue's modules.
    half_year
        When, from 0.
    rank
        The place in the list that was shown, from 1; 0 where a manager assigned the module.
    expected
        How useful it was to be expected, 0..1.
    passed, useful, gap_closed
        What came of it; `gap_closed` is NaN where there was nothing to close, or where no record
        says what the module teaches.

    Examples
    --------
    >>> from fagprofil.evaluation.synthetic import synthetic
    >>> choices = synthetic(people=50, follows=0.0).choices
    >>> len(choices) == len(choices.useful), set(choices.rank.tolist())
    (True, {0})
    """

    person: Positions
    module: Positions
    half_year: Positions
    rank: Positions
    expected: Floats
    passed: Mask
    useful: Floats
    gap_closed: Floats

    def __len__(self) -> int:
        return len(self.person)

    @classmethod
    def joined(cls, parts: Sequence[Choices]) -> Choices:
        """The choices of several half-years."""
        names = [one.name for one in fields(cls)]
        return cls(*(np.concatenate([getattr(part, name) for part in parts]) for name in names))


@dataclass(frozen=True, eq=False)
class Log:
    """All that happened, and people's true levels in the end, shape (n, K)."""

    talks: tuple[Talk, ...]
    choices: Choices
    levels: Ints


def semester(half_year: int, years: int) -> tuple[dt.date, dt.date]:
    """The first and the last day of a half-year, counted from 0."""
    year = AS_OF.year - years + half_year // 2
    if half_year % 2 == 0:
        return dt.date(year, 9, 1), dt.date(year + 1, 1, 15)
    return dt.date(year + 1, 2, 1), dt.date(year + 1, 6, 15)


def talk(of: World, people: Crowd, levels: Ints, day: dt.date) -> Talk:
    """What people and their managers say on a day, of what the profiles need."""
    needed = np.asarray(of.need.any(axis=2))[people.profile] & _hired(people, day)[:, None]
    said = {}
    for lean, (kind, (spread, share)) in zip(people.lean, _RATED.items(), strict=True):
        about = (people.name, kind, str(day))
        luck = stream(of.size.seed, *about, "error").standard_normal(levels.shape)
        error = lean[:, None] + spread * luck
        given = needed & (stream(of.size.seed, *about, "given").random(levels.shape) < share)
        rated = np.clip(np.rint(levels + error), 0, TOP).astype(np.int64)
        said[kind] = np.where(given, rated, -1)
    return Talk(day, said)


def _hired(people: Crowd, day: dt.date) -> Mask:
    return people.days >= (AS_OF - day).days


def simulated(of: World, people: Crowd, policy: Policy) -> Log:
    """Half-year after half-year: what is said, shown, chosen, and learned."""
    run = _Run(of, people, policy)
    for half_year in range(2 * policy.years):
        run.step(half_year)
    return Log(tuple(run.talks), Choices.joined(run.choices), run.levels)


class _Run:
    """People in the course of time."""

    def __init__(self, of: World, people: Crowd, policy: Policy) -> None:
        self.of, self.people, self.policy = of, people, policy
        self.levels = people.levels
        self.talks: list[Talk] = []
        self.choices: list[Choices] = []
        self.open = np.ones((len(people), of.size.modules), dtype=np.bool_)
        self.count = np.zeros(of.size.modules)

    def step(self, half_year: int) -> None:
        """One half-year."""
        start, _ = semester(half_year, self.policy.years)
        if half_year % 2 == 0:
            self.talks.append(talk(self.of, self.people, self.levels, start))
        rng = stream(self.of.size.seed, self.people.name, "choices", str(half_year))
        order = self._order()
        log_odds = self.of.log_odds(self.people.profile, self.levels)
        module, rank = self._chosen(order, log_odds, rng)
        busy = rng.random(len(self.people)) < _BUSY
        who = np.flatnonzero(busy & _hired(self.people, start) & self.open.any(axis=1))
        self._take(half_year, who, module[who], rank[who], log_odds, rng)

    @property
    def popularity(self) -> Floats:
        """How popular modules are: fame, and the share of all choices times M, shape (M,)."""
        share = self.count / max(float(self.count.sum()), 1.0)
        return self.of.fame + len(self.count) * share

    def _order(self) -> Positions:
        """The rank of each module in what is shown, from 1, shape (n, M)."""
        bias, of = self.policy.popularity_bias, self.of
        gain = of.gain(self.people.profile, self._seen(), of.ladder.taught)
        gain = gain / np.maximum(gain.max(axis=1, keepdims=True), UNIT)
        # Where no record says what is taught, a module stands in the middle.
        gain[:, ~of.ladder.mapped] = gain[:, of.ladder.mapped].mean(axis=1, keepdims=True)
        popular = np.log1p(self.popularity)
        score = on_grid((1 - bias) * gain + bias * popular / popular.max())
        score[~self.open] = -1
        order = np.argsort(-score, axis=1, kind="stable")
        ranks = np.empty_like(order)
        np.put_along_axis(ranks, order, np.arange(1, order.shape[1] + 1)[None], axis=1)
        return ranks

    def _seen(self) -> Ints:
        """The levels as last rated, or else what backgrounds bring, shape (n, K)."""
        said = np.stack(list(self.talks[-1].said.values()))
        given = said >= 0
        mean = np.where(given, said, 0).sum(axis=0) / np.maximum(given.sum(axis=0), 1)
        brought = self.of.brought[self.people.background]
        return np.where(given.any(axis=0), np.rint(mean), brought).astype(np.int64)

    def _chosen(
        self, ranks: Positions, log_odds: Floats, rng: np.random.Generator
    ) -> tuple[Positions, Positions]:
        """The module that each person would take, and its rank, or 0 where it is assigned."""
        looked = rng.random(ranks.shape) < ranks ** -float(self.policy.position_bias)
        own = np.where(looked & self.open, log_odds + rng.gumbel(size=ranks.shape), -np.inf)
        weight = 2 * self.policy.popularity_bias * np.log(self.popularity)
        given = np.where(self.open, weight + rng.gumbel(size=ranks.shape), -np.inf)
        follows = rng.random(len(ranks)) < self.policy.follows
        module = np.where(follows, own.argmax(axis=1), given.argmax(axis=1))
        return module, np.where(follows, ranks[np.arange(len(ranks)), module], 0)

    def _take(
        self,
        half_year: int,
        who: Positions,
        module: Positions,
        rank: Positions,
        log_odds: Floats,
        rng: np.random.Generator,
    ) -> None:
        """Let people take modules, note what comes of it, and what they have learned."""
        useful = logistic(log_odds[who, module])
        lack = self.of.lack(self.levels)[who, module]
        easy = 1.5 + log_odds[who, module] - self.of.signal * lack / 2
        passed = rng.random(len(who)) < logistic(easy)
        learned = self._learned(who, module, np.where(passed, 0.4 + 0.5 * useful, 0), rng)
        closed = self._closed(who, module, learned, rng)
        said = np.clip(useful + _SAID_SPREAD * rng.standard_normal(len(who)), 0, 1)
        when = np.full(len(who), half_year)
        self.choices.append(
            Choices(who, module, when, rank, useful, passed, np.round(said, 1), closed)
        )
        self.levels = self.levels.copy()
        self.levels[who] += learned
        self.open[who[passed], module[passed]] = False
        self.count += np.bincount(module, minlength=len(self.count))

    def _learned(
        self, who: Positions, module: Positions, chance: Floats, rng: np.random.Generator
    ) -> Ints:
        """Steps that each person climbs, never beyond what is taught, shape (takers, K)."""
        content = self.of.content
        taught = np.zeros(content.shape, dtype=np.int64)
        taught[content.module, content.competence] = content.level
        left = np.maximum(taught[module] - self.levels[who], 0)
        drawn = rng.random((*left.shape, TOP)) < chance[:, None, None]
        return np.asarray((drawn & (np.arange(TOP) < left[:, :, None])).sum(axis=2))

    def _closed(
        self, who: Positions, module: Positions, learned: Ints, rng: np.random.Generator
    ) -> Floats:
        """The share of what a module was to close that ratings show closed, shape (takers,)."""
        of, profile, before = self.of, self.people.profile[who], self.levels[who]
        takers = np.arange(len(who))
        possible = of.gain(profile, before, of.content)[takers, module]
        left = of.gain(profile, before + learned, of.content)[takers, module]
        error = _SHOWN_SPREAD * rng.standard_normal(len(who))
        with np.errstate(invalid="ignore", divide="ignore"):
            shown = np.round(np.clip(1 - left / possible + error, 0, 1), 1)
        return np.where((possible > 0) & of.ladder.mapped[module], shown, np.nan)


def employees(
    of: World, people: Crowd, talks: Sequence[Talk], choices: Choices | None = None
) -> tuple[Employee, ...]:
    """The people as the records show them."""
    taken = _completions(of, people, choices, len(talks))
    said = _statements(of, people, talks)
    profiles, backgrounds = list(of.catalogue.profiles), list(of.catalogue.backgrounds)
    return tuple(
        Employee(
            id=f"{people.name}-{i + 1:06}",
            unit=f"Unit {people.unit[i] + 1}",
            backgrounds=(backgrounds[people.background[i]],),
            evidence=tuple(said[i]),
            completed=tuple(taken[i]),
            profile=profiles[people.profile[i]],
            hired=AS_OF - dt.timedelta(days=int(people.days[i])),
            employer="kommune",
        )
        for i in range(len(people))
    )


def _statements(of: World, people: Crowd, talks: Sequence[Talk]) -> list[list[Evidence]]:
    @cache  # a statement is the same record for all of whom it is made
    def word(k: int, level: int, kind: str, day: dt.date) -> Evidence:
        said = {"competence": of.ladder.competences[k], "level": level, "kind": kind, "date": day}
        return Evidence.model_validate(said)

    found: list[list[Evidence]] = [[] for _ in range(len(people))]
    for one in talks:
        for kind, levels in one.said.items():
            rows, columns = np.nonzero(levels >= 0)
            for i, k, level in zip(
                rows.tolist(), columns.tolist(), levels[rows, columns].tolist(), strict=True
            ):
                found[i].append(word(k, level, kind, one.day))
    return found


def _completions(
    of: World, people: Crowd, one: Choices | None, years: int
) -> list[list[Completion]]:
    found: list[list[Completion]] = [[] for _ in range(len(people))]
    if one is None:
        return found
    names = of.catalogue.module_ids
    columns = (one.person, one.module, one.half_year, one.passed, one.useful, one.gap_closed)
    for i, j, when, passed, useful, closed in zip(*(c.tolist() for c in columns), strict=True):
        found[i].append(
            Completion(
                module=names[j],
                date=semester(when, years)[1],
                passed=passed,
                useful=useful,
                gap_closed=None if np.isnan(closed) else closed,
            )
        )
    return found
