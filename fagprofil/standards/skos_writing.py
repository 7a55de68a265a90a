"""SKOS, the W3C's Simple Knowledge Organization System: writing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from fagprofil.errors import DataError, Problem
from fagprofil.io.whole import whole
from fagprofil.standards.framework import Concept, Framework, Named
from fagprofil.standards.losses import Losses, LossReport
from fagprofil.standards.skos import ESCO, MATCHES, form_of, rdflib_for_skos

__all__ = ["write_skos"]


def write_skos(framework: Framework, path: str | Path) -> LossReport:
    """Write a framework as a concept scheme, whole or not at all.

    Labels, definitions and notes are written in all languages. Groups are written as collections
    of their members, roles as ESCO's occupations with essential and optional skills, both of which
    `read_skos` reads back.

    Parameters
    ----------
    path
        As for `read_skos`; the suffix chooses the form.

    Returns
    -------
    LossReport
        Levels, weights and precedence, which SKOS has no words for.

    Raises
    ------
    DataError
        Another suffix, or an address that RDF cannot hold.
    MissingExtra
        rdflib is not installed.
    """
    path = Path(path)
    form, rdflib = form_of(path), rdflib_for_skos()
    losses = Losses()
    graph = _Writing(rdflib, framework, losses).graph
    with whole(path) as temporary:
        # One order of the statements, whatever the order of a set.
        text = graph.serialize(format=form, encoding="utf-8")
        if form == "nt":
            text = b"".join(sorted(text.splitlines(keepends=True)))
        temporary.write_bytes(text)
    return losses.report()


class _Writing:
    """One framework on its way to a graph."""

    def __init__(self, rdflib: Any, framework: Framework, losses: Losses) -> None:
        self.rdflib, self.losses, self.graph = rdflib, losses, rdflib.Graph()
        self.skos, self.dct = rdflib.SKOS, rdflib.DCTERMS
        self.esco = rdflib.Namespace(ESCO)
        self.graph.bind("esco", self.esco)
        self.scheme = self._node(framework.uri)
        self._is(self.scheme, self.skos.ConceptScheme)
        self._words(self.scheme, framework)
        for field, predicate in (
            ("version", self.dct.hasVersion),
            ("creator", self.dct.creator),
            ("licence", self.dct.license),
        ):
            if getattr(framework, field):
                self._literal(self.scheme, predicate, getattr(framework, field))
        if framework.scale:
            self.losses.lost("scale", "SKOS has no levels", framework.uri)
        groups = {one.uri for one in framework.concepts if one.group}
        for one in framework.concepts:
            self._concept(one, groups)
        for role in framework.roles:
            node = self._named(role, self.skos.Concept)
            self._is(node, self.esco.Occupation)
            for need in role.needs:
                name = "relatedEssentialSkill" if need.essential else "relatedOptionalSkill"
                self.graph.add((node, self.esco[name], self._node(need.concept)))
                fields = ("level", "five_years", "weight", "error", "reasons")
                why = "an occupation needs a skill or does not"
                self.losses.fields(need, fields, why, role.uri)

    def _concept(self, one: Concept, groups: set[str]) -> None:
        node = self._named(one, self.skos.Collection if one.group else self.skos.Concept)
        if one.type:
            self._literal(node, self.dct.type, one.type)
        if one.transversal:
            self._literal(node, self.esco.reuseLevel, "transversal")
        for uri in one.broader:
            if uri in groups:
                self.graph.add((self._node(uri), self.skos.member, node))
            else:
                self.graph.add((node, self.skos.broader, self._node(uri)))
        for uri in one.related:
            self.graph.add((node, self.skos.related, self._node(uri)))
        for uri in one.replaced_by:
            self.graph.add((node, self.dct.isReplacedBy, self._node(uri)))
        for match in one.matches:
            self.graph.add((node, self.skos[MATCHES[match.relation]], self._node(match.uri)))
            if match.names:
                self.losses.lost("names of a match", "a match is an address", match.uri)
        self.losses.fields(one, ("precedes", "levels"), "SKOS has no words for it", one.uri)

    def _named(self, one: Named, kind: Any) -> Any:
        node = self._node(one.uri)
        self._is(node, kind)
        self.graph.add((node, self.skos.inScheme, self.scheme))
        self._words(node, one)
        for tag, texts in one.alternatives.items():
            for text in texts:
                self._literal(node, self.skos.altLabel, text, tag)
        if one.notes:
            for tag, text in one.notes.items():
                self._literal(node, self.skos.editorialNote, text, tag)
        if one.code:
            self._literal(node, self.skos.notation, one.code)
        return node

    def _words(self, node: Any, one: Named | Framework) -> None:
        for tag, text in one.names.items():
            self._literal(node, self.skos.prefLabel, text, tag)
        for tag, text in one.descriptions.items():
            self._literal(node, self.skos.definition, text, tag)

    def _is(self, node: Any, kind: Any) -> None:
        self.graph.add((node, self.rdflib.RDF.type, kind))

    def _literal(self, node: Any, predicate: Any, text: str, tag: str | None = None) -> None:
        self.graph.add((node, predicate, self.rdflib.Literal(text, lang=tag)))

    def _node(self, uri: str) -> Any:
        if any(sign in uri for sign in ' <>"{}|\\^`\n'):
            expected = "an address without blanks and quotation marks"
            raise DataError([Problem("SKOS", "uri", uri, expected)])
        return self.rdflib.URIRef(uri)
