"""SKOS as others write it."""

from pathlib import Path

import pytest

import fagprofil as fp
from fagprofil.standards import read_skos

TURTLE = """
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix dct: <http://purl.org/dc/terms/> .
<urn:s> a skos:ConceptScheme ; dct:title "Scheme"@en ; skos:hasTopConcept <urn:a> .
<urn:a> a skos:Concept ; skos:prefLabel "work"@en, "arbejde"@da, "work, again"@en ;
  skos:narrower <urn:b> ; skos:topConceptOf <urn:s> ; skos:hiddenLabel "wrk" .
<urn:b> a skos:Concept ; skos:prefLabel "job" ; skos:altLabel "post"@en ;
  skos:exactMatch <http://example.org/b> ; skos:broadMatch <http://example.org/a> .
"""


def test_a_thesaurus(tmp_path: Path) -> None:
    path = tmp_path / "x.ttl"
    path.write_text(TURTLE)
    framework = read_skos(path, language="fr")
    assert framework.names == {"en": "Scheme"}
    assert framework["urn:b"].broader == ("urn:a",)
    # A literal without a language is in the one that the caller says.
    assert framework["urn:b"].names == {"fr": "job"}
    assert framework["urn:a"].names == {"da": "arbejde", "en": "work"}
    assert {(one.relation, one.uri) for one in framework["urn:b"].matches} == {
        ("exact", "http://example.org/b"),
        ("broad", "http://example.org/a"),
    }
    assert {loss.what for loss in framework.losses} == {"prefLabel in en", "hiddenLabel"}


def test_wrong_files(tmp_path: Path) -> None:
    path = tmp_path / "x.ttl"
    for text, message in (
        (TURTLE[:-30], "RDF as turtle"),
        (TURTLE.replace("<urn:s> a skos:ConceptScheme", "<urn:s> a skos:Concept"), "there are 0"),
        (TURTLE.replace("skos:narrower <urn:b>", "skos:related <urn:gone>"), "a concept of this"),
        (TURTLE.replace('"job"', '"job" ; skos:narrower <urn:a>'), "no way back"),
    ):
        path.write_text(text)
        with pytest.raises(fp.errors.DataError, match=message):
            read_skos(path)
    with pytest.raises(fp.errors.DataError, match=r"did you mean '\.ttl'"):
        read_skos(tmp_path / "x.ttll")
    with pytest.raises(FileNotFoundError):
        read_skos(tmp_path / "gone.ttl")


def test_no_context_is_fetched(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonld"
    for context in ('"http://example.org/context"', '[{}, "http://example.org/context"]'):
        path.write_text(f'{{"@graph": [{{"@context": {context}, "@id": "urn:a"}}]}}')
        with pytest.raises(fp.errors.DataError, match="nothing is fetched"):
            read_skos(path)
