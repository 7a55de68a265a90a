"""Tables of people read straight into columns, without an object for each person.

Only tables in which nothing is wrong or unusual are read here; the others go through
`fagprofil.workforce`, which says what is wrong. Both read the same.
"""

from __future__ import annotations

from typing import Any

from fagprofil.frames import column_names
from fagprofil.ladder import Ladder
from fagprofil.long_table import long_roster
from fagprofil.person_columns import Unusual
from fagprofil.roster import Roster
from fagprofil.wide_table import wide_roster
from fagprofil.workforce import column_problems, competence_columns

__all__ = ["roster_of_table"]


def roster_of_table(data: Any, ladder: Ladder) -> Roster | None:
    """The people of a table in the long or the wide form; None where more care is needed."""
    catalogue, names = ladder.catalogue, column_names(data)
    if any(column_problems(names, catalogue)):
        return None
    read = wide_roster if competence_columns(names, catalogue) else long_roster
    try:
        return read(data, names, ladder)
    except Unusual:
        return None
