"""Pools small enough to be worked out by hand, and plans that a checker must refuse."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
from cohort_worlds import catalogue, person, scheme
from pool_worlds import World
from worlds import module

import fagprofil as fp
from fagprofil.errors import DataError, Infeasible, UnknownName
from fagprofil.planning.pool_plan import PoolGrant, PoolPlan
from fagprofil.planning.pool_terms import Employer, Pool

TABLES = (
    "grants",
    "employers",
    "regions",
    "sizes",
    "modules",
    "limits",
    "relaxations",
    "effects",
    "refused",
)


def course(name: str, competence: str, **facts: Any) -> fp.Module:
    given = {"ects": 5, "teaching_days": 4, "price": 10_000, "entry": {}, **facts}
    return module(name, {competence: 3}, **given)


def world(**limits: Any) -> World:
    """Two employers with two people each, who lack all; two modules of 10,000 kr, paid wholly."""
    modules = [course("m0", "c0"), course("m1", "c1", ects=10, teaching_days=7)]
    people = tuple(person(f"e{n}", f"u{n // 2}", (0, 0, 0), profile="p0") for n in range(4))
    pool = Pool(**{"amount": 100_000, "share": 1.0, **limits})
    employers = {"u0": {"region": "nord", "size": None}, "u1": {"region": "syd", "size": None}}
    return World(catalogue(modules, [scheme("f0", share=0.5, cap=None)]), people, pool, employers)


def counts(plan: PoolPlan) -> dict[str, int]:
    """Grants by person."""
    return {f"e{n}": len(plan.grants_of(f"e{n}")) for n in range(4)}


def test_with_money_for_all_everybody_gets_what_closes_something() -> None:
    plan = world().plan()
    assert counts(plan) == dict.fromkeys(("e0", "e1", "e2", "e3"), 2)
    assert (plan.spent, plan.unused, plan.own, plan.optimal) == (80_000, 20_000, 0, True)
    assert [(one.when, one.closes <= one.gap) for one in plan.effects] == [
        ("now", True),
        ("in_five_years", True),
        ("over_five_years", True),
    ]
    assert not any(one.binds for one in plan.limits)


@pytest.mark.parametrize(
    ("limit", "most", "grants"),
    [
        ("amount", 30_000, 3),
        ("modules", 5, 5),
        ("person_modules", 1, 4),
        ("person_ects", 5, 4),
        ("person_days", 6, 4),
        ("person_kroner", 19_999, 4),
        ("employer_kroner", 10_000, 2),
        ("employer_share", 0.25, 4),
        ("employer_days", 5.5, 4),
    ],
)
def test_a_limit_holds_to_the_last_unit(limit: str, most: float, grants: int) -> None:
    tight = world(**{limit: most})
    plan = tight.plan(relaxations=True)
    assert len(plan.grants) == grants
    assert tight.problems(plan) == ()
    (use,) = (one for one in plan.limits if one.limit == limit)
    assert use.binds
    (lifted,) = (one for one in plan.relaxations if one.limit == limit)
    assert lifted.closes > 0
    assert lifted.spends == pytest.approx((8 - grants) * 10_000)


def test_a_floor_moves_money_to_those_who_get_little() -> None:
    # Those of u1 lack half as much, so without a floor all money goes to u0.
    base = world(amount=20_000)
    full = tuple(
        person(one.id, one.unit, (0, 0, 0) if one.unit == "u0" else (2, 2, 0), profile="p0")
        for one in base.people
    )
    unfair = replace(base, people=full).plan()
    assert {one.name: one.kroner for one in unfair.regions} == {"nord": 20_000, "syd": 0}
    fair = replace(base, people=full).with_pool(floor=0.5).plan()
    assert {one.name: one.kroner for one in fair.regions} == {"nord": 10_000, "syd": 10_000}
    assert all(one.floor == 5_000 and one.met for one in fair.regions)
    assert fair.value < unfair.value


def test_a_group_that_wants_less_than_its_floor_gets_what_it_wants() -> None:
    base = world(amount=40_000, floor=1.0)
    rich = tuple(
        one if one.unit == "u0" else person(one.id, one.unit, (3, 3, 3), profile="p0")
        for one in base.people
    )
    plan = replace(base, people=rich).plan()
    assert {one.name: (one.wants, one.floor, one.kroner) for one in plan.regions}["syd"] == (
        0,
        0,
        0,
    )
    assert plan.spent == 40_000


def test_floors_that_cannot_all_be_kept_are_told_as_the_smallest_set() -> None:
    with pytest.raises(Infeasible) as raised:
        world(amount=40_000, floor=1.0, modules=2).plan()
    assert {"modules"} < set(raised.value.rules)
    assert len(raised.value.rules) == 3
    for name in raised.value.rules:
        assert raised.value.rules[name].in_("en")


# --- schemes --------------------------------------------------------------------------------------


def test_a_scheme_that_does_not_hold_on_the_day_pays_nothing_and_that_is_said() -> None:
    base = world(scheme="f0")
    ended = scheme("f0", share=0.5, cap=None, valid_to=dt.date(2026, 12, 31))
    late = replace(base, catalogue=catalogue(list(base.catalogue.modules.values()), [ended]))
    plan = late.plan()
    assert (plan.grants, plan.spent) == ((), 0)
    assert {"2026" in one.reason.in_("en") for one in plan.refused} == {True}


def test_what_is_not_known_of_a_scheme_is_said() -> None:
    plan = world(scheme="f0").plan()
    assert any("cap" in one.in_("en") for one in plan.unknown)


def test_the_share_of_the_pool_is_rounded_down_and_the_employer_pays_the_rest() -> None:
    plan = world(share=1 / 3, amount=3_333.33).plan()
    (grant,) = plan.grants
    assert (grant.pool, grant.own, grant.gross) == (3_333.33, 6_666.67, 10_000)


def test_applications_are_granted_or_refused_with_a_reason() -> None:
    base = world(modules=1)
    plan = replace(base, applications={"e0": ["m0"], "e3": ["m1"]}).plan()
    assert len(plan.grants) == 1
    asked = {(one.employee, one.module) for one in plan.refused if one.module is not None}
    granted = {(one.employee, one.module) for one in plan.grants}
    assert asked | granted == {("e0", "m0"), ("e3", "m1")}


# --- what is wrong --------------------------------------------------------------------------------


def test_everything_wrong_in_a_call_is_told_at_once() -> None:
    base = world()
    with pytest.raises(DataError) as raised:
        fp.allocate_pool(
            Pool(amount=1, share=1.0, eligible=("m00",), scheme="f00"),
            base.people,
            base.catalogue,
            employers={"u0": 3},
            applications={"e9": ["m7"]},
        )
    said = str(raised.value)
    for part in ("m00", "f00", "u0", "e9"):
        assert part in said, part
    with pytest.raises(ValueError, match="share"):
        Pool(amount=1)


def _grant(plan: PoolPlan, **changes: Any) -> PoolPlan:
    first, *others = plan.grants
    return plan.model_copy(update={"grants": (first.model_copy(update=changes), *others)})


def _more(plan: PoolPlan, **changes: Any) -> PoolPlan:
    extra = plan.grants[0].model_copy(update=changes)
    return plan.model_copy(update={"grants": (*plan.grants, extra)})


def _part(plan: PoolPlan, name: str, **changes: Any) -> PoolPlan:
    first, *others = getattr(plan, name)
    return plan.model_copy(update={name: (first.model_copy(update=changes), *others)})


BREAKS = {
    "a grant twice": lambda plan: _more(plan),
    "to nobody": lambda plan: _grant(plan, employee="e7"),
    "of no module": lambda plan: _grant(plan, module="m7"),
    "its kroner": lambda plan: _grant(plan, pool=9_999.0),
    "its gross": lambda plan: _grant(plan, gross=1.0),
    "its own part": lambda plan: _grant(plan, own=5.0),
    "its value": lambda plan: _grant(plan, value=99.0),
    "its employer": lambda plan: _grant(plan, employer="u9"),
    "its days": lambda plan: _grant(plan, days=1.0),
    "spent": lambda plan: plan.model_copy(update={"spent": plan.spent - 1}),
    "unused": lambda plan: plan.model_copy(update={"unused": plan.unused + 1}),
    "value": lambda plan: plan.model_copy(update={"value": plan.value + 1}),
    "bound": lambda plan: plan.model_copy(update={"bound": plan.value / 2}),
    "an employer's grants": lambda plan: _part(plan, "employers", grants=9),
    "an employer's kroner": lambda plan: _part(plan, "employers", kroner=9.0),
    "an employer's days": lambda plan: _part(plan, "employers", days=0.5),
    "a region's people": lambda plan: _part(plan, "regions", people=9),
    "a region's kroner": lambda plan: _part(plan, "regions", kroner=9.0),
    "a module's grants": lambda plan: _part(plan, "modules", grants=9),
    "an effect": lambda plan: _part(plan, "effects", closes=0.25),
    "nobody refused": lambda plan: plan.model_copy(update={"refused": ()}),
}


@pytest.mark.parametrize("what", BREAKS)
def test_the_checker_sees_what_is_wrong(what: str) -> None:
    base = world(person_modules=1, modules=3)
    plan = base.plan(relaxations=True)
    assert base.problems(plan) == ()
    assert base.problems(BREAKS[what](plan)) != ()


@pytest.mark.parametrize(
    "tighter",
    [
        {"amount": 29_999},
        {"modules": 2},
        {"person_modules": 0},
        {"person_ects": 4},
        {"person_days": 3},
        {"person_kroner": 9_999},
        {"employer_kroner": 9_999},
        {"employer_share": 0.01},
        {"employer_days": 0.5},
        {"eligible": ("m1",)},
    ],
    ids=lambda one: next(iter(one)),
)
def test_the_checker_sees_a_broken_limit(tighter: dict[str, Any]) -> None:
    base = world(person_modules=1, modules=3)
    plan = base.plan()
    pool = base.with_pool(**tighter).pool
    assert base.problems(plan.model_copy(update={"pool": pool})) != ()


# --- as tables ------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["pandas", "polars", "pyarrow"])
@pytest.mark.parametrize("what", TABLES)
def test_every_part_is_a_table(what: Any, kind: Any) -> None:
    plan = world(person_modules=1, modules=3, floor=0.2).plan(relaxations=True)
    frame = plan.table(what, kind, lang="en")
    rows = {"sizes": 0}.get(what, len(getattr(plan, what)))
    assert len(frame) == rows
    if what == "grants":
        assert list(map(str, frame["employee"])) == [one.employee for one in plan.grants]
        assert sum(map(float, frame["pool"])) == pytest.approx(plan.spent)


def test_no_such_table_or_employer() -> None:
    plan = world().plan()
    with pytest.raises(UnknownName, match="grants"):
        plan.table("grant")  # type: ignore[arg-type]
    with pytest.raises(UnknownName, match="u0"):
        plan.employer("u00")
    assert plan.employer("u0").grants == 4
    assert isinstance(plan.grants[0], PoolGrant)
    assert Employer(region="nord").size is None
