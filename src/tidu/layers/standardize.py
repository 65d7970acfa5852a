"""Columns of different units, each brought to mean 0 and spread 1."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from tidu.arrays import Array, described, namespace
from tidu.config import set_fields
from tidu.errors import InputError, ShapeError, check_number
from tidu.layers.base import Layer, Shape

__all__ = ["Standardize"]

_SHOWN = 3
"""Columns up to which a layer is shown with all its numbers."""


@dataclass(frozen=True, repr=False, eq=False)
class Standardize(Layer):
    """y = (x − mean) / spread for each column; a column whose spread is 0 gives 0.

    Mean and spread are settings, those of the training data, so that predictions do not depend on
    what is predicted beside them, and nothing has to be learned first. With ``inverse=True`` it is
    the way back, y = spread · x + mean, for values to predict. scikit-learn's ``StandardScaler``;
    ``keras.layers.Normalization`` in Keras.

    Parameters
    ----------
    mean, spread : sequence of float
        One number a column; a spread is 0 or positive.
    inverse : bool
        Whether to go back.

    Notes
    -----
    Shapes: x and y ``(N, d)``, d the number of columns.

    Raises
    ------
    InputError
        If the two are not of one length, or a spread is negative.

    Examples
    --------
    >>> import numpy as np
    >>> x = np.array([[1.0, 2000.0, 7.0], [3.0, 2010.0, 7.0]])
    >>> layer = Standardize.of(x)
    >>> layer
    Standardize((2.0, 2005.0, 7.0), (1.0, 5.0, 0.0))
    >>> layer.forward(x)[0]
    array([[-1., -1.,  0.],
           [ 1.,  1.,  0.]])
    """

    mean: tuple[float, ...]
    spread: tuple[float, ...]
    inverse: bool = False
    scope = "sample"

    def __post_init__(self) -> None:
        for name in ("mean", "spread"):
            given = getattr(self, name)
            if isinstance(given, str) or not isinstance(given, (Sequence, np.ndarray)):
                raise TypeError(f"`{name}` must be numbers, one a column, got {described(given)}")
            least = 0.0 if name == "spread" else -np.inf
            numbers = tuple(check_number(name, value, minimum=least) for value in given)
            set_fields(self, **{name: numbers})
        if len(self.mean) != len(self.spread) or not self.mean:
            raise InputError(
                f"`mean` and `spread` must have one number for each column, got {len(self.mean)} "
                f"and {len(self.spread)}"
            )
        set_fields(self, inverse=bool(self.inverse))

    @classmethod
    def of(cls, x: Any, *, inverse: bool = False) -> Standardize:
        """Return the layer for these data, ``(N, d)``.

        A spread that is nothing but rounding errors of the mean counts as 0.
        """
        x = np.asarray(x, np.float64)
        if x.ndim != 2 or not x.size:
            raise ShapeError(f"`x` must have the shape (N, d), got {described(x)}")
        mean, spread = x.mean(axis=0), x.std(axis=0)
        spread[spread <= 1e-12 * np.abs(mean)] = 0
        return cls(tuple(mean.tolist()), tuple(spread.tolist()), inverse)

    def __repr__(self) -> str:
        """Return the call that makes this layer; of many columns, no more than their number."""
        if len(self.mean) <= _SHOWN:
            return super().__repr__()
        return f"Standardize(<{len(self.mean)} columns>{', inverse=True' if self.inverse else ''})"

    def output_shape(self, input_shape: Shape) -> Shape:
        """Return ``(d,)``."""
        if input_shape != (len(self.mean),):
            raise ShapeError(f"takes rows of {len(self.mean)} columns, got {input_shape}")
        return input_shape

    @property
    def factors(self) -> np.ndarray:
        """What each column is multiplied by: 1 / spread, or 0 where that is 0."""
        spread = np.array(self.spread)
        if self.inverse:
            return spread
        return np.divide(1.0, spread, out=np.zeros_like(spread), where=spread > 0)

    def forward(self, x: Array) -> tuple[Array, tuple]:
        """y = (x − mean) / spread, or spread · x + mean."""
        xp = namespace(x)
        mean, factors = (
            xp.asarray(numbers, dtype=x.dtype) for numbers in (self.mean, self.factors.tolist())
        )
        y = factors * x + mean if self.inverse else factors * (x - mean)
        return y, (factors,)

    def backward(self, dy: Array, saved: tuple) -> Array:
        """dx = dy / spread, or spread · dy."""
        (factors,) = saved
        return factors * dy
