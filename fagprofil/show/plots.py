"""Pictures with matplotlib: functions take and return `Axes`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fagprofil.gap_analysis import Gap
from fagprofil.model import Lang
from fagprofil.show.figures import axes_for, bare, legend_below, row_labels
from fagprofil.show.html import HELD, NEEDED
from fagprofil.show.words import WORDS, percent

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["ladder"]

_NOW = "#000000"


def ladder(gap: Gap, ax: Axes | None = None, *, lang: Lang = "da", most: int = 24) -> Axes:
    """Draw what a person holds against what is needed now and in five years.

    One row per competence, largest gap on top. Each step is filled by how sure we are that it is
    held; a black line marks the level needed now, an orange diamond the one needed in five years.

    Parameters
    ----------
    gap
        From `fagprofil.gap`.
    ax
        Where to draw; None makes a figure of a fitting size.
    lang
        Language of names and labels.
    most
        At most so many competences, those with the largest gap.

    Raises
    ------
    MissingExtra
        matplotlib is not installed.

    Examples
    --------
    >>> import fagprofil as fp
    >>> found = fp.gap(fp.Employee(id="a", backgrounds=["hk-kontor"]), "virksomhed")
    >>> axes = fp.show.ladder(found, lang="en")
    >>> axes.get_xlabel()
    'level'
    """
    parts = gap.parts[:most]
    ax = axes_for(ax, 8.5, 1.8 + 0.32 * max(1, len(parts)))
    from matplotlib.patches import Rectangle

    for row, part in enumerate(parts):
        for step in range(1, len(part.need) + 1):
            sure = min(1.0, sum(part.chance[step:]))
            box = (step - 1 + 0.04, row - 0.32)
            ax.add_patch(Rectangle(box, 0.92, 0.64, facecolor=HELD, alpha=sure, linewidth=0))
            ax.add_patch(
                Rectangle(box, 0.92, 0.64, facecolor="none", edgecolor="#999999", linewidth=0.6)
            )
        ax.plot([part.needed_now] * 2, [row - 0.42, row + 0.42], color=_NOW, linewidth=2.4)
    rows = range(len(parts))
    later = [part.needed_five_years for part in parts]
    ax.scatter(later, rows, marker="D", s=46, color=NEEDED, edgecolor=_NOW, zorder=3)
    _label(ax, gap, lang, len(parts))
    return ax


def _label(ax: Axes, gap: Gap, lang: Lang, rows: int) -> None:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    words = WORDS[lang]
    top = len(gap.parts[0].need) if gap.parts else 1
    row_labels(ax, [part.name.in_(lang) for part in gap.parts[:rows]])
    ax.set_ylim(rows - 0.4, -0.6)
    ax.set_xlim(-0.15, top + 0.25)
    ax.set_xticks(range(top + 1))
    ax.set_xlabel({"da": "niveau", "en": "level"}[lang])
    ready = words["readiness"].format(percent(gap.readiness))
    title = f"{gap.employee}: {gap.profile_name.in_(lang)}, {ready}"
    ax.set_title(title, loc="left", fontsize=11, wrap=True)
    sure = {"da": "har (mørkere: sikrere)", "en": "held (darker: surer)"}[lang]
    needed = words["needed"]
    handles = [
        Patch(facecolor=HELD, alpha=0.8, label=sure),
        Line2D([], [], color=_NOW, linewidth=2.4, label=f"{needed} {words['now']}"),
        Line2D(
            [],
            [],
            marker="D",
            linestyle="none",
            color=NEEDED,
            markeredgecolor=_NOW,
            label=f"{needed} {words['five years']}",
        ),
    ]
    legend_below(ax, handles)
    bare(ax)
