"""Whether a spread pool keeps its limits: written from their definitions, not from the solver.

It reads the plan as anybody would who was handed it, with the people and the terms, and counts
everything anew in plain loops and fractions.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import chain, combinations
from typing import Any

from fagprofil.catalogue import Catalogue
from fagprofil.eligibility import Rule, broken_rules
from fagprofil.errors import Problem, unknown_id
from fagprofil.funding import pays
from fagprofil.ladder import ladder_of, unmet
from fagprofil.model import Employee, FundingScheme, Horizon, Module, ProfileLike
from fagprofil.planning.pool_check_claims import claim_problems
from fagprofil.planning.pool_plan import GroupPart, PoolGrant, PoolPlan

__all__ = ["allocation_problems"]

#: Ways to fund one person, and sums of kroner of an employer, up to which all are looked at.
_WAYS, _SUMS = 5_000, 100_000


def allocation_problems(
    plan: PoolPlan,
    applicants: Iterable[Employee],
    catalogue: Catalogue,
    *,
    employers: Mapping[str, Any] | None = None,
    applications: Mapping[str, Collection[str]] | None = None,
    profile: ProfileLike | None = None,
) -> tuple[Problem, ...]:
    """Everything in which a plan breaks a limit or says something wrong; nothing where it is right.

    Parameters
    ----------
    plan
        The plan; its own pool, horizon and days are what is checked.
    applicants, catalogue, employers, applications, profile
        What it was made from, as for `fagprofil.allocate_pool`. Applicants are people.

    Examples
    --------
    >>> import fagprofil as fp
    >>> from fagprofil.planning.pool import allocate_pool
    >>> from fagprofil.planning.pool_terms import Pool
    >>> people, catalogue = [fp.Employee(id="a", profile="basis")], fp.load_catalogue()
    >>> plan = allocate_pool(Pool(amount=20_000, share=0.8), people, catalogue)
    >>> allocation_problems(plan, people, catalogue)
    ()
    >>> poorer = plan.model_copy(update={"pool": Pool(amount=1_000, share=0.8)})
    >>> allocation_problems(poorer, people, catalogue)[0].where
    'amount'
    """
    facts = {
        name: (one.get("region"), one.get("size"))
        if isinstance(one, Mapping)
        else (one.region, one.size)
        for name, one in (employers or {}).items()
    }
    look = Look(plan, tuple(applicants), catalogue, facts, applications, profile)
    # Of what is not known nothing can be counted.
    strange = tuple(look.strangers())
    if strange:
        return strange
    return (
        *look.grant_problems(),
        *look.limit_problems(),
        *look.floor_problems(),
        *claim_problems(look),
    )


def _exact(number: float) -> Fraction:
    return Fraction(repr(float(number)))


def _ores(kroner: float) -> int:
    return round(_exact(kroner) * 100)


@dataclass(frozen=True, eq=False)
class Look:
    """A plan, and what it was made from.

    Attributes
    ----------
    employers
        Region and size by name.
    """

    plan: PoolPlan
    people: tuple[Employee, ...]
    catalogue: Catalogue
    employers: Mapping[str, tuple[str | None, str | None]]
    applications: Mapping[str, Collection[str]] | None
    profile: ProfileLike | None

    @cached_property
    def by_id(self) -> Mapping[str, Employee]:
        """The people by id."""
        return {one.id: one for one in self.people}

    # --- what could be granted ------------------------------------------------------------------

    @cached_property
    def eligible(self) -> tuple[str, ...]:
        """The modules that the pool pays for."""
        named = self.plan.pool.eligible
        return tuple(self.catalogue.modules) if named is None else named

    @cached_property
    def scheme(self) -> FundingScheme | None:
        """The scheme that the pool is of."""
        name = self.plan.pool.scheme
        return None if name is None else self.catalogue.funding[name]

    @cached_property
    def barred(self) -> Mapping[Rule, Any]:
        """Rules that keep modules from people."""
        ladder = ladder_of(self.catalogue, self.plan.on)
        roster = ladder.roster(self.people)
        rules = dict(broken_rules(ladder, roster, ladder.held(roster)))
        return {rule: mask for rule, mask in rules.items() if rule is not Rule.NOT_VALID}

    def missing(self, one: Employee, horizon: Horizon) -> Any:
        """What a person lacks, shape (K, L), in `fagprofil.ladder.UNIT`; None without a profile."""
        key = (one.id, horizon.model_dump_json())
        if key not in self._missing:
            profile = one.profile if self.profile is None else self.profile
            if profile is None:
                self._missing[key] = None
            else:
                ladder = ladder_of(self.catalogue, self.plan.on)
                need = ladder.need(self.catalogue.resolve(profile), horizon)
                self._missing[key] = unmet(need, ladder.held([one]).steps)[0]
        return self._missing[key]

    @cached_property
    def _missing(self) -> dict[tuple[str, str], Any]:
        return {}

    def worth(self, name: str, modules: Iterable[str], horizon: Horizon | None = None) -> int:
        """What modules close together for a person: to the highest level of each competence."""
        return sum(self.parts(name, modules, horizon).values())

    def parts(
        self, name: str, modules: Iterable[str], horizon: Horizon | None = None
    ) -> Mapping[str, int]:
        """The same by competence."""
        missing = self.missing(self.by_id[name], horizon or self.plan.horizon)
        if missing is None:
            return {}
        taught = [self.catalogue.modules[one].teaches or {} for one in modules]
        found = {}
        for k, competence in enumerate(ladder_of(self.catalogue, self.plan.on).competences):
            level = max((levels.get(competence, 0) for levels in taught), default=0)
            found[competence] = int(missing[k, :level].sum())
        return found

    def why_not(self, name: str, module: str) -> str | None:
        """What speaks against a grant by itself; None where nothing does."""
        pool, one = self.plan.pool, self.catalogue.modules[module]
        if module not in self.eligible:
            return "a module that the pool pays for"
        if self.applications is not None and module not in self.applications.get(name, ()):
            return "a module that was applied for"
        if not one.holds_on(self.plan.start):
            return "a module that is valid on the day"
        if one.price is None:
            return "a module of known price"
        days = pool.person_days is not None or pool.employer_days is not None
        if days and one.teaching_days is None:
            return "known teaching days, which a limit counts"
        if pool.person_ects is not None and one.ects is None:
            return "known ECTS, which a limit counts"
        return self._not_for(name, one)

    def _not_for(self, name: str, module: Module) -> str | None:
        i, m = self._place[name], self.catalogue.modules.position[module.id]
        broken = [rule for rule, mask in self.barred.items() if mask[i, m]]
        if broken:
            return f"a module that the person may take ({broken[0]})"
        if not self.worth(name, [module.id]):
            return "a module that closes something"
        if self.scheme is not None:
            known = self.scheme.model_copy(update={"share": 1.0})
            if not self.scheme.holds_on(self.plan.start):
                return "a scheme that holds on the day"
            if pays(known, module, self.by_id[name], self.catalogue) is not True:
                return "a scheme that is known to be for them"
        return None

    @cached_property
    def _place(self) -> Mapping[str, int]:
        return {one.id: i for i, one in enumerate(self.people)}

    @cached_property
    def share(self) -> Fraction:
        """What the pool pays of a price."""
        own = self.plan.pool.share
        scheme = None if self.scheme is None else self.scheme.share
        return _exact(own if own is not None else scheme or 0.0)

    def cost(self, module: str) -> int:
        """What the pool pays for a module of known price, in øre."""
        price = self.catalogue.modules[module].price
        return 0 if price is None else math.floor(self.share * _ores(price.middle))

    @cached_property
    def could(self) -> Mapping[str, tuple[str, ...]]:
        """The modules that could be granted to each person, one by one."""
        return {
            one.id: tuple(m for m in sorted(self.eligible) if self.why_not(one.id, m) is None)
            for one in self.people
        }

    # --- limits -----------------------------------------------------------------------------------

    def strangers(self) -> Iterator[Problem]:
        """People and modules that there are not."""
        for one in self.plan.grants:
            yield from unknown_id("grant", "employee", one.employee, self.by_id)
            yield from unknown_id("grant", "module", one.module, self.catalogue.modules)

    def grant_problems(self) -> Iterator[Problem]:
        """Grants that nobody could give."""
        counts = Counter((one.employee, one.module) for one in self.plan.grants)
        for one in self.plan.grants:
            where = f"grant of {one.module!r} to {one.employee!r}"
            if counts[one.employee, one.module] > 1:
                yield Problem(where, "module", one.module, "granted once")
            if one.employer != self.by_id[one.employee].unit:
                yield Problem(where, "employer", one.employer, "the person's unit")
            why = self.why_not(one.employee, one.module)
            if why is not None:
                yield Problem(where, "module", one.module, why)

    def limit_problems(self) -> Iterator[Problem]:
        """Limits that are broken."""
        pool, grants = self.plan.pool, self.plan.grants
        yield from _over("amount", "", self._kroner(grants), _ores(pool.amount))
        yield from _over("modules", "", len(grants), pool.modules)
        for name, own in _by(grants, lambda one: one.employee).items():
            yield from self._person_problems(name, own)
        for name, own in _by(grants, lambda one: one.employer or "").items():
            most = self._employer_most(name)
            for limit, used in (
                ("kroner", self._kroner(own)),
                ("days", self._days(x.module for x in own)),
            ):
                yield from _over(f"employer {limit}", name, used, most[limit])

    def _person_problems(self, name: str, own: Collection[PoolGrant]) -> Iterator[Problem]:
        for limit, (used, most) in self.person_use([one.module for one in own]).items():
            yield from _over(f"person {limit}", name, used, most)

    def person_use(
        self, modules: Collection[str]
    ) -> Mapping[str, tuple[int | Fraction, int | Fraction | None]]:
        """What modules use of each limit on a person, and how much that may be."""
        pool, records = self.plan.pool, [self.catalogue.modules[one] for one in modules]
        cap = None if self.scheme is None else self.scheme.cap
        kroner = [_ores(x) for x in (pool.person_kroner, cap) if x is not None]
        return {
            "modules": (len(records), pool.person_modules),
            "ects": (sum(_exact(x.ects or 0) for x in records), _or_none(pool.person_ects)),
            "days": (self._days(modules), _or_none(pool.person_days)),
            "kroner": (sum(map(self.cost, modules)), min(kroner, default=None)),
        }

    def _employer_most(self, name: str) -> Mapping[str, int | Fraction | None]:
        pool = self.plan.pool
        people = sum((one.unit or "") == name for one in self.people)
        kroner: list[int] = []
        if pool.employer_kroner is not None:
            kroner.append(_ores(pool.employer_kroner))
        if pool.employer_share is not None:
            kroner.append(math.floor(_exact(pool.employer_share) * _ores(pool.amount)))
        days = None if pool.employer_days is None else _exact(pool.employer_days) * people
        return {"kroner": min(kroner, default=None), "days": days}

    def _kroner(self, grants: Iterable[PoolGrant]) -> int:
        return sum(_ores(one.pool) for one in grants)

    def _days(self, modules: Iterable[str]) -> Fraction:
        records = [self.catalogue.modules[one] for one in modules]
        return sum((_exact(one.teaching_days or 0) for one in records), Fraction(0))

    # --- floors -----------------------------------------------------------------------------------

    def floor_problems(self) -> Iterator[Problem]:
        """Regions and sizes that get too little, or of which a wrong figure is told."""
        for at, parts in ((0, self.plan.regions), (1, self.plan.sizes)):
            kind = ("region", "size")[at]
            known = {self._facts(one)[at] for one in self.people} - {None}
            if {one.name for one in parts} != known:
                yield Problem(kind, "names", str(sorted(map(str, known))), "all that there are")
            for one in parts:
                people = [x for x in self.people if self._facts(x)[at] == one.name]
                yield from self._one_floor(f"{kind} {one.name!r}", one, people)

    def _facts(self, one: Employee) -> tuple[str | None, str | None]:
        return self.employers.get(one.unit or "", (None, None))

    def _one_floor(
        self, where: str, part: GroupPart, people: Collection[Employee]
    ) -> Iterator[Problem]:
        names, floor = {one.id for one in people}, self.plan.pool.floor
        got = self._kroner(one for one in self.plan.grants if one.employee in names)
        if floor is None:
            if part.floor is not None:
                yield Problem(where, "floor", str(part.floor), "none")
            return
        whole = _exact(floor) * _ores(self.plan.pool.amount) * len(people)
        target = math.ceil(whole / len(self.people))
        if part.target is None or _ores(part.target) != target:
            yield Problem(where, "target", str(part.target), f"{target / 100} kr")
        least = _ores(part.floor or 0.0)
        if got < least:
            yield Problem(where, "kroner", f"{got / 100}", f"at least {least / 100}")
        if least < target and least != (most := self._most(people)) and most is not None:
            yield Problem(where, "floor", f"{least / 100}", f"all it wants, {most / 100}")
        if least > target:
            yield Problem(where, "floor", f"{least / 100}", f"no more than {target / 100}")

    def _most(self, people: Collection[Employee]) -> int | None:
        """The most that people could get if there were nobody else; None where that is too long."""
        total = 0
        for unit in {one.unit or "" for one in people}:
            own = [one.id for one in people if (one.unit or "") == unit]
            most = self._employer_most(unit)
            least: dict[int, Fraction] = {0: Fraction(0)}
            for name in own:
                ways = self._ways(name)
                if ways is None or len(least) > _SUMS:
                    return None
                least = _summed(least, ways, most)
            total += max(least)
        return total

    def _ways(self, name: str) -> Mapping[int, Fraction] | None:
        """What a person could get in øre, and the fewest days that takes."""
        could, most = self.could[name], self.plan.pool.person_modules
        size = len(could) if most is None else min(most, len(could))
        if sum(math.comb(len(could), n) for n in range(size + 1)) > _WAYS:
            return None
        ways: dict[int, Fraction] = {}
        for chosen in chain.from_iterable(combinations(could, n) for n in range(size + 1)):
            use = self.person_use(chosen)
            if all(limit is None or used <= limit for used, limit in use.values()):
                kroner, days = int(use["kroner"][0]), Fraction(use["days"][0])
                ways[kroner] = min(days, ways.get(kroner, days))
        return ways


def _summed(
    least: Mapping[int, Fraction],
    ways: Mapping[int, Fraction],
    most: Mapping[str, int | Fraction | None],
) -> dict[int, Fraction]:
    """The fewest days for each sum of kroner when one more person may get something."""
    found: dict[int, Fraction] = {}
    for before, days in least.items():
        for more, own in ways.items():
            kroner, away = before + more, days + own
            if (most["kroner"] is None or kroner <= most["kroner"]) and (
                most["days"] is None or away <= most["days"]
            ):
                found[kroner] = min(away, found.get(kroner, away))
    return found


def _or_none(number: float | None) -> Fraction | None:
    return None if number is None else _exact(number)


def _over(
    limit: str, name: str, used: int | Fraction, most: int | Fraction | None
) -> Iterator[Problem]:
    if most is not None and used > most:
        yield Problem(
            f"{limit} {name}".strip(), "used", f"{float(used):g}", f"at most {float(most):g}"
        )


def _by(grants: Iterable[PoolGrant], key: Any) -> Mapping[str, list[PoolGrant]]:
    found: dict[str, list[PoolGrant]] = {}
    for one in grants:
        found.setdefault(key(one), []).append(one)
    return found
