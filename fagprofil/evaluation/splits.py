"""What was known on a day, and what people took from then on, to measure rankers without leaks.

No split lets anything through that is dated on or after the day for which somebody is recommended
to. What has no date cannot be placed in time: such completions and statements are left out, unless
``undated="before"`` says that all of them are from before any day of the split. What is known of a
person but for these (profile, backgrounds, schooling, years of work, ...) is taken as it stands.
Somebody `hired` on or after a day was not there yet.

A completion can only be foreseen where the library would have let a ranker recommend the module: a
person with a profile, and a module that was on offer, not passed before, valid, open to the person,
and not known to close nothing of the gap. What cannot be foreseen is counted in `Split.dropped`.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from collections.abc import Sequence

import numpy as np

from fagprofil.evaluation.before_after import Undated, Way
from fagprofil.evaluation.dataset import Dataset, counted
from fagprofil.evaluation.folds import Fold, Split
from fagprofil.evaluation.foreseen import ALREADY, Ahead, Grade, on_offer
from fagprofil.model import OVER_FIVE_YEARS, Horizon

__all__ = ["Fold", "Split", "by_time", "cold_modules", "cold_people", "leave_last"]

_EARLY = "before the first window"
_COLD_PERSON = "history of a cold person"
_COLD_MODULE = "history of a cold module"
_WARM_PERSON = "person who is not cold"
_WARM_MODULE = "module that is not cold"


def by_time(
    dataset: Dataset,
    *,
    at: dt.date,
    until: dt.date | None = None,
    grade: Grade = "passed",
    undated: Undated = "out",
    horizon: Horizon = OVER_FIVE_YEARS,
) -> Split:
    """Everybody as they stood on a day, and what they took from then on.

    Each completion is in somebody's `train`, is foreseen, or is counted in `dropped`.

    Parameters
    ----------
    dataset
        The people.
    at
        What is dated on this day or later is to be foreseen.
    until
        What is dated on this day or later is left out; None for no end.
    grade
        How relevant a module is that was passed: ``"passed"`` 1, ``"useful"`` and ``"gap_closed"``
        what came of it, 0..1. Modules that were not passed, of unknown outcome or with an outcome
        of 0 are not relevant. Of several completions of a module the best counts.
    undated
        ``"out"`` leaves out what has no date; ``"before"`` takes it as known before any day.
    horizon
        When needs are weighed, to judge what closes nothing.

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
    >>> table = pd.DataFrame({"employee": ["a", "a", "b"], "module": ["x", "y", "x"],
    ...                       "date": ["2024-01-10", "2024-06-01", "2024-02-01"]})
    >>> split = by_time(read_interactions(table), at=dt.date(2024, 3, 1))
    >>> split.folds[0]
    <Fold 2024-03-01: 2 people to learn from, 1 to recommend to, 1 module to foresee>
    >>> split.folds[0].relevant
    ({'y': 1.0},)
    """
    way = Way(dataset, grade, undated, horizon, at=at, until=until)
    train, ahead = [], []
    for person in way.there(at):
        stood = way.stood(person, at)
        train.append(stood)
        ahead.append(Ahead(stood, way.taken(person, at, until)))
    fold = way.fold(at, train, ahead, on_offer(dataset.catalogue, at))
    end = "" if until is None else f" until {until}"
    return way.split(f"from {at}{end}", [fold])


def leave_last(
    dataset: Dataset,
    *,
    windows: int = 4,
    grade: Grade = "passed",
    undated: Undated = "out",
    horizon: Horizon = OVER_FIVE_YEARS,
) -> Split:
    """What people took on their last day, foreseen from all that they had taken before.

    The last days are cut into windows. With n people and w windows a window begins on each of the
    last days in place ``i n / (w + 1)``, rounded down, for i = 1..w (from 0, in order; fewer where
    some of these are the same). What is learned in a window is from before it begins, so that
    nobody's later choices tell of somebody else's; each person to recommend to stands as they did
    before their own last day. Those whose last day is before the first window are left out. What is
    on offer and open to them is judged on the day on which the window begins.

    Each completion on a person's last day is foreseen or counted in `dropped`.

    Parameters
    ----------
    windows
        At most so many folds.
    dataset, grade, undated, horizon
        As for `by_time`.

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
    >>> table = pd.DataFrame({"employee": ["a", "b", "b", "c"], "module": ["x", "x", "y", "y"],
    ...                       "date": ["2024-01-10", "2024-01-20", "2024-02-20", "2024-03-10"]})
    >>> split = leave_last(read_interactions(table), windows=2)
    >>> [str(fold.on) for fold in split.folds], split.dropped
    (['2024-02-20', '2024-03-10'], {'before the first window': 1})
    """
    way = Way(dataset, grade, undated, horizon, windows=windows)
    last = list(way.last_days())
    starts = _starts([day for _, day in last], windows)
    ahead: list[list[Ahead]] = [[] for _ in starts]
    for person, day in last:
        taken, window = way.taken(person, day), bisect_right(starts, day) - 1
        if window < 0:
            way.drop(_EARLY, len(taken))
        else:
            ahead[window].append(Ahead(way.stood(person, day), taken))
    folds = []
    for start, own in zip(starts, ahead, strict=True):
        train = [way.stood(one, start) for one in dataset.people if way.is_there(one, start)]
        folds.append(way.fold(start, train, own, on_offer(dataset.catalogue, start)))
    return way.split(f"last day of each person, {counted(len(starts), 'window')}", folds)


def _starts(days: Sequence[dt.date], windows: int) -> list[dt.date]:
    """The days on which the windows begin."""
    ordered = sorted(days)
    places = (i * len(ordered) // (windows + 1) for i in range(1, windows + 1))
    return sorted({ordered[place] for place in places}) if ordered else []


def cold_people(
    dataset: Dataset,
    *,
    at: dt.date,
    share: float = 0.2,
    seed: int = 0,
    grade: Grade = "passed",
    undated: Undated = "out",
    horizon: Horizon = OVER_FIVE_YEARS,
) -> Split:
    """Some people as if they were new on a day, and nothing learned from them.

    They stand without completions, and without statements that rest on passed modules. What else
    was said of them before the day stays: somebody new can be rated. That they had passed modules
    before is not known then, so that these may be recommended again, which no ranker can avoid.

    Each completion is in somebody's `train`, is foreseen, or is counted in `dropped`.

    Parameters
    ----------
    at
        The day.
    share
        The share of all people who are new, between 0 and 1; at least one.
    seed
        Of the choice among their ids, which does not depend on their order.
    dataset, grade, undated, horizon
        As for `by_time`.

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
    >>> table = pd.DataFrame({"employee": ["a", "a", "b", "b"], "module": ["x", "y", "x", "y"],
    ...                       "date": ["2024-01-10", "2024-06-01"] * 2})
    >>> split = cold_people(read_interactions(table), at=dt.date(2024, 3, 1), share=0.5)
    >>> split.folds[0].test[0].completed, split.folds[0].relevant
    ((), ({'y': 1.0},))
    >>> split.dropped
    {'history of a cold person': 1, 'person who is not cold': 1}
    """
    way = Way(dataset, grade, undated, horizon, at=at, share=share, seed=seed)
    cold = _chosen([one.id for one in dataset.people], share, seed)
    train, ahead = [], []
    for person in way.there(at):
        stood, taken = way.stood(person, at), way.taken(person, at)
        if person.id not in cold:
            train.append(stood)
            way.drop(_WARM_PERSON, len(taken))
            continue
        way.drop(_COLD_PERSON, len(stood.completed))
        passed = {one.module for one in stood.completed if one.passed}
        fresh = tuple(one for one in taken if one.module not in passed)
        way.drop(ALREADY, len(taken) - len(fresh))
        said = tuple(one for one in stood.evidence if one.kind != "module")
        new = stood.model_copy(update={"completed": (), "evidence": said})
        ahead.append(Ahead(new, fresh))
    fold = way.fold(at, train, ahead, on_offer(dataset.catalogue, at))
    return way.split(f"new people from {at}, seed {seed}", [fold])


def cold_modules(
    dataset: Dataset,
    *,
    at: dt.date,
    share: float = 0.2,
    seed: int = 0,
    grade: Grade = "passed",
    undated: Undated = "out",
    horizon: Horizon = OVER_FIVE_YEARS,
) -> Split:
    """Some modules as if they were new on a day: nobody's history tells of them.

    They alone are candidates, and they are removed from all that is learned from. A person to
    recommend to keeps what they passed, so that no module is recommended twice.

    Each completion is in somebody's `train`, is foreseen, or is counted in `dropped`.

    Parameters
    ----------
    at
        The day.
    share
        The share of the catalogue's modules that are new, between 0 and 1; at least one.
    seed
        Of the choice among their ids, which does not depend on their order.
    dataset, grade, undated, horizon
        As for `by_time`.

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
    >>> table = pd.DataFrame({"employee": ["a", "a", "b", "b"], "module": ["x", "y", "y", "x"],
    ...                       "date": ["2024-01-10", "2024-06-01"] * 2})
    >>> split = cold_modules(read_interactions(table), at=dt.date(2024, 3, 1), share=0.5)
    >>> split.folds[0].candidates, split.folds[0].relevant
    (frozenset({'y'}), ({'y': 1.0},))
    """
    way = Way(dataset, grade, undated, horizon, at=at, share=share, seed=seed)
    cold = _chosen(dataset.catalogue.module_ids, share, seed)
    train, ahead = [], []
    for person in way.there(at):
        stood, taken = way.stood(person, at), way.taken(person, at)
        known = tuple(one for one in stood.completed if one.module not in cold)
        new = tuple(one for one in taken if one.module in cold)
        way.drop(_COLD_MODULE, len(stood.completed) - len(known))
        way.drop(_WARM_MODULE, len(taken) - len(new))
        train.append(stood.model_copy(update={"completed": known}))
        ahead.append(Ahead(stood, new))
    offered = on_offer(dataset.catalogue, at)
    fold = way.fold(at, train, ahead, cold if offered is None else cold & offered)
    return way.split(f"new modules from {at}, seed {seed}", [fold])


def _chosen(ids: Sequence[str], share: float, seed: int) -> frozenset[str]:
    """A share of some ids, whatever their order; at least one."""
    ordered = sorted(ids)
    count = min(len(ordered), max(1, round(share * len(ordered))))
    places = np.random.default_rng(seed).choice(len(ordered), count, replace=False)
    return frozenset(ordered[i] for i in places.tolist())
