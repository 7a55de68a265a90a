"""The contract of a ranking model, and a base that keeps scikit-learn's conventions."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Protocol, Self, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from fagprofil.errors import RankerError, UnknownName
from fagprofil.model.base import Frozen
from fagprofil.rankers.completions import History
from fagprofil.rankers.task import RankingTask

__all__ = ["BaseRanker", "FunctionRanker", "Ranker", "RankerLike", "Reason", "on_grid"]

#: Scores of built-in rankers are whole multiples of this, so that their parts sum exactly.
SCORE_STEP = 2.0**-20
#: So far parts may be from the score before they are rounded.
_ROUNDING = 1e-3


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

    def fit(self, task: RankingTask, history: History) -> Self:  # noqa: ARG002 (the contract's)
        """There is nothing to learn; a ranker that learns says here how."""
        return self

    @classmethod
    def _parameters(cls) -> list[str]:
        return list(inspect.signature(cls).parameters)

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """The parameters by name; deep: also those of rankers and estimators among them.

        A parameter ``alpha`` of a parameter ``ranker`` is ``ranker__alpha``.
        """
        found = {name: getattr(self, name) for name in self._parameters()}
        for name, value in list(found.items()) if deep else ():
            if hasattr(value, "get_params") and not isinstance(value, type):
                found |= {f"{name}__{sub}": one for sub, one in value.get_params().items()}
        return found

    def set_params(self, **params: Any) -> Self:
        """Set parameters by name, those of a parameter by ``parameter__name``.

        Raises
        ------
        UnknownName
            A parameter that the ranker does not have.
        """
        nested: dict[str, dict[str, Any]] = {}
        for name, value in params.items():
            own, _, sub = name.partition("__")
            if own not in self._parameters():
                raise UnknownName(f"parameter of {type(self).__name__}", name, self._parameters())
            if sub:
                nested.setdefault(own, {})[sub] = value
            else:
                setattr(self, own, value)
        for own, values in nested.items():
            inner = getattr(self, own)
            if not hasattr(inner, "set_params"):
                name = f"{own}__{next(iter(values))}"
                raise UnknownName(f"parameter of {type(self).__name__}", name, self.get_params())
            inner.set_params(**values)
        return self

    def __repr__(self) -> str:
        listed = ", ".join(f"{name}={value!r}" for name, value in self.get_params(False).items())
        return f"{type(self).__name__}({listed})"

    def __sklearn_tags__(self) -> Any:
        """What scikit-learn asks of those whom it cross-validates."""
        from sklearn.utils import InputTags, Tags, TargetTags

        return Tags(
            estimator_type=None,
            target_tags=TargetTags(required=True),
            input_tags=InputTags(),
        )

    def __fingerprint__(self) -> tuple[Any, ...]:
        """What tells it from others: its parameters and what it has learned."""
        return (self.get_params(deep=False), learned_by(self))


def learns(ranker: object) -> bool:
    """Whether fitting a ranking model changes anything."""
    fit = getattr(type(ranker), "fit", None)
    return fit is not None and fit is not BaseRanker.fit


def learned_by(ranker: object) -> dict[str, Any]:
    """What a ranking model has learned: its attributes that end in an underscore."""
    return {
        name: value
        for name, value in vars(ranker).items()
        if name.endswith("_") and not name.startswith("_")
    }


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


def parts_of(total: float, values: Sequence[float]) -> list[float]:
    """Values rounded to the grid so that they sum to a total exactly; they sum to about it before.

    What rounding leaves over goes to the largest.

    Examples
    --------
    >>> parts = parts_of(0.5, [0.3, 0.3, -0.1])
    >>> sum(parts)
    0.5
    """
    if not len(values):
        return []
    parts = on_grid(np.asarray(values, dtype=np.float64))
    parts[int(np.argmax(np.abs(parts)))] += total - parts.sum()
    return [float(part) for part in parts]


def aligned(
    values: NDArray[np.floating], modules: Sequence[str], wanted: Sequence[str]
) -> NDArray[np.float64]:
    """Columns for some modules in the order of others; NaN for those that there was nothing for.

    A ranking model that learned on one catalogue so works on the next one.
    """
    if tuple(modules) == tuple(wanted):
        return np.asarray(values, dtype=np.float64)
    place = {name: j for j, name in enumerate(modules)}
    at = np.array([place.get(name, -1) for name in wanted], dtype=np.intp)
    found = np.full((*values.shape[:-1], len(wanted)), np.nan)
    found[..., at >= 0] = values[..., at[at >= 0]]
    return found


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


def scores_of(ranker: Ranker, task: RankingTask) -> NDArray[np.float64]:
    """What a ranker scores, held to the contract and computed once for a task.

    Raises
    ------
    RankerError
        The wrong shape, or values that are not numbers or are infinite.
    """
    # It may be fitted again or get other parameters. All of it is kept with the scores, so that
    # nothing else can have its identities.
    whole = [("", ranker), *_attributes(ranker)]
    key = ("scores", *((name, id(one)) for name, one in whole))
    return task.remember(key, lambda: (checked_scores(ranker, task), whole))[0]


def _attributes(value: object) -> Iterator[tuple[str, Any]]:
    """What a ranker has, what is listed in that, and what the rankers among it have."""
    if isinstance(value, BaseRanker):
        parts = list(vars(value).items())
    elif isinstance(value, (list, tuple)):
        parts = [(str(n), one) for n, one in enumerate(value)]
    elif isinstance(value, dict):
        parts = [(str(key), one) for key, one in value.items()]
    else:
        parts = list(getattr(value, "__dict__", {}).items()) if callable_score(value) else []
    for name, one in parts:
        yield name, one
        yield from _attributes(one)


def callable_score(value: object) -> bool:
    """Whether something scores, as a ranker of somebody else's does."""
    return callable(getattr(value, "score", None)) and not isinstance(value, type)


def scaled(scores: NDArray[np.float64], eligible: NDArray[np.bool_]) -> NDArray[np.float64]:
    """What to divide each person's scores by, so that the largest eligible one is 1; shape (n, 1).

    The largest in size, where scores are negative; 1 where there is none.
    """
    size = np.where(eligible & ~np.isnan(scores), np.abs(scores), 0.0)
    largest = size.max(axis=1, initial=0.0, keepdims=True)
    return np.asarray(np.where(largest > 0, largest, 1.0))


def scaled_reasons(reasons: Sequence[Reason], factor: float, label: str) -> list[Reason]:
    """The reasons of a ranker that is a part of another one: named after it, times a factor."""
    return [
        one.model_copy(update={"name": f"{label}: {one.name}", "value": one.value * factor})
        for one in reasons
    ]


def summing_to(total: float, reasons: Sequence[Reason]) -> list[Reason]:
    """Reasons whose values are on the grid and sum to a total exactly, the largest first.

    They sum to about it before; what rounding leaves over goes to the largest.

    Raises
    ------
    RankerError
        They sum to something else, which no rounding explains.
    """
    left = total - sum(one.value for one in reasons)
    if abs(left) > _ROUNDING * (1.0 + abs(total)):
        raise RankerError(f"an explanation leaves {left} of a score of {total} unexplained")
    values = parts_of(total, [one.value for one in reasons])
    exact = [
        one.model_copy(update={"value": value})
        for one, value in zip(reasons, values, strict=True)
        if value
    ]
    return sorted(exact, key=lambda one: (-abs(one.value), one.name, one.competence or ""))


def label_of(ranker: RankerLike) -> str:
    """How a ranker is called in the reasons of one that it is a part of."""
    if isinstance(ranker, str):
        return ranker
    name = getattr(ranker, "__name__", None) or type(ranker).__name__
    return name.removesuffix("Ranker").lower() or name


def reasons_of(ranker: Ranker, task: RankingTask, i: int, j: int, score: float) -> list[Reason]:
    """The parts of a score: the ranker's own, or the score as one part."""
    explain = getattr(ranker, "explain", None)
    if np.isnan(score):
        return [Reason(name="no opinion", competence=None, value=0.0)]
    if explain is None:
        return [Reason(name="score", competence=None, value=score)]
    return list(explain(task, i, j))
