"""The checker finds what is wrong with a plan, one rule after the other."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from pathway_worlds import PERIODS
from worlds import founded, known, module, profile, small, text

import fagprofil as fp
from fagprofil.model import FormalEntry, ModuleRun, Programme
from fagprofil.planning.check import Checker, pathway_problems
from fagprofil.planning.limits import PathwayLimits
from fagprofil.planning.pathway import plan_pathway
from fagprofil.planning.pathway_results import Alternative, Pathway

FORMAL = FormalEntry(education_level=6, relevant_years=2, provenance=founded())
MODULES = [
    module("a", {"c0": 1}, ects=5, price=2_000, teaching_days=3, programme="g"),
    module("b", {"c0": 3}, ects=10, price=5_000, teaching_days=7, entry={"c0": 1}, programme="g"),
    module("c", {"c1": 2}, ects=5, price=1_000, teaching_days=4),
    module("old", {"c1": 2}, ects=5, valid_to="2027-03-01"),
    module("formal", {"c1": 1}, ects=5, formal_entry=FORMAL),
    module("held", {"c1": 1}, ects=5),
    module("p", {"c1": 1}, ects=5, project=True, programme="g"),
    module("akademi", {"c1": 1}, ects=5, level="akademi"),
    module("unknown", {"c1": 1}),
]
RUN = ModuleRun(
    id="r", module="held", start="2027-08-20", deadline="2027-06-01", provenance=founded()
)
FIRST, SECOND, THIRD = (one.id for one in PERIODS)


def catalogue(**goal: Any) -> fp.Catalogue:
    facts = {"id": "g", "title": text("Goal"), "ects": 20, "project": "p", "level": "diplom"}
    programme = Programme.model_validate({**facts, "provenance": founded(), **goal})
    needs = {"c0": (3, 3, 1.0), "c1": (2, 2, 0.5)}
    job = profile("job", needs)
    return small(3, ["c0", "c1"], [job], MODULES, programmes=[programme], runs=[RUN])


def checker(goal: dict[str, Any] | None = None, **options: Any) -> Checker:
    person = options.pop("person", {})
    nothing = known({"c0": 0, "c1": 0})
    given: dict[str, Any] = {
        "employee": fp.Employee(id="e", evidence=nothing, **person),
        "catalogue": catalogue(**(goal or {})),
        "periods": PERIODS,
        "limits": PathwayLimits(),
        "on": dt.date(2026, 11, 22),
    }
    return Checker(**{**given, **options})


def fields(check: Checker, **taken: str) -> list[str]:
    return sorted(problem.field for problem in check.problems(taken))


def test_nothing_is_wrong_with_a_plan_that_keeps_everything() -> None:
    limits = PathwayLimits(
        ects_per_period=10, ects=20, money=8_000, days_per_period=7, days=14, modules=3
    )
    check = checker(limits=limits, must=frozenset("a"), exclude=frozenset(["old"]))
    assert fields(check, a=FIRST, c=FIRST, b=SECOND) == []


@pytest.mark.parametrize(
    ("limits", "field"),
    [
        ({"ects": 19}, "ects"),
        ({"ects_per_period": 9.5}, "ects_per_period"),
        ({"money": 7_999.99}, "money"),
        ({"days": 13.5}, "days"),
        ({"days_per_period": 6.5}, "days_per_period"),
        ({"modules": 2}, "modules"),
    ],
)
def test_limits_that_are_broken(limits: dict[str, float], field: str) -> None:
    found = fields(checker(limits=PathwayLimits(**limits)), a=FIRST, c=FIRST, b=SECOND)
    assert set(found) == {field}


@pytest.mark.parametrize(
    ("taken", "options", "expected"),
    [
        ({"b": FIRST}, {}, ["entry"]),
        ({"a": SECOND, "b": SECOND}, {}, ["entry"]),
        ({"old": SECOND}, {}, ["valid"]),
        ({"formal": FIRST}, {"person": {"education_level": 5}}, ["formal entry"]),
        ({"formal": SECOND}, {"person": {"relevant_years": 1.4}}, []),
        ({"formal": SECOND}, {"person": {"relevant_years": 1.3}}, ["formal entry"]),
        ({"held": FIRST}, {}, ["runs"]),
        ({"held": SECOND}, {}, []),
        ({"c": FIRST}, {"exclude": frozenset("c")}, ["exclude"]),
        ({"c": FIRST}, {"must": frozenset("a")}, ["must"]),
        ({"c": FIRST}, {"person": {"completed": ["c"]}}, ["completed"]),
        ({"unknown": FIRST}, {"limits": PathwayLimits(ects=60)}, ["limits"]),
        ({"p": THIRD, "a": FIRST, "b": SECOND}, {}, []),
        ({"p": SECOND, "a": FIRST, "b": SECOND}, {}, ["project"]),
    ],
)
def test_rules_that_are_broken(
    taken: dict[str, str], options: dict[str, Any], expected: list[str]
) -> None:
    assert fields(checker(**options), **taken) == expected


@pytest.mark.parametrize(
    ("goal", "taken", "options", "expected"),
    [
        ({}, {"c": FIRST}, {}, ["outside_ects"]),
        ({"outside_ects": 5}, {"c": FIRST}, {}, []),
        ({"outside_ects": 4}, {"c": FIRST}, {}, ["outside_ects"]),
        ({"outside_ects": 5}, {"akademi": FIRST}, {}, ["modules"]),
        ({"outside_ects": 5}, {"unknown": FIRST}, {}, ["modules"]),
        ({"compulsory": ["a"], "electives": []}, {"a": FIRST, "b": SECOND}, {}, ["outside_ects"]),
        ({"max_years": 1}, {"a": FIRST, "b": SECOND}, {}, []),
        ({"max_years": 1}, {"a": FIRST, "b": THIRD}, {}, ["max_years"]),
        ({"valid_to": "2027-03-01"}, {"a": FIRST, "b": SECOND}, {}, ["valid"]),
        ({}, {"a": FIRST, "b": SECOND}, {"complete": True}, ["ects", "project"]),
        ({}, {"a": FIRST, "b": SECOND, "p": THIRD}, {"complete": True}, []),
        (
            {"compulsory": ["a"]},
            {"p": THIRD},
            {"complete": True},
            ["compulsory", "ects", "project"],
        ),
    ],
)
def test_rules_of_a_programme_that_are_broken(
    goal: dict[str, Any], taken: dict[str, str], options: dict[str, Any], expected: list[str]
) -> None:
    assert fields(checker(goal, programme="g", **options), **taken) == expected


def wrong(**update: Any) -> list[str]:
    world, nobody = catalogue(), fp.Employee(id="e", evidence=known({"c0": 0, "c1": 0}))
    plan = plan_pathway(
        nobody, "job", world, limits=PathwayLimits(ects_per_period=10), periods=PERIODS
    )
    assert pathway_problems(plan, nobody, world) == ()
    changed = plan.model_copy(update={name: make(plan) for name, make in update.items()})
    return [problem.field for problem in pathway_problems(changed, nobody, world)]


def first_step(plan: Pathway, **update: Any) -> Any:
    return (plan.steps[0].model_copy(update=update), *plan.steps[1:])


@pytest.mark.parametrize(
    ("update", "field"),
    [
        ({"value": lambda plan: plan.value + 1}, "value"),
        ({"gap_before": lambda plan: plan.gap_before + 1}, "gap_before"),
        ({"gap_after": lambda plan: plan.gap_after + 1}, "gap_after"),
        ({"waiting": lambda plan: plan.waiting + 1}, "waiting and open"),
        ({"bound": lambda plan: plan.value - 1}, "bound"),
        ({"bound": lambda plan: plan.value + 1}, "bound"),
        ({"ects": lambda plan: plan.ects + 1}, "ects"),
        ({"steps": lambda plan: first_step(plan, gain=9.0)}, "gain of a"),
        ({"steps": lambda plan: first_step(plan, gap_after=9.0)}, "gap after a"),
        ({"steps": lambda plan: first_step(plan, net_price=9.0)}, "price of a"),
        ({"steps": lambda plan: first_step(plan, reasons=())}, "reasons of a"),
        ({"steps": lambda plan: plan.steps[::-1]}, "steps"),
        ({"steps": lambda plan: (plan.steps[0], *plan.steps)}, "steps"),
        ({"limits": lambda _: PathwayLimits(ects=5)}, "ects"),
        (
            {
                "alternatives": lambda _: (
                    Alternative(
                        value=1.0, loss=1.0, modules=((FIRST, "b"),), without=("a",), instead=()
                    ),
                )
            },
            "entry",
        ),
    ],
)
def test_numbers_that_do_not_add_up(update: dict[str, Any], field: str) -> None:
    assert field in wrong(**update)
