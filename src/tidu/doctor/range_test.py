"""The learning-rate range test: the loss while the rate grows from step to step."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING

import numpy as np

from tidu.arrays import Array
from tidu.doctor.case import Case
from tidu.doctor.trials import copied_run
from tidu.engines.numpy_engine import NumpyEngine
from tidu.errors import InputError, NonFiniteError, check_integer, check_number
from tidu.language import translator
from tidu.optimizers import Optimizer
from tidu.randomness import stream

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from tidu.network import Network

_ = translator("doctor")

SMOOTHING = 0.9
"""The weight of earlier steps in the running mean of the losses."""
CLIMBED = 4.0
"""The test ends when the smoothed loss is more than this many times its lowest value."""


@dataclass(frozen=True, repr=False)
class RangeTest:
    """Learning rates that were tried, one a step, and the loss at each.

    Attributes
    ----------
    rates, losses
        The rate of each step, and the loss of its batch before the step.
    smoothed
        The running mean of the losses, its bias corrected.
    suggestion
        A tenth of the rate at which the smoothed loss is lowest.
    ended_early
        Whether the loss climbed, or numbers stopped being finite, before the highest rate.

    Examples
    --------
    >>> import numpy as np
    >>> import tidu as td
    >>> net = td.Network([td.Affine(2)], 3, td.SoftmaxCrossEntropy(), seed=0)
    >>> x = np.random.default_rng(0).normal(size=(60, 3))
    >>> net.lr_range_test(x, (x[:, 0] > 0).astype(int)).suggestion > 0
    True
    """

    rates: np.ndarray
    losses: np.ndarray
    smoothed: np.ndarray
    suggestion: float
    ended_early: bool

    def plot(self, *, theme: str = "light") -> Figure:
        """Return a figure of the loss over the rate; see `tidu.plots.range_test`."""
        from tidu.plots import range_test

        return range_test(self, theme=theme)

    def __repr__(self) -> str:
        lowest = int(self.smoothed.argmin())
        end = _("the loss climbed there") if self.ended_early else _("it did not climb")
        return _(
            "rates from {first:.2g} to {last:.2g}, {end}; the smoothed loss is "
            "lowest, {loss:.3g}, at {rate:.2g}: "
            "try {suggestion:.2g}"
        ).format(
            first=self.rates[0],
            last=self.rates[-1],
            end=end,
            loss=self.smoothed[lowest],
            rate=self.rates[lowest],
            suggestion=self.suggestion,
        )


@dataclass(frozen=True)
class _Growing:
    """A schedule: ``lowest · growth^k`` at the k-th step of the test."""

    lowest: float
    growth: float
    first: int

    def __call__(self, step: int) -> float:
        """Return the learning rate at this step."""
        return self.lowest * self.growth ** (step - self.first)


def _batches(n: int, size: int, seed: int) -> Iterator[np.ndarray]:
    """Yield batches of one size for ever, epoch after epoch."""
    for epoch in count():
        order = stream(seed, "order", epoch).permutation(n)
        yield from (order[i : i + size] for i in range(0, n - size + 1, size))


def lr_range_test(
    network: Network,
    x: Array,
    t: Array,
    *,
    optimizer: Optimizer | str | None = None,
    lowest: float = 1e-6,
    highest: float = 10.0,
    steps: int = 100,
    batch_size: int = 100,
    seed: int = 0,
) -> RangeTest:
    """Let a copy of the network learn while the learning rate grows, and suggest a rate.

    ::

        η_k = lowest · (highest / lowest)^(k / (steps − 1)),    k = 0 ... steps − 1

    The test ends where the smoothed loss is four times its lowest value, or where numbers stop
    being finite. The network itself is not changed.

    Parameters
    ----------
    network : Network
    x : (N, *input_shape)
    t : (N,) or (N, ...)
        What it learns from.
    optimizer : Optimizer or str, optional
        What takes the steps, or its name; that of the network's run, or ``SGD(0.1)``, if not given.
        Its own rate does not matter.
    lowest, highest : float
        The rates of the first and of the last step, above 0.
    steps : int
        How many steps there are at most, at least 2.
    batch_size : int
        Samples a step, as in `fit`.
    seed : int
        Of orders and of noise.

    Returns
    -------
    RangeTest
        ``.suggestion``, ``.rates``, ``.losses``, ``.smoothed``, ``.plot()``.

    Raises
    ------
    NonFiniteError
        If numbers are not finite at the lowest rate already.

    References
    ----------
    Smith, "Cyclical learning rates for training neural networks", 2017, section 3.3.

    Examples
    --------
    >>> import tidu as td
    >>> data = td.datasets.load_digits("train")
    >>> layers = [td.Rescale(1 / 16), td.Affine(30), td.ReLU(), td.Affine(10)]
    >>> net = td.Network(layers, 64, td.SoftmaxCrossEntropy())
    >>> test = net.lr_range_test(data.x, data.t, optimizer="adam")
    >>> 0.001 < test.suggestion < 0.1
    True
    """
    low = check_number("lowest", lowest, above=0)
    high = check_number("highest", highest, above=0)
    if high <= low:
        raise InputError(f"`highest` must be above `lowest`, {low:g}, got {high:g}")
    steps = check_integer("steps", steps, minimum=2)
    case = Case.of(network, x, t, optimizer=optimizer, batch_size=batch_size, seed=seed)
    n = min(case.batch_size, len(case.x))
    run = copied_run(network, case.optimizer, seed)
    growth = (high / low) ** (1 / (steps - 1))
    run.optimizer = case.optimizer.with_rate(_Growing(low, growth, run.optimizer_step))
    engine = NumpyEngine(network, run.optimizer, n)
    losses: list[float] = []
    smoothed: list[float] = []
    mean, bad = 0.0, ""
    for k, rows in zip(range(steps), _batches(len(case.x), n, seed), strict=False):
        done = engine.run(run, case.x, case.t, rows, 1)
        bad = done.why
        if bad:
            break
        losses.append(float(done.losses[0]))
        mean = SMOOTHING * mean + (1 - SMOOTHING) * losses[-1]
        smoothed.append(mean / (1 - SMOOTHING ** (k + 1)))
        if smoothed[-1] > CLIMBED * min(smoothed):
            break
    if not losses:
        raise NonFiniteError(f"numbers are not finite at the rate {low:g} already: {bad}")
    rates = low * growth ** np.arange(len(losses))
    curve = np.array(smoothed)
    suggestion = float(rates[curve.argmin()] / 10)
    return RangeTest(rates, np.array(losses), curve, suggestion, len(losses) < steps)
