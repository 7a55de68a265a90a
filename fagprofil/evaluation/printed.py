"""A comparison in print: every mean with its half-width, and no winner named inside it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from fagprofil.evaluation.ranking_metrics import RANKING_METRICS
from fagprofil.evaluation.statistics import Estimate
from fagprofil.model import Status

if TYPE_CHECKING:
    from fagprofil.evaluation.comparison import Comparison

__all__ = ["printed", "verdict"]

#: What a table shows of each ranker.
SHOWN = ("nDCG", "MAP", "MRR", "recall", "hit", "gap closed", "repetition", "diversity", "novelty")


def printed(found: Comparison) -> str:
    """A comparison as plain text of fixed columns, which is a Markdown table as well."""
    label = "synthetic data, " if found.status == Status.SYNTHETIC else ""
    metrics = [f"{name}@{found.k}" if name in RANKING_METRICS else name for name in SHOWN]
    rows = [
        [
            ranker,
            *(_said(found.estimate(ranker, name)) for name in SHOWN),
            "-" if math.isnan(found.coverage[ranker]) else f"{found.coverage[ranker]:.0%}",
        ]
        for ranker in found.rankers
    ]
    lines = [
        f"{found.name} ({label}{len(found.people)} people)",
        "",
        *_table(["ranker", *metrics, "coverage"], rows),
        "",
    ]
    lines.append(
        "Means over people ± half of a 95 % interval (percentile bootstrap); coverage is a share "
        "of modules."
    )
    if found.irrelevant:
        lines.append(
            f"To {found.irrelevant} people nothing was relevant: they are in no mean of the first "
            f"{sum(name in RANKING_METRICS for name in SHOWN)} columns."
        )
    lines += [
        f"{ranker}: nothing recommended to {found.without[ranker]} people."
        for ranker in found.rankers
        if found.without[ranker]
    ]
    lines += [
        f"{ranker}: no opinion on anything recommended to {found.silent[ranker]} people; the "
        "modules stand in the catalogue's order."
        for ranker in found.rankers
        if found.silent[ranker]
    ]
    lines += [f"Left out: {count} {reason}." for reason, count in found.dropped.items()]
    lines += [f"{ranker}: {note}." for ranker, notes in found.notes.items() for note in notes]
    lines += ["", found.verdict("nDCG"), found.verdict("gap closed")]
    return "\n".join(lines)


def _said(estimate: Estimate) -> str:
    return str(estimate) if estimate.n else "-"


def verdict(found: Comparison, metric: str) -> str:
    """Which ranker is best in a metric, if that can be told."""
    best = found.best(metric)
    name = f"{metric}@{found.k}" if metric in RANKING_METRICS else metric
    if not best:
        return f"{name}: no ranker has a value."
    if len(found.rankers) == 1:
        return f"{name}: nothing to compare with."
    how = "(sign-flip tests, p < .05 after Holm)"
    if len(best) == 1:
        return f"{name}: {best[0]} is better than every other {how}."
    return f"{name}: no winner; not told apart are {', '.join(best)} {how}."


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    rule = ["-" * width for width in widths]
    return [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |"
        for row in (head, rule, *rows)
    ]
