"""What a ranker may learn from, whom it recommends to, and what they took: by day."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from fagprofil.catalogue import Catalogue
from fagprofil.errors import DataError, Problem
from fagprofil.evaluation.dataset import counted
from fagprofil.model import Employee, Status
from fagprofil.model.base import FrozenDict

__all__ = ["Fold", "Split"]


@dataclass(frozen=True)
class Fold:
    """People to learn from, and people to recommend to.

    Attributes
    ----------
    on
        The day to recommend on; rankers are fitted on what was known before it.
    train
        People to learn from, as they stood on that day.
    test
        People to recommend to, as they stood.
    relevant
        For each of `test`, the grade of each module that they took then, above 0.
    candidates
        The modules that were on offer; None for all.
    catalogue
        What rankers see of the catalogue, with the same modules; None for all of it.

    Raises
    ------
    DataError
        Not one set of grades for each of `test`, or grades that are not above 0 or of modules that
        were not on offer.

    Examples
    --------
    >>> import fagprofil as fp
    >>> anna = fp.Employee(id="anna")
    >>> Fold(dt.date(2025, 1, 1), train=(), test=(anna,), relevant=({"mediation": 1.0},))
    <Fold 2025-01-01: 0 people to learn from, 1 to recommend to, 1 module to foresee>
    """

    on: dt.date
    train: tuple[Employee, ...]
    test: tuple[Employee, ...]
    relevant: tuple[Mapping[str, float], ...]
    candidates: frozenset[str] | None = None
    catalogue: Catalogue | None = None

    def __post_init__(self) -> None:
        problems = list(self._problems())
        if problems:
            raise DataError(problems)

    def _problems(self) -> Iterator[Problem]:
        where = f"fold {self.on}"
        if len(self.test) != len(self.relevant):
            expected = f"one for each of the {len(self.test)} people to recommend to"
            yield Problem(where, "relevant", str(len(self.relevant)), expected)
        for name, grade in (pair for own in self.relevant for pair in own.items()):
            if not 0 < grade < math.inf:
                yield Problem(where, f"relevant.{name}", str(grade), "a number above 0")
            if self.candidates is not None and name not in self.candidates:
                yield Problem(where, "relevant", name, "a module that was on offer")

    def __repr__(self) -> str:
        sizes = [
            f"{counted(len(self.train), 'person', 'people')} to learn from",
            f"{len(self.test):,} to recommend to",
            f"{counted(sum(map(len, self.relevant)), 'module')} to foresee",
        ]
        if self.candidates is not None:
            sizes.append(f"{len(self.candidates):,} on offer")
        return f"<Fold {self.on}: {', '.join(sizes)}>"


@dataclass(frozen=True)
class Split:
    """A dataset split into folds.

    Attributes
    ----------
    name
        What was split, and how.
    catalogue
        The dataset's.
    folds
        By day.
    status
        The dataset's.
    dropped
        Completions that were to be foreseen or learned from and are not, by reason in words,
        counted; and the statements without a date.
    """

    name: str
    catalogue: Catalogue
    folds: tuple[Fold, ...]
    status: Status
    dropped: Mapping[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "dropped", FrozenDict(self.dropped))

    def __repr__(self) -> str:
        people = sum(len(one.test) for one in self.folds)
        modules = sum(len(own) for one in self.folds for own in one.relevant)
        sizes = [
            counted(len(self.folds), "fold"),
            f"{counted(people, 'person', 'people')} to recommend to",
            f"{counted(modules, 'module')} to foresee",
            f"{sum(self.dropped.values()):,} left out",
        ]
        return f"<Split {self.name!r}: {', '.join(sizes)}, {self.status}>"
