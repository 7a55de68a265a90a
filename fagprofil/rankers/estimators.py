"""scikit-learn estimators as ranking models: fitted, held to rise with the gain, asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["Fitted", "default_estimator", "fit_rising", "orders_lists"]

Floats = NDArray[np.float64]

#: How estimators call what makes a feature never lower a score.
_MONOTONE = ("monotonic_cst", "monotone_constraints", "monotone")
#: Rows in which it is looked for a score that falls where it should not.
_PROBES = 200


def default_estimator() -> Any:
    """A strongly regularised linear model.

    In synthetic worlds it gains most of what trees do, with a few hundred people and with
    thousands, and where there is nothing to learn it does no harm, which trees do.
    """
    from sklearn.impute import SimpleImputer
    from sklearn.linear_model import Ridge
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    return make_pipeline(SimpleImputer(keep_empty_features=True), StandardScaler(), Ridge(100.0))


@dataclass(frozen=True, eq=False)
class Fitted:
    """An estimator that has learned, and the columns that it sees; None where there are none.

    Attributes
    ----------
    estimator, columns
        These.
    fill
        What it sees for what is unknown, by column, where it cannot deal with that.
    """

    estimator: Any
    columns: NDArray[np.intp]
    fill: Floats | None = None

    def predict(self, table: Floats) -> Floats:
        """Numbers of which higher is better, shape (rows,).

        Log-odds where the estimator gives them, then chances, then values.
        """
        rows, estimator = filled(table[:, self.columns], self.fill), self.estimator
        if estimator is None:
            return np.zeros(len(rows))
        if hasattr(estimator, "decision_function"):
            return np.asarray(estimator.decision_function(rows), dtype=np.float64)
        if hasattr(estimator, "predict_proba"):
            return np.asarray(estimator.predict_proba(rows)[:, -1], dtype=np.float64)
        return np.asarray(estimator.predict(rows), dtype=np.float64)


def filled(rows: Floats, fill: Floats | None) -> Floats:
    """Rows in which what is unknown is filled in by column."""
    return rows if fill is None else np.where(np.isnan(rows), fill, rows)


def fit_rising(
    prototype: Any,
    table: Floats,
    value: Floats,
    groups: NDArray[np.intp],
    rising: NDArray[np.bool_],
) -> Fitted:
    """A copy of an estimator, fitted so that more of a rising feature lowers nothing.

    Estimators that can be held to it are. Of the others, rising features of which more lowers any
    of the scores that are looked at are taken out, and it is fitted again. Where none are left, or
    all outcomes are alike, there is nothing to fit.

    Parameters
    ----------
    table
        Shape (rows, features); NaN is unknown.
    value
        Outcomes 0..1, shape (rows,).
    groups
        The person of each row, or the list that it is in.
    rising
        Which features must not lower scores, shape (features,).
    """
    from sklearn.base import clone

    # What is known of nobody tells nothing.
    columns = np.flatnonzero(np.isfinite(table).any(axis=0))
    takes_unknown = _takes_unknown(prototype)
    while len(columns) and len(np.unique(value)) > 1:
        estimator = clone(prototype)
        constraints = rising[columns].astype(int)
        for name in estimator.get_params():
            if name.rpartition("__")[2] in _MONOTONE:
                estimator.set_params(**{name: constraints.tolist()})
        fill = None if takes_unknown else np.nanmean(table[:, columns], axis=0)
        _fit(estimator, filled(table[:, columns], fill), value, groups)
        found = Fitted(estimator, columns, fill)
        falls = _falling(found, table, rising)
        if not len(falls):
            return found
        columns = np.setdiff1d(columns, falls)
    return Fitted(None, columns[:0])


def orders_lists(estimator: Any) -> bool:
    """Whether an estimator, or the one that a search or a pipeline is made for, orders lists."""
    inner = estimator
    while inner is not None:
        estimator = inner
        steps = getattr(estimator, "steps", None)
        inner = steps[-1][1] if steps else getattr(estimator, "estimator", None)
    return type(estimator).__name__ == "LambdaMART"


def _fit(estimator: Any, rows: Floats, value: Floats, groups: NDArray[np.intp]) -> None:
    from sklearn import config_context
    from sklearn.base import is_classifier

    target: NDArray[Any] = value
    if is_classifier(estimator):
        target = value >= 0.5
        if len(np.unique(target)) < 2:
            # All above a half, or all below: what is better than the others then.
            target = value > value.mean()
    if _asks_for_groups(estimator, "fit"):
        # Without routing a search would hand them to its splitter only.
        with config_context(enable_metadata_routing=True):
            estimator.fit(rows, target, groups=groups)
    elif _asks_for_groups(getattr(estimator, "cv", None), "split"):
        estimator.fit(rows, target, groups=groups)
    else:
        estimator.fit(rows, target)


def _takes_unknown(estimator: Any) -> bool:
    """Whether an estimator says that it can deal with NaN."""
    from sklearn.utils import get_tags

    return bool(get_tags(estimator).input_tags.allow_nan)


def _asks_for_groups(asked: Any, method: str) -> bool:
    """Whether an estimator or a splitter, or what it is made of, asks for each row's group."""
    from sklearn.utils.metadata_routing import get_routing_for_object

    try:
        routing = get_routing_for_object(asked)
    except Exception:
        # Some estimators cannot say, such as AdaBoost and a search over it.
        return False
    return bool(routing.consumes(method, ["groups"]))


def _falling(found: Fitted, table: Floats, rising: NDArray[np.bool_]) -> NDArray[np.intp]:
    """The rising features of which more lowers a score."""
    every = np.linspace(0, len(table) - 1, min(len(table), _PROBES)).astype(np.intp)
    rows = table[every]
    before = found.predict(rows)
    slack = 1e-9 * (1.0 + float(np.abs(before).max(initial=0.0)))
    falls = []
    for column in found.columns[rising[found.columns]].tolist():
        values = table[:, column][np.isfinite(table[:, column])]
        for step in np.quantile(values, [0.25, 0.5, 0.75, 1.0]):
            more = rows.copy()
            # What is unknown stays unknown.
            more[:, column] = np.where(
                np.isnan(rows[:, column]), np.nan, np.maximum(rows[:, column], step)
            )
            if (found.predict(more) < before - slack).any():
                falls.append(column)
                break
    return np.array(falls, dtype=np.intp)
