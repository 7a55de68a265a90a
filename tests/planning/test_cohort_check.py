"""The checker finds what is wrong with a plan of classes, one limit after the other."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from typing import Any

import pytest
from cohort_worlds import World, catalogue, cohort_worlds, person, run
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel
from worlds import examples, module

import fagprofil as fp
from fagprofil.planning.cohort_check import Look, cohort_problems
from fagprofil.planning.cohort_check_claims import check_claims
from fagprofil.planning.cohort_limits import CohortLimits, Presence
from fagprofil.planning.cohort_plan import CohortPlan, Seat

MODULES = [
    module("m0", {"c0": 3}, ects=5, price=8_000),
    module("m1", {"c1": 2}, ects=10, price=12_000),
]
RUNS = (
    run("r0", "m0", day=0, seats_min=1, seats_max=3, place="a", fixed_cost=5_000),
    run("r1", "m1", day=1, seats_min=4, place="b"),
    run("r2", "m0", day=2, seats_max=1, place="a"),
    run("r3", "m1", day=9, seats_min=8, place="b"),
)
PEOPLE = (
    person("e0", "u0"),
    person("e1", "u0"),
    person("e2", "u1"),
    person("e3", "u1"),
    person("e4", None, profile=None),
)
#: e0, e1 and e2 go to r0, e3 to r2, and all four to r1.
MUST = (("e0", "r0"), ("e1", "r0"), ("e2", "r0"), ("e3", "r2"))


@pytest.fixture(scope="module")
def world() -> World:
    return World(catalogue(MODULES), PEOPLE, RUNS, must=MUST)


@pytest.fixture(scope="module")
def plan(world: World) -> CohortPlan:
    return world.plan()


def told(world: World, plan: CohortPlan, **changes: Any) -> tuple[str, ...]:
    given = {"runs": world.runs, "must": world.must, "must_not": world.must_not, **changes}
    people = given.pop("people", world.people)
    return cohort_problems(plan, people, given.pop("catalogue", world.catalogue), **given)


def test_nothing_is_wrong_with_a_plan_that_keeps_everything(world: World, plan: CohortPlan) -> None:
    assert [(one.employee, one.run) for one in plan.seats] == [
        (name, run) for name in ("e0", "e1", "e2") for run in ("r0", "r1")
    ] + [("e3", "r1"), ("e3", "r2")]
    limits = CohortLimits(
        classes=2,
        ects=15,
        away=2,
        # 4 seats of 8,000 and 4 of 12,000, and 5,000 for r0; half of the seats are of u0.
        budget=85_000,
        unit_budget={"u0": 40_000, "u1": 40_000},
        places={"u0": ("a", "b")},
        together=("u0",),
        mix=1.0,
    )
    assert told(world, plan, limits=limits) == ()


@pytest.mark.parametrize(
    ("limits", "problem"),
    [
        ({"classes": 1}, "e0 is in 2 classes, at most 1"),
        ({"ects": 14.5}, "e0 takes 15.0 ECTS in 2027-1, at most 14.5"),
        ({"parallel": False}, "e0 is in r0 and r1 at once"),
        ({"away": 1}, "2 of u0 are away on 2027-02-01, at most 1"),
        ({"away": {"u1": 1}}, "2 of u1 are away on 2027-02-02, at most 1"),
        ({"away": 0.9}, "2 of u0 are away on 2027-02-01, at most 1.8"),
        ({"presence": 1}, "0 of u0, p0 are at work on 2027-02-01"),
        ({"presence": [Presence(at_least=1, unit="u1")]}, "0 of u1, p0 are at work on 2027-02-02"),
        (
            {"presence": [Presence(at_least=2, function="p0")]},
            "1 of u1, p0 are at work on 2027-02-01",
        ),
        ({"budget": 84_999}, "all of it costs 85000.0, at most 84999.0"),
        ({"unit_budget": {"u0": 39_999}}, "u0 spends 40000.0, at most 39999.0"),
        ({"unit_budget": 39_999}, "u1 spends 40000.0, at most 39999.0"),
        ({"places": {"u0": ("a",)}}, "e0 is sent to b"),
        ({"together": ("u1",)}, "u1 is in 2 classes of m0"),
        ({"together": True}, "u1 is in 2 classes of m0"),
        ({"mix": 0.66}, "more than 0.66 of r0 is from one unit"),
    ],
)
def test_limits_that_are_broken(
    world: World, plan: CohortPlan, limits: dict[str, Any], problem: str
) -> None:
    assert problem in told(world, plan, limits=CohortLimits(**limits))


@pytest.mark.parametrize(
    ("r", "changes", "limits", "problem"),
    [
        (0, {"seats_min": 4}, {}, "r0 has 3, at least 4"),
        (0, {"seats_max": 2}, {}, "r0 has 3, at most 2"),
        (0, {"module": "m1"}, {}, "r0 is not of m0"),
        (0, {"deadline": dt.date(2026, 1, 1)}, {}, "r0 cannot be joined on 2026-11-22"),
        (0, {"days": None}, {"away": 9}, "r0 has no known teaching days"),
        (1, {"days": RUNS[0].days}, {}, "e0 is in r0 and r1 at once"),
        # Where the days are unknown, all from the first to the last count.
        (1, {"days": None}, {}, "e0 is in r0 and r1 at once"),
        (1, {"place": "c"}, {}, "place of r1 is not so"),
        (0, {"fixed_cost": 6_000.0}, {}, "fixed cost of r0: 5000.0 is not 6000.0"),
    ],
)
def test_classes_that_are_others(
    world: World, plan: CohortPlan, r: int, changes: Any, limits: Any, problem: str
) -> None:
    runs = [*world.runs]
    runs[r] = runs[r].model_copy(update=changes)
    assert problem in told(world, plan, runs=runs, limits=CohortLimits(**limits))


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"completed": ({"module": "m0"},)}, "e0 may not take m0: taken"),
        ({"unit": "u9"}, "e0 is not of u0"),
        ({"levels": (3, 0, 0)}, "the seat of e0 in r0 closes 0.0, not 3.0"),
        ({"profile": "p1"}, "the seat of e0 in r0 closes 0.0, not 3.0"),
    ],
)
def test_people_who_are_others(world: World, plan: CohortPlan, changes: Any, problem: str) -> None:
    given = {"unit": "u0", **changes}
    first = person("e0", **given)
    assert problem in told(world, plan, people=[first, *world.people[1:]])


@pytest.mark.parametrize(
    ("changes", "limits", "problem"),
    [
        ({"entry": {"c0": 1}}, {}, "e0 may not take m0: entry"),
        ({"valid_to": "2027-01-31"}, {}, "m0 is not valid on 2027-02-01"),
        ({"ects": None}, {"ects": 60}, "e0 takes m0, of which the ECTS are unknown"),
        ({"price": None}, {"budget": 1e6}, "the price of r0 is unknown"),
        ({"price": None}, {"unit_budget": {"u1": 1e6}}, "the price of r2 is unknown"),
        ({"price": 9_000}, {}, "gross of e0: 21000.0 is not 20000.0"),
    ],
)
def test_modules_that_are_others(
    world: World, plan: CohortPlan, changes: Any, limits: Any, problem: str
) -> None:
    facts = {"ects": 5, "price": 8_000, **changes}
    other = catalogue([module("m0", {"c0": 3}, **facts), MODULES[1]])
    assert problem in told(world, plan, catalogue=other, limits=CohortLimits(**limits))


@pytest.mark.parametrize(
    ("wishes", "problem"),
    [
        ({"must": ["e4"]}, "e4 does not go to a class"),
        ({"must": [("e0", "r2")]}, "e0 does not go to r2"),
        ({"must_not": ["e0"]}, "e0 goes to a class"),
        ({"must_not": [("e0", "m1")]}, "e0 goes to m1"),
        ({"must_not": [("e0", "r1")]}, "e0 goes to r1"),
        ({"must": []}, "whether e0 must go to r0 is not so"),
    ],
)
def test_wishes_that_are_broken(world: World, plan: CohortPlan, wishes: Any, problem: str) -> None:
    assert problem in told(world, plan, **wishes)


def test_seats_that_there_are_not(world: World, plan: CohortPlan) -> None:
    first = plan.seats[0]
    strange = first.model_copy(update={"employee": "nobody"})
    assert told(world, plan.model_copy(update={"seats": (strange,)})) == (
        "nobody or r0 is not known",
    )
    twice = plan.model_copy(update={"seats": (first, *plan.seats)})
    assert told(world, twice) == ("e0 sits twice in r0",)
    less = plan.model_copy(update={"seats": plan.seats[1:]})
    assert "r0 lists others than those who sit in it" in told(world, less)
    module_twice = first.model_copy(update={"run": "r2"})
    more = plan.model_copy(update={"seats": (first, module_twice, *plan.seats[1:])})
    assert "e0 takes a module twice" in told(world, more)


# --- what it says of itself ---------------------------------------------------------------------

#: What is the planner's own choice or an input, so that no other number says what it must be.
OPEN = {"seed", "limits", "seats_min", "seats_max", "taught_by"}


def numbers(one: BaseModel) -> Iterator[tuple[tuple[Any, ...], Any]]:
    """Every number in a record, and where it stands."""
    for name in type(one).model_fields:
        value = getattr(one, name)
        if name in OPEN:
            continue
        if isinstance(value, (int, float)):
            yield (name,), value
        elif isinstance(value, tuple):
            for i, part in enumerate(value):
                if isinstance(part, BaseModel):
                    yield from (((name, i, *place), found) for place, found in numbers(part))


def changed(one: Any, place: tuple[Any, ...], value: Any) -> Any:
    """A record with another number somewhere."""
    name, *rest = place
    if not rest:
        return one.model_copy(update={name: value})
    i, *inside = rest
    parts = list(getattr(one, name))
    parts[i] = changed(parts[i], tuple(inside), value)
    return one.model_copy(update={name: tuple(parts)})


def test_no_number_can_be_another(world: World, plan: CohortPlan) -> None:
    found = list(numbers(plan))
    # People of a class who lack something, and how many could come to one that is not held, can be
    # fewer for all that the checker knows.
    loose = {"people", "able", "bound"}
    kept = []
    for place, value in found:
        other = not value if isinstance(value, bool) else value + 1
        if not told(world, changed(plan, place, other)) and place[-1] not in loose:
            kept.append(place)
    assert len(found) > 100
    assert kept == []


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"not_held": ()}, "the classes not held are not all others"),
        ({"unseated": ()}, "those without a seat are not all others"),
        ({"units": ()}, "the units are not those of the people"),
        ({"bound": 1.0}, "the bound is below the value"),
        ({"bound": 99.0}, "whether it is the best is not what the bound says"),
        ({"classes": ()}, "the classes are not those of the seats"),
    ],
)
def test_parts_that_are_left_out(
    world: World, plan: CohortPlan, changes: Any, problem: str
) -> None:
    assert problem in told(world, plan.model_copy(update=changes))


# --- against the other opinion ------------------------------------------------------------------


@examples(250)
@given(cohort_worlds(more=True), st.randoms(use_true_random=False), st.floats(0.05, 0.7))
def test_it_agrees_with_brute_force_on_any_seats(world: World, random: Any, share: float) -> None:
    pairs = [pair for pair in product(world.people, world.runs) if random.random() < share]
    seats = [(one.id, run.id) for one, run in pairs]
    kept = all(world.may(*pair) for pair in pairs) and world.keeps(seats)
    empty = replace(world, must=(), limits=CohortLimits(classes=0)).plan()
    plan = empty.model_copy(
        update={
            "limits": world.limits,
            "seats": tuple(_seat(world, one, run.id) for one, run in pairs),
        }
    )
    named = {run.id: run for run in world.runs}
    look = Look(plan, world.people, world.catalogue, named, world.must, world.must_not, None)
    assert (next(look.limits(), None) is None) is kept, list(look.limits())


def _seat(world: World, one: fp.Employee, name: str) -> Seat:
    return Seat(
        employee=one.id,
        unit=one.unit,
        run=name,
        module=world.run[name].module,
        value=0.0,
        reasons=(),
        repeats=None,
        held={},
        gross=None,
        net=None,
        must=False,
    )


# --- claims -------------------------------------------------------------------------------------


def passed_on(plan: CohortPlan, run: str, old: str, new: str) -> CohortPlan:
    """The same with one seat passed on."""
    seats = [
        one.model_copy(update={"employee": new}) if (one.employee, one.run) == (old, run) else one
        for one in plan.seats
    ]
    return plan.model_copy(update={"seats": tuple(seats)})


def test_claims_are_seen() -> None:
    """One seat, and two who lack as much: the one hired first has a claim on it."""
    runs = (run("r0", "m0", seats_max=1),)
    people = (
        person("e0", hired=dt.date(2024, 1, 1)),
        person("e1", hired=dt.date(2020, 1, 1)),
        person("e2"),
    )
    world = World(catalogue(MODULES), people, runs, CohortLimits(priority="hired"))
    plan = world.plan()
    assert [one.employee for one in plan.seats] == ["e1"]
    assert check_claims(plan, people, world.catalogue, runs=runs) == ()
    for name, claims in (("e0", ["e1"]), ("e2", ["e1", "e0"])):
        assert check_claims(
            passed_on(plan, "r0", "e1", name), people, world.catalogue, runs=runs
        ) == tuple(f"{one} has a claim on the seat of {name} in r0" for one in claims)


def test_idle_and_spare_seats_are_seen() -> None:
    runs = (run("r0", "m0", seats_max=2),)
    people = (person("e0"), person("e1", levels=(3, 0, 0)), person("e2"))
    world = World(catalogue(MODULES), people, runs)
    plan = world.plan()
    assert [one.employee for one in plan.seats] == ["e0", "e2"]
    idle = passed_on(plan, "r0", "e2", "e1")
    # e1, who must not be there for nothing, besides has a seat that would close something for e2.
    asked = replace(world, must=("e1",))
    assert "e1 sits in r0 for nothing" in check_claims(idle, people, world.catalogue, runs=runs)
    assert not any(
        "for nothing" in one
        for one in check_claims(idle, people, world.catalogue, runs=runs, must=asked.must)
    )
    spare = plan.model_copy(update={"seats": plan.seats[:1]})
    assert check_claims(spare, people, world.catalogue, runs=runs) == ("e2 could sit in r0",)
