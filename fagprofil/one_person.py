"""One person's recommendations, for those who wait for an answer.

The same cells, keys and order as for many (see `fagprofil.offer`), without the batch's detours;
what rests on facts that many people share is kept.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fagprofil.batch import Order
from fagprofil.eligibility import closed_modules
from fagprofil.engine import Engine
from fagprofil.errors import DataError
from fagprofil.evidence import words_of
from fagprofil.gap_analysis import profile_status
from fagprofil.ladder import UNIT
from fagprofil.model import Blend, Employee, Status
from fagprofil.offer import FIVE_GAIN, HELD, NOW_GAIN, OVER, Offer
from fagprofil.results import Found
from fagprofil.roster import facts_of
from fagprofil.standing import CERTAIN

__all__ = ["OnePerson"]

Positions = NDArray[np.intp]

#: Settings that are kept: people of equal facts share one.
_KEPT = 1024


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
        The level that their backgrounds bring, shape (C, 1).
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
        self.width = offer.ladder.top + 1
        self.half = 1 << (offer.bits - 1)
        self.values: list[list[int]] = offer.common_values.tolist()
        self.place: list[int] = offer.at.tolist()
        needed = np.flatnonzero(offer.needs[0].any(axis=1))
        self.needed: list[int] = offer.at[needed].tolist()
        self.mapped: list[bool] = offer.ladder.mapped[offer.modules].tolist()
        self.steps: list[int] = offer.steps_taught.tolist()
        self.names = [offer.ladder.competences[k] for k in offer.competences]
        # What each module teaches: the competence's place, and the level.
        self.teaching: list[list[tuple[int, int]]] = [[] for _ in offer.modules]
        for module, place, level in np.column_stack(offer.taught).tolist():
            self.teaching[module].append((place, level))
        self._rows = self._padded()

    def _padded(self) -> Positions:
        """The rows that each module's key is summed from, shape (most, modules); padded."""
        sums = self.offer.wide
        count = np.diff(sums.indptr)
        rows = np.full((int(count.max(initial=1)), len(count)), sums.shape[1], dtype=np.intp)
        module = np.repeat(np.arange(len(count)), count)
        rows[np.arange(len(module)) - sums.indptr[module], module] = sums.indices
        return rows

    def run_of(self, place: int, level: int) -> int:
        """Where the cells of a known level begin."""
        return (place * 2 * self.width + level) * self.width

    def module_of(self, key: int) -> int:
        """The module of a key that is not below the offer's floor."""
        return self.half - 1 - (key & (self.half - 1))

    def keys(self, start: Positions, keys: NDArray[Any]) -> NDArray[Any]:
        """What `Offer.keys` gives for a single person, shape (modules,)."""
        offer = self.offer
        cells = start[offer.row_competence] + offer.row_level
        cells[offer.bars :] += len(keys) // 2
        summands = np.append(keys.take(cells), 0)
        return np.asarray(summands.take(self._rows).sum(axis=0) + offer.order)


class OnePerson:
    """Ranks the modules of one person at a time, by what they close.

    For so little, Python's own lists are faster than arrays but where all modules are summed.
    """

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._settings: dict[tuple[Any, ...], _Setting] = {}
        self._lists = lru_cache(_KEPT)(_Lists)

    def find(self, employee: Employee, profile: Blend, order: Order) -> Found:
        """The modules that close most for a person.

        Raises
        ------
        DataError
            Everything about the person that does not fit the catalogue.
        """
        try:
            setting = self._setting_of(employee, profile, order)
            start, keys, values = self._cells(setting, employee)
        except (KeyError, DataError):
            # Looked up again with care, to tell of everything that is wrong at once.
            self.engine.ladder.catalogue.check_employees([employee])
            raise
        offer, lists = setting.offer, setting.lists
        sums = lists.keys(np.array(start), keys)
        sums[setting.closed] = -1
        # Sorting all keys is faster here than finding out which need not be sorted.
        sums.sort()
        best = sums[: -order.k - 1 : -1].tolist()
        gap = sum([values[start[k] + offer.ladder.top][OVER] for k in lists.needed]) * UNIT
        named: set[str | None] = set()
        items: list[dict[str, Any]] = []
        if best and best[0] >= offer.sure:
            for key in best:
                if key >= offer.floor:
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
        if key not in self._settings:
            if len(self._settings) >= _KEPT:
                self._settings.clear()
            self._settings[key] = self._setting(employee, profile, order)
        return self._settings[key]

    def _setting(self, employee: Employee, profile: Blend, order: Order) -> _Setting:
        ladder, offer = self.engine.ladder, self.engine.offer(profile)
        bare = employee.model_copy(update={"evidence": ()})
        roster, nobody = ladder.roster([bare]), np.zeros(1, dtype=np.intp)
        closed = closed_modules(ladder, roster, nobody, order.exclude)
        shut = np.logical_or.reduce(list(closed.rules.values()))[0]
        shut[roster.taken] = True
        brought = ladder.brought(roster)[0, offer.competences][:, None]
        people = offer.place_standing(ladder.common_states.of(ladder.top + 1 + brought))
        return _Setting(
            offer=offer,
            lists=self._lists(offer),
            person=bare,
            start=people.start[:, 0].tolist(),
            brought=brought,
            closed=np.flatnonzero(shut[offer.modules]),
            basis=profile_status(profile, ladder.catalogue),
            profile={"profile": profile.id, "profile_name": profile.name},
        )

    def _cells(
        self, setting: _Setting, employee: Employee
    ) -> tuple[list[int], NDArray[Any], Sequence[Sequence[int]]]:
        """Where the person's cells begin, and the keys and values of all cells."""
        ladder, offer = self.engine.ladder, setting.offer
        known, words = words_of(
            employee, ladder.catalogue, ladder.position, ladder.on, ladder.model
        )
        lists, start = setting.lists, setting.start.copy()
        place = lists.place
        for k, level in known.items():
            if place[k] >= 0:
                start[place[k]] = lists.run_of(place[k], level)
        heard = [word for word in words if word[0] not in known and place[word[0]] >= 0]
        if not heard:
            return start, offer.common_keys, lists.values
        competence, kind, level_said, weight = zip(*heard, strict=True)
        at = offer.at[list(competence)]
        nobody = np.zeros((len(offer.competences), 1), dtype=np.intp)
        said = (np.array(kind), np.array(level_said), np.array(weight))
        standing = ladder.rated_standing(nobody, setting.brought, at, at * 0, *said)
        keys, own = offer.own_cells(standing)
        for i, k in enumerate(standing.own.tolist()):
            start[k] = len(lists.values) + i * lists.width
        return start, keys, lists.values + own.tolist()

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
