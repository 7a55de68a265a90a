"""Several ranking models on the same people: one table, with intervals."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fagprofil.batch import Order
from fagprofil.blocks import groups_of
from fagprofil.catalogue import Catalogue
from fagprofil.engine import Engine, engine_of
from fagprofil.errors import DataError, Problem, RankerWarning, UnknownName
from fagprofil.evaluation.folds import Fold, Split
from fagprofil.evaluation.gap_metrics import (
    Disparity,
    disparity,
    diversity,
    gap_closed,
    novelty,
    repetition,
)
from fagprofil.evaluation.printed import printed, verdict
from fagprofil.evaluation.ranking_metrics import RANKING_METRICS, ranking_metrics
from fagprofil.evaluation.statistics import Difference, Estimate, compare_all, half_width
from fagprofil.frames import FrameKind, to_native
from fagprofil.ladder import ladder_of
from fagprofil.model import OVER_FIVE_YEARS, Horizon, Status
from fagprofil.rankers import RankerLike
from fagprofil.rankers.base import label_of
from fagprofil.shortlist import CHUNK

__all__ = ["Comparison", "compare"]

Floats = NDArray[np.float64]
Positions = NDArray[np.intp]

#: What modules do for people, beside being relevant.
OURS = ("gap closed", "repetition", "diversity", "novelty")
#: What is computed for each person.
METRICS = (*RANKING_METRICS, *OURS)
#: Those of which less is better.
LOWER = frozenset({"repetition"})


@dataclass(frozen=True, eq=False)
class Comparison:
    """What several rankers did for the same people.

    Attributes
    ----------
    name, status
        The split, and the status of its data; ``synthetic`` is shown with every table.
    rankers
        The rankers' names, in the order given.
    k
        So many modules counted.
    people
        The ids of the n people recommended to.
    values
        By ranker and metric, a value for each person, shape (n,); NaN where there is none. Of
        somebody in several folds, the mean.
    coverage
        By ranker, the share of the candidates that was recommended to anybody, 0..1.
    without
        By ranker, how often somebody was recommended nothing.
    irrelevant
        How often somebody had nothing relevant; ranking metrics leave that out.
    dropped
        What the split left out, by reason.
    notes
        By ranker, what it warned of.
    seed
        Of intervals and tests.

    Examples
    --------
    >>> from fagprofil.evaluation import compare, synthetic
    >>> found = compare(["coverage", "popular"], synthetic(people=60, new_people=40).split())
    >>> found.estimate("coverage", "nDCG").n
    40
    """

    name: str
    status: Status
    rankers: tuple[str, ...]
    k: int
    people: tuple[str, ...]
    values: Mapping[str, Mapping[str, Floats]]
    coverage: Mapping[str, float]
    without: Mapping[str, int]
    irrelevant: int
    dropped: Mapping[str, int]
    notes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    seed: int = 0

    def estimate(self, ranker: str, metric: str = "nDCG") -> Estimate:
        """The mean over people and half the width of its 95 % interval.

        Raises
        ------
        UnknownName
            Another ranker or metric.
        """
        return self._estimates[self._ranker(ranker)][self._metric(metric)]

    @cached_property
    def _estimates(self) -> dict[str, dict[str, Estimate]]:
        return {
            ranker: {name: half_width(one, seed=self.seed) for name, one in values.items()}
            for ranker, values in self.values.items()
        }

    def differences(self, metric: str = "nDCG", baseline: str | None = None) -> list[Difference]:
        """Mean differences between rankers over the same people, tested.

        Parameters
        ----------
        baseline
            Compare all others with this ranker; None compares all with all.

        Returns
        -------
        With p-values of a sign-flip test, adjusted for their number (Holm).

        Raises
        ------
        UnknownName
            Another ranker or metric.
        """
        name = self._metric(metric)
        by_ranker = {ranker: self.values[ranker][name] for ranker in self.rankers}
        against = None if baseline is None else self._ranker(baseline)
        return compare_all(by_ranker, baseline=against, seed=self.seed)

    def best(self, metric: str = "nDCG", level: float = 0.05) -> tuple[str, ...]:
        """The ranker with the best mean, and all that cannot be told from it.

        One name is a winner: it is better than every other ranker by a test at `level`, adjusted
        for the number of pairs. Several names are a draw.

        Raises
        ------
        UnknownName
            Another metric.
        """
        name = self._metric(metric)
        sign = -1 if name in LOWER else 1
        means = {one: sign * self.estimate(one, name).mean for one in self.rankers}
        known = [one for one in self.rankers if not np.isnan(means[one])]
        if not known:
            return ()
        first = max(known, key=lambda one: means[one])
        worse = set()
        for pair in self.differences(name):
            if first in (pair.a, pair.b) and pair.p_adjusted < level:
                worse.add(pair.b if pair.a == first else pair.a)
        return tuple(one for one in known if one == first or one not in worse)

    def verdict(self, metric: str = "nDCG") -> str:
        """What `best` found, in words.

        Raises
        ------
        UnknownName
            Another metric.
        """
        return verdict(self, self._metric(metric))

    def disparity(
        self, ranker: str, groups: Mapping[str, str], metric: str = "gap closed"
    ) -> Disparity:
        """How far groups of people are from each other in a metric.

        Parameters
        ----------
        groups
            The group of each person by id; those without one are left out.

        Raises
        ------
        UnknownName
            Another ranker or metric.
        """
        values = self.values[self._ranker(ranker)][self._metric(metric)]
        return disparity(values, [groups.get(one) for one in self.people])

    def rows(self) -> list[dict[str, Any]]:
        """The table as rows: ``ranker, metric, mean, half_width, n``."""
        return [
            {
                "ranker": ranker,
                "metric": metric if metric not in RANKING_METRICS else f"{metric}@{self.k}",
                "mean": estimate.mean,
                "half_width": estimate.half_width,
                "n": estimate.n,
            }
            for ranker in self.rankers
            for metric, estimate in self._estimates[ranker].items()
        ]

    def to_frame(self, kind: FrameKind | None = None) -> Any:
        """`rows` as a table; by default of the first kind that is installed.

        Raises
        ------
        MissingExtra
            No table library is installed.
        """
        rows = self.rows()
        return to_native({name: [row[name] for row in rows] for name in rows[0]}, kind)

    def __str__(self) -> str:
        return printed(self)

    def __repr__(self) -> str:
        return (
            f"<Comparison of {', '.join(self.rankers)} on {self.name}: {len(self.people)} people>"
        )

    def _ranker(self, name: str) -> str:
        if name not in self.values:
            raise UnknownName("ranker in this comparison", name, self.rankers)
        return name

    def _metric(self, name: str) -> str:
        plain = name.removesuffix(f"@{self.k}")
        if plain not in METRICS:
            raise UnknownName("metric", name, METRICS)
        return plain


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
    named = _named(rankers)
    order = Order.checked(k, "list", ())
    found = {name: _Lists() for name in named}
    for fold in split.folds:
        for name, ranker in named.items():
            found[name].add(ranker, fold, split.catalogue, horizon, order)
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


def _named(rankers: Sequence[RankerLike] | Mapping[str, RankerLike]) -> dict[str, RankerLike]:
    if isinstance(rankers, Mapping):
        named = dict(rankers)
    else:
        listed = [rankers] if isinstance(rankers, str) else list(rankers)
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
        roster, taught = ladder.roster(fold.test), ladder_of(truth, fold.on).taught
        values = {name: np.full(len(roster), np.nan) for name in OURS}
        picks = np.full((len(roster), min(order.k, len(modules))), -1, dtype=np.intp)
        taken, people = _popularity(engine)
        for blend, everybody in groups_of(roster, engine.blends(roster, None)):
            for start in range(0, len(everybody), CHUNK):
                rows = everybody[start : start + CHUNK]
                batch = engine.batch(roster.part(rows), blend, asked)
                task, listed = batch.first.task, batch.ranked.picks
                picks[rows, : listed.shape[1]] = listed
                values["gap closed"][rows] = gap_closed(listed, task.closes, taught)
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
