"""A CFPackage of 1EdTech CASE 1.0 and 1.1, as far as it is read and written.

Fields that are not named here are kept beside (`model_extra`), so that they can be told of.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

__all__ = [
    "Association",
    "Criterion",
    "CriterionLevel",
    "Document",
    "Item",
    "Link",
    "Package",
    "Rubric",
]


class _Part(BaseModel):
    model_config = ConfigDict(extra="allow", frozen=True)
    # Said in full, since the documentation's build reads the base class without it.
    __pydantic_extra__: dict[str, Any]


class _Identified(_Part):
    identifier: Annotated[str, Field(min_length=1)]
    uri: Annotated[str, Field(min_length=1)]
    lastChangeDateTime: str | None = None


class Link(_Part):
    """A reference to another node."""

    title: str | None = None
    identifier: str | None = None
    uri: str | None = None


class Document(_Identified):
    """The framework itself."""

    creator: str | None = None
    title: Annotated[str, Field(min_length=1)]
    description: str | None = None
    language: str | None = None
    version: str | None = None
    caseVersion: str | None = None
    licenseURI: Link | None = None
    notes: str | None = None


class Item(_Identified):
    """A statement."""

    fullStatement: Annotated[str, Field(min_length=1)]
    abbreviatedStatement: str | None = None
    alternativeLabel: str | None = None
    humanCodingScheme: str | None = None
    CFItemType: str | None = None
    language: str | None = None
    notes: str | None = None


class Association(_Identified):
    """How two nodes relate."""

    associationType: str
    originNodeURI: Link
    destinationNodeURI: Link


class CriterionLevel(_Identified):
    """One level of a criterion."""

    quality: str | None = None
    description: str | None = None
    score: float | None = None
    position: int | None = None


class Criterion(_Identified):
    """What a rubric judges: an item, or the framework as a whole."""

    CFItemURI: Link | None = None
    CFRubricCriterionLevels: list[CriterionLevel] | None = None


class Rubric(_Identified):
    """Criteria with their levels."""

    title: str | None = None
    CFRubricCriteria: list[Criterion] | None = None


class Package(_Part):
    """A whole file."""

    CFDocument: Document
    CFItems: list[Item] | None = None
    CFAssociations: list[Association] | None = None
    CFRubrics: list[Rubric] | None = None
