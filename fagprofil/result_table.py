"""The result table, column by column, of people whose modules are ranked by what they close."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fagprofil.frames import Texts
from fagprofil.ladder import CERTAIN, UNIT, Ladder
from fagprofil.model import Lang, Status
from fagprofil.offer import FIVE_GAIN, HELD, NOW_GAIN, OVER, Offer, Picked
from fagprofil.results import MOST_REASONS, SHOWN_REASON, WORDS, number
from fagprofil.roster import Roster, coded
from fagprofil.shortlist import Shortlist
from fagprofil.terms import TermsList

__all__ = ["Picks", "columns_of_picks"]

Floats = NDArray[np.floating]
Positions = NDArray[np.intp]
Whole = NDArray[Any]


@dataclass(frozen=True, eq=False)
class Picks:
    """The picks of n people, at most k each, in the people's order.

    Attributes
    ----------
    module
        Positions in the catalogue's order, shape (n, k); -1 where nothing was picked.
    gain, gain_now, gain_five_years
        What it closes, in weights times steps, shape (n, k); NaN where unknown.
    repeats
        The share of it that is already held, shape (n, k); NaN where unknown.
    reason, tenths
        The competences of the largest parts of the gain and the parts in tenths, shape
        (n, k, `MOST_REASONS`); -1 where there is none worth showing.
    rest, rest_tenths
        The number of the other parts, and their sum in tenths, shape (n, k).
    """

    module: Positions
    gain: Floats
    gain_now: Floats
    gain_five_years: Floats
    repeats: Floats
    reason: Whole
    tenths: Whole
    rest: Whole
    rest_tenths: Whole

    @classmethod
    def nobody(cls, n: int, k: int) -> Picks:
        """Nothing picked, to be filled."""

        def filled(value: Any, *more: int) -> Any:
            return np.full((n, k, *more), value, dtype=np.int32 if more else None)

        return cls(
            module=filled(-1),
            gain=filled(np.nan),
            gain_now=filled(np.nan),
            gain_five_years=filled(np.nan),
            repeats=filled(np.nan),
            reason=filled(-1, MOST_REASONS),
            tenths=filled(-1, MOST_REASONS),
            rest=filled(0),
            rest_tenths=filled(0),
        )

    @classmethod
    def of(cls, offer: Offer, found: Shortlist) -> Picks:
        """The picks of a shortlist, in its order."""
        picked = found.picked
        nothing = picked.module < 0
        module = np.where(nothing, -1, offer.modules[picked.module])
        gains = picked.sums[..., :HELD] * UNIT
        unknown = ~offer.ladder.mapped[module] | nothing
        if unknown.any():
            gains[unknown] = np.nan
        steps = offer.steps_taught[picked.module] * CERTAIN
        repeats = picked.sums[..., HELD] / np.where(steps > 0, steps, np.nan)
        over, now, later = (np.asarray(gains[..., i]) for i in (OVER, NOW_GAIN, FIVE_GAIN))
        return cls(module, over, now, later, repeats, *_largest(picked))

    def part(self, rows: NDArray[np.bool_]) -> Picks:
        """The picks of some of the people."""
        return Picks(*(getattr(self, field.name)[rows] for field in fields(self)))

    def put(self, rows: Positions, other: Picks) -> None:
        """Fill in the picks of some people."""
        for field in fields(self):
            values = getattr(other, field.name)
            getattr(self, field.name)[rows, : values.shape[1]] = values


def _largest(picked: Picked) -> tuple[Positions, Whole, Whole, Whole]:
    """The parts that are worth showing, largest first, then by competence; and the others."""
    bits = max(1, int(picked.competence.max(initial=0)).bit_length())
    last = (1 << bits) - 1
    # A part and its competence in one number: larger parts first, ties by competence.
    packed = (picked.parts << bits) | (last - picked.competence)
    rest = picked.sums[..., OVER].copy()
    others = (picked.parts > 0).sum(axis=0)
    reason = np.full((*rest.shape, MOST_REASONS), -1, dtype=np.int32)
    tenths = np.zeros(reason.shape, dtype=np.int32)
    for i in range(min(MOST_REASONS, len(packed))):
        best = packed.max(axis=0)
        value = best >> bits
        shown = value * UNIT >= SHOWN_REASON
        reason[..., i] = np.where(shown, last - (best & last), -1)
        tenths[..., i] = _tenths(value)
        rest -= value * shown
        others -= shown
        np.putmask(packed, packed == best, -1)
    # A part too small to show is shown where it is all there is.
    worth = (rest * UNIT >= SHOWN_REASON) | (reason[..., 0] < 0)
    return reason, tenths, np.where(worth, others, -1), _tenths(rest)


def _tenths(value: Whole) -> Whole:
    # Exact: a value has so few bits that ten times it is a float without rounding.
    return np.rint(value * (UNIT * 10)).astype(np.int32)


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
    entry = np.flatnonzero(picks.module.reshape(-1) >= 0)
    who, rank = np.divmod(entry, max(1, picks.module.shape[1]))
    module = picks.module.reshape(-1)[entry]
    offered, listed = _terms(roster, who, module, ladder, terms, basis)
    prices = [one.net_price for one in listed]
    amounts = np.array([np.nan if one is None else one.amount for one in prices])
    ects = np.array([np.nan if one.ects is None else one.ects for one in modules])
    numbers = {
        "score": picks.gain,
        "gain_now": picks.gain_now,
        "gain_five_years": picks.gain_five_years,
        "repeats": picks.repeats,
    }
    return {
        "employee": texts.take(roster.ids, who),
        "rank": rank + 1,
        "module": texts.take([one.id for one in modules], module),
        "title": texts.take([one.title.in_(lang) for one in modules], module),
        **{name: values.reshape(-1)[entry] for name, values in numbers.items()},
        "ects": ects[module],
        "net_price": amounts[offered],
        "price_rule": texts.take(
            [None if one is None else one.rule.in_(lang) for one in prices], offered
        ),
        "reason": _reasons(picks, entry, ladder, lang, texts),
        "notes": texts.take(
            ["; ".join(note.in_(lang) for note in one.notes) or None for one in listed], offered
        ),
        "status": texts.take([one.status.value for one in listed], offered),
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


def _reasons(picks: Picks, entry: Positions, ladder: Ladder, lang: Lang, texts: Texts) -> Any:
    """The largest parts of each gain in words, as `fagprofil.results.reason_text` puts them."""
    competences = ladder.catalogue.taxonomy.competences.values()
    names = [one.name.in_(lang) for one in competences]
    width = int(picks.tenths.max(initial=0)) + 1
    columns = []
    for i in range(MOST_REASONS):
        reason, tenths = (one[..., i].reshape(-1)[entry] for one in (picks.reason, picks.tenths))
        codes, used = coded(np.where(reason < 0, 0, 1 + reason * width + tenths))
        parts = [divmod(int(code) - 1, width) for code in used]
        said = [None if k < 0 else f"{names[k]} {number(t / 10, lang)}" for k, t in parts]
        columns.append(texts.take(said, codes))
    columns.append(_others(picks, entry, lang, texts))
    return texts.join(columns, "; ")


def _others(picks: Picks, entry: Positions, lang: Lang, texts: Texts) -> Any:
    rest, tenths = (one.reshape(-1)[entry] for one in (picks.rest, picks.rest_tenths))
    width = int(tenths.max(initial=0)) + 1
    unknown = np.isnan(picks.gain.reshape(-1)[entry])
    codes, used = coded(np.where(unknown, 0, np.where(rest < 0, 1, 2 + rest * width + tenths)))
    words = WORDS[lang]
    said: list[str | None] = []
    for code in used:
        count, t = divmod(int(code) - 2, width)
        more = None if code == 1 else f"{words['more'].format(count)} {number(t / 10, lang)}"
        said.append(words["no opinion"] if code == 0 else more)
    return texts.take(said, codes)
