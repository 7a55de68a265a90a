"""Whether a pathway's numbers add up, computed once more from the definitions."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

from fagprofil.bill import Purchase, bill
from fagprofil.catalogue import Catalogue
from fagprofil.errors import Problem
from fagprofil.evidence import EvidenceModel
from fagprofil.gap_analysis import gap
from fagprofil.ladder import UNIT, ladder_of
from fagprofil.model import Employee
from fagprofil.planning.pathway_results import Pathway
from fagprofil.standing import CERTAIN

__all__ = ["number_problems"]


def number_problems(
    pathway: Pathway, employee: Employee, catalogue: Catalogue, model: EvidenceModel
) -> Iterator[Problem]:
    """What does not add up in a pathway."""
    for name, found, expected in (
        *_values(pathway, employee, catalogue, model),
        *_sums(pathway),
        *_prices(pathway, employee, catalogue),
    ):
        if found != expected:
            yield Problem("pathway", name, str(found), str(expected))
    order = [(step.start, step.module) for step in pathway.steps]
    if order != sorted(order):
        yield Problem("pathway", "steps", None, "steps in the order of periods and modules")
    if pathway.bound < pathway.value:
        yield Problem("pathway", "bound", str(pathway.bound), f"at least {pathway.value}")
    if pathway.optimal and pathway.bound != pathway.value:
        yield Problem("pathway", "bound", str(pathway.bound), f"{pathway.value}")


Compared = Iterator[tuple[str, object, object]]


def _values(
    pathway: Pathway, employee: Employee, catalogue: Catalogue, model: EvidenceModel
) -> Compared:
    """Gains, values and gaps."""
    ladder = ladder_of(catalogue, pathway.on, model)
    blend, held = catalogue.resolve(pathway.profile), ladder.held([employee]).steps[0]
    end = {one.id: one.end for one in pathway.periods}
    need = {
        one.id: ladder.need(blend, pathway.horizon.beginning(one.end)) for one in pathway.periods
    }

    def worth(taken: Mapping[str, str]) -> float:
        units = 0
        for k, name in enumerate(ladder.competences):
            for step in range(1, ladder.top + 1):
                periods = [
                    period
                    for module, period in taken.items()
                    if (catalogue.modules[module].teaches or {}).get(name, 0) >= step
                ]
                if periods:
                    first = min(periods, key=lambda one: end[one])
                    units += int(need[first][k, step - 1]) * (CERTAIN - int(held[k, step - 1]))
        return units * UNIT

    whole = gap(
        employee, blend, catalogue, horizon=pathway.horizon, on=pathway.on, model=model
    ).total
    yield "gap_before", pathway.gap_before, whole
    done: dict[str, str] = {}
    for step in pathway.steps:
        before = worth(done)
        done[step.module] = step.period
        yield f"gain of {step.module}", step.gain, worth(done) - before
        yield f"gap after {step.module}", step.gap_after, whole - worth(done)
    yield "value", pathway.value, worth(done)
    for other in pathway.alternatives:
        mine = worth({module: period for period, module in other.modules})
        yield "alternative", (other.value, other.loss), (mine, pathway.value - mine)


def _sums(pathway: Pathway) -> Compared:
    """What the parts sum to."""
    steps = pathway.steps
    for step in steps:
        yield f"reasons of {step.module}", sum(one.value for one in step.reasons), step.gain
    yield "sum of gains", sum(step.gain for step in steps), pathway.value
    yield "gap_after", pathway.gap_after, pathway.gap_before - pathway.value
    left = pathway.waiting + sum(one.gap for one in pathway.open)
    yield "waiting and open", left, pathway.gap_after
    for name in ("ects", "days", "gross_price", "net_price"):
        parts = [getattr(step, name) for step in steps]
        expected = None if None in parts else sum(parts)
        found = getattr(pathway, name)
        close = found == expected or (
            found is not None and expected is not None and math.isclose(found, expected)
        )
        yield name, close, True


def _prices(pathway: Pathway, employee: Employee, catalogue: Catalogue) -> Compared:
    """What the bill says."""
    purchases = [
        Purchase(employee=employee.id, module=step.module, start=step.start)
        for step in pathway.steps
    ]
    lines = bill(purchases, [employee], catalogue, on=pathway.on).lines
    for step, line in zip(pathway.steps, lines, strict=True):
        both = (line.net_low, line.net_high)
        middle = None if line.net_low is None or line.net_high is None else sum(both) / 2  # type: ignore[arg-type]
        yield f"price of {step.module}", step.net_price, middle
        yield f"grants of {step.module}", step.grants, line.grants
