"""What a format cannot say, told instead of dropped in silence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from fagprofil.model.base import Frozen

__all__ = ["Loss", "LossReport", "Losses"]


class Loss(Frozen):
    """One kind of thing that did not come along."""

    what: str
    """The field, in the words of the side that has it."""
    why: str
    count: int
    """How many times."""
    example: str
    """The first of them."""

    def __str__(self) -> str:
        return f"{self.count} x {self.what}: {self.why} (first: {self.example})"


class LossReport(Frozen):
    """Everything that did not come along when a format was read or written; false when nothing.

    Examples
    --------
    >>> report = LossReport()
    >>> bool(report), str(report)
    (False, 'nothing lost')
    """

    losses: tuple[Loss, ...] = ()

    def __iter__(self) -> Iterator[Loss]:  # type: ignore[override]
        return iter(self.losses)

    def __len__(self) -> int:
        return len(self.losses)

    def __add__(self, other: LossReport) -> LossReport:
        return LossReport(losses=self.losses + other.losses)

    def __str__(self) -> str:
        return "\n".join(map(str, self.losses)) or "nothing lost"

    def __repr__(self) -> str:
        return str(self)


class Losses:
    """Collects what is lost on the way, counted by what and why."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, str], list[str]] = {}
        self._counts: dict[tuple[str, str], int] = {}

    def lost(self, what: str, why: str, example: str) -> None:
        """Take note of one thing."""
        key = (what, why)
        self._found.setdefault(key, [example])
        self._counts[key] = self._counts.get(key, 0) + 1

    def fields(self, record: Frozen, names: Iterable[str], why: str, example: str) -> None:
        """Take note of each of some fields in which a record says something."""
        for name in names:
            value = getattr(record, name)
            # A level of 0 says something; False is what is so when nothing is said.
            said = value is not None and value is not False and value not in ((), {}, "")
            if said:
                self.lost(name, why, example)

    def report(self) -> LossReport:
        """All of it, in the order in which each kind was first met."""
        return LossReport(
            losses=tuple(
                Loss(what=what, why=why, count=self._counts[what, why], example=first)
                for (what, why), (first,) in self._found.items()
            )
        )
