"""Substitute posts against the rules of the scheme that pays for them."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import fagprofil as fp
from fagprofil.planning.absence import Absence
from fagprofil.planning.rotation import plan_rotation
from fagprofil.planning.rotation_plan import RotationPlan, Staffing, UnitWave

MONDAY = dt.date(2024, 3, 4)
READY = Staffing(wage=200.0, unemployed_months=8)
RATE_2024 = 203.17


def person(name: str, level: int | None = 5, unit: str = "Randers") -> fp.Employee:
    return fp.Employee(id=name, unit=unit, education_level=level, employer="kommune")


def days(name: str, *offsets: int, unit: str = "Randers", hours: float = 7.0) -> list[Absence]:
    return [
        Absence(employee=name, unit=unit, day=MONDAY + dt.timedelta(days=n), hours=hours)
        for n in offsets
    ]


def only(plan: RotationPlan) -> UnitWave:
    (wave,) = plan.waves
    return wave


def reasons(wave: UnitWave) -> list[str | None]:
    return [one.en for one in wave.reasons]


def test_one_post_does_the_hours_of_the_wave_with_as_few_a_week_as_it_takes() -> None:
    # 20 people, four Mondays of 7 hours: 560 hours in 4 weeks; 4 posts x 37 x 4 is 592.
    people = [person(f"p{n}") for n in range(20)]
    away = [one for who in people for one in days(who.id, 0, 7, 14, 21)]
    wave = only(plan_rotation(away, people, READY))
    assert (wave.people, wave.hours) == (20, 560.0)
    assert [(one.start, one.weeks) for one in wave.posts] == [(MONDAY, 4)] * 4
    assert [one.hours_per_week for one in wave.posts] == [560 / 16] * 4
    assert (wave.covered, wave.uncovered) == (560.0, 0.0)
    assert wave.cost == 560 * 200
    assert wave.subsidy == pytest.approx(560 * RATE_2024)
    assert wave.net == pytest.approx(560 * (200 - RATE_2024))


def test_a_post_has_the_least_hours_that_the_scheme_asks() -> None:
    wave = only(plan_rotation(days("a", 0, 7), [person("a")], READY))
    assert [(one.weeks, one.hours_per_week, one.hours) for one in wave.posts] == [(2, 10.0, 20.0)]
    # Paid is what is worked, and subsidised what somebody is away.
    assert (wave.cost, wave.subsidised) == (20 * 200.0, 14.0)
    own = only(plan_rotation(days("a", 0, 7), [person("a")], Staffing(scheme=None, wage=200.0)))
    assert (own.posts[0].hours_per_week, own.subsidised, own.subsidy) == (7.0, 0.0, 0.0)


def test_a_post_lasts_no_longer_than_the_scheme_allows() -> None:
    wave = only(plan_rotation(days("a", 0, 7, 140), [person("a")], READY))
    assert wave.posts[0].weeks == 21
    # Two half-years have posts of their own.
    both = plan_rotation(days("a", 0, 7 * 25), [person("a")], READY)
    assert [(one.period.id, one.hours) for one in both.waves] == [("2024-1", 7.0), ("2024-2", 7.0)]


def test_six_months_are_twenty_six_weeks() -> None:
    start = dt.date(2024, 2, 5)
    away = [
        Absence(employee="a", unit="Randers", day=start + dt.timedelta(weeks=n), hours=37)
        for n in range(26)
    ]
    assert only(plan_rotation(away[:25], [person("a")], READY)).posts[0].weeks == 25
    (first, *_) = plan_rotation(away, [person("a")], READY).waves
    assert first.posts[0].weeks <= 26


def test_fewer_posts_leave_hours_that_nobody_does() -> None:
    people = [person(f"p{n}") for n in range(20)]
    away = [one for who in people for one in days(who.id, 0, 7)]
    staffing = READY.model_copy(update={"posts": 2})
    wave = only(plan_rotation(away, people, staffing))
    assert (len(wave.posts), wave.covered, wave.uncovered) == (2, 2 * 2 * 37.0, 280 - 148.0)
    half = only(plan_rotation(away, people, READY.model_copy(update={"cover": 0.5})))
    assert half.covered == 140.0


def test_who_has_too_long_an_education_does_not_count_and_who_is_unknown_neither() -> None:
    people = [person("a", 5), person("b", 7), person("c", None)]
    away = [one for who in people for one in days(who.id, 0, 1)]
    wave = only(plan_rotation(away, people, READY))
    assert wave.subsidised == 14.0
    assert reasons(wave) == [
        "1 do not count: it is for education up to level 6",
        "1 have unknown education and are not counted",
    ]


@pytest.mark.parametrize(
    ("year", "reason", "subsidy"),
    [
        (2027, "Job rotation benefit ended on 2026-12-31", 0.0),
        (2025, "the rate of 2025 is not known; the last that is known is 203.17 kr (2024)", None),
    ],
)
def test_the_date_decides_what_is_paid(year: int, reason: str, subsidy: float | None) -> None:
    day = dt.date(year, 3, 3)
    away = [Absence(employee="a", unit="Randers", day=day, hours=7)]
    wave = only(plan_rotation(away, [person("a")], READY))
    assert wave.subsidy == subsidy
    assert reasons(wave)[0] == reason


def test_how_long_substitutes_have_been_unemployed_decides() -> None:
    away, people = days("a", 0), [person("a")]
    short = only(plan_rotation(away, people, READY.model_copy(update={"unemployed_months": 4.0})))
    assert (short.subsidised, short.subsidy) == (0.0, 0.0)
    assert reasons(short) == ["Job rotation benefit asks for 6 months of unemployment (has 4)"]
    unknown = only(plan_rotation(away, people, Staffing(wage=200.0)))
    assert (unknown.subsidised, unknown.subsidy, unknown.net) == (None, None, None)
    assert "it is not known if the substitutes have been unemployed for 6 months" in reasons(
        unknown
    )


def test_an_unknown_wage_leaves_the_cost_unknown() -> None:
    plan = plan_rotation(days("a", 0), [person("a")], Staffing(unemployed_months=8))
    assert (plan.cost, plan.net) == (None, None)
    assert plan.subsidy == pytest.approx(7 * RATE_2024)


def test_units_without_staffing_have_no_substitutes() -> None:
    away = [*days("a", 0), *days("b", 0, unit="Norddjurs")]
    people = [person("a"), person("b", unit="Norddjurs")]
    plan = plan_rotation(away, people, {"Randers": READY})
    assert [(one.unit, len(one.posts), one.uncovered) for one in plan.waves] == [
        ("Norddjurs", 0, 7.0),
        ("Randers", 1, 0.0),
    ]
    assert (plan.hours, plan.covered, plan.uncovered) == (14.0, 7.0, 7.0)


def test_a_plan_says_itself_who_is_away() -> None:
    class Plan:
        def absences(self) -> list[Absence]:
            return days("a", 0, 7)

    assert plan_rotation(Plan(), [person("a")], READY).hours == 14.0


def test_nobody_away_is_no_wave() -> None:
    plan = plan_rotation([], [], READY)
    assert (plan.waves, plan.hours, plan.cost) == ((), 0, 0)


def test_everything_that_is_wrong_is_told_at_once() -> None:
    away = [*days("ana", 0), Absence(employee="b", unit=None, day=MONDAY, hours=7)]
    staffing = {"x": Staffing(scheme="jobrotatoin"), "y": Staffing(scheme="omstillingsfonden-2024")}
    with pytest.raises(fp.errors.DataError) as caught:
        plan_rotation(away, [person("anna"), person("b")], staffing)
    told = str(caught.value)
    assert "4 problems" in told
    assert "did you mean 'anna'" in told
    assert "did you mean 'jobrotation'" in told
    assert "expected a scheme that pays for a substitute" in told


# --- laws -----------------------------------------------------------------------------------------

PEOPLE = {
    f"p{n}": person(f"p{n}", level, unit)
    for n, (level, unit) in enumerate([(3, "A"), (6, "A"), (7, "A"), (None, "B"), (5, "B")])
}
AWAY = st.lists(
    st.builds(
        lambda name, n, hours: Absence(
            employee=name,
            unit=PEOPLE[name].unit,
            day=MONDAY + dt.timedelta(days=n),
            hours=hours,
        ),
        st.sampled_from(sorted(PEOPLE)),
        st.integers(-200, 200),
        st.sampled_from([3.5, 7.0]),
    ),
    max_size=20,
)
STAFFING = st.builds(
    Staffing,
    cover=st.sampled_from([0.0, 0.3, 1.0]),
    posts=st.sampled_from([None, 0, 1, 3]),
    scheme=st.sampled_from([None, "jobrotation"]),
    wage=st.sampled_from([None, 180.0]),
    unemployed_months=st.sampled_from([None, 3.0, 6.0]),
)


@given(AWAY, STAFFING)
def test_no_rule_is_broken_and_hours_add_up(away: list[Absence], staffing: Staffing) -> None:
    plan = plan_rotation(away, PEOPLE.values(), staffing)
    assert plan.hours == pytest.approx(sum(one.hours for one in away))
    for wave in plan.waves:
        own = [
            one
            for one in away
            if one.unit == wave.unit and wave.period.start <= one.day <= wave.period.end
        ]
        assert wave.hours == pytest.approx(sum(one.hours for one in own))
        assert staffing.posts is None or len(wave.posts) <= staffing.posts
        worked = sum(one.hours for one in wave.posts)
        assert wave.covered == pytest.approx(min(wave.hours, worked))
        if staffing.posts is None:
            assert wave.covered >= staffing.cover * wave.hours - 1e-6
        for post in wave.posts:
            assert post.start.weekday() == 0
            assert post.hours_per_week <= 37
            if staffing.scheme is not None:
                assert post.hours_per_week >= 10
                assert post.weeks <= 26
        if wave.subsidised is not None:
            admitted = [one for one in own if (PEOPLE[one.employee].education_level or 9) <= 6]
            assert wave.subsidised <= sum(one.hours for one in admitted) + 1e-9
            assert wave.subsidised <= worked + 1e-9
        assert wave.cost is None or wave.cost == pytest.approx((staffing.wage or 0) * worked)


@given(AWAY, STAFFING, st.randoms(use_true_random=False))
def test_the_order_of_absences_does_not_matter(
    away: list[Absence], staffing: Staffing, random: Any
) -> None:
    turned = list(away)
    random.shuffle(turned)
    first = plan_rotation(away, PEOPLE.values(), staffing)
    second = plan_rotation(turned, PEOPLE.values(), staffing)
    assert [(one.unit, one.posts, one.reasons) for one in first.waves] == [
        (one.unit, one.posts, one.reasons) for one in second.waves
    ]
    assert first.covered == pytest.approx(second.covered)


@given(AWAY, STAFFING)
def test_one_more_post_covers_no_less(away: list[Absence], staffing: Staffing) -> None:
    def covered(posts: int) -> float:
        more = staffing.model_copy(update={"posts": posts})
        return plan_rotation(away, PEOPLE.values(), more).covered

    assert covered(0) <= covered(1) + 1e-9 <= covered(2) + 2e-9


def test_what_is_no_absence_people_or_staffing_is_refused() -> None:
    people = [person("anna")]
    with pytest.raises(fp.errors.DataError, match="away is 'str'"):
        plan_rotation("anna", people, READY)  # type: ignore[arg-type]
    with pytest.raises(fp.errors.DataError, match="away is 'int'"):
        plan_rotation([*days("anna", 0), 3], people, READY)  # type: ignore[list-item]
    with pytest.raises(fp.errors.DataError, match="staffing is 'dict'"):
        plan_rotation(days("anna", 0), people, {"Randers": 3})  # type: ignore[dict-item]
    with pytest.raises(fp.errors.DataError, match="people: type is 'int'"):
        plan_rotation(days("anna", 0), 3, READY)


def test_people_may_be_a_table_and_absences_come_one_by_one() -> None:
    table = pd.DataFrame({"employee": ["anna"], "unit": ["Randers"], "education_level": [5]})
    people = [person("anna").model_copy(update={"employer": None})]
    listed = plan_rotation(days("anna", 0, 7), people, READY)
    assert plan_rotation(iter(days("anna", 0, 7)), table, READY) == listed
