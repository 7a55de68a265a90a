"""The contract of a ranking model, and a base that keeps scikit-learn's conventions."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from typing import Any, Protocol, Self, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from fagprofil.errors import RankerError, UnknownName
from fagprofil.model.base import Frozen
from fagprofil.rankers.task import RankingTask

__all__ = ["BaseRanker", "FunctionRanker", "Ranker", "RankerLike", "Reason", "on_grid"]

#: Scores of built-in rankers are whole multiples of this, so that their parts sum exactly.
SCORE_STEP = 2.0**-20


class Reason(Frozen):
    """One addend of a score."""

    name: str
    """What adds it, for example ``gap closed``."""
    competence: str | None
    """The competence that it concerns, if it concerns one."""
    value: float


@runtime_checkable
class Ranker(Protocol):
    """Anything that scores; a plain function ``task -> scores`` is accepted as well.

    Optional methods are ``fit(task, history) -> self``, with a `History` of completions and a
    task over the people who have it, and ``explain(task, i, j)``, the parts of one score as
    `Reason` objects. A model whose score is the gain itself may say so with an attribute
    ``scores_gain`` that is true: people are then ranked without computing anything else.
    """

    def score(self, task: RankingTask) -> NDArray[np.floating]:
        """Scores of shape ``task.shape``; higher is better, NaN is "no opinion"."""
        ...


RankerLike = str | Ranker | Callable[[RankingTask], NDArray[np.floating]]


class BaseRanker:
    """Parameters in ``__init__``, kept under their names; copied by `sklearn.base.clone`.

    Examples
    --------
    >>> class Cheapest(BaseRanker):
    ...     def __init__(self, unknown: float = 20_000.0) -> None:
    ...         self.unknown = unknown
    ...     def score(self, task):
    ...         return -np.nan_to_num(task.price, nan=self.unknown)
    >>> Cheapest(unknown=9_000.0)
    Cheapest(unknown=9000.0)
    """

    @classmethod
    def _parameters(cls) -> list[str]:
        return list(inspect.signature(cls).parameters)

    def get_params(self, deep: bool = True) -> dict[str, Any]:  # noqa: ARG002 (scikit-learn's)
        """The parameters by name."""
        return {name: getattr(self, name) for name in self._parameters()}

    def set_params(self, **params: Any) -> Self:
        """Set parameters by name.

        Raises
        ------
        UnknownName
            A parameter that the ranker does not have.
        """
        for name, value in params.items():
            if name not in self._parameters():
                raise UnknownName(f"parameter of {type(self).__name__}", name, self._parameters())
            setattr(self, name, value)
        return self

    def __repr__(self) -> str:
        listed = ", ".join(f"{name}={value!r}" for name, value in self.get_params().items())
        return f"{type(self).__name__}({listed})"


class FunctionRanker(BaseRanker):
    """A plain function as a ranker."""

    def __init__(self, function: Callable[[RankingTask], NDArray[np.floating]]) -> None:
        self.function = function

    def score(self, task: RankingTask) -> NDArray[np.floating]:
        """What the function returns."""
        return self.function(task)


def on_grid(values: NDArray[np.floating]) -> NDArray[np.float64]:
    """Values rounded to `SCORE_STEP`, so that sums of them are exact.

    Examples
    --------
    >>> parts = on_grid(np.array([0.1, 0.2, 0.3]))
    >>> bool(parts.sum() == parts[0] + (parts[1] + parts[2]))
    True
    """
    return np.asarray(np.rint(np.asarray(values) / SCORE_STEP) * SCORE_STEP, dtype=np.float64)


def shares_of(total: float, values: Sequence[float]) -> list[float]:
    """Split a total on the grid in proportion to values; the parts sum to it exactly.

    What rounding leaves over goes to the largest value.
    """
    if not values:
        return []
    whole = sum(values)
    parts = on_grid(np.asarray(values) * (total / whole if whole else 0.0))
    parts[int(np.argmax(values))] += total - parts.sum()
    return [float(part) for part in parts]


def checked_scores(ranker: Ranker, task: RankingTask) -> NDArray[np.float64]:
    """What a ranker scores, held to the contract.

    Raises
    ------
    RankerError
        The wrong shape, or values that are not numbers or are infinite.
    """
    name = type(ranker).__name__
    returned = ranker.score(task)
    try:
        scores = np.asarray(returned)
    except ValueError as error:
        raise RankerError(f"{name}.score returned no array of one shape: {error}") from None
    if scores.shape != task.shape:
        raise RankerError(
            f"{name}.score returned shape {scores.shape}; expected (people, modules) = {task.shape}"
        )
    if scores.dtype.kind not in "fiu":
        raise RankerError(f"{name}.score returned {scores.dtype}; expected numbers")
    if np.isinf(scores).any():
        raise RankerError(f"{name}.score returned infinite scores; use NaN for no opinion")
    return scores.astype(np.float64)


def reasons_of(ranker: Ranker, task: RankingTask, i: int, j: int, score: float) -> list[Reason]:
    """The parts of a score: the ranker's own, or the score as one part."""
    explain = getattr(ranker, "explain", None)
    if np.isnan(score):
        return [Reason(name="no opinion", competence=None, value=0.0)]
    if explain is None:
        return [Reason(name="score", competence=None, value=score)]
    return list(explain(task, i, j))
