"""A pathway for one person: which modules, in which periods."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Iterable, Sequence
from typing import get_args

from fagprofil.catalogue import Catalogue, load_catalogue
from fagprofil.errors import DataError, OutOfTime, Problem
from fagprofil.evidence import DEFAULT_MODEL, EvidenceModel
from fagprofil.model import OVER_FIVE_YEARS, Employee, Horizon, ProfileLike
from fagprofil.planning.asked import Asked
from fagprofil.planning.calendar import Period
from fagprofil.planning.doors import Doors
from fagprofil.planning.limits import PathwayLimits
from fagprofil.planning.pathway_clash import clash_of
from fagprofil.planning.pathway_exact import Exact, Searched, any_plan
from fagprofil.planning.pathway_greedy import Greedy
from fagprofil.planning.pathway_model import SCALE
from fagprofil.planning.pathway_plan import satisfies, tidied, value
from fagprofil.planning.pathway_report import pathway_of
from fagprofil.planning.pathway_results import Method, Pathway
from fagprofil.planning.pathway_solver import Effort, PathwaySolver
from fagprofil.planning.pathway_task import PathwayTask

__all__ = ["plan_pathway"]

#: The nodes that a search may take: enough to be exact on all but the hardest questions, of large
#: catalogues where money with caps is short; there it ends within two or three per cent.
_NODES = 100
#: Where it must be found out whether there is a plan at all.
_MORE_NODES = 5_000
#: Where the caller says how long it may take.
_ALL_NODES = 1_000_000


def plan_pathway(
    employee: Employee,
    profile: ProfileLike | None = None,
    catalogue: Catalogue | None = None,
    *,
    limits: PathwayLimits,
    periods: Iterable[Period] | None = None,
    programme: str | None = None,
    complete: bool = False,
    must: Iterable[str] = (),
    exclude: Iterable[str] = (),
    horizon: Horizon = OVER_FIVE_YEARS,
    on: dt.date | None = None,
    model: EvidenceModel = DEFAULT_MODEL,
    method: Method = "exact",
    alternatives: int = 3,
    time_limit: float | None = None,
) -> Pathway:
    r"""The modules that close most of a person's gap over the periods, within limits.

    .. math:: value = \sum_{k, l} unmet_{k,l}(d_{k,l})

    where :math:`d_{k,l}` is the end of the period in which a module first teaches competence *k*
    to step *l*, and *unmet* is what is needed from that day on and not held, see
    `fagprofil.model.Horizon.beginning`: so closing earlier is worth more.

    A module is taken once, starts when its period starts and is passed when it ends. It must be
    valid at the start; the formal entry must not be known to be missed, years of relevant work
    growing until then; entry levels are held, or reached by modules of earlier periods. Where the
    catalogue has runs of a module, one must lie within the period, its deadline not past. A module
    of which a limit counts what is not known cannot be planned. A final project comes when the rest
    of its programme is passed. Money is what `fagprofil.bill` says, caps counted over all that is
    planned; what funds have paid before is not known.

    With a `programme`, the plan holds its modules (of listed electives, if it lists them) and at
    most ``outside_ects`` from others of its level; what was passed elsewhere is taken for credit as
    far as that goes, and counts against it. Its compulsory modules come before its project, and all
    ends within ``max_years`` of the first module, or of the day of the first one passed.

    Parameters
    ----------
    employee
        The person.
    profile
        As for `fagprofil.gap`; None takes the person's own.
    catalogue
        None takes the bundled one.
    limits
        What to keep within.
    periods
        When modules can be taken, one after the other; None is the next six half-years.
    programme
        The id of a programme whose rules to keep.
    complete
        Whether the whole of the programme, with its project, must be in the plan.
    must, exclude
        Ids of modules that must, and must not, be in it.
    horizon
        When the needs are weighed.
    on
        The day on which it is planned; None takes the edition's day.
    model
        How evidence is combined.
    method
        ``"exact"`` searches for the best plan and says how far from it the plan can be at most.
        ``"greedy"`` gives a good one at once.
    alternatives
        So many plans that do without one of its modules are looked for.
    time_limit
        Seconds after which the best plan found so far is returned. With a limit, the result may
        depend on the machine; without, the same question has the same answer.

    Returns
    -------
    The pathway. Among plans of the same value it is the one with fewest ECTS, then with fewest
    modules, then with the modules that come first in the catalogue, earliest. Where very many plans
    are as good that is not asked for to the end, and `Pathway.settled` is false; so it is where the
    best value is not proven.

    Raises
    ------
    DataError
        Everything that does not fit the catalogue or each other.
    UnknownName
        A profile or programme that the catalogue does not have.
    CannotScore
        The edition or the profile has no contents.
    Infeasible
        No plan has all that must be in it; the smallest set of rules that clash is told.
    OutOfTime
        The time is up, and it is not known if there is a plan with all that must be in it.

    Examples
    --------
    >>> import fagprofil as fp
    >>> from fagprofil.planning.limits import PathwayLimits
    >>> anna = fp.Employee(id="e-017", backgrounds=["hk-kontor"], employer="kommune",
    ...                    agreement="hk", relevant_years=6, education_level=5)
    >>> limits = PathwayLimits(ects_per_period=10, money=8_000)
    >>> plan = plan_pathway(anna, "virksomhed", limits=limits)
    >>> plan.optimal, plan.net_price <= 8_000
    (True, True)
    >>> plan.gap_after == plan.gap_before - sum(step.gain for step in plan)
    True
    """
    _check_options(method, alternatives, time_limit)
    asked = Asked.of(
        employee,
        profile,
        catalogue if catalogue is not None else load_catalogue(),
        limits,
        periods=periods,
        programme=programme,
        complete=complete,
        must=must,
        exclude=exclude,
        horizon=horizon,
        on=on,
        model=model,
    )
    task = PathwayTask(asked, Doors(asked))
    effort = _effort(task, time_limit)
    if task.lacking:
        raise clash_of(asked, effort)
    if method == "exact":
        found = Exact(task, effort).search(alternatives)
    else:
        found = _greedily(task, effort, alternatives)
    if found.plan is not None:
        return pathway_of(task, found, method)
    if found.proven:
        raise clash_of(asked, effort)
    raise OutOfTime("it was not found out in time if there is a plan with all that must be in it")


def _effort(task: PathwayTask, time_limit: float | None) -> Effort:
    """What may be spent on a question."""
    if time_limit is not None:
        return Effort(_ALL_NODES, time.monotonic() + time_limit)
    return Effort(_NODES if satisfies(task, {}) else _MORE_NODES)


def _greedily(task: PathwayTask, effort: Effort, alternatives: int) -> Searched:
    """A good plan at once; what is required comes first, from a plan that has no more."""
    greedy = Greedy(task)
    start = Searched({}, 0.0, proven=True)
    if not satisfies(task, {}):
        start = any_plan(task, effort)
    if start.plan is None:
        return start
    plan = tidied(task, greedy.best(start.plan))
    near = greedy.exchanges(plan, task.required).values() if alternatives else ()
    distinct = {frozenset(one): one for one in near}
    others = sorted(distinct.values(), key=lambda one: (-value(task, one), sorted(one)))
    bound = max(PathwaySolver(task, effort).relax().bound / SCALE, value(task, plan))
    return Searched(plan, bound, False, False, tuple(others[:alternatives]))


def _check_options(method: str, alternatives: int, time_limit: float | None) -> None:
    """Find out what is wrong with how it is to be searched."""
    rules: Sequence[tuple[str, object, bool, str]] = (
        ("method", method, method in get_args(Method), "one of 'exact', 'greedy'"),
        ("alternatives", alternatives, alternatives >= 0, "a number from 0"),
        ("time_limit", time_limit, time_limit is None or time_limit >= 0, "seconds, or None"),
    )
    wrong = [
        Problem("call", name, repr(value), expected)
        for name, value, right, expected in rules
        if not right
    ]
    if wrong:
        raise DataError(wrong)
