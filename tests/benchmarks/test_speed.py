"""The ten best modules of many people, side by side with what one would write instead.

``pytest tests/benchmarks --benchmark-enable --benchmark-only`` prints a table of ratios. Set
FAGPROFIL_BENCH=full for 100,000 people and for the sizes of `scale`, which takes minutes, and
FAGPROFIL_BENCH_TABLE=<file> to have the tables written.
"""

from __future__ import annotations

import os
from typing import Any

import library
import numpy as np
import pytest
import scale
from nation import PROFILES, K, Nation
from report import Report, Row
from rivals import Task
from ways import TABLE, WAYS, Way

FULL = os.environ.get("FAGPROFIL_BENCH") == "full"
PEOPLE = 100_000 if FULL else 5_000
SLOW = ("pandas", "polars", "DuckDB", "numpy: broadcast")
#: With fewer, some profiles would have nobody.
FEWEST = 4 * PROFILES

# Other packages warn of their own future.
pytestmark = pytest.mark.filterwarnings("default")


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.label)
def test_way(benchmark: Any, report: Report, way: Way) -> None:
    nation = Nation(max(FEWEST, PEOPLE // way.fewer))
    run = way.prepare(nation)
    # What takes many seconds is called twice only.
    slow = FULL and way.label.startswith(SLOW)
    found = benchmark.pedantic(run, rounds=2) if slow else benchmark(run)
    check(nation, way, found)
    if benchmark.stats is None:  # called, but not timed
        return
    seconds = benchmark.stats["median"]
    megabytes = scale.alone(way.label, nation).megabytes if FULL else None
    report.rows.append(
        Row(way.label, nation.people, seconds, way.cores, way.rules, way.picks, megabytes)
    )


@pytest.mark.parametrize("case", scale.SIZES if FULL else scale.TINY, ids=lambda x: x.size)
def test_size(benchmark: Any, report: Report, case: scale.Case) -> None:
    found = benchmark.pedantic(scale.scaled, args=(case,), rounds=1)
    report.scaled.append(found)
    assert found.people == case.nation.people


def check(nation: Nation, way: Way, found: Any) -> None:
    """A way that is said to agree with the library does so, for everybody."""
    if way.label == TABLE:
        names = list(nation.catalogue.modules)
        picks = library.kernel(nation)()
        expected = [names[j] for row in picks for j in row if j >= 0]
        assert [name for name in found["module"].to_pylist() if name is not None] == expected
    elif way.picks == "the same":
        np.testing.assert_array_equal(found, library.kernel(nation)())
    elif way.picks == "the same gains":
        check_gains(Task(nation), found, way.rules)


def check_gains(task: Task, found: np.ndarray, rules: bool) -> None:
    """The picks close as much as the best do, with or without the rules."""
    for part in task.chunks(1000):
        gain = task.steps(part) @ task.reached.T
        if rules:
            gain[task.barred(part)] = 0
        picked = np.take_along_axis(gain, np.maximum(found[part], 0), axis=1)
        np.testing.assert_array_equal(picked, -np.sort(-gain, axis=1)[:, :K])
