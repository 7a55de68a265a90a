"""From a plan to a pathway: steps with their reasons, prices, and what binds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from fagprofil.bill import BillLine
from fagprofil.gap_analysis import profile_status
from fagprofil.ladder import UNIT
from fagprofil.model import Status, Text
from fagprofil.model.base import Deferred
from fagprofil.planning.calendar import Period
from fagprofil.planning.limits import LimitName
from fagprofil.planning.pathway_exact import Searched
from fagprofil.planning.pathway_greedy import Greedy
from fagprofil.planning.pathway_plan import allows, in_order, value
from fagprofil.planning.pathway_reasons import left_out, open_gaps
from fagprofil.planning.pathway_results import (
    Alternative,
    LimitUse,
    Method,
    Pathway,
    PathwayStep,
)
from fagprofil.planning.pathway_task import PathwayTask, Plan
from fagprofil.rankers import Reason
from fagprofil.terms import TermsList

__all__ = ["pathway_of"]

#: So many modules are tried to find out if a limit on money binds.
_TRIED = 5
_THOUSAND = 1000


def pathway_of(task: PathwayTask, found: Searched, method: Method) -> Pathway:
    """The pathway of a plan.

    Parameters
    ----------
    task, found
        A task and a search that found a plan of it.
    method
        How it was searched.
    """
    asked, plan = task.asked, found.plan or {}
    steps = tuple(_steps(task, plan))
    before, worth = int(asked.unmet(asked.horizon).sum()), value(task, plan)
    open_ = open_gaps(task, plan)
    left = float((before - worth) * UNIT)
    names = asked.catalogue.taxonomy.competences
    named = {reason.competence for step in steps for reason in step.reasons}
    basis = profile_status(asked.profile, asked.catalogue)
    goal = asked.programme
    return Pathway(
        employee=asked.employee.id,
        profile=asked.profile.id,
        profile_name=asked.profile.name,
        horizon=asked.horizon,
        on=asked.on,
        programme=None if goal is None else goal.id,
        complete=asked.complete,
        method=method,
        limits=asked.limits,
        periods=asked.periods,
        steps=steps,
        gap_before=before * UNIT,
        value=worth * UNIT,
        gap_after=left,
        waiting=left - sum(one.gap for one in open_),
        bound=(worth if found.proven else found.bound) * UNIT,
        optimal=found.proven,
        settled=found.settled,
        ects=_total(step.ects for step in steps),
        days=_total(step.days for step in steps),
        gross_price=_total(step.gross_price for step in steps),
        net_price=_total(step.net_price for step in steps),
        limit_uses=tuple(_uses(task, plan)),
        open=open_,
        alternatives=tuple(_alternatives(task, plan, found.others)),
        left_out=Deferred(lambda: left_out(task)),
        status=Status.weakest([basis, *(step.status for step in steps)]),
        notes=tuple(_notes(task, found)),
        competence_names={x: names[x].name for x in sorted(filter(None, named))},
    )


def _total(amounts: Iterable[float | None]) -> float | None:
    """A sum; None where a part is unknown."""
    total = 0.0
    for one in amounts:
        if one is None:
            return None
        total += one
    return total


def _steps(task: PathwayTask, plan: Plan) -> Iterator[PathwayStep]:
    asked = task.asked
    basis = profile_status(asked.profile, asked.catalogue)
    bill = task.purse.bill({task.modules[module].id: t for module, t in plan.items()})
    lines = {line.module: line for line in bill.lines}
    terms: dict[int, TermsList] = {}
    gap = int(asked.unmet(asked.horizon).sum())
    done: set[tuple[int, int]] = set()
    for t, i in in_order(plan):
        module, period = task.modules[i], asked.periods[t]
        gains = _gains(task, i, t, done)
        gap -= sum(gains.values())
        on_day = terms.setdefault(t, TermsList(asked.catalogue, period.start))
        known = asked.employee.relevant_years is not None
        offered = on_day.of(asked.employee, known, module, basis)
        line = lines[module.id]
        yield PathwayStep(
            period=period.id,
            start=period.start,
            end=period.end,
            module=module.id,
            title=module.title,
            gain=float(sum(gains.values()) * UNIT),
            reasons=_reasons(gains),
            gap_after=gap * UNIT,
            ects=module.ects,
            days=module.teaching_days,
            gross_price=_middle(line.gross_low, line.gross_high),
            net_price=_middle(line.net_low, line.net_high),
            grants=line.grants,
            status=offered.status,
            notes=_said(task, i, offered.notes, line, period),
        )


def _gains(task: PathwayTask, module: int, t: int, done: set[tuple[int, int]]) -> dict[str, int]:
    """What a module closes by competence, beyond the steps that are reached already."""
    found: dict[str, int] = {}
    for k, level in task.teaches[module]:
        new = [step for step in range(1, level + 1) if (k, step) not in done]
        done.update((k, step) for step in new)
        gain = sum(int(task.worth[t, k, step - 1]) for step in new)
        if gain:
            found[task.asked.ladder.competences[k]] = gain
    return found


def _reasons(gains: Mapping[str, int]) -> tuple[Reason, ...]:
    """Gains as reasons, the largest first."""
    ranked = sorted(gains.items(), key=lambda one: (-one[1], one[0]))
    return tuple(
        Reason(name="gap closed", competence=name, value=units * UNIT) for name, units in ranked
    )


def _middle(low: float | None, high: float | None) -> float | None:
    return None if low is None or high is None else (low + high) / 2


def _said(
    task: PathwayTask, i: int, notes: Sequence[Text], line: BillLine, period: Period
) -> tuple[Text, ...]:
    """What to look into before a step."""
    module = task.modules[i]
    said = [*notes, *line.notes]
    if module.teaches is None:
        said.append(
            Text(da="det er ikke kendt, hvad modulet lærer", en="it is not known what it teaches")
        )
    runs = [run for run in task.asked.catalogue.runs.values() if run.module == module.id]
    deadlines = [
        run.deadline
        for run in runs
        if run.deadline is not None
        and task.asked.on <= run.deadline
        and period.start <= run.start <= period.end
    ]
    if deadlines:
        said.append(Text(da=f"tilmelding senest {max(deadlines)}", en=f"enrol by {max(deadlines)}"))
    if task.doors.outside(module):
        said.append(
            Text(
                da="hentes uden for uddannelsen; merit skal søges",
                en="comes from outside the programme; credit must be applied for",
            )
        )
    return tuple(dict.fromkeys(said))


# --- limits -------------------------------------------------------------------------------------


def _uses(task: PathwayTask, plan: Plan) -> Iterator[LimitUse]:
    """How much of each limit is used, and whether it binds."""
    fits = _Fits(task, plan)
    periods = task.asked.periods
    for name, loads, most in task.per_period:
        for t, period in enumerate(periods):
            used = sum(int(loads[module]) for module, when in plan.items() if when == t)
            binds = fits.breaks(loads, most - used, [t])
            yield _use(name, period.id, most, used, loads, task, binds)
    for name, loads, most in task.in_all:
        used = sum(int(loads[module]) for module in plan)
        binds = fits.breaks(loads, most - used, range(len(periods)))
        yield _use(name, None, most, used, loads, task, binds)
    money = task.asked.limit("money")
    if money is not None:
        spent = task.purse.bill({task.modules[i].id: t for i, t in plan.items()}).net
        yield LimitUse(limit="money", period=None, most=money, used=spent, binds=fits.too_dear())


def _use(
    name: LimitName,
    period: str | None,
    most: int,
    used: int,
    loads: np.ndarray[tuple[int], np.dtype[np.int64]],
    task: PathwayTask,
    binds: bool,
) -> LimitUse:
    unit = 1 if loads is task.loads["modules"] else _THOUSAND
    return LimitUse(limit=name, period=period, most=most / unit, used=used / unit, binds=binds)


@dataclass(frozen=True, eq=False)
class _Fits:
    """The modules that would close more beside a plan, whatever the limits say."""

    task: PathwayTask
    plan: Plan

    def __post_init__(self) -> None:
        greedy = Greedy(self.task)
        more = (greedy.gains(self.plan) > 0) & self.task.offered
        more &= (greedy.demands @ ~greedy.met(self.plan)) == 0
        more[list(self.plan)] = False
        object.__setattr__(self, "more", more)

    more: np.ndarray[tuple[int, int], np.dtype[np.bool_]] = None  # type: ignore[assignment]

    def breaks(
        self,
        loads: np.ndarray[tuple[int], np.dtype[np.int64]],
        room: int,
        periods: Iterable[int],
    ) -> bool:
        """Whether one of them, in some periods, is more than there is room for."""
        some = self.more[:, list(periods)].any(axis=1)
        return bool((loads[some] > room).any())

    def too_dear(self) -> bool:
        """Whether one of them, the dearest ones first, costs more than is left."""
        task = self.task
        modules = np.flatnonzero(self.more.any(axis=1)).tolist()
        prices = {i: getattr(task.modules[i].price, "high", 0.0) for i in modules}
        for i in sorted(modules, key=lambda one: -prices[one])[:_TRIED]:
            t = int(np.flatnonzero(self.more[i])[0])
            taken = {**self.plan, i: t}
            if not task.purse.affordable({task.modules[j].id: when for j, when in taken.items()}):
                return True
        return False


# --- beside the plan ----------------------------------------------------------------------------


def _alternatives(task: PathwayTask, plan: Plan, others: Sequence[Plan]) -> Iterator[Alternative]:
    periods, worth = task.asked.periods, value(task, plan)
    for other in others:
        if not allows(task, other):
            continue
        mine = value(task, other)
        yield Alternative(
            value=mine * UNIT,
            loss=(worth - mine) * UNIT,
            modules=tuple((periods[t].id, task.modules[i].id) for t, i in in_order(other)),
            without=tuple(task.modules[i].id for i in sorted(plan.keys() - other.keys())),
            instead=tuple(task.modules[i].id for i in sorted(other.keys() - plan.keys())),
        )


def _notes(task: PathwayTask, found: Searched) -> Iterator[Text]:
    """What is to be said of the pathway as a whole."""
    goal = task.progress
    if goal is not None:
        if goal.programme.compulsory is None:
            yield Text(
                da="det er ikke kendt, hvilke moduler der alle er obligatoriske",
                en="it is not known which modules are compulsory, all of them",
            )
        if goal.programme.outside_ects is None:
            yield Text(
                da="det er ikke kendt, hvor meget der kan hentes udefra; intet er planlagt",
                en="it is not known how much may come from outside; nothing is planned from there",
            )
        if goal.credit:
            yield Text(
                da="bestået uden for uddannelsen er regnet med; merit skal søges",
                en="what was passed outside the programme is counted; credit must be applied for",
            )
    if not found.proven:
        yield Text(
            da="det er ikke bevist, at planen er den bedste",
            en="it is not proven that no plan is better",
        )
    elif not found.settled:
        yield Text(
            da="andre planer kan være lige så gode; hvilken der vises, er ikke afgjort",
            en="other plans may be as good; which of them is shown is not settled",
        )
