"""People with what they have taken, to measure ranking models on; made from tables as well."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fagprofil.catalogue import Catalogue
from fagprofil.errors import DataError, Problem, nearest
from fagprofil.evaluation.interactions import Reader, table_of
from fagprofil.evaluation.strangers import LEARNER, unmapped_catalogue
from fagprofil.model import Completion, Employee, Provenance, Status
from fagprofil.model.base import FrozenDict
from fagprofil.workforce import people_of

__all__ = ["Dataset", "read_interactions"]

Positions = NDArray[np.intp]
Mask = NDArray[np.bool_]
#: Values by column, one for each row.
Rows = Mapping[str, Sequence[Any]]


@dataclass(frozen=True)
class Dataset:
    """People with dated evidence and completions, and the catalogue that they fit.

    Attributes
    ----------
    name
        What it is called where results are shown.
    catalogue
        What there is to need and to learn.
    people
        The people; each id occurs once.
    status
        How well it is founded; that it is made up is shown wherever results are.
    dropped
        What was left out when it was made, by reason in words, counted.

    Raises
    ------
    DataError
        Everything that is wrong: people who do not fit the catalogue, an id used twice, a status
        that there is not.

    Examples
    --------
    >>> import fagprofil as fp
    >>> anna = fp.Employee(id="anna", completed=[{"module": "mediation", "date": "2025-03-01"}])
    >>> Dataset("one", fp.load_catalogue(), (anna,), "synthetic")
    <Dataset 'one': 1 person, 101 modules, 1 completion, synthetic>
    """

    name: str
    catalogue: Catalogue
    people: tuple[Employee, ...]
    status: Status
    dropped: Mapping[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        people = tuple(self.people)
        problems = [*_status_problems(self.status), *_people_problems(people, self.catalogue)]
        if problems:
            raise DataError(problems)
        object.__setattr__(self, "people", people)
        object.__setattr__(self, "status", Status(self.status))
        object.__setattr__(self, "dropped", FrozenDict(self.dropped))

    def __repr__(self) -> str:
        taken = sum(len(one.completed) for one in self.people)
        sizes = [
            counted(len(self.people), "person", "people"),
            counted(len(self.catalogue.modules), "module"),
            counted(taken, "completion"),
        ]
        return f"<Dataset {self.name!r}: {', '.join(sizes)}, {self.status}>"


def counted(count: int, one: str, many: str | None = None) -> str:
    """A number of things, in words.

    Examples
    --------
    >>> counted(1, "person", "people"), counted(1200, "module")
    ('1 person', '1,200 modules')
    """
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def _status_problems(status: Any) -> Iterator[Problem]:
    known = [one.value for one in Status]
    if status not in known:
        hint = nearest(str(status), known)
        yield Problem("dataset", "status", str(status), f"one of {', '.join(known)}", hint)


def _people_problems(people: Sequence[Employee], catalogue: Catalogue) -> Iterator[Problem]:
    if not isinstance(catalogue, Catalogue):
        yield Problem("dataset", "catalogue", type(catalogue).__name__, "a Catalogue")
        return
    try:
        people_of(people)
    except DataError as error:
        yield from error.problems
    try:
        catalogue.check_employees(one for one in people if isinstance(one, Employee))
    except DataError as error:
        yield from error.problems


def read_interactions(
    source: Any,
    *,
    columns: Mapping[str, str] | None = None,
    catalogue: Catalogue | None = None,
    fewest: int = 1,
    name: str | None = None,
    status: Status | str = Status.DERIVED,
) -> Dataset:
    """A dataset from a table with one row for each time that a person took a module.

    Its columns are ``employee``, ``module`` and ``date``, and optionally ``passed`` (true or
    false), ``useful`` and ``gap_closed`` (0..1, or unknown), and ``profile`` (the same on all rows
    of a person that give one). A date is an ISO date, a date with a time of day, or whole seconds
    since 1970 in UTC, of nine digits or more (from 1973-03-03); a blank one is unknown. Other
    columns are left alone, unless they look like a misspelled one.

    Parameters
    ----------
    source
        A path ending in ``.csv``, ``.xlsx`` or ``.parquet``, read as `fagprofil.read_workforce`
        reads it, or a pandas, polars or pyarrow table.
    columns
        The table's names for our columns, where they differ.
    catalogue
        What modules and profiles are looked up in; people without a profile have none. None makes
        a catalogue of what is in the table: modules of which nobody has said what they teach, with
        their ids as titles (ids of another form than ours as
        `fagprofil.evaluation.strangers.as_slug` writes them), all of the level diplom, which says
        nothing; and one competence that everybody lacks, since a module can only be recommended to
        somebody with a gap. The table's profiles need it, or, where it has no such column, the
        profile ``learner``, which is then everybody's.
    fewest
        Keep people and modules with at least so many rows, counted again until all have them. All
        rows count, whatever their date.
    name
        None takes the file's name.
    status
        How well the data is founded, and the records of a catalogue that is made of it.

    Returns
    -------
    People in the order in which they first occur. What `fewest` left out is counted in `dropped`.

    Raises
    ------
    DataError
        Every wrong row with line, column and what was expected; an option that is wrong.
    FileNotFoundError
        There is no such file.
    MissingExtra
        What reads the file is not installed.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"userId": [1, 1, 2], "movieId": [31, 1029, 31],
    ...                       "timestamp": [1260759144, 1260759179, 835355493]})
    >>> ours = {"employee": "userId", "module": "movieId", "date": "timestamp"}
    >>> data = read_interactions(table, columns=ours, name="films")
    >>> data
    <Dataset 'films': 2 people, 2 modules, 3 completions, derived>
    >>> [(one.module, str(one.date)) for one in data.people[0].completed]
    [('31', '2009-12-14'), ('1029', '2009-12-14')]
    """
    _check_options(fewest, status, catalogue, columns)
    table = table_of(source)
    reader = Reader(table, columns or {}, catalogue)
    rows, dropped = _fewest(reader.read(), fewest)
    name, everybody = table.name if name is None else name, None
    if catalogue is None:
        catalogue = _made(rows, reader.titles, name, Status(status))
        everybody = None if "profile" in rows else LEARNER
    return Dataset(name, catalogue, _people(rows, everybody), Status(status), dropped)


def _check_options(fewest: Any, status: Any, catalogue: Any, columns: Any) -> None:
    problems = list(_status_problems(status))
    if isinstance(fewest, bool) or not isinstance(fewest, int) or fewest < 1:
        expected = "a whole number of at least 1"
        problems.append(Problem("read_interactions", "fewest", repr(fewest), expected))
    if not isinstance(catalogue, Catalogue | None):
        kind = type(catalogue).__name__
        problems.append(Problem("read_interactions", "catalogue", kind, "a Catalogue"))
    if not isinstance(columns, Mapping | None):
        expected = "the table's names by ours, such as {'employee': 'userId'}"
        problems.append(Problem("read_interactions", "columns", repr(columns), expected))
    if problems:
        raise DataError(problems)


def _fewest(rows: Rows, fewest: int) -> tuple[Rows, Mapping[str, int]]:
    """The rows of people and modules that have enough of them, and what was left out."""
    people, modules = _codes(rows["employee"]), _codes(rows["module"])
    kept = np.ones(len(people), dtype=np.bool_)
    while True:
        after = kept & _enough(people, kept, fewest) & _enough(modules, kept, fewest)
        if (after == kept).all():
            break
        kept = after
    few = f"with fewer than {fewest} rows"
    counts = {
        f"people {few}": _distinct(people) - _distinct(people[kept]),
        f"modules {few}": _distinct(modules) - _distinct(modules[kept]),
        "rows of these": int((~kept).sum()),
    }
    at = np.flatnonzero(kept).tolist()
    stay = {name: [values[i] for i in at] for name, values in rows.items()}
    return stay, {reason: count for reason, count in counts.items() if count}


def _codes(names: Sequence[str]) -> Positions:
    seen: dict[str, int] = {}
    return np.array([seen.setdefault(one, len(seen)) for one in names], dtype=np.intp)


def _enough(codes: Positions, kept: Mask, fewest: int) -> Mask:
    counts = np.bincount(codes[kept], minlength=int(codes.max(initial=-1)) + 1)
    return np.asarray(counts[codes] >= fewest)


def _distinct(codes: Positions) -> int:
    return len(np.unique(codes))


def _made(rows: Rows, titles: Mapping[str, str], name: str, status: Status) -> Catalogue:
    """A catalogue of what is in the table."""
    days = [day for day in rows["date"] if day is not None]
    profiles = [one for one in rows.get("profile", ()) if one is not None]
    origin = Provenance(
        status=status,
        sources=(f"interactions {name!r}",),
        note=f"made from the interactions {name!r}; what is needed and taught is not known",
    )
    return unmapped_catalogue(
        {one: titles[one] for one in rows["module"]},
        {one: titles[one] for one in profiles},
        max(days, default=dt.date(1970, 1, 1)),
        origin,
    )


def _people(rows: Rows, everybody: str | None) -> tuple[Employee, ...]:
    """The people with all of their rows; `everybody` is the profile of those who have none."""
    of_rows = [name for name in rows if name not in ("employee", "profile")]
    taken: dict[str, list[Completion]] = {}
    for person, *values in zip(rows["employee"], *(rows[one] for one in of_rows), strict=True):
        done = Completion(**dict(zip(of_rows, values, strict=True)))
        taken.setdefault(person, []).append(done)
    given = zip(rows["employee"], rows.get("profile", ()), strict=False)
    profiles = {person: profile for person, profile in given if profile is not None}
    return tuple(
        Employee(id=person, completed=tuple(done), profile=profiles.get(person, everybody))
        for person, done in taken.items()
    )
