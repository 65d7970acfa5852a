"""Averages of the weights over the epochs or steps of a run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tidu.errors import check_integer, check_number
from tidu.language import translator
from tidu.training.callbacks import Callback
from tidu.training.history import Row

_ = translator("library")

if TYPE_CHECKING:
    from tidu.engines import Steps
    from tidu.network import Network
    from tidu.training.run import Run

KEY = "weight average"


class WeightAverage(Callback):
    """End a run with the average of the networks on its way, in place of the last.

    ::

        SWA:  θ̄ ← θ̄ + (θ − θ̄) / n
        EMA:  θ̄ ← θ̄ + (θ − θ̄) (1 − decay) / (1 − decayⁿ)

    for the n-th network that counts: that after each epoch, or after every ``every_steps`` steps.
    Steps at a high rate leave weights that wander about a minimum; their mean is nearer to it.
    Without ``decay`` all count alike (stochastic weight averaging), with it the older ones less (an
    exponential moving average, its bias corrected).

    Parameters
    ----------
    start : int
        The first epoch that counts, of the epochs of one call of `fit`, counted from 1. For
        stochastic weight averaging, as a rule, about three quarters of them come before.
    decay : float, optional
        How much of the average lasts from one network that counts to the next, from 0 to below 1:
        about 0.9 for epochs, 0.999 for steps.
    every_steps : int, optional
        How many steps lie between two networks that count. The run pauses after them, which a small
        network feels: 10 costs less than 1 and gives nearly the same, with ``decay ** 10``.

    Notes
    -----
    While the run lasts, what is measured is the network that learns and not the average. Running
    averages of a `BatchNorm` are averaged alike, which is close where the weights differ little;
    `Network.diagnose` says where they do not fit. A run that ends in numbers that are not finite
    keeps its last good network.

    References
    ----------
    Izmailov et al., "Averaging weights leads to wider optima and better generalization", 2018;
    Polyak and Juditsky, "Acceleration of stochastic approximation by averaging", 1992.

    Examples
    --------
    >>> import tidu as td
    >>> average = td.WeightAverage(start=15)  # of 20 epochs
    >>> moving = td.WeightAverage(decay=0.9)
    >>> finely = td.WeightAverage(decay=0.99, every_steps=10)
    """

    def __init__(
        self, start: int = 1, decay: float | None = None, every_steps: int | None = None
    ) -> None:
        self.start = check_integer("start", start)
        self.decay = None if decay is None else check_number("decay", decay, minimum=0, below=1)
        if every_steps is not None:
            self.every_steps = check_integer("every_steps", every_steps)

    def on_steps(self, network: Network, run: Run, steps: Steps) -> None:
        """Let the network after these steps count, if it is its turn."""
        turn = self.every_steps and steps.bad is None and run.step % self.every_steps == 0
        if turn and run.epoch + 1 - run.start_epoch >= self.start:
            self._count(run)

    def on_epoch(self, network: Network, run: Run, row: Row) -> None:
        """Let the network of this epoch count, where epochs do."""
        if not self.every_steps and run.epoch - run.start_epoch >= self.start:
            self._count(run)

    def _count(self, run: Run) -> None:
        zeros = np.zeros(1), np.zeros_like(run.theta), np.zeros_like(run.state)
        (n,), theta, state = run.callback_state.get(KEY, zeros)
        share = 1 / (n + 1)
        if self.decay is not None:
            share = (1 - self.decay) / (1 - self.decay ** (n + 1))
        theta, state = (
            (mean + share * (new - mean)).astype(mean.dtype)
            for mean, new in ((theta, run.theta), (state, run.state))
        )
        run.callback_state[KEY] = np.array([n + 1]), theta, state

    def on_end(self, network: Network, run: Run) -> None:
        """Take the average, if the run ended well and an epoch counted."""
        if KEY in run.callback_state and not run.history.running and not run.history.failed:
            (n,), run.theta[...], run.state[...] = run.callback_state[KEY]
            took = (
                _("; took the average of {n} networks")
                if self.every_steps
                else _("; took the average of {n} epochs")
            )
            run.history.status += took.format(n=int(n))
