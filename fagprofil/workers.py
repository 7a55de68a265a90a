"""Work on several processors, with results that do not depend on their number."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

__all__ = ["in_order", "processors"]

A = TypeVar("A")
B = TypeVar("B")
C = TypeVar("C")


def processors() -> int:
    """The processors that this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not on every system
        return os.cpu_count() or 1


def in_order(
    first: Callable[[A], B], then: Callable[[B], C], items: Iterable[A], workers: int
) -> Iterator[C]:
    """What two steps of work give for each item, in the items' order.

    The first step is done here, one item after another; meanwhile threads do the second, a few
    items behind. This suits a first step of many short calls, which would wait for Python's lock
    among threads longer than they take, and a second of few long ones outside of it.

    Examples
    --------
    >>> list(in_order(abs, str, [-1, 2, -3], workers=2))
    ['1', '2', '3']
    """
    if workers == 1:
        yield from (then(first(item)) for item in items)
        return
    with ThreadPoolExecutor(workers - 1) as pool:
        behind: deque[Future[C]] = deque()
        for item in items:
            behind.append(pool.submit(then, first(item)))
            if len(behind) > workers:
                yield behind.popleft().result()
        while behind:
            yield behind.popleft().result()
