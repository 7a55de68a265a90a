"""Recommend to the people of a Spark DataFrame, on the cluster where they are.

The extra ``spark`` installs what is needed beside Java 17. Every worker needs this library too.
"""

from __future__ import annotations

import pickle
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from importlib import import_module
from typing import TYPE_CHECKING, Any

from fagprofil.blocks import LEAST
from fagprofil.errors import DataError, Problem, UnknownName
from fagprofil.io.batches import check_call, known_columns, placed, regrouped, several
from fagprofil.model import Lang, ProfileLike
from fagprofil.recommend import Recommender
from fagprofil.results import COLUMNS, Choose, result_schema

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

__all__ = ["recommend"]

#: People that are worked on at once, however many Spark puts in a batch: enough of each profile,
#: and so few that one thread does it, however many processors there are, as a task has one.
_ROWS = 2 * LEAST

#: Rows that are handed to Spark at once. It goes through Arrow's columns row by row, which takes
#: less where all of them stay in a processor's cache.
_HANDED = 4_000

_TYPES = {"string": "string", "int64": "bigint", "double": "double"}


def recommend(
    df: DataFrame,
    recommender: Recommender,
    profile: ProfileLike | None = None,
    *,
    k: int = 10,
    choose: Choose = "list",
    exclude: Iterable[str] = (),
    lang: Lang = "da",
    columns: Sequence[str] = COLUMNS,
) -> DataFrame:
    """The rows of `Recommender.recommend_table` for the people of a Spark DataFrame.

    Like all of Spark's transformations it is lazy. The rows do not depend on how the people are
    partitioned, and a person's rows stay together; sort by ``employee, rank`` where order matters.

    Parameters
    ----------
    df
        People in the wide form of `fagprofil.read_workforce`: one row per person, one column per
        competence with the level. Columns of other names are not read.
    recommender
        What recommends. It is sent to the workers pickled, and compiled once in each.
    profile, k, choose, exclude, lang
        As for `Recommender.recommend_table`.
    columns
        The columns that are needed. To send the others and write them takes Spark longer than to
        compute them, and a ``select`` afterwards saves only the writing.

    Returns
    -------
    A DataFrame with these columns, of the types in `fagprofil.results.result_schema`.

    Raises
    ------
    DataError
        A column is missing or misspelled, or an option is wrong. What is wrong in a row shows when
        Spark computes it, in Spark's own exception, with the partition and the row. A person with
        two rows is seen only where both are worked on at once.
    UnknownName
        A profile or an excluded module that the catalogue does not have, or no such column.
    MissingExtra
        pyarrow is not installed.
    """
    if not hasattr(df, "mapInArrow"):
        shown = type(df).__name__
        raise DataError([Problem("df", "type", shown, "a Spark DataFrame, of Spark 3.5 or later")])
    options: dict[str, Any] = {"k": k, "choose": choose, "exclude": several(exclude)}
    options |= {"profile": profile, "lang": lang}
    check_call(recommender, df.columns, "DataFrame", options)
    for name in columns:
        if name not in COLUMNS:
            raise UnknownName("column", name, COLUMNS)
    work = Work(_pickled(recommender), options, tuple(columns))
    people = df.select(list(known_columns(df.columns, recommender.catalogue)))
    fields = (result_schema().field(name) for name in columns)
    return people.mapInArrow(
        work, ", ".join(f"`{one.name}` {_TYPES[str(one.type)]}" for one in fields)
    )


def _pickled(recommender: Recommender) -> bytes:
    # Unlike pickle, Spark's own pickler also takes a ranking model that was written in a notebook.
    pickler = import_module("pyspark.cloudpickle")
    return bytes(pickler.dumps(recommender))


@lru_cache(maxsize=4)
def compiled(pickled: bytes) -> Recommender:
    """The recommender; a worker of Spark's is given it with every task, and compiles it once."""
    found: Recommender = pickle.loads(pickled)
    return found


@dataclass(frozen=True)
class Work:
    """What a worker does with the record batches of a partition."""

    pickled: bytes
    options: Mapping[str, Any]
    columns: tuple[str, ...] = COLUMNS

    def __call__(self, batches: Iterator[Any]) -> Iterator[Any]:
        recommender, first = compiled(self.pickled), 0
        for table in regrouped(batches, _ROWS):
            try:
                found = recommender.recommend_batch(table, **self.options)
            except DataError as error:
                places = partial(_places, first)
                raise placed(error, places, f"partition {_partition()}") from None
            chosen = found.select(self.columns)
            for start in range(0, chosen.num_rows, _HANDED):
                yield chosen.slice(start, _HANDED)
            first += table.num_rows


def _places(first: int, rows: Collection[int]) -> dict[int, str]:
    return {row: f"partition {_partition()} row {first + row + 1}" for row in rows}


def _partition() -> int:
    from pyspark import TaskContext

    context = TaskContext.get()
    return -1 if context is None else int(context.partitionId())
