"""Who pays: funding schemes with their rules, each with the dates between which it holds."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, NonNegativeFloat, NonNegativeInt, PositiveInt

from fagprofil.model.base import Frozen, Provenance, Record, Slug, Text, Valid
from fagprofil.model.employee import Employer
from fagprofil.model.module import ProgrammeLevel

__all__ = ["FundingScheme", "HourlyRate", "SubstituteRules"]


class HourlyRate(Frozen):
    """What a scheme pays an hour in one year, in Danish kroner."""

    year: int
    amount: NonNegativeFloat
    provenance: Provenance


class SubstituteRules(Frozen):
    """What a scheme that pays for a substitute asks of the post and of who fills it."""

    unemployed_months: NonNegativeFloat
    """Months that the substitute has been unemployed, at the least."""
    most_months: NonNegativeFloat
    """Months that the post lasts, at the most."""
    least_hours: NonNegativeFloat
    """Hours a week, at the least."""


class FundingScheme(Record, Valid):
    """A fund or a pool, and what it pays of which modules for whom; None is unknown.

    The restrictions ``agreements``, ``programmes``, ``modules``, ``excluded_backgrounds`` and the
    education levels are what the sources name: None is no restriction that is known of.

    `covers` says what the money is for: the ``fee`` of a module, the ``wages`` of a substitute or
    of the learner, or a workplace's ``project``. Only fee schemes enter a module's price.
    """

    name: Text
    covers: Literal["fee", "wages", "project"]
    who: Text
    what: Text
    employers: tuple[Employer, ...] | None = None
    agreements: tuple[Slug, ...] | None = None
    """Organisations of the collective agreements that it is for."""
    levels: tuple[ProgrammeLevel, ...] | None = None
    programmes: tuple[Slug, ...] | None = None
    """The programmes that it is for, where it is for some only."""
    modules: tuple[Slug, ...] | None = None
    """The modules that it is for, where it is for some only."""
    min_education_level: Annotated[int, Field(ge=1, le=8)] | None = None
    max_education_level: Annotated[int, Field(ge=1, le=8)] | None = None
    excluded_backgrounds: tuple[Slug, ...] | None = None
    share: Annotated[float, Field(ge=0, le=1)] | None = None
    """Share of the price that it pays."""
    cap: NonNegativeFloat | None = None
    """At most so many kroner per person and period."""
    cap_period: Literal["12-months", "calendar-year"] | None = None
    apply_earliest_months: NonNegativeInt | None = None
    """Months before the start from which one can apply."""
    apply_latest_days: NonNegativeInt | None = None
    """Days before the start until which one can apply."""
    pool: NonNegativeFloat | None = None
    """The money in all, kroner."""
    hourly_rates: tuple[HourlyRate, ...] = ()
    substitute: SubstituteRules | None = None
    """Of a scheme that pays an hour for an hour while a substitute is in a post."""
    group_from: PositiveInt | None = None
    """Applicants from which a group can ask for pre-approval."""
    stacks_with: tuple[Slug, ...] | None = None
    """Schemes that are known to pay for the same module as well; of others it is unknown."""
    excludes: tuple[Slug, ...] | None = None
    """Schemes that are known not to be had together with it."""
    confirmed_to: date | None = None
    """The last day that the sources speak for; later use is marked as not confirmed."""
