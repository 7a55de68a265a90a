"""The addresses that answer about people."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import Response

from fagprofil.datafiles import problems_in
from fagprofil.errors import DataError, Problem
from fagprofil.gap_analysis import Gap, gap
from fagprofil.matching import Match, match
from fagprofil.model import Employee, Workforce
from fagprofil.recommend import Recommender
from fagprofil.results import Recommendations
from fagprofil.service.bodies import BatchRoute, BodyRoute, answer, answers, current
from fagprofil.service.openapi import errors
from fagprofil.service.schemas import AskBatch, AskGap, AskMatch, AskRecommend, Ordered

__all__ = ["batches", "router"]

router = APIRouter(route_class=BodyRoute, tags=["people"], responses=errors(413, 415, 422))
batches = APIRouter(route_class=BatchRoute, tags=["people"], responses=errors(413, 415, 422))


@router.post(
    "/recommend", response_model=Recommendations, summary="Modules that close a person's gap"
)
def ask_recommend(request: Request, body: AskRecommend) -> Response:
    """The modules, best first, with reasons that sum to the score; what was left out, and why."""
    request.app.state.limits.check(k=body.k)
    return answer(_recommend(current(request), body.employee, body))


@router.post("/gap", response_model=Gap, summary="How far a person is from a profile")
def ask_gap(request: Request, body: AskGap) -> Response:
    """The gap with its parts, which sum to it; readiness is ``1 - total / needed``."""
    by = current(request)
    found = gap(body.employee, body.profile, by.catalogue, horizon=body.horizon, **_judged(by))
    return answer(found)


@router.post("/match", response_model=list[Match], summary="Which profiles a person fits")
def ask_match(request: Request, body: AskMatch) -> Response:
    """The profiles, best fit first."""
    by = current(request)
    found = match(
        body.employee,
        by.catalogue,
        profiles=body.profiles,
        horizon=body.horizon,
        **_judged(by),
    )
    return answers(found)


@batches.post(
    "/recommend/batch",
    response_model=list[Recommendations],
    summary="Modules for several people",
)
def ask_batch(request: Request, body: AskBatch) -> Response:
    """As `/recommend` for each, in the order asked; nothing if one person's data is wrong."""
    request.app.state.limits.check(k=body.k, people=len(body.employees))
    by = current(request)
    people = _unique(body)
    by.catalogue.check_employees(people)
    found, problems = [], list[Problem]()
    for one in people:
        try:
            found.append(_recommend(by, one, body))
        except DataError as error:
            problems += error.problems
    if problems:
        # What is wrong with the profile asked for is wrong for everybody, and told once.
        raise DataError(list(dict.fromkeys(problems)))
    return answers(found)


def _recommend(by: Recommender, employee: Employee, asked: Ordered) -> Recommendations:
    found = by.recommend(
        employee, asked.profile, k=asked.k, choose=asked.choose, exclude=asked.exclude
    )
    # It is made when it is looked at, and costs ten times what the rest does.
    return found if asked.ineligible else found.model_copy(update={"ineligible": ()})


def _judged(by: Recommender) -> dict[str, Any]:
    """How a recommender judges, so that a gap here is the gap in its recommendations."""
    return {"on": by.on, "model": by.model}


def _unique(body: AskBatch) -> Workforce:
    try:
        return Workforce(employees=body.employees)
    except ValidationError as error:
        raise DataError(problems_in(error, "body")) from None
