"""Bundled cases: a real course of events as context, with a synthetic workforce to run."""

from __future__ import annotations

import datetime as dt
import tomllib
from pathlib import Path
from typing import Annotated

from pydantic import Field, PositiveInt, PrivateAttr, ValidationError, model_validator

from fagprofil.case_setting import Setting
from fagprofil.catalogue import Catalogue, bundled
from fagprofil.datafiles import problems_in
from fagprofil.errors import DataError, Problem, UnknownName
from fagprofil.io.workforce import read_workforce
from fagprofil.model import Record, Text, Workforce

__all__ = ["Case", "Fact", "cases", "load_case"]


class Fact(Record):
    """Something that is known of the real course of events."""

    text: Text


class Case(Record):
    """A case to run: what is known of the real one, and a made-up workforce."""

    name: Text
    description: Text
    workforce: Annotated[str, Field(pattern=r"^[a-z0-9-]+\.csv$")]
    """The file beside the case that holds the people."""
    follow_up: Annotated[str, Field(pattern=r"^[a-z0-9-]+\.csv$")] | None = None
    """The file beside the case with what was said of some of them after their class."""
    as_of: dt.date
    """Nothing is said of the people in the workforce after this day."""
    first_run: PositiveInt | None = None
    """How many people are marked for the first class."""
    generator: str | None = None
    """What made the workforce."""
    seed: int | None = None
    facts: tuple[Fact, ...] = ()
    setting: Setting
    """What it is planned with."""

    @model_validator(mode="after")
    def _rests_on_facts(self) -> Case:
        known = [one.id for one in self.facts]
        if len(set(known)) < len(known):
            raise ValueError("each fact once")
        missing = {basis.fact for _, basis in self.setting.bases()} - {*known, None}
        if missing:
            raise ValueError(f"the facts that the setting rests on: {sorted(map(str, missing))}")
        return self

    # Of a case of one's own, so that bundled ones are equal to what is stored of them.
    _folder: Path | None = PrivateAttr(None)

    def people(self, catalogue: Catalogue | None = None) -> Workforce:
        """The workforce, checked against a catalogue; None is the bundled one."""
        return read_workforce(self._beside(self.workforce), catalogue)

    def again(self, catalogue: Catalogue | None = None) -> Workforce | None:
        """New statements of some of the people, after their class; None where there are none."""
        if self.follow_up is None:
            return None
        return read_workforce(self._beside(self.follow_up), catalogue)

    def _beside(self, file: str) -> Path:
        folder = self._folder if self._folder is not None else bundled("cases", self.id)
        return folder / file


def cases() -> tuple[str, ...]:
    """The ids of the bundled cases.

    Examples
    --------
    >>> cases()
    ('job7', 'koebenhavn', 'noerrebro', 'randers', 'star-pulje')
    """
    return tuple(sorted(folder.name for folder in bundled("cases").iterdir() if folder.is_dir()))


def load_case(name: str | Path) -> Case:
    """A bundled case by its id, or a case of one's own by its path.

    Parameters
    ----------
    name
        The id of a bundled case, or the path of a file ``.toml`` in the form of the bundled
        ``case.toml``, beside which its people lie.

    Raises
    ------
    UnknownName
        No such bundled case.
    DataError
        Everything that is wrong in the file.
    FileNotFoundError
        There is no such file.

    Examples
    --------
    >>> job7 = load_case("job7")
    >>> job7.provenance.status.value, len(job7.people())
    ('synthetic', 170)
    """
    if str(name).endswith(".toml"):
        case = _read(Path(name))
        case._folder = Path(name).parent
        return case
    if name not in cases():
        raise UnknownName("case", str(name), cases())
    return _read(bundled("cases", str(name), "case.toml"))


def _read(path: Path) -> Case:
    try:
        return Case.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except tomllib.TOMLDecodeError as error:
        raise DataError([Problem("case", path.name, None, f"a TOML file ({error})")]) from None
    except ValidationError as error:
        raise DataError(problems_in(error, f"case {path.name!r}", Case.model_fields)) from None
