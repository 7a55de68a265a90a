"""Plan classes for synthetic workforces, and print the table of docs/planning.md.

python tests/benchmarks/plan_classes.py                print it
python tests/benchmarks/plan_classes.py --table FILE   write it to a file
"""

from __future__ import annotations

import argparse
import datetime as dt
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))

import worlds
from nation import Nation

import fagprofil as fp
from fagprofil.model import ModuleRun
from fagprofil.planning.cohort_limits import CohortLimits

#: People, runs, towns.
SIZES = ((100, 20, 2), (1_000, 120, 12), (5_000, 400, 25))
#: Work places are of so many people.
UNIT = 50
FIRST = dt.date(2027, 2, 1)


def instance(
    people: int, runs: int, towns: int, seed: int = 0
) -> tuple[fp.Catalogue, list[fp.Employee], list[ModuleRun], CohortLimits]:
    """Work places in towns, classes in four half-years, and limits that all bind somewhere."""
    nation = Nation(people, modules=max(8, runs // 4), seed=seed)
    random = np.random.default_rng([seed, people, runs])
    modules = [
        one.model_copy(update={"price": worlds.module("x", price=int(price)).price})
        for one, price in zip(
            nation.catalogue.modules.values(),
            random.integers(6, 15, len(nation.catalogue.modules)) * 1000,
            strict=True,
        )
    ]
    catalogue = nation.catalogue.model_copy(update={"modules": fp.model.Records(modules, "module")})
    named = list(catalogue.modules)
    which = random.integers(0, len(named), runs).tolist()
    classes = [_run(r, named[m], r % towns, random) for r, m in enumerate(which)]
    units = [f"u{i // UNIT:03}" for i in range(people)]
    workers = [_person(nation, i, units[i]) for i in range(people)]
    named_units = list(dict.fromkeys(units))
    limits = CohortLimits(
        classes=2,
        ects=10,
        away=0.12,
        presence=1,
        budget=10_000.0 * people,
        unit_budget={unit: float(random.integers(6, 15)) * 1000 * UNIT for unit in named_units},
        places={
            unit: tuple(f"t{(u + near) % towns}" for near in range(4))
            for u, unit in enumerate(named_units)
        },
    )
    return catalogue, workers, classes, limits


def _run(r: int, module: str, town: int, random: np.random.Generator) -> ModuleRun:
    half, week, weekday, low, high, cost = (
        int(random.integers(*ends))
        for ends in ((0, 4), (0, 4), (0, 5), (8, 14), (18, 27), (10, 41))
    )
    first = FIRST + dt.timedelta(weeks=26 * half + week, days=weekday)
    days = tuple(first + dt.timedelta(weeks=2 * i) for i in range(7))
    return ModuleRun(
        id=f"r{r:03}",
        module=module,
        start=first,
        end=days[-1],
        days=days,
        place=f"t{town}",
        seats_min=low,
        seats_max=high,
        fixed_cost=1000.0 * cost,
        provenance=worlds.founded("synthetic"),
    )


def _person(nation: Nation, i: int, unit: str) -> fp.Employee:
    start, taken = nation.passed
    named = list(nation.catalogue.modules)
    return fp.Employee(
        id=nation.ids[i],
        unit=unit,
        profile=f"p{nation.profile[i]}",
        evidence=worlds.known(
            {name: int(nation.levels[k, i]) for k, name in enumerate(nation.ladder.competences)}
        ),
        completed=[named[j] for j in taken[start[i] : start[i + 1]]],
    )


HEADINGS = (
    "people",
    "classes",
    "held",
    "seats",
    "seconds",
    "gap",
    "greedy: seconds",
    "greedy: gap",
    "greedy loses",
)


def measured(people: int, runs: int, towns: int) -> tuple[str, ...]:
    """One line: the plan of normal effort beside the greedy one, on the same input."""
    catalogue, workers, classes, limits = instance(people, runs, towns)

    def timed(effort: Any) -> tuple[Any, float]:
        start = time.perf_counter()
        plan = fp.plan_cohorts(workers, catalogue, runs=classes, limits=limits, effort=effort)
        return plan, time.perf_counter() - start

    greedy, quick = timed("fast")
    plan, seconds = timed("normal")
    found = fp.planning.cohort_problems(plan, workers, catalogue, runs=classes, limits=limits)
    assert found == (), found[:3]
    # Whichever bound is lower holds for both.
    bound = min(plan.bound, greedy.bound)
    return (
        f"{people:,}",
        f"{runs}",
        f"{len(plan.classes)}",
        f"{len(plan.seats):,}",
        f"{seconds:.1f}",
        f"{plan.gap_to_bound:.2%}",
        f"{quick:.1f}",
        f"{1 - greedy.value / bound:.2%}",
        f"{1 - greedy.value / plan.value:.2%}",
    )


def table() -> Iterator[str]:
    """The table, line by line as it is measured."""
    yield "| " + " | ".join(HEADINGS) + " |"
    yield "|" + "---:|" * len(HEADINGS)
    for size in SIZES:
        yield "| " + " | ".join(measured(*size)) + " |"


def main() -> None:
    """Print the table, or write it to a file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--table", type=Path)
    asked = parser.parse_args()
    lines = []
    for line in table():
        print(line, flush=True)  # noqa: T201
        lines.append(line)
    if asked.table is not None:
        asked.table.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
