"""One person's recommendations, for those who wait for an answer.

The same cells, keys and order as for many (see `fagprofil.offer`), without the batch's detours;
what rests on facts that many people share is kept.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from fagprofil.batch import Order
from fagprofil.eligibility import closed_modules
from fagprofil.engine import Engine
from fagprofil.errors import DataError
from fagprofil.evidence import rated_chances, words_of
from fagprofil.gap_analysis import profile_status
from fagprofil.ladder import UNIT
from fagprofil.memory import keep
from fagprofil.model import Blend, Employee, Status
from fagprofil.offer import FIVE_GAIN, HELD, NOW_GAIN, OVER, Offer
from fagprofil.results import Found
from fagprofil.roster import facts_of
from fagprofil.standing import CERTAIN, States

__all__ = ["OnePerson"]

Positions = NDArray[np.intp]

#: Settings that are kept: people of equal facts share one.
_KEPT = 1024
#: Offers of which lists are kept; those of a service's own blends come and go.
_KEPT_LISTS = 64


@dataclass(frozen=True, eq=False)
class _Setting:
    """What is the same for all people of the same facts and profile.

    Attributes
    ----------
    offer, lists
        The profile's needs against all modules.
    person
        One such person, of whom nothing is said.
    start
        Where their cells begin, by competence.
    brought
        The level that their backgrounds bring, shape (C,).
    closed
        The offer's modules that are closed to them but for levels.
    basis
        The weakest status of what the profile requires.
    profile
        The fields that tell of the profile.
    terms
        The fields of recommendations that do not depend on levels, by module, as they were asked
        for.
    """

    offer: Offer
    lists: _Lists
    person: Employee
    start: list[int]
    brought: Positions
    closed: Positions
    basis: Status
    profile: Mapping[str, Any]
    terms: dict[int, dict[str, Any]] = field(default_factory=dict)


class _Lists:
    """An offer as lists, in which single entries are looked up faster than in arrays."""

    def __init__(self, offer: Offer) -> None:
        self.offer = offer
        self.width = offer.width
        self.half = offer.keys.floor
        self.values: list[list[int]] = offer.common_cells.T.tolist()
        self.place: list[int] = offer.at.tolist()
        self.needed: list[int] = np.flatnonzero(offer.need[0].any(axis=1)).tolist()
        self.mapped: list[bool] = offer.ladder.mapped[offer.modules].tolist()
        self.steps: list[int] = offer.steps_taught.tolist()
        self.names = [offer.ladder.competences[k] for k in offer.competences]
        # What each module teaches: the competence's place, and the level.
        self.teaching: list[list[tuple[int, int]]] = [[] for _ in offer.modules]
        for module, place, level in np.column_stack([*vars(offer.taught).values()]).tolist():
            self.teaching[module].append((place, level))
        states, keys = offer.ladder.common_states, offer.keys
        self.closing = self._closing(offer.common_cells[OVER])
        self.barring = np.tile(self._barring(states), len(offer.competences))
        # Where each row's cell lies in its run, and whether it is one of those that bar; last a
        # row of nothing, whose run is that of no competence.
        self.run = np.append(keys.competence, len(offer.competences))
        self.level = np.append(keys.level, 0)
        self.bars = np.append(np.arange(len(keys.level)) >= keys.bars, False)

    def _closing(self, cells: NDArray[np.int64]) -> NDArray[np.int64]:
        """What cells add to a key, of what they close."""
        return cells << self.offer.keys.bits

    def _barring(self, states: States) -> NDArray[np.int64]:
        """What the cells of some states add to a key where its module expects their level."""
        cells = np.zeros((len(states), self.width), dtype=np.int64)
        cells[:, 1:] = states.barred.T * self.offer.keys.barred
        return cells.reshape(-1)

    @cached_property
    def common(self) -> _Cells:
        """The cells of the states that many share."""
        return self._cells(self.closing, self.barring, self.values)

    def with_own(self, competence: Positions, states: States) -> _Cells:
        """These, and behind them those of a person's own states of some competences."""
        own = self.offer.cells(competence, states, np.arange(len(states))).reshape(-1, HELD + 1)
        closing = np.concatenate([self.closing, self._closing(own[:, OVER])])
        barring = np.concatenate([self.barring, self._barring(states)])
        return self._cells(closing, barring, self.values + own.tolist())

    def _cells(
        self, closing: Positions, barring: Positions, values: Sequence[Sequence[int]]
    ) -> _Cells:
        keys = np.concatenate([closing, barring, np.zeros(1, dtype=np.int64)])
        return _Cells(keys, self.level + len(closing) * self.bars, values)

    def run_of(self, place: int, level: int) -> int:
        """Where the cells of a known level begin."""
        return (place * 2 * self.width + level) * self.width

    def module_of(self, key: int) -> int:
        """The module of a key that is not below the offer's floor."""
        return self.half - 1 - (key & (self.half - 1))

    def keys(self, start: Sequence[int], cells: _Cells) -> NDArray[Any]:
        """The keys of a single person, shape (modules,)."""
        rows = np.array([*start, len(cells.keys) - 1]).take(self.run)
        rows += cells.offset
        order = self.offer.keys
        sums: NDArray[Any] = cells.keys.take(rows).take(order.sums).sum(axis=0)
        sums += order.order
        return sums


class _Cells(NamedTuple):
    """Cells as keys: what they close, then what they bar, then nothing.

    Attributes
    ----------
    keys, values
        Of each cell.
    offset
        Where the cell of each row lies in its run.
    """

    keys: NDArray[Any]
    offset: Positions
    values: Sequence[Sequence[int]]


class OnePerson:
    """Ranks the modules of one person at a time, by what they close.

    For so little, Python's own lists are faster than arrays but where all modules are summed.
    """

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._settings: dict[tuple[Any, ...], _Setting] = {}
        self._lists: dict[Offer, _Lists] = {}

    def find(self, employee: Employee, profile: Blend, order: Order) -> Found:
        """The modules that close most for a person.

        Raises
        ------
        DataError
            Everything about the person that does not fit the catalogue.
        """
        try:
            setting = self._setting_of(employee, profile, order)
            start, cells = self._cells(setting, employee)
        except (KeyError, DataError):
            # Looked up again with care, to tell of everything that is wrong at once.
            self.engine.ladder.catalogue.check_employees([employee])
            raise
        offer, lists = setting.offer, setting.lists
        sums, values = lists.keys(start, cells), cells.values
        sums[setting.closed] = -1
        # Sorting all keys is faster here than finding out which need not be sorted.
        sums.sort()
        best = sums[: -order.k - 1 : -1].tolist()
        gap = sum([values[start[k] + offer.ladder.top][OVER] for k in lists.needed]) * UNIT
        named: set[str | None] = set()
        items: list[dict[str, Any]] = []
        if best and best[0] >= offer.keys.sure:
            for key in best:
                if key >= offer.keys.floor:
                    item = self._item(setting, start, values, lists.module_of(key), employee)
                    items.append({"rank": len(items) + 1, **item})
                    named.update([one["competence"] for one in item["reasons"]])
        return Found(setting.profile, gap, items, {one for one in named if one})

    def _setting_of(self, employee: Employee, profile: Blend, order: Order) -> _Setting:
        position = self.engine.ladder.catalogue.modules.position
        done = sorted({(position[one.module], one.passed) for one in employee.completed})
        facts, years = facts_of(employee), employee.relevant_years
        # Profiles are the same when they are the same objects: the setting keeps them alive.
        parts = tuple([(share, id(one)) for share, one in profile.parts])
        key = (facts, years, tuple(done), order.exclude, profile.how, parts)
        setting = self._settings.get(key)
        if setting is None:
            setting = self._setting(employee, profile, order)
            keep(self._settings, key, setting, _KEPT)
        return setting

    def _lists_of(self, offer: Offer) -> _Lists:
        lists = self._lists.get(offer)
        if lists is None:
            if len(self._lists) >= _KEPT_LISTS:
                # They hold the lists of their offers.
                self._settings.clear()
            lists = _Lists(offer)
            keep(self._lists, offer, lists, _KEPT_LISTS)
        return lists

    def _setting(self, employee: Employee, profile: Blend, order: Order) -> _Setting:
        ladder, offer = self.engine.ladder, self.engine.offer(profile)
        bare = employee.model_copy(update={"evidence": ()})
        roster, nobody = ladder.roster([bare]), np.zeros(1, dtype=np.intp)
        closed = closed_modules(ladder, roster, nobody, order.exclude)
        shut = np.logical_or.reduce(list(closed.rules.values()))[0]
        shut[roster.taken] = True
        brought = ladder.brought(roster)[0, offer.competences]
        states = len(ladder.common_states)
        start = np.arange(len(offer.competences)) * states + ladder.top + 1 + brought
        return _Setting(
            offer=offer,
            lists=self._lists_of(offer),
            person=bare,
            start=(start * offer.width).tolist(),
            brought=brought,
            closed=np.flatnonzero(shut[offer.modules]),
            basis=profile_status(profile, ladder.catalogue),
            profile={"profile": profile.id, "profile_name": profile.name},
        )

    def _cells(self, setting: _Setting, employee: Employee) -> tuple[list[int], _Cells]:
        """Where the person's cells begin, by competence, and all cells."""
        ladder, lists = self.engine.ladder, setting.lists
        known, words = words_of(
            employee, ladder.catalogue, ladder.position, ladder.on, ladder.model
        )
        start, place = setting.start.copy(), lists.place
        for k, level in known.items():
            if place[k] >= 0:
                start[place[k]] = lists.run_of(place[k], level)
        heard = [word for word in words if word[0] not in known and place[word[0]] >= 0]
        if not heard:
            return start, lists.common
        competence, kind, level_said, weight = zip(*heard, strict=True)
        order = {k: i for i, k in enumerate(dict.fromkeys(competence))}
        own = np.array([order[k] for k in competence])
        at = np.array([place[k] for k in order])
        said = (np.array(kind), np.array(level_said), np.array(weight))
        chance = rated_chances(setting.brought[at], own, *said, ladder.model, ladder.top)
        for i, k in enumerate(at.tolist()):
            start[k] = len(lists.values) + i * lists.width
        return start, lists.with_own(at, ladder.rated_states(chance))

    def _item(
        self,
        setting: _Setting,
        start: list[int],
        values: Sequence[Sequence[int]],
        local: int,
        employee: Employee,
    ) -> dict[str, Any]:
        """The fields of the recommendation of one module."""
        lists = setting.lists
        terms = self._terms(setting, local, employee)
        if not lists.mapped[local]:
            return {**terms, **_UNKNOWN}
        over = now = later = held = 0
        parts = []
        for place, level in lists.teaching[local]:
            value = values[start[place] + level]
            over += value[OVER]
            now += value[NOW_GAIN]
            later += value[FIVE_GAIN]
            held += value[HELD]
            if value[OVER]:
                # Largest first, then by competence.
                parts.append((-value[OVER], lists.names[place]))
        parts.sort()
        return {
            **terms,
            "score": over * UNIT,
            "reasons": [
                {"name": "gap closed", "competence": name, "value": -value * UNIT}
                for value, name in parts
            ],
            "gain_now": now * UNIT,
            "gain_five_years": later * UNIT,
            "repeats": held / (lists.steps[local] * CERTAIN) if lists.steps[local] else None,
        }

    def _terms(self, setting: _Setting, local: int, employee: Employee) -> dict[str, Any]:
        """What does not depend on levels."""
        if local not in setting.terms:
            catalogue = self.engine.ladder.catalogue
            module = catalogue.modules[catalogue.module_ids[setting.offer.modules[local]]]
            years_known = employee.relevant_years is not None
            found = self.engine.terms.of(setting.person, years_known, module, setting.basis)
            setting.terms[local] = {
                "module": module.id,
                "title": module.title,
                "ects": module.ects,
                "net_price": found.net_price,
                "status": found.status,
                "notes": found.notes,
            }
        return setting.terms[local]


_UNKNOWN: Mapping[str, Any] = {
    "score": None,
    "reasons": ({"name": "no opinion", "competence": None, "value": 0.0},),
    "gain_now": None,
    "gain_five_years": None,
    "repeats": None,
}
