"""What a recommender is made of: compiled once, shared by threads, sent to other processes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fagprofil.batch import Batch, Order
from fagprofil.eligibility import Ineligible, allowed, broken_rules
from fagprofil.gap_analysis import chosen_profile, profile_status
from fagprofil.ladder import Ladder, ladder_of, unmet
from fagprofil.model import IN_FIVE_YEARS, NOW, Blend, Employee, Horizon, ProfileLike
from fagprofil.offer import Offer
from fagprofil.rankers import History, Ranker, RankingTask
from fagprofil.ranking import Stage, rank_list, rank_set
from fagprofil.roster import Roster
from fagprofil.standing import Held
from fagprofil.terms import TermsList

__all__ = ["Engine"]

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

        def task(horizon: Horizon) -> RankingTask:
            return self._task(roster, held, ladder.need(profile, horizon), may, horizon)

        stage = Stage(self.ranker, task(self.horizon), task(NOW), task(IN_FIVE_YEARS))
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
        held, need = self.ladder.held(roster), self.ladder.need(profile, self.horizon)
        may = allowed(broken_rules(self.ladder, roster, held))
        return self._task(roster, held, need, may, self.horizon)

    def task_to_fit(self, people: Sequence[Employee]) -> RankingTask:
        """What a ranking model learns on: these people, each with their own profile.

        Nothing is needed of a person without one.
        """
        ladder, roster = self.ladder, self.ladder.roster(people)
        held, blends = ladder.held(roster), self.blends(roster, None)
        nothing = np.zeros((len(ladder.competences), ladder.top), dtype=np.int64)
        needs = [nothing if b is None else ladder.need(b, self.horizon) for b in blends]
        need = np.array(needs, dtype=np.int64).reshape(len(needs), *nothing.shape)
        may = allowed(broken_rules(ladder, roster, held))
        return self._task(roster, held, need[roster.fact], may, self.horizon)

    def _task(
        self,
        roster: Roster,
        held: Held,
        need: NDArray[np.int64],
        may: NDArray[np.bool_],
        horizon: Horizon,
    ) -> RankingTask:
        missing, prices = unmet(need, held.steps), partial(self.terms.prices.table, roster)
        ids = tuple(roster.ids)
        return RankingTask(self.ladder, ids, held, missing, may, horizon, prices, self.history)


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
