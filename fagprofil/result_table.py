"""The result table, column by column, of people whose modules are ranked by what they close."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fagprofil.frames import Texts
from fagprofil.ladder import Ladder
from fagprofil.model import Lang, Status
from fagprofil.offer import FIVE_GAIN, HELD, NOW_GAIN, OVER
from fagprofil.picks import Picks, Wording
from fagprofil.reason_words import MOST_REASONS, WORDS, number
from fagprofil.roster import Roster, coded
from fagprofil.terms import TermsList

__all__ = ["Form", "columns_of_picks"]

Positions = NDArray[np.intp]
Whole = NDArray[Any]


@dataclass(frozen=True)
class Form:
    """In which language, and what columns of text are made of.

    Attributes
    ----------
    phrases
        Parts of reasons that were put into words.
    """

    lang: Lang
    texts: Texts
    phrases: dict[tuple[bool, int, int], str] = field(default_factory=dict, repr=False)


def columns_of_picks(
    picks: Picks,
    roster: Roster,
    ladder: Ladder,
    terms: TermsList,
    basis: Mapping[int, Status],
    form: Form,
) -> dict[str, Any]:
    """The columns of the result table, one entry per pick, people in their order.

    Parameters
    ----------
    picks, roster
        The picks, and all people.
    basis
        The weakest status of what each of the roster's facts requires.
    """
    texts, lang = form.texts, form.lang
    modules = tuple(ladder.catalogue.modules.values())
    n, k = picks.module.shape
    entry: Any = slice(None)
    if (picks.module < 0).any():
        entry = np.flatnonzero(picks.module.reshape(-1) >= 0)
    who, rank = np.repeat(picks.rows, k)[entry], np.tile(np.arange(1, k + 1), n)[entry]
    module = picks.module.reshape(-1)[entry]
    values = [column.reshape(-1)[entry] for column in picks.values]
    parts = [column.reshape(-1)[entry] for column in picks.parts]
    offered, listed = _terms(roster, who, module, ladder, terms, basis)
    prices = [one.net_price for one in listed]
    amounts = np.array([np.nan if one is None else one.amount for one in prices])
    ects = np.array([np.nan if one.ects is None else one.ects for one in modules])
    return {
        "employee": texts.take(roster.ids, who),
        "rank": rank,
        "module": texts.take([one.id for one in modules], module),
        "title": texts.label([one.title.in_(lang) for one in modules], module),
        "score": values[OVER],
        "gain_now": values[NOW_GAIN],
        "gain_five_years": values[FIVE_GAIN],
        "repeats": values[HELD],
        "ects": ects.take(module),
        "net_price": amounts.take(offered),
        "price_rule": texts.label(
            [None if one is None else one.rule.in_(lang) for one in prices], offered
        ),
        "reason": _reasons(parts, picks.wording, ladder, form),
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
    # Few differ in what decides their terms.
    seen: dict[Any, int] = {}
    alike = [
        seen.setdefault((*terms.prices.deciding(one), basis.get(i)), i)
        for i, one in enumerate(roster.facts)
    ]
    facts = np.array(alike, dtype=np.intp)[roster.fact] * 2 + ~np.isnan(roster.years)
    codes, used = coded(facts[who] * len(modules) + module)
    listed = []
    for code in used:
        fact, j = divmod(int(code), len(modules))
        person, known = roster.facts[fact // 2], bool(fact % 2)
        listed.append(terms.of(person, known, modules[j], basis[fact // 2]))
    return codes, listed


def _reasons(parts: Sequence[Whole], wording: Wording, ladder: Ladder, form: Form) -> Any:
    """The largest parts of each gain in words, as `fagprofil.results.reason_text` puts them."""
    competences = ladder.catalogue.taxonomy.competences.values()
    words = WORDS[form.lang]
    names = [one.name.in_(form.lang) for one in competences].__getitem__
    columns = []
    for i, column in enumerate(parts):
        name = names if i < MOST_REASONS else words["more"].format
        codes, occurring = coded(column)
        said: list[str | None] = []
        for one in occurring.tolist():
            if one < wording.FIRST:
                said.append(words["no opinion"] if one == wording.UNKNOWN else None)
                continue
            what, tenths = wording.read(one)
            known = (name is names, what, tenths)
            if known not in form.phrases:
                form.phrases[known] = f"{name(what)} {number(tenths / 10, form.lang)}"
            said.append(form.phrases[known])
        columns.append(form.texts.take(said, codes))
    return form.texts.join(columns, "; ")
