"""How far to trust what was learned, against the formula."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["trust_in"]

Floats = NDArray[np.float64]

#: The weights that are tried, from the smallest.
WEIGHTS = (0.25, 0.5, 0.75, 1.0)
#: The 95th percentile of the normal distribution: one-sided at 5 %.
ONE_SIDED = 1.6449


def trust_in(
    learned: Floats,
    formula: Floats,
    outcome: Floats,
    person: NDArray[np.intp],
    *,
    within: bool = False,
) -> float:
    """The weight, 0..1, with which learned and formula together foretell outcomes best.

    Each mixture of the two (at the same spread) is brought to the outcomes' scale by a straight
    line that does not fall. A weight is taken only if the squared errors of people are smaller than
    with the formula alone by more than chance: their mean difference is above 1.64 of its standard
    errors. Of those that are, the one with the smallest error; 0 where none is.

    Parameters
    ----------
    learned, formula, outcome
        Of pairs of a person and a module; `learned` of people who were not learned from.
    person
        The person of each pair; their errors are summed.
    within
        Whether only differences within a person count, as where each has a list.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> truth, noise = rng.normal(size=(2, 200))
    >>> trust_in(truth, noise, truth + noise, np.arange(200)) > 0
    True
    >>> trust_in(noise, truth, truth, np.arange(200))
    0.0
    """
    _, who = np.unique(person, return_inverse=True)
    if within:
        learned, formula, outcome = (
            values - _means(values, who)[who] for values in (learned, formula, outcome)
        )
    mixtures = [(1 - w) * _unit(formula) + w * _unit(learned) for w in (0.0, *WEIGHTS)]
    errors = [np.bincount(who, _errors(one, outcome)) for one in mixtures]
    best, chosen = 0.0, 0.0
    for weight, error in zip(WEIGHTS, errors[1:], strict=True):
        better = errors[0] - error
        spread = float(np.std(better, ddof=1)) if len(better) > 1 else 0.0
        sure = better.mean() > ONE_SIDED * spread / np.sqrt(len(better))
        if sure and better.mean() > best:
            best, chosen = float(better.mean()), weight
    return chosen


def _means(values: Floats, who: NDArray[np.intp]) -> Floats:
    return np.bincount(who, values) / np.bincount(who)


def _unit(values: Floats) -> Floats:
    spread = float(np.std(values))
    return (values - values.mean()) / spread if spread > 0 else np.zeros(len(values))


def _errors(values: Floats, outcome: Floats) -> Floats:
    """Squared errors of the straight line through the outcomes that does not fall."""
    slope = max(0.0, float(np.mean(values * (outcome - outcome.mean()))))
    size = float(np.mean(values * values))
    line = outcome.mean() + (slope / size if size > 0 else 0.0) * values
    return np.asarray((outcome - line) ** 2)
