"""A run that goes to any step, forward or back, and always shows the same numbers there.

A run is a value, and the order and the noise of a step depend on the seed and the step alone. So
it is enough to keep copies of the run at intervals: any step is the nearest copy before it, and
the steps from there on.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass

import numpy as np

from tidu.engines import ENGINES, Engine, choose
from tidu.language import translator
from tidu.network import Network
from tidu.optimizers import Optimizer
from tidu.training import Run
from tidu.training.batches import Chunk, from_samples, samples_of

_ = translator("library")

COPIES = 256
"""How many copies are kept; then every second goes, and they lie twice as far apart."""
BYTES = 2**26
"""How much memory copies may take, where so many are more; 16 are kept in any case."""
AT_ONCE = 256
"""Steps between two looks at the clock."""


@dataclass(frozen=True)
class Copy:
    """A run at one of its steps."""

    theta: np.ndarray
    state: np.ndarray
    optimizer_state: dict[str, np.ndarray]
    step: int
    epoch: int
    position: int

    @property
    def size(self) -> int:
        """How many bytes it holds."""
        return sum(v.nbytes for v in (self.theta, self.state, *self.optimizer_state.values()))

    @classmethod
    def of(cls, run: Run) -> Copy:
        """Return a copy of what a run is now."""
        vectors = {name: vector.copy() for name, vector in run.optimizer_state.items()}
        at = run.step, run.epoch, run.position
        return cls(run.theta.copy(), run.state.copy(), vectors, *at)

    def restore(self, run: Run) -> None:
        """Take a run back to where this copy was made."""
        run.theta, run.state = self.theta, self.state  # an assignment copies
        run.optimizer_state = {name: v.copy() for name, v in self.optimizer_state.items()}
        run.step, run.epoch, run.position = self.step, self.epoch, self.position


class Rewindable:
    """A network that learns, at whatever step one asks for.

    Attributes
    ----------
    network, run
        As they are at this step.
    batch_size
        How many samples a step takes.
    stopped
        Why no further step can be taken, in a sentence; empty where one can.
    """

    def __init__(
        self, network: Network, optimizer: Optimizer, x: np.ndarray, t: np.ndarray, batch_size: int
    ) -> None:
        vectors = optimizer.init(network.theta)
        self.run = Run(network.theta, network.state, optimizer, vectors, network.seed)
        self.network, self.batch_size = network, batch_size
        network.run = self.run
        self.engine_name = self.run.history.engine = choose("auto", network, optimizer)[0]
        self.data = from_samples(samples_of(network, x, t, None, batch_size))
        self.stopped, self.last = "", math.inf
        self._engines: dict[int, Engine] = {}
        self._apart = 16
        first = Copy.of(self.run)
        self._copies = {0: first}
        self._most_copies = min(COPIES, max(16, BYTES // max(first.size, 1)))

    @property
    def step(self) -> int:
        """How many steps are done."""
        return self.run.step

    def go_to(self, step: int, late: float = math.inf) -> None:
        """Go to a step, or to the last one that can be taken before it.

        Parameters
        ----------
        step
            Where to go.
        late
            When to stop on the way, on the clock of `time.monotonic`; the next call goes on.
        """
        step = int(min(step, self.last))
        nearest = max(k for k in self._copies if k <= step)
        if self.step > step or self.step < nearest:
            self._copies[nearest].restore(self.run)
        while self.step < step and not self._at_the_end() and time.monotonic() < late:
            for chunk in self.data.chunks(self.run):
                self._learn(chunk, step, late)
                if self.step == step or self._at_the_end() or time.monotonic() >= late:
                    break

    def coming(self) -> tuple[np.ndarray, np.ndarray]:
        """Return the gradient of the step that comes next, and its update of the parameters."""
        network, run = self.network, self.run
        chunk = next(c for c in self.data.chunks(run) if len(c.order))
        rows = chunk.order[: chunk.batch_size]
        x, t = network.batch(chunk.x[rows]), network.targets(chunk.t[rows], len(rows))
        noise = network.draw_noise(len(rows), run.seed, run.step)
        with np.errstate(all="ignore"):
            found = network.evaluate(network.theta, network.state, x, t, noise=noise, gradient=True)
            new, _ = run.optimizer.update(
                network.theta, found.dtheta, run.optimizer_state, run.optimizer_step,
                network.layout.mask(decays=True),
            )  # fmt: skip
        assert found.dtheta is not None
        return found.dtheta, new - network.theta

    def _at_the_end(self) -> bool:
        return self.step >= self.last

    def _learn(self, chunk: Chunk, until: int, late: float) -> None:
        run, b, order = self.run, chunk.batch_size, chunk.order
        engine = self._engine(b)
        while len(order) and run.step < until and time.monotonic() < late:
            due = min(self._apart - run.step % self._apart, AT_ONCE)
            k = min(math.ceil(len(order) / b), until - run.step, due)
            rows, order = order[: k * b], order[k * b :]
            steps = engine.run(run, chunk.x, chunk.t, rows, k)
            run.position += len(steps.losses)
            if run.position == self.data.steps:
                run.epoch, run.position = run.epoch + 1, 0
            if steps.bad is not None:
                self.last = run.step
                advice = run.advice(self.network, chunk.x[rows])
                self.stopped = steps.why + _("; {advice}").format(advice=advice)
                return
            if run.step % self._apart == 0:
                self._keep()

    def _engine(self, batch_size: int) -> Engine:
        if batch_size not in self._engines:
            kind = ENGINES[self.engine_name]
            self._engines[batch_size] = kind(self.network, self.run.optimizer, batch_size, 1)
        return self._engines[batch_size]

    def _keep(self) -> None:
        self._copies.setdefault(self.step, Copy.of(self.run))
        if len(self._copies) > self._most_copies:
            self._apart *= 2
            self._copies = {k: c for k, c in self._copies.items() if k % self._apart == 0}
