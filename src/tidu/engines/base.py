"""What an engine is: something that carries out k training steps of a run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

if TYPE_CHECKING:
    from tidu.objective import Objective
    from tidu.optimizers import Optimizer
    from tidu.training.run import Run


@dataclass(frozen=True)
class Steps:
    """What k steps gave.

    ``losses``, ``correct`` and ``weights`` have one number a step: the loss before the update with
    the penalty, the weighted share of samples whose class was found (NaN where there are no
    classes), and the sum of the batch's weights. ``bad`` is the index of the first step whose loss,
    gradient or update is not finite, with ``why``; that step's update was not made, and the arrays
    end before it.
    """

    losses: np.ndarray
    correct: np.ndarray
    weights: np.ndarray
    bad: int | None = None
    why: str = ""


class Engine(Protocol):
    """Carries out training steps; made once for a network, an optimizer and a batch size."""

    name: str
    batch_size: int

    def __init__(
        self, network: Objective, optimizer: Optimizer, batch_size: int, threads: int | None = None
    ) -> None:
        """Prepare for steps of ``network`` under ``optimizer``, on no more than so many threads."""

    def run(
        self,
        run: Run,
        x: np.ndarray,
        t: np.ndarray,
        order: np.ndarray,
        k: int,
        weights: np.ndarray | None = None,
    ) -> Steps:
        """Carry out k steps and leave their outcome in ``run``.

        Step i learns from the samples ``order[i·B : (i+1)·B]`` of x and t, B the batch size; the
        last may be fewer. While this runs, the engine owns the vectors of ``run``; when it
        returns, ``run.theta``, ``run.state``, ``run.optimizer_state`` and ``run.step`` are those
        after the last good step.
        """
