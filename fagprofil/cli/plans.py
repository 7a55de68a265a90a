"""Plans of classes, substitutes and pools."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from fagprofil import show
from fagprofil.answers import write_answers
from fagprofil.answers.case_plan import plan_case
from fagprofil.answers.written import check_folder
from fagprofil.cases import Case, cases, load_case
from fagprofil.catalogue import Catalogue, load_catalogue
from fagprofil.cli.options import (
    LangOption,
    Language,
    OverlayOption,
    silent,
    summary_in,
    told_errors,
    wrong_option,
)
from fagprofil.io import read_workforce
from fagprofil.model import Workforce
from fagprofil.show.calendar_plot import check_picture, save_calendar

__all__ = ["plan"]


def plan(
    what: Annotated[
        str,
        typer.Argument(
            metavar="CASE|FILE",
            help="A bundled case, one of your own (.toml), or a file of people with --setting.",
        ),
    ],
    setting: Annotated[
        str | None,
        typer.Option("--setting", help="The case by whose setting a file of people is planned."),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="A folder for each answer's figures, and plan.json."),
    ] = None,
    picture: Annotated[
        Path | None, typer.Option("--picture", help="Draw the calendar: .png, .svg or .pdf.")
    ] = None,
    lang: LangOption = Language.DA,
    overlay: OverlayOption = None,
) -> None:
    """Plan a case's classes, substitutes or pool, and answer what it asks, with a calendar."""
    with told_errors():
        if output is not None:
            check_folder(output)
        if picture is not None:
            check_picture(picture)
        catalogue = load_catalogue(overlay=overlay)
        case, people = _case(what, setting, catalogue)
        with silent():
            found = plan_case(case, people, catalogue)
        typer.echo(show.text(found, lang.value))
        summary = summary_in(lang)
        if output is not None:
            for path in write_answers(found, output, lang.value):
                summary.saved(path)
        if picture is not None:
            save_calendar(found, picture, lang.value)
            summary.saved(picture)


def _case(what: str, setting: str | None, catalogue: Catalogue) -> tuple[Case, Workforce | None]:
    """A case, and whom it is planned for if they are not its own."""
    if setting is not None:
        return load_case(setting), read_workforce(what, catalogue)
    if what not in cases() and Path(what).is_file() and not what.endswith(".toml"):
        expected = f"the case by whose setting {what!r} is planned"
        raise wrong_option("--setting", "", expected)
    return load_case(what), None
