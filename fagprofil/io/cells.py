"""Cells of text files that a spreadsheet may open."""

from __future__ import annotations

from typing import Any

__all__ = ["guarded", "unguarded"]

#: A spreadsheet would run a cell that begins with one of these as a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def guarded(cell: Any) -> Any:
    """A text that a spreadsheet would run as a formula, behind an apostrophe; others as they are.

    Examples
    --------
    >>> guarded("=1+1"), guarded(-1), guarded("'-x")
    ("'=1+1", -1, "''-x")
    """
    # What begins with an apostrophe already gets another, so that `unguarded` can take one.
    if isinstance(cell, str) and cell.lstrip("'").startswith(_FORMULA):
        return "'" + cell
    return cell


def unguarded(cell: str) -> str:
    """The text behind the apostrophe of `guarded`.

    Examples
    --------
    >>> unguarded("'=1+1"), unguarded("'n'")
    ('=1+1', "'n'")
    """
    return cell[1:] if cell.startswith("'") and guarded(cell) != cell else cell
