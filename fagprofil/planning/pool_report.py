"""From a spread to a plan that can be read."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from fagprofil.ladder import UNIT
from fagprofil.model import IN_FIVE_YEARS, NOW, OVER_FIVE_YEARS, Horizon, ProfileLike, Status
from fagprofil.planning.cohort_people import Crowd
from fagprofil.planning.cohort_plan import Closing
from fagprofil.planning.pool_limits import limit_uses
from fagprofil.planning.pool_offers import MILLI, OF_MODULES, WORDS, Barrier, Offers
from fagprofil.planning.pool_plan import (
    Effect,
    EmployerPart,
    GroupPart,
    ModulePart,
    PoolGrant,
    PoolPlan,
    Relaxation,
)
from fagprofil.planning.pool_refused import refused, why_unused
from fagprofil.planning.pool_rows import Group, caps, floor_of
from fagprofil.planning.pool_solve import Solved
from fagprofil.planning.pool_terms import Employer
from fagprofil.planning.purse import ores

__all__ = ["Asking", "report"]

_ORE = 100


@dataclass(frozen=True, eq=False)
class Asking:
    """What a plan was asked with, besides its limits.

    Attributes
    ----------
    wants
        The most that each employer could get, in øre, as far as a floor depends on it.
    """

    employers: Mapping[str, Employer]
    applications: Mapping[str, Collection[str]] | None
    groups: tuple[Group, ...]
    wants: Sequence[int]
    horizon: Horizon
    profile: ProfileLike | None


def report(solved: Solved, asking: Asking, relaxations: Sequence[Relaxation]) -> PoolPlan:
    """A plan with its parts, what they close and what holds them."""
    found = _Report(solved, asking)
    offers = solved.task.offers
    grants = tuple(found.grants())
    names = {part.competence for one in grants for part in one.reasons}
    competences = offers.crowd.ladder.catalogue.taxonomy.competences
    unused = ores(offers.pool.amount) - solved.spent
    return PoolPlan(
        horizon=asking.horizon,
        on=offers.funding.on,
        start=offers.funding.start,
        pool=offers.pool,
        grants=grants,
        employers=tuple(found.employers(grants)),
        regions=tuple(found.groups("region", grants)),
        sizes=tuple(found.groups("size", grants)),
        modules=tuple(found.modules(grants)),
        value=solved.value * UNIT,
        bound=max(float(solved.value), solved.bound) * UNIT,
        optimal=solved.optimal,
        spent=solved.spent / _ORE,
        unused=unused / _ORE,
        why_unused=why_unused(solved, unused),
        limits=tuple(limit_uses(solved)),
        relaxations=tuple(relaxations),
        effects=tuple(found.effects()),
        refused=tuple(refused(solved, asking.applications)),
        unknown=tuple(offers.funding.unknown()),
        names={name: competences[name].name for name in sorted(names)},
        status=found.status(grants),
    )


@dataclass(frozen=True, eq=False)
class _Report:
    solved: Solved
    asking: Asking

    @property
    def offers(self) -> Offers:
        return self.solved.task.offers

    @property
    def crowd(self) -> Crowd:
        return self.offers.crowd

    @cached_property
    def own(self) -> Mapping[int, tuple[int, ...]]:
        """The modules granted to each person, each time the one that closes most first."""
        left: dict[int, list[int]] = {}
        for p in np.flatnonzero(self.solved.chosen).tolist():
            left.setdefault(int(self.offers.person[p]), []).append(int(self.offers.module[p]))
        return {i: tuple(self._in_order(i, modules)) for i, modules in left.items()}

    def _in_order(self, i: int, modules: list[int]) -> Iterator[int]:
        before: list[int] = []
        while len(before) < len(modules):
            rest = [m for m in modules if m not in before]
            best = max(rest, key=lambda m: (sum(self.crowd.parts(i, [m], before).values()), -m))
            yield best
            before.append(best)

    # --- grants -----------------------------------------------------------------------------------

    def grants(self) -> Iterator[PoolGrant]:
        """Grants by person."""
        people, records = self.crowd.people, self.offers.records
        pairs = [(people[i], records[m]) for i, own in self.own.items() for m in own]
        others = self.offers.funding.others(pairs)
        for i, own in self.own.items():
            for at, m in enumerate(own):
                paid = others[people[i].id, records[m].id]
                yield self._grant(i, m, own[:at], paid)

    def _grant(self, i: int, m: int, before: Sequence[int], others: Mapping[str, int]) -> PoolGrant:
        person, module = self.crowd.people[i], self.offers.records[m]
        parts = self.crowd.parts(i, [m], before)
        names = self.crowd.ladder.competences
        reasons = [Closing(competence=names[k], value=one * UNIT) for k, one in parts.items()]
        funding = self.offers.funding
        gross, pool = funding.gross(module) or 0, funding.grant(module) or 0
        return PoolGrant(
            employee=person.id,
            employer=person.unit,
            module=module.id,
            value=sum(parts.values()) * UNIT,
            reasons=tuple(sorted(reasons, key=lambda one: (-one.value, one.competence))),
            gross=gross / _ORE,
            pool=pool / _ORE,
            others={name: paid / _ORE for name, paid in sorted(others.items())},
            own=(gross - pool - sum(others.values())) / _ORE,
            days=module.teaching_days,
        )

    # --- parts ------------------------------------------------------------------------------------

    def _part(
        self, name: str, units: Collection[int], grants: Iterable[PoolGrant]
    ) -> dict[str, object]:
        names = {self.crowd.units[u] for u in units}
        own = [one for one in grants if (one.employer or "") in names]
        kroner = sum(ores(one.pool) for one in own)
        wanting = self.offers.person[np.isin(self.offers.unit, list(units))]
        return {
            "name": name,
            "people": int(self.crowd.unit_sizes[list(units)].sum()),
            "wanting": len(np.unique(wanting)),
            "granted": len({one.employee for one in own}),
            "grants": len(own),
            "value": sum(one.value for one in own),
            "kroner": kroner / _ORE,
            "share": kroner / self.solved.spent if self.solved.spent else 0.0,
        }

    def employers(self, grants: Sequence[PoolGrant]) -> Iterator[EmployerPart]:
        """What each employer gets, by name."""
        prices = self._prices()
        by_employer: dict[str, list[PoolGrant]] = {unit: [] for unit in self.crowd.units}
        for one in grants:
            by_employer[one.employer or ""].append(one)
        for u, unit in enumerate(self.crowd.units):
            own, limits = by_employer[unit], caps(self.offers, u)
            facts = self.asking.employers.get(unit, Employer())
            kroner = [limits[x] for x in ("employer_kroner", "employer_share") if x in limits]
            days = limits.get("employer_days")
            yield EmployerPart.model_validate(
                {
                    **self._part(unit, [u], own),
                    "region": facts.region,
                    "size": facts.size,
                    "own": sum(ores(one.own) for one in own) / _ORE,
                    "days": sum(one.days or 0.0 for one in own),
                    "most_kroner": min(kroner) / _ORE if kroner else None,
                    "most_days": None if days is None else days / MILLI,
                    "krone_price": prices["krone", unit],
                    "day_price": prices["day", unit],
                }
            )

    def _prices(self) -> Mapping[tuple[str, str], float]:
        """What a krone and a day more of each employer would close."""
        found: dict[tuple[str, str], float] = defaultdict(float)
        for row, price in zip(
            self.solved.task.rows, self.solved.relaxed.prices.tolist(), strict=True
        ):
            if row.limit.startswith("employer"):
                unit = "day" if row.limit == "employer_days" else "krone"
                found[unit, row.about] += price * row.per_unit * UNIT
        return found

    def groups(self, kind: str, grants: Sequence[PoolGrant]) -> Iterator[GroupPart]:
        """What each region or size gets, by name."""
        for one in self.asking.groups:
            if one.kind != kind:
                continue
            floor = floor_of(one, self.asking.wants)
            wants = sum(self.asking.wants[u] for u in one.units)
            yield GroupPart.model_validate(
                {
                    **self._part(one.name, one.units, grants),
                    "part": one.people / len(self.crowd),
                    "target": None if one.target is None else one.target / _ORE,
                    "wants": None if one.target is None else wants / _ORE,
                    "floor": None if floor is None else floor / _ORE,
                }
            )

    def modules(self, grants: Sequence[PoolGrant]) -> Iterator[ModulePart]:
        """What becomes of each module, by id."""
        records = self.offers.records
        by_module: dict[str, list[PoolGrant]] = {records[m].id: [] for m in self.offers.modules}
        for one in grants:
            by_module[one.module].append(one)
        for wanted in (self.asking.applications or {}).values():
            for name in wanted:
                by_module.setdefault(name, [])
        wanting = Counter(records[m].id for m in self.offers.module.tolist())
        for name, own in sorted(by_module.items()):
            module = self.crowd.ladder.catalogue.modules[name]
            yield ModulePart(
                module=name,
                title=module.title,
                wanting=wanting[name],
                grants=len(own),
                value=sum(one.value for one in own),
                kroner=sum(ores(one.pool) for one in own) / _ORE,
                barred=self._barred(name),
            )

    def _barred(self, name: str) -> object:
        """What keeps a module from everybody."""
        m = self.crowd.ladder.catalogue.modules.position[name]
        where = np.flatnonzero(self.offers.modules == m)
        if not len(where):
            return WORDS[Barrier.NOT_PAID_FOR]
        found = self.offers.barrier[:, where[0]]
        first = Barrier(int(found[0])) if len(found) else Barrier.OPEN
        same = first in OF_MODULES and bool((found == first).all())
        return self.offers.why(0, int(where[0])) if same else None

    # --- what it closes ---------------------------------------------------------------------------

    def effects(self) -> Iterator[Effect]:
        """What is closed now, in five years and over them."""
        for when, horizon in (
            ("now", NOW),
            ("in_five_years", IN_FIVE_YEARS),
            ("over_five_years", OVER_FIVE_YEARS),
        ):
            crowd = self.crowd
            if horizon != self.asking.horizon:
                crowd = Crowd.of(crowd.people, crowd.ladder, horizon, self.asking.profile)
            closes = sum(crowd.worth(i, modules) for i, modules in self.own.items())
            yield Effect(when=when, gap=float(crowd.gap.sum() * UNIT), closes=closes * UNIT)

    def status(self, grants: Sequence[PoolGrant]) -> Status | None:
        """The weakest status of what the plan rests on."""
        if not grants:
            return None
        scheme = self.offers.funding.scheme
        found = [] if scheme is None else [scheme.provenance.status]
        for name in {one.module for one in grants}:
            module = self.crowd.ladder.catalogue.modules[name]
            founded = (module, module.price)
            found += [one.provenance.status for one in founded if one is not None]
            if module.teaches_provenance is not None:
                found.append(module.teaches_provenance.status)
        if self.crowd.status is not None:
            found.append(self.crowd.status)
        return Status.weakest(found)
