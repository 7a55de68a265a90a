"""Fixtures that all tests may use, and how hypothesis draws."""

from __future__ import annotations

import os
import sys
from collections.abc import Generator

import pytest
import worlds
from hypothesis import HealthCheck, is_hypothesis_test, settings

import fagprofil as fp

# A slow machine is not a failure, and a failing example is printed so that it can be pasted back.
# The same examples each time, so that a change is judged by what it changes; a long run
# (`FAGPROFIL_EXAMPLES=20`) draws new ones.
settings.register_profile(
    "fagprofil",
    deadline=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
    derandomize=worlds.SCALE <= 1,
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "fagprofil"))


@pytest.fixture(scope="session")
def catalogue() -> fp.Catalogue:
    """The bundled reference edition."""
    return fp.load_catalogue()


@pytest.fixture(scope="session")
def board() -> worlds.Board:
    """Four people who each lack one competence, and four modules that each teach one."""
    return worlds.checkerboard(4)


#: No doctests are looked for in these: they have one name, and are read as plugins already.
collect_ignore_glob = ["*conftest.py"]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None]:
    """Coverage is of what the other tests run: a law draws so often that tracing it takes minutes.

    The mark `no_cover` would say the same, but does nothing in the processes of pytest-xdist.
    """
    tracer = sys.gettrace()
    traced = type(tracer).__module__.partition(".")[0] == "coverage"
    if traced and is_hypothesis_test(getattr(item, "obj", None)):
        sys.settrace(None)
    try:
        return (yield)
    finally:
        sys.settrace(tracer)
