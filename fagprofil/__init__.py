"""Competence profiles of Danish employment services: gaps now and in five years, what closes them.

Names load when they are first used, so that ``import fagprofil`` stays light.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from fagprofil.version import __version__ as __version__

if TYPE_CHECKING:
    from fagprofil import errors, rankers, show
    from fagprofil.answers.case_plan import plan_case
    from fagprofil.cases import load_case
    from fagprofil.catalogue import Catalogue, editions, load_catalogue
    from fagprofil.evidence import EvidenceModel
    from fagprofil.funding import net_price
    from fagprofil.gap_analysis import Gap, gap
    from fagprofil.gap_table import gaps
    from fagprofil.insight.coverage import coverage
    from fagprofil.io.workforce import read_workforce
    from fagprofil.io.write_people import write_workforce
    from fagprofil.matching import match, match_people
    from fagprofil.model import (
        IN_FIVE_YEARS,
        NOW,
        OVER_FIVE_YEARS,
        Completion,
        Employee,
        Evidence,
        Module,
        Profile,
        Workforce,
        at,
    )
    from fagprofil.planning.cohorts import plan_cohorts
    from fagprofil.planning.pathway import plan_pathway
    from fagprofil.planning.pool import allocate_pool
    from fagprofil.planning.rotation import plan_rotation
    from fagprofil.questions import ask_next
    from fagprofil.recommend import Recommender
    from fagprofil.results import Recommendations


_HOME = {
    "Catalogue": "catalogue",
    "Completion": "model",
    "Employee": "model",
    "Evidence": "model",
    "EvidenceModel": "evidence",
    "Gap": "gap_analysis",
    "IN_FIVE_YEARS": "model",
    "Module": "model",
    "NOW": "model",
    "OVER_FIVE_YEARS": "model",
    "Profile": "model",
    "Recommendations": "results",
    "Recommender": "recommend",
    "Workforce": "model",
    "allocate_pool": "planning.pool",
    "ask_next": "questions",
    "at": "model",
    "coverage": "insight.coverage",
    "editions": "catalogue",
    "gap": "gap_analysis",
    "gaps": "gap_table",
    "load_case": "cases",
    "load_catalogue": "catalogue",
    "match": "matching",
    "match_people": "matching",
    "net_price": "funding",
    "plan_case": "answers.case_plan",
    "plan_cohorts": "planning.cohorts",
    "plan_pathway": "planning.pathway",
    "plan_rotation": "planning.rotation",
    "read_workforce": "io.workforce",
    "write_workforce": "io.write_people",
}
_PARTS = ("errors", "rankers", "show")

__all__ = [
    "IN_FIVE_YEARS",
    "NOW",
    "OVER_FIVE_YEARS",
    "Catalogue",
    "Completion",
    "Employee",
    "Evidence",
    "EvidenceModel",
    "Gap",
    "Module",
    "Profile",
    "Recommendations",
    "Recommender",
    "Workforce",
    "allocate_pool",
    "ask_next",
    "at",
    "coverage",
    "editions",
    "errors",
    "gap",
    "gaps",
    "load_case",
    "load_catalogue",
    "match",
    "match_people",
    "net_price",
    "plan_case",
    "plan_cohorts",
    "plan_pathway",
    "plan_rotation",
    "rankers",
    "read_workforce",
    "show",
    "write_workforce",
]


def __getattr__(name: str) -> Any:
    if name in _PARTS:
        return import_module(f"fagprofil.{name}")
    if name not in _HOME:
        raise AttributeError(f"module 'fagprofil' has no attribute {name!r}")
    value = getattr(import_module(f"fagprofil.{_HOME[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
