"""A pool of money, spread over employers and people so that it closes the most gap."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from fagprofil.catalogue import Catalogue, load_catalogue
from fagprofil.errors import DataError, Problem, nearest, unknown_id
from fagprofil.ladder import ladder_of
from fagprofil.model import OVER_FIVE_YEARS, Horizon, ProfileLike
from fagprofil.planning.cohort_people import Crowd
from fagprofil.planning.cohort_relax import Clock
from fagprofil.planning.pool_clash import pool_clash
from fagprofil.planning.pool_funding import PoolFunding
from fagprofil.planning.pool_limits import relaxations_of
from fagprofil.planning.pool_offers import Offers
from fagprofil.planning.pool_plan import PoolPlan
from fagprofil.planning.pool_report import Asking, report
from fagprofil.planning.pool_rows import floor_rows, groups_of, limit_rows
from fagprofil.planning.pool_solve import EFFORTS, LIFTED, EffortName, Task, solve
from fagprofil.planning.pool_terms import EmployerLike, Pool, employers_of, pool_problems
from fagprofil.planning.pool_wants import wants_of
from fagprofil.workforce import people_of

__all__ = ["allocate_pool"]


def allocate_pool(
    pool: Pool,
    applicants: Any,
    catalogue: Catalogue | None = None,
    *,
    employers: Mapping[str, EmployerLike] | None = None,
    applications: Mapping[str, Collection[str]] | None = None,
    horizon: Horizon = OVER_FIVE_YEARS,
    on: dt.date | None = None,
    start: dt.date | None = None,
    profile: ProfileLike | None = None,
    relaxations: bool = True,
    effort: EffortName = "normal",
    time_limit: float | None = None,
) -> PoolPlan:
    """Spread a pool over employers and people so that it closes the most gap within its limits.

    A grant pays the pool's share of one module's price for one person, the whole of it or nothing;
    of a range of prices the middle counts, and the share is rounded down to the øre. It is given
    only in a module that the pool pays for and the person may take, valid on the day, not passed,
    with formal entry and entry levels met by what they hold today; of which the price is known, and
    all else that a limit counts; and that closes something for them. What a person's grants close
    is the maximum per competence, never the sum of each one's gain.

    With `Pool.scheme`, the scheme must hold on `start` and be known to be for the person and the
    module, as `fagprofil.net_price` asks. Other funds pay of what is left only if they are known to
    go together with it. `PoolPlan.unknown` says what is not known of the rules.

    The floor is one of kroner, for regions and for sizes of employers. A region gets ``floor *
    amount * its people / all people`` at the least, in the table; if its people's and employers'
    limits allow less, it gets the most that they allow. So more money raises the floors too, and
    can close less where there is one.

    The spread is found by an integer program, after its linear relaxation and a fast path by value
    per krone; `PoolPlan.bound` says how much any spread could close at the most.

    Parameters
    ----------
    pool
        The money and its limits.
    applicants
        A `Workforce`, people, or a table in the form of `fagprofil.read_workforce`. A person's unit
        is the employer. Those without a profile get nothing.
    catalogue
        None is the bundled one.
    employers
        Region and size of employers by name, as `Employer`, as a mapping, or as anything with
        these fields; of others they are unknown, and no floor counts them.
    applications
        The modules that people apply for, by the person's id; who is not named applies for nothing.
        None is: everybody for everything.
    horizon
        When the needs are weighed.
    on
        The day of planning, as of which people's levels count; None takes the edition's.
    start
        The day on which the modules start and the rules of funding are asked; None is `on`.
    profile
        One for all; None takes each person's own.
    relaxations
        Whether to find out what comes of lifting each limit; that takes most of the time.
    effort
        ``"fast"``: by value per krone and by the relaxation's prices, without a search where that
        keeps the floors. ``"normal"``. ``"thorough"``: until next to nothing can be gained.
    time_limit
        Seconds after which the best spread so far is taken. With it a plan depends on the machine.

    Returns
    -------
    The same plan for the same input, whatever the order of people and modules.

    Raises
    ------
    DataError
        Everything that is wrong with the pool, people, employers and applications.
    UnknownName
        No such profile.
    CannotScore
        The edition or a profile has no contents.
    Infeasible
        The floors cannot all be reached within the limits; it says which of them clash.
    OutOfTime
        It was not found out in time whether they can.

    Examples
    --------
    >>> import fagprofil as fp
    >>> from fagprofil.planning.pool import allocate_pool
    >>> from fagprofil.planning.pool_terms import Pool
    >>> team = [fp.Employee(id=f"e{i}", unit="AB"[i % 2], profile="virksomhed", education_level=6,
    ...                     relevant_years=5) for i in range(6)]
    >>> pool = Pool(amount=30_000, share=0.8, person_modules=1, employer_share=0.7, floor=0.5)
    >>> regions = {"A": {"region": "nord"}, "B": {"region": "syd"}}
    >>> plan = allocate_pool(pool, team, employers=regions)
    >>> [(one.name, one.grants, one.kroner, one.floor) for one in plan.regions]
    [('nord', 1, 9600.0, 7500.0), ('syd', 2, 19200.0, 7500.0)]
    """
    known = catalogue if catalogue is not None else load_catalogue()
    ladder = ladder_of(known, on)
    people = people_of(applicants, known)
    crowd = Crowd.of(people, ladder, horizon, profile)
    places = _checked(pool, crowd, employers or {}, applications, effort, time_limit)
    funding = PoolFunding(pool, known, ladder.on, start or ladder.on)
    offers = Offers.of(crowd, funding, applications)
    rows, groups = list(limit_rows(offers)), groups_of(offers, places)
    wants = wants_of(offers, rows, groups)
    task = Task.of(offers, [*rows, *floor_rows(offers, groups, wants)])
    clock = Clock.of(time_limit)
    solved = solve(task, EFFORTS[effort], clock)
    if solved is None:
        raise pool_clash(task)
    lifted = relaxations_of(solved, LIFTED[effort], clock) if relaxations else []
    asking = Asking(places, applications, groups, wants, horizon, profile)
    return report(solved, asking, lifted)


def _checked(
    pool: Pool,
    crowd: Crowd,
    employers: Mapping[str, EmployerLike],
    applications: Mapping[str, Collection[str]] | None,
    effort: str,
    time_limit: float | None,
) -> Mapping[str, Any]:
    """The employers, after everything that is wrong with the call has been told."""
    problems: list[Problem] = []
    if isinstance(pool, Pool):
        problems += pool_problems(pool, crowd.ladder.catalogue)
    else:
        problems.append(Problem("call", "pool", type(pool).__name__, "a Pool"))
    problems += _applied(crowd, applications or {})
    places = employers_of(employers, problems)
    if effort not in EFFORTS:
        problems.append(Problem("call", "effort", str(effort), f"one of {', '.join(EFFORTS)}"))
    if time_limit is not None and not time_limit > 0:
        problems.append(Problem("call", "time_limit", str(time_limit), "seconds above 0"))
    if problems:
        raise DataError(problems)
    return places


def _applied(crowd: Crowd, applications: Mapping[str, Collection[str]]) -> Iterator[Problem]:
    modules = crowd.ladder.catalogue.modules
    for name, wanted in sorted(applications.items()):
        if name not in crowd.position:
            near = nearest(name, crowd.position)
            yield Problem("applications", "employee", name, "a person in the table", near)
        if isinstance(wanted, str):
            yield Problem(f"application of {name!r}", "module", wanted, "several ids, as in ['x']")
            continue
        for module in sorted(set(wanted)):
            yield from unknown_id(f"application of {name!r}", "module", module, modules)
