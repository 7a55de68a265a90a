"""What is taught in a class whose content is open: what closes most of the gaps of who is left."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from fagprofil.case_setting import Series
from fagprofil.ladder import UNIT
from fagprofil.model import ModuleRun, Text
from fagprofil.model.base import Frozen
from fagprofil.planning.cohort_limits import CohortLimits
from fagprofil.planning.cohort_people import Crowd
from fagprofil.planning.cohort_plan import CohortPlan
from fagprofil.planning.cohort_solve import EffortName
from fagprofil.planning.cohorts import plan_cohorts

__all__ = ["Choice", "Unfilled", "choose"]


class Choice(Frozen):
    """What is taught in one class.

    Attributes
    ----------
    run
        The class.
    title
        The module's.
    value
        What it closes for those who would fill it, in weights times steps.
    others
        Other modules, and the most that each could close in its place; best first.
    """

    run: ModuleRun
    title: Text
    value: float
    others: tuple[tuple[str, float], ...]


class Unfilled(Frozen):
    """The first class that no module fills, and what it lacks with the module that comes nearest.

    Attributes
    ----------
    start
        Its first day.
    title
        The module's; None where nothing closes anything for so many people.
    reason
        What keeps it from being held.
    """

    start: dt.date
    title: Text | None
    reason: Text


def choose(
    crowd: Crowd, series: Iterable[Series], limits: CohortLimits, effort: EffortName
) -> Iterator[Choice | Unfilled]:
    """A module for each class of the series that name none, class by class, by start.

    Each gets the module with which it would close most for people who are in none of the classes
    before it. How many attend is decided by the limits. Of a class that no module fills it is told
    why, and those after it are left out.

    Parameters
    ----------
    crowd
        The people.
    series
        Those that name a module are passed over.
    """
    left = np.ones(len(crowd), dtype=np.bool_)
    for one in series:
        if one.module is not None:
            continue
        by_module = {name: one.runs(name) for name in crowd.ladder.catalogue.modules}
        for slot in range(len(one.starts) * one.classes):
            runs = [by_module[name][slot] for name in crowd.ladder.catalogue.modules]
            found, plan = _best(crowd, left, runs, limits, effort)
            yield found
            if isinstance(found, Unfilled):
                break
            left[[crowd.position[seat.employee] for seat in plan.seats]] = False


def _best(
    crowd: Crowd,
    left: np.typing.NDArray[np.bool_],
    runs: Sequence[ModuleRun],
    limits: CohortLimits,
    effort: EffortName,
) -> tuple[Choice | Unfilled, CohortPlan]:
    """The run that closes most, and its plan; ties by the order of the catalogue's modules."""
    most = _most(crowd, left, runs)
    people = [one for i, one in enumerate(crowd.people) if left[i]]
    best: tuple[float, int, CohortPlan] | None = None
    order = sorted(range(len(runs)), key=lambda r: (-most[r], r))
    for r in order:
        if most[r] <= (0.0 if best is None else best[0]):
            break
        plan = _alone(crowd, people, runs[r], limits, effort)
        if plan.classes and (best is None or plan.value > best[0]):
            best = plan.value, r, plan
    if best is None:
        nearest = _alone(crowd, people, runs[order[0]], limits, effort)
        return _unfilled(crowd, runs[order[0]], most[order[0]], nearest), nearest
    value, chosen, plan = best
    others = sorted((-most[r], runs[r].module) for r in range(len(runs)) if r != chosen and most[r])
    title = crowd.ladder.catalogue.modules[runs[chosen].module].title
    near = tuple((name, -value) for value, name in others)
    return Choice(run=runs[chosen], title=title, value=value, others=near), plan


def _unfilled(crowd: Crowd, run: ModuleRun, most: float, plan: CohortPlan) -> Unfilled:
    reason = plan.not_held[0].reason
    title = crowd.ladder.catalogue.modules[run.module].title if most else None
    return Unfilled(start=run.start, title=title, reason=reason)


def _most(
    crowd: Crowd, left: np.typing.NDArray[np.bool_], runs: Sequence[ModuleRun]
) -> list[float]:
    """What each run closes at most: for the people for whom it closes most, if it has room."""
    modules, found = crowd.ladder.catalogue.modules, []
    for m, run in enumerate(runs):
        gain = np.where(left & crowd.permitted[:, m], crowd.gain[:, m], 0)
        if not modules[run.module].holds_on(run.start) or (gain > 0).sum() < (run.seats_min or 1):
            found.append(0.0)
            continue
        best = np.sort(gain)[::-1][: run.seats_max]
        found.append(float(best.sum() * UNIT))
    return found


def _alone(
    crowd: Crowd,
    people: Sequence[object],
    run: ModuleRun,
    limits: CohortLimits,
    effort: EffortName,
) -> CohortPlan:
    """The plan of one class for some people."""
    ladder = crowd.ladder
    return plan_cohorts(people, ladder.catalogue, runs=[run], limits=limits, effort=effort)
