"""The data: checked, and answered from over HTTP."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from fagprofil.cases import cases, load_case
from fagprofil.catalogue import Catalogue, editions, load_catalogue
from fagprofil.cli.options import (
    DateOption,
    LangOption,
    Language,
    OverlayOption,
    summary_in,
    told_errors,
)
from fagprofil.model import Status

__all__ = ["serve", "validate"]


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
    with told_errors():
        from fagprofil.service import Settings
        from fagprofil.service import serve as run

        settings = Settings.read(
            token_file=token_file, ranker=ranker, horizon=horizon, date=date, overlay=overlay
        )
        run(settings, host=host, port=port, workers=workers)


def validate(overlay: OverlayOption = None, lang: LangOption = Language.DA) -> None:
    """Check all bundled data (and an overlay), and count the records by status."""
    with told_errors():
        summary = summary_in(lang)
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
