"""How sure a mean over people is, and a difference between two."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fagprofil.errors import DataError, Problem, UnknownName

__all__ = [
    "Difference",
    "Estimate",
    "PairedEstimate",
    "compare_all",
    "half_width",
    "holm",
    "paired",
]

Floats = NDArray[np.float64]

#: How many drawn values are in memory at once.
_AT_ONCE = 1 << 20


@dataclass(frozen=True)
class Estimate:
    """A mean over people and how sure it is.

    Attributes
    ----------
    mean
        NaN of nobody.
    half_width
        Half the width of the mean's confidence interval; NaN of fewer than two people.
    n
        How many people have a value.

    Examples
    --------
    >>> str(Estimate(0.4123, 0.0129, n=120))
    '.412 ± .013'
    """

    mean: float
    half_width: float
    n: int

    def __str__(self) -> str:
        return f"{_short(self.mean)} ± {_short(self.half_width)}"


@dataclass(frozen=True)
class PairedEstimate(Estimate):
    """The mean difference between two values of the same people.

    Attributes
    ----------
    p
        Two-sided p-value of "there is no difference"; NaN of nobody.
    """

    p: float


@dataclass(frozen=True)
class Difference:
    """By how much the mean of `a` is above that of `b`.

    Attributes
    ----------
    a, b
        What is compared.
    mean, half_width, p, n
        Of a less b, over the n people who have a value in both; see `PairedEstimate`.
    p_adjusted
        p among all comparisons made, by `holm`.
    """

    a: str
    b: str
    mean: float
    half_width: float
    p: float
    p_adjusted: float
    n: int


def half_width(
    values: ArrayLike, seed: int = 0, level: float = 0.95, resamples: int = 2000
) -> Estimate:
    """The mean over people, and half the width of its bootstrap percentile interval.

    People are drawn with replacement, as many as there are, `resamples` times; the interval holds
    the middle `level` of the means (B. Efron and R. Tibshirani 1993, An introduction to the
    bootstrap, ch. 13). It says what another sample of such people could have given, and nothing of
    other workplaces or other ways to split the data. Below about 20 people it is too narrow.

    Parameters
    ----------
    values
        One for each person, shape (n,); NaN is left out.
    seed
        Of the draw. The people's order does not matter.
    level
        Between 0 and 1.
    resamples
        How often to draw.

    Raises
    ------
    DataError
        Values that are not numbers in one dimension, or infinite; a `level` or number of
        `resamples` that makes no sense.

    Examples
    --------
    >>> estimate = half_width([0.0, 1.0, np.nan] * 100)
    >>> estimate.mean, estimate.n, 0.05 < estimate.half_width < 0.09
    (0.5, 200, True)
    """
    values = _values("values", values)
    _check(level, resamples)
    return _estimate(np.sort(values[~np.isnan(values)]), seed, level, resamples)


def paired(
    values_a: ArrayLike, values_b: ArrayLike, seed: int = 0, resamples: int = 9999
) -> PairedEstimate:
    """The mean difference a - b over the people who have both, its interval and p-value.

    The interval is that of `half_width`. p is that of a randomisation test: if there is no
    difference, each person's could as well have had the other sign (R. A. Fisher 1935, The design
    of experiments; for ranking metrics M. Smucker, J. Allan and B. Carterette 2007, A comparison
    of statistical significance tests for information retrieval evaluation). All signs are tried
    where that is no more than `resamples`, that is for up to 13 people; otherwise so many are
    drawn, and the smallest p there is 1 / (resamples + 1).

    Parameters
    ----------
    values_a, values_b
        One for each person, in the same order, shape (n,); NaN is left out.
    seed
        Of the draws. The people's order does not matter.
    resamples
        How many signs to try for p.

    Raises
    ------
    DataError
        Values that are not numbers in one dimension, infinite, or of unequal length; no
        `resamples`.

    Examples
    --------
    Of 2 ** 4 signs two make the sum as far from 0 as it is.

    >>> paired([0.5, 0.6, 0.7, 0.9], [0.4, 0.4, 0.4, 0.5]).p
    0.125
    """
    a, b = _values("values_a", values_a), _values("values_b", values_b)
    _check(0.95, resamples)
    if len(a) != len(b):
        expected = f"as many as in values_a: {len(a)}"
        raise DataError([Problem("paired", "values_b", f"{len(b)} values", expected)])
    difference = (a - b)[~np.isnan(a - b)]
    up, down = np.sort(difference), np.sort(-difference)
    # One of the two, whichever is asked for, so that b - a is a - b with the other sign.
    turned = up.tolist() < down.tolist()
    found = _estimate(down if turned else up, seed, 0.95, 2000)
    p = _sign_flip(down if turned else up, seed, resamples)
    return PairedEstimate(-found.mean if turned else found.mean, found.half_width, found.n, p)


def holm(p_values: ArrayLike) -> Floats:
    r"""p-values adjusted for how many there are.

    .. math:: \tilde p_{(i)} = \max_{j \le i} \min\left(1, (m - j + 1) \, p_{(j)}\right)

    for the *i*-th smallest of *m* (S. Holm 1979, A simple sequentially rejective multiple test
    procedure): of all that are called different at an adjusted p below alpha, there is one wrong
    among them with a probability below alpha, however they depend on each other.

    Parameters
    ----------
    p_values
        Shape (m,); NaN is no test, stays NaN, and does not count.

    Raises
    ------
    DataError
        Values outside of 0..1.

    Examples
    --------
    >>> holm([0.01, 0.04, 0.03])
    array([0.03, 0.06, 0.06])
    """
    p = _values("p_values", p_values)
    if ((p < 0) | (p > 1)).any():
        wrong = f"{np.nanmin(p)} to {np.nanmax(p)}"
        raise DataError([Problem("holm", "p_values", wrong, "numbers from 0 to 1")])
    order = np.argsort(p, kind="stable")[: int((~np.isnan(p)).sum())]
    times = np.arange(len(order), 0, -1)
    adjusted = np.full(len(p), np.nan)
    adjusted[order] = np.maximum.accumulate(np.minimum(1.0, times * p[order]))
    return adjusted


def compare_all(
    values: Mapping[str, ArrayLike], baseline: str | None = None, seed: int = 0
) -> list[Difference]:
    """All pairwise differences of means over the same people, with p-values adjusted by `holm`.

    Parameters
    ----------
    values
        By name, one value for each person in the same order, shape (n,); NaN where there is none.
    baseline
        The one to compare all others with; None compares all with all.
    seed
        Of the draws, the same for each pair. The order of names and people does not matter.

    Returns
    -------
    By names: a before b in the alphabet, or b the baseline.

    Raises
    ------
    UnknownName
        A baseline that is not among the names.
    DataError
        Values that are not numbers in one dimension, infinite, or of unequal length.

    Examples
    --------
    >>> found = compare_all({"b": [0.1, 0.2, 0.3], "a": [0.2, 0.3, 0.4], "c": [0.1, 0.2, 0.3]})
    >>> [(one.a, one.b, round(one.mean, 3), one.p, one.p_adjusted) for one in found]
    [('a', 'b', 0.1, 0.25, 0.75), ('a', 'c', 0.1, 0.25, 0.75), ('b', 'c', 0.0, 1.0, 1.0)]
    """
    if baseline is not None and baseline not in values:
        raise UnknownName("baseline", baseline, values)
    names = sorted(values)
    lengths = {name: len(_values(name, values[name])) for name in names}
    if len(set(lengths.values())) > 1:
        expected = "as many as of the others"
        raise DataError(
            [Problem("compare_all", name, f"{n} values", expected) for name, n in lengths.items()]
        )
    pairs = (
        list(combinations(names, 2))
        if baseline is None
        else [(name, baseline) for name in names if name != baseline]
    )
    found = [paired(values[a], values[b], seed) for a, b in pairs]
    adjusted = holm([one.p for one in found])
    return [
        Difference(a, b, one.mean, one.half_width, one.p, float(p), one.n)
        for (a, b), one, p in zip(pairs, found, adjusted, strict=True)
    ]


def _estimate(values: Floats, seed: int, level: float, resamples: int) -> Estimate:
    """Of sorted values, all known: those drawn are picked by position, and people have no order."""
    n = len(values)
    if n < 2:
        return Estimate(float(values[0]) if n else math.nan, math.nan, n)
    if values[0] == values[-1]:
        # Rounding would leave a width.
        return Estimate(float(values[0]), 0.0, n)
    from scipy.stats import bootstrap

    interval = bootstrap(
        (values,),
        np.mean,
        n_resamples=resamples,
        batch=max(1, _AT_ONCE // n),
        vectorized=True,
        confidence_level=level,
        method="percentile",
        random_state=np.random.default_rng(seed),
    ).confidence_interval
    return Estimate(math.fsum(values) / n, float(interval.high - interval.low) / 2, n)


def _sign_flip(values: Floats, seed: int, resamples: int) -> float:
    """Two-sided p of a mean of 0, of sorted values.

    Not by `scipy.stats.permutation_test`: it takes a hundred times as long, and where the sum is 0
    but for rounding it does not see that others are as well.
    """
    n = len(values)
    if not n:
        return math.nan
    observed = math.fsum(values)
    # Sums that differ by rounding only are equal.
    least = abs(observed) - 1e-12 * math.fsum(np.abs(values))
    every = 2**n <= resamples
    extreme = 0
    for positive in [_all_signs(n)] if every else _drawn_signs(n, seed, resamples):
        # Not by BLAS, whose threads wait for each other when the machine is busy.
        sums = 2 * np.einsum("ij,j->i", positive, values) - observed
        extreme += int((np.abs(sums) >= least).sum())
    # Of signs that are drawn, those found count too, so p is never 0 (B. Phipson and G. Smyth 2010,
    # Permutation p-values should never be zero).
    return extreme / 2**n if every else (extreme + 1) / (resamples + 1)


def _all_signs(n: int) -> NDArray[np.integer]:
    """1 for a positive sign and 0 for a negative one, shape (2 ** n, n)."""
    return (np.arange(2**n)[:, None] >> np.arange(n)) & 1


def _drawn_signs(n: int, seed: int, resamples: int) -> Iterator[NDArray[np.integer]]:
    """So many rows in blocks, shape (at most `resamples`, n)."""
    rng, block = np.random.default_rng(seed), max(1, _AT_ONCE // n)
    for start in range(0, resamples, block):
        rows = min(block, resamples - start)
        bits = rng.integers(0, 256, (rows, -(-n // 8)), dtype=np.uint8)
        yield np.unpackbits(bits, axis=1, count=n)


def _values(name: str, values: ArrayLike | Sequence[float]) -> Floats:
    array = np.asarray(values)
    if array.ndim != 1 or array.dtype.kind not in "fiub" or np.isinf(array).any():
        found = f"{array.dtype} of shape {array.shape}"
        expected = "finite numbers or NaN in one dimension"
        raise DataError([Problem("statistics", name, found, expected)])
    return array.astype(np.float64)


def _check(level: float, resamples: int) -> None:
    problems = []
    if not 0 < level < 1:
        problems.append(Problem("statistics", "level", repr(level), "a number between 0 and 1"))
    if resamples < 1:
        problems.append(Problem("statistics", "resamples", repr(resamples), "1 or more"))
    if problems:
        raise DataError(problems)


def _short(value: float) -> str:
    """Three decimals, without the zero before the point."""
    text = f"{value:z.3f}"
    return text.replace("0.", ".", 1) if abs(value) < 0.9995 else text
