"""What the commands share: their options, what is shown on the way, and errors in plain words."""

from __future__ import annotations

import datetime as dt
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress

from fagprofil.cases import load_case
from fagprofil.catalogue import Catalogue
from fagprofil.errors import DataError, FagprofilError, Problem
from fagprofil.io import read_confirmed, read_workforce, unread_columns
from fagprofil.model import IN_FIVE_YEARS, NOW, OVER_FIVE_YEARS, Horizon, Workforce, at
from fagprofil.show.summary import Summary

__all__ = [
    "ConfirmedOption",
    "DateOption",
    "File",
    "HorizonOption",
    "LangOption",
    "Language",
    "OverlayOption",
    "ProfileOption",
    "day_of",
    "file_name",
    "horizon_of",
    "people_in",
    "progress",
    "silent",
    "summary_in",
    "told_errors",
    "wrong_option",
]


class Language(StrEnum):
    """Languages of the output."""

    DA = "da"
    EN = "en"


File = Annotated[
    Path | None,
    typer.Argument(help="People as .csv, .xlsx, .parquet or .json; by default the Job7 case."),
]
ProfileOption = Annotated[
    str | None,
    typer.Option("--profile", help="One profile for all, as virksomhed+helhed."),
]
HorizonOption = Annotated[
    str, typer.Option("--horizon", help="now, five, over (the five years) or a date 2029-06-01.")
]
LangOption = Annotated[Language, typer.Option("--lang", help="Language of the output.")]
DateOption = Annotated[
    str | None,
    typer.Option("--date", help="Day of validity, prices and evidence; by default the data's day."),
]
ConfirmedOption = Annotated[
    Path | None,
    typer.Option(
        "--confirmed",
        help="A table as check writes it: suggestions that are left in it are taken.",
    ),
]
OverlayOption = Annotated[
    Path | None, typer.Option("--overlay", help="A folder with local changes to the data.")
]


@contextmanager
def told_errors() -> Iterator[None]:
    """What is wrong with the input goes to the error stream, and ends the command with 2."""
    try:
        yield
    except (FagprofilError, OSError) as error:
        print(error, file=sys.stderr)  # noqa: T201
        raise typer.Exit(2) from None


@contextmanager
def silent() -> Iterator[None]:
    """Nothing on the standard output: HiGHS prints a line there at times, though told not to."""
    sys.stdout.flush()
    kept, nowhere = os.dup(1), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 1)
        yield
    finally:
        os.dup2(kept, 1)
        os.close(kept)
        os.close(nowhere)


@contextmanager
def progress(total: int) -> Iterator[Callable[[int], None]]:
    """A bar on the error stream, shown only in a terminal and gone when done."""
    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("", total=total)
        yield lambda done: bar.update(task, completed=done)


def people_in(file: Path | None, catalogue: Catalogue, confirmed: Path | None = None) -> Workforce:
    """The people of a file, with the spellings that are confirmed; without one the Job7 case's.

    Columns that are not read are told of on the error stream.
    """
    if file is None:
        return load_case("job7").people(catalogue)
    names = None if confirmed is None else read_confirmed(confirmed)
    people = read_workforce(file, catalogue, names=names)
    unread = unread_columns(file, catalogue, names)
    if unread:
        said = f"{file.name}: columns that are not read: {', '.join(unread)}"
        Console(stderr=True, soft_wrap=True).print(said, markup=False, highlight=False)
    return people


def file_name(file: Path | None) -> str | None:
    """What a file is called in headings."""
    return None if file is None else file.name


def summary_in(lang: Language) -> Summary:
    """What sums up on the standard output."""
    return Summary(Console(highlight=False), lang.value)


def horizon_of(name: str) -> Horizon:
    """A horizon by its short name, or a date."""
    named = {"now": NOW, "five": IN_FIVE_YEARS, "over": OVER_FIVE_YEARS}
    if name in named:
        return named[name]
    try:
        return at(dt.date.fromisoformat(name))
    except ValueError:
        raise wrong_option("--horizon", name, "now, five, over or a date as 2029-06-01") from None


def day_of(text: str | None) -> dt.date | None:
    """A date as an option gives it."""
    try:
        return None if text is None else dt.date.fromisoformat(text)
    except ValueError:
        raise wrong_option("--date", str(text), "a date as 2026-11-22") from None


def wrong_option(option: str, value: str, expected: str) -> DataError:
    """The error about an option."""
    return DataError([Problem("command line", option, value, expected)])
