"""How plans of classes, pools and substitutes look in a notebook."""

from __future__ import annotations

from collections.abc import Sequence

from fagprofil.model import Lang
from fagprofil.planning import CohortPlan, PoolPlan, RotationPlan
from fagprofil.reason_words import number
from fagprofil.show.display import Display
from fagprofil.show.html import html

__all__: list[str] = []

_SAID = {
    "da": {
        "classes": "{} hold med {} pladser lukker {}; højst {} under det bedst mulige",
        "module": "modul",
        "start": "start",
        "end": "slut",
        "place": "sted",
        "people": "personer",
        "closes": "lukker",
        "net": "kr. efter støtte",
        "fixed": "kr. for holdet",
        "waiting": "{} personer står på venteliste; {} hold holdes ikke",
        "pool": "{} bevillinger til {} personer: {} kr. brugt, {} kr. tilbage; højst {} under det "
        "bedst mulige",
        "employer": "arbejdsgiver",
        "granted": "får",
        "kroner": "kr. fra puljen",
        "own": "kr. selv",
        "rotation": "{} timer væk, {} dækket; løn {} kr., heraf støtte {} kr.",
        "unit": "enhed",
        "period": "periode",
        "hours": "timer væk",
        "covered": "dækket",
        "cost": "løn, kr.",
        "subsidy": "støtte, kr.",
        "unknown": "ukendt",
    },
    "en": {
        "classes": "{} classes with {} seats close {}; at most {} below the best possible",
        "module": "module",
        "start": "start",
        "end": "end",
        "place": "place",
        "people": "people",
        "closes": "closes",
        "net": "kr after funding",
        "fixed": "kr for the class",
        "waiting": "{} people wait; {} classes are not held",
        "pool": "{} grants to {} people: {} kr spent, {} kr left; at most {} below the best "
        "possible",
        "employer": "employer",
        "granted": "granted",
        "kroner": "kr from the pool",
        "own": "kr themselves",
        "rotation": "{} hours away, {} covered; wages {} kr, of which subsidy {} kr",
        "unit": "unit",
        "period": "period",
        "hours": "hours away",
        "covered": "covered",
        "cost": "wages, kr",
        "subsidy": "subsidy, kr",
        "unknown": "unknown",
    },
}


@html.register
def _classes(shown: CohortPlan, lang: Lang = "da") -> str:
    said = _SAID[lang]
    title = said["classes"].format(
        len(shown.classes),
        len(shown.seats),
        number(shown.value, lang),
        _share(shown.gap_to_bound, lang),
    )
    rows = [
        [
            one.title.in_(lang),
            str(one.start),
            "" if one.end is None else str(one.end),
            one.place or "",
            str(len(one)),
            number(one.value, lang),
            number(one.net, lang, 0),
            number(one.fixed_cost, lang, 0),
        ]
        for one in shown.classes
    ]
    waiting = {name for one in shown.waiting for ids in one.wanted.values() for name in ids}
    below = [said["waiting"].format(len(waiting), len(shown.not_held))]
    names = ("module", "start", "end", "place", "people", "closes", "net", "fixed")
    return _page(title, names, rows, (4, 5, 6, 7), below, lang)


@html.register
def _pool(shown: PoolPlan, lang: Lang = "da") -> str:
    title = _SAID[lang]["pool"].format(
        len(shown.grants),
        shown.granted,
        number(shown.spent, lang, 0),
        number(shown.unused, lang, 0),
        _share(shown.gap_to_bound, lang),
    )
    rows = [
        [
            one.name,
            str(one.people),
            str(one.granted),
            number(one.value, lang),
            number(one.kroner, lang, 0),
            number(one.own, lang, 0),
        ]
        for one in shown.employers
    ]
    names = ("employer", "people", "granted", "closes", "kroner", "own")
    return _page(title, names, rows, range(1, 6), [], lang)


@html.register
def _rotation(shown: RotationPlan, lang: Lang = "da") -> str:
    title = _SAID[lang]["rotation"].format(
        number(shown.hours, lang, 0),
        number(shown.covered, lang, 0),
        _money(shown.cost, lang),
        _money(shown.subsidy, lang),
    )
    rows = [
        [
            one.unit,
            one.period.id,
            str(one.people),
            number(one.hours, lang, 0),
            number(one.covered, lang, 0),
            _money(one.cost, lang),
            _money(one.subsidy, lang),
        ]
        for one in shown.waves
    ]
    names = ("unit", "period", "people", "hours", "covered", "cost", "subsidy")
    return _page(title, names, rows, range(2, 7), [], lang)


def _page(
    title: str,
    names: Sequence[str],
    rows: Sequence[Sequence[str]],
    right: Sequence[int],
    below: Sequence[str],
    lang: Lang,
) -> str:
    header = [_SAID[lang][name] for name in names]
    return Display(title, [], header, rows, right, below).as_html()


def _money(amount: float | None, lang: Lang) -> str:
    return _SAID[lang]["unknown"] if amount is None else number(amount, lang, 0)


def _share(share: float, lang: Lang) -> str:
    return f"{number(100 * share, lang, 2)} %"
