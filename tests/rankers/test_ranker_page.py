"""The page on writing a ranker: its code runs, and it says what there is."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from test_docs import blocks, prose

from fagprofil.rankers import FEATURES, RankingTask, check_ranker

PAGE = Path(__file__).parents[2] / "docs" / "ranker.md"
PACKAGE = PAGE.parent / "ranker-package"


@pytest.fixture(scope="module")
def ran() -> tuple[dict[str, Any], str]:
    """The names that the page's code defines, and all that it prints."""
    for package in ("ir_measures", "skops"):
        pytest.importorskip(package)
    names: dict[str, Any] = {}
    told: list[str] = []
    names["print"] = lambda *parts: told.append(" ".join(map(str, parts)))
    for number, code in enumerate(blocks(PAGE), start=1):
        exec(compile(code, f"{PAGE.name}, block {number}", "exec"), names)
    return names, "\n".join(told)


def test_the_code_runs_and_does_what_is_said(ran: tuple[dict[str, Any], str]) -> None:
    names, told = ran
    assert names["again"].get_params() == {"lean": 5}
    assert "gap closed " in told
    assert "length None -" in told
    assert "right shape and are numbers: FunctionRanker.score returned shape (7, 6)" in told
    counts = re.search(r"(\d+) people took (\d+) modules last and had passed (\d+)", told)
    assert counts is not None
    assert int(counts[1]) == len(names["world"].people)
    assert 0 < int(counts[2]) < len(names["history"].person)
    assert int(counts[3]) > 0
    assert names["search"].best_params_.keys() == names["search"].param_grid.keys()


@pytest.mark.parametrize("name", ["soon_done", "Finished", "finished", "SoonDone"])
def test_the_rankers_on_the_page_keep_the_contract(
    name: str, ran: tuple[dict[str, Any], str]
) -> None:
    ranker = ran[0][name]
    done = check_ranker(ranker() if isinstance(ranker, type) else ranker)
    assert len(done) == 11


def test_rankers_are_as_short_as_is_said() -> None:
    for code in re.findall(r"^(?:class|def) .*?(?=^\S|\Z)", "\n".join(blocks(PAGE)), re.M | re.S):
        assert len([line for line in code.splitlines() if line.strip()]) <= 15


def rows_of(title: str) -> list[list[str]]:
    """The table whose first column has this title."""
    table = re.search(rf"^\| {title} \|.*\n\|[-|]+\|\n((?:\|.*\n)+)", prose(PAGE), re.M)
    assert table is not None
    return [re.split(r" \| ", line.strip("| ")) for line in table[1].splitlines()]


def test_the_table_of_features_is_that_of_the_library() -> None:
    expected = [[f"`{one.name}`", one.unit, one.about] for one in FEATURES.values()]
    assert rows_of("feature") == expected


def test_the_table_of_a_task_names_what_there_is(ran: tuple[dict[str, Any], str]) -> None:
    task: RankingTask = ran[0]["task"]
    named = {
        name.partition("(")[0]
        for row in rows_of("name")
        for name in re.findall(r"`([\w()]+)`", row[0])
    }
    hidden = {"shape", "feature", "remember", "days", "missing", "mapped", "closes_nothing"}
    others = {"gain_of", "gain_parts", "rows", "after"}
    there = {name for name in dir(task) if not name.startswith("_")}
    assert named == there - hidden - others


def test_the_files_of_the_package_are_those_shown() -> None:
    shown = re.findall(r"^```\{literalinclude\} (\S+)", PAGE.read_text(encoding="utf-8"), re.M)
    assert shown == [
        "ranker-package/src/fagprofil_begun/__init__.py",
        "ranker-package/pyproject.toml",
    ]
    assert all((PAGE.parent / one).exists() for one in shown)
