"""The people of a plan: where they work, what they lack, and which modules are closed to them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from fagprofil.catalogue import Catalogue
from fagprofil.eligibility import Ineligible, Rule, broken_rules, ineligible_modules
from fagprofil.gap_analysis import profile_status
from fagprofil.ladder import Ladder, closes, unmet
from fagprofil.model import Blend, Employee, Horizon, ProfileLike, Status
from fagprofil.standing import CERTAIN, Held

__all__ = ["Crowd"]

Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]
Positions = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Crowd:
    """n people in the order of their ids, so that the order in which they came plays no part.

    Attributes
    ----------
    ladder
        The catalogue, as of the day of the plan.
    people
        The people.
    profiles
        The profile that each is planned for; None for none.
    functions
        The id of each person's own profile, or else of the one planned for; ``""`` for none.
    held
        How sure we are of their levels.
    needs, need
        What each of the distinct profiles needs, in 1 / `fagprofil.ladder.NEED_UNITS`, shape
        (profiles, K, L), the first one nothing; and which of them is whose, shape (n,).
    closes
        What reaching each level would close, in `fagprofil.ladder.UNIT`, shape (n, K, L + 1).
    barred
        Which modules a rule keeps from whom, whatever the day, shape (n, M), by rule.
    """

    ladder: Ladder
    people: tuple[Employee, ...]
    profiles: tuple[Blend | None, ...]
    functions: tuple[str, ...]
    held: Held
    needs: Ints
    need: Positions
    closes: Ints
    barred: Mapping[Rule, Mask]

    @classmethod
    def of(
        cls,
        people: Iterable[Employee],
        ladder: Ladder,
        horizon: Horizon,
        profile: ProfileLike | None,
    ) -> Crowd:
        """The people, against their own profiles or one for all.

        Raises
        ------
        DataError
            Everything about them that does not fit the catalogue.
        UnknownName
            No such profile.
        """
        listed = tuple(sorted(people, key=lambda one: one.id))
        roster, catalogue = ladder.roster(listed), ladder.catalogue
        chosen = None if profile is None else catalogue.resolve(profile)
        own = _own_profiles(listed, catalogue)
        profiles = own if chosen is None else [chosen] * len(listed)
        held = ladder.held(roster)
        barred = dict(broken_rules(ladder, roster, held))
        # Judged by the day on which a class starts.
        del barred[Rule.NOT_VALID]
        functions = [
            one.id if one is not None else (other.id if other is not None else "")
            for one, other in zip(own, profiles, strict=True)
        ]
        needs, need = _needs(ladder, horizon, profiles)
        return cls(
            ladder=ladder,
            people=listed,
            profiles=tuple(profiles),
            functions=tuple(functions),
            held=held,
            needs=needs,
            need=need,
            closes=closes(unmet(needs[need], held.steps)),
            barred=barred,
        )

    def __len__(self) -> int:
        return len(self.people)

    @cached_property
    def position(self) -> Mapping[str, int]:
        """Where each id stands."""
        return {one.id: i for i, one in enumerate(self.people)}

    @cached_property
    def units(self) -> tuple[str, ...]:
        """The units, alphabetically; no unit is ``""``."""
        return tuple(sorted({one.unit or "" for one in self.people}))

    @cached_property
    def unit(self) -> Positions:
        """The position of each person's unit, shape (n,)."""
        place = {name: u for u, name in enumerate(self.units)}
        return np.array([place[one.unit or ""] for one in self.people], dtype=np.intp)

    @cached_property
    def unit_sizes(self) -> Positions:
        """How many people each unit has."""
        return np.bincount(self.unit, minlength=len(self.units))

    @cached_property
    def groups(self) -> Mapping[tuple[int, str], Positions]:
        """The people of each unit and function, who are counted when presence is."""
        found: dict[tuple[int, str], list[int]] = {}
        for i, (u, function) in enumerate(zip(self.unit.tolist(), self.functions, strict=True)):
            found.setdefault((u, function), []).append(i)
        return {key: np.array(found[key], dtype=np.intp) for key in sorted(found)}

    @cached_property
    def gap(self) -> Ints:
        """The whole gap of each person, in `fagprofil.ladder.UNIT`, shape (n,)."""
        return np.asarray(self.closes[:, :, -1].sum(axis=1), dtype=np.int64)

    @cached_property
    def short(self) -> Mask:
        """Who lacks at least half a step of what is needed of a competence, shape (n, K)."""
        missing = self.closes[:, :, -1]
        half = self.needs.max(axis=2)[self.need] * CERTAIN // 2
        return np.asarray((missing >= half) & (missing > 0), dtype=np.bool_)

    @cached_property
    def permitted(self) -> Mask:
        """Where no rule keeps a module from a person, shape (n, M)."""
        mask: Mask = ~np.logical_or.reduce(list(self.barred.values()))
        return mask

    @cached_property
    def gain(self) -> Ints:
        """What each module closes of each gap, in `fagprofil.ladder.UNIT`, shape (n, M)."""
        everything = np.arange(self.closes.shape[1], dtype=np.intp)
        picker = self.ladder.taught.picker(self.ladder.top, everything)
        # Not -1, which nobody's shape would not tell.
        wide = int(np.prod(self.closes.shape[1:]))
        columns = np.ascontiguousarray(self.closes.reshape(len(self), wide).T)
        return np.ascontiguousarray((picker @ columns).T)

    def worth(self, i: int, modules: Sequence[int]) -> int:
        """What some modules together close for a person, in `fagprofil.ladder.UNIT`."""
        return int(sum(self.parts(i, modules).values()))

    def parts(self, i: int, modules: Sequence[int], before: Sequence[int] = ()) -> dict[int, int]:
        """What modules close that others before them do not, by position of the competence."""
        reached, had = self._reached(modules), self._reached(before)
        own = self.closes[i]
        parts = {
            k: int(own[k, max(level, had.get(k, 0))] - own[k, had.get(k, 0)])
            for k, level in reached.items()
        }
        return {k: value for k, value in sorted(parts.items()) if value}

    def _reached(self, modules: Sequence[int]) -> dict[int, int]:
        levels: dict[int, int] = {}
        for m in modules:
            for k, level in self.lifts[m]:
                levels[k] = max(level, levels.get(k, 0))
        return levels

    @cached_property
    def lifts(self) -> tuple[tuple[tuple[int, int], ...], ...]:
        """The competences and levels that each module teaches."""
        taught = self.ladder.taught
        pairs = list(zip(taught.competence.tolist(), taught.level.tolist(), strict=True))
        return tuple(tuple(pairs[taught.of(m)]) for m in range(taught.shape[0]))

    def ineligible(self, i: int) -> tuple[Ineligible, ...]:
        """The modules that a rule keeps from a person, each with the reason."""
        rows = {rule: mask[i : i + 1] for rule, mask in self.barred.items()}
        held = Held(
            self.held.steps[i : i + 1], self.held.chance[i : i + 1], self.held.stated[i : i + 1]
        )
        return ineligible_modules(self.ladder, self.people[i], held, rows, 0)

    @cached_property
    def status(self) -> Status | None:
        """The weakest status of what the profiles require; None where nobody has one."""
        distinct = {one.id: one for one in self.profiles if one is not None}
        found = [profile_status(one, self.ladder.catalogue) for one in distinct.values()]
        return Status.weakest(found) if found else None


def _own_profiles(people: Sequence[Employee], catalogue: Catalogue) -> list[Blend | None]:
    """Each person's own profile; the same object for all who name it alike."""
    found: dict[str, Blend] = {}
    own: list[Blend | None] = []
    for one in people:
        if one.profile is not None and repr(one.profile) not in found:
            found[repr(one.profile)] = catalogue.resolve(one.profile)
        own.append(None if one.profile is None else found[repr(one.profile)])
    return own


def _needs(
    ladder: Ladder, horizon: Horizon, profiles: Sequence[Blend | None]
) -> tuple[Ints, Positions]:
    """What is needed by the distinct profiles, the first one nothing, and whose is which."""
    place: dict[str, int] = {"": 0}
    found = [np.zeros((len(ladder.competences), ladder.top), dtype=np.int64)]
    for one in profiles:
        if one is not None and one.id not in place:
            place[one.id] = len(found)
            found.append(ladder.need(one, horizon))
    need = [place["" if one is None else one.id] for one in profiles]
    return np.array(found), np.array(need, dtype=np.intp)
