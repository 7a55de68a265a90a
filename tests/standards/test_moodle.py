"""Moodle's CSV: by position, references with commas, scales, HTML."""

import csv
import json
from pathlib import Path

import pytest

import fagprofil as fp
from fagprofil.standards import (
    Concept,
    Framework,
    Need,
    Role,
    Step,
    as_framework,
    read_moodle,
    write_moodle,
    write_moodle_templates,
)

HEADER = ",".join(f'"column {i}"' for i in range(14))
# In the form of the importer's own example: names of columns are any, rows count by position.
FILE = f"""{HEADER}
,core,Core,"<p>What <b>all</b> need<br>&amp; do</p>",1,"Not yet,Some,All","[{{}}]",,,,,,1,"a,b,c,d"
,group,Group,,1,,,,0,null,,1,,
group,"k,1",One,<p>First</p>,1,,,,0,null,two,2,,
group,two,Two,,1,,,core_competency\\competency_rule_all,1,null,"k%2C1",3,,
"""


def rows(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def test_reading(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text(FILE)
    framework = read_moodle(path, language="en")
    one, two = framework["urn:moodle:core:k%2C1"], framework["urn:moodle:core:two"]
    assert framework.descriptions == {"en": "What all need\n& do"}
    assert [step.names["en"] for step in framework.scale] == ["Some", "All"]
    assert framework["urn:moodle:core:group"].group
    assert (one.broader, one.related) == (("urn:moodle:core:group",), (two.uri,))
    assert two.related == (one.uri,)
    assert {loss.what for loss in framework.losses} == {
        *("Description", "Scale configuration", "Rule type"),
    }


def test_rows_that_refer_to_nothing_are_told_at_once(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text(FILE.replace('group,"k,1"', 'grup,"k,1"').replace("k%2C1", "gone"))
    with pytest.raises(fp.errors.DataError) as error:
        read_moodle(path)
    found = [(one.field, one.value, one.suggestion) for one in error.value.problems]
    assert ("Parent ID number", "grup", "group") in found
    assert ("Cross-referenced competency ID numbers", "gone", None) in found
    path.write_text(FILE.replace(',,1,"a,b', ',,0,"a,b'))
    with pytest.raises(fp.errors.DataError, match="one row that says it is the framework"):
        read_moodle(path)
    path.write_text("a,b\n1,2\n")
    with pytest.raises(fp.errors.DataError, match="14 columns, not 2"):
        read_moodle(path)


def test_what_the_importer_gets(tmp_path: Path) -> None:
    """Position by position, as Moodle's framework_importer reads."""
    path = tmp_path / "x.csv"
    ours = as_framework(fp.load_catalogue())
    write_moodle(ours, path)
    header, head, *items = rows(path)
    assert {len(row) for row in (header, head, *items)} == {14}
    assert (head[0], head[12], items[0][12]) == ("", "1", "")
    ids = [row[1] for row in items]
    assert len(set(ids)) == len(ids) == len(ours.concepts)
    # Parents come before what is under them, and ids and names are within Moodle's length.
    for place, row in enumerate(items):
        assert row[0] == "" or row[0] in ids[:place]
        assert 0 < len(row[1]) <= 100
        assert 0 < len(row[2]) <= 100
    assert head[5].split(",")[0] == "Endnu ikke"
    scale, *values = json.loads(head[6])
    assert "scaleid" in scale
    assert len(head[5].split(",")) == 6
    # The values count from 1; "not yet" is the first, so level 3 is the fourth.
    assert values == [
        {"id": 4, "scaledefault": 1, "proficient": 1},
        {"id": 5, "scaledefault": 0, "proficient": 1},
        {"id": 6, "scaledefault": 0, "proficient": 1},
    ]


def test_long_names_and_commas(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    long = "l" * 101
    framework = Framework(
        uri="urn:f",
        names={"en": "F"},
        scale=[Step(level=1, names={"en": "some, not all"})],
        concepts=[
            Concept(uri="urn:a", names={"en": long}, code="a,1", related=["urn:b"]),
            Concept(uri="urn:b", names={"en": "=1+1"}, code="b", related=["urn:a"]),
        ],
        roles=[Role(uri="urn:r", names={"en": "R"}, needs=[Need(concept="urn:a", level=1)])],
    )
    report = write_moodle(framework, path, language="en")
    told = {loss.what for loss in report}
    assert {"names", "names of a level", "roles"} <= told
    _, head, a, b = rows(path)
    assert head[5] == "Not yet,some  not all"
    assert len(a[2]) == 100
    assert a[3] == long
    # A spreadsheet would run it.
    assert b[2] == "'=1+1"
    back = read_moodle(path, language="en")
    assert back["urn:f:b"].names["en"] == "=1+1"
    assert back["urn:f:a%2C1"].related == ("urn:f:b",)
    assert back["urn:f:b"].related == ("urn:f:a%2C1",)
    report = write_moodle_templates(framework, path, language="en")
    assert rows(path)[1] == ["R", "", "2", "urn:f", "a%2C1"]
    assert [loss.what for loss in report] == ["level"]
    with pytest.raises(fp.errors.DataError, match="a level from 1 to 1"):
        write_moodle(framework, path, proficient=2)
