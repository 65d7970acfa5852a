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
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from tidu.engines.compiled.engine import CompiledEngine
from tidu.engines.compiled.supported import obstacle
from tidu.engines.numpy_engine import NumpyEngine, OfBatch
from tidu.engines.world import in_place, threads_of_rank, world
from tidu.errors import InputError
from tidu.layers.base import Tree
from tidu.native import why_no_kernels
from tidu.objective import Objective
from tidu.optimizers import SGD

if TYPE_CHECKING:
    from tidu.optimizers import Optimizer

METRICS = 3
"""Loss, share of correct samples and sum of weights, which travel behind the gradient."""


class MpiEngine(NumpyEngine):
    """The steps of the NumPy engine on the samples of all ranks.

    Kernels compute a rank's contribution where they can; the update is NumPy's.

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
        self.kernels = self._kernels(batch_size, threads)

    def count(self, x: np.ndarray) -> int:
        """Return how many samples all ranks have, and note where this one's begin."""
        counts = self.world.allgather(x.shape[0])
        self.start = sum(counts[: self.world.rank])
        return sum(counts)

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
        n, sums, network = len(rows), self.sums, self.network
        at = np.flatnonzero((rows >= self.start) & (rows < self.start + x.shape[0]))
        own = rows[at] - self.start
        noise = _of_samples(network.draw_noise(n, seed, step), at, n)
        sums[:] = 0
        if len(own):
            self._contribute(theta, state, x, t, weights, own, n, noise)
        finite = bool(np.isfinite(sums[:-METRICS]).all() and np.isfinite(sums[-METRICS]))
        self.world.Allreduce(in_place(), sums)
        total, correct, weight = sums[-METRICS:].tolist()
        if weight == 0:
            raise InputError("there is no mean loss: all samples of a batch have weight 0")
        dtheta = sums[:-METRICS] * sums.dtype.type(n / weight)
        if network.penalty is not None:
            dtheta += network.penalty_gradient(theta)
        total = total * n / weight + float(network.penalty_value(theta))
        why = partial(self._where, theta, state, x, own, noise, finite)
        return OfBatch(total, correct * n / weight, weight, dtheta, state, why)

    def _contribute(
        self,
        theta: np.ndarray,
        state: np.ndarray,
        x: np.ndarray,
        t: np.ndarray,
        weights: np.ndarray | None,
        own: np.ndarray,
        n: int,
        noise: Tree,
    ) -> None:
        """Set the vector that travels to what these samples contribute to a batch of n."""
        sums = self.sums
        if self.kernels is not None:
            run = cast("Any", _StillRun(theta, state))
            steps = self.kernels.run(run, x, t, own, 1, weights)
            if steps.bad is None:
                share = steps.weights[0] / n
                np.multiply(self.kernels.dtheta, sums.dtype.type(share), out=sums[:-METRICS])
                sums[-METRICS:] = steps.losses[0] * share, steps.correct[0] * share, share * n
                return
        batch = self.part.batch(x[own])
        targets = self.part.targets(t[own], len(own))
        w = None if weights is None else weights[own]
        now = self.part.evaluate(
            theta, state, batch, targets, weights=w, denominator=float(n), noise=noise,
            gradient=True,
        )  # fmt: skip
        sums[:-METRICS] = now.dtheta
        sums[-METRICS:] = now.total, self.correct_share(now.scores, targets, w, n), now.weight

    def _kernels(self, batch_size: int, threads: int | None) -> CompiledEngine | None:
        """Return what computes contributions, or None where only NumPy can.

        Kernels draw the noise of whole batches, and a part in which all classes have weight 0 has
        no mean.
        """
        still = SGD(_rate_0)
        weighted = getattr(self.part.loss_function, "class_weights", None) is not None
        if (
            self.part.chain.draws_noise
            or weighted
            or why_no_kernels()
            or obstacle(self.part, still)
        ):
            return None
        return CompiledEngine(self.part, still, batch_size, threads or threads_of_rank())

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
                return f"on rank {rank}, {sentence}"
        return "the sum over the ranks is too large"

    def _here(
        self, theta: np.ndarray, state: np.ndarray, x: np.ndarray, own: np.ndarray, noise: Tree
    ) -> str:
        batch = self.part.batch(x[own])
        if not np.isfinite(batch).all():
            i, *index = np.argwhere(~np.isfinite(batch))[0].tolist()
            entry = ", ".join(map(str, (own[i], *index)))
            return f"x[{entry}] is {batch[i, *index]}: drop or correct such samples"
        return self.part.first_non_finite(theta, state, batch, noise, True)


@dataclass
class _StillRun:
    """What an engine reads of a run, for one step of rate 0, which changes nothing."""

    theta: np.ndarray
    state: np.ndarray
    optimizer_state: dict[str, np.ndarray] = field(default_factory=dict)
    seed: int = 0
    step: int = 0
    optimizer_step: int = 0


def _rate_0(step: int) -> float:
    return 0.0


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
