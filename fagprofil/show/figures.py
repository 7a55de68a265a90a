"""What the pictures have in common: matplotlib itself, a figure of a fitting size, plain frames."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import fill, shorten
from typing import TYPE_CHECKING, Any

from fagprofil.errors import MissingExtra

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["axes_for", "bare", "columns_in", "legend_below", "pyplot", "row_labels"]

#: Letters of a row's name before it goes to the next line.
_LINE = 30
#: Inches that a row needs for two lines, and points of the smallest letters.
_ROOM, _LEAST = 0.2, 5.0
#: Inches of width that an entry of a legend needs, and below which there is room for one.
_ENTRY, _NARROW = 2.5, 6.0


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


def row_labels(
    ax: Axes, labels: Sequence[str], *, line: int = _LINE, largest: float = 10.0
) -> float:
    """Name the rows, on two lines where there is room; smaller and cut where there is little.

    Parameters
    ----------
    line
        Letters of a name before it goes to the next line.
    largest
        Points of the letters where there is room.

    Returns
    -------
    float
        The size of the letters in points.
    """
    height = _inches(ax)[1] * ax.get_position().height / max(1, len(labels))
    if height >= _ROOM:
        named = [fill(label, line) for label in labels]
        ax.set_yticks(range(len(labels)), named, fontsize=largest)
        return largest
    size = max(_LEAST, min(largest, 72 * height * 0.85))
    cut = [shorten(label, line + 6, placeholder=" …") for label in labels]
    ax.set_yticks(range(len(labels)), cut, fontsize=size)
    return size


def _inches(ax: Axes) -> tuple[float, float]:
    """Width and height of the whole figure."""
    figure = ax.get_figure(root=True)
    width, height = figure.get_size_inches() if figure is not None else (8.0, 6.0)
    return float(width), float(height)


def columns_in(ax: Axes, most: int) -> int:
    """How many entries of a legend fit beside each other."""
    width = _inches(ax)[0]
    return 1 if width < _NARROW else max(1, min(most, int(width / _ENTRY)))


def legend_below(ax: Axes, handles: list[Any], columns: int = 3, title: str | None = None) -> None:
    """A legend at a fixed distance below the axis, whatever the height of the picture."""
    from matplotlib.transforms import ScaledTranslation

    below = ScaledTranslation(0, -36 / 72, ax.figure.dpi_scale_trans)
    ax.legend(
        handles=handles,
        loc="upper center",
        bbox_to_anchor=(0.5, 0),
        bbox_transform=ax.transAxes + below,
        ncols=columns_in(ax, columns),
        frameon=False,
        fontsize=9,
        title=title,
        title_fontsize=9,
    )
