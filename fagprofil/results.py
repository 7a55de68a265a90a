"""What comes back: recommendations with their reasons, and their form as table rows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, overload

from pydantic import Field

from fagprofil.eligibility import Ineligible
from fagprofil.frames import FrameKind, arrow_schema, to_native
from fagprofil.funding import NetPrice
from fagprofil.model import Horizon, Lang, Status, Text
from fagprofil.model.base import Deferred, Frozen, Shown
from fagprofil.rankers import Reason
from fagprofil.reason_words import reason_text

__all__ = ["COLUMNS", "Choose", "Found", "Recommendation", "Recommendations", "result_schema"]

Choose = Literal["list", "set"]
Row = dict[str, Any]


class Recommendation(Frozen):
    """One module for one person."""

    rank: int
    module: str
    title: Text
    score: float | None
    """Higher is better; None where the ranking model has no opinion."""
    reasons: tuple[Reason, ...]
    """The parts of the score; they sum to it."""
    gain_now: float | None
    """The gap to today's needs that it closes; None where it is unknown what it teaches."""
    gain_five_years: float | None
    """The gap to the needs in five years that it closes."""
    repeats: float | None
    """The share of what it teaches that the person already holds."""
    ects: float | None
    net_price: NetPrice | None
    status: Status
    """The weakest status of the data that it rests on."""
    notes: tuple[Text, ...] = ()
    """What to look into before enrolling."""


class Recommendations(Shown):
    """What one person is recommended, best first.

    It can be iterated, has a length, and is indexed by rank from 0. With ``choose="set"`` the
    modules are meant to be taken together, and each one's score and gains are what it adds to
    those above it.
    """

    employee: str
    profile: str
    profile_name: Text
    horizon: Horizon
    on: dt.date
    ranker: str
    version: str
    """The version of the recommender that made it."""
    choose: Choose
    items: tuple[Recommendation, ...]
    ineligible: Deferred[Ineligible]
    """What was left out, each with its reason, in the order of the modules' ids; made when it is
    first looked at."""
    gap: float
    """The gap over the horizon."""
    fewer: Text | None = None
    """Why there are fewer modules than were asked for."""
    competence_names: dict[str, Text] = Field(default_factory=dict)
    """Names of the competences that the reasons speak of, by id."""

    def __iter__(self) -> Iterator[Recommendation]:  # type: ignore[override]
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)

    @overload
    def __getitem__(self, key: int) -> Recommendation: ...
    @overload
    def __getitem__(self, key: slice) -> tuple[Recommendation, ...]: ...
    def __getitem__(self, key: int | slice) -> Recommendation | tuple[Recommendation, ...]:
        return self.items[key]

    def to_frame(self, kind: FrameKind | None = None, *, lang: Lang = "da") -> Any:
        """The recommendations as a table, in the columns of `Recommender.recommend_table`.

        Parameters
        ----------
        kind
            ``"pandas"``, ``"polars"`` or ``"pyarrow"``; None takes the first installed.
        """
        rows = [row_of(self.employee, one, self.names(lang), lang) for one in self.items]
        return to_native({name: [row[name] for row in rows] for name in COLUMNS}, kind)

    def names(self, lang: Lang = "da") -> dict[str, str]:
        """Names of the competences in the reasons, by id."""
        return {name: text.in_(lang) for name, text in self.competence_names.items()}


@dataclass(frozen=True)
class Found:
    """What was found for one person.

    Attributes
    ----------
    profile
        The fields that tell of the profile.
    gap
        The gap over the horizon.
    items
        The recommendations, best first, or their fields.
    named
        The competences that their reasons speak of.
    fewer
        Why there are fewer than were asked for.
    """

    profile: Mapping[str, Any]
    gap: float
    items: Sequence[Recommendation | Mapping[str, Any]]
    named: Collection[str]
    fewer: Text | None = None


_KINDS: Mapping[str, type] = {
    "employee": str,
    "rank": int,
    "module": str,
    "title": str,
    "score": float,
    "gain_now": float,
    "gain_five_years": float,
    "repeats": float,
    "ects": float,
    "net_price": float,
    "price_rule": str,
    "reason": str,
    "notes": str,
    "status": str,
}
#: Columns of the result table.
COLUMNS = tuple(_KINDS)


def result_schema() -> Any:
    """The Arrow schema of the result table."""
    return arrow_schema(_KINDS)


def row_of(employee: str, one: Recommendation, names: Mapping[str, str], lang: Lang) -> Row:
    """One recommendation as a row of the result table."""
    return {
        "employee": employee,
        "rank": one.rank,
        "module": one.module,
        "title": one.title.in_(lang),
        "score": one.score,
        "gain_now": one.gain_now,
        "gain_five_years": one.gain_five_years,
        "repeats": one.repeats,
        "ects": one.ects,
        "net_price": None if one.net_price is None else one.net_price.amount,
        "price_rule": None if one.net_price is None else one.net_price.rule.in_(lang),
        "reason": reason_text(one.reasons, names, lang),
        "notes": "; ".join(note.in_(lang) for note in one.notes) or None,
        "status": one.status.value,
    }


#: Why a person without a profile is recommended nothing.
NO_PROFILE = Text(da="ingen profil angivet", en="no profile given")


def empty_row(employee: str, why: Text | None, lang: Lang) -> Row:
    """The row of a person who is recommended nothing."""
    return {
        **dict.fromkeys(COLUMNS),
        "employee": employee,
        "rank": 0,
        "reason": why and why.in_(lang),
    }
