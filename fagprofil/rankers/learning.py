"""The task that ranking models learn on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import numpy as np
from numpy.typing import NDArray

from fagprofil.eligibility import allowed, broken_rules
from fagprofil.ladder import Ladder
from fagprofil.model import Blend, Employee, Horizon
from fagprofil.rankers.completions import History, before_last_day, last_day
from fagprofil.rankers.task import Once, People, RankingTask
from fagprofil.roster import Roster

__all__ = ["learning_task"]


def learning_task(
    ladder: Ladder,
    employees: Sequence[Employee],
    horizon: Horizon,
    prices: Callable[[Roster], NDArray[np.float64]],
    history: History | None,
) -> RankingTask:
    """People as they stood before the last day on which they took something.

    Each has their own profile. Nothing is needed of a person without one.

    Raises
    ------
    DataError
        The people do not fit the catalogue.
    UnknownName
        A profile that the catalogue does not have.
    """
    roster = ladder.roster([before_last_day(one) for one in employees])
    held, own = ladder.held(roster), [one.profile for one in roster.facts]
    blends = [None if one is None else ladder.catalogue.resolve(one) for one in own]
    names = [None if one is None else one.id for one in blends]

    people = People(
        roster=roster,
        held=held,
        permitted=allowed(broken_rules(ladder, roster, held)),
        profiles=tuple(names[i] for i in roster.fact.tolist()),
        need=Once(partial(_needs, ladder, blends, roster.fact)),
        prices=partial(prices, roster),
        days=np.array([last_day(one) for one in employees], dtype="datetime64[D]"),
    )
    return RankingTask(ladder, people, horizon, history)


def _needs(
    ladder: Ladder, blends: Sequence[Blend | None], fact: NDArray[np.intp], horizon: Horizon
) -> NDArray[np.int64]:
    """What is needed of each person, shape (n, K, L); nothing of one without a profile."""
    nothing = np.zeros((len(ladder.competences), ladder.top), dtype=np.int64)
    needs = [nothing if one is None else ladder.need(one, horizon) for one in blends]
    return np.array(needs, dtype=np.int64).reshape(len(needs), *nothing.shape)[fact]
