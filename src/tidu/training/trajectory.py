"""Where the parameters were after each epoch of a run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tidu.errors import check_integer
from tidu.training.callbacks import Callback
from tidu.training.history import Row

if TYPE_CHECKING:
    from tidu.network import Network
    from tidu.training.run import Run


class Trajectory(Callback):
    """Keep a copy of the parameters at the start of a run and after every so many epochs.

    Parameters
    ----------
    every : int
        How many epochs lie between two copies.

    Attributes
    ----------
    points : list of 1-D array
        The copies of ``theta``, in order.

    Examples
    --------
    >>> import numpy as np, tidu as td
    >>> net = td.Network([td.Affine(1)], 2, "mean-squared-error")
    >>> path = td.Trajectory()
    >>> history = net.fit(np.eye(2), [[0.0], [1.0]], epochs=3, callbacks=[path], progress=False)
    >>> len(path.points)
    4
    """

    def __init__(self, every: int = 1) -> None:
        self.every = check_integer("every", every)
        self.points: list[np.ndarray] = []

    def on_start(self, network: Network, run: Run) -> None:
        """Keep the parameters that the run starts from, if they are not those of its last end."""
        if not self.points or not np.array_equal(self.points[-1], run.theta):
            self.points.append(run.theta.copy())

    def on_epoch(self, network: Network, run: Run, row: Row) -> None:
        """Keep the parameters after this epoch."""
        if run.epoch % self.every == 0:
            self.points.append(run.theta.copy())
