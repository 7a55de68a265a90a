"""Pathways against every plan that there is, and against a checker that knows only the rules."""

from __future__ import annotations

from hypothesis import given
from pathway_worlds import Question, questions
from worlds import examples

import fagprofil as fp
from fagprofil.planning.pathway_results import Pathway


def taken(plan: Pathway) -> dict[str, str]:
    return {step.module: step.period for step in plan}


@examples(300)
@given(questions())
def test_it_is_the_best_of_all_plans(question: Question) -> None:
    best = question.best()
    try:
        plan = question.plan()
    except fp.errors.Infeasible:
        assert best is None
        return
    assert best is not None
    assert question.problems(plan) == ()
    assert plan.optimal
    assert plan.value == float(question.worth()(best))
    assert plan.settled
    assert taken(plan) == best
