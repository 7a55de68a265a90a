"""Which modules a person may be recommended at all, and why not the others."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from fagprofil.catalogue import Catalogue
from fagprofil.errors import DataError, unknown_id
from fagprofil.funding import education_level
from fagprofil.ladder import Ladder
from fagprofil.model import Employee, Module, Text
from fagprofil.model.base import Frozen
from fagprofil.roster import Roster, coded
from fagprofil.standing import Held, reached

__all__ = ["Ineligible", "Rule", "allowed", "ineligible_modules"]

Mask = NDArray[np.bool_]


class Rule(StrEnum):
    """Why a module is left out, in the order in which reasons are given."""

    EXCLUDED = "excluded"
    TAKEN = "taken"
    NOT_VALID = "not valid"
    PROJECT = "project"
    FORMAL_ENTRY = "formal entry"
    ENTRY = "entry"
    CLOSES_NOTHING = "closes nothing"


RULE_NAMES: Mapping[Rule, Text] = {
    Rule.EXCLUDED: Text(da="fravalg", en="exclusion"),
    Rule.TAKEN: Text(da="allerede bestået", en="already passed"),
    Rule.NOT_VALID: Text(da="gyldighed", en="validity"),
    Rule.PROJECT: Text(da="afgangsprojekt", en="final project"),
    Rule.FORMAL_ENTRY: Text(da="formelle adgangskrav", en="formal entry requirements"),
    Rule.ENTRY: Text(da="forudsatte niveauer", en="levels expected on entry"),
    Rule.CLOSES_NOTHING: Text(da="lukker intet", en="closes nothing"),
}


class Ineligible(Frozen):
    """A module that was left out, and why."""

    module: str
    rule: Rule
    reason: Text


def broken_rules(
    ladder: Ladder, roster: Roster, held: Held, exclude: Iterable[str] = ()
) -> Mapping[Rule, Mask]:
    """The rules that do not depend on the gap; True where a rule keeps a module from a person.

    Parameters
    ----------
    ladder
        Its day decides what is valid.
    roster, held
        The n people, and what they hold.
    exclude
        Modules that the caller does not want, for anybody.

    Returns
    -------
    Masks of shape (n, M), by rule.

    Raises
    ------
    DataError
        Excluded modules that the catalogue does not have.
    """
    closed = closed_modules(ladder, roster, np.arange(len(roster)), exclude)
    taken = np.zeros((len(roster), len(ladder.catalogue.modules)), dtype=np.bool_)
    taken[roster.taken_of(np.arange(len(roster)))] = True
    masks = {rule: rows[closed.group] for rule, rows in closed.rules.items()}
    return {**masks, Rule.TAKEN: taken, Rule.ENTRY: _entry(ladder, held)}


def check_excluded(catalogue: Catalogue, exclude: Iterable[str]) -> None:
    """Find out whether there are all modules that a caller does not want.

    Raises
    ------
    DataError
        Those that the catalogue does not have.
    """
    names, modules = sorted(set(exclude)), catalogue.modules
    wrong = [p for name in names for p in unknown_id("exclude", "module", name, modules)]
    if wrong:
        raise DataError(wrong)


@dataclass(frozen=True, slots=True)
class Closed:
    """The rules that rest on few facts, by group of people for whom these are the same.

    Attributes
    ----------
    group
        The group of each person, shape (n,).
    rules
        Which modules each rule keeps from each group, shape (groups, M).
    """

    group: NDArray[np.intp]
    rules: Mapping[Rule, Mask]


def closed_modules(
    ladder: Ladder, roster: Roster, rows: NDArray[np.intp], exclude: Iterable[str] = ()
) -> Closed:
    """What is excluded, not valid, a project before its time, or formally closed to some people.

    Raises
    ------
    DataError
        Excluded modules that the catalogue does not have.
    """
    modules, excluded = ladder.catalogue.modules, frozenset(exclude)
    check_excluded(ladder.catalogue, excluded)
    doors, wanted = _doors(ladder), np.zeros(len(modules), dtype=np.bool_)
    wanted[[modules.position[name] for name in excluded]] = True
    early, early_of = _projects_too_early(doors, roster, rows)
    formal, formal_of = _no_access(doors, ladder.catalogue, roster, rows)
    group, pairs = coded(early_of * len(formal) + formal_of)
    shape = (len(pairs), len(modules))
    rules = {
        Rule.EXCLUDED: np.broadcast_to(wanted, shape),
        Rule.NOT_VALID: np.broadcast_to(doors.stale, shape),
        Rule.PROJECT: early[pairs // len(formal)],
        Rule.FORMAL_ENTRY: formal[pairs % len(formal)],
    }
    return Closed(group, rules)


@dataclass(frozen=True, slots=True)
class _Doors:
    """What a ladder's modules ask of people but for levels.

    Attributes
    ----------
    stale
        Modules that are not valid on the day, shape (M,).
    level, years
        The formal entry, shape (M,); 0 where none is known.
    projects
        The final projects, and for each the programmes that it ends: the ECTS that each module
        counts in the programme, shape (M,), and the ECTS that must have been passed.
    """

    stale: Mask
    level: NDArray[np.float64]
    years: NDArray[np.float64]
    projects: Mapping[int, Sequence[tuple[NDArray[np.float64], float]]]


@lru_cache(maxsize=8)
def _doors(ladder: Ladder) -> _Doors:
    catalogue = ladder.catalogue
    modules = tuple(catalogue.modules.values())
    formal = [one.formal_entry for one in modules]
    return _Doors(
        stale=np.array([not one.holds_on(ladder.on) for one in modules], dtype=np.bool_),
        level=np.array([getattr(one, "education_level", None) or 0.0 for one in formal]),
        years=np.array([getattr(one, "relevant_years", None) or 0.0 for one in formal]),
        projects={
            j: list(_ended_by(one, catalogue)) for j, one in enumerate(modules) if one.project
        },
    )


def _ended_by(project: Module, catalogue: Catalogue) -> Iterator[tuple[NDArray[np.float64], float]]:
    """The programmes that a final project ends: what counts in each, and what must be passed."""
    for programme in catalogue.programmes.values():
        if programme.project != project.id and programme.id != project.programme:
            continue
        if programme.ects is None or project.ects is None:
            continue
        modules = catalogue.modules.values()
        counts = [(one.ects or 0.0) * (one.programme == programme.id) for one in modules]
        yield np.array(counts), programme.ects - project.ects


def allowed(broken: Mapping[Rule, Mask]) -> Mask:
    """Where no rule is broken, shape (n, M)."""
    mask: Mask = ~np.logical_or.reduce(list(broken.values()))
    return mask


def ineligible_modules(
    ladder: Ladder, employee: Employee, held: Held, broken: Mapping[Rule, Mask], row: int
) -> tuple[Ineligible, ...]:
    """What was left out for one person, each with the first reason."""
    found = []
    for j, module in enumerate(ladder.catalogue.modules.values()):
        rule = next((rule for rule in Rule if rule in broken and broken[rule][row, j]), None)
        if rule is not None:
            reason = _reason(rule, ladder, employee, held, module, row, j)
            found.append(Ineligible(module=module.id, rule=rule, reason=reason))
    return tuple(found)


def _schooling(employee: Employee, catalogue: Catalogue) -> tuple[int | None, float | None]:
    return education_level(employee, catalogue), employee.relevant_years


def _projects_too_early(
    doors: _Doors, roster: Roster, rows: NDArray[np.intp]
) -> tuple[Mask, NDArray[np.intp]]:
    """Final projects that would come before the rest of their programme is passed.

    Returns
    -------
    Masks of modules, shape (groups, M), and the group of each person, shape (n,).
    """
    if not doors.projects:
        return _for_all(doors, rows)
    who, taken = roster.taken_of(rows)
    early = np.ones((len(rows), len(doors.projects)), dtype=np.bool_)
    for i, programmes in enumerate(doors.projects.values()):
        for counts, least in programmes:
            early[:, i] &= np.bincount(who, counts[taken], minlength=len(rows)) < least
    # Hardly anybody has come so far: the others are one group.
    some = np.flatnonzero(~early.all(axis=1))
    distinct, own = np.unique(early[some], axis=0, return_inverse=True)
    group = np.zeros(len(rows), dtype=np.intp)
    group[some] = 1 + own.reshape(-1)
    masks = np.zeros((1 + len(distinct), len(doors.stale)), dtype=np.bool_)
    masks[0, list(doors.projects)] = True
    masks[1:, list(doors.projects)] = distinct
    return masks, group


def _no_access(
    doors: _Doors, catalogue: Catalogue, roster: Roster, rows: NDArray[np.intp]
) -> tuple[Mask, NDArray[np.intp]]:
    """Modules whose formal entry is known not to be met; what is unknown keeps nobody out.

    Returns
    -------
    Masks of modules, shape (groups, M), and the group of each person, shape (n,).
    """
    if not doors.level.any() and not doors.years.any():
        return _for_all(doors, rows)
    fact, facts = coded(roster.fact[rows])
    known = [education_level(roster.facts[i], catalogue) for i in facts]
    have = np.array([np.inf if one is None else one for one in known], dtype=np.float64)
    levels, level_of = np.unique(have, return_inverse=True)
    # Only which of the demands are met tells people apart.
    steps = np.unique(doors.years)
    years = np.nan_to_num(roster.years[rows], nan=np.inf)
    met = np.searchsorted(steps, years, side="right")
    group, pairs = coded(level_of.reshape(-1)[fact] * (len(steps) + 1) + met)
    level, reached_step = np.divmod(pairs, len(steps) + 1)
    short = np.searchsorted(steps, doors.years)[None] >= reached_step[:, None]
    return short | (levels[level][:, None] < doors.level[None]), group


def _for_all(doors: _Doors, rows: NDArray[np.intp]) -> tuple[Mask, NDArray[np.intp]]:
    """No module closed to anybody, and all in one group."""
    return np.zeros((1, len(doors.stale)), dtype=np.bool_), np.zeros(len(rows), dtype=np.intp)


def _demands(
    module: Module, schooling: tuple[int | None, float | None]
) -> list[tuple[float | None, float]]:
    formal = module.formal_entry
    if formal is None:
        return []
    pairs = zip(schooling, (formal.education_level, formal.relevant_years), strict=True)
    return [(have, least) for have, least in pairs if least is not None]


def formal_entry_unknown(
    module: Module, person: Employee, years_known: bool, catalogue: Catalogue
) -> bool:
    """Whether the formal entry cannot be checked: its rules, or a fact about the person."""
    years = 0.0 if years_known else None
    demands = _demands(module, (education_level(person, catalogue), years))
    return not demands or any(have is None for have, _ in demands)


def _entry(ladder: Ladder, held: Held) -> Mask:
    entry = ladder.entry
    short = ~reached(held, ladder.model.entry_certainty)[:, entry.competence, entry.level - 1]
    mask = np.zeros((len(held.steps), entry.shape[0]), dtype=np.bool_)
    rows, triples = np.nonzero(short)
    mask[rows, entry.module[triples]] = True
    return mask


def _reason(
    rule: Rule,
    ladder: Ladder,
    employee: Employee,
    held: Held,
    module: Module,
    row: int,
    column: int,
) -> Text:
    if rule is Rule.ENTRY:
        return _entry_reason(ladder, held, row, column)
    if rule is Rule.FORMAL_ENTRY:
        return _formal_reason(module, _schooling(employee, ladder.catalogue))
    if rule is Rule.NOT_VALID:
        return _validity_reason(module, ladder.on)
    return _REASONS[rule]


_REASONS: Mapping[Rule, Text] = {
    Rule.EXCLUDED: Text(da="fravalgt i kaldet", en="excluded by the caller"),
    Rule.TAKEN: Text(da="allerede bestået", en="already passed"),
    Rule.PROJECT: Text(
        da="et afgangsprojekt kommer, når resten af uddannelsen er bestået",
        en="a final project comes when the rest of its programme is passed",
    ),
    Rule.CLOSES_NOTHING: Text(
        da="lukker intet af afstanden til profilen", en="closes nothing of the gap to the profile"
    ),
}


def _entry_reason(ladder: Ladder, held: Held, row: int, column: int) -> Text:
    triples = ladder.entry.of(column)
    competences, expected = ladder.entry.competence[triples], ladder.entry.level[triples]
    missing = ~reached(held, ladder.model.entry_certainty)[row, competences, expected - 1]
    short = list(zip(competences[missing], expected[missing], strict=True))
    names = ladder.catalogue.taxonomy.competences
    listed = {
        lang: ", ".join(
            f"{names[ladder.competences[k]].name.in_(lang)} {level}" for k, level in short
        )
        for lang in ("da", "en")
    }
    return Text(
        da=f"forudsætter niveau, der ikke er nået: {listed['da']}",
        en=f"expects levels not reached: {listed['en']}",
    )


def _formal_reason(module: Module, schooling: tuple[int | None, float | None]) -> Text:
    formal = module.formal_entry
    level, years = (formal.education_level, formal.relevant_years) if formal else (None, None)
    da, en = [], []
    if level is not None:
        da.append(
            f"uddannelse på mindst niveau {level} (har {_or_unknown(schooling[0], 'ukendt')})"
        )
        en.append(
            f"education of at least level {level} (has {_or_unknown(schooling[0], 'unknown')})"
        )
    if years is not None:
        da.append(f"{years:g} års relevant arbejde (har {_or_unknown(schooling[1], 'ukendt')})")
        en.append(f"{years:g} years of relevant work (has {_or_unknown(schooling[1], 'unknown')})")
    return Text(da="kræver " + " og ".join(da), en="requires " + " and ".join(en))


def _or_unknown(value: float | None, word: str) -> str:
    return word if value is None else f"{value:g}"


def _validity_reason(module: Module, on: dt.date) -> Text:
    if module.valid_from is not None and on < module.valid_from:
        return Text(
            da=f"gælder først fra {module.valid_from}", en=f"valid from {module.valid_from}"
        )
    return Text(da=f"gjaldt til {module.valid_to}", en=f"was valid to {module.valid_to}")
