"""The addresses for those who run the service."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

import fagprofil
from fagprofil.service.bodies import answer, current
from fagprofil.service.metrics import CONTENT_TYPE_LATEST
from fagprofil.service.openapi import errors
from fagprofil.service.schemas import Health, Version

__all__ = ["HEALTH", "router"]

#: Open to all, token or not.
HEALTH = "/health"

router = APIRouter(tags=["operations"], responses=errors())


@router.get(HEALTH, response_model=Health, summary="Whether the service answers")
async def health() -> Response:
    """Open without a token."""
    return answer(Health())


@router.get("/version", response_model=Version, summary="What answers")
async def version(request: Request) -> Response:
    """Versions of the library and of the recommender, and what it judges by."""
    by = current(request)
    told = Version(
        library=fagprofil.__version__,
        recommender=by.version,
        edition=by.catalogue.taxonomy.id,
        on=by.on,
    )
    return answer(told)


@router.get(
    "/metrics",
    response_class=Response,
    summary="Metrics in the form of Prometheus",
    responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}},
)
async def metrics(request: Request) -> Response:
    """Requests, seconds and swaps; of all workers where there are several."""
    return Response(request.app.state.metrics.page(), media_type=CONTENT_TYPE_LATEST)
