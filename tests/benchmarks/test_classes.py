"""Classes: the plan of normal effort, and the quick one beside it on the same input.

Run with ``pytest tests/benchmarks/test_classes.py --benchmark-enable --benchmark-only -s``. The
larger sizes of docs/planning.md are measured by ``plan_classes.py``.
"""

from __future__ import annotations

from typing import Any

import pytest
from plan_classes import SIZES, instance

import fagprofil as fp


@pytest.mark.parametrize("effort", ["fast", "normal"])
def test_classes(benchmark: Any, effort: Any) -> None:
    catalogue, workers, runs, limits = instance(*SIZES[0])
    given = {"runs": runs, "limits": limits, "effort": effort}
    plan = benchmark.pedantic(fp.plan_cohorts, (workers, catalogue), given, rounds=1)
    assert plan.gap_to_bound < (0.01 if effort == "normal" else 0.25)
    benchmark.extra_info["gap to bound"] = f"{plan.gap_to_bound:.2%}"
