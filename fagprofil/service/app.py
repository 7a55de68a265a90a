"""The application."""

from __future__ import annotations

import logging
from functools import partial

from fastapi import FastAPI

import fagprofil
from fagprofil.recommend import Recommender
from fagprofil.service import logs, lookup, operations, people
from fagprofil.service.auth import Token
from fagprofil.service.border import Border
from fagprofil.service.holder import Holder
from fagprofil.service.limits import Limits
from fagprofil.service.metrics import Metrics
from fagprofil.service.openapi import document
from fagprofil.service.problems import add_handlers

__all__ = ["create_app"]

_DESCRIPTION = (
    "What an employment service's staff must be able to do, now and in five years: how far a "
    "person is from it, and which modules close the distance. Recommendations are advice with "
    "reasons; nothing about a person is stored or logged."
)

_TAGS = [
    {"name": "people", "description": "Answers about people, who are sent with each request."},
    {"name": "catalogue", "description": "What there is to need and to learn."},
    {"name": "operations", "description": "For those who run the service."},
]


def create_app(
    recommender: Recommender, *, token: str | None = None, limits: Limits | None = None
) -> FastAPI:
    """An application that answers over HTTP what a recommender and its catalogue answer in Python.

    `app.state.holder` holds the recommender and can swap it while the application runs, see
    `Holder`. FastAPI's pages under ``/docs`` are left out: they load scripts from elsewhere.

    Parameters
    ----------
    recommender
        What answers.
    token
        A bearer token that every request but ``/health`` must bring; None asks for none, and then
        only trusted callers may reach the application.
    limits
        The most that one request may ask for; None takes the defaults of `Limits`.

    Raises
    ------
    DataError
        Something else than a recommender, or a token that keeps nobody out.

    Examples
    --------
    >>> import fagprofil as fp
    >>> from fagprofil.service import create_app
    >>> app = create_app(fp.Recommender(fp.load_catalogue()))
    >>> "/recommend" in app.openapi()["paths"]
    True
    """
    holder, metrics, limits = Holder(recommender), Metrics(), limits or Limits()
    app = FastAPI(
        title="fagprofil",
        version=fagprofil.__version__,
        description=_DESCRIPTION,
        openapi_tags=_TAGS,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        # Texts of exceptions may tell of a person; FastAPI would send them to OpenTelemetry.
        telemetry={"logs": False},
    )
    app.state.holder, app.state.metrics, app.state.limits = holder, metrics, limits
    app.state.open = frozenset({operations.HEALTH})
    for router in (people.router, people.batches, lookup.router, operations.router):
        app.include_router(router)
    add_handlers(app)
    app.add_middleware(
        Border,
        holder=holder,
        metrics=metrics,
        token=None if token is None else Token(token),
        open_paths=app.state.open,
    )
    holder.listen(partial(_swapped, metrics))
    app.openapi = lambda: document(app, holder.current, limits, token=token is not None)  # type: ignore[method-assign]
    return app


def _swapped(metrics: Metrics, old: Recommender, new: Recommender) -> None:
    metrics.swapped("done")
    logs.write("swap", logging.INFO, old=old.version, version=new.version)
