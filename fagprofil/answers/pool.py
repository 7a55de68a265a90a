"""How a pool is spread, what stays unused, and which limit holds it."""

from __future__ import annotations

from collections.abc import Iterator

from fagprofil.answers.answer import Answer, columns, said
from fagprofil.answers.brief import Brief
from fagprofil.model import Text

__all__ = ["effects", "spread", "unused"]


def spread(brief: Brief) -> Iterator[Answer]:
    """What each employer, region and size of employers gets."""
    plan = brief.pool
    if plan is None:
        return
    groups = [*plan.regions, *plan.sizes]
    rows = [
        (
            one.name or "-",
            one.people,
            one.granted,
            one.grants,
            one.kroner,
            one.share,
            getattr(one, "floor", None),
            one.value,
        )
        for one in (*groups, *plan.employers)
    ]
    yield Answer(
        id="spread",
        question=Text(
            da="Hvilken fordeling af puljen lukker mest pr. krone?",
            en="Which spread of the pool closes most per krone?",
        ),
        lines=(
            *_when(brief),
            said(
                "{} moduler, {} ECTS, til {} af {} ansøgere: {} kr. fra puljen, {} kr. fra andre "
                "ordninger, {} kr. fra arbejdsgiverne.",
                "{} modules, {} ECTS, for {} of {} applicants: {} kr from the pool, {} kr from "
                "other schemes, {} kr from the employers.",
                len(plan.grants),
                round(sum(brief.catalogue.modules[one.module].ects or 0 for one in plan.grants)),
                plan.granted,
                len(brief.people),
                round(plan.spent),
                round(plan.other),
                round(plan.own),
            ),
            said(
                "De lukker {}; ingen fordeling inden for grænserne lukker over {}.",
                "They close {}; no spread within the limits closes more than {}.",
                plan.value,
                plan.bound,
            ),
            *plan.unknown,
        ),
        columns=columns(
            ("name", "region, størrelse eller arbejdsgiver", "region, size or employer"),
            ("people", "ansøgere", "applicants", "count"),
            ("granted", "får noget", "get something", "count"),
            ("grants", "moduler", "modules", "count"),
            ("kroner", "kr. fra puljen", "kr from the pool", "kroner"),
            ("share", "andel", "share", "share"),
            ("floor", "mindst, kr.", "at least, kr", "kroner"),
            ("closes", "lukker", "closes", "steps"),
        ),
        rows=tuple(rows),
    )


def _when(brief: Brief) -> Iterator[Text]:
    """On which day it is spread, and that it is none of the others."""
    if brief.pool_start != brief.setting.start:
        yield said(
            "Puljens ordning gælder ikke {}; den er fordelt, som var det {}.",
            "The pool's scheme does not hold on {}; it is spread as if it were {}.",
            brief.setting.start.isoformat(),
            brief.pool_start.isoformat(),
        )


def unused(brief: Brief) -> Iterator[Answer]:
    """What stays in the pool, which limits hold it, and what comes of lifting them."""
    plan = brief.pool
    if plan is None:
        return
    lifted = {one.limit: one for one in plan.relaxations}
    rows = []
    for one in plan.limits:
        other = lifted.get(one.limit)
        rows.append(
            (
                one.text,
                one.binds,
                one.binds_for,
                one.holds_for,
                one.price,
                None if other is None else other.spends,
                None if other is None else other.closes,
            )
        )
    yield Answer(
        id="unused",
        question=Text(
            da="Hvor meget bliver ikke brugt, og hvilken grænse holder det tilbage?",
            en="How much stays unused, and which limit holds it back?",
        ),
        lines=(
            said("{} kr. bliver i puljen.", "{} kr stay in the pool.", round(plan.unused)),
            plan.why_unused,
        ),
        columns=columns(
            ("limit", "grænse", "limit"),
            ("binds", "binder", "binds", "flag"),
            ("binds_for", "for", "for", "count"),
            ("holds_for", "af", "of", "count"),
            ("price", "lukker mere pr. enhed", "closes more per unit", "price"),
            ("spends", "bruger mere uden den, kr.", "spends more without it, kr", "kroner"),
            ("closes", "lukker mere uden den", "closes more without it", "steps"),
        ),
        rows=tuple(rows),
    )


def effects(brief: Brief) -> Iterator[Answer]:
    """What the supported modules close of all applicants' gaps."""
    plan = brief.pool
    if plan is None:
        return
    words = {
        "now": Text(da="nu", en="now"),
        "in_five_years": Text(da="om fem år", en="in five years"),
        "over_five_years": Text(da="over fem år", en="over five years"),
    }
    yield Answer(
        id="effects",
        question=Text(
            da="Hvad lukker de støttede moduler nu og om fem år?",
            en="What do the supported modules close now and in five years?",
        ),
        columns=columns(
            ("when", "hvornår", "when"),
            ("gap", "alle ansøgeres afstand", "gap of all applicants", "steps"),
            ("closes", "lukkes", "closed", "steps"),
            ("share", "andel", "share", "share"),
        ),
        rows=tuple((words[one.when], one.gap, one.closes, one.share) for one in plan.effects),
    )
