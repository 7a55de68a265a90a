"""How things look: in a terminal, in a notebook, as a picture.

`text` and `html` render whatever a user looks at; `ladder` draws a gap, `coverage` what a catalogue
covers and `comparison` how rankers compare, with matplotlib.
"""

from typing import TYPE_CHECKING, Any

import fagprofil.show.case_plans  # noqa: F401 (it registers how cases look)
import fagprofil.show.pathways  # noqa: F401 (and this pathways)
from fagprofil.show.coverage_plot import coverage
from fagprofil.show.html import html
from fagprofil.show.plots import ladder
from fagprofil.show.text import text

if TYPE_CHECKING:
    from fagprofil.show.comparisons import comparison

__all__ = ["comparison", "coverage", "html", "ladder", "text"]


def __getattr__(name: str) -> Any:
    # Comparisons load much that no other display needs.
    if name != "comparison":
        raise AttributeError(f"module 'fagprofil.show' has no attribute {name!r}")
    from fagprofil.show.comparisons import comparison

    return comparison
