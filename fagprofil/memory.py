"""What was computed is kept, so much and no more."""

from __future__ import annotations

from typing import TypeVar

__all__ = ["keep"]

K = TypeVar("K")
V = TypeVar("V")

#: Results that are kept, where nothing else is said.
_MOST = 100_000


def keep(kept: dict[K, V], key: K, value: V, most: int | None = None) -> None:
    """Keep a result; where there are too many, all are forgotten first.

    Threads may do so at once: what is looked up is either there or computed again.

    Examples
    --------
    >>> kept = {"a": 1, "b": 2}
    >>> keep(kept, "c", 3, most=2)
    >>> kept
    {'c': 3}
    """
    if len(kept) >= (_MOST if most is None else most):
        kept.clear()
    kept[key] = value
