"""Layers that prepare inputs: Flatten and Rescale."""

from __future__ import annotations

import math
from dataclasses import dataclass

from tidu.arrays import Array, namespace
from tidu.config import set_fields
from tidu.errors import check_number
from tidu.layers.base import Layer, Shape

__all__ = ["Flatten", "Rescale"]


@dataclass(frozen=True, repr=False, eq=False)
class Flatten(Layer):
    """Lay each sample out as one row: (N, a, b, ...) becomes (N, a·b·...).

    Examples
    --------
    >>> Flatten().output_shape((28, 28))
    (784,)
    """

    scope = "sample"

    def output_shape(self, input_shape: Shape) -> Shape:
        """Return ``(product of the sizes,)``."""
        return (math.prod(input_shape),)

    def forward(self, x: Array) -> tuple[Array, tuple]:
        """Lay each sample out as a row."""
        return namespace(x).reshape(x, (x.shape[0], math.prod(x.shape[1:]))), (x.shape,)

    def backward(self, dy: Array, saved: tuple) -> Array:
        """Give the samples their shape back."""
        (shape,) = saved
        return namespace(dy).reshape(dy, shape)


@dataclass(frozen=True, repr=False, eq=False)
class Rescale(Layer):
    """y = scale·x + offset, with fixed numbers, such as 1/255 for pixels from 0 to 255.

    Scaling is part of the network, so it is saved with it and never forgotten when predicting.
    ``keras.layers.Rescaling`` in Keras.

    Examples
    --------
    >>> import numpy as np
    >>> Rescale(1 / 255).forward(np.array([0.0, 255.0]))[0]
    array([0., 1.])
    """

    scale: float
    offset: float = 0.0
    scope = "element"

    def __post_init__(self) -> None:
        set_fields(self, scale=check_number("scale", self.scale))
        set_fields(self, offset=check_number("offset", self.offset))

    def forward(self, x: Array) -> tuple[Array, tuple]:
        """y = scale·x + offset."""
        return self.scale * x + self.offset, ()

    def backward(self, dy: Array, saved: tuple) -> Array:
        """dx = scale·dy."""
        return self.scale * dy
