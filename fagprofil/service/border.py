"""What every request passes: who may enter, and what is counted and logged of it."""

from __future__ import annotations

import logging
import time
import uuid
from collections.abc import Collection
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from fagprofil.errors import RankerError
from fagprofil.service import logs
from fagprofil.service.auth import Token
from fagprofil.service.holder import Holder
from fagprofil.service.metrics import Metrics
from fagprofil.service.problems import problem

__all__ = ["Border"]

_METHODS = frozenset({"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "TRACE"})

#: Logged and counted where the caller left before the answer.
_GONE = 499


class Border:
    """Stands around an application; one object serves all requests.

    It is the one place that sees each request first and last, so that nothing gets past the token,
    and nothing is answered without being counted.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        holder: Holder,
        metrics: Metrics,
        token: Token | None,
        open_paths: Collection[str],
    ) -> None:
        self._app = app
        self._holder = holder
        self._metrics = metrics
        self._token = token
        self._open = frozenset(open_paths)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        visit = Visit(scope, self._holder)
        failed: dict[str, Any] = {}
        try:
            if self._may_enter(scope):
                await self._app(scope, receive, visit.sending(send))
            else:
                await _unauthorized()(scope, receive, visit.sending(send))
        except ClientDisconnect:
            visit.status = visit.status or _GONE
        except Exception as error:
            failed = logs.told(error)
            if visit.status is None:
                await _failed(error)(scope, receive, visit.sending(send))
        self._record(visit, failed)

    def _may_enter(self, scope: Scope) -> bool:
        # Without what leads to the application where it is mounted in another.
        path = scope["path"].removeprefix(scope.get("root_path", ""))
        if self._token is None or path in self._open:
            return True
        given = Headers(scope=scope).get("authorization", "")
        return self._token.opens(given.encode("latin-1"))

    def _record(self, visit: Visit, failed: dict[str, Any]) -> None:
        seconds = time.perf_counter() - visit.start
        # An error after the answer's head was sent leaves the caller with half an answer.
        status = visit.status or _GONE
        self._metrics.count(visit.method, visit.route, status, seconds=seconds)
        logs.write(
            "request",
            logging.ERROR if failed else logging.INFO,
            method=visit.method,
            route=visit.route,
            status=status,
            ms=round(seconds * 1000, 3),
            request_id=visit.id,
            version=visit.version,
            **failed,
        )


class Visit:
    """One request on its way; nothing of it is kept that tells of a person."""

    def __init__(self, scope: Scope, holder: Holder) -> None:
        self.start = time.perf_counter()
        self.status: int | None = None
        recommender = holder.current
        scope.setdefault("state", {})["recommender"] = recommender
        self.version = recommender.version
        self.id = _request_id(Headers(scope=scope).get("x-request-id"))
        self._scope = scope

    @property
    def method(self) -> str:
        """The method; an unusual one is not told, since the caller chose its text."""
        method: str = self._scope["method"]
        return method if method in _METHODS else "other"

    @property
    def route(self) -> str:
        """The template of the address, such as ``/modules/{id}``."""
        return getattr(self._scope.get("route"), "path", "none")

    def sending(self, send: Send) -> Send:
        """`send`, with this request's headers on the answer."""

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                self.status = message["status"]
                headers = MutableHeaders(scope=message)
                headers["X-Request-ID"] = self.id
                headers["X-Fagprofil-Version"] = self.version
                headers["Cache-Control"] = "no-store"
                headers["X-Content-Type-Options"] = "nosniff"
            await send(message)

        return sending


def _request_id(given: str | None) -> str:
    """The caller's id if it is a UUID: any other text may tell of a person, and would be logged."""
    try:
        return str(uuid.UUID(given))
    except (TypeError, ValueError):
        return str(uuid.uuid4())


def _unauthorized() -> ASGIApp:
    headers = {"WWW-Authenticate": "Bearer"}
    return problem(401, "a token is expected: 'Authorization: Bearer ...'", headers=headers)


def _failed(error: Exception) -> ASGIApp:
    if isinstance(error, RankerError):
        return problem(500, str(error), error=error)
    return problem(500, "the service failed; its log has the request's id")
