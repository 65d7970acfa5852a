"""Stages: each layer with all that its forward takes, and how it treats many moved batches at once.

A stack is an array ``(M, ...)`` of samples from several moved copies of one batch; ``rows`` says
which sample of the batch each is. Where all stages that follow treat samples by themselves, a stack
holds those samples alone that a move changes; otherwise it holds whole batches, one after another.

What a stage may do follows from the layer's `scope`. A layer that states none sees one whole batch
at a time; the registries below name those whose own form is faster.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from tidu.layers import LAYERS, BatchNorm, Chain, Flatten, Residual
from tidu.layers.base import Scope, Tree, forward, subtree
from tidu.layers.chain import NamedLayer
from tidu.perturbation.scope_check import checked_scope


@dataclass(frozen=True)
class Stage:
    """A layer at its place in a network, at one point and for one batch.

    Attributes
    ----------
    at
        The layer, its name, path and input shape.
    params, state, noise, training
        What its forward is handed beside the input.
    batch_size
        How many samples the batch has.
    inner
        The stages within it, for a `Residual`.
    uncut
        Whether it must see all columns though it is elementwise: its settings may go by columns.
    """

    at: NamedLayer
    params: Tree
    state: Tree
    noise: Tree
    training: bool
    batch_size: int
    inner: tuple[Stage, ...] = ()
    uncut: bool = False

    @classmethod
    def of(
        cls, at: NamedLayer, params: Tree, state: Tree, noise: Tree, training: bool, n: int
    ) -> Stage:
        """Bind a layer to its parts of the trees of the whole chain."""
        inner = tuple(cls.of(each, params, state, noise, training, n) for each in at.inner)
        params, state, noise = (subtree(tree, at.path) for tree in (params, state, noise))
        return cls(at, params, state, noise, training, n, inner)

    def forward(self, x: np.ndarray, params: Tree) -> np.ndarray:
        """Return the layer's output for one batch, with parameters in place of the stage's own."""
        return forward(self.at.layer, x, params, self.state, self.noise, self.training)[0]

    def forward_stack(self, stack: np.ndarray, rows: np.ndarray) -> np.ndarray:
        """Return the layer's output for a stack."""
        kind = type(self.at.layer)
        if self.inner and kind in NESTED:
            return NESTED[kind](self, stack, rows)
        if self.is_samplewise:
            noise = None if self.noise is None else self.noise[rows]
            return forward(self.at.layer, stack, self.params, self.state, noise, self.training)[0]
        batches = stack.reshape(-1, self.batch_size, *stack.shape[1:])
        if kind in BATCHED:
            return BATCHED[kind](self, batches).reshape(stack.shape)
        return np.concatenate([self.forward(batch, self.params) for batch in batches])

    @property
    def scope(self) -> Scope:
        """What an output of the layer depends on, as it is called here."""
        layer = self.at.layer
        return layer.scope if self.training else layer.prediction_scope

    @cached_property
    def is_samplewise(self) -> bool:
        """Whether each sample's output depends on that sample alone."""
        if self.inner:
            return all(stage.is_samplewise for stage in self.inner)
        return self.scope != "batch" and self._noise_has_shape((self.batch_size,))

    @cached_property
    def is_columnwise(self) -> bool:
        """Whether each column of the output can be had from that column of the input alone.

        So it is where numbers are treated one by one, and what else the layer takes has one number
        a column.
        """
        shape = self.at.input_shape
        if len(shape) != 1 or self.inner or self.uncut:
            return False
        if type(self.at.layer) in COLUMNWISE:
            return True
        held = (self.params, self.state)
        return (
            self.scope == "element"
            and all(isinstance(tree, dict) for tree in held)
            and all(value.shape == shape for tree in held for value in tree.values())
            and self._noise_has_shape((self.batch_size, *shape))
        )

    def columns(self, js: slice) -> Stage:
        """Return a columnwise stage for some of the columns."""
        params, state = (
            {name: value[js] for name, value in tree.items()} for tree in (self.params, self.state)
        )
        noise = None if self.noise is None else self.noise[:, js]
        return replace(self, params=params, state=state, noise=noise)

    @property
    def runs_in_threads(self) -> bool:
        """Whether all of the layer's code is Tidu's, and so may run in several threads."""
        return all(type(each.layer) in LAYERS.values() for each in self.at.with_inner())

    @property
    def width(self) -> int:
        """How many numbers one sample has at the widest place within the layer."""
        size = math.prod(self.at.input_shape)
        if self.inner:
            return size + max(stage.width for stage in self.inner)
        return max(size, math.prod(self.at.layer.output_shape(self.at.input_shape)))

    def _noise_has_shape(self, shape: tuple[int, ...]) -> bool:
        """Say whether the noise, if there is any, is one array whose shape begins with this."""
        noise = self.noise
        return noise is None or (
            isinstance(noise, np.ndarray) and noise.shape[: len(shape)] == shape
        )


def bind(
    chain: Chain, x: np.ndarray, params: Tree, state: Tree, noise: Tree, training: bool
) -> tuple[tuple[Stage, ...], tuple[np.ndarray, ...]]:
    """Pass a batch through a chain; return its stages, and what the batch is before and after each.

    Raises
    ------
    InputError
        If a layer of the user's claims a narrower scope than it has on this batch.
    """
    stages: list[Stage] = []
    activations = [x]
    for at in chain.walk(x.shape[1:]):
        stage = Stage.of(at, params, state, noise, training, len(x))
        activations.append(stage.forward(activations[-1], stage.params))
        stages.append(checked_scope(stage, *activations[-2:]))
    return tuple(stages), tuple(activations)


def _residual(stage: Stage, stack: np.ndarray, rows: np.ndarray) -> np.ndarray:
    y = stack
    for each in stage.inner:
        y = each.forward_stack(y, rows)
    return stack + y


def _features_side_by_side(stage: Stage, batches: np.ndarray) -> np.ndarray:
    """Normalize k batches as one batch of k times the features: none sees another's samples."""
    k, n, features, *places = batches.shape
    wide = np.moveaxis(batches, 0, 1).reshape(n, k * features, *places)
    params, state = (
        {name: np.tile(value, k) for name, value in tree.items()}
        for tree in (stage.params, stage.state)
    )
    y = forward(stage.at.layer, wide, params, state, None, stage.training)[0]
    return np.moveaxis(y.reshape(n, k, features, *places), 1, 0)


NESTED: dict[type, Callable[[Stage, np.ndarray, np.ndarray], np.ndarray]] = {Residual: _residual}
"""Layers made of layers: how a stack passes through those within."""

BATCHED: dict[type, Callable[[Stage, np.ndarray], np.ndarray]] = {BatchNorm: _features_side_by_side}
"""Layers that mix samples: their output for many batches ``(k, n, ...)`` at once."""

COLUMNWISE = frozenset({BatchNorm, Flatten})
"""Layers that are columnwise for rows of numbers, though their scope does not say so."""
