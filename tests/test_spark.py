"""Recommending in Spark: the same rows, however the people are partitioned."""

from __future__ import annotations

import os
import pickle
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from wide import Row, Wide, job7, wide
from worlds import examples

import fagprofil as fp
import fagprofil.spark
from fagprofil.blocks import parts_of
from fagprofil.errors import DataError, UnknownName
from fagprofil.results import COLUMNS, result_schema


def _java() -> int:
    """The version of Java that is installed; 0 if none is."""
    home = os.environ.get("JAVA_HOME")
    command = shutil.which(str(Path(home, "bin", "java")) if home else "java")
    if command is None:
        return 0
    said = subprocess.run([command, "-version"], capture_output=True, text=True, check=False).stderr
    found = re.search(r'version "(\d+)', said)
    return int(found[1]) if found else 0


def _pass_over(needed: str) -> None:
    """Skip, but fail where Spark has to be tested, so that nothing passes untested."""
    stop: Any = pytest.fail if os.environ.get("FAGPROFIL_SPARK") == "required" else pytest.skip
    stop(f"Spark's tests need {needed}")


# Spark's own warning, of its own functions.
pytestmark = pytest.mark.filterwarnings("ignore:PySpark does not yet fully support:FutureWarning")


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    try:
        from pyspark import sql
    except ModuleNotFoundError:
        _pass_over("the extra spark")
    if _java() < 17:
        _pass_over(f"Java 17 or later on the path or in JAVA_HOME; found {_java() or 'none'}")
    with pytest.MonkeyPatch.context() as patch:
        # Workers of the same environment as the tests.
        patch.setenv("PYSPARK_PYTHON", sys.executable)
        patch.setenv("PYTHONPATH", os.pathsep.join(sys.path))
        builder = sql.SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false")
        session = builder.config("spark.sql.shuffle.partitions", "2").getOrCreate()
        session.sparkContext.setLogLevel("OFF")
        yield session
        session.stop()


@pytest.fixture(scope="module")
def people() -> Wide:
    return job7(40)


def frame(spark: Any, people: Wide, folder: Path) -> Any:
    pq.write_table(people.table, folder / "people.parquet")
    return spark.read.parquet(str(folder / "people.parquet"))


def collected(df: Any) -> list[Row]:
    assert df.columns == list(COLUMNS)
    return [row.asDict() for row in df.orderBy("employee", "rank").collect()]


def in_order(rows: list[Row]) -> list[Row]:
    return sorted(rows, key=lambda row: (row["employee"], row["rank"]))


@examples(5)
@given(wide(most=12), st.integers(1, 4), st.integers(1, 4), st.sampled_from(["list", "set"]))
def test_spark_gives_the_rows_of_the_table_and_of_each_person(
    spark: Any,
    tmp_path_factory: pytest.TempPathFactory,
    people: Wide,
    partitions: int,
    k: int,
    choose: Any,
) -> None:
    spark.conf.set("spark.sql.execution.arrow.maxRecordsPerBatch", "2")
    df = frame(spark, people, tmp_path_factory.mktemp("spark")).repartition(partitions)
    options: dict[str, Any] = {"k": k, "choose": choose, "lang": "en"}
    rows = collected(fagprofil.spark.recommend(df, people.recommender, **options))
    table = people.recommender.recommend_table(people.table, **options)
    assert rows == in_order(table.to_pylist())
    assert rows == in_order(people.one_by_one(k=k, choose=choose))


def test_one_profile_exclusions_and_other_columns(spark: Any, people: Wide, tmp_path: Path) -> None:
    df = frame(spark, people, tmp_path).selectExpr("*", "array(1, 2) AS notes").repartition(3)
    first = people.recommender.recommend_batch(people.table, "ydelse", k=1)["module"][0].as_py()
    options: dict[str, Any] = {"profile": {"ydelse": 2, "helhed": 1}, "exclude": [first], "k": 2}
    rows = collected(fagprofil.spark.recommend(df, people.recommender, **options))
    assert rows == in_order(people.recommender.recommend_batch(people.table, **options).to_pylist())


def test_only_the_columns_asked_for_come_back(spark: Any, people: Wide, tmp_path: Path) -> None:
    df, wanted = frame(spark, people, tmp_path), ["rank", "employee", "score"]
    found = fagprofil.spark.recommend(df, people.recommender, k=2, columns=wanted)
    assert found.columns == wanted
    batch = people.recommender.recommend_batch(people.table, k=2).select(wanted)
    assert in_order([row.asDict() for row in found.collect()]) == in_order(batch.to_pylist())


def test_a_ranking_model_from_a_notebook_reaches_the_workers(
    spark: Any, people: Wide, tmp_path: Path
) -> None:
    # A function that no worker can import.
    ranker = eval("lambda task: -task.gain", {"__name__": "__main__"})
    recommender = fp.Recommender(people.catalogue, ranker)
    rows = collected(fagprofil.spark.recommend(frame(spark, people, tmp_path), recommender, k=1))
    assert rows == in_order(recommender.recommend_batch(people.table, k=1).to_pylist())


def test_wrong_rows_show_in_sparks_exception_in_our_words(
    spark: Any, people: Wide, tmp_path: Path
) -> None:
    df = frame(spark, people, tmp_path).withColumn("jobmatch", _level_of(spark)).coalesce(1)
    said = re.escape("partition 0 row 8: jobmatch is '7': expected a whole number from 0 to 5")
    with pytest.raises(Exception, match=said) as caught:
        fagprofil.spark.recommend(df, people.recommender).collect()
    assert type(caught.value).__module__.startswith("pyspark.")


def _level_of(spark: Any) -> Any:  # noqa: ARG001 (functions need a session)
    from pyspark.sql.functions import expr

    return expr("CASE WHEN employee = 'e-00007' THEN 7 ELSE 1 END")


@pytest.mark.parametrize(
    ("columns", "error", "said"),
    [
        (["profile", "jobmatch"], DataError, "DataFrame: columns is 'profile, jobmatch'"),
        (["employee", "jobmatch", "motivatoin"], DataError, "did you mean 'motivation'?"),
        (["employee", "competence", "level", "kind"], DataError, "one row per person"),
    ],
)
def test_wrong_columns_are_told_of_before_spark_works(
    spark: Any, people: Wide, columns: list[str], error: type[Exception], said: str
) -> None:
    df = spark.createDataFrame([tuple("a" for _ in columns)], columns)
    with pytest.raises(error, match=re.escape(said)):
        fagprofil.spark.recommend(df, people.recommender)


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"k": 0}, DataError),
        ({"choose": "sets"}, DataError),
        ({"profile": "virksomhet"}, UnknownName),
        ({"exclude": ["medition"]}, UnknownName),
        ({"columns": ["employee", "modul"]}, UnknownName),
    ],
)
def test_wrong_options_are_told_of_before_spark_works(
    spark: Any, people: Wide, options: dict[str, Any], error: type[Exception]
) -> None:
    df = spark.createDataFrame([("a", 1)], ["employee", "jobmatch"])
    with pytest.raises(error):
        fagprofil.spark.recommend(df, people.recommender, **options)


def test_only_spark_frames_are_taken(people: Wide) -> None:
    with pytest.raises(DataError, match="a Spark DataFrame"):
        fagprofil.spark.recommend(people.table, people.recommender)


# --- what a worker does; Spark is not needed for these ------------------------------------------


def _work(people: Wide, **options: Any) -> fagprofil.spark.Work:
    return fagprofil.spark.Work(pickle.dumps(people.recommender), options)


def test_small_batches_are_put_together_and_rows_handed_on_in_pieces(
    people: Wide, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fagprofil.spark, "_ROWS", 9_000)
    rows = 20_000
    level = pa.array([i % 6 for i in range(rows)], pa.int8())
    table = pa.table({"employee": [f"e{i}" for i in range(rows)], "jobmatch": level})
    found = list(_work(people, profile="basis", k=1)(iter(table.to_batches(max_chunksize=500))))
    assert [one.num_rows for one in found] == [4_000, 4_000, 1_000] * 2 + [2_000]
    assert all(one.schema == result_schema() for one in found)
    whole = people.recommender.recommend_batch(table, "basis", k=1)
    assert pa.Table.from_batches(found).equals(pa.Table.from_batches([whole]))


@pytest.mark.parametrize("processors", [1, 2, 64])
def test_a_task_works_in_one_thread(processors: int) -> None:
    assert len(parts_of(fagprofil.spark._ROWS, processors)) == 1


def test_a_worker_compiles_once(people: Wide) -> None:
    work = pickle.loads(pickle.dumps(_work(people, k=1)))
    before = fagprofil.spark.compiled.cache_info()
    for _ in range(3):
        assert list(work(iter(()))) == []
        assert len(list(work(iter(people.table.to_batches())))) == 1
    after = fagprofil.spark.compiled.cache_info()
    assert after.misses - before.misses <= 1
    assert after.hits - before.hits >= 5


def test_what_is_sent_to_the_workers_is_small(people: Wide) -> None:
    # Used, so that what is computed lazily is there and could be sent by mistake.
    people.recommender.recommend_batch(people.table)
    people.recommender.recommend(people.people[0])
    assert len(pickle.dumps(_work(people))) < 1_000_000
