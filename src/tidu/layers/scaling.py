"""Layers that scale features: with factors that are learned, smoothly into bounds, or cut off."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tidu.arrays import Array, described, namespace
from tidu.config import set_fields
from tidu.errors import InputError, ShapeError, check_number
from tidu.initializers import Ones
from tidu.layers.base import Layer, Parameter, Shape

__all__ = ["Clamp", "Scale", "SmoothClip"]


@dataclass(frozen=True, repr=False, eq=False)
class Scale(Layer):
    """y = s x, entry by entry, with a learned factor for each feature; all factors start at 1.

    In front of a network it learns which features count. The chain rule gives ds = Σₙ dy x and
    dx = s dy.

    Notes
    -----
    Shapes: x and y ``(N, ...)``, s of the shape of one sample.

    Examples
    --------
    >>> import numpy as np
    >>> y, _ = Scale().forward(np.array([[1.0, 2.0]]), params={"scale": np.array([3.0, 0.5])})
    >>> y
    array([[3., 1.]])
    """

    scope = "sample"

    def parameters(self, input_shape: Shape) -> dict[str, Parameter]:
        """Return the factors."""
        return {"scale": Parameter("scale", input_shape, Ones())}

    def forward(self, x: Array, *, params: dict[str, Array]) -> tuple[Array, tuple]:
        """y = s x."""
        s = params["scale"]
        return s * x, (x, s)

    def backward(
        self, dy: Array, saved: tuple, *, need_dx: bool
    ) -> tuple[Array | None, dict[str, Array]]:
        """ds = Σₙ dy x, dx = s dy."""
        x, s = saved
        ds = namespace(dy).sum(dy * x, axis=0)
        return (s * dy if need_dx else None), {"scale": ds}


FLAT = 1e9
"""From so many times the limit on, `SmoothClip` has reached it in any dtype."""


@dataclass(frozen=True, repr=False, eq=False)
class SmoothClip(Layer):
    """y = x / √(1 + (x/c)²): nearly x around 0, and between −c and c; dy/dx = (1 + (x/c)²)^(−3/2).

    It draws outliers in without cutting them off, so that their order stays. Holzmüller,
    Grinsztajn and Steinwart (2024) prepare columns of tables so, with c = 3.

    Parameters
    ----------
    limit : float
        c, above 0.

    Examples
    --------
    >>> import numpy as np
    >>> y, _ = SmoothClip().forward(np.array([0.1, 3.0, 1000.0]))
    >>> y.round(4)
    array([0.0999, 2.1213, 3.    ])
    """

    limit: float = 3.0
    scope = "element"

    def __post_init__(self) -> None:
        set_fields(self, limit=check_number("limit", self.limit, above=0))

    def forward(self, x: Array) -> tuple[Array, tuple]:
        """y = c u r with u = x/c and r = 1 / √(1 + u²)."""
        xp = namespace(x)
        u = xp.clip(x / self.limit, -FLAT, FLAT)
        r = 1 / xp.sqrt(1 + u**2)
        return self.limit * u * r, (r,)

    def backward(self, dy: Array, saved: tuple) -> Array:
        """dx = r³ dy."""
        (r,) = saved
        return r**3 * dy


@dataclass(frozen=True, repr=False, eq=False)
class Clamp(Layer):
    """While predicting, hold each column between two numbers; while learning, y = x.

    At the end of a network for values it keeps predictions within those that there were. Learning
    goes on beyond the bounds, where a clamp's derivative would be 0.

    Parameters
    ----------
    low, high : sequence of float
        One number a column; no low above its high.

    Notes
    -----
    Shapes: x and y ``(N, d)``, d the number of columns.

    Raises
    ------
    InputError
        If the two are not of one length, or a low is above its high.

    Examples
    --------
    >>> import numpy as np
    >>> Clamp((0.0,), (9.0,)).forward(np.array([[-1.0], [5.0], [10.0]]), training=False)[0].ravel()
    array([0., 5., 9.])
    """

    low: Sequence[float]
    high: Sequence[float]
    scope = "sample"

    def __post_init__(self) -> None:
        for name in ("low", "high"):
            given = getattr(self, name)
            if isinstance(given, str) or not isinstance(given, Sequence):
                raise TypeError(f"`{name}` must be numbers, one a column, got {described(given)}")
            set_fields(self, **{name: tuple(check_number(name, value) for value in given)})
        if len(self.low) != len(self.high) or not self.low:
            raise InputError(
                f"`low` and `high` must have one number for each column, got {len(self.low)} and "
                f"{len(self.high)}"
            )
        for a, b in zip(self.low, self.high, strict=True):
            if a > b:
                raise InputError(f"`low` must not be above `high`, got {a} and {b}")

    def output_shape(self, input_shape: Shape) -> Shape:
        """Return ``(d,)``."""
        if input_shape != (len(self.low),):
            raise ShapeError(f"takes rows of {len(self.low)} columns, got {input_shape}")
        return input_shape

    def forward(self, x: Array, *, training: bool) -> tuple[Array, tuple]:
        """y = x while learning, else min(max(x, low), high)."""
        if training:
            return x, ()
        xp = namespace(x)
        low, high = (xp.asarray(list(bound), dtype=x.dtype) for bound in (self.low, self.high))
        y = xp.where(x < low, low, xp.where(x > high, high, x))
        return y, ((x >= low) & (x <= high),)

    def backward(self, dy: Array, saved: tuple) -> Array:
        """dx = dy, or while predicting 0 beyond the bounds."""
        if not saved:
            return dy
        (within,) = saved
        return namespace(dy).where(within, dy, namespace(dy).zeros_like(dy))
