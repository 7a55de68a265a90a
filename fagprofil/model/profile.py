"""What a job needs: requirements now and in five years, and how profiles combine."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from fagprofil.errors import DataError, Problem
from fagprofil.model.base import Frozen, Provenance, Record, Records, Shown, Slug, Text

__all__ = ["Blend", "Profile", "ProfileLike", "Requirement", "parse_profile"]

#: A share that is smaller beside another is taken for a slip.
_LEAST_SHARE = 1e-12

LevelOrNone = Annotated[int, Field(ge=0)]


class Requirement(Frozen):
    """What a profile needs of one competence; levels are 0..L of the taxonomy's scale."""

    competence: Slug
    now: LevelOrNone
    """The level needed today."""
    five_years: LevelOrNone
    """The level needed in five years."""
    weight: Annotated[float, Field(gt=0, le=100)] = 1.0
    """The worth of each step, relative to the other requirements."""
    essential: bool = True
    """False where the requirement is good to have: a label for people; its worth is `weight`."""
    reason: Text
    provenance: Provenance


class Profile(Record, Shown):
    """A named set of requirements; one that `extends` others has their requirements too.

    Where a profile and one it extends both require a competence, the higher need per step counts,
    as when profiles are stacked with ``+``.
    """

    name: Text
    purpose: Text | None = None
    extends: tuple[Slug, ...] = ()
    requirements: tuple[Requirement, ...] | None = None
    """None where the contents are unknown; such a profile cannot be scored."""

    @model_validator(mode="before")
    @classmethod
    def _from_table(cls, data: Any) -> Any:
        """Accept requirements keyed by competence; each inherits the profile's provenance."""
        if not isinstance(data, Mapping) or not isinstance(data.get("requirements"), Mapping):
            return data
        inherited = data.get("provenance")
        rows = [
            {"competence": key, "provenance": inherited, **row} if isinstance(row, Mapping) else row
            for key, row in data["requirements"].items()
        ]
        return {**data, "requirements": rows}

    @model_validator(mode="after")
    def _once_each(self) -> Profile:
        names = [row.competence for row in self.requirements or ()]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"each competence once, but {', '.join(twice)} stands twice")
        return self

    def __add__(self, other: Profile | Blend) -> Blend:
        if not isinstance(other, (Profile, Blend)):
            return NotImplemented
        return Blend(how="stack", parts=((1.0, self),)) + other


class Blend(Frozen):
    """Several profiles as one: a stack (the higher need per step) or a mix (shares of the work).

    Examples
    --------
    A stack comes from ``profile + profile``; a mix from a mapping of shares, see `parse_profile`.
    """

    how: Literal["stack", "mix"]
    parts: Annotated[tuple[tuple[float, Profile], ...], Field(min_length=1)]
    """The profiles with their shares; shares of a mix sum to 1, those of a stack are all 1."""

    @property
    def id(self) -> str:
        """The text that `parse_profile` reads back."""
        if self.how == "stack":
            return "+".join(profile.id for _, profile in self.parts)
        return "+".join(f"{profile.id}:{share!r}" for share, profile in self.parts)

    @property
    def name(self) -> Text:
        """The parts' names, joined."""
        names = {
            lang: " + ".join(
                (f"{share:.0%} " if self.how == "mix" else "") + profile.name.in_(lang)
                for share, profile in self.parts
            )
            for lang in ("da", "en")
        }
        return Text.model_validate(names)

    def __add__(self, other: Profile | Blend) -> Blend:
        if isinstance(other, Profile):
            other = Blend(how="stack", parts=((1.0, other),))
        if "mix" in (self.how, other.how):
            raise DataError([Problem(self.id, "+", other.id, "stacks; a mix cannot be stacked")])
        known = {profile.id for _, profile in self.parts}
        new = [part for part in other.parts if part[1].id not in known]
        return Blend(how="stack", parts=(*self.parts, *new))


#: What every function takes as a profile: an id, ``"a+b"``, ``"a:0.7+b:0.3"``, shares by id,
#: a Profile or a Blend.
ProfileLike = str | Mapping[str, float] | Profile | Blend


def parse_profile(value: ProfileLike, profiles: Records[Profile]) -> Blend:
    """One profile, a stack or a mix, from any way of naming it.

    Shares of a mix are divided by their sum, so that ``{"a": 2, "b": 1}`` is two thirds and one.

    Parameters
    ----------
    value
        See `ProfileLike`.
    profiles
        The profiles that ids refer to.

    Raises
    ------
    UnknownName
        A profile's id is not known.
    DataError
        Shares that are not positive numbers, or given for some of the profiles only.
    """
    if isinstance(value, Blend):
        return value
    if isinstance(value, Profile):
        return Blend(how="stack", parts=((1.0, value),))
    if isinstance(value, Mapping):
        return _mix(value.items(), profiles, str(dict(value)))
    if not isinstance(value, str):
        expected = "an id, 'a+b', 'a:0.7+b:0.3', shares by id, or a Profile"
        raise DataError([Problem("profile", "profile", repr(value), expected)])
    names = [part.strip() for part in value.split("+")]
    if not any(":" in name for name in names):
        stack = [Blend(how="stack", parts=((1.0, profiles[name]),)) for name in names]
        return sum(stack[1:], start=stack[0])
    shares = [name.partition(":") for name in names]
    return _mix(((key.strip(), share) for key, _, share in shares), profiles, value)


def _mix(items: Iterable[tuple[str, Any]], profiles: Records[Profile], shown: str) -> Blend:
    try:
        shares = sorted((key, float(share)) for key, share in items)
    except (TypeError, ValueError):
        shares = []
    if not _comparable([share for _, share in shares]):
        expected = "a positive share for each profile, as in 'virksomhed:0.7+helhed:0.3'"
        raise DataError([Problem("profile", "share", shown, expected)])
    # So that their sum does not overflow.
    largest = max(1.0, max(share for _, share in shares) / 1e100)
    shares = [(key, share / largest) for key, share in shares]
    total = math.fsum(share for _, share in shares)
    # Shares that sum to 1 are kept to the last bit, so that a mix reads back as itself.
    total = 1.0 if abs(total - 1) < 1e-9 else total
    return Blend(how="mix", parts=tuple((share / total, profiles[key]) for key, share in shares))


def _comparable(shares: Sequence[float]) -> bool:
    """Whether there are shares, all positive, and none that would be nothing beside another."""
    positive = bool(shares) and all(math.isfinite(one) and one > 0 for one in shares)
    return positive and min(shares) / max(shares) > _LEAST_SHARE
