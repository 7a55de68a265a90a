"""A picture of when classes are held and substitutes work."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from textwrap import shorten
from typing import TYPE_CHECKING, Any

from fagprofil.answers.answer import Bar
from fagprofil.answers.bars import bars_of
from fagprofil.errors import DataError, Problem, nearest
from fagprofil.model import Lang
from fagprofil.show.calendar_text import MONTHS
from fagprofil.show.figures import axes_for, bare, columns_in, row_labels
from fagprofil.show.html import HELD

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["calendar", "check_picture", "save_calendar"]

#: Okabe and Ito's, light enough for teaching days to be seen on them; groups take them in turn.
_COLOURS = ("#56b4e9", "#e69f00", "#009e73")
_HIGH = 0.62
_PICTURES = (".png", ".svg", ".pdf")
_MARGIN = dt.timedelta(days=4)
#: Labels are no longer than that.
_LABEL = 52
_WORDS = {
    "da": {"day": "undervisningsdag", "people": "tal: personer", "nothing": "intet er planlagt"},
    "en": {"day": "teaching day", "people": "figures: people", "nothing": "nothing is planned"},
}


def calendar(plan: Any, ax: Axes | None = None, lang: Lang = "da") -> Axes:
    """Draw what takes time in a plan: a row for each class, unit with substitutes, or module.

    Parameters
    ----------
    plan
        From `fagprofil.plan_case`, `fagprofil.plan_cohorts`, `fagprofil.plan_rotation`,
        `fagprofil.plan_pathway` or `fagprofil.allocate_pool`.
    ax
        Where to draw; None makes a figure of a fitting size.
    lang
        Language of names and labels.

    Raises
    ------
    MissingExtra
        matplotlib is not installed.
    TypeError
        Nothing of a plan of this kind takes time.

    Examples
    --------
    >>> import fagprofil as fp
    >>> axes = fp.show.calendar(fp.plan_case("randers"), lang="en")
    >>> [one.get_text() for one in axes.get_legend().get_texts()][0]
    'classes'
    """
    bars = list(bars_of(plan))
    ax = axes_for(ax, 10, 1.6 + 0.26 * max(1, len(bars)))
    groups = list(dict.fromkeys(one.group for one in bars))
    for row, one in enumerate(bars):
        _bar(ax, row, one, _COLOURS[groups.index(one.group) % len(_COLOURS)])
    _label(ax, bars, lang)
    if bars:
        _months(ax, bars, lang)
        _legend(ax, bars, lang)
    else:
        ax.text(0.5, 0.5, _WORDS[lang]["nothing"], ha="center", va="center", transform=ax.transAxes)
    return ax


def check_picture(path: Path) -> None:
    """Raise `DataError` if a picture cannot be written there."""
    if path.suffix not in _PICTURES:
        hint = nearest(path.suffix, _PICTURES)
        expected = f"one of {', '.join(_PICTURES)}"
        raise DataError([Problem(str(path), "suffix", path.suffix, expected, hint)])
    if not path.parent.is_dir():
        raise DataError([Problem(str(path), "folder", str(path.parent), "a folder that exists")])


def save_calendar(plan: Any, path: Path, lang: Lang = "da") -> None:
    """Draw a plan's calendar into a file."""
    check_picture(path)
    calendar(plan, lang=lang)
    import matplotlib.pyplot as plt

    plt.savefig(path, bbox_inches="tight", dpi=150)
    plt.close()


def _bar(ax: Axes, row: int, bar: Bar, colour: str) -> None:
    # The last day is a whole one.
    start, days = bar.start.toordinal(), (bar.end - bar.start).days + 1
    ax.barh(row, days, left=start, height=_HIGH, color=colour)
    for day in bar.days:
        ax.barh(row, 1, left=day.toordinal(), height=_HIGH, color=HELD)
    if bar.people is not None:
        ax.annotate(
            str(bar.people),
            (start + days, row),
            (4, 0),
            textcoords="offset points",
            va="center",
            fontsize=8,
        )


def _label(ax: Axes, bars: Sequence[Bar], lang: Lang) -> None:
    names = [shorten(one.label.in_(lang), _LABEL, placeholder=" ...") for one in bars]
    row_labels(ax, names, line=_LABEL + 4, largest=8.0)
    ax.set_ylim(max(1, len(bars)) - 0.4, -0.6)
    bare(ax)
    for row in range(1, len(bars)):
        if bars[row].group != bars[row - 1].group:
            ax.axhline(row - 0.5, color="#bbbbbb", linewidth=0.8)


def _months(ax: Axes, bars: Sequence[Bar], lang: Lang) -> None:
    """A line at the start of each month, or of each quarter where there are many."""
    first, last = min(one.start for one in bars), max(one.end for one in bars)
    months = (last.year - first.year) * 12 + last.month - first.month + 2
    step = 1 if months <= 16 else 3
    starts = [
        dt.date(first.year + m // 12, m % 12 + 1, 1)
        for m in range(first.month - 1, first.month - 1 + months)
        if m % step == 0
    ]
    starts = [day for day in starts if first - _MARGIN <= day <= last + 2 * _MARGIN]
    names = [MONTHS[lang][day.month - 1] for day in starts]
    # The year stands below its first month.
    named = [
        f"{name}\n{day.year}" if n == 0 or day.year != starts[n - 1].year else name
        for n, (name, day) in enumerate(zip(names, starts, strict=True))
    ]
    ax.set_xticks([day.toordinal() for day in starts], named, fontsize=8)
    ax.set_xlim((first - _MARGIN).toordinal(), (last + 2 * _MARGIN).toordinal())
    ax.grid(axis="x", color="#dddddd", linewidth=0.6)
    ax.set_axisbelow(True)


def _legend(ax: Axes, bars: Sequence[Bar], lang: Lang) -> None:
    from matplotlib.patches import Patch

    groups = dict.fromkeys(one.group for one in bars)
    handles = [
        Patch(facecolor=_COLOURS[n % len(_COLOURS)], label=group.in_(lang))
        for n, group in enumerate(groups)
    ]
    if any(one.days for one in bars):
        handles.append(Patch(facecolor=HELD, label=_WORDS[lang]["day"]))
    if any(one.people is not None for one in bars):
        handles.append(Patch(facecolor="none", label=_WORDS[lang]["people"]))
    ax.legend(
        handles=handles,
        loc="lower left",
        bbox_to_anchor=(0, 1),
        ncols=columns_in(ax, len(handles)),
        frameon=False,
        fontsize=9,
    )
