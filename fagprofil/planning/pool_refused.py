"""Who gets nothing of a pool, and what holds the unused money back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping

import numpy as np

from fagprofil.model import Text
from fagprofil.planning.cohort_words import joined
from fagprofil.planning.pool_offers import WORDS, Barrier
from fagprofil.planning.pool_plan import Refused
from fagprofil.planning.pool_rows import Row
from fagprofil.planning.pool_solve import Solved
from fagprofil.planning.pool_spread import Spread
from fagprofil.planning.pool_words import FITS, LIMITS

__all__ = ["refused", "why_unused"]

_NOTHING_MORE = Text(
    da="modulet lukker intet ud over det, der er givet",
    en="the module closes nothing beside what is granted",
)
_ENOUGH = Text(
    da="ingen kan få mere, som ville lukke noget",
    en="nobody can have more that would close anything",
)
_LITTLE = Text(
    da="resten er mindre, end puljens del af ét modul mere koster",
    en="the rest is less than the pool's part of one more module",
)
_ALL = Text(da="alt er brugt", en="all of it is used")


def _at_work(solved: Solved) -> Spread:
    """The spread as it is, which can be asked what fits."""
    spread = Spread(solved.task.book)
    for p in np.flatnonzero(solved.chosen).tolist():
        spread.give(p)
    return spread


def _nearest(rows: Iterator[Row]) -> Row | None:
    """The limit that is told: a person's before an employer's, and the pool's last."""
    return min(rows, key=lambda row: _NEARNESS[row.limit.partition("_")[0]], default=None)


_NEARNESS = {"person": 0, "employer": 1, "modules": 2, "amount": 3}


def _why(spread: Spread, p: int) -> Text:
    """Why a grant that is possible is not given."""
    if not spread.gain(p):
        return _NOTHING_MORE
    row = _nearest(spread.broken_by(p))
    return FITS if row is None else LIMITS[row.limit]


def refused(
    solved: Solved, applications: Mapping[str, Collection[str]] | None
) -> Iterator[Refused]:
    """People who get nothing; or, where people applied for modules, what is not granted of that."""
    offers, spread = solved.task.offers, _at_work(solved)
    crowd = offers.crowd
    granted = set(offers.person[solved.chosen].tolist())
    for i, one in enumerate(crowd.people):
        if applications is None:
            if i not in granted:
                yield Refused(
                    employee=one.id, employer=one.unit, module=None, reason=_nothing(spread, i)
                )
            continue
        for module in sorted(set(applications.get(one.id, ()))):
            reason = _of(spread, i, crowd.ladder.catalogue.modules.position[module])
            if reason is not None:
                yield Refused(employee=one.id, employer=one.unit, module=module, reason=reason)


def _nothing(spread: Spread, i: int) -> Text:
    """Why somebody gets nothing: of what closes most, or what keeps most modules from them."""
    offers = spread.book.offers
    open_to = offers.of_person(i)
    if open_to:
        return _why(spread, max(open_to, key=lambda p: (int(offers.gain[p]), -p)))
    found = Counter(offers.why(i, j) for j in range(len(offers.modules)))
    return found.most_common(1)[0][0] if found else WORDS[Barrier.NOT_PAID_FOR]


def _of(spread: Spread, i: int, m: int) -> Text | None:
    """Why an application is not granted; None where it is."""
    offers = spread.book.offers
    where = np.flatnonzero(offers.modules == m)
    if not len(where):
        return WORDS[Barrier.NOT_PAID_FOR]
    if offers.barrier[i, where[0]] != Barrier.OPEN:
        return offers.why(i, int(where[0]))
    p = next(p for p in offers.of_person(i) if offers.module[p] == m)
    return None if spread.chosen[p] else _why(spread, p)


def why_unused(solved: Solved, unused: int) -> Text:
    """What holds back the money that is left, in words.

    Parameters
    ----------
    unused
        In øre.
    """
    if not unused:
        return _ALL
    spread, held = _at_work(solved), Counter[Text]()
    waiting = [p for p in np.flatnonzero(~solved.chosen).tolist() if spread.gain(p)]
    for p in waiting:
        row = _nearest(spread.broken_by(p))
        held[FITS if row is None else LIMITS[row.limit]] += 1
    if not waiting:
        return _ENOUGH
    if set(held) == {LIMITS["amount"]}:
        return _LITTLE
    some = joined(held)
    return Text(
        da=f"så mange af de moduler, som ville lukke noget, holdes tilbage af: {some.in_('da')}",
        en=f"so many of the modules that would close something are held back by: {some.in_('en')}",
    )
