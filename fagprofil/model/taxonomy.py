"""What one can be able to do: competences, their areas, and an edition that holds them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Annotated, Literal

from pydantic import Field, model_validator

from fagprofil.errors import DataError, Problem, unknown_id
from fagprofil.model.base import Frozen, Record, Records, Slug, Text, Valid
from fagprofil.model.scale import Scale

__all__ = ["Area", "Competence", "EscoLink", "Taxonomy"]


class Area(Record):
    """A part of the field that gathers competences."""

    name: Text


class EscoLink(Frozen):
    """A skill of ESCO, and how it relates to the competence (SKOS mapping relations)."""

    uri: Annotated[str, Field(pattern=r"^http://data\.europa\.eu/esco/skill/[0-9A-Za-z-]+$")]
    match: Literal["exact", "close", "broad", "narrow", "related"]
    """``narrow``: the ESCO skill is narrower than the competence."""
    label: Text
    """ESCO's own label."""


class Competence(Record):
    """Something that can be seen in the work, and held to a level of the scale."""

    name: Text
    description: Text | None = None
    kind: Literal["basis", "specialised"]
    area: Slug | None = None
    broader: Slug | None = None
    related: tuple[Slug, ...] | None = None
    esco: tuple[EscoLink, ...] | None = None
    elaborates: Text | None = None
    """Which documented competence or task this one spells out."""
    levels: tuple[Text, ...] | None = None
    """What levels 1..L look like in this competence; None where the scale's own words do."""


class Taxonomy(Record, Valid):
    """An edition of the competences; ids are unique, references resolve, nothing is its own parent.

    `scale` is None for an edition that has none; such an edition cannot be scored.
    """

    name: Text
    description: Text | None = None
    as_of: date
    """The day that "now" means; "in five years" is counted from it."""
    scale: Scale | None = None
    areas: Records[Area] = Records()
    competences: Records[Competence] = Records()
    missing: tuple[Text, ...] = ()
    """What is known to exist in the source but could not be read."""

    @model_validator(mode="after")
    def _references(self) -> Taxonomy:
        problems = list(self.problems())
        if problems:
            raise DataError(problems)
        return self

    def problems(self) -> Iterator[Problem]:
        """References between its competences and areas that do not hold."""
        for one in self.competences.values():
            where = f"competence {one.id!r}"
            if one.area is not None:
                yield from unknown_id(where, "area", one.area, self.areas)
            if one.broader is not None:
                yield from unknown_id(where, "broader", one.broader, self.competences)
            for other in one.related or ():
                yield from unknown_id(where, "related", other, self.competences)
            top = self.scale.top if self.scale else 0
            if one.levels is not None and len(one.levels) != top:
                yield Problem(where, "levels", str(len(one.levels)), f"{top} texts, one a level")
        for name in self._cycles():
            broader = self.competences[name].broader
            where = f"competence {name!r}"
            yield Problem(where, "broader", broader, "no way back to the competence itself")

    def _cycles(self) -> list[str]:
        found = []
        for start in self.competences:
            seen, step = {start}, self.competences[start].broader
            while step is not None and step in self.competences and step not in seen:
                seen.add(step)
                step = self.competences[step].broader
            if step == start:
                found.append(start)
        return found
