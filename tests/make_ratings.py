"""Make ratings of made-up people, and the rows that say them; see make_cases.py.

Each person has a hidden true level per competence, from what their backgrounds usually bring, their
years in the work and chance. Ratings are that level seen with errors, and many are missing on
purpose.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from make_people import LAST_DAY, Person, pick

from fagprofil.catalogue import Catalogue

#: The Monday from which ratings are known.
FIRST_DAY = date(2023, 1, 9)
#: The highest level of the scale.
TOP = 5
#: The collective agreement's organisation, where it is not HK.
AGREEMENTS = {"socialraadgiver": "ds", "akademiker": "ac"}


def subset(person: Person, about: str, count: int) -> list[str]:
    """So many of the competences that ratings are about, in alphabetical order."""
    by_chance = sorted(person.asked, key=lambda name: (person.chance(about, name), name))
    return sorted(by_chance[:count])


def true_level(person: Person, competence: str, catalogue: Catalogue) -> int:
    """The hidden level: what backgrounds bring, growing towards what the work requires."""
    usual = [catalogue.backgrounds[one].brings for one in person.backgrounds]
    brought = max(brings.get(competence, 0) for brings in usual)
    years = person.years + person.years_before / 2
    grown = max(person.required.get(competence, 0) - brought, 0) * years / (years + 3)
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


def rated_on(person: Person, kind: str, about: str) -> date | None:
    """The day of a rating, mostly that of the latest talk; None before the first one."""
    earliest = max(person.hired + timedelta(days=21), FIRST_DAY)
    if earliest > LAST_DAY:
        return None
    talks_back = int(pick({"0": 15, "1": 4, "2": 1}, person.chance("round", about)))
    apart = 330 + int(70 * person.chance("pace"))
    day = LAST_DAY - timedelta(days=int(400 * person.chance("talk")) + apart * talks_back)
    later = int(20 * person.chance("manager's day")) if kind == "manager" else 0
    day = min(max(day, earliest) + timedelta(days=later), LAST_DAY)
    return day - timedelta(days=max(day.weekday() - 4, 0))


def rates_self(person: Person) -> list[str]:
    """The competences that a person rates; never all, and one person in twenty rates none."""
    if person.chance("silent") < 0.05:
        return []
    n, (fewest, most, _) = len(person.asked), person.recipe.rated
    fewest, most = -(-fewest * n // 10), most * n // 10
    count = fewest + int(person.chance("self") * (most - fewest + 1))
    return subset(person, "self rates", count)


def rates_managed(person: Person) -> list[str]:
    """The competences that the manager rates."""
    if person.chance("silent") < 0.05:
        return []
    managed = max(person.chance("managed") - 0.35, 0) / 0.65
    most = person.recipe.rated[2] * len(person.asked) // 10
    return subset(person, "manager rates", int(managed * (most + 1)))


def ratings(person: Person, catalogue: Catalogue) -> Iterator[dict[str, str]]:
    """The ratings of one person, one row each, as the long form has them."""
    by_self = [(name, "self") for name in rates_self(person)]
    by_manager = [(name, "manager") for name in rates_managed(person)]
    for competence, kind in sorted(by_self + by_manager):
        day = rated_on(person, kind, competence)
        if day is not None:
            yield {
                "competence": competence,
                "level": str(rated(person, kind, competence, catalogue)),
                "date": day.isoformat(),
                "kind": kind,
                "confidence": "0.5" if person.chance("unsure", kind, competence) < 0.1 else "1",
            }


def levels(person: Person, catalogue: Catalogue) -> dict[str, str]:
    """The ratings of one person's latest talk in one row, as the wide form has them."""
    day, names = rated_on(person, "self", "all"), rates_self(person)
    if day is None or not names:
        return {}
    found = {name: str(rated(person, "self", name, catalogue)) for name in names}
    return {"date": day.isoformat(), "kind": "self", **found}


def facts(person: Person) -> dict[str, str]:
    """What is said of the person; some of it is unknown on purpose."""
    known = {
        "backgrounds": ";".join(person.backgrounds),
        "profile": person.profile,
        "hired": person.hired.isoformat(),
        "agreement": AGREEMENTS.get(person.backgrounds[0], "hk"),
        "education_level": str(person.education_level),
        "relevant_years": str(int(person.years) + person.years_before),
    }
    shares = person.recipe.unknown
    said = {
        name: "" if person.chance("unknown", name) < shares.get(name, 0) else value
        for name, value in known.items()
    }
    return {
        "employee": person.id,
        "unit": person.unit,
        "employer": "kommune",
        "completed": ";".join(one.id for one in person.completed),
        **said,
    }
