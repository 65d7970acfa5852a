"""Measures of predicted values that do not depend on the loss."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tidu.arrays import Array, described
from tidu.errors import ShapeError


@dataclass(frozen=True)
class ValueScores:
    """Measures of predicted values.

    Attributes
    ----------
    r2
        R² = 1 − Σ(t − y)² / Σ(t − t̄)²: 1 is perfect, 0 no better than predicting the mean; the
        mean over the columns that vary, NaN if none does.
    mean_absolute_error, root_mean_squared_error
        In the unit of the targets, over all columns.
    """

    r2: float
    mean_absolute_error: float
    root_mean_squared_error: float


def value_scores(y: Array, t: Array) -> ValueScores:
    """Return the measures of predictions ``y`` against targets ``t``, both ``(N,)`` or ``(N, K)``.

    Raises
    ------
    ShapeError
        If the two differ in shape.

    Examples
    --------
    >>> value_scores([1.0, 2.0, 4.0], [1.0, 2.0, 3.0])  # doctest: +ELLIPSIS
    ValueScores(r2=0.5, mean_absolute_error=0.333..., root_mean_squared_error=0.577...)
    """
    y, t = np.asarray(y, np.float64), np.asarray(t, np.float64)
    if y.shape != t.shape or y.ndim not in (1, 2) or not len(y):
        raise ShapeError(
            f"`y` and `t` must be values of the same samples, got {described(y)} and {described(t)}"
        )
    y, t = y.reshape(len(y), -1), t.reshape(len(t), -1)
    left, total = ((t - y) ** 2).sum(axis=0), ((t - t.mean(axis=0)) ** 2).sum(axis=0)
    varies = total > 0
    r2 = float(np.mean(1 - left[varies] / total[varies])) if varies.any() else float("nan")
    return ValueScores(r2, float(np.abs(t - y).mean()), float(np.sqrt(((t - y) ** 2).mean())))
