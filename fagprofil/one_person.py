"""One person's recommendations, for those who wait for an answer.

The same cells, keys and order as for many (see `fagprofil.offer`), without the batch's detours;
what rests on facts that many people share is kept.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fagprofil.batch import Order
from fagprofil.eligibility import closed_modules
from fagprofil.engine import Engine
from fagprofil.evidence import words_of
from fagprofil.gap_analysis import profile_status
from fagprofil.ladder import CERTAIN, UNIT
from fagprofil.model import Blend, Employee, Status
from fagprofil.offer import FIVE_GAIN, HELD, NOW_GAIN, OVER, Offer, Placed
from fagprofil.results import Found
from fagprofil.roster import facts_of

__all__ = ["OnePerson"]

Positions = NDArray[np.intp]

#: Settings that are kept: people of equal facts share one.
_KEPT = 1024


@dataclass(frozen=True, eq=False)
class _Setting:
    """What is the same for all people of the same facts and profile.

    Attributes
    ----------
    offer
        The profile's needs against all modules.
    person
        One such person, of whom nothing is said.
    state
        Their states, shape (C, 1), and the level that their backgrounds bring.
    closed
        The offer's modules that are closed to them but for levels.
    basis
        The weakest status of what the profile requires.
    terms
        The fields of recommendations that do not depend on levels, by module, as they were asked
        for.
    """

    offer: Offer
    person: Employee
    state: Positions
    brought: Positions
    closed: Positions
    basis: Status
    terms: dict[int, dict[str, Any]] = field(default_factory=dict)


class OnePerson:
    """Ranks the modules of one person at a time, by what they close."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._settings: dict[tuple[Any, ...], _Setting] = {}

    def find(self, employee: Employee, profile: Blend, order: Order) -> Found:
        """The modules that close most for a person.

        Raises
        ------
        DataError
            Everything about the person that does not fit the catalogue.
        """
        catalogue = self.engine.ladder.catalogue
        try:
            setting = self._setting_of(employee, profile, order)
            people = self._placed(setting, employee)
        except KeyError:
            # Looked up again with care, to tell of everything that is wrong at once.
            catalogue.check_employees([employee])
            raise
        offer = setting.offer
        keys = offer.keys_of_one(people)
        keys[setting.closed] = -1
        # Sorting all keys is faster here than finding out which need not be sorted.
        keys.sort()
        best = keys[: -order.k - 1 : -1]
        module = offer.unpacked(best[best >= offer.floor])
        known = bool(len(best)) and int(best[0]) >= offer.sure
        items = list(self._items(setting, people, module, employee)) if known else []
        named = {reason["competence"] for one in items for reason in one["reasons"]} - {None}
        return Found(offer.gap_of_one(people), items, named)

    def _setting_of(self, employee: Employee, profile: Blend, order: Order) -> _Setting:
        position = self.engine.ladder.catalogue.modules.position
        done = sorted({(position[one.module], one.passed) for one in employee.completed})
        facts, years = facts_of(employee), employee.relevant_years
        # Profiles are the same when they are the same objects: the setting keeps them alive.
        parts = tuple((share, id(one)) for share, one in profile.parts)
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
        brought = ladder.brought(roster)[0, offer.competences]
        return _Setting(
            offer=offer,
            person=bare,
            state=(ladder.top + 1 + brought)[:, None],
            brought=brought,
            closed=np.flatnonzero(shut[offer.modules]),
            basis=profile_status(profile, ladder.catalogue),
        )

    def _placed(self, setting: _Setting, employee: Employee) -> Placed:
        ladder, offer = self.engine.ladder, setting.offer
        known, words = words_of(
            employee, ladder.catalogue, ladder.position, ladder.on, ladder.model
        )
        state = setting.state.copy()
        if known:
            at = offer.at[list(known)]
            state[at[at >= 0], 0] = np.array(list(known.values()))[at >= 0]
        heard = [word for word in words if word[0] not in known and offer.at[word[0]] >= 0]
        if not heard:
            return offer.place_standing(ladder.common_states.of(state))
        competence, kind, level, weight = zip(*heard, strict=True)
        at = offer.at[list(competence)]
        said = (np.array(kind), np.array(level), np.array(weight))
        brought = setting.brought[:, None]
        return offer.place_standing(ladder.rated_standing(state, brought, at, at * 0, *said))

    def _items(
        self, setting: _Setting, people: Placed, modules: Positions, employee: Employee
    ) -> Iterator[dict[str, Any]]:
        offer, names = setting.offer, self.engine.ladder.competences
        worth, competences = offer.worth_to_one(people, modules)
        sums = worth.sum(axis=1)
        gains = (sums * UNIT).tolist()
        taught = (offer.steps_taught[modules] * CERTAIN).tolist()
        mapped = offer.ladder.mapped[offer.modules[modules]].tolist()
        parts = zip(worth[..., OVER].tolist(), competences.tolist(), strict=True)
        for i, ((values, about), local) in enumerate(zip(parts, modules.tolist(), strict=True)):
            known, gain = mapped[i], gains[i]
            yield {
                **self._terms(setting, local, employee),
                "rank": i + 1,
                "score": gain[OVER] if known else None,
                "reasons": _reasons(values, [names[k] for k in about]) if known else _UNKNOWN,
                "gain_now": gain[NOW_GAIN] if known else None,
                "gain_five_years": gain[FIVE_GAIN] if known else None,
                "repeats": sums[i, HELD] / taught[i] if taught[i] else None,
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


_UNKNOWN: tuple[dict[str, Any], ...] = ({"name": "no opinion", "competence": None, "value": 0.0},)


def _reasons(values: Sequence[int], names: Sequence[str]) -> list[dict[str, Any]]:
    """The parts that are not nothing, largest first, then by competence."""
    parts = sorted([(-value, name) for value, name in zip(values, names, strict=True) if value])
    return [
        {"name": "gap closed", "competence": name, "value": -value * UNIT} for value, name in parts
    ]
