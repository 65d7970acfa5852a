"""The training loop: epochs cut into chunks of steps, with events between them."""

from __future__ import annotations

import math
import threading
import time
import warnings
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from tidu.arrays import Array, dense
from tidu.engines import ENGINES, Engine, Steps, choose
from tidu.errors import (
    InputError,
    NonFiniteError,
    TrainingStoppedWarning,
    check_integer,
    check_list,
)
from tidu.optimizers import SGD, Optimizer, as_optimizer
from tidu.outcome import Outcome, StopReason
from tidu.threads import thread_limit
from tidu.training.batches import Chunk, Data, from_batches, from_samples, samples_of
from tidu.training.callbacks import Callback, add_measurements, checked_pair
from tidu.training.history import History, Row
from tidu.training.interrupt import interruptible
from tidu.training.progress import ProgressBar, someone_watches
from tidu.training.run import Run

if TYPE_CHECKING:
    from tidu.network import Network

EVENT_INTERVAL = 0.05
"""About how many seconds of steps lie between two events: callbacks, and a check for Ctrl-C."""


def fit(
    network: Network,
    x: Array | Iterable[tuple[Array, ...]],
    t: Array | None = None,
    *,
    validation: tuple[Array, Array] | None = None,
    optimizer: Optimizer | str | None = None,
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
    takes what is left. One sample that is left over joins the batch before it where a layer, such
    as `BatchNorm`, needs more than one.

    A further call goes on from where the last one ended: epochs and steps are counted on, and an
    optimizer with the same settings goes on where it stood. One with other settings takes over
    with a state of its own, and its schedule and its bias correction begin at its own first step.

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
    optimizer : Optimizer or str, optional
        An update rule, or the name of one, such as "adam", for its default settings; ``SGD(0.1)``
        if none is given, or that of the run that goes on.
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
        Whether to show a progress bar and the rows; if not given, in a terminal or a notebook.
    restart : bool
        Begin anew, from the network's initial parameters.

    Returns
    -------
    History
        One row an epoch, of this run from its beginning; ``.outcome`` and ``.status`` say how it
        ended, as a code and as a sentence. After Ctrl-C the network is as far as it got.

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
    callbacks = check_list("callbacks", callbacks, Callback)
    if t is not None:
        data = from_samples(samples_of(network, x, t, sample_weight, batch_size))
    elif sample_weight is not None:
        raise InputError("`sample_weight` goes with arrays; give batches (x, t, sample_weight)")
    else:
        data = from_batches(network, x, epochs)
    if validation is not None:
        validation = checked_pair("validation", validation)
        network.measure(*(part[:1] for part in validation))
    run = run_to_advance(network, optimizer, seed, restart)
    engine, run.history.why_engine = choose(engine, network, run.optimizer)
    if progress if progress is not None else someone_watches():
        callbacks.append(ProgressBar(epochs, data.steps))
    if any(callback.saves for callback in callbacks):
        run.fingerprint = {"engine": engine, "threads": thread_limit(threads), **data.fingerprint()}
    history = Loop(network, run, engine, threads, callbacks, validation).fit(data, epochs)
    if history.failed:
        warnings.warn(history.status, TrainingStoppedWarning, stacklevel=2)
    return history


def run_to_advance(
    network: Network, optimizer: Optimizer | str | None, seed: int | None, restart: bool
) -> Run:
    """Return the run to advance: a new one, or the network's own going on."""
    optimizer = None if optimizer is None else as_optimizer(optimizer)
    if seed is not None:
        check_integer("seed", seed, minimum=0)
    if restart:
        network.initialize()
    if restart or network.run is None:
        optimizer = optimizer or SGD(0.1)
        vectors = optimizer.init(network.theta)
        seed = network.seed if seed is None else seed
        network.run = Run(network.theta, network.state, optimizer, vectors, seed)
        return network.run
    run = network.run
    run.adopt(network.theta, network.state)
    if optimizer is not None and optimizer != run.optimizer:
        run.take_over(optimizer)
    run.seed = run.seed if seed is None else seed
    run.position, run.sums = 0, np.zeros(3)
    run.start_epoch, run.stop_reason, run.callback_state = run.epoch, None, {}
    run.last_batch_joins = True
    return run


class Loop:
    """One training run: what it works on, and the events on the way.

    Its methods return None to go on, or the reason to end the run.
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
        self.settings = engine, threads, callbacks, validation
        self.watchers = [callback for callback in callbacks if not callback.saves]
        self.savers = [callback for callback in callbacks if callback.saves]
        self.engine_name, self.threads = engine, threads
        self.engines: dict[int, Engine] = {}
        self.steps_per_call = 1
        self.interrupted = threading.Event()
        self.started: list[Callback] = []

    def fit(self, data: Data, epochs: int) -> History:
        """Learn for some epochs, from the start to whatever end."""
        run = self.run
        try:
            with interruptible() as self.interrupted:
                self.start()
                reason = run.stop_reason
                while reason is None and run.epoch < run.start_epoch + epochs:
                    reason = self.epoch(data)
            self.finish(reason)
        finally:
            self.end()
        return run.history

    def start(self) -> None:
        """Tell callbacks that the run starts."""
        history = self.run.history
        history.outcome, history.status = Outcome.RUNNING, "Running"
        for callback in (*self.savers, *self.watchers):
            callback.on_start(self.network, self.run)
            self.started.append(callback)
        # what a saved run had said of its end holds no longer
        history.outcome, history.status = Outcome.RUNNING, "Running"
        history.engine = self.engine_name

    def finish(self, reason: StopReason | None) -> None:
        """Note how the run ended."""
        done = StopReason(Outcome.DONE, f"{self.run.epoch} epochs done")
        self.run.history.outcome, self.run.history.status = reason or done

    def end(self) -> None:
        """Tell the callbacks that were told of the start that the run has ended."""
        for callback in self.started:
            callback.on_end(self.network, self.run)

    def epoch(self, data: Data) -> StopReason | None:
        """Go through the data once, and add a row to the history."""
        start = time.perf_counter()
        for chunk in data.chunks(self.run):
            reason = self.steps(chunk)
            if reason:
                return reason
        return self.row(time.perf_counter() - start)

    def steps(self, chunk: Chunk) -> StopReason | None:
        """Have the engine take all steps of a chunk, a few at a time."""
        run, b = self.run, chunk.batch_size
        engine, order = self.engine(b), chunk.order
        while len(order):
            k = self.steps_at_once(math.ceil(len(order) / b))
            rows, order = order[: k * b], order[k * b :]
            before = time.perf_counter()
            steps = engine.run(run, chunk.x, chunk.t, rows, k, chunk.weights)
            self.adapt_steps_per_call(k, time.perf_counter() - before)
            bad = rows[:0] if steps.bad is None else rows[steps.bad * b : (steps.bad + 1) * b]
            reason = self.made(steps, chunk.x, bad)
            if reason:
                return reason
            if self.interrupted.is_set():
                return interrupted(run)
        return None

    def steps_at_once(self, most: int) -> int:
        """Return how many steps to take in one call, so that it ends where a callback is due."""
        step = self.run.step
        due = [c.every_steps - step % c.every_steps for c in self.callbacks if c.every_steps]
        return min(most, self.steps_per_call, *due)

    def made(self, steps: Steps, x: Array, bad: np.ndarray) -> StopReason | None:
        """Add up steps that were made; ``bad`` are the rows of x that one failed on, if any did."""
        run = self.run
        run.position += len(steps.weights)
        # step by step, whatever their number is
        run.sums = np.cumsum(np.vstack([run.sums, terms(steps)]), axis=0)[-1]
        reasons = [_asked(c.on_steps(self.network, run, steps)) for c in self.watchers]
        if steps.bad is not None:
            reasons = [self.not_finite(x[bad], bad, steps)]
        run.stop_reason = next((reason for reason in reasons if reason), None)
        for saver in self.savers:
            saver.on_steps(self.network, run, steps)
        return run.stop_reason

    def engine(self, batch_size: int) -> Engine:
        """Return the engine for batches of this size; those of the last two sizes are kept."""
        if batch_size not in self.engines:
            self.engines = dict(list(self.engines.items())[-1:])
            kind = ENGINES[self.engine_name]
            self.engines[batch_size] = kind(
                self.network, self.run.optimizer, batch_size, self.threads
            )
        return self.engines[batch_size]

    def adapt_steps_per_call(self, k: int, seconds: float) -> None:
        """Choose how many steps to take at a time, so that events are due when they end."""
        most = int(k * EVENT_INTERVAL / max(seconds, 1e-9))
        self.steps_per_call = max(1, min(most, 4 * k))

    def row(self, seconds: float) -> StopReason | None:
        """Add the row of the epoch that is done."""
        run = self.run
        row = epoch_row(run.epoch + 1, run.sums)
        run.epoch, run.position, run.sums = run.epoch + 1, 0, np.zeros(3)
        reasons = []
        if self.validation is not None:
            measure = partial(add_measurements, row, self.network, self.validation, "val")
            reasons.append(self.finite(measure))
        row["lr"] = run.rate(-1)
        row["seconds"] = seconds
        run.history.append(row)
        for callback in self.watchers:
            reasons.append(self.finite(partial(callback.on_epoch, self.network, run, row)))
        run.stop_reason = next((reason for reason in reasons if reason), None)
        for saver in self.savers:
            saver.on_epoch(self.network, run, row)
        return run.stop_reason

    def finite(self, event: Callable[[], str | None]) -> StopReason | None:
        """Carry out an event of an epoch's end; numbers that are not finite there end the run."""
        try:
            return _asked(event())
        except NonFiniteError as error:
            return StopReason(Outcome.NOT_FINITE, f"Stopped after epoch {self.run.epoch}: {error}")

    def not_finite(self, batch: Array, rows: np.ndarray, steps: Steps) -> StopReason:
        """Return why the step on this batch did not end in finite numbers, and what to do."""
        run, why, advice = self.run, steps.why, ""
        x = dense(batch).astype(np.float64)
        if np.isfinite(x).all():
            advice = f"; {run.advice(self.network, batch)}"
        else:
            i, *index = np.argwhere(~np.isfinite(x))[0].tolist()
            entry = ", ".join(map(str, (rows[i], *index)))
            why = f"x[{entry}] is {x[i, *index]}: drop or correct such samples"
        return StopReason(
            Outcome.NOT_FINITE,
            f"Stopped before step {run.step + 1} (epoch {run.epoch + 1}), whose loss, gradient or "
            f"update is not finite: {why}{advice}",
        )


def terms(steps: Steps) -> np.ndarray:
    """Return weight, weighted loss and weighted correct of each step, a row each."""
    w = steps.weights
    return np.stack([w, w * steps.losses, w * steps.correct], axis=1)


def epoch_row(epoch: int, sums: Iterable[float]) -> Row:
    """Return the row of an epoch, as far as its steps tell it."""
    weight, loss, correct = sums
    row: Row = {"epoch": epoch, "loss": float(loss / weight)}
    if not math.isnan(correct):
        row["accuracy"] = float(correct / weight)
    return row


def interrupted(run: Run) -> StopReason:
    """Return the reason of a run that Ctrl-C ended."""
    return StopReason(
        Outcome.INTERRUPTED, f"Interrupted in epoch {run.epoch + 1}, {run.position} steps into it"
    )


def _asked(sentence: str | None) -> StopReason | None:
    """Return what a callback answered as a reason to end the run, if it is one."""
    return StopReason(Outcome.STOPPED_EARLY, sentence) if sentence else None
