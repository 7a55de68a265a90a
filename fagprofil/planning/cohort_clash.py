"""Why there is no plan: a smallest set of limits that clash, and who and what is concerned."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import combinations
from typing import Any, TypeVar

import numpy as np

from fagprofil.errors import Infeasible
from fagprofil.model import ModuleRun, Text
from fagprofil.planning.cohort_build import program
from fagprofil.planning.cohort_integer import integer
from fagprofil.planning.cohort_limits import CohortLimits
from fagprofil.planning.cohort_model import Family, Model, Sheet
from fagprofil.planning.cohort_money import Money
from fagprofil.planning.cohort_people import Crowd
from fagprofil.planning.cohort_relax import Clock, relaxed
from fagprofil.planning.cohort_seats import Barrier, Seats
from fagprofil.planning.cohort_wishes import Wish, Wishes
from fagprofil.planning.cohort_words import BARRIERS, about_rows, about_wishes

__all__ = ["clash", "irreducible"]

T = TypeVar("T")
Rule = Family | Barrier

#: How a limit is left out of the question.
_LIMITS: Mapping[Family, Mapping[str, Any]] = {
    Family.CLASSES: {"classes": None},
    Family.ECTS: {"ects": None},
    Family.AWAY: {"away": None},
    Family.PRESENCE: {"presence": ()},
    Family.BUDGET: {"budget": None},
    Family.UNIT_BUDGET: {"unit_budget": None},
    Family.TOGETHER: {"together": False},
    Family.MIX: {"mix": None},
}
_RUNS: Mapping[Family, Mapping[str, Any]] = {
    Family.FULL: {"seats_max": None},
    Family.FEW: {"seats_min": None},
}
_BARRIERS = (
    Barrier.LATE,
    Barrier.UNKNOWN,
    Barrier.UNWANTED,
    Barrier.INELIGIBLE,
    Barrier.NOT_VALID,
    Barrier.PLACE,
)
#: What can be left out of the question. That a module is taken once cannot.
RULES: tuple[Rule, ...] = (*_RUNS, Family.CLASH, *_LIMITS, *_BARRIERS)
#: How often a budget is checked by the bill.
_BILLS = 50
#: Possible seats up to which the limits are looked at first.
_SMALL = 2_000
#: Possible seats of those who must go up to which sets are tried in whole numbers.
_EXACT = 500


def irreducible(items: Sequence[T], clashes: Callable[[Sequence[T]], bool]) -> list[T]:
    """Items that clash, and of which none can be left out (U. Junker 2004, QuickXplain).

    Parameters
    ----------
    clashes
        Whether some items clash; more items clash where fewer do. All of them do.

    Examples
    --------
    >>> irreducible(range(10), lambda some: {3, 7} <= set(some))
    [3, 7]
    """

    def within(base: list[T], new: bool, rest: Sequence[T]) -> list[T]:
        if new and clashes(base):
            return []
        if len(rest) == 1:
            return list(rest)
        first, last = rest[: len(rest) // 2], rest[len(rest) // 2 :]
        later = within([*base, *first], bool(first), last)
        return [*within([*base, *later], bool(later), first), *later]

    return [] if not items or clashes([]) else within([], False, items)


@dataclass(frozen=True, eq=False)
class _Question:
    """A plan without an answer."""

    crowd: Crowd
    runs: tuple[ModuleRun, ...]
    limits: CohortLimits
    wishes: Wishes

    @cached_property
    def in_fractions(self) -> bool:
        """Whether no plan is looked for in whole numbers.

        So where there are many possible seats, and not even a plan in fractions: a set that
        clashes in fractions clashes in whole numbers.
        """
        model, _ = self.program(RULES, self.wishes.must)
        return len(model.seats) > _EXACT and not _solvable(model)

    def impossible(self, model: Model, money: Money | None) -> bool:
        """Whether a program has no solution; with its budgets, none that the bill allows."""
        if not _solvable(model):
            return True
        return not self.in_fractions and _without_plan(model, money)

    def seats(self, kept: Collection[Rule], must: Iterable[Wish]) -> Seats:
        """The possible seats when some rules are kept, and some must go."""
        limits = self.limits
        runs = self.runs
        for rule, change in _LIMITS.items():
            if rule not in kept:
                limits = limits.model_copy(update=dict(change))
        if Barrier.PLACE not in kept:
            limits = limits.model_copy(update={"places": {}})
        for rule, change in _RUNS.items():
            if rule not in kept:
                runs = tuple(run.model_copy(update=dict(change)) for run in runs)
        wishes = replace(self.wishes, must=tuple(must))
        waived = frozenset(one for one in _BARRIERS if one not in kept)
        return Seats.of(self.crowd, runs, limits, wishes, waived)

    def program(self, kept: Collection[Rule], must: Sequence[Wish]) -> tuple[Model, Money]:
        """The program of those who must go, and of others where they help to make a class."""
        seats = self.seats(kept, must)
        asked = seats.asked(must)
        shared = (seats.least > 1) | (seats.limits.mix is not None)
        filled = np.isin(np.arange(len(seats.runs)), seats.run[asked]) & shared
        model, money = program(seats.part(asked | filled[seats.run]))
        dropped = [Family.VALUE] if Family.CLASH in kept else [Family.VALUE, Family.CLASH]
        model = model.rows(~np.isin(model.family, dropped))
        return replace(model, worth=np.zeros_like(model.worth)), money

    def clashes(self, kept: Collection[Rule], must: Sequence[Wish]) -> bool:
        """Whether nobody can plan this."""
        return self.impossible(*self.program(kept, must))

    def people(self) -> list[Wish]:
        """Wishes that clash when all rules are kept, and of which none can be left out."""
        model, money = self.program(RULES, self.wishes.must)
        others = np.array([one is not Family.MUST for one in model.family], dtype=np.bool_)
        row = {about[0]: j for j, about in enumerate(model.about) if not others[j]}

        def clashing(some: Sequence[int]) -> bool:
            kept = others.copy()
            kept[[row[w] for w in some]] = True
            return self.impossible(model.rows(kept), money)

        order = range(len(self.wishes.must))
        return [self.wishes.must[w] for w in irreducible(order, clashing)]

    def rows(self, kept: Collection[Rule], must: Sequence[Wish]) -> list[tuple[Family, Any]]:
        """The rows of the rules that clash, and of which none can be left out."""
        model, _ = self.program(kept, must)
        always = (Family.MUST, Family.FUNDING)
        own = [j for j, one in enumerate(model.family) if one in kept or one is Family.ONCE]
        fixed = [j for j, one in enumerate(model.family) if one in always]

        def clashing(some: Sequence[int]) -> bool:
            wanted = np.zeros(len(model.family), dtype=np.bool_)
            wanted[[*fixed, *some]] = True
            return self.impossible(model.rows(wanted), None)

        if not own or not clashing(own):
            return []
        return [(model.family[j], model.about[j]) for j in irreducible(own, clashing)]


def _solvable(model: Model) -> bool:
    """Whether a program has a solution in fractions."""
    found = relaxed(model, Clock())
    return found is None or found.bound > -np.inf


def _without_plan(model: Model, money: Money | None) -> bool:
    """Whether a program has no solution in whole numbers, or none that the bill allows."""
    everything = np.ones(len(model.most), dtype=np.bool_)
    for _ in range(_BILLS):
        answer = integer(model, everything, 1.0, None, Clock())
        if answer.point is None:
            return True
        chosen = answer.point[: len(model.seats)] > 0.5
        sheet = Sheet(len(model.most))
        if money is None or not any(money.overruns(chosen)) or not money.cuts(sheet, chosen):
            return False
        model = model.plus(sheet)
    return True


def clash(
    crowd: Crowd, runs: tuple[ModuleRun, ...], limits: CohortLimits, wishes: Wishes
) -> Infeasible:
    """What to raise where there is no plan: as few limits as clash, and those who must go.

    Without anybody who must go there is always a plan, so a clash is one between wishes and limits.
    It is the smallest set of limits; and of the people, one of which nobody can be left out. Where
    there are many possible seats, the people are found first, and then their smallest set.
    """
    question = _Question(crowd, runs, limits, wishes)
    must = list(wishes.must)
    if len(question.seats(RULES, must)) > _SMALL:
        must = question.people()
    rules = _smallest(question, must)
    people = irreducible(must, lambda some: question.clashes(rules, some))
    found = question.rows(rules, people)
    said: dict[str, Text] = {"must": about_wishes(people, crowd)}
    twice = [Family.ONCE] if any(family is Family.ONCE for family, _ in found) else []
    for rule in (*twice, *rules):
        if isinstance(rule, Barrier):
            said[rule.value] = BARRIERS[rule]
        else:
            own = [about for family, about in found if family is rule]
            said[rule.value] = about_rows(rule, own, crowd, runs, limits)
    return Infeasible(said)


def _smallest(question: _Question, must: Sequence[Wish]) -> tuple[Rule, ...]:
    """The smallest set of rules that clash, the first one in the order of `RULES`."""
    found = irreducible(RULES, lambda some: question.clashes(some, must))
    for size in range(len(found)):
        for some in combinations(RULES, size):
            if question.clashes(some, must):
                return some
    return tuple(found)
