"""SKOS, the W3C's Simple Knowledge Organization System, in several forms of RDF: reading."""

from __future__ import annotations

import json
import warnings
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fagprofil.errors import DataError, MissingExtra, Problem, nearest
from fagprofil.standards.framework import Framework, framework_of
from fagprofil.standards.losses import Losses

if TYPE_CHECKING:
    import rdflib

__all__ = ["ESCO", "MATCHES", "form_of", "rdflib_for_skos", "read_skos"]

#: The forms of RDF, by suffix; all are read without a look at the network.
_FORMATS = {".ttl": "turtle", ".rdf": "xml", ".xml": "xml", ".nt": "nt", ".jsonld": "json-ld"}
ESCO = "http://data.europa.eu/esco/model#"
MATCHES = {
    "exact": "exactMatch",
    "close": "closeMatch",
    "broad": "broadMatch",
    "narrow": "narrowMatch",
    "related": "relatedMatch",
}
_TEXTS = {"names": "prefLabel", "descriptions": "definition", "notes": "editorialNote"}
#: What says nothing that is not said elsewhere.
_IMPLIED = ("inScheme", "topConceptOf", "hasTopConcept", "narrower", "member")


def read_skos(path: str | Path, *, language: str = "en") -> Framework:
    """Read a concept scheme: labels in all languages, relations, and matches.

    A ``skos:Concept`` is a concept, a ``skos:Collection`` a group of its members, and an
    ``esco:Occupation`` with its essential and optional skills a role. ``narrower`` is read as
    ``broader`` from the other side.

    Parameters
    ----------
    path
        A file ending in ``.ttl``, ``.rdf``, ``.xml``, ``.nt`` or ``.jsonld``. A JSON-LD file must
        hold its context, since none is fetched.
    language
        The language of literals that have none.

    Raises
    ------
    DataError
        Another suffix, a file that is not RDF, no concept scheme or several, relations to what the
        file does not hold.
    FileNotFoundError
        There is no such file.
    MissingExtra
        rdflib is not installed.

    References
    ----------
    W3C, SKOS Simple Knowledge Organization System Reference, 2009:
    https://www.w3.org/TR/skos-reference/

    Examples
    --------
    >>> import tempfile
    >>> from fagprofil.standards import Concept, write_skos
    >>> path = Path(tempfile.mkdtemp()) / "ours.ttl"
    >>> ours = Framework(uri="urn:f", names={"da": "Vores"},
    ...                  concepts=[Concept(uri="urn:k", names={"da": "jobmatch", "de": "Match"})])
    >>> write_skos(ours, path)
    nothing lost
    >>> read_skos(path) == ours
    True
    """
    path = Path(path)
    rdflib = rdflib_for_skos()
    graph = _parsed(rdflib, path)
    return _Reading(rdflib, graph, language).framework(path.name)


def rdflib_for_skos() -> Any:
    """The package.

    Raises
    ------
    MissingExtra
        It is not installed.
    """
    try:
        import rdflib
    except ModuleNotFoundError:
        raise MissingExtra("reading and writing SKOS", "rdflib", "rdf") from None
    return rdflib


def form_of(path: Path) -> str:
    """The form of RDF that a suffix means, in rdflib's words.

    Raises
    ------
    DataError
        Another suffix.
    """
    suffix = path.suffix.lower()
    if suffix not in _FORMATS:
        expected = f"one of {', '.join(_FORMATS)}"
        hint = nearest(suffix, _FORMATS)
        raise DataError([Problem(str(path), "suffix", suffix, expected, hint)])
    return _FORMATS[suffix]


def _parsed(rdflib: Any, path: Path) -> rdflib.Graph:
    form = form_of(path)
    if not path.exists():
        raise FileNotFoundError(f"no file {path}")
    data = path.read_bytes()
    if form == "json-ld" and b'"@context"' in data and _remote(data):
        expected = "its context in the file; nothing is fetched from the network"
        raise DataError([Problem(path.name, "@context", None, expected)])
    try:
        with warnings.catch_warnings():
            # rdflib's own reader of JSON-LD uses what rdflib has given up.
            warnings.filterwarnings("ignore", "ConjunctiveGraph is deprecated", DeprecationWarning)
            return rdflib.Graph().parse(data=data, format=form)  # type: ignore[no-any-return]
    except Exception as error:
        # Each of rdflib's parsers has errors of its own, some of them plain ones.
        raise DataError([Problem(path.name, "file", None, f"RDF as {form}; {error}")]) from None


class _Reading:
    """One graph on its way to a framework."""

    def __init__(self, rdflib: Any, graph: rdflib.Graph, language: str) -> None:
        self.graph, self.language, self.losses = graph, language, Losses()
        self.rdf, self.skos, self.dct = rdflib.RDF, rdflib.SKOS, rdflib.DCTERMS
        self.esco = rdflib.Namespace(ESCO)
        self.used: set[tuple[Any, Any]] = set()
        self.roles = set(graph.subjects(self.rdf.type, self.esco.Occupation))
        self.groups = set(graph.subjects(self.rdf.type, self.skos.Collection))
        self.concepts = set(graph.subjects(self.rdf.type, self.skos.Concept)) - self.roles

    def framework(self, name: str) -> Framework:
        """All of it."""
        schemes = _in_order(self.graph.subjects(self.rdf.type, self.skos.ConceptScheme))
        if len(schemes) != 1:
            expected = f"one skos:ConceptScheme; there are {len(schemes)}"
            raise DataError([Problem(name, "file", None, expected)])
        (scheme,) = schemes
        texts = self._texts(scheme)
        if not texts["names"]:
            texts["names"] = self._words(scheme, self.dct.title) or {"en": str(scheme)}
        fields = {
            "uri": str(scheme),
            "names": texts["names"],
            "descriptions": texts["descriptions"] or self._words(scheme, self.dct.description),
            "version": self._one(scheme, self.esco.version)
            or self._one(scheme, self.dct.hasVersion),
            "creator": self._one(scheme, self.dct.creator),
            "licence": self._one(scheme, self.dct.license),
            "concepts": [self._concept(node) for node in _in_order(self.concepts | self.groups)],
            "roles": [self._role(node) for node in _in_order(self.roles)],
        }
        self._unread()
        return framework_of(name, **fields, losses=self.losses.report())

    def _named(self, node: Any) -> dict[str, Any]:
        alternatives: dict[str, tuple[str, ...]] = {}
        for tag, text in sorted(self._literals(node, self.skos.altLabel)):
            alternatives[tag] = (*alternatives.get(tag, ()), text)
        code = self._one(node, self.skos.notation)
        return {"uri": str(node), **self._texts(node), "alternatives": alternatives, "code": code}

    def _concept(self, node: Any) -> Mapping[str, Any]:
        above = {*self.graph.objects(node, self.skos.broader)}
        above |= {*self.graph.subjects(self.skos.narrower, node)}
        above |= {*self.graph.subjects(self.skos.member, node)}
        self._use(node, self.skos.broader)
        matches = [
            {"relation": relation, "uri": str(other)}
            for relation, name in MATCHES.items()
            for other in _in_order(self._others(node, self.skos[name]))
        ]
        replaced = self._others(node, self.dct.isReplacedBy)
        return {
            **self._named(node),
            "type": self._one(node, self.dct.type),
            "group": node in self.groups,
            "transversal": self._one(node, self.esco.reuseLevel) == "transversal",
            "broader": self._addresses(above),
            "related": self._addresses(self._others(node, self.skos.related)),
            "replaced_by": self._addresses(replaced),
            "matches": matches,
        }

    def _role(self, node: Any) -> Mapping[str, Any]:
        needs = {
            other: essential
            for essential, name in (
                (False, "relatedOptionalSkill"),
                (True, "relatedEssentialSkill"),
            )
            for other in self._others(node, self.esco[name])
        }
        listed = [{"concept": str(one), "essential": needs[one]} for one in _in_order(needs)]
        return {**self._named(node), "needs": listed}

    def _texts(self, node: Any) -> dict[str, dict[str, str]]:
        return {field: self._words(node, self.skos[name]) for field, name in _TEXTS.items()}

    def _words(self, node: Any, predicate: Any) -> dict[str, str]:
        words: dict[str, str] = {}
        for tag, text in sorted(self._literals(node, predicate)):
            if words.setdefault(tag, text) != text:
                self.losses.lost(f"{_end(predicate)} in {tag}", "one text in a language", str(node))
        return words

    def _literals(self, node: Any, predicate: Any) -> Iterator[tuple[str, str]]:
        for literal in self._others(node, predicate):
            text = str(literal).strip()
            if text:
                yield getattr(literal, "language", None) or self.language, text

    def _one(self, node: Any, predicate: Any) -> str | None:
        found = sorted(map(str, self._others(node, predicate)))
        for _ in found[1:]:
            self.losses.lost(_end(predicate), "one value, the first in order", str(node))
        return found[0] if found else None

    def _others(self, node: Any, predicate: Any) -> set[Any]:
        self._use(node, predicate)
        return set(self.graph.objects(node, predicate))

    def _use(self, node: Any, predicate: Any) -> None:
        self.used.add((node, predicate))

    def _addresses(self, nodes: set[Any]) -> tuple[str, ...]:
        return tuple(sorted(map(str, nodes)))

    def _unread(self) -> None:
        """Tell of the statements that nothing was made of."""
        implied = {self.skos[name] for name in _IMPLIED} | {self.rdf.type}
        for node, predicate, _ in sorted(self.graph):
            if predicate not in implied and (node, predicate) not in self.used:
                self.losses.lost(_end(predicate), "a framework has no such field", str(node))


def _in_order(nodes: Iterable[Any]) -> list[Any]:
    return sorted(nodes, key=str)


def _end(predicate: Any) -> str:
    return str(predicate).replace("#", "/").rsplit("/", 1)[-1]


def _remote(data: bytes) -> bool:
    """Whether a JSON-LD file refers to a context elsewhere."""
    try:
        waiting: list[Any] = [json.loads(data)]
    except (ValueError, RecursionError):
        return False
    while waiting:
        part = waiting.pop()
        if isinstance(part, dict):
            context = part.get("@context")
            listed = context if isinstance(context, list) else [context]
            if any(isinstance(one, str) for one in listed):
                return True
            waiting += part.values()
        elif isinstance(part, list):
            waiting += part
    return False
