"""Whether what a spread pool says of itself adds up: kroner to the øre, and what is closed."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from fagprofil.errors import Problem
from fagprofil.ladder import UNIT
from fagprofil.model import IN_FIVE_YEARS, NOW, OVER_FIVE_YEARS
from fagprofil.planning.pool_plan import EmployerPart, GroupPart, ModulePart, PoolGrant

if TYPE_CHECKING:
    from fagprofil.planning.pool_check import Look

__all__ = ["claim_problems"]

_HORIZONS = {"now": NOW, "in_five_years": IN_FIVE_YEARS, "over_five_years": OVER_FIVE_YEARS}


def claim_problems(look: Look) -> Iterator[Problem]:
    """Figures that do not follow from the grants."""
    yield from _money(look)
    yield from _value(look)
    yield from _parts(look)
    yield from _effects(look)
    yield from _refused(look)


def _ore(kroner: float) -> int:
    return round(kroner * 100)


def _differ(where: str, field: str, told: float, right: float) -> Iterator[Problem]:
    if not math.isclose(told, right, rel_tol=1e-12, abs_tol=1e-6):
        yield Problem(where, field, f"{told}", f"{right}")


def _money(look: Look) -> Iterator[Problem]:
    plan = look.plan
    for one in plan.grants:
        where, price = (
            f"grant of {one.module!r} to {one.employee!r}",
            look.catalogue.modules[one.module].price,
        )
        paid = [_ore(x) for x in (one.pool, one.own, *one.others.values())]
        if price is not None:
            yield from _differ(where, "gross", _ore(one.gross), _ore(price.middle))
        yield from _differ(where, "pool", _ore(one.pool), look.cost(one.module))
        days = look.catalogue.modules[one.module].teaching_days
        if one.days != days:
            yield Problem(where, "days", f"{one.days}", f"{days}")
        if sum(paid) != _ore(one.gross) or min(paid) < 0:
            yield Problem(where, "gross", f"{one.gross}", "what the pool, funds and employer pay")
        for name in one.others:
            scheme = look.catalogue.funding[name]
            known = {
                *plan.pool.stacks_with,
                *(look.scheme.stacks_with or () if look.scheme else ()),
            }
            if name not in known and plan.pool.scheme not in (scheme.stacks_with or ()):
                yield Problem(where, "others", name, "a fund that is known to go together with it")
    spent = sum(_ore(one.pool) for one in plan.grants)
    yield from _differ("plan", "spent", _ore(plan.spent), spent)
    yield from _differ("plan", "unused", _ore(plan.unused), _ore(plan.pool.amount) - spent)


def _value(look: Look) -> Iterator[Problem]:
    plan, total = look.plan, 0
    for name in sorted({one.employee for one in plan.grants}):
        own = plan.grants_of(name)
        worth = look.worth(name, [one.module for one in own])
        total += worth
        yield from _differ(f"grants of {name!r}", "value", sum(x.value for x in own), worth * UNIT)
        yield from _reasons(look, name, own)
    yield from _differ("plan", "value", plan.value, total * UNIT)
    if plan.bound < plan.value:
        yield Problem("plan", "bound", f"{plan.bound}", f"at least the value {plan.value}")
    if plan.optimal and plan.bound - plan.value > 2e-6 * plan.value:
        yield Problem("plan", "optimal", "True", f"a value nearer to the bound {plan.bound}")


def _reasons(look: Look, name: str, own: Sequence[PoolGrant]) -> Iterator[Problem]:
    for at, one in enumerate(own):
        where = f"grant of {one.module!r} to {name!r}"
        if sum(part.value for part in one.reasons) != one.value:
            yield Problem(where, "reasons", None, "parts that sum to the value exactly")
        before = look.parts(name, [x.module for x in own[:at]])
        after = look.parts(name, [x.module for x in own[: at + 1]])
        right = {c: (x - before[c]) * UNIT for c, x in after.items() if x > before[c]}
        if {part.competence: part.value for part in one.reasons} != right:
            yield Problem(where, "reasons", None, f"{right}")


def _parts(look: Look) -> Iterator[Problem]:
    plan = look.plan

    def facts(unit: str | None, at: int) -> str | None:
        return look.employers.get(unit or "", (None, None))[at]

    units = [one.unit for one in look.people]
    if sorted(one.name for one in plan.employers) != sorted({unit or "" for unit in units}):
        yield Problem("plan", "employers", None, "each once")
    grants = [(one.employer or "", one) for one in plan.grants]
    yield from _sums("employer", plan.employers, grants, [unit or "" for unit in units])
    for at, (kind, parts) in enumerate((("region", plan.regions), ("size", plan.sizes))):
        by_group = [(facts(one.employer, at), one) for one in plan.grants]
        yield from _sums(kind, parts, by_group, [facts(unit, at) for unit in units])
    yield from _sums("module", plan.modules, [(one.module, one) for one in plan.grants], [])


def _sums(
    kind: str,
    parts: Iterable[EmployerPart | GroupPart | ModulePart],
    grants: Sequence[tuple[str | None, PoolGrant]],
    named: Sequence[str | None],
) -> Iterator[Problem]:
    """The sums of each part; `named` says which part each person is of."""
    for one in parts:
        name = one.module if isinstance(one, ModulePart) else one.name
        own = [x for part, x in grants if part == name]
        where = f"{kind} {name!r}"
        yield from _differ(where, "grants", one.grants, len(own))
        yield from _differ(where, "value", one.value, sum(x.value for x in own))
        yield from _differ(where, "kroner", _ore(one.kroner), sum(_ore(x.pool) for x in own))
        if not isinstance(one, ModulePart):
            yield from _differ(where, "granted", one.granted, len({x.employee for x in own}))
            yield from _differ(where, "people", one.people, sum(x == name for x in named))
        if isinstance(one, EmployerPart):
            yield from _differ(where, "days", one.days, math.fsum(x.days or 0.0 for x in own))
            yield from _differ(where, "own", _ore(one.own), sum(_ore(x.own) for x in own))


def _effects(look: Look) -> Iterator[Problem]:
    plan = look.plan
    if [one.when for one in plan.effects] != list(_HORIZONS):
        yield Problem("plan", "effects", None, "now, in five years and over them")
    for one in plan.effects:
        horizon = _HORIZONS[one.when]
        missing = [look.missing(x, horizon) for x in look.people]
        gap = sum(int(x.sum()) for x in missing if x is not None)
        names = {x.employee for x in plan.grants}
        closes = sum(look.worth(x, [g.module for g in plan.grants_of(x)], horizon) for x in names)
        yield from _differ(f"effect {one.when}", "gap", one.gap, gap * UNIT)
        yield from _differ(f"effect {one.when}", "closes", one.closes, closes * UNIT)


def _refused(look: Look) -> Iterator[Problem]:
    plan = look.plan
    granted = {(one.employee, one.module) for one in plan.grants}
    some = {name for name, _ in granted}
    right: set[tuple[str, str | None]] = {(x.id, None) for x in look.people if x.id not in some}
    if look.applications is not None:
        asked = {(name, m) for name, wanted in look.applications.items() for m in wanted}
        right = {*(asked - granted)}
    told = [(one.employee, one.module) for one in plan.refused]
    if set(told) != right or len(told) != len(right):
        yield Problem("plan", "refused", f"{len(told)}", f"{len(right)}, each once")
