"""The modules picked for many people, in columns of numbers, from which a table is made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fagprofil.offer import HELD, Offer
from fagprofil.reason_words import MOST_REASONS, SHOWN_REASON
from fagprofil.shortlist import Shortlist

__all__ = ["Picks", "Wording"]

Floats = NDArray[np.float64]
Positions = NDArray[np.intp]
Whole = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Wording:
    """Parts of gains as whole numbers that stand for texts.

    A competence, or how many others, times `width`, plus tenths of the gain, plus `FIRST`; or one
    of the two below.
    """

    width: int
    """More than any gain has tenths."""

    HIDDEN = 0
    """Not worth showing."""
    UNKNOWN = 1
    """It is unknown what the module teaches."""
    FIRST = 2

    @classmethod
    def up_to(cls, most: float) -> Wording:
        """For gains that are no larger."""
        return cls(1 + int(_tenths(most)))

    def numbers(self, what: Whole, gain: Floats) -> Whole:
        """The numbers of some parts."""
        numbers: Whole = what * float(self.width) + (_tenths(gain) + self.FIRST)
        return numbers.astype(np.int64)

    def read(self, number: int) -> tuple[int, int]:
        """What a number that is at least `FIRST` stands for, and tenths of its gain."""
        return divmod(number - self.FIRST, self.width)


def _tenths(gain: Any) -> Any:
    # Exact: a gain has so few bits that ten times it is a float without rounding.
    return np.rint(gain * 10)


@dataclass(frozen=True, eq=False)
class Picks:
    """The picks of n of a roster's people, at most k each, in the people's order.

    Attributes
    ----------
    rows
        The people, as positions in the roster.
    module
        Positions in the catalogue's order, shape (n, k); -1 where nothing was picked.
    values
        What it closes at the horizon, now and in five years, in weights times steps, and which
        share of what it teaches is held already; NaN where unknown; four of shape (n, k).
    parts
        The largest parts of the gain, and last the others together, as `wording` numbers them;
        `MOST_REASONS` + 1 of shape (n, k).
    """

    rows: Positions
    module: Whole
    values: Sequence[Floats]
    parts: Sequence[Whole]
    wording: Wording

    @classmethod
    def of(cls, found: Sequence[tuple[Offer, Shortlist]], k: int) -> Picks:
        """The picks of some shortlists."""
        wording = Wording.up_to(max((offer.most for offer, _ in found), default=0.0))
        chunks = [[_padded(one, k) for one in _columns(*pair, wording)] for pair in found]
        people = np.concatenate([np.zeros(0, dtype=np.intp), *(one.rows for _, one in found)])
        order = np.argsort(people)
        # Two pieces of memory: to get many small ones takes longer than to fill them.
        values = np.empty((HELD + 1, len(people), k))
        whole = np.empty((MOST_REASONS + 2, len(people), k), dtype=np.int64)
        unordered = np.empty((len(people), k))
        for column, own in zip([*values, *whole], zip(*chunks, strict=True), strict=False):
            grouped = unordered.view(column.dtype)
            np.concatenate(own, out=grouped)
            grouped.take(order, axis=0, out=column, mode="clip")
        module, *parts = whole
        return cls(people[order], module, list(values), parts, wording)


def _columns(offer: Offer, found: Shortlist, wording: Wording) -> list[Whole]:
    """Values, module and parts of a shortlist."""
    worth, module = found.worth, found.module
    gains = [one * worth.unit for one in worth.sums[:HELD]]
    parts = _parts(found, wording)
    if offer.closing is not None:
        closing = offer.closing.take(module, mode="wrap")
        gains = [one * closing for one in gains]
        parts[-1][np.isnan(closing)] = wording.UNKNOWN
    repeats = worth.sums[HELD] * worth.step / offer.steps_listed.take(module, mode="wrap")
    return [*gains, repeats, offer.listed.take(module, mode="wrap"), *parts]


def _parts(found: Shortlist, wording: Wording) -> list[Whole]:
    """The largest parts of each gain, and the others together."""
    unit, parts = found.worth.unit, found.worth.largest(MOST_REASONS, SHOWN_REASON)
    numbers = [
        wording.numbers(competence, value * unit) * (value > 0)
        for value, competence in zip(parts.value, parts.competence, strict=True)
    ]
    hidden = np.full(found.module.shape, wording.HIDDEN, dtype=np.int64)
    numbers += [hidden] * (MOST_REASONS - len(numbers))
    rest = parts.rest * unit
    # A part too small to show is shown where it is all there is.
    shown = (rest >= SHOWN_REASON) | (numbers[0] == wording.HIDDEN)
    return [*numbers, wording.numbers(parts.others, rest) * shown]


def _padded(column: Whole, k: int) -> Whole:
    """So many picks for each person, of a profile that may have fewer modules; -1 for none."""
    short = k - column.shape[1]
    return column if not short else np.pad(column, ((0, 0), (0, short)), constant_values=-1)
