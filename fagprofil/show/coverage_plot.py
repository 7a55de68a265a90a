"""A picture of which needs a catalogue serves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fagprofil.insight.coverage import Coverage
from fagprofil.insight.needs import Need
from fagprofil.model import Lang, Status
from fagprofil.show.coverage_text import coverage_title
from fagprofil.show.figures import axes_for, bare, legend_below, row_labels
from fagprofil.show.html import HELD, NEEDED

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["coverage"]

#: Okabe and Ito's sky blue beside their blue and orange.
_LATER = "#56b4e9"
_WIDE, _HIGH = 0.92, 0.76
#: The least size of a box, so that its figure fits.
_LEAST = 0.45
_WORDS = {
    "da": {
        "step": "trin",
        "open": "dækkes, også fra intet",
        "entry": "dækkes, men forudsætter niveauer",
        "later": "dækkes først senere",
        "unserved": "dækkes af intet modul",
        "synthetic": "kun opdigtede moduler",
        "size": "størrelse: hvor meget trinnet kræves; tal: moduler",
    },
    "en": {
        "step": "step",
        "open": "served, from nothing too",
        "entry": "served, but expects levels",
        "later": "served from a later day",
        "unserved": "served by no module",
        "synthetic": "made-up modules only",
        "size": "size: how much the step is needed; figures: modules",
    },
}
_COLOURS = {"open": HELD, "entry": _LATER, "later": "#bbbbbb", "unserved": NEEDED}


def coverage(found: Coverage, ax: Axes | None = None, lang: Lang = "da", *, most: int = 60) -> Axes:
    """Draw the needs of all profiles together, step by step, and what the catalogue has for them.

    One row per competence, those with most unserved on top, then those with most that only made-up
    modules serve. Each step that is needed is a box, the larger the more it is needed, in which
    stands how many modules close it.

    Parameters
    ----------
    found
        From `fagprofil.coverage`.
    ax
        Where to draw; None makes a figure of a fitting size.
    lang
        Language of names and labels.
    most
        At most so many competences.

    Raises
    ------
    MissingExtra
        matplotlib is not installed.

    Examples
    --------
    >>> import fagprofil as fp
    >>> axes = fp.show.coverage(fp.coverage(profiles="virksomhed"), lang="en")
    >>> axes.get_xlabel()
    'step'
    """
    rows = _rows(found)[:most]
    ax = axes_for(ax, 8.5, 2.2 + 0.32 * max(1, len(rows)))
    highest = max((need.weight for need in found.needs), default=1.0)
    for row, needs in enumerate(rows):
        for need in needs:
            _box(ax, row, need, (need.weight / highest) ** 0.5)
    _label(ax, found, lang, rows)
    return ax


def _rows(found: Coverage) -> list[list[Need]]:
    """The needs of each competence, in the order of the rows."""
    rows: dict[str, list[Need]] = {}
    for need in found.needs:
        rows.setdefault(need.competence, []).append(need)

    def order(needs: list[Need]) -> tuple[float, float, float, str]:
        unserved = sum(need.weight for need in needs if not need.served)
        made_up = sum(need.weight for need in needs if _made_up(need))
        return -unserved, -made_up, -sum(need.weight for need in needs), needs[0].competence

    return sorted(rows.values(), key=order)


def _made_up(need: Need) -> bool:
    return need.best_founded is Status.SYNTHETIC


def _state(need: Need) -> str:
    if not need.served:
        return "later" if need.modules else "unserved"
    return "open" if need.entry_level == 0 else "entry"


def _box(ax: Axes, row: int, need: Need, size: float) -> None:
    from matplotlib.patches import Rectangle

    wide, high = _WIDE * max(size, _LEAST), _HIGH * max(size, _LEAST)
    colour, made_up = _COLOURS[_state(need)], _made_up(need)
    ax.add_patch(
        Rectangle(
            (need.step - wide / 2, row - high / 2),
            wide,
            high,
            facecolor="white" if made_up else colour,
            edgecolor=colour,
            hatch="////" if made_up else None,
            linewidth=1.0,
        )
    )
    light = made_up or _state(need) in ("later", "unserved")
    ax.text(
        need.step,
        row,
        str(len(need.modules)),
        ha="center",
        va="center",
        fontsize=8,
        color="black" if light else "white",
        bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.8} if made_up else None,
    )


def _label(ax: Axes, found: Coverage, lang: Lang, rows: list[list[Need]]) -> None:
    words = _WORDS[lang]
    top = max((need.step for need in found.needs), default=1)
    row_labels(ax, [needs[0].name.in_(lang) for needs in rows], line=44)
    ax.set_ylim(len(rows) - 0.4, -0.6)
    ax.set_xlim(0.45, top + 0.55)
    ax.set_xticks(range(1, top + 1))
    ax.set_xlabel(words["step"])
    ax.set_title(coverage_title(found, lang), loc="left", fontsize=11, wrap=True)
    _legend(ax, found, lang)
    bare(ax)


def _legend(ax: Axes, found: Coverage, lang: Lang) -> None:
    """What the colours that occur mean, at a fixed distance below the axis."""
    from matplotlib.patches import Patch

    words, seen = _WORDS[lang], {_state(need) for need in found.needs}
    handles = [
        Patch(facecolor=colour, label=words[state])
        for state, colour in _COLOURS.items()
        if state in seen
    ]
    if found.only_synthetic:
        label = words["synthetic"]
        handles.append(Patch(facecolor="white", edgecolor=HELD, hatch="////", label=label))
    legend_below(ax, handles, 2, words["size"])
