"""The addresses that answer about the catalogue."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, TypeVar

from fastapi import APIRouter, Path, Query
from starlette.requests import Request
from starlette.responses import Response

from fagprofil.model import Competence, Module, Profile, Records
from fagprofil.model.base import Record
from fagprofil.service.bodies import answer, current
from fagprofil.service.openapi import errors
from fagprofil.service.schemas import (
    CompetenceQuery,
    Competences,
    ModuleQuery,
    Modules,
    Page,
    PageQuery,
    Profiles,
)

__all__ = ["router"]

router = APIRouter(tags=["catalogue"])

R = TypeVar("R", bound=Record)
Id = Annotated[str, Path(description="The id of a record.")]


@router.get(
    "/competences", response_model=Competences, summary="Competences", responses=errors(422)
)
async def competences(request: Request, query: Annotated[CompetenceQuery, Query()]) -> Response:
    """The competences of the edition, in the order of their ids."""
    taxonomy = current(request).catalogue.taxonomy
    if query.area is not None:
        _known(taxonomy.areas, query.area)
    found = (
        one
        for one in taxonomy.competences.values()
        if query.kind in (None, one.kind) and query.area in (None, one.area)
    )
    return _page(Competences, found, query)


@router.get(
    "/competences/{id}", response_model=Competence, summary="A competence", responses=errors(404)
)
async def competence(request: Request, id: Id) -> Response:  # noqa: A002 (its name in the address)
    """One competence."""
    return answer(current(request).catalogue.taxonomy.competences[id])


@router.get("/profiles", response_model=Profiles, summary="Profiles", responses=errors(422))
async def profiles(request: Request, query: Annotated[PageQuery, Query()]) -> Response:
    """The profiles, in the order of their ids."""
    return _page(Profiles, current(request).catalogue.profiles.values(), query)


@router.get("/profiles/{id}", response_model=Profile, summary="A profile", responses=errors(404))
async def profile(request: Request, id: Id) -> Response:  # noqa: A002
    """One profile, with its own requirements and the ids of those that it extends."""
    return answer(current(request).catalogue.profiles[id])


@router.get("/modules", response_model=Modules, summary="Modules", responses=errors(422))
async def modules(request: Request, query: Annotated[ModuleQuery, Query()]) -> Response:
    """The modules, in the order of their ids."""
    catalogue = current(request).catalogue
    if query.programme is not None:
        _known(catalogue.programmes, query.programme)
    if query.teaches is not None:
        _known(catalogue.taxonomy.competences, query.teaches)
    found = (
        one
        for one in catalogue.modules.values()
        if query.level in (None, one.level)
        and query.programme in (None, one.programme)
        and (query.teaches is None or query.teaches in (one.teaches or {}))
    )
    return _page(Modules, found, query)


@router.get("/modules/{id}", response_model=Module, summary="A module", responses=errors(404))
async def module(request: Request, id: Id) -> Response:  # noqa: A002
    """One module."""
    return answer(current(request).catalogue.modules[id])


def _known(records: Records[R], name: str) -> R:
    """The record of that name; UnknownName tells of the nearest spelling."""
    return records[name]


def _page(kind: type[Page[R]], found: Iterable[R], query: PageQuery) -> Response:
    listed = tuple(found)
    wanted = listed[query.offset : query.offset + query.limit]
    return answer(kind(total=len(listed), offset=query.offset, items=wanted))
