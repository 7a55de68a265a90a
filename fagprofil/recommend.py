"""From people to modules: what is eligible is scored, put in a total order, and explained."""

from __future__ import annotations

import copy
import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property, partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fagprofil.batch import Batch, Order
from fagprofil.catalogue import Catalogue
from fagprofil.eligibility import (
    allowed,
    broken_rules,
)
from fagprofil.evidence import DEFAULT_MODEL, EvidenceModel
from fagprofil.fingerprint import fingerprint
from fagprofil.frames import to_native
from fagprofil.funding import PriceList
from fagprofil.gap_analysis import by_profile, profile_of, profile_status
from fagprofil.ladder import Held, ladder_of, unmet
from fagprofil.model import (
    IN_FIVE_YEARS,
    NOW,
    OVER_FIVE_YEARS,
    Blend,
    Employee,
    Horizon,
    Lang,
    ProfileLike,
)
from fagprofil.rankers import History, RankerLike, RankingTask, get_ranker
from fagprofil.ranking import Stage, rank_list, rank_set
from fagprofil.results import (
    COLUMNS,
    NO_PROFILE,
    Choose,
    Recommendations,
    empty_row,
    row_of,
)
from fagprofil.workforce import people_of

__all__ = ["Recommender"]

#: People scored at once; memory grows with it, results do not change.
CHUNK = 1024


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

    @cached_property
    def version(self) -> str:
        """A hash of catalogue, ranking model, history and options; stands on every result.

        Two recommenders of one version recommend the same.
        """
        options = (self._horizon, self.on, self._ladder.model)
        return fingerprint(self._ladder.fingerprint, self._ranker, self._history, options)

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
        order = Order.checked(k, choose, exclude)
        blend = profile_of(employee, profile, self.catalogue)
        prices = PriceList(self.catalogue, self.on)
        batch = self._batch([employee], blend, order, prices)
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
            version=self.version,
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
        ``price_rule`` (the rule that gave it), ``reason``, ``notes`` (what to look into before
        enrolling), ``status`` (the weakest status of the data). A person without a profile has
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
        people, order = tuple(employees), Order.checked(k, choose, exclude)
        competences = self.catalogue.taxonomy.competences.values()
        names = {one.id: one.name.in_(lang) for one in competences}
        self.catalogue.check_employees(people)
        rows = [[empty_row(one.id, NO_PROFILE, lang)] for one in people]
        prices, done = PriceList(self.catalogue, self.on), 0
        for blend, members in by_profile(people, profile, self.catalogue):
            for start in range(0, len(members), CHUNK):
                chunk = members[start : start + CHUNK]
                batch = self._batch([people[i] for i in chunk], blend, order, prices)
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

    def tasks(
        self, employees: Iterable[Employee], profile: ProfileLike | None = None
    ) -> Iterator[RankingTask]:
        """What the ranking model is given, for many people: one task per profile and batch.

        Parameters
        ----------
        profile
            One profile for all; None takes each person's own. People without one are in no task.
        """
        people, prices = tuple(employees), PriceList(self.catalogue, self.on)
        self.catalogue.check_employees(people)
        for blend, members in by_profile(people, profile, self.catalogue):
            need = self._ladder.need(blend, self._horizon)
            for start in range(0, len(members), CHUNK):
                chunk = [people[i] for i in members[start : start + CHUNK]]
                held = self._ladder.held(chunk)
                may = allowed(broken_rules(self._ladder, self._ladder.roster(chunk), held))
                yield self._task(chunk, held, need, may, self._horizon, prices)

    def _task(
        self,
        people: Sequence[Employee],
        held: Held,
        need: NDArray[np.int64],
        may: NDArray[np.bool_],
        horizon: Horizon,
        prices: PriceList,
    ) -> RankingTask:
        ids = tuple(one.id for one in people)
        missing, table = unmet(need, held.steps), partial(prices.table, people)
        return RankingTask(self._ladder, ids, held, missing, may, horizon, table, self._history)

    def _task_of(self, people: Sequence[Employee]) -> RankingTask:
        """What a ranking model learns on: these people, each with their own profile.

        Nothing is needed of a person without one.
        """
        ladder = self._ladder
        held = ladder.held(people)
        blends = [None if p.profile is None else self.catalogue.resolve(p.profile) for p in people]
        nothing = np.zeros((len(ladder.competences), ladder.top), dtype=np.int64)
        needs = [nothing if b is None else ladder.need(b, self._horizon) for b in blends]
        need = np.array(needs, dtype=np.int64).reshape(len(people), *nothing.shape)
        may = allowed(broken_rules(ladder, ladder.roster(people), held))
        return self._task(
            people, held, need, may, self._horizon, PriceList(self.catalogue, self.on)
        )

    def _batch(
        self, employees: Sequence[Employee], profile: Blend, order: Order, prices: PriceList
    ) -> Batch:
        ladder = self._ladder
        held = ladder.held(employees)
        broken = broken_rules(ladder, ladder.roster(employees), held, order.exclude)
        basis, may = profile_status(profile, self.catalogue), allowed(broken)

        def task(horizon: Horizon) -> RankingTask:
            need = ladder.need(profile, horizon)
            return self._task(employees, held, need, may, horizon, prices)

        stage = Stage(self._ranker, task(self._horizon), task(NOW), task(IN_FIVE_YEARS))
        rank = rank_set if order.choose == "set" else rank_list
        ranked = rank(stage, order.k)
        return Batch(ladder, employees, profile, held, broken, stage, ranked, prices, basis)
