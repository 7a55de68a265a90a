"""How things look: in a terminal, in a notebook, as a picture.

`text` and `html` render whatever a user looks at; `ladder` draws a gap with matplotlib.
"""

from fagprofil.show.html import html
from fagprofil.show.plots import ladder
from fagprofil.show.text import text

__all__ = ["html", "ladder", "text"]
