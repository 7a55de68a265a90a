"""Parts of a plan as tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, Literal

from fagprofil.errors import UnknownName
from fagprofil.frames import FrameKind, to_native
from fagprofil.model import Lang

if TYPE_CHECKING:
    from fagprofil.planning.cohort_plan import CohortPlan

__all__ = ["Table", "table_of", "unit_counts"]

Table = Literal["seats", "classes", "not_held", "waiting", "unseated", "units", "days"]
Row = dict[str, Any]


def unit_counts(people: Mapping[str, tuple[str, ...]]) -> str:
    """How many people of each unit there are, the most first.

    Examples
    --------
    >>> unit_counts({"": ("e1",), "Ydelse": ("e2",), "Team A": ("e3", "e4")})
    'Team A: 2, -: 1, Ydelse: 1'
    """
    units = sorted(people.items(), key=lambda pair: (-len(pair[1]), pair[0]))
    return ", ".join(f"{name or '-'}: {len(ids)}" for name, ids in units)


def table_of(plan: CohortPlan, what: str, kind: FrameKind | None, lang: Lang) -> Any:
    """A part of a plan as a table, see `CohortPlan.table`.

    Raises
    ------
    UnknownName
        No such table.
    """
    if what not in _TABLES:
        raise UnknownName("table of a plan", what, _TABLES)
    columns, rows_of = _TABLES[what]
    rows = list(rows_of(plan, lang))
    return to_native({name: [row[name] for row in rows] for name in columns}, kind)


def _seats(plan: CohortPlan, lang: Lang) -> Iterable[Row]:
    held = {one.run: one for one in plan.classes}
    for one in plan.seats:
        parts = [f"{plan.names[x.competence].in_(lang)} {x.value:.1f}" for x in one.reasons]
        yield {
            **one.model_dump(include={"employee", "unit", "run", "module", "value", "repeats"}),
            **one.model_dump(include={"gross", "net", "must"}),
            "start": held[one.run].start.isoformat(),
            "place": held[one.run].place,
            "reason": ", ".join(parts),
        }


def _classes(plan: CohortPlan, lang: Lang) -> Iterable[Row]:
    for one in plan.classes:
        shared = [f"{plan.names[x.competence].in_(lang)} ({x.people})" for x in one.gaps[:3]]
        yield {
            "run": one.run,
            "module": one.module,
            "title": one.title.in_(lang),
            "start": one.start.isoformat(),
            "end": None if one.end is None else one.end.isoformat(),
            "teaching_days": None if one.days is None else len(one.days),
            "place": one.place,
            "people": len(one),
            "units": unit_counts(one.by_unit),
            "value": one.value,
            "gross": one.gross,
            "net": one.net,
            "fixed_cost": one.fixed_cost,
            "shared_gaps": ", ".join(shared),
        }


def _not_held(plan: CohortPlan, lang: Lang) -> Iterable[Row]:
    for one in plan.not_held:
        yield {
            "run": one.run,
            "module": one.module,
            "wanted": sum(map(len, one.wanted.values())),
            "units": unit_counts(one.wanted),
            "able": one.able,
            "missing": one.missing,
            "reason": one.reason.in_(lang),
        }


def _waiting(plan: CohortPlan, lang: Lang) -> Iterable[Row]:  # noqa: ARG001
    for one in plan.waiting:
        yield {
            "module": one.module,
            "held": one.held,
            "wanted": sum(map(len, one.wanted.values())),
            "units": unit_counts(one.wanted),
            "missing": one.missing,
        }


def _unseated(plan: CohortPlan, lang: Lang) -> Iterable[Row]:
    for one in plan.unseated:
        yield {"employee": one.employee, "unit": one.unit, "reason": one.reason.in_(lang)}


def _units(plan: CohortPlan, lang: Lang) -> Iterable[Row]:  # noqa: ARG001
    for one in plan.units:
        day = None if one.most_away_day is None else one.most_away_day.isoformat()
        yield {**one.model_dump(), "most_away_day": day}


def _days(plan: CohortPlan, lang: Lang) -> Iterable[Row]:  # noqa: ARG001
    sizes = {one.unit: one.people for one in plan.units}
    away = Counter((one.unit or "", one.day) for one in plan.absences())
    for (unit, day), count in sorted(away.items()):
        yield {"unit": unit, "day": day.isoformat(), "away": count, "people": sizes[unit]}


_SEATS = ("employee", "unit", "run", "module", "start", "place", "value", "repeats")
_CLASSES = ("run", "module", "title", "start", "end", "teaching_days", "place", "people", "units")
_UNITS = ("unit", "people", "seated", "seats", "value", "days_away", "most_away", "most_away_day")

_TABLES: Mapping[str, tuple[tuple[str, ...], Callable[[Any, Lang], Iterable[Row]]]] = {
    "seats": ((*_SEATS, "gross", "net", "must", "reason"), _seats),
    "classes": ((*_CLASSES, "value", "gross", "net", "fixed_cost", "shared_gaps"), _classes),
    "not_held": (("run", "module", "wanted", "units", "able", "missing", "reason"), _not_held),
    "waiting": (("module", "held", "wanted", "units", "missing"), _waiting),
    "unseated": (("employee", "unit", "reason"), _unseated),
    "units": ((*_UNITS, "gross", "net", "fixed_share"), _units),
    "days": (("unit", "day", "away", "people"), _days),
}
