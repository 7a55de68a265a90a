from __future__ import annotations

import pickle
import random
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from pathway_worlds import Question, questions
from worlds import examples

import fagprofil as fp
from fagprofil.planning.limits import PathwayLimits
from fagprofil.planning.pathway_results import Pathway

LIMITS = list(PathwayLimits.model_fields)


def steps(plan: Pathway) -> list[tuple[str, str]]:
    return [(step.period, step.module) for step in plan.steps]


@examples(100)
@given(questions(free=True, modules=6, funds=2), st.sampled_from(LIMITS), st.sampled_from([1, 7]))
def test_more_of_a_limit_never_lowers_the_value(question: Question, name: str, more: int) -> None:
    most = getattr(question.limits, name)
    eased = {name: None if most is None else most + more}
    wider = question.limits.model_copy(update=eased)
    before, after = (question.plan(limits=one, alternatives=0) for one in (question.limits, wider))
    assert after.value >= before.value


@examples(100)
@given(questions(modules=6, funds=2))
def test_the_order_of_records_does_not_matter(question: Question) -> None:
    def shuffled(records: Any) -> list[Any]:
        return random.Random(1).sample(list(records.values()), len(records))

    catalogue, person = question.catalogue, question.employee
    profile = catalogue.profiles["p0"]
    mixed = fp.Catalogue(
        taxonomy=catalogue.taxonomy,
        profiles=[
            profile.model_copy(update={"requirements": tuple(reversed(profile.requirements or ()))})
        ],
        modules=shuffled(catalogue.modules),
        programmes=shuffled(catalogue.programmes),
        runs=shuffled(catalogue.runs),
        funding=shuffled(catalogue.funding),
        backgrounds=shuffled(catalogue.backgrounds),
    )
    same = person.model_copy(update={"evidence": tuple(reversed(person.evidence))})
    turned = Question(
        **{**vars(question), "catalogue": mixed, "employee": same, "must": question.must[::-1]}
    )
    one, other = question.answer(), turned.answer()
    if isinstance(one, Pathway) and isinstance(other, Pathway):
        assert one.model_dump() == other.model_dump()
    else:
        assert repr(one) == repr(other)


@examples(60)
@given(questions(modules=6))
def test_the_same_question_has_the_same_answer(question: Question) -> None:
    one, other = question.answer(), question.answer()
    assert one == other or repr(one) == repr(other)


@examples(80)
@given(questions(modules=6, free=True))
def test_a_pathway_can_be_stored(question: Question) -> None:
    plan = question.plan()
    assert Pathway.model_validate_json(plan.model_dump_json()) == plan
    assert pickle.loads(pickle.dumps(plan)) == plan
    assert list(plan) == list(plan.steps)
    assert len(plan) == len(plan.steps)


def test_a_pathway_has_a_schema() -> None:
    schema = Pathway.model_json_schema()
    assert {"steps", "bound", "open", "left_out"} <= schema["properties"].keys()


@examples(100)
@given(questions(easy=True, free=True, modules=6))
def test_without_time_there_is_still_a_plan_and_a_bound(question: Question) -> None:
    plan, best = question.plan(time_limit=0), question.plan(alternatives=0)
    assert question.problems(plan) == ()
    assert plan.value <= best.value <= plan.bound
    assert not plan.optimal or plan.value == best.value
    assert 0 <= plan.gap_to_bound <= 1


@examples(60)
@given(questions(easy=True, free=True, modules=6))
def test_a_module_more_never_lowers_the_value(question: Question) -> None:
    names = list(question.catalogue.modules)
    fewer = question.plan(exclude=(*question.exclude, names[0]), alternatives=0)
    assert fewer.value <= question.plan(alternatives=0).value
