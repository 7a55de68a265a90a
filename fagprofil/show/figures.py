"""What the pictures have in common: matplotlib itself, a figure of a fitting size, plain frames."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fagprofil.errors import MissingExtra

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["axes_for", "bare", "legend_below", "pyplot"]


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


def legend_below(ax: Axes, handles: list[Any], columns: int = 3) -> None:
    """A legend at a fixed distance below the axis, whatever the height of the picture."""
    from matplotlib.transforms import ScaledTranslation

    below = ScaledTranslation(0, -36 / 72, ax.figure.dpi_scale_trans)
    ax.legend(
        handles=handles,
        loc="upper center",
        bbox_to_anchor=(0.5, 0),
        bbox_transform=ax.transAxes + below,
        ncols=columns,
        frameon=False,
        fontsize=9,
    )
