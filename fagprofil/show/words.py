"""The words of displays, in Danish and English, and numbers as each language writes them."""

from __future__ import annotations

from collections.abc import Mapping

from fagprofil.model import Horizon, Lang

__all__ = ["WORDS", "horizon_name", "percent"]

WORDS: Mapping[Lang, Mapping[str, str]] = {
    "da": {
        "as of": "pr.",
        "between": "90 % mellem {} og {}",
        "competence": "kompetence",
        "ects": "ECTS",
        "five years": "om fem år",
        "gap": "afstand",
        "gap to": "Afstand til",
        "gap of": "afstand {} af {}",
        "held": "har",
        "kroner": "kr.",
        "left out": "{} moduler er udeladt",
        "legend": "blå: har (mørkere: sikrere); orange kant: kræves",
        "module": "modul",
        "modules for": "Moduler til",
        "needed": "kræves",
        "net price": "pris efter støtte",
        "no opinion": "ingen vurdering",
        "nothing": "ingen moduler",
        "now": "nu",
        "optional": "valgfri",
        "profile": "Profil",
        "rank": "nr.",
        "reason": "begrundelse",
        "readiness": "klar til {}",
        "assumed": "klar til {} (heraf {} antaget ud fra baggrund)",
        "repeats": "gentager",
        "score": "score",
        "status": "data",
        "steps": "trin",
        "unknown contents": "profilens indhold er ikke dokumenteret",
        "unstated": "{} af afstanden hviler ikke på nogen vurdering",
        "disagreement": "uenighed: {} (selv {}, leder {})",
        "weight": "vægt",
    },
    "en": {
        "as of": "as of",
        "between": "90 % between {} and {}",
        "competence": "competence",
        "ects": "ECTS",
        "five years": "in five years",
        "gap": "gap",
        "gap to": "Gap to",
        "gap of": "gap {} of {}",
        "held": "held",
        "kroner": "kr",
        "left out": "{} modules left out",
        "legend": "blue: held (darker: surer); orange edge: needed",
        "module": "module",
        "modules for": "Modules for",
        "needed": "needed",
        "net price": "net price",
        "no opinion": "no opinion",
        "nothing": "no modules",
        "now": "now",
        "optional": "optional",
        "profile": "Profile",
        "rank": "no.",
        "reason": "reason",
        "readiness": "{} ready",
        "assumed": "{} ready (of which {} assumed from the background)",
        "repeats": "repeats",
        "score": "score",
        "status": "data",
        "steps": "steps",
        "unknown contents": "what the profile requires is not documented",
        "unstated": "{} of the gap rests on no rating",
        "disagreement": "disagreement: {} (self {}, manager {})",
        "weight": "weight",
    },
}

_HORIZONS: Mapping[Lang, Mapping[str, str]] = {
    "da": {"now": "nu", "five": "om fem år", "over": "over fem år", "at": "den {}"},
    "en": {"now": "now", "five": "in five years", "over": "over five years", "at": "on {}"},
}


def horizon_name(horizon: Horizon, lang: Lang) -> str:
    """A horizon in words."""
    return _HORIZONS[lang][horizon.kind].format(horizon.day)


def percent(share: float) -> str:
    """A share in whole percent.

    Examples
    --------
    >>> percent(0.455)
    '46 %'
    """
    return f"{share:.0%}".replace("%", " %")
