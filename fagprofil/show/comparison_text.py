"""How a comparison of rankers looks in a notebook."""

from __future__ import annotations

from math import isnan

from fagprofil.evaluation.comparison import Comparison
from fagprofil.show.display import Display

__all__ = ["comparison_html"]


def comparison_html(found: Comparison) -> str:
    """Means and half-widths of their intervals, a row per ranker, a column per metric."""
    rows = found.rows()
    metrics = list(dict.fromkeys(str(row["metric"]) for row in rows))
    cells = {(row["ranker"], row["metric"]): (row["mean"], row["half_width"]) for row in rows}
    table = [
        [ranker, *(_interval(*cells[ranker, metric]) for metric in metrics)]
        for ranker in found.rankers
    ]
    title = f"{found.name}: {len(found.people)} people, data {found.status}"
    right = range(1, len(metrics) + 1)
    return Display(title, [], ["ranker", *metrics], table, right).as_html()


def _interval(mean: float, half_width: float) -> str:
    if isnan(mean):
        return ""
    return f"{mean:.3f}" if isnan(half_width) else f"{mean:.3f} ± {half_width:.3f}"
