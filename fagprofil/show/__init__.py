"""How things look: in a terminal, in a notebook, as a picture.

`text` and `html` render whatever a user looks at; `ladder` draws a gap, `coverage` what a catalogue
covers, `calendar` when a plan takes place and `comparison` how rankers compare, with matplotlib.
"""

from typing import TYPE_CHECKING, Any

# These register how cases and pathways look.
import fagprofil.show.case_plans
import fagprofil.show.pathways  # noqa: F401
from fagprofil.show.calendar_plot import calendar
from fagprofil.show.coverage_plot import coverage
from fagprofil.show.html import html
from fagprofil.show.plots import ladder
from fagprofil.show.text import text

if TYPE_CHECKING:
    from fagprofil.show.comparisons import comparison

__all__ = ["calendar", "comparison", "coverage", "html", "ladder", "text"]


def __getattr__(name: str) -> Any:
    # Comparisons load much that no other display needs.
    if name != "comparison":
        raise AttributeError(f"module 'fagprofil.show' has no attribute {name!r}")
    from fagprofil.show.comparisons import comparison

    return comparison
