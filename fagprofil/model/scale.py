"""The ladder's steps: a scale of ordinal levels, each with a descriptor."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from fagprofil.model.base import Frozen, Record, Text

__all__ = ["Level", "Scale"]

#: The highest number of levels a scale may have.
MAX_LEVELS = 12


class Level(Frozen):
    """One step of a scale."""

    level: Annotated[int, Field(ge=1, le=MAX_LEVELS)]
    name: Text
    descriptor: Text
    """What somebody at this level does, as seen in the work."""


class Scale(Record):
    """The levels 1..L of a competence; 0 means that not even the first step is reached."""

    name: Text
    levels: tuple[Level, ...]

    @model_validator(mode="after")
    def _counts_from_one(self) -> Scale:
        steps = [step.level for step in self.levels]
        if steps != list(range(1, len(steps) + 1)) or not steps:
            raise ValueError(f"levels 1, 2, ... in order, got {steps}")
        return self

    @property
    def top(self) -> int:
        """The highest level, L."""
        return len(self.levels)
