"""Looking at the most promising options first, and leaving others out, loses nothing."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pathway_worlds import Question, question_of, questions
from worlds import examples

import fagprofil as fp
from fagprofil.evidence import DEFAULT_MODEL
from fagprofil.planning.asked import Asked
from fagprofil.planning.doors import Doors
from fagprofil.planning.pathway_exact import Exact
from fagprofil.planning.pathway_plan import allows, satisfies, value
from fagprofil.planning.pathway_solver import Effort, PathwaySolver
from fagprofil.planning.pathway_task import PathwayTask


def task_of(question: Question) -> PathwayTask:
    asked = Asked.of(
        question.employee,
        "p0",
        question.catalogue,
        question.limits,
        periods=question.periods,
        programme=question.programme,
        complete=question.complete,
        must=question.must,
        exclude=question.exclude,
        horizon=question.horizon,
        on=None,
        model=DEFAULT_MODEL,
    )
    return PathwayTask(asked, Doors(asked))


def directly(task: PathwayTask) -> dict[int, int] | None:
    """The best plan of all options at once."""
    solver = PathwaySolver(task, Effort(10_000))
    return solver.best(np.ones(len(task.options), dtype=np.bool_)).plan


@examples(100)
@given(questions(modules=16, easy=True, free=True))
def test_the_best_plan_is_among_the_options_that_are_left(question: Question) -> None:
    task = task_of(question)
    found, whole = Exact(task, Effort(1_000)).search(0), directly(task)
    assert found.plan is not None
    assert whole is not None
    assert found.proven
    assert value(task, found.plan) == value(task, whole) == found.bound


@examples(60)
@given(questions(modules=16, easy=True, free=True))
def test_no_option_is_ruled_out_that_a_better_plan_has(question: Question) -> None:
    task = task_of(question)
    plan, relaxed = directly(task), PathwaySolver(task, Effort(1_000)).relax()
    assert plan is not None
    least = value(task, plan) * 2.0**-10
    assert relaxed.bound >= least
    taken = [
        plan.get(int(i)) == t for i, t in zip(task.options.module, task.options.period, strict=True)
    ]
    assert (relaxed.with_option[taken] >= least).all()
    absent = np.array([i not in plan for i in range(len(task.modules))], dtype=np.bool_)
    assert (relaxed.without[absent] >= least).all()


@examples(40)
@given(questions(modules=10, easy=True, free=True), st.sampled_from([1.0, 1.3, 3.0]))
def test_weak_bounds_and_a_poor_start_lead_to_the_same_plan(
    question: Question, weaker: float
) -> None:
    task = task_of(question)
    solver, whole = PathwaySolver(task, Effort(10_000)), directly(task)
    relaxed = solver.relax()
    weak = replace(relaxed, bound=relaxed.bound * weaker)
    found = solver.climb(np.ones(len(task.options), dtype=np.bool_), weak, {})
    assert whole is not None
    assert found.plan is not None
    assert found.proven
    assert value(task, found.plan) == value(task, whole)


@pytest.mark.parametrize("seed", range(3))
def test_with_little_effort_a_plan_and_a_bound_are_given(seed: int) -> None:
    question = question_of(seed, modules=30, easy=True, free=True)
    task = task_of(question)
    found, whole = Exact(task, Effort(0)).search(3), directly(task)
    assert found.plan is not None
    assert whole is not None
    assert allows(task, found.plan)
    assert satisfies(task, found.plan)
    assert value(task, found.plan) <= value(task, whole) <= found.bound


def test_what_the_solver_takes_for_affordable_is_looked_at_again() -> None:
    """Two schemes, of which the second pays only once the first has run dry."""
    found = [question_of(seed, modules=6, funds=3, easy=True) for seed in range(40)]
    for question in found:
        answer = question.answer(alternatives=0)
        if not isinstance(answer, fp.errors.Infeasible):
            assert question.problems(answer) == ()
