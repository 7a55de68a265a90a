"""The workbook to fill in: it is read as what was filled in, and it explains itself."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import openpyxl
import pytest

import fagprofil as fp
from fagprofil.errors import CannotScore, DataError, UnknownName
from fagprofil.io import write_template

CATALOGUE = fp.load_catalogue()
COMPETENCES = CATALOGUE.taxonomy.competences


def filled(path: Path, rows: list[dict[str, Any]], **options: Any) -> fp.Workforce:
    """A template with some rows, by heading, read as a workforce."""
    write_template(path, **options)
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    headings = {cell.value: cell.column for cell in sheet[1]}
    for i, row in enumerate(rows, start=2):
        for heading, value in row.items():
            sheet.cell(i, headings[heading]).value = value
    book.save(path)
    return fp.read_workforce(path)


def choices(path: Path) -> dict[str, list[Any]]:
    """What each drop-down of a column offers, by the column's heading."""
    book = openpyxl.load_workbook(path)
    sheet, found = book.worksheets[0], {}
    for rule in sheet.data_validations.dataValidation:
        title, _, cells = rule.formula1.strip("'").partition("'!")
        offered = [cell.value for (cell,) in book[title][cells.replace("$", "")]]
        for area in rule.sqref.ranges:
            found[sheet.cell(1, area.min_col).value] = offered
    return found


@pytest.mark.parametrize("lang", ["da", "en"])
def test_what_is_filled_in_is_read(tmp_path: Path, lang: Any) -> None:
    names = [one.name.in_(lang) for one in COMPETENCES.values()]
    words = {
        "da": ("Medarbejder", "Enhed", "Uddannelser", "Fagprofil", "Ansat", "Kilde", "Dato"),
        "en": ("Employee", "Unit", "Backgrounds", "Profile", "Hired", "Kind", "Date"),
    }[lang]
    kind = {"da": "leder", "en": "manager"}[lang]
    background = CATALOGUE.backgrounds["kommunom"].name.in_(lang)
    day = dt.date(2026, 11, 1)
    facts = ("e-1", "Vejle", background, "virksomhed+helhed", dt.date(2020, 1, 1), kind, day)
    levels = {name: i % 6 for i, name in enumerate(names)}
    rows = [{**dict(zip(words, facts, strict=True)), **levels}, {words[0]: "e-2", names[0]: "4"}]
    first, second = filled(tmp_path / "team.xlsx", rows, lang=lang)
    assert (first.id, first.unit, first.backgrounds) == ("e-1", "Vejle", ("kommunom",))
    assert (first.profile, first.hired) == ("virksomhed+helhed", dt.date(2020, 1, 1))
    said = {one.competence: one.level for one in first.evidence}
    assert said == {name: i % 6 for i, name in enumerate(COMPETENCES)}
    assert {(one.kind, one.date) for one in first.evidence} == {("manager", day)}
    assert [(x.competence, x.level, x.kind) for x in second.evidence] == [
        (next(iter(COMPETENCES)), 4, "known")
    ]


@pytest.mark.parametrize("lang", ["da", "en"])
def test_all_that_can_be_chosen_is_read(tmp_path: Path, lang: Any) -> None:
    path = tmp_path / "team.xlsx"
    write_template(path, lang=lang)
    offered = choices(path)
    levels = [name for name, values in offered.items() if values == [0, 1, 2, 3, 4, 5]]
    assert len(levels) == len(COMPETENCES)
    facts = {name: values for name, values in offered.items() if name not in levels}
    assert len(facts) == 4
    who = next(cell.value for cell in openpyxl.load_workbook(path).worksheets[0][1])
    for heading, values in facts.items():
        rows = [{who: f"e{i}", heading: value} for i, value in enumerate(values)]
        assert len(filled(path, rows, lang=lang)) == len(values)


def test_a_profile_has_the_columns_that_it_needs(tmp_path: Path) -> None:
    path = tmp_path / "team.xlsx"
    write_template(path, profile="virksomhed", lang="en")
    headings = [cell.value for cell in openpyxl.load_workbook(path).worksheets[0][1]]
    for name, one in COMPETENCES.items():
        gap = fp.gap(fp.Employee(id="e"), "virksomhed", CATALOGUE, horizon=fp.OVER_FIVE_YEARS)
        needed = any(part.competence == name and part.weight > 0 for part in gap.parts)
        assert (one.name.in_("en") in headings) == needed


def test_it_explains_levels_competences_and_columns(tmp_path: Path) -> None:
    path = tmp_path / "team.xlsx"
    write_template(path)
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["Medarbejdere", "Niveauer", "Kompetencer", "Forklaring", "Lister"]
    scale = CATALOGUE.taxonomy.scale
    assert scale is not None
    shown = [[cell.value for cell in row] for row in book["Niveauer"].iter_rows()]
    assert shown[2:] == [[x.level, x.name.da, x.descriptor.da] for x in scale.levels]
    notes = {cell.value: cell.comment.text for cell in book.worksheets[0][1] if cell.comment}
    for one in COMPETENCES.values():
        assert one.description is None or notes[one.name.da] == one.description.da
    assert "CPR" in notes["Medarbejder"]
    kinds = {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row}
    assert "f" not in kinds  # no formulas


def test_an_empty_template_has_nobody(tmp_path: Path) -> None:
    assert len(filled(tmp_path / "team.xlsx", [])) == 0


def test_what_cannot_be_a_template_is_refused(tmp_path: Path) -> None:
    for path in (tmp_path / "team.csv", tmp_path / "no" / "team.xlsx"):
        with pytest.raises(DataError, match=r"\.xlsx"):
            write_template(path)
    with pytest.raises(UnknownName, match="virksomhed"):
        write_template(tmp_path / "team.xlsx", profile="virksomhet")
    with pytest.raises(CannotScore, match="fagprofiler-2019"):
        write_template(tmp_path / "team.xlsx", fp.load_catalogue("fagprofiler-2019"))
    assert list(tmp_path.iterdir()) == []
