"""Recommending from files to a folder: the same rows as at once, whatever happens on the way."""

from __future__ import annotations

import json
import os
import random
import re
import signal
import string
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner
from wide import Row, Wide, job7, wide
from worlds import examples

import fagprofil as fp
from fagprofil.cli import app
from fagprofil.errors import DataError
from fagprofil.io import recommend_dataset
from fagprofil.io.ids import IdCheck, check_again
from fagprofil.results import result_schema

MANIFEST = "_fagprofil.json"


@pytest.fixture(scope="module")
def people() -> Wide:
    return job7(40)


def rows_in(folder: Path) -> list[Row]:
    """The rows of a dataset, read as others read it."""
    table = pq.read_table(folder)
    assert table.schema.equals(result_schema())
    return table.to_pylist()


def parts_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.glob("*.parquet"))


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def at_once(people: Wide, **options: Any) -> list[Row]:
    return people.recommender.recommend_table(people.table, **options).to_pylist()


def parquet(people: Wide, path: Path, **options: Any) -> Path:
    pq.write_table(people.table, path, **options)
    return path


def problems_of(call: Callable[[], Any]) -> list[str]:
    with pytest.raises(DataError) as caught:
        call()
    return [str(one) for one in caught.value.problems]


# --- the same rows ------------------------------------------------------------------------------


def _in_parquet(people: Wide, folder: Path, size: int) -> Path:
    return parquet(people, folder / "people.parquet", row_group_size=size)


def _in_csv(people: Wide, folder: Path, size: int) -> Path:  # noqa: ARG001
    path = folder / "people.csv"
    path.write_text(people.csv(), encoding="utf-8", newline="")
    return path


def _in_danish_csv(people: Wide, folder: Path, size: int) -> Path:  # noqa: ARG001
    path = folder / "people.csv"
    path.write_text("sep=;\n" + people.csv(separator=";"), encoding="utf-8-sig", newline="")
    return path


def _in_parquet_files(people: Wide, folder: Path, size: int) -> Path:
    (folder / "people" / "more").mkdir(parents=True)
    # What Spark writes beside the data is no part of it.
    (folder / "people" / "_SUCCESS").touch()
    for first in range(0, max(1, len(people.people)), size):
        part = people.table.slice(first, size)
        # Names sort as the people do: a folder's files come before those of a later folder.
        sub = "" if first < 2 * size else "more/"
        pq.write_table(part, folder / "people" / f"{sub}{first:05}.parquet")
    return folder / "people"


def _in_csv_files(people: Wide, folder: Path, size: int) -> Path:
    (folder / "people").mkdir()
    for first in range(0, max(1, len(people.people)), size):
        text = people.csv(people.rows[first : first + size])
        (folder / "people" / f"{first:05}.csv").write_text(text, encoding="utf-8", newline="")
    return folder / "people"


@examples(60)
@given(
    wide(),
    st.sampled_from([_in_parquet, _in_csv, _in_danish_csv, _in_parquet_files, _in_csv_files]),
    st.integers(1, 4),
    st.integers(1, 5),
    st.integers(1, 4),
    st.sampled_from(["list", "set"]),
)
def test_from_files_come_the_rows_of_the_table_and_of_each_person(
    tmp_path_factory: pytest.TempPathFactory,
    people: Wide,
    write: Callable[[Wide, Path, int], Path],
    size: int,
    batch: int,
    k: int,
    choose: Any,
) -> None:
    folder = tmp_path_factory.mktemp("stream")
    source, target = write(people, folder, size), folder / "out"
    options: dict[str, Any] = {"k": k, "choose": choose}
    done: list[int] = []
    written = recommend_dataset(
        people.recommender,
        source,
        target,
        **options,
        lang="en",
        batch=batch,
        progress=done.append,
    )
    rows = rows_in(target)
    assert rows == at_once(people, **options, lang="en")
    assert rows == people.one_by_one(**options)
    assert (written.people, written.rows) == (len(people.people), len(rows))
    assert done == sorted(set(done))
    assert done[-1] == len(people.people)
    assert len(done) == written.parts == len(parts_in(target))


def test_one_profile_exclusions_and_language_reach_the_recommender(
    people: Wide, tmp_path: Path
) -> None:
    first = at_once(people, profile="ydelse", k=1)[0]["module"]
    options: dict[str, Any] = {"profile": {"ydelse": 2, "helhed": 1}, "exclude": [first]}
    source = parquet(people, tmp_path / "people.parquet")
    recommend_dataset(people.recommender, source, tmp_path / "out", k=2, batch=7, **options)
    assert rows_in(tmp_path / "out") == at_once(people, k=2, **options)


def test_columns_of_other_names_are_not_in_the_way(people: Wide, tmp_path: Path) -> None:
    notes = people.table.append_column("notes", pa.array([["x"]] * 40))
    pq.write_table(notes, tmp_path / "people.parquet")
    recommend_dataset(people.recommender, tmp_path / "people.parquet", tmp_path / "out", k=2)
    assert rows_in(tmp_path / "out") == at_once(people, k=2)


def test_files_may_hold_a_column_in_different_types(people: Wide, tmp_path: Path) -> None:
    """As pandas writes a column with missing levels, and one without any."""
    (tmp_path / "in").mkdir()
    kinds = [pa.int64(), pa.float64(), pa.int8(), pa.string()]
    level = people.table.schema.get_field_index("a-kasse-samspil")
    for i, kind in enumerate(kinds):
        part = people.table.slice(10 * i, 10)
        field = pa.field("a-kasse-samspil", kind)
        part = part.set_column(level, field, part.column(level).cast(kind))
        pq.write_table(part, tmp_path / "in" / f"{i}.parquet")
    # Batches reach over the ends of files.
    recommend_dataset(people.recommender, tmp_path / "in", tmp_path / "out", batch=15)
    assert rows_in(tmp_path / "out") == at_once(people)


def test_csv_is_read_alike_from_its_first_block_to_its_last(tmp_path: Path) -> None:
    """A column without levels in the first megabytes, ids of digits, and a date or none."""
    lines = ["employee,profile,unit,jobmatch,motivation,relevant_years"]
    lines += [f"{i:06},basis,{'x' * 100},,{i % 6}.0," for i in range(45_000)]
    lines += ["045000,basis,y,3,,2.5", "045001,basis,y,5,1,"]
    (tmp_path / "people.csv").write_text("\n".join(lines), encoding="utf-8")
    recommender = fp.Recommender(fp.load_catalogue())
    recommend_dataset(recommender, tmp_path / "people.csv", tmp_path / "out", k=1, batch=20_000)
    found = pq.read_table(tmp_path / "out")
    last = pa.Table.from_pylist(
        [
            {"employee": "045000", "profile": "basis", "jobmatch": 3, "relevant_years": 2.5},
            {"employee": "045001", "profile": "basis", "jobmatch": 5, "motivation": 1},
        ],
        pa.schema(
            {"employee": pa.string(), "profile": pa.string(), "jobmatch": pa.int8()}
            | {"motivation": pa.int8(), "relevant_years": pa.float64()}
        ),
    )
    assert found.slice(45_000).to_pylist() == recommender.recommend_batch(last, k=1).to_pylist()
    assert found["employee"].to_pylist() == [f"{i:06}" for i in range(45_002)]


def test_nobody_gives_a_dataset_without_rows(people: Wide, tmp_path: Path) -> None:
    pq.write_table(people.table.slice(0, 0), tmp_path / "people.parquet")
    (tmp_path / "people.csv").write_text("employee,jobmatch\n", encoding="utf-8")
    for name in ("people.parquet", "people.csv"):
        target = tmp_path / f"out-{name}"
        written = recommend_dataset(people.recommender, tmp_path / name, target)
        assert (written.people, written.rows, written.parts) == (0, 0, 1)
        assert rows_in(target) == []


def test_memory_does_not_grow_with_the_people(tmp_path: Path) -> None:
    draw = random.Random(1)
    columns = {
        "employee": [f"e{i}" for i in range(6_000)],
        "profile": ["basis"] * 6_000,
        # What does not shrink in the file, so that a reader that keeps what it has read shows.
        "unit": ["".join(draw.choices(string.ascii_letters, k=250)) for _ in range(6_000)],
        "jobmatch": [i % 6 for i in range(6_000)],
    }
    table = pa.table(columns)
    pq.write_table(table, tmp_path / "people.parquet", row_group_size=300)
    recommender, held = fp.Recommender(fp.load_catalogue()), [pa.total_allocated_bytes()]
    recommend_dataset(
        recommender,
        tmp_path / "people.parquet",
        tmp_path / "out",
        k=1,
        batch=300,
        progress=lambda _: held.append(pa.total_allocated_bytes()),
    )
    assert len(held) == 21
    assert max(held) - held[0] < table.nbytes / 4


# --- interrupted --------------------------------------------------------------------------------


class Stop(Exception):
    pass


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("write", [_in_parquet, _in_csv, _in_parquet_files])
def test_an_interrupted_run_goes_on_where_it_stopped(
    people: Wide, write: Callable[[Wide, Path, int], Path], seed: int, tmp_path: Path
) -> None:
    draw = random.Random(seed)
    batch, source = draw.randint(1, 7), write(people, tmp_path, draw.randint(1, 15))
    target, whole = tmp_path / "out", -(-len(people.people) // batch)
    kept = 0
    while kept < whole:
        stop = draw.randint(kept + 1, whole)

        def interrupt(_: int, left: list[None] = [None] * stop) -> None:
            left.pop()
            if not left:
                raise Stop

        before = {path.name: path.stat().st_mtime_ns for path in target.glob("*.parquet")}
        assert len(before) == kept
        with pytest.raises(Stop):
            recommend_dataset(people.recommender, source, target, batch=batch, progress=interrupt)
        after = {path.name: path.stat().st_mtime_ns for path in target.glob("*.parquet")}
        # What was there is not computed again.
        assert before.items() <= after.items()
        kept = len(after)
        assert kept == stop
        assert "complete" not in json.loads((target / MANIFEST).read_text(encoding="utf-8"))
    written = recommend_dataset(people.recommender, source, target, batch=batch)
    assert written.kept == written.parts == whole
    assert rows_in(target) == at_once(people)
    complete = json.loads((target / MANIFEST).read_text(encoding="utf-8"))["complete"]
    assert complete == {"people": 40, "rows": written.rows, "parts": whole}


_CHILD = """
import sys
import fagprofil as fp
from fagprofil.io import recommend_dataset
recommender = fp.Recommender(fp.load_catalogue())
recommend_dataset(recommender, *sys.argv[1:], batch=25, progress=lambda n: print(n, flush=True))
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no signal that kills at once")
def test_a_killed_process_leaves_neither_double_nor_missing_rows(tmp_path: Path) -> None:
    people, draw = job7(1_000), random.Random(7)
    source, target = parquet(people, tmp_path / "people.parquet"), tmp_path / "out"
    command = [sys.executable, "-c", _CHILD, str(source), str(target)]
    for _ in range(3):
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
            assert child.stdout is not None
            for _ in range(draw.randint(1, 10)):
                child.stdout.readline()
            # Somewhere in the middle of computing, writing or renaming.
            time.sleep(draw.random() * 0.02)
            child.kill()
        assert child.returncode == -signal.SIGKILL
    before = len(parts_in(target))
    assert 0 < before < 40
    written = recommend_dataset(people.recommender, source, target, batch=25)
    assert written.kept == before
    assert rows_in(target) == at_once(people)
    assert list(target.glob(".*")) == []


def test_damaged_and_half_written_parts_are_made_again(people: Wide, tmp_path: Path) -> None:
    source, target = parquet(people, tmp_path / "people.parquet"), tmp_path / "out"
    recommend_dataset(people.recommender, source, target, batch=10)
    first, second, third, fourth = (target / name for name in parts_in(target))
    first.write_bytes(first.read_bytes()[:-100])
    second.unlink()
    pq.write_table(pq.read_table(third).slice(1), third)
    (target / f".{second.name}.0123.half").write_bytes(b"PAR1")
    untouched = fourth.stat().st_mtime_ns
    written = recommend_dataset(people.recommender, source, target, batch=10)
    assert (written.kept, written.parts) == (1, 4)
    assert fourth.stat().st_mtime_ns == untouched
    assert rows_in(target) == at_once(people)
    assert names_in(target) == [MANIFEST, *parts_in(target)]


def test_parts_are_named_by_the_rows_that_they_were_made_from(people: Wide, tmp_path: Path) -> None:
    source = parquet(people, tmp_path / "people.parquet")
    recommend_dataset(people.recommender, source, tmp_path / "out", batch=25)
    assert parts_in(tmp_path / "out") == [
        "part-000000000000-000000000025.parquet",
        "part-000000000025-000000000040.parquet",
    ]
    found = pq.read_table(tmp_path / "out" / parts_in(tmp_path / "out")[1])
    assert set(found["employee"].to_pylist()) == {f"e-{i:05}" for i in range(25, 40)}


# --- what a folder may hold ---------------------------------------------------------------------


def _again(people: Wide, folder: Path, **options: Any) -> Any:
    given = {"recommender": people.recommender, "batch": 10, "k": 3, **options}
    recommender = given.pop("recommender")
    source, target = given.pop("source", folder / "people.parquet"), folder / "out"
    return recommend_dataset(recommender, source, target, **given)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"k": 4}, "options.k is '3': expected 4"),
        ({"batch": 20}, "batch is '10': expected 20"),
        ({"lang": "en"}, "options.lang is 'da': expected en"),
        ({"choose": "set"}, "options.choose is 'list': expected set"),
        ({"exclude": ["mediation"]}, "options.exclude is '[]': expected ['mediation']"),
        ({"profile": "virksomhed"}, "options.profile is 'None': expected virksomhed"),
        ({"recommender": "popular"}, "recommender is "),
    ],
)
def test_parts_made_otherwise_are_not_mixed_in(
    people: Wide, options: dict[str, Any], said: str, tmp_path: Path
) -> None:
    parquet(people, tmp_path / "people.parquet")
    _again(people, tmp_path)
    rows = rows_in(tmp_path / "out")
    if "recommender" in options:
        options = {"recommender": fp.Recommender(people.catalogue, options["recommender"])}
    (problem,) = problems_of(lambda: _again(people, tmp_path, **options))
    assert said in problem
    assert "resume=False" in problem
    assert rows_in(tmp_path / "out") == rows
    anew = _again(people, tmp_path, **options, resume=False)
    assert anew.kept == 0
    assert anew.parts == len(parts_in(tmp_path / "out"))
    assert anew.people == 40


def test_a_source_that_has_changed_is_told_of(people: Wide, tmp_path: Path) -> None:
    source = parquet(people, tmp_path / "people.parquet")
    _again(people, tmp_path)
    pq.write_table(people.table.slice(0, 30), source)
    said = problems_of(lambda: _again(people, tmp_path))
    assert any("source.people.parquet.bytes is" in one for one in said)
    assert any("source.people.parquet.modified_ns is" in one for one in said)
    assert _again(people, tmp_path, resume=False).people == 30
    assert len(parts_in(tmp_path / "out")) == 3


def test_another_version_of_the_library_does_not_go_on(
    people: Wide, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    parquet(people, tmp_path / "people.parquet")
    _again(people, tmp_path)
    monkeypatch.setattr(fp, "__version__", "99.0")
    (problem,) = problems_of(lambda: _again(people, tmp_path))
    assert "library is '0." in problem
    assert "expected 99.0" in problem


def test_a_source_that_changes_on_the_way_is_told_of(people: Wide, tmp_path: Path) -> None:
    source = parquet(people, tmp_path / "people.parquet")
    changed = problems_of(lambda: _again(people, tmp_path, progress=lambda _: os.utime(source)))
    assert "files that do not change while they are read" in changed[0]


def test_a_folder_with_other_files_is_left_alone(people: Wide, tmp_path: Path) -> None:
    parquet(people, tmp_path / "people.parquet")
    other = tmp_path / "out" / "part-000000000000-000000000010.parquet"
    other.parent.mkdir()
    other.write_text("not ours", encoding="utf-8")
    for resume in (True, False):
        (problem,) = problems_of(lambda resume=resume: _again(people, tmp_path, resume=resume))
        assert "expected an empty folder" in problem
    assert names_in(other.parent) == [other.name]
    assert other.read_text(encoding="utf-8") == "not ours"
    other.unlink()
    _again(people, tmp_path)
    (tmp_path / "out" / "more.parquet").touch()
    (problem,) = problems_of(lambda: _again(people, tmp_path))
    assert "files is 'more.parquet'" in problem


def test_a_damaged_manifest_is_told_of(people: Wide, tmp_path: Path) -> None:
    parquet(people, tmp_path / "people.parquet")
    _again(people, tmp_path)
    (tmp_path / "out" / MANIFEST).write_text("{", encoding="utf-8")
    assert "begin anew with resume=False" in problems_of(lambda: _again(people, tmp_path))[0]
    assert _again(people, tmp_path, resume=False).people == 40


def test_targets_that_cannot_be(people: Wide, tmp_path: Path) -> None:
    source = parquet(people, tmp_path / "people.parquet")

    def to(target: Path) -> str:
        (said,) = problems_of(lambda: recommend_dataset(people.recommender, source, target))
        return said

    assert "expected a folder that exists" in to(tmp_path / "no" / "out")
    (tmp_path / "file").touch()
    assert "expected a folder, not a file" in to(tmp_path / "file")
    assert "outside the source" in to(source)
    (said,) = problems_of(lambda: recommend_dataset(people.recommender, tmp_path, tmp_path / "out"))
    assert "outside the source" in said or "files of one kind" in said


# --- what is wrong ------------------------------------------------------------------------------


def test_every_wrong_row_is_named_by_file_and_row(people: Wide, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    at = people.table.schema.get_field_index("jobmatch")
    for i in range(2):
        part, levels = people.table.slice(20 * i, 20), [2] * 20
        levels[3 + 10 * i] = 7
        part = part.set_column(at, "jobmatch", pa.array(levels))
        pq.write_table(part, tmp_path / "in" / f"{i}.parquet", row_group_size=6)
    target = tmp_path / "out"
    said = problems_of(
        lambda: recommend_dataset(people.recommender, tmp_path / "in", target, batch=3)
    )
    assert said == [
        "0.parquet row 4: jobmatch is '7': expected a whole number from 0 to 5",
        "1.parquet row 14: jobmatch is '7': expected a whole number from 0 to 5",
    ]


LINES = (
    "employee;note;profile;jobmatch;relevant_years\n"
    'a;"two\nlines";virksomhed;3;2,5\n'
    "\n"
    "b;Køge;virksomhet;3;\n"
    "c;;virksomhed;3,5;\n"
    "d;;virksomhed;3,0;many\n"
)


A_PROFILE = "expected a profile of the catalogue; did you mean 'virksomhed'?"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("told", ["", "sep=;\n"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_wrong_rows_of_a_csv_file_are_named_by_their_line(
    people: Wide, encoding: str, told: str, end: str, tmp_path: Path
) -> None:
    path = tmp_path / "people.csv"
    path.write_text(told + LINES, encoding=encoding, newline=end)
    said = problems_of(lambda: _again(people, tmp_path, source=path, batch=1))
    first = 2 if told else 1
    assert said == [
        f"people.csv line {first + 4}: profile is 'virksomhet': {A_PROFILE}",
        f"people.csv line {first + 5}: jobmatch is '3,5': expected a whole number from 0 to 5",
        f"people.csv line {first + 6}: relevant_years is 'many': expected a number from 0 to 70",
    ]


def test_rows_of_another_width_are_named_by_their_line(people: Wide, tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text("employee,jobmatch\na,1\n\nb\nc,1,2\n", encoding="utf-8")
    assert problems_of(lambda: _again(people, tmp_path, source=path)) == [
        "people.csv line 4: columns is '1': expected 2 columns as in the header",
        "people.csv line 5: columns is '3': expected 2 columns as in the header",
    ]


def test_a_person_in_two_rows_is_found_however_far_apart(people: Wide, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    for name, first, count in (("a", 0, 15), ("b", 12, 28)):
        pq.write_table(people.table.slice(first, count), tmp_path / "in" / f"{name}.parquet")
    said = problems_of(lambda: _again(people, tmp_path, source=tmp_path / "in", batch=4))
    assert said == [
        f"b.parquet row {n + 1}: employee is 'e-000{n + 12}': expected one row per person"
        for n in range(3)
    ]
    assert not (tmp_path / "out").exists()


def test_many_people_in_two_rows_are_not_all_named(people: Wide, tmp_path: Path) -> None:
    pq.write_table(pa.concat_tables([people.table] * 2), tmp_path / "people.parquet")
    said = problems_of(lambda: _again(people, tmp_path))
    assert len(said) == 21
    assert said[0].startswith("people.parquet row 41: employee is 'e-00000'")
    assert "20 more rows" in said[-1]


def test_numbers_and_texts_are_the_same_ids(people: Wide, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    for name, ids in (("a", [7.0, None]), ("b", ["8", " 7"])):
        table = pa.table({"employee": ids, "jobmatch": [1, None]})
        pq.write_table(table, tmp_path / "in" / f"{name}.parquet")
    said = problems_of(lambda: _again(people, tmp_path, source=tmp_path / "in"))
    assert said == ["b.parquet row 2: employee is '7': expected one row per person"]


def test_ids_of_the_same_hash_are_looked_at_again() -> None:
    pieces = [pa.RecordBatch.from_pydict({"employee": ["a", "b", None]})]
    ids = IdCheck()
    assert ids.read(pieces) == 3
    assert ids.suspects() == set()
    check_again(pieces, {hash("a"), hash("b")})


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ({"employe": ["a"]}, "expected a column 'employee'"),
        ({"employee": ["a"], "motivation": [2], "jobmatc": [1]}, "did you mean 'jobmatch'?"),
        ({"employee": ["a"], "competence": ["jobmatch"]}, "one row per person"),
        ({"employee": ["a"], "jobmatch": [1], "level": [1]}, "level"),
    ],
)
def test_wrong_columns_show_before_anything_is_written(
    people: Wide, columns: dict[str, list[Any]], said: str, tmp_path: Path
) -> None:
    pq.write_table(pa.table(columns), tmp_path / "people.parquet")
    problems = problems_of(lambda: _again(people, tmp_path))
    assert all(problem.startswith("people.parquet: ") for problem in problems)
    assert any(said in problem for problem in problems)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"k": 0}, "k is '0'"),
        ({"choose": "sets"}, "'list' or 'set'"),
        ({"batch": 0}, "batch is '0'"),
        ({"batch": 2.5}, "batch is '2.5'"),
        ({"lang": "de"}, "lang is \"'de'\""),
        ({"exclude": "mediation"}, "several ids, as a list"),
        ({"profile": "virksomhet"}, "did you mean 'virksomhed'?"),
        ({"exclude": ["medition"]}, "did you mean 'mediation'?"),
    ],
)
def test_wrong_options_show_before_anything_is_written(
    people: Wide, options: dict[str, Any], said: str, tmp_path: Path
) -> None:
    parquet(people, tmp_path / "people.parquet")
    with pytest.raises(fp.errors.FagprofilError, match=re.escape(said)):
        _again(people, tmp_path, **options)
    assert not (tmp_path / "out").exists()


def _files(folder: Path, **texts: str) -> Path:
    for name, text in texts.items():
        path = folder / "in" / name.replace("__", "/").replace("_csv", ".csv")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder / "in"


@pytest.mark.parametrize(
    ("texts", "said"),
    [
        ({"a_csv": "employee,unit\na,x\n", "b_csv": "employee\nb\n"}, "b.csv: columns is 'unit'"),
        ({"a_csv": "employee\na\n", "b.txt": "x"}, "files of one kind"),
        ({"_hidden": "x"}, "files of one kind"),
        ({"a.xlsx": "x"}, "one of ['.parquet', '.csv']"),
        ({"unit=Vejle__a_csv": "employee\na\n"}, "no folders named by values"),
        ({"a_csv": "employee,employee\na,a\n"}, "a name used once"),
        ({"a.parquet": "PAR1"}, "a.parquet: file: expected a Parquet file"),
        ({"a_csv": ""}, "a column 'employee'"),
    ],
)
def test_sources_that_cannot_be_read(
    people: Wide, texts: dict[str, str], said: str, tmp_path: Path
) -> None:
    source = _files(tmp_path, **texts)
    (problem,) = problems_of(lambda: _again(people, tmp_path, source=source))
    assert said in problem


def test_a_source_that_is_not_there(people: Wide, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"no file .*people\.parquet"):
        _again(people, tmp_path)


def test_bytes_of_no_known_encoding(people: Wide, tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_bytes(b"employee,unit\na,\x81\n")
    (problem,) = problems_of(lambda: _again(people, tmp_path, source=tmp_path / "people.csv"))
    assert "expected UTF-8, or Windows-1252" in problem


# --- from the command line ----------------------------------------------------------------------


def test_the_command_streams_and_goes_on(people: Wide, tmp_path: Path) -> None:
    source, target = parquet(people, tmp_path / "people.parquet"), tmp_path / "out"
    command = ["recommend", str(source), "--stream", "-o", str(target), "-k", "3", "--lang", "en"]
    result = CliRunner().invoke(app, command)
    assert result.exit_code == 0, result.output
    assert "40 people" in result.output
    assert rows_in(target) == at_once(people, k=3, lang="en")
    (part,) = (target / name for name in parts_in(target))
    before = part.stat().st_mtime_ns
    assert CliRunner().invoke(app, command).exit_code == 0
    assert part.stat().st_mtime_ns == before
    other = CliRunner().invoke(app, [*command, "--profile", "ydelse"])
    assert other.exit_code == 2
    assert "options.profile is" in other.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--stream", "-o", "out"), "FILE"),
        (("people.parquet", "--stream"), "--output"),
        (("people.parquet", "--stream", "-o", "out", "--ranker", "popular"), "--ranker"),
    ],
)
def test_what_the_command_cannot_stream(
    people: Wide,
    arguments: tuple[str, ...],
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    parquet(people, Path("people.parquet"))
    result = CliRunner().invoke(app, ["recommend", *arguments])
    assert result.exit_code == 2
    assert said in result.stderr
    assert names_in(tmp_path) == ["people.parquet"]
