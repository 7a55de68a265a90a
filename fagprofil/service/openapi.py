"""The OpenAPI document: what FastAPI makes of the routes, and what it cannot know."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from copy import deepcopy
from itertools import islice
from typing import Any

from fastapi import FastAPI

from fagprofil.recommend import Recommender
from fagprofil.service.limits import Limits
from fagprofil.service.problems import PROBLEM_JSON, ProblemDetails

__all__ = ["document", "errors", "example_of"]

Json = dict[str, Any]

_ERRORS = {
    401: "The token is missing or wrong.",
    404: "There is no such record; the detail names the nearest.",
    413: "The body is too large.",
    415: "The body is not JSON.",
    422: "Something in what was sent is wrong; the problems tell what, one by one.",
    500: "The service failed; its log has the request's id.",
}

_HEADERS = {
    "X-Request-ID": "The request's id, as in the log; one that was sent in this header is kept.",
    "X-Fagprofil-Version": "The version of the recommender that answered.",
}

_BEARER = "bearer"


def errors(*statuses: int) -> dict[int | str, Json]:
    """How FastAPI is told of problem details with these statuses, and with 500."""
    return {
        status: {"model": ProblemDetails, "description": _ERRORS[status]}
        for status in (*statuses, 500)
    }


def document(app: FastAPI, recommender: Recommender, limits: Limits, *, token: bool) -> Json:
    """The OpenAPI document of an application, with examples that its catalogue can answer.

    Parameters
    ----------
    token
        Whether a token is asked for.
    """
    # The plain document is made once and kept by FastAPI.
    found = deepcopy(FastAPI.openapi(app))
    schemas = found["components"]["schemas"]
    for path, operation in _operations(found):
        if "{" in path:
            # FastAPI takes it that an id can be wrong in form; any text is looked up.
            del operation["responses"]["422"]
        if token and path not in app.state.open:
            operation["security"] = [{_BEARER: []}]
            operation["responses"]["401"] = _unauthorized()
        for status, response in operation["responses"].items():
            _complete(response, int(status))
    if token:
        found["components"]["securitySchemes"] = {_BEARER: {"type": "http", "scheme": "bearer"}}
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    for schema in schemas.values():
        # The examples of docstrings are Python.
        schema["description"] = schema.get("description", "").partition("\n\nExamples\n---")[0]
    _bound(schemas, limits)
    _exemplify(found["paths"], recommender)
    return found


def _operations(document: Json) -> Iterator[tuple[str, Json]]:
    for path, operations in document["paths"].items():
        for operation in operations.values():
            yield path, operation


def _unauthorized() -> Json:
    schema = {"$ref": "#/components/schemas/ProblemDetails"}
    header = {"description": "How to ask.", "schema": {"type": "string"}}
    return {
        "description": _ERRORS[401],
        "content": {"application/json": {"schema": schema}},
        "headers": {"WWW-Authenticate": header},
    }


def _complete(response: Json, status: int) -> None:
    """Give a response its headers, and an error its media type."""
    headers = {
        name: {"description": text, "schema": {"type": "string"}} for name, text in _HEADERS.items()
    }
    response["headers"] = {**headers, **response.get("headers", {})}
    if status >= 400:
        response["content"][PROBLEM_JSON] = response["content"].pop("application/json")


def _bound(schemas: Json, limits: Limits) -> None:
    """Write the limits into the schemas of what is asked."""
    for name in ("AskRecommend", "AskBatch"):
        schemas[name]["properties"]["k"]["maximum"] = limits.k
    schemas["AskBatch"]["properties"]["employees"]["maxItems"] = limits.batch


def _exemplify(paths: Json, recommender: Recommender) -> None:
    """Examples, in words of the catalogue that answers."""
    person = example_of(recommender)
    profile = person.pop("profile")
    bodies: dict[str, Json] = {
        "/gap": {"employee": person, "profile": profile, "horizon": {"kind": "over"}},
        "/match": {"employee": person},
        "/recommend": {"employee": person, "profile": profile, "k": 3},
        "/recommend/batch": {
            "employees": [{**person, "profile": profile}, {"id": "e-018", "profile": profile}],
            "k": 3,
        },
    }
    for path, body in bodies.items():
        paths[path]["post"]["requestBody"]["content"]["application/json"]["example"] = body
    catalogue = recommender.catalogue
    records: dict[str, Iterable[str]] = {
        "competences": catalogue.taxonomy.competences,
        "profiles": catalogue.profiles,
        "modules": catalogue.modules,
    }
    for name, found in records.items():
        for first in islice(found, 1):
            paths[f"/{name}/{{id}}"]["get"]["parameters"][0]["example"] = first


def example_of(recommender: Recommender) -> Json:
    """A made-up employee in words of the catalogue, with a profile that can be scored.

    Examples
    --------
    >>> import fagprofil as fp
    >>> example_of(fp.Recommender(fp.load_catalogue()))["id"]
    'e-017'
    """
    catalogue = recommender.catalogue
    scorable = [
        one
        for one in catalogue.profiles.values()
        if all(part.requirements is not None for part in catalogue.lineage(one))
    ]
    profile = max(scorable, key=lambda one: len(catalogue.lineage(one)), default=None)
    needed = () if profile is None else catalogue.lineage(profile)[-1].requirements or ()
    said = [
        {"competence": one.competence, "level": 1, "kind": "self", "date": "2026-03-01"}
        for one in needed[:2]
    ]
    return {
        "id": "e-017",
        "backgrounds": list(catalogue.backgrounds)[:1],
        "evidence": said,
        "profile": None if profile is None else profile.id,
    }
