"""How much one request may ask for."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import PositiveInt
from starlette.exceptions import HTTPException
from starlette.requests import Request

from fagprofil.errors import DataError, Problem
from fagprofil.model.base import Frozen

__all__ = ["Limits", "body_of"]


class Limits(Frozen):
    """The most that one request may ask for; more is refused with a status of 413 or 422.

    Examples
    --------
    >>> Limits(k=10).check(k=20)
    Traceback (most recent call last):
    fagprofil.errors.DataError: 1 problem:
      body: k is '20': expected at most 10
    """

    body: PositiveInt = 100_000
    """Bytes of a body about one person."""
    batch_body: PositiveInt = 2_000_000
    """Bytes of a batch."""
    batch: PositiveInt = 200
    """People in a batch."""
    k: PositiveInt = 50
    """Modules for each person."""

    def check(self, *, k: int, people: int = 1) -> None:
        """Raise DataError if there is more of something than allowed."""
        problems = list(self._problems(k, people))
        if problems:
            raise DataError(problems)

    def _problems(self, k: int, people: int) -> Iterator[Problem]:
        if k > self.k:
            yield Problem("body", "k", str(k), f"at most {self.k}")
        if people > self.batch:
            yield Problem("body", "employees", f"{people} people", f"at most {self.batch}")


#: A body is read up to so many times the limit, and what is too much thrown away: a caller whose
#: connection is closed while it sends may never see the answer that tells why.
_PATIENCE = 10


async def body_of(request: Request, most: int) -> bytes:
    """The body of a request, of which no more than `most` bytes are kept.

    Raises
    ------
    starlette.exceptions.HTTPException
        413 for a longer body, announced or not; 415 for one that is not JSON.
    """
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != "application/json":
        raise HTTPException(415, "a body of the content type application/json is expected")
    body, size = bytearray(), 0
    async for part in request.stream():
        size += len(part)
        if size <= most:
            body += part
        elif size > _PATIENCE * most:
            break
    if size > most:
        raise HTTPException(413, f"a body of at most {most} bytes is expected")
    return bytes(body)
