"""How things look: in a terminal, in a notebook, as a picture.

`text` and `html` render whatever a user looks at. With matplotlib, `ladder` draws a gap,
`readiness` and `team` where units stand, `closes` what a class closes, `coverage` what a catalogue
covers, `calendar` when a plan takes place and `comparison` how rankers compare. `report` is a whole
page on a workplace.
"""

from typing import TYPE_CHECKING, Any

# These register how cases, plans, teams and records look.
import fagprofil.show.case_plans
import fagprofil.show.pathways
import fagprofil.show.plan_text
import fagprofil.show.team_text  # noqa: F401
from fagprofil.show.calendar_plot import calendar
from fagprofil.show.coverage_plot import coverage
from fagprofil.show.html import html
from fagprofil.show.plots import ladder
from fagprofil.show.report import report
from fagprofil.show.team_plots import closes, readiness, team
from fagprofil.show.text import text

if TYPE_CHECKING:
    from fagprofil.show.comparisons import comparison

__all__ = [
    "calendar",
    "closes",
    "comparison",
    "coverage",
    "html",
    "ladder",
    "readiness",
    "report",
    "team",
    "text",
]


def __getattr__(name: str) -> Any:
    # Comparisons load much that no other display needs.
    if name != "comparison":
        raise AttributeError(f"module 'fagprofil.show' has no attribute {name!r}")
    from fagprofil.show.comparisons import comparison

    return comparison
