"""A page for leaders."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from fagprofil.catalogue import load_catalogue
from fagprofil.cli.options import (
    ConfirmedOption,
    DateOption,
    File,
    HorizonOption,
    LangOption,
    Language,
    OverlayOption,
    ProfileOption,
    day_of,
    file_name,
    horizon_of,
    people_in,
    summary_in,
    told_errors,
    wrong_option,
)
from fagprofil.io.whole import whole
from fagprofil.recommend import Recommender
from fagprofil.show.report import report as page_of

__all__ = ["report"]


def report(
    file: File = None,
    output: Annotated[Path, typer.Option("--output", "-o", help="Where to write: .html.")] = Path(
        "report.html"
    ),
    profile: ProfileOption = None,
    horizon: HorizonOption = "over",
    persons: Annotated[
        bool,
        typer.Option(
            "--persons",
            help="A page for each person too, for those who may read of single persons.",
        ),
    ] = False,
    lang: LangOption = Language.DA,
    date: DateOption = None,
    overlay: OverlayOption = None,
    confirmed: ConfirmedOption = None,
) -> None:
    """Write a page on everybody in FILE: where units stand, what they lack and what helps."""
    with told_errors():
        if output.suffix.lower() not in (".html", ".htm") or not output.parent.is_dir():
            raise wrong_option("--output", str(output), "a file .html in a folder that exists")
        catalogue = load_catalogue(overlay=overlay)
        people = people_in(file, catalogue, confirmed)
        recommender = Recommender(catalogue, horizon=horizon_of(horizon), on=day_of(date))
        summary = summary_in(lang)
        summary.title(file_name(file), len(people), recommender.on)
        name = file_name(file) or summary.bundled
        page = page_of(recommender, people, profile, name=name, lang=lang.value, persons=persons)
        with whole(output) as temporary:
            temporary.write_text(page, encoding="utf-8")
        summary.saved(output)
