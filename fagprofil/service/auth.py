"""Who may ask: those who know the token."""

from __future__ import annotations

import hmac
import re

from fagprofil.errors import DataError, Problem

__all__ = ["Token"]

_FORM = re.compile(r"[A-Za-z0-9._~+/-]{16,}=*")


class Token:
    """A bearer token; it is compared in constant time and never shown.

    Raises
    ------
    DataError
        A text that cannot be sent as a token, or is too short to keep anybody out.

    Examples
    --------
    >>> token = Token("0123456789abcdef")
    >>> token.opens(b"Bearer 0123456789abcdef"), token.opens(b"Bearer 0123456789abcdeF")
    (True, False)
    >>> token
    Token(...)
    """

    def __init__(self, text: str) -> None:
        if not _FORM.fullmatch(text):
            expected = "at least 16 of the characters A-Z a-z 0-9 . _ ~ + / -"
            raise DataError([Problem("service", "token", None, expected)])
        self._expected = text.encode()

    def opens(self, authorization: bytes) -> bool:
        """Whether the value of an Authorization header holds the token."""
        scheme, _, given = authorization.partition(b" ")
        return scheme.lower() == b"bearer" and hmac.compare_digest(given.strip(), self._expected)

    def __repr__(self) -> str:
        return "Token(...)"
