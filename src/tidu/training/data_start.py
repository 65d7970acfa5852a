"""Initial weights and biases that suit the samples."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tidu.arrays import Array, described
from tidu.errors import InputError
from tidu.layers import Affine
from tidu.layers.base import forward, subtree
from tidu.randomness import stream
from tidu.training.callbacks import Callback

if TYPE_CHECKING:
    from tidu.network import Network
    from tidu.training.run import Run

MOST_SAMPLES = 10_000
"""Of more samples so many are drawn."""
MIXED = 5
"""How many outputs a bias is a mean of."""


class DataDependentInit(Callback):
    """Let each `Affine` begin with outputs whose spread on some samples is 1, on both sides of 0.

    ::

        W ← W / std(xW), a column at a time
        b ← −Σᵢ pᵢ zᵢ, with z = xW of five samples, drawn for each unit, and p uniform with Σ pᵢ = 1

    Layer after layer, before the first step of a run: whatever the scale of the inputs, no unit
    begins dead or flat. Layers in a `Residual` stay as they are.

    Parameters
    ----------
    x : (N, ...) array
        Samples, as a rule those to learn from; of more than 10,000 so many are drawn.

    References
    ----------
    Krähenbühl et al., "Data-dependent initializations of convolutional neural networks", 2016; for
    the biases, Steinwart, "A sober look at neural network initializations", 2019, where it is he+5.

    Examples
    --------
    >>> import numpy as np, tidu as td
    >>> x = np.random.default_rng(0).normal(5, 100, size=(200, 3))
    >>> net = td.Network([td.Affine(20), td.Tanh(), td.Affine(1)], 3, "mean-squared-error")
    >>> start = td.DataDependentInit(x)
    >>> history = net.fit(x, x[:, :1], epochs=1, optimizer=td.SGD(0.0), callbacks=[start])
    >>> bool(np.allclose((x @ net["W1"]).std(axis=0), 1, atol=1e-5))
    True
    """

    def __init__(self, x: Array) -> None:
        if getattr(x, "ndim", 0) < 2 or not x.shape[0]:
            raise InputError(f"`x` must hold samples, (N, ...), got {described(x)}")
        self.x = x

    def on_start(self, network: Network, run: Run) -> None:
        """Set weights and biases, if no step has been made."""
        if run.step:
            return
        rng, x = stream(network.seed, "theta", 1), self.x
        if x.shape[0] > MOST_SAMPLES:
            x = x[np.sort(rng.choice(x.shape[0], MOST_SAMPLES, replace=False))]
        x = network.batch(x)
        params = network.layout.tree(run.theta, network.parameters)
        state = network.state_layout.tree(run.state, network.buffers)
        for at in network.chain.walk(network.input_shape):
            own = subtree(params, at.path)
            if isinstance(at.layer, Affine):
                z = x @ own["W"]
                spread = z.std(axis=0)
                rounding = 10 * np.finfo(z.dtype).eps * np.abs(z).max(axis=0)
                spread = np.where(spread > rounding, spread, z.dtype.type(1))
                own["W"][...] /= spread
                if at.layer.bias:
                    own["b"][...] = -_means(rng, z / spread)
            x, _, _ = forward(at.layer, x, own, subtree(state, at.path), None, training=False)


def _means(rng: np.random.Generator, z: np.ndarray) -> np.ndarray:
    """Return for each column a mean of some of its entries, at random weights."""
    n, units = z.shape
    rows = rng.integers(0, n, (units, MIXED))
    shares = rng.dirichlet(np.ones(MIXED), units)
    return (shares * z[rows, np.arange(units)[:, None]]).sum(axis=1)
