"""What the pictures have in common: matplotlib itself, a figure of a fitting size, plain frames."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import fill, shorten
from typing import TYPE_CHECKING, Any

from fagprofil.errors import MissingExtra

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["axes_for", "bare", "legend_below", "pyplot", "row_labels"]

#: Letters of a row's name before it goes to the next line.
_LINE = 30
#: Inches that a row needs for two lines, and points of the smallest letters.
_ROOM, _LEAST = 0.2, 5.0
#: Inches of width that an entry of a legend needs.
_ENTRY = 2.2


def pyplot() -> Any:
    """Matplotlib's plotting module.

    Raises
    ------
    MissingExtra
        matplotlib is not installed.
    """
    try:
        import matplotlib.pyplot as plt
    except ModuleNotFoundError:
        raise MissingExtra("drawing", "matplotlib", "plot") from None
    return plt


def axes_for(ax: Axes | None, width: float, height: float) -> Axes:
    """The axes given, or new ones in a figure of a size in inches."""
    plt = pyplot()
    if ax is None:
        _, ax = plt.subplots(figsize=(width, height), layout="constrained")
    return ax


def bare(ax: Axes, *sides: str) -> None:
    """Take away the frame's sides, and the ticks of rows."""
    for side in sides or ("top", "right", "left"):
        ax.spines[side].set_visible(False)
    ax.tick_params(axis="y", length=0)


def row_labels(ax: Axes, labels: Sequence[str]) -> float:
    """Name the rows, on two lines where there is room; smaller and cut where there is little.

    Returns
    -------
    float
        The size of the letters in points.
    """
    height = _inches(ax)[1] * ax.get_position().height / max(1, len(labels))
    if height >= _ROOM:
        ax.set_yticks(range(len(labels)), [fill(label, _LINE) for label in labels])
        return 10.0
    size = max(_LEAST, min(10.0, 72 * height * 0.85))
    cut = [shorten(label, _LINE + 6, placeholder=" …") for label in labels]
    ax.set_yticks(range(len(labels)), cut, fontsize=size)
    return size


def _inches(ax: Axes) -> tuple[float, float]:
    """Width and height of the whole figure."""
    figure = ax.get_figure(root=True)
    width, height = figure.get_size_inches() if figure is not None else (8.0, 6.0)
    return float(width), float(height)


def legend_below(ax: Axes, handles: list[Any], columns: int = 3) -> None:
    """A legend at a fixed distance below the axis, whatever the height of the picture."""
    from matplotlib.transforms import ScaledTranslation

    below = ScaledTranslation(0, -36 / 72, ax.figure.dpi_scale_trans)
    ax.legend(
        handles=handles,
        loc="upper center",
        bbox_to_anchor=(0.5, 0),
        bbox_transform=ax.transAxes + below,
        ncols=max(1, min(columns, int(_inches(ax)[0] / _ENTRY))),
        frameon=False,
        fontsize=9,
    )
