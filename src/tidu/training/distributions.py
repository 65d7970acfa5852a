"""How activations, parameters and gradients are distributed, epoch by epoch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tidu.arrays import Array
from tidu.errors import check_integer
from tidu.training.callbacks import Callback, checked_pair
from tidu.training.history import Row

if TYPE_CHECKING:
    from tidu.network import Network
    from tidu.training.run import Run

PARTS = ("activations", "parameters", "gradients")
"""What is summarized, by the names of the attributes."""
LEVELS = (0.0, 0.05, 0.25, 0.5, 0.75, 0.95, 1.0)
"""The quantiles that are kept."""
BINS = 50


@dataclass(frozen=True)
class Distribution:
    """The numbers of one array at one time.

    Attributes
    ----------
    quantiles : (7,)
        The smallest, 5 %, 25 %, the median, 75 %, 95 % and the largest.
    counts, edges : (50,), (51,)
        A histogram between the smallest and the largest.
    mean, std : float
        The mean, and the standard deviation.
    """

    quantiles: np.ndarray
    counts: np.ndarray
    edges: np.ndarray
    mean: float
    std: float

    @classmethod
    def of(cls, values: np.ndarray) -> Distribution:
        """Summarize an array, in float64."""
        flat = np.asarray(values, float).ravel()
        counts, edges = np.histogram(flat, BINS)
        return cls(np.quantile(flat, LEVELS), counts, edges, float(flat.mean()), float(flat.std()))


class Distributions(Callback):
    """Keep how activations, parameters and gradients are distributed after every so many epochs.

    Activations are the outputs of the layers, and gradients those of the loss with respect to each
    parameter, both on the same data each time and in training mode.

    Parameters
    ----------
    data : (x, t)
        What activations and gradients are measured on; a few hundred samples are enough.
    every : int
        How many epochs lie between two measurements.

    Attributes
    ----------
    epochs : list of int
        When it was measured; 0 is before the first step.
    activations, parameters, gradients : dict of str to list of Distribution
        By the name of the layer or of the parameter, one item for each of ``epochs``.

    Examples
    --------
    >>> import numpy as np, tidu as td
    >>> x, t = np.eye(4), [0, 1, 0, 1]
    >>> net = td.Network([td.Affine(3), td.ReLU(), td.Affine(2)], 4, "softmax-cross-entropy")
    >>> watch = td.Distributions((x, t))
    >>> history = net.fit(x, t, epochs=2, callbacks=[watch], progress=False)
    >>> watch.epochs, list(watch.activations)
    ([0, 1, 2], ['Affine1', 'ReLU1', 'Affine2'])
    >>> figure = td.plots.distributions(watch)
    """

    def __init__(self, data: tuple[Array, Array], every: int = 1) -> None:
        self.data = checked_pair("data", data)
        self.every = check_integer("every", every)
        self.epochs: list[int] = []
        self.activations: dict[str, list[Distribution]] = {}
        self.parameters: dict[str, list[Distribution]] = {}
        self.gradients: dict[str, list[Distribution]] = {}

    def on_start(self, network: Network, run: Run) -> None:
        """Measure before the first step."""
        if not self.epochs or self.epochs[-1] != run.epoch:
            self._measure(network, run)

    def on_epoch(self, network: Network, run: Run, row: Row) -> None:
        """Measure after this epoch."""
        if run.epoch % self.every == 0:
            self._measure(network, run)

    def _measure(self, network: Network, run: Run) -> None:
        x, t = self.data
        outputs = network.trace(x, training=True, seed=run.seed)
        gradient = network.gradient(x, t, seed=run.seed)
        self.epochs.append(run.epoch)
        for name, values in outputs.items():
            if name != "x":
                self.activations.setdefault(name, []).append(Distribution.of(values))
        for name in gradient:
            self.parameters.setdefault(name, []).append(Distribution.of(network[name]))
            self.gradients.setdefault(name, []).append(Distribution.of(gradient[name]))
