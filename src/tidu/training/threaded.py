"""Runs in few calls: the compiled kernels make whole epochs where nothing is due before their ends.

Of many networks each thread takes whole ones, without a barrier. Where a network has no compiled
form, one learns after the other.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from functools import partial

import numpy as np

from tidu.engines import (
    Advance,
    Member,
    Shared,
    Steps,
    TrainingSet,
    Worker,
    advance_alone,
    why_no_pieces,
)
from tidu.engines.compiled.blas import held_to
from tidu.engines.compiled.parallel import run_parallel
from tidu.engines.compiled.pieces import PIECE_STEPS
from tidu.engines.compiled.program import multiplications
from tidu.engines.compiled.supported import rule_beneath
from tidu.outcome import StopReason
from tidu.threads import thread_limit
from tidu.training.batches import Data, from_samples
from tidu.training.history import History
from tidu.training.interrupt import interruptible
from tidu.training.loop import Loop, epoch_row, interrupted, terms
from tidu.training.progress import ManyProgress

PIECE_WORK = 5e7
"""About how many multiplications are done between two looks at Ctrl-C."""


def are_compiled(loops: Sequence[Loop]) -> bool:
    """Return whether the compiled kernels can carry out all of these runs by whole epochs."""
    return all(loop.engine_name == "compiled" for loop in loops) and not why_no_pieces()


def fit_here(
    loops: Sequence[Loop],
    data: Sequence[tuple[TrainingSet, bool]],
    epochs: Sequence[int],
    threads: int | None,
    bar: ManyProgress | None = None,
) -> None:
    """Carry out each run in this process, as `fit` does it; data are samples, and if shared."""
    if are_compiled(loops):
        _Many(loops, data, epochs, threads, bar).fit()
        return
    for loop, (samples, _), n in zip(loops, data, epochs, strict=True):
        loop.fit(from_samples(samples), n)


def fit_alone(loop: Loop, data: Data, epochs: int) -> History:
    """Carry out one run: by kernels that draw orders and noise themselves, where they can."""
    samples, advance = data.samples, None
    if samples is not None and loop.engine_name == "compiled":
        advance = advance_alone(loop.network, loop.run.optimizer, samples, loop.threads)
    if samples is None or advance is None:
        return loop.fit(data, epochs)
    with interruptible() as stop:
        _One(loop, samples, epochs).learn(advance, stop.is_set)
    return loop.run.history


class _One:
    """One network: its run, its data, and how long its epoch has taken so far."""

    def __init__(self, loop: Loop, samples: TrainingSet, epochs: int) -> None:
        self.loop, self.run, self.samples, self.epochs = loop, loop.run, samples, epochs
        self.started = False
        self.reason: StopReason | None = None
        self.seconds = 0.0
        work = multiplications(loop.network) * samples.batch_size
        loop.steps_per_call = int(max(1, min(PIECE_STEPS, PIECE_WORK // max(work, 1))))

    @property
    def last(self) -> int:
        """The epochs that are done when all are."""
        return self.run.start_epoch + self.epochs

    @property
    def over(self) -> bool:
        """Whether its run has ended."""
        return self.reason is not None or self.run.epoch >= self.last

    def learn(self, advance: Advance, stops: Callable[[], bool]) -> None:
        """Learn from the start to the end, or until it is to stop."""
        try:
            self.loop.start()
            self.started, self.reason = True, self.run.stop_reason
            while not (self.over or stops()):
                self.piece(advance)
            self.loop.finish(self.reason if self.over else interrupted(self.run))
        finally:
            self.loop.end()

    def piece(self, advance: Advance) -> None:
        """Make some steps: whole epochs where nothing is due before their ends."""
        start, run, loop = time.perf_counter(), self.run, self.loop
        epochs = min(self.last - run.epoch, loop.steps_per_call // self.samples.steps)
        if loop.watched or run.position or not epochs:
            self._within_epoch(advance, start)
            return
        first = run.optimizer_step
        steps = advance(run, epochs * self.samples.steps)
        self._rows(steps, first, start)

    def _within_epoch(self, advance: Advance, start: float) -> None:
        run, loop = self.run, self.loop
        k = loop.steps_at_once(self.samples.steps - run.position)
        if k:  # a run that was saved after the last step of an epoch lacks its row alone
            steps = advance(run, k)
            self.seconds += time.perf_counter() - start
            self._made(steps)
        if self.reason is None and run.position == self.samples.steps:
            self.reason, self.seconds = loop.row(self.seconds), 0.0

    def _made(self, steps: Steps) -> None:
        run, samples, bad = self.run, self.samples, self.samples.rows[:0]
        if steps.bad is not None:
            bad = samples.rows_of_step(run.seed, run.epoch, run.position + steps.bad)
        self.reason = self.loop.made(steps, samples.x, bad)

    def _rows(self, steps: Steps, first: int, start: float) -> None:
        """Add the rows of whole epochs, as `Loop.row` does, and what is left of the last."""
        run, s = self.run, self.samples.steps
        whole = len(steps.weights) // s
        sums = np.cumsum(terms(steps)[: whole * s].reshape(whole, s, 3), axis=1)[:, -1].tolist()
        seconds = (time.perf_counter() - start) / max(whole, 1)
        changes = callable(rule_beneath(run.optimizer).lr)
        lr = run.optimizer.rate(first)
        for e, of_epoch in enumerate(sums, 1):
            row = epoch_row(run.epoch + e, of_epoch)
            row["lr"] = run.optimizer.rate(first + e * s - 1) if changes else lr
            row["seconds"] = seconds
            run.history.append(row)
        run.epoch += whole
        if steps.bad is not None:
            n = whole * s
            losses, correct, weights = steps.losses[n:], steps.correct[n:], steps.weights[n:]
            self._made(Steps(losses, correct, weights, steps.bad - n, steps.why))


class _Many:
    """Runs of the compiled engine, on a few threads."""

    def __init__(
        self,
        loops: Sequence[Loop],
        data: Sequence[tuple[TrainingSet, bool]],
        epochs: Sequence[int],
        threads: int | None,
        bar: ManyProgress | None,
    ) -> None:
        self.shared, self.bar = Shared(), bar
        triples = list(zip(loops, data, epochs, strict=True))
        self.ones = [_One(loop, samples, n) for loop, (samples, _), n in triples]
        self.members = [
            Member(loop.network, loop.run.optimizer, samples, self.shared if is_shared else None)
            for loop, (samples, is_shared), _ in triples
        ]
        self.threads = min(thread_limit(threads), len(loops))
        self.stop = threading.Event()
        self.todo: deque[tuple[_One, Member]] = deque()

    def fit(self) -> None:
        with interruptible() as self.stop, held_to(1):
            self.learn()
        for one in self.ones:
            if not one.started:
                one.loop.finish(interrupted(one.run))

    def done(self) -> tuple[int, int]:
        """Return how many networks and epochs are done; those left out count as done."""
        over = [one for one in self.ones if one.over]
        left = sum(one.last - one.run.epoch for one in self.ones if not one.over)
        return len(over), sum(one.last - one.run.start_epoch for one in self.ones) - left

    def learn(self) -> None:
        """Let each thread take one network after another, until none is left."""
        self.todo = deque(zip(self.ones, self.members, strict=True))
        abandoned = threading.Event()

        def stops() -> bool:
            return self.stop.is_set() or abandoned.is_set()

        def work(i: int) -> None:
            worker = Worker(self.shared)

            def stops_here() -> bool:
                if self.bar and i == 0:
                    self.bar.show(self.done)
                return stops()

            while self.todo and not stops():
                try:
                    one, member = self.todo.popleft()
                except IndexError:
                    return
                one.learn(partial(worker.advance, member), stops_here)

        run_parallel(work, self.threads, abandoned.set)
