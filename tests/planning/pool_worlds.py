"""Small pools to spread, and the best spread by brute force.

The brute force knows nothing of the library but the models, what is needed and held, and who a
scheme pays for.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from itertools import chain, combinations
from typing import Any

from cohort_worlds import COMPETENCES, by_person, catalogue, person, scheme
from hypothesis import strategies as st
from worlds import module, together

import fagprofil as fp
from fagprofil.ladder import UNIT, ladder_of, unmet
from fagprofil.planning.pool import allocate_pool
from fagprofil.planning.pool_check import allocation_problems
from fagprofil.planning.pool_plan import PoolPlan
from fagprofil.planning.pool_terms import Pool

START = dt.date(2027, 2, 1)
Pair = tuple[str, str]


def exact(number: float) -> Fraction:
    return Fraction(repr(float(number)))


@dataclass(frozen=True)
class World:
    """What a pool is spread over."""

    catalogue: fp.Catalogue
    people: tuple[fp.Employee, ...]
    pool: Pool
    employers: Mapping[str, Mapping[str, str | None]]
    applications: Mapping[str, Sequence[str]] | None = None
    horizon: Any = fp.NOW
    start: dt.date = START

    def plan(self, **options: Any) -> PoolPlan:
        given = {
            "employers": self.employers,
            "applications": self.applications,
            "horizon": self.horizon,
            "start": self.start,
            "relaxations": False,
            **options,
        }
        people, pool = given.pop("people", self.people), given.pop("pool", self.pool)
        return allocate_pool(pool, people, self.catalogue, **given)

    def problems(self, plan: PoolPlan) -> Any:
        return allocation_problems(
            plan,
            self.people,
            self.catalogue,
            employers=self.employers,
            applications=self.applications,
        )

    def with_pool(self, **changes: Any) -> World:
        return replace(self, pool=Pool.model_validate({**self.pool.model_dump(), **changes}))

    def __repr__(self) -> str:
        records = [*self.people, self.pool, *self.catalogue.modules.values()]
        records += list(self.catalogue.funding.values())
        parts = [one.model_dump_json(exclude_defaults=True) for one in records]
        return "\n".join(["World", *parts, f"{self.employers} {self.applications} {self.start}"])

    # --- brute force --------------------------------------------------------------------------

    @cached_property
    def by_id(self) -> Mapping[str, fp.Employee]:
        return {one.id: one for one in self.people}

    @cached_property
    def missing(self) -> Mapping[str, Any]:
        ladder, found = ladder_of(self.catalogue), {}
        for one in self.people:
            if one.profile is not None:
                need = ladder.need(self.catalogue.resolve(one.profile), self.horizon)
                found[one.id] = unmet(need, ladder.held([one]).steps)[0]
        return found

    def worth(self, name: str, modules: Iterable[str]) -> int:
        if name not in self.missing:
            return 0
        taught = [self.catalogue.modules[one].teaches or {} for one in modules]
        levels = [max((x.get(one, 0) for x in taught), default=0) for one in COMPETENCES]
        return sum(int(self.missing[name][k, :level].sum()) for k, level in enumerate(levels))

    def value(self, grants: Iterable[Pair]) -> int:
        return sum(self.worth(name, modules) for name, modules in by_person(grants).items())

    @cached_property
    def possible(self) -> list[Pair]:
        return [
            (one.id, name)
            for one in self.people
            for name in self.catalogue.modules
            if self.may(one, name)
        ]

    def may(self, one: fp.Employee, name: str) -> bool:
        taken, pool = self.catalogue.modules[name], self.pool
        levels = {said.competence: said.level for said in one.evidence}
        return (
            (pool.eligible is None or name in pool.eligible)
            and (self.applications is None or name in self.applications.get(one.id, ()))
            and taken.holds_on(self.start)
            and taken.price is not None
            and not (
                taken.teaching_days is None
                and (pool.person_days, pool.employer_days) != (None, None)
            )
            and not (taken.ects is None and pool.person_ects is not None)
            and name not in [done.module for done in one.completed]
            and all(levels[c] >= level for c, level in (taken.entry or {}).items())
            and self.worth(one.id, [name]) > 0
            and self.paid_for(one)
        )

    def paid_for(self, one: fp.Employee) -> bool:
        if self.pool.scheme is None:
            return True
        fund = self.catalogue.funding[self.pool.scheme]
        return fund.holds_on(self.start) and one.employer in (fund.employers or ())

    @cached_property
    def share(self) -> Fraction:
        if self.pool.share is not None:
            return exact(self.pool.share)
        assert self.pool.scheme is not None
        return exact(self.catalogue.funding[self.pool.scheme].share or 0)

    def cost(self, name: str) -> int:
        price = self.catalogue.modules[name].price
        assert price is not None
        return math.floor(self.share * round(price.middle * 100))

    def kroner(self, grants: Iterable[Pair]) -> int:
        return sum(self.cost(name) for _, name in grants)

    def days(self, grants: Iterable[Pair]) -> Fraction:
        modules = [self.catalogue.modules[name] for _, name in grants]
        return sum((exact(one.teaching_days or 0) for one in modules), Fraction(0))

    def own_limits(self, grants: Sequence[Pair]) -> bool:
        """Whether the limits of people and of employers are kept."""
        by_unit: dict[str, list[Pair]] = {}
        for pair in grants:
            by_unit.setdefault(self.by_id[pair[0]].unit or "", []).append(pair)
        return all(
            self._person([(name, m) for m in modules])
            for name, modules in by_person(grants).items()
        ) and all(self._employer(unit, own) for unit, own in by_unit.items())

    def _person(self, own: Sequence[Pair]) -> bool:
        pool = self.pool
        ects = sum(exact(self.catalogue.modules[name].ects or 0) for _, name in own)
        caps = [pool.person_kroner]
        if pool.scheme is not None:
            caps.append(self.catalogue.funding[pool.scheme].cap)
        return (
            (pool.person_modules is None or len(own) <= pool.person_modules)
            and (pool.person_ects is None or ects <= exact(pool.person_ects))
            and (pool.person_days is None or self.days(own) <= exact(pool.person_days))
            and all(cap is None or self.kroner(own) <= cap * 100 for cap in caps)
        )

    def _employer(self, unit: str, own: Sequence[Pair]) -> bool:
        pool, kroner = self.pool, self.kroner(own)
        people = sum((one.unit or "") == unit for one in self.people)
        return (
            (pool.employer_kroner is None or kroner <= pool.employer_kroner * 100)
            and (
                pool.employer_share is None
                or kroner <= exact(pool.employer_share) * exact(pool.amount) * 100
            )
            and (pool.employer_days is None or self.days(own) <= exact(pool.employer_days) * people)
        )

    def group(self, kind: str, name: str) -> set[str]:
        """The people of a region or a size."""
        return {
            one.id
            for one in self.people
            if self.employers.get(one.unit or "", {}).get(kind) == name
        }

    @cached_property
    def floors(self) -> Mapping[tuple[str, str], int]:
        """What each group must get, in øre."""
        found = {}
        kinds = {(kind, name) for one in self.employers.values() for kind, name in one.items()}
        for kind, name in sorted((k, n) for k, n in kinds if n is not None):
            people = self.group(kind, name)
            if people and self.pool.floor is not None:
                whole = exact(self.pool.floor) * exact(self.pool.amount) * 100
                target = math.ceil(whole * len(people) / len(self.people))
                own = [pair for pair in self.possible if pair[0] in people]
                most = max(map(self.kroner, filter(self.own_limits, subsets(own))))
                found[kind, name] = min(target, most)
        return found

    def broken(self, grants: Sequence[Pair]) -> set[str]:
        """The limits that are broken, each floor by itself."""
        found = set()
        if self.kroner(grants) > self.pool.amount * 100:
            found.add("amount")
        if self.pool.modules is not None and len(grants) > self.pool.modules:
            found.add("modules")
        if not self.own_limits(grants):
            found.add("own")
        for (kind, name), least in self.floors.items():
            if self.kroner(x for x in grants if x[0] in self.group(kind, name)) < least:
                found.add(f"floor {kind}: {name}")
        return found

    @cached_property
    def best(self) -> float | None:
        """The value of the best spread; None where there is none."""
        values = [self.value(one) for one in subsets(self.possible) if not self.broken(one)]
        return max(values) * UNIT if values else None


def subsets(pairs: Sequence[Pair]) -> Iterator[tuple[Pair, ...]]:
    return chain.from_iterable(combinations(pairs, n) for n in range(len(pairs) + 1))


# --- strategies ---------------------------------------------------------------------------------

_MODULE = together(
    (3, 2, 1, None),
    (None, 2, 3),
    (None, 1, 3),
    (10, 5, 2.5, 5, None),
    (4, 7, 2.5, 4, None),
    (8_000, 12_000, 5_000.55, (9_000, 12_001), 0, None),
    (False, False, False, True),
    (None, None, None, None, dt.date(2026, 12, 31)),
)
_PERSON = together(
    ("u0", "u1", "u2", "u0", None),
    ("p0", "p0", "p1", "p1", "p0", None),
    (0, 0, 1, 2, 3),
    (0, 0, 1, 2, 3),
    (0, 0, 1, 2),
    (None, None, None, None, None, "m0", "m1"),
    ("kommune", "kommune", "kommune", "a-kasse", None),
)
_MONEY = together(
    (20_000, 12_000, 40_000, 6_000.5, 100_000, 0),
    (0.8, 1.0, 1 / 3, None),
    (None, "f0", "f0"),
    (None, None, ("m0", "m1")),
)
_LIMITS = together(
    (1, 2, 3, 0),
    (1, 2),
    (5, 10, 12.5),
    (4, 7, 11, 2.5),
    (8_000, 9_600.44, 15_000),
    (15_000, 9_000),
    (0.5, 0.34, 0.8),
    (2, 4, 5.5, 1.2),
    (0.5, 1.0, 0.9, 0.75),
)
_NAMES = (
    "modules",
    "person_modules",
    "person_ects",
    "person_days",
    "person_kroner",
    "employer_kroner",
    "employer_share",
    "employer_days",
    "floor",
)
_SET = together(*[(False, False, True)] * len(_NAMES))
_PLACES = together(("nord", "syd", None), ("nord", "syd"), ("small", "large", None), ("small",))
_FUND = together(
    (0.5, 0.8, None),
    (None, None, 12_000),
    (None, ("f1",)),
    (None, None, None, dt.date(2026, 12, 31)),
    (0.4, 1.0),
    (5_000, None),
)


def _module(number: int, chosen: tuple[Any, ...]) -> fp.Module:
    first, second, third, ects, days, price, expects, last = chosen
    levels = zip(COMPETENCES, (first, second, third), strict=True)
    return module(
        f"m{number}",
        {name: level for name, level in levels if level is not None},
        ects=ects,
        teaching_days=days,
        price=price,
        entry={"c0": 1} if expects else None,
        valid_to=last,
    )


def _person(number: int, chosen: tuple[Any, ...], modules: int) -> fp.Employee:
    unit, own, *levels, passed, employer = chosen
    taken = [passed] if passed is not None and int(passed[1:]) < modules else []
    return person(f"e{number}", unit, levels, profile=own, completed=taken, employer=employer)


@st.composite
def pool_worlds(draw: st.DrawFn, *, most_pairs: int = 9, floors: bool = True) -> World:
    """Up to five people of four employers, three modules, and limits of all kinds."""
    count = draw(st.sampled_from((3, 2, 1)))
    modules = [_module(n, draw(_MODULE)) for n in range(count)]
    share, cap, stacks, last, other, small = draw(_FUND)
    funds = [
        scheme("f0", share=share, cap=cap, stacks_with=stacks, valid_to=last),
        scheme("f1", share=other, cap=small, cap_period="12-months"),
    ]
    people = [
        _person(n, draw(_PERSON), count) for n in range(draw(st.sampled_from((4, 5, 3, 2, 1))))
    ]
    amount, own, fund, eligible = draw(_MONEY)
    if own is None and (fund is None or share is None):
        own = 0.8
    limits = dict(zip(_NAMES, draw(_LIMITS), strict=True))
    given = {name for name, on in zip(_NAMES, draw(_SET), strict=True) if on}
    if not floors:
        given -= {"floor"}
    named = None if eligible is None else tuple(x for x in eligible if int(x[1:]) < count)
    pool = Pool(
        amount=amount,
        share=own,
        scheme=fund,
        eligible=named,
        **{name: limits[name] for name in given},
    )
    first, second, size, other_size = draw(_PLACES)
    employers = {
        "u0": {"region": first, "size": size},
        "u1": {"region": second, "size": other_size},
    }
    applications = draw(
        st.none()
        | st.dictionaries(
            st.sampled_from([one.id for one in people]),
            st.sets(st.sampled_from([one.id for one in modules])).map(sorted),
        )
    )
    world = World(catalogue(modules, funds), tuple(people), pool, employers, applications)
    while len(world.possible) > most_pairs:
        world = replace(world, people=world.people[:-1], applications=None)
    return world


@st.composite
def tight_pools(draw: st.DrawFn) -> World:
    """Two employers whose floors often cannot both be kept: money and modules are few."""
    modules = [_plain("m0", 8_000), _plain("m1", draw(st.sampled_from((5_000, 8_000, 12_000))))]
    units = ("u0", "u1", "u0", "u1")[: draw(st.sampled_from((2, 3, 4)))]
    people = [person(f"e{n}", unit, (0, 0, 0), profile="p0") for n, unit in enumerate(units)]
    pool = Pool(
        share=1.0,
        floor=draw(st.sampled_from((1.0, 0.9, 0.75))),
        amount=draw(st.sampled_from((12_000, 15_000, 16_000, 9_000, 20_000))),
        modules=draw(st.sampled_from((None, 1, 2))),
        person_modules=draw(st.sampled_from((None, 1))),
        employer_kroner=draw(st.sampled_from((None, 8_000, 12_000))),
    )
    one, other = draw(st.sampled_from((("nord", "syd"), ("nord", "nord"))))
    employers = {"u0": {"region": one, "size": "small"}, "u1": {"region": other, "size": "large"}}
    world = World(catalogue(modules, []), tuple(people), pool, employers, None)
    while len(world.possible) > 7:
        world = replace(world, people=world.people[:-1])
    return world


def _plain(name: str, price: int) -> fp.Module:
    return module(name, {"c0": 3}, ects=5, teaching_days=4, price=price, entry={}, valid_to=None)
