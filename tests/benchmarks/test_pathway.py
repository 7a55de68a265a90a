"""A pathway of one person among 600 modules: the exact choice, and the quick one beside it.

Run with ``pytest tests/benchmarks/test_pathway.py --benchmark-enable --benchmark-only -s``; the
loss of the quick one, and how far the exact one is proven, stand beside the times as extra info.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pytest
import worlds
from nation import Nation

import fagprofil as fp
from fagprofil.planning.limits import PathwayLimits
from fagprofil.planning.pathway import plan_pathway
from fagprofil.planning.pathway_results import Pathway

LIMITS = {
    "60 ECTS": PathwayLimits(ects_per_period=10, ects=60),
    "30 ECTS": PathwayLimits(ects_per_period=10, ects=30),
    "15 ECTS": PathwayLimits(ects_per_period=5, ects=15),
    "60 ECTS, 12,000 kr": PathwayLimits(ects_per_period=10, ects=60, money=12_000),
}
PEOPLE = 3


@dataclass(frozen=True)
class Town:
    """A nation's catalogue with prices, teaching days and a fund; people whose levels are known."""

    needed: int

    @cached_property
    def nation(self) -> Nation:
        return Nation(PEOPLE, needed=self.needed)

    @cached_property
    def catalogue(self) -> fp.Catalogue:
        random, old = np.random.default_rng(0), self.nation.catalogue
        modules = []
        for one in old.modules.values():
            price = float(round(one.ects * random.integers(950, 1_450), -2))
            facts = {
                "price": worlds.module("x", price=price).price,
                "teaching_days": float(random.integers(3, 5) * one.ects / 5),
            }
            modules.append(one.model_copy(update=facts))
        fund = fp.load_catalogue().funding["kommunale-kompetencefond-2024"]
        return fp.Catalogue(
            taxonomy=old.taxonomy,
            profiles=list(old.profiles.values()),
            modules=modules,
            funding=[fund.model_copy(update={"excludes": None, "stacks_with": None})],
        )

    def person(self, number: int) -> fp.Employee:
        levels = self.nation.levels[:, number]
        said = {f"c{k}": int(level) for k, level in enumerate(levels)}
        return fp.Employee(
            id="e", profile="p1", employer="kommune", agreement="hk", evidence=worlds.known(said)
        )


@pytest.fixture(scope="module", params=[20, 40])
def town(request: pytest.FixtureRequest) -> Town:
    town = Town(request.param)
    plan_pathway(town.person(0), None, town.catalogue, limits=PathwayLimits(ects=5))
    return town


def plans(town: Town, limits: PathwayLimits, **options: Any) -> list[Pathway]:
    return [
        plan_pathway(town.person(n), None, town.catalogue, limits=limits, **options)
        for n in range(PEOPLE)
    ]


@pytest.mark.parametrize("limits", LIMITS.values(), ids=LIMITS.keys())
def test_exact(benchmark: Any, town: Town, limits: PathwayLimits) -> None:
    found = benchmark.pedantic(plans, (town, limits), rounds=1)
    assert all(plan.optimal or plan.gap_to_bound < 0.03 for plan in found)
    benchmark.extra_info["seconds a person"] = _each(benchmark)
    benchmark.extra_info["gap to bound"] = max(plan.gap_to_bound for plan in found)


@pytest.mark.parametrize("limits", LIMITS.values(), ids=LIMITS.keys())
def test_greedy(benchmark: Any, town: Town, limits: PathwayLimits) -> None:
    found = benchmark.pedantic(plans, (town, limits), {"method": "greedy"}, rounds=1)
    best = plans(town, limits, alternatives=0)
    losses = [1 - one.value / two.value for one, two in zip(found, best, strict=True)]
    benchmark.extra_info["seconds a person"] = _each(benchmark)
    benchmark.extra_info["loss"] = f"{np.mean(losses):.2%}, at most {max(losses):.2%}"
    assert max(losses) < 0.1


def _each(benchmark: Any) -> float | None:
    return None if benchmark.stats is None else benchmark.stats["mean"] / PEOPLE
