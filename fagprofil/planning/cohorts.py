"""Classes for many: who goes to which class of which module, when and where."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from fagprofil.catalogue import Catalogue, load_catalogue
from fagprofil.errors import DataError, Problem
from fagprofil.ladder import ladder_of
from fagprofil.model import OVER_FIVE_YEARS, Horizon, ModuleRun, ProfileLike
from fagprofil.planning.cohort_clash import clash
from fagprofil.planning.cohort_limits import NO_LIMITS, CohortLimits
from fagprofil.planning.cohort_people import Crowd
from fagprofil.planning.cohort_plan import CohortPlan
from fagprofil.planning.cohort_relax import Clock
from fagprofil.planning.cohort_report import report
from fagprofil.planning.cohort_runs import runs_of
from fagprofil.planning.cohort_seats import Seats
from fagprofil.planning.cohort_solve import EFFORTS, EffortName, solve
from fagprofil.planning.cohort_wishes import Wishes, WishLike
from fagprofil.workforce import people_of

__all__ = ["plan_cohorts"]


def plan_cohorts(
    workforce: Any,
    catalogue: Catalogue | None = None,
    *,
    runs: Iterable[ModuleRun] | None = None,
    limits: CohortLimits = NO_LIMITS,
    must: Iterable[WishLike] = (),
    must_not: Iterable[WishLike] = (),
    horizon: Horizon = OVER_FIVE_YEARS,
    on: dt.date | None = None,
    profile: ProfileLike | None = None,
    effort: EffortName = "normal",
    time_limit: float | None = None,
    seed: int = 0,
) -> CohortPlan:
    """Who goes to which class, so that most of the gap is closed within limits.

    A class is held with as many people as it has seats for, and not fewer than it needs, or not at
    all. Somebody has one class of a module at most, and none that clash: two classes that share a
    teaching day (where the days are unknown, all from the start to the end are taken for such
    days). A seat is given only in a module that the person may take when the class starts: valid
    on that day, not passed, and with formal entry and entry levels met by what they hold today; to
    somebody for whom it closes something, unless they must go; and in one of the
    `fagprofil.planning.cohort_seats.MOST_MODULES` modules that close most for them. What a
    person's classes close is the maximum per competence, never the sum of each one's gain.

    The plan closes as much as possible, and `CohortPlan.bound` says how much any plan within the
    limits could. Up to some 20,000 possible seats the whole of it is solved as an integer program,
    above that the part which the linear relaxation points to; the bound holds for all.

    Who comes first where seats are scarce is said by ``limits.priority``. Somebody has a *claim* on
    another's seat if they have none in the module, it would close something for them, they come
    first in the order, and it can pass to them with all limits kept, and those who must go going.
    In no plan does anybody have a claim.

    - ``"gap"``: a claim must lower the value of the plan by nothing. The order is that of the
      largest gap, so it decides among plans of equal value.
    - ``"workplace"``: those from the unit of which most could attend the class come first, then
      by lot (a real rule of Metropol's: applicants of one workplace together, then lots).
    - ``"lottery"``: by lot, drawn for each person from their id and `seed`.
    - ``"hired"``: those hired first come first; unknown dates last.

    Under the last three the value can be lower than the best; the bound is that of the best. Ties
    are decided by the people's ids.

    Parameters
    ----------
    workforce
        A `Workforce`, people, or a table in the form of `fagprofil.read_workforce`. Those without a
        profile get no seat, unless they must go.
    catalogue
        None takes the bundled one.
    runs
        The classes that can be held, see also `fagprofil.planning.tailored`; None takes the
        catalogue's that start on or after `on` and can still be joined.
    limits
        What the plan keeps within.
    must, must_not
        Who must have a seat, and who must not: a person's id for any seat, or the id with that of
        a module or a run.
    horizon
        When the needs are weighed.
    on
        The day of planning; None takes the edition's.
    profile
        One for all; None takes each person's own.
    effort
        ``"fast"``: by the relaxation's guide, without integer programs where that is possible.
        ``"normal"``. ``"thorough"``: until next to nothing can be gained.
    time_limit
        Seconds after which the best plan so far is taken. With it a plan depends on the machine.
    seed
        For lots, and for the order in which parts of large plans are looked at.

    Returns
    -------
    The same plan for the same input, whatever the order of people and classes.

    Raises
    ------
    DataError
        Everything that is wrong with people, classes, limits and names.
    UnknownName
        No such profile.
    CannotScore
        The edition or a profile has no contents.
    Infeasible
        Those who must go cannot all go within the limits; it says which of them clash.
    OutOfTime
        It was not found out in time whether they can.

    Examples
    --------
    >>> import datetime as dt
    >>> import fagprofil as fp
    >>> from fagprofil.planning.cohort_limits import CohortLimits
    >>> from fagprofil.planning.cohort_runs import tailored
    >>> catalogue = fp.load_catalogue()
    >>> team = [fp.Employee(id=f"e{i}", unit="A" if i < 4 else "B", profile="virksomhed")
    ...         for i in range(8)]
    >>> runs = tailored("rehabilitering-i-beskaeftigelsesindsatsen", classes=2, days=7,
    ...                 seats=(3, 5), start=dt.date(2027, 2, 1))
    >>> plan = plan_cohorts(team, catalogue, runs=runs, limits=CohortLimits(away=0.5))
    >>> [len(one) for one in plan.classes], plan.optimal
    ([4, 4], True)
    """
    catalogue = catalogue if catalogue is not None else load_catalogue()
    ladder = ladder_of(catalogue, on)
    people = people_of(workforce, catalogue)
    crowd = Crowd.of(people, ladder, horizon, profile)
    listed = runs_of(catalogue, runs, ladder.on)
    _check(limits, effort, time_limit, crowd)
    wishes = Wishes.of(must, must_not, crowd, listed)
    seats = Seats.of(crowd, listed, limits, wishes)
    solved = solve(seats, EFFORTS[effort], Clock.of(time_limit), seed)
    if solved is None:
        raise clash(crowd, listed, limits, wishes)
    return report(solved, horizon, seed)


def _check(limits: CohortLimits, effort: str, time_limit: float | None, crowd: Crowd) -> None:
    problems: list[Problem] = []
    if not isinstance(limits, CohortLimits):
        problems.append(Problem("call", "limits", type(limits).__name__, "CohortLimits"))
    else:
        problems += limits.problems(crowd.units, set(crowd.functions))
    if effort not in EFFORTS:
        problems.append(Problem("call", "effort", str(effort), f"one of {', '.join(EFFORTS)}"))
    if time_limit is not None and not time_limit > 0:
        problems.append(Problem("call", "time_limit", str(time_limit), "seconds above 0"))
    if problems:
        raise DataError(problems)
