"""Several ranking models on the same people: one table, with intervals."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fagprofil.errors import DataError, Problem, UnknownName
from fagprofil.evaluation.gap_metrics import Disparity, disparity
from fagprofil.evaluation.printed import printed, verdict
from fagprofil.evaluation.ranking_metrics import RANKING_METRICS
from fagprofil.evaluation.statistics import Difference, Estimate, compare_all, half_width
from fagprofil.frames import FrameKind, to_native
from fagprofil.model import Status

__all__ = ["METRICS", "OURS", "Comparison"]

Floats = NDArray[np.float64]

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
    silent
        By ranker, how often it had no opinion on anything that was recommended: the modules then
        stand in the catalogue's order.
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
    silent: Mapping[str, int]
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
        DataError
            A level that is not between 0 and 1.
        """
        if not isinstance(level, (int, float)) or not 0 < level < 1:
            expected = "a number between 0 and 1"
            raise DataError([Problem("comparison", "level", repr(level), expected)])
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

    def _repr_html_(self) -> str:
        return str(import_module("fagprofil.show.comparison_text").comparison_html(self))

    def _ranker(self, name: str) -> str:
        if name not in self.values:
            raise UnknownName("ranker in this comparison", name, self.rankers)
        return name

    def _metric(self, name: str) -> str:
        plain = name.removesuffix(f"@{self.k}")
        if plain not in METRICS:
            raise UnknownName("metric", name, METRICS)
        return plain
