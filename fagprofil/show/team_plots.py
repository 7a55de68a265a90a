"""Pictures of groups: how ready units are, what teams can do, what a class closes."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import fill
from typing import TYPE_CHECKING, Any

from fagprofil.insight import Team, TeamPart, UnitReadiness
from fagprofil.model import Lang
from fagprofil.planning.cohort_plan import HeldClass
from fagprofil.show.figures import axes_for, bare, legend_below, row_labels
from fagprofil.show.html import HELD, NEEDED
from fagprofil.show.words import WORDS, horizon_name, percent

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["closes", "readiness", "team"]

_INK = "#000000"
_GREY = "#999999"
_WORDS = {
    "da": {
        "all": "alle",
        "no unit": "uden enhed",
        "ready": "gennemsnitlig parathed",
        "few": "for få personer til at vise",
        "readiness": "Parathed nu og om fem år",
        "team": "Andel af behovet, der er dækket, {}",
        "people": "{} ({})",
        "closes": "{}: hvad {} personer får lukket",
        "amount": "afstand (vægt x trin)",
        "closed": "lukkes",
        "left": "er der stadig",
        "short": "tal: dækket andel i procent",
        "nothing": "ingen behov at vise",
    },
    "en": {
        "all": "all",
        "no unit": "no unit",
        "ready": "mean readiness",
        "few": "too few people to show",
        "readiness": "Readiness now and in five years",
        "team": "Share of the need that is met, {}",
        "people": "{} ({})",
        "closes": "{}: what it closes for {} people",
        "amount": "gap (weight x steps)",
        "closed": "closed",
        "left": "remains",
        "short": "figures: share met, in per cent",
        "nothing": "no needs to show",
    },
}


def readiness(
    rows: Sequence[UnitReadiness], ax: Axes | None = None, lang: Lang = "da", *, most: int = 60
) -> Axes:
    """Draw how ready units are today, and for the needs in five years with what is held today.

    One row per unit, least ready in five years on top, and all people together at the bottom. A
    black line marks today, an orange diamond five years; units with too few people say so.

    Parameters
    ----------
    rows
        From `fagprofil.insight.unit_readiness`.
    ax
        Where to draw; None makes a figure of a fitting size.
    lang
        Language of names and labels.
    most
        At most so many units, the least ready.

    Raises
    ------
    MissingExtra
        matplotlib is not installed.

    Examples
    --------
    >>> import fagprofil as fp
    >>> rows = fp.insight.unit_readiness(fp.load_case("job7").people(), fp.load_catalogue())
    >>> fp.show.readiness(rows, lang="en").get_xlabel()
    'mean readiness'
    """
    said = _WORDS[lang]
    units = [row for row in rows if row.unit is not None]
    units.sort(key=lambda row: (2.0 if row.five_years is None else row.five_years, row.unit or ""))
    shown = [*units[:most], *(row for row in rows if row.unit is None)]
    ax = axes_for(ax, 8.5, 1.8 + 0.34 * max(1, len(shown)))
    for at, row in enumerate(shown):
        if row.now is None or row.five_years is None:
            ax.text(0.01, at, said["few"], va="center", fontsize=9, color="#555555")
            continue
        ax.barh(at, row.now, height=0.5, color=HELD, alpha=0.75)
        ax.plot([row.five_years, row.now], [at, at], color=_GREY, linewidth=1)
        ax.plot([row.now] * 2, [at - 0.36, at + 0.36], color=_INK, linewidth=2.4)
        ax.scatter([row.five_years], [at], marker="D", s=46, color=NEEDED, edgecolor=_INK, zorder=3)
    labels = [_unit(row.unit, row.people, said) for row in shown]
    row_labels(ax, labels)
    ax.set_ylim(max(1, len(shown)) - 0.4, -0.6)
    ax.set_xlim(0, 1)
    ticks = [0, 0.25, 0.5, 0.75, 1]
    ax.set_xticks(ticks, [percent(tick) for tick in ticks])
    ax.set_xlabel(said["ready"])
    ax.set_title(said["readiness"], loc="left", fontsize=11, wrap=True)
    if len(shown) > 1:
        ax.axhline(len(shown) - 1.5, color=_GREY, linewidth=0.8)
    legend_below(ax, _now_and_later(lang), 2)
    bare(ax)
    return ax


def _unit(name: str | None, people: int, said: dict[str, str]) -> str:
    shown = said["all"] if name is None else name or said["no unit"]
    return said["people"].format(shown, people)


def _now_and_later(lang: Lang) -> list[Any]:
    from matplotlib.lines import Line2D

    words = WORDS[lang]
    now = Line2D([], [], color=_INK, linewidth=2.4, label=words["now"])
    look: dict[str, Any] = {
        "marker": "D",
        "linestyle": "none",
        "color": NEEDED,
        "markeredgecolor": _INK,
    }
    return [now, Line2D([], [], label=words["five years"], **look)]


def team(found: Team, ax: Axes | None = None, lang: Lang = "da", *, most: int = 30) -> Axes:
    """Draw what share of its need each unit meets in each competence, as a heat map.

    One row per competence, largest gap of all people on top; one column per unit, and all people
    last. Light is met, dark is not, and the figure in each cell is the share in per cent, so that
    nothing depends on colour. A grey cell is a unit with too few people to show it, an empty one a
    unit that does not need the competence.

    Parameters
    ----------
    found
        From `fagprofil.insight.team`.
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
    >>> found = fp.insight.team(fp.load_case("job7").people(), fp.load_catalogue())
    >>> fp.show.team(found, most=10).get_title("left")
    'Andel af behovet, der er dækket, nu'
    """
    said, rows = _WORDS[lang], found.competences[:most]
    columns = [*found.units, None]
    size = (4.2 + 0.62 * len(columns), 2.2 + 0.34 * max(1, len(rows)))
    ax = axes_for(ax, *size)
    letters = min(8.0, row_labels(ax, [row.name.in_(lang) for row in rows]))
    for at, row in enumerate(rows):
        for column, part in enumerate([*row.parts, row.total]):
            _cell(ax, column, at, part, letters)
    if not rows:
        ax.text(0.5, 0.5, said["nothing"], transform=ax.transAxes, ha="center")
    ax.set_ylim(max(1, len(rows)) - 0.5, -0.5)
    ax.set_xlim(-0.5, len(columns) - 0.5)
    counts = [*found.people, sum(found.people)]
    labels = [
        fill(_unit(unit, people, said), 18) for unit, people in zip(columns, counts, strict=True)
    ]
    ax.set_xticks(range(len(columns)), labels, rotation=35, ha="right", rotation_mode="anchor")
    ax.axvline(len(columns) - 1.5, color=_INK, linewidth=0.8)
    title = said["team"].format(horizon_name(found.horizon, lang))
    ax.set_title(title, loc="left", fontsize=11, pad=20, wrap=True)
    ax.annotate(
        said["short"],
        (0, 1),
        xytext=(0, 5),
        xycoords="axes fraction",
        textcoords="offset points",
        fontsize=9,
    )
    bare(ax, "top", "right", "left", "bottom")
    ax.tick_params(axis="x", length=0)
    return ax


def _cell(ax: Axes, column: int, row: int, part: TeamPart | None, letters: float) -> None:
    from matplotlib.colors import to_rgb
    from matplotlib.patches import Rectangle

    box = (column - 0.48, row - 0.46)
    if part is None:
        ax.add_patch(Rectangle(box, 0.96, 0.92, facecolor="#dddddd", linewidth=0))
        return
    if not part.people:
        return
    # From white, all met, to the blue of what is held on other pictures, all missing.
    share = 1 - part.met
    colour = [1 - share * (1 - tone) for tone in to_rgb(HELD)]
    edge: dict[str, Any] = {"edgecolor": _GREY, "linewidth": 0.4}
    ax.add_patch(Rectangle(box, 0.96, 0.92, facecolor=colour, **edge))
    ink = "white" if share > 0.9 else "black"
    figure = f"{100 * part.met:.0f}"
    ax.text(column, row, figure, ha="center", va="center", fontsize=letters, color=ink)


def closes(found: HeldClass, ax: Axes | None = None, lang: Lang = "da", *, most: int = 24) -> Axes:
    """Draw what a class closes: the gaps of all who attend, what is closed and what remains.

    One row per competence, most closed on top. The figures are shares of each gap.

    Parameters
    ----------
    found
        One of the ``classes`` of `fagprofil.plan_cohorts`.
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
    >>> classes = fp.plan_case("noerrebro").classes.classes
    >>> fp.show.closes(classes[0], lang="en").get_xlabel()
    'gap (weight x steps)'
    """
    said = _WORDS[lang]
    ax = axes_for(ax, 8.5, 1.9 + 0.34 * max(1, min(most, len(found.gaps))))
    from matplotlib.patches import Patch

    gaps = sorted(found.gaps, key=lambda one: (-one.closes, -one.gap, one.competence))[:most]
    rows = range(len(gaps))
    closed = [one.closes for one in gaps]
    left = [one.gap - one.closes for one in gaps]
    ax.barh(rows, closed, height=0.6, color=HELD)
    ax.barh(rows, left, left=closed, height=0.6, color="white", edgecolor=_GREY, hatch="///")
    for row, one in enumerate(gaps):
        if one.closes:
            ax.text(one.gap, row, f" {percent(one.closes / one.gap)}", va="center", fontsize=9)
    if not gaps:
        ax.text(0.5, 0.5, said["nothing"], transform=ax.transAxes, ha="center")
    row_labels(ax, [one.name.in_(lang) for one in gaps])
    ax.set_ylim(max(1, len(gaps)) - 0.4, -0.6)
    ax.set_xlim(0, 1.12 * max((one.gap for one in gaps), default=1.0))
    ax.set_xlabel(said["amount"])
    title = said["closes"].format(found.title.in_(lang), len(found))
    ax.set_title(title, loc="left", fontsize=11, wrap=True)
    handles = [
        Patch(facecolor=HELD, label=said["closed"]),
        Patch(facecolor="white", edgecolor=_GREY, hatch="///", label=said["left"]),
    ]
    legend_below(ax, handles, 2)
    bare(ax)
    return ax
