"""Each limit on classes, by examples that a reader can follow by hand.

p0 needs three steps of c0 of weight 1 and two of c1 of weight 0.5, so for somebody who holds
nothing m0 closes 3 and m1 closes 1.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import pytest
from cohort_worlds import World, catalogue, person, run, scheme
from worlds import module

import fagprofil as fp
from fagprofil.model import FundingScheme, ModuleRun
from fagprofil.planning.cohort_check import cohort_problems
from fagprofil.planning.cohort_limits import CohortLimits, Presence
from fagprofil.planning.cohort_plan import CohortPlan
from fagprofil.planning.cohort_runs import tailored

M0 = module("m0", {"c0": 3}, ects=5, price=8_000)
M1 = module("m1", {"c1": 2}, ects=10, price=12_000)


def crowd(count: int, unit: str | None = "u0", first: int = 0, **facts: Any) -> list[fp.Employee]:
    return [person(f"e{first + n}", unit, **facts) for n in range(count)]


def ask(
    people: Sequence[fp.Employee],
    *runs: ModuleRun,
    modules: Sequence[fp.Module] = (M0, M1),
    schemes: Sequence[FundingScheme] = (),
    must: Sequence[Any] = (),
    must_not: Sequence[Any] = (),
    **limits: Any,
) -> CohortPlan:
    world = World(
        catalogue(modules, schemes),
        tuple(people),
        runs,
        CohortLimits(**limits),
        tuple(must),
        tuple(must_not),
    )
    plan = world.plan()
    wishes = {"must": must, "must_not": must_not}
    assert cohort_problems(plan, people, world.catalogue, runs=runs, **wishes) == ()
    return plan


def seats(plan: CohortPlan) -> list[tuple[str, str]]:
    return [(one.employee, one.run) for one in plan.seats]


def sizes(plan: CohortPlan) -> dict[str, int]:
    return {one.run: len(one) for one in plan.classes}


# --- classes ------------------------------------------------------------------------------------


def test_a_class_is_held_by_no_fewer_than_it_needs() -> None:
    small = ask(crowd(2), run("r0", "m0", seats_min=3))
    assert sizes(small) == {}
    (left,) = small.not_held
    assert left.wanted == {"u0": ("e0", "e1")}
    assert (left.missing, left.able) == (1, 2)
    assert left.reason.in_("en") == "2 want a seat, and there must be at least 3"
    assert left.reason.in_("da") == "2 vil have en plads, og der skal være mindst 3"
    assert [one.reason.in_("en") for one in small.unseated] == ["the class is not held (1)"] * 2
    assert small.value == small.bound == 0
    assert small.optimal
    assert small.status is None

    held = ask(crowd(3), run("r0", "m0", seats_min=3))
    assert sizes(held) == {"r0": 3}
    assert held.value == 3 * 3.0


def test_a_class_is_held_by_no_more_than_it_has_seats() -> None:
    """Those come who lack most: e0 and e2 lack three steps, e1 two."""
    people = [person("e0"), person("e1", levels=(1, 0, 0)), person("e2")]
    plan = ask(people, run("r0", "m0", seats_max=2))
    assert seats(plan) == [("e0", "r0"), ("e2", "r0")]
    assert plan.value == 3.0 + 3.0
    (waits,) = plan.waiting
    assert (waits.module, waits.held, waits.wanted) == ("m0", 1, {"u0": ("e1",)})
    # A class can be of one, so nobody is missing for another.
    assert waits.missing == 0
    (alone,) = plan.unseated
    assert alone.employee == "e1"
    assert alone.reason.in_("en") == "the seats of the classes (1)"


@pytest.mark.parametrize(("count", "expected"), [(3, [3]), (4, [2, 2]), (5, [2, 3]), (7, [3, 3])])
def test_people_are_spread_over_classes_so_that_all_can_come(
    count: int, expected: list[int]
) -> None:
    runs = [run(f"r{n}", "m0", n, seats_min=2, seats_max=3) for n in range(2)]
    assert sorted(sizes(ask(crowd(count), *runs)).values()) == expected


def test_nobody_takes_a_module_twice() -> None:
    plan = ask(crowd(1), run("r0", "m0"), run("r1", "m0", 90))
    assert len(plan.seats) == 1
    assert plan.value == 3.0


def test_two_modules_close_what_the_higher_one_closes_never_the_sum() -> None:
    modules = [module("m0", {"c0": 2}), module("m1", {"c0": 3, "c1": 1})]
    plan = ask(crowd(1), run("r0", "m0"), run("r1", "m1", 90), modules=modules)
    # m1 closes three steps of c0 and one of c1; m0 would close nothing more.
    assert seats(plan) == [("e0", "r1")]
    assert plan.value == 3 * 1.0 + 1 * 0.5


# --- time ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "days", "parallel", "value"),
    [
        # r0 is taught on 1 and 8 February. A class on the same days cannot be attended too,
        (0, 2, True, 3.0),
        # one that shares one of them cannot either,
        (7, 2, True, 3.0),
        # one on the days after can,
        (1, 2, True, 3.0 + 1.0),
        # but not where nobody may be in two classes whose periods overlap,
        (1, 2, False, 3.0),
        (7, 1, False, 3.0),
        (8, 1, False, 3.0 + 1.0),
        # and of one without known days all days from the first to the last are taken for such.
        (1, None, True, 3.0),
        (8, None, True, 3.0 + 1.0),
    ],
)
def test_nobody_is_in_two_classes_at_once(
    day: int, days: int | None, parallel: bool, value: float
) -> None:
    plan = ask(crowd(1), run("r0", "m0"), run("r1", "m1", day, days), parallel=parallel)
    assert plan.value == value


@pytest.mark.parametrize(("classes", "value"), [(0, 0.0), (1, 3.0), (2, 4.0), (None, 4.0)])
def test_so_many_classes_a_person(classes: int | None, value: float) -> None:
    plan = ask(crowd(2), run("r0", "m0"), run("r1", "m1", 90), classes=classes)
    assert plan.value == 2 * value


@pytest.mark.parametrize(
    ("ects", "day", "value"),
    [
        (15, 90, 3.0 + 1.0),  # 5 and 10 ECTS from February on
        (14.5, 90, 3.0),
        (14.5, 180, 3.0),  # 31 July is in the same half-year,
        (14.5, 181, 3.0 + 1.0),  # 1 August is not
        (9, 181, 3.0),
    ],
)
def test_so_many_ects_in_a_half_year(ects: float, day: int, value: float) -> None:
    assert ask(crowd(1), run("r0", "m0"), run("r1", "m1", day), ects=ects).value == value


# --- away ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("away", "count"),
    [
        (1, 1),
        (3, 3),
        (0, 0),
        (0.5, 2),
        (0.74, 2),  # 0.74 x 4 = 2.96
        (0.75, 3),
        (1.0, 4),
        ({"u0": 2}, 2),
        ({"u0": 0.25}, 1),
        (None, 4),
    ],
)
def test_so_many_of_a_unit_are_away_on_one_day(away: Any, count: int) -> None:
    assert sizes(ask(crowd(4), run("r0", "m0"), away=away)).get("r0", 0) == count


def test_away_counts_each_unit_and_day_by_itself() -> None:
    people = [*crowd(2), *crowd(2, "u1", 2), *crowd(1, None, 4)]
    one = ask(people, run("r0", "m0"), away=1)
    assert {unit: len(ids) for unit, ids in one.classes[0].by_unit.items()} == {
        "": 1,
        "u0": 1,
        "u1": 1,
    }
    # On other days the others can go.
    assert len(ask(people, run("r0", "m0"), run("r1", "m0", 1), away=1).seats) == 5
    # Classes that share one day, 8 February, count together on it.
    assert len(ask(people, run("r0", "m0"), run("r1", "m0", 7), away=1).seats) == 3
    assert len(ask(people, run("r0", "m0"), away={"u0": 1}).seats) == 4
    (first, *_) = one.units
    assert (first.unit, first.people, first.seated, first.days_away) == ("", 1, 1, 2)
    assert (first.most_away, first.most_away_day) == (1, dt.date(2027, 2, 1))


@pytest.mark.parametrize(
    ("presence", "gone"),
    [
        # Three p0 and one p1 in u0, two p0 in u1. One of each stays: the only p1 cannot go.
        (1, {("u0", "p0"): 2, ("u1", "p0"): 1}),
        (2, {("u0", "p0"): 1}),
        ([Presence(at_least=1, unit="u0")], {("u0", "p0"): 2, ("u1", "p0"): 2}),
        (
            [Presence(at_least=2, function="p0")],
            {("u0", "p0"): 1, ("u0", "p1"): 1},
        ),
        (
            [Presence(at_least=2, unit="u0", function="p0"), Presence(at_least=1, unit="u1")],
            {("u0", "p0"): 1, ("u0", "p1"): 1, ("u1", "p0"): 1},
        ),
    ],
)
def test_so_many_of_a_function_stay_at_work(
    presence: Any, gone: dict[tuple[str, str], int]
) -> None:
    people = [*crowd(3), person("e3", "u0", profile="p1"), *crowd(2, "u1", 4)]
    teaches = module("m0", {"c0": 3, "c1": 3})
    plan = ask(people, run("r0", "m0"), modules=[teaches], presence=presence)
    own = {one.id: (one.unit, one.profile) for one in people}
    found = [own[name] for name, _ in seats(plan)]
    assert {key: found.count(key) for key in sorted(set(found))} == gone


def test_seats_whose_days_nobody_knows_are_left_out_where_days_count() -> None:
    unknown = run("r0", "m0", days=None)
    assert len(ask(crowd(2), unknown).seats) == 2
    plan = ask(crowd(2), unknown, away=2)
    assert plan.seats == ()
    assert plan.unseated[0].reason.in_("en") == (
        "something that a limit counts is unknown (teaching days, ECTS or price) (1)"
    )


# --- money --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("budget", "count"),
    [
        # A class costs 5,000, and each seat 8,000.
        (12_999, 0),
        (13_000, 1),
        (20_999, 1),
        (21_000, 2),
        (0, 0),
    ],
)
def test_a_budget_in_all(budget: float, count: int) -> None:
    plan = ask(crowd(3), run("r0", "m0", fixed_cost=5_000), budget=budget)
    assert len(plan.seats) == count
    assert plan.net == plan.gross == (5_000 + 8_000 * count if count else 0)


def test_budgets_of_units_count_seats_and_not_what_classes_cost_besides() -> None:
    people = [*crowd(2), *crowd(2, "u1", 2), *crowd(2, None, 4)]
    plan = ask(
        people,
        run("r0", "m0", fixed_cost=9_000),
        unit_budget={"u0": 8_000, "u1": 15_999, "": 16_000},
    )
    assert {one.unit: one.seats for one in plan.units} == {"": 2, "u0": 1, "u1": 1}
    assert {one.unit: one.fixed_share for one in plan.units} == {
        "": pytest.approx(4_500),
        "u0": 2_250,
        "u1": 2_250,
    }
    assert (plan.seats_net, plan.fixed_cost, plan.net) == (32_000, 9_000, 41_000)
    everywhere = ask(people, run("r0", "m0"), unit_budget=8_000)
    assert [one.seats for one in everywhere.units] == [1, 1, 1]


FUND = scheme("f0", share=0.8, cap=10_000, cap_period="12-months")


@pytest.mark.parametrize(
    ("budget", "day", "taken"),
    [
        # Of m0 the fund pays 6,400, so that 3,600 are left of its cap for m1: together they cost
        # 8,000 - 6,400 + 12,000 - 3,600 = 10,000.
        (10_000, 90, ["r0", "r1"]),
        (9_999, 90, ["r0"]),
        (1_600, 90, ["r0"]),
        (1_599, 90, []),
        # A year later the cap is whole again: 1,600 + 12,000 - 9,600 = 4,000.
        (4_000, 380, ["r0", "r1"]),
        (3_999, 380, ["r0"]),
    ],
)
@pytest.mark.parametrize("of", ["budget", "unit_budget"])
def test_budgets_are_net_of_funding_with_caps(
    budget: float, day: int, taken: list[str], of: str
) -> None:
    runs = (run("r0", "m0"), run("r1", "m1", day))
    limits: Any = {of: budget}
    plan = ask(crowd(1), *runs, schemes=[FUND], **limits)
    assert [one.run for one in plan.seats] == taken
    assert plan.seats_net <= budget
    if taken == ["r0", "r1"]:
        assert plan.seats_net == budget
        assert plan.seats_gross == 20_000
        assert plan.paid == {"f0": 20_000 - budget}
        assert [one.net for one in plan.seats] == [1_600, budget - 1_600]


def test_a_class_has_a_price_of_its_own() -> None:
    cheap, dear = run("r0", "m0", price=1_000), run("r1", "m0", 1)
    plan = ask(crowd(2), cheap, dear, budget=9_000)
    assert len(plan.seats) == 2
    plan = ask(crowd(2), cheap, dear, budget=8_999)
    # Both in the cheap one.
    assert (sizes(plan), plan.net) == ({"r0": 2}, 2_000)


def test_seats_without_a_known_price_are_left_out_where_money_counts() -> None:
    modules = [module("m0", {"c0": 3})]
    free = ask([*crowd(1), *crowd(1, "u1", 1)], run("r0", "m0"), modules=modules)
    assert (free.unpriced, free.net) == (2, 0)
    assert [one.net for one in free.seats] == [None, None]
    some = ask(
        [*crowd(1), *crowd(1, "u1", 1)],
        run("r0", "m0"),
        modules=modules,
        unit_budget={"u0": 1e6},
    )
    assert seats(some) == [("e1", "r0")]


# --- where, and with whom -----------------------------------------------------------------------


def test_units_are_sent_to_their_places_alone() -> None:
    people = [*crowd(1), *crowd(1, "u1", 1), *crowd(1, None, 2)]
    runs = (run("r0", "m0", place="a"), run("r1", "m0", 1, place="b", seats_max=1), run("r2", "m0"))
    plan = ask(people, *runs, places={"u0": ("b",), "u1": ("b", "c")})
    # r1 has one seat, which e0 has; e1 could go nowhere else.
    assert seats(plan)[0] == ("e0", "r1")
    assert {one.employee: one.reason.in_("en") for one in plan.unseated} == {
        "e1": "the seats of the classes (1)"
    }
    nowhere = ask(people[:1], *runs, places={"u0": ()})
    assert nowhere.unseated[0].reason.in_("en") == (
        "the place is none that the unit may be sent to (3)"
    )


@pytest.mark.parametrize(
    ("together", "expected"),
    [
        # Two classes of three seats; u0 has four people and u1 two.
        (False, 6),
        # Of u0, three can be in one class; u1 takes the other.
        (True, 5),
        (("u0",), 5),
        (("u1",), 6),
    ],
)
def test_units_are_kept_together(together: Any, expected: int) -> None:
    people = [*crowd(4), *crowd(2, "u1", 4)]
    runs = [run(f"r{n}", "m0", n, seats_max=3) for n in range(2)]
    plan = ask(people, *runs, together=together)
    assert len(plan.seats) == expected


def test_together_is_by_module() -> None:
    runs = (run("r0", "m0", seats_max=2), run("r1", "m1", 1, seats_max=2))
    assert len(ask(crowd(2), *runs, together=True).seats) == 4


@pytest.mark.parametrize(
    ("mix", "by_unit"),
    [
        # Four of u0 and two of u1: of 2 + 2 half are of u0, of 3 + 2 three fifths.
        (0.5, {"u0": 2, "u1": 2}),
        (0.59, {"u0": 2, "u1": 2}),
        (0.6, {"u0": 3, "u1": 2}),
        (0.67, {"u0": 4, "u1": 2}),
        (0.4, None),
    ],
)
def test_no_unit_is_more_than_a_share_of_a_class(mix: float, by_unit: Any) -> None:
    plan = ask([*crowd(4), *crowd(2, "u1", 4)], run("r0", "m0"), mix=mix)
    found = [{unit: len(ids) for unit, ids in one.by_unit.items()} for one in plan.classes]
    assert found == ([] if by_unit is None else [by_unit])
    if by_unit is None:
        assert (
            plan.not_held[0]
            .reason.in_("en")
            .endswith("how large a part of a class is from one unit")
        )


# --- who must and must not ----------------------------------------------------------------------


def test_who_must_go_goes_before_those_who_lack_more() -> None:
    people = [person("e0"), person("e1", levels=(2, 0, 0)), person("e2", levels=(3, 2, 0))]
    one_seat = run("r0", "m0", seats_max=1)
    assert seats(ask(people, one_seat)) == [("e0", "r0")]
    assert seats(ask(people, one_seat, must=["e1"])) == [("e1", "r0")]
    # Also one who lacks nothing, if it is said.
    plan = ask(people, one_seat, must=[("e2", "m0")])
    assert seats(plan) == [("e2", "r0")]
    (seat,) = plan.seats
    assert (seat.value, seat.must, seat.reasons, seat.repeats) == (0.0, True, (), 1.0)
    assert plan.value == plan.bound == 0


def test_wishes_name_any_class_a_module_or_a_run() -> None:
    runs = (run("r0", "m0", seats_max=1), run("r1", "m0", 1), run("r2", "m1", 2))
    people = crowd(2)
    assert len(ask(people, *runs, must=["e0"]).seats) == 4
    assert ("e0", "r1") in seats(ask(people, *runs, must=[("e0", "r1")]))
    assert ("e1", "r0") in seats(ask(people, *runs, must=[("e0", "m0"), ("e1", "r0")]))
    assert seats(ask(people, *runs, must_not=["e0"])) == [("e1", "r0"), ("e1", "r2")]
    assert ("e0", "r2") not in seats(ask(people, *runs, must_not=[("e0", "m1")]))
    assert ("e0", "r0") not in seats(ask(people, *runs, must_not=[("e0", "r0")]))
    plan = ask(people[:1], *runs, must_not=["e0"])
    assert plan.unseated[0].reason.in_("en") == "must not go (3)"


@pytest.mark.parametrize(
    ("facts", "module_facts", "reason"),
    [
        ({"completed": ["m0"]}, {}, "may not take the module: already passed (1)"),
        ({}, {"entry": {"c0": 1}}, "may not take the module: levels expected on entry (1)"),
        ({}, {"valid_to": "2027-01-31"}, "the module is not valid when the class starts (1)"),
        ({"levels": (3, 0, 0)}, {}, "the module closes nothing (1)"),
        ({"profile": None}, {}, "no profile"),
    ],
)
def test_who_may_not_go_is_told_why(facts: Any, module_facts: Any, reason: str) -> None:
    modules = [module("m0", {"c0": 3}, **module_facts)]
    plan = ask([person("e0", **facts)], run("r0", "m0"), modules=modules)
    (alone,) = plan.unseated
    assert alone.reason.in_("en") == reason


def test_entry_levels_open_what_they_ask_for() -> None:
    modules = [module("m0", {"c0": 3}, entry={"c0": 1})]
    plan = ask([person("e0", levels=(1, 0, 0))], run("r0", "m0"), modules=modules)
    assert plan.value == 2.0


@pytest.mark.parametrize(
    ("first", "deadline", "count"),
    [
        (dt.date(2026, 11, 21), None, 0),  # the day before the plan
        (dt.date(2026, 11, 22), None, 1),
        (dt.date(2027, 2, 1), dt.date(2026, 11, 21), 0),
        (dt.date(2027, 2, 1), dt.date(2026, 11, 22), 1),
    ],
)
def test_classes_that_have_begun_or_are_closed_cannot_be_joined(
    first: dt.date, deadline: dt.date | None, count: int
) -> None:
    one = run("r0", "m0", (first - dt.date(2027, 2, 1)).days, deadline=deadline)
    assert len(ask(crowd(1), one).seats) == count


def test_a_small_plan_is_proven_also_where_the_first_one_is_nearly_the_best() -> None:
    """By the relaxation 4.03 steps could be closed, with parts of seats in both classes."""
    others = person("e3", None, levels=(3, 1, 0), profile="p1")
    runs = [run("r0", "m0"), run("r1", "m0")]
    plan = ask([*crowd(3), others], *runs, modules=[module("m0", {"c1": 3}, ects=5)], mix=0.67)
    assert plan.optimal
    assert plan.bound == plan.value == 4.0


@pytest.mark.parametrize("runs", ["r0", [3], {"r0": run("r0", "m0")}])
def test_what_are_no_runs_is_refused(runs: Any) -> None:
    with pytest.raises(fp.errors.DataError, match="expected a ModuleRun"):
        fp.plan_cohorts(crowd(1), catalogue([M0]), runs=runs)


def test_classes_to_order_that_cannot_be_are_refused() -> None:
    with pytest.raises(fp.errors.DataError, match="seats_max at or above seats_min"):
        tailored("m0", classes=1, days=2, seats=(5, 3), start=dt.date(2027, 2, 1))
