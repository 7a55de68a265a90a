"""Compare the built-in rankers, and print the tables of docs/ranking.md.

    python tests/benchmarks/compare_rankers.py                   print everything
    python tests/benchmarks/compare_rankers.py --table FILE      write the tables to a file
    python tests/benchmarks/compare_rankers.py --curve FILE      what `learned` gains, by people

Where real interactions are at hand (FAGPROFIL_SHARED or ../shared/data), they are compared too,
with implicit's ALS tuned on the same validation split; that goes to the terminal only.
"""

from __future__ import annotations

import argparse
import itertools
import os
import sys
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Self

import numpy as np

from fagprofil.evaluation import (
    BENCHMARKS,
    Comparison,
    Dataset,
    Split,
    benchmark,
    compare,
    half_width,
    hold_out,
    leave_last,
    read_interactions,
    synthetic,
)
from fagprofil.rankers import (
    BaseRanker,
    CoverageRanker,
    DiverseRanker,
    FairRanker,
    History,
    HistoryRanker,
    LambdaMART,
    LearnedRanker,
    RankerLike,
    RankingTask,
)
from fagprofil.rankers.base import aligned


class Chance(BaseRanker):
    """Modules in an order drawn for each person by their id."""

    def score(self, task: RankingTask) -> Any:
        drawn = [np.random.default_rng(list(one.encode())) for one in task.employees]
        return np.array([rng.random(task.shape[1]) for rng in drawn]).reshape(task.shape)


class ALS(BaseRanker):
    """implicit's alternating least squares, people folded in from what they have passed."""

    def __init__(self, factors: int = 32, regularization: float = 0.1, alpha: float = 1.0) -> None:
        self.factors = factors
        self.regularization = regularization
        self.alpha = alpha

    def fit(self, task: RankingTask, history: History) -> Self:  # noqa: ARG002
        from implicit.cpu.als import AlternatingLeastSquares
        from threadpoolctl import threadpool_limits

        self.model_ = AlternatingLeastSquares(
            factors=self.factors,
            regularization=self.regularization,
            alpha=self.alpha,
            iterations=15,
            random_state=0,
        )
        with threadpool_limits(1, "blas"):
            self.model_.fit(_csr(history.passed), show_progress=False)
        self.modules_ = history.modules
        return self

    def score(self, task: RankingTask) -> Any:
        people = self.model_.recalculate_user(np.arange(len(task)), _csr(task.passed))
        return aligned(people @ self.model_.item_factors.T, self.modules_, task.modules)


def _csr(passed: Any) -> Any:
    from scipy.sparse import csr_matrix

    # implicit asks for arrays that it could write to.
    return csr_matrix(passed, dtype=np.float32, copy=True)


BUILT_IN: Mapping[str, RankerLike] = {
    "chance": Chance(),
    "coverage": "coverage",
    "coverage per ECTS": CoverageRanker(per="ects"),
    "popular": "popular",
    "text": "text",
    "history": "history",
    "history (kNN)": HistoryRanker("knn"),
    "learned": "learned",
    "learned (LambdaMART)": LearnedRanker(LambdaMART()),
    "blend": "blend",
    "diverse": "diverse",
    "diverse (set)": DiverseRanker(by="set"),
    "fair": "fair",
    "fair (popular, by profile)": FairRanker("popular", groups="profile", bound=0.95),
}


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def every(split: Split, k: int = 10, rankers: Mapping[str, RankerLike] = BUILT_IN) -> Comparison:
    start = time.perf_counter()
    found = compare(rankers, split, k=k)
    say(f"{found}\n\n({time.perf_counter() - start:.0f} s)\n")
    return found


def tuned(grid: Iterable[BaseRanker], split: Split) -> BaseRanker:
    """The one with the highest mean nDCG@10."""
    rankers = {repr(one): one for one in grid}
    found = compare(rankers, split)
    return rankers[max(rankers, key=lambda name: found.estimate(name).mean)]


def options(kind: type[BaseRanker], **values: tuple[Any, ...]) -> list[BaseRanker]:
    return [
        kind(**dict(zip(values, chosen, strict=True)))
        for chosen in itertools.product(*values.values())
    ]


def against_als(data: Dataset) -> None:
    """`history` and ALS, each tuned on the same validation split, on the same test people."""
    test = hold_out(data, seed=0)
    (fold,) = test.folds
    validation = hold_out(Dataset(data.name, data.catalogue, fold.train, data.status), seed=1)
    history = tuned(
        options(HistoryRanker, l2=(50.0, 100.0, 200.0, 400.0, 800.0), lean=(0.0, 2.0)), validation
    )
    als = tuned(
        options(
            ALS,
            factors=(16, 32, 64, 128, 256),
            regularization=(0.01, 0.1, 1.0, 10.0, 30.0, 100.0),
            alpha=(0.5, 1.0, 2.0, 4.0),
        ),
        validation,
    )
    say(f"tuned: {history}; {als}")
    found = every(test, rankers={"history": history, "ALS": als, "popular": "popular"})
    for one in found.differences():
        say(f"{one.a} - {one.b}: {one.mean:+.3f} ± {one.half_width:.3f}, p = {one.p_adjusted:.4f}")


#: Worlds of the curve.
WORLDS = 10


def curve() -> str:
    """What `learned` gains over the formula, by the people it learns from; over several worlds."""
    lines = [
        "nDCG@10 of `learned` less that of `coverage`, over new people of 10 synthetic worlds",
        "",
        "| signal | people | coverage | learned - coverage | better in | worse in |",
        "| ------ | ------ | -------- | ------------------ | --------- | -------- |",
    ]
    for signal, people in itertools.product((0.0, 1.0, 2.0), (60, 100, 200, 400, 1000, 3000)):
        found = [_against_formula(signal, people, seed) for seed in range(WORLDS)]
        gains, base = (np.concatenate(one) for one in list(zip(*found, strict=True))[:2])
        signs = [sign for *_, sign in found]
        lines.append(
            f"| {signal:g} | {people} | {half_width(base)} | {half_width(gains)} | "
            f"{signs.count(1)} of {WORLDS} | {signs.count(-1)} of {WORLDS} |"
        )
        say(lines[-1])
    lines += ["", "Better and worse: p < .05 by a sign-flip test within a world of 300 new people."]
    return "\n".join(lines)


def _against_formula(signal: float, people: int, seed: int) -> tuple[Any, Any, int]:
    found = compare(
        ["coverage", "learned"], synthetic(people=people, signal=signal, seed=seed).split()
    )
    learned, formula = (found.values[name]["nDCG"] for name in ("learned", "coverage"))
    (tested,) = found.differences(baseline="coverage")
    return learned - formula, formula, int(np.sign(tested.mean)) if tested.p < 0.05 else 0


def films() -> Dataset | None:
    """Real interactions, where they are at hand."""
    shared = Path(os.environ.get("FAGPROFIL_SHARED", "../shared/data"))
    path = shared / "movielens" / "ratings.csv"
    if not path.exists():
        return None
    names = {"employee": "userId", "module": "movieId", "date": "timestamp"}
    return read_interactions(path, columns=names, fewest=5)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--table", type=Path)
    parser.add_argument("--curve", type=Path)
    asked = parser.parse_args()
    if asked.curve is not None:
        asked.curve.write_text(f"{curve()}\n", encoding="utf-8")
        return
    start = time.perf_counter()
    tables = [every(benchmark(task), k=5 if task == "budget" else 10) for task in BENCHMARKS]
    tables += [every(synthetic(people=2000, signal=signal).split()) for signal in (1.0, 0.0)]
    tables.append(every(leave_last(synthetic(people=2000).dataset)))
    if asked.table is not None:
        text = "\n\n\n".join(str(one) for one in tables)
        asked.table.write_text(f"{text}\n", encoding="utf-8")
    data = films()
    if data is not None:
        every(leave_last(data))
        every(hold_out(data))
    say(f"all built-in rankers on all of it: {time.perf_counter() - start:.0f} s")
    if data is not None:
        against_als(data)


if __name__ == "__main__":
    main()
