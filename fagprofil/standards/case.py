"""1EdTech CASE, Competencies and Academic Standards Exchange, versions 1.0 and 1.1: reading."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Set
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from fagprofil.datafiles import problems_in
from fagprofil.errors import DataError
from fagprofil.standards.case_package import Association, Criterion, Item, Link, Package
from fagprofil.standards.framework import Framework, Match, Step, framework_of
from fagprofil.standards.losses import Losses
from fagprofil.standards.rows import text_of

__all__ = ["COMPETENCE", "GROUP", "leaf_types", "read_case"]

#: Item types that our own files use; others are the publisher's.
GROUP, COMPETENCE = "Group", "Competence"
#: What is kept of an item or document under another name, or needs no keeping.
_KNOWN = frozenset(
    {
        "CFDocumentURI",
        "CFItemTypeURI",
        "CFItemAssociationURI",
        "CFPackageURI",
        "CFAssociationGroupingURI",
    }
)


def read_case(path: str | Path, *, language: str = "en") -> Framework:
    """Read a CFPackage in JSON.

    Items become concepts, and those that only gather others become groups: items of the type
    ``Group``, and items with children whose type no item without children has. An item's short
    statement is its name and the full one its description; where there is only the full one, that
    is the name. Rubrics become the levels of the items that their criteria name, and a criterion
    without an item is the scale of the whole.

    Parameters
    ----------
    language
        The language of texts whose item and document say none.

    Raises
    ------
    DataError
        No CFPackage: everything that is wrong with it, at once.
    FileNotFoundError
        There is no such file.

    References
    ----------
    1EdTech, Competencies and Academic Standards Exchange (CASE) Service, versions 1.0 (2017) and
    1.1: https://www.imsglobal.org/spec/case/v1p1/

    Examples
    --------
    >>> import json, tempfile
    >>> path = Path(tempfile.mkdtemp()) / "package.json"
    >>> _ = path.write_text(json.dumps({
    ...     "CFDocument": {"identifier": "d", "uri": "urn:d", "title": "Ours", "creator": "Us"},
    ...     "CFItems": [{"identifier": "i", "uri": "urn:i", "fullStatement": "Match jobs"}]}))
    >>> read_case(path)
    <Framework Ours: 1 concept in 0 groups, 0 roles; en>
    """
    path = Path(path)
    text = text_of(path)
    try:
        package = Package.model_validate_json(text)
    except ValidationError as error:
        raise DataError(problems_in(error, path.name)) from None
    return _Reading(package, language).framework(path.name)


class _Reading:
    """One package on its way to a framework."""

    def __init__(self, package: Package, language: str) -> None:
        self.package, self.losses = package, Losses()
        self.language = package.CFDocument.language or language
        self.items = package.CFItems or []
        self.uri = {item.identifier: item.uri for item in self.items}
        self.addresses = set(self.uri.values())
        self.document = {package.CFDocument.identifier, package.CFDocument.uri}
        self.links: dict[str, dict[str, dict[str, None]]] = {
            field: {} for field in ("broader", "related", "precedes", "replaced_by")
        }
        self.matches: dict[str, dict[tuple[str, str], Match]] = {}
        self.parents: set[str] = set()
        for one in package.CFAssociations or []:
            self._association(one)
        self.levels = dict(self._levels())

    def _end(self, link: Link) -> str:
        """The address that a reference means; identifiers are what tools keep in step."""
        return self.uri.get(link.identifier or "") or link.uri or link.identifier or ""

    def _association(self, one: Association) -> None:
        self._unread(one, "association")
        origin, destination = self._end(one.originNodeURI), self._end(one.destinationNodeURI)
        here = [end in self.addresses for end in (origin, destination)]
        kind = one.associationType
        if kind == "isChildOf" and here == [True, False] and self._is_document(one):
            return
        if kind == "exactMatchOf" and any(here):
            ends = ((origin, one.destinationNodeURI), (destination, one.originNodeURI))
            for inside, (end, link) in zip(here, ends, strict=True):
                if inside:
                    self._match("exact", end, link)
        elif kind == "isRelatedTo" and here == [True, False]:
            self._match("related", origin, one.destinationNodeURI)
        elif kind in _FIELDS and all(here):
            self.links[_FIELDS[kind]].setdefault(origin, {})[destination] = None
            if kind == "isChildOf":
                self.parents.add(destination)
        elif kind in _FIELDS:
            self.losses.lost(kind, "an end is in no item of the package", one.uri)
        else:
            self.losses.lost(kind, "a framework has no such relation", one.uri)

    def _is_document(self, one: Association) -> bool:
        link = one.destinationNodeURI
        return bool({link.identifier, link.uri} & self.document)

    def _match(self, relation: Any, origin: str, link: Link) -> None:
        uri = self._end(link)
        names = {self.language: link.title} if link.title else {}
        match = Match(relation=relation, uri=uri, names=names)
        self.matches.setdefault(origin, {}).setdefault((relation, uri), match)

    def _levels(self) -> Iterator[tuple[str | None, tuple[Step, ...]]]:
        """The steps of each item's criterion; of the whole framework under None."""
        seen = set()
        for rubric in self.package.CFRubrics or []:
            self._unread(rubric, "rubric")
            for criterion in rubric.CFRubricCriteria or []:
                self._unread(criterion, "criterion")
                link = criterion.CFItemURI
                item = None if link is None else self._end(link)
                if item in seen:
                    self.losses.lost("criterion", "an item has one scale", criterion.uri)
                elif item is not None and item not in self.addresses:
                    self.losses.lost("criterion", "of no item of the package", criterion.uri)
                else:
                    seen.add(item)
                    yield item, self._steps(criterion)

    def _steps(self, criterion: Criterion) -> tuple[Step, ...]:
        listed = criterion.CFRubricCriterionLevels or []
        placed = sorted(enumerate(listed), key=lambda pair: (pair[1].position or 0, pair[0]))
        for one in listed:
            self._unread(one, "criterion level")
            if one.score is not None:
                self.losses.lost("score", "a level has no points", one.uri)
        return tuple(
            Step(
                level=number,
                names=self._words(one.quality),
                descriptors=self._words(one.description),
            )
            for number, (_, one) in enumerate(placed, 1)
        )

    def framework(self, name: str) -> Framework:
        """All of it."""
        document = self.package.CFDocument
        self._unread(document, "document")
        self._unread(self.package, "package")
        if document.notes:
            self.losses.lost("notes of the document", "a framework has no such field", document.uri)
        if document.lastChangeDateTime:
            why = "said anew when the framework is written"
            self.losses.lost("lastChangeDateTime", why, document.lastChangeDateTime)
        leaves = leaf_types((item.CFItemType, item.uri in self.parents) for item in self.items)
        return framework_of(
            name,
            uri=document.uri,
            names=self._words(document.title),
            descriptions=self._words(document.description),
            version=document.version,
            creator=document.creator,
            licence=document.licenseURI and (document.licenseURI.title or document.licenseURI.uri),
            scale=self.levels.get(None, ()),
            concepts=[self._concept(item, leaves) for item in self.items],
            losses=self.losses.report(),
        )

    def _concept(self, item: Item, leaves: Set[str | None]) -> Mapping[str, Any]:
        self._unread(item, "item")
        kind = item.CFItemType
        gathers = item.uri in self.parents and kind not in leaves
        language = item.language or self.language
        short = item.abbreviatedStatement
        other = item.alternativeLabel
        return {
            "uri": item.uri,
            "names": {language: short or item.fullStatement},
            "descriptions": {language: item.fullStatement} if short else {},
            "alternatives": {language: (other,)} if other else {},
            "notes": {language: item.notes} if item.notes else {},
            "code": item.humanCodingScheme,
            "type": None if kind in (GROUP, COMPETENCE) else kind,
            "group": kind == GROUP or gathers,
            "matches": tuple(self.matches.get(item.uri, {}).values()),
            "levels": self.levels.get(item.uri, ()),
            **{field: tuple(found.get(item.uri, ())) for field, found in self.links.items()},
        }

    def _words(self, text: str | None) -> dict[str, str]:
        return {self.language: text} if text else {}

    def _unread(self, part: BaseModel, kind: str) -> None:
        """Tell of the fields that nothing was made of."""
        for name, value in (part.model_extra or {}).items():
            if name not in _KNOWN and value not in (None, "", [], {}):
                example = getattr(part, "uri", "the file")
                self.losses.lost(f"{name} of the {kind}", "a framework has no such field", example)


def leaf_types(items: Iterable[tuple[str | None, bool]]) -> Set[str | None]:
    """The types whose items are no groups, from each item's type and whether it has children.

    Where an item has no children, its type is one of those; an item that only gathers others has a
    type, or lack of one, that no such item has.
    """
    return {kind for kind, has_children in items if not has_children} - {GROUP} | {COMPETENCE}


_FIELDS = {
    "isChildOf": "broader",
    "isRelatedTo": "related",
    "precedes": "precedes",
    "replacedBy": "replaced_by",
}
