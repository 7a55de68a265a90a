"""What the benchmarks of one run have measured is printed as tables when it ends."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from report import Report

_REPORT = pytest.StashKey[Report]()


def pytest_configure(config: pytest.Config) -> None:
    config.stash[_REPORT] = Report()


@pytest.fixture(scope="session")
def report(pytestconfig: pytest.Config) -> Report:
    """Where what was measured is put."""
    return pytestconfig.stash[_REPORT]


@pytest.hookimpl(trylast=True)
def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    report = config.stash[_REPORT]
    if not (report.rows or report.scaled or report.single):
        return
    text = report.markdown()
    terminalreporter.section("speed and scale")
    terminalreporter.write(text)
    wanted = os.environ.get("FAGPROFIL_BENCH_TABLE")
    if wanted:
        Path(wanted).write_text(text, encoding="utf-8")
