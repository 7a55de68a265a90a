"""What a recommender is made of: compiled once, shared by threads, sent to other processes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fagprofil.batch import Batch, Order
from fagprofil.eligibility import Ineligible, allowed, broken_rules
from fagprofil.errors import DataError, Problem
from fagprofil.gap_analysis import chosen_profile, profile_status
from fagprofil.ladder import Ladder, ladder_of
from fagprofil.model import Blend, Employee, Horizon, ProfileLike
from fagprofil.offer import Offer
from fagprofil.rankers import History, Ranker, RankerLike, RankingTask, get_ranker
from fagprofil.rankers.base import learns
from fagprofil.rankers.learning import learning_task
from fagprofil.rankers.registry import fitted
from fagprofil.rankers.task import Once, People
from fagprofil.ranking import Stage, rank_list, rank_set
from fagprofil.roster import Roster
from fagprofil.standing import Held
from fagprofil.terms import TermsList

__all__ = ["Engine", "engine_of"]

#: Profiles that are kept compiled; those of a service's own blends come and go.
_KEPT = 256


class Engine:
    """A ladder and a ranking model, with all that is computed once from them."""

    def __init__(
        self, ladder: Ladder, ranker: Ranker, horizon: Horizon, history: History | None
    ) -> None:
        self.ladder = ladder
        self.ranker = ranker
        self.horizon = horizon
        self.history = history
        self._prepare()

    def _prepare(self) -> None:
        self.terms = TermsList(self.ladder.catalogue, self.ladder.on)
        self._offers = lru_cache(_KEPT)(self._compiled)
        self._named = lru_cache(_KEPT)(self.ladder.catalogue.resolve)
        self.ranker_name = repr(self.ranker)

    def __getstate__(self) -> dict[str, Any]:
        ladder = self.ladder
        made_from = (ladder.catalogue, ladder.on, ladder.model)
        return {"ladder": made_from, "rest": (self.ranker, self.horizon, self.history)}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.ladder = ladder_of(*state["ladder"])
        self.ranker, self.horizon, self.history = state["rest"]
        self._prepare()

    @property
    def by_gain(self) -> bool:
        """Whether a module's score is what it closes, so that nothing else need be computed."""
        return bool(getattr(self.ranker, "scores_gain", False))

    def offer(self, profile: Blend) -> Offer:
        """A profile's needs against all modules."""
        return self._offers(_SameBlend(profile))

    def _compiled(self, key: _SameBlend) -> Offer:
        return Offer(self.ladder, key.blend, self.horizon)

    def profile_of(self, employee: Employee, profile: ProfileLike | None) -> Blend:
        """The profile asked for, or else the person's own."""
        return self._resolved(chosen_profile(employee, profile))

    def blends(self, roster: Roster, profile: ProfileLike | None) -> list[Blend | None]:
        """The profile of each of a roster's facts, or the one asked for."""
        if profile is not None:
            return [self._resolved(profile)] * len(roster.facts)
        own = [one.profile for one in roster.facts]
        return [None if one is None else self._resolved(one) for one in own]

    def _resolved(self, profile: ProfileLike) -> Blend:
        named = isinstance(profile, str)
        return self._named(profile) if named else self.ladder.catalogue.resolve(profile)

    def batch(self, roster: Roster, profile: Blend, order: Order) -> Batch:
        """People with one profile, their modules ranked by the ranking model."""
        ladder = self.ladder
        held = ladder.held(roster)
        broken = broken_rules(ladder, roster, held, order.exclude)
        basis, may = profile_status(profile, ladder.catalogue), allowed(broken)

        task = self._task(roster, held, profile, may)
        stage = Stage(self.ranker, task)
        rank = rank_set if order.choose == "set" else rank_list
        ranked = rank(stage, order.k)
        return Batch(ladder, roster, profile, held, broken, stage, ranked, self.terms, basis)

    def ineligible(
        self, employee: Employee, profile: Blend, order: Order
    ) -> tuple[Ineligible, ...]:
        """What is left out for one person."""
        return self.batch(self.ladder.roster([employee]), profile, order).ineligible(0)

    def task(self, roster: Roster, profile: Blend) -> RankingTask:
        """What the ranking model is given of people with one profile."""
        held = self.ladder.held(roster)
        may = allowed(broken_rules(self.ladder, roster, held))
        return self._task(roster, held, profile, may)

    def _task(
        self, roster: Roster, held: Held, profile: Blend, permitted: NDArray[np.bool_]
    ) -> RankingTask:
        people = People(
            roster=roster,
            held=held,
            permitted=permitted,
            profiles=(profile.id,) * len(roster),
            need=Once(partial(self.ladder.need, profile)),
            prices=partial(self.terms.prices.table, roster),
        )
        return RankingTask(self.ladder, people, self.horizon, self.history)

    def task_to_fit(self, employees: Sequence[Employee]) -> RankingTask:
        """What a ranking model learns on: people as they stood, each with their own profile."""
        prices = self.terms.prices.table
        return learning_task(self.ladder, employees, self.horizon, prices, self.history)


def engine_of(
    ladder: Ladder,
    ranker: RankerLike,
    horizon: Horizon,
    history: Iterable[Employee] | None = None,
) -> Engine:
    """An engine whose ranking model has learned from a history, if there is one and it can.

    The caller's own ranking model stays as it is.

    Raises
    ------
    DataError
        People of the history who do not fit the catalogue.
    UnknownName
        No ranker of that name.
    """
    named = get_ranker(ranker)
    if history is None:
        return Engine(ladder, named, horizon, None)
    people = tuple(history)
    strange = next((one for one in people if not isinstance(one, Employee)), None)
    if strange is not None:
        found, expected = type(strange).__name__, "people, such as read_workforce returns"
        raise DataError([Problem("recommender", "history", f"of {found}", expected)])
    ladder.catalogue.check_employees(people)
    known = History.of(people, ladder.catalogue)
    if learns(named):
        learning = Engine(ladder, named, horizon, known).task_to_fit(people)
        named = fitted(named, learning, known)
    return Engine(ladder, named, horizon, known)


@dataclass(frozen=True, eq=False)
class _SameBlend:
    """Blends are the same when they are the same profiles: comparing them whole is slow."""

    blend: Blend

    @property
    def _key(self) -> tuple[Any, ...]:
        return (self.blend.how, *((share, id(profile)) for share, profile in self.blend.parts))

    def __hash__(self) -> int:
        return hash(self._key)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _SameBlend) and self._key == other._key
