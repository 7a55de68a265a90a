"""Programs in whole numbers, solved by HiGHS."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fagprofil.planning.cohort_model import Model
from fagprofil.planning.cohort_relax import Clock

__all__ = ["Answer", "integer"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Answer:
    """What came of a program.

    Attributes
    ----------
    point
        The best solution that was found, shape (columns,); None where none was.
    bound
        No solution is worth more; -inf where it is known that there is none.
    """

    point: Floats | None
    bound: float

    @property
    def impossible(self) -> bool:
        """Whether it is known that there is no solution."""
        return self.bound == -np.inf


def integer(
    model: Model, opened: NDArray[np.bool_], gap: float, nodes: int | None, clock: Clock
) -> Answer:
    """Solve a program in which some columns may be more than 0.

    Parameters
    ----------
    opened
        These columns, shape (columns,).
    gap
        When to stop: the share of the value by which a better solution may be missed.
    nodes
        After how many nodes of the search tree to stop; None is never.
    """
    from scipy.optimize import Bounds, LinearConstraint, milp

    columns = np.flatnonzero(opened & (model.most > 0))
    if not len(columns):
        possible = bool(np.all(model.low <= 0) and np.all(model.high >= 0))
        return Answer(np.zeros(len(opened)), 0.0) if possible else Answer(None, -np.inf)
    options: Any = {"mip_rel_gap": gap, **clock.options}
    if nodes is not None:
        options["node_limit"] = nodes
    found = milp(
        -model.worth[columns],
        integrality=model.whole[columns].astype(np.intp),
        bounds=Bounds(0.0, model.most[columns]),
        constraints=LinearConstraint(model.matrix[:, columns], model.low, model.high),
        options=options,
    )
    # HiGHS may say "unbounded or infeasible" of these programs, none of which is unbounded.
    if found.status in (2, 4) and found.x is None:
        return Answer(None, -np.inf)
    bound = np.inf if found.mip_dual_bound is None else -float(found.mip_dual_bound)
    if found.x is None:
        return Answer(None, np.inf if np.isnan(bound) or bound == -np.inf else bound)
    point = np.zeros(len(opened))
    point[columns] = found.x
    return Answer(point, bound)
