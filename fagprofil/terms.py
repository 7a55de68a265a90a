"""On which terms a module is offered: its price, what to look into, and how well it is founded."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from fagprofil.catalogue import Catalogue
from fagprofil.eligibility import formal_entry_unknown
from fagprofil.funding import NetPrice, PriceList
from fagprofil.memory import keep
from fagprofil.model import Employee, Module, Status, Text

__all__ = ["Terms", "TermsList"]


@dataclass(frozen=True, slots=True)
class Terms:
    """The terms on which a module is offered to people of the same facts.

    Attributes
    ----------
    net_price
        The price after funding; None where unknown.
    notes
        What to look into before enrolling.
    status
        The weakest status of the data that the module's recommendation rests on.
    """

    net_price: NetPrice | None
    notes: tuple[Text, ...]
    status: Status


class TermsList:
    """Terms on a day, each computed once for people of whom the same facts are known."""

    def __init__(self, catalogue: Catalogue, on: dt.date) -> None:
        self._catalogue = catalogue
        self.prices = PriceList(catalogue, on)
        self._known: dict[tuple[Any, ...], Terms] = {}

    def of(self, person: Employee, years_known: bool, module: Module, basis: Status) -> Terms:
        """The terms of one module.

        Parameters
        ----------
        person
            Somebody of these facts.
        years_known
            Whether it is known how long they have done relevant work.
        basis
            The weakest status of what the profile requires.
        """
        facts = (*self.prices.deciding(person), years_known, module.id, basis)
        terms = self._known.get(facts)
        if terms is None:
            terms = self._terms(person, years_known, module, basis)
            keep(self._known, facts, terms)
        return terms

    def _terms(self, person: Employee, years_known: bool, module: Module, basis: Status) -> Terms:
        price = self.prices.of(person, module)
        mapping = [module.teaches_provenance.status] if module.teaches_provenance else []
        unchecked = formal_entry_unknown(module, person, years_known, self._catalogue)
        return Terms(
            net_price=price,
            notes=tuple(_notes(module, price, unchecked)),
            status=Status.weakest([basis, module.provenance.status, *mapping]),
        )


def _notes(module: Module, price: NetPrice | None, unchecked: bool) -> Iterator[Text]:
    if module.outdated is not None:
        yield module.outdated
    if unchecked:
        yield Text(
            da="adgangskravet er ikke tjekket: kravet eller personens uddannelse er ikke kendt",
            en="formal entry not checked: the rule or the person's schooling is not known",
        )
    if price is not None and price.scheme is not None and not price.confirmed:
        yield Text(
            da="det er ikke bekræftet, at støtteordningen stadig gælder",
            en="it is not confirmed that the funding scheme still holds",
        )
