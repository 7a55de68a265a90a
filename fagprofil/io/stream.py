"""Recommend to more people than fit in memory: from files to a folder of files."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import takewhile
from pathlib import Path
from typing import Any

import fagprofil
from fagprofil.errors import DataError, Problem
from fagprofil.fingerprint import fingerprint
from fagprofil.io.batches import MOST_PROBLEMS, check_call, several
from fagprofil.io.parts import Part, Parts, Span
from fagprofil.io.source import Source
from fagprofil.model import Lang, ProfileLike
from fagprofil.recommend import Recommender
from fagprofil.results import Choose

__all__ = ["Stream", "Written", "recommend_dataset"]

#: People that are worked on at once, where nothing else is said.
BATCH = 50_000


@dataclass(frozen=True)
class Written:
    """What `recommend_dataset` has written.

    Attributes
    ----------
    folder
        Where the parts are.
    people, rows, parts
        How many there are, those of earlier runs included.
    kept
        Parts that an earlier run had written.
    """

    folder: Path
    people: int
    rows: int
    parts: int
    kept: int


def recommend_dataset(
    recommender: Recommender,
    source: str | Path,
    target: str | Path,
    *,
    profile: ProfileLike | None = None,
    k: int = 10,
    choose: Choose = "list",
    exclude: Iterable[str] = (),
    lang: Lang = "da",
    batch: int = BATCH,
    progress: Callable[[int], None] | None = None,
    resume: bool = True,
) -> Written:
    r"""The rows of `Recommender.recommend_table` for files of any size, batch by batch.

    Memory is that of a few batches, and while the ids are read 16 bytes for each person.

    Parameters
    ----------
    recommender
        What recommends.
    source
        A Parquet or CSV file, or a folder of files of one of these kinds, in the wide form of
        `fagprofil.read_workforce`: one row per person, one column per competence. CSV may be as
        Danish Excel writes it.
    target
        The folder to write. It becomes a Parquet dataset: one file per batch, named by the rows
        of the source that it was made from, and a manifest that other readers pass over.
    profile, k, choose, exclude, lang
        As for `Recommender.recommend_table`.
    batch
        People that are worked on at once.
    progress
        Called with the number of people done, after each batch.
    resume
        Go on where an earlier call with the same source, recommender and options was interrupted:
        whole files are kept, half ones thrown away, and what comes out is the same as without the
        interruption. False begins anew, in place of what an earlier call has written there.

    Returns
    -------
    What was written.

    Raises
    ------
    DataError
        Every wrong row, with its file and line (Parquet: row); after the batch in which there are
        a thousand, no more are looked for. A person with two rows, anywhere in the source. A
        target that holds something else, or what was made by another recommender, with other
        options or from other files.
    MissingExtra
        pyarrow is not installed.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> import fagprofil as fp
    >>> from fagprofil.io import recommend_dataset
    >>> folder = Path(tempfile.mkdtemp())
    >>> people = ["employee,profile,jobmatch", "a,basis,1", "b,basis,"]
    >>> _ = (folder / "people.csv").write_text("\n".join(people))
    >>> recommender = fp.Recommender(fp.load_catalogue())
    >>> written = recommend_dataset(recommender, folder / "people.csv", folder / "out", k=3)
    >>> written.people, written.rows, written.parts
    (2, 6, 1)
    """
    options: dict[str, Any] = {"profile": profile, "k": k, "choose": choose, "exclude": exclude}
    job = Stream(recommender, source, target, batch=batch, lang=lang, **options)
    return job.run(progress, resume=resume)


class Stream:
    """A call of `recommend_dataset` that is checked and ready to run.

    Attributes
    ----------
    people
        The files that are read.
    """

    def __init__(
        self,
        recommender: Recommender,
        source: str | Path,
        target: str | Path,
        *,
        batch: int = BATCH,
        exclude: Iterable[str] = (),
        profile: ProfileLike | None = None,
        **others: Any,
    ) -> None:
        if isinstance(batch, bool) or not isinstance(batch, int) or batch < 1:
            expected = "a whole number of at least 1"
            raise DataError([Problem("recommend_dataset", "batch", repr(batch), expected)])
        _check_apart(Path(source), Path(target))
        options = {"profile": profile, "exclude": several(exclude), **others}
        check = partial(check_call, recommender, options=options)
        self.people = Source.opened(Path(source), recommender.catalogue, check)
        self._recommend: Callable[..., Any] = partial(recommender.recommend_batch, **options)
        self._parts = Parts(Path(target), _spans(self.people.rows, batch))
        self._batch = batch
        named = None if profile is None else recommender.catalogue.resolve(profile)
        self._manifest = {
            "library": fagprofil.__version__,
            "recommender": recommender.version,
            "options": options | {"profile": named and f"{named.id} ({fingerprint(named)})"},
            "batch": batch,
            "source": self.people.stamps,
        }

    def run(self, progress: Callable[[int], None] | None = None, *, resume: bool = True) -> Written:
        """Write what is not there yet."""
        self._parts.begin(self._manifest, resume=resume)
        kept, written = self._parts.kept(), []
        for part in self._all(kept):
            written.append(part)
            if progress is not None:
                progress(part.stop)
        self.people.check_unchanged()
        total = self._parts.end(self._manifest, written)
        return Written(self._parts.folder, **total, kept=len(kept))

    def _all(self, kept: Mapping[Span, Part]) -> Iterator[Part]:
        """All parts in order; those that are not kept are made."""
        done = list(takewhile(kept.__contains__, self._parts.spans))
        yield from map(kept.__getitem__, done)
        left = self._parts.spans[len(done) :]
        try:
            for span, table in self._tables(left):
                yield kept[span] if span in kept else self._made(span, table)
        except DataError as error:
            raise DataError(self._problems(left) or error.problems) from None

    def _made(self, span: Span, table: Any) -> Part:
        with self.people.placing(span[0]):
            found = self._recommend(table)
        return self._parts.put(span, found)

    def _tables(self, spans: Sequence[Span]) -> Iterator[tuple[Span, Any]]:
        if spans:
            yield from zip(spans, self.people.tables(self._batch, spans[0][0]), strict=False)

    def _problems(self, spans: Sequence[Span]) -> list[Problem]:
        """What is wrong with all of whom there is no part, so that it need be mended only once."""
        found, kept = list[Problem](), self._parts.kept()
        for span, table in self._tables(spans):
            if span in kept:
                continue
            try:
                with self.people.placing(span[0]):
                    self._recommend(table, k=1)
            except DataError as error:
                found += error.problems
            if len(found) > MOST_PROBLEMS:
                break
        return found


def _check_apart(source: Path, target: Path) -> None:
    """Raise DataError where what is written would be read."""
    if source.resolve() in (target.resolve(), *target.resolve().parents):
        raise DataError([Problem(str(target), "target", None, "a folder outside the source")])


def _spans(rows: int, batch: int) -> list[Span]:
    """The rows of each part; of nobody there is a part all the same, since it has the columns."""
    return [(first, min(first + batch, rows)) for first in range(0, max(1, rows), batch)]
