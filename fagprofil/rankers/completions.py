"""What people have taken, and what came of it: what ranking models learn from."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from typing import Any, Literal, get_args

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from fagprofil.catalogue import Catalogue
from fagprofil.errors import DataError, Problem, nearest
from fagprofil.model import Employee

__all__ = ["History", "Outcome", "Outcomes", "before_last_day"]

Positions = NDArray[np.intp]
Floats = NDArray[np.float64]

#: What can come of a module that was taken.
Outcome = Literal["taken", "passed", "useful", "gap_closed"]


def last_day(employee: Employee) -> dt.date | None:
    """The last day on which a person took something; None where no day is known."""
    return max((one.date for one in employee.completed if one.date is not None), default=None)


def on_last_day(employee: Employee) -> list[bool]:
    """Which of a person's completions were on their last day; all, where no day is known."""
    day = last_day(employee)
    return [one.date == day for one in employee.completed]


def before_last_day(employee: Employee) -> Employee:
    """A person as they stood before the last day on which they took something.

    What was completed and said on that day or later is left out. What has no date stays, but for
    completions where no day is known of any: then all of them are left out.

    Examples
    --------
    >>> taken = [{"module": "a", "date": "2024-01-15"}, {"module": "b", "date": "2025-01-15"}]
    >>> said = [{"competence": "x", "level": 3, "kind": "self", "date": "2025-03-01"}]
    >>> then = before_last_day(Employee(id="e", completed=taken, evidence=said))
    >>> [one.module for one in then.completed], then.evidence
    (['a'], ())
    """
    if not employee.completed:
        return employee
    day = last_day(employee)
    taken = zip(employee.completed, on_last_day(employee), strict=True)
    earlier = tuple(one for one, last in taken if not last)
    said = tuple(
        one for one in employee.evidence if one.date is None or day is None or one.date < day
    )
    return employee.model_copy(update={"completed": earlier, "evidence": said})


@dataclass(frozen=True, eq=False)
class Outcomes:
    """What came of what each person took last, one entry for each person and module.

    Attributes
    ----------
    person, module
        Positions, shape (c,).
    value
        0..1, shape (c,).
    """

    person: Positions
    module: Positions
    value: Floats


@dataclass(frozen=True, eq=False)
class History:
    """Who has taken what, and what came of it.

    Attributes
    ----------
    employees
        The ids of p people.
    modules
        The ids of the catalogue's M modules, in its order.
    profiles
        The profile of each person by its id; None where they have none.
    person, module
        Of each of c completions, as positions, sorted; shape (c,). A module that a person took
        several times on one day, or on unknown days, is there several times.
    day
        When, as ``datetime64[D]``; NaT where unknown.
    ok
        Whether it was passed.
    useful, gap_closed
        How useful it was found and how much of what it was to close is closed, 0..1; NaN where
        unknown.
    last
        Whether it was on the last day on which the person took something.
    passed
        Sparse matrix of 0/1, shape (p, M): who has passed what.
    """

    employees: tuple[str, ...]
    modules: tuple[str, ...]
    profiles: tuple[str | None, ...]
    person: Positions
    module: Positions
    day: NDArray[np.datetime64]
    ok: NDArray[np.bool_]
    useful: Floats
    gap_closed: Floats
    last: NDArray[np.bool_]
    passed: sp.csr_array

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if isinstance(value, np.ndarray):
                value.setflags(write=False)
        fixed_matrix(self.passed)

    @classmethod
    def of(cls, employees: Sequence[Employee], catalogue: Catalogue) -> History:
        """The history in the `completed` of some people.

        Raises
        ------
        DataError
            A module that the catalogue does not have.
        UnknownName
            A profile that the catalogue does not have.
        """
        try:
            rows = sorted(_rows(employees, catalogue), key=lambda row: row[:2])
        except KeyError:
            catalogue.check_employees(employees)
            raise
        person, module, day, ok, useful, closed, last = (
            zip(*rows, strict=True) if rows else [()] * 7
        )
        who, what = np.array(person, dtype=np.intp), np.array(module, dtype=np.intp)
        good = np.array(ok, dtype=np.bool_)
        return cls(
            employees=tuple(one.id for one in employees),
            modules=catalogue.module_ids,
            profiles=tuple(_profiles(employees, catalogue)),
            person=who,
            module=what,
            day=np.array(day, dtype="datetime64[D]"),
            ok=good,
            useful=np.array(useful, dtype=np.float64),
            gap_closed=np.array(closed, dtype=np.float64),
            last=np.array(last, dtype=np.bool_),
            passed=_matrix(who[good], what[good], (len(employees), len(catalogue.module_ids))),
        )

    @property
    def shape(self) -> tuple[int, int]:
        """Number of people p and of modules M."""
        return len(self.employees), len(self.modules)

    def rows(self, rows: Positions) -> History:
        """The history of some of the people, each once."""
        rows = np.asarray(rows, dtype=np.intp)
        place = np.full(len(self.employees), -1, dtype=np.intp)
        place[rows] = np.arange(len(rows))
        inside = np.flatnonzero(place[self.person] >= 0)
        order = inside[np.lexsort((self.module[inside], place[self.person[inside]]))]
        return History(
            employees=tuple(self.employees[i] for i in rows.tolist()),
            modules=self.modules,
            profiles=tuple(self.profiles[i] for i in rows.tolist()),
            person=place[self.person[order]],
            module=self.module[order],
            day=self.day[order],
            ok=self.ok[order],
            useful=self.useful[order],
            gap_closed=self.gap_closed[order],
            last=self.last[order],
            passed=self.passed[rows],
        )

    def __getitem__(self, rows: Any) -> History:
        """The history of some people, as scikit-learn's splitters ask for it."""
        return self.rows(positions(rows, len(self.employees)))

    def __len__(self) -> int:
        return len(self.employees)

    def __fingerprint__(self) -> tuple[Any, ...]:
        """What tells it from others."""
        return tuple(getattr(self, field.name) for field in fields(self) if field.name != "passed")

    def outcomes(self, kind: Outcome) -> Outcomes:
        """What came of what each person took on their last day.

        Parameters
        ----------
        kind
            ``"taken"`` (always 1), ``"passed"`` (0 or 1), ``"useful"`` or ``"gap_closed"``
            (0..1; only where known). The best, where one was taken several times.

        Raises
        ------
        DataError
            Another outcome.
        """
        check_outcome(kind)
        values = {
            "taken": np.ones(len(self.person)),
            "passed": self.ok.astype(np.float64),
            "useful": self.useful,
            "gap_closed": self.gap_closed,
        }[kind]
        at = np.flatnonzero(self.last & ~np.isnan(values))
        cells = self.person[at] * len(self.modules) + self.module[at]
        order = np.lexsort((-values[at], cells))
        _, first = np.unique(cells[order], return_index=True)
        best = at[order[first]]
        return Outcomes(self.person[best], self.module[best], values[best])

    @property
    def last_days(self) -> NDArray[np.datetime64]:
        """The last day on which each person took something, shape (p,); NaT where unknown."""
        days = np.full(len(self.employees), np.datetime64("NaT", "D"))
        at = np.flatnonzero(self.last)
        days[self.person[at]] = self.day[at]
        return days


def check_outcome(kind: str) -> None:
    """Raise DataError if something else than an `Outcome` is asked for."""
    if kind not in get_args(Outcome):
        expected = f"one of {', '.join(map(repr, get_args(Outcome)))}"
        known = nearest(str(kind), get_args(Outcome))
        raise DataError([Problem("outcome", "outcome", str(kind), expected, known)])


def fixed_matrix(matrix: sp.csr_array) -> sp.csr_array:
    """A sparse matrix that can be read but not changed."""
    for part in (matrix.data, matrix.indices, matrix.indptr):
        part.setflags(write=False)
    return matrix


def positions(rows: Any, n: int) -> Positions:
    """Rows from what stands between brackets: positions or a mask, and perhaps ``...`` after it."""
    first = rows[0] if isinstance(rows, tuple) else rows
    return np.atleast_1d(np.arange(n, dtype=np.intp)[first])


def _matrix(rows: Positions, columns: Positions, shape: tuple[int, int]) -> sp.csr_array:
    """A sparse matrix of 0/1, each cell once."""
    cells = np.unique(rows * shape[1] + columns) if len(rows) else np.zeros(0, dtype=np.intp)
    at = np.divmod(cells, max(1, shape[1]))
    return sp.csr_array((np.ones(len(cells)), at), shape=shape)


def _rows(
    employees: Sequence[Employee], catalogue: Catalogue
) -> Iterator[tuple[int, int, dt.date | None, bool, float, float, bool]]:
    position = catalogue.modules.position
    for i, one in enumerate(employees):
        for taken, last in zip(one.completed, on_last_day(one), strict=True):
            came = (_value(taken.useful), _value(taken.gap_closed))
            yield (i, position[taken.module], taken.date, taken.passed, *came, last)


def _value(known: float | None) -> float:
    return np.nan if known is None else known


def _profiles(employees: Sequence[Employee], catalogue: Catalogue) -> Iterator[str | None]:
    found: dict[str, str] = {}
    for one in employees:
        if one.profile is None:
            yield None
            continue
        key = repr(one.profile)
        if key not in found:
            found[key] = catalogue.resolve(one.profile).id
        yield found[key]
