"""What lists of recommendations close, repeat, and leave out, and for whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fagprofil.errors import DataError, Problem
from fagprofil.insight.units import MIN_GROUP
from fagprofil.ladder import Taught

__all__ = [
    "Disparity",
    "catalogue_coverage",
    "disparity",
    "diversity",
    "gap_closed",
    "novelty",
    "repetition",
]

Floats = NDArray[np.float64]
Positions = NDArray[np.integer]


def gap_closed(picks: Positions, closes: NDArray[np.int64], taught: Taught) -> Floats:
    r"""The share of each person's gap that the recommended modules close together, 0..1.

    .. math:: 1 - \frac{gap\ after\ all\ of\ them}{gap}

    Of each competence the highest level that one of them teaches counts: what two modules teach is
    closed once, so the order of the list does not matter.

    Parameters
    ----------
    picks
        Positions of modules, shape (n, k); -1 for none.
    closes
        What reaching each level closes, as in `RankingTask`, shape (n, K, L + 1).
    taught
        What the modules teach.

    Returns
    -------
    Shape (n,); NaN where there is no gap, 0 where there is one and nothing was recommended. A
    module of which it is unknown what it teaches closes nothing that is known.

    Raises
    ------
    DataError
        Picks that are not positions of modules, or of other people than `closes`.

    Examples
    --------
    A gap of 3 steps in one competence; the modules teach its levels 1 and 2.

    >>> taught = Taught(np.array([0, 1]), np.array([0, 0]), np.array([1, 2]), shape=(2, 1))
    >>> closes = np.array([[[0, 1, 2, 3]]])
    >>> gap_closed(np.array([[0, 1]]), closes, taught) == 2 / 3
    array([ True])
    """
    _check(picks, len(closes), taught.shape[0])
    levels = _levels(taught)
    reached = np.zeros(closes.shape[:2], dtype=np.intp)
    for rank in picks.T:
        np.maximum(reached, levels[rank], out=reached)
    closed = np.take_along_axis(closes, reached[..., None], axis=2).sum(axis=(1, 2))
    return _ratio(closed, closes[..., -1].sum(axis=1))


def repetition(picks: Positions, repeats: Floats) -> Floats:
    """The mean share of what the recommended modules teach that the person already holds, 0..1.

    Parameters
    ----------
    picks
        Positions of modules, shape (n, k); -1 for none.
    repeats
        The share of each module for each person, as in `RankingTask`, shape (n, M); NaN where it
        is unknown what the module teaches.

    Returns
    -------
    Shape (n,); modules whose share is unknown are left out of the mean, and NaN is where no other
    was recommended.

    Raises
    ------
    DataError
        Picks that are not positions of modules, or of other people than `repeats`.

    Examples
    --------
    >>> repetition(np.array([[0, 1], [2, -1]]), np.array([[0.5, 0.0, 1.0], [0.0, 0.0, np.nan]]))
    array([0.25,  nan])
    """
    _check(picks, *repeats.shape)
    shares = np.take_along_axis(repeats, np.maximum(picks, 0), axis=1)
    return _mean(shares, (picks >= 0) & ~np.isnan(shares))


def diversity(picks: Positions, taught: Taught) -> Floats:
    r"""How much the recommended modules differ in what they teach, 0 (not at all) to 1.

    .. math:: \frac{2}{c (c - 1)} \sum_{a < b} \left(1 - \cos(t_a, t_b)\right)

    over the pairs of the *c* modules of a list, :math:`t` being the levels that one teaches: one
    less the intra-list similarity of C.-N. Ziegler et al. (2005), Improving recommendation lists
    through topic diversification, as a mean over pairs.

    Parameters
    ----------
    picks
        Positions of modules, shape (n, k); -1 for none.
    taught
        What the modules teach.

    Returns
    -------
    Shape (n,). Modules that teach nothing, or nothing known, are left out; NaN where fewer than
    two are left.

    Raises
    ------
    DataError
        Picks that are not positions of modules.

    Examples
    --------
    The modules teach the first competence, the second, and both.

    >>> module, competence = np.array([0, 1, 2, 2]), np.array([0, 1, 0, 1])
    >>> taught = Taught(module, competence, np.array([1, 1, 2, 2]), shape=(3, 2))
    >>> diversity(np.array([[0, 1], [0, 2], [0, -1]]), taught).round(3)
    array([1.   , 0.293,   nan])
    """
    _check(picks, len(picks), taught.shape[0])
    levels = _levels(taught).astype(np.float64)
    length = np.sqrt((levels**2).sum(axis=1, keepdims=True))
    towards = np.divide(levels, length, out=levels, where=length > 0)
    # The squared length of a sum of unit vectors is the sum of the cosines of all ordered pairs.
    total = np.zeros((len(picks), taught.shape[1]))
    for rank in picks.T:
        total += towards[rank]
    count = (length[picks, 0] > 0).sum(axis=1)
    cosines = (total**2).sum(axis=1) - count
    return np.clip(1 - _ratio(cosines, count * (count - 1)), 0, 1)


def novelty(picks: Positions, taken: NDArray[np.integer], people: int) -> Floats:
    r"""How unusual the recommended modules are, in bits.

    .. math:: \frac{1}{c} \sum_j -\log_2 \frac{taken_j + 1}{people + 2}

    over the *c* modules of a list: the mean self-information of T. Zhou et al. (2010), Solving the
    apparent diversity-accuracy dilemma of recommender systems. One person more who took the module
    and one who did not are added (Laplace's rule of succession), so that a module that nobody took
    is unusual to a degree that grows with the people who could have.

    Parameters
    ----------
    picks
        Positions of modules, shape (n, k); -1 for none.
    taken
        How many people took each module, shape (M,).
    people
        Of how many.

    Returns
    -------
    Shape (n,), > 0; NaN where nothing was recommended.

    Raises
    ------
    DataError
        Picks that are not positions of modules, or counts that are not from 0 to `people`.

    Examples
    --------
    Of 6 people 3 took the first module and nobody the second: 4 / 8 and 1 / 8 after smoothing.

    >>> novelty(np.array([[0, 1]]), np.array([3, 0]), people=6) == (1 + 3) / 2
    array([ True])
    """
    taken = np.asarray(taken)
    _check(picks, len(picks), len(taken))
    if ((taken < 0) | (taken > people)).any():
        wrong = f"{taken.min()} to {taken.max()}"
        raise DataError([Problem("novelty", "taken", wrong, f"counts from 0 to {people}")])
    bits = -np.log2((taken + 1) / (people + 2))
    return _mean(bits[np.maximum(picks, 0)], picks >= 0)


def catalogue_coverage(picks: Positions, candidates: NDArray[np.bool_]) -> float:
    """The share of the candidates that is recommended to anybody, 0..1.

    After M. Ge, C. Delgado-Battenfeld and D. Jannach (2010), Beyond accuracy: evaluating
    recommender systems by coverage and serendipity.

    Parameters
    ----------
    picks
        Positions of modules, shape (n, k); -1 for none.
    candidates
        Which modules could have been recommended, shape (M,).

    Returns
    -------
    NaN where there are no candidates.

    Raises
    ------
    DataError
        Picks that are not positions of modules.

    Examples
    --------
    >>> catalogue_coverage(np.array([[0, 1], [1, -1]]), np.array([True, True, True, True, False]))
    0.5
    """
    _check(picks, len(picks), len(candidates))
    picked = np.zeros(len(candidates), dtype=np.bool_)
    picked[picks[picks >= 0]] = True
    return float(_ratio((picked & candidates).sum(), candidates.sum()))


@dataclass(frozen=True)
class Disparity:
    """How unequally groups of people are served.

    Attributes
    ----------
    ratio
        The smallest group's mean by the largest's, 0..1; NaN where fewer than two groups count, or
        all means are 0.
    means
        The mean of each group that counts, by its name, in alphabetical order.
    groups_left_out
        How many groups are too small to count, those without any value among them.
    people_left_out
        How many people with a value do not count: they are in these groups, or in none.
    """

    ratio: float
    means: dict[str, float]
    groups_left_out: int
    people_left_out: int


def disparity(values: Floats, groups: Sequence[str | None], smallest: int = MIN_GROUP) -> Disparity:
    """The smallest by the largest mean over groups of people, 1 where all are served alike.

    The ratio of the "four-fifths rule" (Uniform guidelines on employee selection procedures, 1978),
    by which less than .8 is a sign of adverse impact. It is a sign, and no test.

    Parameters
    ----------
    values
        A metric's value for each person, >= 0, shape (n,); NaN for none.
    groups
        Each person's group; None for none.
    smallest
        Groups in which fewer people have a value are left out: a mean over them would be noise, and
        would tell of single persons.

    Raises
    ------
    DataError
        Negative values, of which a ratio means nothing, or not one group for each.

    Examples
    --------
    >>> closed = np.array([0.5, 0.7, 0.4, 0.2, 1.0])
    >>> found = disparity(closed, ["a", "a", "b", "b", "c"], smallest=2)
    >>> round(found.ratio, 3), found.groups_left_out, found.people_left_out
    (0.5, 1, 1)
    """
    problems = []
    if len(values) != len(groups):
        expected = f"one for each of {len(values)} values"
        problems.append(Problem("disparity", "groups", str(len(groups)), expected))
    if (values < 0).any():
        problems.append(Problem("disparity", "values", str(np.nanmin(values)), "0 or more"))
    if problems:
        raise DataError(problems)
    names = np.array([name or "" for name in groups], dtype=np.str_)
    known = ~np.isnan(values)
    by_group = {str(name): values[known & (names == name)] for name in np.unique(names)}
    large = {n: own for n, own in by_group.items() if n and len(own) >= smallest}
    # Sorted, so that the same people in another order have the same mean to the last bit.
    means = {name: float(np.sort(own).mean()) for name, own in large.items()}
    low, high = min(means.values(), default=np.nan), max(means.values(), default=np.nan)
    return Disparity(
        ratio=low / high if len(means) > 1 and high > 0 else np.nan,
        means=means,
        groups_left_out=len(by_group.keys() - large.keys() - {""}),
        people_left_out=int(known.sum()) - sum(len(own) for own in large.values()),
    )


def _levels(taught: Taught) -> NDArray[np.intp]:
    """The levels that each module teaches, shape (M + 1, K); the last row is for no module."""
    modules, competences = taught.shape
    levels = np.zeros((modules + 1, competences), dtype=np.intp)
    levels[taught.module, taught.competence] = taught.level
    return levels


def _check(picks: Positions, people: int, modules: int) -> None:
    expected = f"positions below {modules}, or -1 for none, of {people} people"
    shape, kind = np.shape(picks), np.asarray(picks).dtype.kind
    if len(shape) != 2 or shape[0] != people or kind not in "iu":
        found = f"{kind} of shape {shape}"
        raise DataError([Problem("recommended", "picks", found, expected)])
    if picks.size and not -1 <= picks.min() <= picks.max() < modules:
        found = f"{picks.min()} to {picks.max()}"
        raise DataError([Problem("recommended", "picks", found, expected)])


def _ratio(part: NDArray[np.number], whole: NDArray[np.number]) -> Floats:
    """A part by a whole, NaN where the whole is 0."""
    ratio = np.full(np.shape(whole), np.nan)
    np.divide(part, whole, out=ratio, where=np.asarray(whole > 0))
    return ratio


def _mean(values: Floats, counted: NDArray[np.bool_]) -> Floats:
    """The mean over each row's values that count, NaN where none does."""
    return _ratio(np.where(counted, values, 0.0).sum(axis=1), counted.sum(axis=1))
