"""How high the relevant modules stand in each person's list, computed by ir-measures."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from fagprofil.errors import DataError, MissingExtra, Problem, UnknownName

__all__ = ["RANKING_METRICS", "ranking_metrics"]

#: The metrics, in the order in which they are shown.
RANKING_METRICS = ("nDCG", "MAP", "MRR", "recall", "precision", "hit")

#: Grades are handed over as whole numbers up to this.
_FINEST = 10_000


def ranking_metrics(
    ranked: Sequence[Sequence[str]],
    relevant: Sequence[Mapping[str, float]],
    k: int = 10,
    names: Sequence[str] = RANKING_METRICS,
) -> dict[str, NDArray[np.float64]]:
    r"""Values of ranking metrics for each person, 0..1, higher is better.

    With :math:`g_i` the grade of the module at rank *i* (0 if it is not relevant), :math:`r_i` = 1
    if it is relevant and 0 if not, and *R* the number of modules that are relevant to the person,
    recommended or not:

    .. math::
        nDCG@k &= \frac{\sum_{i \le k} g_i / \log_2(i + 1)}
            {\sum_{i \le k} g^*_i / \log_2(i + 1)} \\
        AP@k &= \frac{1}{R} \sum_{i \le k} r_i \cdot precision@i \\
        RR@k &= 1 / \min \{i \le k : r_i = 1\}, \text{or 0} \\
        recall@k &= \frac{1}{R} \sum_{i \le k} r_i \\
        precision@k &= \frac{1}{k} \sum_{i \le k} r_i \\
        hit@k &= \max_{i \le k} r_i

    where :math:`g^*` are the grades of all *R* modules, highest first. Only nDCG looks at grades;
    for the others a module is relevant or not. ``"MAP"`` and ``"MRR"`` are called by the names of
    their means. Libraries differ in all of this; see the page on metric conventions.

    - A person to whom nothing is relevant has no value (NaN) and belongs in no mean.
    - A person to whom something is relevant and nothing was recommended scores 0.
    - AP divides by *R* also where *R* > *k*, so its best value is then *k* / *R*; recall likewise.
    - Precision divides by *k* also where fewer were recommended.
    - What stands below rank *k* does not count.

    trec_eval, which computes the values, takes whole grades. Whole grades up to 10,000 are handed
    over as they are; where a person has others, in ten-thousandths of the person's highest (at
    least one), which moves an nDCG@10 by less than .001.

    Parameters
    ----------
    ranked
        For each of n people module ids, best first, each once. The order is the library's, and is
        total, so there are no ties to be broken here.
    relevant
        For each person the relevant modules and their grades, > 0.
    k
        How many of each list count, at least 1.
    names
        Which of `RANKING_METRICS`.

    Returns
    -------
    By name, values of shape (n,).

    Raises
    ------
    DataError
        Lists of unequal length, a module twice in a list, a grade that is not above 0, or `k` < 1.
    UnknownName
        A metric that there is not.
    MissingExtra
        ir-measures is not installed.

    References
    ----------
    K. Järvelin and J. Kekäläinen (2002), Cumulated gain-based evaluation of IR techniques, with the
    discount of trec_eval, :math:`\log_2(i + 1)`. D. Harman (1992), Evaluation issues in information
    retrieval (average precision). P. Kantor and E. Voorhees (2000), The TREC-5 confusion track
    (reciprocal rank). C. J. van Rijsbergen (1979), Information retrieval (recall and precision).

    Examples
    --------
    Two modules are relevant to the first person, one of which is second of two recommended; the
    second person got no list, and to the third nothing is relevant.

    >>> found = ranking_metrics(
    ...     [["a", "b"], [], ["a"]], [{"b": 1, "c": 1}, {"a": 1}, {}], k=2, names=["MAP", "recall"]
    ... )
    >>> found["MAP"], found["recall"]
    (array([0.25, 0.  ,  nan]), array([0.5, 0. , nan]))
    """
    problems = list(_problems(ranked, relevant, k))
    if problems:
        raise DataError(problems)
    for name in names:
        if name not in RANKING_METRICS:
            raise UnknownName("ranking metric", name, RANKING_METRICS)
    return _calculated(ranked, relevant, k, names)


def _calculated(
    ranked: Sequence[Sequence[str]],
    relevant: Sequence[Mapping[str, float]],
    k: int,
    names: Sequence[str],
) -> dict[str, NDArray[np.float64]]:
    try:
        import ir_measures as ir
    except ModuleNotFoundError:
        raise MissingExtra("evaluation", "ir-measures", "ml") from None

    # Lists are cut at k, so RR needs no cutoff, which trec_eval's does not have.
    known = {
        "nDCG": ir.nDCG @ k,
        "MAP": ir.AP @ k,
        "MRR": ir.RR,
        "recall": ir.R @ k,
        "precision": ir.P @ k,
        "hit": ir.Success @ k,
    }
    wanted = {known[name]: name for name in names}
    found = {name: np.full(len(ranked), np.nan) for name in names}
    judged = {str(i): _whole(grades) for i, grades in enumerate(relevant) if grades}
    # Strictly falling scores: no tie is ever broken by a module's name.
    run = {i: {name: -float(r) for r, name in enumerate(ranked[int(i)][:k])} for i in judged}
    if judged and wanted:
        # One provider by name: which one answers must not depend on what else is installed.
        for one in ir.pytrec_eval.iter_calc(wanted, judged, run):
            found[wanted[one.measure]][int(one.query_id)] = one.value
    return found


def _whole(grades: Mapping[str, float]) -> dict[str, int]:
    """Grades as whole numbers of at least 1, in the same proportions."""
    highest = max(grades.values())
    if highest <= _FINEST and all(float(grade).is_integer() for grade in grades.values()):
        return {name: int(grade) for name, grade in grades.items()}
    return {name: max(1, round(_FINEST * (g / highest))) for name, g in grades.items()}


def _problems(
    ranked: Sequence[Sequence[str]], relevant: Sequence[Mapping[str, float]], k: int
) -> Iterator[Problem]:
    if isinstance(k, bool) or not isinstance(k, int) or k < 1:
        yield Problem("ranking_metrics", "k", repr(k), "a whole number of at least 1")
    if len(ranked) != len(relevant):
        expected = f"one for each of {len(ranked)} lists"
        yield Problem("ranking_metrics", "relevant", f"{len(relevant)} mappings", expected)
    for i, modules in enumerate(ranked):
        if isinstance(modules, str) or not all(isinstance(one, str) for one in modules):
            yield Problem(f"person {i}", "ranked", repr(modules), "a list of module ids")
        elif len(set(modules)) < len(modules):
            twice = next(one for r, one in enumerate(modules) if one in modules[:r])
            yield Problem(f"person {i}", "ranked", twice, "each module once")
    for i, grades in enumerate(relevant):
        if not isinstance(grades, Mapping):
            yield Problem(f"person {i}", "relevant", repr(grades), "grades by module id")
            continue
        for name, grade in grades.items():
            if not isinstance(grade, (int, float, np.number)) or not (
                grade > 0 and math.isfinite(grade)
            ):
                yield Problem(f"person {i}", f"relevant.{name}", str(grade), "a number above 0")
