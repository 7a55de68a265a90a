"""A split without time, for data that has none."""

from __future__ import annotations

import numpy as np

from fagprofil.evaluation.before_after import Way
from fagprofil.evaluation.dataset import Dataset
from fagprofil.evaluation.folds import Split
from fagprofil.evaluation.foreseen import Ahead, Grade, on_offer
from fagprofil.model import OVER_FIVE_YEARS, Completion, Employee, Horizon

__all__ = ["hold_out"]


def hold_out(
    dataset: Dataset,
    *,
    share: float = 0.2,
    seed: int = 0,
    grade: Grade = "passed",
    horizon: Horizon = OVER_FIVE_YEARS,
) -> Split:
    """A share of what each person took is to be foreseen from the rest, whatever the dates.

    This is what most papers on collaborative filtering do, and it is **not free of leaks**: a
    ranker learns from what others took later. Use it only where dates are missing, or where people
    took everything at one time, and do not compare its figures with those of `by_time` or
    `leave_last`.

    Each completion is in somebody's `train`, is foreseen, or is counted in `dropped`. Statements
    that rest on passed modules are left out, since they may be of what is to be foreseen.

    Parameters
    ----------
    share
        The share of each person's completions, between 0 and 1; at least one, of two or more.
    seed
        Of the choice among a person's completions, which does not depend on who else is there.
    dataset, grade, horizon
        As for `by_time`. Validity and offers are judged on the edition's own day.

    Raises
    ------
    DataError
        An option that is wrong.
    CannotScore
        An edition or a profile that cannot be scored.

    Examples
    --------
    >>> import pandas as pd
    >>> from fagprofil.evaluation.dataset import read_interactions
    >>> table = pd.DataFrame({"employee": ["a", "a", "b", "b"], "module": ["x", "y", "x", "z"],
    ...                       "date": [None] * 4})
    >>> fold = hold_out(read_interactions(table), share=0.5).folds[0]
    >>> [len(one.completed) for one in fold.train], [len(grades) for grades in fold.relevant]
    ([1, 1], [1, 1])
    """
    way = Way(dataset, grade, "before", horizon, share=share, seed=seed)
    train, ahead = [], []
    for person in dataset.people:
        kept, held = _parted(person, share, seed)
        said = tuple(one for one in person.evidence if one.kind != "module")
        stood = person.model_copy(update={"completed": kept, "evidence": said})
        train.append(stood)
        ahead.append(Ahead(stood, held))
    on = dataset.catalogue.taxonomy.as_of
    fold = way.fold(on, train, ahead, on_offer(dataset.catalogue, on))
    return way.split(f"{share:.0%} held out whatever the dates, seed {seed}", [fold])


def _parted(
    person: Employee, share: float, seed: int
) -> tuple[tuple[Completion, ...], tuple[Completion, ...]]:
    """What a person keeps, and what is held out."""
    done = person.completed
    if len(done) < 2:
        return done, ()
    rng = np.random.default_rng([seed, *person.id.encode()])
    count = min(len(done) - 1, max(1, round(share * len(done))))
    chosen = set(rng.choice(len(done), count, replace=False).tolist())
    kept = tuple(one for n, one in enumerate(done) if n not in chosen)
    return kept, tuple(one for n, one in enumerate(done) if n in chosen)
