"""One person's choice as arrays: which modules could be taken in which periods, and what for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from fagprofil.model import Module
from fagprofil.planning.asked import Asked
from fagprofil.planning.calendar import within_years
from fagprofil.planning.doors import Doors
from fagprofil.planning.limits import LimitName, thousandths
from fagprofil.planning.pathway_options import Ends, Options, Ways, ways_of
from fagprofil.planning.programme import Progress
from fagprofil.planning.purse import Payer, Purse

__all__ = ["PathwayTask", "Plan"]

#: The period, by its position, in which each module is taken, modules by their position in a task.
Plan = Mapping[int, int]

_PER_PERIOD: Mapping[LimitName, str] = {"ects_per_period": "ects", "days_per_period": "days"}
_IN_ALL: Mapping[LimitName, str] = {"ects": "ects", "days": "days", "modules": "modules"}


class PathwayTask:
    """Everything that a pathway is chosen by; values are whole numbers of `fagprofil.ladder.UNIT`.

    Attributes
    ----------
    modules
        The N modules that could be of use, in the catalogue's order.
    worth
        What it is worth to reach a step by the end of each period, shape (T, K, L), falling along
        the first axis.
    held
        The level of each competence that is reached without any module, shape (K,).
    teaches, demands
        Of each module: competences and the levels that it lifts to, or that it expects and that
        are not held.
    required
        Modules that must be taken.
    """

    def __init__(self, asked: Asked, doors: Doors, *, closing: bool = True) -> None:
        self.asked, self.doors = asked, doors
        ladder = asked.ladder
        catalogue = asked.catalogue
        self.held = asked.reached()
        # Without `closing`, only what is required counts.
        horizons = [asked.horizon.beginning(one.end) for one in asked.periods] if closing else []
        shape = (len(asked.periods), len(ladder.competences), ladder.top)
        self.worth = np.array([asked.unmet(one) for one in horizons] or np.zeros(shape, np.int64))
        every = list(catalogue.modules.values())
        self.rules = {one.id: doors.rules(one) for one in every}
        open_to = [one for one in every if None in self.rules[one.id]]
        self.earliest = _earliest(open_to, self)
        reachable = [one for one in open_to if self.earliest[one.id] < len(asked.periods)]
        self.needed = self._required()
        useful = _useful(reachable, self)
        self.modules = tuple(one for one in reachable if one.id in useful)
        self.position = {one.id: i for i, one in enumerate(self.modules)}
        position = ladder.position
        self.teaches = [_pairs(one.teaches, position) for one in self.modules]
        self.demands = [self._unmet(one) for one in self.modules]
        self.required = tuple(self.position[x] for x in self.needed if x in self.position)
        #: What is required and cannot be had at all.
        self.lacking = tuple(x for x in self.needed if x not in self.position)

    @property
    def progress(self) -> Progress | None:
        """How far the person has come in the programme asked for."""
        return self.doors.progress

    def _unmet(self, module: Module) -> list[tuple[int, int]]:
        if not self.asked.asks("entry"):
            return []
        pairs = _pairs(module.entry, self.asked.ladder.position)
        return [(k, level) for k, level in pairs if level > self.held[k]]

    def _required(self) -> tuple[str, ...]:
        """The modules that must be in every plan."""
        asked, goal = self.asked, self.progress
        names = [x for x in asked.must if asked.asks(f"must:{x}")]
        if goal is not None and asked.complete and asked.asks("complete"):
            names += goal.compulsory
            if goal.finished is None and goal.programme.project is not None:
                names.append(goal.programme.project)
        return tuple(sorted(set(names)))

    @cached_property
    def whole(self) -> tuple[int, NDArray[np.int64]] | None:
        """The ECTS still to be planned of the whole programme, and what each module adds."""
        asked, goal = self.asked, self.progress
        if goal is None or goal.ects is None or not asked.complete or not asked.asks("complete"):
            return None
        project = goal.finished or goal.programme.project
        size = 0 if project is None else self._ects(asked.catalogue.modules[project])
        return goal.ects - size - goal.passed, self.counts(goal)

    def counts(self, goal: Progress, *, outside: bool = True) -> NDArray[np.int64]:
        """What each module adds to a programme before its project, shape (N,)."""
        sizes = [
            self._ects(one) * (not one.project and (outside or one.id in goal.own))
            for one in self.modules
        ]
        return np.array(sizes, dtype=np.int64)

    @staticmethod
    def _ects(module: Module) -> int:
        return 0 if module.ects is None else thousandths(module.ects)

    # --- what limits are counted in -------------------------------------------------------------

    @cached_property
    def loads(self) -> Mapping[str, NDArray[np.int64]]:
        """ECTS and teaching days in thousandths and the number 1, of each module, shape (N,)."""
        days = [thousandths(one.teaching_days or 0) for one in self.modules]
        return {
            "ects": np.array([self._ects(one) for one in self.modules], dtype=np.int64),
            "days": np.array(days, dtype=np.int64),
            "modules": np.ones(len(self.modules), dtype=np.int64),
        }

    @cached_property
    def per_period(self) -> tuple[tuple[LimitName, NDArray[np.int64], int], ...]:
        """Limits on each period: name, loads and the limit."""
        return self._limits(_PER_PERIOD)

    @cached_property
    def in_all(self) -> tuple[tuple[LimitName, NDArray[np.int64], int], ...]:
        """Limits on all periods together, but for money."""
        return self._limits(_IN_ALL)

    def _limits(
        self, some: Mapping[LimitName, str]
    ) -> tuple[tuple[LimitName, NDArray[np.int64], int], ...]:
        found = []
        for name, load in some.items():
            most = self.asked.limit(name)
            if most is not None:
                whole = int(most) if load == "modules" else thousandths(most)
                found.append((name, self.loads[load], whole))
        return tuple(found)

    @cached_property
    def outside(self) -> tuple[NDArray[np.int64], int] | None:
        """ECTS from elsewhere than the programme asked for, and how much may be."""
        goal = self.progress
        if goal is None or not self.asked.asks("outside_ects") or not self.asked.asks("programme"):
            return None
        outside = np.array([self.doors.outside(one) for one in self.modules], dtype=np.int64)
        return self.loads["ects"] * outside, goal.outside or 0

    @cached_property
    def too_long(self) -> tuple[tuple[int, int], ...]:
        """Pairs of periods (or one) that are too long together for the programme asked for."""
        goal, periods = self.asked.programme, self.asked.periods
        if goal is None or goal.max_years is None or not self.asked.asks("max_years"):
            return ()
        years, count = goal.max_years, len(periods)
        return tuple(
            (s, t)
            for s in range(count)
            for t in range(s, count)
            if not within_years(periods[s].start, periods[t].end, years)
        )

    # --- options --------------------------------------------------------------------------------

    @cached_property
    def purse(self) -> Purse:
        """What modules cost."""
        return Purse(self.asked)

    @cached_property
    def _ways(self) -> Ways:
        return ways_of(self)

    @property
    def options(self) -> Options:
        """All ways of taking modules."""
        return self._ways.options

    @property
    def payers(self) -> tuple[Payer, ...]:
        """All ways of having them paid."""
        return self._ways.payers

    @property
    def ends(self) -> tuple[Ends, ...]:
        """What must come before projects."""
        return self._ways.ends

    @property
    def caps(self) -> Mapping[str, float]:
        """The caps of schemes that may be used up, in kroner."""
        return self._ways.caps

    @cached_property
    def offered(self) -> NDArray[np.bool_]:
        """Whether each module can be taken in each period, shape (N, T)."""
        offered = np.zeros((len(self.modules), len(self.asked.periods)), dtype=np.bool_)
        offered[self.options.module, self.options.period] = True
        return offered

    def open_periods(self, module: Module) -> list[int]:
        """The periods in which a module can be taken as far as entry goes."""
        rules, first = self.rules[module.id], self.earliest[module.id]
        return [t for t, rule in enumerate(rules) if rule is None and t >= first]


def _pairs(levels: Mapping[str, int] | None, position: Mapping[str, int]) -> list[tuple[int, int]]:
    return [(position[name], level) for name, level in (levels or {}).items() if level > 0]


def _earliest(modules: Sequence[Module], task: PathwayTask) -> dict[str, int]:
    """The first period in which each module's entry levels can be reached, limits apart."""
    asked, position = task.asked, task.asked.ladder.position
    level, never = task.held.copy(), len(asked.periods)
    first = {one.id: never for one in modules}
    waiting = list(modules)
    for t in range(never):
        admitted = [
            one
            for one in waiting
            if not asked.asks("entry")
            or all(level[k] >= least for k, least in _pairs(one.entry, position))
        ]
        for one in admitted:
            first[one.id] = t
        waiting = [one for one in waiting if first[one.id] == never]
        for one in modules:
            if first[one.id] <= t and task.rules[one.id][t] is None:
                for k, reached in _pairs(one.teaches, position):
                    level[k] = max(level[k], reached)
    for one in modules:
        if not any(rule is None for rule in task.rules[one.id][first[one.id] :]):
            first[one.id] = never
    return first


def _useful(modules: Sequence[Module], task: PathwayTask) -> set[str]:
    """The modules that close something, are required, or open the way to one of these."""
    asked, position = task.asked, task.asked.ladder.position
    most = task.worth.max(axis=0)
    by_id = {one.id: one for one in modules}
    waiting = [one.id for one in modules if _closes(one, position, most) or one.id in task.needed]
    if task.progress is not None and asked.complete and asked.asks("complete"):
        waiting += [one.id for one in modules if task.progress.takes(one, unlimited=True)]
    lifting: dict[int, list[tuple[int, str]]] = {}
    for one in modules:
        for k, level in _pairs(one.teaches, position):
            lifting.setdefault(k, []).append((level, one.id))
    found: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name in found or name not in by_id:
            continue
        found.add(name)
        one = by_id[name]
        for k, least in _pairs(one.entry, position):
            if least > task.held[k] and asked.asks("entry"):
                waiting += [other for level, other in lifting.get(k, ()) if level >= least]
        if one.project and asked.asks("project"):
            for goal in task.doors.ends(one):
                waiting += sorted(goal.own)
                if goal is task.progress:
                    waiting += [x.id for x in modules if task.doors.outside(x)]
    return found


def _closes(module: Module, position: Mapping[str, int], most: NDArray[np.int64]) -> bool:
    return any(most[k, :level].any() for k, level in _pairs(module.teaches, position))
