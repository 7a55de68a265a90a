"""What can be foreseen of what people took: what was on offer and open to them, and went well."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from fagprofil.blocks import groups_of
from fagprofil.catalogue import Catalogue
from fagprofil.eligibility import Rule, broken_rules
from fagprofil.engine import Engine, engine_of
from fagprofil.ladder import ladder_of
from fagprofil.model import Blend, Completion, Employee, Horizon
from fagprofil.model.base import FrozenDict
from fagprofil.roster import Roster
from fagprofil.shortlist import CHUNK

__all__ = ["ALREADY", "Ahead", "Grade", "foreseen", "on_offer"]

Grade = Literal["passed", "useful", "gap_closed"]

ALREADY = "already passed"
_FAILED = "not passed"
_UNKNOWN = "outcome not known"
_NOTHING = "outcome of 0"
_AGAIN = "the same module once more"
_NOT_OFFERED = "not on offer"
_NO_PROFILE = "person without a profile"
_RULES: Mapping[Rule, str] = {
    Rule.TAKEN: ALREADY,
    Rule.NOT_VALID: "not valid on the day",
    Rule.PROJECT: "final project before its time",
    Rule.FORMAL_ENTRY: "formal entry requirements not met",
    Rule.ENTRY: "levels expected on entry not reached",
    Rule.CLOSES_NOTHING: "closes nothing of the gap",
}

#: Pairs of a person and a module that are looked at together, to bound the memory.
_CELLS = 1 << 22


@dataclass(frozen=True)
class Ahead:
    """Somebody to recommend to.

    Attributes
    ----------
    person
        As they stood.
    taken
        What they took from then on.
    """

    person: Employee
    taken: tuple[Completion, ...]


def on_offer(catalogue: Catalogue, on: dt.date) -> frozenset[str] | None:
    """The modules that one can still sign up for; None for all, where no runs are known.

    A module with runs is on offer if one of them starts on that day or later and its deadline, if
    it has one, is not past. Of a module without any run it is unknown when it is held, also where
    those of others are known; what is unknown keeps nobody out.
    """
    runs = catalogue.runs.values()
    if not runs:
        return None
    ahead = {
        run.module
        for run in runs
        if run.start >= on and (run.deadline is None or run.deadline >= on)
    }
    return frozenset(catalogue.modules) - ({run.module for run in runs} - ahead)


def foreseen(
    ahead: Sequence[Ahead],
    catalogue: Catalogue,
    on: dt.date,
    candidates: frozenset[str] | None,
    grade: Grade,
    horizon: Horizon,
    dropped: Counter[str],
) -> list[tuple[Employee, Mapping[str, float]]]:
    """People with a grade above 0 for each module that a recommendation could have foreseen.

    People of whom nothing is left are left out. Each completion is in a grade or in `dropped`,
    under the first reason that applies.

    Parameters
    ----------
    candidates
        What was on offer; None for all.
    """
    graded = [_graded(one.taken, grade, dropped) for one in ahead]
    wanted = [_offered(own, candidates, dropped) for own in graded]
    some = [i for i, own in enumerate(wanted) if own]
    people = [ahead[i].person for i in some]
    closed = _closed(people, [wanted[i] for i in some], catalogue, on, horizon)
    found: list[tuple[Employee, Mapping[str, float]]] = []
    for i, person, reasons in zip(some, people, closed, strict=True):
        dropped.update(reasons.values())
        left = {name: graded[i][name] for name in wanted[i] if name not in reasons}
        if left:
            found.append((person, FrozenDict(left)))
    return found


def _graded(taken: Sequence[Completion], grade: Grade, dropped: Counter[str]) -> dict[str, float]:
    """The best grade of each module."""
    found: dict[str, float] = {}
    for done in taken:
        value: float | None = 1.0 if grade == "passed" else getattr(done, grade)
        if not done.passed:
            dropped[_FAILED] += 1
        elif value is None:
            dropped[_UNKNOWN] += 1
        elif value == 0:
            dropped[_NOTHING] += 1
        else:
            dropped[_AGAIN] += done.module in found
            found[done.module] = max(value, found.get(done.module, 0.0))
    return found


def _offered(
    graded: Mapping[str, float], candidates: frozenset[str] | None, dropped: Counter[str]
) -> list[str]:
    offered = [name for name in sorted(graded) if candidates is None or name in candidates]
    dropped[_NOT_OFFERED] += len(graded) - len(offered)
    return offered


def _closed(
    people: Sequence[Employee],
    wanted: Sequence[Sequence[str]],
    catalogue: Catalogue,
    on: dt.date,
    horizon: Horizon,
) -> list[dict[str, str]]:
    """By person, which of some modules the library would not recommend, and why."""
    engine = engine_of(ladder_of(catalogue, on), "coverage", horizon)
    roster = engine.ladder.roster(people)
    found = [dict.fromkeys(own, _NO_PROFILE) for own in wanted]
    size = max(1, min(CHUNK, _CELLS // max(1, len(catalogue.modules))))
    for blend, members in groups_of(roster, engine.blends(roster, None)):
        for start in range(0, len(members), size):
            rows = members[start : start + size]
            own = [wanted[i] for i in rows.tolist()]
            reasons = _broken(engine, roster.part(rows), blend, own)
            for i, one in zip(rows.tolist(), reasons, strict=True):
                found[i] = one
    return found


def _broken(
    engine: Engine, roster: Roster, blend: Blend, wanted: Sequence[Sequence[str]]
) -> Iterator[dict[str, str]]:
    """The first rule that each of some modules breaks, for people with one profile."""
    ladder, task = engine.ladder, engine.task(roster, blend)
    position = ladder.catalogue.modules.position
    broken = broken_rules(ladder, roster, ladder.held(roster))
    masks = {**broken, Rule.CLOSES_NOTHING: task.closes_nothing}
    for i, names in enumerate(wanted):
        at = np.array([position[name] for name in names], dtype=np.intp)
        closed = zip(names, at.tolist(), task.eligible[i, at].tolist(), strict=True)
        yield {
            name: next(said for rule, said in _RULES.items() if masks[rule][i, j])
            for name, j, may in closed
            if not may
        }
