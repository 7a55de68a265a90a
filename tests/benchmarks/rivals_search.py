"""Fast libraries for a related question: the largest inner products.

A person is what each step of the ladder would close, a module the steps that it reaches; the inner
product is the gain. The encoding is made before the clock starts.
"""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import Any

import numpy as np
import pytest
import scipy.sparse as sp
from nation import K
from rivals import Picks, Run, Task


def _encoded(task: Task) -> np.ndarray:
    return task.steps(slice(0, task.nation.people))


def bare_product(task: Task, alone: bool = False) -> Run:
    """The product of float32 and nothing else: no rules, no ranks; `alone` on one core."""
    people, modules = _encoded(task), np.ascontiguousarray(task.reached.T)
    out = np.empty((len(people), modules.shape[1]), dtype=np.float32)

    def run() -> Picks:
        with _one_core(alone):
            return np.matmul(people, modules, out=out)

    return run


def faiss_flat(task: Task, alone: bool = False) -> Run:
    """The exact search for the largest inner products; knows no rules and its own order of ties."""
    faiss = pytest.importorskip("faiss")
    people = _encoded(task)
    index = faiss.IndexFlatIP(people.shape[1])
    index.add(task.reached)

    def run() -> Picks:
        with _one_core(alone):
            return index.search(people, K)[1]

    return run


def _one_core(alone: bool) -> AbstractContextManager[Any]:
    if not alone:
        return nullcontext()
    limit: AbstractContextManager[Any] = pytest.importorskip("threadpoolctl").threadpool_limits(1)
    return limit


def _implicit() -> Any:
    topk = pytest.importorskip("implicit.cpu.topk").topk
    limits = pytest.importorskip("threadpoolctl").threadpool_limits

    def with_own_threads(*given: Any, **options: Any) -> Any:
        # As its documentation asks: it runs threads of its own.
        with limits(1, "blas"):
            return topk(*given, **options)

    return with_own_threads


def implicit_filtered(task: Task) -> Run:
    """The largest inner products among the modules that are open; its own order of ties."""
    topk = _implicit()
    people, everybody = _encoded(task), slice(0, task.nation.people)
    barred = sp.csr_matrix(task.barred(everybody))

    def run() -> Picks:
        return topk(task.reached, people, K, filter_query_items=barred)[0]

    return run


def implicit_rules_too(task: Task) -> Run:
    """The same, and the rules are applied while the clock runs."""
    topk = _implicit()
    people = _encoded(task)

    def chunk(part: slice) -> Picks:
        barred = sp.csr_matrix(task.barred(part))
        return topk(task.reached, people[part], K, filter_query_items=barred)[0]

    return lambda: np.concatenate([chunk(part) for part in task.chunks(5000)])
