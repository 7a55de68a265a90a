"""Rankers by name: the built-in ones, and those that installed packages offer."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from fagprofil.errors import RankerError, UnknownName
from fagprofil.rankers.base import FunctionRanker, Ranker, RankerLike
from fagprofil.rankers.completions import History
from fagprofil.rankers.task import RankingTask

__all__ = ["fitted", "get_ranker", "member_of", "ranker_names"]

#: The group of entry points in which packages offer rankers.
GROUP = "fagprofil.rankers"

#: Where the built-in ones are; some of them are made of others, which they look up here.
_BUILT_IN: Mapping[str, tuple[str, str]] = {
    "blend": ("fagprofil.rankers.blend", "BlendRanker"),
    "coverage": ("fagprofil.rankers.coverage", "CoverageRanker"),
    "diverse": ("fagprofil.rankers.diverse", "DiverseRanker"),
    "fair": ("fagprofil.rankers.fair", "FairRanker"),
    "history": ("fagprofil.rankers.history", "HistoryRanker"),
    "learned": ("fagprofil.rankers.learned", "LearnedRanker"),
    "popular": ("fagprofil.rankers.popular", "PopularRanker"),
    "text": ("fagprofil.rankers.text", "TextRanker"),
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


def fitted(ranker: RankerLike, task: RankingTask, history: History) -> Ranker:
    """A ranker of its own that has learned, if it can; the caller's stays as it is."""
    own = copy.deepcopy(get_ranker(ranker))
    fit = getattr(own, "fit", None)
    if fit is not None:
        fit(task, history)
    return own


def member_of(task: RankingTask, ranker: RankerLike) -> Ranker:
    """A ranker that is a part of another one which was not fitted; the same for a task."""
    return task.remember(("member", id(ranker)), lambda: (get_ranker(ranker), ranker))[0]


def kind_of(ranker: object) -> str | None:
    """How a file names the class of a ranker; None for a function."""
    if isinstance(ranker, FunctionRanker):
        return None
    full = _full_name(type(ranker))
    return next((name for name, place in _BUILT_IN.items() if ":".join(place) == full), full)


def class_of_kind(kind: str, others: Sequence[type[Any]] = ()) -> type[Any] | None:
    """The class that a file names: a built-in one, one of others, or one of an entry point."""
    if kind in _BUILT_IN:
        return _class_named(kind)
    for one in others:
        if _full_name(one) == kind:
            return one
    module = kind.partition(":")[0]
    for point in entry_points(group=GROUP):
        # Other packages are nobody's business here, and may be broken.
        if point.value.partition(":")[0].partition(".")[0] != module.partition(".")[0]:
            continue
        made = _loaded(point)
        offered = made if isinstance(made, type) else type(made)
        if _full_name(offered) == kind:
            return offered
    return None


def _loaded(point: EntryPoint) -> Any:
    try:
        return point.load()
    except Exception as error:
        # Whatever is wrong with a package, it is that package that is to be told of.
        what = f"{type(error).__name__}: {error}"
        raise RankerError(
            f"the ranker {point.name!r} ({point.value}) cannot be loaded: {what}"
        ) from error


def _full_name(made: type[Any]) -> str:
    return f"{made.__module__}:{made.__qualname__}"


def _class_named(name: str) -> type[Any]:
    module, attribute = _BUILT_IN[name]
    found: type[Any] = getattr(import_module(module), attribute)
    return found


def _named(name: str) -> Ranker:
    if name in _BUILT_IN:
        ranker: Ranker = _class_named(name)()
        return ranker
    for point in entry_points(group=GROUP, name=name):
        made = _loaded(point)
        return get_ranker(made() if isinstance(made, type) else made)
    raise UnknownName("ranker", name, ranker_names())
