from __future__ import annotations

import datetime as dt
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from fagprofil.errors import DataError
from fagprofil.planning.calendar import Period, half_years, period_problems, within_years

DAYS = st.dates(dt.date(2000, 1, 1), dt.date(2100, 1, 1))


@pytest.mark.parametrize(
    ("start", "first"),
    [
        ("2027-02-01", "2027-1"),
        ("2027-02-02", "2027-2"),
        ("2027-08-01", "2027-2"),
        ("2027-08-02", "2028-1"),
        ("2026-12-31", "2027-1"),
    ],
)
def test_the_first_half_year_begins_on_or_after_the_day(start: str, first: str) -> None:
    assert half_years(dt.date.fromisoformat(start), 1)[0].id == first


def test_half_years_begin_in_february_and_august() -> None:
    found = half_years(dt.date(2027, 8, 1), 3)
    assert [(one.id, str(one.start), str(one.end)) for one in found] == [
        ("2027-2", "2027-08-01", "2028-01-31"),
        ("2028-1", "2028-02-01", "2028-07-31"),
        ("2028-2", "2028-08-01", "2029-01-31"),
    ]


@given(DAYS, st.integers(1, 12))
def test_half_years_follow_each_other_without_a_gap(start: dt.date, count: int) -> None:
    found = half_years(start, count)
    assert len(found) == count
    assert 0 <= (found[0].start - start).days < 184
    for one, other in pairwise(found):
        assert other.start - one.end == dt.timedelta(days=1)
    assert list(period_problems(found, start)) == []


def test_at_least_one_half_year_is_asked_for() -> None:
    with pytest.raises(DataError, match="at least 1"):
        half_years(dt.date(2027, 2, 1), 0)


def test_a_period_ends_on_or_after_its_start() -> None:
    with pytest.raises(ValidationError, match="end on or after start"):
        Period(id="p", start="2027-02-02", end="2027-02-01")


def test_what_is_wrong_with_periods_is_told() -> None:
    first = Period(id="a", start="2027-02-01", end="2027-07-31")
    overlapping = Period(id="a", start="2027-07-31", end="2027-12-31")
    found = [str(one) for one in period_problems([first, overlapping], dt.date(2027, 3, 1))]
    assert len(found) == 3
    assert "'2027-02-01': expected a day on or after 2027-03-01" in found[0]
    assert "expected a day after the end of the period before it, 2027-07-31" in found[1]
    assert "expected an id used once" in found[2]
    assert [one.field for one in period_problems([], dt.date(2027, 3, 1))] == ["periods"]


@given(st.dates(dt.date(2001, 1, 1), dt.date(2088, 1, 1)), st.integers(1, 8))
def test_so_many_years_to_the_day_are_within_them(start: dt.date, years: int) -> None:
    day = 28 if (start.month, start.day) == (2, 29) else start.day
    anniversary = dt.date(start.year + years, start.month, day)
    assert within_years(start, anniversary - dt.timedelta(days=1), years)
    assert not within_years(start, anniversary + dt.timedelta(days=1), years)
