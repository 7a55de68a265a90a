"""A pool of money: what it pays for, and the limits under which it is spread."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

from pydantic import Field, NonNegativeFloat, NonNegativeInt, model_validator

from fagprofil.catalogue import Catalogue
from fagprofil.errors import Problem, unknown_id
from fagprofil.model.base import Frozen, Slug

__all__ = [
    "Employer",
    "EmployerLike",
    "Pool",
    "PoolLimit",
    "Share",
    "employers_of",
    "pool_problems",
]

Share = Annotated[float, Field(ge=0, le=1)]

#: The limits of a pool, by the names of their fields.
PoolLimit = Literal[
    "amount",
    "modules",
    "person_modules",
    "person_ects",
    "person_days",
    "person_kroner",
    "employer_kroner",
    "employer_share",
    "employer_days",
    "floor",
]


class Pool(Frozen):
    """A pool of money that pays for people's modules; a limit that is None is none.

    Where something that a limit counts is unknown (teaching days, ECTS), the limit cannot be kept,
    so that module is not paid for, and the plan says so.

    Examples
    --------
    >>> pool = Pool(amount=100_000, share=0.8, person_modules=2, employer_share=0.5)
    >>> pool.limits
    ('amount', 'person_modules', 'employer_share')

    The terms of a bundled case have the same names:

    >>> from fagprofil.cases import load_case
    >>> Pool(**load_case("star-pulje").setting.pool.given).amount
    4000000.0
    """

    scheme: Slug | None = None
    """The id of the funding scheme that it is of. The dates of the scheme, and whom and which
    modules it is for, hold then, and what it pays one person at most if that is known."""
    amount: NonNegativeFloat
    """Kroner to spend."""
    modules: NonNegativeInt | None = None
    """So many modules in all, one person's module being one."""
    share: Share | None = None
    """The share of a module's price that it pays; None is that of the scheme."""
    eligible: tuple[Slug, ...] | None = None
    """The modules that it pays for; None is all of the catalogue's."""
    stacks_with: tuple[Slug, ...] = ()
    """Funding schemes that are known to pay of what it leaves, besides those of which the schemes
    themselves say so. Of others that is unknown, and nothing is counted."""
    person_modules: NonNegativeInt | None = None
    """Modules of one person."""
    person_ects: NonNegativeFloat | None = None
    """ECTS of one person."""
    person_days: NonNegativeFloat | None = None
    """Teaching days that one person can be away."""
    person_kroner: NonNegativeFloat | None = None
    """Kroner that one person can have."""
    employer_kroner: NonNegativeFloat | None = None
    """Kroner that one employer can have."""
    employer_share: Share | None = None
    """The share of the amount that one employer can have."""
    employer_days: NonNegativeFloat | None = None
    """Teaching days that an employer can spare, for each of its people in the table."""
    floor: Share | None = None
    """Every region, and every size of employers, gets at least this share of its part of the
    amount, by its people in the table, if it wants so much. One that wants less gets the most that
    the limits of its own people and employers allow."""

    @model_validator(mode="after")
    def _knows_its_share(self) -> Pool:
        if self.share is None and self.scheme is None:
            raise ValueError("a share of the price, or a scheme that has one")
        if self.eligible is not None and len(set(self.eligible)) < len(self.eligible):
            raise ValueError("each eligible module once")
        return self

    @property
    def limits(self) -> tuple[PoolLimit, ...]:
        """The names of the limits that are set."""
        return tuple(name for name in _LIMITS if getattr(self, name) is not None)

    @property
    def counts_days(self) -> bool:
        """Whether a limit counts teaching days."""
        return self.person_days is not None or self.employer_days is not None


_LIMITS: tuple[PoolLimit, ...] = PoolLimit.__args__  # type: ignore[attr-defined]


class Employer(Frozen):
    """Where an employer is and how large, as far as fairness asks for it.

    Examples
    --------
    >>> Employer(region="nordjylland", size="small").size
    'small'
    """

    region: str | None = None
    """Any name of a region; None is unknown."""
    size: str | None = None
    """Any name of a class of sizes; None is unknown."""


#: An `Employer`, a mapping with its fields, or anything that has them, as the units of a case.
EmployerLike = Any


def employers_of(given: Mapping[str, EmployerLike], problems: list[Problem]) -> dict[str, Employer]:
    """Employers by name, whatever they were given as.

    Parameters
    ----------
    problems
        Where to say what is wrong.
    """
    found = {}
    for name, one in given.items():
        facts = one if isinstance(one, Mapping) else getattr(one, "__dict__", {})
        region, size = facts.get("region"), facts.get("size")
        told = isinstance(one, Mapping) or hasattr(one, "region")
        if told and isinstance(region, str | None) and isinstance(size, str | None):
            found[name] = Employer(region=region, size=size)
        else:
            problems.append(Problem(f"employer {name!r}", "region, size", repr(one), "texts"))
    return found


def pool_problems(pool: Pool, catalogue: Catalogue) -> Iterator[Problem]:
    """Schemes and modules that there are not, and schemes that pay for no module."""
    for name in pool.eligible or ():
        yield from unknown_id("pool", "eligible", name, catalogue.modules)
    for name in pool.stacks_with:
        yield from unknown_id("pool", "stacks_with", name, catalogue.funding)
    if pool.scheme is None:
        return
    yield from unknown_id("pool", "scheme", pool.scheme, catalogue.funding)
    scheme = catalogue.funding.get(pool.scheme)
    if scheme is None:
        return
    if scheme.covers != "fee":
        yield Problem("pool", "scheme", pool.scheme, "a scheme that pays for modules")
    if pool.share is None and scheme.share is None:
        yield Problem("pool", "share", None, "a share; that of the scheme is not known")
