"""Laws that hold for every catalogue and person, checked through the public face.

What a law leaves out is said where it is stated. The right numbers themselves are those of
oracle.py; here nothing is recomputed but what the law speaks of.
"""

from __future__ import annotations

import copy
import datetime as dt
import math
import pickle
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import combinations, pairwise, product
from typing import Any

import numpy as np
import pytest
import worlds
from hypothesis import assume, example, given
from hypothesis import strategies as st
from oracle import Oracle
from pydantic import ValidationError
from worlds import AS_OF, Case, Crowd, cases, crowds, examples, known

import fagprofil as fp
from fagprofil.evidence import RatingModel
from fagprofil.model import Background, Horizon, Records
from fagprofil.rankers import CoverageRanker, RankingTask

HALF_A_UNIT = 2**-11
RATERS = ("self", "manager")
AT_LEAST = ("module", "education", "job")


def task_of(case: Case) -> RankingTask:
    """What a ranker is given for the person of a case."""
    seen: list[RankingTask] = []

    def ranker(task: RankingTask) -> np.ndarray:
        seen.append(task)
        return task.gain

    case.recommender(ranker).recommend(case.employee, case.profile)
    return seen[0]


def said(employee: fp.Employee, *more: fp.Evidence) -> fp.Employee:
    return employee.model_copy(update={"evidence": (*employee.evidence, *more)})


def said_alone(employee: fp.Employee, one: fp.Evidence) -> fp.Employee:
    """The person with one more statement, and no other of its kind that could replace it."""
    others = [
        word
        for word in employee.evidence
        if (word.competence, word.kind) != (one.competence, one.kind)
    ]
    return said(employee.model_copy(update={"evidence": tuple(others)}), one)


def by_competence(gap: fp.Gap) -> dict[str, Any]:
    return {part.competence: part for part in gap.parts}


def needs_of(gap: fp.Gap) -> dict[str, tuple[float, ...]]:
    return {part.competence: part.need for part in gap.parts}


def single(case: Case) -> Case:
    """The case with its first profile, which extends nothing."""
    return Case(case.catalogue, case.employee, "p0", case.horizon, case.model)


# --- every explanation is the addends -----------------------------------------------------------


@examples(150)
@given(cases())
def test_parts_sum_to_the_gap_in_any_order(case: Case) -> None:
    found = case.gap()
    parts = [part.gap for part in found.parts]
    assert sum(parts) == sum(reversed(parts)) == sum(sorted(parts)) == found.total
    assert 0 <= found.total <= found.needed
    assert 0 <= found.readiness <= 1
    assert 0 <= found.unstated <= 1
    assert 0 <= found.assumed <= found.readiness + 1e-12 or not found.needed


@examples(150)
@given(
    cases(),
    st.sampled_from(["module", "ects", "price"]),
    st.floats(0, 1),
    st.sampled_from(["list", "set"]),
)
def test_reasons_sum_to_the_score_in_any_order(
    case: Case, per: str, repetition: float, choose: str
) -> None:
    ranker = CoverageRanker(per=per, repetition=repetition)
    for one in case.recommender(ranker).recommend(case.employee, case.profile, choose=choose):
        values = [reason.value for reason in one.reasons]
        assert sum(values) == sum(reversed(values)) == (one.score or 0.0)


# --- one equals many ----------------------------------------------------------------------------


def rows_one_by_one(
    crowd: Crowd, recommender: fp.Recommender, **options: Any
) -> list[dict[str, Any]]:
    rows = []
    for one in crowd.people:
        if one.profile is None:
            rows.append({"employee": one.id, "rank": 0, "reason": "no profile given"})
            continue
        result = recommender.recommend(one, **options)
        if not len(result):
            assert result.fewer is not None
            rows.append({"employee": one.id, "rank": 0, "reason": result.fewer.en})
        rows += result.to_frame("polars", lang="en").to_dicts()
    return rows


def assert_rows_equal(found: Sequence[dict[str, Any]], expected: Sequence[dict[str, Any]]) -> None:
    assert len(found) == len(expected)
    for one, other in zip(found, expected, strict=True):
        assert one == {**dict.fromkeys(one), **other}


@examples(120)
@given(
    crowds(),
    st.integers(1, 3),
    st.integers(1, 4),
    st.sampled_from(["list", "set"]),
    st.sampled_from(["coverage", CoverageRanker(per="price", repetition=0.5)]),
)
def test_one_person_is_recommended_the_same_as_among_many(
    crowd: Crowd, chunk: int, k: int, choose: str, ranker: Any
) -> None:
    recommender = fp.Recommender(crowd.catalogue, ranker, horizon=crowd.horizon)
    alone = rows_one_by_one(crowd, recommender, k=k, choose=choose)
    done: list[int] = []
    with pytest.MonkeyPatch.context() as patch:
        for name in ("shortlist.CHUNK", "blocks.CHUNK", "blocks.BLOCK"):
            patch.setattr(f"fagprofil.{name}", chunk)
        rows = recommender.recommend_rows(
            crowd.people, k=k, choose=choose, lang="en", progress=done.append
        )
    assert_rows_equal(rows, alone)
    assert done == sorted(set(done))
    assert (done or [0])[-1] == len(crowd.people)


@examples(60)
@given(crowds(), st.integers(1, 3))
def test_tasks_are_what_a_ranker_is_given_for_each_person(crowd: Crowd, chunk: int) -> None:
    recommender = fp.Recommender(crowd.catalogue, horizon=crowd.horizon)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("fagprofil.recommend.CHUNK", chunk)
        tasks = list(recommender.tasks(crowd.people))
    assert all(1 <= len(task.employees) <= chunk for task in tasks)
    found = {name: (task, i) for task in tasks for i, name in enumerate(task.employees)}
    assert set(found) == {one.id for one in crowd.people if one.profile is not None}
    for one in crowd.people:
        if one.id in found:
            task, i = found[one.id]
            case = Case(crowd.catalogue, one, one.profile, crowd.horizon, fp.EvidenceModel())
            alone = task_of(case)
            for name in ("gain", "repeats", "eligible", "closes", "price"):
                np.testing.assert_array_equal(getattr(task, name)[i], getattr(alone, name)[0])


@pytest.mark.parametrize("kind", ["pandas", "polars", "pyarrow"])
def test_a_table_has_the_rows_in_the_kind_that_came_in(kind: str, board: worlds.Board) -> None:
    people = fp.Workforce(employees=board.people, frame=kind)
    recommender = fp.Recommender(board.catalogue)
    table = recommender.recommend_table(people, k=2)
    assert type(table).__module__.partition(".")[0] == kind
    rows = table.to_dict("records") if kind == "pandas" else None
    rows = rows or (table.to_dicts() if kind == "polars" else table.to_pylist())
    assert_rows_equal(rows, recommender.recommend_rows(board.people, k=2))


@examples(100)
@given(crowds())
def test_the_gap_of_one_is_the_same_as_among_many(crowd: Crowd) -> None:
    people = fp.Workforce(employees=crowd.people, frame="polars")
    rows = fp.gaps(people, catalogue=crowd.catalogue, horizon=crowd.horizon).to_dicts()
    for one in crowd.people:
        own = [row for row in rows if row["employee"] == one.id]
        if one.profile is None:
            assert [row["gap"] for row in own] == [None]
            continue
        found = fp.gap(one, catalogue=crowd.catalogue, horizon=crowd.horizon)
        fields = ("competence", "needed", "held", "weight", "gap", "stated")
        parts = [tuple(getattr(part, name) for name in fields) for part in found.parts]
        assert [tuple(row[name] for name in fields) for row in own] == parts
        assert {row["profile"] for row in own} <= {found.profile}
    order = [one.id for one in crowd.people]
    ids = [row["employee"] for row in rows]
    assert ids == sorted(ids, key=order.index)


@examples(60)
@given(crowds(), st.data())
def test_matching_people_equals_matching_each(crowd: Crowd, data: st.DataObject) -> None:
    profile = data.draw(st.sampled_from(list(crowd.catalogue.profiles)))
    options = {"catalogue": crowd.catalogue, "horizon": crowd.horizon}
    found = fp.match_people(profile, crowd.people, **options)
    alone = [fp.match(one, profiles=[profile], **options)[0] for one in crowd.people]
    assert sorted(alone, key=lambda one: (-one.readiness, one.employee)) == list(found)
    for one, employee in zip(alone, crowd.people, strict=True):
        gap = fp.gap(employee, profile, **options)
        assert (one.gap, one.readiness) == (gap.total, pytest.approx(gap.readiness))
        assert one.unstated == pytest.approx(gap.unstated)


@examples(40)
@given(cases())
def test_the_profiles_matched_are_those_that_no_other_extends(case: Case) -> None:
    extended = {name for one in case.catalogue.profiles.values() for name in one.extends}
    leaves = [name for name in case.catalogue.profiles if name not in extended]
    options = {"catalogue": case.catalogue, "horizon": case.horizon, "model": case.model}
    found = fp.match(case.employee, **options)
    assert found == fp.match(case.employee, profiles=leaves, **options)
    assert sorted(one.profile for one in found) == leaves


def test_a_profile_of_unknown_contents_is_not_matched() -> None:
    empty = worlds.profile("p0", {}).model_copy(update={"requirements": None})
    catalogue = worlds.small(1, ["c0"], [empty, worlds.profile("p1", {"c0": (1, 1, 1.0)})])
    assert [one.profile for one in fp.match(fp.Employee(id="e"), catalogue)] == ["p1"]


def test_people_with_nearly_the_same_mix_keep_their_own() -> None:
    # 100 * 1024 * share lies on either side of a half, so the needs differ by one unit; to six
    # digits the shares are the same.
    profiles = [worlds.profile("a", {"c0": (1, 1, 100.0)}), worlds.profile("b", {})]
    catalogue = worlds.small(1, ["c0"], profiles, [worlds.module("m0", {"c0": 1})])
    shares = ((51200 + 0.49) / 102400, (51200 + 0.51) / 102400)
    people = [
        fp.Employee(id=f"e{n}", profile={"a": share, "b": 1 - share}, evidence=known({"c0": 0}))
        for n, share in enumerate(shares)
    ]
    alone = [fp.gap(one, catalogue=catalogue).total for one in people]
    assert alone == [50.0, 50.0 + 1 / 1024]
    rows = fp.Recommender(catalogue, horizon=fp.NOW).recommend_rows(people)
    assert [row["score"] for row in rows] == alone
    table = fp.gaps(people, catalogue=catalogue)
    assert list(table["gap"]) == alone


def test_the_id_of_a_mix_reads_back_as_the_same_mix() -> None:
    profiles = [worlds.profile(name, {"c0": (1, 1, 1.0)}) for name in ("a", "b")]
    catalogue = worlds.small(1, ["c0"], profiles)
    mix = catalogue.resolve({"a": 2, "b": 1})
    assert catalogue.resolve(mix.id) == mix


# --- more held, less missing --------------------------------------------------------------------


def assert_no_worse(better: fp.Gap, worse: fp.Gap) -> None:
    assert better.total <= worse.total
    after = by_competence(better)
    for part in worse.parts:
        assert after[part.competence].held >= part.held
        assert after[part.competence].gap <= part.gap


@examples(100)
@given(cases(certain=True), st.data())
def test_a_higher_known_level_never_widens_a_gap(case: Case, data: st.DataObject) -> None:
    _, top = worlds.shape_of(case.catalogue)
    low, high = sorted(data.draw(st.tuples(st.integers(0, top), st.integers(0, top))))
    name = data.draw(st.sampled_from(list(case.catalogue.taxonomy.competences)))
    low_gap, high_gap = (
        case.gap(employee=case.employee.model_copy(update={"evidence": (*others, *word)}))
        for others in [[one for one in case.employee.evidence if one.competence != name]]
        for word in (known({name: low}), known({name: high}))
    )
    assert_no_worse(high_gap, low_gap)


@examples(250)
@given(cases(), st.sampled_from(worlds.RATED), st.data())
def test_a_higher_statement_in_place_of_a_lower_never_widens_a_gap(
    case: Case, kind: str, data: st.DataObject
) -> None:
    one = data.draw(worlds.statements(case.catalogue, (kind,)))
    _, top = worlds.shape_of(case.catalogue)
    higher = one.model_copy(update={"level": data.draw(st.integers(one.level, top))})
    gaps = [case.gap(employee=said(case.employee, word)) for word in (higher, one)]
    assert_no_worse(*gaps)


@examples(100)
@given(cases(), st.sampled_from(AT_LEAST), st.data())
def test_at_least_evidence_never_widens_a_gap(case: Case, kind: str, data: st.DataObject) -> None:
    more = data.draw(worlds.statements(case.catalogue, (kind,)))
    assert_no_worse(case.gap(employee=said(case.employee, more)), case.gap())


@examples(60)
@given(cases(), st.data())
def test_a_passed_module_never_widens_a_gap(case: Case, data: st.DataObject) -> None:
    assume(case.catalogue.modules)
    module = data.draw(st.sampled_from(list(case.catalogue.modules)))
    taken = (*case.employee.completed, fp.Completion(module=module))
    after = case.employee.model_copy(update={"completed": taken})
    assert_no_worse(case.gap(employee=after), case.gap())


def test_a_low_rating_counts_against_a_high_one() -> None:
    catalogue = worlds.small(5, ["c0"], [worlds.profile("p0", {"c0": (5, 5, 1.0)})])
    high = fp.Employee(id="e", evidence=[fp.Evidence(competence="c0", level=4, kind="manager")])
    both = said(high, fp.Evidence(competence="c0", level=1, kind="self"))
    assert fp.gap(both, "p0", catalogue).total > fp.gap(high, "p0", catalogue).total


# --- the posterior ------------------------------------------------------------------------------


@examples(150)
@given(cases())
def test_a_posterior_is_a_distribution(case: Case) -> None:
    for part in case.gap().parts:
        assert sum(part.chance) == pytest.approx(1, abs=1e-12)
        assert all(0 <= one <= 1 for one in part.chance)


EXTREMES = {
    "sharp and biased": {"self_rating": {"spread": 0.003, "bias": 3, "half_life": 3}},
    "sharp between levels": {"self_rating": {"spread": 1e-4, "bias": 0.5, "half_life": 3}},
    "all but certain": {"self_rating": {"spread": 1e-12, "half_life": 3}},
    "certain at least": {"job": {"spread": 1e-300, "half_life": 3, "at_least": True}},
    "silent": {"self_rating": {"spread": 1e300, "half_life": 1e300}},
    "forgetful": {"self_rating": {"spread": 1, "half_life": 1e-300}},
    "prejudiced": {"prior_spread": 1e-300},
    "unprejudiced": {"prior_spread": 1e300},
}


@pytest.mark.parametrize("numbers", EXTREMES.values(), ids=EXTREMES)
def test_every_evidence_model_that_is_accepted_gives_a_distribution(
    numbers: dict[str, Any],
) -> None:
    try:
        model = fp.EvidenceModel.model_validate(numbers)
    except ValidationError:
        return  # refusing such numbers is as good
    catalogue = worlds.small(5, ["c0"], [worlds.profile("p0", {"c0": (5, 5, 1.0)})])
    yesterday = AS_OF - dt.timedelta(days=1)
    words = [
        fp.Evidence(competence="c0", level=level, kind=kind, date=yesterday)
        for level in (5, 0)
        for kind in ("self", "job")
    ]
    rated = fp.Employee(id="e", evidence=words)
    (part,) = fp.gap(rated, "p0", catalogue, model=model).parts
    assert sum(part.chance) == pytest.approx(1)


@examples(100)
@given(cases(), st.sampled_from(RATERS), st.data())
def test_an_agreeing_rating_never_makes_its_level_less_likely(
    case: Case, kind: str, data: st.DataObject
) -> None:
    # Without bias, a rating of x is likelier at level x than at any other. It is the first of its
    # kind: it would replace an earlier one, which may have weighed more.
    rating = {f"{kind}_rating": case.model.rating(kind).model_copy(update={"bias": 0.0})}
    model = case.model.model_copy(update=rating)
    one = data.draw(worlds.statements(case.catalogue, (kind,)))
    rated = said_alone(case.employee, one)
    silent = rated.model_copy(update={"evidence": rated.evidence[:-1]})
    before = by_competence(case.gap(model=model, employee=silent))
    after = by_competence(case.gap(model=model, employee=rated))
    assume(one.competence in before)
    chances = (gap[one.competence].chance[one.level] for gap in (after, before))
    assert next(chances) >= next(chances) - 1e-9


@pytest.mark.parametrize("spread", [0.4, 0.8, 2.0])
@pytest.mark.parametrize("kind", RATERS)
def test_agreeing_ratings_narrow_the_spread(kind: str, spread: float) -> None:
    # A law where all is symmetric about the level said: the middle of the ladder, a background
    # that brings that level, and no bias. Elsewhere a rating can move the mass to where the ladder
    # is longer, and the spread may grow though the rating agrees with the most likely level.
    rating = {f"{kind}_rating": RatingModel(spread=spread, half_life=3)}
    middle = Background(
        id="b0", name=worlds.text("b"), brings={"c0": 2}, provenance=worlds.founded()
    )
    profiles = [worlds.profile("p0", {"c0": (4, 4, 1.0)})]
    catalogue = worlds.small(4, ["c0"], profiles, backgrounds=[middle])
    other = "manager" if kind == "self" else "self"
    words = [fp.Evidence(competence="c0", level=2, kind=one) for one in (kind, other)]
    sds = [
        fp.gap(
            fp.Employee(id="e", backgrounds=["b0"], evidence=words[:times]),
            "p0",
            catalogue,
            model=fp.EvidenceModel(**rating),
        ).sd
        for times in range(3)
    ]
    assert all(after < before for before, after in pairwise(sds))


@pytest.mark.parametrize("kind", RATERS)
def test_a_rating_is_replaced_by_a_later_one_of_the_same_kind(kind: str) -> None:
    """Who rates again errs in the same way again: repeating a rating makes nothing surer."""
    profiles = [worlds.profile("p0", {"c0": (4, 4, 1.0)})]
    catalogue = worlds.small(4, ["c0"], profiles)
    last = fp.Evidence(competence="c0", level=2, kind=kind, date="2026-06-01")
    earlier = [last.model_copy(update={"level": n, "date": dt.date(2025, n, 1)}) for n in (1, 2, 4)]
    once = fp.gap(fp.Employee(id="e", evidence=[last]), "p0", catalogue)
    often = fp.gap(fp.Employee(id="e", evidence=[*earlier, last, *earlier]), "p0", catalogue)
    assert often == once


def test_disagreement_widens_the_interval_of_the_gap() -> None:
    catalogue = worlds.small(5, ["c0"], [worlds.profile("p0", {"c0": (5, 5, 1.0)})])

    def width(own: int, managers: int) -> float:
        words = [
            fp.Evidence(competence="c0", level=own, kind="self"),
            fp.Evidence(competence="c0", level=managers, kind="manager"),
        ]
        low, high = fp.gap(fp.Employee(id="e", evidence=words), "p0", catalogue).interval()
        return high - low

    assert width(4, 1) > width(3, 3)


# --- gains of modules and of sets ---------------------------------------------------------------


@examples(150)
@given(cases())
def test_a_gain_is_between_nothing_and_the_gap(case: Case) -> None:
    task, total = task_of(case), case.gap().total
    gains = task.gain[0][task.mapped]
    assert (gains >= 0).all()
    assert (gains <= total).all()
    assert total > 0 or not gains.any()
    assert np.isnan(task.gain[0][~task.mapped]).all()


@examples(100)
@given(cases(certain=True))
def test_nothing_is_recommended_where_nothing_is_unmet(case: Case) -> None:
    _, top = worlds.shape_of(case.catalogue)
    everything = known(dict.fromkeys(case.catalogue.taxonomy.competences, top))
    expert = fp.Employee(id="e", evidence=everything)
    result = case.recommender().recommend(expert, case.profile, choose="set")
    assert result.gap == 0
    assert len(result) == 0
    assert result.fewer is not None


def gain_of_set(task: RankingTask, modules: Iterable[int]) -> float:
    total = 0.0
    for j in modules:
        total += task.gain[0, j]
        task = task.after(np.array([j]))
    return total


@examples(100)
@given(cases())
def test_the_gain_of_a_set_is_monotone_and_submodular(case: Case) -> None:
    task = task_of(case)
    modules = np.flatnonzero(task.mapped)[:4].tolist()
    sets = [frozenset(x) for size in range(4) for x in combinations(modules, size)]
    gain = {one: gain_of_set(task, sorted(one)) for one in sets}
    for one in sets:
        assert gain_of_set(task, sorted(one, reverse=True)) == gain[one]
    for small, large in product(sets, sets):
        if not small <= large:
            continue
        assert gain[small] <= gain[large]
        for j in set(modules) - large:
            if large | {j} in gain:
                assert gain[small | {j}] - gain[small] >= gain[large | {j}] - gain[large]


def with_modules(catalogue: fp.Catalogue, modules: Sequence[fp.Module]) -> fp.Catalogue:
    fields = {name: getattr(catalogue, name) for name in fp.Catalogue.model_fields}
    return fp.Catalogue(**{**fields, "modules": list(modules)})


@examples(100)
@given(cases())
def test_the_gain_of_a_set_is_that_of_the_highest_level_of_each_competence(case: Case) -> None:
    task = task_of(case)
    modules = np.flatnonzero(task.mapped).tolist()
    highest: dict[str, int] = {}
    for j in modules:
        for name, level in case.catalogue.modules[task.modules[j]].teaches.items():
            highest[name] = max(level, highest.get(name, 0))
    everything = worlds.module("all", highest)
    wider = with_modules(case.catalogue, [*case.catalogue.modules.values(), everything])
    one = task_of(Case(wider, case.employee, case.profile, case.horizon, case.model))
    assert gain_of_set(task, modules) == one.gain[0, one.modules.index("all")]


@examples(150)
@given(cases(), st.integers(1, 4))
def test_a_greedy_set_explains_its_gain_and_is_near_the_best(case: Case, k: int) -> None:
    task = task_of(case)
    result = case.recommender().recommend(case.employee, case.profile, k=k, choose="set")
    scores = [one.score for one in result]
    chosen = [task.modules.index(one.module) for one in result]
    gain = gain_of_set(task, chosen)
    assert sum(reason.value for one in result for reason in one.reasons) == gain
    assert scores == sorted(scores, reverse=True)
    assert all(score > 0 for score in scores)
    open_to = np.flatnonzero(task.eligible[0] & task.mapped).tolist()
    best = max(gain_of_set(task, one) for one in combinations(open_to, min(k, len(open_to))))
    assert (1 - 1 / math.e) * best <= gain <= best


# --- order and names change nothing -------------------------------------------------------------


def everything_of(case: Case) -> tuple[Any, ...]:
    """All that is said of a case, as plain data."""
    results = [
        case.recommender(CoverageRanker(per="ects", repetition=0.5)).recommend(
            case.employee, case.profile, choose=choose
        )
        for choose in ("list", "set")
    ]
    return (
        *(one.model_dump(mode="json", exclude={"version"}) for one in (case.gap(), *results)),
        fp.ask_next(
            case.employee, case.profile, case.catalogue, horizon=case.horizon, model=case.model
        ),
    )


@examples(80)
@given(cases(), st.randoms(use_true_random=False))
def test_the_order_of_what_is_said_changes_nothing(case: Case, random: Any) -> None:
    lists = {name: list(getattr(case.employee, name)) for name in ("evidence", "completed")}
    for one in lists.values():
        random.shuffle(one)
    shuffled = case.employee.model_copy(update={key: tuple(one) for key, one in lists.items()})
    other = Case(case.catalogue, shuffled, case.profile, case.horizon, case.model)
    assert everything_of(other) == everything_of(case)


@examples(80)
@given(cases(), st.randoms(use_true_random=False))
def test_the_order_of_records_changes_nothing(case: Case, random: Any) -> None:
    data = case.catalogue.model_dump(mode="json")
    lists = [data[name] for name in ("profiles", "modules", "backgrounds")]
    lists += [data["taxonomy"]["competences"], *(one["requirements"] for one in data["profiles"])]
    for one in lists:
        random.shuffle(one)
    for one in data["modules"]:
        one["teaches"] = one["teaches"] and dict(reversed(one["teaches"].items()))
    other = fp.Catalogue.model_validate(data)
    assert everything_of(
        Case(other, case.employee, case.profile, case.horizon, case.model)
    ) == everything_of(case)


@examples(80)
@given(cases())
def test_names_in_the_same_order_change_nothing(case: Case) -> None:
    new = {f"c{n}": f"aa-{n}-competence" for n in range(9)}
    new |= {f"m{n}": f"zz-{n}-module" for n in range(9)}
    other = Case(
        fp.Catalogue.model_validate(worlds.replaced(case.catalogue.model_dump(mode="json"), new)),
        fp.Employee.model_validate(worlds.replaced(case.employee.model_dump(mode="json"), new)),
        case.profile,
        case.horizon,
        case.model,
    )
    *results, asked = everything_of(case)
    *renamed, asked_then = everything_of(other)
    assert renamed == worlds.replaced(results, new)
    assert [(one.competence, one.kind) for one in asked_then] == [
        (new[one.competence], one.kind) for one in asked
    ]


@examples(60)
@given(crowds(), st.randoms(use_true_random=False))
def test_the_order_of_people_changes_nothing_for_anybody(crowd: Crowd, random: Any) -> None:
    recommender = fp.Recommender(crowd.catalogue)
    people = list(crowd.people)
    random.shuffle(people)
    rows = recommender.recommend_rows(people)
    order = {one.id: n for n, one in enumerate(crowd.people)}
    assert [row["employee"] for row in rows] == [
        row["employee"] for one in people for row in rows if row["employee"] == one.id
    ]
    rows.sort(key=lambda row: order[row["employee"]])
    assert rows == recommender.recommend_rows(crowd.people)


@examples(40)
@given(cases(), st.randoms(use_true_random=False))
def test_the_order_of_rows_in_a_table_changes_nothing(case: Case, random: Any) -> None:
    import polars as pl

    seen = {(one.competence, one.kind, one.date): one for one in case.employee.evidence}
    rows = [one.model_dump() | {"employee": name} for one in seen.values() for name in "ab"]
    assume(rows)
    recommender = case.recommender()
    tables = []
    for _ in range(2):
        frame = pl.DataFrame(rows, schema_overrides={"date": pl.Date})
        found = recommender.recommend_table(frame, case.profile)
        tables.append(found.sort("employee", "rank").to_dicts())
        random.shuffle(rows)
    assert tables[0] == tables[1]


# --- known levels and horizons ------------------------------------------------------------------

EXACT = tuple(n / 1024 for n in (1, 3, 511, 1023, 1024, 1025, 2047, 102_399))


def naive_gap(case: Case) -> float:
    held = {part.competence: part.held for part in case.gap(horizon=fp.NOW).parts}
    return math.fsum(
        row.weight * max(0, row.now - held[row.competence])
        for row in case.catalogue.profiles["p0"].requirements
        if row.competence in held
    )


@examples(120)
@given(cases(certain=True, weights=EXACT))
def test_now_is_the_naive_sum_for_weights_of_whole_units(case: Case) -> None:
    one = single(case)
    assert one.gap(horizon=fp.NOW).total == naive_gap(one)


@examples(80)
@given(cases(certain=True))
def test_now_is_within_half_a_unit_of_the_naive_sum_for_each_step(case: Case) -> None:
    one = single(case)
    now = one.gap(horizon=fp.NOW)
    missing = sum(part.needed_now - min(part.held, part.needed_now) for part in now.parts)
    # A weight that rounds to nothing has no part, and each of its steps is off by less than half.
    lost = 5 * (len(one.catalogue.taxonomy.competences) - len(now.parts))
    assert abs(now.total - naive_gap(one)) <= HALF_A_UNIT * (missing + lost)


@examples(120)
@given(cases(), st.floats(0, 1))
def test_over_five_years_lies_between_now_and_then(case: Case, discount: float) -> None:
    # Of one profile without others below it: the higher of two needs at each horizon (a stack), or
    # their sum (a mix), need not lie between, where one rises and another falls.
    assume(discount == 0 or discount > 1e-9)
    one = single(case)
    over, now, then = (
        one.gap(horizon=horizon)
        for horizon in (Horizon(kind="over", discount=discount), fp.NOW, fp.IN_FIVE_YEARS)
    )
    needs = [needs_of(gap) for gap in (over, now, then)]
    assert needs[0].keys() == needs[1].keys() == needs[2].keys()
    for name, steps in needs[0].items():
        for share, first, last in zip(steps, needs[1][name], needs[2][name], strict=True):
            assert min(first, last) <= share <= max(first, last)
    gaps = [by_competence(gap) for gap in (over, now, then)]
    for name in needs[0]:
        ends = (gaps[1][name].gap, gaps[2][name].gap)
        assert min(ends) <= gaps[0][name].gap <= max(ends)


@examples(200)
@given(st.floats(0, 1), st.integers(0, 5), st.integers(0, 5), st.integers(1, 5))
@example(discount=1e-17, now=2, later=4, step=3)
@example(discount=1e-14, now=2, later=4, step=3)
def test_any_discount_gives_a_share_between_none_and_that_without_discount(
    discount: float, now: int, later: int, step: int
) -> None:
    # What is needed late weighs less the higher the discount, what is needed early more.
    share, plain = (
        Horizon(kind="over", discount=rate).share(now=now, later=later, step=step)
        for rate in (discount, 0.0)
    )
    assert 0 <= share <= 1
    if later > now:
        assert share <= plain + 1e-9
    else:
        assert share >= plain - 1e-9
    assert share == pytest.approx(plain, abs=3 * discount + 1e-9)


@examples(80)
@given(cases(), st.dates(dt.date(2000, 1, 1), dt.date(2050, 12, 31)))
@example(case=None, as_of=dt.date(2024, 2, 29))
@example(case=None, as_of=dt.date(2023, 2, 28))
def test_a_date_at_an_end_is_that_end(case: Case | None, as_of: dt.date) -> None:
    needs = {"c0": (1, 5, 1.0), "c1": (4, 0, 2.0)}
    catalogue = worlds.small(5, ["c0", "c1"], [worlds.profile("p0", needs)], as_of=as_of)
    employee = fp.Employee(id="e")
    if case is not None:
        taxonomy = case.catalogue.taxonomy.model_copy(update={"as_of": as_of})
        catalogue = case.catalogue.model_copy(update={"taxonomy": taxonomy})
        employee = case.employee
    leap_day = (as_of.month, as_of.day) == (2, 29)
    ends = [as_of.replace(day=28, year=as_of.year + 5)] if leap_day else []
    ends += [dt.date(as_of.year + 5, 3, 1) if leap_day else as_of.replace(year=as_of.year + 5)]
    for day, horizon in [(as_of, fp.NOW), *((day, fp.IN_FIVE_YEARS) for day in ends)]:
        found, end = (
            fp.gap(employee, "p0", catalogue, horizon=one) for one in (fp.at(day), horizon)
        )
        assert (found.total, found.parts) == (end.total, end.parts)


@pytest.mark.parametrize(("kind", "day"), [("at", None), ("now", AS_OF), ("over", AS_OF)])
def test_a_date_belongs_to_the_horizon_at_a_date_alone(kind: str, day: dt.date | None) -> None:
    with pytest.raises(ValidationError, match="a date for the kind 'at', and only for it"):
        Horizon(kind=kind, day=day)


def test_a_date_is_counted_from_the_day_that_now_means() -> None:
    half_way = fp.at(AS_OF + dt.timedelta(days=913))
    assert [half_way.share(now=1, later=5, step=step, as_of=AS_OF) for step in (3, 4)] == [1, 0]
    with pytest.raises(ValueError, match="needs the day that 'now' means"):
        half_way.share(now=1, later=5, step=3)


@pytest.mark.parametrize("day", [AS_OF - dt.timedelta(days=1), AS_OF + dt.timedelta(days=1828)])
def test_a_date_outside_the_five_years_is_refused(day: dt.date, board: worlds.Board) -> None:
    with pytest.raises(fp.errors.DataError, match="a day in the five years from 2026-11-22"):
        fp.gap(board.people[0], "job", board.catalogue, horizon=fp.at(day))


# --- intervals ----------------------------------------------------------------------------------


def distribution(gap: fp.Gap) -> tuple[np.ndarray, np.ndarray]:
    """Every gap that is possible, ascending, with its probability: all combinations of levels."""
    values, chances = np.zeros(1), np.ones(1)
    for part in gap.parts:
        left = np.array([sum(part.need[level:]) for level in range(len(part.chance))])
        values = (values[:, None] + left).ravel()
        chances = (chances[:, None] * np.array(part.chance)).ravel()
    order = np.argsort(values, kind="stable")
    return values[order], chances[order]


def quantile(values: np.ndarray, chances: np.ndarray, tail: float) -> float:
    reached = np.flatnonzero(np.cumsum(chances) >= tail)
    return float(values[reached[0]] if len(reached) else values[-1])


@examples(150)
@given(cases(), st.sampled_from([0.1, 0.5, 0.8, 0.9, 0.99]))
def test_an_interval_is_that_of_all_combinations_of_levels(case: Case, level: float) -> None:
    found = case.gap()
    values, chances = distribution(found)
    low, high = found.interval(level)
    # The stated grid, and sums of probabilities in another order.
    grid = sum(max(part.chance) < 1 for part in found.parts) / 128 + 1e-9
    tail, hair = (1 - level) / 2, 1e-9
    assert quantile(values, chances, tail - hair) - grid <= low
    assert low <= quantile(values, chances, tail + hair) + grid
    assert quantile(values, chances, 1 - tail - hair) - grid <= high
    assert high <= quantile(values, chances, 1 - tail + hair) + grid
    inside = chances[(values >= low - grid) & (values <= high + grid)].sum()
    assert inside >= level - hair


@examples(60)
@given(cases())
def test_an_interval_widens_with_the_level_asked_for(case: Case) -> None:
    found = case.gap()
    intervals = [found.interval(level) for level in (0.01, 0.3, 0.5, 0.9, 0.999)]
    for (low, high), (lower, higher) in pairwise(intervals):
        assert lower <= low <= high <= higher


@examples(60)
@given(cases(certain=True))
def test_an_interval_of_known_levels_is_a_point(case: Case) -> None:
    found = case.gap()
    assert found.interval() == (found.total, found.total)
    assert found.sd == 0


@examples(60)
@given(cases())
def test_the_standard_deviation_is_that_of_all_combinations_of_levels(case: Case) -> None:
    found = case.gap()
    values, chances = distribution(found)
    mean = values @ chances
    assert found.sd == pytest.approx(math.sqrt(chances @ (values - mean) ** 2), abs=1e-6)
    # The total uses certainties rounded to 2**-10.
    assert found.total == pytest.approx(mean, abs=found.needed / 2048 + 1e-9)


@pytest.mark.parametrize("level", [0, 1, -0.5, 90, math.nan])
def test_an_interval_needs_a_level_between_0_and_1(level: float, board: worlds.Board) -> None:
    with pytest.raises(fp.errors.DataError, match="a number between 0 and 1"):
        fp.gap(board.people[0], "job", board.catalogue).interval(level)


# --- what is written can be read ----------------------------------------------------------------


@examples(60)
@given(cases())
def test_json_round_trips(case: Case) -> None:
    result = case.recommender().recommend(case.employee, case.profile)
    records = [case.catalogue, case.employee, case.horizon, case.gap(), result, case.model]
    records += [fp.Workforce(employees=[case.employee], frame="polars")]
    records += case.catalogue.profiles.values()
    for one in records:
        assert type(one).model_validate_json(one.model_dump_json()) == one


@pytest.mark.parametrize("edition", fp.editions())
def test_the_bundled_editions_round_trip(edition: str) -> None:
    whole = fp.load_catalogue(edition)
    assert fp.Catalogue.model_validate_json(whole.model_dump_json()) == whole


@examples(40)
@given(cases())
def test_copies_of_a_catalogue_and_a_recommender_give_the_same(case: Case) -> None:
    recommender = case.recommender()
    before = recommender.recommend(case.employee, case.profile), case.gap()
    for copied in (copy.deepcopy, lambda one: pickle.loads(pickle.dumps(one))):
        catalogue = copied(case.catalogue)
        assert catalogue == case.catalogue
        found = copied(recommender).recommend(case.employee, case.profile)
        assert (found, case.gap(catalogue=catalogue)) == before
        assert [copied(one) for one in before] == list(before)


def test_a_changed_copy_of_a_catalogue_is_used_as_changed(board: worlds.Board) -> None:
    fp.Recommender(board.catalogue).recommend(board.people[0])
    other = Records([worlds.module("x0", {"c0": 2})])
    changed = board.catalogue.model_copy(update={"modules": other})
    result = fp.Recommender(changed).recommend(board.people[0])
    assert [(one.module, one.score) for one in result] == [("x0", 2.0)]
    assert changed.module_ids == ("x0",)


def test_gaps_compare_after_their_intervals_were_asked_for() -> None:
    gaps = [fp.gap(fp.Employee(id="a"), "virksomhed") for _ in range(2)]
    assert gaps[0].interval() == gaps[1].interval()
    assert gaps[0] == gaps[1]
    assert pickle.loads(pickle.dumps(gaps[0])) == gaps[0]


def test_a_recommender_is_shared_between_threads(board: worlds.Board) -> None:
    recommender = fp.Recommender(board.catalogue)
    people = [*board.people] * 25
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(recommender.recommend, people))
    assert together == [recommender.recommend(one) for one in people]


# --- what to ask next ---------------------------------------------------------------------------


def expected_variance(case: Case, competence: str, kind: str) -> float:
    """Ask in earnest: the variance of the gap with each answer, weighed by how likely it is."""
    oracle = Oracle(case.catalogue, case.employee, case.profile, case.horizon, model=case.model)
    total = 0.0
    for answer in oracle.levels:
        chance = sum(
            p * oracle._likelihood(kind, answer, truth)
            for truth, p in enumerate(oracle.chance[competence])
        )
        told = fp.Evidence(competence=competence, level=answer, kind=kind, date=AS_OF)
        total += chance * case.gap(employee=said(case.employee, told)).sd ** 2
    return total


@examples(60)
@given(cases())
def test_the_best_question_leaves_the_least_variance(case: Case) -> None:
    asked = fp.ask_next(
        case.employee, case.profile, case.catalogue, k=99, horizon=case.horizon, model=case.model
    )
    found = case.gap()
    certain = {one.competence for one in case.employee.evidence if one.kind == "known"}
    rated = {(one.competence, one.kind) for one in case.employee.evidence}
    open_to = {
        (part.competence, kind)
        for part in found.parts
        for kind in RATERS
        if part.competence not in certain and (part.competence, kind) not in rated
    }
    assert {(one.competence, one.kind) for one in asked} == open_to
    brute = {pair: expected_variance(case, *pair) for pair in open_to}
    for one in asked:
        assert one.sd_now == found.sd
        assert one.sd_after**2 == pytest.approx(brute[one.competence, one.kind], rel=1e-5, abs=1e-9)
        assert one.sd_after <= one.sd_now + 1e-9
    if asked:
        best = brute[asked[0].competence, asked[0].kind]
        assert best <= min(brute.values()) * (1 + 1e-5) + 1e-9
    first = fp.ask_next(
        case.employee, case.profile, case.catalogue, k=1, horizon=case.horizon, model=case.model
    )
    assert first == asked[:1]


@pytest.mark.parametrize("k", [0, -1, True, 1.5])
def test_a_count_of_questions_that_is_none_is_refused(k: Any, board: worlds.Board) -> None:
    with pytest.raises(fp.errors.DataError, match="ask_next: k"):
        fp.ask_next(board.people[0], catalogue=board.catalogue, k=k)


def test_what_was_rated_or_is_known_is_not_asked_again() -> None:
    needs = dict.fromkeys(("c0", "c1", "c2"), (3, 3, 1.0))
    catalogue = worlds.small(3, list(needs), [worlds.profile("p0", needs)])
    words = [fp.Evidence(competence="c0", level=1, kind="self"), *known({"c1": 2})]
    asked = fp.ask_next(fp.Employee(id="e", evidence=words), "p0", catalogue, k=9)
    assert sorted((one.competence, one.kind) for one in asked) == [
        ("c0", "manager"),
        ("c2", "manager"),
        ("c2", "self"),
    ]


# --- disagreements and dates --------------------------------------------------------------------

DAY = dt.timedelta(days=1)


@pytest.mark.parametrize(("own", "managers"), list(product(range(6), range(6))))
def test_latest_ratings_two_or_more_apart_are_flagged(own: int, managers: int) -> None:
    needs = {"c0": (3, 3, 1.0)}
    catalogue = worlds.small(5, ["c0", "c1"], [worlds.profile("p0", needs)])

    def word(name: str, kind: str, level: int, date: dt.date | None) -> fp.Evidence:
        return fp.Evidence(competence=name, kind=kind, level=level, date=date)

    words = [
        word("c0", "self", own, AS_OF - DAY),
        word("c0", "self", 5 - own, AS_OF - 2 * DAY),  # superseded
        word("c0", "manager", managers, None),  # said today
        word("c0", "manager", 5 - managers, AS_OF - DAY),  # superseded
        word("c0", "education", 5, AS_OF),  # not a rating
        word("c1", "self", own, None),  # not needed
        word("c1", "manager", managers, None),
    ]
    found = fp.gap(fp.Employee(id="e", evidence=words), "p0", catalogue)
    flagged = [(one.competence, one.self_rating, one.manager_rating) for one in found.disagreements]
    assert flagged == ([("c0", own, managers)] if abs(own - managers) >= 2 else [])


def test_one_rating_alone_is_no_disagreement() -> None:
    catalogue = worlds.small(5, ["c0"], [worlds.profile("p0", {"c0": (3, 3, 1.0)})])
    for kind in RATERS:
        words = [fp.Evidence(competence="c0", level=level, kind=kind) for level in (0, 5)]
        found = fp.gap(fp.Employee(id="e", evidence=words), "p0", catalogue)
        assert found.disagreements == ()


@examples(60)
@given(cases(), st.sampled_from(worlds.RATED), st.integers(1, 3000), st.data())
def test_undated_and_future_statements_weigh_as_said_today(
    case: Case, kind: str, ahead: int, data: st.DataObject
) -> None:
    one = data.draw(worlds.statements(case.catalogue, (kind,)))
    dates = (AS_OF, None, AS_OF + ahead * DAY)
    parts = [
        case.gap(employee=said_alone(case.employee, one.model_copy(update={"date": date}))).parts
        for date in dates
    ]
    assert parts[0] == parts[1] == parts[2]


@examples(60)
@given(cases(), st.sampled_from(worlds.RATED), st.data())
def test_a_statement_one_half_life_old_counts_half(
    case: Case, kind: str, data: st.DataObject
) -> None:
    # Four years are a whole number of days, 1461.
    fields = ("self_rating", "manager_rating", "passed_module", "education", "job")
    ratings = {
        name: getattr(case.model, name).model_copy(update={"half_life": 4.0}) for name in fields
    }
    model = case.model.model_copy(update=ratings)
    one = data.draw(worlds.statements(case.catalogue, (kind,)))
    old = one.model_copy(update={"date": AS_OF - 1461 * DAY})
    halved = one.model_copy(update={"date": AS_OF, "confidence": one.confidence / 2})
    found, expected = (
        case.gap(model=model, employee=said_alone(case.employee, word)) for word in (old, halved)
    )
    assert found.parts == expected.parts


def test_an_ancient_statement_says_nothing() -> None:
    catalogue = worlds.small(5, ["c0"], [worlds.profile("p0", {"c0": (5, 5, 1.0)})])
    ancient = fp.Evidence(competence="c0", level=5, kind="manager", date=dt.date(1900, 1, 1))
    silent, told = (
        fp.gap(fp.Employee(id="e", evidence=words), "p0", catalogue) for words in ([], [ancient])
    )
    assert told.total == silent.total
    assert (silent.parts[0].stated, told.parts[0].stated) == (False, True)


def test_the_day_asked_about_decides_the_age() -> None:
    catalogue = worlds.small(5, ["c0"], [worlds.profile("p0", {"c0": (5, 5, 1.0)})])
    word = fp.Evidence(competence="c0", level=5, kind="manager", date=AS_OF)
    rated = fp.Employee(id="e", evidence=[word])
    ages = [fp.gap(rated, "p0", catalogue, on=AS_OF + n * 365 * DAY).total for n in range(4)]
    assert ages == sorted(ages)
    assert ages[0] < ages[1]
    assert fp.gap(rated, "p0", catalogue, on=AS_OF - 365 * DAY).total == ages[0]


def test_of_known_levels_the_latest_holds_and_undated_is_today() -> None:
    catalogue = worlds.small(5, ["c0"], [worlds.profile("p0", {"c0": (5, 5, 1.0)})])

    def gap(*words: tuple[int, dt.date | None]) -> float:
        evidence = [
            fp.Evidence(competence="c0", level=level, kind="known", date=date)
            for level, date in words
        ]
        return fp.gap(fp.Employee(id="e", evidence=evidence), "p0", catalogue).total

    assert gap((4, AS_OF - DAY), (1, AS_OF - 2 * DAY)) == 5 - 4
    assert gap((4, AS_OF - DAY), (1, None)) == 5 - 1
    assert gap((4, AS_OF), (1, None)) == 5 - 1  # the lower of two on one day
    assert gap((1, None), (4, AS_OF)) == 5 - 1
    assert gap((4, AS_OF + DAY), (1, None)) == 5 - 1  # said later counts as said on the day


# --- profiles combined --------------------------------------------------------------------------


def contents(gap: fp.Gap) -> tuple[Any, ...]:
    return gap.total, gap.needed, gap.parts, gap.disagreements


@examples(100)
@given(cases(), st.data())
def test_stacks_and_mixes_at_their_ends(case: Case, data: st.DataObject) -> None:
    a, b = (data.draw(st.sampled_from(list(case.catalogue.profiles))) for _ in range(2))

    def of(profile: Any) -> tuple[Any, ...]:
        return contents(case.gap(profile=profile))

    assert of(f"{a}+{a}") == of(a)
    assert case.gap(profile=f"{a}+{a}") == case.gap(profile=a)
    assert of(f"{a}+{b}") == of(f"{b}+{a}") == of(f"{a}+{b}+{a}")
    assert of({a: 1}) == of(f"{a}:0.2") == of(a)
    assert of(f"{a}:1+{a}:3") == of(a)
    if a != b:
        assert of({a: 0.3, b: 0.7}) == of({b: 7, a: 3}) == of(f"{a}:0.3+{b}:0.7")
        assert of({a: 1, b: 1e-9}) == of(a)


@examples(100)
@given(cases(), st.data())
def test_a_stack_needs_the_higher_and_a_mix_the_shares(case: Case, data: st.DataObject) -> None:
    a, b = (data.draw(st.sampled_from(list(case.catalogue.profiles))) for _ in range(2))
    assume(a != b)
    nothing = (0.0,) * worlds.shape_of(case.catalogue)[1]
    one, other, stack, mix = (
        needs_of(case.gap(profile=x)) for x in (a, b, f"{a}+{b}", {a: 1, b: 3})
    )
    for name in {*one, *other}:
        pairs = zip(one.get(name, nothing), other.get(name, nothing), strict=True)
        for step, (x, y) in enumerate(pairs):
            assert stack[name][step] == max(x, y)
            # Two needs and their mix are each rounded by at most half a unit.
            shared = mix.get(name, nothing)[step]
            assert abs(shared - (x + 3 * y) / 4) <= 2 * HALF_A_UNIT


def test_a_profile_may_be_given_that_the_catalogue_does_not_have(board: worlds.Board) -> None:
    own = worlds.profile("own", {"c1": (2, 2, 1.5)}, extends=["job"])
    found = fp.gap(board.people[0], own, board.catalogue)
    assert found.profile == "own"
    # Of the job, and c1 to level 2 at the higher of 1.5 and the job's 2 a step.
    assert found.needed == fp.gap(board.people[0], "job", board.catalogue).needed


@pytest.mark.parametrize("needs", [{"nope": (1, 1, 1.0)}, {"c0": (9, 9, 1.0)}])
def test_a_given_profile_that_does_not_fit_is_refused(
    needs: dict[str, tuple[int, int, float]], board: worlds.Board
) -> None:
    with pytest.raises(fp.errors.FagprofilError):
        fp.gap(board.people[0], worlds.profile("own", needs), board.catalogue)


# --- what cannot be answered --------------------------------------------------------------------


def test_an_edition_without_a_scale_says_so() -> None:
    with pytest.raises(fp.errors.CannotScore, match="'fagprofiler-2019' has no scale"):
        fp.Recommender(fp.load_catalogue("fagprofiler-2019"))


def test_a_profile_of_unknown_contents_says_so() -> None:
    empty = worlds.profile("p0", {}).model_copy(update={"requirements": None})
    above = worlds.profile("p1", {"c0": (1, 1, 1.0)}, extends=["p0"])
    catalogue = worlds.small(1, ["c0"], [empty, above])
    for name in ("p0", "p1", "p0+p1"):
        with pytest.raises(fp.errors.CannotScore, match="'p0' requires is not documented"):
            fp.gap(fp.Employee(id="e"), name, catalogue)


def test_a_person_without_a_profile_must_be_given_one(board: worlds.Board) -> None:
    nobody = fp.Employee(id="e")
    for ask in (fp.gap, fp.Recommender(board.catalogue).recommend):
        with pytest.raises(fp.errors.DataError, match="a profile, on the person or as profile="):
            ask(nobody, catalogue=board.catalogue) if ask is fp.gap else ask(nobody)


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"k": 0}, "a whole number of at least 1"),
        ({"k": True}, "a whole number of at least 1"),
        ({"k": 2.0}, "a whole number of at least 1"),
        ({"choose": "best"}, "'list' or 'set'"),
    ],
)
def test_wrong_options_are_refused(
    options: dict[str, Any], expected: str, board: worlds.Board
) -> None:
    recommender = fp.Recommender(board.catalogue)
    for ask in (recommender.recommend, recommender.recommend_rows):
        with pytest.raises(fp.errors.DataError, match=expected):
            ask(board.people[0] if ask == recommender.recommend else board.people, **options)


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"catalogue": "reference"}, "catalogue is 'str': expected a Catalogue"),
        ({"on": "2026-01-01"}, "on is 'str': expected a date"),
        ({"model": 0.5}, "model is 'float': expected an? EvidenceModel"),
        ({"horizon": "now"}, r"horizon is .*: expected NOW, IN_FIVE_YEARS, OVER_FIVE_YEARS or"),
        ({"employee": "e0"}, "employee is 'str': expected an Employee"),
    ],
)
def test_arguments_of_another_kind_are_refused(
    options: dict[str, Any], expected: str, board: worlds.Board
) -> None:
    given_in_place = {"employee": board.people[0], "catalogue": board.catalogue, **options}
    with pytest.raises(fp.errors.DataError, match=expected):
        fp.gap(given_in_place.pop("employee"), "job", **given_in_place)


def test_everything_wrong_with_the_options_is_said_at_once(board: worlds.Board) -> None:
    with pytest.raises(fp.errors.DataError) as caught:
        fp.Recommender(board.catalogue).recommend(board.people[0], k=-1, choose="best")
    assert [problem.field for problem in caught.value.problems] == ["k", "choose"]


def test_an_excluded_module_must_exist(board: worlds.Board) -> None:
    with pytest.raises(fp.errors.DataError) as caught:
        fp.Recommender(board.catalogue).recommend(board.people[0], exclude=["m11", "m00"])
    found = [(problem.value, problem.suggestion) for problem in caught.value.problems]
    assert found == [("m00", "m0"), ("m11", "m1")]
    with pytest.raises(fp.errors.DataError, match="several ids"):
        fp.Recommender(board.catalogue).recommend(board.people[0], exclude="m0")


def test_people_who_do_not_fit_are_refused_before_anything_is_computed(
    board: worlds.Board,
) -> None:
    strangers = [fp.Employee(id=f"x{n}", profile="job", completed=["nope"]) for n in range(2)]
    with pytest.raises(fp.errors.DataError) as caught:
        fp.Recommender(board.catalogue).recommend_rows([*board.people, *strangers])
    assert [problem.where for problem in caught.value.problems] == [
        "employee 'x0'",
        "employee 'x1'",
    ]
