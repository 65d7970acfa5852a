"""The compiled engine: hands a run's vectors, data and program to the interpreter."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from tidu.engines.base import Steps
from tidu.engines.compiled import stored
from tidu.engines.compiled.kernels import message as m
from tidu.engines.compiled.machine import Machine
from tidu.engines.compiled.program import (
    Program,
    obstacle,
    rule_beneath,
    segments,
    training_program,
)
from tidu.engines.numpy_engine import NumpyEngine
from tidu.errors import InputError
from tidu.objective import Objective
from tidu.randomness import stream

if TYPE_CHECKING:
    from tidu.optimizers import Optimizer
    from tidu.training.run import Run

COPIED_AT_ONCE = 1 << 24
"""Bytes of samples that are brought into another form at a time, where that is needed."""
CALM = {"float32": 1e15, "float64": 1e150}
"""Below this, no product of two numbers overflows."""
TAME_RATE, TAME_EPS = 1e6, 1e-12
"""Learning rates up to this and an ε from this on do not make a calm gradient overflow."""


class CompiledEngine:
    """The steps of the NumPy engine, carried out by compiled kernels.

    Raises
    ------
    InputError
        If a part of the network, or the optimizer, has no compiled form; the message names it.
    MissingExtraError
        If Numba is not installed.
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
        self.segments = segments(network, optimizer, self.machine.threads)
        self.dtheta = np.zeros(network.layout.size, network.dtype)
        self.new_state = np.zeros(network.state_layout.size, network.dtype)

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
        self.network.batch(x[:0])  # refuses samples of another shape
        held = stored.inputs(x, self.network.dtype)
        answers = stored.answers(self.network, t, weights)
        while done < k:
            rows = order[done * b : k * b]
            wanted = k - done
            if held is None or answers is None:
                bytes_a_step = b * math.prod(x.shape[1:]) * 8
                wanted = min(wanted, max(1, COPIED_AT_ONCE // bytes_a_step))
                rows = rows[: wanted * b]
                *part, w = stored.copied(self.network, x, t, weights, rows)
                copied = cast("stored.Stored", stored.inputs(part[0], self.network.dtype))
                told = cast("stored.Stored", stored.answers(self.network, part[1], w))
                outcome = self._carry_out(run, copied, told, np.arange(len(rows)), wanted)
            else:
                outcome = self._carry_out(run, held, answers, rows, wanted)
            parts.append(outcome)
            done += len(outcome)
            if len(outcome) < wanted:
                rows = order[done * b : (done + 1) * b]
                step = self.specification.run(run, x, t, rows, 1, weights)
                parts.append(np.stack([step.losses, step.correct, step.weights], axis=1))
                if step.bad is not None:
                    losses, correct, sums = np.concatenate(parts).T
                    return Steps(losses, correct, sums, done, step.why)
                done += 1
        losses, correct, sums = np.concatenate(parts).T
        return Steps(losses, correct, sums)

    def _carry_out(
        self, run: Run, x: stored.Stored, answers: stored.Stored, order: np.ndarray, k: int
    ) -> np.ndarray:
        network, dtype = self.network, self.network.dtype
        x_is = x.x_is(dtype)
        if x_is not in self.programs:
            self.programs[x_is] = training_program(
                network, self.optimizer, self.batch_size, x_is, self.machine.threads
            )
        program = self.programs[x_is]
        memory = {
            name: np.require(vector, dtype, ["C", "W"])
            for name, vector in run.optimizer_state.items()
        }
        run.optimizer_state = memory
        a, b = (*memory.values(), *(np.empty(0, dtype),) * 2)[:2]
        weights_of_classes = getattr(network.loss_function, "class_weights", None)
        pace, calm = self._pace(run.step, k)
        outcome = np.empty((k, m.OUTCOME_COLUMNS))
        arrays = {
            m.THETA: run.theta, m.DTHETA: self.dtheta, m.A: a, m.B: b, m.STATE: run.state,
            m.NEW_STATE: self.new_state, m.INPUTS: x.told, m.ANSWERS: answers.told,
            m.CLASS_WEIGHTS: np.asarray(weights_of_classes or (), dtype),
            m.ORDER: np.ascontiguousarray(order, np.int64), m.PACE: pace,
            m.SEGMENTS: self.segments, m.OUTCOME: outcome,
        }  # fmt: skip
        if network.chain.draws_noise:
            words = [_words(run.seed, run.step + i) for i in range(k)]
            arrays[m.STREAMS] = np.array(words, np.uint64)
        made = self.machine(program, True, k, calm, arrays)
        run.step += made
        return outcome[:made]

    def _pace(self, step: int, k: int) -> tuple[np.ndarray, float]:
        """Return learning rates and Adam's divisors of k steps, and what gradients are calm."""
        rule = rule_beneath(self.optimizer)
        pace = np.ones((k, m.PACE_COLUMNS))
        if callable(rule.lr):  # type: ignore[attr-defined]
            pace[:, 0] = [rule.rate(step + i) for i in range(k)]
        else:
            pace[:, 0] = rule.lr  # type: ignore[attr-defined]
        counts = np.arange(step + 1, step + k + 1, dtype=float)
        for column, name in ((1, "beta1"), (2, "beta2")):
            if hasattr(rule, name):
                pace[:, column] -= getattr(rule, name) ** counts
        tame = pace[:, 0].max() <= TAME_RATE and getattr(rule, "eps", 1.0) >= TAME_EPS
        return pace, CALM[self.network.dtype.name] if tame else 0.0


def _words(seed: int, step: int) -> list[int]:
    """Return state and increment of the generator of a step's noise, in words of 64 bits."""
    bits: Any = stream(seed, "noise", step).bit_generator.state["state"]
    low = (1 << 64) - 1
    return [bits["state"] >> 64, bits["state"] & low, bits["inc"] >> 64, bits["inc"] & low]
