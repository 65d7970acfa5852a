"""The training loop: epochs cut into stretches of steps, with a look around between them."""

from __future__ import annotations

import math
import threading
import time
import warnings
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from tidu.arrays import Array, dense
from tidu.engines import ENGINES, Engine, Steps, choose
from tidu.errors import (
    InputError,
    NonFiniteError,
    TrainingStoppedWarning,
    check_integer,
)
from tidu.layers import BatchNorm, Rescale
from tidu.optimizers import SGD, Optimizer
from tidu.optimizers.base import check_optimizer
from tidu.threads import thread_limit
from tidu.training.batches import Data, Stretch, from_arrays, from_batches
from tidu.training.callbacks import Callback, add_measurements, checked_pair
from tidu.training.history import UNDER_WAY, History, Row
from tidu.training.interrupt import interruptible
from tidu.training.progress import Progress, someone_watches
from tidu.training.run import Run

if TYPE_CHECKING:
    from tidu.network import Network

LOOK_AROUND = 0.05
"""Seconds of steps between two looks at Ctrl-C and the callbacks, about."""


def fit(
    network: Network,
    x: Array | Iterable[tuple[Array, ...]],
    t: Array | None = None,
    *,
    validation: tuple[Array, Array] | None = None,
    optimizer: Optimizer | None = None,
    epochs: int = 10,
    batch_size: int = 100,
    sample_weight: Array | None = None,
    callbacks: Sequence[Callback] = (),
    engine: str = "auto",
    threads: int | None = None,
    seed: int | None = None,
    progress: bool | None = None,
    restart: bool = False,
) -> History:
    """Learn from data, in steps of one batch each.

    Every epoch goes through all samples once, in an order drawn anew from the seed; the last batch
    takes what is left. A further call goes on from where the last one ended: epochs and steps are
    counted on, and the optimizer keeps its state if it has the same settings.

    Parameters
    ----------
    network : Network
        Its `theta` and `state` are changed.
    x : (N, *input_shape), or an iterable of batches
        An array, in the dtype in which it is stored (integers are converted a batch at a time), or
        a `numpy.memmap` larger than memory, or a sparse matrix of ``scipy.sparse``, of which only
        the rows of a batch become dense, and not even these where the compiled engine finds an
        affine layer first. Without ``t``: an iterable of batches ``(x, t)`` or
        ``(x, t, sample_weight)``, each one step, gone through once an epoch.
    t : (N,) or (N, ...)
        Classes or values, as the loss takes them.
    validation : (x, t), optional
        Measured after each epoch.
    optimizer : Optimizer, optional
        ``SGD(0.1)`` if none is given, or that of the run that goes on.
    epochs, batch_size : int
        How many epochs more, and how many samples a step.
    sample_weight : (N,), optional
        The loss of a batch is Σ wᵢ ℓᵢ / Σ wᵢ.
    callbacks : sequence of Callback
        What watches the run, or ends it.
    engine : {"auto", "compiled", "numpy", "numeric"}
        What carries out the steps: compiled kernels, plain NumPy, or differences of the loss alone
        instead of backpropagation. "auto" takes the kernels where every part of the network has a
        compiled form, as all of Tidu's own have, and NumPy elsewhere; ``history.engine`` says
        which it was, and ``history.why_engine`` why.
    threads : int, optional
        How many may work at most; if not given, ``TIDU_THREADS``, or as many as there are
        processors. A small network takes fewer.
    seed : int, optional
        Of orders and noise; that of the network if not given.
    progress : bool, optional
        Whether to show a progress bar and the rows; if not given, where someone watches.
    restart : bool
        Begin anew, from the network's initial parameters.

    Returns
    -------
    History
        One row an epoch, of this run from its beginning; ``.status`` says how it ended. After
        Ctrl-C the network is as far as it got.

    Warns
    -----
    TrainingStoppedWarning
        If the loss or the gradient became NaN or infinite; the network keeps the parameters from
        before that step.

    Examples
    --------
    >>> import numpy as np, tidu as td
    >>> x = np.random.default_rng(0).normal(size=(200, 2))
    >>> t = (x[:, 0] * x[:, 1] > 0).astype(int)
    >>> net = td.Network([td.Affine(16), td.Tanh(), td.Affine(2)], 2, td.SoftmaxCrossEntropy())
    >>> history = net.fit(x, t, optimizer=td.Adam(0.03), epochs=30, batch_size=20)
    >>> history.status
    '30 epochs done'
    >>> bool(history[-1]["accuracy"] > 0.9)
    True
    """
    epochs = check_integer("epochs", epochs)
    batch_size = check_integer("batch_size", batch_size)
    thread_limit(threads)
    if isinstance(callbacks, Callback) or not isinstance(callbacks, Iterable):
        raise TypeError(f"`callbacks` must be a list of callbacks, got {callbacks!r}")
    callbacks = tuple(callbacks)
    for i, callback in enumerate(callbacks):
        if not isinstance(callback, Callback):
            raise TypeError(f"`callbacks[{i}]` must be a Callback, got {callback!r}")
    if t is not None:
        data = from_arrays(network, x, t, sample_weight, batch_size)
    elif sample_weight is not None:
        raise InputError("`sample_weight` goes with arrays; give batches (x, t, sample_weight)")
    else:
        data = from_batches(network, x, epochs)
    if validation is not None:
        validation = checked_pair("validation", validation)
        network.measure(*(part[:1] for part in validation))
    run = _begun(network, optimizer, seed, restart)
    engine, run.history.why_engine = choose(engine, network, run.optimizer)
    if progress if progress is not None else someone_watches():
        callbacks = (*callbacks, Progress(epochs, data.steps))
    if any(callback.saves for callback in callbacks):
        run.conditions = {"engine": engine, "threads": thread_limit(threads), **data.conditions()}
    history = _Loop(network, run, engine, threads, callbacks, validation).fit(data, epochs)
    if history.failed:
        warnings.warn(history.status, TrainingStoppedWarning, stacklevel=3)
    return history


def _begun(network: Network, optimizer: Optimizer | None, seed: int | None, restart: bool) -> Run:
    """Return the run to advance: a new one, or the network's own going on."""
    if optimizer is not None:
        check_optimizer(optimizer)
    if seed is not None:
        check_integer("seed", seed, minimum=0)
    if restart:
        network.initialize()
    if restart or network.run is None:
        optimizer = optimizer or SGD(0.1)
        memory = optimizer.init(network.theta)
        seed = network.seed if seed is None else seed
        network.run = Run(network.theta, network.state, optimizer, memory, seed)
        return network.run
    run = network.run
    run.theta, run.state = network.theta, network.state
    if optimizer is not None and optimizer != run.optimizer:
        run.optimizer, run.optimizer_state = optimizer, optimizer.init(network.theta)
    run.seed = run.seed if seed is None else seed
    run.position, run.sums = 0, np.zeros(3)
    run.begun, run.ended, run.memory = run.epoch, "", {}
    return run


class _Loop:
    """One call of `fit`: what it works on, and the events on the way.

    Its methods return None to go on, or the sentence that ends the run.
    """

    def __init__(
        self,
        network: Network,
        run: Run,
        engine: str,
        threads: int | None,
        callbacks: Sequence[Callback],
        validation: tuple[Array, Array] | None,
    ) -> None:
        self.network, self.run, self.validation = network, run, validation
        self.callbacks = callbacks
        self.watchers = [callback for callback in callbacks if not callback.saves]
        self.savers = [callback for callback in callbacks if callback.saves]
        self.engine_name, self.threads = engine, threads
        self.engine: Engine | None = None
        self.pace = 1
        self.interrupted = threading.Event()

    def fit(self, data: Data, epochs: int) -> History:
        run, history = self.run, self.run.history
        history.engine, history.status, history.failed = self.engine_name, UNDER_WAY, False
        started: list[Callback] = []
        try:
            with interruptible() as self.interrupted:
                for callback in (*self.savers, *self.watchers):
                    callback.on_start(self.network, run)
                    started.append(callback)
                ended = run.ended or None
                while ended is None and run.epoch < run.begun + epochs:
                    ended = self.epoch(data)
            history.status = ended or f"{run.epoch} epochs done"
        finally:
            for callback in started:
                callback.on_end(self.network, run)
        return history

    def epoch(self, data: Data) -> str | None:
        """Go through the data once, and add a row to the history."""
        start = time.perf_counter()
        for stretch in data.stretches(self.run):
            ended = self.steps(stretch)
            if ended:
                return ended
        return self.row(time.perf_counter() - start)

    def steps(self, stretch: Stretch) -> str | None:
        """Have the engine take all steps of a stretch, a few at a time."""
        run, b = self.run, stretch.batch_size
        if self.engine is None or b > self.engine.batch_size:
            self.engine = ENGINES[self.engine_name](self.network, run.optimizer, b, self.threads)
        order = stretch.order
        while len(order):
            due = (c.every - run.step % c.every for c in self.callbacks if c.every)
            k = min(math.ceil(len(order) / b), self.pace, *due, math.inf)
            rows, order = order[: int(k) * b], order[int(k) * b :]
            before = time.perf_counter()
            steps = self.engine.run(run, stretch.x, stretch.t, rows, int(k), stretch.weights)
            self.keep_pace(int(k), time.perf_counter() - before)
            w = steps.weights
            run.position += len(w)
            terms = np.stack([w, w * steps.losses, w * steps.correct], axis=1)
            # step by step, whatever k is
            run.sums = np.cumsum(np.vstack([run.sums, terms]), axis=0)[-1]
            ends = [callback.on_steps(self.network, run, steps) for callback in self.watchers]
            if steps.bad is not None:
                ends = [self.stopped(stretch.x, rows[steps.bad * b : (steps.bad + 1) * b], steps)]
            run.ended = next((end for end in ends if end), "")
            for saver in self.savers:
                saver.on_steps(self.network, run, steps)
            if run.ended:
                return run.ended
            if self.interrupted.is_set():
                return f"interrupted in epoch {run.epoch + 1}, {run.position} steps into it"
        return None

    def keep_pace(self, k: int, seconds: float) -> None:
        """Choose how many steps to take at a time, so that a look around is due when they end."""
        self.pace = max(1, min(int(k * LOOK_AROUND / max(seconds, 1e-9)), 4 * k))

    def row(self, seconds: float) -> str | None:
        """Add the row of the epoch that is done."""
        run = self.run
        weight, loss, correct = run.sums
        row: Row = {"epoch": run.epoch + 1, "loss": float(loss / weight)}
        if not math.isnan(correct):
            row["accuracy"] = float(correct / weight)
        run.epoch, run.position, run.sums = run.epoch + 1, 0, np.zeros(3)
        ended = None
        if self.validation is not None:
            ended = self.finite(add_measurements, row, self.network, self.validation, "val")
        row["lr"] = run.optimizer.rate(run.step - 1)
        row["seconds"] = seconds
        run.history.append(row)
        ends = [self.finite(c.on_epoch, self.network, run, row) for c in self.watchers]
        run.ended = next((end for end in (ended, *ends) if end), "")
        for saver in self.savers:
            saver.on_epoch(self.network, run, row)
        return run.ended or None

    def finite(self, event: Callable[..., str | None], *arguments: object) -> str | None:
        """Return what an event of an epoch's end gives; numbers not finite there end the run."""
        try:
            return event(*arguments)
        except NonFiniteError as error:
            self.run.history.failed = True
            return f"stopped after epoch {self.run.epoch}: {error}"

    def stopped(self, x: np.ndarray, rows: np.ndarray, steps: Steps) -> str:
        """Return a sentence on the step that did not end in finite numbers, and what to do."""
        run, why, advice = self.run, steps.why, ""
        run.history.failed = True
        batch = dense(x[rows]).astype(np.float64)
        largest = float(np.max(np.abs(batch), initial=0))
        rate = run.optimizer.rate(run.step)
        scaled = any(isinstance(layer, (Rescale, BatchNorm)) for layer in self.network.layers[:1])
        if not math.isfinite(largest):
            i, *place = np.argwhere(~np.isfinite(batch))[0].tolist()
            where = ", ".join(map(str, (rows[i], *place)))
            why = f"x[{where}] is {batch[i, *place]}: drop or mend such samples"
        elif largest > 30 and not scaled:
            advice = f"; inputs go up to {largest:g}: put Rescale({1 / largest:.2g}) first"
        else:
            advice = f"; the learning rate {rate:g} may be too high: try {rate / 10:g}"
        return (
            f"stopped before step {run.step + 1} (epoch {run.epoch + 1}), whose loss, gradient or "
            f"update is not finite: {why}{advice}"
        )
