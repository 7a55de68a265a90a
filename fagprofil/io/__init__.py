"""Files in and out: workforce tables and results."""

from fagprofil.io.results import check_suffix, write_rows
from fagprofil.io.workforce import read_workforce

__all__ = ["check_suffix", "read_workforce", "write_rows"]
