"""What went wrong, as problem details (RFC 9457) with the library's own texts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from http import HTTPStatus

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from fagprofil.datafiles import problems_in
from fagprofil.errors import CannotScore, DataError, Problem, UnknownName
from fagprofil.model.base import Frozen
from fagprofil.model.employee import looks_like_cpr

__all__ = ["PROBLEM_JSON", "ProblemDetails", "add_handlers", "problem", "wrong_body"]

PROBLEM_JSON = "application/problem+json"

_TEXTS = {
    404: "there is no such address; /openapi.json tells which there are",
    405: "this address does not take that method; the header Allow tells which it takes",
}

#: No more problems are told at once; an answer is not to be a thousand times what was sent.
_MOST = 100

_HIDDEN = "not shown, since it looks like a CPR number"


class ProblemDetails(Frozen):
    """What went wrong, in the form of RFC 9457."""

    type: str = "about:blank"
    title: str
    """The status in words."""
    status: int
    detail: str
    """What is wrong and how to mend it."""
    error: str | None = None
    """The library's exception: DataError, UnknownName, CannotScore or RankerError."""
    problems: tuple[Problem, ...] = ()
    """Everything that is wrong with what was sent, one by one."""


def problem(
    status: int,
    detail: str,
    *,
    error: Exception | None = None,
    problems: Sequence[Problem] = (),
    headers: Mapping[str, str] | None = None,
) -> Response:
    """An answer that tells what went wrong; `error` is the library's exception, if there is one."""
    told = ProblemDetails(
        title=HTTPStatus(status).phrase,
        status=status,
        detail=detail,
        error=None if error is None else type(error).__name__,
        problems=tuple(problems),
    )
    return Response(told.model_dump_json(), status, headers, PROBLEM_JSON)


def wrong_body(error: ValidationError) -> DataError:
    """What is wrong with a body, without the values in it: they may tell of a person."""
    found = problems_in(error, "body")[: _MOST + 1]
    return DataError([replace(one, value=None) for one in found])


def add_handlers(app: FastAPI) -> None:
    """Have an application answer exceptions with problem details."""
    app.exception_handler(DataError)(_data_error)
    app.exception_handler(UnknownName)(_unknown_name)
    app.exception_handler(CannotScore)(_cannot_score)
    app.exception_handler(HTTPException)(_http)
    app.exception_handler(RequestValidationError)(_wrong_query)


async def _data_error(_: Request, error: DataError) -> Response:
    shown = [_without_cpr(one) for one in error.problems[:_MOST]]
    more = "\n  and more" if len(error.problems) > _MOST else ""
    return problem(422, f"{DataError(shown)}{more}", error=error, problems=shown)


async def _unknown_name(request: Request, error: UnknownName) -> Response:
    status = 404 if error.name in request.path_params.values() else 422
    detail = _shown(str(error), f"no {error.kind} of that name; it is {_HIDDEN}")
    return problem(status, detail, error=error)


async def _cannot_score(_: Request, error: CannotScore) -> Response:
    return problem(422, _shown(str(error)), error=error)


async def _http(_: Request, error: HTTPException) -> Response:
    detail = _TEXTS.get(error.status_code, error.detail)
    return problem(error.status_code, detail, headers=error.headers)


async def _wrong_query(request: Request, error: RequestValidationError) -> Response:
    found = [
        Problem(str(one["loc"][0]), ".".join(map(str, one["loc"][1:])), None, one["msg"])
        for one in error.errors()
    ]
    return await _data_error(request, DataError(found))


def _without_cpr(one: Problem) -> Problem:
    texts = {name: getattr(one, name) for name in ("where", "field", "value", "expected")}
    return replace(one, **{name: _shown(text) for name, text in texts.items() if text is not None})


def _shown(text: str, instead: str = _HIDDEN) -> str:
    return instead if looks_like_cpr(text) else text
