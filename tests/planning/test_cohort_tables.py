"""A plan of classes as tables, and its classes in groups, by examples to follow by hand."""

from __future__ import annotations

from typing import Any

import pytest
from cohort_worlds import World, catalogue, cohort_worlds, person, run
from hypothesis import given
from hypothesis import strategies as st
from worlds import examples, module

import fagprofil as fp
from fagprofil.planning.cohort_limits import CohortLimits
from fagprofil.planning.cohort_plan import CohortPlan

M0 = module("m0", {"c0": 3}, ects=5, price=8_000)
M1 = module("m1", {"c1": 2}, ects=10, price=12_000)

#: Two beginners and two who know the first two steps of c0, in two units; one who knows all.
PEOPLE = (
    person("e0", "u0"),
    person("e1", "u1", levels=(2, 0, 0)),
    person("e2", "u0"),
    person("e3", "u1", levels=(2, 0, 0)),
    person("e4", "u1", levels=(3, 2, 0)),
)


def planned(*runs: Any, people: Any = PEOPLE, **limits: Any) -> CohortPlan:
    return World(catalogue((M0, M1)), tuple(people), runs, CohortLimits(**limits), (), ()).plan()


def rows(plan: CohortPlan, what: Any) -> list[dict[str, Any]]:
    return list(plan.table(what, "pyarrow", lang="en").to_pylist())


@pytest.fixture(scope="module")
def plan() -> CohortPlan:
    first = run("r0", "m0", seats_min=2, place="Aarhus", fixed_cost=1_000.0)
    # Nobody is left for a second class; of m1 there would have to be six.
    return planned(first, run("r1", "m1", 30, seats_min=6))


def test_seats_as_a_table(plan: CohortPlan) -> None:
    table = {row["employee"]: row for row in rows(plan, "seats")}
    assert {name: row["value"] for name, row in table.items()} == {
        "e0": 3.0,
        "e1": 1.0,
        "e2": 3.0,
        "e3": 1.0,
    }
    assert table["e1"] == {
        "employee": "e1",
        "unit": "u1",
        "run": "r0",
        "module": "m0",
        "start": "2027-02-01",
        "place": "Aarhus",
        "value": 1.0,
        # Two of the three steps that it teaches.
        "repeats": pytest.approx(2 / 3),
        "gross": 8_000.0,
        "net": 8_000.0,
        "must": False,
        "reason": "C0 1.0",
    }


def test_classes_and_units_and_days_as_tables(plan: CohortPlan) -> None:
    (one,) = rows(plan, "classes")
    assert (one["run"], one["people"], one["units"]) == ("r0", 4, "u0: 2, u1: 2")
    assert (one["value"], one["gross"], one["net"]) == (8.0, 32_000.0, 32_000.0)
    assert (one["fixed_cost"], one["shared_gaps"]) == (1_000.0, "C0 (4), C1 (4)")
    assert (one["start"], one["end"], one["teaching_days"]) == ("2027-02-01", "2027-02-08", 2)
    units = {row["unit"]: row for row in rows(plan, "units")}
    assert [(units[u]["people"], units[u]["seated"]) for u in ("u0", "u1")] == [(2, 2), (3, 2)]
    assert [units[u]["days_away"] for u in ("u0", "u1")] == [4, 4]
    assert sum(row["fixed_share"] for row in units.values()) == pytest.approx(1_000)
    assert rows(plan, "days") == [
        {"unit": unit, "day": day, "away": 2, "people": people}
        for unit, people in (("u0", 2), ("u1", 3))
        for day in ("2027-02-01", "2027-02-08")
    ]


def test_who_is_left_over_as_tables(plan: CohortPlan) -> None:
    (left,) = rows(plan, "not_held")
    assert (left["run"], left["wanted"], left["units"]) == ("r1", 4, "u0: 2, u1: 2")
    assert (left["able"], left["missing"]) == (4, 2)
    (waits,) = rows(plan, "waiting")
    assert (waits["module"], waits["held"], waits["wanted"], waits["missing"]) == ("m1", 0, 4, 2)
    (alone,) = rows(plan, "unseated")
    assert (alone["employee"], alone["unit"]) == ("e4", "u1")


@pytest.mark.parametrize("kind", ["pandas", "polars", "pyarrow"])
def test_tables_have_the_same_columns_also_where_they_are_empty(kind: Any) -> None:
    nothing, something = planned(people=()), planned(run("r0", "m0"), run("r1", "m1", seats_min=9))
    for what in ("seats", "classes", "not_held", "waiting", "unseated", "units", "days"):
        empty, full = nothing.table(what, kind), something.table(what, kind)
        names = [list(getattr(t, "column_names", None) or t.columns) for t in (empty, full)]
        assert names[0] == names[1]
        assert len(empty) == 0


def test_an_unknown_table_or_class_is_named_with_the_nearest(plan: CohortPlan) -> None:
    with pytest.raises(fp.errors.UnknownName, match="seats"):
        plan.table("seat")  # type: ignore[arg-type]
    with pytest.raises(fp.errors.UnknownName, match="r0"):
        plan.split("r00")
    with pytest.raises(fp.errors.UnknownName, match="r1"):
        plan.held_class("r1")  # a class that is not held


# --- groups -------------------------------------------------------------------------------------


def test_a_class_is_split_by_what_its_people_hold(plan: CohortPlan) -> None:
    split = plan.split("r0", 2)
    new, known = split.groups
    assert (new.participants, known.participants) == (("e0", "e2"), ("e1", "e3"))
    # Of three steps of c0 the second group holds two, and skips them.
    assert (dict(new.skip), dict(known.skip)) == ({}, {"c0": 2})
    assert (new.repeats, known.repeats) == (0.0, pytest.approx(2 / 3))
    assert (new.repeats_left, known.repeats_left) == (0.0, 0.0)
    assert dict(known.held) == {"c0": (1.0, 1.0, 0.0)}
    # Together nothing can be skipped, and a third is repeated.
    assert dict(split.together.skip) == {}
    assert split.together.repeats == split.together.repeats_left == pytest.approx(1 / 3)


def test_those_who_hold_the_same_are_never_parted(plan: CohortPlan) -> None:
    assert len(plan.split("r0", 4).groups) == 2
    assert len(plan.split("r0", 1).groups) == 1


def test_a_step_is_skipped_only_where_we_are_sure_of_everybody() -> None:
    """Both say that they hold two steps, which is not known for sure."""
    said = [{"competence": "c0", "level": 2, "kind": "self"}]
    people = [
        fp.Employee(id=f"e{n}", unit="u0", profile="p0", employer="kommune", evidence=said)
        for n in range(2)
    ]
    plan = planned(run("r0", "m0"), people=people)
    held = plan.seats[0].held["c0"]
    assert 0 < held[1] < 1
    (group,) = plan.split("r0", 1, sure=held[1]).groups
    assert dict(group.skip) == {"c0": 2}
    (group,) = plan.split("r0", 1, sure=1.0).groups
    assert dict(group.skip) == {}


@pytest.mark.parametrize(("groups", "sure"), [(0, 0.9), (2, 0.0), (2, 1.5)])
def test_numbers_out_of_range_are_refused(plan: CohortPlan, groups: int, sure: float) -> None:
    with pytest.raises(fp.errors.DataError):
        plan.split("r0", groups, sure=sure)


@examples(60)
@given(cohort_worlds(more=True), st.integers(1, 4), st.floats(0.05, 1.0))
def test_groups_are_the_class_and_skip_what_all_of_them_hold(
    world: World, groups: int, sure: float
) -> None:
    try:
        plan = world.plan()
    except fp.errors.Infeasible:
        return
    for one in plan.classes:
        split = plan.split(one.run, groups, sure=sure)
        held = {seat.employee: seat.held for seat in plan.seats_of(one.run)}
        assert sorted(x for g in split.groups for x in g.participants) == sorted(held)
        assert 1 <= len(split.groups) <= groups
        for group in (*split.groups, split.together):
            for name, steps in group.held.items():
                chances = [held[employee][name] for employee in group.participants]
                level = group.skip.get(name, 0)
                assert all(min(c[:level], default=1.0) >= sure for c in chances)
                assert level == len(steps) or any(c[level] < sure for c in chances)
            assert 0 <= group.repeats_left <= group.repeats + 1e-9 <= 1 + 2e-9
