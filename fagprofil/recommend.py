"""From people to modules: what is eligible is scored, put in a total order, and explained."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property, partial
from typing import Any

from fagprofil.batch import Order
from fagprofil.blocks import blocks_of, groups_of
from fagprofil.catalogue import Catalogue
from fagprofil.engine import Engine, engine_of
from fagprofil.evidence import DEFAULT_MODEL, EvidenceModel
from fagprofil.fingerprint import fingerprint
from fagprofil.frames import (
    PlainTexts,
    arrow_batch,
    arrow_frame,
    stacked,
    texts_for_tables,
)
from fagprofil.ladder import ladder_of
from fagprofil.model import OVER_FIVE_YEARS, Employee, Horizon, Lang, ProfileLike
from fagprofil.model.base import Deferred
from fagprofil.one_person import OnePerson
from fagprofil.people_table import people_roster
from fagprofil.rankers import History, RankerLike, RankingTask
from fagprofil.result_table import Form
from fagprofil.results import COLUMNS, Choose, Found, Recommendations, result_schema
from fagprofil.shortlist import CHUNK
from fagprofil.version import __version__

__all__ = ["Recommender"]


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
        self._engine = engine_of(ladder_of(catalogue, on, model), ranker, horizon, history)

    @cached_property
    def _one_person(self) -> OnePerson:
        return OnePerson(self._engine)

    def __getstate__(self) -> dict[str, Any]:
        return {"_engine": self._engine}

    @property
    def catalogue(self) -> Catalogue:
        """The catalogue that it was made from."""
        return self._engine.ladder.catalogue

    @property
    def on(self) -> dt.date:
        """The day that it judges by."""
        return self._engine.ladder.on

    @property
    def horizon(self) -> Horizon:
        """When it weighs needs."""
        return self._engine.horizon

    @property
    def model(self) -> EvidenceModel:
        """How it combines evidence."""
        return self._engine.ladder.model

    @cached_property
    def version(self) -> str:
        """A hash of catalogue, ranking model, history, options and this library's own version.

        It stands on every result.

        Two recommenders of one version recommend the same.
        """
        engine = self._engine
        options = (engine.horizon, self.on, engine.ladder.model)
        made_of = (engine.ladder.fingerprint, engine.ranker, engine.history, options)
        return fingerprint(__version__, *made_of)

    def __repr__(self) -> str:
        edition, engine = self.catalogue.taxonomy.id, self._engine
        return (
            f"<Recommender {engine.ranker!r} over {edition!r}, horizon {engine.horizon}, {self.on}>"
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
        engine, blend = self._engine, self._engine.profile_of(employee, profile)
        found: Found | None = None
        if engine.by_gain and choose == "list":
            found = self._one_person.find(employee, blend, order)
        if found is None or len(found.items) < k:
            # Why there are fewer is told by looking at all modules.
            found = engine.batch(engine.ladder.roster([employee]), blend, order).found(0, order)
        competences = self.catalogue.taxonomy.competences
        return Recommendations.model_validate(
            {
                **found.profile,
                "employee": employee.id,
                "horizon": engine.horizon,
                "on": self.on,
                "ranker": engine.ranker_name,
                "version": self.version,
                "choose": choose,
                "items": found.items,
                "ineligible": Deferred(partial(engine.ineligible, employee, blend, order)),
                "gap": found.gap,
                "fewer": found.fewer,
                "competence_names": {name: competences[name].name for name in sorted(found.named)},
            }
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
        the row with rank 0. With pyarrow installed, texts that repeat (``title``, ``price_rule``,
        ``notes``, ``status``) are categories of the kind of table.

        Raises
        ------
        DataError
            Everything that is wrong in the table, `k`, `choose` or `lang`; an excluded module that
            the catalogue does not have.
        UnknownName
            A profile that the catalogue does not have.
        RankerError
            The ranking model broke its contract.

        Examples
        --------
        >>> import fagprofil as fp
        >>> recommender = fp.Recommender(fp.load_catalogue())
        >>> people = [fp.Employee(id="a", profile="virksomhed"), fp.Employee(id="b")]
        >>> table = recommender.recommend_table(people, k=2, lang="en")
        >>> list(table["employee"]), list(table["rank"])
        (['a', 'a', 'b'], [1, 2, 0])
        """
        order, form = Order.checked(k, choose, exclude, lang), Form(lang, texts_for_tables())
        roster, kind = people_roster(workforce, self._engine.ladder)
        return stacked(list(blocks_of(self._engine, roster, profile, order, form, progress)), kind)

    def recommend_batch(
        self,
        batch: Any,
        profile: ProfileLike | None = None,
        *,
        k: int = 10,
        choose: Choose = "list",
        exclude: Iterable[str] = (),
        lang: Lang = "da",
    ) -> Any:
        """The rows of `recommend_table` for a batch of people: what any engine can map.

        It depends on nothing but its arguments, so batches can be worked on in any order and
        place. The larger the batch the better, from some 10,000 people on.

        Parameters
        ----------
        batch
            A pyarrow ``RecordBatch`` or ``Table`` in the form of `fagprofil.read_workforce`, with
            all of a person's rows in it; fastest in the wide form.
        profile, k, choose, exclude, lang
            As for `recommend_table`.

        Returns
        -------
        A pyarrow ``RecordBatch`` of the schema `fagprofil.results.result_schema`.

        Raises
        ------
        DataError
            Everything that is wrong in the batch.
        MissingExtra
            pyarrow is not installed.

        Examples
        --------
        >>> import fagprofil as fp
        >>> import pyarrow as pa
        >>> people = pa.RecordBatch.from_pylist(
        ...     [{"employee": "a", "profile": "virksomhed", "jobmatch": 1, "motivation": 3}])
        >>> fp.Recommender(fp.load_catalogue()).recommend_batch(people, k=2).num_rows
        2
        """
        frame = arrow_frame(batch)
        order, form = Order.checked(k, choose, exclude, lang), Form(lang, texts_for_tables())
        roster, _ = people_roster(frame, self._engine.ladder)
        return arrow_batch(
            list(blocks_of(self._engine, roster, profile, order, form)), result_schema()
        )

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
        """The rows of `recommend_table` as dicts, for where no table library is installed.

        It takes the same options and raises the same errors.

        Examples
        --------
        >>> import fagprofil as fp
        >>> recommender = fp.Recommender(fp.load_catalogue())
        >>> rows = recommender.recommend_rows([fp.Employee(id="a")], "virksomhed", k=2)
        >>> [row["rank"] for row in rows]
        [1, 2]
        """
        order = Order.checked(k, choose, exclude, lang)
        roster = self._engine.ladder.roster(tuple(employees))
        form = Form(lang, PlainTexts())
        blocks = blocks_of(self._engine, roster, profile, order, form, progress)
        rows: list[dict[str, Any]] = []
        for block in blocks:
            columns = [block[name] for name in COLUMNS]
            rows += [dict(zip(COLUMNS, row, strict=True)) for row in zip(*columns, strict=True)]
        return rows

    def tasks(
        self, employees: Iterable[Employee], profile: ProfileLike | None = None
    ) -> Iterator[RankingTask]:
        """What the ranking model is given, for many people: one task per profile and batch.

        Parameters
        ----------
        profile
            One profile for all; None takes each person's own. People without one are in no task.

        Raises
        ------
        DataError
            The people do not fit the catalogue.
        UnknownName
            A profile that the catalogue does not have.

        Examples
        --------
        >>> import fagprofil as fp
        >>> catalogue = fp.load_catalogue()
        >>> recommender = fp.Recommender(catalogue)
        >>> (task,) = recommender.tasks([fp.Employee(id="a", profile="basis")])
        >>> task.shape == (1, len(catalogue.modules))
        True
        """
        engine, roster = self._engine, self._engine.ladder.roster(tuple(employees))
        for blend, rows in groups_of(roster, engine.blends(roster, profile)):
            for start in range(0, len(rows), CHUNK):
                yield engine.task(roster.part(rows[start : start + CHUNK]), blend)

    def to_learn_from(self, employees: Iterable[Employee]) -> tuple[RankingTask, History]:
        """What a ranking model is fitted on, to fit one by hand or to cross-validate it.

        Parameters
        ----------
        employees
            People with completed modules.

        Returns
        -------
        The people as they stood before the last day on which they took something, each with their
        own profile, and their whole history; row by row the same people.

        Raises
        ------
        DataError
            The people do not fit the catalogue.

        Examples
        --------
        >>> import fagprofil as fp
        >>> taken = [fp.Completion(module="mediation", date="2025-01-15")]
        >>> people = [fp.Employee(id="a", profile="basis", completed=taken)]
        >>> task, history = fp.Recommender(fp.load_catalogue()).to_learn_from(people)
        >>> int(task.passed.sum()), int(history.passed.sum())
        (0, 1)
        """
        people, engine = tuple(employees), self._engine
        self.catalogue.check_employees(people)
        known = History.of(people, self.catalogue)
        return Engine(engine.ladder, engine.ranker, engine.horizon, known).task_to_fit(
            people
        ), known
