"""What is wrong with a table, as a table: to look over, and to confirm what was meant."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

from fagprofil.errors import DataError, Problem
from fagprofil.io.results import write_rows
from fagprofil.io.workforce import read_columns

__all__ = ["PROBLEM_COLUMNS", "read_confirmed", "write_problems"]

PROBLEM_COLUMNS = ("where", "field", "value", "expected", "suggestion")


def write_problems(error: DataError, path: str | Path) -> None:
    """Write all problems of an error as a table, one row each.

    Parameters
    ----------
    path
        Ends in ``.csv``, ``.xlsx``, ``.parquet`` or ``.json``. The columns are ``where``,
        ``field``, ``value``, ``expected`` and ``suggestion``, the nearest valid spelling.

    Raises
    ------
    DataError
        Another suffix.
    MissingExtra
        What writes Parquet or Excel is not installed.

    Examples
    --------
    >>> import tempfile
    >>> import fagprofil as fp
    >>> import pandas as pd
    >>> try:
    ...     fp.read_workforce(pd.DataFrame({"employee": ["a"], "Jobmach": [3]}))
    ... except fp.errors.DataError as error:
    ...     with tempfile.TemporaryDirectory() as folder:
    ...         write_problems(error, Path(folder) / "problems.csv")
    ...         read_confirmed(Path(folder) / "problems.csv")
    {'Jobmach': 'jobmatch'}
    """
    write_rows([asdict(one) for one in error.problems], PROBLEM_COLUMNS, path)


def read_confirmed(path: str | Path) -> dict[str, str]:
    """The spellings that a table of problems confirms, for `read_workforce`.

    Each row with a value and a suggestion is taken as confirmed: empty the suggestion, or write
    another one, where it is not what was meant.

    Raises
    ------
    DataError
        No such columns, or two meanings of one spelling.
    FileNotFoundError
        There is no such file.
    """
    file = Path(path)
    columns, places = read_columns(file)
    absent = sorted({"value", "suggestion"} - set(columns))
    if absent:
        expected = "the columns that `fagprofil check` writes"
        raise DataError([Problem(file.name, "columns", ", ".join(absent), expected)])
    found: dict[str, str] = {}
    problems = []
    for place, value, meant in zip(places, columns["value"], columns["suggestion"], strict=True):
        name, word = (str(one or "").strip() for one in (value, meant))
        if name and word and found.setdefault(name, word) != word:
            expected = f"one meaning for each value, here {found[name]!r}"
            problems.append(Problem(place, "suggestion", word, expected))
    if problems:
        raise DataError(problems)
    return found
