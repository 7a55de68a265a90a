"""What a ranking model is given, and all that it may use."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import Any, TypeVar

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from fagprofil.ladder import UNIT, Ladder, closes, unmet
from fagprofil.model import Employee, Horizon
from fagprofil.rankers.completions import History, fixed_matrix, positions
from fagprofil.rankers.features import feature_named
from fagprofil.roster import Roster
from fagprofil.standing import CERTAIN, Held

__all__ = ["Once", "People", "RankingTask"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]
Positions = NDArray[np.intp]

A = TypeVar("A", bound=NDArray[Any])
T = TypeVar("T")


def _fixed(array: A) -> A:
    """An array that a ranking model can read but not change."""
    array.setflags(write=False)
    return array


def _columns(cube: Ints) -> Ints:
    """People as columns, shape (K * L, n) from (n, K, L)."""
    people, competences, levels = cube.shape
    return np.ascontiguousarray(cube.reshape(people, competences * levels).T)


@dataclass(frozen=True, eq=False)
class People:
    """n people, and what is known of them whatever the horizon.

    Attributes
    ----------
    roster, held
        The people, and how sure we are of their levels.
    permitted
        Which modules no rule but the gap keeps from whom, shape (n, M).
    profiles
        The profile that each is ranked by; None for none.
    need
        What is needed of them at a horizon, in 1 / `fagprofil.ladder.NEED_UNITS`; shape (K, L)
        where it is the same of all, or (n, K, L).
    prices
        Prices in kroner after funding, shape (n, M).
    days
        For a task to learn from, the day before which each of the people is seen, shape (n,).
    """

    roster: Roster
    held: Held
    permitted: Mask
    profiles: tuple[str | None, ...]
    need: Callable[[Horizon], Ints]
    prices: Callable[[], Floats]
    days: NDArray[np.datetime64] | None = None

    def rows(self, rows: Positions) -> People:
        """Some of the people."""
        return People(
            roster=self.roster.part(rows),
            held=Held(self.held.steps[rows], self.held.chance[rows], self.held.stated[rows]),
            permitted=self.permitted[rows],
            profiles=tuple(self.profiles[i] for i in rows.tolist()),
            need=partial(_need_of_rows, self.need, rows),
            prices=partial(_prices_of_rows, self.prices, rows),
            days=None if self.days is None else self.days[rows],
        )


def _need_of_rows(need: Callable[[Horizon], Ints], rows: Positions, horizon: Horizon) -> Ints:
    found = need(horizon)
    return found if found.ndim == 2 else found[rows]


def _prices_of_rows(prices: Callable[[], Floats], rows: Positions) -> Floats:
    return prices()[rows]


class Once:
    """A function of a horizon that is computed once for each, in this process or another."""

    def __init__(self, compute: Callable[[Horizon], Ints]) -> None:
        self.compute = compute
        self._found: dict[Horizon, Ints] = {}

    def __call__(self, horizon: Horizon) -> Ints:
        """What it was for this horizon before, or else is now."""
        if horizon not in self._found:
            self._found[horizon] = self.compute(horizon)
        return self._found[horizon]

    def __reduce__(self) -> tuple[type[Once], tuple[Callable[[Horizon], Ints]]]:
        return Once, (self.compute,)


class RankingTask:
    """n people, M modules, and arrays about them, each computed once when asked, and read-only.

    Attributes
    ----------
    catalogue, employees, modules, horizon, on
        The catalogue, the people's ids, the modules' ids in the catalogue's order, and when.
    history
        Completions, of these and other people; None where none are known.
    profiles
        The profile that each person is ranked by, by its id; None for none.
    """

    def __init__(
        self,
        ladder: Ladder,
        people: People,
        horizon: Horizon,
        history: History | None = None,
        *,
        lifted: Mask | None = None,
    ) -> None:
        self.catalogue = ladder.catalogue
        self.employees = tuple(people.roster.ids)
        self.modules = ladder.catalogue.module_ids
        self.profiles = people.profiles
        self.horizon = horizon
        self.on: dt.date = ladder.on
        self.history = history
        self._modules = tuple(ladder.catalogue.modules.values())
        self._ladder = ladder
        self._people = people
        self._lifted = lifted
        self._features: dict[str, Floats] = {}
        self._remembered: dict[Hashable, Any] = {}
        self._at: dict[Horizon, RankingTask] = {}

    def __reduce__(self) -> tuple[Any, ...]:
        # Not what was computed: it is kept under identities, which are others in a copy.
        given = (self._ladder, self._people, self.horizon, self.history)
        return partial(RankingTask, lifted=self._lifted), given

    @property
    def shape(self) -> tuple[int, int]:
        """Number of people n and of modules M, the shape of scores."""
        return len(self.employees), len(self.modules)

    def __len__(self) -> int:
        return len(self.employees)

    def __repr__(self) -> str:
        return f"<RankingTask: {len(self.employees)} people x {len(self.modules)} modules>"

    def __fingerprint__(self) -> tuple[Any, ...]:
        """What tells it from others; not what was computed from it."""
        held, on = self._people.held.steps, self.on
        return (self._ladder.fingerprint, self.employees, held, self.profiles, self.horizon, on)

    @cached_property
    def mapped(self) -> Mask:
        """Whether it is known what each module teaches, shape (M,)."""
        return _fixed(self._ladder.mapped.copy())

    @cached_property
    def missing(self) -> Ints:
        """What each person lacks of each step, in `fagprofil.ladder.UNIT`, shape (n, K, L)."""
        found = unmet(self._people.need(self.horizon), self._people.held.steps)
        if self._lifted is not None:
            found[self._lifted] = 0
        return _fixed(found)

    @cached_property
    def closes(self) -> Ints:
        """What reaching each level would close, in `fagprofil.ladder.UNIT`, shape (n, K, L + 1)."""
        return _fixed(closes(self.missing))

    @cached_property
    def gain(self) -> Floats:
        """The gap that each module closes for each person, in weights times steps, shape (n, M).

        NaN where it is unknown what the module teaches.
        """
        needed = np.flatnonzero(self.missing.any(axis=(0, 2)))
        picker = self._ladder.taught.picker(self._ladder.top, needed)
        gain = (picker @ _columns(self.closes[:, needed])).T * UNIT
        gain[:, ~self.mapped] = np.nan
        return _fixed(np.ascontiguousarray(gain))

    @cached_property
    def repeats(self) -> Floats:
        """The share of what each module teaches that each person already holds, 0..1, shape (n, M).

        NaN where it teaches nothing, or nothing known.
        """
        taught = self._ladder.taught
        held = closes(self._people.held.steps)
        picker = taught.picker(self._ladder.top, np.arange(held.shape[1]))
        known = (picker @ _columns(held)).T
        with np.errstate(invalid="ignore"):
            return _fixed(np.asarray(known / (taught.steps * CERTAIN)[None], dtype=np.float64))

    @cached_property
    def eligible(self) -> Mask:
        """Which modules may be recommended to whom, shape (n, M); no score can overrule it."""
        return _fixed(self._people.permitted & ~self.closes_nothing)

    @cached_property
    def closes_nothing(self) -> Mask:
        """Where a module is known to close nothing of the gap, shape (n, M).

        Where there is no gap, that is every module, whatever it teaches.
        """
        no_gap = self.missing.sum(axis=(1, 2)) == 0
        return _fixed((self.gain == 0) | no_gap[:, None])

    @cached_property
    def ects(self) -> Floats:
        """ECTS points, shape (M,); NaN where unknown."""
        return _fixed(np.array([one.ects or np.nan for one in self._modules], dtype=np.float64))

    @cached_property
    def price(self) -> Floats:
        """Price in kroner after funding, shape (n, M); NaN where unknown."""
        return _fixed(self._people.prices())

    @cached_property
    def passed(self) -> sp.csr_array:
        """What each person has passed before, sparse 0/1, shape (n, M)."""
        rows = np.arange(len(self.employees), dtype=np.intp)
        at = self._people.roster.taken_of(rows)
        return fixed_matrix(sp.csr_array((np.ones(len(at[0])), at), shape=self.shape))

    @cached_property
    def levels(self) -> Floats:
        """The level that each person is expected to have, 0..L, shape (n, K)."""
        return _fixed(self._people.held.steps.sum(axis=2) / CERTAIN)

    @cached_property
    def entry(self) -> sp.csr_array:
        """The level that modules expect on entry, where they do, sparse, shape (M, K)."""
        expected = self._ladder.entry
        at = (expected.module, expected.competence)
        levels = expected.level.astype(np.float64)
        return fixed_matrix(sp.csr_array((levels, at), shape=expected.shape))

    @cached_property
    def taught(self) -> sp.csr_array:
        """The level to which modules lift, where they teach anything, sparse, shape (M, K)."""
        taught = self._ladder.taught
        at = (taught.module, taught.competence)
        levels = taught.level.astype(np.float64)
        return fixed_matrix(sp.csr_array((levels, at), shape=taught.shape))

    @property
    def days(self) -> NDArray[np.datetime64] | None:
        """In a task to learn from, the day before which each person is seen, shape (n,).

        NaT where it is unknown; None in any other task.
        """
        return self._people.days

    def facts(self, i: int) -> Employee:
        """What is known of a person but their levels, unit and completions."""
        return self._people.roster.person(i)

    def feature(self, name: str) -> Floats:
        """One of the features in `FEATURES`, shape (n, M); NaN where unknown.

        Raises
        ------
        UnknownName
            No feature of that name.
        """
        if name not in self._features:
            self._features[name] = _fixed(feature_named(name).compute(self))
        return self._features[name]

    def remember(self, key: Hashable, compute: Callable[[], T]) -> T:
        """What was computed under a key before, or else now; for as long as the task lives."""
        if key not in self._remembered:
            self._remembered[key] = compute()
        found: T = self._remembered[key]
        return found

    def gain_of(self, i: int, j: int) -> float:
        """One entry of `gain`, without computing the others."""
        return sum(value for _, value in self.gain_parts(i, j)) if self.mapped[j] else np.nan

    def gain_parts(self, i: int, j: int) -> list[tuple[str, float]]:
        """What module j closes for person i, by competence; sums to ``gain[i, j]`` exactly."""
        taught = self._ladder.taught
        triples = taught.of(j)
        competences, levels = taught.competence[triples], taught.level[triples]
        values = self.closes[i, competences, levels] * UNIT
        return [
            (self._ladder.competences[k], float(value))
            for k, value in zip(competences, values, strict=True)
            if value
        ]

    def at(self, horizon: Horizon) -> RankingTask:
        """The same people and modules at another horizon."""
        if horizon == self.horizon:
            return self
        if horizon not in self._at:
            self._at[horizon] = RankingTask(
                self._ladder, self._people, horizon, self.history, lifted=self._lifted
            )
        return self._at[horizon]

    def rows(self, rows: Positions) -> RankingTask:
        """The task of some of the people, in the order given."""
        rows = np.asarray(rows, dtype=np.intp)
        lifted = None if self._lifted is None else self._lifted[rows]
        people = self._people.rows(rows)
        return RankingTask(self._ladder, people, self.horizon, self.history, lifted=lifted)

    def __getitem__(self, rows: Any) -> RankingTask:
        """The task of some people, as scikit-learn's splitters ask for it."""
        return self.rows(positions(rows, len(self.employees)))

    def after(self, picks: Positions) -> RankingTask:
        """The task that is left when each person takes one more module.

        What the module teaches counts as held for the gap, so that the gain of the others is what
        they would add; entry levels stay as they are today.

        Parameters
        ----------
        picks
            A module's position for each person, shape (n,); negative for none.
        """
        people, taught = self._people, self._ladder.taught
        lifted = np.zeros(people.held.steps.shape, dtype=np.bool_)
        if self._lifted is not None:
            lifted |= self._lifted
        permitted = people.permitted.copy()
        for i, j in enumerate(picks):
            if j >= 0:
                triples = taught.of(int(j))
                for k, level in zip(taught.competence[triples], taught.level[triples], strict=True):
                    lifted[i, k, :level] = True
                permitted[i, j] = False
        left = replace(people, permitted=permitted)
        return RankingTask(self._ladder, left, self.horizon, self.history, lifted=lifted)
