"""Who is away on which day: what a plan asks of those who must cover for the absent."""

from __future__ import annotations

import datetime as dt

from pydantic import NonNegativeFloat

from fagprofil.model.base import Frozen

__all__ = ["HOURS_PER_DAY", "Absence"]

#: Hours that a teaching day keeps somebody away: sources say 6 to 7, this project takes 7.
HOURS_PER_DAY = 7.0


class Absence(Frozen):
    """One person away on one day.

    Examples
    --------
    >>> Absence(employee="e-017", unit="Vejle", day="2027-02-03", hours=7).hours
    7.0
    """

    employee: str
    unit: str | None
    day: dt.date
    hours: NonNegativeFloat
    """Hours of work that are to be covered."""
