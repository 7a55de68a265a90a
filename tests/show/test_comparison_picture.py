from __future__ import annotations

from dataclasses import replace

import pytest

import fagprofil as fp
from fagprofil.evaluation import Comparison, compare, synthetic

pytest.importorskip("matplotlib").use("Agg")


@pytest.fixture(scope="module")
def found() -> Comparison:
    return compare(["coverage", "popular", "text"], synthetic(people=60, new_people=60).split())


def test_each_ranker_has_its_mean_and_interval(found: Comparison) -> None:
    axes = fp.show.comparison(found)
    assert [one.get_text() for one in axes.get_yticklabels()] == ["coverage", "popular", "text"]
    for container, ranker in zip(axes.containers, found.rankers, strict=True):
        line, _, (bars,) = container.lines
        one = found.estimate(ranker)
        assert line.get_xdata()[0] == one.mean
        (left, _), (right, _) = bars.get_segments()[0]
        assert right - left == pytest.approx(2 * one.half_width)


def test_only_those_that_cannot_be_told_from_the_best_are_filled(found: Comparison) -> None:
    axes = fp.show.comparison(found)
    filled = [one.lines[0].get_markerfacecolor() != "white" for one in axes.containers]
    assert filled == [ranker in found.best() for ranker in found.rankers]
    assert sum(filled) == 1


def test_the_title_says_that_data_is_synthetic_and_the_axis_what_it_is(found: Comparison) -> None:
    axes = fp.show.comparison(found, "gap closed")
    assert axes.get_title(loc="left") == "synthetic workforce (seed 0): new people: 60 people"
    assert axes.get_xlabel().startswith("gap closed (bars: 95 % intervals; filled:")
    other = replace(found, name="a table")
    title = fp.show.comparison(other).get_title(loc="left")
    assert title == "a table (synthetic data): 60 people"


def test_it_is_drawn_where_the_caller_says(found: Comparison) -> None:
    import matplotlib.pyplot as plt

    _, axes = plt.subplots()
    assert fp.show.comparison(found, ax=axes) is axes
    plt.close("all")
