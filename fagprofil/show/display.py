"""A table with lines above and below, for a terminal and for a notebook."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import NamedTuple

from fagprofil.show.html import page
from fagprofil.show.text import MOST, table

__all__ = ["Display"]


class Display(NamedTuple):
    """What a terminal and a notebook show alike: lines, and a table with cells of text."""

    title: str
    above: Sequence[str]
    header: Sequence[str]
    rows: Sequence[Sequence[str]]
    right: Sequence[int] = ()
    below: Sequence[str] = ()

    def as_text(self) -> str:
        """For a terminal."""
        lines = [self.title, *self.above, *table(self.header, self.rows), *self.below]
        return "\n".join(lines)

    def as_html(self) -> str:
        """For a notebook, escaped."""
        cells = [[escape(cell) for cell in row] for row in self.rows[:MOST]]
        more = [f"... +{len(self.rows) - MOST}"] if len(self.rows) > MOST else []
        below = [*more, *self.below]
        return page(self.title, self.above, self.header, cells, right=self.right, below=below)
