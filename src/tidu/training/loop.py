"""The training loop: epochs cut into chunks of steps, with events between them."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from tidu.arrays import Array, dense
from tidu.engines import ENGINES, Engine, Steps
from tidu.engines.base import non_finite_sample
from tidu.errors import NonFiniteError
from tidu.language import translator
from tidu.outcome import Outcome, StopReason
from tidu.training.batches import Chunk, Data
from tidu.training.callbacks import Callback, add_measurements
from tidu.training.history import History, Row
from tidu.training.interrupt import interruptible
from tidu.training.run import Run

_ = translator("library")

if TYPE_CHECKING:
    from tidu.network import Network

EVENT_INTERVAL = 0.05
"""About how many seconds of steps lie between two events: callbacks, and a check for Ctrl-C."""


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

    @property
    def watched(self) -> bool:
        """Whether something is due at the end of each epoch."""
        return bool(self.callbacks) or self.validation is not None

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
        history.outcome, history.status = Outcome.RUNNING, _("Running")
        for callback in (*self.savers, *self.watchers):
            callback.on_start(self.network, self.run)
            self.started.append(callback)
        # what a saved run had said of its end holds no longer
        history.outcome, history.status = Outcome.RUNNING, _("Running")
        history.engine = self.engine_name

    def finish(self, reason: StopReason | None) -> None:
        """Note how the run ended."""
        sentence = _("1 epoch done") if self.run.epoch == 1 else _("{n} epochs done")
        done = StopReason(Outcome.DONE, sentence.format(n=self.run.epoch))
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
            if self.is_interrupted():
                return interrupted(run)
        return None

    def is_interrupted(self) -> bool:
        """Return whether Ctrl-C is to end the run here."""
        return self.interrupted.is_set()

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
            reasons = [self.not_finite(x, bad, steps)]
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
            sentence = _("Stopped after epoch {epoch}: {error}")
            return StopReason(
                Outcome.NOT_FINITE, sentence.format(epoch=self.run.epoch, error=error)
            )

    def not_finite(self, x: Array, rows: np.ndarray, steps: Steps) -> StopReason:
        """Return why the step on these rows did not end in finite numbers, and what to do."""
        run, why, advice = self.run, steps.why, ""
        batch = x[rows]
        values = dense(batch).astype(np.float64)
        if np.isfinite(values).all():
            advice = _("; {advice}").format(advice=run.advice(self.network, batch))
        else:
            why = non_finite_sample(values, rows)
        return step_not_finite(run, why + advice)


def step_not_finite(run: Run, why: str) -> StopReason:
    """Return the reason of a run whose next step is not finite."""
    return StopReason(
        Outcome.NOT_FINITE,
        _(
            "Stopped before step {step} (epoch {epoch}), whose loss, gradient or update is not "
            "finite: {why}"
        ).format(step=run.step + 1, epoch=run.epoch + 1, why=why),
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
        Outcome.INTERRUPTED,
        _("Interrupted in epoch {epoch}, {steps} steps into it").format(
            epoch=run.epoch + 1, steps=run.position
        ),
    )


def _asked(sentence: str | None) -> StopReason | None:
    """Return what a callback answered as a reason to end the run, if it is one."""
    return StopReason(Outcome.STOPPED_EARLY, sentence) if sentence else None
