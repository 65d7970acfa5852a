"""The NumPy engine: training steps as a textbook writes them; the other engines' specification."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from tidu.engines.base import Contract, Steps
from tidu.language import translator
from tidu.layers.base import Tree
from tidu.objective import Evaluation, Objective
from tidu.optimizers.parts import update_in_parts

if TYPE_CHECKING:
    from tidu.optimizers import Optimizer
    from tidu.training.run import Run

_ = translator("library")


class OfBatch(NamedTuple):
    """What the batch of one step gives; ``why(dtheta)`` says where it is not finite."""

    total: float
    correct: float
    weight: float
    dtheta: np.ndarray
    state: np.ndarray
    why: Callable[[np.ndarray], str]


class NumpyEngine:
    """Batch, forward, backward, update: one step after another in plain NumPy."""

    name = "numpy"

    def __init__(
        self, network: Objective, optimizer: Optimizer, batch_size: int, threads: int | None = None
    ) -> None:
        self.network = network
        self.optimizer = optimizer
        self.batch_size = batch_size
        self.trainable = network.layout.mask()
        self.all_trainable = bool(self.trainable.all())
        factors = network.layout.rates(network.dtype)
        self.rate_factors = None if (factors == 1).all() else factors
        self.decay_mask = network.layout.mask(decays=True)
        self.contract = Contract(network, optimizer, batch_size)

    def run(
        self,
        run: Run,
        x: np.ndarray,
        t: np.ndarray,
        order: np.ndarray,
        k: int,
        weights: np.ndarray | None = None,
    ) -> Steps:
        """Carry out k steps; see `tidu.engines.Engine`."""
        b = self.batch_size
        self.contract.check(run, x, t, order, k, weights, self.count(x))
        theta, state, memory = run.theta, run.state, run.optimizer_state
        seen: list[tuple[float, float, float]] = []
        bad, why = None, ""
        for i in range(k):
            rows = order[i * b : (i + 1) * b]
            with np.errstate(all="ignore"):
                now = self.of_batch(theta, state, x, t, weights, rows, run.seed, run.step + i)
                dtheta = now.dtheta
                if not self.all_trainable:
                    dtheta = np.where(self.trainable, dtheta, dtheta.dtype.type(0))
                if not (np.isfinite(now.total) and np.isfinite(dtheta).all()):
                    bad, why = i, now.why(dtheta)
                    break
                optimizer = self.optimizer
                if run.rate_scale != 1:
                    optimizer = optimizer.with_rate(run.rate(i))
                new, new_memory = update_in_parts(
                    optimizer, theta, dtheta, memory, run.optimizer_step + i, self.decay_mask
                )
                if self.rate_factors is not None:
                    new = theta + self.rate_factors * (new - theta)
                new = new if self.all_trainable else np.where(self.trainable, new, theta)
            if not all(np.isfinite(v).all() for v in (new, now.state, *new_memory.values())):
                why = _("the update overflows: the gradient or the learning rate is too large")
                bad = i
                break
            seen.append((now.total, now.correct, now.weight))
            theta, state, memory = new, now.state, new_memory
        run.theta[...], run.state[...] = theta, state
        run.optimizer_state, run.step = memory, run.step + len(seen)
        losses, correct, sums = np.array(seen, float).reshape(-1, 3).T
        return Steps(losses, correct, sums, bad, why)

    def count(self, x: np.ndarray) -> int:
        """Return how many samples an order is of."""
        return x.shape[0]

    def of_batch(
        self,
        theta: np.ndarray,
        state: np.ndarray,
        x: np.ndarray,
        t: np.ndarray,
        weights: np.ndarray | None,
        rows: np.ndarray,
        seed: int,
        step: int,
    ) -> OfBatch:
        """Return loss and gradient of the batch of one step."""
        network = self.network
        batch = network.batch(x[rows])
        targets = network.targets(t[rows], len(rows))
        w = None if weights is None else weights[rows]
        network.check_weights(targets, w)
        noise = network.draw_noise(len(rows), seed, step)
        now = self.evaluate(theta, state, batch, targets, w, noise)
        return OfBatch(
            now.total, self.correct_share(now.scores, targets, w), now.weight,
            np.asarray(now.dtheta), network.state_layout.vector(now.state, like=state),
            partial(self._why, theta, state, batch, noise, now),
        )  # fmt: skip

    def evaluate(
        self,
        theta: np.ndarray,
        state: np.ndarray,
        x: np.ndarray,
        t: np.ndarray,
        weights: np.ndarray | None,
        noise: Tree,
    ) -> Evaluation:
        """Return loss and gradient of one batch."""
        return self.network.evaluate(
            theta, state, x, t, weights=weights, noise=noise, gradient=True
        )

    def correct_share(
        self,
        scores: np.ndarray,
        t: np.ndarray,
        w: np.ndarray | None,
        denominator: float | None = None,
    ) -> float:
        """Return Σ wᵢ / Σ wᵢ over the samples whose class was found; NaN without classes."""
        correct = self.network.loss_function.correct(scores, t)
        if correct is None:
            return float("nan")
        return float((self.network.normalized_weights(t, w, denominator)[0] * correct).sum())

    def _why(
        self,
        theta: np.ndarray,
        state: np.ndarray,
        batch: np.ndarray,
        noise: object,
        now: Evaluation,
        dtheta: np.ndarray,
    ) -> str:
        if np.isfinite(now.scores).all() and np.isfinite(now.total):
            entries = reversed(self.network.layout.entries)
            entry = next(e for e in entries if not np.isfinite(dtheta[e.slice]).all())
            return _("the gradient of {name} is the first that is not finite").format(
                name=entry.name
            )
        return self.network.first_non_finite(theta, state, batch, noise, True)
