"""O*NET's tab files: importance, level and standard error."""

from pathlib import Path

import pytest

import fagprofil as fp
from fagprofil.standards import as_catalogue, read_onet

COLUMNS = (
    *("O*NET-SOC Code", "Element ID", "Element Name", "Scale ID", "Data Value", "N"),
    *("Standard Error", "Recommend Suppress", "Not Relevant"),
)


def folder(tmp_path: Path, *rows: str) -> Path:
    """Skills.txt with rows of code, element, scale, value, error, suppress, not relevant."""
    lines = ["\t".join(COLUMNS)]
    for row in rows:
        code, element, scale, value, *rest = row.split()
        error, suppress, irrelevant = rest or ("n/a", "N", "n/a")
        cells = [code, element, f"Name {element}", scale, value, "8", error, suppress, irrelevant]
        lines.append("\t".join(cells))
    (tmp_path / "Skills.txt").write_text("\n".join(lines) + "\n")
    return tmp_path


def test_ratings_become_needs(tmp_path: Path) -> None:
    rows = (
        *("o 2.A.1 IM 4.00", "o 2.A.1 LV 4.62 0.26 N N"),
        *("o 2.A.2 IM 1.00", "o 2.A.2 LV 3.00 0.1 N N"),
        *("o 2.A.3 IM 5.00", "o 2.A.3 LV 2.00 0.1 N Y"),
        *("o 2.A.4 IM 3.00", "o 2.A.4 LV 0.40 0.1 N N"),
        *("o 2.A.5 IM 3.00 0.1 Y n/a", "o 2.A.5 LV 3.00 0.1 N N"),
        *("o 2.A.6 IM 3.00", "o 2.A.6 LV 7.00 0.0 N N"),
    )
    framework = read_onet(folder(tmp_path, *rows))
    (role,) = framework.roles
    found = {need.concept[-1]: (need.level, need.weight, need.error) for need in role.needs}
    assert found == {"1": (5, 0.75, 0.26), "6": (7, 0.5, 0.0)}
    told = {loss.what for loss in framework.losses}
    assert told == {"level", "needs", "ratings"}
    catalogue, losses = as_catalogue(framework, as_of="2026-01-01")
    assert catalogue.taxonomy.scale is not None
    assert catalogue.taxonomy.scale.top == 7
    (profile,) = catalogue.profiles.values()
    assert {(row.now, row.weight) for row in profile.requirements or ()} == {(5, 0.75), (7, 0.5)}
    assert "error" in {loss.what for loss in losses}


def test_titles_and_groups(tmp_path: Path) -> None:
    folder(tmp_path, "21-1.00 2.A.1 IM 4.00", "21-1.00 2.A.1 LV 4.00 0.2 N N")
    (tmp_path / "Occupation Data.txt").write_text(
        "O*NET-SOC Code\tTitle\tDescription\n21-1.00\tCounselors\tAdvise.\n"
    )
    (tmp_path / "Content Model Reference.txt").write_text(
        "Element ID\tElement Name\tDescription\n2\tWorker\tx\n2.A\tBasic\ty\n2.A.1\tListening\tz\n"
    )
    framework = read_onet(tmp_path)
    assert framework.roles[0].names == {"en": "Counselors"}
    assert [one.group for one in framework.concepts] == [True, True, False]
    assert framework["urn:onet:element:2.A.1"].broader == ("urn:onet:element:2.A",)
    assert framework["urn:onet:element:2.A"].broader == ("urn:onet:element:2",)


def test_wrong_numbers_are_told_at_once(tmp_path: Path) -> None:
    folder(tmp_path, "o 2.A.1 IM 6", "o 2.A.1 LV nan 0.2 N N", "o 2.A.2 LV 2 -1 N N")
    with pytest.raises(fp.errors.DataError) as error:
        read_onet(tmp_path)
    assert [(one.field, one.value) for one in error.value.problems] == [
        ("Data Value", "6"),
        ("Data Value", "nan"),
        ("Standard Error", "-1"),
    ]
    with pytest.raises(fp.errors.DataError, match="at least one of"):
        read_onet(tmp_path.parent)
    with pytest.raises(FileNotFoundError):
        read_onet(tmp_path / "gone")
