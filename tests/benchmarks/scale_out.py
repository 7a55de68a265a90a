"""From files to files: ``python tests/benchmarks/scale_out.py [people]``.

What streaming and Spark take beside the same call in memory, warm, with Parquet in and out; in one
process, way after way, some rounds of it. Spark is left out where it or Java is not installed. Then
what a cluster's work follows from: bytes for each person, and what a worker takes to begin. With
``FAGPROFIL_SCALE_OUT_TABLE`` set to a path, what is printed is written there as well.
"""

from __future__ import annotations

import os
import pickle
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

# For the builders that all tests share, when this is run as a script.
sys.path.insert(0, str(Path(__file__).parents[1]))

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
from nation import Nation
from pyarrow.dataset import dataset
from report import machine

import fagprofil as fp
import fagprofil.spark
from fagprofil.io import recommend_dataset
from fagprofil.io.batches import regrouped
from fagprofil.io.stream import BATCH
from fagprofil.results import result_schema
from fagprofil.workers import processors

ROUNDS = 3
#: Spark gives every core as many files of the same size.
FILES = 10
#: Settings of Spark's writer.
USUAL: dict[str, str] = {}
LEAST = dict.fromkeys(
    (
        "parquet.enable.dictionary",
        "parquet.column.statistics.enabled",
        "parquet.size.statistics.enabled",
    ),
    "false",
)
#: What a nation may do with: titles and prices are looked up for the modules that are chosen.
FEW = ("employee", "rank", "module", "score")

MEMORY = "recommend_table in memory, with reading and writing"
STREAM = "recommend_dataset"
CSV = "recommend_dataset, from CSV"
SPARK = "Spark"
PLAIN = "Spark, Parquet without dictionaries and statistics"
WORKERS = "Spark, where the workers write"
PROCESS_COLUMNS = f"one process, columns {', '.join(FEW)}"
COLUMNS = f"Spark, columns {', '.join(FEW)}"
COPY = "Spark alone: reads the people, reads and writes the rows"


class Ways:
    """Calls from some files to one folder."""

    def __init__(self, folder: Path, people: int) -> None:
        self.folder = folder
        self.nation = Nation(people)
        self.recommender = fp.Recommender(self.nation.catalogue, horizon=fp.NOW)
        self.source = folder / "people"
        self.source.mkdir()
        table, most = self.nation.frame(), -(-people // FILES)
        for i in range(FILES):
            pq.write_table(table.slice(i * most, most), self.source / f"{i:02}.parquet")
        pa.csv.write_csv(table, folder / "people.csv")

    def memory(self) -> None:
        rows = self.recommender.recommend_table(pq.read_table(self.source))
        pq.write_table(rows, self.folder / "rows.parquet")

    def stream(self, name: str = "people") -> None:
        target = self.folder / "stream"
        recommend_dataset(self.recommender, self.folder / name, target, resume=False)

    def few(self) -> None:
        schema = pa.schema([result_schema().field(name) for name in FEW])
        with pq.ParquetWriter(self.folder / "few.parquet", schema) as file:
            for people in regrouped(dataset(self.source).to_batches(), BATCH):
                file.write_batch(self.recommender.recommend_batch(people).select(FEW))

    def spark(self, session: Any, settings: dict[str, str] = USUAL, **options: Any) -> None:
        df = session.read.parquet(str(self.source))
        self._write(fagprofil.spark.recommend(df, self.recommender, **options), settings)

    def workers(self, session: Any) -> None:
        """As on the page docs/scale-out.md."""
        folder = self.folder / "workers"
        folder.mkdir(exist_ok=True)
        session.conf.set("spark.sql.execution.arrow.maxRecordsPerBatch", 20_000)
        sent = session.sparkContext.broadcast(self.recommender)
        df = session.read.parquet(str(self.source))
        df.mapInArrow(partial(_write, sent, folder), "rows bigint").collect()
        session.conf.unset("spark.sql.execution.arrow.maxRecordsPerBatch")

    def copy(self, session: Any) -> None:
        session.read.parquet(str(self.source)).write.format("noop").mode("overwrite").save()
        self._write(session.read.parquet(str(self.folder / "stream" / "part-*")), USUAL)

    def _write(self, rows: Any, settings: dict[str, str]) -> None:
        writer = rows.write.mode("overwrite").options(**settings)
        writer.parquet(str(self.folder / "spark"))


def _write(sent: Any, folder: Path, batches: Iterator[Any]) -> Iterator[Any]:
    """Write the rows of a partition to a file, and say how many they are."""
    from pyspark import TaskContext

    task, written = TaskContext.get(), 0
    assert task is not None
    half = folder / f".{task.taskAttemptId()}"
    with pq.ParquetWriter(half, result_schema()) as file:
        for people in batches:
            rows = sent.value.recommend_batch(people)
            file.write_batch(rows)
            written += rows.num_rows
    half.replace(folder / f"part-{task.partitionId():05}.parquet")
    yield pa.RecordBatch.from_pydict({"rows": [written]})


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
    ways = Ways.__new__(Ways)
    ways.folder, ways.source = folder, folder / "people"
    ways.recommender = fp.Recommender(Nation(people).catalogue, horizon=fp.NOW)
    {MEMORY: ways.memory, STREAM: ways.stream}[way]()
    # Not getrusage's: a process that has just been made has its parent's peak there.
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    print(int(status.partition("VmHWM:")[2].split()[0]) / 1024)  # noqa: T201


#: What a worker does before its first person: everything is imported, and the profiles compiled.
_BEGIN = """
import pickle, sys, time
start = time.perf_counter()
import pyarrow.parquet as pq
recommender = pickle.loads(open(sys.argv[1], "rb").read())
recommender.recommend_batch(pq.read_table(sys.argv[2]).slice(0, 100))
print(time.perf_counter() - start)
"""


@dataclass(frozen=True)
class Facts:
    """What the work of a cluster follows from: bytes, and the seconds in which a worker begins."""

    recommender: int
    began: float
    person: float
    rows: float
    bundled: float

    @classmethod
    def measured(cls, ways: Ways, people: int) -> Facts:
        pickled = ways.folder / "recommender.pickle"
        pickled.write_bytes(pickle.dumps(ways.recommender))
        first = str(ways.source / "00.parquet")
        command = [sys.executable, "-c", _BEGIN, str(pickled), first]
        began = [
            float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
            for _ in range(ROUNDS)
        ]
        return cls(
            recommender=pickled.stat().st_size,
            began=statistics.median(began),
            person=_size(ways.source) / people,
            rows=_size(ways.folder / "stream") / people,
            bundled=_bundled(ways.folder / "bundled.parquet"),
        )

    def lines(self) -> Iterator[str]:
        yield "| of it | |"
        yield "| --- | ---: |"
        yield f"| the recommender, pickled | {self.recommender / 1e3:,.0f} kB |"
        yield f"| a worker, until its first person | {self.began:.1f} s |"
        yield f"| a person, in Parquet | {self.person:,.0f} bytes |"
        yield f"| a person's rows, in Parquet | {self.rows:,.0f} bytes |"
        yield f"| a person's rows over the bundled catalogue | {self.bundled:,.0f} bytes |"


def _size(folder: Path) -> int:
    return sum(one.stat().st_size for one in folder.glob("*.parquet"))


def _bundled(path: Path) -> float:
    """Bytes for each person where modules have titles, prices and notes as they are."""
    catalogue, random, people = fp.load_catalogue(), np.random.default_rng(0), 20_000
    columns = {name: random.integers(0, 6, people) for name in catalogue.taxonomy.competences}
    profile = random.choice(list(catalogue.profiles), people)
    table = pa.table({"employee": [f"e{i}" for i in range(people)], "profile": profile, **columns})
    pq.write_table(fp.Recommender(catalogue).recommend_table(table), path)
    return path.stat().st_size / people


def main(people: int) -> None:
    with tempfile.TemporaryDirectory() as name, session() as spark:
        folder = Path(name)
        ways = Ways(folder, people)
        calls: dict[str, Callable[[], None]] = {
            MEMORY: ways.memory,
            STREAM: ways.stream,
            CSV: lambda: ways.stream("people.csv"),
            PROCESS_COLUMNS: ways.few,
        }
        if spark is not None:
            calls |= {
                SPARK: lambda: ways.spark(spark),
                PLAIN: lambda: ways.spark(spark, LEAST),
                WORKERS: lambda: ways.workers(spark),
                COLUMNS: lambda: ways.spark(spark, columns=FEW),
                COPY: lambda: ways.copy(spark),
            }
        seconds = timed(calls)
        peaks = {way: peak(way, folder, people) for way in (MEMORY, STREAM)}
        ways.stream()
        parts = [
            f"{machine().removesuffix('.')}{_spark_version(spark)}.",
            "\n".join(_times(people, seconds, peaks)),
            "\n".join(Facts.measured(ways, people).lines()),
            "\n".join(_minutes(people, seconds)),
        ]
        text = "\n\n".join(parts) + "\n"
        print(text, end="")  # noqa: T201
        wanted = os.environ.get("FAGPROFIL_SCALE_OUT_TABLE")
        if wanted:
            Path(wanted).write_text(text, encoding="utf-8")


def _spark_version(spark: Any) -> str:
    if spark is None:
        return ""
    java = spark._jvm.java.lang.System.getProperty("java.version")
    return f", pyspark {version('pyspark')}, Java {java}"


def _times(people: int, seconds: dict[str, float], peaks: dict[str, float]) -> Iterator[str]:
    yield f"| {people:,} people | µs a person | x {STREAM} | peak MB |"
    yield "| --- | ---: | ---: | ---: |"
    for way, took in seconds.items():
        ratio = took / seconds[STREAM]
        megabytes = f"{peaks[way]:,.0f}" if way in peaks else ""
        yield f"| {way} | {took / people * 1e6:.1f} | {ratio:.2f} | {megabytes} |"


def _minutes(people: int, seconds: dict[str, float]) -> Iterator[str]:
    """For a hundred million people on more cores, if each does as much as one of these."""
    cores = (2, 16, 128)
    yield f"| 100,000,000 people, in minutes | {' | '.join(f'{n} cores' for n in cores)} |"
    yield f"| --- | {' | '.join(['---:'] * len(cores))} |"
    for way in (STREAM, SPARK, WORKERS, COLUMNS):
        if way in seconds:
            minutes = seconds[way] / people * processors() * 1e8 / 60
            yield f"| {way} | {' | '.join(f'{minutes / n:,.2f}' for n in cores)} |"


if __name__ == "__main__":
    if len(sys.argv) > 2:
        _alone(sys.argv[2], Path(sys.argv[3]), int(sys.argv[1]))
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
