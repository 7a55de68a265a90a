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

__all__ = ["Pairs", "average", "columns_named", "folds_of", "labelled", "rows_of", "shown"]

Floats = NDArray[np.float64]
Positions = NDArray[np.intp]

#: LightGBM orders no list of more than 10,000 rows.
LONGEST = 5_000


@dataclass(frozen=True, eq=False)
class Pairs:
    """Pairs of a person and a module, and what came of them; sorted by the people's ids.

    Attributes
    ----------
    person, module
        Positions, shape (rows,).
    value
        What came of it, 0..1; 0 where it was not taken.
    fold
        The fold that each row's person is in, when cross-fitted, shape (rows,).
    rivals
        Which rows compete with each other, for a model that orders lists, shape (rows,).
    """

    person: Positions
    module: Positions
    value: Floats
    fold: Positions
    rivals: Positions

    def part(self, rows: NDArray[np.bool_]) -> Pairs:
        """Some of the pairs."""
        who, what = self.person[rows], self.module[rows]
        return Pairs(who, what, self.value[rows], self.fold[rows], self.rivals[rows])


def folds_of(task: RankingTask, person: Positions, folds: int) -> Positions:
    """The fold of each person, shape (n,): by the order of their ids, whatever that of the rows.

    The people of pairs come first, so that all folds have of them, if there are as many.
    """
    others = np.ones(len(task), dtype=np.bool_)
    others[person] = False
    fold = np.empty(len(task), dtype=np.intp)
    fold[np.lexsort((_by_id(task), others))] = np.arange(len(task)) % folds
    return fold


def _by_id(task: RankingTask) -> Positions:
    """The place of each person among all when sorted by their ids, shape (n,)."""
    place = np.empty(len(task), dtype=np.intp)
    place[np.argsort(np.array(task.employees, dtype=object), kind="stable")] = np.arange(len(task))
    return place


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
        At most so many eligible modules that each did not take, drawn by the seed, count as 0. Of
        what was taken, then only what was eligible is there too.
    """
    came = history.outcomes(outcome)
    known = np.array([one is not None for one in task.profiles], dtype=np.bool_)[came.person]
    person, module, value = came.person[known], came.module[known], came.value[known]
    if negatives:
        # What was taken against the rules would else teach to overrule them.
        may = task.eligible[person, module]
        person, module, value = person[may], module[may], value[may]
        more = _not_taken(task, history, np.unique(person), negatives, seed)
        person = np.concatenate([person, more[0]])
        module = np.concatenate([module, more[1]])
        value = np.concatenate([value, np.zeros(len(more[0]))])
    order = np.lexsort((module, _by_id(task)[person]))
    person = person[order]
    rivals = person if negatives else _of_a_profile(task, person)
    fold = folds_of(task, person, folds)[person]
    return Pairs(person, module[order], value[order], fold, rivals)


def _of_a_profile(task: RankingTask, person: Positions) -> Positions:
    """Lists of what people of the same profile took, each of at most `LONGEST` rows."""
    names = sorted({one or "" for one in task.profiles})
    code = {name: n for n, name in enumerate(names)}
    own = np.array([code[one or ""] for one in task.profiles], dtype=np.intp)[person]
    lists = np.empty(len(person), dtype=np.intp)
    for n in range(len(names)):
        rows = np.flatnonzero(own == n)
        lists[rows] = n + len(names) * (np.arange(len(rows)) // LONGEST)
    return lists


def _not_taken(
    task: RankingTask, history: History, people: Positions, negatives: int, seed: int
) -> tuple[Positions, Positions]:
    free = task.eligible.copy()
    # Also what was taken and of which nobody said what came of it.
    free[history.person[history.last], history.module[history.last]] = False
    chosen: list[tuple[Positions, Positions]] = []
    for i in people.tolist():
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
    """The names of the columns: features, then rankers whose scores are shown as well.

    Examples
    --------
    >>> columns_named(["gain"], ["history", "text", "history"])
    ['gain', 'history score', 'text score', 'history score 2']
    """
    names = [f"{label_of(one)} score" for one in rankers]
    before = [names[:n].count(name) for n, name in enumerate(names)]
    return [
        *features,
        *(f"{name} {n + 1}" if n else name for name, n in zip(names, before, strict=True)),
    ]


def shown(task: RankingTask, name: str) -> Floats:
    """A feature as a model sees it, shape (n, M).

    What a module of which nobody said what it teaches would close is taken to be what an average
    module closes, of those that the person is eligible for.
    """
    values = task.feature(name)
    if not feature_named(name).rises or not np.isnan(values).any():
        return values
    return task.remember(
        ("shown", name), lambda: np.where(np.isnan(values), average(values, task.eligible), values)
    )


def average(values: Floats, eligible: NDArray[np.bool_]) -> Floats:
    """Each person's mean over the modules they are eligible for, shape (n, 1); 0 without any."""
    known = eligible & ~np.isnan(values)
    total = np.where(known, values, 0.0).sum(axis=1, keepdims=True)
    return np.asarray(total / np.maximum(known.sum(axis=1, keepdims=True), 1))


def rows_of(task: RankingTask, pairs: Pairs, features: Sequence[str]) -> Floats:
    """The features of each pair, shape (rows, features); NaN where unknown."""
    columns = [shown(task, name)[pairs.person, pairs.module] for name in features]
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
        rows = folds[pairs.person] == fold
        place = np.full(len(task), -1, dtype=np.intp)
        place[test] = np.arange(len(test))
        learning, asked = task.rows(inside), task.rows(test)
        for column, ranker in enumerate(rankers):
            own = fitted(ranker, learning, history.rows(inside))
            scores = scores_of(own, asked)
            found[rows, column] = scores[place[pairs.person[rows]], pairs.module[rows]]
    return found
