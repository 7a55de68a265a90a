from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from fagprofil.errors import DataError
from fagprofil.model import IN_FIVE_YEARS, NOW, OVER_FIVE_YEARS, Horizon, at
from fagprofil.model.horizon import YEARS

AS_OF = dt.date(2026, 11, 22)
LEVELS = st.integers(0, 5)
STEPS = st.integers(1, 5)


def shares(horizon: Horizon, now: int, later: int) -> list[float]:
    """The shares of steps 1 to 5."""
    return [horizon.share(now=now, later=later, step=x, as_of=AS_OF) for x in range(1, 6)]


def test_now_and_in_five_years_look_at_one_level_each() -> None:
    assert shares(NOW, now=2, later=4) == [1, 1, 0, 0, 0]
    assert shares(IN_FIVE_YEARS, now=2, later=4) == [1, 1, 1, 1, 0]
    assert shares(NOW, now=4, later=2) == [1, 1, 1, 1, 0]
    assert shares(IN_FIVE_YEARS, now=4, later=2) == [1, 1, 0, 0, 0]


def test_a_rising_requirement_needs_its_upper_steps_towards_the_end() -> None:
    flat = Horizon(kind="over", discount=0)
    # From 2 to 4 the line passes 2.5 after 1.25 years and 3.5 after 3.75 years.
    assert shares(flat, now=2, later=4) == [1, 1, 1 - 1.25 / 5, 1 - 3.75 / 5, 0]


def test_a_falling_requirement_needs_its_upper_steps_at_the_start() -> None:
    flat = Horizon(kind="over", discount=0)
    assert shares(flat, now=4, later=2) == [1, 1, 3.75 / 5, 1.25 / 5, 0]


def test_a_constant_requirement_is_the_same_on_every_horizon() -> None:
    for horizon in (NOW, IN_FIVE_YEARS, OVER_FIVE_YEARS, at("2029-01-01")):
        assert shares(horizon, now=3, later=3) == [1, 1, 1, 0, 0]


def test_a_discount_weighs_later_years_less() -> None:
    half = Horizon(kind="over", discount=1)  # each year weighs half of the one before
    whole = 1 - 2**-5
    rising = [1 - (1 - 2**-1.25) / whole, 1 - (1 - 2**-3.75) / whole]
    assert shares(half, now=2, later=4)[2:4] == pytest.approx(rising)
    assert shares(half, now=4, later=2)[2:4] == pytest.approx([1 - x for x in rising[::-1]])


def test_the_default_discount_is_three_per_cent() -> None:
    assert OVER_FIVE_YEARS.discount == 0.03
    expected = 1 - (1 - 1.03**-1.25) / (1 - 1.03**-5)
    assert OVER_FIVE_YEARS.share(now=2, later=4, step=3) == pytest.approx(expected)


@pytest.mark.parametrize("discount", [1e-18, 1e-15, 1e-9])
def test_a_tiny_discount_is_nearly_none(discount: float) -> None:
    tiny = Horizon(kind="over", discount=discount)
    assert shares(tiny, now=2, later=4) == pytest.approx([1, 1, 1 - 1.25 / 5, 1 - 3.75 / 5, 0])


@given(now=LEVELS, later=LEVELS, step=STEPS, discount=st.floats(0, 1))
def test_over_five_years_lies_between_now_and_in_five_years(
    now: int, later: int, step: int, discount: float
) -> None:
    first, last = (one.share(now=now, later=later, step=step) for one in (NOW, IN_FIVE_YEARS))
    between = Horizon(kind="over", discount=discount).share(now=now, later=later, step=step)
    assert min(first, last) <= between <= max(first, last)
    assert (between in (0, 1)) == (first == last)


@given(now=LEVELS, later=LEVELS, discount=st.floats(0, 1))
def test_higher_steps_are_never_needed_more(now: int, later: int, discount: float) -> None:
    found = shares(Horizon(kind="over", discount=discount), now, later)
    assert found == sorted(found, reverse=True)


@pytest.mark.parametrize(
    ("day", "level"),
    [
        (AS_OF, 2),
        (AS_OF + dt.timedelta(days=456), 2),  # 1.248 years: just below 2.5
        (AS_OF + dt.timedelta(days=457), 3),  # 1.251 years: just above
        (AS_OF + dt.timedelta(days=1369), 3),
        (AS_OF + dt.timedelta(days=1370), 4),  # 3.751 years
        (dt.date(2031, 11, 22), 4),
    ],
)
def test_at_a_day_the_line_is_rounded_to_a_step(day: dt.date, level: int) -> None:
    assert shares(at(day), now=2, later=4) == [float(step <= level) for step in range(1, 6)]


def test_five_calendar_years_are_within_the_horizon_but_no_more() -> None:
    start = dt.date(2027, 3, 1)  # 1827 days to 2032-03-01, with two leap days
    last = at("2032-03-01")
    assert last.share(now=1, later=4, step=4, as_of=start) == 1.0
    for wrong in ("2032-03-02", "2027-02-28"):
        with pytest.raises(DataError) as caught:
            at(wrong).share(now=1, later=4, step=4, as_of=start)
        (problem,) = caught.value.problems
        assert (problem.where, problem.field, problem.value) == ("horizon", "at", wrong)
        assert "2027-03-01" in problem.expected


def test_at_takes_a_date_or_its_text() -> None:
    assert at("2029-06-01") == at(dt.date(2029, 6, 1))
    with pytest.raises(ValidationError):
        at("next year")


def test_at_needs_to_know_what_now_means() -> None:
    with pytest.raises(ValueError, match="needs the day"):
        at("2029-06-01").share(now=1, later=2, step=1)


@pytest.mark.parametrize(
    "fields",
    [{"kind": "at"}, {"kind": "now", "day": "2029-06-01"}, {"kind": "some"}, {}],
)
def test_a_day_belongs_to_the_kind_at_alone(fields: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Horizon.model_validate(fields)


@pytest.mark.parametrize("discount", [-0.01, 1.01])
def test_the_discount_lies_between_0_and_1(discount: float) -> None:
    with pytest.raises(ValidationError):
        Horizon(kind="over", discount=discount)


def test_horizons_are_named() -> None:
    assert [str(x) for x in (NOW, IN_FIVE_YEARS, OVER_FIVE_YEARS, at("2029-06-01"))] == [
        *("now", "five", "over", "at 2029-06-01")
    ]
    assert YEARS == 5


# --- from a day on ------------------------------------------------------------------------------

HORIZONS = [
    NOW,
    IN_FIVE_YEARS,
    OVER_FIVE_YEARS,
    Horizon(kind="over", discount=0),
    Horizon(kind="over", discount=0.5),
    at("2029-01-01"),
]
DAYS = st.integers(0, 2200).map(lambda n: AS_OF + dt.timedelta(days=n))


def years(day: dt.date) -> float:
    return (day - AS_OF).days / 365.25


def test_without_a_discount_what_is_left_of_the_five_years_counts() -> None:
    flat, day = Horizon(kind="over", discount=0), AS_OF + dt.timedelta(days=731)
    # From 2 to 4: steps 1 and 2 are needed throughout, step 3 from 1.25 years on, step 4 from 3.75.
    gone = 731 / 365.25
    assert shares(flat.beginning(day), now=2, later=4) == pytest.approx(
        [1 - gone / 5, 1 - gone / 5, 1 - gone / 5, 1 - 3.75 / 5, 0]
    )
    # From 4 to 2: step 3 until 3.75 years, step 4 until 1.25 years.
    assert shares(flat.beginning(day), now=4, later=2) == pytest.approx(
        [1 - gone / 5, 1 - gone / 5, (3.75 - gone) / 5, 0, 0]
    )


def test_a_need_at_a_moment_is_discounted_by_the_years_until_the_day() -> None:
    day = AS_OF + dt.timedelta(days=731)
    later = 1.03 ** -(731 / 365.25)
    assert shares(NOW.beginning(day), now=2, later=4) == pytest.approx([later, later, 0, 0, 0])
    assert shares(IN_FIVE_YEARS.beginning(day), 4, 1) == pytest.approx([later, 0, 0, 0, 0])
    undiscounted = Horizon(kind="now", discount=0).beginning(day)
    assert shares(undiscounted, now=2, later=2) == [1, 1, 0, 0, 0]


@given(st.sampled_from(HORIZONS), LEVELS, LEVELS, st.integers(0, 400))
def test_from_now_on_is_the_same_as_ever(
    horizon: Horizon, now: int, later: int, before: int
) -> None:
    same = horizon.beginning(AS_OF - dt.timedelta(days=before))
    assert shares(same, now, later) == shares(horizon, now, later)


@given(st.sampled_from(HORIZONS), LEVELS, LEVELS, DAYS, DAYS)
def test_closing_later_is_never_worth_more(
    horizon: Horizon, now: int, later: int, one: dt.date, other: dt.date
) -> None:
    first, last = (
        shares(horizon.beginning(day), now, later) for day in (min(one, other), max(one, other))
    )
    assert all(a >= b >= 0 for a, b in zip(first, last, strict=True))
    assert last == sorted(last, reverse=True)


@given(LEVELS, LEVELS, STEPS, DAYS, st.sampled_from([0.0, 0.03, 0.5]))
def test_over_five_years_it_is_the_time_left_in_which_a_step_is_needed(
    now: int, later: int, step: int, day: dt.date, discount: float
) -> None:
    horizon, count = Horizon(kind="over", discount=discount), 4000
    moments = [(n + 0.5) * YEARS / count for n in range(count)]
    weight = [(1 + discount) ** -t for t in moments]
    needed = [
        w
        for t, w in zip(moments, weight, strict=True)
        if t >= years(day) and step <= int(now + (later - now) * t / YEARS + 0.5)
    ]
    share = horizon.beginning(day).share(now=now, later=later, step=step, as_of=AS_OF)
    assert share == pytest.approx(sum(needed) / sum(weight), abs=2e-3)


def test_after_the_five_years_nothing_is_left() -> None:
    end = dt.date(2031, 11, 23)
    assert shares(OVER_FIVE_YEARS.beginning(end), now=5, later=5) == [0] * 5
    assert shares(OVER_FIVE_YEARS.beginning(dt.date(2031, 11, 21)), now=5, later=5)[0] > 0


def test_a_beginning_needs_to_know_what_now_means() -> None:
    with pytest.raises(ValueError, match="needs the day"):
        OVER_FIVE_YEARS.beginning(AS_OF).share(now=1, later=2, step=1)


def test_a_beginning_is_told() -> None:
    assert str(NOW.beginning(dt.date(2028, 1, 31))) == "now since 2028-01-31"
    assert NOW.beginning(AS_OF).beginning(dt.date(2028, 1, 31)).since == dt.date(2028, 1, 31)
