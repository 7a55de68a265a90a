"""A tiny world where the right answers are known: every ranker must give them.

Four people lack one competence each, and four modules teach one each (see worlds.checkerboard).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from worlds import AS_OF, Board, checkerboard, founded, known, module, names, profile, small, text

import fagprofil as fp
from fagprofil.model import Background, FormalEntry, FundingScheme, Programme
from fagprofil.rankers import CoverageRanker, PopularRanker

TAKERS = tuple(fp.Employee(id=f"h{n}", completed=names("m", n + 1)) for n in range(4))
RANKERS = [
    "coverage",
    CoverageRanker(per="ects"),
    CoverageRanker(per="price"),
    CoverageRanker(repetition=1.0),
    "popular",
    PopularRanker(),
    lambda task: task.gain,
    lambda task: -task.gain,
    lambda task: np.zeros(task.shape, dtype=np.int8),
]


def modules_of(result: fp.Recommendations) -> list[str]:
    return [one.module for one in result]


@pytest.fixture(params=RANKERS, ids=lambda one: repr(one).split(" at ")[0])
def recommender(request: pytest.FixtureRequest, board: Board) -> fp.Recommender:
    return fp.Recommender(board.catalogue, request.param, history=TAKERS)


@pytest.mark.parametrize("choose", ["list", "set"])
def test_the_one_right_module_comes_first_and_alone(
    recommender: fp.Recommender, choose: str, board: Board
) -> None:
    for i, person in enumerate(board.people):
        result = recommender.recommend(person, k=99, choose=choose)
        assert modules_of(result) == [f"m{i}"]
        assert result[0].gain_now == result[0].gain_five_years == board.gap(i) == result.gap
        assert sum(reason.value for reason in result[0].reasons) == result[0].score
        assert {(one.module, one.rule) for one in result.ineligible} == {
            (f"m{j}", "closes nothing") for j in range(4) if j != i
        }


def test_one_by_one_equals_all_at_once(recommender: fp.Recommender, board: Board) -> None:
    rows = recommender.recommend_rows(board.people, k=3)
    alone = [recommender.recommend(one, k=3)[0] for one in board.people]
    assert [(row["module"], row["score"]) for row in rows] == [
        (one.module, one.score) for one in alone
    ]


def test_filters_hold(recommender: fp.Recommender, board: Board) -> None:
    result = recommender.recommend(board.people[2], exclude=["m2"])
    assert len(result) == 0
    assert [(one.module, one.rule) for one in result.ineligible if one.rule == "excluded"] == [
        ("m2", "excluded")
    ]
    passed = board.people[2].model_copy(update={"completed": (fp.Completion(module="m2"),)})
    assert len(recommender.recommend(passed)) == 0


def test_the_gaps_are_those_of_the_one_competence(board: Board) -> None:
    for i, person in enumerate(board.people):
        found = fp.gap(person, catalogue=board.catalogue)
        assert found.total == board.gap(i)
        assert [(part.competence, part.gap) for part in found.parts[:1]] == [
            (f"c{i}", board.gap(i))
        ]
        # 3 steps of each weight 1..4 are needed in all.
        assert found.readiness == 1 - board.gap(i) / (3 * (1 + 2 + 3 + 4))


def test_two_lacks_are_closed_by_two_modules_the_heavier_first(board: Board) -> None:
    lacks_two = fp.Employee(id="e", evidence=known({"c0": 3, "c1": 0, "c2": 3, "c3": 1}))
    result = fp.Recommender(board.catalogue).recommend(lacks_two, "job", choose="set")
    assert [(one.module, one.score) for one in result] == [("m3", 4.0 * 2), ("m1", 2.0 * 3)]
    assert result[0].repeats == pytest.approx(1 / 3)


def test_a_set_does_not_close_the_same_twice() -> None:
    # The broad module closes 2 + 2; after it the deep one adds only the third step.
    needs = {"c0": (3, 3, 1.0), "c1": (2, 2, 1.0)}
    modules = [
        module("broad", {"c0": 2, "c1": 2}),
        module("deep", {"c0": 3}),
        module("other", {"c1": 2}),
    ]
    catalogue = small(3, ["c0", "c1"], [profile("job", needs)], modules)
    nobody = fp.Employee(id="e", evidence=known({"c0": 0, "c1": 0}))
    recommender = fp.Recommender(catalogue)
    listed = recommender.recommend(nobody, "job")
    assert [(one.module, one.score) for one in listed] == [
        ("broad", 4.0),
        ("deep", 3.0),
        ("other", 2.0),
    ]
    chosen = recommender.recommend(nobody, "job", choose="set")
    assert [(one.module, one.score) for one in chosen] == [("broad", 4.0), ("deep", 1.0)]
    assert chosen.fewer is not None
    assert (
        chosen.fewer.en
        == "only 2 of the modules that may be taken close anything of what is missing"
    )


# --- why there are fewer, and why not -----------------------------------------------------------


def catalogue_with(*modules: fp.Module, **others: Any) -> fp.Catalogue:
    return small(3, ["c0"], [profile("job", {"c0": (3, 3, 1.0)})], modules, **others)


BEGINNER = fp.Employee(id="e", profile="job", evidence=known({"c0": 0}))
EXPERT = fp.Employee(id="e", profile="job", evidence=known({"c0": 3}))


@pytest.mark.parametrize(
    ("modules", "person", "expected"),
    [
        ([], BEGINNER, "the catalogue has no modules"),
        ([module("m0", {"c0": 3})], EXPERT, "nothing is missing"),
        (
            [module("m0", {"c0": 0})],
            BEGINNER,
            "no module that may be taken closes anything of what is missing",
        ),
        (
            [module("m0", {"c0": 3})],
            BEGINNER,
            "only 1 of the modules that may be taken close anything of what is missing",
        ),
        (
            [module("m0", {"c0": 3}, entry={"c0": 1}), module("m1", {"c0": 2}, entry={"c0": 2})],
            BEGINNER,
            (
                "no module that may be taken closes anything of what is missing; "
                "2 others are closed by: levels expected on entry"
            ),
        ),
    ],
)
def test_fewer_than_asked_for_says_why(
    modules: Sequence[fp.Module], person: fp.Employee, expected: str
) -> None:
    recommender = fp.Recommender(catalogue_with(*modules))
    result = recommender.recommend(person)
    assert result.fewer is not None
    assert result.fewer.en == expected
    assert result.fewer.da != expected
    (row,) = recommender.recommend_rows([person], lang="en")
    assert (row["rank"], row["reason"]) == ((1, "C0 3.0") if len(result) else (0, expected))


def test_as_many_as_asked_for_needs_no_reason() -> None:
    assert (
        fp.Recommender(catalogue_with(module("m0", {"c0": 3}))).recommend(BEGINNER, k=1).fewer
        is None
    )


def reason_in(catalogue: fp.Catalogue, person: fp.Employee, **options: Any) -> tuple[str, str, str]:
    (left_out,) = fp.Recommender(catalogue).recommend(person, **options).ineligible
    assert left_out.reason.da is not None
    assert left_out.reason.en is not None
    return left_out.rule, left_out.reason.da, left_out.reason.en


def test_what_was_passed_or_excluded_says_so() -> None:
    catalogue = catalogue_with(module("m0", {"c0": 3}))
    passed = BEGINNER.model_copy(update={"completed": (fp.Completion(module="m0"),)})
    failed = BEGINNER.model_copy(update={"completed": (fp.Completion(module="m0", passed=False),)})
    assert reason_in(catalogue, passed) == ("taken", "allerede bestået", "already passed")
    assert reason_in(catalogue, passed, exclude=["m0"])[0] == "excluded"
    assert modules_of(fp.Recommender(catalogue).recommend(failed)) == ["m0"]


def test_what_is_not_valid_says_until_or_from_when() -> None:
    day = dt.timedelta(days=1)
    over = catalogue_with(module("m0", {"c0": 3}, valid_to=AS_OF - day))
    assert reason_in(over, BEGINNER) == (
        "not valid",
        "gjaldt til 2026-11-21",
        "was valid to 2026-11-21",
    )
    coming = catalogue_with(module("m0", {"c0": 3}, valid_from=AS_OF + day))
    assert reason_in(coming, BEGINNER)[2] == "valid from 2026-11-23"
    for recommender in (
        fp.Recommender(coming, on=AS_OF + day),
        fp.Recommender(over, on=AS_OF - day),
    ):
        assert modules_of(recommender.recommend(BEGINNER)) == ["m0"]


def test_a_formal_entry_that_is_not_met_says_what_is_asked_and_had() -> None:
    both = FormalEntry(education_level=5, relevant_years=2, provenance=founded())
    catalogue = catalogue_with(module("m0", {"c0": 3}, formal_entry=both))
    low = BEGINNER.model_copy(update={"education_level": 3})
    assert reason_in(catalogue, low) == (
        "formal entry",
        "kræver uddannelse på mindst niveau 5 (har 3) og 2 års relevant arbejde (har ukendt)",
        "requires education of at least level 5 (has 3) and 2 years of relevant work (has unknown)",
    )
    new = BEGINNER.model_copy(update={"education_level": 5, "relevant_years": 1.5})
    assert reason_in(catalogue, new)[2].endswith("2 years of relevant work (has 1.5)")
    ready = BEGINNER.model_copy(update={"education_level": 5, "relevant_years": 2})
    assert modules_of(fp.Recommender(catalogue).recommend(ready)) == ["m0"]


def test_an_entry_level_not_reached_is_named() -> None:
    catalogue = catalogue_with(module("m0", {"c0": 3}, entry={"c0": 1}))
    assert reason_in(catalogue, BEGINNER) == (
        "entry",
        "forudsætter niveau, der ikke er nået: C0 1",
        "expects levels not reached: C0 1",
    )
    begun = BEGINNER.model_copy(update={"evidence": known({"c0": 1})})
    assert modules_of(fp.Recommender(catalogue).recommend(begun)) == ["m0"]


def test_an_entry_level_counts_as_reached_from_the_certainty_on() -> None:
    catalogue = catalogue_with(module("m0", {"c0": 3}, entry={"c0": 1}))
    # Nothing said lets nobody in, however the prior doubts.
    assert modules_of(fp.Recommender(catalogue).recommend(fp.Employee(id="e", profile="job"))) == []
    unsure = fp.Evidence(competence="c0", level=1, kind="self")
    silent = fp.Employee(id="e", profile="job", evidence=[unsure])
    (part,) = fp.gap(silent, catalogue=catalogue).parts
    reached = round(sum(part.chance[1:]) * 1024) / 1024
    for certainty, expected in ((reached, ["m0"]), (reached + 1 / 1024, [])):
        model = fp.EvidenceModel(entry_certainty=certainty)
        assert modules_of(fp.Recommender(catalogue, model=model).recommend(silent)) == expected
    # Nothing is surer than a known level.
    begun = BEGINNER.model_copy(update={"evidence": known({"c0": 1})})
    strict = fp.Recommender(catalogue, model=fp.EvidenceModel(entry_certainty=1.0))
    assert modules_of(strict.recommend(begun)) == ["m0"]


@pytest.mark.parametrize(("level", "expected"), [(1, ["m0"]), (2, [])])
def test_where_nothing_is_said_the_background_must_bring_the_entry_level(
    level: int, expected: list[str]
) -> None:
    brings = Background(id="b0", name=text("b"), brings={"c0": 1}, provenance=founded())
    catalogue = catalogue_with(module("m0", {"c0": 3}, entry={"c0": level}), backgrounds=[brings])
    # The prior's doubt to the upper side would be enough for this certainty.
    recommender = fp.Recommender(catalogue, model=fp.EvidenceModel(entry_certainty=0.1))
    silent = fp.Employee(id="e", profile="job", backgrounds=["b0"])
    assert modules_of(recommender.recommend(silent)) == expected


def test_a_final_project_comes_last() -> None:
    # 10 + 5 ECTS reach the programme's 15.
    course = module("m0", {"c0": 1}, ects=10, programme="g0")
    project = module("m1", {"c0": 3}, ects=5, programme="g0", project=True)
    programme = Programme(id="g0", title=text("g"), ects=15, provenance=founded())
    catalogue = catalogue_with(course, project, programmes=[programme])
    assert reason_in(catalogue, BEGINNER) == (
        "project",
        "et afgangsprojekt kommer, når resten af uddannelsen er bestået",
        "a final project comes when the rest of its programme is passed",
    )
    done = BEGINNER.model_copy(update={"completed": (fp.Completion(module="m0"),)})
    assert modules_of(fp.Recommender(catalogue).recommend(done)) == ["m1"]


def test_notes_tell_what_to_look_into() -> None:
    fund = FundingScheme(
        id="f0",
        name=text("fund"),
        covers="fee",
        who=text("who"),
        what=text("what"),
        employers=("kommune",),
        levels=("diplom",),
        share=0.5,
        confirmed_to=AS_OF - dt.timedelta(days=1),
        provenance=founded(),
    )
    modules = module("m0", {"c0": 3}, price=1000, outdated=text("old"))
    person = BEGINNER.model_copy(update={"employer": "kommune"})
    (one,) = fp.Recommender(catalogue_with(modules, funding=[fund])).recommend(person)
    assert [note.en for note in one.notes] == [
        "old",
        "formal entry not checked: the rule or the person's schooling is not known",
        "it is not confirmed that the funding scheme still holds",
    ]
    assert one.net_price is not None
    assert one.net_price.amount == 1000 - 0.5 * 1000


def test_what_is_checked_needs_no_note() -> None:
    formal = FormalEntry(education_level=5, provenance=founded())
    catalogue = catalogue_with(module("m0", {"c0": 3}, formal_entry=formal, price=1000))
    person = BEGINNER.model_copy(update={"education_level": 6})
    (one,) = fp.Recommender(catalogue).recommend(person)
    assert one.notes == ()


def test_the_status_is_the_weakest_that_a_recommendation_rests_on(board: Board) -> None:
    (one,) = fp.Recommender(board.catalogue).recommend(board.people[0])
    assert one.status == "editorial"
    made_up = module("m0", {"c0": 3}, provenance=founded("synthetic"))
    (one,) = fp.Recommender(catalogue_with(made_up)).recommend(BEGINNER)
    assert one.status == "synthetic"


def test_a_board_of_any_size_has_its_right_answers() -> None:
    for size in (1, 2, 9):
        board = checkerboard(size)
        rows = fp.Recommender(board.catalogue).recommend_rows(board.people)
        assert [(row["module"], row["score"]) for row in rows] == [
            (f"m{i}", board.gap(i)) for i in range(size)
        ]
