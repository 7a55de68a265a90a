"""How often modules were taken and passed, and how useful they were found, as of a day."""

from __future__ import annotations

from dataclasses import dataclass

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
        How many people took modules, and passed them.
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
        counts on all of them, and on NaT all counts; but what a person took last counts on none of
        them where its day is unknown: it is what is to be foretold.
    profile
        Only people of this profile; None is all people.
    """
    chosen = np.ones(len(history), dtype=np.bool_)
    if profile is not None:
        chosen = np.array([one == profile for one in history.profiles], dtype=np.bool_)
    counts = chosen[history.person]
    if days is not None:
        counts &= ~(history.last & np.isnat(history.day))
    at = np.flatnonzero(counts)
    rows, module = _first_day_after(history.day[at], days), history.module[at]
    cells, useful = history.person[at] * history.shape[1] + module, history.useful[at]
    passed, rated = np.flatnonzero(history.ok[at]), np.flatnonzero(~np.isnan(useful))

    def summed(which: Positions, weights: Floats | None = None) -> Floats:
        shape = (1 if days is None else len(days), history.shape[1])
        return _summed(rows[which], module[which], weights, shape)

    return Counts(
        taken=summed(_first_of_each(cells, rows)),
        passed=summed(passed[_first_of_each(cells[passed], rows[passed])]),
        useful=summed(rated, useful[rated]),
        rated=summed(rated),
        people=int(chosen.sum()),
    )


def _first_of_each(cells: Positions, rows: Positions) -> Positions:
    """Where each cell is first, by rows: who takes a module again is no other person."""
    order = np.lexsort((rows, cells))
    _, first = np.unique(cells[order], return_index=True)
    return np.asarray(order[first])


def _first_day_after(happened: Days, days: Days | None) -> Positions:
    """The first of some days on which something counts that happened on a day."""
    if days is None:
        return np.zeros(len(happened), dtype=np.intp)
    unknown = np.isnat(happened)
    known_days = days[~np.isnat(days)]
    rows = np.searchsorted(known_days, happened, side="right").astype(np.intp)
    return np.where(unknown, 0, rows)


def _summed(
    rows: Positions, columns: Positions, weights: Floats | None, shape: tuple[int, int]
) -> Floats:
    """Sums over all rows up to each; what lies behind the last row counts nowhere."""
    inside = rows < shape[0]
    cells = rows[inside] * shape[1] + columns[inside]
    given = np.ones(len(cells)) if weights is None else weights[inside]
    found = np.bincount(cells, given, minlength=shape[0] * shape[1])
    return np.asarray(np.cumsum(found.reshape(shape), axis=0))
