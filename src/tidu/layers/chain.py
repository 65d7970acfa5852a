"""Layers made of layers: one after another, and with a shortcut around them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, is_dataclass, replace
from typing import TypeGuard

import numpy as np

from tidu.arrays import Array
from tidu.errors import ShapeError, clause
from tidu.initializers import Initializer
from tidu.layers.base import (
    Layer,
    Parameter,
    Path,
    Scope,
    Shape,
    Tree,
    backward,
    draw_noise,
    forward,
    widest_scope,
)

__all__ = ["Chain", "Residual"]


@dataclass(frozen=True)
class NamedLayer:
    """A layer at its place in a chain.

    Attributes
    ----------
    name
        Its kind and number, after the name of the chain that it is in: "Affine2", "Chain1.ReLU1".
    path
        Where its own parameters, buffers and noise are in the trees of the whole chain.
    layer
        The layer.
    input_shape
        The shape of one sample at its input.
    inner
        The layers within it, for a `Residual`; their paths, too, start at the whole chain.
    """

    name: str
    path: Path
    layer: Layer
    input_shape: Shape
    inner: tuple[NamedLayer, ...] = ()

    def with_inner(self) -> Iterator[NamedLayer]:
        """Yield this layer, and all that are within it."""
        yield self
        for each in self.inner:
            yield from each.with_inner()


@dataclass(frozen=True, repr=False, eq=False)
class Chain(Layer):
    """Layers one after another; itself a layer, so blocks nest.

    Forward goes through the layers in order, backward in reverse order: the chain rule. Its
    ``params``, ``state``, ``noise`` and ``saved`` are tuples with one item a layer.
    ``torch.nn.Sequential`` in PyTorch.

    Examples
    --------
    >>> from tidu.layers import Affine, ReLU
    >>> Chain([Affine(50), ReLU()])
    Chain([Affine(50), ReLU()])
    """

    layers: Sequence[Layer]

    def __post_init__(self) -> None:
        layers = self.layers
        if isinstance(layers, Layer) or not isinstance(layers, Sequence):
            raise TypeError(f"`layers` must be a list of layers, got {layers!r}")
        for i, layer in enumerate(layers):
            if isinstance(layer, type) and issubclass(layer, Layer):
                raise TypeError(
                    f"`layers[{i}]` is the class {layer.__name__}: write {layer.__name__}(...), "
                    "with parentheses"
                )
            if not isinstance(layer, Layer):
                raise TypeError(f"`layers[{i}]` must be a layer such as Affine(10), got {layer!r}")
            kind = type(layer).__name__
            if not is_dataclass(layer):
                raise TypeError(
                    f"`layers[{i}]`: write @dataclass(frozen=True) above class {kind}, so that its "
                    "settings can be compared, shown and saved"
                )
            for method in ("forward", "backward"):
                if not callable(getattr(layer, method, None)):
                    raise TypeError(f"`layers[{i}]`: class {kind} has no method {method}")
        object.__setattr__(self, "layers", tuple(layers))

    def __repr__(self) -> str:
        """Return the call that makes this chain."""
        return f"Chain([{', '.join(map(repr, self.layers))}])"

    @property
    def scope(self) -> Scope:  # type: ignore[override]
        """The widest scope of the layers."""
        return widest_scope(layer.scope for layer in self.layers)

    @property
    def prediction_scope(self) -> Scope:  # type: ignore[override]
        """The widest scope of the layers while predicting."""
        return widest_scope(layer.prediction_scope for layer in self.layers)

    @property
    def draws_noise(self) -> bool:  # type: ignore[override]
        """Whether any of the layers draws noise."""
        return any(layer.draws_noise for layer in self.layers)

    @property
    def default_initializer(self) -> Initializer | None:  # type: ignore[override]
        """The initializer for weights before the first layer that names one."""
        return _default_initializer(self.layers)

    @property
    def names(self) -> tuple[str, ...]:
        """A name for each layer: its kind and its number among those of its kind, as in Affine2."""
        seen: Counter[str] = Counter()
        names = []
        for layer in self.layers:
            kind = type(layer).__name__
            seen[kind] += 1
            names.append(f"{kind}{seen[kind]}")
        return tuple(names)

    def shapes(self, input_shape: Shape) -> list[Shape]:
        """Return the shape of one sample before the first layer and after each.

        Raises
        ------
        ShapeError
            If a layer does not fit the one before it; the message names both.
        """
        shapes = [input_shape]
        for i, layer in enumerate(self.layers):
            try:
                shapes.append(tuple(layer.output_shape(shapes[-1])))
            except ShapeError as error:
                before = clause("the input")
                if i:
                    before = clause(f"layer {i}, {self.layers[i - 1]!r}")
                raise ShapeError(f"layer {i + 1}, {layer!r}, after {before}: {error}") from None
        return shapes

    def walk(self, input_shape: Shape) -> Iterator[NamedLayer]:
        """Yield each layer with its name, path and input shape, in order.

        Chains within this one are opened: their layers come in their place.

        Raises
        ------
        ShapeError
            As for `shapes`.

        Examples
        --------
        >>> from tidu.layers import Affine, ReLU
        >>> for at in Chain([Affine(4), Chain([ReLU(), Affine(2)])]).walk((3,)):
        ...     print(at.name, at.path, at.input_shape)
        Affine1 (0,) (3,)
        Chain1.ReLU1 (1, 0) (4,)
        Chain1.Affine1 (1, 1) (4,)
        """
        return _opened(self, input_shape, (), "")

    def output_shape(self, input_shape: Shape) -> Shape:
        """Return the shape of one sample after the last layer."""
        return self.shapes(input_shape)[-1]

    def parameters(self, input_shape: Shape) -> Tree:
        """Return each layer's parameters; later layers decide the initializer of "auto" weights."""
        return tuple(
            with_initializer(layer.parameters(shape), _default_initializer(self.layers[i + 1 :]))
            for i, (layer, shape) in enumerate(self._with_shapes(input_shape))
        )

    def buffers(self, input_shape: Shape) -> Tree:
        """Return each layer's buffers."""
        return tuple(layer.buffers(shape) for layer, shape in self._with_shapes(input_shape))

    def draw_noise(
        self, rng: np.random.Generator, shape: Shape, dtype: np.dtype, *, step: int = 0
    ) -> Tree:
        """Return each layer's noise, drawn in their order."""
        n, *input_shape = shape
        return tuple(
            draw_noise(layer, rng, (n, *layer_shape), dtype, step) if layer.draws_noise else None
            for layer, layer_shape in self._with_shapes(tuple(input_shape))
        )

    def multiply_adds(self, input_shape: Shape) -> int:
        """Return the sum of the layers' multiply-adds."""
        return sum(layer.multiply_adds(shape) for layer, shape in self._with_shapes(input_shape))

    def forward(
        self, x: Array, *, params: Tree, state: Tree, noise: Tree, training: bool
    ) -> tuple[Array, Tree, Tree]:
        """Pass x through the layers, first to last."""
        saved, new_state = [], []
        for i, layer in enumerate(self.layers):
            x, s, t = forward(layer, x, params[i], state[i], noise and noise[i], training)
            saved.append((s, bool(params[i])))
            new_state.append(t)
        return x, tuple(saved), tuple(new_state)

    def backward(
        self, dy: Array, saved: Tree, *, need_dx: bool
    ) -> tuple[Array | None, tuple[Tree, ...]]:
        """Pass dy back through the layers, last to first, as far as it is needed."""
        first = next((i for i, (_, learns) in enumerate(saved) if learns), len(saved))
        dparams: list[Tree] = [{}] * len(self.layers)
        last_needed = 0 if need_dx else first
        for i in range(len(self.layers) - 1, last_needed - 1, -1):
            need = need_dx or i > first
            dy, dparams[i] = backward(self.layers[i], dy, saved[i][0], need)
        return (dy if need_dx else None), tuple(dparams)

    def trace(
        self, x: Array, *, params: Tree, state: Tree, noise: Tree, training: bool
    ) -> Iterator[tuple[str, Layer, Array]]:
        """Yield each layer's name, itself and its output; within blocks as "Chain1.Affine1"."""
        for i, (name, layer) in enumerate(zip(self.names, self.layers, strict=True)):
            given = params[i], state[i], noise and noise[i], training
            if _is_open(layer):
                trees = dict(zip(("params", "state", "noise", "training"), given, strict=True))
                for inner_name, inner, y in layer.trace(x, **trees):
                    yield f"{name}.{inner_name}", inner, y
                    x = y
            else:
                x, _, _ = forward(layer, x, *given)
            yield name, layer, x

    def _with_shapes(self, input_shape: Shape) -> Iterator[tuple[Layer, Shape]]:
        return zip(self.layers, self.shapes(input_shape), strict=False)


@dataclass(frozen=True, repr=False, eq=False)
class Residual(Layer):
    """A block with a shortcut around it: y = x + block(x), so dx = dy + the block's dx.

    He et al. (2016). The block's output must have the shape of its input.

    Examples
    --------
    >>> from tidu.layers import Affine, ReLU
    >>> Residual(Chain([Affine(50), ReLU(), Affine(50)])).output_shape((50,))
    (50,)
    """

    block: Layer

    def __post_init__(self) -> None:
        if not isinstance(self.block, Layer):
            raise TypeError(
                f"`block` must be a layer such as Chain([Affine(50), ReLU()]), got {self.block!r}"
            )

    @property
    def scope(self) -> Scope:  # type: ignore[override]
        """The block's scope."""
        return self.block.scope

    @property
    def prediction_scope(self) -> Scope:  # type: ignore[override]
        """The block's scope while predicting."""
        return self.block.prediction_scope

    @property
    def draws_noise(self) -> bool:  # type: ignore[override]
        """Whether the block draws noise."""
        return self.block.draws_noise

    def output_shape(self, input_shape: Shape) -> Shape:
        """Return the input's shape."""
        shape = self.block.output_shape(input_shape)
        if shape != input_shape:
            raise ShapeError(f"its block turns shape {input_shape} into {shape}; they must agree")
        return shape

    def parameters(self, input_shape: Shape) -> Tree:
        """Return the block's parameters."""
        return self.block.parameters(input_shape)

    def buffers(self, input_shape: Shape) -> Tree:
        """Return the block's buffers."""
        return self.block.buffers(input_shape)

    def draw_noise(
        self, rng: np.random.Generator, shape: Shape, dtype: np.dtype, *, step: int = 0
    ) -> Tree:
        """Return the block's noise."""
        return draw_noise(self.block, rng, shape, dtype, step)

    def multiply_adds(self, input_shape: Shape) -> int:
        """Return the block's multiply-adds."""
        return self.block.multiply_adds(input_shape)

    def forward(
        self, x: Array, *, params: Tree, state: Tree, noise: Tree, training: bool
    ) -> tuple[Array, Tree, Tree]:
        """y = x + block(x)."""
        y, saved, state = forward(self.block, x, params, state, noise, training)
        return x + y, saved, state

    def backward(self, dy: Array, saved: Tree) -> tuple[Array, Tree]:
        """dx = dy + the block's dx."""
        dx, dparams = backward(self.block, dy, saved, need_dx=True)
        return dy + dx, dparams


def _is_open(layer: Layer) -> TypeGuard[Chain]:
    """Say whether a layer is a plain chain; a subclass may do more."""
    return isinstance(layer, Chain) and type(layer).forward is Chain.forward


def _opened(layer: Layer, shape: Shape, path: Path, name: str) -> Iterator[NamedLayer]:
    """Yield the layers of a chain, or the layer itself if it is not a chain."""
    if _is_open(layer):
        before = f"{name}." if name else ""
        shapes = layer.shapes(shape)
        for i, (own, each) in enumerate(zip(layer.names, layer.layers, strict=True)):
            yield from _opened(each, shapes[i], (*path, i), before + own)
    else:
        inner: tuple[NamedLayer, ...] = ()
        if isinstance(layer, Residual) and type(layer).forward is Residual.forward:
            block = layer.block
            own = name if _is_open(block) else f"{name}.{type(block).__name__}1"
            inner = tuple(_opened(block, shape, path, own))
        yield NamedLayer(name, path, layer, shape, inner)


def with_initializer(tree: Tree, rule: Initializer | None) -> Tree:
    """Return parameters in which those without a rule for their initial values have this one."""
    if isinstance(tree, Parameter):
        return replace(tree, initializer=rule) if tree.initializer is None else tree
    if isinstance(tree, dict):
        return {name: with_initializer(item, rule) for name, item in tree.items()}
    return tuple(with_initializer(item, rule) for item in tree)


def _default_initializer(layers: Sequence[Layer]) -> Initializer | None:
    return next(
        (layer.default_initializer for layer in layers if layer.default_initializer is not None),
        None,
    )
