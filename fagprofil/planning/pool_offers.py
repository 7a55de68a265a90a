"""What could be granted: people and modules, what each closes and costs, or why it is closed."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from fagprofil.eligibility import RULE_NAMES, Rule
from fagprofil.model import Module, Text
from fagprofil.planning.cohort_people import Crowd
from fagprofil.planning.pool_funding import PoolFunding
from fagprofil.planning.pool_terms import Pool

__all__ = ["MILLI", "Barrier", "Offers"]

Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]
Positions = NDArray[np.intp]

#: Days and ECTS are counted in thousandths, so that sums are exact.
MILLI = 1000


class Barrier(IntEnum):
    """Why a module cannot be granted to a person, in the order in which reasons are given."""

    OPEN = 0
    CLOSED = 1
    NOT_PAID_FOR = 2
    NOT_VALID = 3
    NO_PRICE = 4
    NO_DAYS = 5
    NO_ECTS = 6
    NO_PROFILE = 7
    NOT_FOR = 8
    UNSURE = 9
    RULE = 10
    UNMAPPED = 11
    NOTHING = 12


#: Barriers that keep a module from everybody.
OF_MODULES = (
    Barrier.CLOSED,
    Barrier.NOT_VALID,
    Barrier.NO_PRICE,
    Barrier.NO_DAYS,
    Barrier.NO_ECTS,
    Barrier.UNMAPPED,
)

WORDS: Mapping[Barrier, Text] = {
    Barrier.NOT_PAID_FOR: Text(
        da="puljen betaler ikke for modulet", en="the pool does not pay for the module"
    ),
    Barrier.NOT_VALID: Text(
        da="modulet gælder ikke på dagen", en="the module is not valid on the day"
    ),
    Barrier.NO_PRICE: Text(da="prisen er ikke kendt", en="the price is not known"),
    Barrier.NO_DAYS: Text(
        da="antallet af undervisningsdage, som en grænse tæller, er ikke kendt",
        en="the number of teaching days, which a limit counts, is not known",
    ),
    Barrier.NO_ECTS: Text(
        da="ECTS, som en grænse tæller, er ikke kendt",
        en="the ECTS, which a limit counts, are not known",
    ),
    Barrier.NO_PROFILE: Text(da="ingen profil", en="no profile"),
    Barrier.NOT_FOR: Text(
        da="ordningen er ikke for personen eller modulet",
        en="the scheme is not for the person or the module",
    ),
    Barrier.UNSURE: Text(
        da="det er ikke kendt, om ordningen er for personen og modulet",
        en="it is not known if the scheme is for the person and the module",
    ),
    Barrier.UNMAPPED: Text(
        da="det er ikke kendt, hvad modulet lærer fra sig",
        en="it is not known what the module teaches",
    ),
    Barrier.NOTHING: Text(da="modulet lukker intet", en="the module closes nothing"),
}


@dataclass(frozen=True, eq=False)
class Offers:
    """P pairs of a person and a module that could be granted, by person and then by module.

    Attributes
    ----------
    modules
        The J modules that the pool pays for, as positions in the catalogue's order.
    barrier
        What keeps each person from each of them, shape (n, J).
    applied
        Who asks for what, shape (n, J).
    person, module
        Positions of people and, in the catalogue's order, of modules, shape (P,).
    """

    crowd: Crowd
    funding: PoolFunding
    modules: Positions
    barrier: NDArray[np.int8]
    applied: Mask
    person: Positions
    module: Positions

    @classmethod
    def of(
        cls,
        crowd: Crowd,
        funding: PoolFunding,
        applications: Mapping[str, Collection[str]] | None = None,
    ) -> Offers:
        """What a pool could pay for.

        Parameters
        ----------
        applications
            The modules that people apply for, by id; None is all.
        """
        records = crowd.ladder.catalogue.modules
        named = records.ids if funding.pool.eligible is None else funding.pool.eligible
        modules = np.array(sorted(records.position[name] for name in named), dtype=np.intp)
        barrier = _barriers(crowd, funding, modules)
        applied = np.full(barrier.shape, applications is None)
        for name, wanted in (applications or {}).items():
            ids = [records.position[one] for one in wanted]
            applied[crowd.position[name]] = np.isin(modules, ids)
        person, column = np.nonzero((barrier == Barrier.OPEN) & applied)
        return cls(crowd, funding, modules, barrier, applied, person, modules[column])

    def __len__(self) -> int:
        return len(self.person)

    @property
    def pool(self) -> Pool:
        """The pool."""
        return self.funding.pool

    @cached_property
    def records(self) -> tuple[Module, ...]:
        """All modules of the catalogue, in its order."""
        return tuple(self.crowd.ladder.catalogue.modules.values())

    @cached_property
    def unit(self) -> Positions:
        """The employer of each pair, as a position among the crowd's units, shape (P,)."""
        return self.crowd.unit[self.person]

    def _of_modules(self, figures: Sequence[int]) -> Ints:
        return np.array(figures, dtype=np.int64)[self.module]

    @cached_property
    def ores(self) -> Ints:
        """What the pool pays for each pair, in øre, shape (P,)."""
        return self._of_modules([self.funding.grant(one) or 0 for one in self.records])

    @cached_property
    def days(self) -> Ints:
        """Teaching days in 1 / `MILLI`, shape (P,); unknown ones are 0, if no limit counts them."""
        return self._of_modules([milli(one.teaching_days) for one in self.records])

    @cached_property
    def ects(self) -> Ints:
        """ECTS in 1 / `MILLI`, shape (P,); unknown ones are 0, if no limit counts them."""
        return self._of_modules([milli(one.ects) for one in self.records])

    @cached_property
    def gain(self) -> Ints:
        """What each pair closes alone, in `fagprofil.ladder.UNIT`, shape (P,)."""
        return self.crowd.gain[self.person, self.module]

    @cached_property
    def starts(self) -> Positions:
        """Where the pairs of each person begin, and the end, shape (n + 1,)."""
        return np.searchsorted(self.person, np.arange(len(self.crowd) + 1))

    def of_person(self, i: int) -> range:
        """The pairs of a person."""
        return range(int(self.starts[i]), int(self.starts[i + 1]))

    def why(self, i: int, j: int) -> Text:
        """What keeps a person from the module in that column, in words."""
        barrier = Barrier(int(self.barrier[i, j]))
        if barrier is Barrier.CLOSED and self.funding.closed is not None:
            return self.funding.closed
        if barrier is not Barrier.RULE:
            return WORDS[barrier]
        barred, m = self.crowd.barred, int(self.modules[j])
        name = RULE_NAMES[next(one for one in Rule if one in barred and barred[one][i, m])]
        return Text(
            da=f"må ikke tage modulet: {name.in_('da')}",
            en=f"may not take the module: {name.in_('en')}",
        )


def milli(number: float | None) -> int:
    """A number of days or ECTS in 1 / `MILLI`; unknown is 0."""
    return round((number or 0.0) * MILLI)


def _barriers(crowd: Crowd, funding: PoolFunding, modules: Positions) -> NDArray[np.int8]:
    """The first barrier between each person and each module, shape (n, J)."""
    barrier = np.zeros((len(crowd), len(modules)), dtype=np.int8)
    # From the last to the first, so that the first stays.
    barrier[crowd.gain[:, modules] == 0] = Barrier.NOTHING
    barrier[:, ~crowd.ladder.mapped[modules]] = Barrier.UNMAPPED
    barrier[~crowd.permitted[:, modules]] = Barrier.RULE
    _who(crowd, funding, modules, barrier)
    barrier[[one is None for one in crowd.profiles]] = Barrier.NO_PROFILE
    for j, m in enumerate(modules.tolist()):
        found = _of_module(
            crowd.ladder.catalogue.modules[crowd.ladder.catalogue.modules.ids[m]], funding
        )
        if found is not Barrier.OPEN:
            barrier[:, j] = found
    return barrier


def _who(crowd: Crowd, funding: PoolFunding, modules: Positions, barrier: NDArray[np.int8]) -> None:
    """Note whom the scheme is not for, or perhaps not."""
    if funding.scheme is None:
        return
    catalogue = crowd.ladder.catalogue.modules
    for j, m in enumerate(modules.tolist()):
        module = catalogue[catalogue.ids[m]]
        for i, one in enumerate(crowd.people):
            verdict = funding.admits(one, module)
            if verdict is not True:
                barrier[i, j] = Barrier.NOT_FOR if verdict is False else Barrier.UNSURE


def _of_module(module: Module, funding: PoolFunding) -> Barrier:
    """What keeps a module from everybody."""
    pool = funding.pool
    if funding.closed is not None:
        return Barrier.CLOSED
    if not module.holds_on(funding.start):
        return Barrier.NOT_VALID
    if module.price is None:
        return Barrier.NO_PRICE
    if pool.counts_days and module.teaching_days is None:
        return Barrier.NO_DAYS
    if pool.person_ects is not None and module.ects is None:
        return Barrier.NO_ECTS
    return Barrier.OPEN
