"""Which limits and rules clash when no plan keeps them all."""

from __future__ import annotations

from collections.abc import Iterator

from fagprofil.errors import Infeasible
from fagprofil.model import Text
from fagprofil.planning.asked import Asked
from fagprofil.planning.doors import Doors
from fagprofil.planning.limits import LIMITS, limit_words
from fagprofil.planning.pathway_exact import any_plan
from fagprofil.planning.pathway_solver import Effort
from fagprofil.planning.pathway_task import PathwayTask

__all__ = ["clash_of"]

#: The nodes that each question may take.
_NODES = 500


def clash_of(asked: Asked, effort: Effort) -> Infeasible:
    """The exception for a question without an answer: a smallest set of what clashes.

    One rule after the other is left out; it stays out if there is still no plan (J. Chinneck and
    E. Dravnieks, 1991, "Locating minimal infeasible constraint sets in linear programs"). What is
    left clashes, and would not without any one of it.
    """
    rules = dict(_rules(asked))
    clash = dict(rules)
    for name in rules:
        tried = asked.without(rules.keys() - (clash.keys() - {name}))
        if not _has_plan(tried, effort):
            del clash[name]
    return Infeasible({name: clash[name] for name in reversed(clash)})


def _has_plan(asked: Asked, effort: Effort) -> bool:
    """Whether there may be a plan; where that is not found out in time, there may."""
    task = PathwayTask(asked, Doors(asked), closing=False)
    if task.lacking:
        return False
    found = any_plan(task, effort.another(_NODES))
    return found.plan is not None or not found.proven


def _rules(asked: Asked) -> Iterator[tuple[str, Text]]:
    """The names of rules that can be left out, in words; what a caller can change comes last."""
    yield "passed", Text(da="et modul tages kun én gang", en="a module is taken only once")
    yield "valid", Text(da="moduler gælder, når de starter", en="modules are valid at their start")
    if asked.catalogue.runs:
        yield (
            "runs",
            Text(
                da="der er et hold, man kan nå at melde sig til",
                en="there is a run that one can still enrol for",
            ),
        )
    yield "formal_entry", Text(da="formelle adgangskrav", en="formal entry requirements")
    yield (
        "entry",
        Text(
            da="niveauer, moduler forudsætter, nås forinden",
            en="levels that modules expect are reached before",
        ),
    )
    yield (
        "project",
        Text(
            da="projektet kommer, når resten af uddannelsen er bestået",
            en="the project comes when the rest of its programme is passed",
        ),
    )
    yield from _programme_rules(asked)
    for name in sorted(asked.exclude):
        yield f"exclude:{name}", Text(da=f"uden modulet {name}", en=f"without the module {name}")
    for limit in LIMITS:
        most = asked.limit(limit)
        if most is not None:
            yield limit, limit_words(limit, most)
    for name in asked.must:
        yield f"must:{name}", Text(da=f"med modulet {name}", en=f"with the module {name}")
    if asked.complete and asked.programme is not None:
        title = asked.programme.title
        yield (
            "complete",
            Text(
                da=f"hele uddannelsen {title.in_('da')}",
                en=f"the whole of the programme {title.in_('en')}",
            ),
        )


def _programme_rules(asked: Asked) -> Iterator[tuple[str, Text]]:
    goal = asked.programme
    if goal is None:
        return
    if goal.max_years is not None:
        years = f"{goal.max_years:g}"
        yield (
            "max_years",
            Text(
                da=f"uddannelsen er afsluttet inden {years} år efter det første modul",
                en=f"the programme is finished within {years} years of its first module",
            ),
        )
    outside = goal.outside_ects or 0
    yield (
        "outside_ects",
        Text(da=f"højst {outside:g} ECTS udefra", en=f"at most {outside:g} ECTS from outside"),
    )
    yield (
        "programme",
        Text(da="moduler, der hører til uddannelsen", en="modules that are of the programme"),
    )
