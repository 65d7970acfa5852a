"""The contract of a loss, and what several losses need."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from tidu.arrays import Array, described, namespace
from tidu.config import Config
from tidu.errors import InputError, ShapeError, check_number, clause
from tidu.layers.base import Shape


class Loss(Config):
    """The base of all losses: pure functions of scores ``(N, ...)`` and targets of the same shape.

    ``encode`` brings a user's targets into that form, and is the only place where they are checked.

    Examples
    --------
    >>> import numpy as np
    >>> from tidu.losses import MeanSquaredError
    >>> loss = MeanSquaredError()
    >>> t = loss.encode(np.array([1.0, 2.0]), (2, 1), np.dtype("float64"))
    >>> t.shape
    (2, 1)
    """

    link: ClassVar[str] = "identity"
    """What turns scores into predictions: "softmax", "sigmoid", "exp" or "identity"."""

    def encode(self, t: Array, scores_shape: Shape, dtype: np.dtype) -> Array:
        """Return targets in the shape of the scores and in ``dtype``; refuse what does not fit."""
        raise NotImplementedError

    def values(self, scores: Array, t: Array) -> Array:
        """Return ℓᵢ for each sample, ``(N,)``."""
        raise NotImplementedError

    def gradient(self, scores: Array, t: Array) -> Array:
        """Return dℓᵢ/dscoresᵢ for each sample, in the shape of the scores."""
        raise NotImplementedError

    def weights(self, t: Array) -> Array | None:
        """Return a weight for each sample that depends on its (encoded) target, or None for 1."""
        return None

    def predict_proba(self, scores: Array) -> Array:
        """Apply the link."""
        return scores

    def predict(self, scores: Array) -> Array:
        """Return the predicted class, or the predicted value."""
        return scores

    def correct(self, scores: Array, t: Array) -> Array | None:
        """Return for each sample whether its class was found, ``(N,)``; None without classes."""
        return None


def as_array(t: Array) -> Array:
    """Return targets as an array, if they are not one of some library already."""
    if hasattr(t, "__array_namespace__") and not isinstance(t, (np.ndarray, np.generic)):
        return t
    try:
        t = np.asarray(t)
    except ValueError as error:
        raise ShapeError("`t` is a list of rows that differ in length") from error
    if t.dtype.kind not in "biuf":
        raise TypeError(
            f"`t` must hold numbers, got {described(t)}; for names of classes use "
            "classes, t = np.unique(names, return_inverse=True)"
        )
    return t


def one_each(name: str, given: object, of: str, **bounds: float) -> tuple[float, ...]:
    """Return a setting that has one number for each class or output, or refuse it."""
    if isinstance(given, str) or not isinstance(given, (Sequence, np.ndarray)):
        raise TypeError(
            f"`{name}` must be a list of one number {of}, such as [1.0, 2.0], "
            f"got {described(given)}"
        )
    return tuple(check_number(f"{name}[{i}]", n, **bounds) for i, n in enumerate(given))


def sum_of_sample(values: Array) -> Array:
    """Return the sum over all axes but the first."""
    return namespace(values).sum(values, axis=tuple(range(1, values.ndim)))


def outputs_of(scores: Array) -> int:
    """Return how many numbers a sample's scores are, K."""
    return int(np.prod(scores.shape[1:]))


def encoded_values(loss: Loss, t: Array, scores_shape: Shape, dtype: np.dtype) -> Array:
    """Return values as targets of the scores' shape; ``(N,)`` will do where K is 1."""
    xp = namespace(t)
    if t.ndim == len(scores_shape) - 1 and scores_shape[-1] == 1:
        t = t[..., None]
    if tuple(t.shape) != tuple(scores_shape):
        hint = ""
        if t.ndim == 1:
            hint = clause(
                "; for class labels use SoftmaxCrossEntropy, or rows of one-hot targets "
                f"(np.eye({scores_shape[-1]})[t])"
            )
        raise ShapeError(
            f"`t` has shape {tuple(t.shape)}, the network's outputs have {tuple(scores_shape)}"
            f"; {type(loss).__name__} needs them to be the same{hint}"
        )
    if xp.isdtype(t.dtype, "real floating") and not xp.all(xp.isfinite(t)):
        raise InputError("`t` holds NaN or infinite targets; drop or correct those samples")
    return xp.astype(t, dtype)
