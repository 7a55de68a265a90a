"""What a user sees of a catalogue's coverage, in a terminal and in a notebook."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import NamedTuple

from fagprofil.insight.coverage import Coverage, ServedProfile
from fagprofil.insight.lifts import Lift
from fagprofil.insight.needs import Need
from fagprofil.model import Lang
from fagprofil.reason_words import number
from fagprofil.show.html import html, page
from fagprofil.show.text import MOST, table, text
from fagprofil.show.words import WORDS, horizon_name, percent

__all__ = ["coverage_title"]

_SAID: Mapping[Lang, Mapping[str, str]] = {
    "da": {
        "title": "Katalogets dækning af {}, {} (pr. {})",
        "profiles": "{} profiler",
        "sum": "{} af {} behov (trin) dækkes, {} kun af opdigtede moduler",
        "all": "alle profiler",
        "profile": "profil",
        "needed": "behov",
        "served": "dækket",
        "synthetic": "kun opdigtet",
        "steps": "trin",
        "needed by": "profiler",
        "unserved": "Behov, som intet modul dækker",
        "only synthetic": "Behov, som kun opdigtede moduler dækker",
        "repeating": "Uddannelser, der gentager mest",
        "education": "uddannelse",
        "background": "baggrund",
        "repeats": "gentager (trin)",
        "share": "andel",
        "adds": "nyt (trin)",
        "unneeded": "Moduler, som ingen af profilerne har brug for: {}",
        "unknown": "Moduler, hvor det er ukendt, hvad de lærer fra sig: {}",
        "left out": "Udeladt: {}",
    },
    "en": {
        "title": "The catalogue's coverage of {}, {} (as of {})",
        "profiles": "{} profiles",
        "sum": "{} of {} needs (steps) are served, {} by made-up modules only",
        "all": "all profiles",
        "profile": "profile",
        "needed": "needed",
        "served": "served",
        "synthetic": "made up only",
        "steps": "steps",
        "needed by": "profiles",
        "unserved": "Needs that no module serves",
        "only synthetic": "Needs that only made-up modules serve",
        "repeating": "Educations that repeat most",
        "education": "education",
        "background": "background",
        "repeats": "repeats (steps)",
        "share": "share",
        "adds": "new (steps)",
        "unneeded": "Modules that none of the profiles needs: {}",
        "unknown": "Modules of which it is not known what they teach: {}",
        "left out": "Left out: {}",
    },
}

#: So many names are listed in a row.
_NAMED = 4


class _Part(NamedTuple):
    """A table, and what stands above it."""

    title: str
    header: Sequence[str]
    rows: Sequence[Sequence[str]]
    right: Sequence[int]


@text.register
def _as_text(shown: Coverage, lang: Lang = "da") -> str:
    lines = [coverage_title(shown, lang), _sum(shown, lang)]
    for part in _parts(shown, lang):
        lines += [part.title] if part.title else []
        lines += table(part.header, part.rows)
    return "\n".join([*lines, *_below(shown, lang)])


@html.register
def _as_html(shown: Coverage, lang: Lang = "da") -> str:
    pages = [page(coverage_title(shown, lang), [_sum(shown, lang)], [], [])]
    for part in _parts(shown, lang):
        rows = [[escape(cell) for cell in row] for row in part.rows[:MOST]]
        more = len(part.rows) - len(rows)
        below = [f"... +{more}"] if more else []
        pages.append(page(part.title, [], part.header, rows, right=part.right, below=below))
    pages.append(page("", _below(shown, lang), [], []))
    return f"<div>{''.join(pages)}</div>"


def coverage_title(shown: Coverage, lang: Lang) -> str:
    """The line above a coverage: of which profiles, when, as of which day."""
    said, names = _SAID[lang], [one.name.in_(lang) for one in shown.profiles[1:]]
    few = ", ".join(names) if len(names) < _NAMED else said["profiles"].format(len(names))
    return said["title"].format(few, horizon_name(shown.horizon, lang), shown.on)


def _sum(shown: Coverage, lang: Lang) -> str:
    served = sum(need.served for need in shown.needs)
    counts = _SAID[lang]["sum"].format(served, len(shown.needs), len(shown.only_synthetic))
    return f"{counts}; {WORDS[lang]['status']}: {shown.status.value}"


def _parts(shown: Coverage, lang: Lang) -> Iterator[_Part]:
    said = _SAID[lang]
    header = [said[name] for name in ("profile", "needed", "served", "synthetic")]
    # One profile alone is the same as all together.
    profiles = shown.profiles if len(shown.profiles) > len(("together", "one")) else []
    profiles = profiles or shown.profiles[1:]
    yield _Part("", header, [_profile(one, lang) for one in profiles], (1, 2, 3))
    header = [WORDS[lang]["competence"], said["steps"], WORDS[lang]["weight"], said["needed by"]]
    for name, needs in (("unserved", shown.unserved), ("only synthetic", shown.only_synthetic)):
        if needs:
            yield _Part(said[name], header, _by_competence(needs, lang), (2,))
    lifts = _repeating(shown)
    if lifts:
        names = ("education", "background", "repeats", "share", "adds")
        header = [said[name] for name in names]
        rows = [_lift(lift, lang) for lift in lifts]
        yield _Part(said["repeating"], header, rows, (2, 3, 4))


def _profile(one: ServedProfile, lang: Lang) -> list[str]:
    name = _SAID[lang]["all"] if one.profile is None else one.name.in_(lang)
    synthetic = percent(one.synthetic / one.needed if one.needed else 0.0)
    return [name, number(one.needed, lang), percent(one.share), synthetic]


def _by_competence(needs: Sequence[Need], lang: Lang) -> list[list[str]]:
    """One row for each competence, with the steps and what they weigh together; largest first."""
    groups: dict[str, list[Need]] = {}
    for need in needs:
        groups.setdefault(need.competence, []).append(need)
    rows = sorted(groups.values(), key=lambda own: (-_weight(own), own[0].competence))
    return [_competence(own, lang) for own in rows]


def _competence(needs: Sequence[Need], lang: Lang) -> list[str]:
    steps = ", ".join(str(step) for step in sorted(need.step for need in needs))
    profiles = dict.fromkeys(name for need in needs for name in need.weights)
    weight = number(_weight(needs), lang)
    return [needs[0].name.in_(lang), steps, weight, _few(tuple(profiles))]


def _weight(needs: Sequence[Need]) -> float:
    return sum(need.weight for need in needs)


def _repeating(shown: Coverage) -> list[Lift]:
    """The programmes that repeat most steps of some background."""
    known = [one for one in shown.programmes if one.background is not None and one.repeats]
    order = sorted(known, key=lambda one: (-sum(one.repeats.values()), -one.repeated))
    return order[: MOST // 2]


def _lift(lift: Lift, lang: Lang) -> list[str]:
    repeats, adds = sum(lift.repeats.values()), sum(lift.adds.values())
    facts = [str(repeats), percent(lift.repeated), str(adds)]
    return [lift.title.in_(lang), lift.background or "", *facts]


def _below(shown: Coverage, lang: Lang) -> list[str]:
    said = _SAID[lang]
    lists = {
        "unneeded": [one.module for one in shown.unneeded],
        "unknown": [one.module for one in shown.unknown],
        "left out": [one.id for one in shown.left_out],
    }
    return [said[name].format(_few(names)) for name, names in lists.items() if names]


def _few(names: Sequence[str]) -> str:
    """The first of some names, and how many more there are."""
    more = len(names) - _NAMED
    return ", ".join(names[:_NAMED]) + (f" ... +{more}" if more > 0 else "")
