"""Who does the work of those who learn, what it costs, and who pays."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Sequence

from fagprofil.answers.answer import Answer, Cell, columns, joined, said
from fagprofil.answers.brief import Brief
from fagprofil.model import Text
from fagprofil.planning.rotation_plan import RotationPlan, UnitWave

__all__ = ["substitutes"]


def substitutes(brief: Brief) -> Iterator[Answer]:
    """Substitute hours by half-year and unit, on the day and on others."""
    staffing = brief.staffing
    if brief.rotation is None or not brief.rotation.waves or staffing is None:
        return
    lines: list[Text] = []
    rows: list[tuple[Cell, ...]] = []
    for day in (brief.setting.start, *brief.setting.compare):
        plan = brief.rotation_on(day)
        assert plan is not None
        lines += _lines(day, plan)
        shared = _shared(plan)
        rows += [_row(day, one, shared) for one in plan.waves]
    yield Answer(
        id="substitutes",
        question=Text(
            da="Hvor mange vikartimer kræver det, hvad koster de, og hvilket tilskud gælder?",
            en="How many substitute hours does it take, what do they cost, which subsidy applies?",
        ),
        lines=tuple(lines),
        columns=columns(
            ("begins", "begynder", "begins", "date"),
            ("half_year", "halvår", "half-year"),
            ("unit", "enhed", "unit"),
            ("people", "væk", "away", "count"),
            ("hours", "timer væk", "hours away", "hours"),
            ("posts", "vikarer", "substitutes", "count"),
            ("weeks", "uger", "weeks", "count"),
            ("hours_per_week", "timer om ugen", "hours a week", "hours"),
            ("covered", "dækket", "covered", "hours"),
            ("uncovered", "ikke dækket", "not covered", "hours"),
            ("cost", "løn", "wages", "kroner"),
            ("subsidy", "tilskud", "subsidy", "kroner"),
            ("net", "at betale", "to pay", "kroner"),
            ("note", "bemærk", "note"),
        ),
        rows=tuple(rows),
    )


def _row(day: dt.date, one: UnitWave, shared: Collection[Text]) -> tuple[Cell, ...]:
    first = one.posts[0] if one.posts else None
    return (
        day.isoformat(),
        one.period.id,
        one.unit,
        one.people,
        one.hours,
        len(one.posts),
        None if first is None else first.weeks,
        None if first is None else first.hours_per_week,
        one.covered,
        one.uncovered,
        one.cost,
        one.subsidy,
        one.net,
        joined(reason for reason in one.reasons if reason not in shared),
    )


def _lines(day: dt.date, plan: RotationPlan) -> Iterator[Text]:
    """Sums of a day, and why the scheme does not pay or not for all."""
    yield said(
        "Begynder det {}: {} timer væk, {} dækket af {} vikarer; løn {}, tilskud {}, at betale {}.",
        "If it begins {}: {} hours away, {} covered by {} substitutes; wages {}, subsidy {}, to "
        "pay {}.",
        day.isoformat(),
        round(plan.hours),
        round(plan.covered),
        sum(len(one.posts) for one in plan.waves),
        _sum("mindst", "at least", [one.cost for one in plan.waves]),
        _sum("mindst", "at least", [one.subsidy for one in plan.waves]),
        _net(plan),
    )
    yield from _shared(plan)


def _sum(da: str, en: str, parts: Sequence[float | None]) -> Text:
    """A sum of kroner; of what is known, where a part is not."""
    known = round(sum(one for one in parts if one is not None))
    if None not in parts:
        return said("{} kr.", "{} kr", known)
    return said(f"ukendt, {da} {{}} kr.", f"unknown, {en} {{}} kr", known)


def _net(plan: RotationPlan) -> Text:
    """What is left to pay. A subsidy that is unknown may pay a part of it."""
    paid = [one.cost if one.net is None else one.net for one in plan.waves]
    if None in paid:
        return Text(da="ukendt", en="unknown")
    if plan.net is not None:
        return _sum("", "", paid)
    return _sum("højst", "at most", [*paid, None])


def _shared(plan: RotationPlan) -> list[Text]:
    """What is to be said of all waves alike."""
    covered = [one for one in plan.waves if one.posts]
    first = covered[0].reasons if covered else ()
    return [reason for reason in first if all(reason in one.reasons for one in covered)]
