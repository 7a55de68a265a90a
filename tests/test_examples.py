"""The persons of docs/examples.toml are recommended what somebody who knows the field would."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

import fagprofil as fp

FILE = Path(__file__).parents[1] / "docs" / "examples.toml"
EXAMPLES = {
    example["person"]["id"]: example
    for example in tomllib.loads(FILE.read_text(encoding="utf-8"))["example"]
}
NAMES = sorted(EXAMPLES)


@pytest.fixture(scope="module")
def recommender() -> fp.Recommender:
    return fp.Recommender(fp.load_catalogue())


def person(name: str) -> fp.Employee:
    return fp.Employee.model_validate(EXAMPLES[name]["person"])


def recommended(recommender: fp.Recommender, name: str, **how: Any) -> fp.Recommendations:
    how = {"k": 3, "choose": EXAMPLES[name]["choose"]} | how
    return recommender.recommend(person(name), **how)


def test_there_are_persons_of_different_backgrounds_and_profiles() -> None:
    people = [person(name) for name in NAMES]
    assert len({one.profile for one in people}) == len(people) >= 5
    assert len({one.backgrounds for one in people}) >= 5


@pytest.mark.parametrize("name", NAMES)
def test_the_first_modules_are_those_that_the_page_gives_reasons_for(
    recommender: fp.Recommender, name: str
) -> None:
    expected = list(EXAMPLES[name]["modules"])
    assert len(expected) == 3
    assert [one.module for one in recommended(recommender, name)] == expected


@pytest.mark.parametrize("name", NAMES)
def test_the_first_reason_for_the_first_module_is_the_heart_of_the_job(
    recommender: fp.Recommender, name: str
) -> None:
    reason = recommended(recommender, name)[0].reasons[0]
    assert reason.competence == EXAMPLES[name]["first_closes"]
    assert reason.name == "gap closed"
    assert reason.value > 0


@pytest.mark.parametrize("name", NAMES)
def test_the_reasons_sum_to_the_score_to_the_last_bit(
    recommender: fp.Recommender, name: str
) -> None:
    for one in recommended(recommender, name):
        assert sum(reason.value for reason in one.reasons) == one.score


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_recommended_that_was_left_out(recommender: fp.Recommender, name: str) -> None:
    result = recommended(recommender, name, k=200)
    left_out = {one.module for one in result.ineligible}
    assert left_out
    assert not left_out & {one.module for one in result}


def test_the_second_company_module_has_to_wait_for_the_first(recommender: fp.Recommender) -> None:
    left_out = {one.module: one for one in recommended(recommender, "kommunom").ineligible}
    later = left_out["syn-virksomhedssamarbejde-2"]
    assert later.rule == "entry"
    assert "Company contact 2" in (later.reason.en or "")
    assert "Job matching and recruitment 2" in (later.reason.en or "")


def test_a_set_does_not_take_the_two_law_modules_that_overlap(recommender: fp.Recommender) -> None:
    law = {"forvaltningsret-diplom", "juridisk-metode-diplom"}
    as_list = recommended(recommender, "akademiker", choose="list")
    as_set = recommended(recommender, "akademiker", choose="set")
    assert law <= {one.module for one in as_list}
    assert len(law & {one.module for one in as_set}) == 1
    # Each score of a set is what is added, so they sum to no more than the gap.
    assert sum(one.score or 0 for one in as_set) <= as_set.gap


def test_a_person_who_already_has_the_first_module_is_recommended_others(
    recommender: fp.Recommender,
) -> None:
    best = recommended(recommender, "socialraadgiver")[0].module
    after = person("socialraadgiver").model_copy(
        update={"completed": (fp.Completion(module=best),)}
    )
    result = recommender.recommend(after, k=3)
    assert best not in {one.module for one in result}
    assert result.gap < recommended(recommender, "socialraadgiver").gap
