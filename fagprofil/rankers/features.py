"""What is known of each person and module, by name: what learning ranking models are fed with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from fagprofil.errors import UnknownName
from fagprofil.ladder import UNIT
from fagprofil.model import IN_FIVE_YEARS, NOW, OVER_FIVE_YEARS
from fagprofil.rankers.rates import Counts, counted, shrunk
from fagprofil.rankers.similarity import text_similarity

if TYPE_CHECKING:
    from fagprofil.rankers.task import RankingTask

__all__ = ["FEATURES", "Feature", "feature_named"]

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Feature:
    """A number for each person and module.

    Attributes
    ----------
    name
        How `RankingTask.feature` knows it.
    unit
        Its unit, or its range.
    about
        What it says.
    rises
        Whether more of it must never lower a score: more of the gap is closed.
    compute
        From a task to an array of shape (n, M); NaN where unknown.
    """

    name: str
    unit: str
    about: str
    rises: bool
    compute: Callable[[RankingTask], Floats]


def feature_named(name: str) -> Feature:
    """A feature by its name.

    Raises
    ------
    UnknownName
        No feature of that name.

    Examples
    --------
    >>> feature_named("repetition").unit
    '0..1'
    """
    if name not in FEATURES:
        raise UnknownName("feature", name, FEATURES)
    return FEATURES[name]


def _gain_per_ects(task: RankingTask) -> Floats:
    return np.asarray(task.gain / task.ects)


def _gain_per_krone(task: RankingTask) -> Floats:
    return np.asarray(task.gain / np.maximum(task.price, 1.0))


def _entry_slack(task: RankingTask) -> Floats:
    """How far people stand above what modules expect, at the narrowest competence."""
    slack = np.full(task.shape, float(task.closes.shape[2] - 1))
    expected = task.entry.tocoo()
    above = task.levels[:, expected.coords[1]] - expected.data
    for j, column in zip(expected.coords[0].tolist(), above.T, strict=True):
        np.minimum(slack[:, j], column, out=slack[:, j])
    unknown = [one.entry is None for one in task.catalogue.modules.values()]
    slack[:, unknown] = np.nan
    return slack


def _text(task: RankingTask) -> Floats:
    """How like the texts of modules are to those of what is lacking, by the gap in each."""
    lacking = task.closes[:, :, -1] * UNIT
    total = lacking.sum(axis=1, keepdims=True)
    similarity = text_similarity(task.catalogue)
    with np.errstate(invalid="ignore"):
        return np.asarray((lacking @ similarity) / total)


def _ects(task: RankingTask) -> Floats:
    return np.broadcast_to(task.ects, task.shape).copy()


def _programme_progress(task: RankingTask) -> Floats:
    """The share of a module's programme that each person has passed."""
    catalogue = task.catalogue
    progress = np.full(task.shape, np.nan)
    home = np.array([one.programme or "" for one in catalogue.modules.values()])
    points = np.nan_to_num(task.ects)
    for programme in catalogue.programmes.values():
        inside = home == programme.id
        if programme.ects is None or not inside.any():
            continue
        passed = task.passed @ (points * inside)
        progress[:, inside] = np.minimum(passed / programme.ects, 1.0)[:, None]
    return progress


def _popularity(task: RankingTask) -> Floats:
    def rate(_: Counts, everybody: Counts) -> Floats:
        return everybody.passed / max(1, everybody.people)

    return _of_history(task, rate)


def _completion_rate(task: RankingTask) -> Floats:
    def rate(similar: Counts, everybody: Counts) -> Floats:
        share = everybody.passed / max(1, everybody.people)
        return shrunk(similar.passed, float(similar.people), share)

    return _of_history(task, rate)


def _pass_rate(task: RankingTask) -> Floats:
    def rate(similar: Counts, everybody: Counts) -> Floats:
        total = everybody.taken.sum(axis=1, keepdims=True)
        overall = shrunk(everybody.passed.sum(axis=1, keepdims=True), total, 1.0)
        usual = shrunk(everybody.passed, everybody.taken, overall)
        return shrunk(similar.passed, similar.taken, usual)

    return _of_history(task, rate)


def _usefulness(task: RankingTask) -> Floats:
    def rate(similar: Counts, everybody: Counts) -> Floats:
        total = everybody.rated.sum(axis=1, keepdims=True)
        overall = shrunk(everybody.useful.sum(axis=1, keepdims=True), total, 0.5)
        usual = shrunk(everybody.useful, everybody.rated, overall)
        return shrunk(similar.useful, similar.rated, usual)

    return _of_history(task, rate)


def _of_history(task: RankingTask, rate: Callable[[Counts, Counts], Floats]) -> Floats:
    """A rate among people of the same profile, as of the day on which each person is seen."""
    found = np.full(task.shape, np.nan)
    if task.history is None:
        return found
    days, row = None, np.zeros(len(task), dtype=np.intp)
    if task.days is not None:
        # NaT sorts last, and each is a value of its own but for `equal_nan`.
        days, row = np.unique(task.days, return_inverse=True)
    everybody = counted(task.history, days)
    for profile in dict.fromkeys(task.profiles):
        mine = np.array([one == profile for one in task.profiles], dtype=np.bool_)
        # People without a profile are like all.
        similar = everybody if profile is None else counted(task.history, days, profile)
        found[mine] = rate(similar, everybody)[row[mine]]
    return found


def _listed(*features: Feature) -> Mapping[str, Feature]:
    return {one.name: one for one in features}


#: All features by name.
FEATURES: Mapping[str, Feature] = _listed(
    Feature(
        "gain",
        "weights times steps",
        "the gap closed at the task's horizon",
        True,
        lambda task: task.gain,
    ),
    Feature(
        "gain_now",
        "weights times steps",
        "the gap of today that is closed",
        True,
        lambda task: task.at(NOW).gain,
    ),
    Feature(
        "gain_five_years",
        "weights times steps",
        "the gap in five years that is closed",
        True,
        lambda task: task.at(IN_FIVE_YEARS).gain,
    ),
    Feature(
        "gain_over_five_years",
        "weights times steps",
        "the gap over the five years that is closed",
        True,
        lambda task: task.at(OVER_FIVE_YEARS).gain,
    ),
    Feature(
        "gain_per_ects",
        "weights times steps per ECTS point",
        "`gain` by length",
        True,
        _gain_per_ects,
    ),
    Feature(
        "gain_per_krone",
        "weights times steps per krone",
        "`gain` by price after funding; a free module counts as costing 1 krone",
        True,
        _gain_per_krone,
    ),
    Feature(
        "repetition",
        "0..1",
        "the share of what is taught that is held already",
        False,
        lambda task: task.repeats,
    ),
    Feature(
        "entry_slack",
        "levels, -L..L",
        "how far the person stands above what is expected on entry, at the narrowest; "
        "L where nothing is expected",
        False,
        _entry_slack,
    ),
    Feature(
        "text_similarity",
        "0..1",
        "how like the module's text is to those of the competences lacking, by their gap",
        False,
        _text,
    ),
    Feature("ects", "ECTS points", "the length", False, _ects),
    Feature("price", "kroner", "the price after funding", False, lambda task: task.price),
    Feature("popularity", "0..1", "the share of people who have passed it", False, _popularity),
    Feature(
        "completion_rate",
        "0..1",
        "the share of people of the same profile who have passed it, few drawn towards all",
        False,
        _completion_rate,
    ),
    Feature(
        "pass_rate",
        "0..1",
        "of people of the same profile who took it, the share who passed, few drawn towards all",
        False,
        _pass_rate,
    ),
    Feature(
        "usefulness",
        "0..1",
        "how useful people of the same profile found it, few drawn towards all",
        False,
        _usefulness,
    ),
    Feature(
        "programme_progress",
        "0..1",
        "the share of the module's programme that the person has passed, by ECTS",
        False,
        _programme_progress,
    ),
)
