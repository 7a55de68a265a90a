"""The shipped copy of DIRECT: what its maker makes, what it holds, and that it can be used."""

from __future__ import annotations

import csv
import tomllib
from pathlib import Path
from typing import Any

import make_direct
import pytest
from make_direct import DOI, RAW
from worlds import known

import fagprofil as fp
from fagprofil.catalogue import bundled
from fagprofil.evaluation.direct import direct_catalogue
from fagprofil.model import Module, Status

needs_raw = pytest.mark.skipif(not RAW.is_dir(), reason="DIRECT's own files are not here")


@pytest.fixture(scope="module")
def direct() -> fp.Catalogue:
    return direct_catalogue()


def mapped(direct: fp.Catalogue) -> list[Module]:
    return [one for one in direct.modules.values() if one.teaches is not None]


def raw(name: str) -> list[dict[str, str]]:
    with (RAW / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


# --- what is shipped is what DIRECT says --------------------------------------------------------


@needs_raw
def test_the_files_are_what_their_maker_makes() -> None:
    made = make_direct.files(RAW)
    assert {file.name for file in make_direct.TARGET.glob("*.toml")} == set(made)
    for name, content in made.items():
        assert (make_direct.TARGET / name).read_bytes() == content.encode(), name


@needs_raw
def test_skills_are_competences_with_their_texts_and_relations(direct: fp.Catalogue) -> None:
    rows = raw("skill")
    assert len(rows) == len(direct.taxonomy.competences)
    for row in rows:
        one = direct.taxonomy.competences[row["slug"]]
        assert one.name.en == row["name"].strip()
        assert one.description is not None
        assert one.description.en == row["description"].strip()
        assert one.area == row["competency"]
        assert set(one.related or ()) == set(row["related_skills"].split("|")) - {"", row["slug"]}


@needs_raw
def test_resources_are_modules_that_teach_what_they_are_linked_to(direct: fp.Catalogue) -> None:
    providers = {row["slug"]: row["name"] for row in raw("provider")}
    skills = raw("skill")
    rows = raw("learning_resource")
    assert len(rows) == len(direct.modules)
    for row in rows:
        # The three ids that are too long for the library are cut to their first 80 characters.
        (one,) = [it for it in direct.modules.values() if row["slug"][:70] == it.id[:70]]
        links = {
            skill["slug"]: 1
            for skill in skills
            if row["slug"] in skill["learning_resources"].split("|")
        }
        assert (one.teaches or {}) == links
        assert one.title.en == row["name"].strip()
        assert one.provider == providers.get(row["provider"])
        assert row["url"] in one.provenance.sources


def test_it_has_the_size_that_direct_tells(direct: fp.Catalogue) -> None:
    taxonomy = direct.taxonomy
    assert taxonomy.scale is not None
    assert [level.name.en for level in taxonomy.scale.levels] == [
        "Awareness",
        "Working",
        "Practitioner",
        "Expert",
    ]
    assert (len(taxonomy.competences), len(taxonomy.areas), len(direct.profiles)) == (164, 20, 20)
    assert len(direct.modules) == 207
    assert len(mapped(direct)) == 135
    assert sum(len(one.teaches or ()) for one in mapped(direct)) == 151


def test_each_profile_requires_the_skills_of_one_competency(direct: fp.Catalogue) -> None:
    for profile in direct.profiles.values():
        rows = profile.requirements or ()
        inside = {one.id for one in direct.taxonomy.competences.values() if one.area == profile.id}
        assert {row.competence for row in rows} == inside
        assert {(row.now, row.five_years, row.weight) for row in rows} == {(1, 1, 1.0)}


# --- honesty ------------------------------------------------------------------------------------


def test_what_direct_says_is_sourced_and_what_it_does_not_say_is_editorial(
    direct: fp.Catalogue,
) -> None:
    taxonomy = direct.taxonomy
    said = [taxonomy, taxonomy.scale, *taxonomy.areas.values(), *taxonomy.competences.values()]
    for one in [*said, *direct.modules.values()]:
        assert one is not None
        assert one.provenance.status == Status.SOURCED
        assert DOI in one.provenance.sources
    chosen = [one.provenance for one in direct.profiles.values()]
    chosen += [row.provenance for one in direct.profiles.values() for row in one.requirements or ()]
    for provenance in (*chosen, *(one.teaches_provenance for one in mapped(direct))):
        assert provenance is not None
        assert provenance.status == Status.EDITORIAL
        assert "this project's choice" in (provenance.note or "")


def test_nothing_is_invented_that_the_library_does_not_require(direct: fp.Catalogue) -> None:
    for one in direct.modules.values():
        facts = (one.ects, one.price, one.topics, one.programme, one.entry, one.year)
        assert facts == (None,) * 6
        assert "says nothing" in (one.provenance.note or "")
        assert (one.teaches is None) == (one.teaches_provenance is None)


def test_attribution_is_beside_the_data() -> None:
    text = bundled("benchmarks", "direct", "README.md").read_text(encoding="utf-8")
    for told in (DOI, "2.0.0", "00b4400e", "creativecommons.org/licenses/by/4.0", "Nenadic"):
        assert told in text


# --- it can be used -----------------------------------------------------------------------------


def test_one_catalogue_is_shared_and_like_any_other(direct: fp.Catalogue) -> None:
    assert direct_catalogue() is direct
    assert list(direct.problems()) == []


def test_a_missing_skill_is_closed_by_what_direct_links_to_it(direct: fp.Catalogue) -> None:
    skills = [row.competence for row in direct.profiles["web-infrastructure"].requirements or ()]
    assert skills == ["web-and-application-servers", "web-protocols", "web-security"]
    nobody = fp.Employee(id="e", evidence=known(dict.fromkeys(skills, 0)))
    assert fp.gap(nobody, "web-infrastructure", direct).total == 3.0
    result = fp.Recommender(direct, "coverage").recommend(nobody, "web-infrastructure", k=99)
    closing = {one.module for one in result if one.score is not None}
    linked = {one.id for one in mapped(direct) if set(one.teaches or ()) & set(skills)}
    assert closing == linked
    assert {one.score for one in result} <= {1.0, None}


# --- the maker, on files with everything that is odd ---------------------------------------------

CUT = "-".join(["word"] * 15 + ["words"])  # 15 * 4 + 5 + 15 = 80 characters
LONG = f"{CUT}-more"
ODD = {
    "skill_level": (
        "name,description,level,short_description,focus\r\n"
        '"Aware ","First line.  \nSecond ""line"".\n",1,,\r\nNone,Nothing.,0,,\r\n'
    ),
    "competency": "name,description,slug,competency_domain,rank\nC,About C.,c,d,1\n",
    "provider": "name,slug,url,ror,description\nThe Provider,p,,,\n",
    "skill": (
        "\ufeffname,description,slug,competency,tools_languages_methodologies,"
        "learning_resources,related_skills,rank\n"
        f'"B, second ", it’s \\ here  ,b,c,,{LONG}| r,b|a,1\nA,First,a,c,,r,,2\n'
    ),
    "learning_resource": (
        "name,slug,language,url,provider,description\n"
        f'"A ""long"" one",{LONG},en|es,https://x.org/1,p,\nR,r,en,https://x.org/2,,\n'
    ),
}


@pytest.fixture
def odd(tmp_path: Path) -> dict[str, Any]:
    for name, content in ODD.items():
        (tmp_path / f"{name}.csv").write_bytes(content.encode())
    return {name: tomllib.loads(text) for name, text in make_direct.files(tmp_path).items()}


def test_blanks_quotes_and_lines_are_read_as_meant(odd: dict[str, Any]) -> None:
    framework = odd["framework.toml"]
    assert framework["taxonomy"]["scale"]["levels"] == [
        {"level": 1, "name": {"en": "Aware"}, "descriptor": {"en": 'First line.\nSecond "line".'}}
    ]
    assert framework["competence"] == {
        "a": {"name": {"en": "A"}, "description": {"en": "First"}, "area": "c"},
        "b": {
            "name": {"en": "B, second"},
            "description": {"en": "it’s \\ here"},
            "area": "c",
            "related": ["a"],
        },
    }
    assert list(framework["profile"]["c"]["requirements"]) == ["a", "b"]


def test_a_long_id_is_cut_the_same_everywhere(odd: dict[str, Any]) -> None:
    modules = odd["resources.toml"]["module"]
    assert set(modules) == {"r", CUT}
    assert modules[CUT]["title"] == {"en": 'A "long" one'}
    assert modules[CUT]["provider"] == "The Provider"
    assert "language" not in modules[CUT]
    assert modules["r"]["language"] == "en"
    taught = {name: row["teaches"] for name, row in odd["links.toml"]["module"].items()}
    assert taught == {CUT: {"b": 1}, "r": {"a": 1, "b": 1}}
