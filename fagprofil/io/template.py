"""An Excel workbook to fill in, which `read_workforce` reads."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final, get_args

from fagprofil.catalogue import Catalogue, load_catalogue
from fagprofil.errors import CannotScore, DataError, Problem
from fagprofil.io.excel import openpyxl_for, text_cell
from fagprofil.io.whole import whole
from fagprofil.ladder import ladder_of
from fagprofil.model import (
    OVER_FIVE_YEARS,
    Competence,
    Employer,
    EvidenceKind,
    Lang,
    ProfileLike,
    Scale,
)
from fagprofil.spellings import Spellings

__all__ = ["write_template"]

#: The columns before the competences.
_FACTS: Final = (
    *("employee", "unit", "profile", "backgrounds", "hired", "employer", "agreement"),
    *("education_level", "relevant_years", "completed", "kind", "date"),
)
_DATES: Final = ("hired", "date")
#: People for whom the sheet is prepared.
_ROWS: Final = 500
#: What Excel shows of a hint and its title.
_PROMPT, _TITLE = 255, 32
#: Points that the longest names of competences take.
_HEADING: Final = 220
#: Points of a line.
_LINE: Final = 15

_WORDS: Final[Mapping[str, Mapping[str, Any]]] = {
    "da": {
        "people": "Medarbejdere",
        "levels": "Niveauer",
        "competences": "Kompetencer",
        "columns": "Forklaring",
        "lists": "Lister",
        "level": ("niveau", "navn", "hvad man kan se"),
        "competence": ("kompetence", "område", "hvad man kan se", "id"),
        "column": ("kolonne", "hvad der skal stå"),
        "none": "Endnu ikke på første niveau.",
        "wrong": "Vælg fra listen.",
        "blank": "En tom celle betyder, at det ikke vides.",
    },
    "en": {
        "people": "People",
        "levels": "Levels",
        "competences": "Competences",
        "columns": "Explanation",
        "lists": "Lists",
        "level": ("level", "name", "what can be seen"),
        "competence": ("competence", "area", "what can be seen", "id"),
        "column": ("column", "what it holds"),
        "none": "Not at the first level yet.",
        "wrong": "Choose from the list.",
        "blank": "An empty cell means that it is not known.",
    },
}

#: What each column holds, in Danish and English.
_MEANS: Final[Mapping[str, tuple[str, str]]] = {
    "employee": (
        "Jeres eget pseudonym for personen. Aldrig et CPR-nummer: det bliver afvist.",
        "Your own pseudonym for the person. Never a CPR number: it is refused.",
    ),
    "unit": ("Kommune, afdeling eller team.", "Municipality, department or team."),
    "profile": (
        "Fagprofilen, som personen måles mod. Flere skrives virksomhed+helhed.",
        "The profile that the person is held against. Several are written virksomhed+helhed.",
    ),
    "backgrounds": (
        "Uddannelse. Flere skilles af semikolon.",
        "Education. Several are separated by semicolons.",
    ),
    "hired": ("Dato for ansættelsen.", "The day of hiring."),
    "employer": ("Afgør, hvilke fonde der kan betale.", "Decides which funds can pay."),
    "agreement": ("Overenskomst, fx hk eller ds.", "Collective agreement, for example hk or ds."),
    "education_level": (
        "Højeste uddannelses niveau i kvalifikationsrammen, 1-8.",
        "Level of the highest education in the qualifications framework, 1-8.",
    ),
    "relevant_years": (
        "Års relevant arbejde efter uddannelsen.",
        "Years of relevant work after that education.",
    ),
    "completed": (
        "Beståede moduler, skilt af semikolon.",
        "Modules that were passed, separated by semicolons.",
    ),
    "kind": (
        "Hvem der har vurderet rækkens niveauer. Tom: de er kendt med sikkerhed.",
        "Who rated the levels of the row. Empty: they are known for certain.",
    ),
    "date": ("Dagen for vurderingen.", "The day of the rating."),
}


def write_template(
    path: str | Path,
    catalogue: Catalogue | None = None,
    *,
    profile: ProfileLike | None = None,
    lang: Lang = "da",
) -> None:
    """Write an Excel workbook to fill in: one row per person, one column per competence.

    The first sheet has drop-downs for levels, kinds, profiles, educations and employers, and what
    each competence means as a note on its heading. Further sheets explain the levels, the
    competences and the columns. Filled in, the workbook goes to `read_workforce` as it is.

    Parameters
    ----------
    path
        Ends in ``.xlsx``.
    catalogue
        What is rated; None is the bundled one.
    profile
        Only the competences that it needs now or within five years; None is all.
    lang
        Language of the workbook.

    Raises
    ------
    CannotScore
        An edition without a scale, or a profile without contents.
    DataError
        Another suffix, or no such folder.
    MissingExtra
        openpyxl is not installed.
    UnknownName
        No such profile.

    Examples
    --------
    >>> import tempfile
    >>> import openpyxl
    >>> import fagprofil as fp
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder) / "team.xlsx"
    ...     write_template(file, profile="virksomhed", lang="en")
    ...     book = openpyxl.load_workbook(file)
    ...     book["People"]["A2"], book["People"]["B2"] = "e-1", "Vejle"
    ...     book.save(file)
    ...     fp.read_workforce(file)["e-1"].unit
    'Vejle'
    """
    target = Path(path)
    if target.suffix.lower() != ".xlsx" or not target.parent.is_dir():
        raise DataError([Problem(str(path), "path", str(path), "a .xlsx file in a folder that is")])
    openpyxl = openpyxl_for("an Excel template")
    form = _Form(catalogue if catalogue is not None else load_catalogue(), profile, lang)
    columns = form.columns
    book = openpyxl.Workbook()
    form.fill(book, columns)
    with whole(target) as temporary:
        book.save(temporary)


@dataclass(frozen=True, eq=False)
class _Form:
    """What stands in a template."""

    catalogue: Catalogue
    profile: ProfileLike | None
    lang: Lang

    @cached_property
    def spellings(self) -> Spellings:
        return Spellings(self.catalogue)

    @cached_property
    def scale(self) -> Scale:
        scale = self.catalogue.taxonomy.scale
        if scale is None:
            raise CannotScore(f"edition {self.catalogue.taxonomy.id!r} has no scale to rate by")
        return scale

    @cached_property
    def columns(self) -> Sequence[str]:
        """All columns: facts, then competences."""
        catalogue = self.catalogue
        named = list(catalogue.taxonomy.competences)
        if self.profile is not None:
            ladder = ladder_of(catalogue)
            need = ladder.need(catalogue.resolve(self.profile), OVER_FIVE_YEARS)
            named = [name for name in named if need[ladder.position[name]].any()]
        return (*_FACTS, *named)

    def word(self, field: str, name: str) -> str:
        return self.spellings.word(field, name, self.lang)

    @cached_property
    def choices(self) -> Mapping[str, Sequence[Any]]:
        """What can be chosen in a column."""
        catalogue = self.catalogue
        known: dict[str, Iterable[str]] = {
            "profile": catalogue.profiles,
            "backgrounds": catalogue.backgrounds,
            "employer": get_args(Employer),
            "kind": get_args(EvidenceKind),
        }
        found = {name: [self.word(name, one) for one in ids] for name, ids in known.items()}
        return {**found, "level": range(self.scale.top + 1)}

    def fill(self, book: Any, columns: Sequence[str]) -> None:
        words = _WORDS[self.lang]
        people = book.active
        people.title = words["people"]
        self._people(people, columns)
        levels = self.scale.levels
        steps: list[Sequence[Any]] = [(0, "-", words["none"])]
        steps += [(one.level, self.said(one.name), self.said(one.descriptor)) for one in levels]
        _sheet(book, words["levels"], words["level"], steps, (10, 24, 90))
        _sheet(
            book,
            words["competences"],
            words["competence"],
            self._competences(columns),
            (36, 30, 80, 34),
        )
        means = [(self.word("column", name), _MEANS[name][self.lang == "en"]) for name in _FACTS]
        means.append(("", words["blank"]))
        _sheet(book, words["columns"], words["column"], means, (24, 90))
        lists = book.create_sheet(words["lists"])
        self._lists(lists)
        self._drop_downs(people, lists, columns)

    def said(self, text: Any) -> str:
        return "" if text is None else str(text.in_(self.lang))

    def _people(self, sheet: Any, columns: Sequence[str]) -> None:
        from openpyxl.comments import Comment
        from openpyxl.styles import Alignment, Font
        from openpyxl.utils import get_column_letter

        competences = self.catalogue.taxonomy.competences
        for j, name in enumerate(columns, start=1):
            cell = text_cell(sheet.cell(1, j), self.word("column", name))
            cell.font = Font(bold=True)
            rated = name in competences
            cell.alignment = Alignment(text_rotation=90 if rated else 0, vertical="bottom")
            note = self._about(competences[name]) if rated else _MEANS[name][self.lang == "en"]
            if note:
                cell.comment = Comment(note, "fagprofil", height=140, width=320)
            column = sheet.column_dimensions[get_column_letter(j)]
            column.width = 5 if rated else 18
            if name in _DATES:
                column.number_format = "yyyy-mm-dd"
        sheet.freeze_panes = "B2"
        # Rotated headings are cut off at the height of a row.
        sheet.row_dimensions[1].height = _HEADING
        _printed(sheet, "landscape")
        sheet.print_title_cols = "A:A"

    def _competences(self, columns: Sequence[str]) -> Iterable[Sequence[str]]:
        taxonomy = self.catalogue.taxonomy
        for name in columns[len(_FACTS) :]:
            one = taxonomy.competences[name]
            area = "" if one.area is None else self.said(taxonomy.areas[one.area].name)
            yield self.said(one.name), area, self._about(one), name

    def _about(self, one: Competence) -> str:
        """What a competence is, and what its levels look like where it has words of its own."""
        levels = [f"{level}: {self.said(text)}" for level, text in enumerate(one.levels or (), 1)]
        return "\n".join(filter(None, [self.said(one.description), *levels]))

    def _lists(self, sheet: Any) -> None:
        for j, (name, values) in enumerate(self.choices.items(), start=1):
            text_cell(sheet.cell(1, j), self.word("column", name))
            for i, value in enumerate(values, start=2):
                cell = sheet.cell(i, j)
                if isinstance(value, str):
                    text_cell(cell, value)
                else:
                    cell.value = value

    def _drop_downs(self, sheet: Any, lists: Any, columns: Sequence[str]) -> None:
        from openpyxl.utils import get_column_letter
        from openpyxl.worksheet.datavalidation import DataValidation

        levels = "; ".join(f"{one.level} {self.said(one.name)}" for one in self.scale.levels)
        places = {name: j for j, name in enumerate(self.choices, start=1)}
        for j, name in enumerate(columns, start=1):
            field = "level" if j > len(_FACTS) else name
            if field not in places:
                continue
            letter, count = get_column_letter(places[field]), len(self.choices[field])
            rule = DataValidation(
                type="list", formula1=f"'{lists.title}'!${letter}$2:${letter}${count + 1}"
            )
            # A stack of profiles and several educations are written by hand.
            rule.showErrorMessage = field not in ("profile", "backgrounds")
            rule.error = _WORDS[self.lang]["wrong"]
            rule.showInputMessage = True
            rule.promptTitle = self.word("column", name)[:_TITLE]
            means = levels if field == "level" else _MEANS[name][self.lang == "en"]
            rule.prompt = means[:_PROMPT]
            own = get_column_letter(j)
            rule.add(f"{own}2:{own}{_ROWS + 1}")
            sheet.add_data_validation(rule)


def _printed(sheet: Any, orientation: str) -> None:
    """On paper a sheet is one page wide, with its headings on each page."""
    sheet.page_setup.orientation = orientation
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.page_setup.fitToHeight = 0
    sheet.print_title_rows = "1:1"


def _sheet(
    book: Any,
    title: str,
    header: Sequence[str],
    rows: Iterable[Sequence[Any]],
    widths: Sequence[int],
) -> None:
    """A sheet that explains."""
    from openpyxl.styles import Alignment, Font

    sheet = book.create_sheet(title)
    for i, row in enumerate([header, *rows], start=1):
        for j, value in enumerate(row, start=1):
            cell = sheet.cell(i, j)
            if isinstance(value, str):
                text_cell(cell, value)
            else:
                cell.value = value
            cell.alignment = Alignment(wrap_text=True, vertical="top", horizontal="left")
            if i == 1:
                cell.font = Font(bold=True)
        # Not every program makes room for text that is wrapped.
        lines = [math.ceil(len(str(x)) / (width - 4)) for x, width in zip(row, widths, strict=True)]
        sheet.row_dimensions[i].height = _LINE * max(1, *lines)
    for letter, width in zip("ABCD", widths, strict=False):
        sheet.column_dimensions[letter].width = width
    sheet.freeze_panes = "A2"
    _printed(sheet, "landscape")
