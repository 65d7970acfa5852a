"""The contract of a layer: two pure functions, and what they may ask for.

A layer is a frozen dataclass. Its fields are its settings; what it learns, remembers or draws is
handed to it, and nothing is kept on it. ``forward`` returns the output and ``saved``, all that
``backward`` will need; ``backward`` takes the gradient of the loss with respect to the output and
returns that with respect to the input. A layer that asks for no more is no longer than its
formula::

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
``need_dx``     in ``backward``: False if ``dx`` is not needed, which may then be None
``step``        in ``draw_noise``: the number of the training step, counted from 0
==============  ====================================================================================

A layer made of layers hands on trees: ``params``, ``state`` and ``noise`` of a `Chain` are tuples
with one item a layer.

What engines, exporters, checks and the doctor need to know about a layer, it states in its traits:
class attributes such as ``scope = "element"``. None of them has to be stated: the defaults are
right for every layer, and traits only make it faster.
"""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any, ClassVar, Literal, get_args

import numpy as np

from tidu.arrays import Array
from tidu.config import Config, set_fields
from tidu.errors import InputError, check_integer, check_number, did_you_mean
from tidu.initializers import Initializer

__all__ = ["Buffer", "Layer", "Parameter"]

Shape = tuple[int, ...]
Tree = Any
"""A dict of one layer's entries by name, or a tuple of trees, one a layer."""

Path = tuple[int | str, ...]
"""Where something is in a tree: an index for each tuple, a name for each dict."""

KINDS = ("weight", "bias", "scale", "shift")

Scope = Literal["element", "sample", "batch"]
Saturation = Literal["nowhere", "below", "both"]


@dataclass(frozen=True)
class Parameter:
    """What a layer learns: a kind, a shape, and the rule for its initial values.

    ``kind`` is "weight", "bias", "scale" or "shift"; penalties and weight decay touch weights
    only. An ``initializer`` of None is chosen by the activation that follows.

    Examples
    --------
    >>> Parameter("weight", (2, 3)).kind
    'weight'
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
    """What a layer remembers but does not learn: a shape, and the value it starts from.

    Examples
    --------
    >>> Buffer((3,), initial=1.0)
    Buffer(shape=(3,), initial=1.0)
    """

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
    """The base of all layers; see the module's docstring for the contract.

    A subclass with a ``forward`` of its own states ``scope`` and ``saturates`` anew, or is assumed
    to have the defaults: what is true of one function need not be true of another.

    Examples
    --------
    >>> from dataclasses import dataclass
    >>> @dataclass(frozen=True)
    ... class Square(Layer):
    ...     def forward(self, x):
    ...         return x**2, (x,)
    ...
    ...     def backward(self, dy, saved):
    ...         return 2 * saved[0] * dy
    >>> y, saved = Square().forward(3.0)
    >>> y, Square().backward(1.0, saved)
    (9.0, 6.0)
    """

    scope: ClassVar[Scope] = "batch"
    """What each number of the output depends on, besides the parameters and the state.

    "element": the number at the same place of the input. "sample": its own sample. "batch": all
    samples. The noise of a layer of the first two kinds, if it draws any, is one array: of the
    input's shape for "element", with one item a sample for "sample".
    """

    prediction_scope: ClassVar[Scope] = "batch"
    """The scope while predicting; that of `scope` where a class does not state it."""

    saturates: ClassVar[Saturation] = "nowhere"
    """Where an elementwise layer is flat: far "below" 0, far from 0 on "both" sides, "nowhere"."""

    draws_noise: ClassVar[bool] = False
    """Whether forward takes ``noise``, which `draw_noise` returns."""

    default_initializer: ClassVar[Initializer | None] = None
    """The initializer for weights whose output this layer takes; None if any will do."""

    def __init_subclass__(cls, **settings: Any) -> None:
        """Check the traits, and drop those that were stated for another ``forward``."""
        super().__init_subclass__(**settings)
        order = {name: _owner(cls, name) for name in ("forward", *_TRAITS)}
        for name, (_, default) in _TRAITS.items():
            if order["forward"] < order[name]:
                setattr(cls, name, default)
        if order["scope"] < order["prediction_scope"]:
            cls.prediction_scope = cls.scope
        for name, (choices, _) in _TRAITS.items():
            value = getattr(cls, name)
            if not isinstance(value, property) and value not in choices:
                raise InputError(
                    f"`{name}` of class {cls.__name__} cannot be {value!r}; "
                    f"{did_you_mean(str(value), choices)}"
                )

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

    def multiply_adds(self, input_shape: Shape) -> int:
        """Return the multiplications with weights that one sample's forward pass takes.

        Each is followed by an addition. The default counts each entry of kind "weight" once, as a
        matrix product does; a layer that uses a weight several times a sample says so here.
        """
        return _weights(self.parameters(input_shape))

    forward: Callable[..., Any]
    """Return ``y, saved``, and the new state if the layer asks for ``state``."""

    backward: Callable[..., Any]
    """Return ``dx``, and ``dparams`` if the layer's forward asks for ``params``."""


_TRAITS: dict[str, tuple[tuple[str, ...], str]] = {
    "scope": (get_args(Scope), "batch"),
    "prediction_scope": (get_args(Scope), "batch"),
    "saturates": (get_args(Saturation), "nowhere"),
}
"""The traits of a forward: their values, and what is assumed where nothing is known."""


def _owner(kind: type, name: str) -> int:
    """Return how far up among a class's bases an attribute is defined."""
    bases = kind.__mro__
    return next((i for i, base in enumerate(bases) if name in vars(base)), len(bases))


def _weights(tree: Tree) -> int:
    """Return the number of entries of kind "weight" in a tree of parameters."""
    if isinstance(tree, Parameter):
        return math.prod(tree.shape) if tree.kind == "weight" else 0
    return sum(map(_weights, tree.values() if isinstance(tree, dict) else tree))


def widest_scope(scopes: Iterable[Scope]) -> Scope:
    """Return the scope of layers one after another; without any layers it is "element".

    Examples
    --------
    >>> widest_scope(["element", "sample", "element"])
    'sample'
    """
    return max(scopes, key=get_args(Scope).index, default="element")


def subtree(tree: Tree, path: Path) -> Tree:
    """Return what is at a path of a tree; of None, which is a tree without anything, None."""
    for key in path:
        tree = None if tree is None else tree[key]
    return tree


OFFERED = {
    "forward": ("params", "state", "noise", "training"),
    "backward": ("need_dx",),
    "draw_noise": ("step",),
}
"""What a layer may ask for by name, beside what the method always gets."""
ALWAYS_GIVEN = {"forward": 1, "backward": 2, "draw_noise": 3}
"""How many arguments a method always gets: x; dy and saved; a generator, a shape and a dtype."""


@cache
def _arguments(function: Callable[..., Any]) -> frozenset[str]:
    return frozenset(inspect.signature(function).parameters)


def asks(layer: Layer, name: str, method: str = "forward") -> bool:
    """Say whether a method of a layer has an argument of that name."""
    return name in _arguments(getattr(type(layer), method))


def called(layer: Layer, method: str, *arrays: Any, **offered: Any) -> Any:
    """Call a method of a layer with the arguments that it asks for."""
    given = {name: value for name, value in offered.items() if asks(layer, name, method)}
    return getattr(layer, method)(*arrays, **given)


def draw_noise(
    layer: Layer, rng: np.random.Generator, shape: Shape, dtype: np.dtype, step: int
) -> Tree:
    """Call a layer's draw_noise with what it asks for."""
    return called(layer, "draw_noise", rng, shape, dtype, step=step)


def forward(
    layer: Layer, x: Array, params: Tree, state: Tree, noise: Tree, training: bool
) -> tuple[Array, Tree, Tree]:
    """Call a layer's forward with what it asks for; always return ``y, saved, state``."""
    result = called(layer, "forward", x, params=params, state=state, noise=noise, training=training)
    return result if asks(layer, "state") else (*result, state)


def backward(layer: Layer, dy: Array, saved: Tree, need_dx: bool) -> tuple[Array | None, Tree]:
    """Call a layer's backward with what it asks for; always return ``dx, dparams``."""
    result = called(layer, "backward", dy, saved, need_dx=need_dx)
    return result if asks(layer, "params") else (result, {})
