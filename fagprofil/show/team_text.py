"""How a team, a catalogue and a person look in a terminal and in a notebook."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from fagprofil.catalogue import Catalogue
from fagprofil.insight import Team, TeamCompetence, TeamPart
from fagprofil.model import Employee, Lang, Provenance
from fagprofil.model.base import Record
from fagprofil.reason_words import number
from fagprofil.show.display import Display
from fagprofil.show.html import html
from fagprofil.show.text import text
from fagprofil.show.words import WORDS, horizon_name, percent

__all__: list[str] = []

_SAID = {
    "da": {
        "team": "Hvad {} personer i {} enheder kan af det, de har brug for, {} (pr. {})",
        "all": "alle",
        "no unit": "uden enhed",
        "lack": "mangler",
        "few": "-",
        "below": "andele af behovet, der er dækket; - er for få personer til at vise",
        "edition": "Udgaven {}: {}",
        "kind": "poster",
        "count": "antal",
        "statuses": "datas status",
        "person": "Medarbejder {}",
        "unit": "enhed",
        "profile": "profil",
        "backgrounds": "baggrund",
        "completed": "gennemførte moduler",
        "level": "niveau",
        "said by": "kilde",
        "date": "dato",
        "unknown": "ukendt",
    },
    "en": {
        "team": "What {} people in {} units can do of what they need, {} (as of {})",
        "all": "all",
        "no unit": "no unit",
        "lack": "lack it",
        "few": "-",
        "below": "shares of the need that is met; - is too few people to show",
        "edition": "Edition {}: {}",
        "kind": "records",
        "count": "count",
        "statuses": "status of the data",
        "person": "Employee {}",
        "unit": "unit",
        "profile": "profile",
        "backgrounds": "background",
        "completed": "completed modules",
        "level": "level",
        "said by": "kind",
        "date": "date",
        "unknown": "unknown",
    },
}


def _team(shown: Team, lang: Lang) -> Display:
    said = _SAID[lang]
    title = said["team"].format(
        sum(shown.people), len(shown.units), horizon_name(shown.horizon, lang), shown.on
    )
    units = [unit or said["no unit"] for unit in shown.units]
    header = [WORDS[lang]["competence"], said["all"], said["lack"], *units]
    rows = [_competence(one, lang) for one in shown.competences]
    right = range(1, len(header))
    return Display(title, [], header, rows, right, [said["below"]])


def _competence(one: TeamCompetence, lang: Lang) -> list[str]:
    lack = f"{one.total.short}/{one.total.people}"
    met = [_met(part, lang) for part in one.parts]
    return [one.name.in_(lang), percent(one.total.met), lack, *met]


def _met(part: TeamPart | None, lang: Lang) -> str:
    if part is None:
        return _SAID[lang]["few"]
    return percent(part.met) if part.people else ""


def _catalogue(shown: Catalogue, lang: Lang) -> Display:
    said, taxonomy = _SAID[lang], shown.taxonomy
    title = said["edition"].format(taxonomy.id, taxonomy.name.in_(lang))
    above = [taxonomy.description.in_(lang)] if taxonomy.description else []
    kinds = {
        "competences": taxonomy.competences,
        **{
            name: getattr(shown, name)
            for name in ("profiles", "modules", "programmes", "runs", "funding", "backgrounds")
        },
    }
    rows = [[name, str(len(found)), _statuses(found.values())] for name, found in kinds.items()]
    header = [said["kind"], said["count"], said["statuses"]]
    return Display(title, above, header, rows, (1,))


def _statuses(records: Sequence[Record]) -> str:
    counts = Counter(_provenance(one).status for one in records)
    return ", ".join(
        f"{counts[one]} {one.value}" for one in sorted(counts, key=lambda s: s.weakness)
    )


def _provenance(record: Record) -> Provenance:
    return record.provenance


def _employee(shown: Employee, lang: Lang) -> Display:
    said = _SAID[lang]
    facts = {
        "unit": shown.unit,
        "profile": None if shown.profile is None else str(shown.profile),
        "backgrounds": ", ".join(shown.backgrounds) if shown.backgrounds else None,
        "completed": ", ".join(one.module for one in shown.completed) or None,
    }
    above = [f"{said[name]}: {value or said['unknown']}" for name, value in facts.items()]
    header = [WORDS[lang]["competence"], said["level"], said["said by"], said["date"]]
    rows = [
        [
            one.competence,
            number(one.level, lang, 0),
            one.kind,
            "" if one.date is None else str(one.date),
        ]
        for one in shown.evidence
    ]
    return Display(said["person"].format(shown.id), above, header, rows, (1,))


@text.register
def _team_text(shown: Team, lang: Lang = "da") -> str:
    return _team(shown, lang).as_text()


@html.register
def _team_html(shown: Team, lang: Lang = "da") -> str:
    return _team(shown, lang).as_html()


@text.register
def _catalogue_text(shown: Catalogue, lang: Lang = "da") -> str:
    return _catalogue(shown, lang).as_text()


@html.register
def _catalogue_html(shown: Catalogue, lang: Lang = "da") -> str:
    return _catalogue(shown, lang).as_html()


@text.register
def _employee_text(shown: Employee, lang: Lang = "da") -> str:
    return _employee(shown, lang).as_text()


@html.register
def _employee_html(shown: Employee, lang: Lang = "da") -> str:
    return _employee(shown, lang).as_html()
