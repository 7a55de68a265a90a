"""The library agrees with a slow second opinion (oracle.py) on thousands of random catalogues.

With known levels every number is equal, bit for bit. With uncertain evidence so are the sums, since
a certainty is rounded to 2**-10 first; only cases in which a certainty lies within 1e-8 of half-way
between two units are left out. Probabilities themselves agree to 1e-8.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from oracle import CLOSE, Oracle, Scored
from worlds import Case, cases, examples

import fagprofil as fp
from fagprofil.rankers import CoverageRanker

PER = st.sampled_from(["module", "ects", "price"])
REPETITION = st.sampled_from([0, 0.3, 0.5, 1])
CHOOSE = st.sampled_from(["list", "set"])
K = st.integers(1, 6)


def opinion(case: Case) -> Oracle:
    return Oracle(case.catalogue, case.employee, case.profile, case.horizon, model=case.model)


def assert_gap_agrees(found: fp.Gap, oracle: Oracle) -> None:
    unmet = oracle.parts()
    assert found.total == float(oracle.gap())
    assert found.needed == float(oracle.needed())
    assert found.readiness == pytest.approx(float(oracle.readiness()), abs=1e-12)
    assert found.assumed == pytest.approx(float(oracle.assumed()), abs=1e-12)
    assert {part.competence: part.gap for part in found.parts} == unmet
    order = sorted(unmet, key=lambda one: (-unmet[one], one))
    assert [part.competence for part in found.parts] == order
    assert found.status == oracle.status()
    apart = {d.competence: (d.self_rating, d.manager_rating) for d in found.disagreements}
    assert apart == oracle.disagreements()


def assert_parts_agree(found: fp.Gap, oracle: Oracle) -> None:
    now, later = oracle.need_at(fp.NOW), oracle.need_at(fp.IN_FIVE_YEARS)
    for part in found.parts:
        one, steps = part.competence, oracle.steps
        highest = max(need[one, step] for need in (oracle.need, now, later) for step in steps)
        assert part.need == tuple(oracle.need[one, step] for step in steps)
        assert part.held == sum(oracle.held[one, step] for step in steps)
        assert part.weight == highest
        for shown, need in [
            (part.needed, oracle.need),
            (part.needed_now, now),
            (part.needed_five_years, later),
        ]:
            assert shown == pytest.approx(float(sum(need[one, step] for step in steps) / highest))
        assert part.stated == oracle.stated(one)
        assert part.chance == pytest.approx(oracle.chance[one], abs=CLOSE)


@examples(300)
@given(cases(certain=True))
def test_gaps_agree_where_levels_are_known(case: Case) -> None:
    oracle, found = opinion(case), case.gap()
    assert_gap_agrees(found, oracle)
    assert_parts_agree(found, oracle)
    assert {chance for part in found.parts for chance in part.chance} <= {0, 1}


@examples(300)
@given(cases())
def test_gaps_agree_where_levels_are_uncertain(case: Case) -> None:
    oracle = opinion(case)
    assume(not oracle.doubtful)
    found = case.gap()
    assert_gap_agrees(found, oracle)
    assert_parts_agree(found, oracle)
    silent = sum(gap for one, gap in oracle.parts().items() if not oracle.stated(one))
    assert found.unstated == pytest.approx(float(silent / oracle.gap() if silent else 0))


def assert_items_agree(
    result: fp.Recommendations, expected: Sequence[Scored], oracle: Oracle
) -> None:
    assert [(one.module, one.score) for one in result] == [tuple(one) for one in expected]
    assert [one.rank for one in result] == list(range(1, len(expected) + 1))
    assert result.gap == oracle.gap()
    now, later = oracle.need_at(fp.NOW), oracle.need_at(fp.IN_FIVE_YEARS)
    before: list[str] = []
    for one in result:
        taken = before if result.choose == "set" else []
        repeats = oracle.repeats(one.module)
        assert one.gain_now == oracle.adds(one.module, taken, now)
        assert one.gain_five_years == oracle.adds(one.module, taken, later)
        assert one.repeats == (None if repeats is None else pytest.approx(float(repeats)))
        before.append(one.module)


def assert_left_out_agrees(
    result: fp.Recommendations, oracle: Oracle, exclude: Sequence[str]
) -> None:
    rules = {name: oracle.rule(name, exclude) for name in oracle.catalogue.modules}
    left_out = [(name, rule) for name, rule in rules.items() if rule is not None]
    assert [(one.module, one.rule) for one in result.ineligible] == left_out


@examples(500)
@given(cases(certain=True), PER, REPETITION, CHOOSE, K, st.data())
def test_recommendations_agree_where_levels_are_known(
    case: Case, per: str, repetition: float, choose: str, k: int, data: st.DataObject
) -> None:
    modules = list(case.catalogue.modules)
    exclude = data.draw(st.lists(st.sampled_from(modules), max_size=1)) if modules else []
    oracle = opinion(case)
    best = oracle.best_set if choose == "set" else oracle.best_list
    expected = best(k, exclude, per=per, repetition=repetition)
    result = case.recommender(CoverageRanker(per=per, repetition=repetition)).recommend(
        case.employee, case.profile, k=k, choose=choose, exclude=exclude
    )
    assert_items_agree(result, expected, oracle)
    assert_left_out_agrees(result, oracle, exclude)


@examples(400)
@given(cases(), st.sampled_from(["module", "ects"]), CHOOSE, K)
def test_recommendations_agree_where_levels_are_uncertain(
    case: Case, per: str, choose: str, k: int
) -> None:
    oracle = opinion(case)
    assume(not oracle.doubtful)
    expected = (oracle.best_set if choose == "set" else oracle.best_list)(k, per=per)
    result = case.recommender(CoverageRanker(per=per)).recommend(
        case.employee, case.profile, k=k, choose=choose
    )
    assert_items_agree(result, expected, oracle)
    assert_left_out_agrees(result, oracle, [])


@examples(300)
@given(cases(), PER, REPETITION)
def test_scores_of_uncertain_people_agree_to_one_step(
    case: Case, per: str, repetition: float
) -> None:
    # The repeated share is a quotient of floats, so a score may round to the next 2**-20; where
    # scores lie so close together, their order may differ too.
    oracle = opinion(case)
    assume(not oracle.doubtful)
    expected = dict(oracle.best_list(9, per=per, repetition=repetition))
    result = case.recommender(CoverageRanker(per=per, repetition=repetition)).recommend(
        case.employee, case.profile, k=9
    )
    assert {one.module for one in result} == set(expected)
    for one in result:
        score = expected[one.module]
        assert (one.score is None) == (score is None)
        assert one.score is None or abs(one.score - score) <= 2**-20
    scored = [expected[one.module] for one in result if one.score is not None]
    assert all(a >= b - 2 * 2**-20 for a, b in pairwise(scored))


@examples(200)
@given(cases(), st.data())
def test_match_agrees(case: Case, data: st.DataObject) -> None:
    named = data.draw(st.lists(st.sampled_from(list(case.catalogue.profiles)), unique=True))
    asked = {
        name: Oracle(case.catalogue, case.employee, name, case.horizon, model=case.model)
        for name in named
    }
    assume(not any(oracle.doubtful for oracle in asked.values()))
    found = fp.match(
        case.employee, case.catalogue, profiles=named, horizon=case.horizon, model=case.model
    )
    assert {one.profile: one.gap for one in found} == {
        name: oracle.gap() for name, oracle in asked.items()
    }
    for one in found:
        assert one.readiness == pytest.approx(float(asked[one.profile].readiness()))
    assert [one.profile for one in found] == [
        one.profile for one in sorted(found, key=lambda one: (-one.readiness, one.profile))
    ]
