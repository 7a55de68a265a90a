"""Time and memory from ten thousand people to a million: ``python tests/benchmarks/scale.py``.

Each size runs in a process of its own, so that its peak of memory is its own.
"""

from __future__ import annotations

import ctypes
import gc
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

# For the builders that all tests share, when this is run as a script.
sys.path.insert(0, str(Path(__file__).parents[1]))

import library
import numpy as np
from nation import TOP, Nation
from report import KERNEL, Report, Scaled
from ways import TABLE, named

HERE = Path(__file__).parent
NATION = Nation(100_000)
WIDER = Nation(1_000_000, competences=200, needed=60)
ESCO = Nation(100_000, competences=14_000, modules=5_000, needed=40, stated=40)

PRODUCT = "product"
COLUMNS = "fagprofil: recommend_table, from columns"


class Case(NamedTuple):
    """One call at one size."""

    call: str
    nation: Nation

    @property
    def size(self) -> str:
        one = self.nation
        known = f", {one.stated} levels known" if one.stated else ""
        return f"{one.people:,} x {one.competences:,} x {one.modules:,}{known}"


SIZES = (
    *(
        Case(call, replace(NATION, people=people))
        for call in (KERNEL, TABLE)
        for people in (10_000, 100_000, 1_000_000)
    ),
    *(Case(call, WIDER) for call in (KERNEL, TABLE)),
    *(Case(KERNEL, replace(ESCO, people=people)) for people in (25_000, 100_000)),
    *(Case(KERNEL, replace(ESCO, stated=stated)) for stated in (20, 80)),
    Case(COLUMNS, ESCO),
)
#: To see that everything runs.
TINY = (
    Case(KERNEL, replace(NATION, people=1000)),
    Case(COLUMNS, Nation(500, competences=1000, modules=200, stated=10)),
)

#: A product is of so many people at once that their encoding stays below this.
_BYTES = 1 << 28


@dataclass(frozen=True)
class Measured:
    """Seconds (the median of some runs), and the peak of memory above input and output."""

    people: int
    seconds: float
    megabytes: float | None

    @property
    def micros(self) -> float:
        return self.seconds / self.people * 1e6


def scaled(case: Case) -> Scaled:
    """What a call takes, and the product of the same shapes, each in a process of its own."""
    own = alone(case.call, case.nation)
    product = alone(PRODUCT, replace(case.nation, stated=0))
    people = case.nation.people
    return Scaled(case.size, case.call, people, own.seconds, own.megabytes, product.micros)


@cache
def alone(call: str, nation: Nation) -> Measured:
    """One call in a process of its own."""
    asked = json.dumps([call, asdict(nation)])
    command = [sys.executable, str(HERE / "scale.py"), asked]
    found = subprocess.run(command, check=True, capture_output=True, text=True)
    return Measured(**json.loads(found.stdout.splitlines()[-1]))


def measure(call: str, nation: Nation) -> Measured:
    """One call in this process; the first run tells the memory."""
    run, people = _prepared(call, nation)
    megabytes, first = _memory_of(run)
    seconds = [first]
    while sum(seconds) < 3 and len(seconds) < 6:
        seconds.append(_timed(run)[0])
    return Measured(people, statistics.median(seconds[1:] or seconds), megabytes)


def _prepared(call: str, nation: Nation) -> tuple[Callable[[], Any], int]:
    if call == PRODUCT:
        return product(nation)
    way = library.table_of_columns if call == COLUMNS else named(call).prepare
    return way(nation), nation.people


def product(nation: Nation) -> tuple[Callable[[], Any], int]:
    """The product of float32 of a nation's shapes, of as many people as fit."""
    steps = nation.competences * TOP
    people = max(1, min(nation.people, _BYTES // (4 * steps)))
    random = np.random.default_rng(0)
    left, right = (
        random.random(shape, dtype=np.float32)
        for shape in ((people, steps), (steps, nation.modules))
    )
    out = np.empty((people, nation.modules), dtype=np.float32)
    return (lambda: np.matmul(left, right, out=out)), people


def _timed(run: Callable[[], Any]) -> tuple[float, Any]:
    start = time.perf_counter()
    found = run()
    return time.perf_counter() - start, found


def _memory_of(run: Callable[[], Any]) -> tuple[float | None, float]:
    """The peak of a run above what was there before and what it returns, and its seconds."""
    _tidy()
    try:
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")  # forget the peak so far
    except OSError:  # not on every system
        return None, _timed(run)[0]
    before = _kilobytes("VmRSS")
    seconds, found = _timed(run)
    above = (_kilobytes("VmHWM") - before) * 1024 - found.nbytes
    return max(0.0, above / 1e6), seconds


def _tidy() -> None:
    """Give back what was freed, so that it is not counted as being there before."""
    gc.collect()
    # Not in every C library.
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)


def _kilobytes(name: str) -> int:
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(name))


def main(given: list[str]) -> None:
    """Print all sizes as a table; or, of a call and a nation, what they take, as JSON."""
    if given:
        call, nation = json.loads(given[0])
        text = json.dumps(asdict(measure(call, Nation(**nation))))
    else:
        text = Report(scaled=[scaled(case) for case in SIZES]).markdown()
    sys.stdout.write(text + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
