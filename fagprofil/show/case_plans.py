"""What a user sees of a case's answers, in a terminal and in a notebook."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from fagprofil.answers.answer import Answer, CasePlan, Cell, Column, worded
from fagprofil.model import Lang
from fagprofil.reason_words import number
from fagprofil.show.calendar_text import calendar_text
from fagprofil.show.html import html, page
from fagprofil.show.text import MOST, table, text
from fagprofil.show.words import percent

__all__: list[str] = []

#: Texts of more letters are at least so wide.
_LONG = 20

_WORDS = {
    "da": {
        "people": "{}: {} personer, planlagt {}, begynder tidligst {}",
        "status": "De svageste data, som svarene hviler på, er {}.",
        "calendar": "Kalender (hver plads er en uge; #: undervises i den)",
        "more": "... og {} rækker mere",
        "yes": "ja",
        "no": "nej",
    },
    "en": {
        "people": "{}: {} people, planned {}, begins {} at the earliest",
        "status": "The weakest data that the answers rest on are {}.",
        "calendar": "Calendar (each place is a week; #: taught in it)",
        "more": "... and {} rows more",
        "yes": "yes",
        "no": "no",
    },
}


@text.register
def _text(shown: CasePlan, lang: Lang = "da") -> str:
    lines = list(_above(shown, lang))
    for answer in shown.answers:
        lines += ["", _answer_text(answer, lang)]
    if shown.bars:
        lines += ["", _WORDS[lang]["calendar"], *calendar_text(shown.bars, lang)]
    return "\n".join(lines)


@text.register
def _answer_text(shown: Answer, lang: Lang = "da") -> str:
    lines = [shown.question.in_(lang), *(f"  {one.in_(lang)}" for one in shown.lines)]
    lines += table([one.name.in_(lang) for one in shown.columns], _rows(shown, lang))
    return "\n".join(lines)


@html.register
def _html(shown: CasePlan, lang: Lang = "da") -> str:
    title, *above = _above(shown, lang)
    parts = [page(title, above, [], [])]
    parts += [_answer_html(one, lang) for one in shown.answers]
    if shown.bars:
        drawn = escape("\n".join(calendar_text(shown.bars, lang)))
        heading = page(_WORDS[lang]["calendar"], [], [], [])
        parts.append(f'{heading}<pre style="overflow-x:auto;line-height:1.2">{drawn}</pre>')
    return f"<div>{''.join(parts)}</div>"


@html.register
def _answer_html(shown: Answer, lang: Lang = "da") -> str:
    rows = [
        [_wide(cell, column) for cell, column in zip(row, shown.columns, strict=True)]
        for row in _rows(shown, lang)
    ]
    more = [_WORDS[lang]["more"].format(len(rows) - MOST)] if len(rows) > MOST else []
    return page(
        shown.question.in_(lang),
        [one.in_(lang) for one in shown.lines],
        [one.name.in_(lang) for one in shown.columns],
        rows[:MOST],
        right=[j for j, one in enumerate(shown.columns) if one.kind not in ("text", "flag")],
        below=more,
    )


def _wide(cell: str, column: Column) -> str:
    """A cell in HTML: dates are not broken, and long texts are no narrow columns."""
    if column.kind == "date":
        return f'<span style="white-space:nowrap">{escape(cell)}</span>'
    if len(cell) > _LONG:
        return f'<span style="display:inline-block;min-width:{_LONG}ch">{escape(cell)}</span>'
    return escape(cell)


def _above(shown: CasePlan, lang: Lang) -> Iterator[str]:
    words = _WORDS[lang]
    yield words["people"].format(shown.name.in_(lang), shown.people, shown.on, shown.start)
    yield words["status"].format(shown.status.value)


def _rows(answer: Answer, lang: Lang) -> list[list[str]]:
    return [
        [_cell(cell, column, lang) for cell, column in zip(row, answer.columns, strict=True)]
        for row in answer.rows
    ]


def _cell(cell: Cell, column: Column, lang: Lang) -> str:
    """A cell as its kind of figure is written."""
    if isinstance(cell, bool):
        return _WORDS[lang]["yes" if cell else "no"]
    if not isinstance(cell, (int, float)):
        return worded(cell, lang)
    if column.kind == "share":
        return percent(cell)
    digits = {"steps": 1, "hours": 1, "price": 4}.get(column.kind, 0)
    if column.kind == "ects" and cell % 1:
        digits = 1
    return number(cell, lang, digits)
