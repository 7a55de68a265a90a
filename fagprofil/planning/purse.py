"""Who may pay for a module that starts in a period: what a limit on money is counted by.

`fagprofil.bill` says what a plan costs. It lets the preferred scheme pay as far as its cap goes,
and the next one only where nothing of that cap is left; see there. Here are the facts that a linear
model needs of it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from fagprofil.bill import Bill, Purchase, bill
from fagprofil.funding import days_unconfirmed, pays
from fagprofil.model import FundingScheme, Module
from fagprofil.planning.asked import Asked
from fagprofil.planning.calendar import Period

__all__ = ["Payer", "Purse", "counted_together", "ores"]


def ores(kroner: float) -> int:
    """Kroner as a whole number of øre.

    Examples
    --------
    >>> ores(0.1 + 0.2)
    30
    """
    return round(kroner * 100)


@dataclass(frozen=True)
class Payer:
    """One way to have a module paid.

    Attributes
    ----------
    scheme
        The scheme that pays first; None where nobody is known to.
    after
        Schemes whose caps must be used up before.
    also
        Schemes that are known to pay as well.
    """

    scheme: str | None = None
    after: tuple[str, ...] = ()
    also: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Purse:
    """What modules cost the person of a question."""

    asked: Asked

    def bill(self, taken: dict[str, int]) -> Bill:
        """The bill of modules, each started in the period of that position."""
        person = self.asked.employee
        wanted = [
            Purchase(employee=person.id, module=name, start=self.asked.periods[t].start)
            for name, t in taken.items()
        ]
        return bill(wanted, [person], self.asked.catalogue, on=self.asked.on)

    def affordable(self, taken: dict[str, int]) -> bool:
        """Whether modules of known prices cost no more than the limit."""
        most = self.asked.limit("money")
        return most is None or ores(self.bill(taken).net) <= ores(most)

    def payers(self, module: Module, t: int) -> tuple[Payer, ...]:
        """The ways to have a module paid that starts in a period, the preferred one first."""
        if module.price is None or self.asked.limit("money") is None:
            return (Payer(),)
        known = (*self._deciding(module), t)
        if known not in self._known:
            self._known[known] = tuple(self._ways(module, t)) or (Payer(),)
        return self._known[known]

    def _ways(self, module: Module, t: int) -> Iterator[Payer]:
        start, before = self.asked.periods[t].start, list[FundingScheme]()
        paying = [one for one in self._schemes if self._open(one, module, t)]
        paying.sort(key=lambda one: (days_unconfirmed(one, start), one.id))
        for scheme in paying:
            doubt = days_unconfirmed(scheme, start)
            # Among those that are equally sure, the one that leaves less to pay comes first.
            after = [x for x in before if days_unconfirmed(x, start) < doubt]
            if any(one.cap is None for one in after):
                return
            before.append(scheme)
            yield Payer(
                scheme=scheme.id,
                after=tuple(one.id for one in after),
                also=tuple(one.id for one in paying if one is not scheme and _goes(one, scheme)),
            )

    def _open(self, scheme: FundingScheme, module: Module, t: int) -> bool:
        """Whether a scheme is known to pay something, and one can still apply."""
        start = self.asked.periods[t].start
        days = scheme.apply_latest_days
        too_late = days is not None and self.asked.on.toordinal() > start.toordinal() - days
        if too_late or not scheme.share or scheme.cap == 0 or not scheme.holds_on(start):
            return False
        return pays(scheme, module, self.asked.employee, self.asked.catalogue) is True

    @cached_property
    def _schemes(self) -> tuple[FundingScheme, ...]:
        funding = self.asked.catalogue.funding.values()
        return tuple(one for one in funding if one.covers == "fee")

    def _deciding(self, module: Module) -> tuple[object, ...]:
        """What decides who pays for a module."""
        named = module.id in self._named
        return (module.level, module.programme, module.id if named else None)

    @cached_property
    def _named(self) -> frozenset[str]:
        return frozenset(name for scheme in self._schemes for name in scheme.modules or ())

    @cached_property
    def _known(self) -> dict[tuple[object, ...], tuple[Payer, ...]]:
        return {}


def _goes(one: FundingScheme, other: FundingScheme) -> bool:
    """Whether two schemes are known to go together."""
    if one.id in (other.excludes or ()) or other.id in (one.excludes or ()):
        return False
    return one.id in (other.stacks_with or ()) or other.id in (one.stacks_with or ())


def counted_together(scheme: FundingScheme, periods: Sequence[Period], t: int) -> list[int]:
    """The periods whose starts count against a cap together with that of one, looking back."""
    now = periods[t].start
    if scheme.cap_period == "calendar-year":
        return [s for s in range(t + 1) if periods[s].start.year == now.year]
    # Of an unknown period the cap is taken for that of 12 months, as bills do.
    return [s for s in range(t + 1) if periods[s].start > _year_before(now)]


def _year_before(day: dt.date) -> dt.date:
    """The same day a year before; 28 February for the 29th."""
    last = 28 if (day.month, day.day) == (2, 29) else day.day
    return dt.date(day.year - 1, day.month, last)
