"""Put scores in order: the best of a list, or the best next of a set."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fagprofil.rankers import Ranker, RankingTask
from fagprofil.rankers.base import scores_of

__all__ = ["Ranked", "Stage", "rank_list", "rank_set", "top_k", "top_keys"]


def top_k(scores: NDArray[np.float64], eligible: NDArray[np.bool_], k: int) -> NDArray[np.intp]:
    """The k best eligible columns of each row, in a total order: score, then position.

    Parameters
    ----------
    scores
        Shape (n, M); NaN ranks after every number.
    eligible
        Shape (n, M).
    k
        At most so many.

    Returns
    -------
    Positions, shape (n, min(k, M)); -1 where nothing eligible is left.

    Examples
    --------
    >>> scores = np.array([[1.0, np.nan, 2.0, 2.0]])
    >>> top_k(scores, np.array([[True, True, True, True]]), 4)
    array([[2, 3, 0, 1]])
    """
    keys = np.where(np.isnan(scores), np.inf, -scores)
    keys[~eligible] = np.nan
    order = np.argsort(keys, axis=1, kind="stable")[:, :k]
    ranks = np.arange(order.shape[1])
    return np.where(ranks[None] < eligible.sum(axis=1)[:, None], order, -1)


#: Keys are compared in so many strided groups; the best ones are in the groups whose best are best.
_GROUPS = 64


def filled_up(m: int) -> int:
    """How many rows of keys `top_keys` is fastest with, for keys of m rows."""
    return m if m <= 2 * _GROUPS else -(-m // _GROUPS) * _GROUPS


def top_keys(keys: NDArray[Any], k: int, floor: int) -> NDArray[Any]:
    """The k largest keys of each column, largest first; -1 for those below `floor`.

    Parameters
    ----------
    keys
        Whole numbers, shape (m, n). Those of one column differ, but for rows at the end that hold
        the lowest number of their kind.

    Returns
    -------
    Shape (n, min(k, m)).

    Examples
    --------
    >>> top_keys(np.array([[3, 9], [7, 1], [5, 8]]), k=2, floor=4)
    array([[7, 5],
           [9, 8]])
    """
    m, k = len(keys), min(k, len(keys))
    whole = m % _GROUPS == 0 and m > 2 * _GROUPS and 2 * k <= _GROUPS
    found = _best_groups(keys, k) if whole else keys.T.copy()
    found.sort(axis=1)
    best = found[:, ::-1][:, :k]
    return np.where(best >= floor, best, -1)


def _best_groups(keys: NDArray[Any], k: int) -> NDArray[Any]:
    """The keys of each column in the k groups whose largest are largest, shape (n, at least k).

    No key outside them is among the k largest: each of these groups has a larger one.
    """
    n = keys.shape[1]
    members = keys.reshape(-1, _GROUPS, n)
    largest = np.ascontiguousarray(members.max(axis=0).T)
    ordered = np.sort(largest, axis=1)
    best = np.flatnonzero(largest >= ordered[:, _GROUPS - k, None]).reshape(n, k)
    # From places in `largest` to places among the members of one rank in their groups.
    place = (best % _GROUPS) * n + np.arange(n)[:, None]
    found = np.empty((n, len(members), k), dtype=keys.dtype)
    for rank, own in enumerate(members.reshape(len(members), -1)):
        found[:, rank] = own.take(place)
    return found.reshape(n, -1)


@dataclass(frozen=True)
class Stage:
    """What is to be ranked, and by what."""

    ranker: Ranker
    task: RankingTask

    @cached_property
    def scores(self) -> NDArray[np.float64]:
        """The ranking model's scores, shape (n, M)."""
        return scores_of(self.ranker, self.task)

    def after(self, picks: NDArray[np.intp]) -> Stage:
        """What is left to rank when each person takes one more module."""
        return Stage(self.ranker, self.task.after(picks))


@dataclass(frozen=True)
class Ranked:
    """Picks of shape (n, at most k), -1 for none, and the stage that each rank was picked from."""

    picks: NDArray[np.intp]
    stages: Sequence[Stage]


def rank_list(stage: Stage, k: int) -> Ranked:
    """The k best of each person, each module on its own."""
    picks = top_k(stage.scores, stage.task.eligible, k)
    return Ranked(picks, [stage] * picks.shape[1])


def rank_set(stage: Stage, k: int) -> Ranked:
    """Greedily, the best next module of each person given those before it.

    A module without opinion (NaN) is never added: what it would add to the set is unknown.
    """
    stages: list[Stage] = []
    picks: list[NDArray[np.intp]] = []
    for _ in range(min(k, stage.task.shape[1])):
        chosen = top_k(stage.scores, stage.task.eligible & ~np.isnan(stage.scores), 1)[:, 0]
        if (chosen < 0).all():
            break
        stages.append(stage)
        picks.append(chosen)
        stage = stage.after(chosen)
    shape = (len(stage.task.employees), len(picks))
    return Ranked(np.array(picks, dtype=np.intp).T.reshape(shape), stages)
