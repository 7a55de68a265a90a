"""Pathways against every plan that there is, and against a checker that knows only the rules."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st
from oracle import Oracle
from pathway_worlds import Question, questions
from worlds import AS_OF, Case, cases, examples

import fagprofil as fp
from fagprofil.planning.pathway_results import Pathway

SEEDS = st.integers(0, 2**40)


def taken(plan: Pathway) -> dict[str, str]:
    return {step.module: step.period for step in plan.steps}


def answer(question: Question, **options: object) -> Pathway | None:
    """The answer, once the checker has found nothing in it; None where there is none."""
    plan = question.answer(**options)
    if isinstance(plan, fp.errors.Infeasible):
        return None
    assert question.problems(plan) == ()
    return plan


def assert_best(question: Question) -> None:
    best, plan = question.best(), answer(question)
    if best is None or plan is None:
        assert best is None
        assert plan is None
        return
    assert plan.value == float(question.worth()(best))
    assert plan.optimal
    assert plan.settled
    assert taken(plan) == best


@examples(120)
@given(questions())
def test_it_is_the_first_of_the_best_of_all_plans(question: Question) -> None:
    assert_best(question)


@examples(60)
@given(questions(easy=True, modules=6))
def test_it_is_the_best_also_where_little_stands_in_the_way(question: Question) -> None:
    assert_best(question)


@examples(100)
@given(questions(funds=3))
def test_it_is_the_best_also_where_several_schemes_pay(question: Question) -> None:
    assert_best(question)


@examples(60)
@given(questions(easy=True, free=True))
def test_alternatives_are_the_best_plans_without_a_module(question: Question) -> None:
    plan, worth = question.plan(), question.worth()
    every = list(question.plans())
    without = [
        max(float(worth(one)) for one in every if module not in one) for module in taken(plan)
    ]
    found = [other.value for other in plan.alternatives]
    assert found == sorted(found, reverse=True)
    assert all(value in without for value in found)
    if without:
        assert found[0] == max(without)
    for other in plan.alternatives:
        assert other.without
        assert set(other.without) <= taken(plan).keys()


@examples(250)
@given(questions(modules=7, funds=3))
def test_plans_break_no_rule_and_add_up(question: Question) -> None:
    answer(question, alternatives=2)


@examples(150)
@given(questions(modules=7, funds=3))
def test_plans_found_at_once_break_no_rule_either(question: Question) -> None:
    quick, best = answer(question, method="greedy"), answer(question, alternatives=0)
    assert (quick is None) == (best is None)
    if quick is not None and best is not None:
        assert quick.value <= best.value <= quick.bound


@examples(120)
@given(questions(modules=4))
def test_what_clashes_is_no_more_than_it_takes(question: Question) -> None:
    clash = question.answer(alternatives=0)
    if isinstance(clash, Pathway):
        return
    assert clash.rules
    for name in clash.rules:
        eased: dict[str, object]
        kind, _, module = name.partition(":")
        if kind == "must":
            eased = {"must": tuple(one for one in question.must if one != module)}
        elif kind == "exclude":
            eased = {"exclude": tuple(one for one in question.exclude if one != module)}
        elif kind == "complete":
            eased = {"complete": False}
        elif hasattr(question.limits, kind):
            eased = {"limits": question.limits.model_copy(update={kind: None})}
        else:
            continue
        # Others may still clash, but no longer over the same.
        again = question.answer(alternatives=0, **eased)
        assert not isinstance(again, fp.errors.Infeasible) or again.rules != clash.rules


@examples(200)
@given(cases(certain=True), st.integers(-100, 2000))
def test_needs_from_a_day_on_agree_with_the_second_opinion(case: Case, days: int) -> None:
    horizon = case.horizon.beginning(AS_OF + dt.timedelta(days=days))
    oracle = Oracle(case.catalogue, case.employee, case.profile, horizon, model=case.model)
    assert case.gap(horizon=horizon).total == pytest.approx(float(oracle.gap()), abs=2**-8)
