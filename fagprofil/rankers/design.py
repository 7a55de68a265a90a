"""What a learning ranking model is shown: a row of features for each of some pairs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fagprofil.rankers.base import RankerLike, label_of, scores_of
from fagprofil.rankers.completions import History, Outcome
from fagprofil.rankers.features import feature_named
from fagprofil.rankers.registry import fitted
from fagprofil.rankers.task import RankingTask

__all__ = ["Pairs", "columns_named", "folds_of", "labelled", "rows_of"]

Floats = NDArray[np.float64]
Positions = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Pairs:
    """Pairs of a person and a module, and what came of them; sorted by the people's ids.

    Attributes
    ----------
    person, module
        Positions, shape (rows,).
    value
        What came of it, 0..1; 0 where it was not taken.
    group
        The fold that each row's person is in, when cross-fitted, shape (rows,).
    """

    person: Positions
    module: Positions
    value: Floats
    group: Positions

    def part(self, rows: NDArray[np.bool_]) -> Pairs:
        """Some of the pairs."""
        return Pairs(self.person[rows], self.module[rows], self.value[rows], self.group[rows])


def folds_of(task: RankingTask, folds: int) -> Positions:
    """The fold of each person, shape (n,): by the order of their ids, whatever that of the rows."""
    order = np.argsort(np.array(task.employees, dtype=object), kind="stable")
    fold = np.empty(len(task), dtype=np.intp)
    fold[order] = np.arange(len(task)) % folds
    return fold


def labelled(
    task: RankingTask,
    history: History,
    outcome: Outcome,
    *,
    negatives: int,
    folds: int,
    seed: int,
) -> Pairs:
    """What people took last and what came of it, and modules that they could have taken instead.

    Parameters
    ----------
    negatives
        At most so many eligible modules that each did not take, drawn by the seed, count as 0.
    """
    came = history.outcomes(outcome)
    known = np.array([one is not None for one in task.profiles], dtype=np.bool_)[came.person]
    person, module, value = came.person[known], came.module[known], came.value[known]
    if negatives:
        more = _not_taken(task, person, module, negatives, seed)
        person = np.concatenate([person, more[0]])
        module = np.concatenate([module, more[1]])
        value = np.concatenate([value, np.zeros(len(more[0]))])
    place = np.empty(len(task), dtype=np.intp)
    place[np.argsort(np.array(task.employees, dtype=object), kind="stable")] = np.arange(len(task))
    order = np.lexsort((module, place[person]))
    person = person[order]
    return Pairs(person, module[order], value[order], folds_of(task, folds)[person])


def _not_taken(
    task: RankingTask, person: Positions, module: Positions, negatives: int, seed: int
) -> tuple[Positions, Positions]:
    free = task.eligible.copy()
    free[person, module] = False
    chosen: list[tuple[Positions, Positions]] = []
    for i in np.unique(person).tolist():
        options = np.flatnonzero(free[i])
        # Drawn by the person's id, so that it does not matter who else is there.
        own = np.random.default_rng([seed, *task.employees[i].encode()])
        some = np.sort(own.permutation(options)[:negatives])
        chosen.append((np.full(len(some), i, dtype=np.intp), some))
    if not chosen:
        return np.zeros(0, dtype=np.intp), np.zeros(0, dtype=np.intp)
    rows, columns = zip(*chosen, strict=True)
    return np.concatenate(rows), np.concatenate(columns)


def columns_named(features: Sequence[str], rankers: Sequence[RankerLike]) -> list[str]:
    """The names of the columns: features, then rankers whose scores are shown as well."""
    return [*features, *(f"{label_of(one)} score" for one in rankers)]


def rows_of(task: RankingTask, pairs: Pairs, features: Sequence[str]) -> Floats:
    """The features of each pair, shape (rows, features); NaN where unknown."""
    columns = [
        task.feature(feature_named(name).name)[pairs.person, pairs.module] for name in features
    ]
    return np.array(columns, dtype=np.float64).reshape(len(features), len(pairs.person)).T


def scores_out_of_fold(
    task: RankingTask,
    history: History,
    pairs: Pairs,
    rankers: Sequence[RankerLike],
    folds: Positions,
) -> Floats:
    """Rankers' scores of each pair, by rankers that did not learn from its person.

    Shape (rows, rankers).
    """
    found = np.full((len(pairs.person), len(rankers)), np.nan)
    for fold in np.unique(folds) if rankers else ():
        inside = np.flatnonzero(folds != fold)
        test = np.flatnonzero(folds == fold)
        rows = pairs.group == fold
        place = np.full(len(task), -1, dtype=np.intp)
        place[test] = np.arange(len(test))
        learning, asked = task.rows(inside), task.rows(test)
        for column, ranker in enumerate(rankers):
            own = fitted(ranker, learning, history.rows(inside))
            scores = scores_of(own, asked)
            found[rows, column] = scores[place[pairs.person[rows]], pairs.module[rows]]
    return found
