"""Bundled cases: a real course of events as context, with a synthetic workforce to run."""

from __future__ import annotations

import datetime as dt
import tomllib
from typing import Annotated

from pydantic import Field, PositiveInt, model_validator

from fagprofil.case_setting import Setting
from fagprofil.catalogue import Catalogue, bundled
from fagprofil.errors import UnknownName
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
    as_of: dt.date
    """Nothing is said of the people after this day."""
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

    def people(self, catalogue: Catalogue | None = None) -> Workforce:
        """The workforce, checked against a catalogue; None is the bundled one."""
        return read_workforce(bundled("cases", self.id, self.workforce), catalogue)


def cases() -> tuple[str, ...]:
    """The ids of the bundled cases.

    Examples
    --------
    >>> cases()
    ('job7', 'koebenhavn', 'noerrebro', 'randers', 'star-pulje')
    """
    return tuple(sorted(folder.name for folder in bundled("cases").iterdir() if folder.is_dir()))


def load_case(name: str) -> Case:
    """A bundled case.

    Raises
    ------
    UnknownName
        No such case.

    Examples
    --------
    >>> job7 = load_case("job7")
    >>> job7.provenance.status.value, len(job7.people())
    ('synthetic', 170)
    """
    if name not in cases():
        raise UnknownName("case", name, cases())
    content = tomllib.loads(bundled("cases", name, "case.toml").read_text(encoding="utf-8"))
    return Case.model_validate(content)
