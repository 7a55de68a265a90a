"""The people: pseudonymous ids, what is said about their levels, and what they have completed."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal, overload

from pydantic import AfterValidator, ConfigDict, Field, field_validator, model_validator

from fagprofil.errors import DataError, Problem, UnknownName
from fagprofil.model.base import Frozen, InNotebook, Slug

__all__ = ["Completion", "Employee", "Employer", "Evidence", "EvidenceKind", "Workforce"]

EvidenceKind = Literal["known", "self", "manager", "module", "education", "job"]
Employer = Literal["kommune", "a-kasse", "other"]

_CPR = re.compile(r"(?<!\d)(0[1-9]|[12]\d|3[01])(0[1-9]|1[0-2])\d{2}[- ]?\d{4}(?!\d)")
_DASHES = re.compile("[\u2010-\u2015\u2212]")


def looks_like_cpr(text: str) -> bool:
    """Whether a text holds something of the form of a CPR number, however it is typeset."""
    if not text.isascii():
        text = _DASHES.sub("-", unicodedata.normalize("NFKC", text))
    return _CPR.search(text) is not None


def _no_cpr(value: str) -> str:
    if looks_like_cpr(value):
        # The value is not repeated: it may be a person's number.
        raise ValueError("no person's number; this looks like a CPR number and is refused")
    return value


PersonId = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(_no_cpr)]


class Evidence(Frozen):
    """One statement about the level that a person has reached in a competence.

    Kinds: ``known`` (taken as certain), ``self`` and ``manager`` (ratings), ``module`` (passed),
    ``education`` and ``job`` (the last three say that the level was reached *at least*).
    """

    competence: Slug
    level: Annotated[int, Field(ge=0)]
    """The level said, 0..L of the taxonomy's scale."""
    kind: EvidenceKind
    date: dt.date | None = None
    """When it was said; None is unknown, and is weighed as said today."""
    confidence: Annotated[float, Field(gt=0, le=1)] = 1.0
    """How far the statement counts, from 0 (exclusive) to 1."""


class Completion(Frozen):
    """A module that a person has taken."""

    module: Slug
    date: dt.date | None = None
    passed: bool = True
    """False: taken without passing; it then says nothing of the level."""
    useful: Annotated[float, Field(ge=0, le=1)] | None = None
    """How useful the person found it afterwards, 0..1; learned from, and nothing else."""
    gap_closed: Annotated[float, Field(ge=0, le=1)] | None = None
    """The share of what it was to close that ratings afterwards show closed, 0..1; learned from,
    and nothing else."""


class Employee(InNotebook):
    """A person, known by the caller's own pseudonymous id.

    Examples
    --------
    >>> anna = Employee(id="e-017", unit="Vejle", backgrounds=["kommunom"],
    ...                 evidence=[Evidence(competence="virksomhedskontakt", level=2, kind="self",
    ...                                    date="2026-03-01")])
    >>> anna.evidence[0].level
    2
    """

    # An id that is refused may be a person's number: errors must not repeat it.
    model_config = ConfigDict(hide_input_in_errors=True)

    id: PersonId
    unit: Annotated[str, AfterValidator(_no_cpr)] | None = None
    backgrounds: tuple[Slug, ...] | None = None
    """Educations by the catalogue's ids; None is unknown."""
    evidence: tuple[Evidence, ...] = ()
    completed: tuple[Completion, ...] = ()
    profile: str | dict[str, float] | None = None
    """An id, a stack ``"a+b"``, a mix ``"a:0.7+b:0.3"`` or shares by id."""
    hired: dt.date | None = None
    employer: Employer | None = None
    """Decides which funds can pay."""
    agreement: Annotated[Slug, AfterValidator(_no_cpr)] | None = None
    """The collective agreement's organisation, for example ``hk`` or ``ds``."""
    education_level: Annotated[int, Field(ge=1, le=8)] | None = None
    """Level of the highest education in the Danish qualifications framework, 1..8."""
    relevant_years: Annotated[float, Field(ge=0, le=70)] | None = None
    """Years of relevant work after that education."""

    @field_validator("completed", mode="before")
    @classmethod
    def _module_ids(cls, value: Any) -> Any:
        if isinstance(value, (list, tuple)):
            return [{"module": item} if isinstance(item, str) else item for item in value]
        return value


class Workforce(Frozen):
    """Several people, in the order given; ids are unique.

    Examples
    --------
    >>> people = Workforce(employees=[Employee(id="a"), Employee(id="b", unit="Vejle")])
    >>> len(people), people["b"].unit, [one.id for one in people]
    (2, 'Vejle', ['a', 'b'])
    """

    model_config = ConfigDict(hide_input_in_errors=True)

    employees: tuple[Employee, ...]
    frame: Literal["pandas", "polars", "pyarrow"] | None = None
    """The kind of table that they came in; results come back in the same kind."""

    @model_validator(mode="after")
    def _unique(self) -> Workforce:
        twice = sorted(name for name, n in Counter(e.id for e in self.employees).items() if n > 1)
        if twice:
            raise DataError([Problem("workforce", "employee", x, "an id used once") for x in twice])
        return self

    def __repr__(self) -> str:
        units = len({one.unit for one in self.employees} - {None})
        return f"<Workforce: {len(self)} people, {units} units>"

    def __str__(self) -> str:
        return repr(self)

    def __iter__(self) -> Iterator[Employee]:  # type: ignore[override]
        return iter(self.employees)

    def __len__(self) -> int:
        return len(self.employees)

    @overload
    def __getitem__(self, key: int | str) -> Employee: ...
    @overload
    def __getitem__(self, key: slice) -> Workforce: ...
    def __getitem__(self, key: int | str | slice) -> Employee | Workforce:
        if isinstance(key, slice):
            return Workforce(employees=self.employees[key], frame=self.frame)
        if isinstance(key, int):
            return self.employees[key]
        for one in self.employees:
            if one.id == key:
                return one
        raise UnknownName("employee", key, (one.id for one in self.employees))

    def by_unit(self) -> Mapping[str, Workforce]:
        """The people of each unit, units in alphabetical order; no unit is ``""``."""
        units = sorted({one.unit or "" for one in self.employees})
        return {
            unit: Workforce(
                employees=tuple(e for e in self.employees if (e.unit or "") == unit),
                frame=self.frame,
            )
            for unit in units
        }
