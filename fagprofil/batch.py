"""People with one profile, ranked: their recommendations, explained."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import get_args

import numpy as np
from numpy.typing import NDArray

from fagprofil.eligibility import (
    RULE_NAMES,
    Ineligible,
    Rule,
    ineligible_modules,
)
from fagprofil.errors import DataError, Problem
from fagprofil.ladder import UNIT, Ladder
from fagprofil.model import IN_FIVE_YEARS, NOW, Blend, Lang, Status, Text
from fagprofil.rankers.base import reasons_of
from fagprofil.ranking import Ranked, Stage
from fagprofil.results import Choose, Found, Recommendation
from fagprofil.roster import Roster
from fagprofil.standing import Held
from fagprofil.terms import TermsList

__all__ = ["Batch", "Order"]


@dataclass(frozen=True)
class Order:
    """What was asked for."""

    k: int
    choose: Choose
    exclude: tuple[str, ...]

    @classmethod
    def checked(
        cls, k: int, choose: Choose, exclude: Iterable[str], lang: Lang | None = None
    ) -> Order:
        """What was asked for, if it makes sense."""
        problems = []
        if lang is not None and lang not in get_args(Lang):
            expected = " or ".join(map(repr, get_args(Lang)))
            problems.append(Problem("recommend", "lang", repr(lang), expected))
        if isinstance(exclude, str):
            problems.append(Problem("recommend", "exclude", exclude, "several ids, as a list"))
        if isinstance(k, bool) or not isinstance(k, (int, np.integer)) or k < 1:
            problems.append(Problem("recommend", "k", repr(k), "a whole number of at least 1"))
        if choose not in ("list", "set"):
            problems.append(Problem("recommend", "choose", repr(choose), "'list' or 'set'"))
        if problems:
            raise DataError(problems)
        return cls(int(k), choose, tuple(exclude))


@dataclass(frozen=True)
class Batch:
    """People with one profile, and what ranking their modules gave."""

    ladder: Ladder
    roster: Roster
    profile: Blend
    held: Held
    broken: Mapping[Rule, NDArray[np.bool_]]
    first: Stage
    ranked: Ranked
    terms: TermsList
    basis: Status
    """The weakest status of what the profile requires."""

    def gap(self, i: int) -> float:
        """The gap of one person over the horizon."""
        return float(self.first.task.closes[i, :, -1].sum() * UNIT)

    def found(self, i: int, order: Order) -> Found:
        """What was found for one person."""
        items = tuple(self.items(i))
        named = {reason.competence for one in items for reason in one.reasons if reason.competence}
        profile = {"profile": self.profile.id, "profile_name": self.profile.name}
        return Found(profile, self.gap(i), items, named, self.why_fewer(i, order))

    def items(self, i: int) -> Iterator[Recommendation]:
        """The recommendations of one person, explained."""
        for rank, (j, stage) in enumerate(
            zip(self.ranked.picks[i], self.ranked.stages, strict=True), start=1
        ):
            if j >= 0:
                yield self._item(i, int(j), rank, stage)

    def _item(self, i: int, j: int, rank: int, stage: Stage) -> Recommendation:
        catalogue, roster = self.ladder.catalogue, self.roster
        module = catalogue.modules[catalogue.module_ids[j]]
        score = float(stage.scores[i, j])
        facts, years_known = roster.facts[roster.fact[i]], not np.isnan(roster.years[i])
        terms = self.terms.of(facts, years_known, module, self.basis)
        return Recommendation(
            rank=rank,
            module=module.id,
            title=module.title,
            score=None if np.isnan(score) else score,
            reasons=tuple(reasons_of(stage.ranker, stage.task, i, j, score)),
            gain_now=_known(stage.task.at(NOW).gain_of(i, j)),
            gain_five_years=_known(stage.task.at(IN_FIVE_YEARS).gain_of(i, j)),
            repeats=_known(self.first.task.repeats[i, j]),
            ects=module.ects,
            net_price=terms.net_price,
            status=terms.status,
            notes=terms.notes,
        )

    def ineligible(self, i: int) -> tuple[Ineligible, ...]:
        """What was left out for one person."""
        rules = {**self.broken, Rule.CLOSES_NOTHING: self.first.task.closes_nothing}
        return ineligible_modules(self.ladder, self.roster.person(i), self.held, rules, i)

    def why_fewer(self, i: int, order: Order) -> Text | None:
        """Why a person got fewer modules than asked for; None where they did not."""
        found = int((self.ranked.picks[i] >= 0).sum())
        if found >= order.k:
            return None
        if not self.ladder.catalogue.modules:
            return Text(da="kataloget har ingen moduler", en="the catalogue has no modules")
        if self.gap(i) == 0:
            return Text(da="der er intet, der mangler", en="nothing is missing")
        da, en = self._mostly_closed_by(i)
        if found == 0:
            return Text(
                da="ingen af de moduler, der må tages, lukker noget af det, der mangler" + da,
                en="no module that may be taken closes anything of what is missing" + en,
            )
        return Text(
            da=f"kun {found} af de moduler, der må tages, lukker noget af det, der mangler{da}",
            en=f"only {found} of the modules that may be taken close anything of what is missing"
            + en,
        )

    def _mostly_closed_by(self, i: int) -> tuple[str, str]:
        """Which rule keeps most of the modules from a person that would close something."""
        closing = np.nan_to_num(self.first.task.gain[i]) > 0
        counts = {rule: int((mask[i] & closing).sum()) for rule, mask in self.broken.items()}
        rule = max(counts, key=lambda rule: counts[rule])
        if counts[rule] == 0:
            return "", ""
        name, one = RULE_NAMES[rule], counts[rule] == 1
        return (
            f"; {counts[rule]} {'andet' if one else 'andre'} er lukket af: {name.da}",
            f"; {counts[rule]} {'other is' if one else 'others are'} closed by: {name.en}",
        )


def _known(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
