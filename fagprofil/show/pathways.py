"""What a user sees of a pathway, in a terminal and in a notebook."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html import escape

from fagprofil.model import Lang
from fagprofil.planning.limits import LIMITS, amount_text
from fagprofil.planning.pathway_results import Pathway, PathwayStep
from fagprofil.reason_words import number, reason_text
from fagprofil.show.html import html, page
from fagprofil.show.text import table, text
from fagprofil.show.words import WORDS, horizon_name

__all__: list[str] = []

#: So many open gaps are named.
_OPEN = 3

_SAID: Mapping[Lang, Mapping[str, str]] = {
    "da": {
        "title": "Uddannelsesforløb for {}, {}, {} (pr. {})",
        "period": "periode",
        "closes": "lukker",
        "left": "tilbage",
        "nothing": "ingen moduler i planen",
        "sum": "lukker {} af afstanden på {}, {} er tilbage",
        "best": "ingen plan lukker mere",
        "bound": "højst {} fra det bedste",
        "total": "i alt: {}",
        "days": "undervisningsdage",
        "gross": "kr. før støtte",
        "net": "kr. efter støtte",
        "binds": "grænser, der binder: {}",
        "open": "åbent: {} {} ({})",
        "more": "{} andre kompetencer: {}",
        "instead": "næsten lige så godt (-{}): uden {}",
        "with": "med {}",
        "left out": "{} moduler kunne ikke planlægges",
    },
    "en": {
        "title": "Pathway for {}, {}, {} (as of {})",
        "period": "period",
        "closes": "closes",
        "left": "left",
        "nothing": "no modules in the plan",
        "sum": "closes {} of the gap of {}, {} is left",
        "best": "no plan closes more",
        "bound": "at most {} from the best",
        "total": "in all: {}",
        "days": "teaching days",
        "gross": "kr before funding",
        "net": "kr after funding",
        "binds": "limits that bind: {}",
        "open": "open: {} {} ({})",
        "more": "{} other competences: {}",
        "instead": "nearly as good (-{}): without {}",
        "with": "with {}",
        "left out": "{} modules could not be planned",
    },
}


@text.register
def _text(shown: Pathway, lang: Lang = "da") -> str:
    rows = [_row(step, shown.names(lang), lang) for step in shown.steps]
    steps = table(_header(lang), rows, most=len(rows))
    return "\n".join([_title(shown, lang), *_above(shown, lang), *steps, *_below(shown, lang)])


@html.register
def _html(shown: Pathway, lang: Lang = "da") -> str:
    rows = [[escape(cell) for cell in _row(step, shown.names(lang), lang)] for step in shown.steps]
    return page(
        _title(shown, lang),
        list(_above(shown, lang)),
        _header(lang),
        rows,
        right=range(2, 6),
        below=list(_below(shown, lang)),
    )


def _title(shown: Pathway, lang: Lang) -> str:
    return _SAID[lang]["title"].format(
        shown.employee,
        shown.profile_name.in_(lang),
        horizon_name(shown.horizon, lang),
        shown.on,
    )


def _header(lang: Lang) -> list[str]:
    words, said = WORDS[lang], _SAID[lang]
    names = [words[name] for name in ("ects", "net price")]
    return [said["period"], words["module"], *names, said["closes"], said["left"], words["reason"]]


def _row(step: PathwayStep, names: Mapping[str, str], lang: Lang) -> list[str]:
    return [
        step.period,
        step.title.in_(lang),
        "" if step.ects is None else amount_text(step.ects, lang),
        "" if step.net_price is None else number(step.net_price, lang, 0),
        number(step.gain, lang),
        number(step.gap_after, lang),
        reason_text(step.reasons, names, lang),
    ]


def _above(shown: Pathway, lang: Lang) -> Iterator[str]:
    said = _SAID[lang]
    closed = [number(one, lang) for one in (shown.value, shown.gap_before, shown.gap_after)]
    share = f"{number(100 * shown.gap_to_bound, lang)} %"
    far = said["best"] if shown.optimal else said["bound"].format(share)
    yield f"{said['sum'].format(*closed)}; {far}"
    if not shown.steps:
        yield said["nothing"]
        return
    amounts = [
        (shown.ects, "ECTS"),
        (shown.days, said["days"]),
        (shown.gross_price, said["gross"]),
        (shown.net_price, said["net"]),
    ]
    known = [f"{amount_text(one, lang)} {unit}" for one, unit in amounts if one is not None]
    if known:
        yield said["total"].format(", ".join(known))


def _below(shown: Pathway, lang: Lang) -> Iterator[str]:
    said = _SAID[lang]
    binding = dict.fromkeys(one.limit for one in shown.binding)
    if binding:
        yield said["binds"].format(", ".join(LIMITS[name].in_(lang) for name in binding))
    for one in shown.open[:_OPEN]:
        yield said["open"].format(one.name.in_(lang), number(one.gap, lang), one.reason.in_(lang))
    rest = shown.open[_OPEN:]
    if rest:
        others = len({one.competence for one in rest})
        yield said["more"].format(others, number(sum(one.gap for one in rest), lang))
    for other in shown.alternatives:
        line = said["instead"].format(number(other.loss, lang), ", ".join(other.without))
        new = said["with"].format(", ".join(other.instead)) if other.instead else ""
        yield ", ".join(filter(None, [line, new]))
    if shown.left_out:
        yield said["left out"].format(len(shown.left_out))
    yield from (note.in_(lang) for note in shown.notes)
