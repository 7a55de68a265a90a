"""What holds for plans of classes of all kinds."""

from __future__ import annotations

import pickle
from dataclasses import replace
from typing import Any

import pytest
from cohort_worlds import FIRST, LIMITS, RUNS, World, cohort_worlds, run
from hypothesis import given
from hypothesis import strategies as st
from worlds import examples

import fagprofil as fp
from fagprofil.planning.cohort_limits import Presence
from fagprofil.planning.cohort_plan import CohortPlan


def answer(world: World, **options: Any) -> CohortPlan | str:
    """The plan; what clashes where there is none."""
    try:
        return world.plan(**options)
    except fp.errors.Infeasible as error:
        return repr(error.rules)


PRIORITIES = st.sampled_from(["gap", "workplace", "lottery", "hired"])


@examples(40)
@given(cohort_worlds(more=True), PRIORITIES, st.randoms(use_true_random=False))
def test_the_order_of_records_does_not_matter(world: World, priority: Any, random: Any) -> None:
    def mixed(records: Any) -> list[Any]:
        listed = list(records)
        return random.sample(listed, len(listed))

    catalogue = world.catalogue
    other = fp.Catalogue(
        taxonomy=catalogue.taxonomy,
        profiles=mixed(catalogue.profiles.values()),
        modules=mixed(catalogue.modules.values()),
        funding=mixed(catalogue.funding.values()),
    )
    world = world.with_limits(priority=priority)
    turned = replace(
        world,
        catalogue=other,
        people=tuple(mixed(world.people)),
        runs=tuple(mixed(world.runs)),
        must=tuple(mixed(world.must)),
        must_not=tuple(mixed(world.must_not)),
    )
    assert answer(turned) == answer(world)


def eased(world: World, rule: str) -> World:
    """The same with somewhat more of a limit, or without it."""
    limits = world.limits
    more: dict[str, Any] = {
        "classes": {"classes": (limits.classes or 0) + 1},
        "ects": {"ects": (limits.ects or 0) + 5},
        "budget": {"budget": (limits.budget or 0) + 9_000},
        "presence": {
            "presence": [
                Presence(**{**one.model_dump(), "at_least": max(0, one.at_least - 1)})
                for one in limits.presence
            ]
        },
        "mix": {"mix": min(1.0, (limits.mix or 0) + 0.17)},
        "parallel": {"parallel": True},
    }
    if rule == "must":
        return replace(world, must=world.must[1:])
    if rule == "must not":
        return replace(world, must_not=())
    if rule in more:
        if rule in LIMITS and getattr(limits, rule) == LIMITS[rule][1]:
            return world
        return world.with_limits(**more[rule])
    return world.without([rule])


@examples(200)
@given(
    cohort_worlds(),
    st.sampled_from([*RUNS, *LIMITS, "parallel", "must", "must not"]),
)
def test_more_of_a_limit_never_lowers_the_value(world: World, rule: str) -> None:
    before = answer(world)
    if not isinstance(before, CohortPlan):
        return
    # Those who need not go are given no seat that closes nothing, not even to fill a class.
    if rule != "must" or all(one.value for one in before.seats if one.must):
        after = eased(world, rule).plan()
        assert after.value >= before.value


@examples(80)
@given(cohort_worlds(), st.sampled_from([0, 1, 9, 200]), st.sampled_from([None, 1, 2]))
def test_one_more_class_never_lowers_the_value(world: World, day: int, most: int | None) -> None:
    more = run("r9", "m0", day, seats_max=most, place="a")
    before = answer(world)
    if isinstance(before, CohortPlan):
        assert world.plan(runs=(*world.runs, more)).value >= before.value


@examples(30)
@given(cohort_worlds(more=True), PRIORITIES)
def test_less_work_finds_no_more_and_the_bound_holds(world: World, priority: Any) -> None:
    world = world.with_limits(priority=priority)
    plans = [answer(world, effort=effort) for effort in ("fast", "normal", "thorough")]
    found = [one for one in plans if isinstance(one, CohortPlan)]
    assert len(found) in (0, 3)
    if priority == "gap":
        for fast, normal, thorough in [found] if found else []:
            assert fast.value <= normal.value == thorough.value <= fast.bound


@examples(80)
@given(cohort_worlds(more=True))
def test_plans_survive_storage(world: World) -> None:
    plan = answer(world)
    if isinstance(plan, CohortPlan):
        assert CohortPlan.model_validate_json(plan.model_dump_json()) == plan
        assert pickle.loads(pickle.dumps(plan)) == plan


@pytest.mark.parametrize("away", [1, 1.0, {"u0": 1, "u1": 1.0}])
def test_numbers_and_shares_of_people_stay_what_they_are(away: Any) -> None:
    limits = fp.planning.cohort_limits.CohortLimits(away=away)
    again = type(limits).model_validate_json(limits.model_dump_json())
    assert again.most_away("u0", 7) == limits.most_away("u0", 7)
    assert again.most_away("u1", 7) == limits.most_away("u1", 7)


@examples(60)
@given(cohort_worlds(more=True), st.integers(0, 5))
def test_lots_depend_on_people_and_seed_alone(world: World, seed: int) -> None:
    """Who is left out altogether, and is not needed, changes nothing for the others' lots."""
    world = replace(world.with_limits(priority="lottery"), must=(), must_not=())
    plan = world.plan(seed=seed)
    assert plan == world.plan(seed=seed)
    assert all(one.start >= FIRST for one in plan.classes)
