"""Where people come from: usual educations and what they bring on the ladder."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from fagprofil.model.base import Levels, Record, Text

__all__ = ["Background"]


class Background(Record):
    """What a usual education brings on the ladder before anything is said of the person."""

    name: Text
    education_level: Annotated[int, Field(ge=1, le=8)] | None = None
    """Its level in the national qualifications framework."""
    brings: Levels | None = None
    """The level that it usually brings, by competence; those not named are 0, None is unknown."""
    reason: Text | None = None
    """Why it brings that."""
