"""What a pool pays of a module for whom, what other funds add, and what is not known of either."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from fagprofil.bill import Purchase, bill
from fagprofil.catalogue import Catalogue
from fagprofil.funding import PriceList, is_confirmed, pays
from fagprofil.model import Employee, FundingScheme, Module, Provenance, Records, Status, Text
from fagprofil.planning.pool_terms import Pool
from fagprofil.planning.purse import ores

__all__ = ["PoolFunding", "exact"]

_DAY = dt.timedelta(days=1)


def exact(number: float) -> Fraction:
    """The decimal number that was written, 0.7 as seven tenths."""
    return Fraction(repr(float(number)))


@dataclass(frozen=True, eq=False)
class PoolFunding:
    """A pool as a payer.

    Attributes
    ----------
    on
        The day of planning.
    start
        The day on which the modules start.
    """

    pool: Pool
    catalogue: Catalogue
    on: dt.date
    start: dt.date

    @cached_property
    def scheme(self) -> FundingScheme | None:
        """The scheme that the pool is of."""
        return None if self.pool.scheme is None else self.catalogue.funding[self.pool.scheme]

    @cached_property
    def share(self) -> Fraction:
        """What it pays of a price."""
        if self.pool.share is not None:
            return exact(self.pool.share)
        return exact((self.scheme.share if self.scheme is not None else None) or 0.0)

    @cached_property
    def person_ores(self) -> int | None:
        """What one person can have in øre, from the pool's own terms or the scheme's cap."""
        cap = None if self.scheme is None else self.scheme.cap
        known = [one for one in (self.pool.person_kroner, cap) if one is not None]
        return min(map(ores, known)) if known else None

    @cached_property
    def standing_in(self) -> FundingScheme:
        """The pool as a scheme: whom the scheme is for, what the pool pays, on the day it starts.

        What it pays a person at most is a limit of the plan, which pays the whole share or nothing.
        """
        own = self.scheme or FundingScheme(
            id=self._free_id,
            name=Text(da="puljen", en="the pool"),
            covers="fee",
            who=Text(da="ansøgerne", en="the applicants"),
            what=Text(da="moduler", en="modules"),
            provenance=Provenance(status=Status.EDITORIAL),
        )
        others = (*(own.stacks_with or ()), *self.pool.stacks_with)
        update = {
            "share": float(self.share),
            "cap": None,
            "confirmed_to": self.start,
            "stacks_with": tuple(sorted({*others} - {own.id})),
        }
        return own.model_copy(update=update)

    @property
    def _free_id(self) -> str:
        name = "pool"
        while name in self.catalogue.funding:
            name += "-x"
        return name

    # --- whom and what it is for ----------------------------------------------------------------

    @cached_property
    def closed(self) -> Text | None:
        """Why it pays for nothing at all on the day."""
        one = self.scheme
        if one is None or one.holds_on(self.start):
            return None
        name = {lang: one.name.in_(lang) for lang in ("da", "en")}
        if one.valid_to is not None and self.start > one.valid_to:
            da, en = f"gjaldt til {one.valid_to}", f"ended on {one.valid_to}"
        else:
            da, en = f"gælder fra {one.valid_from}", f"begins on {one.valid_from}"
        return Text(da=f"{name['da']} {da}", en=f"{name['en']} {en}")

    def admits(self, person: Employee, module: Module) -> bool | None:
        """Whether the scheme is for a person and a module; None where that is unknown."""
        if self.scheme is None:
            return True
        key = (*self._prices.deciding(person), module.id)
        if key not in self._verdicts:
            self._verdicts[key] = pays(self.standing_in, module, person, self.catalogue)
        return self._verdicts[key]

    @cached_property
    def _prices(self) -> PriceList:
        return PriceList(self.catalogue, self.start)

    @cached_property
    def _verdicts(self) -> dict[tuple[object, ...], bool | None]:
        return {}

    # --- what it pays ---------------------------------------------------------------------------

    @staticmethod
    def gross(module: Module) -> int | None:
        """The price in øre, the middle of a range; None where unknown."""
        return None if module.price is None else ores(module.price.middle)

    def grant(self, module: Module) -> int | None:
        """What the pool pays in øre, its share rounded down; None where the price is unknown."""
        gross = self.gross(module)
        return None if gross is None else math.floor(self.share * gross)

    def others(
        self, granted: Iterable[tuple[Employee, Module]]
    ) -> Mapping[tuple[str, str], Mapping[str, int]]:
        """What other funds pay of what the pool leaves, in øre, by person and module.

        Only those that are known to go together with it, as `fagprofil.bill` says.
        """
        pairs = list(granted)
        wanted = [
            Purchase(employee=one.id, module=module.id, start=self.start) for one, module in pairs
        ]
        people = {one.id: one for one, _ in pairs}
        lines = bill(wanted, people.values(), self._after_the_pool, on=self._asked).lines
        found: dict[tuple[str, str], Mapping[str, int]] = {}
        for line, (_, module) in zip(lines, pairs, strict=True):
            left = (self.gross(module) or 0) - (self.grant(module) or 0)
            paid: dict[str, int] = {}
            for one in line.grants:
                if one.scheme != self.standing_in.id:
                    paid[one.scheme] = min(left, ores((one.low + one.high) / 2))
                    left -= paid[one.scheme]
            found[line.employee, line.module] = {name: x for name, x in paid.items() if x}
        return found

    @property
    def _asked(self) -> dt.date | None:
        """The day of planning, if it is one from which there is still time to apply."""
        return self.on if self.start > self.on else None

    @cached_property
    def _after_the_pool(self) -> Catalogue:
        """The catalogue with the pool, and the schemes that are known to go together with it.

        A bill lets those pay first whose sources speak for the day, so the pool is made the only
        one; the order among the others stays.
        """
        own = self.standing_in
        others = []
        for one in self.catalogue.funding.values():
            known = one.id in (own.stacks_with or ()) or own.id in (one.stacks_with or ())
            if known and one.id != own.id:
                last = (
                    None if one.confirmed_to is None else min(one.confirmed_to, self.start - _DAY)
                )
                others.append(one.model_copy(update={"confirmed_to": last}))
        return self.catalogue.model_copy(
            update={"funding": Records([own, *others], "funding scheme")}
        )

    # --- what is not known ----------------------------------------------------------------------

    def unknown(self) -> Iterator[Text]:
        """What is not known of the rules, and what is taken instead."""
        if self.closed is not None:
            yield self.closed
        if self.scheme is not None:
            yield from self._unknown_of(self.scheme)
        if not self.standing_in.stacks_with and len(self._after_the_pool.funding) == 1:
            yield Text(
                da="om andre ordninger kan lægges til puljen, er ikke kendt; intet er regnet med",
                en="it is not known if other schemes can be added to the pool; none is counted",
            )

    def _unknown_of(self, scheme: FundingScheme) -> Iterator[Text]:
        da, en = scheme.name.in_("da"), scheme.name.in_("en")
        if scheme.share is None:
            yield Text(
                da=f"{da}: andelen er ikke kendt; puljens {float(self.share):.0%} er brugt",
                en=f"{en}: its share is not known; the pool's {float(self.share):.0%} is taken",
            )
        if scheme.cap is None:
            yield Text(
                da=f"{da}: loftet pr. person er ikke kendt; der regnes uden",
                en=f"{en}: its cap per person is not known; none is counted",
            )
        if scheme.modules is None and scheme.programmes is None:
            yield Text(
                da=f"{da}: listen over moduler er ikke kendt; puljens egen er brugt",
                en=f"{en}: its list of modules is not known; the pool's own is taken",
            )
        if scheme.apply_earliest_months is None and scheme.apply_latest_days is None:
            yield Text(
                da=f"{da}: ansøgningsfrister er ikke kendt",
                en=f"{en}: the dates to apply are not known",
            )
        if not is_confirmed(scheme, self.start):
            until = scheme.confirmed_to
            yield Text(
                da=f"{da}: kilderne gælder " + (f"til {until}" if until else "ingen bestemt dag"),
                en=f"{en}: the sources speak " + (f"until {until}" if until else "for no day"),
            )
