"""Memory that is used again for one batch after another."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

__all__ = ["Scratch"]


class Scratch:
    """Memory for arrays of passing use; for one thread at a time.

    To get large pieces of memory from the system takes longer than to fill them.
    """

    def __init__(self) -> None:
        self._pieces: dict[str, NDArray[np.uint8]] = {}

    def array(self, name: str, shape: tuple[int, ...], kind: DTypeLike) -> NDArray[Any]:
        """An array with anything in it, in the place of the last one of that name.

        Examples
        --------
        >>> Scratch().array("keys", (2, 3), np.int32).shape
        (2, 3)
        """
        dtype = np.dtype(kind)
        size = math.prod(shape) * dtype.itemsize
        piece = self._pieces.get(name)
        if piece is None or len(piece) < size:
            piece = self._pieces[name] = np.empty(size, dtype=np.uint8)
        return piece[:size].view(dtype).reshape(shape)
