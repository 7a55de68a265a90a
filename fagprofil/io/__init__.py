"""Files in and out: workforce tables and results."""

from fagprofil.io.results import write_rows
from fagprofil.io.workforce import read_workforce

__all__ = ["read_workforce", "write_rows"]
