"""How far the limits of a pool are used, what they cost, and what comes of lifting one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from fagprofil.ladder import UNIT
from fagprofil.planning.cohort_relax import Clock
from fagprofil.planning.pool_plan import PoolLimitUse, Relaxation, Unit
from fagprofil.planning.pool_rows import Row
from fagprofil.planning.pool_solve import Effort, Solved, solve
from fagprofil.planning.pool_terms import PoolLimit
from fagprofil.planning.pool_words import LIMITS

__all__ = ["limit_uses", "relaxations_of"]

_UNITS: Mapping[PoolLimit, Unit] = {
    "modules": "module",
    "person_modules": "module",
    "person_ects": "ects",
    "person_days": "day",
    "employer_days": "day",
}
#: A price below this part of the dearest is the solver's rounding.
_NOTHING = 1e-9
_ORE = 100


def _set(solved: Solved) -> list[PoolLimit]:
    """The limits that are set, those of the scheme too."""
    offers = solved.task.offers
    found = list(offers.pool.limits)
    if offers.funding.person_ores is not None and "person_kroner" not in found:
        found.append("person_kroner")
    return found


def limit_uses(solved: Solved) -> Iterator[PoolLimitUse]:
    """Each limit that is set."""
    prices = solved.relaxed.prices
    pairs = list(zip(solved.task.rows, prices.tolist(), strict=True))
    for limit in _set(solved):
        own = [(row, price) for row, price in pairs if row.limit == limit]
        least = _NOTHING * float(prices.max(initial=0.0))
        binding = [(row, price) for row, price in own if price > least]
        alone = own[0][0] if limit in ("amount", "modules") else None
        yield PoolLimitUse(
            limit=limit,
            text=LIMITS[limit],
            unit=_UNITS.get(limit, "krone"),
            holds_for=_holds_for(solved, limit, len(own)),
            binds_for=len(binding),
            used=None if alone is None else _used(solved, alone),
            most=None if alone is None or alone.most is None else alone.most / alone.per_unit,
            price=sum(price * row.per_unit for row, price in binding) * UNIT,
        )


def _holds_for(solved: Solved, limit: PoolLimit, rows: int) -> int:
    offers = solved.task.offers
    if limit.startswith("person"):
        return len(np.unique(offers.person))
    return len(np.unique(offers.unit)) if limit.startswith("employer") else rows


def _used(solved: Solved, row: Row) -> float:
    return int(row.amounts[solved.chosen[row.pairs]].sum()) / row.per_unit


def relaxations_of(solved: Solved, effort: Effort, clock: Clock) -> list[Relaxation]:
    """What each limit, lifted alone for all, would let be spent and closed; the most first."""
    found = [_lifted(solved, limit, effort, clock) for limit in _set(solved)]
    return sorted(found, key=lambda one: (-one.closes, -one.spends, one.limit))


def _lifted(solved: Solved, limit: PoolLimit, effort: Effort, clock: Clock) -> Relaxation:
    other: Solved | None = solved
    if any(row.limit == limit for row in solved.task.rows):
        other = solve(solved.task.without(limit), effort, clock, known=[solved.chosen])
    best = other or solved
    if best.value == solved.value:
        spends, bound = 0, max(best.bound, float(solved.value))
    else:
        spends, bound = best.spent - solved.spent, best.bound
    return Relaxation(
        limit=limit,
        text=LIMITS[limit],
        spends=spends / _ORE,
        closes=(best.value - solved.value) * UNIT,
        at_most=max(0.0, bound - solved.value) * UNIT,
    )
