"""ESCO's bundles as they are: several versions, files missing, traps."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import fagprofil as fp
from fagprofil.standards import Framework, as_catalogue, read_esco

SHARED = Path(os.environ.get("FAGPROFIL_SHARED") or Path(__file__).parents[3] / "shared" / "data")
SKILL = "http://data.europa.eu/esco/skill/"


def bundle(folder: Path, **files: str) -> Path:
    """A folder with files of these names and texts."""
    folder.mkdir(exist_ok=True)
    for name, text in files.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8-sig")
    return folder


SKILLS_DA = (
    "conceptType,conceptUri,skillType,reuseLevel,preferredLabel,altLabels\n"
    f'Skill,{SKILL}a,skill/competence,transversal,motivere andre ,"inspirere\nopmuntre"\n'
    f"Skill,{SKILL}b,knowledge,sector-specific,motivere andre,\n"
)


def test_versions_and_languages_are_merged_on_the_address(tmp_path: Path) -> None:
    old = bundle(tmp_path / "old", skills_da=SKILLS_DA)
    new = bundle(
        tmp_path / "new",
        skills_en=f"conceptUri,preferredLabel,conceptType\n{SKILL}a,motivate others,Skill\n",
        skills_da=f"conceptUri,preferredLabel,conceptType\n{SKILL}a,motivere folk,Skill\n",
    )
    both = read_esco(old, new)
    assert both[f"{SKILL}a"].names == {"da": "motivere andre", "en": "motivate others"}
    assert both[f"{SKILL}a"].alternatives == {"da": ("inspirere", "opmuntre")}
    assert [(loss.what, loss.count) for loss in both.losses] == [("preferredLabel in da", 1)]
    assert read_esco(new, old)[f"{SKILL}a"].names["da"] == "motivere folk"


def test_equal_labels_become_two_ids_that_stay(tmp_path: Path) -> None:
    both = read_esco(bundle(tmp_path / "x", skills_da=SKILLS_DA))
    found = as_catalogue(both, as_of="2026-01-01").catalogue.taxonomy.competences
    assert list(found) == ["motivere-andre-a", "motivere-andre-b"]
    assert [one.kind for one in found.values()] == ["basis", "specialised"]


@pytest.mark.parametrize("suffix", ["", "_en"])
def test_relation_files_of_either_name(tmp_path: Path, suffix: str) -> None:
    files = {
        "skills_en": f"conceptType,conceptUri,preferredLabel\nSkill,{SKILL}a,match\n",
        "skillGroups_en": (
            "conceptType,conceptUri,preferredLabel,code\n"
            "SkillGroup,urn:g1,work,S1\nSkillGroup,urn:g2,people,S2\n"
        ),
        "occupations_en": (
            "conceptType,conceptUri,preferredLabel,code\nOccupation,urn:o,adviser,1\n"
        ),
        f"broaderRelationsSkillPillar{suffix}": (
            f"conceptUri,broaderUri\n{SKILL}a,urn:g2\n{SKILL}a,urn:g1\n{SKILL}a,urn:gone\n"
        ),
        f"occupationSkillRelations{suffix}": (
            "occupationUri,relationType,skillUri\n"
            f"urn:o,optional,{SKILL}a\nurn:o,essential,{SKILL}a\nurn:o,optional,{SKILL}a\n"
            f"urn:o,optional,{SKILL}gone\n"
        ),
    }
    esco = read_esco(bundle(tmp_path / "x", **files))
    assert esco[f"{SKILL}a"].broader == ("urn:g1", "urn:g2")
    assert [(need.concept, need.essential) for need in esco.roles[0].needs] == [(f"{SKILL}a", True)]
    told = {(loss.what, loss.why) for loss in esco.losses}
    assert told == {
        ("broader", "no file has the other concept"),
        ("needs", "no file has the skill"),
    }
    catalogue, losses = as_catalogue(esco, as_of="2026-01-01")
    assert catalogue.taxonomy.competences["match"].area == "work"
    (row,) = catalogue.profiles["adviser"].requirements or ()
    assert (row.now, row.five_years, row.weight, row.provenance.status) == (1, 1, 1.0, "editorial")
    assert "groups" in {loss.what for loss in losses}


def test_a_draft_on_a_scale_of_ones_own(tmp_path: Path, catalogue: fp.Catalogue) -> None:
    files = {
        "skills_da": SKILLS_DA,
        "occupations_da": "conceptType,conceptUri,preferredLabel\nOccupation,urn:o,vejleder\n",
        "occupationSkillRelations": (
            "occupationUri,relationType,skillUri\n"
            f"urn:o,essential,{SKILL}a\nurn:o,optional,{SKILL}b\n"
        ),
    }
    esco = read_esco(bundle(tmp_path / "x", **files))
    scale = catalogue.taxonomy.scale
    options = {"scale": scale, "levels": (3, 2), "weights": (2.0, 0.25), "edition": "vores"}
    ours = as_catalogue(esco, as_of="2026-01-01", **options).catalogue
    rows = {row.competence[-1]: row for row in ours.profiles["vejleder"].requirements or ()}
    assert {name: (row.now, row.five_years, row.weight) for name, row in rows.items()} == {
        "a": (3, 3, 2.0),
        "b": (2, 2, 0.25),
    }
    assert [rows["a"].essential, rows["b"].essential] == [True, False]
    assert ours.taxonomy.id == "vores"
    # Danish where English is asked for, when that is said.
    german = as_catalogue(esco, as_of="2026-01-01", languages={"en": "da"}).catalogue
    assert german.profiles["vejleder"].name.en == "vejleder"
    with pytest.raises(fp.errors.DataError, match="a level from 0 to 5"):
        as_catalogue(esco, as_of="2026-01-01", scale=scale, levels=(6, 2))
    with pytest.raises(fp.errors.DataError, match="a date as"):
        as_catalogue(esco, as_of="soon")


def test_the_collections_bars(tmp_path: Path) -> None:
    header = "conceptType,conceptUri,reuseLevel,preferredLabel,altLabels,broaderConceptUri\n"
    row = f"Skill,{SKILL}a,transversal,match,pair | join,urn:g1 | urn:g2\n"
    groups = "conceptType,conceptUri,preferredLabel\nSkillGroup,urn:g1,a\nSkillGroup,urn:g2,b\n"
    esco = read_esco(
        bundle(tmp_path / "x", transversalSkillsCollection_en=header + row, skillGroups_en=groups)
    )
    assert esco[f"{SKILL}a"].alternatives == {"en": ("join", "pair")}
    assert esco[f"{SKILL}a"].broader == ("urn:g1", "urn:g2")
    assert esco[f"{SKILL}a"].transversal


def test_what_is_wrong_is_told_at_once(tmp_path: Path) -> None:
    wrong = "conceptType,conceptUri,preferredLabel\nSkill,,a\nSkill,,b\n"
    with pytest.raises(fp.errors.DataError) as error:
        read_esco(bundle(tmp_path / "x", skills_en=wrong))
    assert [one.where for one in error.value.problems] == [
        "skills_en.csv line 2",
        "skills_en.csv line 3",
    ]
    with pytest.raises(fp.errors.DataError, match="a language in the file's name"):
        read_esco(bundle(tmp_path / "y", skills=SKILLS_DA))
    assert read_esco(tmp_path / "y", language="da").languages == ("da",)
    with pytest.raises(fp.errors.DataError, match="a file of skills"):
        read_esco(bundle(tmp_path / "z", conceptSchemes_en="a\n1\n"))
    with pytest.raises(fp.errors.DataError, match="preferredLabel: expected a column"):
        read_esco(bundle(tmp_path / "w", skills_en="conceptType,conceptUri,preferedLabel\n"))
    with pytest.raises(FileNotFoundError):
        read_esco(tmp_path / "nowhere")


def test_a_circle_is_an_error(tmp_path: Path) -> None:
    skills = f"conceptType,conceptUri,preferredLabel\nSkill,{SKILL}a,a\nSkill,{SKILL}b,b\n"
    circle = f"conceptUri,broaderUri\n{SKILL}a,{SKILL}b\n{SKILL}b,{SKILL}a\n"
    with pytest.raises(fp.errors.DataError, match="no way back to the concept itself"):
        read_esco(bundle(tmp_path / "x", skills_en=skills, broaderRelationsSkillPillar=circle))


@pytest.fixture(scope="module")
def whole() -> Framework:
    folders = [SHARED / "esco" / name for name in ("v1.2.0-en", "v1.0-da")]
    if not all(folder.is_dir() for folder in folders):
        pytest.skip("no ESCO in the folder of shared data")
    return read_esco(*folders, version="1.2.0")


def test_the_whole_of_esco(whole: Framework) -> None:
    """Counts from the files' README."""
    skills = [one for one in whole.concepts if not one.group]
    assert len(skills) == 13_939 + 299
    assert sum("da" in one.names and "en" in one.names for one in skills) == 13_186
    assert sum(len(one.broader) for one in skills) == 20_186
    # The file has pairs twice; where it says both, essential counts.
    assert 128_000 < sum(len(role.needs) for role in whole.roles) <= 128_405
    both = [one for one in whole.concepts if one.type == "skill/competence knowledge"]
    assert len(both) <= 1
    labels = [one.names["da"] for one in skills if "da" in one.names]
    assert all(label == label.strip() for label in labels)
    assert len(labels) - len(set(labels)) == 6


def test_the_whole_of_esco_as_a_catalogue(whole: Framework) -> None:
    catalogue, _ = as_catalogue(whole, as_of="2026-01-01")
    assert len(catalogue.taxonomy.competences) == 14_238
    assert len(catalogue.profiles) == len(whole.roles)


def test_the_whole_of_esco_fits_in_a_gigabyte(whole: Framework) -> None:  # noqa: ARG001 (skips)
    """In a process of its own, whose memory is not that of other tests."""
    if not Path("/proc/self/status").exists():
        pytest.skip("the peak of memory is read as Linux tells it")
    code = f"""
import re
from fagprofil.standards import as_catalogue, read_esco
esco = read_esco({str(SHARED / "esco" / "v1.2.0-en")!r}, {str(SHARED / "esco" / "v1.0-da")!r})
as_catalogue(esco, as_of="2026-01-01")
# Not getrusage, whose figure is the larger one of the process that started this one.
print(re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read())[1])
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert int(done.stdout) < 1_000_000  # kilobytes


def test_one_occupation_is_a_profile_that_can_be_scored(whole: Framework) -> None:
    one = whole.select(["Beskæftigelseskonsulent"])
    catalogue, _ = as_catalogue(one, as_of="2026-01-01")
    (name,) = catalogue.profiles
    rows = catalogue.profiles[name].requirements or ()
    assert len(rows) == len(one.roles[0].needs)
    # The skills above those needed come along.
    assert len(rows) < len(catalogue.taxonomy.competences) < 2 * len(rows)
    held = [
        fp.Evidence(competence=row.competence, level=int(place < 3), kind="known")
        for place, row in enumerate(rows)
    ]
    gap = fp.gap(fp.Employee(id="a", evidence=held), name, catalogue)
    weights = [row.weight for row in rows]
    assert gap.readiness == pytest.approx(sum(weights[:3]) / sum(weights), abs=1e-6)
    with pytest.raises(fp.errors.UnknownName, match="did you mean 'beskæftigelseskonsulent'"):
        whole.select(["beskæftigelseskonsulenter"])
