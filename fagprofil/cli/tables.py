"""Tables of people: a workbook to fill in, and what is wrong with a table as a table."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from fagprofil.catalogue import load_catalogue
from fagprofil.cli.options import (
    ConfirmedOption,
    LangOption,
    Language,
    OverlayOption,
    ProfileOption,
    people_in,
    summary_in,
    told_errors,
)
from fagprofil.errors import DataError
from fagprofil.io import check_suffix, write_problems, write_template

__all__ = ["check", "template"]


def check(
    file: Annotated[Path, typer.Argument(help="People as .csv, .xlsx, .parquet or .json.")],
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="Where to write what is wrong: .csv, .xlsx, ..."),
    ] = None,
    confirmed: ConfirmedOption = None,
    lang: LangOption = Language.DA,
    overlay: OverlayOption = None,
) -> None:
    """Check a FILE of people; what is wrong can be written as a table, with suggestions."""
    with told_errors():
        if output is not None:
            check_suffix(output)
        summary = summary_in(lang)
        try:
            people = people_in(file, load_catalogue(overlay=overlay), confirmed)
        except DataError as error:
            if output is None:
                raise
            write_problems(error, output)
            summary.written(output, len(error.problems))
            raise typer.Exit(2) from None
        summary.people(file.name, len(people))


def template(
    output: Annotated[
        Path, typer.Option("--output", "-o", help="Where to write the workbook: .xlsx.")
    ] = Path("fagprofil.xlsx"),
    profile: ProfileOption = None,
    lang: LangOption = Language.DA,
    overlay: OverlayOption = None,
) -> None:
    """Write an Excel workbook to fill in: one row per person, one column per competence."""
    with told_errors():
        catalogue = load_catalogue(overlay=overlay)
        write_template(output, catalogue, profile=profile, lang=lang.value)
        summary_in(lang).saved(output)
