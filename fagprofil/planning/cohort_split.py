"""A mixed class in groups that are taught differently, by what its people hold already."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import AfterValidator

from fagprofil.errors import DataError, Problem
from fagprofil.model.base import Frozen, FrozenDict

__all__ = ["SURE", "ClassGroup", "ClassSplit", "split_class"]

#: How sure we are that everybody holds a step that a group skips.
SURE = 0.8

Floats = NDArray[np.float64]
#: By competence, how sure we are that each step 1, 2, ... is held.
Chances = Mapping[str, tuple[float, ...]]


class ClassGroup(Frozen):
    """People of a class who hold much the same of what it teaches."""

    participants: tuple[str, ...]
    held: Annotated[dict[str, tuple[float, ...]], AfterValidator(FrozenDict)]
    """How sure we are on average that each step that is taught is held already, by competence."""
    skip: Annotated[dict[str, int], AfterValidator(FrozenDict)]
    """Up to which level the group can skip each competence: everybody in it holds these steps."""
    repeats: float
    """The share of what is taught that the group holds already, on average, 0..1."""
    repeats_left: float
    """The same of what is taught if the group skips what it can."""


class ClassSplit(Frozen):
    """How a class can be split; groups that hold least come first."""

    run: str
    groups: tuple[ClassGroup, ...]
    together: ClassGroup
    """The same of the class as one group."""


def split_class(run: str, held: Mapping[str, Chances], groups: int, sure: float) -> ClassSplit:
    """Groups of people who hold alike.

    Those are joined whose steps held differ least, until so many groups are left (J. H. Ward 1963,
    Hierarchical grouping to optimize an objective function).

    Parameters
    ----------
    held
        What each person holds of what the class teaches.
    groups
        At most so many, from 1.
    sure
        Above 0, at most 1.

    Raises
    ------
    DataError
        A number out of range.
    """
    problems = []
    if groups < 1:
        problems.append(Problem("split", "groups", str(groups), "a whole number from 1"))
    if not 0 < sure <= 1:
        problems.append(Problem("split", "sure", str(sure), "a number above 0, at most 1"))
    if problems:
        raise DataError(problems)
    people = sorted(held)
    steps = _matrix(held, people)
    label = _labels(steps, groups)
    members = [[people[i] for i in np.flatnonzero(label == g)] for g in range(int(label.max()) + 1)]
    found = [_group(one, held, sure) for one in members]
    found.sort(key=lambda one: (one.repeats, one.participants))
    return ClassSplit(run=run, groups=tuple(found), together=_group(people, held, sure))


def _matrix(held: Mapping[str, Chances], people: Sequence[str]) -> Floats:
    """How sure we are of each step, shape (people, steps)."""
    rows = [[chance for name in sorted(held[one]) for chance in held[one][name]] for one in people]
    return np.array(rows, dtype=np.float64).reshape(len(people), -1)


def _labels(steps: Floats, groups: int) -> NDArray[np.intp]:
    """The group of each person."""
    groups = min(groups, len(np.unique(steps, axis=0)))
    if groups < 2:
        return np.zeros(len(steps), dtype=np.intp)
    from sklearn.cluster import AgglomerativeClustering

    # Those who hold the same are joined first, so they are in the same group.
    found = AgglomerativeClustering(groups, linkage="ward").fit_predict(steps)
    return np.asarray(found, dtype=np.intp)


def _group(people: Sequence[str], held: Mapping[str, Chances], sure: float) -> ClassGroup:
    names = sorted(held[people[0]])
    by_name = {name: np.array([held[one][name] for one in people]) for name in names}
    # What is held falls from step to step, so the steps that all hold are the first ones.
    skip = {name: int((steps.min(axis=0) >= sure).sum()) for name, steps in by_name.items()}
    taught = sum(steps.shape[1] for steps in by_name.values())
    known = sum(float(steps.sum()) for steps in by_name.values()) / len(people)
    left = sum(float(s[:, skip[name] :].sum()) for name, s in by_name.items()) / len(people)
    kept = taught - sum(skip.values())
    return ClassGroup(
        participants=tuple(people),
        held={name: tuple(steps.mean(axis=0).tolist()) for name, steps in by_name.items()},
        skip={name: level for name, level in skip.items() if level},
        repeats=known / taught if taught else 0.0,
        repeats_left=left / kept if kept else 0.0,
    )
