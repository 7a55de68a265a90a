"""What people lack, and which modules help."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

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
    progress,
    summary_in,
    told_errors,
    wrong_option,
)
from fagprofil.gap_table import GAP_COLUMNS, gap_rows
from fagprofil.insight import module_reach, shared_gaps, unit_readiness
from fagprofil.io import check_suffix, write_rows
from fagprofil.io.stream import Stream
from fagprofil.model import Horizon, Workforce
from fagprofil.rankers import get_ranker
from fagprofil.rankers.base import learns
from fagprofil.recommend import Recommender
from fagprofil.results import COLUMNS
from fagprofil.show.summary import UnitRow

__all__ = ["gaps", "recommend"]


def recommend(
    file: File = None,
    output: Annotated[
        Path, typer.Option("--output", "-o", help="Where to write: .csv, .xlsx, .parquet or .json.")
    ] = Path("recommendations.csv"),
    profile: ProfileOption = None,
    horizon: HorizonOption = "over",
    k: Annotated[int, typer.Option("-k", min=1, help="Modules for each person.")] = 10,
    ranker: Annotated[str, typer.Option("--ranker", help="Name of a ranking model.")] = "coverage",
    lang: LangOption = Language.DA,
    date: DateOption = None,
    overlay: OverlayOption = None,
    confirmed: ConfirmedOption = None,
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
    with told_errors():
        if stream:
            _check_stream(output, ranker)
            catalogue = load_catalogue(overlay=overlay)
            compiled = Recommender(catalogue, ranker, horizon=horizon_of(horizon), on=day_of(date))
            _stream(compiled, file, output, lang, profile=profile, k=k)
            return
        check_suffix(output)
        catalogue = load_catalogue(overlay=overlay)
        people = people_in(file, catalogue, confirmed)
        recommender = Recommender(
            catalogue, ranker, horizon=horizon_of(horizon), on=day_of(date), history=people
        )
        with progress(len(people)) as tick:
            rows = recommender.recommend_rows(people, profile, k=k, lang=lang.value, progress=tick)
        summary = summary_in(lang)
        summary.title(file_name(file), len(people), recommender.on)
        summary.readiness(unit_readiness(people, catalogue, profile, on=recommender.on))
        gaps = shared_gaps(
            people, catalogue, profile, horizon=horizon_of(horizon), on=recommender.on, k=5
        )
        summary.shared_gaps(gaps, len(people))
        summary.modules(module_reach(recommender, people, profile, k=10))
        summary.units(_units(people, recommender, profile, horizon_of(horizon)))
        summary.caveats(rows)
        write_rows(rows, COLUMNS, output)
        summary.written(output, len(rows))


def _check_stream(output: Path, ranker: str) -> None:
    if output.suffix in (".csv", ".json"):
        raise wrong_option("--output", str(output), "a folder, with --stream")
    if learns(get_ranker(ranker)):
        expected = "a ranking model that does not learn from FILE, with --stream"
        raise wrong_option("--ranker", ranker, expected)


def _stream(
    recommender: Recommender, file: Path | None, output: Path, lang: Language, **options: Any
) -> None:
    if file is None:
        raise wrong_option("FILE", "", "a file or a folder, with --stream")
    job = Stream(recommender, file, output, lang=lang.value, **options)
    with progress(job.people.rows) as tick:
        written = job.run(tick)
    summary = summary_in(lang)
    summary.people(file.name, written.people)
    summary.written(output, written.rows)


def gaps(
    file: File = None,
    output: Annotated[
        Path, typer.Option("--output", "-o", help="Where to write: .csv, .xlsx, .parquet or .json.")
    ] = Path("gaps.csv"),
    profile: ProfileOption = None,
    horizon: HorizonOption = "now",
    lang: LangOption = Language.DA,
    date: DateOption = None,
    overlay: OverlayOption = None,
    confirmed: ConfirmedOption = None,
) -> None:
    """Write what everybody in FILE lacks, competence by competence, and sum it up by unit."""
    with told_errors():
        check_suffix(output)
        catalogue = load_catalogue(overlay=overlay)
        people = people_in(file, catalogue, confirmed)
        on, when = day_of(date) or catalogue.taxonomy.as_of, horizon_of(horizon)
        rows = gap_rows(people, profile, catalogue, horizon=when, on=on, lang=lang.value)
        summary = summary_in(lang)
        summary.title(file_name(file), len(people), on)
        summary.readiness(unit_readiness(people, catalogue, profile, on=on))
        shared = shared_gaps(people, catalogue, profile, horizon=when, on=on, k=10)
        summary.shared_gaps(shared, len(people))
        write_rows(rows, GAP_COLUMNS, output)
        summary.written(output, len(rows))


def _units(
    people: Workforce, recommender: Recommender, profile: str | None, horizon: Horizon
) -> Iterator[UnitRow]:
    """The largest shared gap and the most helpful module of each unit."""
    catalogue, on = recommender.catalogue, recommender.on
    for unit, members in people.by_unit().items():
        gaps = shared_gaps(members, catalogue, profile, horizon=horizon, on=on, k=1)
        yield unit, gaps, module_reach(recommender, members, profile, k=1)
