"""`check_ranker` passes what keeps the contract, and names what a ranker breaks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from sklearn.linear_model import Ridge

import fagprofil as fp
from fagprofil.rankers import (
    BaseRanker,
    BlendRanker,
    CoverageRanker,
    DiverseRanker,
    FairRanker,
    History,
    HistoryRanker,
    LearnedRanker,
    RankingTask,
    Reason,
    check_ranker,
    ranker_names,
)

CHECKS = (
    "scores have the right shape and are numbers",
    "the module that is needed comes first",
    "nothing that it is given is changed",
    "asking it changes nothing in it",
    "the same answer when asked and when fitted again",
    "one person alone is scored as among others",
    "the order of people does not matter",
    "new people, new modules and people without a profile are scored",
    "an empty history, no history and nobody to score are no trouble",
    "the parts of an explanation sum to the score",
    "scikit-learn can copy it",
)
SHAPE, NEEDED, UNCHANGED, ASKED, AGAIN, ALONE, ORDER, NEW, LITTLE, EXPLAINED, COPY = CHECKS


# --- what passes --------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ranker_names())
def test_every_built_in_ranker_passes(name: str) -> None:
    # Nobody's needs decide what is popular.
    by_need = name != "popular"
    done = check_ranker(name, by_need=by_need)
    assert done == tuple(one for one in CHECKS if by_need or one != NEEDED)


@pytest.mark.parametrize(
    "ranker",
    [
        CoverageRanker(per="ects", repetition=0.5),
        CoverageRanker(per="price"),
        HistoryRanker("knn"),
        DiverseRanker(by="set"),
        DiverseRanker("history", relevance=0.9),
        FairRanker("coverage", groups="profile", bound=1.0),
        BlendRanker(["coverage", lambda task: task.feature("gain_now")], how="ranks"),
        LearnedRanker(Ridge(), outcome="gap_closed"),
    ],
    ids=lambda ranker: type(ranker).__name__,
)
def test_built_in_rankers_pass_with_other_parameters(ranker: BaseRanker) -> None:
    assert check_ranker(ranker) == CHECKS


def test_a_function_and_a_duck_pass() -> None:
    class Duck:
        def score(self, task: RankingTask) -> Any:
            return task.gain

    assert check_ranker(Duck()) == check_ranker(lambda task: task.gain) == CHECKS


def test_a_ranker_that_is_checked_stays_as_it_is() -> None:
    ranker = HistoryRanker()
    check_ranker(ranker)
    assert vars(ranker) == vars(HistoryRanker())


# --- what does not ------------------------------------------------------------------------------


class Gain(BaseRanker):
    """A ranker that keeps the contract, to be broken."""

    def score(self, task: RankingTask) -> Any:
        return task.gain


class WrongShape(Gain):
    def score(self, task: RankingTask) -> Any:
        return task.gain.T


class Infinite(Gain):
    def score(self, task: RankingTask) -> Any:
        return np.where(np.isnan(task.gain), -np.inf, task.gain)


class Silent(Gain):
    def score(self, task: RankingTask) -> Any:
        return np.full(task.shape, np.nan)


class Backwards(Gain):
    def score(self, task: RankingTask) -> Any:
        return -task.gain


class Replacing(Gain):
    """Gets around arrays that cannot be written to."""

    def score(self, task: RankingTask) -> Any:
        task.gain = np.nan_to_num(task.gain)
        return task.gain


class Scribbling(Gain):
    """Writes where a sparse matrix lets it."""

    def score(self, task: RankingTask) -> Any:
        task.taught.data = np.ones(len(task.taught.data))
        return task.gain


class Hiding(Gain):
    """Takes something away from those who come after it."""

    def score(self, task: RankingTask) -> Any:
        task.history = None
        return task.gain


class Forgetting(Gain):
    """Writes into what is to be learned from."""

    def fit(self, task: RankingTask, history: History) -> Any:  # noqa: ARG002
        history.passed.data = np.zeros(len(history.passed.data))
        return self


class Unlocking(Gain):
    """Writes into a feature."""

    def score(self, task: RankingTask) -> Any:
        share = task.feature("popularity")
        share.setflags(write=True)
        share[:] = 0
        return task.gain


class Seeding(Gain):
    """Seeds what everybody draws from."""

    def score(self, task: RankingTask) -> Any:
        np.random.seed(7)  # noqa: NPY002 (that is what is wrong with it)
        return task.gain


class Counting(Gain):
    """Counts how often it is asked."""

    def explain(self, task: RankingTask, i: int, j: int) -> Any:
        self.asked_ = getattr(self, "asked_", 0) + 1
        return [Reason(name="gain", competence=None, value=float(task.gain[i, j]))]


class Scaling(Gain):
    """Changes its own parameter when it is fitted."""

    def __init__(self, factor: float = 2.0) -> None:
        self.factor = factor

    def fit(self, task: RankingTask, history: History) -> Any:  # noqa: ARG002
        self.factor = self.factor / 2
        return self


class Absent(Gain):
    def fit(self, task: RankingTask, history: History) -> Any:
        pass


class Random(Gain):
    def score(self, task: RankingTask) -> Any:
        return task.gain + 1e-6 * np.random.default_rng().random(task.shape)


class RandomFit(Gain):
    def fit(self, task: RankingTask, history: History) -> Any:  # noqa: ARG002
        self.noise_ = 1e-6 * np.random.default_rng().random(task.shape[1])
        return self

    def score(self, task: RankingTask) -> Any:
        return task.gain + getattr(self, "noise_", 0)


class Standardised(Gain):
    """Compares people with the others who happen to be asked about."""

    def score(self, task: RankingTask) -> Any:
        gain = task.gain
        return (gain - gain.mean(axis=0)) / np.maximum(gain.std(axis=0), 1e-9)


class LastTaker(Gain):
    """Believes the person who stands last in the history."""

    def fit(self, task: RankingTask, history: History) -> Any:  # noqa: ARG002
        self.liked_ = history.module[-1:]
        return self

    def score(self, task: RankingTask) -> Any:
        scores = task.gain.copy()
        scores[:, getattr(self, "liked_", [])] += 1e-6
        return scores


class KnownPeople(Gain):
    """Looks people up among those whom it learned from or knows."""

    def score(self, task: RankingTask) -> Any:
        known = {f"e-{n}": n for n in range(6)}
        return task.gain + np.array([0 * known[one] for one in task.employees]).reshape(-1, 1)


class KnownModules(Gain):
    """Keeps a number for each module, whatever the modules are."""

    def fit(self, task: RankingTask, history: History) -> Any:  # noqa: ARG002
        self.taken_ = np.bincount(history.module, minlength=len(history.modules))
        return self

    def score(self, task: RankingTask) -> Any:
        return task.gain + 1e-6 * getattr(self, "taken_", np.zeros(task.shape[1]))


class NeedsTakers(Gain):
    def fit(self, task: RankingTask, history: History) -> Any:  # noqa: ARG002
        self.first_ = history.day.min()
        return self


class NeedsHistory(Gain):
    def score(self, task: RankingTask) -> Any:
        return task.gain + 0 * len(task.history)  # type: ignore[arg-type]


class NeedsPeople(Gain):
    def score(self, task: RankingTask) -> Any:
        return task.gain - 0 * task.gain[0]


class Exaggerating(Gain):
    def explain(self, task: RankingTask, i: int, j: int) -> Any:
        yield Reason(name="gain", competence=None, value=float(task.gain[i, j]) + 0.5)


class Wordy(Gain):
    def explain(self, task: RankingTask, i: int, j: int) -> Any:  # noqa: ARG002
        return ["it is good for you"]


class Changing(Gain):
    """Changes a parameter in `__init__`."""

    def __init__(self, per: str = "ECTS") -> None:
        self.per = per.lower()


class Renaming(Gain):
    def __init__(self, weight: float = 1.0) -> None:
        self.own_weight = weight


class Remembering(Gain):
    """Has something learned from the start."""

    def __init__(self) -> None:
        self.share_ = np.zeros(3)


@pytest.mark.parametrize(
    ("ranker", "check", "told"),
    [
        (WrongShape, SHAPE, r"shape \(7, 6\); expected \(people, modules\) = \(6, 7\)"),
        (Infinite, SHAPE, "use NaN for no opinion"),
        (Silent, SHAPE, "no opinion on anything"),
        (Backwards, NEEDED, "e-0 needs m-0, but m-1 is first"),
        (Replacing, UNCHANGED, "the task changed"),
        (Scribbling, UNCHANGED, "the task changed"),
        (Hiding, UNCHANGED, "the task changed"),
        (Forgetting, UNCHANGED, "the history changed"),
        (Unlocking, UNCHANGED, "the task changed"),
        (Seeding, UNCHANGED, "numpy's global random state changed"),
        (Counting, ASKED, "writes to the ranker"),
        (Scaling, UNCHANGED, "its parameters changed"),
        (Absent, UNCHANGED, "fit does not return the ranker itself"),
        (Random, AGAIN, "asked twice, it answers differently"),
        (RandomFit, AGAIN, "fitted twice, it answers differently; take a seed"),
        (Standardised, ALONE, "e-0 is scored differently alone"),
        (LastTaker, ORDER, "learning from the same people in another order"),
        (KnownPeople, NEW, "KeyError: 'stranger'"),
        (KnownModules, NEW, "could not be broadcast"),
        (NeedsTakers, LITTLE, "zero-size array"),
        (NeedsHistory, LITTLE, "NoneType"),
        (NeedsPeople, LITTLE, "out of bounds"),
        (Exaggerating, EXPLAINED, "parts sum to 3.5, the score is 3.0"),
        (Wordy, EXPLAINED, "something else than Reason objects"),
        (Changing, COPY, "the constructor either does not set or modifies parameter per"),
        (Renaming, COPY, "has no attribute 'weight'"),
        (Remembering, COPY, "a clone has learned already: share_"),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_a_broken_ranker_is_told_what_it_breaks(
    ranker: Callable[[], BaseRanker], check: str, told: str
) -> None:
    with pytest.raises(fp.errors.RankerError, match=f"(?s)  {check}: [^\n]*{told}") as caught:
        check_ranker(ranker())
    message = str(caught.value)
    assert message.startswith(f"{ranker.__name__} breaks the contract:\n  ")


def test_the_ranker_that_is_broken_here_is_whole() -> None:
    assert check_ranker(Gain()) == CHECKS


@pytest.mark.parametrize(
    ("ranker", "checks"),
    [
        (Backwards, {NEEDED}),
        (Replacing, {UNCHANGED}),
        (LastTaker, {ORDER}),
        (KnownModules, {NEW}),
        (NeedsTakers, {LITTLE}),
        (Exaggerating, {EXPLAINED}),
        (Changing, {COPY}),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_nothing_else_is_told(ranker: Callable[[], BaseRanker], checks: set[str]) -> None:
    with pytest.raises(fp.errors.RankerError) as caught:
        check_ranker(ranker())
    lines = str(caught.value).splitlines()[1:]
    assert {line.strip().partition(":")[0] for line in lines} == checks


def test_all_that_is_broken_is_told_at_once() -> None:
    class Everything(Random, Changing):
        def explain(self, task: RankingTask, i: int, j: int) -> Any:  # noqa: ARG002
            raise LookupError("lost")

    with pytest.raises(fp.errors.RankerError) as caught:
        check_ranker(Everything())
    told = str(caught.value)
    assert all(f"  {one}: " in told for one in (AGAIN, ALONE, EXPLAINED, COPY))
    assert "LookupError: lost" in told


def test_a_ranker_that_ranks_by_something_else_need_not_know_needs() -> None:
    def cheapest(task: RankingTask) -> Any:
        return -task.price

    with pytest.raises(fp.errors.RankerError, match=f"cheapest breaks .*\n  {NEEDED}: e-1 needs"):
        check_ranker(cheapest)
    assert check_ranker(cheapest, by_need=False) == tuple(one for one in CHECKS if one != NEEDED)


def test_what_cannot_score_is_refused_before_it_is_checked() -> None:
    with pytest.raises(fp.errors.RankerError, match="cannot score"):
        check_ranker(3)  # type: ignore[arg-type]
