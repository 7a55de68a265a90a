"""Tables of people read straight into columns, without an object for each person.

Only tables in which nothing is wrong or unusual are read here; the others go through
`fagprofil.workforce`, which says what is wrong. Both read the same.
"""

from __future__ import annotations

from typing import Any

from fagprofil.frames import FrameKind, column_names, frame_kind, is_frame, renamed, wrapped
from fagprofil.ladder import Ladder
from fagprofil.long_table import long_roster
from fagprofil.person_columns import Unusual
from fagprofil.roster import Roster
from fagprofil.spellings import Spellings
from fagprofil.wide_table import wide_roster
from fagprofil.workforce import column_problems, competence_columns, people_of

__all__ = ["people_roster", "roster_of_table"]


def roster_of_table(data: Any, ladder: Ladder) -> Roster | None:
    """The people of a table in the long or the wide form; None where more care is needed."""
    # Once for all columns: to find out what kind of table it is takes a while.
    data = wrapped(data)
    catalogue, names = ladder.catalogue, column_names(data)
    spellings = Spellings(catalogue)
    if any(column_problems(names, spellings)):
        return None
    meant = spellings.columns(names)
    data, names = renamed(data, meant), list(meant.values())
    read = wide_roster if competence_columns(names, catalogue) else long_roster
    try:
        return read(data, names, ladder)
    except Unusual:
        return None


def people_roster(workforce: Any, ladder: Ladder) -> tuple[Roster, FrameKind | None]:
    """A workforce, people or a table as columns, and the kind of table that they came in.

    Raises
    ------
    DataError
        Everything that is wrong with the people, at once.
    """
    if is_frame(workforce):
        roster = roster_of_table(workforce, ladder)
        if roster is not None:
            return roster, frame_kind(workforce)
    people = people_of(workforce, ladder.catalogue)
    return ladder.roster(people.employees), people.frame
