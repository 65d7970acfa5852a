"""A training step of the kernels in two halves, between which ranks add up their gradients."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import numpy as np

from tidu.engines.compiled import stored
from tidu.engines.compiled.engine import CompiledEngine, put_network, put_run
from tidu.engines.compiled.kernels.arguments import ARRAYS, PARTIAL
from tidu.engines.compiled.machine import Machine
from tidu.engines.compiled.program import Program, gradient_program, update_program
from tidu.objective import Objective

if TYPE_CHECKING:
    from tidu.optimizers import Optimizer
    from tidu.training.run import Run


class Halves(CompiledEngine):
    """The gradient of some samples, left in ``dtheta``, and the update by what stands there."""

    def __init__(
        self, network: Objective, optimizer: Optimizer, batch_size: int, threads: int | None = None
    ) -> None:
        super().__init__(network, optimizer, batch_size, threads)
        self.updater = Machine(network, batch_size, threads)
        self.second = update_program(network, optimizer, self.updater.threads)

    def gradient(
        self,
        run: Run,
        x: np.ndarray,
        t: np.ndarray,
        rows: np.ndarray,
        weights: np.ndarray | None,
    ) -> tuple[float, float, float]:
        """Compute the gradient of the mean loss, penalty left out, of some rows.

        Returns this loss, the share of correct samples, and the sum of the weights.
        """
        network = self.network
        held, targets = self._inputs(x), stored.targets(network, t, weights)
        if held is None or targets is None:
            *part, w = stored.copied(network, x, t, weights, rows)
            held = cast("stored.Stored", stored.inputs(part[0], network.dtype))
            targets = cast("stored.Stored", stored.targets(network, part[1], w))
            rows = np.arange(len(rows))
        block = self.machine.arguments(self._first(held), training=True, steps=1)
        put_network(block, network, run.theta, run.state)
        block.put("dtheta", self.dtheta, network.layout.size)
        block.put("inputs", held.descriptor, ARRAYS["inputs"].columns)
        block.put("targets", targets.descriptor, ARRAYS["targets"].columns)
        block.put("order", np.ascontiguousarray(rows, np.int64), len(rows))
        block.put("ranges", self.ranges, self.ranges.size)
        self.machine.run(block)
        left = _partials(self.machine)
        loss, correct = left[:, PARTIAL.LOSS].sum(), left[:, PARTIAL.CORRECT].sum()
        return float(loss), float(correct), float(left[0, PARTIAL.WEIGHT])

    def update(self, run: Run, loss: float, correct: float, weight: float) -> np.ndarray:
        """Make the step; return a row of metrics, or none if a number is not finite."""
        network, size = self.network, self.network.layout.size
        left = _partials(self.updater)
        left[:] = 0
        for at, value in ((PARTIAL.LOSS, loss), (PARTIAL.CORRECT, correct)):
            left[0, at] = value
        left[0, PARTIAL.WEIGHT] = weight
        block = self.updater.arguments(self.second, training=True, steps=1)
        put_run(block, network, run)
        scalars, safe_below = self.step_scalars.of(run, 1)
        metrics = np.empty((1, ARRAYS["metrics"].columns))
        block.put("dtheta", self.dtheta, size)
        block.put("scalars", scalars, scalars.size)
        block.number("scalar_rows", self.step_scalars.rows)
        block.put("ranges", self.ranges, self.ranges.size)
        block.put("metrics", metrics, metrics.size)
        made = self.updater.run(block, safe_below)
        run.step += made
        return metrics[:made]

    def _first(self, x: stored.Stored) -> Program:
        source = x.source(self.network.dtype)
        if source not in self.programs:
            self.programs[source] = gradient_program(
                self.network, self.batch_size, source, self.machine.threads
            )
        return self.programs[source]


def _partials(machine: Machine) -> np.ndarray:
    """Return what the threads of a machine left, a row each."""
    return machine.scratch.reshape(machine.threads, -1)
