"""The score of each sample that is to be explained, and its gradient."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from tidu.arrays import Array, described
from tidu.errors import (
    InputError,
    NonFiniteError,
    ShapeError,
)
from tidu.network import Network

_BATCH = 4096
"""How many samples go through the network at a time."""


class Explained:
    """A network, samples, and the score of each that is to be explained."""

    def __init__(self, network: Network, x: Array, target: Array | None) -> None:
        if not isinstance(network, Network):
            raise TypeError(f"`network` must be a Network, got {described(network)}")
        self.network = network.astype("float64")
        self.x = self.network.batch(x)
        self.outputs = math.prod(network.output_shape)
        self.evaluations = 0
        self.batch_size = 1 if network.chain.prediction_scope == "batch" else _BATCH
        if target is None:
            self.targets = self._all_scores(self.x).argmax(axis=1)
        else:
            self.targets = _checked_target(target, len(self.x), self.outputs)

    def scores(self, x: np.ndarray, targets: np.ndarray) -> np.ndarray:
        """Return one score of each sample."""
        return self._all_scores(x)[np.arange(len(x)), targets]

    def gradients(self, x: np.ndarray, targets: np.ndarray) -> np.ndarray:
        """Return ∂s/∂x of one score of each sample."""
        net = self.network
        found = np.empty_like(x)
        for batch in self._batches(x):
            chosen = np.zeros((len(x[batch]), self.outputs))
            chosen[np.arange(len(chosen)), targets[batch]] = 1.0
            dscores = chosen.reshape(-1, *net.output_shape)
            found[batch] = net.input_pullback(net.theta, net.state, x[batch], dscores)
        if not np.isfinite(found).all():
            raise NonFiniteError("a gradient of a score with respect to the input is not finite")
        return found

    def _all_scores(self, x: np.ndarray) -> np.ndarray:
        net = self.network
        scores = np.empty((len(x), self.outputs))
        for batch in self._batches(x):
            found = net.scores(net.theta, net.state, x[batch], None, False)
            if not np.isfinite(found).all():
                where = net.first_non_finite(net.theta, net.state, x[batch], None, False)
                raise NonFiniteError(f"a score is not finite: {where}")
            scores[batch] = found.reshape(len(found), -1)
        return scores

    def _batches(self, x: np.ndarray) -> Iterator[slice]:
        self.evaluations += len(x)
        return (slice(i, i + self.batch_size) for i in range(0, len(x), self.batch_size))


def _checked_target(target: Array, n: int, outputs: int) -> np.ndarray:
    chosen = np.asarray(target)
    if chosen.dtype.kind not in "iu":
        raise TypeError(f"`target` must be integers, one a sample, got {described(target)}")
    if chosen.shape not in ((), (n,)):
        raise ShapeError(f"`target` has shape {chosen.shape}; there are {n} samples")
    if chosen.size and not (chosen.min() >= 0 and chosen.max() < outputs):
        raise InputError(f"`target` must be from 0 to {outputs - 1}, got {described(target)}")
    return np.broadcast_to(chosen, (n,))
