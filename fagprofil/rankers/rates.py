"""How often modules were taken and passed, and how useful they were found, as of a day."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fagprofil.rankers.completions import History

__all__ = ["Counts", "counted", "shrunk"]

Floats = NDArray[np.float64]
Positions = NDArray[np.intp]
Days = NDArray[np.datetime64]

#: Rates of few people are drawn towards those of all, as if so many more people were like all.
PSEUDO_PEOPLE = 10.0


def shrunk(
    total: Floats, count: Floats | float, towards: Floats | float, strength: float = PSEUDO_PEOPLE
) -> Floats:
    """A mean drawn towards another, as if `strength` more observations were like that one.

    Examples
    --------
    >>> shrunk(np.array([3.0, 0.0]), np.array([10.0, 0.0]), 0.5).tolist()
    [0.4, 0.5]
    """
    return np.asarray((total + strength * towards) / (count + strength))


@dataclass(frozen=True)
class Counts:
    """What happened before some days, summed over a part of the people; each of shape (d, M).

    Attributes
    ----------
    taken, passed
        How often modules were taken and passed.
    useful, rated
        The sum of how useful they were found, and by how many.
    people
        Number of people summed over.
    """

    taken: Floats
    passed: Floats
    useful: Floats
    rated: Floats
    people: int


def counted(history: History, days: Days | None, profile: str | None = None) -> Counts:
    """What happened before each of some days, or at any time.

    Parameters
    ----------
    days
        Sorted, shape (d,), NaT last; None is at any time (d = 1). What happened on an unknown day
        counts on all of them, and on NaT all counts.
    profile
        Only people of this profile; None is all people.
    """
    chosen = np.ones(len(history), dtype=np.bool_)
    if profile is not None:
        chosen = np.array([one == profile for one in history.profiles], dtype=np.bool_)
    at = np.flatnonzero(chosen[history.person])
    rows = _first_day_after(history.day[at], days)
    shape = (1 if days is None else len(days), history.shape[1])
    known = ~np.isnan(history.useful[at])

    def summed(weights: NDArray[Any]) -> Floats:
        return _summed(rows, history.module[at], weights, shape)

    return Counts(
        taken=summed(np.ones(len(at))),
        passed=summed(history.ok[at]),
        useful=summed(np.where(known, history.useful[at], 0.0)),
        rated=summed(known),
        people=int(chosen.sum()),
    )


def _first_day_after(happened: Days, days: Days | None) -> Positions:
    """The first of some days on which something counts that happened on a day."""
    if days is None:
        return np.zeros(len(happened), dtype=np.intp)
    unknown = np.isnat(happened)
    known_days = days[~np.isnat(days)]
    rows = np.searchsorted(known_days, happened, side="right").astype(np.intp)
    return np.where(unknown, 0, rows)


def _summed(
    rows: Positions, columns: Positions, weights: NDArray[Any], shape: tuple[int, int]
) -> Floats:
    """Sums over all rows up to each; what lies behind the last row counts nowhere."""
    inside = rows < shape[0]
    cells = rows[inside] * shape[1] + columns[inside]
    found = np.bincount(cells, weights[inside], minlength=shape[0] * shape[1])
    return np.asarray(np.cumsum(found.reshape(shape), axis=0))
