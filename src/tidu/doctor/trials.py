"""Short trials on copies: some steps at several learning rates, and ten samples to overfit.

They take long, so each is a generator that pauses after some hundredths of a second of work:
`result_of` goes through to its end.
"""

from __future__ import annotations

import math
from collections.abc import Generator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from tidu.doctor.observe import rms
from tidu.engines.numpy_engine import NumpyEngine
from tidu.optimizers import Adam, Optimizer
from tidu.randomness import stream
from tidu.training.run import Run

if TYPE_CHECKING:
    from tidu.network import Network

STEPS = 30
"""How many steps a learning rate is tried for."""
FACTORS = (1.0, 1e-3, 1e-2, 0.1, 0.3, 3.0, 10.0, 100.0, 1e3, 1e4)
"""The learning rates that are tried, as multiples of the one in use."""
OVERFIT_SAMPLES = 10
"""Any network should be able to overfit this many samples."""
OVERFIT_STEPS = 300

Result = TypeVar("Result")
InPieces = Generator[None, None, Result]
"""Work that pauses now and then, and in the end returns a result."""


def result_of(work: InPieces[Result]) -> Result:
    """Do work in pieces without a pause.

    Examples
    --------
    >>> def half(x):
    ...     yield
    ...     return x / 2
    >>> result_of(half(6))
    3.0
    """
    while True:
        try:
            next(work)
        except StopIteration as end:
            result: Result = end.value
            return result


@dataclass(frozen=True)
class Trial:
    """Some steps at one learning rate.

    ``before`` and ``after`` are the loss on the same samples, the latter infinite where numbers
    stopped being finite, which ``why`` explains. ``ratios`` has for each weight, by its name, the
    median over the steps of the size of the update divided by the size of the weight.
    """

    rate: float
    before: float
    after: float
    why: str = ""
    ratios: dict[str, float] = field(default_factory=dict)

    @property
    def drop(self) -> float:
        """How far the loss went down."""
        return self.before - self.after


def try_rates(
    network: Network,
    x: np.ndarray,
    t: np.ndarray,
    optimizer: Optimizer,
    batch_size: int,
    seed: int,
) -> InPieces[list[Trial]]:
    """Try the learning rate in use first, then others below and above; the first stays first."""
    done: list[Trial] = []
    for factor in FACTORS:
        blown_up = any(not math.isfinite(trial.after) for trial in done)
        if factor > 1 and blown_up:
            break
        done.append(_try(network, x, t, optimizer, factor, batch_size, seed))
        yield
    return done


def _try(
    network: Network,
    x: np.ndarray,
    t: np.ndarray,
    optimizer: Optimizer,
    factor: float,
    batch_size: int,
    seed: int,
) -> Trial:
    run = copied_run(network, optimizer, seed)
    rate = factor * run.rate()
    run.optimizer = optimizer.with_rate(rate)
    before, why = _loss(network, run, x, t), ""
    n = min(batch_size, len(x))
    engine = NumpyEngine(network, run.optimizer, n)
    weights = [e for e in network.layout.entries if e.kind == "weight" and e.trainable]
    taken: dict[str, list[float]] = {e.name: [] for e in weights}
    epochs = (stream(seed, "order", e).permutation(len(x)) for e in range(STEPS * n))
    batches = (order[i : i + n] for order in epochs for i in range(0, len(x) - n + 1, n))
    for _, rows in zip(range(STEPS), batches, strict=False):
        theta = run.theta.copy()
        why = engine.run(run, x, t, rows, 1).why
        if why:
            break
        for e in weights:
            size = rms(theta[e.slice])
            change = rms(run.theta[e.slice] - theta[e.slice])
            taken[e.name].append(change / size if size else math.inf)
    after = math.inf if why else _loss(network, run, x, t)
    after = after if math.isfinite(after) else math.inf
    ratios = {name: float(np.median(r)) for name, r in taken.items() if r}
    return Trial(rate, before, after, why, ratios)


def overfit_batch(
    network: Network, x: np.ndarray, t: np.ndarray, seed: int
) -> InPieces[tuple[float, float]]:
    """Return the loss on these few samples before and after a try to overfit them."""
    run = copied_run(network, Adam(0.01), seed)
    before = _loss(network, run, x, t, penalty=False)
    engine = NumpyEngine(network, run.optimizer, len(x))
    for _ in range(OVERFIT_STEPS // STEPS):
        engine.run(run, x, t, np.tile(np.arange(len(x)), STEPS), STEPS)
        yield
    return before, _loss(network, run, x, t, penalty=False)


def copied_run(network: Network, optimizer: Optimizer, seed: int) -> Run:
    """Return a run from the network's values, with the optimizer's state if it has one."""
    vectors = optimizer.init(network.theta)
    copy = Run(network.theta.copy(), network.state.copy(), optimizer, vectors, seed)
    run = network.run
    if run is not None and run.optimizer == optimizer:
        copy.optimizer_state = {name: v.copy() for name, v in run.optimizer_state.items()}
        copy.step, copy.optimizer_start = run.step, run.optimizer_start
    return copy


def _loss(
    network: Network, run: Run, x: np.ndarray, t: np.ndarray, *, penalty: bool = True
) -> float:
    """Return the training loss, always with the same noise."""
    x, t = network.batch(x), network.targets(t, len(x))
    noise = network.draw_noise(len(x), run.seed, 0)
    with np.errstate(all="ignore"):
        total = float(network.evaluate(run.theta, run.state, x, t, noise=noise).total)
        return total if penalty else total - float(network.penalty_value(run.theta))
