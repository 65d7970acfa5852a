"""One network by itself: many epochs in a call of the kernels.

Between two calls lie some hundred microseconds, in which a small network makes hundreds of steps.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from tidu.engines.base import Steps
from tidu.engines.compiled.blas import held_to
from tidu.engines.compiled.engine import CompiledEngine
from tidu.engines.compiled.machine import thread_count
from tidu.engines.compiled.pieces import (
    Member,
    Shared,
    TrainingSet,
    Worker,
    draw_order,
    why_no_pieces,
    works_in_place,
)
from tidu.engines.compiled.supported import obstacle

if TYPE_CHECKING:
    from tidu.objective import Objective
    from tidu.optimizers import Optimizer
    from tidu.training.run import Run

Advance = Callable[["Run", int], Steps]
"""Carries out k steps from where a run stands, whatever epochs they are of."""


def advance_alone(
    network: Objective, optimizer: Optimizer, samples: TrainingSet, threads: int | None
) -> Advance | None:
    """Return what makes steps of any number of epochs in one call; None if no kernel can.

    One thread draws the orders and the noise by itself. Several threads would have to meet for
    that; where a batch holds all samples, the orders are drawn before.
    """
    if obstacle(network, optimizer):  # the engine says so
        return None
    if samples.joins:  # or not, in a run that an older version saved
        return None
    if thread_count(network, samples.batch_size, threads) == 1:
        able = not why_no_pieces() and works_in_place(network, samples.x)
        return _on_one_thread(Member(network, optimizer, samples, None)) if able else None
    if samples.batch_size != len(samples.rows):
        return None
    return _of_one_batch(CompiledEngine(network, optimizer, samples.batch_size, threads), samples)


def _on_one_thread(member: Member) -> Advance:
    worker = Worker(Shared())

    def advance(run: Run, k: int) -> Steps:
        with held_to(1):
            return worker.advance(member, run, k)

    return advance


def _of_one_batch(engine: CompiledEngine, samples: TrainingSet) -> Advance:
    def order(seed: int, epoch: int) -> np.ndarray:
        if why_no_pieces():
            return samples.order(seed, epoch)
        return draw_order(seed, epoch, samples.rows)

    def advance(run: Run, k: int) -> Steps:
        orders = [order(run.seed, run.epoch + i) for i in range(k)]
        return engine.run(run, samples.x, samples.t, np.concatenate(orders), k, samples.weights)

    return advance
