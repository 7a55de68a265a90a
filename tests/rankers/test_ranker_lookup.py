from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.base import clone
from worlds import Board

import fagprofil as fp
from fagprofil.rankers import (
    BaseRanker,
    CoverageRanker,
    FunctionRanker,
    PopularRanker,
    get_ranker,
    ranker_names,
)

PLUGIN = """
import numpy as np


class Backwards:
    def score(self, task):
        return np.broadcast_to(np.arange(task.shape[1]), task.shape)


def by_gain(task):
    return task.gain


made = Backwards()
"""


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Install a package that offers rankers as entry points."""

    def install(**points: str) -> None:
        info = tmp_path / "throwaway-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text("Metadata-Version: 2.1\nName: throwaway\nVersion: 1.0\n")
        lines = [f"{name} = throwaway_rankers:{attribute}" for name, attribute in points.items()]
        (info / "entry_points.txt").write_text("\n".join(["[fagprofil.rankers]", *lines, ""]))
        (tmp_path / "throwaway_rankers.py").write_text(PLUGIN)
        monkeypatch.syspath_prepend(tmp_path)
        monkeypatch.delitem(__import__("sys").modules, "throwaway_rankers", raising=False)

    return install


@pytest.mark.parametrize(
    ("attribute", "kind"),
    [("Backwards", "Backwards"), ("made", "Backwards"), ("by_gain", "FunctionRanker")],
)
def test_a_package_offers_a_ranker_as_class_instance_or_function(
    attribute: str, kind: str, installed: Callable[..., None], board: Board
) -> None:
    installed(theirs=attribute)
    assert "theirs" in ranker_names()
    assert type(get_ranker("theirs")).__name__ == kind
    result = fp.Recommender(board.catalogue, "theirs").recommend(board.people[1])
    assert result[0].module == "m1"
    assert result[0].score == (1.0 if kind == "Backwards" else board.gap(1))


def test_a_package_cannot_take_a_built_in_name(installed: Callable[..., None]) -> None:
    installed(coverage="Backwards")
    assert isinstance(get_ranker("coverage"), CoverageRanker)
    assert ranker_names().count("coverage") == 1


def test_a_name_from_a_package_is_suggested(installed: Callable[..., None]) -> None:
    installed(backwards="Backwards")
    with pytest.raises(fp.errors.UnknownName, match="did you mean 'backwards'"):
        get_ranker("bakwards")


def test_built_in_rankers_are_looked_up_by_name() -> None:
    assert isinstance(get_ranker("coverage"), CoverageRanker)
    assert isinstance(get_ranker("popular"), PopularRanker)
    assert ranker_names() == tuple(sorted(ranker_names()))


def test_an_unknown_name_is_told_with_the_nearest(board: Board) -> None:
    with pytest.raises(fp.errors.UnknownName, match="no ranker 'covrage'") as caught:
        fp.Recommender(board.catalogue, "covrage")
    assert caught.value.suggestion == "coverage"
    assert {"coverage", "popular"} <= set(caught.value.known)


def test_an_instance_is_taken_as_it_is() -> None:
    ranker = CoverageRanker(per="ects")
    assert get_ranker(ranker) is ranker


def test_a_duck_is_enough(board: Board) -> None:
    class Duck:
        def score(self, task: Any) -> Any:
            return task.gain

    result = fp.Recommender(board.catalogue, Duck()).recommend(board.people[0])
    assert [(reason.name, reason.value) for reason in result[0].reasons] == [
        ("score", board.gap(0))
    ]


def test_a_function_is_accepted(board: Board) -> None:
    ranker = get_ranker(lambda task: task.gain)
    assert isinstance(ranker, FunctionRanker)
    assert fp.Recommender(board.catalogue, ranker).recommend(board.people[3])[0].module == "m3"


def test_a_class_is_refused_with_the_remedy() -> None:
    with pytest.raises(fp.errors.RankerError, match=r"pass an instance: CoverageRanker\(\)"):
        get_ranker(CoverageRanker)


@pytest.mark.parametrize("thing", [3, None, ["coverage"]])
def test_what_cannot_score_is_refused(thing: Any) -> None:
    with pytest.raises(fp.errors.RankerError, match="expected a name, a function or"):
        get_ranker(thing)


# --- parameters, as scikit-learn keeps them -----------------------------------------------------


class Cheapest(BaseRanker):
    def __init__(self, unknown: float = 20_000.0, *, names: tuple[str, ...] = ()) -> None:
        self.unknown = unknown
        self.names = names

    def score(self, task: Any) -> Any:
        return -np.nan_to_num(task.price, nan=self.unknown)


@pytest.mark.parametrize(
    "ranker",
    [CoverageRanker(per="price", repetition=0.5), PopularRanker(), Cheapest(9.0, names=("a",))],
    ids=repr,
)
def test_a_clone_has_the_parameters_and_nothing_else(ranker: BaseRanker) -> None:
    ranker.share_ = np.zeros(3)
    copied = clone(ranker)
    assert type(copied) is type(ranker)
    assert copied is not ranker
    assert copied.get_params() == ranker.get_params()
    assert not hasattr(copied, "share_")


def test_parameters_are_read_set_and_shown() -> None:
    ranker = CoverageRanker(repetition=0.25)
    assert ranker.get_params() == {"per": "module", "repetition": 0.25}
    assert ranker.set_params(per="ects", repetition=1.0) is ranker
    assert (ranker.per, ranker.repetition) == ("ects", 1.0)
    assert repr(ranker) == "CoverageRanker(per='ects', repetition=1.0)"
    assert repr(PopularRanker()) == "PopularRanker()"
    assert repr(Cheapest()) == "Cheapest(unknown=20000.0, names=())"


def test_a_parameter_that_a_ranker_does_not_have_is_told() -> None:
    with pytest.raises(fp.errors.UnknownName, match="did you mean 'repetition'"):
        CoverageRanker().set_params(repetitions=1.0)


def test_a_recommender_shows_its_ranker_and_what_it_judges_by(board: Board) -> None:
    recommender = fp.Recommender(board.catalogue, CoverageRanker(per="ects"))
    ranker = "CoverageRanker(per='ects', repetition=0.0)"
    assert repr(recommender) == f"<Recommender {ranker} over 'small', horizon over, 2026-11-22>"
    assert recommender.recommend(board.people[0]).ranker == ranker
    assert recommender.catalogue is board.catalogue
