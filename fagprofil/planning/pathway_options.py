"""All ways of taking a module in a period: by which programme it ends, and by who pays for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from fagprofil.model import FundingScheme, Module
from fagprofil.planning.programme import Progress
from fagprofil.planning.purse import Payer, counted_together

if TYPE_CHECKING:
    from fagprofil.planning.pathway_task import PathwayTask

__all__ = ["Ends", "Options", "Ways", "fractional_most", "ways_of"]

#: More ECTS than there are, in thousandths.
_NEVER = 1 << 40


@dataclass(frozen=True, eq=False)
class Ends:
    """What must come before a project: in thousandths of ECTS, and by modules.

    Attributes
    ----------
    least
        What must still be passed; no more than 0 where enough is.
    counts
        What each module of the task adds to it, shape (N,).
    first
        Modules that must be passed before.
    """

    least: int
    counts: NDArray[np.int64]
    first: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Options:
    """Ways of taking a module in a period, sorted by module and period; each of shape (O,).

    Attributes
    ----------
    module, period
        Positions in the task.
    ends
        Which of the `Ends` a project goes by; -1 for other modules.
    payer
        Which of the payers pays.
    """

    module: NDArray[np.intp]
    period: NDArray[np.intp]
    ends: NDArray[np.intp]
    payer: NDArray[np.intp]

    def __len__(self) -> int:
        return len(self.module)

    @classmethod
    def of(cls, rows: Sequence[tuple[int, int, int, int]]) -> Options:
        """Options from rows of the four."""
        columns = np.array(sorted(rows), dtype=np.intp).reshape(-1, 4).T
        return cls(*columns)


@dataclass(frozen=True, eq=False)
class Ways:
    """Options and what they refer to.

    Attributes
    ----------
    caps
        The caps of schemes that may be used up, in kroner.
    """

    options: Options
    payers: tuple[Payer, ...]
    ends: tuple[Ends, ...]
    caps: Mapping[str, float]


def ways_of(task: PathwayTask) -> Ways:
    """All ways of taking the modules of a task."""
    payers: dict[Payer, int] = {}
    ends: list[Ends] = []
    rows: list[tuple[int, int, int, int]] = []
    for i, module in enumerate(task.modules):
        last = [-1]
        if module.project and task.asked.asks("project"):
            some = [_ends(task, one, module) for one in task.doors.ends(module)]
            last = [len(ends) + n for n in range(len(some))]
            ends += some
        for t in task.open_periods(module):
            for payer in task.purse.payers(module, t):
                way = payers.setdefault(payer, len(payers))
                rows += [(i, t, end, way) for end in last]
    caps = dict(_caps(task, rows, tuple(payers)))
    # Nobody pays in the place of a scheme that cannot run dry.
    vain = {way for payer, way in payers.items() if not caps.keys() >= set(payer.after)}
    options = Options.of([row for row in rows if row[3] not in vain])
    return Ways(options, tuple(payers), tuple(ends), caps)


def _ends(task: PathwayTask, goal: Progress, project: Module) -> Ends:
    asked = goal is task.progress
    passed = goal.passed if asked else goal.inside
    first = goal.compulsory if asked else ()
    # One that cannot be had bars the project.
    lacking = any(name not in task.position for name in first)
    return Ends(
        least=_NEVER if lacking else (goal.before(project) or 0) - passed,
        counts=task.counts(goal, outside=asked),
        first=tuple(task.position[name] for name in first if name in task.position),
    )


def _caps(
    task: PathwayTask, rows: Sequence[tuple[int, int, int, int]], payers: Sequence[Payer]
) -> Iterator[tuple[str, float]]:
    """The caps that may be used up, as far as the ECTS of a period go."""
    schemes = task.asked.catalogue.funding
    by_scheme: dict[str, set[tuple[int, int]]] = {}
    for i, t, _, way in rows:
        for name in {payers[way].scheme, *payers[way].also} - {None}:
            by_scheme.setdefault(str(name), set()).add((i, t))
    for name, taken in sorted(by_scheme.items()):
        cap = schemes[name].cap
        if cap is not None and _most_paid(task, schemes[name], taken) >= cap:
            yield name, cap


def _most_paid(task: PathwayTask, scheme: FundingScheme, taken: set[tuple[int, int]]) -> float:
    """At least what a scheme may pay of what counts against its cap at one time."""
    limits = [(loads, most) for name, loads, most in task.per_period if name == "ects_per_period"]
    high = np.array([0.0 if one.price is None else one.price.high for one in task.modules])
    paid = []
    for t in range(len(task.asked.periods)):
        own = np.array(sorted(i for i, when in taken if when == t), dtype=np.intp)
        price = high[own] * (scheme.share or 0.0)
        fits = [fractional_most(price, loads[own], most) for loads, most in limits]
        paid.append(min([float(price.sum()), *fits]))
    together = [counted_together(scheme, task.asked.periods, t) for t in range(len(paid))]
    return max(sum(paid[s] for s in some) for some in together)


def fractional_most(gain: NDArray[np.float64], loads: NDArray[np.int64], most: int) -> float:
    """The most that is gained within a limit, if things may be split.

    Examples
    --------
    >>> fractional_most(np.array([6.0, 5.0]), np.array([2, 2]), 3)
    8.5
    """
    kept = np.flatnonzero(gain)
    # Nothing is lost by taking first what gains most for its load.
    order = kept[np.argsort(-gain[kept] / np.maximum(loads[kept], 1e-9), kind="stable")]
    before = np.cumsum(loads[order]) - loads[order]
    share = np.clip((most - before) / np.maximum(loads[order], 1e-9), 0.0, 1.0)
    return float((share * gain[order]).sum())
