"""The calendar of a plan, in letters and as a picture."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import matplotlib as mpl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from worlds import examples

import fagprofil as fp
from fagprofil.answers import Bar
from fagprofil.errors import DataError
from fagprofil.model import Text
from fagprofil.planning import PathwayLimits, half_years
from fagprofil.show.calendar_plot import save_calendar
from fagprofil.show.calendar_text import calendar_text

mpl.use("Agg")
FIRST = dt.date(2027, 2, 1)


@st.composite
def bars(draw: st.DrawFn) -> Bar:
    start = FIRST + dt.timedelta(days=draw(st.integers(0, 900)))
    days = sorted(draw(st.sets(st.integers(0, 120), max_size=6)))
    end = start + dt.timedelta(days=max([draw(st.integers(0, 100)), *days]))
    return Bar(
        group=Text(en=draw(st.sampled_from(("classes", "substitutes")))),
        label=Text(en=draw(st.sampled_from(("A", "A longer name", "x" * 60)))),
        start=start,
        end=end,
        days=tuple(start + dt.timedelta(days=n) for n in days),
        people=draw(st.sampled_from((None, 3, 120))),
    )


def monday(day: dt.date) -> dt.date:
    return day - dt.timedelta(days=day.weekday())


@examples(60)
@given(st.lists(bars(), min_size=1, max_size=5))
def test_each_week_has_its_place(listed: list[Bar]) -> None:
    lines = calendar_text(listed, "en")
    rows = [line for line in lines[2:] if line.startswith("  ")]
    assert len(rows) == len(listed)
    first = monday(min(one.start for one in listed))
    wide = max(len(line) for line in rows) - max(
        (monday(one.end) - first).days // 7 + 1 for one in listed
    )
    for line, one in zip(rows, listed, strict=True):
        places = line[wide:]
        taught = {monday(day) for day in one.days}
        for n, place in enumerate(places):
            week = first + dt.timedelta(weeks=n)
            running = monday(one.start) <= week <= one.end
            assert place == ("#" if week in taught else "-" if running else " ")
        assert places.strip()


def test_nothing_is_an_empty_calendar_and_says_so() -> None:
    assert calendar_text([]) == []
    empty = fp.plan_cohorts([], runs=[])
    axes = fp.show.calendar(empty, lang="en")
    assert [one.get_text() for one in axes.texts] == ["nothing is planned"]


def test_a_row_for_each_bar_with_its_days_and_people() -> None:
    plan = fp.plan_case("noerrebro")
    axes = fp.show.calendar(plan, lang="en")
    labels = [one.get_text() for one in axes.get_yticklabels()]
    assert labels[0].startswith("1. Rehabilitering")
    assert labels[4:] == [f"Team {n}" for n in range(1, 10)]
    legend = axes.get_legend()
    assert legend is not None
    assert [one.get_text() for one in legend.get_texts()] == [
        "classes",
        "substitutes",
        "teaching day",
        "figures: people",
    ]
    # 13 bars, and seven teaching days of each class on them.
    assert len(axes.patches) == 13 + 4 * 7
    assert [one.get_text() for one in axes.texts][:4] == [str(one.people) for one in plan.bars[:4]]


def test_a_pathway_has_a_calendar_too() -> None:
    anna = fp.Employee(id="anna", profile="virksomhed", education_level=6, relevant_years=5)
    found = fp.plan_pathway(
        anna, limits=PathwayLimits(ects=10), periods=half_years(FIRST, 2), alternatives=0
    )
    axes = fp.show.calendar(found)
    assert len(axes.get_yticklabels()) == len(found.steps) > 0


def test_other_things_have_none() -> None:
    with pytest.raises(TypeError, match="Profile"):
        fp.show.calendar(fp.load_catalogue().profiles["basis"])


@pytest.mark.parametrize("suffix", [".png", ".svg", ".pdf"])
def test_it_is_saved_as(suffix: str, tmp_path: Path) -> None:
    plan = fp.plan_cohorts([], runs=[])
    save_calendar(plan, tmp_path / f"calendar{suffix}", "en")
    starts = {".png": b"\x89PNG", ".svg": b"<?xml", ".pdf": b"%PDF"}
    assert (tmp_path / f"calendar{suffix}").read_bytes().startswith(starts[suffix])


def test_no_other_file_and_no_other_folder(tmp_path: Path) -> None:
    plan = fp.plan_cohorts([], runs=[])
    with pytest.raises(DataError, match=r"\.png"):
        save_calendar(plan, tmp_path / "calendar.pgn")
    with pytest.raises(DataError, match="folder"):
        save_calendar(plan, tmp_path / "none" / "calendar.png")
