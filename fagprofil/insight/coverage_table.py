"""The tables of a catalogue's coverage, column by column."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from fagprofil.frames import FrameKind, to_native
from fagprofil.insight.lifts import Lift
from fagprofil.insight.needs import Need, Offer
from fagprofil.model import Lang

if TYPE_CHECKING:
    from fagprofil.insight.coverage import Coverage, IdleModule, LeftOut, ServedProfile

__all__ = ["TABLES", "table_of"]

Row = dict[str, Any]


class _Table(NamedTuple):
    """The columns of a table, and how its rows are made."""

    columns: tuple[str, ...]
    rows: Callable[[Coverage, Lang], Iterable[Row]]


def table_of(found: Coverage, what: str, kind: FrameKind | None, lang: Lang) -> Any:
    """One part as a table of some kind."""
    columns, make = TABLES[what]
    rows = list(make(found, lang))
    return to_native({name: [row[name] for row in rows] for name in columns}, kind)


def _needs(found: Coverage, lang: Lang) -> Iterator[Row]:
    for one in found.profiles:
        for need in found.needs:
            weight = need.weight if one.profile is None else need.weights.get(one.profile)
            if weight:
                yield {"profile": one.profile, **_need(need, lang), "weight": weight}


def _listed(needs: Iterable[Need], lang: Lang) -> Iterator[Row]:
    for need in needs:
        yield {**_need(need, lang), "profiles": _joined(need.weights)}


def _need(need: Need, lang: Lang) -> Row:
    offers = {one.module: one for one in need.modules}
    cheapest, shortest = offers.get(need.cheapest or ""), offers.get(need.shortest or "")
    return {
        "competence": need.competence,
        "name": need.name.in_(lang),
        "step": need.step,
        "weight": need.weight,
        "served": need.served,
        "modules": _joined(offers),
        "cheapest": need.cheapest,
        "price_low": _fact(cheapest, "price_low"),
        "price_high": _fact(cheapest, "price_high"),
        "shortest": need.shortest,
        "ects": _fact(shortest, "ects"),
        "entry_level": need.entry_level,
        "begins": None if need.begins is None else need.begins.isoformat(),
        "brought_by": _joined(need.brought_by),
        "reached_from": _joined(need.reached_from),
        "kept_out": _joined(need.kept_out),
        "best_founded": None if need.best_founded is None else need.best_founded.value,
        "status": need.status.value,
    }


def _fact(offer: Offer | None, name: str) -> float | None:
    value: float | None = None if offer is None else getattr(offer, name)
    return value


def _idle(listed: Iterable[IdleModule], lang: Lang) -> Iterator[Row]:
    for one in listed:
        yield {
            "module": one.module,
            "title": one.title.in_(lang),
            "teaches": None if one.teaches is None else _levels(one.teaches),
            "ects": one.ects,
            "price_low": one.price_low,
            "price_high": one.price_high,
            "status": one.status.value,
        }


def _lifts(found: Coverage, listed: Iterable[Lift], lang: Lang) -> Iterator[Row]:
    needed = {one.profile: one.needed for one in found.profiles}
    for one in listed:
        facts = {
            "education": one.education,
            "title": one.title.in_(lang),
            "background": one.background,
            "steps": one.steps,
            "repeated": one.repeated,
            "repeats": _levels(one.repeats),
            "adds": _levels(one.adds),
            "modules": _joined(one.modules),
            "unknown": _joined(one.unknown),
            "status": one.status.value,
        }
        for name in one.open:
            sums = {what: getattr(one, what)[name] for what in ("brings", "closes", "open")}
            yield {**facts, "profile": name, "needed": needed[name], **sums}


def _profile(one: ServedProfile, lang: Lang) -> Row:
    return {
        "profile": one.profile,
        "name": one.name.in_(lang),
        "needed": one.needed,
        "served": one.served,
        "share": one.share,
        "synthetic": one.synthetic,
        "status": one.status.value,
    }


def _left_out(one: LeftOut, lang: Lang) -> Row:
    return {"kind": one.kind, "id": one.id, "reason": one.reason.in_(lang)}


def _joined(names: Iterable[str]) -> str | None:
    return ", ".join(names) or None


def _levels(levels: Mapping[str, int]) -> str:
    """Levels or steps by competence, for example ``jobmatch 3, motivation 2``."""
    return ", ".join(f"{name} {level}" for name, level in levels.items())


_SERVED = (
    "served",
    "modules",
    "cheapest",
    "price_low",
    "price_high",
    "shortest",
    "ects",
    "entry_level",
    "begins",
    "brought_by",
    "reached_from",
    "kept_out",
    "best_founded",
    "status",
)
_LISTED = (
    "competence",
    "name",
    "step",
    "weight",
    "profiles",
    "modules",
    "begins",
    "brought_by",
    "status",
)
_IDLE = ("module", "title", "teaches", "ects", "price_low", "price_high", "status")
_LIFT = (
    "education",
    "title",
    "background",
    "profile",
    "steps",
    "repeated",
    "repeats",
    "adds",
    "needed",
    "brings",
    "closes",
    "open",
    "modules",
    "unknown",
    "status",
)

#: The tables by name.
TABLES: Mapping[str, _Table] = {
    "needs": _Table(("profile", "competence", "name", "step", "weight", *_SERVED), _needs),
    "unserved": _Table(_LISTED, lambda found, lang: _listed(found.unserved, lang)),
    "only synthetic": _Table(_LISTED, lambda found, lang: _listed(found.only_synthetic, lang)),
    "unneeded": _Table(_IDLE, lambda found, lang: _idle(found.unneeded, lang)),
    "unknown": _Table(_IDLE, lambda found, lang: _idle(found.unknown, lang)),
    "programmes": _Table(_LIFT, lambda found, lang: _lifts(found, found.programmes, lang)),
    "modules": _Table(_LIFT, lambda found, lang: _lifts(found, found.modules, lang)),
    "profiles": _Table(
        ("profile", "name", "needed", "served", "share", "synthetic", "status"),
        lambda found, lang: (_profile(one, lang) for one in found.profiles),
    ),
    "left out": _Table(
        ("kind", "id", "reason"),
        lambda found, lang: (_left_out(one, lang) for one in found.left_out),
    ),
}
