"""Layers at their places, and how each kind passes on many moved batches at once.

A stack is an array ``(M, ...)`` of samples from several moved copies of one batch; ``rows`` says
which sample of the batch each is. Where all layers that follow treat samples by themselves, a stack
holds those samples alone that a move changes; otherwise it holds whole batches, one after another.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from tidu.layers import (
    ELU,
    GELU,
    Affine,
    BatchNorm,
    Chain,
    Dropout,
    Flatten,
    Identity,
    LeakyReLU,
    ReLU,
    Rescale,
    Residual,
    Sigmoid,
    SiLU,
    Softmax,
    Softplus,
    Tanh,
)
from tidu.layers.base import Layer, Path, Shape, Tree, forward

ELEMENTWISE = frozenset(
    {Identity, Sigmoid, Tanh, ReLU, LeakyReLU, ELU, GELU, SiLU, Softplus, Rescale, Dropout}
)
"""Layers that treat each number by itself. Kinds are compared exactly: a subclass may differ."""

SAMPLEWISE = ELEMENTWISE | {Affine, Flatten, Softmax}
"""Layers that treat each sample by itself."""


@dataclass(frozen=True)
class Link:
    """A layer at its place: all that its forward is handed, and what it gave for the batch.

    ``x`` and ``y`` are its input and output where nothing is moved, ``path`` is its place in the
    tree of parameters.
    """

    layer: Layer
    path: Path
    params: Tree
    state: Tree
    noise: Tree
    training: bool
    x: np.ndarray
    y: np.ndarray

    def forward(self, x: np.ndarray, params: Tree) -> np.ndarray:
        """Return the layer's output for one batch, with other parameters."""
        return forward(self.layer, x, params, self.state, self.noise, self.training)[0]

    def passed(self, stack: np.ndarray, rows: np.ndarray) -> np.ndarray:
        """Return the layer's output for a stack."""
        return _passed(
            self.layer, stack, rows, len(self.x),
            (self.params, self.state, self.noise, self.training),
        )  # fmt: skip

    @property
    def is_columnwise(self) -> bool:
        """Whether each column of the output depends on that column of the input alone."""
        return self.x.ndim == 2 and type(self.layer) in ELEMENTWISE | {BatchNorm, Flatten}

    def columns(self, js: slice) -> Link:
        """Return a columnwise link for some of the columns."""
        cut = {name: value[js] for name, value in self.params.items()}
        statistics = {name: value[js] for name, value in self.state.items()}
        noise = None if self.noise is None else self.noise[:, js]
        return replace(self, params=cut, state=statistics, noise=noise)

    @property
    def is_samplewise(self) -> bool:
        """Whether each sample's output depends on that sample alone."""
        return _is_samplewise(self.layer, self.training)

    @property
    def is_known(self) -> bool:
        """Whether all of the layer's code is Tidu's, and so may run in several threads."""
        return _is_samplewise(self.layer, training=False)

    @property
    def width(self) -> int:
        """How many numbers one sample has at the widest place within the layer."""
        return _width(self.layer, self.x.shape[1:])


def links_of(
    chain: Chain, x: np.ndarray, params: Tree, state: Tree, noise: Tree, training: bool,
    path: Path = (),
) -> Iterator[Link]:  # fmt: skip
    """Pass a batch through a chain and yield its links; chains within it are laid open."""
    for i, layer in enumerate(chain.layers):
        given = params[i], state[i], noise and noise[i], training
        if type(layer) is Chain:
            for link in links_of(layer, x, *given, path=(*path, i)):
                yield link
                x = link.y
        else:
            y = forward(layer, x, *given)[0]
            yield Link(layer, (*path, i), *given, x, y)
            x = y


def _passed(
    layer: Layer, stack: np.ndarray, rows: np.ndarray, n: int, given: tuple[Tree, Tree, Tree, bool]
) -> np.ndarray:
    params, state, noise, training = given
    if type(layer) is Chain:
        for i, inner in enumerate(layer.layers):
            parts = params[i], state[i], noise and noise[i], training
            stack = _passed(inner, stack, rows, n, parts)
        return stack
    if type(layer) is Residual:
        return stack + _passed(layer.block, stack, rows, n, given)
    if _is_samplewise(layer, training):
        drawn = None if noise is None else noise[rows]
        return forward(layer, stack, params, state, drawn, training)[0]
    batches = stack.reshape(-1, n, *stack.shape[1:])
    if type(layer) is BatchNorm:
        return _features_side_by_side(layer, batches, params, state).reshape(stack.shape)
    each = [forward(layer, batch, params, state, noise, training)[0] for batch in batches]
    return np.concatenate(each)


def _features_side_by_side(
    layer: BatchNorm, batches: np.ndarray, params: Tree, state: Tree
) -> np.ndarray:
    """Normalize k batches as one batch of k times the features: none sees another's samples."""
    k, n, features, *places = batches.shape
    wide = np.moveaxis(batches, 0, 1).reshape(n, k * features, *places)
    params, state = ({name: np.tile(v, k) for name, v in d.items()} for d in (params, state))
    y = forward(layer, wide, params, state, None, True)[0]
    return np.moveaxis(y.reshape(n, k, features, *places), 1, 0)


def _is_samplewise(layer: Layer, training: bool) -> bool:
    if type(layer) is Chain:
        return all(_is_samplewise(inner, training) for inner in layer.layers)
    if type(layer) is Residual:
        return _is_samplewise(layer.block, training)
    return type(layer) in SAMPLEWISE or (type(layer) is BatchNorm and not training)


def _width(layer: Layer, shape: Shape) -> int:
    widest = math.prod(shape)
    if isinstance(layer, Residual):
        return widest + _width(layer.block, shape)
    for inner in layer.layers if isinstance(layer, Chain) else ():
        widest, shape = max(widest, _width(inner, shape)), inner.output_shape(shape)
    return max(widest, math.prod(layer.output_shape(shape)) if not isinstance(layer, Chain) else 0)
