"""A limit on money as rows of the program: what modules cost less what schemes pay.

Of a price that is a range, schemes pay both ends; what counts is the middle. With one scheme for
each module the rows are exact. Where another scheme pays once a cap is used up, they say no more
than that the cap must be used up by the end of that period, so a plan may turn out dearer than
they say; its bill is looked at, and if it is too high the plan is ruled out.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from fagprofil.model import FundingScheme
from fagprofil.planning.purse import counted_together, ores

if TYPE_CHECKING:
    from fagprofil.planning.pathway_model import PathwayModel

__all__ = ["money_rows"]

#: Money is counted in thousands of kroner, so that the solver's tolerance is a tenth of an øre.
_THOUSAND = 1000.0


def money_rows(model: PathwayModel) -> None:
    """Add the rows of a limit on money to a program; without one it does not matter who pays."""
    limit = model.task.asked.limit("money")
    if limit is None:
        return
    prices = [one.price for one in model.task.modules]
    low, high = (
        np.array([0.0 if one is None else getattr(one, end) for one in prices])
        for end in ("low", "high")
    )
    most = (ores(limit) + 0.5) / 100
    plain = _plain_shares(model)
    if plain is not None:
        # Whole numbers, which are a far better row.
        net = ((low + high) / 2)[model.task.options.module] * (1 - plain)
        whole = np.rint(net * _THOUSAND).astype(np.int64)
        model.rows.add_whole(np.arange(model.count), whole, int(most * _THOUSAND))
        return
    # One end is enough where no price is a range.
    ends = [low, high] if (low != high).any() else [high]
    _with_caps(model, [end / _THOUSAND for end in ends], most / _THOUSAND)


def _plain_shares(model: PathwayModel) -> NDArray[np.float64] | None:
    """The share that is paid of each option, where no cap has to be counted; else None."""
    task = model.task
    schemes = task.asked.catalogue.funding
    shares = []
    for one in task.payers:
        scheme = None if one.scheme is None else schemes[one.scheme]
        if one.also or one.scheme in task.caps:
            return None
        shares.append(0.0 if scheme is None else scheme.share or 0.0)
    return np.array(shares)[task.options.payer]


def _with_caps(model: PathwayModel, ends: Sequence[NDArray[np.float64]], most: float) -> None:
    """What schemes pay in each period, within their caps; money in thousands."""
    options = model.task.options
    gross = np.sum(ends, axis=0)[options.module] / len(ends)
    parts: list[tuple[NDArray[np.intp], NDArray[np.float64] | float]] = [
        (np.arange(model.count), gross)
    ]
    paid: dict[tuple[str, int, int], int] = {}
    for n, end in enumerate(ends):
        price = end[options.module]
        for scheme, t, payers in _payments(model):
            share, then = scheme.share or 0.0, options.period == t
            own = np.flatnonzero(then & np.isin(options.payer, payers) & (price > 0))
            if not len(own):
                continue
            column = model.column(float(price[own].sum() * share))
            paid[scheme.id, t, n] = column
            model.rows.add([(np.array([column]), 1.0), (own, -share * price[own])], 0.0)
            parts.append((np.array([column]), -1.0 / len(ends)))
        _no_more_than_prices(model, price, n, paid)
    _caps(model, paid, len(ends))
    _used_up(model, paid, len(ends) - 1)
    model.rows.add(parts, most)


def _payments(model: PathwayModel) -> Sequence[tuple[FundingScheme, int, list[int]]]:
    """Each scheme and period with the payers that it is among."""
    task = model.task
    schemes = task.asked.catalogue.funding
    found: dict[tuple[str, int], list[int]] = {}
    for payer, t in sorted(set(zip(task.options.payer, task.options.period, strict=True))):
        ways = task.payers[payer]
        for name in {ways.scheme, *ways.also} - {None}:
            found.setdefault((str(name), int(t)), []).append(int(payer))
    return [(schemes[name], t, payers) for (name, t), payers in sorted(found.items())]


def _no_more_than_prices(
    model: PathwayModel, price: NDArray[np.float64], end: int, paid: dict[tuple[str, int, int], int]
) -> None:
    """Schemes that pay together pay no more than prices."""
    task, options = model.task, model.task.options
    if not any(payer.also for payer in task.payers):
        return
    for t in np.unique(options.period):
        columns = [column for (_, when, n), column in paid.items() if (when, n) == (t, end)]
        then = np.flatnonzero(options.period == t)
        model.rows.add([(np.array(columns, dtype=np.intp), 1.0), (then, -price[then])], 0.0)


def _caps(model: PathwayModel, paid: dict[tuple[str, int, int], int], ends: int) -> None:
    """What a scheme pays in the time that its cap holds for."""
    schemes = model.task.asked.catalogue.funding
    for name, cap in model.task.caps.items():
        for end in range(ends):
            for t in range(len(model.task.asked.periods)):
                columns = _within(model, schemes[name], t, paid, end)
                if len(columns):
                    model.rows.add([(columns, 1.0)], cap / _THOUSAND)


def _within(
    model: PathwayModel,
    scheme: FundingScheme,
    t: int,
    paid: dict[tuple[str, int, int], int],
    end: int,
) -> NDArray[np.intp]:
    """The payments that count against a cap together with those of a period, looking back."""
    same = counted_together(scheme, model.task.asked.periods, t)
    columns = [paid[scheme.id, s, end] for s in same if (scheme.id, s, end) in paid]
    return np.array(columns, dtype=np.intp)


def _used_up(model: PathwayModel, paid: dict[tuple[str, int, int], int], end: int) -> None:
    """Another scheme pays only where caps of those before it are used up."""
    task, options = model.task, model.task.options
    schemes = task.asked.catalogue.funding
    switch: dict[tuple[str, int], int] = {}
    for o in range(model.count):
        t = int(options.period[o])
        for name in task.payers[options.payer[o]].after:
            if (name, t) not in switch:
                switch[name, t] = used = model.column(1.0, whole=True)
                cap = task.caps[name] / _THOUSAND
                payments = _within(model, schemes[name], t, paid, end)
                model.rows.add([(np.array([used]), cap), (payments, -1.0)], 0.0)
            model.rows.add([(np.array([o]), 1.0), (np.array([switch[name, t]]), -1.0)], 0.0)
