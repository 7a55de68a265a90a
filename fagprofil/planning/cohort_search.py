"""Neighbourhoods of a plan: some classes and those who could attend them, all else as it is.

P. Shaw 1998, Using constraint programming and local search methods to solve vehicle routing
problems.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from fagprofil.planning.cohort_model import Family, Model
from fagprofil.planning.cohort_money import Money
from fagprofil.planning.cohort_seating import Seating
from fagprofil.planning.cohort_seats import Seats

__all__ = ["CLASSES", "neighbourhoods", "part_of"]

Floats = NDArray[np.float64]
Positions = NDArray[np.intp]

#: Classes that are planned anew together.
CLASSES = 25


def neighbourhoods(seats: Seats, seed: int, r: int) -> Positions:
    """The classes of the r-th neighbourhood.

    One by lot, and those that most of the people who could attend it could attend instead.
    """
    random = np.random.default_rng([seed, r])
    first = int(random.integers(len(seats.runs)))
    among = np.zeros(len(seats.crowd), dtype=np.bool_)
    among[seats.person[seats.by_run[first]]] = True
    counts = np.bincount(seats.run[among[seats.person]], minlength=len(seats.runs))
    # Not the same ones around each class every time.
    shared = counts * random.random(len(counts))
    shared[first] = np.inf
    return np.sort(np.argsort(-shared, kind="stable")[:CLASSES])


def part_of(
    model: Model, money: Money, seating: Seating, runs: Sequence[int] | Positions
) -> tuple[Model, Positions]:
    """The program of some classes, while all other seats stay; and which columns it has."""
    seats = model.seats
    count = len(seats)
    free = np.zeros(len(model.most), dtype=np.bool_)
    free[:count] = np.isin(seats.run, runs)
    free[count + np.asarray(runs)] = True
    linked = np.isin(model.family, [Family.VALUE, Family.FUNDING, Family.TOGETHER])
    touched = (abs(model.matrix) @ free.astype(np.float64) > 0) & linked
    beside = abs(model.matrix[np.flatnonzero(touched)]).sum(axis=0) > 0
    free[count + len(seats.runs) :] |= np.asarray(beside).reshape(-1)[count + len(seats.runs) :]
    point = point_of(model, money, seating)
    point[free] = 0.0
    fixed = model.matrix @ point
    columns = np.flatnonzero(free)
    inside = np.flatnonzero(abs(model.matrix) @ free.astype(np.float64) > 0)
    part = replace(
        model,
        worth=model.worth[columns],
        most=model.most[columns],
        whole=model.whole[columns],
        matrix=model.matrix[inside][:, columns],
        low=model.low[inside] - fixed[inside],
        high=model.high[inside] - fixed[inside],
        family=tuple(model.family[j] for j in inside),
        about=tuple(model.about[j] for j in inside),
    )
    return part, columns


def point_of(model: Model, money: Money, seating: Seating) -> Floats:
    """A plan as a solution of the program."""
    count, classes = len(model.seats), len(model.seats.runs)
    point = np.zeros(len(model.most))
    point[:count] = seating.given
    point[count : count + classes] = seating.size > 0
    for i, column in money.extra.items():
        point[column] = money.beyond(i, seating.own[i])
    rest = np.zeros(len(point), dtype=np.bool_)
    rest[count + classes :] = True
    rest[list(money.extra.values())] = False
    # What is left is reached by any of the seats that it stands beside in a row.
    linked = np.isin(model.family, [Family.VALUE, Family.TOGETHER])
    rows = model.matrix[np.flatnonzero(linked)].tocoo()
    seated = np.zeros(len(model.most))
    own = (rows.col < count) & (point[rows.col] > 0)
    reached = np.zeros(rows.shape[0], dtype=np.bool_)
    reached[rows.row[own]] = True
    beside = rest[rows.col] & reached[rows.row]
    seated[rows.col[beside]] = 1.0
    return point + seated
