"""Make people of whom nobody exists, for the bundled cases; see make_cases.py.

What they are like differs from case to case: that is a `Recipe`. What is said of their levels is
made in make_ratings.py.

Every draw has its own stream, named by the person and what it is about, so that a change in one
place moves nothing elsewhere. Only ``Generator.random`` and plain arithmetic are used, which give
the same numbers on every machine.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np

from fagprofil.catalogue import Catalogue
from fagprofil.model import Module

#: The Friday before the day that the data was made; nothing is said later.
LAST_DAY = date(2026, 11, 20)

SYGEFRAVAER = "sygefravaer-rehabilitering"
COORDINATOR = "teamkoordinator"
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


@dataclass(frozen=True)
class Unit:
    """A municipality, centre or team: its people, and how many of them coordinate a team."""

    name: str
    people: int
    coordinators: int = 0


@dataclass(frozen=True)
class Recipe:
    """What the people of a case are like.

    Attributes
    ----------
    ids
        How a person's number becomes an id.
    profiles
        How usual each profile is as the main one, of those who do not coordinate a team.
    alone
        The share of people with their main profile alone.
    backgrounds
        How usual each of `EDUCATIONS` is, by main profile.
    later, later_share
        Educations taken later, on top of the first, and by how many of those who can.
    education
        Level of the highest education where the background does not say it.
    months
        Months since people were hired, from and to, by main profile; ``""`` is all others.
    new
        The share who were hired in the last 12 months, whatever `months` says.
    seasoned
        The share with two more years of relevant work before.
    goal
        The profile that the ratings are about as well; None is each person's own alone.
    completed
        The shares of people who have completed a module, and two.
    rated
        Tenths of the required competences that the fewest and the most are rated in by the
        person; and the most by the manager.
    unknown
        The share of people of whom a field is not known.
    """

    seed: int
    ids: str
    units: tuple[Unit, ...]
    profiles: Mapping[str, int]
    alone: float = 0.7
    backgrounds: Mapping[str, Sequence[int]] = field(default_factory=lambda: BACKGROUNDS)
    later: Mapping[str, tuple[str, ...]] = field(
        default_factory=lambda: {
            "hk-kontor": ("kommunom", "socialformidler"),
            "kommunom": ("socialformidler",),
        }
    )
    later_share: float = 0.35
    education: Mapping[str, int] = field(default_factory=lambda: {"3": 2, "4": 5, "5": 2})
    months: Mapping[str, tuple[int, int]] = field(
        default_factory=lambda: {"": (0, 286), "basis": (0, 14), COORDINATOR: (36, 216)}
    )
    new: float = 0.0
    seasoned: float = 0.0
    goal: str | None = None
    completed: tuple[float, float] = (0.13, 0.04)
    rated: tuple[int, int, int] = (4, 9, 6)
    unknown: Mapping[str, float] = field(default_factory=dict)

    def draw(self, *about: str) -> float:
        """A number from 0 up to 1; the same words give the same number."""
        words = [zlib.crc32(word.encode()) for word in about]
        return float(np.random.default_rng([self.seed, *words]).random())


@dataclass(frozen=True)
class Person:
    """One made-up person with what is hidden behind the table."""

    recipe: Recipe
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
    asked: frozenset[str]
    """The competences that ratings are about."""

    def chance(self, *about: str) -> float:
        """A number from 0 up to 1 that belongs to this person and matter."""
        return self.recipe.draw(self.id, *about)

    @property
    def years(self) -> float:
        """Years with the present employer."""
        return (LAST_DAY - self.hired).days / 365.25


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


def people_of(recipe: Recipe, catalogue: Catalogue) -> dict[str, list[Person]]:
    """All people by unit, numbered through."""
    found: dict[str, list[Person]] = {}
    start = 1
    for unit in recipe.units:
        ids = [recipe.ids.format(number) for number in range(start, start + unit.people)]
        leading = sorted(ids, key=lambda name: recipe.draw(name, "leads"))[: unit.coordinators]
        found[unit.name] = [
            make_person(recipe, name, unit.name, name in leading, catalogue) for name in ids
        ]
        start += unit.people
    return found


def make_person(recipe: Recipe, name: str, unit: str, leads: bool, catalogue: Catalogue) -> Person:
    """One person with all that is hidden."""
    main = COORDINATOR if leads else pick(recipe.profiles, recipe.draw(name, "main"))
    profile = combined(recipe, name, main)
    backgrounds = backgrounds_of(recipe, name, main)
    required = required_by(profile, catalogue)
    education = education_of(recipe, name, backgrounds, catalogue)
    goal = required_by(recipe.goal, catalogue) if recipe.goal else {}
    before = int(12 * recipe.draw(name, "before") * recipe.draw(name, "before too"))
    return Person(
        recipe=recipe,
        id=name,
        unit=unit,
        main=main,
        profile=profile,
        backgrounds=backgrounds,
        hired=hired_on(recipe, name, main),
        years_before=before + 2 * (recipe.draw(name, "seasoned") < recipe.seasoned),
        education_level=education,
        completed=completed_by(recipe, name, required, education, catalogue),
        required=required,
        asked=frozenset(required) | frozenset(goal),
    )


def combined(recipe: Recipe, name: str, main: str) -> str:
    """The main profile alone, stacked with another or mixed with it."""
    how = recipe.draw(name, "combined")
    if main not in BESIDE or how < recipe.alone:
        return main
    other = one_of(BESIDE[main], recipe.draw(name, "beside"))
    if how < 0.84:
        return f"{main}+{other}"
    share = one_of(("0.6", "0.7", "0.8"), recipe.draw(name, "share"))
    return f"{main}:{share}+{other}:{round(1 - float(share), 1)}"


def backgrounds_of(recipe: Recipe, name: str, main: str) -> tuple[str, ...]:
    """One or two educations."""
    weights = dict(zip(EDUCATIONS, recipe.backgrounds[main], strict=True))
    first = pick(weights, recipe.draw(name, "background"))
    if first not in recipe.later or recipe.draw(name, "later") >= recipe.later_share:
        return (first,)
    return (first, one_of(recipe.later[first], recipe.draw(name, "which later")))


def hired_on(recipe: Recipe, name: str, main: str) -> date:
    """The first of a month, mostly of late."""
    back = recipe.draw(name, "hired")
    least, most = recipe.months.get(main, recipe.months[""])
    months = least + int((most - least) * back * (back + 1) / 2)
    if recipe.draw(name, "new") < recipe.new:
        months = int(12 * back)
    year, month = divmod(2026 * 12 + 10 - months, 12)
    return date(year, month + 1, 1)


def education_of(
    recipe: Recipe, name: str, backgrounds: Sequence[str], catalogue: Catalogue
) -> int:
    """Level of the highest education."""
    levels = [catalogue.backgrounds[one].education_level or 0 for one in backgrounds]
    return max(levels) or int(pick(recipe.education, recipe.draw(name, "education")))


def required_by(profile: str, catalogue: Catalogue) -> dict[str, int]:
    """The level required today by competence, the highest of all parts of the profile."""
    levels: dict[str, int] = {}
    for _, part in catalogue.resolve(profile).parts:
        for one in catalogue.lineage(part):
            for row in one.requirements or ():
                levels[row.competence] = max(row.now, levels.get(row.competence, 0))
    return levels


def completed_by(
    recipe: Recipe, name: str, required: Mapping[str, int], education: int, catalogue: Catalogue
) -> tuple[Module, ...]:
    """One or two modules that fit the profile for some, else none."""
    chance = recipe.draw(name, "completed")
    if chance >= recipe.completed[0]:
        return ()
    fitting = [one for one in catalogue.modules.values() if fits(one, required, education)]
    made_up = [one.id for one in fitting if one.provenance.status == "synthetic"]
    documented = [one.id for one in fitting if one.id not in made_up]
    found: list[str] = []
    for number in range(2 if chance < recipe.completed[1] else 1):
        pool = documented if recipe.draw(name, "documented", str(number)) < 0.4 else made_up
        left = [one for one in pool or made_up if one not in found]
        found += [one_of(left, recipe.draw(name, "module", str(number)))] if left else []
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
