"""Counts and durations in the form of Prometheus."""

from __future__ import annotations

import os

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Histogram,
    generate_latest,
)
from prometheus_client.multiprocess import MultiProcessCollector

__all__ = ["CONTENT_TYPE_LATEST", "FOLDER", "Metrics"]

#: Names the folder in which several workers gather their counts, so that any can tell all.
FOLDER = "PROMETHEUS_MULTIPROC_DIR"

_SECONDS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)


class Metrics:
    """The metrics of one application, in a registry of their own.

    Examples
    --------
    >>> metrics = Metrics()
    >>> metrics.count("GET", "/health", 200, seconds=0.002)
    >>> [line for line in metrics.page().decode().splitlines() if "_seconds_count" in line]
    ['fagprofil_request_seconds_count{route="/health"} 1.0']
    """

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "fagprofil_requests",
            "Requests answered.",
            ["method", "route", "status"],
            registry=self._registry,
        )
        self._seconds = Histogram(
            "fagprofil_request_seconds",
            "Seconds from the request's head to the answer's end.",
            ["route"],
            buckets=_SECONDS,
            registry=self._registry,
        )
        self._swaps = Counter(
            "fagprofil_swaps",
            "Swaps of the recommender; 'refused' where the new catalogue was wrong.",
            ["outcome"],
            registry=self._registry,
        )

    def count(self, method: str, route: str, status: int, *, seconds: float) -> None:
        """Count a request; `route` is the template, such as ``/modules/{id}``."""
        self._requests.labels(method, route, str(status)).inc()
        self._seconds.labels(route).observe(seconds)

    def swapped(self, outcome: str) -> None:
        """Count a swap, ``"done"`` or ``"refused"``."""
        self._swaps.labels(outcome).inc()

    def page(self) -> bytes:
        """All metrics, of all workers where there are several."""
        registry = self._registry
        if os.environ.get(FOLDER):
            registry = CollectorRegistry()
            MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        return generate_latest(registry)
