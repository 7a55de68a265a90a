"""What was measured in one run, as tables."""

from __future__ import annotations

import datetime as dt
import platform
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from fagprofil.workers import processors

#: What the ratios are to.
KERNEL, PRODUCT = "fagprofil: kernel", "float32 product alone"

_PACKAGES = (
    "numpy",
    "scipy",
    "pandas",
    "polars",
    "pyarrow",
    "duckdb",
    "implicit",
    "faiss-cpu",
    "pytest-benchmark",
)


@dataclass(frozen=True)
class Row:
    """One way to the ten best modules of each person.

    `picks` says what it agrees with, checked in the run; `cores` how many it uses, of those that
    there are; `megabytes` its peak above what was there before and what it returns.
    """

    label: str
    people: int
    seconds: float
    cores: int
    rules: bool
    picks: str
    megabytes: float | None = None

    @property
    def micros(self) -> float:
        return self.seconds / self.people * 1e6


@dataclass(frozen=True)
class Scaled:
    """One call at one size, and the product of float32 of the same shapes in µs a person."""

    size: str
    call: str
    people: int
    seconds: float
    megabytes: float | None
    product: float

    @property
    def micros(self) -> float:
        return self.seconds / self.people * 1e6


@dataclass
class Report:
    """All that one run has measured; `single` is one person's microseconds by what is done."""

    rows: list[Row] = field(default_factory=list)
    scaled: list[Scaled] = field(default_factory=list)
    single: dict[str, float] = field(default_factory=dict)

    def markdown(self) -> str:
        parts = [machine()]
        if self.rows:
            parts.append(ratios(self.rows))
        if self.single:
            parts.append(one_person(self.single))
        if self.scaled:
            parts.append(sizes(self.scaled))
        return "\n\n".join(parts) + "\n"


def ratios(rows: Sequence[Row]) -> str:
    """The slowest first."""
    base = {row.label: row.micros for row in rows}

    def ratio(row: Row, name: str) -> str:
        return _ratio(row.micros / base[name]) if name in base else ""

    return _table(
        "way | µs a person | x kernel | x product | cores | rules | picks | MB | people",
        (
            (
                row.label,
                f"{row.micros:.2f}",
                ratio(row, KERNEL),
                ratio(row, PRODUCT),
                str(row.cores),
                "yes" if row.rules else "no",
                row.picks,
                _whole(row.megabytes),
                f"{row.people:,}",
            )
            for row in sorted(rows, key=lambda row: -row.micros)
        ),
    )


def one_person(single: Mapping[str, float]) -> str:
    """The fastest first."""
    ordered = sorted(single.items(), key=lambda item: item[1])
    fastest = ordered[0][1]
    return _table(
        "one person, 600 modules | µs | x fastest",
        ((label, f"{micros:.1f}", _ratio(micros / fastest)) for label, micros in ordered),
    )


def sizes(scaled: Iterable[Scaled]) -> str:
    """In the order measured."""
    return _table(
        "people x competences x modules | call | seconds | µs a person | x product | MB",
        (
            (
                one.size,
                one.call,
                f"{one.seconds:.2f}",
                f"{one.micros:.2f}",
                _ratio(one.micros / one.product),
                _whole(one.megabytes),
            )
            for one in scaled
        ),
    )


def machine() -> str:
    """Where and with what, in one paragraph."""
    versions = [f"{name} {_version(name)}" for name in _PACKAGES if _version(name)]
    return (
        f"Measured {dt.date.today():%Y-%m-%d} on {processors()} cores of {_processor()}, "
        f"{platform.system()}, Python {platform.python_version()}, {', '.join(versions)}."
    )


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:  # not on every system
        return platform.processor() or platform.machine()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""


def _ratio(ratio: float) -> str:
    return f"{ratio:.2f}" if ratio >= 0.1 else f"{ratio:.4f}"


def _whole(megabytes: float | None) -> str:
    return "" if megabytes is None else f"{megabytes:,.0f}"


def _table(head: str, rows: Iterable[Sequence[str]]) -> str:
    names = head.split(" | ")
    lines = [names, ["---", *["---:"] * (len(names) - 1)], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
