"""What to ask about a person next: the rating that would narrow the gap most."""

from __future__ import annotations

import datetime as dt
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from fagprofil.catalogue import Catalogue
from fagprofil.errors import DataError, Problem
from fagprofil.evidence import DEFAULT_MODEL, EvidenceModel
from fagprofil.gap_analysis import GapPart, gap, variance_of
from fagprofil.model import NOW, Employee, EvidenceKind, Horizon, ProfileLike, Text
from fagprofil.model.base import Frozen

__all__ = ["Question", "ask_next"]

_ASKED: tuple[EvidenceKind, ...] = ("manager", "self")


class Question(Frozen):
    """A rating worth asking for."""

    competence: str
    name: Text
    kind: Literal["self", "manager"]
    sd_now: float
    """Standard deviation of the gap today."""
    sd_after: float
    """What it is expected to be with the answer."""


def ask_next(
    employee: Employee,
    profile: ProfileLike | None = None,
    catalogue: Catalogue | None = None,
    *,
    k: int = 3,
    horizon: Horizon = NOW,
    on: dt.date | None = None,
    model: EvidenceModel = DEFAULT_MODEL,
) -> tuple[Question, ...]:
    r"""The ratings that would narrow the gap's interval most, best first.

    For each competence needed, and each of self and manager that has not rated it, the variance of
    the gap that is left on average over the answers to be expected,
    :math:`\sum_x P(x) \operatorname{Var}(gap \mid x)`, with :math:`P(x) = \sum_t p(t) P(x \mid t)`.

    Parameters
    ----------
    k
        At most so many questions.

    Raises
    ------
    DataError
        The person does not fit the catalogue, no profile is given, or `k` is wrong.

    Examples
    --------
    >>> import fagprofil as fp
    >>> question = fp.ask_next(fp.Employee(id="a"), "virksomhed", k=1)[0]
    >>> question.sd_after < question.sd_now
    True
    """
    if isinstance(k, bool) or not isinstance(k, int) or k < 1:
        raise DataError([Problem("ask_next", "k", repr(k), "a whole number of at least 1")])
    found = gap(employee, profile, catalogue, horizon=horizon, on=on, model=model)
    rated = {(said.competence, said.kind) for said in employee.evidence}
    certain = {said.competence for said in employee.evidence if said.kind == "known"}
    variance = found.sd**2
    questions = []
    for part in found.parts:
        for kind in _ASKED:
            if part.competence in certain or (part.competence, kind) in rated:
                continue
            before = variance_of(part.need, part.chance)
            after = _expected_variance(part, model.rating(kind).log_likelihood(len(part.need)))
            questions.append(
                Question(
                    competence=part.competence,
                    name=part.name,
                    kind=kind,
                    sd_now=found.sd,
                    sd_after=float(np.sqrt(max(0.0, variance - before + after))),
                )
            )
    return tuple(sorted(questions, key=lambda one: (one.sd_after, one.competence, one.kind))[:k])


def _expected_variance(part: GapPart, log_likelihood: NDArray[np.float64]) -> float:
    joint = np.exp(log_likelihood) * np.asarray(part.chance)
    answers = joint.sum(axis=1)
    return float(
        sum(
            answer * variance_of(part.need, row / answer)
            for row, answer in zip(joint, answers, strict=True)
            if answer > 0
        )
    )
