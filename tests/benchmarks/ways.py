"""All ways that are measured, what each knows of the task, and on how many people."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal

import library
import rivals
import rivals_search
import rivals_tables
from nation import Nation
from report import KERNEL, PRODUCT
from rivals import Task

from fagprofil.workers import processors

Picks = Literal["the same", "the same gains", "its own", "none"]


@dataclass(frozen=True)
class Way:
    """One way to the K best modules.

    Attributes
    ----------
    prepare
        Puts a nation in the form that the way starts from, and returns what is timed.
    rules
        Whether it keeps to entry levels and to modules not yet passed.
    picks
        What must be as the library's: the picks in their order, or what they close; or nothing.
    parallel
        Whether it uses all cores.
    fewer
        It runs on so many times fewer people than the others.
    """

    label: str
    prepare: Callable[[Nation], Callable[[], Any]]
    picks: Picks = "the same"
    rules: bool = True
    parallel: bool = False
    fewer: int = 1

    @property
    def cores(self) -> int:
        return processors() if self.parallel else 1


def _rival(label: str, way: Callable[[Task], Callable[[], Any]], **facts: Any) -> Way:
    return Way(label, lambda nation: way(Task(nation)), **facts)


TABLE = "fagprofil: recommend_table"
WEIGHING = "fagprofil: 60 ratings of a person weighed"
WAYS = (
    _rival("python loop over validated objects", rivals.python_loop, fewer=500),
    _rival("pandas: merge, groupby", rivals_tables.pandas_merge),
    _rival(
        "pandas, filtered before the last merge",
        partial(rivals_tables.pandas_merge, early=True),
    ),
    _rival("polars: lazy joins, streaming", rivals_tables.polars_joins, parallel=True),
    _rival(
        "polars, filtered before the last join",
        partial(rivals_tables.polars_joins, early=True),
        parallel=True,
    ),
    _rival("DuckDB: SQL", rivals_tables.duckdb_sql, parallel=True),
    _rival("numpy: broadcast", rivals.numpy_broadcast, fewer=5),
    _rival("scipy: sparse product, argpartition", rivals.scipy_product),
    _rival("numpy: dense product, argpartition", rivals.numpy_product, parallel=True),
    _rival(
        "implicit: filtered top-k, rules too",
        rivals_search.implicit_rules_too,
        picks="the same gains",
        parallel=True,
    ),
    _rival(
        "implicit: filtered top-k",
        rivals_search.implicit_filtered,
        picks="the same gains",
        parallel=True,
    ),
    *(
        _rival(
            f"FAISS: IndexFlatIP{on}",
            partial(rivals_search.faiss_flat, alone=alone),
            picks="the same gains",
            rules=False,
            parallel=not alone,
        )
        for on, alone in ((", one core", True), ("", False))
    ),
    *(
        _rival(
            f"{PRODUCT}{on}",
            partial(rivals_search.bare_product, alone=alone),
            picks="none",
            rules=False,
            parallel=not alone,
        )
        for on, alone in ((", one core", True), ("", False))
    ),
    Way(KERNEL, library.kernel),
    Way(f"{KERNEL}, all cores", library.shared_kernel, parallel=True),
    Way(f"{KERNEL}, all levels rated", library.rated_kernel, picks="its own"),
    Way(WEIGHING, library.weighing, picks="none"),
    Way(TABLE, library.table, parallel=True),
    Way(f"{TABLE}, all levels rated", library.rated_table, picks="its own", parallel=True),
)


def named(label: str) -> Way:
    return next(way for way in WAYS if way.label == label)
