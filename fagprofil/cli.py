"""The command line: a thin face over the library.

Exit codes: 0 done; 2 something in the input is wrong, and nothing was written.
"""

from __future__ import annotations

import datetime as dt
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

from fagprofil import show
from fagprofil.answers import write_answers
from fagprofil.answers.case_plan import plan_case
from fagprofil.answers.written import check_folder
from fagprofil.cases import Case, cases, load_case
from fagprofil.catalogue import Catalogue, editions, load_catalogue
from fagprofil.errors import DataError, FagprofilError, MissingExtra, Problem
from fagprofil.gap_table import GAP_COLUMNS, gap_rows
from fagprofil.insight import module_reach, shared_gaps, unit_readiness
from fagprofil.io import check_suffix, read_workforce, write_rows
from fagprofil.io.stream import Stream
from fagprofil.model import IN_FIVE_YEARS, NOW, OVER_FIVE_YEARS, Horizon, Status, Workforce, at
from fagprofil.rankers import get_ranker
from fagprofil.rankers.base import learns
from fagprofil.recommend import Recommender
from fagprofil.results import COLUMNS
from fagprofil.show.calendar_plot import check_picture, save_calendar

try:
    import typer
    from rich.console import Console
    from rich.progress import Progress

    from fagprofil.show.summary import Summary, UnitRow
except ModuleNotFoundError:
    raise MissingExtra("the command line", "typer and rich", "cli") from None

__all__ = ["app", "main"]

app = typer.Typer(
    help="Competence gaps of employment services, now and in five years, and what closes them.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


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
OverlayOption = Annotated[
    Path | None, typer.Option("--overlay", help="A folder with local changes to the data.")
]


def main() -> None:
    """Run the command line."""
    app()


@app.command()
def recommend(
    file: File = None,
    output: Annotated[
        Path, typer.Option("--output", "-o", help="Where to write: .csv, .parquet or .json.")
    ] = Path("recommendations.csv"),
    profile: ProfileOption = None,
    horizon: HorizonOption = "over",
    k: Annotated[int, typer.Option("-k", min=1, help="Modules for each person.")] = 10,
    ranker: Annotated[str, typer.Option("--ranker", help="Name of a ranking model.")] = "coverage",
    lang: LangOption = Language.DA,
    date: DateOption = None,
    overlay: OverlayOption = None,
    stream: Annotated[
        bool,
        typer.Option(
            "--stream",
            help="For a FILE or folder larger than memory, .csv or .parquet with one row per "
            "person: write a folder, without summing up; run again to go on after a stop.",
        ),
    ] = False,
) -> None:
    """Recommend modules to everybody in FILE, and sum up what units lack and what helps most."""
    with _errors():
        if stream:
            _check_stream(output, ranker)
            catalogue = load_catalogue(overlay=overlay)
            compiled = Recommender(catalogue, ranker, horizon=_horizon(horizon), on=_day(date))
            _stream(compiled, file, output, lang, profile=profile, k=k)
            return
        check_suffix(output)
        catalogue = load_catalogue(overlay=overlay)
        people = _people(file, catalogue)
        recommender = Recommender(
            catalogue, ranker, horizon=_horizon(horizon), on=_day(date), history=people
        )
        with _progress(len(people)) as tick:
            rows = recommender.recommend_rows(people, profile, k=k, lang=lang.value, progress=tick)
        summary = _summary(lang)
        summary.title(_name(file), len(people), recommender.on)
        summary.readiness(unit_readiness(people, catalogue, profile, on=recommender.on))
        gaps = shared_gaps(
            people, catalogue, profile, horizon=_horizon(horizon), on=recommender.on, k=5
        )
        summary.shared_gaps(gaps, len(people))
        summary.modules(module_reach(recommender, people, profile, k=10))
        summary.units(_units(people, recommender, profile, _horizon(horizon)))
        summary.caveats(rows)
        write_rows(rows, COLUMNS, output)
        summary.written(output, len(rows))


def _check_stream(output: Path, ranker: str) -> None:
    if output.suffix in (".csv", ".json"):
        raise _wrong_option("--output", str(output), "a folder, with --stream")
    if learns(get_ranker(ranker)):
        expected = "a ranking model that does not learn from FILE, with --stream"
        raise _wrong_option("--ranker", ranker, expected)


def _stream(
    recommender: Recommender, file: Path | None, output: Path, lang: Language, **options: Any
) -> None:
    if file is None:
        raise _wrong_option("FILE", "", "a file or a folder, with --stream")
    job = Stream(recommender, file, output, lang=lang.value, **options)
    with _progress(job.people.rows) as tick:
        written = job.run(tick)
    summary = _summary(lang)
    summary.people(file.name, written.people)
    summary.written(output, written.rows)


@app.command()
def gaps(
    file: File = None,
    output: Annotated[
        Path, typer.Option("--output", "-o", help="Where to write: .csv, .parquet or .json.")
    ] = Path("gaps.csv"),
    profile: ProfileOption = None,
    horizon: HorizonOption = "now",
    lang: LangOption = Language.DA,
    date: DateOption = None,
    overlay: OverlayOption = None,
) -> None:
    """Write what everybody in FILE lacks, competence by competence, and sum it up by unit."""
    with _errors():
        check_suffix(output)
        catalogue = load_catalogue(overlay=overlay)
        people = _people(file, catalogue)
        on, when = _day(date) or catalogue.taxonomy.as_of, _horizon(horizon)
        rows = gap_rows(people, profile, catalogue, horizon=when, on=on, lang=lang.value)
        summary = _summary(lang)
        summary.title(_name(file), len(people), on)
        summary.readiness(unit_readiness(people, catalogue, profile, on=on))
        shared = shared_gaps(people, catalogue, profile, horizon=when, on=on, k=10)
        summary.shared_gaps(shared, len(people))
        write_rows(rows, GAP_COLUMNS, output)
        summary.written(output, len(rows))


@app.command()
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
    with _errors():
        if output is not None:
            check_folder(output)
        if picture is not None:
            check_picture(picture)
        catalogue = load_catalogue(overlay=overlay)
        case, people = _case(what, setting, catalogue)
        with _silent():
            found = plan_case(case, people, catalogue)
        typer.echo(show.text(found, lang.value))
        summary = _summary(lang)
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
        raise _wrong_option("--setting", "", expected)
    return load_case(what), None


@app.command()
def serve(
    host: Annotated[str, typer.Option(help="Other than loopback only with a token.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535)] = 8000,
    workers: Annotated[int, typer.Option(min=1, help="Processes.")] = 1,
    token_file: Annotated[
        Path | None, typer.Option(help="A file with a bearer token; or set FAGPROFIL_TOKEN.")
    ] = None,
    ranker: Annotated[str | None, typer.Option(help="Name of a ranking model.")] = None,
    horizon: Annotated[str | None, typer.Option(help="now, five, over or a date.")] = None,
    date: DateOption = None,
    overlay: OverlayOption = None,
) -> None:
    """Answer over HTTP, for other programs; on SIGHUP the data are read anew."""
    with _errors():
        from fagprofil.service import Settings
        from fagprofil.service import serve as run

        settings = Settings.read(
            token_file=token_file, ranker=ranker, horizon=horizon, date=date, overlay=overlay
        )
        run(settings, host=host, port=port, workers=workers)


@app.command()
def validate(overlay: OverlayOption = None, lang: LangOption = Language.DA) -> None:
    """Check all bundled data (and an overlay), and count the records by status."""
    with _errors():
        summary = _summary(lang)
        for edition in editions():
            catalogue = load_catalogue(edition, overlay=overlay if edition == "reference" else None)
            summary.records(catalogue.taxonomy.name, edition, _statuses(catalogue))
        for name in cases():
            case = load_case(name)
            status = case.provenance.status
            summary.people(case.name.in_(lang.value), len(case.people()), status.value)
        summary.valid()


def _statuses(catalogue: Catalogue) -> dict[str, list[Status]]:
    """The status of every record, by kind."""
    taxonomy, profiles = catalogue.taxonomy, catalogue.profiles.values()
    records: dict[str, Sequence[Any]] = {
        "taxonomy": [taxonomy, *([taxonomy.scale] if taxonomy.scale else [])],
        "areas": list(taxonomy.areas.values()),
        "competences": list(taxonomy.competences.values()),
        "profiles": list(profiles),
        "requirements": [row for one in profiles for row in one.requirements or ()],
        "backgrounds": list(catalogue.backgrounds.values()),
        "modules": list(catalogue.modules.values()),
        "programmes": list(catalogue.programmes.values()),
        "runs": list(catalogue.runs.values()),
        "funding": list(catalogue.funding.values()),
    }
    found = {kind: [one.provenance.status for one in listed] for kind, listed in records.items()}
    mapped = [one.teaches_provenance for one in catalogue.modules.values()]
    found["what modules teach"] = [one.status for one in mapped if one is not None]
    return {kind: statuses for kind, statuses in found.items() if statuses}


@contextmanager
def _errors() -> Iterator[None]:
    try:
        yield
    except (FagprofilError, OSError) as error:
        print(error, file=sys.stderr)  # noqa: T201
        raise typer.Exit(2) from None


@contextmanager
def _silent() -> Iterator[None]:
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
def _progress(total: int) -> Iterator[Callable[[int], None]]:
    """A bar on the error stream, shown only in a terminal and gone when done."""
    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("", total=total)
        yield lambda done: bar.update(task, completed=done)


def _people(file: Path | None, catalogue: Catalogue) -> Workforce:
    return load_case("job7").people(catalogue) if file is None else read_workforce(file, catalogue)


def _name(file: Path | None) -> str | None:
    return None if file is None else file.name


def _summary(lang: Language) -> Summary:
    return Summary(Console(highlight=False), lang.value)


def _units(
    people: Workforce, recommender: Recommender, profile: str | None, horizon: Horizon
) -> Iterator[UnitRow]:
    """The largest shared gap and the most helpful module of each unit."""
    catalogue, on = recommender.catalogue, recommender.on
    for unit, members in people.by_unit().items():
        gaps = shared_gaps(members, catalogue, profile, horizon=horizon, on=on, k=1)
        yield unit, gaps, module_reach(recommender, members, profile, k=1)


def _horizon(name: str) -> Horizon:
    named = {"now": NOW, "five": IN_FIVE_YEARS, "over": OVER_FIVE_YEARS}
    if name in named:
        return named[name]
    try:
        return at(dt.date.fromisoformat(name))
    except ValueError:
        raise _wrong_option("--horizon", name, "now, five, over or a date as 2029-06-01") from None


def _day(text: str | None) -> dt.date | None:
    try:
        return None if text is None else dt.date.fromisoformat(text)
    except ValueError:
        raise _wrong_option("--date", str(text), "a date as 2026-11-22") from None


def _wrong_option(option: str, value: str, expected: str) -> DataError:
    return DataError([Problem("command line", option, value, expected)])
