"""The contract of a layer: two pure functions, and what they may ask for.

A layer is a frozen dataclass. Its fields are its settings; what it learns, remembers or draws is
handed to it, and nothing is kept on it. ``forward`` returns the output and ``saved``, whatever
``backward`` will need; ``backward`` takes the gradient of the loss by the output and returns that
by the input. A layer that asks for no more is no longer than its formula::

    @dataclass(frozen=True)
    class Square(Layer):
        def forward(self, x):
            return x**2, (x,)

        def backward(self, dy, saved):
            (x,) = saved
            return 2 * x * dy

A layer that needs more names it as a keyword argument, and gets it:

==============  ====================================================================================
``params``      what it learns, by the names of ``parameters()``; ``backward`` then returns
                ``dx, dparams``, the second a dict of the same names
``state``       what lasts but is not learned, by the names of ``buffers()``; ``forward`` then
                returns ``y, saved, state``, the last a new dict
``noise``       what ``draw_noise`` returned for this call (None when not training), set
                ``draws_noise = True`` with it
``training``    True while learning, False while predicting
``need_dx``     in ``backward``: False if nobody will look at ``dx``, which may then be None
==============  ====================================================================================

A layer made of layers hands on trees: ``params``, ``state`` and ``noise`` of a `Chain` are tuples
with one item a layer.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any, ClassVar

import numpy as np

from tidu.arrays import Array
from tidu.config import Config, set_fields
from tidu.errors import InputError, check_integer, check_number
from tidu.initializers import Initializer

Shape = tuple[int, ...]
Tree = Any
"""A dict of one layer's entries by name, or a tuple of trees, one a layer."""

KINDS = ("weight", "bias", "scale", "shift")


@dataclass(frozen=True)
class Parameter:
    """What a layer learns: a kind, a shape, and the rule for its initial values.

    ``kind`` is "weight", "bias", "scale" or "shift"; penalties and weight decay touch weights
    only. An ``initializer`` of None is chosen by the activation that follows.
    """

    kind: str
    shape: Shape
    initializer: Initializer | None = None

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise InputError(f"`kind` must be one of {', '.join(KINDS)}, got {self.kind!r}")
        set_fields(self, shape=_checked_shape(self.shape))
        if not isinstance(self.initializer, Initializer | None):
            raise TypeError(
                f"`initializer` must be an initializer such as He(), or None, "
                f"got {self.initializer!r}"
            )


@dataclass(frozen=True)
class Buffer:
    """What a layer remembers but does not learn: a shape, and the value it starts from."""

    shape: Shape
    initial: float = 0.0

    def __post_init__(self) -> None:
        set_fields(self, shape=_checked_shape(self.shape))
        set_fields(self, initial=check_number("initial", self.initial))


def _checked_shape(shape: Shape) -> Shape:
    if not isinstance(shape, (tuple, list)):
        raise TypeError(f"`shape` must be a tuple of integers such as (3,), got {shape!r}")
    return tuple(check_integer("shape", size, minimum=0) for size in shape)


class Layer(Config):
    """The base of all layers; see the module's docstring for the contract."""

    draws_noise: ClassVar[bool] = False
    default_initializer: ClassVar[Initializer | None] = None
    """The initializer for weights whose output this layer takes; None if any will do."""

    def output_shape(self, input_shape: Shape) -> Shape:
        """Return the shape of one sample's output; raise ShapeError if the input does not fit."""
        return input_shape

    def parameters(self, input_shape: Shape) -> Tree:
        """Return a `Parameter` for each name that this layer learns."""
        return {}

    def buffers(self, input_shape: Shape) -> Tree:
        """Return a `Buffer` for each name that this layer remembers."""
        return {}

    def draw_noise(self, rng: np.random.Generator, shape: Shape, dtype: np.dtype) -> Tree:
        """Return the random numbers of one call on a batch of this whole shape."""
        return None

    forward: Callable[..., Any]
    """Return ``y, saved``, and the new state if the layer asks for ``state``."""

    backward: Callable[..., Any]
    """Return ``dx``, and ``dparams`` if the layer's forward asks for ``params``."""


@cache
def _asked(function: Callable[..., Any]) -> frozenset[str]:
    return frozenset(inspect.signature(function).parameters)


def forward(
    layer: Layer, x: Array, params: Tree, state: Tree, noise: Tree, training: bool
) -> tuple[Array, Tree, Tree]:
    """Call a layer's forward with what it asks for; always return ``y, saved, state``."""
    asked = _asked(type(layer).forward)
    offered = {"params": params, "state": state, "noise": noise, "training": training}
    given = {name: value for name, value in offered.items() if name in asked}
    result = layer.forward(x, **given)
    return result if "state" in asked else (*result, state)


def backward(layer: Layer, dy: Array, saved: Tree, need_dx: bool) -> tuple[Array | None, Tree]:
    """Call a layer's backward with what it asks for; always return ``dx, dparams``."""
    given = {"need_dx": need_dx} if "need_dx" in _asked(type(layer).backward) else {}
    result = layer.backward(dy, saved, **given)
    return result if "params" in _asked(type(layer).forward) else (result, {})
