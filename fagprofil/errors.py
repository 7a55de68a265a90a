"""What can go wrong, in words that say how to mend it.

Every exception of the library derives from `FagprofilError` and from the builtin that a
reader would expect, and keeps its facts as attributes for programs.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fagprofil.model import Text

__all__ = [
    "CannotScore",
    "DataError",
    "FagprofilError",
    "Infeasible",
    "MissingExtra",
    "OutOfTime",
    "Problem",
    "RankerError",
    "RankerWarning",
    "UnknownName",
    "nearest",
    "unknown_id",
]


#: What is expected of a reference.
UNKNOWN = "an id of the catalogue"


def nearest(name: str, known: Iterable[str], cutoff: float = 0.6) -> str | None:
    """The known spelling closest to `name`, or None when nothing is close.

    Examples
    --------
    >>> nearest("virksomhedskontact", ["virksomhedskontakt", "jobmatch"])
    'virksomhedskontakt'
    """
    spellings = {spelling.casefold(): spelling for spelling in sorted(known, reverse=True)}
    close = get_close_matches(name.casefold(), sorted(spellings), n=1, cutoff=cutoff)
    return spellings[close[0]] if close else None


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with a record, table row or reference.

    Attributes
    ----------
    where
        The record or the place in a file, for example ``module 'x'`` or ``job7.csv line 12``.
    field
        The field or column.
    value
        The value found, as text; None when it must not be shown.
    expected
        What would have been right.
    suggestion
        The nearest valid spelling, if there is one.
    """

    where: str
    field: str
    value: str | None
    expected: str
    suggestion: str | None = None

    def __str__(self) -> str:
        found = "" if self.value is None else f" is {self.value!r}"
        hint = "" if self.suggestion is None else f"; did you mean {self.suggestion!r}?"
        return f"{self.where}: {self.field}{found}: expected {self.expected}{hint}"


def unknown_id(where: str, field: str, name: str, known: Collection[str]) -> Iterator[Problem]:
    """A problem if a name is not among the known ids."""
    if name not in known:
        yield Problem(where, field, name, UNKNOWN, nearest(name, known))


class FagprofilError(Exception):
    """The base of all errors of this library."""


#: Problems that a message lists.
_SHOWN = 1000


class DataError(FagprofilError, ValueError):
    """Records or tables that are wrong; `problems` holds every one of them."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        count = f"{len(self.problems)} problem{'s' if len(self.problems) != 1 else ''}"
        shown = [str(one) for one in self.problems[:_SHOWN]]
        if len(self.problems) > _SHOWN:
            shown.append(f"... and {len(self.problems) - _SHOWN} more, in `problems`")
        super().__init__("\n  ".join([count + ":", *shown]))

    def __reduce__(self) -> tuple[type[DataError], tuple[tuple[Problem, ...]]]:
        return type(self), (self.problems,)


class UnknownName(FagprofilError, KeyError):
    """A name that the catalogue, the library or the caller's table does not have."""

    def __init__(self, kind: str, name: str, known: Iterable[str]) -> None:
        self.kind, self.name, self.known = kind, name, tuple(sorted(known))
        self.suggestion = nearest(name, self.known)
        hint = f"did you mean {self.suggestion!r}? " if self.suggestion else ""
        listed = ", ".join(self.known[:12]) + (", ..." if len(self.known) > 12 else "")
        self.message = f"no {kind} {name!r}; {hint}known: {listed or 'none'}"
        super().__init__(self.message)

    def __str__(self) -> str:  # KeyError would show the repr of the text
        return self.message

    def __reduce__(self) -> tuple[type[UnknownName], tuple[str, str, tuple[str, ...]]]:
        return type(self), (self.kind, self.name, self.known)


class CannotScore(FagprofilError, ValueError):
    """A profile or edition whose contents are unknown, so that no gap can be computed."""


class Infeasible(FagprofilError, ValueError):
    """No plan keeps all that must be kept; `clash` holds a smallest set of it that clashes.

    Attributes
    ----------
    rules
        What clashes, by name, in words.
    clash
        The words alone.
    """

    def __init__(self, rules: Mapping[str, Text]) -> None:
        self.rules = dict(rules)
        self.clash = tuple(rules.values())
        listed = "; ".join(one.in_("en") for one in self.clash)
        super().__init__(f"no plan keeps all of this: {listed}")

    def __reduce__(self) -> tuple[type[Infeasible], tuple[dict[str, Text]]]:
        return type(self), (self.rules,)


class OutOfTime(FagprofilError, TimeoutError):
    """The time is up before it is known whether there is a plan."""


class RankerError(FagprofilError, ValueError):
    """A ranking model that breaks the contract of `fagprofil.rankers.Ranker`."""


class RankerWarning(UserWarning):
    """A ranking model has too little to learn from and falls back on less."""


class MissingExtra(FagprofilError, ImportError):
    """An optional package that a call needs is not installed."""

    def __init__(self, needed_for: str, packages: str, extra: str) -> None:
        self.extra = extra
        super().__init__(
            f"{needed_for} needs {packages}; install it with: pip install 'fagprofil[{extra}]'"
        )
        self._args = (needed_for, packages, extra)

    def __reduce__(self) -> tuple[type[MissingExtra], tuple[str, str, str]]:
        return type(self), self._args
