"""What one can be able to do: competences, their areas, and an edition that holds them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Literal

from pydantic import Field, model_validator

from fagprofil.errors import nearest
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
        wrong = []
        for one in self.competences.values():
            if one.area is not None and one.area not in self.areas:
                wrong.append(_unknown(one.id, "area", one.area, self.areas))
            others = [*([one.broader] if one.broader else []), *(one.related or ())]
            unknown = [other for other in others if other not in self.competences]
            wrong += [_unknown(one.id, "broader/related", x, self.competences) for x in unknown]
        wrong += [f"competence {name!r}: broader leads back to itself" for name in self._cycles()]
        if wrong:
            raise ValueError("; ".join(wrong))
        return self

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


def _unknown(owner: str, field: str, name: str, known: Mapping[str, Record]) -> str:
    hint = nearest(name, known)
    said = f"competence {owner!r}: {field} {name!r} is unknown"
    return said + (f"; did you mean {hint!r}?" if hint else "")
