"""Pathways that a reader can follow by hand."""

from __future__ import annotations

import datetime as dt
import pickle
from typing import Any

import pytest
from pathway_worlds import PERIODS
from worlds import AS_OF, founded, known, module, profile, small, text

import fagprofil as fp
from fagprofil.model import FormalEntry, FundingScheme, Horizon, ModuleRun, Programme
from fagprofil.planning.limits import PathwayLimits
from fagprofil.planning.pathway import plan_pathway
from fagprofil.planning.pathway_results import Pathway, WhyOpen

#: What is needed now, whenever it is closed.
EVER = Horizon(kind="now", discount=0)
NEEDS = {"c0": (3, 3, 1.0), "c1": (2, 2, 0.5)}
NOBODY = {"c0": 0, "c1": 0}
FREE = PathwayLimits()


def ask(
    *modules: fp.Module,
    limits: PathwayLimits = FREE,
    person: dict[str, Any] | None = None,
    held: dict[str, int] | None = None,
    others: dict[str, Any] | None = None,
    **options: Any,
) -> Pathway:
    needs = options.pop("needs", NEEDS)
    catalogue = small(3, ["c0", "c1"], [profile("job", needs)], modules, **(others or {}))
    somebody = fp.Employee(id="e", evidence=known({**NOBODY, **(held or {})}), **(person or {}))
    given = {"horizon": EVER, "periods": PERIODS, **options}
    return plan_pathway(somebody, "job", catalogue, limits=limits, **given)


def taken(plan: Pathway) -> list[tuple[str, str]]:
    return [(step.period, step.module) for step in plan.steps]


def rules(plan: Pathway) -> dict[str, str]:
    return {one.module: one.rule.value for one in plan.left_out}


# --- what it is worth ---------------------------------------------------------------------------


def test_steps_close_what_those_before_them_leave() -> None:
    plan = ask(
        module("a", {"c0": 2}, ects=5),
        module("b", {"c0": 3, "c1": 1}, ects=10),
        limits=PathwayLimits(ects_per_period=10),
        horizon=fp.NOW,
    )
    # b closes 3 steps of weight 1 and one of 0.5 at once; nothing is left for a.
    assert taken(plan) == [("2027-1", "b")]
    (step,) = plan
    later = 1.03 ** -((dt.date(2027, 7, 31) - AS_OF).days / 365.25)
    assert step.gain == pytest.approx(3.5 * later, abs=4 * 2**-11)
    assert [(one.competence, one.name) for one in step.reasons] == [
        ("c0", "gap closed"),
        ("c1", "gap closed"),
    ]
    assert sum(one.value for one in step.reasons) == step.gain == plan.value
    # A step of c1 stays open; the rest of what is left is there until the half-year is over.
    assert plan.gap_before == 4.0
    assert [(one.competence, one.levels, one.gap) for one in plan.open] == [("c1", (2,), 0.5)]
    assert plan.waiting == 3.5 - step.gain
    assert plan.gap_after == step.gap_after == 0.5 + plan.waiting


def test_what_closes_most_comes_first() -> None:
    plan = ask(
        module("a", {"c1": 2}, ects=5),
        module("b", {"c0": 3}, ects=5),
        limits=PathwayLimits(ects_per_period=5),
        horizon=fp.OVER_FIVE_YEARS,
    )
    assert taken(plan) == [("2027-1", "b"), ("2027-2", "a")]


def test_over_five_years_the_time_left_counts() -> None:
    flat = Horizon(kind="over", discount=0)
    plan = ask(module("a", {"c0": 1}), horizon=flat, periods=PERIODS[1:2])
    gone = (PERIODS[1].end - AS_OF).days / 365.25
    assert plan.value == pytest.approx(1 - gone / 5, abs=2**-11)
    assert plan.waiting == pytest.approx(gone / 5, abs=2**-11)


def test_among_equals_fewer_ects_then_fewer_modules_then_the_catalogue() -> None:
    same = [module(name, {"c0": 3, "c1": 2}, ects=10) for name in ("b", "a", "c")]
    assert taken(ask(*same)) == [("2027-1", "a")]
    lighter = module("z", {"c0": 3, "c1": 2}, ects=5)
    assert taken(ask(*same, lighter)) == [("2027-1", "z")]
    halves = [module("h0", {"c0": 3}, ects=2.5), module("h1", {"c1": 2}, ects=2.5)]
    assert taken(ask(lighter, *halves)) == [("2027-1", "z")]


def test_a_module_that_closes_nothing_is_taken_only_to_open_another() -> None:
    modules = [module("a", {"c1": 1}), module("b", {"c0": 3}, entry={"c1": 1})]
    needs = {"c0": (3, 3, 1.0)}
    plan = ask(*modules, needs=needs)
    assert taken(plan) == [("2027-1", "a"), ("2027-2", "b")]
    assert [step.gain for step in plan] == [0, 3]
    assert taken(ask(*modules, needs=needs, held={"c1": 1})) == [("2027-1", "b")]
    # In one half-year there is no earlier one.
    short = ask(*modules, needs=needs, periods=PERIODS[:1])
    assert taken(short) == []
    assert rules(short) == {"a": "closes nothing", "b": "entry"}
    assert [one.why for one in short.open] == [WhyOpen.ENTRY]


def test_a_module_that_must_be_opened_does_not_stand_in_for_one_that_need_not() -> None:
    plan = ask(
        module("a", {"c0": 3}, ects=5, entry={"c1": 1}),
        module("b", {"c0": 3}, ects=5, valid_from="2027-03-01"),
        module("o", {"c1": 1}, ects=5),
        module("u", ects=5),
        must=["u"],
        limits=PathwayLimits(modules=2),
        needs={"c0": (3, 3, 1.0)},
    )
    assert taken(plan) == [("2027-1", "u"), ("2027-2", "b")]


# --- limits -------------------------------------------------------------------------------------

FOUR = [
    module(name, teaches, ects=ects, teaching_days=days, price=price)
    for name, teaches, ects, days, price in (
        ("a", {"c0": 3}, 10, 7, 9_000),  # closes 3
        ("b", {"c0": 2}, 5, 3, 4_000),  # 2
        ("c", {"c1": 2}, 5, 4, 2_000),  # 1
        ("d", {"c1": 1}, 2.5, 1, 500),  # 0.5
    )
]


@pytest.mark.parametrize(
    ("limits", "modules", "binding"),
    [
        ({}, "ac", []),
        ({"ects_per_period": 5}, "bc", ["ects_per_period"]),
        ({"ects": 10}, "a", ["ects"]),
        ({"ects": 7.5}, "bd", ["ects"]),
        ({"money": 6_000}, "bc", ["money"]),
        ({"money": 5_999}, "bd", ["money"]),
        ({"money": 0}, "", ["money"]),
        ({"days": 10}, "ad", ["days"]),
        ({"days_per_period": 3}, "bd", ["days_per_period"]),
        ({"modules": 1}, "a", ["modules"]),
    ],
)
def test_limits_are_kept_and_told(
    limits: dict[str, float], modules: str, binding: list[str]
) -> None:
    plan = ask(*FOUR, limits=PathwayLimits(**limits))
    assert "".join(sorted(step.module for step in plan)) == modules
    assert {one.limit for one in plan.binding} == set(binding)
    for use in plan.limit_uses:
        assert use.used <= use.most


def test_how_much_of_a_limit_is_used() -> None:
    plan = ask(*FOUR, limits=PathwayLimits(ects_per_period=10, money=11_500), horizon=fp.NOW)
    assert taken(plan) == [("2027-1", "a"), ("2027-2", "c")]
    used = {(one.limit, one.period): (one.used, one.binds) for one in plan.limit_uses}
    assert used == {
        ("ects_per_period", "2027-1"): (10, True),
        ("ects_per_period", "2027-2"): (5, False),
        ("ects_per_period", "2028-1"): (0, False),
        ("money", None): (11_000, False),
    }
    assert (plan.ects, plan.days, plan.gross_price, plan.net_price) == (15, 11, 11_000, 11_000)


def fund(**facts: Any) -> FundingScheme:
    return FundingScheme.model_validate(
        {
            "id": "f",
            "name": text("Fund"),
            "covers": "fee",
            "who": text("all"),
            "what": text("half"),
            "employers": ["kommune"],
            "levels": ["diplom"],
            "share": 0.5,
            "provenance": founded(),
            **facts,
        }
    )


@pytest.mark.parametrize(
    ("cap", "period", "money", "expected"),
    [
        # Each costs 8,000, and half of it after funding.
        (None, None, 8_000, ["2027-1", "2027-1"]),
        # One cap of 5,000 holds for both of a year, so one waits for the next year.
        (5_000, "calendar-year", 8_000, ["2027-1", "2028-1"]),
        (5_000, "12-months", 8_000, ["2027-1", "2028-1"]),
        (5_000, "12-months", 11_000, ["2027-1", "2027-1"]),
    ],
)
def test_caps_count_over_all_that_is_planned(
    cap: float | None, period: str | None, money: float, expected: list[str]
) -> None:
    plan = ask(
        module("a", {"c0": 3}, price=8_000),
        module("b", {"c1": 2}, price=8_000),
        limits=PathwayLimits(money=money),
        person={"employer": "kommune"},
        others={"funding": [fund(cap=cap, cap_period=period)]},
        horizon=fp.NOW,
    )
    assert [step.period for step in plan] == expected
    assert plan.net_price == money
    assert {grant.scheme for step in plan for grant in step.grants} == {"f"}
    assert plan[0].schemes == ("f",)


def test_another_scheme_pays_once_a_cap_is_used_up() -> None:
    schemes = [
        fund(id="f0", cap=4_000, cap_period="calendar-year", confirmed_to="2030-12-31"),
        fund(id="f1", share=1.0),
    ]
    plan = ask(
        module("a", {"c0": 3}, price=8_000),
        module("b", {"c1": 2}, price=8_000),
        limits=PathwayLimits(money=4_000),
        person={"employer": "kommune"},
        others={"funding": schemes},
        horizon=fp.NOW,
    )
    # The first pays half of a, and has nothing left for b, which the second pays.
    assert taken(plan) == [("2027-1", "a"), ("2027-1", "b")]
    assert [(step.net_price, step.schemes) for step in plan] == [(4_000, ("f0",)), (0, ("f1",))]


def test_what_is_limited_must_be_known() -> None:
    unknown = module("u", {"c0": 3})
    assert taken(ask(unknown)) == [("2027-1", "u")]
    for limits, fact in (
        ({"ects": 60}, "ECTS"),
        ({"ects_per_period": 60}, "ECTS"),
        ({"money": 1e6}, "price"),
        ({"days": 60}, "teaching days"),
        ({"days_per_period": 60}, "teaching days"),
    ):
        plan = ask(unknown, limits=PathwayLimits(**limits))
        assert taken(plan) == []
        (left_out,) = plan.left_out
        assert (left_out.module, left_out.rule.value) == ("u", "unknown")
        assert left_out.reason.en == f"not known, but there is a limit: {fact}"
        assert plan.open[0].why is WhyOpen.LEFT_OUT
    assert taken(ask(unknown, limits=PathwayLimits(modules=1))) == [("2027-1", "u")]
    assert ask(unknown).ects is None


# --- when a module is open ----------------------------------------------------------------------


def test_a_module_is_valid_when_it_starts() -> None:
    new = module("a", {"c0": 3}, valid_from="2027-03-01")
    old = module("b", {"c1": 2}, valid_to="2027-01-31")
    plan = ask(new, old)
    assert taken(plan) == [("2027-2", "a")]
    assert rules(plan) == {"b": "not valid"}


def run(name: str, held: str, start: str, **facts: Any) -> ModuleRun:
    return ModuleRun(id=name, module=held, start=start, provenance=founded(), **facts)


def test_where_there_are_runs_one_lies_in_the_period() -> None:
    modules = [module(name, {"c0": 3}) for name in ("a", "b", "c", "d")]
    runs = [
        run("r0", "a", "2027-02-10", deadline="2026-11-21"),
        run("r1", "a", "2027-09-01", end="2027-12-20", deadline="2027-06-15"),
        run("r2", "b", "2027-09-01", end="2028-02-01"),
        run("r3", "c", "2027-02-10", deadline="2026-11-21"),
    ]
    held = {"others": {"runs": runs}, "horizon": fp.NOW}
    assert taken(ask(*modules, **held)) == [("2027-1", "d")]
    plan = ask(*modules[:3], **held)
    assert taken(plan) == [("2027-2", "a")]
    assert [note.en for note in plan[0].notes][-1] == "enrol by 2027-06-15"
    assert rules(plan) == {"b": "no run", "c": "no run"}


def test_years_of_work_grow_until_the_start() -> None:
    formal = FormalEntry(education_level=5, relevant_years=1, provenance=founded())
    one = module("a", {"c0": 3}, formal_entry=formal)
    # Half a year on 22 November 2026 is 0.69 on 1 February and 1.19 on 1 August.
    plan = ask(one, person={"relevant_years": 0.5, "education_level": 5})
    assert taken(plan) == [("2027-2", "a")]
    assert taken(ask(one)) == [("2027-1", "a")]
    short = ask(one, person={"relevant_years": 0.5, "education_level": 4}, periods=PERIODS[:1])
    (left_out,) = short.left_out
    assert left_out.reason.en == (
        "requires education of at least level 5 (has 4) and 1 years of relevant work (has 0.7) "
        "at the start 2027-02-01"
    )
    assert "uddannelse på mindst niveau 5" in str(left_out.reason.da)


def test_what_is_passed_or_excluded_is_left_out() -> None:
    modules = [module(name, {"c0": 3}) for name in ("a", "b", "c")]
    plan = ask(*modules, person={"completed": ["a"]}, held={"c0": 0}, exclude=["b"])
    assert taken(plan) == [("2027-1", "c")]
    assert rules(plan) == {"a": "taken", "b": "excluded"}


# --- programmes ---------------------------------------------------------------------------------

PARTS = [
    module("a", {"c1": 1}, ects=5, programme="g"),
    module("b", {"c1": 2}, ects=5, programme="g"),
    module("p", {"c0": 3}, ects=5, programme="g", project=True),
    module("x", {"c0": 2}, ects=5),
]


def goal(**facts: Any) -> dict[str, Any]:
    base = {"id": "g", "title": text("Goal"), "ects": 15, "project": "p", "provenance": founded()}
    return {"programmes": [Programme.model_validate({**base, **facts})]}


def test_a_project_comes_when_the_rest_is_passed() -> None:
    plan = ask(*PARTS[:3], others=goal())
    assert taken(plan) == [("2027-1", "a"), ("2027-1", "b"), ("2027-2", "p")]
    after = ask(*PARTS[:3], others=goal(), person={"completed": ["a"]}, held={"c1": 0})
    assert taken(after) == [("2027-1", "b"), ("2027-2", "p")]
    # Where it is not known what comes before it, it cannot be planned.
    unknown = ask(*PARTS[:3], others=goal(ects=None))
    assert rules(unknown)["p"] == "project"


def test_of_a_programme_only_its_modules_and_so_much_from_elsewhere() -> None:
    inside = ask(*PARTS, others=goal(), programme="g", limits=PathwayLimits(modules=1))
    assert taken(inside) == [("2027-1", "b")]
    assert rules(inside)["x"] == "programme"
    assert "how much may come from outside" in str(inside.notes[1].en)
    outside = goal(outside_ects=5)
    plan = ask(*PARTS, others=outside, programme="g", limits=PathwayLimits(modules=1))
    assert taken(plan) == [("2027-1", "x")]
    assert "credit must be applied for" in str(plan[0].notes[-1].en)
    less = ask(*PARTS, others=goal(outside_ects=4), programme="g", limits=PathwayLimits(modules=1))
    assert taken(less) == [("2027-1", "b")]
    # What was passed elsewhere has used it up.
    done = {"completed": ["x"]}
    credited = ask(*PARTS, others=outside, programme="g", person=done, held={"c0": 0})
    assert taken(credited) == [("2027-1", "b"), ("2027-2", "p")]


def test_electives_that_are_listed_are_the_only_ones() -> None:
    listed = goal(compulsory=[], electives=["a"])
    plan = ask(*PARTS, others=listed, programme="g", periods=PERIODS[:1])
    assert taken(plan) == [("2027-1", "a")]
    assert rules(plan)["b"] == "programme"


def test_a_whole_programme_is_planned_with_its_project() -> None:
    needs = {"c1": (1, 1, 1.0)}
    some = ask(*PARTS, others=goal(compulsory=["b"]), programme="g", needs=needs)
    assert taken(some) == [("2027-1", "a")]
    whole = ask(*PARTS, others=goal(compulsory=["b"]), programme="g", needs=needs, complete=True)
    assert taken(whole) == [("2027-1", "a"), ("2027-1", "b"), ("2027-2", "p")]
    assert whole.ects == 15


def test_a_programme_is_finished_within_its_years() -> None:
    chain = [
        module("a", {"c1": 1}, ects=5, programme="g"),
        module("b", {"c1": 2}, ects=5, programme="g", entry={"c1": 1}),
        module("c", {"c0": 3}, ects=5, programme="g", entry={"c1": 2}),
    ]
    three = ask(*chain, others=goal(project=None, max_years=1.5), programme="g")
    assert taken(three) == [("2027-1", "a"), ("2027-2", "b"), ("2028-1", "c")]
    two = ask(*chain, others=goal(project=None, max_years=1), programme="g")
    assert [step.module for step in two] == ["a", "b"]
    begun = {"completed": [fp.Completion(module="a", date="2026-07-01")]}
    late = ask(
        *chain, others=goal(project=None, max_years=1), programme="g", person=begun, held={"c1": 1}
    )
    # The year is over on 1 July 2027, within the first half-year.
    assert taken(late) == []
    assert rules(late) == {"a": "taken", "b": "max years", "c": "max years"}


# --- what must be in the plan -------------------------------------------------------------------


def test_what_must_be_in_it_is() -> None:
    plan = ask(*FOUR, must=["d"], limits=PathwayLimits(modules=2))
    assert sorted(step.module for step in plan) == ["a", "d"]


@pytest.mark.parametrize(
    ("options", "clash"),
    [
        ({"must": ["a"], "limits": PathwayLimits(ects=5)}, ["must:a", "ects"]),
        ({"must": ["a", "d"], "limits": PathwayLimits(ects=10)}, ["must:d", "must:a", "ects"]),
        ({"must": ["a"], "exclude": ["a", "b"]}, ["must:a", "exclude:a"]),
        ({"must": ["a"], "person": {"completed": ["a"]}}, ["must:a", "passed"]),
        (
            {
                "must": ["a", "c"],
                "limits": PathwayLimits(money=10_000, ects_per_period=10, days=20),
            },
            ["must:c", "must:a", "money"],
        ),
    ],
)
def test_what_clashes_is_told(options: dict[str, Any], clash: list[str]) -> None:
    with pytest.raises(fp.errors.Infeasible) as caught:
        ask(*FOUR, **options)
    assert list(caught.value.rules) == clash
    assert len(caught.value.clash) == len(clash)


def test_a_clash_is_told_in_words() -> None:
    with pytest.raises(fp.errors.Infeasible) as caught:
        ask(
            *PARTS,
            others=goal(),
            programme="g",
            complete=True,
            limits=PathwayLimits(ects=12.5, money=None),
        )
    assert [one.en for one in caught.value.clash] == [
        "the whole of the programme Goal",
        "at most 12.5 ECTS in all",
    ]
    assert [one.da for one in caught.value.clash] == [
        "hele uddannelsen Goal",
        "højst 12,5 ECTS i alt",
    ]
    assert "at most 12.5 ECTS in all" in str(caught.value)
    again = pickle.loads(pickle.dumps(caught.value))
    assert (again.rules, str(again)) == (caught.value.rules, str(caught.value))


def test_without_time_it_may_not_be_known_if_there_is_a_plan() -> None:
    with pytest.raises(fp.errors.OutOfTime):
        ask(*FOUR, must=["a"], time_limit=0)
    assert taken(ask(*FOUR, time_limit=0)) == taken(ask(*FOUR))


# --- what stays open, and what else there is ----------------------------------------------------


def test_why_a_part_of_the_gap_stays_open() -> None:
    needs = {"c0": (3, 3, 1.0), "c1": (2, 2, 0.5)}
    plan = ask(module("a", {"c0": 1}), module("b", {"c1": 2}), needs=needs, exclude=["b"])
    found = {(one.competence, one.why.value): one for one in plan.open}
    assert {key: (one.levels, one.gap) for key, one in found.items()} == {
        ("c0", "no module"): ((2, 3), 2.0),
        ("c1", "left out"): ((1, 2), 1.0),
    }
    assert found["c1", "left out"].modules == ("b",)
    assert found["c1", "left out"].reason.da == "fravalgt i kaldet"
    late = ask(
        module("a", {"c0": 3}),
        periods=PERIODS[:1],
        horizon=fp.OVER_FIVE_YEARS,
        needs={"c0": (3, 0, 1.0)},
    )
    assert late.value > 0
    tight = ask(*FOUR, limits=PathwayLimits(modules=1))
    assert {one.why for one in tight.open} == {WhyOpen.LIMITS}


def test_what_is_no_longer_needed_when_it_is_reached_comes_too_late() -> None:
    far = (
        PERIODS[0].model_copy(update={"start": dt.date(2031, 6, 1), "end": dt.date(2031, 12, 1)}),
    )
    plan = ask(module("a", {"c0": 3}), periods=far, horizon=fp.OVER_FIVE_YEARS)
    assert plan.value == 0
    assert {one.why for one in plan.open} == {WhyOpen.TOO_LATE, WhyOpen.NO_MODULE}


def test_alternatives_do_without_a_module() -> None:
    plan = ask(*FOUR, limits=PathwayLimits(modules=2))
    assert [step.module for step in plan] == ["a", "c"]
    assert [(one.without, one.instead, one.loss) for one in plan.alternatives] == [
        (("c",), ("d",), 0.5),  # d closes 0.5 instead of 1
        (("a",), ("b",), 1.0),  # b closes 2 instead of 3
    ]
    assert ask(*FOUR, alternatives=0).alternatives == ()


def test_a_plan_at_once_says_how_far_from_the_best_it_can_be() -> None:
    plan = ask(*FOUR, limits=PathwayLimits(modules=2), method="greedy")
    assert plan.method == "greedy"
    assert not plan.optimal
    assert plan.value == 4.0
    assert plan.bound >= 4.0
    assert plan.notes[-1].en == "it is not proven that no plan is better"
    required = ask(*FOUR, limits=PathwayLimits(modules=2), method="greedy", must=["d"])
    assert sorted(step.module for step in required) == ["a", "d"]


def test_a_module_of_which_it_is_not_known_what_it_teaches_is_never_chosen_for_it() -> None:
    plan = ask(module("u"), module("a", {"c0": 1}), must=["u"])
    assert [(step.module, step.gain) for step in plan] == [("a", 1), ("u", 0)]
    assert plan[1].notes[-1].en == "it is not known what it teaches"


# --- wrong calls --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "field"),
    [
        ({"limits": {"ects": 10}}, "limits"),
        ({"periods": []}, "periods"),
        ({"periods": [PERIODS[1], PERIODS[0]]}, "start"),
        ({"periods": PERIODS, "on": dt.date(2027, 3, 1)}, "start"),
        ({"must": ["nothing"]}, "module"),
        ({"exclude": ["nothing"]}, "module"),
        ({"complete": True}, "complete"),
        ({"complete": True, "programme": "g", "others": goal(ects=None)}, "ects"),
        ({"complete": True, "programme": "g", "others": goal(project=None)}, "project"),
        ({"method": "best"}, "method"),
        ({"alternatives": -1}, "alternatives"),
        ({"time_limit": -1}, "time_limit"),
    ],
)
def test_wrong_calls_are_refused(options: dict[str, Any], field: str) -> None:
    with pytest.raises(fp.errors.DataError) as caught:
        ask(*PARTS, **{"others": goal(), **options})
    assert field in {problem.field for problem in caught.value.problems}


def test_names_that_are_not_known_are_refused() -> None:
    with pytest.raises(fp.errors.UnknownName, match="programme"):
        ask(*FOUR, programme="nothing")


def test_the_next_six_half_years_are_planned_by_default() -> None:
    plan = ask(*FOUR, periods=None)
    assert [one.id for one in plan.periods] == [
        f"{year}-{half}" for year in (2027, 2028, 2029) for half in (1, 2)
    ]


@pytest.mark.parametrize("wrong", [-1, float("nan"), float("inf")])
def test_limits_are_numbers_from_0(wrong: float) -> None:
    with pytest.raises(ValueError, match="ects"):
        PathwayLimits(ects=wrong)
