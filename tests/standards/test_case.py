"""1EdTech CASE: real packages, both directions of a match, rubrics, required fields."""

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest

import fagprofil as fp
from fagprofil.io import write_template
from fagprofil.standards import (
    Concept,
    Framework,
    Step,
    as_catalogue,
    as_framework,
    read_case,
    write_case,
)

SHARED = Path(os.environ.get("FAGPROFIL_SHARED") or Path(__file__).parents[3] / "shared" / "data")

# From the specification's schema of a CFPackage, version 1.1.
UUID = re.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[8-9a-b]{1}[0-9a-f]{3}-[0-9a-f]{12}")
REQUIRED = {
    "CFDocument": {"identifier", "uri", "creator", "title", "lastChangeDateTime"},
    "CFItems": {"identifier", "fullStatement", "uri", "lastChangeDateTime"},
    "CFAssociations": {
        *("identifier", "associationType", "uri", "originNodeURI", "destinationNodeURI"),
        "lastChangeDateTime",
    },
    "CFRubrics": {"identifier", "uri", "lastChangeDateTime"},
}
LINK = {"title", "identifier", "uri"}


def package(tmp_path: Path, **parts: Any) -> Path:
    document = {"identifier": "d", "uri": "urn:case:d", "title": "Ours", "creator": "Us"}
    path = tmp_path / "package.json"
    path.write_text(json.dumps({"CFDocument": document, **parts}))
    return path


def item(name: str, **fields: Any) -> dict[str, Any]:
    return {"identifier": name, "uri": f"urn:case:{name}", "fullStatement": f"Can {name}", **fields}


def link(name: str) -> dict[str, str]:
    return {"title": name, "identifier": name, "uri": f"urn:case:{name}"}


def association(kind: str, origin: str, destination: str) -> dict[str, Any]:
    return {
        "identifier": f"{origin}{kind}{destination}",
        "uri": f"urn:case:{origin}{kind}{destination}",
        "associationType": kind,
        "originNodeURI": link(origin),
        "destinationNodeURI": link(destination),
    }


@pytest.mark.parametrize("name", ["opensalt-sample-framework", "SmartLevelFramework"])
def test_real_packages_come_back(name: str, tmp_path: Path) -> None:
    path = SHARED / "case" / f"{name}.json"
    if not path.exists():
        pytest.skip(f"no {path.name} in the folder of shared data")
    framework = read_case(path)
    source = json.loads(path.read_text())
    assert len(framework.concepts) == len(source["CFItems"])
    children = {
        (one["originNodeURI"]["uri"], one["destinationNodeURI"]["uri"])
        for one in source["CFAssociations"]
        if one["associationType"] == "isChildOf"
        and one["destinationNodeURI"]["identifier"] != source["CFDocument"]["identifier"]
    }
    assert {(one.uri, up) for one in framework.concepts for up in one.broader} == children
    report = write_case(
        framework, tmp_path / "x.json", changed="2026-01-01", creator="us", language="en"
    )
    back = read_case(tmp_path / "x.json")
    # Groups lose the publisher's own word for them, and nothing else is lost.
    assert {loss.what for loss in report} <= {"type"}
    for found, one in zip(back.concepts, framework.concepts, strict=True):
        assert found.model_copy(update={"type": one.type}) == one
    assert as_catalogue(framework, as_of="2026-01-01").catalogue.taxonomy.competences


def test_a_match_counts_from_either_side(tmp_path: Path) -> None:
    path = package(
        tmp_path,
        CFItems=[item("a"), item("b")],
        CFAssociations=[
            association("exactMatchOf", "a", "far"),
            association("exactMatchOf", "away", "b"),
            association("precedes", "a", "b"),
            association("replacedBy", "b", "a"),
            association("isPeerOf", "a", "b"),
        ],
    )
    framework = read_case(path)
    a, b = framework["urn:case:a"], framework["urn:case:b"]
    assert [(one.relation, one.uri) for one in a.matches] == [("exact", "urn:case:far")]
    assert [(one.relation, one.uri) for one in b.matches] == [("exact", "urn:case:away")]
    assert (a.precedes, b.replaced_by) == (("urn:case:b",), ("urn:case:a",))
    assert [(loss.what, loss.count) for loss in framework.losses] == [("isPeerOf", 1)]


def test_rubrics_are_levels(tmp_path: Path) -> None:
    def levels(*texts: str) -> list[dict[str, Any]]:
        return [
            {"identifier": text, "uri": f"urn:{text}", "quality": text, "position": -place}
            for place, text in enumerate(texts)
        ]

    criteria = [
        {"identifier": "s", "uri": "urn:s", "CFRubricCriterionLevels": levels("much", "some")},
        {
            "identifier": "c",
            "uri": "urn:c",
            "CFItemURI": link("a"),
            "CFRubricCriterionLevels": [
                {**one, "description": f"does {one['quality']}"} for one in levels("more", "less")
            ],
        },
    ]
    rubric = {"identifier": "r", "uri": "urn:r", "CFRubricCriteria": criteria}
    framework = read_case(package(tmp_path, CFItems=[item("a"), item("b")], CFRubrics=[rubric]))
    assert [step.names for step in framework.scale] == [{"en": "some"}, {"en": "much"}]
    taxonomy = as_catalogue(framework, as_of="2026-01-01").catalogue.taxonomy
    assert taxonomy.scale is not None
    assert [step.name.en for step in taxonomy.scale.levels] == ["some", "much"]
    (described,) = [one for one in taxonomy.competences.values() if one.levels]
    assert [text.en for text in described.levels or ()] == ["does less", "does more"]


@pytest.mark.parametrize("version", ["1.0", "1.1"])
def test_required_fields_are_written(version: Any, tmp_path: Path) -> None:
    ours = as_framework(fp.load_catalogue())
    path = tmp_path / "x.json"
    write_case(ours, path, changed="2026-01-31T12:00:00Z", creator="us", version=version)
    written = json.loads(path.read_text(encoding="utf-8"))
    assert written["CFDocument"].get("caseVersion") == ("1.1" if version == "1.1" else None)
    assert len(written["CFItems"]) == len(ours.concepts)
    seen = set()
    for part, fields in REQUIRED.items():
        listed = written[part] if isinstance(written[part], list) else [written[part]]
        assert listed
        for one in listed:
            assert fields <= one.keys()
            assert UUID.fullmatch(one["identifier"])
            seen.add(one["identifier"])
    assert len(seen) == 1 + sum(len(written[part]) for part in list(REQUIRED)[1:])
    for one in written["CFAssociations"]:
        for end in ("originNodeURI", "destinationNodeURI"):
            assert one[end].keys() == LINK
    again = tmp_path / "y.json"
    write_case(ours, again, changed="2026-01-31T12:00:00Z", creator="us", version=version)
    assert again.read_bytes() == path.read_bytes()


def test_wrong_arguments(tmp_path: Path) -> None:
    ours = Framework(uri="urn:f", names={"en": "Ours"}, concepts=[Concept(uri="urn:k")])
    for arguments, message in (
        ({"changed": "yesterday", "creator": "us"}, "a time as 2026-01-31"),
        ({"changed": "2026-01-31"}, "who made it"),
        ({"changed": "2026-01-31", "creator": "us", "version": "2.0"}, "1.0 or 1.1"),
    ):
        with pytest.raises(fp.errors.DataError, match=message):
            write_case(ours, tmp_path / "x.json", **arguments)
    assert not (tmp_path / "x.json").exists()
    no_title = tmp_path / "n.json"
    no_title.write_text('{"CFDocument": {"identifier": "d", "uri": "urn:d"}, "CFItems": [{}]}')
    with pytest.raises(fp.errors.DataError) as error:
        read_case(no_title)
    fields = {one.field for one in error.value.problems}
    assert {"CFDocument.title", "CFItems.0.identifier", "CFItems.0.fullStatement"} <= fields


def test_a_rubric_of_each_item_is_a_scale_of_all() -> None:
    steps = [Step(level=k, descriptors={"en": f"a{k}"}) for k in (1, 2, 3)]
    one = Framework(
        uri="urn:f",
        names={"en": "F"},
        concepts=[Concept(uri="urn:a", names={"en": "A"}, levels=steps)],
    )
    taxonomy = as_catalogue(one, as_of="2026-01-01").catalogue.taxonomy
    assert taxonomy.scale is not None
    assert taxonomy.scale.top == 3
    assert taxonomy.competences["a"].levels is not None


def test_the_words_of_an_items_levels_stand_in_the_template(tmp_path: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    steps = [Step(level=k, descriptors={"en": f"does it {k} times"}) for k in (1, 2)]
    one = Framework(
        uri="urn:f",
        names={"en": "F"},
        concepts=[Concept(uri="urn:a", names={"en": "Asking"}, levels=steps)],
    )
    catalogue = as_catalogue(one, as_of="2026-01-01").catalogue
    write_template(tmp_path / "team.xlsx", catalogue, lang="en")
    book = openpyxl.load_workbook(tmp_path / "team.xlsx")
    cells = [cell for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row]
    assert "1: does it 1 times\n2: does it 2 times" in cells
