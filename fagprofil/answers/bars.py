"""Plans as bars of a calendar."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from functools import singledispatch
from typing import Any

from fagprofil.answers.answer import Bar, CasePlan, said
from fagprofil.model import Text
from fagprofil.planning.calendar import half_years
from fagprofil.planning.cohort_plan import CohortPlan
from fagprofil.planning.pathway_results import Pathway
from fagprofil.planning.pool_plan import PoolPlan
from fagprofil.planning.rotation_plan import RotationPlan

__all__ = ["bars_of"]

_CLASSES = Text(da="hold", en="classes")
_SUBSTITUTES = Text(da="vikarer", en="substitutes")
_PATHWAY = Text(da="forløb", en="pathway")
_GRANTED = Text(
    da="bevilgede moduler (i halvåret; dagene er ikke lagt)",
    en="granted modules (in the half-year; their days are not set)",
)


@singledispatch
def bars_of(plan: Any) -> Iterator[Bar]:
    """What takes time in a plan of classes, of substitutes, or of one person's modules."""
    raise TypeError(f"no calendar of {type(plan).__name__}")


@bars_of.register
def _case(plan: CasePlan) -> Iterator[Bar]:
    yield from plan.bars


@bars_of.register
def _classes(plan: CohortPlan) -> Iterator[Bar]:
    for number, one in enumerate(plan.classes, start=1):
        yield Bar(
            group=_CLASSES,
            label=said("{}. {}", "{}. {}", number, one.title),
            start=one.start,
            end=one.end or one.start,
            days=one.days or (),
            people=len(one),
        )


@bars_of.register
def _rotation(plan: RotationPlan) -> Iterator[Bar]:
    for one in plan.waves:
        if one.posts:
            start = min(post.start for post in one.posts)
            end = max(post.end for post in one.posts)
            yield Bar(
                group=_SUBSTITUTES,
                label=Text(da=one.unit, en=one.unit),
                start=start,
                end=end,
                people=len(one.posts),
            )


@bars_of.register
def _pool(plan: PoolPlan) -> Iterator[Bar]:
    # Until the day before the next half-year begins.
    end = half_years(plan.start + dt.timedelta(days=1), 1)[0].start - dt.timedelta(days=1)
    for one in plan.modules:
        if one.grants:
            yield Bar(group=_GRANTED, label=one.title, start=plan.start, end=end, people=one.grants)


@bars_of.register
def _pathway(plan: Pathway) -> Iterator[Bar]:
    for one in plan.steps:
        yield Bar(group=_PATHWAY, label=one.title, start=one.start, end=one.end)
