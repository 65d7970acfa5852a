"""The interface of an engine, which carries out k training steps of a run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

from tidu.arrays import described
from tidu.errors import InputError, ShapeError
from tidu.language import translator

if TYPE_CHECKING:
    from tidu.objective import Objective
    from tidu.optimizers import Optimizer
    from tidu.training.run import Run

_ = translator("library")


@dataclass(frozen=True)
class Steps:
    """The results of k steps.

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
        """Carry out k steps and store their results in ``run``.

        Step i learns from the samples ``order[i·B : (i+1)·B]`` of x and t, B the batch size; the
        last may be fewer. While this runs, the engine owns the vectors of ``run``; when it
        returns, ``run.theta``, ``run.state``, ``run.optimizer_state`` and ``run.step`` are those
        after the last good step.
        """


class Contract:
    """The conditions on the arguments of `Engine.run`, checked at each call."""

    def __init__(self, network: Objective, optimizer: Optimizer, batch_size: int) -> None:
        self.network, self.batch_size = network, batch_size
        self.optimizer = optimizer
        like = np.empty(network.layout.size, network.dtype)
        self.vectors = {name: vector.shape for name, vector in optimizer.init(like).items()}

    def check(
        self,
        run: Run,
        x: np.ndarray,
        t: np.ndarray,
        order: np.ndarray,
        k: int,
        weights: np.ndarray | None,
        count: int | None = None,
    ) -> None:
        """Refuse vectors, samples or an order that do not fit the network or one another.

        ``count`` is the number of samples that the order is of, if x is a part of them.
        """
        network, n = self.network, x.shape[0]
        count = n if count is None else count
        self._vector("run.theta", run.theta, network.layout.size)
        self._vector("run.state", run.state, network.state_layout.size)
        found = {name: np.shape(vector) for name, vector in run.optimizer_state.items()}
        if found != self.vectors:
            raise ShapeError(
                f"`run.optimizer_state` must hold {_listed(self.vectors)} for {self.optimizer!r}, "
                f"got {_listed(found)}; fit(..., restart=True) begins anew"
            )
        network.batch(x[:0])  # refuses samples of another shape
        for name, array in (("t", t), ("sample_weight", weights)):
            if array is not None and len(array) != n:
                raise ShapeError(f"`{name}` has {len(array)} entries for {n} samples")
        if len(order) and not (order.min() >= 0 and order.max() < count):
            raise InputError(f"`order` must hold numbers of samples from 0 to {count - 1}")
        if not k <= -(-len(order) // self.batch_size):
            raise InputError(
                f"`order` holds {len(order)} samples, too few for {k} steps of {self.batch_size}"
            )

    def _vector(self, name: str, vector: np.ndarray, size: int) -> None:
        if vector.shape != (size,) or vector.dtype != self.network.dtype:
            raise ShapeError(
                f"`{name}` must be {self.network.dtype} numbers of shape {(size,)}, "
                f"got {described(vector)}"
            )
        if not vector.flags.writeable:
            raise InputError(f"`{name}` is read-only: call {name}.setflags(write=True) first")


def _listed(shapes: dict[str, tuple[int, ...]]) -> str:
    return ", ".join(f"{name} of shape {shape}" for name, shape in shapes.items()) or "nothing"


def non_finite_sample(batch: np.ndarray, rows: np.ndarray) -> str:
    """Return a sentence on the first entry of a batch that is not finite, and what to do.

    Examples
    --------
    >>> non_finite_sample(np.array([[1.0, 2.0], [np.inf, 4.0]]), np.array([7, 5]))
    'x[5, 0] is inf: drop or correct such samples'
    """
    i, *index = np.argwhere(~np.isfinite(batch))[0].tolist()
    return _("x[{entry}] is {value}: drop or correct such samples").format(
        entry=", ".join(map(str, (rows[i], *index))), value=batch[i, *index]
    )
