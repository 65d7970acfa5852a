"""Training steps shared by several processes: each has some of the samples, all the same network.

A batch is that of one process which has all samples. The order counts them rank by rank, and each
rank takes its own. What it contributes to

    dL/dθ = Σ wᵢ dℓᵢ/dθ / Σ wᵢ + dpenalty/dθ

has a denominator from outside, the number n of samples in the batch. One all-reduce of a flat
vector adds up the contributions and their Σ wᵢ; then n / Σ wᵢ puts the denominator right. All ranks
make the same update.
"""

from __future__ import annotations

import copy
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from tidu.engines.base import Steps, non_finite_sample
from tidu.engines.compiled.halves import Halves
from tidu.engines.compiled.supported import obstacle
from tidu.engines.numpy_engine import NumpyEngine, OfBatch
from tidu.engines.world import in_place, threads_of_rank, world
from tidu.errors import InputError
from tidu.language import translator
from tidu.layers.base import Tree
from tidu.native import why_no_kernels
from tidu.objective import Objective

if TYPE_CHECKING:
    from tidu.optimizers import Optimizer
    from tidu.training.run import Run

_ = translator("library")

METRICS = 3
"""Loss, share of correct samples and sum of weights, which travel behind the gradient."""


class MpiEngine(NumpyEngine):
    """The steps of the NumPy engine on the samples of all ranks.

    Kernels carry them out where they can. They draw the noise of whole batches, so a network with
    dropout is left to NumPy.

    Raises
    ------
    InputError
        If a layer computes with a whole batch, of which a rank has a part.
    MissingExtraError
        If there is no MPI.
    """

    name = "mpi"

    def __init__(
        self, network: Objective, optimizer: Optimizer, batch_size: int, threads: int | None = None
    ) -> None:
        super().__init__(network, optimizer, batch_size, threads)
        for at in network.chain.walk(network.input_shape):
            if at.layer.scope == "batch":
                raise InputError(
                    f"{at.name}, {at.layer!r}, computes with a whole batch, of which each rank "
                    'has a part: engine="mpi" takes layers whose `scope` is "element" or "sample"'
                )
        self.world = world()
        self.sums = np.empty(network.layout.size + METRICS, network.dtype)
        self.start = 0
        self.part = copy.copy(network)
        self.part.penalty = None
        self.halves: Halves | None = None
        if not (network.chain.draws_noise or why_no_kernels() or obstacle(network, optimizer)):
            self.halves = Halves(network, optimizer, batch_size, threads or threads_of_rank())

    def count(self, x: np.ndarray) -> int:
        """Return how many samples all ranks have, and note where this one's begin."""
        counts = self.world.allgather(x.shape[0])
        self.start = sum(counts[: self.world.rank])
        return sum(counts)

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

        A step that kernels cannot make is left to NumPy, which makes it or says what is wrong.
        """
        if self.halves is None:
            return super().run(run, x, t, order, k, weights)
        b = self.batch_size
        self.contract.check(run, x, t, order, k, weights, self.count(x))
        parts = [np.empty((0, METRICS))]
        for i in range(k):
            rows = order[i * b : (i + 1) * b]
            parts.append(self._by_kernels(self.halves, run, x, t, weights, rows))
            if not len(parts[-1]):
                step = super().run(run, x, t, rows, 1, weights)
                parts.append(np.stack([step.losses, step.correct, step.weights], axis=1))
                if step.bad is not None:
                    losses, correct, sums = np.concatenate(parts).T
                    return Steps(losses, correct, sums, i, step.why)
        losses, correct, sums = np.concatenate(parts).T
        return Steps(losses, correct, sums)

    def _by_kernels(
        self,
        halves: Halves,
        run: Run,
        x: np.ndarray,
        t: np.ndarray,
        weights: np.ndarray | None,
        rows: np.ndarray,
    ) -> np.ndarray:
        """Make a step; return a row of metrics, or none if it was not made."""
        n, own = len(rows), rows[self._at(rows, x)] - self.start
        sums = self.sums
        sums[:] = 0
        if len(own):
            loss, correct, weight = halves.gradient(run, x, t, own, weights)
            if weight:
                np.multiply(halves.dtheta, sums.dtype.type(weight / n), out=sums[:-METRICS])
                sums[-METRICS:] = loss * weight / n, correct * weight / n, weight
        self.world.Allreduce(in_place(), sums)
        loss, correct, weight = sums[-METRICS:].tolist()
        if not weight:
            return np.empty((0, METRICS))
        np.multiply(sums[:-METRICS], sums.dtype.type(n / weight), out=halves.dtheta)
        return halves.update(run, loss * n / weight, correct * n / weight, weight)

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
        """Return loss and gradient of the batch of one step, added up over the ranks."""
        n, sums, part = len(rows), self.sums, self.part
        at = self._at(rows, x)
        own = rows[at] - self.start
        noise = _of_samples(part.draw_noise(n, seed, step), at, n)
        sums[:] = 0
        if len(own):
            targets = part.targets(t[own], len(own))
            w = None if weights is None else weights[own]
            now = part.evaluate(
                theta, state, part.batch(x[own]), targets, weights=w, denominator=float(n),
                noise=noise, gradient=True,
            )  # fmt: skip
            sums[:-METRICS] = now.dtheta
            sums[-METRICS:] = now.total, self.correct_share(now.scores, targets, w, n), now.weight
        finite = bool(np.isfinite(sums[:-METRICS]).all() and np.isfinite(sums[-METRICS]))
        self.world.Allreduce(in_place(), sums)
        total, correct, weight = sums[-METRICS:].tolist()
        if weight == 0:
            raise InputError("there is no mean loss: all samples of a batch have weight 0")
        dtheta = sums[:-METRICS] * sums.dtype.type(n / weight)
        if self.network.penalty is not None:
            dtheta += self.network.penalty_gradient(theta)
        total = total * n / weight + float(self.network.penalty_value(theta))
        why = partial(self._where, theta, state, x, own, noise, finite)
        return OfBatch(total, correct * n / weight, weight, dtheta, state, why)

    def _at(self, rows: np.ndarray, x: np.ndarray) -> np.ndarray:
        """Return where in a batch this rank's samples are."""
        return np.flatnonzero((rows >= self.start) & (rows < self.start + x.shape[0]))

    def _where(
        self,
        theta: np.ndarray,
        state: np.ndarray,
        x: np.ndarray,
        own: np.ndarray,
        noise: Tree,
        finite: bool,
        dtheta: np.ndarray,
    ) -> str:
        """Return what the first rank found whose contribution is not finite."""
        said = "" if finite else self._here(theta, state, x, own, noise)
        for rank, sentence in enumerate(self.world.allgather(said)):
            if sentence:
                return _("on rank {rank}, {sentence}").format(rank=rank, sentence=sentence)
        return _("the sum over the ranks is too large")

    def _here(
        self, theta: np.ndarray, state: np.ndarray, x: np.ndarray, own: np.ndarray, noise: Tree
    ) -> str:
        batch = self.part.batch(x[own])
        if not np.isfinite(batch).all():
            return non_finite_sample(batch, own)
        return self.part.first_non_finite(theta, state, batch, noise, True)


def _of_samples(noise: Tree, at: np.ndarray, n: int) -> Tree:
    """Return the noise of some samples of a batch of n."""
    if noise is None:
        return None
    if isinstance(noise, dict):
        return {name: _of_samples(part, at, n) for name, part in noise.items()}
    if isinstance(noise, (tuple, list)):
        return tuple(_of_samples(part, at, n) for part in noise)
    if noise.shape[:1] != (n,):
        raise InputError(
            f"noise of shape {noise.shape} is not that of {n} samples, which ranks share: "
            'engine="mpi" takes layers that draw numbers for each sample'
        )
    return noise[at]
