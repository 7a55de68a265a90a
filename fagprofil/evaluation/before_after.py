"""People as they stood before a day, what they took from then on, and what is left out."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, Literal, get_args

from fagprofil.errors import DataError, Problem, nearest
from fagprofil.evaluation.dataset import Dataset
from fagprofil.evaluation.folds import Fold, Split
from fagprofil.evaluation.foreseen import Ahead, Grade, foreseen
from fagprofil.model import Completion, Employee, Horizon
from fagprofil.rankers.completions import last_day

__all__ = ["Undated", "Way"]

Undated = Literal["out", "before"]

_UNDATED = "without a date"
_SAID_UNDATED = "statements without a date"
_AFTER = "after the period"
_NOT_HIRED = "person not yet hired"


class Way:
    """How a dataset is split, and a count of what is left out."""

    def __init__(
        self, dataset: Dataset, grade: Grade, undated: Undated, horizon: Horizon, **options: Any
    ) -> None:
        _check(dataset, {"grade": grade, "undated": undated, **options})
        self.dataset, self.grade, self.horizon = dataset, grade, horizon
        self.keeps_undated = undated == "before"
        self.dropped: Counter[str] = Counter()
        if not self.keeps_undated:
            for one in dataset.people:
                self.drop(_UNDATED, sum(done.date is None for done in one.completed))
                self.drop(_SAID_UNDATED, sum(said.date is None for said in one.evidence))

    def drop(self, reason: str, count: int) -> None:
        """Count something that is left out."""
        self.dropped[reason] += count

    def is_before(self, date: dt.date | None, day: dt.date) -> bool:
        """Whether something is known to be from before a day."""
        return self.keeps_undated if date is None else date < day

    def is_there(self, person: Employee, day: dt.date) -> bool:
        """Whether a person was hired before a day."""
        return person.hired is None or person.hired < day

    def there(self, day: dt.date) -> Iterator[Employee]:
        """People who were hired before a day; what others took is left out."""
        for person in self.dataset.people:
            if self.is_there(person, day):
                yield person
            else:
                dates = [done.date for done in person.completed]
                self.drop(_NOT_HIRED, sum(one is not None or self.keeps_undated for one in dates))

    def last_days(self) -> Iterator[tuple[Employee, dt.date]]:
        """The last day on which each person took something, who was hired before it."""
        for person in self.dataset.people:
            day = last_day(person)
            if day is None:
                continue
            if self.is_there(person, day):
                yield person, day
            else:
                self.drop(_NOT_HIRED, len(self.taken(person, day)))

    def stood(self, person: Employee, day: dt.date) -> Employee:
        """A person as they stood before a day."""
        completed = tuple(one for one in person.completed if self.is_before(one.date, day))
        evidence = tuple(one for one in person.evidence if self.is_before(one.date, day))
        return person.model_copy(update={"completed": completed, "evidence": evidence})

    def taken(
        self, person: Employee, day: dt.date, until: dt.date | None = None
    ) -> tuple[Completion, ...]:
        """What a person took from a day on, before another."""
        after = [one for one in person.completed if one.date is not None and one.date >= day]
        within = tuple(one for one in after if until is None or self.is_before(one.date, until))
        self.drop(_AFTER, len(after) - len(within))
        return within

    def fold(
        self,
        on: dt.date,
        train: Sequence[Employee],
        ahead: Sequence[Ahead],
        candidates: frozenset[str] | None,
    ) -> Fold:
        """A fold of what can be foreseen."""
        catalogue, horizon = self.dataset.catalogue, self.horizon
        found = foreseen(ahead, catalogue, on, candidates, self.grade, horizon, self.dropped)
        test, relevant = zip(*found, strict=True) if found else ((), ())
        return Fold(on, tuple(train), test, relevant, candidates)

    def split(self, how: str, folds: Sequence[Fold]) -> Split:
        """The split, with what was left out, most first."""
        dataset = self.dataset
        ordered = sorted(self.dropped.items(), key=lambda item: (-item[1], item[0]))
        dropped = {reason: count for reason, count in ordered if count}
        name = f"{dataset.name}: {how}"
        return Split(name, dataset.catalogue, tuple(folds), dataset.status, dropped)


def _check(dataset: Any, options: Mapping[str, Any]) -> None:
    problems = [one for name, value in options.items() for one in _problems(name, value)]
    if not isinstance(dataset, Dataset):
        problems.append(Problem("split", "dataset", type(dataset).__name__, "a Dataset"))
    at, until = options.get("at"), options.get("until")
    if not problems and at is not None and until is not None and until <= at:
        problems.append(Problem("split", "until", str(until), f"a day after {at}"))
    if problems:
        raise DataError(problems)


def _problems(name: str, value: Any) -> Iterator[Problem]:
    """What is wrong with an option."""
    hint = None
    if name in _NAMES:
        right, hint = value in _NAMES[name], nearest(str(value), _NAMES[name])
        expected = f"one of {', '.join(map(repr, _NAMES[name]))}"
    elif name in ("at", "until"):
        day = isinstance(value, dt.date) and not isinstance(value, dt.datetime)
        right, expected = day or (name == "until" and value is None), "a date"
    elif name == "share":
        number = isinstance(value, (int, float)) and not isinstance(value, bool)
        right, expected = number and 0 < value < 1, "a number between 0 and 1"
    else:
        least = 0 if name == "seed" else 1
        whole = isinstance(value, int) and not isinstance(value, bool)
        right, expected = whole and value >= least, f"a whole number of at least {least}"
    if not right:
        yield Problem("split", name, repr(value), expected, hint)


_NAMES: Mapping[str, Collection[str]] = {"grade": get_args(Grade), "undated": get_args(Undated)}
