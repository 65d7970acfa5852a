"""Dropout."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tidu.arrays import Array
from tidu.config import set_fields
from tidu.errors import check_number
from tidu.layers.base import Layer, Shape
from tidu.optimizers.schedules import Rate

__all__ = ["Dropout"]


@dataclass(frozen=True, repr=False, eq=False)
class Dropout(Layer):
    """While training, set each number to 0 with probability ``rate`` and scale up the others.

    y = x · mask, mask = 0 or 1 / (1 − rate); the expectation is x, so predicting needs no factor
    ("inverted" dropout). dx = dy · mask. Srivastava et al. (2014), who scale while predicting
    instead; ``torch.nn.Dropout`` in PyTorch.

    Parameters
    ----------
    rate : float, or a schedule
        The probability of being dropped, from 0 up to but not including 1; or a function of the
        step, such as ``FlatCosine(0.15, steps=1000)``.

    Examples
    --------
    >>> mask = Dropout(0.5).draw_noise(np.random.default_rng(0), (1, 4), np.dtype("float32"))
    >>> mask
    array([[2., 2., 2., 0.]], dtype=float32)
    """

    rate: Rate = 0.5
    scope = "element"
    draws_noise = True

    def __post_init__(self) -> None:
        if not callable(self.rate):
            set_fields(self, rate=check_number("rate", self.rate, minimum=0, below=1))

    def rate_at(self, step: int) -> float:
        """Return the rate at a step."""
        if not callable(self.rate):
            return self.rate
        return check_number(f"rate({step})", self.rate(step), minimum=0, below=1)

    def draw_noise(
        self, rng: np.random.Generator, shape: Shape, dtype: np.dtype, *, step: int = 0
    ) -> np.ndarray:
        """Return the mask: 0 where dropped, 1 / (1 − rate) where kept; the same for every dtype."""
        rate = self.rate_at(step)
        kept = rng.random(shape, np.float32) >= rate
        return kept.astype(dtype) / dtype.type(1 - rate)

    def forward(
        self, x: Array, *, noise: Array | None, training: bool
    ) -> tuple[Array, tuple[Array | float]]:
        """y = x · mask while training, else x."""
        return (x * noise, (noise,)) if training else (x, (1.0,))

    def backward(self, dy: Array, saved: tuple) -> Array:
        """dx = dy · mask."""
        (mask,) = saved
        return dy * mask
