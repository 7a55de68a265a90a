"""What tables of people state of levels, as columns."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from fagprofil.evidence import RATED, weight_of
from fagprofil.ladder import Ladder
from fagprofil.person_columns import (
    MODULE,
    Unusual,
    column_of,
    compact,
    passed_weight,
    taught_by,
)
from fagprofil.roster import Rated, starts_of

__all__ = [
    "KINDS",
    "KNOWN",
    "Counting",
    "Words",
    "ages_of",
    "bits_of",
    "doubts_in",
    "packed",
    "positions_in",
    "rated_of",
    "unpacked",
    "weights_of",
]

Positions = NDArray[np.intp]

#: Kinds as `RATED` has them; last the one that is not weighed.
KINDS: dict[str, int] = {kind: i for i, kind in enumerate((*RATED, "known"))}
KNOWN = KINDS["known"]
#: Bits of a whole number that is not negative.
_MOST_BITS = 63


class Counting(NamedTuple):
    """The statements that count, sorted by person; their ages in days."""

    person: Positions
    competence: Positions
    kind: Positions
    age: Positions
    doubt: Positions
    level: Positions

    def where(self, chosen: NDArray[np.bool_]) -> Counting:
        """Some of them."""
        return Counting(*(column[chosen] for column in self))


def positions_in(data: Any, name: str, position: Mapping[str, int]) -> Positions:
    """A column of names as their positions; -1 where there is none."""
    column = column_of(data, name)
    at = [position.get(str(value).strip(), -1) for value in column.values]
    if -1 in at:
        raise Unusual
    # Last, for entries that are missing.
    return np.array([*at, -1], dtype=np.intp)[column.codes]


def doubts_in(data: Any) -> tuple[Positions, NDArray[np.float64]]:
    """The positions of the confidences, from the highest to the lowest; -1 where there is none."""
    column = column_of(data, "confidence")
    if not all(type(one) in (int, float) and 0 < one <= 1 for one in column.values):
        raise Unusual
    # Where there is none it is 1, the highest.
    lowest_last, place = np.unique([-1.0, *(-one for one in column.values)], return_inverse=True)
    return np.append(place[1:], -1)[column.codes], -lowest_last


def ages_of(day: Positions, on: dt.date) -> Positions:
    """The ages in days of what is said on some days, 0 where there is no day or a later one."""
    return np.where(day > 0, np.maximum(on.toordinal() - day, 0), 0)


def bits_of(size: int) -> int:
    """How many bits hold the whole numbers below a size."""
    return max(0, size - 1).bit_length()


def packed(columns: Sequence[Positions], sizes: Sequence[int]) -> Positions:
    """Several whole numbers, each below its size, as one."""
    if sum(map(bits_of, sizes)) > _MOST_BITS:
        raise Unusual
    code = np.zeros(len(columns[0]), dtype=np.int64)
    for column, size in zip(columns, sizes, strict=True):
        code <<= bits_of(size)
        code |= column
    return code


def unpacked(code: Positions, sizes: Sequence[int]) -> list[Positions]:
    """The numbers that `packed` has made one."""
    columns = []
    for size in reversed(sizes):
        columns.append(code & ((1 << bits_of(size)) - 1))
        code = code >> bits_of(size)
    return columns[::-1]


def weights_of(
    kind: Positions,
    age: Positions,
    doubt: Positions,
    confidences: Sequence[float],
    ladder: Ladder,
) -> NDArray[np.float64]:
    """How far statements count; those of one kind, age and confidence count alike."""
    sizes = (len(RATED), int(age.max(initial=0)) + 1, len(confidences))
    codes, alike = compact(packed((kind, age, doubt), sizes))
    on, model = ladder.on, ladder.model
    weights = [
        weight_of(RATED[kind], confidences[doubt], on - dt.timedelta(days=age), on, model)
        for kind, age, doubt in zip(*(one.tolist() for one in unpacked(alike, sizes)), strict=True)
    ]
    return np.array(weights, dtype=np.float64)[codes]


class Words(NamedTuple):
    """Statements that are weighed, sorted by person, as in `fagprofil.roster.Rated`."""

    person: Positions
    competence: Positions
    kind: Positions
    level: Positions
    weight: NDArray[np.float64]


def rated_of(words: Words, taken_start: Positions, taken: Positions, ladder: Ladder) -> Rated:
    """Statements that are weighed, with those that passed modules make.

    Parameters
    ----------
    taken_start, taken
        The modules, as in `fagprofil.roster.Roster`.
    """
    n = len(taken_start) - 1
    if len(taken):
        person, competence, level = taught_by(taken_start, taken, ladder)
        weight = np.full(len(person), passed_weight(ladder))
        taught = Words(person, competence, np.full(len(person), MODULE), level, weight)
        both = [np.concatenate(pair) for pair in zip(words, taught, strict=True)]
        order = np.argsort(both[0], kind="stable")
        words = Words(*(column[order] for column in both))
    return Rated(starts_of(words.person, n), *words[1:])
