"""What is asked of a case, and what comes back: sentences, and a table of figures."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Literal, TypeAlias

from fagprofil.errors import UnknownName
from fagprofil.frames import FrameKind, to_native
from fagprofil.model import Lang, Status, Text
from fagprofil.model.base import Frozen, Shown
from fagprofil.planning.cohort_plan import CohortPlan
from fagprofil.planning.pool_plan import PoolPlan
from fagprofil.planning.rotation_plan import RotationPlan
from fagprofil.reason_words import number

__all__ = [
    "Answer",
    "Bar",
    "CasePlan",
    "Cell",
    "Column",
    "Kind",
    "columns",
    "joined",
    "said",
    "worded",
]

#: Dates are ISO text.
Cell: TypeAlias = Text | str | int | float | None
#: What the figures of a column are: names, yes or no, counts, ECTS, kroner, shares 0..1, weights
#: times steps, these per unit of a limit, hours, or dates.
Kind = Literal[
    "text", "flag", "count", "ects", "kroner", "share", "steps", "price", "hours", "date"
]


class Column(Frozen):
    """A column of an answer's table."""

    id: str
    name: Text
    kind: Kind = "text"


class Answer(Shown):
    """The answer to one question.

    Examples
    --------
    >>> asked = Text(da="Hvor mange?", en="How many?")
    >>> Answer(id="n", question=asked, lines=[said("{} er", "{} are", 3)]).lines[0].in_("en")
    '3 are'
    """

    id: str
    question: Text
    lines: tuple[Text, ...] = ()
    columns: tuple[Column, ...] = ()
    rows: tuple[tuple[Cell, ...], ...] = ()
    """Cells in the order of the columns."""

    def records(self, lang: Lang = "da") -> list[dict[str, Any]]:
        """The rows by the ids of the columns, with names in one language."""
        names = [one.id for one in self.columns]
        cells = ([_plain(cell, lang) for cell in row] for row in self.rows)
        return [dict(zip(names, row, strict=True)) for row in cells]

    def column(self, name: str) -> list[Cell]:
        """The cells of a column.

        Raises
        ------
        UnknownName
            No such column.
        """
        names = [one.id for one in self.columns]
        if name not in names:
            raise UnknownName("column", name, names)
        return [row[names.index(name)] for row in self.rows]


class Bar(Frozen):
    """Something that takes time in a plan: a class, a module of somebody, or substitutes."""

    group: Text
    """What it is one of; bars of a group stand together."""
    label: Text
    start: dt.date
    end: dt.date
    """The last day."""
    days: tuple[dt.date, ...] = ()
    """Teaching days, where they are known."""
    people: int | None = None


class CasePlan(Shown):
    """What a case asks, answered; it can be iterated, and has a length.

    Examples
    --------
    See `fagprofil.plan_case`.
    """

    case: str
    name: Text
    people: int
    """How many people it is about."""
    on: dt.date
    """The day on which it is planned."""
    start: dt.date
    """Nothing begins before this day."""
    status: Status
    """The weakest status of what the case and its plans rest on."""
    answers: tuple[Answer, ...]
    bars: tuple[Bar, ...]
    """The calendar."""
    classes: CohortPlan | None = None
    rotation: RotationPlan | None = None
    pool: PoolPlan | None = None

    def __getitem__(self, name: str) -> Answer:
        for one in self.answers:
            if one.id == name:
                return one
        raise UnknownName("answer", name, self.names)

    def __iter__(self) -> Iterator[Answer]:  # type: ignore[override]
        return iter(self.answers)

    def __len__(self) -> int:
        return len(self.answers)

    @property
    def names(self) -> tuple[str, ...]:
        """The ids of the answers."""
        return tuple(one.id for one in self.answers)

    def table(self, name: str, kind: FrameKind | None = None, lang: Lang = "da") -> Any:
        """The figures of an answer as a table.

        Parameters
        ----------
        name
            The answer's id.
        kind
            ``"pandas"``, ``"polars"`` or ``"pyarrow"``; None takes the first installed.
        lang
            Language of names.

        Raises
        ------
        UnknownName
            No such answer.
        """
        answer = self[name]
        rows = answer.records(lang)
        return to_native({one.id: [row[one.id] for row in rows] for one in answer.columns}, kind)


def said(da: str, en: str, *values: Cell) -> Text:
    """A sentence with figures in it, each as its language writes it.

    Whole numbers and sums of kroner are written without decimals, other numbers with one.

    Examples
    --------
    >>> said("{} kr.", "{} kr", 12_500).in_("da"), said("lukker {}", "closes {}", 2.25).in_("en")
    ('12.500 kr.', 'closes 2.2')
    """
    return Text(
        da=da.format(*(worded(one, "da") for one in values)),
        en=en.format(*(worded(one, "en") for one in values)),
    )


def joined(texts: Iterable[Text]) -> Text | None:
    """Several texts as one; None where there are none."""
    listed = list(texts)
    if not listed:
        return None
    return Text(
        da="; ".join(one.in_("da") for one in listed), en="; ".join(one.in_("en") for one in listed)
    )


def worded(cell: Cell, lang: Lang) -> str:
    """A cell as a language writes it."""
    if isinstance(cell, Text):
        return cell.in_(lang)
    if isinstance(cell, (int, float)):
        return number(cell, lang, 0 if isinstance(cell, int) else 1)
    return "" if cell is None else str(cell)


def _plain(cell: Cell, lang: Lang) -> Any:
    return cell.in_(lang) if isinstance(cell, Text) else cell


def columns(*given: Sequence[str]) -> tuple[Column, ...]:
    """Columns, each from its id, its Danish and English name, and its kind.

    Examples
    --------
    >>> columns(("unit", "enhed", "unit"), ("n", "personer", "people", "count"))[1].kind
    'count'
    """
    return tuple(
        Column.model_validate(
            {"id": one[0], "name": {"da": one[1], "en": one[2]}, "kind": [*one, "text"][3]}
        )
        for one in given
    )
