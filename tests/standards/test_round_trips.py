"""What goes out in a standard and comes in again is the same, but for what the report names."""

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import worlds
from frameworks import changed, frameworks, only, rebuilt
from hypothesis import given
from hypothesis import strategies as st

import fagprofil as fp
from fagprofil.standards import (
    Concept,
    Framework,
    LossReport,
    Role,
    as_catalogue,
    as_framework,
    read_case,
    read_esco,
    read_moodle,
    read_skos,
    write_case,
    write_esco,
    write_moodle,
    write_skos,
)

BARE = {"losses": LossReport()}


def alike(found: Framework, expected: Framework) -> None:
    """Equal but for the report of what the file says and a framework does not."""
    assert changed(found, **BARE) == changed(expected, **BARE)


@worlds.examples(40)
@given(frameworks(), st.sampled_from(["ttl", "rdf", "nt", "jsonld"]))
def test_skos(framework: Framework, suffix: str) -> None:
    def concept(one: Concept) -> Concept:
        matches = [changed(match, names={}) for match in one.matches]
        return changed(one, matches=matches, precedes=(), levels=())

    def role(one: Role) -> Role:
        bare = {"level": None, "five_years": None, "weight": None, "reasons": {}}
        return changed(one, needs=[changed(need, **bare) for need in one.needs])

    expected = rebuilt(framework, concept, role, scale=())
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"x.{suffix}"
        report = write_skos(framework, path)
        back = read_skos(path)
    alike(back, expected)
    assert not back.losses
    assert bool(report) == (expected != framework)


@worlds.examples(40)
@given(frameworks())
def test_esco(framework: Framework) -> None:
    def concept(one: Concept) -> Concept:
        gone = {"precedes": (), "replaced_by": (), "matches": (), "levels": ()}
        return changed(one, **gone, **({"type": None} if one.group else {"code": None}))

    def role(one: Role) -> Role:
        bare = {"level": None, "five_years": None, "weight": None, "reasons": {}}
        return changed(one, needs=[changed(need, **bare) for need in one.needs])

    expected = rebuilt(framework, concept, role)
    with TemporaryDirectory() as folder:
        report = write_esco(framework, folder)
        back = read_esco(folder)
    assert (back.concepts, back.roles) == (expected.concepts, expected.roles)
    told = {loss.what for loss in report} - {"names", "descriptions", "version", "creator"}
    assert bool(told - {"licence", "scale"}) == (
        (expected.concepts, expected.roles) != (framework.concepts, framework.roles)
    )


@worlds.examples(40)
@given(frameworks(), st.sampled_from(["da", "en"]), st.sampled_from(["1.0", "1.1"]))
def test_case(framework: Framework, language: str, version: str) -> None:
    def concept(one: Concept) -> Concept:
        kept = [
            changed(match, names=only(match.names, language))
            for match in one.matches
            if match.relation in ("exact", "related")
        ]
        first = {tag: found[:1] for tag, found in one.alternatives.items() if tag == language}
        return changed(
            one,
            names=only(one.names, language),
            descriptions=only(one.descriptions, language),
            notes=only(one.notes, language),
            alternatives=first,
            transversal=False,
            matches=kept,
            levels=[step(level) for level in one.levels],
            type=kind_of(one),
        )

    parents = {uri for one in framework.concepts for uri in one.broader}
    leaves = {one.type for one in framework.concepts if not one.group and one.uri not in parents}

    def kind_of(one: Concept) -> str | None:
        misread = one.uri in parents and one.type not in leaves
        return None if one.group or misread else one.type

    def step(one: object) -> object:
        return changed(
            one,
            names=only(one.names, language),
            descriptors=only(one.descriptors, language),
        )

    expected = rebuilt(
        framework,
        concept,
        names=only(framework.names, language),
        descriptions=only(framework.descriptions, language),
        creator=framework.creator or "us",
        scale=[step(level) for level in framework.scale],
    )
    with TemporaryDirectory() as folder:
        path = Path(folder) / "x.json"
        report = write_case(
            framework,
            path,
            changed="2026-01-31",
            creator=None if framework.creator else "us",
            language=language,
            version=version,
        )
        back = read_case(path)
    alike(back, expected)
    assert [loss.what for loss in back.losses] == ["lastChangeDateTime"]
    assert bool(report) == (changed(expected, creator=framework.creator) != framework)


@worlds.examples(40)
@given(frameworks(), st.sampled_from(["da", "en"]))
def test_moodle(framework: Framework, language: str) -> None:
    parents = {min(one.broader) for one in framework.concepts if one.broader}
    coded = all(one.code for one in framework.concepts)
    address = {
        one.uri: f"{framework.uri}:{one.code}" if coded else one.uri for one in framework.concepts
    }

    def concept(one: Concept) -> Concept:
        return Concept(
            uri=address[one.uri],
            names=only(one.names, language),
            descriptions=only(one.descriptions, language),
            code=one.code,
            group=one.uri in parents,
            broader=[address[min(one.broader)]] if one.broader else [],
            related=[address[other] for other in one.related],
        )

    with TemporaryDirectory() as folder:
        path = Path(folder) / "x.csv"
        report = write_moodle(framework, path, language=language)
        back = read_moodle(path, language=language)
    expected = Framework(
        uri=framework.uri,
        names=only(framework.names, language),
        descriptions=only(framework.descriptions, language),
        concepts=[concept(one) for one in framework.concepts],
    )
    alike(changed(back, scale=()), expected)
    told = {loss.what for loss in report}
    fields = ("alternatives", "notes", "type", "precedes", "replaced_by", "matches", "levels")
    for field in (*fields, "transversal"):
        assert (field in told) == any(getattr(one, field) for one in framework.concepts)
    assert ("broader" in told) == any(len(one.broader) > 1 for one in framework.concepts)
    assert ("roles" in told) == bool(framework.roles)
    # A comma would part a level's name in two.
    names = [only(step.names, language)[language] for step in framework.scale]
    if names:
        found = [step.names[language] for step in back.scale]
        plain = [name.replace(",", " ").strip() for name in names]
        assert found == [name or str(level) for level, name in enumerate(plain, 1)]


@worlds.examples(40)
@given(frameworks())
def test_a_taxonomy(framework: Framework) -> None:
    """To a catalogue and back: what is not said is what the report names."""
    spoken = {
        one.uri: {tag: one.names.get(tag) for tag in ("da", "en")} for one in framework.named()
    }
    if not all(any(words.values()) for words in spoken.values()):
        with pytest.raises(fp.errors.DataError, match="a label in da, en"):
            as_catalogue(framework, as_of="2026-01-01")
        return
    catalogue, losses = as_catalogue(framework, as_of="2026-01-01", edition="own")
    back = as_framework(catalogue)
    assert [one.uri for one in back.named()] == [one.uri for one in framework.named()]
    for found, one in zip(back.named(), framework.named(), strict=True):
        assert found.names == {tag: name for tag, name in spoken[one.uri].items() if name}
    for found, one in zip(back.roles, framework.roles, strict=True):
        assert [(need.concept, need.essential) for need in found.needs] == [
            (need.concept, need.essential) for need in one.needs
        ]
        for after, before in zip(found.needs, one.needs, strict=True):
            if before.level is not None:
                assert after.level == before.level
            if before.weight is not None:
                assert after.weight == before.weight
    again, _ = as_catalogue(back, as_of="2026-01-01", edition="own")
    assert again.profiles.keys() == catalogue.profiles.keys()
    assert {one.id: one.area for one in again.taxonomy.competences.values()} == {
        one.id: one.area for one in catalogue.taxonomy.competences.values()
    }
    told = " ".join(loss.what for loss in losses)
    for field in ("precedes", "replaced_by", "alternatives"):
        assert (field in told) == any(getattr(one, field, ()) for one in framework.named())


def test_the_bundled_catalogue_comes_back() -> None:
    catalogue = fp.load_catalogue()
    back = as_catalogue(
        as_framework(catalogue),
        as_of=catalogue.taxonomy.as_of,
        edition="reference",
    ).catalogue
    assert back.taxonomy.scale is not None
    assert [step.name for step in back.taxonomy.scale.levels] == [
        step.name for step in catalogue.taxonomy.scale.levels
    ]
    for name, one in catalogue.taxonomy.competences.items():
        found = back.taxonomy.competences[name]
        for field in ("name", "description", "kind", "area", "broader", "related"):
            assert getattr(found, field) == getattr(one, field), (name, field)
        assert {(link.uri, link.match) for link in found.esco or ()} == {
            (link.uri, link.match) for link in one.esco or ()
        }
    person = fp.Employee(
        id="a", evidence=[fp.Evidence(competence="jobmatch", level=2, kind="known")]
    )
    # A profile that extends none is the same to the last bit.
    alone = [
        name for name, one in catalogue.profiles.items() if not one.extends and one.requirements
    ]
    assert alone
    for name in alone:
        ours, theirs = (fp.gap(person, name, which) for which in (catalogue, back))
        assert ours.total == theirs.total
