"""What several modules cost several people, when caps and windows hold over all of them."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from fagprofil.catalogue import Catalogue
from fagprofil.errors import DataError, Problem, unknown_id
from fagprofil.funding import days_unconfirmed, is_confirmed, pays, rule_of
from fagprofil.model import Employee, FundingScheme, Module, Text
from fagprofil.model.base import Frozen

__all__ = ["Bill", "BillLine", "Grant", "Purchase", "bill"]


class Purchase(Frozen):
    """A module that a person is to start on a day."""

    employee: str
    module: str
    start: dt.date


class Grant(Frozen):
    """What one scheme pays of one module, in kroner; a range where the price is one."""

    scheme: str
    low: float
    high: float
    rule: Text
    """The rule that gave it, in words."""
    sources: tuple[str, ...]
    confirmed: bool
    """False where the scheme's sources do not speak for the day of the start."""
    apply_from: dt.date | None
    """The first day to apply; None where it is not known."""
    apply_until: dt.date | None
    """The last day to apply; None where it is not known."""
    group: bool | None
    """Whether so many start together that they can ask for approval beforehand; None where it is
    not known that groups can."""


class BillLine(Frozen):
    """What one module costs one person."""

    employee: str
    module: str
    start: dt.date
    gross_low: float | None
    """Price before funding in kroner, the lower end of its range; None where unknown."""
    gross_high: float | None
    grants: tuple[Grant, ...]
    net_low: float | None
    net_high: float | None
    notes: tuple[Text, ...]
    """What is not known, and what would have paid and does not."""


class Bill(Frozen):
    """What all of it costs.

    Sums leave out the modules of which the price is unknown; `unpriced` counts them.
    """

    lines: tuple[BillLine, ...]

    @property
    def gross(self) -> float:
        """Before funding, in kroner; the middle of ranges."""
        return sum(_middle(one.gross_low, one.gross_high) for one in self.lines)

    @property
    def net(self) -> float:
        """After funding, in kroner; the middle of ranges."""
        return sum(_middle(one.net_low, one.net_high) for one in self.lines)

    @property
    def paid(self) -> Mapping[str, float]:
        """What each scheme pays, in kroner; the middle of ranges."""
        found: dict[str, float] = {}
        for line in self.lines:
            for one in line.grants:
                found[one.scheme] = found.get(one.scheme, 0.0) + _middle(one.low, one.high)
        return found

    @property
    def unpriced(self) -> int:
        """How many modules have no known price."""
        return sum(one.gross_low is None for one in self.lines)


def _middle(low: float | None, high: float | None) -> float:
    return 0.0 if low is None or high is None else (low + high) / 2


def bill(
    purchases: Iterable[Purchase],
    people: Iterable[Employee],
    catalogue: Catalogue,
    *,
    on: dt.date | None = None,
) -> Bill:
    """What modules cost people, scheme by scheme, with caps counted over all that each starts.

    In the order of their starts, each module is paid by the scheme that `fagprofil.net_price` would
    take, as far as its cap for the person still goes: over any 12 months, or the calendar year, by
    the days of the starts. Another scheme pays of the rest only if it is known to go together with
    those before it; what is not known is told in a note, and not assumed. A scheme that one can no
    longer apply to pays nothing. Pools are not counted down: others draw on them too.

    Parameters
    ----------
    purchases
        What is started by whom and when.
    people
        Those people; others may be among them.
    catalogue
        Its `funding` holds the schemes.
    on
        The day on which it is planned; None does not ask if it is too late to apply.

    Returns
    -------
    Lines in the order of purchases.

    Raises
    ------
    DataError
        People or modules that there are not, and modules started twice by the same person on one
        day.

    Examples
    --------
    >>> import fagprofil as fp
    >>> catalogue = fp.load_catalogue()
    >>> anna = fp.Employee(id="anna", employer="kommune", agreement="hk", backgrounds=["hk-kontor"])
    >>> wanted = [Purchase(employee="anna", module="rehabilitering-i-beskaeftigelsesindsatsen",
    ...                    start="2027-02-01")]
    >>> (line,) = bill(wanted, [anna], catalogue).lines
    >>> line.grants[0].scheme, round(line.net_high / line.gross_high, 2)
    ('kommunale-kompetencefond-2024', 0.2)
    """
    wanted, by_id = list(purchases), {one.id: one for one in people}
    problems = list(_problems(wanted, by_id, catalogue))
    if problems:
        raise DataError(problems)
    together = Counter((one.module, one.start) for one in wanted)
    accounts: dict[str, _Account] = {}
    lines: dict[int, BillLine] = {}
    order = sorted(
        range(len(wanted)), key=lambda i: (wanted[i].start, wanted[i].employee, wanted[i].module)
    )
    for i in order:
        one = wanted[i]
        account = accounts.setdefault(one.employee, _Account())
        group = together[one.module, one.start]
        lines[i] = _line(one, by_id[one.employee], catalogue, account, group, on)
    return Bill(lines=tuple(lines[i] for i in range(len(wanted))))


def _problems(
    wanted: Sequence[Purchase], people: Mapping[str, Employee], catalogue: Catalogue
) -> Iterator[Problem]:
    for i, one in enumerate(wanted):
        where = f"purchase {i + 1}"
        yield from unknown_id(where, "employee", one.employee, people)
        yield from unknown_id(where, "module", one.module, catalogue.modules)
    counts = Counter((one.employee, one.module, one.start) for one in wanted)
    for (person, module, start), count in sorted(counts.items()):
        if count > 1:
            where = f"purchases of {person!r} on {start}"
            yield Problem(where, "module", module, "a module started once")


@dataclass
class _Account:
    """What schemes have paid for one person: by scheme, starts and the ends of ranges."""

    paid: dict[str, list[tuple[dt.date, float, float]]] = field(default_factory=dict)

    def left(self, scheme: FundingScheme, start: dt.date) -> tuple[float, float]:
        """How far the cap still goes for a module that starts on a day, for both ends."""
        if scheme.cap is None:
            return float("inf"), float("inf")
        within = [
            (low, high)
            for day, low, high in self.paid.get(scheme.id, ())
            if _same_period(scheme, day, start)
        ]
        used_low, used_high = (
            (sum(ends) for ends in zip(*within, strict=True)) if within else (0, 0)
        )
        return scheme.cap - used_low, scheme.cap - used_high

    def add(self, scheme: str, start: dt.date, low: float, high: float) -> None:
        """Note what was paid."""
        self.paid.setdefault(scheme, []).append((start, low, high))


def _same_period(scheme: FundingScheme, earlier: dt.date, later: dt.date) -> bool:
    """Whether two starts count against the same cap."""
    if scheme.cap_period == "calendar-year":
        return earlier.year == later.year
    # Of an unknown period the cap is taken for that of 12 months.
    return earlier > _months_before(later, 12)


def _months_before(day: dt.date, months: int) -> dt.date:
    month = day.year * 12 + day.month - 1 - months
    year, month = divmod(month, 12)
    last = (dt.date(year + (month == 11), (month + 1) % 12 + 1, 1) - dt.timedelta(days=1)).day
    return dt.date(year, month + 1, min(day.day, last))


def _line(
    purchase: Purchase,
    employee: Employee,
    catalogue: Catalogue,
    account: _Account,
    group: int,
    on: dt.date | None,
) -> BillLine:
    module, start = catalogue.modules[purchase.module], purchase.start
    gross = None if module.price is None else (module.price.low, module.price.high)
    grants: list[Grant] = []
    notes: list[Text] = []
    net = gross
    if net is not None:
        for scheme in _in_order(module, employee, catalogue, account, start, on, notes):
            paid = _paid(scheme, gross or net, net, account.left(scheme, start))
            if not _goes_with(scheme, grants, catalogue, notes) or not any(paid):
                continue
            net = (net[0] - paid[0], net[1] - paid[1])
            account.add(scheme.id, start, *paid)
            grants.append(_grant(scheme, start, *paid, group=group))
    return BillLine(
        employee=purchase.employee,
        module=purchase.module,
        start=start,
        gross_low=None if gross is None else gross[0],
        gross_high=None if gross is None else gross[1],
        grants=tuple(grants),
        net_low=None if net is None else net[0],
        net_high=None if net is None else net[1],
        notes=tuple(notes),
    )


def _in_order(
    module: Module,
    employee: Employee,
    catalogue: Catalogue,
    account: _Account,
    start: dt.date,
    on: dt.date | None,
    notes: list[Text],
) -> list[FundingScheme]:
    """The schemes that pay, the preferred one first; notes on those that may, or would have."""
    paying: list[tuple[int, float, str, FundingScheme]] = []
    for scheme in catalogue.funding.values():
        if scheme.covers != "fee" or not scheme.holds_on(start):
            continue
        verdict = pays(scheme, module, employee, catalogue)
        if verdict is False:
            continue
        if verdict is None or scheme.share is None:
            notes.append(
                _said(scheme, "om {} betaler, er ikke kendt", "it is not known if {} pays")
            )
        elif _too_late(scheme, start, on):
            notes.append(
                _said(scheme, "det er for sent at søge {}", "it is too late to apply to {}")
            )
        else:
            price = module.price
            ends = (price.low, price.high) if price is not None else (0.0, 0.0)
            paid = _paid(scheme, ends, ends, account.left(scheme, start))
            if not any(paid) and any(ends):
                notes.append(_said(scheme, "loftet for {} er brugt", "the cap of {} is used up"))
                continue
            left = sum(ends) - sum(paid)
            paying.append((days_unconfirmed(scheme, start), left, scheme.id, scheme))
    return [scheme for *_, scheme in sorted(paying, key=lambda one: one[:3])]


def _said(scheme: FundingScheme, da: str, en: str) -> Text:
    return Text(da=da.format(scheme.name.in_("da")), en=en.format(scheme.name.in_("en")))


def _too_late(scheme: FundingScheme, start: dt.date, on: dt.date | None) -> bool:
    last = _apply_until(scheme, start)
    return on is not None and last is not None and on > last


def _apply_until(scheme: FundingScheme, start: dt.date) -> dt.date | None:
    days = scheme.apply_latest_days
    return None if days is None else start - dt.timedelta(days=days)


def _apply_from(scheme: FundingScheme, start: dt.date) -> dt.date | None:
    months = scheme.apply_earliest_months
    return None if months is None else _months_before(start, months)


def _paid(
    scheme: FundingScheme,
    gross: tuple[float, float],
    rest: tuple[float, float],
    left: tuple[float, float],
) -> tuple[float, float]:
    """What a scheme pays of both ends of a price: its share, as far as rest and cap go."""
    share = scheme.share or 0.0
    low, high = (
        max(0.0, min(whole * share, open_, cap))
        for whole, open_, cap in zip(gross, rest, left, strict=True)
    )
    return low, high


def _goes_with(
    scheme: FundingScheme, grants: Sequence[Grant], catalogue: Catalogue, notes: list[Text]
) -> bool:
    """Whether a scheme is known to go together with all that pay already."""
    for grant in grants:
        other = catalogue.funding[grant.scheme]
        if scheme.id in (other.excludes or ()) or other.id in (scheme.excludes or ()):
            return False
        if scheme.id not in (other.stacks_with or ()) and other.id not in (
            scheme.stacks_with or ()
        ):
            notes.append(
                Text(
                    da=f"om {scheme.name.in_('da')} kan lægges til {other.name.in_('da')}, er ikke "
                    "kendt",
                    en=f"it is not known if {scheme.name.in_('en')} can be added to "
                    f"{other.name.in_('en')}",
                )
            )
            return False
    return True


def _grant(scheme: FundingScheme, start: dt.date, low: float, high: float, *, group: int) -> Grant:
    return Grant(
        scheme=scheme.id,
        low=low,
        high=high,
        rule=rule_of(scheme),
        sources=scheme.provenance.sources,
        confirmed=is_confirmed(scheme, start),
        apply_from=_apply_from(scheme, start),
        apply_until=_apply_until(scheme, start),
        group=None if scheme.group_from is None else group >= scheme.group_from,
    )
