"""What is wrong as a table, and the spellings that it confirms."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import fagprofil as fp
from fagprofil.errors import DataError, Problem
from fagprofil.io import read_confirmed, write_problems

TABLE = pd.DataFrame(
    {
        "Medarbejder": ["a", "b"],
        "Kompetence": ["Jobmach", "Motivasjon"],
        "Niveau": [3, 2],
        "Kilde": ["selv", "leder"],
    }
)


def error() -> DataError:
    with pytest.raises(DataError) as caught:
        fp.read_workforce(TABLE)
    return caught.value


@pytest.mark.parametrize("suffix", ["csv", "xlsx", "parquet"])
def test_suggestions_that_are_left_in_the_table_are_taken(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"problems.{suffix}"
    write_problems(error(), path)
    names = read_confirmed(path)
    assert names == {"Jobmach": "jobmatch", "Motivasjon": "motivation"}
    people = fp.read_workforce(TABLE, names=names)
    assert [one.evidence[0].competence for one in people] == ["jobmatch", "motivation"]


def test_a_suggestion_can_be_emptied_or_replaced(tmp_path: Path) -> None:
    path = tmp_path / "problems.csv"
    write_problems(error(), path)
    text = path.read_text(encoding="utf-8").replace(",jobmatch", ",")
    path.write_text(text.replace(",motivation", ",Jobmatch og rekruttering"), encoding="utf-8")
    assert read_confirmed(path) == {"Motivasjon": "Jobmatch og rekruttering"}


def test_one_spelling_cannot_mean_two_things(tmp_path: Path) -> None:
    wrong = DataError([Problem("x", "f", "Jobmach", "", s) for s in ("jobmatch", "motivation")])
    write_problems(wrong, tmp_path / "problems.csv")
    with pytest.raises(DataError) as caught:
        read_confirmed(tmp_path / "problems.csv")
    (problem,) = caught.value.problems
    assert (problem.where, problem.value) == ("problems.csv line 3", "motivation")


def test_another_table_is_refused(tmp_path: Path) -> None:
    TABLE.to_csv(tmp_path / "people.csv", index=False)
    with pytest.raises(DataError, match="suggestion, value"):
        read_confirmed(tmp_path / "people.csv")
