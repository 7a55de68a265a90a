"""A calendar in letters: a line for each class, a place for each week."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence

from fagprofil.answers.answer import Bar
from fagprofil.model import Lang

__all__ = ["MONTHS", "calendar_text"]

MONTHS = {
    "da": ("jan", "feb", "mar", "apr", "maj", "jun", "jul", "aug", "sep", "okt", "nov", "dec"),
    "en": ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
}
#: Labels are no longer than that.
_LABEL = 44
_WEEK = dt.timedelta(days=7)
_TAUGHT, _BETWEEN, _NOTHING = "#", "-", " "


def calendar_text(bars: Iterable[Bar], lang: Lang = "da") -> list[str]:
    """Lines of a calendar; weeks in which nothing goes on at all are left out at both ends.

    Parameters
    ----------
    bars
        From `fagprofil.answers.bars_of`.
    lang
        Language of labels and months.

    Examples
    --------
    >>> from fagprofil.model import Text
    >>> bar = Bar(group=Text(en="classes"), label=Text(en="Law"), start="2027-02-01",
    ...           end="2027-02-21", days=["2027-02-01", "2027-02-15"], people=20)
    >>> for line in calendar_text([bar], "en"):
    ...     print(line)
              2027
              Feb
    classes
      Law  20 #-#
    """
    listed = list(bars)
    if not listed:
        return []
    first = _monday(min(one.start for one in listed))
    count = (_monday(max(one.end for one in listed)) - first) // _WEEK + 1
    weeks = [first + n * _WEEK for n in range(count)]
    labels = [_label(one, lang) for one in listed]
    wide = max(map(len, labels))
    lines = [f"{'':{wide}}   {line}" for line in _heading(weeks, lang)]
    group = None
    for one, label in zip(listed, labels, strict=True):
        if one.group != group:
            group = one.group
            lines.append(group.in_(lang))
        lines.append(f"  {label:{wide}} {''.join(_places(one, weeks))}")
    return [line.rstrip() for line in lines]


def _label(bar: Bar, lang: Lang) -> str:
    name = bar.label.in_(lang)
    short = name if len(name) <= _LABEL else f"{name[: _LABEL - 3]}..."
    return short if bar.people is None else f"{short} {bar.people:>3}"


def _places(bar: Bar, weeks: Sequence[dt.date]) -> Iterator[str]:
    taught = {_monday(day) for day in bar.days}
    for week in weeks:
        if week in taught:
            yield _TAUGHT
        else:
            yield _BETWEEN if _monday(bar.start) <= week <= bar.end else _NOTHING


def _heading(weeks: Sequence[dt.date], lang: Lang) -> list[str]:
    """The years, and the months below them, each where its first week stands."""
    years, months = [" "] * (len(weeks) + 8), [" "] * (len(weeks) + 8)
    free = {"year": 0, "month": 0}
    for n, week in enumerate(weeks):
        thursday = week + dt.timedelta(days=3)
        before = thursday - _WEEK
        if (n == 0 or thursday.year != before.year) and n >= free["year"]:
            years[n : n + 4] = str(thursday.year)
            free["year"] = n + 5
        if (n == 0 or thursday.month != before.month) and n >= free["month"]:
            months[n : n + 3] = MONTHS[lang][thursday.month - 1]
            free["month"] = n + 4
    return ["".join(years), "".join(months)]


def _monday(day: dt.date) -> dt.date:
    return day - dt.timedelta(days=day.weekday())
