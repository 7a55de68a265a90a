"""What each feature adds to what a model says."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

__all__ = ["shapley"]

Floats = NDArray[np.float64]

#: Orders in which features are filled in, each forwards and backwards.
ORDERS = 4


def shapley(
    model: Callable[[Floats], Floats], row: Floats, middle: Floats, seed: int = 0
) -> Floats:
    """Shapley values of a row's features against an average row (Štrumbelj and Kononenko 2010).

    They sum to the difference between what the model says of both. A feature's value is the mean of
    what filling it in changes, over some orders of filling them in; of a linear model it is exact.

    Parameters
    ----------
    model
        From rows of features to numbers.
    row, middle
        Shape (features,).
    seed
        Of the orders.

    References
    ----------
    E. Štrumbelj, I. Kononenko, "An Efficient Explanation of Individual Classifications using
    Game Theory", Journal of Machine Learning Research 11, 2010.

    Examples
    --------
    >>> def model(rows):
    ...     return 2 * rows[:, 0] - rows[:, 1]
    >>> shapley(model, np.array([1.0, 1.0]), np.zeros(2)).tolist()
    [2.0, -1.0]
    """
    rng, count = np.random.default_rng(seed), len(row)
    forwards = [rng.permutation(count) for _ in range(ORDERS)]
    orders = [*forwards, *(one[::-1] for one in forwards)]
    steps = []
    for order in orders:
        filled = np.tile(middle, (count + 1, 1))
        for n, feature in enumerate(order, start=1):
            filled[n:, feature] = row[feature]
        steps.append(filled)
    said = model(np.concatenate(steps)).reshape(len(orders), count + 1)
    values = np.zeros(count)
    for order, one in zip(orders, said, strict=True):
        values[order] += np.diff(one)
    return values / len(orders)
