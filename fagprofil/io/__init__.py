"""Files in and out: workforce tables and results."""

from fagprofil.io.problems import read_confirmed, write_problems
from fagprofil.io.results import check_suffix, write_rows
from fagprofil.io.stream import Written, recommend_dataset
from fagprofil.io.template import write_template
from fagprofil.io.workforce import read_workforce, unread_columns
from fagprofil.io.write_people import write_workforce

__all__ = [
    "Written",
    "check_suffix",
    "read_confirmed",
    "read_workforce",
    "recommend_dataset",
    "unread_columns",
    "write_problems",
    "write_rows",
    "write_template",
    "write_workforce",
]
