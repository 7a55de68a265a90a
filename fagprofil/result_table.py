"""The result table, column by column, of people whose modules are ranked by what they close."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fagprofil.frames import Texts
from fagprofil.ladder import UNIT, Ladder
from fagprofil.model import Lang, Status
from fagprofil.offer import FIVE_GAIN, HELD, NOW_GAIN, OVER, Offer
from fagprofil.results import MOST_REASONS, SHOWN_REASON, WORDS, number
from fagprofil.roster import Roster, coded
from fagprofil.shortlist import Shortlist
from fagprofil.standing import CERTAIN
from fagprofil.terms import TermsList
from fagprofil.worth import Worth

__all__ = ["Picks", "columns_of_picks"]

Positions = NDArray[np.intp]
Whole = NDArray[Any]


#: Bits of a part in tenths, below what it is a part of.
_TENTHS = 24


@dataclass(frozen=True, eq=False)
class Picks:
    """The picks of n people, at most k each, in the people's order.

    Attributes
    ----------
    module
        Positions in the catalogue's order, shape (n, k); -1 where nothing was picked.
    sums
        What it closes at the horizon, now and in five years, and what of it is held already, as
        in `fagprofil.offer.Picked`, shape (n, k, 4).
    parts
        The largest parts of the gain, each a competence and tenths in one number; and last the
        others, how many and their sum; shape (`MOST_REASONS` + 1, n, k). -1 is not worth showing.
    """

    module: Whole
    sums: Whole
    parts: Whole

    @classmethod
    def nobody(cls, n: int, k: int) -> Picks:
        """Nothing picked, to be filled."""
        return cls(
            np.full((n, k), -1, dtype=np.int32),
            np.zeros((HELD + 1, n, k), dtype=np.int64),
            np.zeros((MOST_REASONS + 1, n, k), dtype=np.int64),
        )

    def put(self, offer: Offer, found: Shortlist) -> Positions:
        """Fill in a shortlist; the people of whom it holds something that is known to help."""
        worth, known = found.worth, found.known
        module = np.where(found.module < 0, -1, offer.modules[found.module]).astype(np.int32)
        whole, rows, width = bool(known.all()), found.rows[found.known], module.shape[1]
        parts = _largest(worth)
        self.module[rows, :width] = module if whole else module[known]
        self.sums[:, rows, :width] = worth.sums if whole else worth.sums[:, known]
        for own, part in zip(self.parts, parts, strict=True):
            own[rows, :width] = part if whole else part[known]
        return rows


def _largest(worth: Worth) -> NDArray[np.int64]:
    """The parts that are worth showing, largest first, then by competence; and the others."""
    bits = max(1, int(worth.competence.max(initial=0)).bit_length())
    last = (1 << bits) - 1
    # A part and its competence in one number: larger parts first, ties by competence.
    packed = (worth.parts << bits) | (last - worth.competence)
    rest = worth.sums[OVER].copy()
    others = (worth.parts > 0).sum(axis=0)
    parts = np.full((MOST_REASONS + 1, *rest.shape), -1, dtype=np.int64)
    for i in range(min(MOST_REASONS, len(packed))):
        best = packed.max(axis=0)
        value, competence = best >> bits, last - (best & last)
        shown = value >= _SHOWN_UNITS
        parts[i] = np.where(shown, (competence << _TENTHS) | _tenths(value), -1)
        rest -= value * shown
        others -= shown
        np.putmask(packed, packed == best, -1)
    # A part too small to show is shown where it is all there is.
    worth = (rest >= _SHOWN_UNITS) | (parts[0] < 0)
    parts[-1] = np.where(worth, (others << _TENTHS) | _tenths(rest), -1)
    return parts


_SHOWN_UNITS = math.ceil(SHOWN_REASON / UNIT)


def _tenths(value: Whole) -> NDArray[np.int64]:
    # Exact: a value has so few bits that ten times it is a float without rounding.
    return np.rint(value * (UNIT * 10)).astype(np.int64)


def columns_of_picks(
    picks: Picks,
    roster: Roster,
    ladder: Ladder,
    terms: TermsList,
    basis: Mapping[int, Status],
    lang: Lang,
    texts: Texts,
) -> dict[str, Any]:
    """The columns of the result table, one entry per pick, people in their order.

    Parameters
    ----------
    picks, roster
        The same people.
    basis
        The weakest status of what each of the roster's facts requires.
    texts
        What columns of text are made of.
    """
    modules = tuple(ladder.catalogue.modules.values())
    n, k = picks.module.shape
    entry: Any = slice(None)
    if (picks.module < 0).any():
        entry = np.flatnonzero(picks.module.reshape(-1) >= 0)
    who, rank = np.repeat(np.arange(n), k)[entry], np.tile(np.arange(1, k + 1), n)[entry]
    module = picks.module.reshape(-1)[entry]
    sums = picks.sums.reshape(HELD + 1, -1)[:, entry]
    parts = picks.parts.reshape(MOST_REASONS + 1, -1)[:, entry]
    offered, listed = _terms(roster, who, module, ladder, terms, basis)
    prices = [one.net_price for one in listed]
    amounts = np.array([np.nan if one is None else one.amount for one in prices])
    ects = np.array([np.nan if one.ects is None else one.ects for one in modules])
    unknown = np.where(ladder.mapped, UNIT, np.nan)[module]
    steps = np.where(ladder.taught.steps > 0, ladder.taught.steps * CERTAIN, np.nan)
    return {
        "employee": texts.take(roster.ids, who),
        "rank": rank,
        "module": texts.take([one.id for one in modules], module),
        "title": texts.label([one.title.in_(lang) for one in modules], module),
        "score": sums[OVER] * unknown,
        "gain_now": sums[NOW_GAIN] * unknown,
        "gain_five_years": sums[FIVE_GAIN] * unknown,
        "repeats": sums[HELD] / steps[module],
        "ects": ects[module],
        "net_price": amounts[offered],
        "price_rule": texts.label(
            [None if one is None else one.rule.in_(lang) for one in prices], offered
        ),
        "reason": _reasons(parts, np.isnan(unknown), ladder, lang, texts),
        "notes": texts.label(
            ["; ".join(note.in_(lang) for note in one.notes) or None for one in listed], offered
        ),
        "status": texts.label([one.status.value for one in listed], offered),
    }


def _terms(
    roster: Roster,
    who: Positions,
    module: Positions,
    ladder: Ladder,
    terms: TermsList,
    basis: Mapping[int, Status],
) -> tuple[Positions, list[Any]]:
    """Which terms each pick is offered on, and the terms."""
    modules = tuple(ladder.catalogue.modules.values())
    facts = roster.fact * 2 + ~np.isnan(roster.years)
    codes, used = coded(facts[who] * len(modules) + module)
    listed = []
    for code in used:
        fact, j = divmod(int(code), len(modules))
        person, known = roster.facts[fact // 2], bool(fact % 2)
        listed.append(terms.of(person, known, modules[j], basis[fact // 2]))
    return codes, listed


def _reasons(
    parts: NDArray[np.int64],
    unknown: NDArray[np.bool_],
    ladder: Ladder,
    lang: Lang,
    texts: Texts,
) -> Any:
    """The largest parts of each gain in words, as `fagprofil.results.reason_text` puts them."""
    competences = ladder.catalogue.taxonomy.competences.values()
    names, words = [one.name.in_(lang) for one in competences], WORDS[lang]

    def part(k: int, tenths: int) -> str:
        return f"{names[k]} {number(tenths / 10, lang)}"

    def others(count: int, tenths: int) -> str:
        return f"{words['more'].format(count)} {number(tenths / 10, lang)}"

    said = [_said(one, part, texts) for one in parts[:-1]]
    if unknown.any():
        parts[-1, unknown] = -2
    said.append(_said(parts[-1], others, texts, words["no opinion"]))
    return texts.join(said, "; ")


def _said(
    parts: NDArray[np.int64],
    words: Callable[[int, int], str],
    texts: Texts,
    unknown: str | None = None,
) -> Any:
    """Parts in words, each that occurs put into words once."""
    tenths = parts & ((1 << _TENTHS) - 1)
    tenths[parts < 0] = 0
    width = int(tenths.max(initial=0)) + 1
    codes, occurring = coded(
        np.where(parts < 0, parts + 2, 2 + (parts >> _TENTHS) * width + tenths)
    )
    fixed = {0: unknown, 1: None}
    found = [fixed[c] if c < 2 else words(*divmod(c - 2, width)) for c in occurring.tolist()]
    return texts.take(found, codes)
