"""What a user sees in a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from functools import singledispatch
from typing import Any

from fagprofil.gap_analysis import Gap
from fagprofil.model import Lang, Profile, Text
from fagprofil.reason_words import number, reason_text
from fagprofil.results import Recommendation, Recommendations
from fagprofil.show.words import WORDS, horizon_name, percent

__all__ = ["text"]

#: Rows shown of a long table.
MOST = 12


@singledispatch
def text(shown: Any, lang: Lang = "da") -> str:  # noqa: ARG001 (for the registered ones)
    """Something as plain text.

    Parameters
    ----------
    shown
        A `Gap`, `Recommendations` or a `Profile`.
    lang
        ``"da"`` or ``"en"``.

    Examples
    --------
    >>> import fagprofil as fp
    >>> profile = fp.load_catalogue().profiles["virksomhed"]
    >>> text(profile, "en").splitlines()[0]
    'Profile virksomhed: Company profile'
    """
    raise TypeError(f"no display for {type(shown).__name__}")


@text.register
def _gap(shown: Gap, lang: Lang = "da") -> str:
    words = WORDS[lang]
    rows = [
        [
            part.name.in_(lang),
            number(part.needed, lang),
            number(part.held, lang),
            number(part.weight, lang),
            number(part.gap, lang),
        ]
        for part in shown.parts
    ]
    header = [words[name] for name in ("competence", "needed", "held", "weight", "gap")]
    title = (
        f"{words['gap to']} {shown.profile_name.in_(lang)}: {shown.employee}, "
        f"{horizon_name(shown.horizon, lang)} ({words['as of']} {shown.on})"
    )
    return "\n".join([title, *summary_of(shown, lang), *table(header, rows)])


def summary_of(shown: Gap, lang: Lang) -> list[str]:
    """The lines above a gap's table."""
    words = WORDS[lang]
    low, high = shown.interval(0.9)
    facts = [
        words["assumed"].format(percent(shown.readiness), percent(shown.assumed)),
        words["gap of"].format(number(shown.total, lang), number(shown.needed, lang)),
        words["between"].format(number(low, lang), number(high, lang)),
        words["unstated"].format(percent(shown.unstated)),
        f"{words['status']}: {shown.status.value}",
    ]
    names = {part.competence: part.name.in_(lang) for part in shown.parts}
    apart = [
        words["disagreement"].format(names[one.competence], one.self_rating, one.manager_rating)
        for one in shown.disagreements
    ]
    return ["; ".join(facts), *apart]


@text.register
def _recommendations(shown: Recommendations, lang: Lang = "da") -> str:
    words, names = WORDS[lang], shown.names(lang)
    header = ["", *(words[name] for name in ("module", "score", "ects", "net price", "reason"))]
    rows = [
        [
            str(one.rank),
            one.title.in_(lang),
            words["no opinion"] if one.score is None else number(one.score, lang),
            "" if one.ects is None else f"{one.ects:g}",
            price_text(one, lang),
            reason_text(one.reasons, names, lang),
        ]
        for one in shown.items
    ]
    lines = [recommendations_title(shown, lang), *table(header, rows), *lines_below(shown, lang)]
    return "\n".join(lines)


def lines_below(shown: Recommendations, lang: Lang) -> list[str]:
    """What is to be said of the list as a whole."""
    lines = [] if shown.fewer is None else [shown.fewer.in_(lang)]
    if shown.ineligible:
        lines.append(WORDS[lang]["left out"].format(len(shown.ineligible)))
    return [*lines, *(note.in_(lang) for note in shared_notes(shown))]


def shared_notes(shown: Recommendations) -> list[Text]:
    """The notes that every module of a list has."""
    first = shown.items[0].notes if shown.items else ()
    return [note for note in first if all(note in one.notes for one in shown.items)]


def recommendations_title(shown: Recommendations, lang: Lang) -> str:
    """The line above a list of modules."""
    words = WORDS[lang]
    return (
        f"{words['modules for']} {shown.employee}, {shown.profile_name.in_(lang)}, "
        f"{horizon_name(shown.horizon, lang)} ({words['as of']} {shown.on})"
    )


def price_text(one: Recommendation, lang: Lang) -> str:
    """A price after funding, or its range."""
    price = one.net_price
    if price is None:
        return ""
    low, high = number(price.low, lang, 0), number(price.high, lang, 0)
    return f"{low if low == high else f'{low}-{high}'} {WORDS[lang]['kroner']}"


@text.register
def _profile(shown: Profile, lang: Lang = "da") -> str:
    words = WORDS[lang]
    lines = [f"{words['profile']} {shown.id}: {shown.name.in_(lang)}"]
    if shown.purpose is not None:
        lines.append(shown.purpose.in_(lang))
    if shown.extends:
        lines.append(f"+ {', '.join(shown.extends)}")
    if shown.requirements is None:
        return "\n".join([*lines, words["unknown contents"]])
    header = [words[name] for name in ("competence", "now", "five years", "weight", "reason")]
    rows = [
        [
            row.competence + ("" if row.essential else f" ({words['optional']})"),
            str(row.now),
            str(row.five_years),
            number(row.weight, lang),
            row.reason.in_(lang),
        ]
        for row in shown.requirements
    ]
    return "\n".join([*lines, *table(header, rows, most=len(rows))])


def table(header: Sequence[str], rows: Sequence[Sequence[str]], most: int = MOST) -> list[str]:
    """Columns padded to their widest cell; the last one runs free."""
    if not rows:
        return []
    shown = [header, *rows[:most]]
    widths = [max(len(row[j]) for row in shown) for j in range(len(header))]
    numeric = [all(_is_number(row[j]) for row in rows) for j in range(len(header))]
    lines = []
    for row in shown:
        cells = [
            cell.rjust(width) if right else cell.ljust(width)
            for cell, width, right in zip(row, widths, numeric, strict=True)
        ]
        lines.append("  " + "  ".join(cells).rstrip())
    if len(rows) > most:
        lines.append(f"  ... +{len(rows) - most}")
    return lines


def _is_number(cell: str) -> bool:
    return (
        cell.removesuffix(" %").replace(".", "").replace(",", "").replace("-", "").isdigit()
        or cell == ""
    )
