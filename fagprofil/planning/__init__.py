"""Plans that a workplace can carry out: what limits are stated with, what comes back, checkers.

The plans themselves are made by `fagprofil.plan_pathway`, `fagprofil.plan_cohorts`,
`fagprofil.plan_rotation` and `fagprofil.allocate_pool`. The three checkers are written from the
limits' definitions and share no code with the solvers. Names load when they are first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fagprofil.planning.absence import Absence
    from fagprofil.planning.calendar import Period, half_years
    from fagprofil.planning.check import pathway_problems
    from fagprofil.planning.cohort_check import cohort_problems
    from fagprofil.planning.cohort_limits import CohortLimits, Presence
    from fagprofil.planning.cohort_plan import CohortPlan
    from fagprofil.planning.cohort_runs import tailored
    from fagprofil.planning.limits import PathwayLimits
    from fagprofil.planning.pathway_results import Pathway
    from fagprofil.planning.pool_check import allocation_problems
    from fagprofil.planning.pool_plan import PoolPlan
    from fagprofil.planning.pool_terms import Employer, Pool
    from fagprofil.planning.rotation_plan import RotationPlan, Staffing

_HOME = {
    "Absence": "absence",
    "CohortLimits": "cohort_limits",
    "CohortPlan": "cohort_plan",
    "Employer": "pool_terms",
    "Pathway": "pathway_results",
    "PathwayLimits": "limits",
    "Period": "calendar",
    "Pool": "pool_terms",
    "PoolPlan": "pool_plan",
    "Presence": "cohort_limits",
    "RotationPlan": "rotation_plan",
    "Staffing": "rotation_plan",
    "allocation_problems": "pool_check",
    "cohort_problems": "cohort_check",
    "half_years": "calendar",
    "pathway_problems": "check",
    "tailored": "cohort_runs",
}

__all__ = [
    "Absence",
    "CohortLimits",
    "CohortPlan",
    "Employer",
    "Pathway",
    "PathwayLimits",
    "Period",
    "Pool",
    "PoolPlan",
    "Presence",
    "RotationPlan",
    "Staffing",
    "allocation_problems",
    "cohort_problems",
    "half_years",
    "pathway_problems",
    "tailored",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'fagprofil.planning' has no attribute {name!r}")
    return getattr(import_module(f"fagprofil.planning.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
