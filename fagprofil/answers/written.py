"""The answers of a case as files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from fagprofil.answers.answer import CasePlan
from fagprofil.errors import DataError, Problem
from fagprofil.io import write_rows
from fagprofil.model import Lang

__all__ = ["write_answers"]


def write_answers(plan: CasePlan, folder: str | Path, lang: Lang = "da") -> tuple[Path, ...]:
    """Write each answer's figures as ``ID.csv``, and the whole as ``plan.json``, into a folder.

    The folder is made if it is not there; files of these names in it are replaced. In the tables,
    text that a spreadsheet would run as a formula is preceded by an apostrophe.

    Parameters
    ----------
    plan
        From `fagprofil.plan_case`.
    folder
        Where to write.
    lang
        Language of names in the tables; ``plan.json`` has both.

    Returns
    -------
    What was written. An answer without figures has no table.

    Raises
    ------
    DataError
        There is a file in the folder's place, or the folder it is to be made in is not there.

    Examples
    --------
    >>> import tempfile
    >>> import fagprofil as fp
    >>> plan = fp.plan_case("randers")
    >>> files = write_answers(plan, Path(tempfile.mkdtemp(), "randers"), "en")
    >>> files[-1].name, CasePlan.model_validate_json(files[-1].read_bytes()) == plan
    ('plan.json', True)
    """
    target = Path(folder)
    check_folder(target)
    target.mkdir(exist_ok=True)
    return tuple(_written(plan, target, lang))


def check_folder(folder: Path) -> None:
    """Raise `DataError` if nothing can be written into a folder of that name."""
    if not folder.parent.is_dir():
        raise DataError([Problem(str(folder), "folder", str(folder.parent), "one that exists")])
    if folder.exists() and not folder.is_dir():
        raise DataError([Problem("output", "folder", str(folder), "a folder, and not a file")])


def _written(plan: CasePlan, folder: Path, lang: Lang) -> Iterator[Path]:
    for answer in plan:
        if answer.columns:
            path = folder / f"{answer.id}.csv"
            write_rows(answer.records(lang), [one.id for one in answer.columns], path)
            yield path
    path = folder / "plan.json"
    path.write_text(plan.model_dump_json(indent=1) + "\n", encoding="utf-8")
    yield path
