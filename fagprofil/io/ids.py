"""Whether a person occurs in two rows, without keeping the ids of all."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fagprofil.errors import DataError, Problem
from fagprofil.model.employee import looks_like_cpr
from fagprofil.workforce import id_text

__all__ = ["IdCheck", "check_again"]

#: Ids that are named when many occur twice.
_SHOWN = 20


class IdCheck:
    """Keeps eight bytes of each id; equal ones are looked at again by `check_again`."""

    def __init__(self) -> None:
        self._hashes: list[NDArray[np.int64]] = []

    def read(self, pieces: Iterable[Any]) -> int:
        """Take in the ids of record batches with one column; the number of rows."""
        count = 0
        for piece in pieces:
            ids = _texts(piece)
            # Python's hash is a keyed one of 64 bits, the same within a process.
            self._hashes.append(np.array([hash(one) for one in ids if one], dtype=np.int64))
            count += len(ids)
        return count

    def suspects(self) -> set[int]:
        """Hashes that occurred twice; the ids need not be the same."""
        hashes = np.concatenate([np.zeros(0, np.int64), *self._hashes])
        self._hashes.clear()
        hashes.sort()
        return set(hashes[1:][hashes[1:] == hashes[:-1]].tolist())


def check_again(pieces: Iterable[Any], suspects: Collection[int]) -> None:
    """Raise DataError with the rows whose id, of one of some hashes, stood in a row before."""
    again = list(_again(pieces, suspects))
    problems = [
        Problem(f"row {row + 1}", "employee", None if looks_like_cpr(name) else name, _ONE_ROW)
        for row, name in again[:_SHOWN]
    ]
    if len(again) > _SHOWN:
        expected = f"{_ONE_ROW}; {len(again) - _SHOWN} more rows are of a person named before"
        problems.append(Problem("table", "employee", None, expected))
    if problems:
        raise DataError(problems)


_ONE_ROW = "one row per person"


def _again(pieces: Iterable[Any], suspects: Collection[int]) -> Iterator[tuple[int, str]]:
    seen = set[str]()
    for row, name in enumerate(chain.from_iterable(map(_texts, pieces))):
        if name and hash(name) in suspects:
            if name in seen:
                yield row, name
            seen.add(name)


def _texts(piece: Any) -> list[str]:
    """Ids as the library reads them; empty where there is none."""
    values = piece.column(0).to_pylist()
    return [
        "" if one is None else one.strip() if type(one) is str else id_text(one) for one in values
    ]
