"""A folder of Parquet files, each of which is there as a whole or not at all."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

from fagprofil.errors import DataError, Problem

__all__ = ["MANIFEST", "Part", "Parts", "Span"]

#: What the parts were made from; like all names that begin so it is no part of the data.
MANIFEST = "_fagprofil.json"

#: The first row, and the one after the last, of the rows that a part was made from.
Span = tuple[int, int]

_NAME = re.compile(r"part-\d{12}-\d{12}\.parquet")
_FACTS = b"fagprofil"
_HALF = ".half"


@dataclass(frozen=True)
class Part:
    """What a part file holds.

    Attributes
    ----------
    first, stop
        The rows that it was made from.
    people, rows
        How many people and rows are in it.
    """

    first: int
    stop: int
    people: int
    rows: int


class Parts:
    """The part files in a folder.

    Parameters
    ----------
    folder
        Made where it is not there; its parent must be.
    spans
        The parts that there will be.
    """

    def __init__(self, folder: Path, spans: Sequence[Span]) -> None:
        self.folder = folder
        self.spans = spans

    def begin(self, manifest: Mapping[str, Any], *, resume: bool) -> None:
        """Get the folder ready.

        Raises
        ------
        DataError
            The folder holds something else, or parts that were made from something else.
        """
        where = str(self.folder)
        if not self.folder.parent.is_dir():
            shown = str(self.folder.parent)
            raise DataError([Problem(where, "folder", shown, "a folder that exists")])
        if self.folder.exists() and not self.folder.is_dir():
            raise DataError([Problem(where, "target", None, "a folder, not a file")])
        self.folder.mkdir(exist_ok=True)
        begun = (self.folder / MANIFEST).exists()
        if begun and not resume:
            self._clear()
        elif begun:
            self._check_same(manifest)
        self._check_names({self._path(span).name for span in self.spans} if begun else set())
        for half in self.folder.glob(f".*{_HALF}"):
            half.unlink()
        self._describe(manifest)

    def kept(self) -> dict[Span, Part]:
        """The parts that are there as a whole; what is damaged is thrown away."""
        found = {span: self._part(span) for span in self.spans}
        return {span: part for span, part in found.items() if part is not None}

    def _part(self, span: Span) -> Part | None:
        import pyarrow as pa
        import pyarrow.parquet as pq

        path = self._path(span)
        if not path.exists():
            return None
        try:
            metadata = pq.read_metadata(path)
            part = Part(**json.loads(metadata.metadata[_FACTS]))
            if (part.first, part.stop, part.rows) == (*span, metadata.num_rows):
                return part
        except (pa.ArrowException, OSError, ValueError, KeyError, TypeError):
            pass
        path.unlink()
        return None

    def put(self, span: Span, batch: Any) -> Part:
        """Write the part of some rows."""
        import pyarrow as pa
        import pyarrow.compute as pc
        import pyarrow.parquet as pq

        # A person's rows begin with rank 1, or have the one rank 0.
        people = pc.sum(pc.less_equal(batch["rank"], 1), min_count=0).as_py()
        part = Part(*span, people=people, rows=batch.num_rows)
        table = pa.Table.from_batches([batch])
        table = table.replace_schema_metadata({_FACTS: json.dumps(asdict(part))})
        _write_whole(self._path(span), lambda path: pq.write_table(table, path))
        return part

    def end(self, manifest: Mapping[str, Any], parts: Sequence[Part]) -> dict[str, int]:
        """Note in the manifest that all parts are there; how many people, rows and parts."""
        total = {name: sum(getattr(one, name) for one in parts) for name in ("people", "rows")}
        total["parts"] = len(parts)
        self._describe({**manifest, "complete": total})
        return total

    def _path(self, span: Span) -> Path:
        first, stop = span
        return self.folder / f"part-{first:012}-{stop:012}.parquet"

    def _describe(self, manifest: Mapping[str, Any]) -> None:
        text = json.dumps(manifest, ensure_ascii=False, indent=1) + "\n"
        _write_whole(self.folder / MANIFEST, lambda path: path.write_text(text, encoding="utf-8"))

    def _clear(self) -> None:
        for path in self.folder.iterdir():
            if _NAME.fullmatch(path.name):
                path.unlink()
        (self.folder / MANIFEST).unlink()

    def _check_same(self, manifest: Mapping[str, Any]) -> None:
        where = f"{self.folder}/{MANIFEST}"
        try:
            before = _flat(json.loads((self.folder / MANIFEST).read_text(encoding="utf-8")))
        except (ValueError, TypeError, AttributeError, KeyError):
            expected = "the manifest of an earlier run; begin anew with resume=False"
            raise DataError([Problem(where, "file", None, expected)]) from None
        now = _flat(json.loads(json.dumps(manifest)))
        problems = [
            Problem(
                where, name, str(before.get(name)), f"{now.get(name)} as is asked for now{_MEND}"
            )
            for name in {**now, **before}
            if before.get(name) != now.get(name) and not name.startswith("complete")
        ]
        if problems:
            raise DataError(problems)

    def _check_names(self, known: Collection[str]) -> None:
        others = sorted(
            path.name
            for path in self.folder.iterdir()
            if not path.name.startswith((".", "_")) and path.name not in known
        )
        if others:
            shown = ", ".join(others[:5]) + (", ..." if len(others) > 5 else "")
            expected = "an empty folder, or one that was written by the same call"
            raise DataError([Problem(str(self.folder), "files", shown, expected)])


_MEND = "; begin anew with resume=False, or in another folder"


def _flat(value: Any, name: str = "") -> dict[str, Any]:
    """Nested records as one, with names such as ``options.k``."""
    if name == "source":
        value = {one.pop("file"): one for one in value}
    if not isinstance(value, dict):
        return {name: value}
    found: dict[str, Any] = {}
    for key, inner in value.items():
        found |= _flat(inner, f"{name}.{key}" if name else key)
    return found


def _write_whole(path: Path, write: Callable[[Path], object]) -> None:
    """Write a file so that it appears under its name when it is complete and on the disk."""
    # Not mkstemp, whose files nobody else may read.
    temporary = path.with_name(f".{path.name}.{uuid4().hex}{_HALF}")
    try:
        write(temporary)
        with temporary.open("r+b") as file:
            os.fsync(file.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
