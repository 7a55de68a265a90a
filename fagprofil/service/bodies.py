"""JSON in and out: bodies straight from their bytes, answers straight to theirs."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Coroutine, Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, TypeVar, get_type_hints

from fastapi.routing import APIRoute
from pydantic import BaseModel, ValidationError
from starlette.requests import Request
from starlette.responses import Response

from fagprofil.recommend import Recommender
from fagprofil.service.limits import Limits, body_of
from fagprofil.service.problems import wrong_body

__all__ = ["BatchRoute", "BodyRoute", "answer", "answers", "current"]


M = TypeVar("M", bound=BaseModel)


class BodyRoute(APIRoute):
    """A route to a function of ``(request, body)``, whose body is a model.

    The body is read within the limit and validated once, from its bytes, and strictly: a number in
    quotes is no number, as the OpenAPI document says. FastAPI would first make Python objects of a
    body of any size, and repeat its values in the errors.

    The function runs in the event loop: one person takes about a millisecond, and to hand that to
    a thread and back costs more, and ten times more when many ask at once.
    """

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The function that FastAPI calls for a request."""
        endpoint = self.endpoint
        model: type[BaseModel] = get_type_hints(endpoint)["body"]

        def work(request: Request, data: bytes) -> Response:
            found: Response = endpoint(request, _read(model, data))
            return found

        async def handle(request: Request) -> Response:
            data = await body_of(request, self.most(request.app.state.limits))
            return await self.run(partial(work, request, data))

        return handle

    def most(self, limits: Limits) -> int:
        """How many bytes a body may have."""
        return limits.body

    async def run(self, work: Callable[[], Response]) -> Response:
        """Do the work."""
        return work()


class BatchRoute(BodyRoute):
    """A route whose work takes long: it is done in a thread, so that others are answered meanwhile.

    There is one thread for all, since several would only take turns.
    """

    _thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="fagprofil-batch")

    def most(self, limits: Limits) -> int:
        """How many bytes a batch may have."""
        return limits.batch_body

    async def run(self, work: Callable[[], Response]) -> Response:
        """Do the work after the batches that came before."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)


def _read(model: type[M], data: bytes) -> M:
    try:
        return model.model_validate_json(data, strict=True)
    except ValidationError as error:
        wrong = error
    try:
        if any(one["type"] == "int_type" for one in wrong.errors()):
            # To JSON 3.0 is a whole number, and some programs send it so.
            return model.model_validate_json(json.dumps(_whole(json.loads(data))), strict=True)
    except ValidationError as error:
        wrong = error
    raise wrong_body(wrong) from None


def _whole(value: Any) -> Any:
    """Whole numbers in place of those with a decimal part of 0, in all of a JSON value."""
    if isinstance(value, dict):
        return {key: _whole(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_whole(one) for one in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def current(request: Request) -> Recommender:
    """The recommender that answers this request, taken when it came in."""
    recommender: Recommender = request.state.recommender
    return recommender


def answer(model: BaseModel) -> Response:
    """An answer of one model."""
    return _sent(model.model_dump_json().encode())


def answers(models: Iterable[BaseModel]) -> Response:
    """An answer of several models."""
    return _sent(b"[" + b",".join(one.model_dump_json().encode() for one in models) + b"]")


def _sent(data: bytes) -> Response:
    return Response(data, media_type="application/json")
