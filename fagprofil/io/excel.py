"""Excel workbooks, by openpyxl."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from fagprofil.errors import DataError, MissingExtra, Problem

__all__ = ["openpyxl_for", "read_sheet", "text_cell", "write_sheet"]


def openpyxl_for(doing: str) -> Any:
    """The package.

    Raises
    ------
    MissingExtra
        It is not installed.
    """
    try:
        import openpyxl
    except ModuleNotFoundError:
        raise MissingExtra(doing, "openpyxl", "frames") from None
    return openpyxl


def read_sheet(path: Path) -> list[list[Any]]:
    """The cells of a workbook's first sheet, row by row, all equally long.

    Raises
    ------
    DataError
        No Excel workbook.
    MissingExtra
        openpyxl is not installed.
    """
    openpyxl = openpyxl_for("reading Excel")
    try:
        with closing(openpyxl.load_workbook(path, read_only=True, data_only=True)) as book:
            rows = [list(row) for row in book.worksheets[0].iter_rows(values_only=True)]
    except Exception as error:
        # A damaged workbook ends in errors of many kinds: of zip, XML, keys and positions.
        raise DataError([Problem(path.name, "file", None, f"an Excel workbook; {error}")]) from None
    width = max(map(len, rows), default=0)
    return [row + [None] * (width - len(row)) for row in rows]


def write_sheet(header: Sequence[str], rows: Iterable[Sequence[Any]], path: Path) -> None:
    """Write a workbook of one sheet; text is text, also where it looks like a formula.

    Raises
    ------
    DataError
        A text with characters that a workbook cannot hold.
    MissingExtra
        openpyxl is not installed.
    """
    openpyxl = openpyxl_for("writing Excel")
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("fagprofil")
    sheet.freeze_panes = "A2"
    for number, row in enumerate([header, *rows], start=1):
        try:
            sheet.append([_cell(sheet, value) for value in row])
        except openpyxl.utils.exceptions.IllegalCharacterError:
            where, expected = f"{path.name} row {number}", "text without control characters"
            raise DataError([Problem(where, "text", None, expected)]) from None
    book.save(path)


def _cell(sheet: Any, value: Any) -> Any:
    if not isinstance(value, str):
        return value
    from openpyxl.cell import WriteOnlyCell

    return text_cell(WriteOnlyCell(sheet), value)


def text_cell(cell: Any, text: str) -> Any:
    """A cell that holds a text, also where it looks like a formula."""
    cell.value = text
    cell.data_type = "s"
    return cell
