"""The same answer from table libraries: joins, a sum for each pair, and a rank."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from nation import K
from rivals import Picks, Run, Task


def columns_of(task: Task) -> dict[str, dict[str, np.ndarray]]:
    """Five long tables, with numbers for ids."""
    profile, competence = np.nonzero(task.required)
    levels = task.levels
    tables = {
        "people": {"employee": np.arange(len(levels)), "profile": task.nation.profile},
        "required": {
            "profile": profile,
            "competence": competence,
            "required": task.required[profile, competence],
            "weight": task.weight[profile, competence],
        },
        "held": {
            "employee": np.repeat(np.arange(len(levels)), levels.shape[1]),
            "competence": np.tile(np.arange(levels.shape[1]), len(levels)),
            "held": levels.reshape(-1),
        },
        "taken": dict(zip(("employee", "module"), task.taken, strict=True)),
    }
    for name, matrix in (("taught", task.taught), ("entry", task.entry)):
        module, competence = np.nonzero(matrix)
        tables[name] = {
            "module": module,
            "competence": competence,
            name: matrix[module, competence],
        }
    whole = ("employee", "profile", "competence", "module", "weight", "required")
    return {
        table: {
            name: values.astype(np.int32 if name in whole else np.int8)
            for name, values in columns.items()
        }
        for table, columns in tables.items()
    }


def ranked(task: Task, employee: Any, module: Any) -> Picks:
    """Picks from rows in the order of people and ranks."""
    employee, module = np.asarray(employee), np.asarray(module)
    count = np.bincount(employee, minlength=len(task.levels))
    picks = np.full((len(count), K), -1)
    picks[employee, np.arange(len(employee)) - np.repeat(np.cumsum(count) - count, count)] = module
    return picks


def pandas_merge(task: Task, early: bool = False) -> Run:
    """Merges and a groupby; `early` leaves out what cannot close anything before the last merge."""
    pd = pytest.importorskip("pandas")
    t = {name: pd.DataFrame(columns) for name, columns in columns_of(task).items()}

    def run() -> Picks:
        rows = t["people"].merge(t["required"], on="profile")
        rows = rows.merge(t["held"], on=["employee", "competence"])
        rows = rows[rows["held"] < rows["required"]] if early else rows
        rows = rows.merge(t["taught"], on="competence")
        reach = np.minimum(rows["taught"], rows["required"])
        rows["gain"] = rows["weight"] * (reach - rows["held"]).clip(lower=0)
        score = rows.groupby(["employee", "module"], as_index=False)["gain"].sum()
        short = t["held"].merge(t["entry"], on="competence")
        short = short.loc[short["held"] < short["entry"], ["employee", "module"]]
        barred = pd.concat([short, t["taken"]]).drop_duplicates()
        left = score[score["gain"] > 0].merge(barred, how="left", indicator=True)
        left = left[left["_merge"] == "left_only"]
        left = left.sort_values(["employee", "gain", "module"], ascending=[True, False, True])
        top = left.groupby("employee").head(K)
        return ranked(task, top["employee"], top["module"])

    return run


def polars_joins(task: Task, early: bool = False) -> Run:
    """Lazy joins, run by the streaming engine; `early` as for pandas."""
    pl = pytest.importorskip("polars")
    t = {name: pl.LazyFrame(columns) for name, columns in columns_of(task).items()}
    reach = pl.min_horizontal(pl.col("taught").cast(pl.Int32), "required")
    score = (
        t["people"]
        .join(t["required"], on="profile")
        .join(t["held"], on=["employee", "competence"])
        .filter((pl.col("held") < pl.col("required")) | (not early))
        .join(t["taught"], on="competence")
        .with_columns(gain=pl.col("weight") * (reach - pl.col("held")).clip(lower_bound=0))
        .group_by("employee", "module")
        .agg(pl.col("gain").sum())
        .filter(pl.col("gain") > 0)
    )
    short = (
        t["held"]
        .join(t["entry"], on="competence")
        .filter(pl.col("held") < pl.col("entry"))
        .select("employee", "module")
    )
    top = (
        score.join(short, on=["employee", "module"], how="anti")
        .join(t["taken"], on=["employee", "module"], how="anti")
        .sort("employee", "gain", "module", descending=[False, True, False])
        .group_by("employee", maintain_order=True)
        .head(K)
    )

    def run() -> Picks:
        found = top.collect(engine="streaming")
        return ranked(task, found["employee"].to_numpy(), found["module"].to_numpy())

    return run


_SQL = f"""
with score as (
    select employee, module,
        sum(weight * greatest(0, least(taught, required) - held)) as gain
    from people join required using (profile) join held using (employee, competence)
        join taught using (competence)
    where held < required
    group by employee, module having gain > 0
), short as (
    select employee, module from held join entry using (competence) where held < entry
)
select employee, module from score
anti join short using (employee, module) anti join taken using (employee, module)
qualify row_number() over (partition by employee order by gain desc, module) <= {K}
order by employee, gain desc, module
"""


def duckdb_sql(task: Task) -> Run:
    duckdb = pytest.importorskip("duckdb")
    pa = pytest.importorskip("pyarrow")
    connection = duckdb.connect()
    for name, columns in columns_of(task).items():
        connection.register(name, pa.table(columns))

    def run() -> Picks:
        found = connection.execute(_SQL).fetchnumpy()
        return ranked(task, found["employee"], found["module"])

    return run
