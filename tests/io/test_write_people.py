"""People written to files are read again as the same people."""

from __future__ import annotations

import datetime as dt
import tempfile
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from worlds import examples

import fagprofil as fp
from fagprofil.errors import DataError
from fagprofil.model.employee import looks_like_cpr

CATALOGUE = fp.load_catalogue()
SUFFIXES = [".csv", ".xlsx", ".parquet", ".json"]
DAYS = st.dates(dt.date(1990, 1, 1), dt.date(2030, 1, 1))

#: As readers take texts: without space at the ends, and none that is a person's number.
TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=8).map(
    str.strip
)
NAMES = st.one_of(TEXTS, st.sampled_from(["=1+1", "'=1", "''+x", "@a", "-1", "a;b", 'a"b', "æøå"]))
IDS = NAMES.filter(lambda text: text != "" and not looks_like_cpr(text))


def some(known: Any, **options: Any) -> Any:
    return st.lists(st.sampled_from(sorted(known)), max_size=3, unique=True, **options)


def statements(shared: Any) -> Any:
    one = st.fixed_dictionaries(
        {
            "competence": st.sampled_from(sorted(CATALOGUE.taxonomy.competences)[:6]),
            "level": st.integers(0, 5),
            **shared,
        }
    )
    return st.lists(one, max_size=4, unique_by=lambda x: x["competence"])


HOW = {
    "kind": st.sampled_from(["self", "manager", "known", "job", "education", "module"]),
    "date": st.none() | DAYS,
    "confidence": st.sampled_from([1.0, 0.5, 0.1]),
}


@st.composite
def crowds(draw: Any, form: str) -> list[fp.Employee]:
    found = []
    for name in draw(st.lists(IDS, unique=True, max_size=4)):
        how = {key: st.just(draw(one)) for key, one in HOW.items()} if form == "wide" else HOW
        facts = {
            "unit": draw(st.none() | IDS),
            "backgrounds": draw(st.none() | some(CATALOGUE.backgrounds, min_size=1)),
            "completed": draw(some(CATALOGUE.modules)),
            "profile": draw(st.sampled_from([None, "virksomhed", "virksomhed+helhed"])),
            "hired": draw(st.none() | DAYS),
            "employer": draw(st.sampled_from([None, "kommune", "other"])),
            "agreement": draw(st.sampled_from([None, "hk"])),
            "education_level": draw(st.none() | st.integers(1, 8)),
            "relevant_years": draw(st.none() | st.sampled_from([0.0, 2.5, 70.0])),
        }
        found.append(fp.Employee(id=name, evidence=draw(statements(how)), **facts))
    return found


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("lang", [None, "da", "en"])
@pytest.mark.parametrize("form", ["long", "wide"])
@examples(25)
@given(st.data())
def test_what_is_written_is_read_again(suffix: str, lang: Any, form: Any, data: Any) -> None:
    people = data.draw(crowds(form))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"people{suffix}"
        fp.write_workforce(people, path, form=form, lang=lang)
        found = list(fp.read_workforce(path).employees)
    # The columns of the wide form have one order for all.
    assert found == people if form == "long" else sorted_all(found) == sorted_all(people)


def sorted_all(people: list[fp.Employee]) -> list[fp.Employee]:
    return [
        one.model_copy(update={"evidence": sorted(one.evidence, key=lambda x: x.competence)})
        for one in people
    ]


SAID = fp.Evidence(competence="jobmatch", level=3, kind="self", date=dt.date(2026, 3, 1))


@pytest.mark.parametrize(
    ("form", "facts", "field"),
    [
        ("long", {"backgrounds": ()}, "backgrounds"),
        ("long", {"completed": [fp.Completion(module="mediation", passed=False)]}, "completed"),
        ("long", {"completed": ["mediation", "mediation"]}, "completed"),
        ("long", {"profile": {"virksomhed": 0.5, "helhed": 0.5}}, "profile"),
        ("long", {"evidence": [SAID, SAID]}, "evidence"),
        ("wide", {"evidence": [SAID, SAID.model_copy(update={"kind": "known"})]}, "evidence"),
        ("wide", {"evidence": [SAID, SAID.model_copy(update={"competence": "ips", "date": None})]},
         "date"),
    ],
)  # fmt: skip
def test_what_a_table_cannot_say_is_refused_and_json_says_it(
    tmp_path: Path, form: Any, facts: dict[str, Any], field: str
) -> None:
    people = [fp.Employee(id="a", **facts), fp.Employee(id="b")]
    with pytest.raises(DataError) as caught:
        fp.write_workforce(people, tmp_path / "people.csv", form=form)
    first = caught.value.problems[0]
    assert (first.where, first.field) == ("employee 'a'", field)
    assert list(tmp_path.iterdir()) == []
    fp.write_workforce(people, tmp_path / "people.json")
    assert list(fp.read_workforce(tmp_path / "people.json")) == people


def test_wrong_forms_and_suffixes_are_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="'long' or 'wide'"):
        fp.write_workforce([], tmp_path / "people.csv", form="tall")  # type: ignore[arg-type]
    with pytest.raises(DataError, match=r"\.xlsx"):
        fp.write_workforce([], tmp_path / "people.xls")


def test_cells_of_a_workbook_are_never_formulas(tmp_path: Path) -> None:
    people = [fp.Employee(id="=1+1", unit='=HYPERLINK("http://x")')]
    fp.write_workforce(people, tmp_path / "people.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "people.xlsx").worksheets[0]
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} == {"s"}
    assert [cell.value for cell in sheet[2]] == ["=1+1", '=HYPERLINK("http://x")']


def test_a_table_of_people_can_be_written_too(tmp_path: Path) -> None:
    table = pd.DataFrame({"Medarbejder": ["a"], "Jobmatch": [3]})
    fp.write_workforce(table, tmp_path / "people.parquet", form="wide")
    assert fp.read_workforce(tmp_path / "people.parquet") == fp.read_workforce(table).model_copy(
        update={"frame": None}
    )
