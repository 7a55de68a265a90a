"""Which modules help a group of people most."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from fagprofil.insight.units import MIN_GROUP
from fagprofil.model import Employee, ProfileLike, Text
from fagprofil.model.base import Frozen
from fagprofil.recommend import Recommender

__all__ = ["ModuleReach", "module_reach"]


class ModuleReach(Frozen):
    """How many a module helps, whatever else they are recommended."""

    module: str
    title: Text
    people: int
    """How many may take it and would close some of their gap with it."""
    gain: float
    """What it would close of all their gaps, each module on its own, in weights times steps."""
    ects: float | None
    net_price: float | None
    """Mean price in kroner after funding, over those whom it helps; None where unknown."""


def module_reach(
    recommender: Recommender,
    people: Iterable[Employee],
    profile: ProfileLike | None = None,
    *,
    k: int | None = None,
    min_group: int = MIN_GROUP,
) -> tuple[ModuleReach, ...]:
    """The modules that close most for some people together, ties by id.

    Parameters
    ----------
    recommender
        Its horizon and day count; its ranking model does not.
    people
        People without a profile do not count.
    profile
        One profile for all; None takes each person's own.
    k
        At most so many; None is all that help anybody.
    min_group
        Nothing is shown of fewer people with a profile.

    Examples
    --------
    >>> import fagprofil as fp
    >>> people = [fp.Employee(id=name, backgrounds=["hk-kontor"]) for name in "abcdef"]
    >>> best = module_reach(fp.Recommender(fp.load_catalogue()), people, "virksomhed", k=1)[0]
    >>> best.people
    6
    """
    catalogue = recommender.catalogue
    size = len(catalogue.modules)
    helped, gained = np.zeros(size, dtype=np.int64), np.zeros(size)
    paid, priced, counted = np.zeros(size), np.zeros(size, dtype=np.int64), 0
    for task in recommender.tasks(people, profile):
        closing = task.eligible & (np.nan_to_num(task.gain) > 0)
        known = closing & ~np.isnan(task.price)
        helped += closing.sum(axis=0)
        gained += np.where(closing, task.gain, 0.0).sum(axis=0)
        paid += np.where(known, task.price, 0.0).sum(axis=0)
        priced += known.sum(axis=0)
        counted += len(task.employees)
    if counted < min_group:
        return ()
    found = [
        ModuleReach(
            module=module.id,
            title=module.title,
            people=int(helped[j]),
            gain=float(gained[j]),
            ects=module.ects,
            net_price=float(paid[j] / priced[j]) if priced[j] else None,
        )
        for j, module in enumerate(catalogue.modules.values())
        if helped[j]
    ]
    return tuple(sorted(found, key=lambda one: (-one.gain, one.module))[:k])
