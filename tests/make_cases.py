"""Make the synthetic workforces of the bundled cases: data/cases/*/workforce.csv.

Nobody in them exists. Run ``python tests/make_cases.py`` after a change of profiles, backgrounds or
modules; a test checks that the bundled files are what `table` makes. How people are made stands in
make_people.py and make_ratings.py. The numbers of people in all are those of the cases; how they
spread over units is made up.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from make_people import BACKGROUNDS, COORDINATOR, SYGEFRAVAER, Person, Recipe, Unit, people_of
from make_ratings import facts, levels, ratings

from fagprofil.catalogue import Catalogue, load_catalogue

FOLDER = Path(__file__).parents[1] / "data" / "cases"

FACTS = ("backgrounds", "profile", "hired", "employer", "agreement", "education_level")
STATEMENT = ("competence", "level", "date", "kind", "confidence")

Row = Mapping[str, str]

#: How usual profiles are where nothing more is said of a workplace.
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

# --- Job7: seven municipalities -----------------------------------------------------------------
# Of the first seeds, 15 comes nearest to the shares asked for.

JOB7 = Recipe(
    seed=15,
    ids="job7-{:03d}",
    units=(
        Unit("Billund", 11, 1),
        Unit("Fredericia", 20, 1),
        Unit("Haderslev", 22, 2),
        Unit("Kolding", 37, 2),
        Unit("Middelfart", 16, 1),
        Unit("Vejen", 17, 1),
        Unit("Vejle", 47, 2),
    ),
    profiles=PROFILES,
    unknown={
        "backgrounds": 0.06,
        "profile": 0.05,
        "hired": 0.04,
        "agreement": 0.06,
        "education_level": 0.08,
        "relevant_years": 0.1,
    },
)
#: Seats on the first run.
FIRST_RUN = {
    "Billund": 2,
    "Fredericia": 3,
    "Haderslev": 4,
    "Kolding": 7,
    "Middelfart": 3,
    "Vejen": 3,
    "Vejle": 8,
}
#: Profiles without talks with jobseekers, which the first run is about.
WITHOUT_TALKS = ("basis", "ydelse", COORDINATOR)


def first_run(unit: str, people: Sequence[Person]) -> set[str]:
    """Who is on the first run: one coordinator and people who talk with jobseekers."""
    drawn = sorted(people, key=lambda person: person.chance("first run"))
    leading = [person.id for person in drawn if person.main == COORDINATOR][:1]
    talking = [person.id for person in drawn if person.main not in WITHOUT_TALKS]
    return {*leading, *talking[: FIRST_RUN[unit] - len(leading)]}


def job7(catalogue: Catalogue) -> Iterator[Row]:
    """One row per rating, each with all facts."""
    for unit, people in people_of(JOB7, catalogue).items():
        chosen = first_run(unit, people)
        for person in people:
            known = {**facts(person), "first_run": "yes" if person.id in chosen else ""}
            for said in list(ratings(person, catalogue)) or [{}]:
                yield {**known, **said}


# --- Randers: office staff who are to become socialformidlere -----------------------------------
# All of them may begin a diplom module, as those who really did: Kommunom or more, and two years.

RANDERS = Recipe(
    seed=1,
    ids="syn-randers-{:02d}",
    units=(
        Unit("Randers, jobcentret", 13),
        Unit("Randers, ydelse", 3),
        Unit("Randers, borgerservice", 2),
        Unit("Norddjurs", 1),
        Unit("Syddjurs", 2),
    ),
    profiles={"ydelse": 5, "basis": 4},
    alone=1.0,
    backgrounds=dict.fromkeys(("ydelse", "basis"), (0, 0, 6, 5, 2, 0, 0, 0, 0, 0)),
    later={"hk-kontor": ("kommunom",)},
    later_share=1.0,
    months={"": (30, 260)},
    goal="myndighed+helhed",
    completed=(0.0, 0.0),
    rated=(5, 9, 5),
)

# --- Copenhagen: everybody, whatever their education --------------------------------------------
# Social workers are many in it, as in the union's concern; one in six was hired within the year.

KOEBENHAVN = Recipe(
    seed=1,
    ids="syn-kbh-{:04d}",
    units=tuple(
        Unit(f"Center {number}", people, people // 20)
        for number, people in enumerate((160, 150, 140, 130, 120, 110, 100, 90), start=1)
    ),
    profiles=PROFILES,
    alone=0.8,
    backgrounds={main: (weights[0] + 3, *weights[1:]) for main, weights in BACKGROUNDS.items()},
    education={"4": 5, "5": 2},
    months={"": (0, 240), COORDINATOR: (36, 216)},
    new=0.1,
    seasoned=0.85,
    completed=(0.1, 0.02),
    rated=(3, 6, 0),
    unknown={"backgrounds": 0.03, "education_level": 0.03, "relevant_years": 0.04},
)

# --- A national pool: employers of all sizes and regions ----------------------------------------

#: Real municipalities and their regions, with made-up numbers of applicants.
EMPLOYERS = {
    "hovedstaden": "Bornholm 25, Frederiksberg 50, Gentofte 35, Gladsaxe 40, Helsingør 35, "
    "Hvidovre 30, København 180",
    "midtjylland": "Aarhus 180, Herning 45, Holstebro 32, Horsens 50, Randers 55, Samsø 3, "
    "Silkeborg 48, Struer 12, Viborg 50",
    "nordjylland": "Aalborg 120, Brønderslev 20, Frederikshavn 34, Hjørring 38, Læsø 2, Thisted 25",
    "sjaelland": "Guldborgsund 35, Holbæk 35, Køge 30, Lolland 30, Næstved 45, Odsherred 18, "
    "Roskilde 45, Slagelse 45",
    "syddanmark": "Aabenraa 32, Esbjerg 65, Kolding 48, Odense 110, Svendborg 32, Sønderborg 40, "
    "Varde 25, Vejle 58, Ærø 4",
}


def employers() -> Iterator[tuple[str, str, int]]:
    """The region, name and applicants of each employer."""
    for region, listed in EMPLOYERS.items():
        for one in listed.split(", "):
            name, people = one.split()
            yield region, name, int(people)


STAR_PULJE = Recipe(
    seed=1,
    ids="syn-star-{:04d}",
    units=tuple(Unit(name, people) for _, name, people in employers()),
    profiles=PROFILES,
    alone=0.8,
    completed=(0.08, 0.01),
    rated=(3, 6, 0),
    unknown={"profile": 0.02, "education_level": 0.05, "relevant_years": 0.05},
)

# --- Nørrebro: job consultants in teams, on one module of the diploma programme -----------------
# All of them may begin it, since all 85 really did: at least akademi level and two years.

NOERREBRO = Recipe(
    seed=1,
    ids="syn-noerrebro-{:02d}",
    units=tuple(Unit(f"Team {number}", 9 + (number % 2 == 0)) for number in range(1, 10)),
    profiles={SYGEFRAVAER: 8, "virksomhed": 2, "helhed": 2},
    alone=0.85,
    backgrounds=dict.fromkeys(
        (SYGEFRAVAER, "virksomhed", "helhed"), (9, 3, 0, 2, 2, 3, 1, 0, 4, 0)
    ),
    later={"kommunom": ("socialformidler",)},
    months={"": (26, 220)},
    rated=(4, 8, 4),
)


def sparse(recipe: Recipe, catalogue: Catalogue) -> Iterator[Row]:
    """One row per rating; the facts stand on each person's first."""
    for person in everybody(recipe, catalogue):
        first, *others = list(ratings(person, catalogue)) or [{}]
        yield {**facts(person), **first}
        for said in others:
            yield {"employee": person.id, **said}


def wide(recipe: Recipe, catalogue: Catalogue) -> Iterator[Row]:
    """One row per person, with a column for each competence."""
    for person in everybody(recipe, catalogue):
        yield {**facts(person), **levels(person, catalogue)}


def everybody(recipe: Recipe, catalogue: Catalogue) -> Iterator[Person]:
    """All people of a recipe, unit by unit."""
    for people in people_of(recipe, catalogue).values():
        yield from people


# --- The tables ---------------------------------------------------------------------------------

LONG = ("employee", "unit", *STATEMENT, *FACTS, "relevant_years", "completed")
#: The rows of each case.
ROWS: Mapping[str, Callable[[Catalogue], Iterable[Row]]] = {
    "job7": job7,
    "koebenhavn": lambda catalogue: wide(KOEBENHAVN, catalogue),
    "noerrebro": lambda catalogue: sparse(NOERREBRO, catalogue),
    "randers": lambda catalogue: sparse(RANDERS, catalogue),
    "star-pulje": lambda catalogue: wide(STAR_PULJE, catalogue),
}
#: The seed of each case, as its case.toml says it.
SEEDS = {
    "job7": JOB7.seed,
    "koebenhavn": KOEBENHAVN.seed,
    "noerrebro": NOERREBRO.seed,
    "randers": RANDERS.seed,
    "star-pulje": STAR_PULJE.seed,
}


def columns(case: str, catalogue: Catalogue) -> tuple[str, ...]:
    """The columns of a case's table."""
    if case == "job7":
        return (*LONG[:-1], "first_run", "completed")
    if case in ("noerrebro", "randers"):
        return LONG
    people = ("employee", "unit", *FACTS, "relevant_years", "completed")
    return (*people, "date", "kind", *sorted(catalogue.taxonomy.competences))


def table(case: str, catalogue: Catalogue) -> str:
    """The whole file of a case."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, columns(case, catalogue), restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(ROWS[case](catalogue))
    return text.getvalue()


def main() -> None:
    """Write the bundled files."""
    catalogue = load_catalogue()
    for case in ROWS:
        path = FOLDER / case / "workforce.csv"
        path.write_text(table(case, catalogue), encoding="utf-8", newline="")


if __name__ == "__main__":
    main()
