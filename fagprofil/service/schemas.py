"""What is asked and answered where the library has no model of its own."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Generic, Literal, TypeVar

from pydantic import Field, PositiveInt, field_validator

from fagprofil.model import NOW, Competence, Employee, Horizon, Module, Profile, ProgrammeLevel
from fagprofil.model.base import Frozen, Record, Slug
from fagprofil.results import Choose

__all__ = [
    "AskBatch",
    "AskGap",
    "AskMatch",
    "AskRecommend",
    "CompetenceQuery",
    "Competences",
    "Health",
    "ModuleQuery",
    "Modules",
    "Ordered",
    "Page",
    "PageQuery",
    "Person",
    "Profiles",
    "Version",
]

#: A profile takes time with each part that it has.
_PARTS = 50
_CHARACTERS = 400


class Person(Employee):
    """A person, known by the caller's own pseudonymous id."""

    @field_validator("completed")
    @classmethod
    def _module_ids(cls, value: Any) -> Any:
        """In place of the employee's own, which also takes ids alone.

        That one would have pydantic validate Python objects, where a strict reading refuses the
        lists and dates of JSON.
        """
        return value

    @field_validator("profile")
    @classmethod
    def _few_parts(cls, value: str | dict[str, float] | None) -> str | dict[str, float] | None:
        if value is not None and len(value) > (_CHARACTERS if isinstance(value, str) else _PARTS):
            raise ValueError(f"at most {_CHARACTERS} characters, or {_PARTS} shares")
        return value


#: A profile in any notation but the record itself.
ProfileText = Annotated[str, Field(min_length=1, max_length=_CHARACTERS)]
Shares = Annotated[dict[str, float], Field(min_length=1, max_length=_PARTS)]
AnyProfile = ProfileText | Shares | None

R = TypeVar("R", bound=Record)


class AskGap(Frozen):
    """Asks how far a person is from a profile."""

    employee: Person
    profile: AnyProfile = None
    """An id, ``"a+b"``, ``"a:0.7+b:0.3"`` or shares by id; null takes the person's own."""
    horizon: Horizon = NOW


class AskMatch(Frozen):
    """Asks which profiles a person fits."""

    employee: Person
    profiles: Annotated[tuple[ProfileText, ...], Field(max_length=100)] | None = None
    """Which to compare; null takes all that can be scored and that no other extends."""
    horizon: Horizon = NOW


class Ordered(Frozen):
    """What is asked of every recommendation."""

    profile: AnyProfile = None
    """An id, ``"a+b"``, ``"a:0.7+b:0.3"`` or shares by id; null takes each person's own."""
    k: PositiveInt = 5
    """At most so many modules."""
    choose: Choose = "list"
    """``list``: each module on its own; ``set``: modules to be taken together."""
    exclude: tuple[Slug, ...] = ()
    """Ids of modules not to recommend."""
    ineligible: bool = True
    """Whether to tell what was left out, and why; without it the answer's list is empty, and comes
    several times as fast."""


class AskRecommend(Ordered):
    """Asks for modules for one person."""

    employee: Person


class AskBatch(Ordered):
    """Asks for modules for several people; their ids are unique."""

    employees: tuple[Person, ...]


class PageQuery(Frozen):
    """Which part of a list is wanted."""

    offset: Annotated[int, Field(ge=0)] = 0
    """So many are skipped."""
    limit: Annotated[int, Field(ge=1, le=500)] = 100
    """At most so many are given."""


class CompetenceQuery(PageQuery):
    """Which competences are wanted."""

    kind: Literal["basis", "specialised"] | None = None
    area: Slug | None = None


class ModuleQuery(PageQuery):
    """Which modules are wanted."""

    level: ProgrammeLevel | None = None
    programme: Slug | None = None
    teaches: Slug | None = None
    """A competence that they teach."""


class Page(Frozen, Generic[R]):
    """A part of a list, in the order of ids."""

    total: int
    """How many there are on all pages."""
    offset: int
    items: tuple[R, ...]


class Competences(Page[Competence]):
    """Competences."""


class Profiles(Page[Profile]):
    """Profiles."""


class Modules(Page[Module]):
    """Modules."""


class Health(Frozen):
    """The service answers."""

    status: Literal["ok"] = "ok"


class Version(Frozen):
    """What answers."""

    library: str
    """Version of fagprofil."""
    recommender: str
    """A hash of catalogue, ranking model and options; every result carries it as `version`."""
    edition: str
    on: dt.date
    """The day that validity, prices and the age of evidence are judged by."""
