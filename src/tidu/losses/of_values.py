"""Losses of values and of counts: squares, and the deviance of Poisson."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tidu.arrays import Array, namespace
from tidu.config import set_fields
from tidu.errors import InputError, ShapeError
from tidu.layers.base import Shape
from tidu.losses.base import Loss, encoded_values, one_each, outputs_of, sum_of_sample


@dataclass(frozen=True, repr=False, eq=False)
class _SquaredLoss(Loss):
    def encode(self, t: Array, scores_shape: Shape, dtype: np.dtype) -> Array:
        """Return targets ``(N, K)``; ``(N,)`` will do where K is 1."""
        return encoded_values(self, t, scores_shape, dtype)

    def correct(self, scores: Array, t: Array) -> Array | None:
        """Compare the largest output with the class, if every target is one-hot."""
        xp = namespace(t)
        if t.ndim != 2 or t.shape[1] < 2:
            return None
        one_hot = xp.all((t == 0) | (t == 1)) and xp.all(xp.sum(t, axis=1) == 1)
        return xp.argmax(scores, axis=1) == xp.argmax(t, axis=1) if one_hot else None


@dataclass(frozen=True, repr=False, eq=False)
class SumSquaredError(_SquaredLoss):
    """Half the sum of squares over the outputs, ℓ = ½ Σₖ (yₖ − tₖ)²; dℓ/dy = y − t.

    The mean over the batch is taken, so the gradient of a batch does not grow with its size. The
    textbook's quadratic cost. PyTorch's ``MSELoss`` is 2/K times this.

    Examples
    --------
    >>> SumSquaredError().values(np.array([[0.0, 1.0]]), np.array([[1.0, 1.0]]))
    array([0.5])
    """

    def values(self, scores: Array, t: Array) -> Array:
        """ℓ = ½ Σₖ (yₖ − tₖ)²."""
        return 0.5 * sum_of_sample((scores - t) ** 2)

    def gradient(self, scores: Array, t: Array) -> Array:
        """dℓ/dy = y − t."""
        return scores - t


@dataclass(frozen=True, repr=False, eq=False)
class MeanSquaredError(_SquaredLoss):
    """Mean of the squares over the outputs, ℓ = (1/K) Σₖ (yₖ − tₖ)²; dℓ/dy = 2 (y − t) / K.

    ``torch.nn.MSELoss`` in PyTorch.

    Parameters
    ----------
    spread : sequence of K numbers, optional
        What each output's error is divided by, ℓ = (1/K) Σₖ ((yₖ − tₖ) / spreadₖ)². With the
        standard deviations of the targets, outputs of different units count alike, and a network
        that always gives the means has the loss 1.

    Raises
    ------
    InputError
        If a spread is not positive.

    Examples
    --------
    >>> MeanSquaredError().values(np.array([[0.0, 1.0]]), np.array([[1.0, 1.0]]))
    array([0.5])
    >>> MeanSquaredError(spread=(10.0, 0.1)).values(np.array([[20.0, 1.1]]), np.array([[0.0, 1.0]]))
    array([2.5])
    """

    spread: Sequence[float] | None = None

    def __post_init__(self) -> None:
        if self.spread is not None:
            set_fields(self, spread=one_each("spread", self.spread, "an output", above=0))

    def encode(self, t: Array, scores_shape: Shape, dtype: np.dtype) -> Array:
        """Return targets ``(N, K)``; ``(N,)`` will do where K is 1."""
        if self.spread is not None and scores_shape[1:] != (len(self.spread),):
            raise ShapeError(
                f"`spread` has {len(self.spread)} numbers, and the network's outputs have the "
                f"shape {scores_shape[1:]}"
            )
        return super().encode(t, scores_shape, dtype)

    def values(self, scores: Array, t: Array) -> Array:
        """ℓ = (1/K) Σₖ ((yₖ − tₖ) / spreadₖ)²."""
        return sum_of_sample(self._scaled(scores - t) ** 2) / outputs_of(scores)

    def gradient(self, scores: Array, t: Array) -> Array:
        """dℓ/dy = 2 (y − t) / spread² / K."""
        return 2 * self._scaled(self._scaled(scores - t)) / outputs_of(scores)

    def _scaled(self, error: Array) -> Array:
        if self.spread is None:
            return error
        return error / namespace(error).asarray(self.spread, dtype=error.dtype)


@dataclass(frozen=True, repr=False, eq=False)
class Poisson(Loss):
    """Half the Poisson deviance of counts, ℓ = Σₖ yₖ − tₖ + tₖ log(tₖ / yₖ) with y = e^s.

    The scores are logarithms of what is expected, so no prediction is negative. The least loss is
    0, at y = t. Computed from scores as Σ t (e^d − 1 − d) with d = s − log t, which keeps its
    digits, and as e^s where t is 0; dℓ/ds = e^s − t. Targets are counts, or any numbers of 0 and
    above, ``(N, K)``, or ``(N,)`` where K is 1. ``torch.nn.PoissonNLLLoss`` in PyTorch, which
    leaves out the terms of t alone; ``mean_poisson_deviance`` in scikit-learn is twice the mean.

    Examples
    --------
    >>> Poisson().values(np.log([[2.0], [2.0]]), np.array([[2.0], [0.0]]))
    array([0., 2.])
    """

    link = "exp"

    def encode(self, t: Array, scores_shape: Shape, dtype: np.dtype) -> Array:
        """Return targets ``(N, K)`` of 0 and above; ``(N,)`` will do where K is 1."""
        t = encoded_values(self, t, scores_shape, dtype)
        xp = namespace(t)
        if not xp.all(t >= 0):
            raise InputError(
                f"`t` holds {float(xp.min(t)):g}, and Poisson needs counts, 0 or above; for values "
                "of both signs use MeanSquaredError"
            )
        return t

    def values(self, scores: Array, t: Array) -> Array:
        """ℓ = Σₖ t (e^d − 1 − d), d = s − log t; e^s where t is 0."""
        xp = namespace(t)
        d = scores - xp.log(xp.where(t > 0, t, xp.ones_like(t)))
        return sum_of_sample(xp.where(t > 0, t * (xp.expm1(d) - d), xp.exp(scores)))

    def gradient(self, scores: Array, t: Array) -> Array:
        """dℓ/ds = e^s − t."""
        return namespace(scores).exp(scores) - t

    def predict_proba(self, scores: Array) -> Array:
        """Return e^s, what is expected."""
        return namespace(scores).exp(scores)

    def predict(self, scores: Array) -> Array:
        """Return e^s, what is expected."""
        return self.predict_proba(scores)
