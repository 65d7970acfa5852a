"""The compiled engine: hands a run's vectors, data and program to the interpreter."""

from __future__ import annotations

import math
import operator
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from tidu.arrays import is_sparse
from tidu.engines.base import Contract, Steps
from tidu.engines.compiled import stored
from tidu.engines.compiled.argument_block import ArgumentBlock
from tidu.engines.compiled.kernels.arguments import ARRAYS
from tidu.engines.compiled.machine import Machine, allocate
from tidu.engines.compiled.program import Program, parameter_ranges, training_program
from tidu.engines.compiled.step_scalars import StepScalars
from tidu.engines.compiled.supported import PER_OUTPUT, obstacle
from tidu.engines.numpy_engine import NumpyEngine
from tidu.errors import InputError
from tidu.objective import Objective
from tidu.randomness import stream

if TYPE_CHECKING:
    from tidu.optimizers import Optimizer
    from tidu.training.run import Run

COPIED_AT_ONCE = 1 << 24
"""Bytes of samples that are brought into another form at a time, where that is needed."""


class CompiledEngine:
    """The steps of the NumPy engine, carried out by compiled kernels.

    Raises
    ------
    InputError
        If a part of the network, or the optimizer, has no compiled form; the message names it.
    MissingExtraError
        If this installation has no kernels for this processor.
    """

    name = "compiled"

    def __init__(
        self, network: Objective, optimizer: Optimizer, batch_size: int, threads: int | None = None
    ) -> None:
        why = obstacle(network, optimizer)
        if why:
            raise InputError(f'{why}; engine="numpy" carries it out, and "auto" finds that out')
        self.network, self.optimizer, self.batch_size = network, optimizer, batch_size
        self.specification = NumpyEngine(network, optimizer, batch_size, threads)
        self.machine = Machine(network, batch_size, threads)
        self.programs: dict[int, Program] = {}
        self.step_scalars = StepScalars(network, optimizer)
        self.ranges = parameter_ranges(network, self.step_scalars, self.machine.threads)
        self.dtheta = allocate(network.layout.size, network.dtype)
        self.new_state = allocate(network.state_layout.size, network.dtype)
        self.contract = Contract(network, optimizer, batch_size)
        self.sparse: tuple[tuple[np.ndarray, ...], stored.Stored] | None = None

    def run(
        self,
        run: Run,
        x: np.ndarray,
        t: np.ndarray,
        order: np.ndarray,
        k: int,
        weights: np.ndarray | None = None,
    ) -> Steps:
        """Carry out k steps; see `tidu.engines.Engine`.

        A step that the kernels cannot make is left to the NumPy engine, which makes it or says
        what is wrong.
        """
        b, done = self.batch_size, 0
        parts: list[np.ndarray] = []
        self.contract.check(run, x, t, order, k, weights)
        held = self._inputs(x)
        targets = stored.targets(self.network, t, weights)
        while done < k:
            wanted = min(k - done, self.machine.load.most_steps() or k)
            rows = order[done * b : (done + wanted) * b]
            if held is None or targets is None:
                bytes_a_step = b * math.prod(x.shape[1:]) * 8
                wanted = min(wanted, max(1, COPIED_AT_ONCE // bytes_a_step))
                rows = rows[: wanted * b]
                *part, w = stored.copied(self.network, x, t, weights, rows)
                samples = cast("stored.Stored", stored.inputs(part[0], self.network.dtype))
                theirs = cast("stored.Stored", stored.targets(self.network, part[1], w))
                metrics = self._execute(run, samples, theirs, np.arange(len(rows)), wanted)
            else:
                metrics = self._execute(run, held, targets, rows, wanted)
            parts.append(metrics)
            done += len(metrics)
            if len(metrics) < wanted:
                rows = order[done * b : (done + 1) * b]
                step = self.specification.run(run, x, t, rows, 1, weights)
                parts.append(np.stack([step.losses, step.correct, step.weights], axis=1))
                if step.bad is not None:
                    losses, correct, sums = np.concatenate(parts).T
                    return Steps(losses, correct, sums, done, step.why)
                done += 1
        losses, correct, sums = np.concatenate(parts).T
        return Steps(losses, correct, sums)

    def _inputs(self, x: Any) -> stored.Stored | None:
        """Return samples as they are stored; a sparse matrix is checked once, not at each call."""
        if stored.standardize(self.network):
            return None
        if not is_sparse(x):
            return stored.inputs(x, self.network.dtype)
        arrays = (x.data, x.indices, x.indptr)
        known = self.sparse[0] if self.sparse else ()
        if self.sparse is None or not all(map(operator.is_, arrays, known)):
            self.sparse = arrays, cast("stored.Stored", stored.inputs(x, self.network.dtype))
        return self.sparse[1]

    def _execute(
        self, run: Run, x: stored.Stored, targets: stored.Stored, order: np.ndarray, k: int
    ) -> np.ndarray:
        network, dtype, size = self.network, self.network.dtype, self.network.layout.size
        source = x.source(dtype)
        if source not in self.programs:
            self.programs[source] = training_program(
                network, self.optimizer, self.batch_size, source, self.machine.threads
            )
        block = self.machine.arguments(self.programs[source], training=True, steps=k)
        put_run(block, network, run)
        scalars, safe_below = self.step_scalars.of(run, k)
        metrics = np.empty((k, ARRAYS["metrics"].columns))
        order = np.ascontiguousarray(order, np.int64)
        block.put("dtheta", self.dtheta, size)
        block.put("new_state", self.new_state, network.state_layout.size)
        block.put("inputs", x.descriptor, ARRAYS["inputs"].columns)
        block.put("targets", targets.descriptor, ARRAYS["targets"].columns)
        block.put("order", order, len(order))
        block.put("scalars", scalars, scalars.size)
        block.number("scalar_rows", self.step_scalars.rows)
        block.put("ranges", self.ranges, self.ranges.size)
        block.put("metrics", metrics, metrics.size)
        if network.chain.draws_noise:
            words = [_words(run.seed, run.step + i) for i in range(k)]
            streams = np.array(words, np.uint64)
            block.put("streams", streams, ARRAYS["streams"].columns * k)
        made = self.machine.run(block, safe_below)
        run.step += made
        return metrics[:made]


def put_run(block: ArgumentBlock, network: Objective, run: Run) -> None:
    """Put the vectors of a run, and what the loss has for each output, into an argument block."""
    run.optimizer_state = {
        name: np.require(vector, network.dtype, ["C", "A", "W"])
        for name, vector in run.optimizer_state.items()
    }
    for name, vector in zip(("moment1", "moment2"), run.optimizer_state.values(), strict=False):
        block.put(name, vector, network.layout.size)
    put_network(block, network, run.theta, run.state)


def put_network(
    block: ArgumentBlock, network: Objective, theta: np.ndarray, state: np.ndarray
) -> None:
    """Put two vectors, and what the loss has for each output, into an argument block."""
    loss = network.loss_function
    setting = PER_OUTPUT.get(type(loss), "")
    numbers = getattr(loss, setting, None)
    if numbers is not None:
        block.put("per_output", np.array(numbers, network.dtype), network.output_shape[-1], setting)
    block.put("theta", theta, network.layout.size)
    block.put("state", state, network.state_layout.size)


def _words(seed: int, step: int) -> list[int]:
    """Return state and increment of the generator of a step's noise, in words of 64 bits."""
    bits: Any = stream(seed, "noise", step).bit_generator.state["state"]
    low = (1 << 64) - 1
    return [bits["state"] >> 64, bits["state"] & low, bits["inc"] >> 64, bits["inc"] & low]
