"""The numeric engine: training steps whose gradients are differences of the loss."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from tidu.engines.numpy_engine import NumpyEngine
from tidu.layers.base import Tree
from tidu.objective import Evaluation, Objective
from tidu.perturbation import numeric_gradient

if TYPE_CHECKING:
    from tidu.optimizers import Optimizer


class NumericEngine(NumpyEngine):
    """The NumPy engine without backpropagation: every parameter is moved by itself, in float64.

    No layer's ``backward`` is called, so a network whose layers lack one can learn with it.
    """

    name = "numeric"

    def __init__(
        self, network: Objective, optimizer: Optimizer, batch_size: int, threads: int | None = None
    ) -> None:
        super().__init__(network, optimizer, batch_size, threads)
        self.double = network.astype("float64")

    def evaluate(
        self,
        theta: np.ndarray,
        state: np.ndarray,
        x: np.ndarray,
        t: np.ndarray,
        weights: np.ndarray | None,
        noise: Tree,
    ) -> Evaluation:
        """Return loss and numeric gradient of one batch."""
        now = self.network.evaluate(theta, state, x, t, weights=weights, noise=noise)
        doubled = (array.astype(np.float64) for array in (theta, state, x, t))
        dtheta, _ = numeric_gradient(self.double, *doubled, weights=weights, noise=noise)
        return replace(now, dtheta=dtheta.astype(theta.dtype))
