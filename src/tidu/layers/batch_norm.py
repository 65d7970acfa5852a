"""Batch normalization."""

from __future__ import annotations

import math
from dataclasses import dataclass

from tidu.arrays import Array, namespace
from tidu.config import set_fields
from tidu.errors import InputError, ShapeError, check_number, clause
from tidu.initializers import Ones, Zeros
from tidu.layers.base import Buffer, Layer, Parameter, Shape

__all__ = ["BatchNorm"]


@dataclass(frozen=True, repr=False, eq=False)
class BatchNorm(Layer):
    """Normalize each feature over the batch, then scale and shift: y = γ x̂ + β.

    x̂ = (x − μ) / √(σ² + eps). While training, μ and σ² are the mean and the variance of the batch
    (divided by m), and running averages of them are returned; while predicting, they are the
    running averages. With m the number of values a feature has in the batch,

    dx = γ / (m √(σ² + eps)) · (m dy − Σ dy − x̂ Σ dy x̂),  dγ = Σ dy x̂,  dβ = Σ dy.

    A running average r is a weighted mean of the batches seen so far, the older ones counting
    less, and has no part of the value that it starts from: with the weight w, 0 at first,

    w′ = w + momentum (1 − w),  r ← ((1 − momentum) w r + momentum · new) / w′,  w ← w′.

    So it is right from the first batch on. A batch of one value a feature has no variance, and
    leaves the averages as they are.

    Ioffe and Szegedy (2015); ``torch.nn.BatchNorm1d`` and ``BatchNorm2d`` in PyTorch, with the
    same unbiased running variance. PyTorch's averages start from a mean of 0 and a variance of 1
    and keep a part (1 − momentum)ᵏ of them after k batches; with w = 1 the two are the same.

    Parameters
    ----------
    momentum : float
        How much of the newest batch goes into the running averages once many were seen; 0 leaves
        them at a mean of 0 and a variance of 1.
    eps : float
        Prevents a division by 0 for a feature that never changes.

    Notes
    -----
    Shapes: x ``(N, d)``, or ``(N, C, H, W)`` with one mean and variance a channel C; γ, β and the
    running averages ``(d,)`` or ``(C,)``. A batch of one value a feature gives x̂ = 0.

    Examples
    --------
    >>> sorted(BatchNorm().parameters((50,)))
    ['beta', 'gamma']
    """

    momentum: float = 0.1
    eps: float = 1e-5
    prediction_scope = "element"

    def __post_init__(self) -> None:
        set_fields(self, momentum=check_number("momentum", self.momentum, minimum=0, maximum=1))
        set_fields(self, eps=check_number("eps", self.eps, above=0))

    def output_shape(self, input_shape: Shape) -> Shape:
        """Return the input's shape, that of a row or of an image with channels first."""
        if len(input_shape) not in (1, 3):
            hint = clause(": put Flatten() before") if len(input_shape) > 1 else ""
            raise ShapeError(f"takes samples of shape (d,) or (C, H, W), got {input_shape}{hint}")
        return input_shape

    def parameters(self, input_shape: Shape) -> dict[str, Parameter]:
        """Return γ and β, one number a feature."""
        features = input_shape[:1]
        return {
            "gamma": Parameter("scale", features, Ones()),
            "beta": Parameter("shift", features, Zeros()),
        }

    def buffers(self, input_shape: Shape) -> dict[str, Buffer]:
        """Return the running mean and variance, and the weight of the batches in them."""
        features = input_shape[:1]
        return {
            "running_mean": Buffer(features, 0.0),
            "running_var": Buffer(features, 1.0),
            "running_weight": Buffer(features, 0.0),
        }

    def forward(
        self, x: Array, *, params: dict[str, Array], state: dict[str, Array], training: bool
    ) -> tuple[Array, tuple, dict[str, Array]]:
        """y = γ x̂ + β, with the batch's own statistics or the running ones."""
        xp = namespace(x)
        axes, column = _axes(x)
        if training:
            m = math.prod(x.shape[i] for i in axes)
            if m == 0:
                raise InputError("BatchNorm cannot learn from an empty batch: it has no mean")
            mean, variance = xp.mean(x, axis=axes), xp.var(x, axis=axes)
            if m > 1 and self.momentum > 0:
                r, unbiased, w = self.momentum, m / (m - 1), state["running_weight"]
                weight = w + r * (1 - w)
                old = {name: (1 - r) * w * state[name] for name in ("running_mean", "running_var")}
                state = {
                    "running_mean": (old["running_mean"] + r * mean) / weight,
                    "running_var": (old["running_var"] + r * unbiased * variance) / weight,
                    "running_weight": weight,
                }
        else:
            mean, variance = state["running_mean"], state["running_var"]
        inverse_std = 1 / xp.sqrt(variance + self.eps)
        x_hat = (x - xp.reshape(mean, column)) * xp.reshape(inverse_std, column)
        gamma, beta = (xp.reshape(params[name], column) for name in ("gamma", "beta"))
        return gamma * x_hat + beta, (x_hat, params["gamma"] * inverse_std, training), state

    def backward(self, dy: Array, saved: tuple) -> tuple[Array, dict[str, Array]]:
        """dγ = Σ dy x̂, dβ = Σ dy, and dx through the batch's mean and variance while training."""
        x_hat, slope, training = saved
        xp = namespace(dy)
        axes, column = _axes(dy)
        dgamma, dbeta = xp.sum(dy * x_hat, axis=axes), xp.sum(dy, axis=axes)
        dx_hat = dy
        if training:
            m = math.prod(dy.shape[i] for i in axes)
            dx_hat = dy - (xp.reshape(dbeta, column) + x_hat * xp.reshape(dgamma, column)) / m
        return xp.reshape(slope, column) * dx_hat, {"gamma": dgamma, "beta": dbeta}


def _axes(x: Array) -> tuple[tuple[int, ...], Shape]:
    """Return the axes that one feature's statistics run over, and the shape that spreads them."""
    return ((0,), (1, -1)) if x.ndim == 2 else ((0, 2, 3), (1, -1, 1, 1))
