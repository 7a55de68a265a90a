"""A picture of how rankers compare."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fagprofil.evaluation.comparison import Comparison
from fagprofil.evaluation.dataset import counted
from fagprofil.evaluation.ranking_metrics import RANKING_METRICS
from fagprofil.model import Status
from fagprofil.show.figures import axes_for, bare, row_labels
from fagprofil.show.html import HELD

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["comparison"]


def comparison(found: Comparison, metric: str = "nDCG", ax: Axes | None = None) -> Axes:
    """Draw the means of rankers with their 95 % intervals, in the order of the table.

    Rankers that cannot be told from the best are filled; all others are hollow. Where only one is
    filled, it is better than every other.

    Parameters
    ----------
    found
        From `fagprofil.evaluation.compare`.
    metric
        Which metric.
    ax
        Where to draw; None makes a figure of a fitting size.

    Raises
    ------
    MissingExtra
        matplotlib is not installed.
    UnknownName
        Another metric.

    Examples
    --------
    >>> import fagprofil as fp
    >>> from fagprofil.evaluation import compare, synthetic
    >>> found = compare(["coverage", "popular"], synthetic(people=60, new_people=40).split())
    >>> axes = fp.show.comparison(found)
    >>> axes.get_xlabel()
    'nDCG@10 (bars: 95 % intervals; filled: not told apart from the best)'
    """
    best = found.best(metric)
    ax = axes_for(ax, 7.0, 1.5 + 0.36 * len(found.rankers))
    for row, ranker in enumerate(found.rankers):
        one = found.estimate(ranker, metric)
        if one.n:
            ax.errorbar(
                one.mean,
                row,
                xerr=one.half_width,
                fmt="o",
                color=HELD,
                markerfacecolor=HELD if ranker in best else "white",
                capsize=3,
            )
    plain = metric.removesuffix(f"@{found.k}")
    row_labels(ax, found.rankers)
    ax.set_ylim(len(found.rankers) - 0.5, -0.5)
    name = f"{plain}@{found.k}" if plain in RANKING_METRICS else plain
    label = f"{name} (bars: 95 % intervals; filled: not told apart from the best)"
    ax.set_xlabel(label, wrap=True)
    made_up = found.status == Status.SYNTHETIC and "synthetic" not in found.name
    label = " (synthetic data)" if made_up else ""
    ax.set_title(
        f"{found.name}{label}: {counted(len(found.people), 'person', 'people')}",
        loc="left",
        fontsize=10,
        wrap=True,
    )
    ax.grid(axis="x", color="#dddddd", linewidth=0.6)
    ax.set_axisbelow(True)
    bare(ax)
    return ax
