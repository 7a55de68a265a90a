"""From files to files: ``python tests/benchmarks/scale_out.py [people]``.

What streaming and Spark take beside the same call in memory, warm, with Parquet in and out; in one
process, way after way, some rounds of it. Spark is left out where it or Java is not installed.
"""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

# For the builders that all tests share, when this is run as a script.
sys.path.insert(0, str(Path(__file__).parents[1]))

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
from nation import Nation
from report import machine

import fagprofil as fp
import fagprofil.spark
from fagprofil.io import recommend_dataset

ROUNDS = 3
#: What a nation may do with: titles and prices are looked up for the modules that are chosen.
FEW = ("employee", "rank", "module", "score")

MEMORY = "recommend_table in memory, with reading and writing"
STREAM = "recommend_dataset"
CSV = "recommend_dataset, from CSV"
SPARK = "Spark"
PLAIN = "Spark, Parquet without dictionaries"
COLUMNS = f"Spark, columns {', '.join(FEW)}"
COPY = "Spark alone: reads the people, reads and writes the rows"


class Ways:
    """Calls from one file to one folder."""

    def __init__(self, folder: Path, people: int) -> None:
        self.folder = folder
        self.nation = Nation(people)
        self.recommender = fp.Recommender(self.nation.catalogue, horizon=fp.NOW)
        self.source = folder / "people.parquet"
        table = self.nation.frame()
        pq.write_table(table, self.source, row_group_size=100_000)
        pa.csv.write_csv(table, folder / "people.csv")

    def memory(self) -> None:
        rows = self.recommender.recommend_table(pq.read_table(self.source))
        pq.write_table(rows, self.folder / "rows.parquet")

    def stream(self, name: str = "people.parquet") -> None:
        target = self.folder / "stream"
        recommend_dataset(self.recommender, self.folder / name, target, resume=False)

    def spark(self, session: Any, dictionary: str = "true", **options: Any) -> None:
        df = session.read.parquet(str(self.source))
        rows = fagprofil.spark.recommend(df, self.recommender, **options)
        self._write(rows, dictionary)

    def copy(self, session: Any) -> None:
        session.read.parquet(str(self.source)).write.format("noop").mode("overwrite").save()
        self._write(session.read.parquet(str(self.folder / "stream" / "part-*")), "true")

    def _write(self, rows: Any, dictionary: str) -> None:
        writer = rows.write.mode("overwrite").option("parquet.enable.dictionary", dictionary)
        writer.parquet(str(self.folder / "spark"))


@contextmanager
def session() -> Iterator[Any]:
    """A Spark session on two cores, or None."""
    try:
        from pyspark.sql import SparkSession
    except ModuleNotFoundError:
        yield None
        return
    if shutil.which("java") is None:
        yield None
        return
    os.environ["PYSPARK_PYTHON"] = sys.executable
    builder = SparkSession.builder.master("local[2]").config("spark.driver.memory", "4g")
    for name in ("spark.ui.enabled", "spark.ui.showConsoleProgress"):
        builder = builder.config(name, "false")
    found = builder.getOrCreate()
    found.sparkContext.setLogLevel("OFF")
    yield found
    found.stop()


def timed(ways: dict[str, Callable[[], None]]) -> dict[str, float]:
    """The median of each way's seconds, after a first run that is not counted."""
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(ROUNDS + 1):
        for name, run in ways.items():
            start = time.perf_counter()
            run()
            seconds[name].append(time.perf_counter() - start)
    return {name: statistics.median(found[1:]) for name, found in seconds.items()}


def peak(way: str, folder: Path, people: int) -> float:
    """Megabytes at most in use by a process that does nothing else."""
    command = [sys.executable, __file__, str(people), way, str(folder)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return float(done.stdout.split()[-1])


def _alone(way: str, folder: Path, people: int) -> None:
    import resource

    ways = Ways.__new__(Ways)
    ways.folder, ways.source = folder, folder / "people.parquet"
    ways.recommender = fp.Recommender(Nation(people).catalogue, horizon=fp.NOW)
    {MEMORY: ways.memory, STREAM: ways.stream}[way]()
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)  # noqa: T201


def main(people: int) -> None:
    with tempfile.TemporaryDirectory() as name, session() as spark:
        folder = Path(name)
        ways = Ways(folder, people)
        calls: dict[str, Callable[[], None]] = {
            MEMORY: ways.memory,
            STREAM: ways.stream,
            CSV: lambda: ways.stream("people.csv"),
        }
        if spark is not None:
            calls |= {
                SPARK: lambda: ways.spark(spark),
                PLAIN: lambda: ways.spark(spark, "false"),
                COLUMNS: lambda: ways.spark(spark, columns=FEW),
                COPY: lambda: ways.copy(spark),
            }
        seconds = timed(calls)
        peaks = {way: peak(way, folder, people) for way in (MEMORY, STREAM)}
        print(_shown(people, seconds, peaks))  # noqa: T201


def _shown(people: int, seconds: dict[str, float], peaks: dict[str, float]) -> str:
    lines = [machine(), "", f"| {people:,} people | µs a person | x {STREAM} | peak MB |"]
    lines.append("| --- | ---: | ---: | ---: |")
    for way, took in seconds.items():
        ratio = took / seconds[STREAM]
        megabytes = f"{peaks[way]:,.0f}" if way in peaks else ""
        lines.append(f"| {way} | {took / people * 1e6:.1f} | {ratio:.2f} | {megabytes} |")
    return "\n".join(lines)


if __name__ == "__main__":
    if len(sys.argv) > 2:
        _alone(sys.argv[2], Path(sys.argv[3]), int(sys.argv[1]))
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
