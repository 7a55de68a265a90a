"""Damaged files of every format end in errors of ours, and in nothing else."""

import json
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
import worlds
from hypothesis import given
from hypothesis import strategies as st

import fagprofil as fp
from fagprofil.standards import (
    as_catalogue,
    as_framework,
    read_case,
    read_credential,
    read_esco,
    read_moodle,
    read_onet,
    read_skos,
    write_case,
    write_esco,
    write_moodle,
    write_skos,
)

CATALOGUE = fp.load_catalogue()
OURS = as_framework(CATALOGUE).select(["Virksomhedsprofilen"])
ONET = (
    "O*NET-SOC Code\tElement ID\tElement Name\tScale ID\tData Value\n"
    "o\t2.A.1\tListening\tIM\t4.00\no\t2.A.1\tListening\tLV\t4.00\n"
)
BADGE = json.dumps(
    {
        "type": ["OpenBadgeCredential"],
        "validFrom": "2026-01-31T10:00:00Z",
        "credentialSubject": {
            "achievement": {"name": "x", "alignment": [{"targetUrl": "u", "targetName": "n"}]}
        },
    }
)


def written() -> dict[str, bytes]:
    """One whole file of each format."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        write_esco(OURS, folder)
        write_case(OURS, folder / "x.json", changed="2026-01-01", creator="us")
        write_moodle(OURS, folder / "moodle.csv")
        write_skos(OURS, folder / "x.ttl")
        write_skos(OURS, folder / "x.rdf")
        write_skos(OURS, folder / "x.jsonld")
        (folder / "Skills.txt").write_text(ONET)
        (folder / "badge.json").write_text(BADGE)
        return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


FILES = written()
READERS: dict[str, Callable[[Path], Any]] = {
    "x.json": read_case,
    "moodle.csv": read_moodle,
    "x.ttl": read_skos,
    "x.rdf": read_skos,
    "x.jsonld": read_skos,
    "Skills.txt": lambda path: read_onet(path.parent),
    "badge.json": lambda path: read_credential(path, CATALOGUE, level=1),
}


def reader(name: str) -> Callable[[Path], Any]:
    return READERS.get(name, lambda path: read_esco(path, language="da"))


@pytest.mark.parametrize("name", FILES)
def test_the_whole_file_is_read(name: str, tmp_path: Path) -> None:
    if "Relations" in name or "occupations" in name:
        with pytest.raises(fp.errors.DataError, match="a file of skills"):
            read_esco(_put(tmp_path, name, FILES[name]))
    else:
        assert reader(name)(_put(tmp_path, name, FILES[name]))


def _put(folder: Path, name: str, content: bytes) -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


@worlds.examples(150)
@given(st.sampled_from(sorted(FILES)), st.data())
def test_damage(name: str, data: st.DataObject) -> None:
    whole = FILES[name]
    content = bytearray(whole)
    at = data.draw(st.integers(0, len(content)))
    match data.draw(st.sampled_from(["cut", "put", "swap", "double", "blank"])):
        case "cut":
            content = content[:at]
        case "put":
            put = data.draw(st.sampled_from([b'"', b"\xff", b"\x00", b",", b"<", b"[" * 50]))
            content[at:at] = put
        case "swap":
            other = data.draw(st.integers(0, len(content)))
            content[at : at + 8] = whole[other : other + 8]
        case "double":
            content += whole[at:]
        case "blank":
            lines = whole.split(b"\n")
            del lines[data.draw(st.integers(0, len(lines) - 1))]
            content = bytearray(b"\n".join(lines))
    with TemporaryDirectory() as folder:
        path = _put(Path(folder), name, bytes(content))
        with suppress(fp.errors.FagprofilError):
            reader(name)(path)


@pytest.mark.parametrize("name", [name for name in FILES if name in READERS])
@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\n\n\n",
        b"\xff\xfe\x00\x01",
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b"a," * 200_000,
        "æøå".encode("cp1252"),
        b"<!DOCTYPE x [<!ENTITY a 'b'><!ENTITY c '&a;&a;'>]><x>&c;</x>",
        b"null",
        b'{"CFDocument": null}',
    ],
)
def test_other_things_than_a_file_of_the_format(name: str, content: bytes, tmp_path: Path) -> None:
    with pytest.raises(fp.errors.FagprofilError):
        reader(name)(_put(tmp_path, name, content))


def test_a_million_rows_are_read(tmp_path: Path) -> None:
    """More needs than ESCO has, of two skills."""
    (tmp_path / "skills_en.csv").write_text(
        "conceptType,conceptUri,preferredLabel\nSkill,urn:a,a\nSkill,urn:b,b\n"
    )
    (tmp_path / "occupations_en.csv").write_text(
        "conceptType,conceptUri,preferredLabel\nOccupation,urn:o,o\n"
    )
    rows = "urn:o,optional,urn:a\nurn:o,essential,urn:b\n" * 500_000
    (tmp_path / "occupationSkillRelations.csv").write_text(
        f"occupationUri,relationType,skillUri\n{rows}"
    )
    framework = read_esco(tmp_path)
    assert [need.essential for need in framework.roles[0].needs] == [False, True]
    assert as_catalogue(framework, as_of="2026-01-01").catalogue.profiles["o"].requirements
