"""Spread pools against brute force, against the checker, and against laws."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pool_worlds import World, pool_worlds, subsets, tight_pools
from worlds import examples

from fagprofil.errors import Infeasible
from fagprofil.planning.pool_plan import PoolPlan


def planned(world: World, **options: Any) -> PoolPlan | None:
    try:
        return world.plan(**options)
    except Infeasible:
        return None


def ores(kroner: float) -> int:
    return round(kroner * 100)


@examples(150)
@given(pool_worlds())
def test_no_spread_is_better_than_brute_force_and_none_worse(world: World) -> None:
    plan = planned(world)
    assert (None if plan is None else plan.value) == world.best
    if plan is not None:
        assert plan.optimal
        assert plan.bound == pytest.approx(plan.value, rel=2e-6)
        assert not world.broken([(one.employee, one.module) for one in plan.grants])


@examples(150)
@given(pool_worlds(most_pairs=40), st.sampled_from(["fast", "normal", "thorough"]))
def test_the_checker_finds_nothing(world: World, effort: Any) -> None:
    plan = planned(world, effort=effort)
    if plan is not None:
        assert world.problems(plan) == ()


@examples(60)
@given(tight_pools())
def test_what_clashes_is_the_smallest_set_that_does(world: World) -> None:
    if world.best is not None:
        assert world.plan().value == world.best
        return
    with pytest.raises(Infeasible) as caught:
        world.plan()
    rules = {name: name for name in caught.value.rules}
    broken = [world.broken(one) for one in subsets(world.possible)]
    own = {name for name in rules if name.startswith(("person", "employer"))}
    # The limits of people and employers are one here: what clashes without them clashes.
    told = ({*rules} - own) | ({"own"} if own else set())
    assert all(one & told for one in broken)
    everything = {"amount", "modules", "own", *(f"floor {k}: {n}" for k, n in world.floors)}
    for some in combinations(sorted(everything), len(told) - 1):
        assert any(not one & {*some} for one in broken)


@examples(60)
@given(pool_worlds(most_pairs=20), st.randoms(use_true_random=False))
def test_the_order_of_people_does_not_matter(world: World, random: Any) -> None:
    people = list(world.people)
    random.shuffle(people)
    first, second = planned(world), planned(world, people=people)
    assert first == second


@examples(60)
@given(pool_worlds(most_pairs=20, floors=False), st.sampled_from([0.5, 5_000, 30_000]))
def test_more_money_never_closes_less(world: World, more: float) -> None:
    richer = world.with_pool(amount=world.pool.amount + more)
    assert richer.plan().value >= world.plan().value


@examples(60)
@given(pool_worlds(most_pairs=20, floors=False))
def test_without_a_limit_no_less_is_closed(world: World) -> None:
    value = world.plan().value
    for name in world.pool.limits:
        if name != "amount":
            assert world.with_pool(**{name: None}).plan().value >= value


@examples(60)
@given(pool_worlds(most_pairs=12))
def test_lifting_a_limit_is_what_it_is_said_to_be(world: World) -> None:
    plan = planned(world, relaxations=True)
    if plan is None:
        return
    told = {one.limit: one for one in plan.relaxations}
    assert {*world.pool.limits} <= {*told}
    for one in plan.relaxations:
        assert 0 <= one.closes <= one.at_most + 1e-6
        assert one.closes or not one.spends
    for use in plan.limits:
        assert use.price >= 0
        assert use.binds == (use.price > 0)
    # The floors' figures do not depend on these.
    for name in ("modules",):
        if name in told:
            lifted = world.with_pool(**{name: None}).plan()
            assert lifted.value == pytest.approx(plan.value + told[name].closes)


@examples(60)
@given(pool_worlds(most_pairs=20))
def test_money_adds_up_to_the_ore(world: World) -> None:
    plan = planned(world)
    if plan is None:
        return
    assert ores(plan.spent) + ores(plan.unused) == ores(world.pool.amount)
    assert sum(ores(one.kroner) for one in plan.employers) == ores(plan.spent)
    assert sum(ores(one.kroner) for one in plan.modules) == ores(plan.spent)
    whole = ores(plan.spent) + ores(plan.other) + ores(plan.own)
    assert whole == ores(plan.gross) == sum(ores(one.gross) for one in plan.grants)
    assert sum(one.value for one in plan.grants) == plan.value
    over = next(one for one in plan.effects if one.when == "now")
    assert over.closes == plan.value


@examples(40)
@given(pool_worlds(most_pairs=20))
def test_a_plan_comes_back_from_json(world: World) -> None:
    plan = planned(world, relaxations=True)
    if plan is not None:
        assert PoolPlan.model_validate_json(plan.model_dump_json()) == plan
        assert repr(plan) == str(plan)
