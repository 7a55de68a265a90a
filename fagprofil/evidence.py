r"""What is said about a person, combined to how sure we are of each step.

Bayes' rule over the levels 0..L of one competence. With a prior :math:`p_0(t)` from the person's
background and statements :math:`x_i` of kind :math:`c_i`, confidence :math:`w_i` and age
:math:`a_i` years,

.. math::  p(t) \propto p_0(t) \prod_i P_{c_i}(x_i \mid t)^{w_i 2^{-a_i / h_{c_i}}}

and ``held[l]`` is the probability that the level is at least *l*. Ratings err to both sides:
:math:`P_c(x \mid t) \propto e^{-|x - t - b_c| / s_c}`. A passed module, an education and a job say
that a level was reached *at least*: nothing speaks against more, and each missing step below costs
:math:`1 / s_c`. Of the ratings of one kind only the latest counts, since one who rates again errs
in the same way again. All kinds have a monotone likelihood ratio, so a lower statement in place of
a higher one never raises ``held``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Annotated, get_args

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, PositiveFloat

from fagprofil.catalogue import Catalogue
from fagprofil.model import Employee, Evidence, EvidenceKind
from fagprofil.model.base import Frozen

__all__ = [
    "DEFAULT_MODEL",
    "RATED",
    "WEIGHTS",
    "EvidenceModel",
    "RatingModel",
    "brought_by",
    "prior_chances",
    "rated_chances",
    "statements_of",
    "weight_of",
    "words_of",
]

Floats = NDArray[np.float64]

_DAYS_A_YEAR = 365.25
#: Log-likelihoods are summed as whole multiples of this, so that their order does not matter.
_LOG_STEP = 1e-9


#: The weights of statements are whole multiples of one in so many.
WEIGHTS = 1 << 10

#: No log-likelihood is lower: its probability is 0 already, and sums of it stay whole numbers.
_LOWEST = -1e6


def _bounded(log: Floats) -> Floats:
    return np.maximum(log, _LOWEST)


class RatingModel(Frozen):
    """How often a kind of statement says level x when the truth is t."""

    spread: PositiveFloat
    """Steps of error by which a statement becomes e times less likely."""
    bias: Annotated[float, Field(ge=-3, le=3)] = 0.0
    """Steps by which the kind says too much (positive) or too little; for ratings only."""
    at_least: bool = False
    """Whether the statement only says that the level was reached at least."""
    half_life: PositiveFloat
    """Years after which a statement counts half."""

    def log_likelihood(self, top: int) -> NDArray[np.float64]:
        """Log-likelihood of each statement (rows 0..top) under each true level (columns 0..top)."""
        said, truth = np.arange(top + 1)[:, None], np.arange(top + 1)[None, :]
        if self.at_least:
            return _bounded(-np.maximum(said - truth, 0) / self.spread)
        raw = -np.abs(said - truth - self.bias) / self.spread
        raw -= raw.max(axis=0, keepdims=True)
        return _bounded(raw - np.log(np.exp(raw).sum(axis=0, keepdims=True)))


class EvidenceModel(Frozen):
    """Rating models by kind, and the prior; every number is a default of this project's own.

    The prior of a person falls off on both sides of the level that the background brings (0 where
    it brings nothing or is not known). `entry_certainty` is how sure we must be that a level is
    held before a module that expects it on entry is recommended.

    Examples
    --------
    >>> slow = EvidenceModel(manager_rating=RatingModel(spread=0.7, half_life=10))
    >>> slow.rating("manager").half_life
    10.0
    """

    self_rating: RatingModel = RatingModel(spread=0.8, half_life=3)
    manager_rating: RatingModel = RatingModel(spread=0.6, half_life=3)
    passed_module: RatingModel = RatingModel(spread=0.5, half_life=6, at_least=True)
    education: RatingModel = RatingModel(spread=0.8, half_life=10, at_least=True)
    job: RatingModel = RatingModel(spread=1.0, half_life=8, at_least=True)
    prior_spread: PositiveFloat = 2.0
    """Steps of distance from the background's level by which a level is e times less likely."""
    entry_certainty: Annotated[float, Field(gt=0, le=1)] = 0.5
    """Lowest probability of the entry level at which a module's entry counts as met."""

    def rating(self, kind: EvidenceKind) -> RatingModel:
        """The rating model of a kind other than ``known``."""
        model: RatingModel = getattr(self, _MODELS[kind])
        return model

    def log_prior(self, top: int) -> NDArray[np.float64]:
        """Unnormalised log prior, rows by the background's level 0..top, columns by true level."""
        brought, truth = np.arange(top + 1)[:, None], np.arange(top + 1)[None, :]
        return _bounded(-np.abs(brought - truth) / self.prior_spread)


_MODELS: Mapping[EvidenceKind, str] = {
    "self": "self_rating",
    "manager": "manager_rating",
    "module": "passed_module",
    "education": "education",
    "job": "job",
}
DEFAULT_MODEL = EvidenceModel()
_RATERS = ("self", "manager")
#: The kinds that are weighed.
RATED: tuple[EvidenceKind, ...] = tuple(kind for kind in get_args(EvidenceKind) if kind != "known")


def statements_of(employee: Employee, catalogue: Catalogue) -> tuple[Evidence, ...]:
    """What is said of a person: the evidence given, and what each passed module taught."""
    passed = [
        Evidence(competence=name, level=level, kind="module", date=taken.date)
        for taken in employee.completed
        if taken.passed
        for name, level in (catalogue.modules[taken.module].teaches or {}).items()
        if level > 0
    ]
    return (*employee.evidence, *passed)


def counting(statements: Iterable[Evidence], on: dt.date) -> list[Evidence]:
    """The statements that count: a rating is replaced by a later one of the same kind.

    One who rates the same person again errs in the same way again, so that repeated ratings are
    not independent; of two on one day the surer counts, then the lower, whatever order they came
    in. A later rating replaces an earlier one whatever its confidence: it says what holds now.
    """
    others: list[Evidence] = []
    ratings: dict[tuple[str, str], tuple[tuple[dt.date, float, int], Evidence]] = {}
    for said in statements:
        if said.kind not in _RATERS:
            others.append(said)
            continue
        key = (said.competence, said.kind)
        word = (_day_of(said, on), said.confidence, -said.level)
        if key not in ratings or word > ratings[key][0]:
            ratings[key] = (word, said)
    return [*others, *(said for _, said in ratings.values())]


#: A statement that is weighed: the competence's position, the kind's, the level, and the weight.
Word = tuple[int, int, int, float]


def words_of(
    employee: Employee,
    catalogue: Catalogue,
    position: Mapping[str, int],
    on: dt.date,
    model: EvidenceModel = DEFAULT_MODEL,
) -> tuple[dict[int, int], list[Word]]:
    """What is said of a person, as of a day: the levels known, and the words that are weighed.

    Parameters
    ----------
    position
        The position of each competence.
    on
        The day from which ages count; what is said later counts as said on it.

    Raises
    ------
    KeyError
        A competence, a module or a level that there is not.
    """
    known: dict[int, tuple[dt.date, int]] = {}
    others: list[Evidence] = []
    top = catalogue.taxonomy.scale.top if catalogue.taxonomy.scale is not None else -1
    for said in statements_of(employee, catalogue):
        k, level = position[said.competence], said.level
        if level > top:
            raise KeyError(level)
        if said.kind != "known":
            others.append(said)
            continue
        # The latest word holds; of two on one day the lower, whatever order they came in.
        word = (on if said.date is None or said.date > on else said.date, -level)
        if k not in known or word > known[k]:
            known[k] = word
    weighed = [
        (
            position[said.competence],
            RATED.index(said.kind),
            said.level,
            weight_of(said.kind, said.confidence, said.date, on, model),
        )
        for said in counting(others, on)
    ]
    return {k: -negative for k, (_, negative) in known.items()}, weighed


def weight_of(
    kind: EvidenceKind, confidence: float, day: dt.date | None, on: dt.date, model: EvidenceModel
) -> float:
    """How far a statement counts, 0..1: its confidence, halved for each half-life of its age.

    Rounded to a whole multiple of 1 / `WEIGHTS`, half to even, so that many people share what is
    said of them; with the default model one statement moves a certainty by less than a unit so.
    What has no date or a later one counts as said on the day `on`.
    """
    age = 0.0 if day is None else max(0, (on - day).days) / _DAYS_A_YEAR
    exact: float = confidence * 0.5 ** (age / model.rating(kind).half_life)
    return round(exact * WEIGHTS) / WEIGHTS


def prior_chances(model: EvidenceModel, top: int) -> Floats:
    """P(level = t) where nothing was said, rows by the background's level, shape (L + 1, L + 1)."""
    return _chances(_tables(model, top)[0])


def rated_chances(
    brought: NDArray[np.intp],
    cell: NDArray[np.intp],
    kind: NDArray[np.intp],
    level: NDArray[np.intp],
    weight: Floats,
    model: EvidenceModel,
    top: int,
) -> Floats:
    """P(level = t) of some competences of some people, given what is said of them.

    Parameters
    ----------
    brought
        The background's level, shape (c,).
    cell
        Which of the c each statement is about.
    kind, level, weight
        The statements.

    Returns
    -------
    Shape (c, L + 1); sums to 1 along the last axis.
    """
    prior, likelihoods = _tables(model, top)
    log = prior[brought]
    terms = np.rint(weight[:, None] * likelihoods[kind, level] / _LOG_STEP).astype(np.int64)
    np.add.at(log, cell, terms)
    return _chances(log)


def _chances(log: NDArray[np.int64]) -> Floats:
    chance = np.exp((log - log.max(axis=1, keepdims=True)) * _LOG_STEP)
    return np.asarray(chance / chance.sum(axis=1, keepdims=True))


@lru_cache(maxsize=32)
def _tables(model: EvidenceModel, top: int) -> tuple[NDArray[np.int64], Floats]:
    """The prior in steps, and the log-likelihoods by kind, level said and true level."""
    prior = np.rint(model.log_prior(top) / _LOG_STEP).astype(np.int64)
    return prior, np.array([model.rating(kind).log_likelihood(top) for kind in RATED])


def brought_by(
    employee: Employee, catalogue: Catalogue, position: Mapping[str, int]
) -> NDArray[np.intp]:
    """The levels that a person's backgrounds bring, shape (K,); 0 where they bring nothing."""
    brought = np.zeros(len(position), dtype=np.intp)
    for name in employee.backgrounds or ():
        for competence, level in (catalogue.backgrounds[name].brings or {}).items():
            k = position[competence]
            brought[k] = max(brought[k], level)
    return brought


def _day_of(said: Evidence, on: dt.date) -> dt.date:
    """The day that a statement counts as said on: never after `on`."""
    return on if said.date is None else min(said.date, on)


def disagreements(
    statements: Iterable[Evidence], on: dt.date, least: int = 2
) -> dict[str, tuple[int, int]]:
    """Competences in which the latest self-rating and manager's rating lie `least` steps apart.

    Returns
    -------
    The self-rating and the manager's rating by competence.
    """
    latest = {
        (said.competence, said.kind): said.level
        for said in counting(statements, on)
        if said.kind in _RATERS
    }
    pairs = {
        name: (latest[name, "self"], latest[name, "manager"])
        for name, kind in latest
        if kind == "self" and (name, "manager") in latest
    }
    return {name: pair for name, pair in sorted(pairs.items()) if abs(pair[0] - pair[1]) >= least}
