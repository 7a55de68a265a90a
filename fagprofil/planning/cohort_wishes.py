"""People who must or must not go."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fagprofil.errors import DataError, Problem, nearest
from fagprofil.model import ModuleRun
from fagprofil.planning.cohort_people import Crowd

__all__ = ["Wish", "WishLike", "Wishes"]

#: A person, who is to have a seat at all; or a person and the module or the run of the seat.
WishLike = str | tuple[str, str]


@dataclass(frozen=True, slots=True, order=True)
class Wish:
    """Somebody is to have a seat in one of some runs.

    Attributes
    ----------
    person
        Their position.
    about
        The id of the module or the run; ``""`` is any.
    runs
        The positions of the runs.
    """

    person: int
    about: str
    runs: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Wishes:
    """Who must go where, and who must not.

    Attributes
    ----------
    must
        Each wish once, in order.
    unwanted
        Seats that are not to be given, shape (n, R).
    """

    must: tuple[Wish, ...]
    unwanted: NDArray[np.bool_]

    @classmethod
    def of(
        cls,
        must: Iterable[WishLike],
        must_not: Iterable[WishLike],
        crowd: Crowd,
        runs: Sequence[ModuleRun],
    ) -> Wishes:
        """Wishes, their names resolved.

        Raises
        ------
        DataError
            People, modules and runs that are not in the plan.
        """
        problems: list[Problem] = []
        wanted = set(_read(must, "must", crowd, runs, problems))
        unwanted = np.zeros((len(crowd), len(runs)), dtype=np.bool_)
        for one in _read(must_not, "must_not", crowd, runs, problems):
            unwanted[one.person, list(one.runs)] = True
        if problems:
            raise DataError(problems)
        return cls(tuple(sorted(wanted)), unwanted)

    def wanted(self, shape: tuple[int, int]) -> NDArray[np.bool_]:
        """The seats that would fulfil a wish, shape (n, R)."""
        mask = np.zeros(shape, dtype=np.bool_)
        for one in self.must:
            mask[one.person, list(one.runs)] = True
        return mask


def _read(
    wishes: Iterable[WishLike],
    field: str,
    crowd: Crowd,
    runs: Sequence[ModuleRun],
    problems: list[Problem],
) -> Iterator[Wish]:
    if isinstance(wishes, str):
        problems.append(Problem("call", field, wishes, "several people, as in ['e-017']"))
        return
    named = _runs_by_name(runs)
    for one in wishes:
        who, about = (one, "") if isinstance(one, str) else one
        wrong = [
            *_unknown(who, field, crowd.position, "a person of the plan"),
            *_unknown(about, field, named, "a module or run of the plan"),
        ]
        problems += wrong
        if not wrong:
            yield Wish(crowd.position[who], about, named[about])


def _runs_by_name(runs: Sequence[ModuleRun]) -> dict[str, tuple[int, ...]]:
    """Positions of runs by the id of their module, or by their own, which goes before."""
    found: dict[str, tuple[int, ...]] = {"": tuple(range(len(runs)))}
    for r, run in enumerate(runs):
        found[run.module] = (*found.get(run.module, ()), r)
    return {**found, **{run.id: (r,) for r, run in enumerate(runs)}}


def _unknown(name: str, field: str, known: Collection[str], expected: str) -> Iterator[Problem]:
    if name not in known:
        yield Problem("call", field, name, expected, nearest(name, known))
