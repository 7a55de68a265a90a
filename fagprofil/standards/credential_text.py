"""The text of a credential: JSON, or a JWT around it whose signature a key can verify."""

from __future__ import annotations

import json
import re
from base64 import urlsafe_b64decode
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from fagprofil.errors import DataError, MissingExtra, Problem
from fagprofil.standards.losses import Losses
from fagprofil.standards.rows import text_of

__all__ = ["opened", "text_and_name"]

#: Signatures that a public key verifies. A shared secret, or none, verifies nothing here.
_ALGORITHMS = [
    "EdDSA",
    *("ES256", "ES384", "ES512"),
    *("PS256", "PS384", "PS512"),
    *("RS256", "RS384", "RS512"),
]
_COMPACT = re.compile(r"[\w-]+\.[\w-]+\.[\w-]*")


def text_and_name(source: str | Path) -> tuple[str, str]:
    """The text of a credential or of the file that holds it, and what to call it.

    Raises
    ------
    FileNotFoundError
        There is no such file.
    """
    if isinstance(source, str):
        text = source.strip()
        if text.startswith("{") or _COMPACT.fullmatch(text):
            return text, "credential"
    path = Path(source)
    if not path.exists():
        raise FileNotFoundError(f"no file {path}")
    return text_of(path).strip(), path.name


def opened(
    text: str, where: str, key: str | Mapping[str, Any] | None, losses: Losses
) -> tuple[Mapping[str, Any], bool]:
    """The credential, and whether its signature is verified.

    Raises
    ------
    DataError
        Neither JSON nor a JWT, or a signature that does not hold.
    MissingExtra
        A key is given and PyJWT is not installed.
    """
    if not _COMPACT.fullmatch(text):
        content = _json(text, where)
        if key is not None:
            why = "only signatures around the whole, as JWT, are verified"
            losses.lost("proof", why, where)
        return content, False
    payload = _json(_decoded(text.split(".")[1], where), where)
    if key is not None:
        _verify(text, where, key)
    inner = payload.get("vc")
    return (inner if isinstance(inner, dict) else payload), key is not None


def _decoded(part: str, where: str) -> str:
    try:
        return urlsafe_b64decode(part + "=" * (-len(part) % 4)).decode()
    except ValueError:
        raise DataError([Problem(where, "JWT", None, "a payload in base64url")]) from None


def _json(text: str, where: str) -> dict[str, Any]:
    try:
        content = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise DataError([Problem(where, "file", None, f"JSON or a JWT; {error}")]) from None
    if not isinstance(content, dict):
        raise DataError([Problem(where, "file", None, "an object in JSON")])
    return content


def _verify(token: str, where: str, key: str | Mapping[str, Any]) -> None:
    try:
        import jwt
    except ModuleNotFoundError:
        raise MissingExtra("verifying a credential", "pyjwt", "badges") from None
    # Times are facts of the credential, told beside; here it is the signature alone.
    ignored = ("verify_exp", "verify_nbf", "verify_iat", "verify_aud", "verify_iss", "verify_sub")
    options: Any = dict.fromkeys([*ignored, "verify_jti"], False)
    try:
        public: Any = jwt.PyJWK(dict(key)).key if isinstance(key, Mapping) else key
        jwt.decode(token, public, algorithms=_ALGORITHMS, options=options)
    except (jwt.PyJWTError, ValueError, TypeError) as error:
        expected = f"a signature that the key verifies; {type(error).__name__}"
        raise DataError([Problem(where, "signature", None, expected)]) from None
