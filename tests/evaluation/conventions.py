"""Lists that libraries give different values, and what each of them says.

``python tests/evaluation/conventions.py`` prints the tables of docs/metric-conventions.md.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import log2
from typing import Any

import numpy as np
import pytest

from fagprofil.evaluation.ranking_metrics import ranking_metrics

CATALOGUE = "abcdef"
NAN = math.nan

Grades = Mapping[str, float]


@dataclass(frozen=True)
class List:
    """What one person was recommended, with scores, and what is relevant to the person."""

    scores: Grades
    grades: Grades
    k: int = 3

    @property
    def order(self) -> list[str]:
        """The library's total order: score, then id."""
        return sorted(self.scores, key=lambda name: (-self.scores[name], name))[: self.k]

    @property
    def hits(self) -> list[bool]:
        return [name in self.grades for name in self.order]

    def gains(self, of: Callable[[float], float] = float) -> list[float]:
        return [of(self.grades.get(name, 0)) for name in self.order]


def down_to(*order: str) -> dict[str, float]:
    """Scores that put modules in this order."""
    return {name: float(-rank) for rank, name in enumerate(order)}


# Definitions, in words that a reader can follow.


def ours(metric: str) -> Callable[[List], float]:
    return lambda one: ranking_metrics([one.order], [one.grades], one.k, [metric])[metric][0]


def dcg(gains: Sequence[float]) -> float:
    return sum(gain / log2(rank + 1) for rank, gain in enumerate(gains, start=1))


def exponential(one: List) -> float:
    best = sorted((2**grade - 1 for grade in one.grades.values()), reverse=True)
    return dcg(one.gains(lambda grade: 2**grade - 1)) / dcg(best[: one.k])


def own_ideal(one: List) -> float:
    best = sorted(one.gains(), reverse=True)
    return dcg(one.gains()) / dcg(best) if any(best) else 0.0


def rectools_ndcg(one: List) -> float:
    return dcg(one.hits) / dcg([1] * one.k)


def implicit_ndcg(one: List) -> float:
    return dcg(one.hits) / dcg([1] * min(one.k, len(one.grades)))


def precisions(one: List) -> float:
    """The sum of the precisions at the hits."""
    return sum(sum(one.hits[:rank]) / rank for rank, hit in enumerate(one.hits, 1) if hit)


def implicit_map(one: List) -> float:
    return precisions(one) / min(one.k, len(one.grades))


def implicit_precision(one: List) -> float:
    return sum(one.hits) / min(one.k, len(one.grades))


def lenskit_ap(one: List) -> float:
    return precisions(one) / min(len(one.grades), len(one.order)) if one.order else NAN


def lenskit_precision(one: List) -> float:
    return sum(one.hits) / len(one.order) if one.order else NAN


def lenskit_recall(one: List) -> float:
    return sum(one.hits) / min(one.k, len(one.grades))


# Other libraries, run.


def matrix(values: Grades) -> list[list[float]]:
    return [[values.get(name, 0.0) for name in CATALOGUE]]


def sklearn_ndcg(one: List) -> float:
    from sklearn.metrics import ndcg_score

    return ndcg_score(matrix(one.grades), matrix(one.scores), k=one.k)


def sklearn_ranking_precision(one: List) -> float:
    from sklearn.metrics import label_ranking_average_precision_score

    relevant = [[int(name in one.grades) for name in CATALOGUE]]
    return label_ranking_average_precision_score(relevant, matrix(one.scores))


def trec_eval(measure: str) -> Callable[[List], float]:
    """trec_eval as it is, with the scores as they are; people it leaves out have no value."""

    def value(one: List) -> float:
        import pytrec_eval

        judged = {"1": dict(one.grades)} if one.grades else {}
        run = {"1": dict(one.scores)} if one.scores else {}
        found = pytrec_eval.RelevanceEvaluator(judged, {measure}).evaluate(run)
        return found["1"][measure] if found else NAN

    return value


class Fixed:
    """A model for implicit that recommends given lists."""

    def __init__(self, orders: Sequence[Sequence[str]]) -> None:
        self.orders = orders

    def recommend(self, people: Any, seen: Any, N: int, **_: Any) -> tuple[Any, Any]:  # noqa: N803, ARG002
        found = np.full((len(people), N), -1, dtype=np.int32)
        for row, person in enumerate(people):
            order = [CATALOGUE.index(name) for name in self.orders[person]][:N]
            found[row, : len(order)] = order
        return found, np.zeros(found.shape, dtype=np.float32)


def implicit(metric: str, lists: Sequence[List], orders: Sequence[Sequence[str]]) -> float:
    evaluation = pytest.importorskip("implicit.evaluation")
    from scipy.sparse import csr_matrix

    relevant = csr_matrix(np.vstack([matrix(one.grades) for one in lists]))
    seen = csr_matrix(relevant.shape)
    return evaluation.ranking_metrics_at_k(
        Fixed(orders), seen, relevant, lists[0].k, show_progress=False
    )[metric]


# One list at a time.


@dataclass(frozen=True)
class Case:
    """Something that libraries treat in different ways."""

    name: str
    metric: str
    list: List
    expected: str
    """Our value as arithmetic, or in words where there is none."""
    others: Mapping[str, Callable[[List], float]]

    @property
    def value(self) -> float:
        """Our value by the arithmetic."""
        return NAN if self.expected == "no value" else eval(self.expected, {"log2": log2})


#: An asterisk: not run, but by the library's source.
CASES = [
    Case(
        "three equal scores, the last id is relevant",
        "nDCG",
        List(dict.fromkeys("abc", 0.5), {"c": 1}),
        "1 / log2(4)",
        {
            "scikit-learn (mean of all orders)": sklearn_ndcg,
            "trec_eval (last id first)": trec_eval("ndcg_cut_3"),
        },
    ),
    Case(
        "nothing recommended",
        "nDCG",
        List({}, {"a": 1}),
        "0",
        {
            "scikit-learn (six modules tie)": sklearn_ndcg,
            "trec_eval (left out)": trec_eval("ndcg_cut_3"),
        },
    ),
    Case(
        "nothing recommended",
        "MAP",
        List({}, {"a": 1}),
        "0",
        {"trec_eval (left out)": trec_eval("map_cut_3"), "LensKit*": lenskit_ap},
    ),
    Case(
        "nothing relevant",
        "nDCG",
        List(down_to("a", "b"), {}),
        "no value",
        {"scikit-learn": sklearn_ndcg, "trec_eval (left out)": trec_eval("ndcg_cut_3")},
    ),
    Case(
        "nothing relevant",
        "MAP",
        List(down_to("a", "b"), {}),
        "no value",
        {"scikit-learn (label ranking)": sklearn_ranking_precision},
    ),
    Case(
        "one recommended, and it is relevant",
        "precision",
        List(down_to("a"), {"a": 1}),
        "1 / 3",
        {
            "implicit (by k or relevant)": implicit_precision,
            "LensKit*": lenskit_precision,
        },
    ),
    Case(
        "one recommended, and it is relevant",
        "nDCG",
        List(down_to("a"), {"a": 1}),
        "1 / 1",
        {"RecTools* (ideal: k relevant ones)": rectools_ndcg},
    ),
    Case(
        "two of four relevant ones fill the list",
        "MAP",
        List(down_to("a", "b"), dict.fromkeys("abcd", 1), k=2),
        "(1 / 1 + 2 / 2) / 4",
        {"implicit (divides by k)": implicit_map, "LensKit* (by k)": lenskit_ap},
    ),
    Case(
        "two of four relevant ones fill the list",
        "recall",
        List(down_to("a", "b"), dict.fromkeys("abcd", 1), k=2),
        "2 / 4",
        {"LensKit* (divides by k)": lenskit_recall},
    ),
    Case(
        "grades 1 and 3 in this order",
        "nDCG",
        List(down_to("b", "a"), {"a": 3, "b": 1}),
        "(1 + 3 / log2(3)) / (3 + 1 / log2(3))",
        {"ranx ndcg_burges* (2^grade - 1)": exponential, "implicit (no grades)": implicit_ndcg},
    ),
    Case(
        "the best was not recommended",
        "nDCG",
        List(down_to("b"), {"a": 3, "b": 1}),
        "1 / (3 + 1 / log2(3))",
        {
            "the list's own best order": own_ideal,
            "implicit (no grades)": implicit_ndcg,
            "RecTools* (ideal: k relevant ones)": rectools_ndcg,
        },
    ),
    Case(
        "the relevant one is third, k = 2",
        "MRR",
        List(down_to("b", "c", "a"), {"a": 1}, k=2),
        "0",
        {"trec_eval (recip_rank has no k)": trec_eval("recip_rank")},
    ),
]


#: a twice, then b; both are relevant.
TWICE = ["a", "a", "b"]


def twice_by_ir_measures() -> float:
    """Through ir-measures, which keeps the last of equal ids."""
    import ir_measures as ir

    rows = [ir.ScoredDoc("1", name, -rank) for rank, name in enumerate(TWICE)]
    judged = [ir.Qrel("1", name, 1) for name in "ab"]
    return ir.calc_aggregate([ir.nDCG @ 3], judged, rows)[ir.nDCG @ 3]


def twice_by_implicit() -> float:
    return (1 + 1 / log2(3) + 1 / log2(4)) / (1 + 1 / log2(3))


# Four people at once: the mean of nDCG@5.

#: Two equal scores and a relevant module that is missing; no list; nothing relevant; a plain case.
FOUR = [
    List({"b": 0.8, "a": 0.5, "c": 0.5}, {"a": 1, "c": 2, "f": 3}, k=5),
    List({}, {"a": 1}, k=5),
    List({"a": 0.9, "b": 0.4}, {}, k=5),
    List({"d": 0.7, "e": 0.6}, {"e": 1}, k=5),
]


def mean(values: Sequence[float]) -> float:
    """Over the people who have a value."""
    known = [value for value in values if not math.isnan(value)]
    return sum(known) / len(known)


def judged(definition: Callable[[List], float]) -> float:
    """The mean over people to whom something is relevant."""
    return mean([definition(one) for one in FOUR if one.grades])


def four_people() -> dict[str, float]:
    """One run, by definition."""
    lists, grades = [one.order for one in FOUR], [one.grades for one in FOUR]
    return {
        "ours": mean(ranking_metrics(lists, grades, 5)["nDCG"].tolist()),
        "scikit-learn `ndcg_score`: all four count, ties are averaged": mean(
            [sklearn_ndcg(one) for one in FOUR]
        ),
        "trec_eval alone: ties by id from the end, people without a list are left out": mean(
            [trec_eval("ndcg_cut_5")(one) for one in FOUR]
        ),
        "implicit `ndcg_at_k`: no grades": judged(implicit_ndcg),
        "RecTools* `NDCG`: no grades, the ideal is k relevant ones": judged(rectools_ndcg),
        "gain 2^grade - 1 (Burges et al. 2005), otherwise as ours": judged(exponential),
        "the ideal is the list's own best order, all four count": mean(
            [own_ideal(o) for o in FOUR]
        ),
    }


# The page.


def short(value: float) -> str:
    if math.isnan(value):
        return "no value"
    return f"{value:.3f}".replace("0.", ".", 1) if value < 0.9995 else f"{value:.3f}"


def cases_table() -> str:
    """A row for each case."""
    rows = ["| what | metric | ours | others |", "|---|---|---|---|"]
    for case in CASES:
        others = "; ".join(f"{name} {short(of(case.list))}" for name, of in case.others.items())
        own = case.expected
        if own != "no value":
            own = f"`{own}` = {short(case.value)}"
        rows.append(f"| {case.name} | {case.metric}@{case.list.k} | {own} | {others} |")
    others = f"implicit {short(twice_by_implicit())}; ir-measures {short(twice_by_ir_measures())}"
    rows.append(f"| a module twice, then another, both relevant | nDCG@3 | refused | {others} |")
    return "\n".join(rows)


def four_people_table() -> str:
    """A row for each definition, lowest value first."""
    rows = ["| by | mean nDCG@5 |", "|---|---:|"]
    found = sorted(four_people().items(), key=lambda pair: pair[1])
    return "\n".join([*rows, *(f"| {name} | {short(value)} |" for name, value in found)])


if __name__ == "__main__":
    sys.stdout.write(f"{four_people_table()}\n\n{cases_table()}\n")
