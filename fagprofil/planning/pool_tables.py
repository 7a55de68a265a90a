"""Parts of a spread pool as tables."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, Literal

from fagprofil.errors import UnknownName
from fagprofil.frames import FrameKind, to_native
from fagprofil.model import Lang

if TYPE_CHECKING:
    from fagprofil.planning.pool_plan import PoolPlan

__all__ = ["Table", "table_of"]

Table = Literal[
    "grants",
    "employers",
    "regions",
    "sizes",
    "modules",
    "limits",
    "relaxations",
    "effects",
    "refused",
]
Row = dict[str, Any]


def table_of(plan: PoolPlan, what: str, kind: FrameKind | None, lang: Lang) -> Any:
    """A part of a plan as a table, see `PoolPlan.table`.

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


def _grants(plan: PoolPlan, lang: Lang) -> Iterable[Row]:
    for one in plan.grants:
        parts = [f"{plan.names[x.competence].in_(lang)} {x.value:.1f}" for x in one.reasons]
        yield {**dict(one), "other": one.other, "reason": ", ".join(parts)}


def _employers(plan: PoolPlan, lang: Lang) -> Iterable[Row]:  # noqa: ARG001
    return map(dict, plan.employers)


def _regions(plan: PoolPlan, lang: Lang) -> Iterable[Row]:  # noqa: ARG001
    return ({**dict(one), "met": one.met} for one in plan.regions)


def _sizes(plan: PoolPlan, lang: Lang) -> Iterable[Row]:  # noqa: ARG001
    return ({**dict(one), "met": one.met} for one in plan.sizes)


def _modules(plan: PoolPlan, lang: Lang) -> Iterable[Row]:
    for one in plan.modules:
        barred = None if one.barred is None else one.barred.in_(lang)
        yield {**dict(one), "title": one.title.in_(lang), "barred": barred}


def _limits(plan: PoolPlan, lang: Lang) -> Iterable[Row]:
    return ({**dict(one), "text": one.text.in_(lang), "binds": one.binds} for one in plan.limits)


def _relaxations(plan: PoolPlan, lang: Lang) -> Iterable[Row]:
    return ({**dict(one), "text": one.text.in_(lang)} for one in plan.relaxations)


def _effects(plan: PoolPlan, lang: Lang) -> Iterable[Row]:  # noqa: ARG001
    return ({**dict(one), "share": one.share} for one in plan.effects)


def _refused(plan: PoolPlan, lang: Lang) -> Iterable[Row]:
    return ({**dict(one), "reason": one.reason.in_(lang)} for one in plan.refused)


_PART = ("name", "people", "wanting", "granted", "grants", "value", "kroner", "share")
_MOST = ("most_kroner", "most_days", "krone_price", "day_price")
_GROUP = (*_PART, "part", "target", "wants", "floor", "met")
_GRANT = ("employee", "employer", "module", "value", "gross", "pool", "other", "own", "days")
_LIMIT = ("limit", "text", "unit", "holds_for", "binds_for", "binds", "used", "most", "price")

_TABLES: Mapping[str, tuple[tuple[str, ...], Callable[[Any, Lang], Iterable[Row]]]] = {
    "grants": ((*_GRANT, "reason"), _grants),
    "employers": ((*_PART, "region", "size", "own", "days", *_MOST), _employers),
    "regions": (_GROUP, _regions),
    "sizes": (_GROUP, _sizes),
    "modules": (("module", "title", "wanting", "grants", "value", "kroner", "barred"), _modules),
    "limits": (_LIMIT, _limits),
    "relaxations": (("limit", "text", "spends", "closes", "at_most"), _relaxations),
    "effects": (("when", "gap", "closes", "share"), _effects),
    "refused": (("employee", "employer", "module", "reason"), _refused),
}
