"""Wrong calls of what learns and measures are told in words."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from sklearn.linear_model import Ridge

import fagprofil as fp
from fagprofil.evaluation import ranking_metrics, read_interactions
from fagprofil.rankers import LearnedRanker
from fagprofil.rankers.board import board


def test_a_history_is_of_people() -> None:
    with pytest.raises(fp.errors.DataError, match="history is 'of str': expected people"):
        fp.Recommender(board().catalogue, "popular", history="job7.csv")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"estimator": "ridge"}, "estimator is .*expected an estimator of scikit-learn, made"),
        ({"estimator": Ridge}, "expected an estimator of scikit-learn, made"),
        ({"rankers": "history"}, "expected a list of rankers"),
        ({"outcome": "usefull"}, "did you mean 'useful'"),
    ],
)
def test_what_cannot_be_learned_with_is_told(options: dict[str, Any], message: str) -> None:
    world = board()
    with pytest.raises(fp.errors.DataError, match=message):
        fp.Recommender(world.catalogue, LearnedRanker(**options), history=world.past)


def test_columns_are_a_mapping() -> None:
    table = pd.DataFrame({"who": ["a"], "module": ["x"], "date": [None]})
    with pytest.raises(
        fp.errors.DataError, match="columns is \"'who'\": expected the table's names"
    ):
        read_interactions(table, columns="who")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("ranked", "relevant", "message"),
    [
        (["ab"], [{"a": 1.0}], "ranked is \"'ab'\": expected a list of module ids"),
        ([["a", None]], [{"a": 1.0}], "expected a list of module ids"),
        ([["a"]], [["a"]], "expected grades by module id"),
        ([["a"]], [{"a": "x"}], "relevant.a is 'x': expected a number above 0"),
    ],
)
def test_lists_and_grades_have_their_form(ranked: Any, relevant: Any, message: str) -> None:
    with pytest.raises(fp.errors.DataError, match=message):
        ranking_metrics(ranked, relevant)
