"""Classes against every plan that there is, and against a checker that knows only the limits."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from typing import Any

import pytest
from cohort_worlds import RULES, World, cohort_worlds
from hypothesis import given
from hypothesis import strategies as st
from worlds import examples

import fagprofil as fp
from fagprofil.planning.cohort_check import cohort_problems
from fagprofil.planning.cohort_check_claims import check_claims
from fagprofil.planning.cohort_plan import CohortPlan

EFFORTS = st.sampled_from(["fast", "normal", "thorough"])


def planned(world: World, **options: Any) -> CohortPlan | None:
    """A plan in which the checkers have found nothing; None where there is none."""
    try:
        plan = world.plan(**options)
    except fp.errors.Infeasible:
        return None
    given = {"runs": world.runs, "must": world.must, "must_not": world.must_not}
    limits = world.limits
    assert cohort_problems(plan, world.people, world.catalogue, limits=limits, **given) == ()
    assert check_claims(plan, world.people, world.catalogue, **given) == ()
    return plan


@examples(150)
@given(cohort_worlds(most_pairs=9))
def test_no_plan_closes_more(world: World) -> None:
    plan, best = planned(world), world.best()
    if plan is None or best is None:
        assert plan is None
        assert best is None
        return
    assert plan.value == best
    assert plan.bound >= best
    assert plan.optimal
    assert plan.gap_to_bound == 0


@pytest.mark.parametrize("priority", ["workplace", "lottery", "hired"])
@examples(30)
@given(cohort_worlds(most_pairs=8), EFFORTS)
def test_the_bound_is_that_of_the_best_under_all_rules(
    priority: Any, world: World, effort: Any
) -> None:
    ruled = world.with_limits(priority=priority)
    plan, best = planned(ruled, effort=effort), ruled.best()
    assert (plan is None) is (best is None)
    if plan is not None and best is not None:
        assert plan.value <= best <= plan.bound
        assert not plan.optimal or plan.value == pytest.approx(best, rel=1e-6)


@examples(120)
@given(cohort_worlds(more=True), st.sampled_from(["gap", "workplace", "lottery", "hired"]), EFFORTS)
def test_plans_break_no_limit_and_add_up(world: World, priority: Any, effort: Any) -> None:
    planned(world.with_limits(priority=priority), effort=effort, seed=len(world.runs))


# --- what clashes -------------------------------------------------------------------------------


def people_told(clash: fp.errors.Infeasible) -> tuple[Any, ...]:
    """Those of whom it is said that they must go, as they were asked for."""
    found: list[Any] = []
    for part in clash.rules["must"].in_("en").split("; "):
        names, _, aim = part.partition(" must go")
        about = aim.removeprefix(" to ")
        found += [(name, about) if about else name for name in names.split(", ")]
    return tuple(found)


def possible(world: World, rules: set[str]) -> bool:
    """Whether there is a plan when these rules alone are kept."""
    return world.without(set(RULES) - rules).possible_at_all


@examples(120)
@given(cohort_worlds(most_pairs=7, more=True))
def test_what_clashes_is_as_little_as_can_be(world: World) -> None:
    try:
        world.plan()
    except fp.errors.Infeasible as error:
        assert_smallest(world, error)


def assert_smallest(world: World, error: fp.errors.Infeasible) -> None:
    # That a module is taken once is no limit that could be another.
    rules = set(error.rules) - {"must", "once"}
    assert not possible(world, rules)
    for fewer in range(len(rules)):
        for some in combinations(RULES, fewer):
            assert possible(world, set(some)), some
    people = people_told(error)
    assert set(people) <= set(world.must)
    assert not possible(replace(world, must=people), rules)
    for one in people:
        others = tuple(other for other in people if other != one)
        assert possible(replace(world, must=others), rules), one
