"""The tables of the pages are what the command prints."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from fagprofil.evaluation import benchmark, compare

ROOT = Path(__file__).parents[2]


def test_the_table_on_the_page_is_what_is_computed_now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", [str(ROOT / "tests" / "benchmarks"), *sys.path])
    from compare_rankers import BUILT_IN

    table = (ROOT / "docs" / "ranking-tables.txt").read_text(encoding="utf-8")
    assert str(compare(BUILT_IN, benchmark("cold"))) in table


def test_the_curve_on_the_page_is_as_the_page_says() -> None:
    rows = (ROOT / "docs" / "learning-curve.txt").read_text(encoding="utf-8").splitlines()
    cells = [
        [cell.strip() for cell in row.strip("|").split("|")] for row in rows if row[:3] == "| 0"
    ]
    # Where there is nothing to learn, it was worse in none of the worlds.
    assert [cell[-1] for cell in cells] == ["0 of 10"] * 6
