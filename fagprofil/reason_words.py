"""The parts of a score in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from fagprofil.model import Lang
from fagprofil.rankers import Reason

__all__ = ["MOST_REASONS", "SHOWN_REASON", "WORDS", "number", "reason_text"]

#: A smaller part would be shown as 0.0.
SHOWN_REASON = 0.05
#: So many parts are named; the others are summed up.
MOST_REASONS = 3
_GAP_CLOSED = "gap closed"


def reason_text(reasons: Sequence[Reason], names: Mapping[str, str], lang: Lang) -> str:
    """The largest parts of a score in words, for example ``Jobmatch 3.0; Motivation 1.5``.

    Scores of many ranking models are small numbers: they are shown with more digits than a gap.
    """
    words = WORDS[lang]
    if [one.name for one in reasons] == ["no opinion"]:
        return words["no opinion"]
    if not reasons:
        return words["nothing"]
    digits = _digits(reasons)
    least = SHOWN_REASON * 10.0 ** (1 - digits)
    most = min(MOST_REASONS, sum(abs(one.value) >= least for one in reasons))
    listed = [
        f"{_named(one, names, words)} {number(one.value, lang, digits)}" for one in reasons[:most]
    ]
    rest = sum(one.value for one in reasons[most:])
    if abs(rest) >= least or not listed:
        more = words["more"].format(len(reasons) - most)
        listed.append(f"{more} {number(rest, lang, digits)}")
    return "; ".join(listed)


def _digits(reasons: Sequence[Reason]) -> int:
    """One for gaps, and for other scores as many as their largest part needs."""
    largest = max(abs(one.value) for one in reasons)
    if largest >= 1 or all(one.name == _GAP_CLOSED for one in reasons):
        return 1
    return 2 if largest >= 0.1 else 3


def _named(reason: Reason, names: Mapping[str, str], words: Mapping[str, str]) -> str:
    """What a part is of, after the rankers that it comes from."""
    *labels, last = reason.name.split(": ")
    said = names[reason.competence] if reason.competence else _said(last, words)
    return ": ".join([*(words.get(one, one) for one in labels), said])


def _said(name: str, words: Mapping[str, str]) -> str:
    """A name in words; of one that ends in an id, all but that."""
    before, _, after = name.partition(" ")
    if f"{before} ..." in words:
        return f"{words[f'{before} ...']} {after}"
    return words.get(name, name)


def number(value: float, lang: Lang, digits: int = 1) -> str:
    """A number with the language's decimal mark and thousands separator.

    Examples
    --------
    >>> number(1234.56, "da"), number(1234.56, "en")
    ('1.234,6', '1,234.6')
    """
    shown = f"{value:z,.{digits}f}"
    return shown.translate(str.maketrans(",.", ".,")) if lang == "da" else shown


#: Names of parts, of rankers before them, and of features.
WORDS: Mapping[Lang, Mapping[str, str]] = {
    "da": {
        "more": "{} mere",
        "no opinion": "ingen vurdering",
        "nothing": "intet taler for det",
        "score": "score",
        "coverage": "dækning",
        "text": "tekst",
        "history": "historik",
        "popular": "udbredelse",
        "learned": "lært",
        "blend": "blanding",
        "diverse": "variation",
        "fair": "ligelighed",
        "fair share": "rimelig andel",
        "gap closed": "lukket afstand",
        "gap closed by an average module": "lukket afstand, som et gennemsnitligt modul",
        "popularity": "udbredelse",
        "repetition": "gentagelse",
        "rank": "placering",
        "passed ...": "bestået",
        "resembles ...": "ligner",
        "history score": "historik",
        "gain": "lukket afstand",
        "gain_now": "lukket afstand nu",
        "gain_five_years": "lukket afstand om fem år",
        "gain_over_five_years": "lukket afstand over fem år",
        "gain_per_ects": "lukket afstand pr. ECTS",
        "gain_per_krone": "lukket afstand pr. krone",
        "entry_slack": "luft til forudsætninger",
        "text_similarity": "tekstlighed",
        "ects": "ECTS",
        "price": "pris",
        "completion_rate": "gennemført af lignende",
        "pass_rate": "bestået af dem, der tog det",
        "usefulness": "oplevet nytte",
        "programme_progress": "nået i uddannelsen",
    },
    "en": {
        "more": "{} more",
        "no opinion": "no opinion",
        "nothing": "nothing speaks for it",
        "gain": "gap closed",
        "gain_now": "gap closed now",
        "gain_five_years": "gap closed in five years",
        "gain_over_five_years": "gap closed over five years",
        "gain_per_ects": "gap closed per ECTS",
        "gain_per_krone": "gap closed per krone",
        "entry_slack": "slack above entry levels",
        "text_similarity": "likeness of text",
        "ects": "ECTS",
        "completion_rate": "passed by similar people",
        "pass_rate": "passed by those who took it",
        "usefulness": "found useful",
        "programme_progress": "reached in the programme",
    },
}
