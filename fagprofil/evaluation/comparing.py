"""Rankers fitted on what a split lets them see, and what they recommend."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fagprofil.batch import Order
from fagprofil.blocks import groups_of
from fagprofil.catalogue import Catalogue
from fagprofil.engine import Engine, engine_of
from fagprofil.errors import DataError, FagprofilError, Problem, RankerError, RankerWarning
from fagprofil.evaluation.comparison import OURS, Comparison
from fagprofil.evaluation.folds import Fold, Split
from fagprofil.evaluation.gap_metrics import diversity, gap_closed, novelty, repetition
from fagprofil.evaluation.ranking_metrics import ranking_metrics
from fagprofil.ladder import ladder_of
from fagprofil.model import OVER_FIVE_YEARS, Horizon
from fagprofil.rankers import RankerLike
from fagprofil.rankers.base import label_of
from fagprofil.shortlist import CHUNK

__all__ = ["compare"]

Floats = NDArray[np.float64]
Positions = NDArray[np.intp]


def compare(
    rankers: Sequence[RankerLike] | Mapping[str, RankerLike],
    split: Split,
    *,
    k: int = 10,
    horizon: Horizon = OVER_FIVE_YEARS,
    seed: int = 0,
) -> Comparison:
    """Fit rankers on what a split lets them see, and see what they recommend.

    Candidates are what each person was eligible for and what was on offer; the order is the
    library's. Each ranker is fitted anew for each fold.

    Parameters
    ----------
    rankers
        Names, rankers or functions; or these by the names to show.
    split
        Who is learned from, who is recommended to, and what was relevant.
    k
        So many modules count, at least 1.
    horizon
        When the needs are weighed.
    seed
        Of intervals and tests.

    Raises
    ------
    DataError
        No ranker, or two of one name; `k` is not a whole number of at least 1.
    UnknownName
        No ranker of that name.
    RankerError
        A ranker broke its contract.

    Examples
    --------
    >>> from fagprofil.evaluation import compare, synthetic
    >>> split = synthetic(people=60, new_people=40, seed=3).split()
    >>> found = compare({"gain": "coverage", "longest": lambda task: 0 * task.gain + task.ects},
    ...                 split, k=5)
    >>> found.best("gap closed")
    ('gain',)
    """
    _check(split, k, seed)
    named = _named(rankers)
    order = Order.checked(k, "list", ())
    found = {name: _Lists() for name in named}
    for fold in split.folds:
        for name, ranker in named.items():
            try:
                found[name].add(ranker, fold, split.catalogue, horizon, order)
            except FagprofilError:
                raise
            except Exception as error:
                # A ranking model of somebody else's can raise anything.
                what = f"{type(error).__name__}: {error}"
                raise RankerError(f"{name} failed on the fold of {fold.on}: {what}") from error
    people = [one.id for fold in split.folds for one in fold.test]
    relevant = [grades for fold in split.folds for grades in fold.relevant]
    names, first, place = np.unique(people, return_index=True, return_inverse=True)
    # In the order in which they first come.
    rank = np.argsort(np.argsort(first))
    row = rank[place.reshape(-1)] if len(people) else np.zeros(0, dtype=np.intp)
    return Comparison(
        name=split.name,
        status=split.status,
        rankers=tuple(named),
        k=order.k,
        people=tuple(names[np.argsort(first)].tolist()),
        values={
            name: {
                metric: _means(values, row, len(names))
                for metric, values in one.values(relevant, order.k).items()
            }
            for name, one in found.items()
        },
        coverage={name: one.coverage() for name, one in found.items()},
        without={name: one.without() for name, one in found.items()},
        silent={name: one.silent for name, one in found.items()},
        irrelevant=sum(not grades for grades in relevant),
        dropped=split.dropped,
        notes={name: tuple(one.notes) for name, one in found.items() if one.notes},
        seed=seed,
    )


def _means(values: Floats, row: Positions, people: int) -> Floats:
    """The mean of each person's values over their folds; NaN where none is known."""
    known = ~np.isnan(values)
    total = np.bincount(row[known], values[known], minlength=people)
    count = np.bincount(row[known], minlength=people)
    mean: Floats = np.divide(total, count, out=np.full(people, np.nan), where=count > 0)
    return mean


def _check(split: Any, k: Any, seed: Any) -> None:
    problems = []
    if not isinstance(split, Split):
        expected = "a Split, made of a dataset by by_time, leave_last, cold_people or others"
        problems.append(Problem("compare", "split", type(split).__name__, expected))
    for name, value, least in (("k", k, 1), ("seed", seed, 0)):
        whole = isinstance(value, (int, np.integer)) and not isinstance(value, bool)
        if not whole or value < least:
            expected = f"a whole number of at least {least}"
            problems.append(Problem("compare", name, repr(value), expected))
    if problems:
        raise DataError(problems)


def _named(rankers: Sequence[RankerLike] | Mapping[str, RankerLike]) -> dict[str, RankerLike]:
    if isinstance(rankers, Mapping):
        named = dict(rankers)
    else:
        many = isinstance(rankers, Iterable) and not isinstance(rankers, str)
        listed: list[Any] = list(rankers) if many else [rankers]
        labels = [label_of(one) for one in listed]
        names = [
            repr(one) if labels.count(label) > 1 else label
            for one, label in zip(listed, labels, strict=True)
        ]
        if len(set(names)) < len(names):
            expected = "a name for each, as a mapping"
            raise DataError([Problem("compare", "rankers", ", ".join(names), expected)])
        named = dict(zip(names, listed, strict=True))
    if not named:
        raise DataError([Problem("compare", "rankers", "none", "at least one")])
    return named


class _Lists:
    """What one ranker recommended, person by person and fold by fold, and what that does."""

    def __init__(self) -> None:
        self.notes: dict[str, None] = {}
        self.silent = 0
        self._lists: list[list[str]] = []
        self._metrics: dict[str, list[Floats]] = {name: [] for name in OURS}
        self._candidates: set[str] = set()

    def add(
        self, ranker: RankerLike, fold: Fold, truth: Catalogue, horizon: Horizon, order: Order
    ) -> None:
        """Fit the ranker on what a fold lets it see, and recommend."""
        ladder = ladder_of(fold.catalogue or truth, fold.on)
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always", RankerWarning)
            engine = engine_of(ladder, ranker, horizon, fold.train)
        told = [str(one.message) for one in caught if one.category is RankerWarning]
        self.notes |= dict.fromkeys(told)
        modules = ladder.catalogue.module_ids
        offered = modules if fold.candidates is None else fold.candidates
        asked = Order(order.k, "list", tuple(one for one in modules if one not in offered))
        known = ladder_of(truth, fold.on)
        roster, taught, mapped = ladder.roster(fold.test), known.taught, known.mapped
        values = {name: np.full(len(roster), np.nan) for name in OURS}
        picks = np.full((len(roster), min(order.k, len(modules))), -1, dtype=np.intp)
        taken, people = _popularity(engine)
        for blend, everybody in groups_of(roster, engine.blends(roster, None)):
            for start in range(0, len(everybody), CHUNK):
                rows = everybody[start : start + CHUNK]
                batch = engine.batch(roster.part(rows), blend, asked)
                task, listed = batch.first.task, batch.ranked.picks
                picks[rows, : listed.shape[1]] = listed
                nothing = np.isnan(batch.first.scores)[np.arange(len(rows))[:, None], listed]
                self.silent += int(((listed < 0) | nothing).all(axis=1).sum())
                self.silent -= int((listed < 0).all(axis=1).sum())
                values["gap closed"][rows] = gap_closed(listed, task.closes, taught)
                # What nobody has mapped closes something unknown, and not nothing.
                unknown = ((listed < 0) | ~mapped[listed]).all(axis=1) & (listed >= 0).any(axis=1)
                values["gap closed"][rows[unknown]] = np.nan
                values["repetition"][rows] = repetition(listed, task.repeats)
                values["diversity"][rows] = diversity(listed, taught)
                if people:
                    values["novelty"][rows] = novelty(listed, taken, people)
                seen = np.flatnonzero(task.eligible.any(axis=0))
                self._candidates |= {modules[j] for j in seen.tolist()}
        self._lists += [[modules[j] for j in row if j >= 0] for row in picks.tolist()]
        for name, one in values.items():
            self._metrics[name].append(one)

    def values(self, relevant: Sequence[Mapping[str, float]], k: int) -> dict[str, Floats]:
        """By metric, a value for each list."""
        ours = {name: np.concatenate([*one, np.zeros(0)]) for name, one in self._metrics.items()}
        return {**ranking_metrics(self._lists, relevant, k), **ours}

    def coverage(self) -> float:
        """The share of the candidates that was recommended to anybody; NaN without any."""
        shown = {name for one in self._lists for name in one}
        return len(shown) / len(self._candidates) if self._candidates else float("nan")

    def without(self) -> int:
        """How many lists are empty."""
        return sum(not one for one in self._lists)


def _popularity(engine: Engine) -> tuple[NDArray[np.int64], int]:
    """How many people of the history have passed each module, and of how many."""
    history = engine.history
    if history is None:
        return np.zeros(len(engine.ladder.catalogue.modules), dtype=np.int64), 0
    passed = np.asarray(history.passed.sum(axis=0)).ravel()
    return passed.astype(np.int64), len(history)
