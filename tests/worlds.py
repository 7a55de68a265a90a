"""Small worlds: builders, hypothesis strategies that draw them, and one whose answers are known.

Weights and shares are drawn as quarters and tenths. A need is rounded to 2**-10, and such numbers
never fall half-way between two units (they would need ten more twos in the denominator), so an
oracle in fractions and a library in floats must round to the same unit.
"""

from __future__ import annotations

import datetime as dt
import math
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st

import fagprofil as fp
from fagprofil.evidence import RatingModel
from fagprofil.model import (
    Background,
    Competence,
    FormalEntry,
    FundingScheme,
    Horizon,
    Level,
    Price,
    ProfileLike,
    Programme,
    Provenance,
    Requirement,
    Scale,
    Taxonomy,
    Text,
)

AS_OF = dt.date(2026, 11, 22)
STATUSES = ("derived", "editorial", "synthetic")
QUARTERS = tuple(n / 4 for n in range(1, 13))
TENTHS = tuple(n / 10 for n in range(1, 31))
#: Quarters, tenths, one that rounds to nothing and the largest allowed.
WEIGHTS = (*QUARTERS, *TENTHS, 0.0004, 100.0)
SHARES = (0.3, 0.5, 0.7, 1.0, 2.0, 3.0)
RATED = ("self", "manager", "module", "education", "job")

#: How many times the usual number of examples are drawn.
SCALE = float(os.environ.get("FAGPROFIL_EXAMPLES", "1"))


def examples(count: int) -> Callable[[Any], Any]:
    """So many examples, times the environment's FAGPROFIL_EXAMPLES."""
    return settings(max_examples=max(1, round(count * SCALE)))


# --- builders -----------------------------------------------------------------------------------


def text(said: str) -> Text:
    return Text(da=said, en=said)


def founded(status: str = "editorial") -> Provenance:
    return Provenance.model_validate({"status": status})


def names(letter: str, count: int) -> list[str]:
    return [f"{letter}{n}" for n in range(count)]


def taxonomy(top: int, competences: Sequence[str], as_of: dt.date = AS_OF) -> Taxonomy:
    steps = [Level(level=n, name=text(str(n)), descriptor=text(str(n))) for n in range(1, top + 1)]
    return Taxonomy(
        id="small",
        name=text("small"),
        as_of=as_of,
        scale=Scale(id="steps", name=text("steps"), levels=tuple(steps), provenance=founded()),
        competences=[
            Competence(id=one, name=text(one.upper()), kind="basis", provenance=founded())
            for one in competences
        ],
        provenance=founded(),
    )


def profile(
    name: str,
    needs: Mapping[str, tuple[int, int, float]],
    extends: Sequence[str] = (),
    statuses: Sequence[str] = ("editorial",),
) -> fp.Profile:
    """A profile from ``{competence: (now, five_years, weight)}``."""
    rows = [
        Requirement(
            competence=one,
            now=now,
            five_years=later,
            weight=weight,
            reason=text("why"),
            provenance=founded(statuses[n % len(statuses)]),
        )
        for n, (one, (now, later, weight)) in enumerate(needs.items())
    ]
    return fp.Profile(
        id=name,
        name=text(name),
        extends=tuple(extends),
        requirements=tuple(rows),
        provenance=founded(statuses[0]),
    )


def module(name: str, teaches: Mapping[str, int] | None = None, **facts: Any) -> fp.Module:
    """A module; `price` may be given as a figure or as (low, high)."""
    price = facts.pop("price", None)
    if price is not None:
        low, high = price if isinstance(price, tuple) else (price, price)
        facts["price"] = Price(low=low, high=high, provenance=founded())
    return fp.Module.model_validate(
        {
            "id": name,
            "title": text(f"Title {name}"),
            "level": "diplom",
            "teaches": None if teaches is None else dict(teaches),
            "teaches_provenance": None if teaches is None else founded(),
            "provenance": founded(),
            **facts,
        }
    )


def small(
    top: int,
    competences: Sequence[str],
    profiles: Sequence[fp.Profile] = (),
    modules: Sequence[fp.Module] = (),
    **others: Any,
) -> fp.Catalogue:
    """A catalogue of a few records."""
    return fp.Catalogue(
        taxonomy=taxonomy(top, competences, others.pop("as_of", AS_OF)),
        profiles=list(profiles),
        modules=list(modules),
        **others,
    )


def known(levels: Mapping[str, int]) -> tuple[fp.Evidence, ...]:
    """Levels that are taken as certain."""
    return tuple(
        fp.Evidence(competence=one, level=level, kind="known") for one, level in levels.items()
    )


def replaced(value: Any, new: Mapping[str, str]) -> Any:
    """A dumped record in which every text that is a key of `new`, or begins so, is renamed."""
    if isinstance(value, dict):
        return {replaced(key, new): replaced(one, new) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [replaced(one, new) for one in value]
    return new.get(value, value) if isinstance(value, str) else value


# --- a world whose right answers are known ------------------------------------------------------


@dataclass(frozen=True)
class Board:
    """n people, competences and modules; person i lacks competence i only, module i teaches it.

    Competence i weighs i + 1 a step and is needed to level 3, so person i has a gap of 3 (i + 1),
    and module i is all that closes it.
    """

    catalogue: fp.Catalogue
    people: tuple[fp.Employee, ...]

    def gap(self, i: int) -> float:
        return 3.0 * (i + 1)


def checkerboard(size: int) -> Board:
    competences = names("c", size)
    needs = {one: (3, 3, float(i + 1)) for i, one in enumerate(competences)}
    modules = [
        module(f"m{i}", {one: 3}, ects=5 * (i + 1), price=1000 * (i + 1))
        for i, one in enumerate(competences)
    ]
    people = tuple(
        fp.Employee(
            id=f"e{i}",
            profile="job",
            evidence=known({other: 0 if other == one else 3 for other in competences}),
        )
        for i, one in enumerate(competences)
    )
    return Board(small(3, competences, [profile("job", needs)], modules), people)


# --- strategies ---------------------------------------------------------------------------------
# Making a strategy costs more than drawing from it, and ten draws cost more than one. So strategies
# are made once for each shape, and `together` draws several choices as one number.


def together(*choices: Sequence[Any]) -> st.SearchStrategy[tuple[Any, ...]]:
    """One of each of the choices; it shrinks to the first of each."""
    size = math.prod(map(len, choices))
    # Hypothesis draws small numbers more often. Steps of about the golden ratio spread them, so
    # that the last choices are not nearly always the first of theirs.
    stride = next(n for n in range(max(1, round(size * 0.618)), 2 * size) if math.gcd(n, size) == 1)

    def chosen(number: int) -> tuple[Any, ...]:
        number, found = number * stride % size, []
        for options in choices:
            number, place = divmod(number, len(options))
            found.append(options[place])
        return tuple(found)

    return st.integers(0, size - 1).map(chosen)


def _some(count: int, options: Sequence[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Values for some of the competences; None stands for no value."""
    row = together(*[options] * count)
    return row.map(lambda drawn: {f"c{n}": x for n, x in enumerate(drawn) if x is not None})


def _days(*numbers: int) -> tuple[dt.date, ...]:
    return tuple(AS_OF + dt.timedelta(days=n) for n in numbers)


#: Unknown, today, up to ten years ago, and up to a year ahead.
DATES = (
    None,
    *_days(0, -1, -30, -90, -200, -365, -366, -500, -731, -1000, -1461, -2000, -3650, 1, 60, 365),
)
_VALID = (None, *_days(-400, -1, 0, 1, 400))
_RULES = ("none",) * 12 + ("formal", "dates", "project")
_PRICES = (None, 0, 100, 900, 1600, 3000, 9500, (5000, 7500), (9500, 14500))


@cache
def _levels(count: int, top: int) -> st.SearchStrategy[dict[str, int]]:
    return _some(count, [*range(1, top + 1), top, 0, None])


@cache
def _teaches(count: int, top: int) -> st.SearchStrategy[dict[str, int]]:
    # Modules that each teach a little make sets of several.
    return _some(count, [*range(1, top + 1), top, 0, *(None,) * (top + 1)])


@cache
def _needs(count: int, top: int, weights: tuple[float, ...]) -> st.SearchStrategy[Any]:
    levels = [*range(1, top + 1), top, 0]
    return st.tuples(*[together(levels, levels, weights, (True,) * 6 + (False,))] * count)


@cache
def _profile_facts() -> st.SearchStrategy[Any]:
    return together((False, True), (False, True), STATUSES, STATUSES)


def _profile(
    draw: st.DrawFn, number: int, count: int, top: int, weights: tuple[float, ...]
) -> fp.Profile:
    first, second, *statuses = draw(_profile_facts())
    drawn = draw(_needs(count, top, weights))
    needs = {f"c{n}": row for n, (*row, given) in enumerate(drawn) if given}
    # Only earlier profiles are extended, so there is no way back.
    extends = [f"p{n}" for n, chosen in enumerate((first, second)) if chosen and n < number]
    return profile(f"p{number}", needs, extends, statuses)


_MODULE_FACTS = together(
    (10, 5, 2.5, None), _PRICES, STATUSES, _RULES, (None, "g0"), (False,) * 5 + (True,), range(8)
)
_VALIDITY = together(_VALID, _VALID)
_FORMAL = together((None, 4, 5, 6, 7), (None, 1.0, 2.0))


def _module(draw: st.DrawFn, name: str, count: int, top: int) -> fp.Module:
    ects, price, status, rule, programme, expects, unknown = draw(_MODULE_FACTS)
    facts: dict[str, Any] = {"programme": programme, "provenance": founded(status)}
    if expects:  # most modules are open to all
        facts["entry"] = draw(_levels(count, top))
    if rule == "formal":
        level, years = draw(_FORMAL)
        facts["formal_entry"] = FormalEntry(
            education_level=level, relevant_years=years, provenance=founded()
        )
    elif rule == "dates":
        start, end = draw(_VALIDITY)
        if start is not None and end is not None:
            start, end = min(start, end), max(start, end)
        facts |= {"valid_from": start, "valid_to": end}
    elif rule == "project":
        facts["project"] = True
    teaches = None if unknown == 7 else draw(_teaches(count, top))
    return module(name, teaches, ects=ects, price=price, **facts)


def _background(draw: st.DrawFn, name: str, count: int, top: int) -> Background:
    level, given = draw(_BACKGROUND_FACTS)
    return Background(
        id=name,
        name=text("background"),
        education_level=level,
        brings=draw(_levels(count, top)) if given else None,
        provenance=founded(),
    )


_SHAPE = together((3, 2, 4, 5, 1), (2, 3, 4, 1), (1, 2, 3))
_BACKGROUND_FACTS = together((None, 3, 4, 5, 6, 7), (True, True, False))
_PROGRAMME_FACTS = together((None, 5, 15), (False, True), (False, True), (0.5, 1.0), (None, 800.0))


@cache
def _module_count(most: int) -> st.SearchStrategy[int]:
    return st.sampled_from([*range(2, most + 1), most, most, 0, 1])


@st.composite
def catalogues(
    draw: st.DrawFn, *, weights: tuple[float, ...] = WEIGHTS, max_modules: int = 6
) -> fp.Catalogue:
    """Up to 4 competences, 3 profiles, some modules, a programme, 2 backgrounds and a fund."""
    top, count, profiles = draw(_SHAPE)
    modules = [
        _module(draw, name, count, top) for name in names("m", draw(_module_count(max_modules)))
    ]
    projects = [one.id for one in modules if one.project]
    ects, named, funded, share, cap = draw(_PROGRAMME_FACTS)
    programme = Programme(
        id="g0",
        title=text("programme"),
        ects=ects,
        project=projects[0] if projects and named else None,
        provenance=founded(),
    )
    fund = FundingScheme(
        id="f0",
        name=text("fund"),
        covers="fee",
        who=text("who"),
        what=text("what"),
        employers=("kommune",),
        levels=("diplom",),
        share=share,
        cap=cap,
        provenance=founded(),
    )
    return small(
        top,
        names("c", count),
        [_profile(draw, n, count, top, weights) for n in range(profiles)],
        modules,
        programmes=[programme],
        backgrounds=[_background(draw, name, count, top) for name in ("b0", "b1")],
        funding=[fund] if funded else [],
    )


@cache
def horizons() -> st.SearchStrategy[Horizon]:
    """Now, in five years, over them with several discounts, and a day between."""
    over = [Horizon(kind="over", discount=rate) for rate in (0.0, 0.5, 1.0)]
    constants = st.sampled_from([fp.NOW, fp.IN_FIVE_YEARS, fp.OVER_FIVE_YEARS, *over])
    days = st.integers(0, 1826).map(lambda n: fp.at(AS_OF + dt.timedelta(days=n)))
    return constants | days


@cache
def _profile_names(ids: tuple[str, ...]) -> st.SearchStrategy[str | dict[str, float]]:
    one = st.sampled_from(ids)
    stacks = st.lists(one, min_size=1, max_size=3).map("+".join)
    mixes = st.dictionaries(one, st.sampled_from(SHARES), min_size=1, max_size=3)
    texts = mixes.map(lambda shares: "+".join(f"{name}:{share}" for name, share in shares.items()))
    return one | stacks | mixes | texts


def profile_likes(catalogue: fp.Catalogue) -> st.SearchStrategy[str | dict[str, float]]:
    """A profile in any notation: an id, a stack, a mix as text or as shares."""
    return _profile_names(tuple(catalogue.profiles))


def _drawn_model(chosen: tuple[Any, ...]) -> fp.EvidenceModel:
    default, spread, other, bias, years, prior, certainty = chosen
    if default:
        return fp.EvidenceModel()
    rating = RatingModel(spread=spread, half_life=years, bias=bias)
    at_least = RatingModel(spread=other, half_life=years, at_least=True)
    return fp.EvidenceModel(
        self_rating=rating,
        manager_rating=RatingModel(spread=other, half_life=2 * years),
        passed_module=at_least,
        education=at_least.model_copy(update={"half_life": 4 * years}),
        job=at_least.model_copy(update={"spread": spread}),
        prior_spread=prior,
        entry_certainty=certainty,
    )


_SPREADS = (0.4, 0.8, 2.0)
_MODELS = together(
    (True, False, False),
    _SPREADS,
    _SPREADS,
    (0.0, -1.0, 0.5, 1.5),
    (3.0, 1.0, 10.0),
    (2.0, 0.5, 100.0),
    (0.5, 0.1, 0.9, 1.0),
).map(_drawn_model)


def evidence_models() -> st.SearchStrategy[fp.EvidenceModel]:
    """The default evidence model, and others with moderate numbers."""
    return _MODELS


@cache
def _statements(count: int, top: int, kinds: tuple[str, ...]) -> st.SearchStrategy[fp.Evidence]:
    def build(chosen: tuple[Any, ...]) -> fp.Evidence:
        fields = ("competence", "level", "kind", "date", "confidence")
        return fp.Evidence(**dict(zip(fields, chosen, strict=True)))

    return together(names("c", count), range(top + 1), kinds, DATES, (1.0, 1.0, 0.5, 0.1)).map(
        build
    )


@cache
def _said(count: int, top: int) -> st.SearchStrategy[list[fp.Evidence]]:
    one = _statements(count, top, (*RATED, "self", "manager", "known"))
    return st.lists(one, min_size=3, max_size=6) | st.lists(one, max_size=2)


def shape_of(catalogue: fp.Catalogue) -> tuple[int, int]:
    """The number of competences and of levels."""
    scale = catalogue.taxonomy.scale
    assert scale is not None
    return len(catalogue.taxonomy.competences), scale.top


def statements(
    catalogue: fp.Catalogue, kinds: tuple[str, ...] = RATED
) -> st.SearchStrategy[fp.Evidence]:
    """One statement about one of the competences."""
    return _statements(*shape_of(catalogue), kinds)


@cache
def _completions(modules: tuple[str, ...]) -> st.SearchStrategy[list[fp.Completion]]:
    def build(chosen: tuple[Any, ...]) -> list[fp.Completion]:
        count, *facts = chosen
        first, second = facts[:3], facts[3:]
        return [
            fp.Completion(module=name, date=date, passed=passed)
            for name, date, passed in (first, second)[:count]
        ]

    one = (modules, DATES, (True, True, False))
    return together((0, 0, 1, 2), *one, *one).map(build) if modules else st.just([])


_PERSON = together(
    (None, (), ("b0",), ("b1",), ("b0", "b1")),
    (None, "kommune", "a-kasse"),
    (None, 3, 4, 5, 6, 7),
    (None, 0.0, 1.5, 3.0),
)


@st.composite
def employees(
    draw: st.DrawFn, catalogue: fp.Catalogue, *, certain: bool = False, name: str = "e0"
) -> fp.Employee:
    """A person; `certain` gives each competence a level that is known, whatever else is said."""
    said = draw(_said(*shape_of(catalogue)))
    if certain:
        one = statements(catalogue, ("known",))
        levels = [(draw(one), each) for each in catalogue.taxonomy.competences]
        said += [one.model_copy(update={"competence": each}) for one, each in levels]
    backgrounds, employer, level, years = draw(_PERSON)
    return fp.Employee(
        id=name,
        backgrounds=backgrounds,
        evidence=tuple(said),
        completed=tuple(draw(_completions(tuple(catalogue.modules)))),
        employer=employer,
        education_level=level,
        relevant_years=years,
    )


@dataclass(frozen=True)
class Case:
    """A catalogue, a person, what is asked and how."""

    catalogue: fp.Catalogue
    employee: fp.Employee
    profile: ProfileLike
    horizon: Horizon
    model: fp.EvidenceModel

    def gap(self, **options: Any) -> fp.Gap:
        """The gap of the person; options replace the case's own."""
        given = {"horizon": self.horizon, "model": self.model, **options}
        employee = given.pop("employee", self.employee)
        profile = given.pop("profile", self.profile)
        return fp.gap(employee, profile, given.pop("catalogue", self.catalogue), **given)

    def recommender(self, ranker: Any = "coverage", **options: Any) -> fp.Recommender:
        """A recommender over the catalogue; options replace the case's own."""
        given = {"horizon": self.horizon, "model": self.model, **options}
        return fp.Recommender(given.pop("catalogue", self.catalogue), ranker, **given)

    def __repr__(self) -> str:
        parts = [
            f"profile={self.profile!r}, horizon={self.horizon.model_dump_json()}",
            self.employee.model_dump_json(exclude_defaults=True),
            self.catalogue.model_dump_json(exclude_defaults=True),
            self.model.model_dump_json(exclude_defaults=True),
        ]
        return "\n".join(["Case", *parts])

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:  # noqa: ARG002
        printer.text(repr(self))


@st.composite
def cases(draw: st.DrawFn, *, certain: bool = False, **options: Any) -> Case:
    """A person in a small catalogue, and a question."""
    catalogue = draw(catalogues(**options))
    return Case(
        catalogue=catalogue,
        employee=draw(employees(catalogue, certain=certain)),
        profile=draw(profile_likes(catalogue)),
        horizon=draw(horizons()),
        model=draw(evidence_models()),
    )


@dataclass(frozen=True)
class Crowd:
    """A catalogue, and people who each bring a profile of their own, or none."""

    catalogue: fp.Catalogue
    people: tuple[fp.Employee, ...]
    horizon: Horizon

    def __repr__(self) -> str:
        people = [one.model_dump_json(exclude_defaults=True) for one in self.people]
        catalogue = self.catalogue.model_dump_json(exclude_defaults=True)
        return "\n".join(["Crowd", self.horizon.model_dump_json(), *people, catalogue])

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:  # noqa: ARG002
        printer.text(repr(self))


@st.composite
def crowds(draw: st.DrawFn, *, most: int = 4) -> Crowd:
    """Some people in a small catalogue."""
    catalogue = draw(catalogues())
    profiles = st.none() | profile_likes(catalogue)
    people = [
        draw(employees(catalogue, name=name)).model_copy(update={"profile": draw(profiles)})
        for name in names("e", draw(_module_count(most)))
    ]
    return Crowd(catalogue, tuple(people), draw(horizons()))
