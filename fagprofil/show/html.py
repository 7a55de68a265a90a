"""What a user sees in a notebook: escaped HTML with inline SVG, no script, for light and dark."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from functools import singledispatch
from html import escape
from typing import Any

from fagprofil.gap_analysis import Gap, GapPart
from fagprofil.model import Lang, Profile, Text
from fagprofil.reason_words import number, reason_text
from fagprofil.results import Recommendation, Recommendations
from fagprofil.show.text import (
    lines_below,
    price_text,
    recommendations_title,
    shared_notes,
    summary_of,
)
from fagprofil.show.words import WORDS, horizon_name, percent

__all__ = ["html"]

# Okabe and Ito's blue and orange: told apart by the colour-blind, readable on white and on black.
HELD, NEEDED = "#0072b2", "#e69f00"
_TABLE = "border-collapse:collapse;font-size:90%;margin:.4em 0"
_CELL = "padding:.15em .7em;border-bottom:1px solid #8884;vertical-align:top"


@singledispatch
def html(shown: Any, lang: Lang = "da") -> str:  # noqa: ARG001 (for the registered ones)
    """Something as HTML for a notebook.

    Parameters
    ----------
    shown
        A `Gap`, `Recommendations` or a `Profile`.
    lang
        ``"da"`` or ``"en"``.

    Examples
    --------
    >>> import fagprofil as fp
    >>> page = html(fp.load_catalogue().profiles["virksomhed"])
    >>> "<table" in page and "<script" not in page
    True
    """
    raise TypeError(f"no display for {type(shown).__name__}")


@html.register
def _gap(shown: Gap, lang: Lang = "da") -> str:
    words = WORDS[lang]
    title = (
        f"{words['gap to']} {shown.profile_name.in_(lang)}: {shown.employee}, "
        f"{horizon_name(shown.horizon, lang)}"
    )
    header = [words["competence"], words["steps"], words["needed"], words["held"], words["weight"]]
    rows = [
        [
            escape(part.name.in_(lang)),
            _steps(part, lang),
            *(number(value, lang) for value in (part.needed, part.held, part.weight, part.gap)),
        ]
        for part in shown.parts
    ]
    header.append(words["gap"])
    above, below = summary_of(shown, lang), [words["legend"]]
    return page(title, above, header, rows, right=range(2, 6), below=below)


def _steps(part: GapPart, lang: Lang) -> str:
    """The ladder of one competence: how sure we are of each step, and the steps needed."""
    words, size = WORDS[lang], 16
    boxes = []
    for step, need in enumerate(part.need, start=1):
        x = (step - 1) * size + 1
        sure = sum(part.chance[step:])
        edge = NEEDED if need else "#888c"
        boxes.append(
            f'<rect x="{x}" y="1" width="{size - 3}" height="12" rx="2" fill="{HELD}" '
            f'fill-opacity="{sure:.2f}" stroke="{edge}" stroke-width="{2 if need else 1}"/>'
        )
    label = (
        f"{words['needed']} {number(part.needed, lang)}, {words['held']} {number(part.held, lang)}"
    )
    return (
        f'<svg width="{len(part.need) * size + 2}" height="14" role="img" '
        f'aria-label="{escape(label)}">{"".join(boxes)}</svg>'
    )


@html.register
def _recommendations(shown: Recommendations, lang: Lang = "da") -> str:
    words, names = WORDS[lang], shown.names(lang)
    labels = ("module", "score", "ects", "net price", "repeats", "reason", "status")
    shared = shared_notes(shown)
    best = max((one.score or 0 for one in shown.items), default=0)
    rows = [
        [
            str(one.rank),
            escape(one.title.in_(lang)) + _notes(one, shared, lang),
            _bar(one.score, best, lang),
            "" if one.ects is None else f"{one.ects:g}",
            f'<span style="white-space:nowrap">{escape(price_text(one, lang))}</span>',
            "" if one.repeats is None else percent(one.repeats),
            f'<div style="min-width:16em">{escape(reason_text(one.reasons, names, lang))}</div>',
            escape(one.status.value),
        ]
        for one in shown.items
    ]
    header = [words["rank"], *(words[name] for name in labels)]
    title, below = recommendations_title(shown, lang), lines_below(shown, lang)
    return page(title, [], header, rows, right=(0, 3, 5), below=below)


def _notes(one: Recommendation, shared: Collection[Text], lang: Lang) -> str:
    """What to look into, apart from what holds for all and stands below."""
    own = [note for note in one.notes if note not in shared]
    return "".join(f"<br><small>{escape(note.in_(lang))}</small>" for note in own)


def _bar(score: float | None, best: float, lang: Lang) -> str:
    if score is None:
        return escape(WORDS[lang]["no opinion"])
    width = 52 * max(0.0, score) / best if best > 0 else 0
    return (
        f'<svg width="96" height="14" role="img" aria-label="{number(score, lang)}">'
        f'<rect x="0" y="2" width="{width:.0f}" height="10" rx="2" fill="{HELD}"/>'
        f'<text x="{width + 4:.0f}" y="11" font-size="11" fill="currentColor">'
        f"{number(score, lang)}</text></svg>"
    )


@html.register
def _profile(shown: Profile, lang: Lang = "da") -> str:
    words = WORDS[lang]
    title = f"{words['profile']} {shown.id}: {shown.name.in_(lang)}"
    above = [] if shown.purpose is None else [shown.purpose.in_(lang)]
    above += [f"+ {', '.join(shown.extends)}"] if shown.extends else []
    if shown.requirements is None:
        return page(title, [*above, words["unknown contents"]], [], [])
    header = [words[name] for name in ("competence", "now", "five years", "weight", "reason")]
    rows = [
        [
            escape(row.competence) + ("" if row.essential else f" ({words['optional']})"),
            str(row.now),
            str(row.five_years),
            number(row.weight, lang),
            escape(row.reason.in_(lang)),
        ]
        for row in shown.requirements
    ]
    return page(title, above, header, rows, right=range(1, 4))


def page(
    title: str,
    lines: Sequence[str],
    header: Sequence[str],
    rows: Sequence[Sequence[str]],
    right: Iterable[int] = (),
    below: Sequence[str] = (),
) -> str:
    """A heading, lines of text, and a table whose cells are HTML already."""
    aligned = set(right)
    style = [
        f"{_CELL};text-align:{'right' if j in aligned else 'left'}" for j in range(len(header))
    ]
    head = "".join(
        f'<th scope="col" style="{style[j]}">{escape(cell)}</th>' for j, cell in enumerate(header)
    )
    body = "".join(
        "<tr>"
        + "".join(f'<td style="{style[j]}">{cell}</td>' for j, cell in enumerate(row))
        + "</tr>"
        for row in rows
    )
    table = f'<table style="{_TABLE}"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'
    # A wide table is moved sideways within its own box, not the page with it; by keyboard too.
    named = f'role="region" aria-label="{escape(title)}" tabindex="0"' if title else ""
    table = f'<div style="overflow-x:auto" {named}>{table}</div>'
    above, under = (
        "".join(f"<div><small>{escape(line)}</small></div>" for line in some)
        for some in (lines, below)
    )
    return f"<div><strong>{escape(title)}</strong>{above}{table if rows else ''}{under}</div>"
