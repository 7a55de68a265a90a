"""The limits of a pool as rows in whole numbers: øre, grants, and thousandths of days and ECTS."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fagprofil.planning.pool_funding import exact
from fagprofil.planning.pool_offers import MILLI, Offers
from fagprofil.planning.pool_terms import Employer, PoolLimit
from fagprofil.planning.purse import ores

__all__ = ["Group", "Row", "caps", "floor_of", "floor_rows", "groups_of", "limit_rows"]

Ints = NDArray[np.int64]
Positions = NDArray[np.intp]

_SLACK = 1e-6


@dataclass(frozen=True, eq=False)
class Row:
    """``least <= sum of amounts over the grants among these pairs <= most``.

    Attributes
    ----------
    limit
        The limit that it is of.
    about
        Whom it is about: the id of a person, an employer, a group of the floor, or ``""``.
    """

    limit: PoolLimit
    about: str
    pairs: Positions
    amounts: Ints
    most: int | None = None
    least: int | None = None

    @property
    def per_unit(self) -> int:
        """How many of the row's units a krone, module, day or ECTS is."""
        return _PER_UNIT.get(self.limit, 100)

    @property
    def matters(self) -> bool:
        """Whether it could be broken."""
        return self.least is not None or (
            self.most is not None and int(self.amounts.sum()) > self.most
        )


_PER_UNIT: Mapping[PoolLimit, int] = {
    "modules": 1,
    "person_modules": 1,
    "person_ects": MILLI,
    "person_days": MILLI,
    "employer_days": MILLI,
}


@dataclass(frozen=True, eq=False)
class Group:
    """A region or a size of employers.

    Attributes
    ----------
    kind
        ``"region"`` or ``"size"``.
    units
        Positions of its employers among the crowd's units.
    people
        How many of the table are theirs.
    target
        Its part of the floor in øre, whether it wants so much or not; None where there is no floor.
    """

    kind: str
    name: str
    units: tuple[int, ...]
    people: int
    target: int | None

    @property
    def id(self) -> str:
        """Its name among those of the other kind too."""
        return f"{self.kind}: {self.name}"


def groups_of(offers: Offers, employers: Mapping[str, Employer]) -> tuple[Group, ...]:
    """Regions and sizes that are known, by kind and name."""
    crowd, floor = offers.crowd, offers.pool.floor
    members: dict[tuple[str, str], list[int]] = {}
    for u, unit in enumerate(crowd.units):
        one = employers.get(unit, Employer())
        for kind, name in (("region", one.region), ("size", one.size)):
            if name is not None:
                members.setdefault((kind, name), []).append(u)
    found = []
    for (kind, name), units in sorted(members.items()):
        people, target = int(crowd.unit_sizes[units].sum()), None
        if floor is not None:
            target = math.ceil(exact(floor) * ores(offers.pool.amount) * people / len(crowd))
        found.append(Group(kind, name, tuple(units), people, target))
    return tuple(found)


def caps(offers: Offers, unit: int) -> Mapping[PoolLimit, int]:
    """The limits of one employer, in the units of rows."""
    pool, found = offers.pool, dict[PoolLimit, int]()
    if pool.employer_kroner is not None:
        found["employer_kroner"] = ores(pool.employer_kroner)
    if pool.employer_share is not None:
        found["employer_share"] = math.floor(exact(pool.employer_share) * ores(pool.amount))
    if pool.employer_days is not None:
        people = int(offers.crowd.unit_sizes[unit])
        found["employer_days"] = math.floor(exact(pool.employer_days) * people * MILLI)
    return found


def limit_rows(offers: Offers) -> Iterator[Row]:
    """All limits but the floor; those of people and employers only where they could be broken."""
    everything = np.arange(len(offers), dtype=np.intp)
    pool = offers.pool
    yield Row("amount", "", everything, offers.ores, ores(pool.amount))
    if pool.modules is not None:
        ones = np.ones(len(offers), dtype=np.int64)
        yield Row("modules", "", everything, ones, pool.modules)
    yield from (row for row in employer_rows(offers) if row.matters)
    yield from (row for row in person_rows(offers) if row.matters)


def employer_rows(offers: Offers) -> Iterator[Row]:
    """The limits of the employers."""
    by_limit = {"employer_days": offers.days}
    order = np.argsort(offers.unit, kind="stable")
    ends = np.searchsorted(offers.unit[order], np.arange(len(offers.crowd.units) + 1))
    for u, unit in enumerate(offers.crowd.units):
        pairs = order[ends[u] : ends[u + 1]]
        for limit, most in caps(offers, u).items():
            amounts = by_limit.get(limit, offers.ores)[pairs]
            yield Row(limit, unit, pairs, amounts, most)


def person_rows(offers: Offers) -> Iterator[Row]:
    """The limits of the people."""
    pool, ones = offers.pool, np.ones(len(offers), dtype=np.int64)
    limits: list[tuple[PoolLimit, Ints, int | None]] = [
        ("person_modules", ones, pool.person_modules),
        ("person_ects", offers.ects, _most(pool.person_ects)),
        ("person_days", offers.days, _most(pool.person_days)),
        ("person_kroner", offers.ores, offers.funding.person_ores),
    ]
    for i, one in enumerate(offers.crowd.people):
        own = offers.of_person(i)
        pairs = np.arange(own.start, own.stop, dtype=np.intp)
        for limit, amounts, most in limits:
            if most is not None:
                yield Row(limit, one.id, pairs, amounts[pairs], most)


def _most(limit: float | None) -> int | None:
    return None if limit is None else math.floor(limit * MILLI + _SLACK)


def floor_rows(offers: Offers, groups: Iterable[Group], wants: Sequence[int]) -> Iterator[Row]:
    """What each group must get at least.

    Where that is all that it wants, each of its employers must get all that it wants; then these
    have rows of their own, which say the same, and leave less to find out.

    Parameters
    ----------
    wants
        The most that each employer could get within its own limits, in øre.
    """
    for one in groups:
        least = floor_of(one, wants) or 0
        apart = least == sum(wants[u] for u in one.units)
        for units in [[u] for u in one.units] if apart else [one.units]:
            most = sum(wants[u] for u in units)
            if most and least:
                pairs = np.flatnonzero(np.isin(offers.unit, units))
                yield Row("floor", one.id, pairs, offers.ores[pairs], least=min(least, most))


def floor_of(group: Group, wants: Sequence[int]) -> int | None:
    """What a group must get at least in øre; None where there is no floor."""
    if group.target is None:
        return None
    return min(group.target, sum(wants[u] for u in group.units))
