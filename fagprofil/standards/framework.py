"""A competence framework of another standard: what ESCO, CASE, Moodle and SKOS have in common.

Every format is read into it and written from it, so that what one standard says and the library's
own models do not (labels in any language, several parents, precedence) lives on to the next.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, ValidationError, model_validator

from fagprofil.datafiles import problems_in
from fagprofil.errors import DataError, Problem, UnknownName, nearest
from fagprofil.model.base import Frozen, FrozenDict
from fagprofil.standards.losses import LossReport

__all__ = [
    "Concept",
    "Framework",
    "Match",
    "Named",
    "Need",
    "Role",
    "Step",
    "Words",
    "framework_of",
]

#: Where something is looked up or by what it is known, such as ``urn:x:1``.
Address = Annotated[str, Field(min_length=3)]
#: A text by language tag, such as ``{"da": "jobmatch", "en": "job matching"}``.
Words = Annotated[dict[str, str], AfterValidator(FrozenDict)]


def _many(words: Mapping[str, tuple[str, ...]]) -> Mapping[str, tuple[str, ...]]:
    return FrozenDict((tag, tuple(sorted(set(words[tag])))) for tag in words if words[tag])


def _once(uris: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted(set(uris))) if len(uris) > 1 else uris


#: Several texts by language tag; their order says nothing.
ManyWords = Annotated[dict[str, tuple[str, ...]], AfterValidator(_many)]
#: Addresses of concepts; their order says nothing.
Addresses = Annotated[tuple[str, ...], AfterValidator(_once)]

Relation = Literal["exact", "close", "broad", "narrow", "related"]


class Match(Frozen):
    """A concept of another framework, and how it relates (SKOS mapping relations)."""

    relation: Relation
    """``narrow``: the other one is narrower."""
    uri: str
    names: Words = FrozenDict()


class Step(Frozen):
    """One level of a scale."""

    level: Annotated[int, Field(ge=1)]
    names: Words = FrozenDict()
    descriptors: Words = FrozenDict()


def _by_address(matches: tuple[Match, ...]) -> tuple[Match, ...]:
    return tuple(sorted(matches, key=lambda one: (one.uri, one.relation)))


class Named(Frozen):
    """What has an address and words."""

    uri: Address
    names: Words = FrozenDict()
    alternatives: ManyWords = FrozenDict()
    descriptions: Words = FrozenDict()
    notes: Words = FrozenDict()
    code: str | None = None
    """The publisher's own short code."""


class Concept(Named):
    """A competence, skill or item; or, with `group`, a heading that gathers some."""

    type: str | None = None
    """The publisher's own word for what kind of thing it is."""
    group: bool = False
    transversal: bool = False
    """Whether it is for every job."""
    broader: Addresses = ()
    related: Addresses = ()
    precedes: Addresses = ()
    replaced_by: Addresses = ()
    matches: Annotated[tuple[Match, ...], AfterValidator(_by_address)] = ()
    levels: tuple[Step, ...] = ()
    """What the levels mean for this concept, where that is said."""


class Need(Frozen):
    """A concept that a role needs; a level is None where only the need itself is said."""

    concept: str
    essential: bool = True
    level: int | None = None
    five_years: int | None = None
    """The level in five years; None where nothing is said of it."""
    weight: float | None = None
    error: float | None = None
    """Standard error of the level, in levels, where the source has one."""
    reasons: Words = FrozenDict()


def _by_concept(needs: tuple[Need, ...]) -> tuple[Need, ...]:
    return tuple(sorted(needs, key=lambda one: (one.concept, not one.essential)))


class Role(Named):
    """An occupation or profile, and what it needs."""

    needs: Annotated[tuple[Need, ...], AfterValidator(_by_concept)] = ()


class Framework(Frozen):
    """Concepts and roles of one publisher, in the order of their addresses.

    `losses` tells what the file that it was read from says and this does not.

    Examples
    --------
    >>> words = Framework(uri="urn:x:f", names={"en": "Ours"}, concepts=[
    ...     Concept(uri="urn:x:b", names={"en": "matching"}, broader=["urn:x:a"]),
    ...     Concept(uri="urn:x:a", names={"en": "Work"}, group=True)])
    >>> words
    <Framework Ours: 1 concept in 1 group, 0 roles; en>
    >>> words["urn:x:b"].names["en"]
    'matching'
    """

    uri: Address
    names: Annotated[Words, Field(min_length=1)]
    descriptions: Words = FrozenDict()
    version: str | None = None
    creator: str | None = None
    licence: str | None = None
    scale: tuple[Step, ...] = ()
    concepts: tuple[Concept, ...] = ()
    roles: tuple[Role, ...] = ()
    losses: LossReport = LossReport()

    @model_validator(mode="before")
    @classmethod
    def _in_order(cls, data: object) -> object:
        if isinstance(data, dict):
            for field in ("concepts", "roles"):
                if field in data:
                    data = {**data, field: tuple(sorted(data[field], key=_address))}
        return data

    @model_validator(mode="after")
    def _references(self) -> Framework:
        problems = [*self._twice(), *self._unknown()]
        if not problems:
            problems += self._circles()
        if problems:
            raise DataError(problems)
        return self

    def _twice(self) -> Iterator[Problem]:
        for listed in (self.concepts, self.roles):
            for one, other in pairwise(listed):
                if one.uri == other.uri:
                    yield Problem(one.uri, "uri", one.uri, "an address used once")

    def _unknown(self) -> Iterator[Problem]:
        known = self.by_uri
        expected = "a concept of this framework"
        for one in self.concepts:
            for field in ("broader", "related", "precedes", "replaced_by"):
                for uri in getattr(one, field):
                    if uri not in known:
                        yield Problem(f"concept {one.uri!r}", field, uri, expected)
        for role in self.roles:
            for need in role.needs:
                if need.concept not in known:
                    yield Problem(f"role {role.uri!r}", "needs", need.concept, expected)

    def _circles(self) -> Iterator[Problem]:
        try:
            TopologicalSorter({one.uri: one.broader for one in self.concepts}).prepare()
        except CycleError as error:
            circle = error.args[1]
            expected = f"no way back to the concept itself, as in {' > '.join(circle[::-1])}"
            yield Problem(f"concept {circle[-1]!r}", "broader", circle[-2], expected)

    @cached_property
    def by_uri(self) -> Mapping[str, Concept]:
        """The concepts by address."""
        return FrozenDict((one.uri, one) for one in self.concepts)

    def __getitem__(self, uri: str) -> Concept:
        try:
            return self.by_uri[uri]
        except KeyError:
            raise UnknownName("concept", uri, self.by_uri) from None

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages of its concepts and roles, in alphabetical order."""
        tags: set[str] = set()
        for one in self.named():
            tags.update(one.names, one.alternatives, one.descriptions, one.notes)
        return tuple(sorted(tags))

    def named(self) -> Iterator[Named]:
        """The concepts, then the roles."""
        yield from self.concepts
        yield from self.roles

    def select(self, roles: Iterable[str]) -> Framework:
        """Only some roles, the concepts that they need, and everything above those.

        Parameters
        ----------
        roles
            Addresses or names in any language.

        Raises
        ------
        UnknownName
            No such role, with the nearest spelling.
        DataError
            A name that several roles have.
        """
        wanted = {role.uri: role for role in map(self._role, roles)}
        keep: set[str] = set()
        waiting = [need.concept for role in wanted.values() for need in role.needs]
        while waiting:
            uri = waiting.pop()
            if uri not in keep:
                keep.add(uri)
                waiting += self.by_uri[uri].broader
        concepts = [_only(self.by_uri[uri], keep) for uri in keep]
        fields = {name: getattr(self, name) for name in type(self).model_fields}
        return Framework(**{**fields, "concepts": concepts, "roles": list(wanted.values())})

    def _role(self, name: str) -> Role:
        found = [
            role
            for role in self.roles
            if name == role.uri or name.casefold() in map(str.casefold, role.names.values())
        ]
        if len(found) == 1:
            return found[0]
        if found:
            expected = f"one of the addresses {', '.join(role.uri for role in found)}"
            raise DataError([Problem("roles", "name", name, expected)])
        names = {word for role in self.roles for word in role.names.values()}
        # A few spellings, since thousands would hide the hint.
        hint = nearest(name, names)
        raise UnknownName("role", name, [hint] if hint else sorted(names)[:12])

    def __repr__(self) -> str:
        groups = sum(one.group for one in self.concepts)
        name = self.names.get("en") or next(iter(self.names.values()), self.uri)
        return (
            f"<Framework {name}: {_count(len(self.concepts) - groups, 'concept')} in "
            f"{_count(groups, 'group')}, {_count(len(self.roles), 'role')}; "
            f"{', '.join(self.languages)}>"
        )

    def __str__(self) -> str:
        return repr(self)


def framework_of(where: str, **fields: Any) -> Framework:
    """A framework from what a file says.

    Parameters
    ----------
    where
        What the file is called in errors.

    Raises
    ------
    DataError
        Everything that is wrong with it.
    """
    try:
        return Framework(**fields)
    except ValidationError as error:
        raise DataError(problems_in(error, where)) from None


def _address(item: object) -> str:
    """The address of a record or of its fields; what has none is refused by the record itself."""
    if isinstance(item, Mapping):
        return str(item.get("uri", ""))
    return str(getattr(item, "uri", ""))


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _only(concept: Concept, keep: set[str]) -> Concept:
    fields = ("related", "precedes", "replaced_by")
    left = {field: tuple(uri for uri in getattr(concept, field) if uri in keep) for field in fields}
    return concept.model_copy(update=left)
