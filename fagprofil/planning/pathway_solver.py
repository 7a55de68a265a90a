"""Solves the program of a pathway: a relaxation whose prices rule options out, then what is left.

For any prices of the rows that are not negative, what the options and steps are worth after paying
them is an upper bound on every plan (A. Geoffrion, 1974, "Lagrangean relaxation for integer
programming"). With the prices of the linear relaxation the bound is nearly tight, and an option
whose taking would lower it below a plan that is already known is in no better plan. The bound is
computed here from the prices, so it does not rest on the solver's tolerances.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from fagprofil.planning.pathway_model import SCALE, PathwayModel, Rows
from fagprofil.planning.pathway_plan import allows, satisfies, value
from fagprofil.planning.pathway_task import PathwayTask, Plan

__all__ = ["Effort", "PathwaySolver", "Relaxed", "Solved"]

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

#: Half a unit of value: what lies closer together is equal.
HALF = 0.5
#: Rows that keep a value are scaled so that half a unit stays above the solver's tolerance by
#: little: with larger numbers it repairs what is no more than rounding.
CALM = 2.0**-6
#: How far below the bound it is looked for better plans, as shares of the way to a known one.
_SHARES = (0.2, 0.5, 1.0)
#: Nodes that are taken to have been needed to find that there is no plan: they are not told.
_NO_COUNT = 5
#: So many plans that turn out too dear are ruled out, one after the other.
_MOST_CUTS = 40


@dataclass
class Effort:
    """How much may be spent on solving, counted in the work and not by the clock.

    Attributes
    ----------
    nodes
        How many nodes of search trees are left.
    until
        The reading of `time.monotonic` at which to stop all the same; None is never.
    columns
        How many columns are left for the programs yet to be solved; None is as many as it takes.
        A search mostly ends at its first node, after work that grows with its columns.
    """

    nodes: int
    until: float | None = None
    columns: int | None = None

    @property
    def left(self) -> float | None:
        """Seconds left."""
        return None if self.until is None else max(0.0, self.until - time.monotonic())

    @property
    def spent(self) -> bool:
        """Whether nothing is left."""
        return any(x is not None and x <= 0 for x in (self.nodes, self.columns, self.left))

    def spend(self, nodes: int, columns: int) -> None:
        """Count what a search took."""
        self.nodes -= nodes
        if self.columns is not None:
            self.columns -= columns

    def another(self, nodes: int) -> Effort:
        """As long, but with so many nodes."""
        return Effort(nodes, self.until)


@dataclass(frozen=True)
class Relaxed:
    """Upper bounds on an objective.

    Attributes
    ----------
    bound
        On all plans.
    with_option
        On those with each option, shape (O,).
    without
        On those without each module, shape (N,).
    """

    bound: float
    with_option: Floats
    without: Floats


@dataclass(frozen=True)
class Solved:
    """What a search gave.

    Attributes
    ----------
    plan
        The best plan found, if any.
    bound
        An upper bound on the objective.
    proven
        Whether there is no better plan; without a plan, whether there is none.
    """

    plan: dict[int, int] | None
    bound: float
    proven: bool


@dataclass(frozen=True, eq=False)
class _Program:
    """A program over some options.

    Attributes
    ----------
    columns, taken
        The model's columns, and how many of them are options; those come first.
    change
        The columns from those that the solver is given.
    rows
        The model's rows over the columns.
    matrix, most
        All rows over the columns that the solver is given, those of `rows` first.
    upper
        Upper bounds.
    """

    columns: NDArray[np.intp]
    taken: int
    change: sp.csc_array
    rows: sp.csc_array
    matrix: sp.csc_array
    most: Floats
    upper: Floats


class PathwaySolver:
    """Solves one program again and again, with other objectives, over fewer options."""

    def __init__(self, task: PathwayTask, effort: Effort) -> None:
        self.task, self.effort = task, effort
        self.model = PathwayModel(task)
        self.cuts = Rows()

    def relax(self, core: Mask | None = None, more: Rows | None = None) -> Relaxed:
        """The bounds of the linear relaxation; weaker ones where it cannot be solved in time.

        Parameters
        ----------
        core, more
            As for `best`; without, all options.
        """
        from scipy.optimize import linprog

        core = np.ones(self.model.count, dtype=np.bool_) if core is None else core
        program, left = self._program(core, more), self.effort.left
        rows, ends = program.rows.shape[0], np.column_stack([0 * program.upper, program.upper])
        if not program.matrix.nnz:
            return self._bounds(np.zeros(rows), program)
        cost: Any = -(program.change.T @ self.model.gain[program.columns])
        options: Any = {} if left is None else {"time_limit": left}
        found = linprog(
            cost,
            A_ub=cast("Any", program.matrix),
            b_ub=program.most,
            bounds=cast("Any", ends),
            method="highs",
            options=options,
        )
        if found.status == 2:
            nothing = np.full(self.model.count, -np.inf)
            return Relaxed(-np.inf, nothing, np.full(len(self.task.modules), -np.inf))
        solved = found.status == 0 and found.ineqlin is not None
        prices = -found.ineqlin.marginals[:rows] if solved else np.zeros(rows)
        return self._bounds(np.maximum(prices, 0.0), program)

    def _bounds(self, prices: Floats, program: _Program) -> Relaxed:
        """Upper bounds from prices of the rows."""
        model, module = self.model, self.task.options.module[program.columns[: program.taken]]
        left = model.gain[program.columns] - program.rows.T @ prices
        options, others = left[: program.taken], left[program.taken :]
        # Each module is taken at most once.
        once = np.zeros(len(self.task.modules))
        np.maximum.at(once, module, options)
        gains = np.maximum(others, 0.0) @ program.upper[program.taken :]
        bound = float(program.most[: len(prices)] @ prices + gains + once.sum())
        # Rounding in these sums is far below this.
        bound += 1e-9 * (1.0 + abs(bound))
        with_option = np.full(model.count, -np.inf)
        with_option[program.columns[: program.taken]] = bound - once[module] + options
        without = bound - once
        return Relaxed(bound, with_option, without)

    def _program(self, core: Mask, more: Rows | None) -> _Program:
        """The rows over some options, as they are and as the solver is given them."""
        model, kept = self.model, np.flatnonzero(core)
        width = len(model.bounds)
        columns = np.concatenate([kept, np.arange(model.count, width)])
        change, falls = self._steps(kept, len(columns))
        parts = [one for one in (self.cuts, more) if one is not None and one.most]
        every = [model.matrix, *(one.matrix(width) for one in parts)]
        rows = (sp.vstack(every, format="csc") if parts else model.matrix)[:, columns]
        return _Program(
            columns=columns,
            taken=len(kept),
            change=change,
            rows=rows,
            matrix=sp.vstack([rows @ change, falls], format="csc"),
            most=np.concatenate(
                [model.most, *(one.most for one in parts), np.zeros(falls.shape[0])]
            ),
            upper=model.bounds[columns],
        )

    def _steps(self, kept: NDArray[np.intp], width: int) -> tuple[sp.csc_array, sp.csc_array]:
        """What columns are of "taken by then", and the rows by which that never falls.

        An option is its own column less that of the same module before it: programs branch better
        on whether something is done by then than on when.
        """
        module = self.task.options.module[kept]
        again = np.flatnonzero(module[1:] == module[:-1]) + 1
        values = np.concatenate([np.ones(width), -np.ones(len(again))])
        row = np.concatenate([np.arange(width), again])
        column = np.concatenate([np.arange(width), again - 1])
        change = sp.csc_array((values, (row, column)), shape=(width, width))
        row = np.tile(np.arange(len(again)), 2)
        values = np.repeat([1.0, -1.0], len(again))
        falls = (values, (row, np.concatenate([again - 1, again])))
        return change, sp.csc_array(falls, shape=(len(again), width))

    def climb(self, core: Mask, relaxed: Relaxed, start: dict[int, int] | None) -> Solved:
        """The most valuable plan of some options, found among the most promising ones first.

        A plan worth at least so much is made of options with which the bound is no lower; so if
        one is found among these alone, it is the best of all.

        Parameters
        ----------
        core
            The options, shape (O,).
        relaxed
            Bounds on them.
        start
            A plan that is known.
        """
        if start is None:
            return self.best(core)
        best, bound, looked = start, relaxed.bound, np.zeros_like(core)
        for share in _SHARES:
            have = self._worth(best) + HALF * SCALE
            rows = self._better(have, looked)
            if looked.any() and bound >= have:
                relaxed = self.relax(core & (relaxed.with_option >= have), rows)
                bound = min(bound, relaxed.bound)
            if bound < have:
                break
            least = have + (1 - share) * (bound - have)
            some = core & (relaxed.with_option >= least)
            solved = self.best(some, more=rows)
            best = max((best, solved.plan or best), key=self._worth)
            if not solved.proven:
                return Solved(
                    best, max(self._worth(best), min(bound, max(solved.bound, least))), proven=False
                )
            # What is better still has an option beside these, with which the bound is lower.
            looked |= some
            bound = min(bound, max(least, self._worth(best)))
        return Solved(best, self._worth(best), proven=True)

    def _better(self, have: float, looked: Mask) -> Rows:
        """Ask for a value above what one has, and for an option beside those looked at."""
        rows, gain = Rows(), self.model.gain
        columns = np.flatnonzero(gain)
        rows.add([(columns, -gain[columns] * CALM)], -have * CALM)
        if looked.any():
            rows.add([(np.flatnonzero(~looked), -1.0)], -1.0)
        return rows

    def _worth(self, plan: Plan) -> float:
        """What a plan is worth, as the objective has it."""
        return value(self.task, plan) * SCALE

    def best(
        self,
        core: Mask,
        objective: Floats | None = None,
        more: Rows | None = None,
    ) -> Solved:
        """The best plan made of some options.

        Plans that break something after all are ruled out: those that turn out too dear, and those
        that the solver takes for allowed within its tolerance.

        Parameters
        ----------
        core
            The options, shape (O,).
        objective
            What to maximise over all columns; None takes the value.
        more
            Further rows.
        """
        aim = self.model.gain if objective is None else objective
        solved = Solved(None, np.inf, proven=False)
        for _ in range(_MOST_CUTS):
            solved = self._once(core, aim, more)
            plan = solved.plan
            if plan is None or (allows(self.task, plan) and satisfies(self.task, plan)):
                return solved
            self._rule_out(plan)
        return Solved(None, solved.bound, proven=False)

    def _once(self, core: Mask, aim: Floats, more: Rows | None) -> Solved:
        from scipy.optimize import Bounds, LinearConstraint, milp

        if self.effort.spent:
            return Solved(None, np.inf, proven=False)
        program = self._program(core, more)
        if not len(program.columns):
            possible = bool((program.most >= 0).all())
            return Solved({} if possible else None, 0.0, proven=True)
        whole = np.zeros(len(program.columns), dtype=np.int64)
        whole[: program.taken] = 1
        whole[program.taken + self.model.whole - self.model.count] = 1
        options: Any = {"mip_rel_gap": 0.0, "node_limit": self.effort.nodes}
        if self.effort.left is not None:
            options["time_limit"] = self.effort.left
        found = milp(
            -(program.change.T @ aim[program.columns]),
            integrality=whole,
            bounds=Bounds(0.0, program.upper),
            constraints=LinearConstraint(program.matrix, -np.inf, program.most),
            options=options,
        )
        self.effort.spend(max(1, found.mip_node_count or _NO_COUNT), len(program.columns))
        if found.x is None:
            return Solved(None, np.inf, proven=found.status == 2)
        taken = np.flatnonzero((program.change @ found.x)[: program.taken] > 0.5)
        of = self.task.options
        plan = {int(of.module[o]): int(of.period[o]) for o in program.columns[taken]}
        bound = np.inf if found.mip_dual_bound is None else -found.mip_dual_bound
        return Solved(plan, bound, proven=found.status == 0)

    def _rule_out(self, plan: Plan) -> None:
        """Rule a plan out: these modules in these periods and no others."""
        options = self.task.options
        inside = np.array(
            [plan.get(int(i)) == t for i, t in zip(options.module, options.period, strict=True)]
        )
        value = np.where(inside, 1.0, -1.0)
        self.cuts.add([(np.arange(len(options)), value)], len(plan) - 1.0)

    def in_plan(self, plan: Plan) -> Mask:
        """The options that a plan is made of."""
        options = self.task.options
        period = np.full(len(self.task.modules), -1)
        period[list(plan)] = list(plan.values())
        return np.asarray(period[options.module] == options.period)
