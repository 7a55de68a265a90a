"""The command line: a thin face over the library.

Exit codes: 0 done; 2 something in the input is wrong, and no result was written.
"""

from __future__ import annotations

from fagprofil.errors import MissingExtra

try:
    import rich as rich
    import typer
except ModuleNotFoundError:
    raise MissingExtra("the command line", "typer and rich", "cli") from None

from fagprofil.cli.data import serve, validate
from fagprofil.cli.people import gaps, recommend
from fagprofil.cli.plans import plan
from fagprofil.cli.report import report
from fagprofil.cli.tables import check, template

__all__ = ["app", "main"]

app = typer.Typer(
    help="Competence gaps of employment services, now and in five years, and what closes them.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for command in (recommend, gaps, report, plan, template, check, serve, validate):
    app.command()(command)


def main() -> None:
    """Run the command line."""
    app()
