"""A public benchmark of recommending modules for what people lack, on the DIRECT framework."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal, get_args

import numpy as np

from fagprofil.catalogue import Catalogue
from fagprofil.errors import DataError, Problem, nearest
from fagprofil.evaluation.direct import direct_catalogue
from fagprofil.evaluation.folds import Fold, Split
from fagprofil.model import Employee, Evidence, Records, Status

__all__ = ["BENCHMARKS", "benchmark"]

Benchmark = Literal["gap", "budget", "cold"]
#: The names of the benchmark's tasks.
BENCHMARKS: tuple[Benchmark, ...] = get_args(Benchmark)

#: Links are hidden a fifth at a time.
FOLDS = 5
#: Synthetic people of the budget task.
PEOPLE = 200
#: Seed of what is drawn. Part of the benchmark: with another it is another.
SEED = 20_261_126


def benchmark(task: Benchmark) -> Split:
    """One of the benchmark's tasks, as a split to be handed to `compare`.

    People are synthetic, one for each case, and hold or lack skills for certain; that a module is
    relevant is DIRECT's own link between resource and skill. Nobody has a history.

    - ``"gap"``: from gap to module. Each person lacks one skill of a competency, for each skill
      that a module is linked to. Relevant are the modules linked to it. A fifth of the modules has
      its links hidden, as modules that nobody mapped, in turn; a person's value is the mean over
      the five. To be scored by nDCG@10.
    - ``"cold"``: modules that nobody mapped, by their text. As before, but only the modules whose
      links are hidden are candidates. To be scored by nDCG@10.
    - ``"budget"``: the most of a gap with few modules. Each person lacks half of the skills of two
      competencies, drawn by a seed, some of which a module is linked to; all links are known. To
      be scored by the share of the gap that five modules close together (``k=5``,
      ``"gap closed"``).

    Parameters
    ----------
    task
        One of `BENCHMARKS`.

    Raises
    ------
    DataError
        Another task.

    Examples
    --------
    >>> from fagprofil.evaluation import compare
    >>> found = compare(["coverage", "text"], benchmark("cold"))
    >>> found.best("nDCG")
    ('text',)
    """
    if task not in BENCHMARKS:
        expected = f"one of {', '.join(map(repr, BENCHMARKS))}"
        known = nearest(str(task), BENCHMARKS)
        raise DataError([Problem("benchmark", "task", str(task), expected, known)])
    catalogue = direct_catalogue()
    folds = {"gap": _gap, "cold": _cold, "budget": _budget}[task](catalogue)
    return Split(
        name=f"DIRECT 2.0.0, {task}",
        catalogue=catalogue,
        folds=tuple(folds),
        status=Status.SYNTHETIC,
    )


def _gap(catalogue: Catalogue) -> Iterable[Fold]:
    people = _lacking_one(catalogue)
    for hidden in _hidden(catalogue):
        yield Fold(
            on=catalogue.taxonomy.as_of,
            train=(),
            test=tuple(people.values()),
            relevant=tuple(_linked(catalogue, {skill}) for skill in people),
            catalogue=_without_links(catalogue, hidden),
        )


def _cold(catalogue: Catalogue) -> Iterable[Fold]:
    people = _lacking_one(catalogue)
    for hidden in _hidden(catalogue):
        relevant = {
            skill: {one: 1.0 for one in _linked(catalogue, {skill}) if one in hidden}
            for skill in people
        }
        some = {skill: grades for skill, grades in relevant.items() if grades}
        yield Fold(
            on=catalogue.taxonomy.as_of,
            train=(),
            test=tuple(people[skill] for skill in some),
            relevant=tuple(some.values()),
            candidates=hidden,
            catalogue=_without_links(catalogue, hidden),
        )


def _budget(catalogue: Catalogue) -> Iterable[Fold]:
    rng = np.random.default_rng(SEED)
    served = _served(catalogue)
    profiles = [one for one in catalogue.profiles if served & set(_needs(catalogue, one))]
    people: list[Employee] = []
    relevant: list[Mapping[str, float]] = []
    while len(people) < PEOPLE:
        two = sorted(rng.choice(profiles, size=2, replace=False).tolist())
        needs = sorted({skill for one in two for skill in _needs(catalogue, one)})
        lacks = set(rng.permutation(needs)[: len(needs) // 2].tolist())
        if lacks & served:
            people.append(_person(f"budget-{len(people):03}", "+".join(two), needs, lacks))
            relevant.append(_linked(catalogue, lacks))
    yield Fold(on=catalogue.taxonomy.as_of, train=(), test=tuple(people), relevant=tuple(relevant))


def _served(catalogue: Catalogue) -> set[str]:
    """The skills that a module is linked to."""
    return {skill for module in catalogue.modules.values() for skill in module.teaches or ()}


def _needs(catalogue: Catalogue, profile: str) -> list[str]:
    return [row.competence for row in catalogue.profiles[profile].requirements or ()]


def _linked(catalogue: Catalogue, skills: set[str]) -> dict[str, float]:
    """The modules linked to any of some skills, and to how many."""
    found = {one.id: skills & set(one.teaches or ()) for one in catalogue.modules.values()}
    return {name: float(len(some)) for name, some in found.items() if some}


def _lacking_one(catalogue: Catalogue) -> Mapping[str, Employee]:
    """A person for each skill that a module is linked to, who lacks it and nothing else."""
    served = _served(catalogue)
    return {
        skill: _person(f"lacks-{skill}", profile, _needs(catalogue, profile), {skill})
        for profile in catalogue.profiles
        for skill in _needs(catalogue, profile)
        if skill in served
    }


def _person(name: str, profile: str, needs: Iterable[str], lacks: set[str]) -> Employee:
    said = tuple(
        Evidence(competence=skill, level=int(skill not in lacks), kind="known") for skill in needs
    )
    return Employee(id=name, profile=profile, evidence=said)


def _hidden(catalogue: Catalogue) -> list[frozenset[str]]:
    """The modules whose links are hidden in each fold; each linked module in one of them."""
    linked = sorted(one.id for one in catalogue.modules.values() if one.teaches)
    order = np.random.default_rng(SEED).permutation(linked).tolist()
    return [frozenset(order[n::FOLDS]) for n in range(FOLDS)]


def _without_links(catalogue: Catalogue, hidden: frozenset[str]) -> Catalogue:
    """The catalogue as it is when nobody has said what some of its modules teach."""
    nothing = {"teaches": None, "teaches_provenance": None}
    modules = [
        one.model_copy(update=nothing) if one.id in hidden else one
        for one in catalogue.modules.values()
    ]
    return catalogue.model_copy(update={"modules": Records(modules, "module")})
