"""How far to trust what was learned, against the formula."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["trust_in"]

Floats = NDArray[np.float64]

#: The weights that are tried, from the smallest. The formula always keeps a part: outcomes are
#: known of modules that somebody took, and these are not like all others.
WEIGHTS = (0.25, 0.5, 0.75)
#: The 99th percentile of the normal distribution: one-sided at 1 %.
ONE_SIDED = 2.3263


def trust_in(
    learned: Floats,
    formula: Floats,
    outcome: Floats,
    person: NDArray[np.intp],
    *,
    within: bool = False,
) -> float:
    """The weight, 0..1, of what was learned, where it foretells outcomes better than the formula.

    Each mixture of the two (at the same spread) is brought to the outcomes' scale by a straight
    line that does not fall. A weight is taken only if the squared errors of people are smaller than
    with the formula alone by more than chance: their mean difference is above 2.33 of its standard
    errors. Of those that are, the smallest whose errors are within one standard error of the
    best's; 0 where none is.

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
    errors: list[Floats] = [
        np.bincount(who, _errors(one, outcome)).astype(np.float64) for one in mixtures
    ]
    better = {
        weight: errors[0] - error
        for weight, error in zip(WEIGHTS, errors[1:], strict=True)
        if _mean_in_errors(errors[0] - error) > ONE_SIDED
    }
    if not better:
        return 0.0
    best = max(better, key=lambda weight: float(better[weight].mean()))
    near = [one for one in better if _mean_in_errors(better[best] - better[one]) <= 1]
    return min(near)


def _mean_in_errors(values: Floats) -> float:
    """A mean in its standard errors; 0 where all values are 0."""
    if len(values) < 2 or not values.any():
        return 0.0
    error = float(np.std(values, ddof=1)) / np.sqrt(len(values))
    return float(values.mean()) / error if error > 0 else float(np.sign(values.mean()) * np.inf)


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
