"""What a module costs after funding, on a day, and which rule says so."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from fagprofil.catalogue import Catalogue
from fagprofil.memory import keep
from fagprofil.model import Employee, FundingScheme, Module, Price, Text
from fagprofil.model.base import Frozen
from fagprofil.roster import Roster

__all__ = [
    "NetPrice",
    "PriceList",
    "days_unconfirmed",
    "education_level",
    "is_confirmed",
    "net_price",
    "pays",
    "rule_of",
]


class NetPrice(Frozen):
    """A module's price for one person after the one scheme that is taken to pay.

    Prices are in Danish kroner. Where only a planning range is known, `low` and `high` are its
    ends.
    """

    gross_low: float
    gross_high: float
    low: float
    high: float
    scheme: str | None = None
    """The id of the scheme that pays, or None."""
    rule: Text
    """The rule that gave the price, in words."""
    sources: tuple[str, ...] = ()
    confirmed: bool = True
    """False where the scheme's sources do not speak for the day asked about."""
    possible: tuple[str, ...] = ()
    """Other schemes that pay, or of which it is unknown whether they do."""

    @property
    def amount(self) -> float:
        """The price, or the middle of its range."""
        return (self.low + self.high) / 2


def net_price(
    module: Module, employee: Employee, catalogue: Catalogue, on: dt.date
) -> NetPrice | None:
    """The price of a module for a person who starts on a day; None where the price is unknown.

    Of the schemes that are known to pay for this person, module and day, one is taken, alone: the
    one that leaves the least to pay among those whose sources speak for the day, or else the one
    whose sources speak latest. A cap counts for this module as if nothing else had been paid;
    where the cap is not known the rule says so, and the price is without it.

    Parameters
    ----------
    module, employee
        What is taken by whom.
    catalogue
        Its `funding` holds the schemes.
    on
        The day of the start.

    Examples
    --------
    >>> import fagprofil as fp
    >>> catalogue = fp.load_catalogue()
    >>> module = catalogue.modules["rehabilitering-i-beskaeftigelsesindsatsen"]
    >>> somebody = fp.Employee(id="a", employer="kommune", agreement="hk")
    >>> price = net_price(module, somebody, catalogue, catalogue.taxonomy.as_of)
    >>> price.scheme is not None and price.amount < price.gross_high
    True
    """
    price = module.price
    if price is None:
        return None
    paying, possible = [], []
    for scheme in catalogue.funding.values():
        if scheme.covers != "fee" or not scheme.holds_on(on):
            continue
        verdict = pays(scheme, module, employee, catalogue)
        if verdict is None or (verdict and scheme.share is None):
            possible.append(scheme.id)
        elif verdict:
            paying.append(scheme)
    ranked = sorted(paying, key=lambda one: _preference(one, price, on))
    best = ranked[0] if ranked else None
    possible = sorted([*possible, *(one.id for one in ranked[1:])])
    if best is None:
        rule = Text(da="ingen kendt ordning betaler", en="no scheme is known to pay")
        return NetPrice(
            gross_low=price.low,
            gross_high=price.high,
            low=price.low,
            high=price.high,
            rule=rule,
            possible=tuple(possible),
        )
    return NetPrice(
        gross_low=price.low,
        gross_high=price.high,
        low=_left(price.low, best),
        high=_left(price.high, best),
        scheme=best.id,
        rule=rule_of(best),
        sources=best.provenance.sources,
        confirmed=is_confirmed(best, on),
        possible=tuple(possible),
    )


def is_confirmed(scheme: FundingScheme, on: dt.date) -> bool:
    """Whether a scheme's sources speak for a day."""
    return scheme.confirmed_to is not None and on <= scheme.confirmed_to


def _preference(scheme: FundingScheme, price: Price, on: dt.date) -> tuple[int, float, str]:
    left = _left(price.low, scheme) + _left(price.high, scheme)
    return days_unconfirmed(scheme, on), left, scheme.id


def days_unconfirmed(scheme: FundingScheme, on: dt.date) -> int:
    """0 where a scheme's sources speak for a day, and else the larger the earlier they end.

    Confirmed schemes are preferred, then those whose sources speak latest.
    """
    last = scheme.confirmed_to or dt.date.min
    return 0 if is_confirmed(scheme, on) else dt.date.max.toordinal() - last.toordinal()


def _left(price: float, scheme: FundingScheme) -> float:
    paid = price * (scheme.share or 0.0)
    return price - (paid if scheme.cap is None else min(paid, scheme.cap))


def rule_of(scheme: FundingScheme) -> Text:
    """What a scheme pays, in words."""
    share = scheme.share or 0.0
    cap = {"da": ", loft ikke kendt", "en": ", cap not known"}
    if scheme.cap is not None:
        period = {"12-months": ("12 måneder", "12 months"), "calendar-year": ("år", "year")}
        amount = f"{scheme.cap:,.0f}"
        da, en = period.get(scheme.cap_period or "", ("periode", "period"))
        cap = {
            "da": f", højst {amount.replace(',', '.')} kr. pr. person pr. {da}",
            "en": f", at most {amount} kr per person and {en}",
        }
    return Text(
        da=f"{scheme.name.in_('da')}: {share:.0%} af prisen{cap['da']}",
        en=f"{scheme.name.in_('en')}: {share:.0%} of the price{cap['en']}",
    )


def pays(
    scheme: FundingScheme, module: Module, employee: Employee, catalogue: Catalogue
) -> bool | None:
    """Whether a scheme pays; None where a fact that decides it is unknown."""
    answers = list(_conditions(scheme, module, employee, catalogue))
    if False in answers:
        return False
    return None if None in answers else True


def _conditions(
    scheme: FundingScheme, module: Module, employee: Employee, catalogue: Catalogue
) -> Iterator[bool | None]:
    yield _among(employee.employer, scheme.employers)
    if scheme.agreements is not None:
        yield _among(employee.agreement, scheme.agreements)
    yield _among(module.level, scheme.levels)
    if scheme.programmes is not None or scheme.modules is not None:
        named = module.programme in (scheme.programmes or ())
        yield named or module.id in (scheme.modules or ())
    if scheme.excluded_backgrounds:
        yield _none_among(employee.backgrounds, scheme.excluded_backgrounds)
    level = education_level(employee, catalogue)
    if scheme.min_education_level is not None:
        yield None if level is None else level >= scheme.min_education_level
    if scheme.max_education_level is not None:
        yield None if level is None else level <= scheme.max_education_level


def _among(value: str | None, allowed: tuple[str, ...] | None) -> bool | None:
    return None if value is None or allowed is None else value in allowed


def _none_among(values: tuple[str, ...] | None, excluded: tuple[str, ...]) -> bool | None:
    return None if values is None else not set(values) & set(excluded)


def education_level(employee: Employee, catalogue: Catalogue) -> int | None:
    """A person's highest education 1..8: as stated, or else as their backgrounds usually give."""
    if employee.education_level is not None:
        return employee.education_level
    levels = [catalogue.backgrounds[name].education_level for name in employee.backgrounds or ()]
    known = [level for level in levels if level is not None]
    return max(known) if known else None


#: An agreement that no scheme names.
_ANOTHER = ""


class PriceList:
    """Prices on a day, each computed once for people of whom the same facts are known."""

    def __init__(self, catalogue: Catalogue, on: dt.date) -> None:
        self._catalogue = catalogue
        self._on = on
        self._known: dict[tuple[object, ...], NetPrice | None] = {}
        schemes = catalogue.funding.values()
        self._agreements = {one for scheme in schemes for one in scheme.agreements or ()}
        self._excluded = {one for scheme in schemes for one in scheme.excluded_backgrounds or ()}

    def deciding(self, employee: Employee) -> tuple[object, ...]:
        """What decides somebody's prices; people for whom it is the same pay the same."""
        agreement, backgrounds = employee.agreement, employee.backgrounds
        if agreement is not None and agreement not in self._agreements:
            agreement = _ANOTHER
        if backgrounds is not None:
            backgrounds = tuple(sorted(self._excluded.intersection(backgrounds)))
        level = education_level(employee, self._catalogue)
        return (employee.employer, agreement, level, backgrounds)

    def of(self, employee: Employee, module: Module) -> NetPrice | None:
        """What `net_price` says."""
        facts = (*self.deciding(employee), module.id)
        try:
            return self._known[facts]
        except KeyError:
            price = net_price(module, employee, self._catalogue, self._on)
        keep(self._known, facts, price)
        return price

    def table(self, roster: Roster) -> NDArray[np.float64]:
        """Prices in kroner, shape (n, M); NaN where unknown."""
        modules = self._catalogue.modules.values()
        prices = [[self.of(one, module) for module in modules] for one in roster.facts]
        amounts = [[np.nan if one is None else one.amount for one in row] for row in prices]
        table = np.array(amounts, dtype=np.float64).reshape(len(roster.facts), len(modules))
        return table[roster.fact]
