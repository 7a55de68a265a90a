"""A short text that stays the same as long as what it was made from does, on every machine."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from types import CodeType, FunctionType
from typing import Any

import numpy as np
from pydantic import BaseModel

__all__ = ["fingerprint"]

_LENGTH = 16


def fingerprint(*parts: Any) -> str:
    """Sixteen hexadecimal digits of a hash (SHA-256) over the parts' contents.

    Records count by their JSON, arrays by their values, functions by their name and code, other
    objects by their class and what their ``__fingerprint__`` returns, or else their attributes.

    Examples
    --------
    >>> fingerprint({"a": 1, "b": 2.0}) == fingerprint({"b": 2.0, "a": 1})
    True
    >>> fingerprint("a", "b") == fingerprint("ab")
    False
    """
    digest = hashlib.sha256()
    for part in parts:
        for piece in _pieces(part):
            # With its length before it, no piece can pass for two.
            digest.update(f"{len(piece)}:".encode())
            digest.update(piece)
    return digest.hexdigest()[:_LENGTH]


def _pieces(value: Any) -> Iterator[bytes]:
    if isinstance(value, np.generic):
        # Written differently by versions of numpy.
        value = value.item()
    yield type(value).__qualname__.encode()
    for kind, pieces in _KINDS.items():
        if isinstance(value, kind):
            yield from pieces(value)
            return
    if hasattr(value, "__fingerprint__"):
        yield from _sequence(value.__fingerprint__())
    elif hasattr(value, "tocsr"):
        # A sparse matrix: its attributes tell what was asked of it, too.
        rows = value.tocsr()
        yield from _sequence([rows.shape, rows.indptr, rows.indices, rows.data])
    elif hasattr(value, "__dict__"):
        # Whom scikit-learn hands what to; it refers to the estimator itself.
        own = {name: one for name, one in vars(value).items() if name != "_metadata_request"}
        yield from _mapping(own)
    else:
        yield repr(value).encode()


def _mapping(value: Mapping[Any, Any]) -> Iterator[bytes]:
    for key in sorted(value, key=repr):
        yield repr(key).encode()
        yield from _pieces(value[key])


def _sequence(value: Sequence[Any]) -> Iterator[bytes]:
    yield str(len(value)).encode()
    for one in value:
        yield from _pieces(one)


def _array(value: np.ndarray[Any, Any]) -> Iterator[bytes]:
    yield f"{value.dtype} {value.shape}".encode()
    yield value.tobytes()


def _code(value: CodeType) -> Iterator[bytes]:
    yield value.co_code
    yield from _sequence([*value.co_names, *value.co_consts])


def _function(value: FunctionType) -> Iterator[bytes]:
    yield f"{value.__module__}.{value.__qualname__}".encode()
    yield from _code(value.__code__)
    yield from _pieces(value.__defaults__)
    yield from _sequence([cell.cell_contents for cell in value.__closure__ or ()])


_KINDS: Mapping[type | tuple[type, ...], Callable[[Any], Iterator[bytes]]] = {
    (str, bytes, bool, int, float, type(None)): lambda value: iter([repr(value).encode()]),
    BaseModel: lambda value: iter([value.model_dump_json().encode()]),
    Mapping: _mapping,
    Set: lambda value: iter(sorted(repr(one).encode() for one in value)),
    np.ndarray: _array,
    (list, tuple): _sequence,
    FunctionType: _function,
    CodeType: _code,
}
