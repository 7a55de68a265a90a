"""Which modules a person may be recommended at all, and why not the others."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fagprofil.catalogue import Catalogue
from fagprofil.errors import DataError, unknown_id
from fagprofil.funding import education_level
from fagprofil.ladder import CERTAIN, Held, Ladder
from fagprofil.model import Employee, Module, Programme, Text
from fagprofil.model.base import Frozen

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
    ladder: Ladder, employees: Sequence[Employee], held: Held, exclude: Iterable[str] = ()
) -> Mapping[Rule, Mask]:
    """The rules that do not depend on the gap; True where a rule keeps a module from a person.

    Parameters
    ----------
    ladder
        Its day decides what is valid.
    employees, held
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
    modules = ladder.catalogue.modules
    shape = (len(employees), len(modules))
    excluded = frozenset(exclude)
    wrong = [p for name in sorted(excluded) for p in unknown_id("exclude", "module", name, modules)]
    if wrong:
        raise DataError(wrong)
    wanted = np.array([name in excluded for name in modules], dtype=np.bool_)
    stale = np.array([not one.holds_on(ladder.on) for one in modules.values()], dtype=np.bool_)
    return {
        Rule.EXCLUDED: np.broadcast_to(wanted, shape),
        Rule.TAKEN: _taken(ladder.catalogue, employees),
        Rule.NOT_VALID: np.broadcast_to(stale, shape),
        Rule.PROJECT: _by_person(ladder.catalogue, employees, _projects_too_early, _passed),
        Rule.FORMAL_ENTRY: _by_person(ladder.catalogue, employees, _no_access, _schooling),
        Rule.ENTRY: _entry(ladder, held),
    }


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


def _taken(catalogue: Catalogue, employees: Sequence[Employee]) -> Mask:
    position = {name: j for j, name in enumerate(catalogue.modules)}
    mask = np.zeros((len(employees), len(position)), dtype=np.bool_)
    for i, one in enumerate(employees):
        mask[i, [position[taken.module] for taken in one.completed if taken.passed]] = True
    return mask


def _passed(employee: Employee, _: Catalogue) -> tuple[str, ...]:
    return tuple(sorted({taken.module for taken in employee.completed if taken.passed}))


def _schooling(employee: Employee, catalogue: Catalogue) -> tuple[int | None, float | None]:
    return education_level(employee, catalogue), employee.relevant_years


def _by_person(
    catalogue: Catalogue,
    employees: Sequence[Employee],
    closed: Callable[[Module, Any, Catalogue], bool],
    key: Callable[[Employee, Catalogue], Any],
) -> Mask:
    """Rows of a mask that depend on a few facts about a person, computed once for equal facts."""
    rows: dict[object, Mask] = {}
    mask = np.zeros((len(employees), len(catalogue.modules)), dtype=np.bool_)
    for i, one in enumerate(employees):
        facts = key(one, catalogue)
        if facts not in rows:
            rows[facts] = np.array(
                [closed(m, facts, catalogue) for m in catalogue.modules.values()]
            )
        mask[i] = rows[facts]
    return mask


def _projects_too_early(module: Module, passed: tuple[str, ...], catalogue: Catalogue) -> bool:
    """Whether a final project would come before the rest of its programme is passed."""
    if not module.project:
        return False
    programmes = [
        one
        for one in catalogue.programmes.values()
        if one.project == module.id or one.id == module.programme
    ]
    done = [catalogue.modules[name] for name in passed]
    return not any(_rest_is_passed(programme, module, done) for programme in programmes)


def _rest_is_passed(programme: Programme, project: Module, done: Sequence[Module]) -> bool:
    """Whether what is passed of a programme, and its project, reach its ECTS."""
    if programme.ects is None or project.ects is None:
        return False
    passed = sum(one.ects or 0 for one in done if one.programme == programme.id)
    return passed + project.ects >= programme.ects


def _no_access(module: Module, schooling: tuple[int | None, float | None], _: Catalogue) -> bool:
    """Whether the formal entry is known not to be met; what is unknown keeps nobody out."""
    return any(have is not None and have < least for have, least in _demands(module, schooling))


def _demands(
    module: Module, schooling: tuple[int | None, float | None]
) -> list[tuple[float | None, float]]:
    formal = module.formal_entry
    if formal is None:
        return []
    pairs = zip(schooling, (formal.education_level, formal.relevant_years), strict=True)
    return [(have, least) for have, least in pairs if least is not None]


def formal_entry_unknown(module: Module, employee: Employee, catalogue: Catalogue) -> bool:
    """Whether the formal entry cannot be checked: its rules, or a fact about the person."""
    demands = _demands(module, _schooling(employee, catalogue))
    return not demands or any(have is None for have, _ in demands)


def _entry(ladder: Ladder, held: Held) -> Mask:
    entry = ladder.entry
    short = _short(ladder, held, slice(None), entry.competence, entry.level)
    mask = np.zeros((len(held.steps), entry.shape[0]), dtype=np.bool_)
    rows, triples = np.nonzero(short)
    mask[rows, entry.module[triples]] = True
    return mask


def _short(
    ladder: Ladder,
    held: Held,
    rows: slice | int,
    competences: NDArray[np.intp],
    levels: NDArray[np.intp],
) -> Mask:
    """Where an entry level is not reached with enough certainty.

    Where nothing was said of a competence, what the background brings counts, and no more: the
    prior's doubt to the upper side lets nobody in.
    """
    certainty = np.rint(ladder.model.entry_certainty * CERTAIN)
    unsure = held.steps[rows, competences, levels - 1] < certainty
    likeliest = held.chance[rows, competences].argmax(axis=-1)
    unsaid = ~held.stated[rows, competences] & (likeliest < levels)
    return np.asarray(unsure | unsaid)


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
    missing = _short(ladder, held, row, competences, expected)
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
