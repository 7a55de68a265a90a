"""The recommender that answers, and how another takes its place."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock

from fagprofil.errors import DataError, Problem
from fagprofil.recommend import Recommender

__all__ = ["Holder"]


class Holder:
    """Holds the recommender of a running service; `app.state.holder` is one.

    A request takes `current` once, so that its whole answer comes from one recommender, whatever
    is swapped meanwhile.

    Examples
    --------
    >>> import fagprofil as fp
    >>> catalogue = fp.load_catalogue()
    >>> old, new = fp.Recommender(catalogue), fp.Recommender(catalogue, horizon=fp.NOW)
    >>> holder = Holder(old)
    >>> holder.swap(new) is old, holder.current is new
    (True, True)
    """

    def __init__(self, recommender: Recommender) -> None:
        self._current = _checked(recommender)
        self._lock = Lock()
        self._listeners: list[Callable[[Recommender, Recommender], None]] = []

    @property
    def current(self) -> Recommender:
        """The recommender that answers now."""
        return self._current

    def swap(self, recommender: Recommender) -> Recommender:
        """Let another recommender answer from the next request on; the one before is returned.

        Raises
        ------
        DataError
            Something else than a recommender; the old one stays.
        """
        new = _checked(recommender)
        with self._lock:
            old, self._current = self._current, new
            for tell in self._listeners:
                tell(old, new)
        return old

    def listen(self, tell: Callable[[Recommender, Recommender], None]) -> None:
        """Have a function called with the old and the new recommender after each swap."""
        self._listeners.append(tell)


def _checked(recommender: Recommender) -> Recommender:
    if not isinstance(recommender, Recommender):
        found = type(recommender).__name__
        raise DataError([Problem("service", "recommender", found, "a Recommender")])
    return recommender
