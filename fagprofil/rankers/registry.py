"""Rankers by name: the built-in ones, and those that installed packages offer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib.metadata import entry_points

from fagprofil.errors import RankerError, UnknownName
from fagprofil.rankers.base import FunctionRanker, Ranker, RankerLike
from fagprofil.rankers.coverage import CoverageRanker
from fagprofil.rankers.popular import PopularRanker

__all__ = ["get_ranker", "ranker_names"]

#: The group of entry points in which packages offer rankers.
GROUP = "fagprofil.rankers"

_BUILT_IN: Mapping[str, Callable[[], Ranker]] = {
    "coverage": CoverageRanker,
    "popular": PopularRanker,
}


def ranker_names() -> tuple[str, ...]:
    """The names that `get_ranker` knows.

    Examples
    --------
    >>> {"coverage", "popular"} <= set(ranker_names())
    True
    """
    return tuple(sorted({*_BUILT_IN, *(point.name for point in entry_points(group=GROUP))}))


def get_ranker(ranker: RankerLike) -> Ranker:
    """A ranker from an instance, a name, or a plain function.

    Built-in names come before those of entry points.

    Raises
    ------
    UnknownName
        No ranker of that name.
    RankerError
        Something that cannot score.

    Examples
    --------
    >>> get_ranker("coverage")
    CoverageRanker(per='module', repetition=0.0)
    """
    if isinstance(ranker, str):
        return _named(ranker)
    if isinstance(ranker, type):
        raise RankerError(f"{ranker.__name__} is a class; pass an instance: {ranker.__name__}()")
    if isinstance(ranker, Ranker):
        return ranker
    if callable(ranker):
        return FunctionRanker(ranker)
    raise RankerError(f"{ranker!r} cannot score: expected a name, a function or a .score method")


def _named(name: str) -> Ranker:
    if name in _BUILT_IN:
        return _BUILT_IN[name]()
    for point in entry_points(group=GROUP, name=name):
        made = point.load()
        return get_ranker(made() if isinstance(made, type) else made)
    raise UnknownName("ranker", name, ranker_names())
