"""Make the synthetic workforce of the Job7 case: data/cases/job7/workforce.csv.

Nobody in it exists. Each person has a hidden true level per competence, from what their
backgrounds usually bring, their years in the work and chance; ratings are that level seen with
errors, and many are missing on purpose. Run ``python tests/make_job7.py`` after a change of
profiles, backgrounds or modules; a test checks that the bundled file is what `rows` makes.

Every draw has its own stream, named by the person and what it is about, so that a change in one
place moves nothing elsewhere. Only ``Generator.random`` and plain arithmetic are used, which give
the same numbers on every machine. Of the first seeds, 15 comes nearest to the shares below.
"""

from __future__ import annotations

import csv
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np

from fagprofil.catalogue import Catalogue, load_catalogue
from fagprofil.model import Module

TARGET = Path(__file__).parents[1] / "data" / "cases" / "job7" / "workforce.csv"
SEED = 15
#: The Friday before the day that the data was made; nothing is rated later.
LAST_DAY = date(2026, 11, 20)
#: The Monday from which ratings are known.
FIRST_DAY = date(2023, 1, 9)
#: The highest level of the scale.
TOP = 5

COLUMNS = (
    *("employee", "unit", "competence", "level", "date", "kind", "confidence", "backgrounds"),
    *("profile", "hired", "employer", "agreement", "education_level", "relevant_years"),
    *("first_run", "completed"),
)


@dataclass(frozen=True)
class Unit:
    """A municipality: its people, its team coordinators, its seats on the first run."""

    name: str
    people: int
    coordinators: int
    first_run: int


#: Made-up numbers, in the order of the municipalities' size; 170 people, 30 of them first.
UNITS = (
    Unit("Billund", 11, 1, 2),
    Unit("Fredericia", 20, 1, 3),
    Unit("Haderslev", 22, 2, 4),
    Unit("Kolding", 37, 2, 7),
    Unit("Middelfart", 16, 1, 3),
    Unit("Vejen", 17, 1, 3),
    Unit("Vejle", 47, 2, 8),
)

SYGEFRAVAER = "sygefravaer-rehabilitering"
COORDINATOR = "teamkoordinator"
#: How usual each profile is as the main one, of those who do not coordinate a team.
PROFILES = {
    "virksomhed": 19,
    "helhed": 15,
    "kompetencematch": 14,
    SYGEFRAVAER: 13,
    "myndighed": 12,
    "ydelse": 11,
    "unge": 9,
    "vejledning": 5,
    "basis": 2,
}
#: What a main profile is combined with in a stack or a mix.
BESIDE = {
    "virksomhed": ("kompetencematch", SYGEFRAVAER),
    "helhed": ("myndighed", SYGEFRAVAER),
    "kompetencematch": ("virksomhed", "vejledning"),
    SYGEFRAVAER: ("helhed", "virksomhed"),
    "myndighed": ("helhed", "ydelse"),
    "ydelse": ("myndighed",),
    "unge": ("vejledning", "helhed"),
    "vejledning": ("kompetencematch", "unge"),
    COORDINATOR: ("helhed", "myndighed", "virksomhed"),
}
#: Profiles without talks with jobseekers, which the first run is about.
WITHOUT_TALKS = ("basis", "ydelse", COORDINATOR)

#: The catalogue's usual educations.
EDUCATIONS = (
    *("socialraadgiver", "socialformidler", "hk-kontor", "kommunom", "administrationsbachelor"),
    *("akademiker", "paedagog", "laerer", "sundhedsfaglig", "ingen-relevant"),
)
#: How usual each of them is, by main profile.
BACKGROUNDS = {
    "virksomhed": (4, 0, 3, 1, 2, 3, 1, 0, 0, 6),
    "helhed": (10, 3, 0, 0, 1, 0, 2, 0, 2, 1),
    "kompetencematch": (4, 0, 2, 0, 3, 3, 0, 3, 0, 4),
    SYGEFRAVAER: (9, 3, 1, 1, 0, 0, 0, 0, 4, 2),
    "myndighed": (7, 3, 1, 2, 3, 1, 0, 0, 0, 0),
    "ydelse": (0, 0, 6, 5, 3, 0, 0, 0, 0, 3),
    "unge": (6, 0, 0, 0, 0, 1, 4, 3, 0, 2),
    "vejledning": (2, 0, 0, 0, 1, 3, 1, 3, 0, 0),
    "basis": (2, 0, 0, 0, 1, 0, 0, 0, 0, 2),
    COORDINATOR: (6, 0, 0, 2, 2, 2, 0, 0, 0, 0),
}
#: Educations taken later, on top of the first.
LATER = {"hk-kontor": ("kommunom", "socialformidler"), "kommunom": ("socialformidler",)}
#: The collective agreement's organisation, where it is not HK.
AGREEMENTS = {"socialraadgiver": "ds", "akademiker": "ac"}
#: Level of the highest education where the background does not say it.
OTHER_EDUCATION = {"3": 2, "4": 5, "5": 2}


@dataclass(frozen=True)
class Person:
    """One made-up person with what is hidden behind the table."""

    id: str
    unit: str
    main: str
    profile: str
    backgrounds: tuple[str, ...]
    hired: date
    years_before: int
    education_level: int
    completed: tuple[Module, ...]
    required: Mapping[str, int]
    """The level that the profile requires today, by competence."""

    def chance(self, *about: str) -> float:
        """A number from 0 up to 1 that belongs to this person and matter."""
        return draw(self.id, *about)

    @property
    def years(self) -> float:
        """Years with the present employer."""
        return (LAST_DAY - self.hired).days / 365.25


def draw(*about: str) -> float:
    """A number from 0 up to 1; the same words give the same number."""
    words = [zlib.crc32(word.encode()) for word in about]
    return float(np.random.default_rng([SEED, *words]).random())


def pick(weights: Mapping[str, int], chance: float) -> str:
    """One of the keys, each as often as its weight says."""
    left = chance * sum(weights.values())
    for name, weight in weights.items():
        left -= weight
        if left < 0:
            return name
    raise ValueError("a chance below 1")


def one_of(items: Sequence[str], chance: float) -> str:
    """One of the items, all equally often."""
    return items[int(chance * len(items))]


def subset(person: Person, about: str, count: int) -> list[str]:
    """So many of the competences that the person's profile requires, in alphabetical order."""
    by_chance = sorted(person.required, key=lambda name: (person.chance(about, name), name))
    return sorted(by_chance[:count])


# --- The people ---------------------------------------------------------------------------------


def people_of(unit: Unit, start: int, catalogue: Catalogue) -> list[Person]:
    """The people of a municipality, numbered from `start`."""
    ids = [f"job7-{number:03d}" for number in range(start, start + unit.people)]
    leading = sorted(ids, key=lambda name: draw(name, "leads"))[: unit.coordinators]
    return [make_person(name, unit.name, name in leading, catalogue) for name in ids]


def make_person(name: str, unit: str, leads: bool, catalogue: Catalogue) -> Person:
    """One person with all that is hidden."""
    main = COORDINATOR if leads else pick(PROFILES, draw(name, "main"))
    profile = combined(name, main)
    backgrounds = backgrounds_of(name, main)
    required = required_by(profile, catalogue)
    education = education_of(name, backgrounds, catalogue)
    return Person(
        id=name,
        unit=unit,
        main=main,
        profile=profile,
        backgrounds=backgrounds,
        hired=hired_on(name, main),
        years_before=int(12 * draw(name, "before") * draw(name, "before too")),
        education_level=education,
        completed=completed_by(name, required, education, catalogue),
        required=required,
    )


def combined(name: str, main: str) -> str:
    """The main profile alone, stacked with another or mixed with it."""
    how = draw(name, "combined")
    if main not in BESIDE or how < 0.7:
        return main
    other = one_of(BESIDE[main], draw(name, "beside"))
    if how < 0.84:
        return f"{main}+{other}"
    share = one_of(("0.6", "0.7", "0.8"), draw(name, "share"))
    return f"{main}:{share}+{other}:{round(1 - float(share), 1)}"


def backgrounds_of(name: str, main: str) -> tuple[str, ...]:
    """One or two educations."""
    first = pick(dict(zip(EDUCATIONS, BACKGROUNDS[main], strict=True)), draw(name, "background"))
    if first not in LATER or draw(name, "later") >= 0.35:
        return (first,)
    return (first, one_of(LATER[first], draw(name, "which later")))


def hired_on(name: str, main: str) -> date:
    """The first of a month from 2003 on, mostly of late."""
    back = draw(name, "hired")
    least, most = {"basis": (0, 14), COORDINATOR: (36, 216)}.get(main, (0, 286))
    months = least + int((most - least) * back * (back + 1) / 2)
    year, month = divmod(2026 * 12 + 10 - months, 12)
    return date(year, month + 1, 1)


def education_of(name: str, backgrounds: Sequence[str], catalogue: Catalogue) -> int:
    """Level of the highest education."""
    levels = [catalogue.backgrounds[one].education_level or 0 for one in backgrounds]
    return max(levels) or int(pick(OTHER_EDUCATION, draw(name, "education")))


def required_by(profile: str, catalogue: Catalogue) -> dict[str, int]:
    """The level required today by competence, the highest of all parts of the profile."""
    levels: dict[str, int] = {}
    for _, part in catalogue.resolve(profile).parts:
        for one in catalogue.lineage(part):
            for row in one.requirements or ():
                levels[row.competence] = max(row.now, levels.get(row.competence, 0))
    return levels


def completed_by(
    name: str, required: Mapping[str, int], education: int, catalogue: Catalogue
) -> tuple[Module, ...]:
    """One or two modules that fit the profile for about one in eight, else none."""
    chance = draw(name, "completed")
    if chance >= 0.13:
        return ()
    fitting = [one for one in catalogue.modules.values() if fits(one, required, education)]
    made_up = [one.id for one in fitting if one.provenance.status == "synthetic"]
    documented = [one.id for one in fitting if one.id not in made_up]
    found: list[str] = []
    for number in range(2 if chance < 0.04 else 1):
        pool = documented if draw(name, "documented", str(number)) < 0.4 else made_up
        left = [one for one in pool or made_up if one not in found]
        found += [one_of(left, draw(name, "module", str(number)))] if left else []
    return tuple(catalogue.modules[one] for one in sorted(found))


def fits(module: Module, required: Mapping[str, int], education: int) -> bool:
    """Whether the module is open to the person and mostly about what the profile requires."""
    teaches = module.teaches or {}
    wanted = sum(required.get(name, 0) >= 2 for name in teaches)
    rule = module.formal_entry.education_level if module.formal_entry else None
    return (
        2 * wanted > len(teaches)
        and not module.project
        and module.holds_on(LAST_DAY)
        and education >= (rule or 0)
    )


# --- The ratings --------------------------------------------------------------------------------


def true_level(person: Person, competence: str, catalogue: Catalogue) -> int:
    """The hidden level: what backgrounds bring, growing towards what the work requires."""
    usual = [catalogue.backgrounds[one].brings for one in person.backgrounds]
    brought = max(brings.get(competence, 0) for brings in usual)
    years = person.years + person.years_before / 2
    grown = max(person.required[competence] - brought, 0) * years / (years + 3)
    ability = 1.2 * person.chance("ability") - 0.6
    luck = person.chance("luck", competence) - person.chance("bad luck", competence)
    level = min(max(int(brought + grown + ability + luck + 0.5), 0), TOP)
    taught = max([(one.teaches or {}).get(competence, 0) for one in person.completed], default=0)
    return max(level, taught) if person.chance("learned", competence) < 0.8 else level


def rated(person: Person, kind: str, competence: str, catalogue: Catalogue) -> int:
    """The true level as the person or the manager sees it."""
    if kind == "manager" and person.chance("disagrees", competence) < 0.06:
        seen = rated(person, "self", competence, catalogue)
        return seen - 2 if seen > 2 else seen + 2
    error = pick({"-1": 3, "0": 14, "1": 3}, person.chance(kind, competence))
    if kind == "self" and person.chance("as usual", competence) < 0.5:
        error = pick({"-1": 2, "0": 12, "1": 6}, person.chance("leans"))
    return min(max(true_level(person, competence, catalogue) + int(error), 0), TOP)


def rated_on(person: Person, kind: str, competence: str) -> date | None:
    """The day of the rating, mostly that of the latest talk; None before the first one."""
    earliest = max(person.hired + timedelta(days=21), FIRST_DAY)
    if earliest > LAST_DAY:
        return None
    talks_back = int(pick({"0": 15, "1": 4, "2": 1}, person.chance("round", competence)))
    apart = 330 + int(70 * person.chance("pace"))
    day = LAST_DAY - timedelta(days=int(400 * person.chance("talk")) + apart * talks_back)
    later = int(20 * person.chance("manager's day")) if kind == "manager" else 0
    day = min(max(day, earliest) + timedelta(days=later), LAST_DAY)
    return day - timedelta(days=max(day.weekday() - 4, 0))


def ratings(person: Person, catalogue: Catalogue) -> Iterator[dict[str, str]]:
    """The ratings of one person; nobody's are complete, and one person in twenty has none."""
    if person.chance("silent") < 0.05:
        return
    n = len(person.required)
    fewest, most = -(-4 * n // 10), 9 * n // 10
    n_self = fewest + int(person.chance("self") * (most - fewest + 1))
    managed = max(person.chance("managed") - 0.35, 0) / 0.65
    counts = {"self": n_self, "manager": int(managed * (6 * n // 10 + 1))}
    said = [(k, kind) for kind in counts for k in subset(person, f"{kind} rates", counts[kind])]
    for competence, kind in sorted(said):
        day = rated_on(person, kind, competence)
        if day is not None:
            yield {
                "competence": competence,
                "level": str(rated(person, kind, competence, catalogue)),
                "date": day.isoformat(),
                "kind": kind,
                "confidence": "0.5" if person.chance("unsure", kind, competence) < 0.1 else "1",
            }


# --- The table ----------------------------------------------------------------------------------


def unless(person: Person, field: str, share: float, value: str) -> str:
    """The value, left empty for a share of the people."""
    return "" if person.chance("unknown", field) < share else value


def facts(person: Person, first: bool) -> dict[str, str]:
    """What is said of the person on each row; some of it is unknown on purpose."""
    relevant = str(int(person.years) + person.years_before)
    agreement = AGREEMENTS.get(person.backgrounds[0], "hk")
    level = str(person.education_level)
    return {
        "employee": person.id,
        "unit": person.unit,
        "backgrounds": unless(person, "backgrounds", 0.06, ";".join(person.backgrounds)),
        "profile": unless(person, "profile", 0.05, person.profile),
        "hired": unless(person, "hired", 0.04, person.hired.isoformat()),
        "employer": "kommune",
        "agreement": unless(person, "agreement", 0.06, agreement),
        "education_level": unless(person, "education_level", 0.08, level),
        "relevant_years": unless(person, "relevant_years", 0.1, relevant),
        "first_run": "yes" if first else "",
        "completed": ";".join(one.id for one in person.completed),
    }


def first_run(unit: Unit, people: Sequence[Person]) -> set[str]:
    """Who is on the first run: one coordinator and people who talk with jobseekers."""
    drawn = sorted(people, key=lambda person: person.chance("first run"))
    leading = [person.id for person in drawn if person.main == COORDINATOR][:1]
    talking = [person.id for person in drawn if person.main not in WITHOUT_TALKS]
    return {*leading, *talking[: unit.first_run - len(leading)]}


def rows() -> list[dict[str, str]]:
    """All rows of the table, as `csv.DictReader` reads them back."""
    catalogue = load_catalogue()
    table: list[dict[str, str]] = []
    start = 1
    for unit in UNITS:
        people = people_of(unit, start, catalogue)
        chosen = first_run(unit, people)
        for person in people:
            known = facts(person, person.id in chosen)
            said = list(ratings(person, catalogue)) or [{}]
            table += [{name: {**known, **one}.get(name, "") for name in COLUMNS} for one in said]
        start += unit.people
    return table


def main() -> None:
    """Write the bundled file."""
    with TARGET.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows())


if __name__ == "__main__":
    main()
