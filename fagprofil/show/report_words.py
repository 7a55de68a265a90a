"""The words of a report, in Danish and English."""

from __future__ import annotations

from collections.abc import Mapping

from fagprofil.model import Lang

__all__ = ["SAID"]

SAID: Mapping[Lang, Mapping[str, str]] = {
    "da": {
        "title": "Kompetencer nu og om fem år",
        "line": "{} personer i {} enheder, pr. {}. {}; afstande regnes {}.",
        "brief": "I korte træk",
        "readiness": "Enhedernes parathed",
        "competences": "Hvad der mangler",
        "modules": "Moduler, der lukker mest",
        "units": "Enhed for enhed",
        "persons": "Person for person",
        "basis": "Hvad det hviler på",
        "few": "For få personer til at vise.",
        "hidden": "for få",
        "ready now": "af det, profilerne kræver nu, kan de i gennemsnit",
        "ready later": "af det, der kræves om fem år, med det, de kan i dag",
        "largest gap": "er den største fælles afstand",
        "best module": "er det modul, der lukker mest for alle tilsammen",
        "means": (
            "I gennemsnit er de klar til {} af det, deres profil kræver nu. Lærer de intet nyt,"
            " er de om fem år klar til {} af det, der så kræves."
        ),
        "lacked": "Mest mangler i: {}.",
        "of people": "{} ({} personer mangler mindst et halvt trin)",
        "help": "Mest hjælper, hver for sig: {}.",
        "of gap": "{} ({} af alles afstand, hjælper {})",
        "without": "{} personer har ingen profil og tæller ikke med.",
        "unrated": (
            "{} af behovet hviler ikke på nogen vurdering: her er personernes niveau antaget ud"
            " fra deres baggrund."
        ),
        "status": "De svageste data, som resultatet hviler på, er {}.",
        "official": "officielle",
        "sourced": "kildebelagte",
        "derived": "afledte",
        "editorial": "redaktionelle",
        "synthetic": "opdigtede",
        "unit": "enhed",
        "people": "personer",
        "later": "om fem år",
        "all": "alle",
        "no unit": "uden enhed",
        "readiness alt": (
            "Søjler med enhedernes gennemsnitlige parathed nu og om fem år. Tallene står i "
            "tabellen nedenfor."
        ),
        "team alt": (
            "Varmekort: hvor stor en andel af behovet hver enhed dækker i de kompetencer, hvor "
            "der mangler mest. De største afstande står i tabellen nedenfor."
        ),
        "ladder alt": (
            "Stiger: hvad {} kan, og hvad der kræves nu og om fem år. Tallene står i tabellen "
            "nedenfor."
        ),
        "lack": "mangler",
        "share": "andel af afstanden",
        "largest gaps": "Største afstande",
        "helps": "hjælper",
        "closes": "lukker af afstanden",
        "price": "kr. efter støtte",
        "no price": "ukendt",
        "no module": "Intet modul hjælper nok personer til at vise.",
        "synthetic module": "opdigtet modul",
        "unit line": (
            "{} personer; klar til {} af det, der kræves nu, og {} af det, der kræves om fem år."
        ),
        "no profile": "Ingen profil.",
        "evidence": "Vurderinger: {}.",
        "none": "ingen",
        "between": "De er givet fra {} til {}.",
        "kind known": "kendt niveau",
        "kind self": "egen vurdering",
        "kind manager": "leders vurdering",
        "kind module": "bestået modul",
        "kind education": "uddannelse",
        "kind job": "job",
        "small": "Grupper på færre end {} personer vises ikke.",
        "advice": (
            "Rapporten er et grundlag for samtaler, ikke en afgørelse om nogen: forslagene "
            "følger af niveauer, krav og vægte, som kan ses og ændres."
        ),
        "data": "data",
        "data status": "Dataposternes status",
        "taxonomy": "taksonomi",
        "profiles": "profiler",
        "module records": "moduler",
        "funding": "støtteordninger",
        "sources": "Taksonomiens kilder:",
        "version": "Beregnet af fagprofil, version af data og model: {}",
    },
    "en": {
        "title": "Competences now and in five years",
        "line": "{} people in {} units, as of {}. {}; gaps are weighed {}.",
        "brief": "In brief",
        "readiness": "How ready the units are",
        "competences": "What is lacking",
        "modules": "Modules that close most",
        "units": "Unit by unit",
        "persons": "Person by person",
        "basis": "What it rests on",
        "few": "Too few people to show.",
        "hidden": "too few",
        "ready now": "of what the profiles need now is what they can do, on average",
        "ready later": "of what is needed in five years, with what they can do today",
        "largest gap": "is the largest shared gap",
        "best module": "is the module that closes most for all together",
        "means": (
            "On average they are ready for {} of what their profile needs now. If they learn "
            "nothing new, they are ready in five years for {} of what is needed then."
        ),
        "lacked": "Most is lacking in: {}.",
        "of people": "{} ({} people lack at least half a step)",
        "help": "What helps most, each on its own: {}.",
        "of gap": "{} ({} of everybody's gap, helps {})",
        "without": "{} people have no profile and do not count.",
        "unrated": (
            "{} of the need rests on no rating: there the people's level is assumed from their "
            "background."
        ),
        "status": "The weakest data that the result rests on are {}.",
        "official": "official",
        "sourced": "sourced",
        "derived": "derived",
        "editorial": "editorial",
        "synthetic": "made up",
        "unit": "unit",
        "people": "people",
        "later": "in five years",
        "all": "all",
        "no unit": "no unit",
        "readiness alt": (
            "Bars with the units' mean readiness now and in five years. The figures are in the "
            "table below."
        ),
        "team alt": (
            "Heat map: what share of the need each unit meets in the competences where most is "
            "lacking. The largest gaps are in the table below."
        ),
        "ladder alt": (
            "Ladders: what {} can do, and what is needed now and in five years. The figures are"
            " in the table below."
        ),
        "lack": "lack it",
        "share": "share of the gap",
        "largest gaps": "Largest gaps",
        "helps": "helps",
        "closes": "closes of the gap",
        "price": "kr after funding",
        "no price": "unknown",
        "no module": "No module helps enough people to show.",
        "synthetic module": "made-up module",
        "unit line": (
            "{} people; ready for {} of what is needed now, and {} of what is needed in five years."
        ),
        "no profile": "No profile.",
        "evidence": "Ratings: {}.",
        "none": "none",
        "between": "They were given from {} to {}.",
        "kind known": "known level",
        "kind self": "self-rating",
        "kind manager": "manager's rating",
        "kind module": "passed module",
        "kind education": "education",
        "kind job": "job",
        "small": "Groups of fewer than {} people are not shown.",
        "advice": (
            "The report is a basis for talks and decides nothing about anybody: what it "
            "suggests follows from levels, needs and weights that can be seen and changed."
        ),
        "data": "data",
        "data status": "Status of the data",
        "taxonomy": "taxonomy",
        "profiles": "profiles",
        "module records": "modules",
        "funding": "funding schemes",
        "sources": "Sources of the taxonomy:",
        "version": "Computed by fagprofil, version of data and model: {}",
    },
}
