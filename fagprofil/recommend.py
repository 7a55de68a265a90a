"""From people to modules: what is eligible is scored, put in a total order, and explained."""

from __future__ import annotations

import copy
import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fagprofil.catalogue import Catalogue
from fagprofil.eligibility import (
    Ineligible,
    Rule,
    allowed,
    broken_rules,
    formal_entry_unknown,
    ineligible_modules,
)
from fagprofil.errors import DataError, Problem
from fagprofil.evidence import DEFAULT_MODEL, EvidenceModel
from fagprofil.frames import to_native
from fagprofil.funding import NetPrice, net_price
from fagprofil.gap_analysis import by_profile, profile_of, profile_status
from fagprofil.ladder import UNIT, Held, Ladder, ladder_of, unmet
from fagprofil.model import (
    IN_FIVE_YEARS,
    NOW,
    OVER_FIVE_YEARS,
    Blend,
    Employee,
    Horizon,
    Lang,
    Module,
    ProfileLike,
    Status,
    Text,
)
from fagprofil.rankers import History, RankerLike, RankingTask, get_ranker
from fagprofil.rankers.base import reasons_of
from fagprofil.ranking import Ranked, Stage, rank_list, rank_set
from fagprofil.results import (
    COLUMNS,
    NO_PROFILE,
    Choose,
    Recommendation,
    Recommendations,
    empty_row,
    row_of,
)
from fagprofil.workforce import people_of

__all__ = ["Recommender"]

#: People scored at once; memory grows with it, results do not change.
CHUNK = 1024


@dataclass(frozen=True)
class _Order:
    """What was asked for."""

    k: int
    choose: Choose
    exclude: tuple[str, ...]

    @classmethod
    def checked(cls, k: int, choose: Choose, exclude: Iterable[str]) -> _Order:
        problems = []
        if isinstance(k, bool) or not isinstance(k, (int, np.integer)) or k < 1:
            problems.append(Problem("recommend", "k", repr(k), "a whole number of at least 1"))
        if choose not in ("list", "set"):
            problems.append(Problem("recommend", "choose", repr(choose), "'list' or 'set'"))
        if problems:
            raise DataError(problems)
        return cls(int(k), choose, tuple(exclude))


@dataclass(frozen=True)
class _Batch:
    """People with one profile, and what ranking their modules gave."""

    ladder: Ladder
    employees: Sequence[Employee]
    profile: Blend
    held: Held
    broken: Mapping[Rule, NDArray[np.bool_]]
    first: Stage
    ranked: Ranked

    def gap(self, i: int) -> float:
        """The gap of one person over the horizon."""
        return float(self.first.task.closes[i, :, -1].sum() * UNIT)

    def items(self, i: int) -> Iterator[Recommendation]:
        """The recommendations of one person, explained."""
        basis = profile_status(self.profile, self.ladder.catalogue)
        for rank, (j, stage) in enumerate(
            zip(self.ranked.picks[i], self.ranked.stages, strict=True), start=1
        ):
            if j >= 0:
                yield self._item(i, int(j), rank, stage, basis)

    def _item(self, i: int, j: int, rank: int, stage: Stage, basis: Status) -> Recommendation:
        catalogue = self.ladder.catalogue
        module = catalogue.modules[catalogue.module_ids[j]]
        score = float(stage.scores[i, j])
        price = net_price(module, self.employees[i], catalogue, self.ladder.on)
        mapping = [module.teaches_provenance.status] if module.teaches_provenance else []
        return Recommendation(
            rank=rank,
            module=module.id,
            title=module.title,
            score=None if np.isnan(score) else score,
            reasons=tuple(reasons_of(stage.ranker, stage.task, i, j, score)),
            gain_now=_known(stage.now.gain_of(i, j)),
            gain_five_years=_known(stage.five_years.gain_of(i, j)),
            repeats=_known(self.first.task.repeats[i, j]),
            ects=module.ects,
            net_price=price,
            status=Status.weakest([basis, module.provenance.status, *mapping]),
            notes=tuple(_notes(module, self.employees[i], price, catalogue)),
        )

    def ineligible(self, i: int) -> tuple[Ineligible, ...]:
        """What was left out for one person."""
        rules = {**self.broken, Rule.CLOSES_NOTHING: self.first.task.closes_nothing}
        return ineligible_modules(self.ladder, self.employees[i], self.held, rules, i)

    def why_fewer(self, i: int, order: _Order) -> Text | None:
        """Why a person got fewer modules than asked for; None where they did not."""
        found = int((self.ranked.picks[i] >= 0).sum())
        if found >= order.k:
            return None
        if not self.ladder.catalogue.modules:
            return Text(da="kataloget har ingen moduler", en="the catalogue has no modules")
        if self.gap(i) == 0:
            return Text(da="der er intet, der mangler", en="nothing is missing")
        if found == 0:
            return Text(
                da="ingen af de moduler, der må tages, lukker noget af det, der mangler",
                en="no module that may be taken closes anything of what is missing",
            )
        return Text(
            da=f"kun {found} af de moduler, der må tages, lukker noget af det, der mangler",
            en=f"only {found} of the modules that may be taken close anything of what is missing",
        )


def _known(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def _notes(
    module: Module, employee: Employee, price: NetPrice | None, catalogue: Catalogue
) -> Iterator[Text]:
    if module.outdated is not None:
        yield module.outdated
    if formal_entry_unknown(module, employee, catalogue):
        yield Text(
            da="adgangskravet er ikke tjekket: kravet eller personens uddannelse er ikke kendt",
            en="formal entry not checked: the rule or the person's schooling is not known",
        )
    if price is not None and price.scheme is not None and not price.confirmed:
        yield Text(
            da="det er ikke bekræftet, at støtteordningen stadig gælder",
            en="it is not confirmed that the funding scheme still holds",
        )


def _prices(
    employees: Sequence[Employee], catalogue: Catalogue, on: dt.date
) -> Callable[[], NDArray[np.float64]]:
    """A function that gives prices after funding, shape (n, M), NaN where unknown."""

    def prices() -> NDArray[np.float64]:
        rows: dict[tuple[object, ...], NDArray[np.float64]] = {}
        table = np.empty((len(employees), len(catalogue.modules)))
        for i, one in enumerate(employees):
            facts = (one.employer, one.agreement, one.education_level, one.backgrounds)
            if facts not in rows:
                found = [net_price(m, one, catalogue, on) for m in catalogue.modules.values()]
                rows[facts] = np.array([np.nan if p is None else p.amount for p in found])
            table[i] = rows[facts]
        return table

    return prices


class Recommender:
    """Recommends modules; compiled once, never changed, and shared between threads.

    Parameters
    ----------
    catalogue
        What there is to need and to learn.
    ranker
        A name (see `fagprofil.rankers.ranker_names`), an instance, or a function of a
        `RankingTask`. One with a ``fit`` is copied and fitted on `history`.
    horizon
        When the needs are weighed.
    on
        The day that validity, prices and the age of evidence are judged by; None takes the day of
        the edition.
    model
        How evidence is combined.
    history
        People whose completed modules a ranking model may learn from.

    Raises
    ------
    CannotScore
        An edition that cannot be scored.
    UnknownName
        No ranker of that name.

    Examples
    --------
    >>> import fagprofil as fp
    >>> recommender = fp.Recommender(fp.load_catalogue())
    >>> result = recommender.recommend(fp.Employee(id="a", backgrounds=["hk-kontor"]), "virksomhed")
    >>> [one.rank for one in result]
    [1, 2, 3, 4, 5]
    >>> result[0].score == sum(reason.value for reason in result[0].reasons)
    True
    """

    def __init__(
        self,
        catalogue: Catalogue,
        ranker: RankerLike = "coverage",
        *,
        horizon: Horizon = OVER_FIVE_YEARS,
        on: dt.date | None = None,
        model: EvidenceModel = DEFAULT_MODEL,
        history: Iterable[Employee] | None = None,
    ) -> None:
        self._ladder = ladder_of(catalogue, on, model)
        self._horizon = horizon
        self._ranker = get_ranker(ranker)
        self._history = None
        if history is not None:
            people = tuple(history)
            catalogue.check_employees(people)
            self._history = History.of(people, catalogue)
            if hasattr(self._ranker, "fit"):
                self._ranker = copy.deepcopy(self._ranker)
                self._ranker.fit(self._task_of(people), self._history)

    @property
    def catalogue(self) -> Catalogue:
        """The catalogue that it was made from."""
        return self._ladder.catalogue

    @property
    def on(self) -> dt.date:
        """The day that it judges by."""
        return self._ladder.on

    def __repr__(self) -> str:
        edition = self.catalogue.taxonomy.id
        return (
            f"<Recommender {self._ranker!r} over {edition!r}, horizon {self._horizon}, {self.on}>"
        )

    def recommend(
        self,
        employee: Employee,
        profile: ProfileLike | None = None,
        *,
        k: int = 5,
        choose: Choose = "list",
        exclude: Iterable[str] = (),
    ) -> Recommendations:
        """The best modules for one person.

        Parameters
        ----------
        employee
            The person.
        profile
            None takes the person's own.
        k
            At most so many modules.
        choose
            ``"list"``: each module on its own. ``"set"``: modules to be taken together; each is
            the one that adds most to those before it.
        exclude
            Ids of modules not to recommend.

        Raises
        ------
        DataError
            The person does not fit the catalogue, or `k` or `choose` is wrong.
        UnknownName
            A profile or an excluded module that the catalogue does not have.
        RankerError
            The ranking model broke its contract.
        """
        order = _Order.checked(k, choose, exclude)
        blend = profile_of(employee, profile, self.catalogue)
        batch = self._batch([employee], blend, order)
        items = tuple(batch.items(0))
        named = {reason.competence for one in items for reason in one.reasons if reason.competence}
        competences = self.catalogue.taxonomy.competences
        return Recommendations(
            employee=employee.id,
            profile=blend.id,
            profile_name=blend.name,
            horizon=self._horizon,
            on=self.on,
            ranker=repr(self._ranker),
            choose=choose,
            items=items,
            ineligible=batch.ineligible(0),
            gap=batch.gap(0),
            fewer=batch.why_fewer(0, order),
            competence_names={name: competences[name].name for name in sorted(named)},
        )

    def recommend_table(
        self,
        workforce: Any,
        profile: ProfileLike | None = None,
        *,
        k: int = 10,
        choose: Choose = "list",
        exclude: Iterable[str] = (),
        lang: Lang = "da",
        progress: Callable[[int], None] | None = None,
    ) -> Any:
        """The best modules for many people, as one long table.

        Parameters
        ----------
        workforce
            A `Workforce`, people, or a table in the form of `fagprofil.read_workforce`.
        profile
            One profile for all; None takes each person's own.
        k, choose, exclude
            As for `recommend`.
        lang
            Language of titles and reasons.
        progress
            Called with the number of people done after each batch.

        Returns
        -------
        A table of the kind that came in, people in their order. Columns: ``employee``, ``rank``
        (from 1; 0 in the one row of a person who is recommended nothing, with the reason),
        ``module``, ``title``, ``score``, ``gain_now`` and ``gain_five_years`` (weights times
        steps), ``repeats`` (0..1), ``ects``, ``net_price`` (kroner; the middle of a range),
        ``reason``, ``status`` (the weakest status of the data). A person without a profile has
        the row with rank 0.
        """
        people = people_of(workforce, self.catalogue)
        rows = self.recommend_rows(
            people, profile, k=k, choose=choose, exclude=exclude, lang=lang, progress=progress
        )
        return to_native({name: [row[name] for row in rows] for name in COLUMNS}, people.frame)

    def recommend_rows(
        self,
        employees: Iterable[Employee],
        profile: ProfileLike | None = None,
        *,
        k: int = 10,
        choose: Choose = "list",
        exclude: Iterable[str] = (),
        lang: Lang = "da",
        progress: Callable[[int], None] | None = None,
    ) -> list[dict[str, Any]]:
        """The rows of `recommend_table` as dicts, for where no table library is installed."""
        people, order = tuple(employees), _Order.checked(k, choose, exclude)
        competences = self.catalogue.taxonomy.competences.values()
        names = {one.id: one.name.in_(lang) for one in competences}
        self.catalogue.check_employees(people)
        rows = [[empty_row(one.id, NO_PROFILE, lang)] for one in people]
        done = 0
        for blend, members in by_profile(people, profile, self.catalogue):
            for start in range(0, len(members), CHUNK):
                chunk = members[start : start + CHUNK]
                batch = self._batch([people[i] for i in chunk], blend, order)
                for row, i in enumerate(chunk):
                    items = batch.items(row)
                    rows[i] = [row_of(people[i].id, one, names, lang) for one in items]
                    why = batch.why_fewer(row, order)
                    if not rows[i] and why is not None:
                        rows[i] = [empty_row(people[i].id, why, lang)]
                done += len(chunk)
                if progress is not None:
                    progress(done)
        return [row for own in rows for row in own]

    def _task_of(self, people: Sequence[Employee]) -> RankingTask:
        """What a ranking model learns on: these people, each with their own profile.

        Nothing is needed of a person without one.
        """
        ladder = self._ladder
        held = ladder.held(people)
        blends = [None if p.profile is None else self.catalogue.resolve(p.profile) for p in people]
        nothing = np.zeros((len(ladder.competences), ladder.top), dtype=np.int64)
        needs = [nothing if b is None else ladder.need(b, self._horizon) for b in blends]
        missing = unmet(np.array(needs).reshape(-1, *nothing.shape), held.steps)
        may = allowed(broken_rules(ladder, people, held))
        ids = tuple(one.id for one in people)
        prices = _prices(people, self.catalogue, self.on)
        return RankingTask(ladder, ids, held, missing, may, self._horizon, prices, self._history)

    def _batch(self, employees: Sequence[Employee], profile: Blend, order: _Order) -> _Batch:
        ladder = self._ladder
        held = ladder.held(employees)
        broken = broken_rules(ladder, employees, held, order.exclude)
        ids = tuple(one.id for one in employees)
        prices = _prices(employees, self.catalogue, self.on)

        def task(horizon: Horizon) -> RankingTask:
            missing = unmet(ladder.need(profile, horizon), held.steps)
            may = allowed(broken)
            return RankingTask(ladder, ids, held, missing, may, horizon, prices, self._history)

        stage = Stage(self._ranker, task(self._horizon), task(NOW), task(IN_FIVE_YEARS))
        rank = rank_set if order.choose == "set" else rank_list
        return _Batch(ladder, employees, profile, held, broken, stage, rank(stage, order.k))
