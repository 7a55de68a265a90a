"""The tests of the ranker contract, for those who write one."""

from __future__ import annotations

import copy
import math
import warnings
from collections.abc import Callable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from fagprofil.errors import FagprofilError, RankerError, RankerWarning
from fagprofil.fingerprint import fingerprint
from fagprofil.rankers.base import (
    BaseRanker,
    Ranker,
    RankerLike,
    Reason,
    checked_scores,
    reasons_of,
)
from fagprofil.rankers.board import Board, board
from fagprofil.rankers.completions import History
from fagprofil.rankers.features import FEATURES
from fagprofil.rankers.registry import get_ranker
from fagprofil.rankers.task import RankingTask

__all__ = ["check_ranker"]

#: Scores of one and the same pair may differ by so much between batches.
_CLOSE = 1e-9
#: What of a task must stay as it is.
_GIVEN = (
    *("catalogue", "employees", "modules", "profiles", "horizon", "on", "days"),
    *("gain", "repeats", "eligible", "closes_nothing", "ects", "price", "mapped"),
    *("missing", "closes", "levels", "passed", "entry", "taught"),
)


def check_ranker(ranker: RankerLike, *, by_need: bool = True) -> tuple[str, ...]:
    """Hold a ranker to the contract, in a tiny synthetic world whose right answers are known.

    Checked are: shape and numbers (NaN is no opinion); the module that is needed comes first;
    nothing that it is given is changed, and nothing in it by asking; the same answer when asked
    again and when fitted again; one person alone, the same among others; the order of people, and
    of those it learned from, does not matter; new people, new modules, an empty
    history, nobody; parts of an explanation sum to the score; and scikit-learn's conventions, if
    it derives from `BaseRanker`.

    Parameters
    ----------
    ranker
        A name, an instance or a function. It is copied, never changed.
    by_need
        Whether it is to know what each person needs from gaps, texts or what people of the same
        profile passed. False for one that ranks by something else, such as price.

    Returns
    -------
    What was checked, in words.

    Raises
    ------
    RankerError
        Everything in which it breaks the contract.

    Examples
    --------
    >>> check_ranker(lambda task: task.gain)[0]
    'scores have the right shape and are numbers'
    >>> check_ranker(lambda task: -task.ects, by_need=False)  # doctest: +IGNORE_EXCEPTION_DETAIL
    Traceback (most recent call last):
    fagprofil.errors.RankerError: <lambda> breaks the contract:
      scores have the right shape and are numbers: score returned shape (7,)
    """
    world = _World(get_ranker(ranker), board())
    checks = [check for check in _CHECKS if by_need or check is not _needed_first]
    broken, done = [], []
    for check in checks:
        name = str(check.__doc__).strip().rstrip(".")
        name = name[0].lower() + name[1:]
        try:
            broken += [f"{name}: {what}" for what in check(world)]
        except Exception as error:
            # Whatever a ranker raises where it should not is what the caller wants to be told.
            kind = "" if isinstance(error, FagprofilError) else f"{type(error).__name__}: "
            broken.append(f"{name}: {kind}{error}")
        done.append(name)
    if broken:
        listed = "\n  ".join(broken)
        raise RankerError(f"{_name(ranker)} breaks the contract:\n  {listed}")
    return tuple(done)


def _name(ranker: RankerLike) -> str:
    if isinstance(ranker, str):
        return ranker
    return getattr(ranker, "__name__", None) or type(ranker).__name__


class _World:
    """The ranker, the board, and what both say."""

    def __init__(self, ranker: Ranker, world: Board) -> None:
        self.ranker = ranker
        self.board = world
        self.people = world.people

    def fitted(self, past: Sequence[int] | None = None) -> Ranker:
        """A copy that has learned from the past, or from some of it, if it can."""
        chosen = self.board.past
        if past is not None:
            chosen = tuple(chosen[i] for i in past)
        own = copy.deepcopy(self.ranker)
        fit = getattr(own, "fit", None)
        if fit is not None:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", RankerWarning)
                fit(self.board.task(chosen, chosen), self.board.history(chosen))
        return own

    def task(self) -> RankingTask:
        return self.board.task(self.people, self.board.past)


#: A seed that nobody else takes.
_UNLIKELY = 1_712_331_987

Check = Callable[[_World], Iterator[str]]


def _well_formed(world: _World) -> Iterator[str]:
    """Scores have the right shape and are numbers."""
    scores = checked_scores(world.fitted(), world.task())
    if np.isnan(scores).all():
        yield "no opinion on anything, although there are gaps, texts and a history"


def _needed_first(world: _World) -> Iterator[str]:
    """The module that is needed comes first."""
    task = world.task()
    scores = checked_scores(world.fitted(), task)
    keys = np.where(task.eligible & ~np.isnan(scores), scores, -np.inf)
    for i, best in enumerate(keys.argmax(axis=1).tolist()):
        if best != i:
            yield f"{task.employees[i]} needs {task.modules[i]}, but {task.modules[best]} is first"


def _unchanged(world: _World) -> Iterator[str]:
    """Nothing that it is given is changed."""
    task, past = world.task(), world.board.past
    learned_on, history = world.board.task(past, past), world.board.history(past)
    own, kept = copy.deepcopy(world.ranker), np.random.get_state()  # noqa: NPY002
    # One that seeds the numbers that all draw from sets them to the same state each time.
    np.random.seed(_UNLIKELY)  # noqa: NPY002
    drawn = _drawn()
    before = [_state(task), _state(learned_on), _told(history), _params(own)]
    fit = getattr(own, "fit", None)
    if fit is not None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RankerWarning)
            if fit(learned_on, history) is not own:
                yield "fit does not return the ranker itself"
    checked_scores(own, task)
    after = [_state(task), _state(learned_on), _told(history), _params(own)]
    names = ("the task", "the task to learn from", "the history", "its parameters")
    for name, was, now in zip(names, before, after, strict=True):
        if was != now:
            yield f"{name} changed"
    changed = drawn != _drawn()
    np.random.set_state(kept)  # noqa: NPY002
    if changed:
        yield "numpy's global random state changed; take a seed"


def _asked_only(world: _World) -> Iterator[str]:
    """Asking it changes nothing in it."""
    own, task = world.fitted(), world.task()
    if not hasattr(own, "__dict__"):
        return
    scores = checked_scores(own, task)
    before = fingerprint(dict(vars(own)))
    scores = checked_scores(own, world.task())
    for i, j in np.argwhere(task.eligible & ~np.isnan(scores)).tolist()[:3]:
        reasons_of(own, task, i, j, float(scores[i, j]))
    if fingerprint(dict(vars(own))) != before:
        yield "score or explain writes to the ranker, which threads share"


def _again(world: _World) -> Iterator[str]:
    """The same answer when asked and when fitted again."""
    own = world.fitted()
    first = checked_scores(own, world.task())
    if not _same(first, checked_scores(own, world.task()), exact=True):
        yield "asked twice, it answers differently"
    if not _same(first, checked_scores(world.fitted(), world.task()), exact=True):
        yield "fitted twice, it answers differently; take a seed"


def _one_equals_many(world: _World) -> Iterator[str]:
    """One person alone is scored as among others."""
    own, task = world.fitted(), world.task()
    together = checked_scores(own, task)
    for i in range(len(task)):
        alone = checked_scores(own, task.rows(np.array([i])))
        if not _same(together[[i]], alone):
            yield f"{task.employees[i]} is scored differently alone"


def _order_of_people(world: _World) -> Iterator[str]:
    """The order of people does not matter."""
    own, task = world.fitted(), world.task()
    order = np.arange(len(task))[::-1]
    if not _same(checked_scores(own, task)[order], checked_scores(own, task.rows(order))):
        yield "people in another order are scored differently"
    backwards = list(range(len(world.board.past)))[::-1]
    if not _same(checked_scores(own, task), checked_scores(world.fitted(backwards), task)):
        yield "learning from the same people in another order gives other scores"


def _strangers(world: _World) -> Iterator[str]:
    """New people, new modules and people without a profile are scored."""
    own = world.fitted()
    stranger = world.people[0].model_copy(
        update={"id": "stranger", "evidence": (), "profile": None}
    )
    checked_scores(own, world.board.task([stranger], world.board.past))
    larger = board(extra=2)
    task = larger.task(larger.people, larger.past)
    scores = checked_scores(own, task)
    if np.isnan(scores[:, : len(world.people)]).all():
        yield "with two new modules in the catalogue it has no opinion on the old ones either"


def _little(world: _World) -> Iterator[str]:
    """An empty history, no history and nobody to score are no trouble."""
    for past in ((), None):
        own = world.fitted([]) if past is not None else copy.deepcopy(world.ranker)
        checked_scores(own, world.board.task(world.people, past))
    checked_scores(world.fitted(), world.board.task((), world.board.past))
    yield from ()


def _explained(world: _World) -> Iterator[str]:
    """The parts of an explanation sum to the score."""
    own, task = world.fitted(), world.task()
    scores = checked_scores(own, task)
    for i, j in np.argwhere(task.eligible & ~np.isnan(scores)).tolist():
        parts = reasons_of(own, task, i, j, float(scores[i, j]))
        if not all(isinstance(part, Reason) for part in parts):
            yield "explain returns something else than Reason objects"
            return
        total = sum(part.value for part in parts)
        if not math.isclose(total, scores[i, j], rel_tol=_CLOSE, abs_tol=_CLOSE):
            yield (
                f"{task.employees[i]}, {task.modules[j]}: parts sum to {total}, "
                f"the score is {scores[i, j]}"
            )
            return


def _conventions(world: _World) -> Iterator[str]:
    """scikit-learn can copy it."""
    if not isinstance(world.ranker, BaseRanker):
        return
    from sklearn.base import clone

    own = world.fitted()
    copied = clone(own)
    if _params(copied) != _params(own):
        yield "a clone has other parameters: __init__ must keep them under their names, unchanged"
    learned = [name for name in vars(copied) if name.endswith("_")]
    if learned:
        yield f"a clone has learned already: {', '.join(learned)}"


_CHECKS: Sequence[Check] = (
    _well_formed,
    _needed_first,
    _unchanged,
    _asked_only,
    _again,
    _one_equals_many,
    _order_of_people,
    _strangers,
    _little,
    _explained,
    _conventions,
)


def _state(task: RankingTask) -> str:
    features = [task.feature(name) for name in FEATURES]
    return fingerprint([getattr(task, name) for name in _GIVEN], features, _told(task.history))


def _drawn() -> str:
    """The state of the random numbers that all share."""
    return fingerprint(list(np.random.get_state(legacy=True)))  # noqa: NPY002 (that is the point)


def _told(history: History | None) -> str:
    return fingerprint(history, None if history is None else history.passed)


def _params(ranker: object) -> str:
    params = ranker.get_params(deep=False) if isinstance(ranker, BaseRanker) else None
    return fingerprint(params)


def _same(
    first: NDArray[np.float64],
    second: NDArray[np.float64],
    exact: bool = False,
) -> bool:
    if exact:
        return bool(np.array_equal(first, second, equal_nan=True))
    return first.shape == second.shape and bool(
        np.allclose(first, second, rtol=_CLOSE, atol=_CLOSE, equal_nan=True)
    )
