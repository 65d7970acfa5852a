"""A run is a value: all that determines how training continues."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from tidu.arrays import Array, VectorOwner
from tidu.optimizers import Optimizer
from tidu.outcome import StopReason
from tidu.training.history import History

if TYPE_CHECKING:
    from tidu.network import Network


RATE_SCALE = "rate scale"
"""The name of the learning rate's factor among what callbacks keep."""
_UNCHANGED = (np.ones(1),)


@dataclass
class Run(VectorOwner):
    """Where a training run stands.

    The order of epoch e depends on (seed, e) alone and the noise of step k on (seed, k) alone, so
    no generator is part of it: from equal runs, equal data and the same engine come equal bits.

    Attributes
    ----------
    theta, state : 1-D array
        The network's own vectors; an assignment copies values into them.
    optimizer, optimizer_state, optimizer_start
        The rule, its named vectors, and how many steps were done when it took over: its schedule
        and its bias correction count from there.
    seed
        Of orders and noise.
    epoch, step
        How many whole epochs, and how many steps in all, are done.
    position, sums
        How many steps of the epoch now under way are done, and their sums of weight, weighted
        loss and weighted correct.
    history
        One row an epoch.
    start_epoch
        How many epochs were done when the current call of `fit` began.
    stop_reason
        What ended it, if something did before all its epochs were done.
    callback_state
        What callbacks keep from epoch to epoch: some arrays each, by a name.
    last_batch_joins
        Whether a last batch of one sample joins the batch before it where a layer such as
        `BatchNorm` needs batches; it did not in runs that were saved before this was so.
    fingerprint
        What else the bits depend on, where the run is saved: engine, threads, data, batch size.

    Examples
    --------
    >>> import numpy as np
    >>> import tidu as td
    >>> net = td.Network([td.Affine(2)], 2, td.SoftmaxCrossEntropy(), seed=0)
    >>> _ = net.fit(np.eye(2), [0, 1], epochs=2, progress=False)
    >>> net.run.epoch, net.run.step
    (2, 2)
    """

    theta: np.ndarray
    state: np.ndarray
    optimizer: Optimizer
    optimizer_state: dict[str, np.ndarray]
    seed: int
    epoch: int = 0
    step: int = 0
    position: int = 0
    sums: np.ndarray = field(default_factory=lambda: np.zeros(3))
    history: History = field(default_factory=History)
    start_epoch: int = 0
    stop_reason: StopReason | None = None
    callback_state: dict[str, tuple[np.ndarray, ...]] = field(default_factory=dict)
    fingerprint: dict[str, Any] = field(default_factory=dict)
    optimizer_start: int = 0
    last_batch_joins: bool = True

    @property
    def optimizer_step(self) -> int:
        """How many steps the optimizer has taken."""
        return self.step - self.optimizer_start

    @property
    def rate_scale(self) -> float:
        """What callbacks have multiplied the optimizer's learning rate by."""
        return float(self.callback_state.get(RATE_SCALE, _UNCHANGED)[0][0])

    def scale_rate(self, factor: float) -> None:
        """Multiply the learning rate of all further steps of this call of `fit` by a factor."""
        self.callback_state[RATE_SCALE] = (np.array([self.rate_scale * factor]),)

    def rate(self, ahead: int = 0) -> float:
        """Return the learning rate of the next step, or of one so many steps further ahead."""
        return self.rate_scale * self.optimizer.rate(self.optimizer_step + ahead)

    def take_over(self, optimizer: Optimizer) -> None:
        """Let another optimizer take the steps from here on, from a first step of its own."""
        self.optimizer, self.optimizer_start = optimizer, self.step
        self.optimizer_state = optimizer.init(self.theta)

    def advice(self, network: Network, batch: Array) -> str:
        """Return what to try after a step on this batch was not finite; see `tidu.doctor`."""
        from tidu.doctor.advice import after_step_not_finite

        return after_step_not_finite(network, batch, self.rate())


def take_back(network: Network, run: Run, found: Run) -> None:
    """Bring a network and its run to where a run stands that was carried out elsewhere."""
    theta, state, history = run.theta, run.state, run.history
    theta[...], state[...] = found.theta, found.state
    vars(history).update(vars(found.history))
    vars(run).update(vars(found) | {"history": history})
    run.adopt(theta, state)
    network.run = run
