"""1EdTech CASE: writing."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Literal
from uuid import NAMESPACE_URL, uuid5

from pydantic import TypeAdapter, ValidationError

from fagprofil.errors import DataError, Problem
from fagprofil.io.whole import whole
from fagprofil.standards.case import COMPETENCE, GROUP, leaf_types
from fagprofil.standards.case_package import (
    Association,
    Criterion,
    CriterionLevel,
    Document,
    Item,
    Link,
    Package,
    Rubric,
)
from fagprofil.standards.framework import Concept, Framework, Step
from fagprofil.standards.losses import Losses, LossReport
from fagprofil.standards.words import chosen, lost_words

__all__ = ["write_case"]

#: The form of identifiers that the specification's schema asks for.
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")


def write_case(
    framework: Framework,
    path: str | Path,
    *,
    changed: dt.datetime | str,
    creator: str | None = None,
    language: str = "da",
    version: Literal["1.0", "1.1"] = "1.1",
) -> LossReport:
    """Write a framework as a CFPackage in JSON, whole or not at all.

    An identifier is the UUID at the end of the address, or one made from the address, so that a
    framework written twice has the same identifiers.

    Parameters
    ----------
    changed
        The time of the last change, which CASE asks for, as ``2026-01-31T12:00:00Z``.
    creator
        Who made the framework; None is the framework's own, which CASE asks for.
    language
        The language to write, since an item has one; where a text is not known in it, the text in
        another one is written.
    version
        CASE's own version.

    Returns
    -------
    LossReport
        What CASE cannot say: roles, texts in other languages, close, broad and narrow matches.

    Raises
    ------
    DataError
        A time that is none, or no creator.

    Examples
    --------
    >>> import tempfile
    >>> from fagprofil.standards import Concept, Framework, read_case
    >>> ours = Framework(uri="urn:f", names={"en": "Ours"}, creator="Us",
    ...                  concepts=[Concept(uri="urn:i", names={"en": "Match jobs"})])
    >>> path = Path(tempfile.mkdtemp()) / "package.json"
    >>> write_case(ours, path, changed="2026-01-31T12:00:00Z", language="en")
    nothing lost
    >>> read_case(path)["urn:i"].names["en"]
    'Match jobs'
    """
    writing = _Writing(framework, _time(changed), language, creator or framework.creator, version)
    package = writing.package()
    with whole(Path(path)) as temporary:
        text = package.model_dump_json(exclude_none=True, indent=1)
        temporary.write_text(text + "\n", encoding="utf-8")
    return writing.losses.report()


def _time(changed: dt.datetime | str) -> str:
    try:
        moment = TypeAdapter(dt.datetime).validate_python(changed)
    except ValidationError:
        expected = "a time as 2026-01-31T12:00:00Z"
        raise DataError([Problem("CASE", "changed", str(changed), expected)]) from None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=dt.UTC)
    return moment.isoformat()


class _Writing:
    """One framework on its way to a package."""

    def __init__(
        self,
        framework: Framework,
        changed: str,
        language: str,
        creator: str | None,
        version: Literal["1.0", "1.1"],
    ) -> None:
        if version not in ("1.0", "1.1"):
            raise DataError([Problem("CASE", "version", str(version), "1.0 or 1.1")])
        if not creator:
            raise DataError([Problem("CASE", "creator", None, "who made it, by creator=")])
        self.framework, self.changed, self.language = framework, changed, language
        self.creator, self.version, self.losses = creator, version, Losses()
        self.parents = {uri for one in framework.concepts for uri in one.broader}
        self.leaves = leaf_types(
            (GROUP if one.group else one.type or COMPETENCE, one.uri in self.parents)
            for one in framework.concepts
        )

    def package(self) -> Package:
        """The whole of it."""
        framework = self.framework
        for role in framework.roles:
            self.losses.lost("roles", "a package holds statements", role.uri)
        rubrics = list(self._rubrics())
        return Package(
            CFDocument=self._document(),
            CFItems=[self._item(one) for one in framework.concepts],
            CFAssociations=list(self._associations()),
            CFRubrics=rubrics or None,
        )

    def _document(self) -> Document:
        framework = self.framework
        licence = framework.licence
        return Document(
            **self._identified(framework.uri),
            creator=self.creator,
            title=self._text(framework.names, "names", framework.uri) or framework.uri,
            description=self._text(framework.descriptions, "descriptions", framework.uri),
            language=self.language,
            version=framework.version,
            caseVersion="1.1" if self.version == "1.1" else None,
            licenseURI=self._link(f"{framework.uri}#licence", licence) if licence else None,
        )

    def _item(self, one: Concept) -> Item:
        name = self._text(one.names, "names", one.uri) or one.uri
        description = self._text(one.descriptions, "descriptions", one.uri)
        others = one.alternatives.get(self.language, ())
        lost = sum(map(len, one.alternatives.values())) - bool(others)
        for _ in range(lost):
            self.losses.lost("alternatives", "an item has one", one.uri)
        if one.transversal:
            self.losses.lost("transversal", "an item has no such field", one.uri)
        return Item(
            **self._identified(one.uri),
            fullStatement=description or name,
            abbreviatedStatement=name if description else None,
            alternativeLabel=others[0] if others else None,
            humanCodingScheme=one.code,
            CFItemType=self._type(one),
            language=self.language,
            notes=self._text(one.notes, "notes", one.uri),
        )

    def _type(self, one: Concept) -> str:
        if one.group:
            if one.type is not None:
                self.losses.lost("type", "of a group, which is written as Group", one.uri)
            return GROUP
        kind = one.type or COMPETENCE
        if one.uri in self.parents and kind not in self.leaves:
            why = "of a concept with others under it, which would be read as a group"
            self.losses.lost("type", why, one.uri)
            return COMPETENCE
        return kind

    def _associations(self) -> Iterator[Association]:
        matched: set[tuple[str, ...]] = set()
        for one in self.framework.concepts:
            for parent in one.broader or (self.framework.uri,):
                yield self._association("isChildOf", one.uri, parent)
            for kind, others in (
                ("isRelatedTo", one.related),
                ("precedes", one.precedes),
                ("replacedBy", one.replaced_by),
            ):
                for other in others:
                    yield self._association(kind, one.uri, other)
            for match in one.matches:
                if match.relation not in ("exact", "related"):
                    self.losses.lost(f"{match.relation} match", "CASE has exact ones", one.uri)
                    continue
                pair = (match.relation, *sorted((one.uri, match.uri)))
                # Two concepts of one framework that match each other are told once.
                if pair not in matched:
                    matched.add(pair)
                    kind = "exactMatchOf" if match.relation == "exact" else "isRelatedTo"
                    title = self._text(match.names, "names of a match", match.uri)
                    yield self._association(kind, one.uri, match.uri, title)

    def _association(
        self, kind: str, origin: str, destination: str, title: str | None = None
    ) -> Association:
        return Association(
            **self._identified(f"{origin}#{kind}#{destination}"),
            associationType=kind,
            originNodeURI=self._link(origin),
            destinationNodeURI=self._link(destination, title),
        )

    def _rubrics(self) -> Iterator[Rubric]:
        criteria = [self._criterion(None, self.framework.scale)] if self.framework.scale else []
        criteria += [self._criterion(one.uri, one.levels) for one in self._judged()]
        if criteria:
            yield Rubric(
                **self._identified(f"{self.framework.uri}#rubric"),
                title=self._text(self.framework.names, "names", self.framework.uri),
                CFRubricCriteria=criteria,
            )

    def _judged(self) -> Sequence[Concept]:
        return [one for one in self.framework.concepts if one.levels]

    def _criterion(self, item: str | None, steps: Sequence[Step]) -> Criterion:
        of = item or self.framework.uri
        return Criterion(
            **self._identified(f"{of}#criterion"),
            CFItemURI=None if item is None else self._link(item),
            CFRubricCriterionLevels=[
                CriterionLevel(
                    **self._identified(f"{of}#level#{step.level}"),
                    quality=self._text(step.names, "names of a level", of),
                    description=self._text(step.descriptors, "descriptors", of),
                    position=step.level,
                )
                for step in steps
            ],
        )

    def _identified(self, uri: str) -> dict[str, str]:
        return {
            "identifier": _identifier(uri),
            "uri": uri,
            "lastChangeDateTime": self.changed,
        }

    def _link(self, uri: str, title: str | None = None) -> Link:
        known = self.framework.by_uri.get(uri)
        title = title or (chosen(known.names, self.language) if known else None) or uri
        return Link(title=title, identifier=_identifier(uri), uri=uri)

    def _text(self, words: Mapping[str, str], what: str, example: str) -> str | None:
        lost_words(self.losses, words, self.language, what, example)
        return chosen(words, self.language)


def _identifier(uri: str) -> str:
    end = uri[-36:].lower()
    return end if _UUID.fullmatch(end) else str(uuid5(NAMESPACE_URL, uri))
