"""Many networks at once: each learns as if it were alone, and threads take whole networks."""

from __future__ import annotations

import threading
import time
import warnings
from collections import deque
from collections.abc import Callable, Hashable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from tidu.arrays import Array
from tidu.engines import Member, Shared, Steps, TrainingSet, Worker, choose, why_no_pieces
from tidu.engines.compiled.blas import held_to
from tidu.engines.compiled.parallel import run_parallel
from tidu.engines.compiled.pieces import PIECE_STEPS, program_key
from tidu.engines.compiled.program import multiplications
from tidu.engines.compiled.supported import rule_beneath
from tidu.errors import TrainingStoppedWarning, check_integer
from tidu.optimizers import Optimizer
from tidu.outcome import StopReason
from tidu.threads import thread_limit
from tidu.training.batches import from_samples
from tidu.training.callbacks import Callback, checked_pair
from tidu.training.elsewhere import fit_elsewhere
from tidu.training.fit import Loop, epoch_row, interrupted, run_to_advance, terms
from tidu.training.history import History
from tidu.training.interrupt import interruptible
from tidu.training.many_arguments import checked_networks, copies_of, each, is_own, training_sets
from tidu.training.progress import ManyProgress, someone_watches

if TYPE_CHECKING:
    from tidu.network import Network

PIECE_WORK = 5e7
"""About how many multiplications are done between two looks at Ctrl-C."""
Pair = tuple[Array, Array]


def fit_many(
    networks: Sequence[Network],
    x: Array | Sequence[Array],
    t: Array | Sequence[Array],
    *,
    rows: Sequence[Array] | None = None,
    validation: Pair | Sequence[Pair] | None = None,
    optimizer: Optimizer | str | Sequence[Optimizer | str] | None = None,
    epochs: int = 10,
    batch_size: int = 100,
    sample_weight: Array | Sequence[Array] | None = None,
    callbacks: Sequence[Callback] = (),
    engine: str = "auto",
    threads: int | None = None,
    seed: int | Sequence[int] | None = None,
    progress: bool | None = None,
    restart: bool = False,
) -> list[History]:
    """Learn with many networks, each as `Network.fit` would with it alone on one thread.

    Parameters, history and run of each network are those of `fit`, to the bit (but for the column
    ``seconds``). Threads take whole networks, so none waits for another; small networks cost little
    more than their arithmetic. One that meets NaN, or is stopped early, ends alone.

    Parameters
    ----------
    networks : list of Network
        Seeds, values, penalties and sizes may differ.
    x, t : arrays, or lists of arrays
        Samples and targets, as `fit` takes them: those that all networks share, or a list with
        those of each network, of any lengths.
    rows : list of arrays of int, optional
        The rows of shared samples that each network learns from: folds, bootstrap samples, groups.
        A row may come more than once.
    validation : (x, t), or a list of such pairs
        Measured after each epoch; a tuple is for all networks, a list holds one of each.
    optimizer : Optimizer or str, or a list of such
        For all networks, or one for each.
    epochs, batch_size : int
        For all networks.
    sample_weight : (N,), or a list of such
        Weights of the samples of x (before `rows` are taken), the same for all networks or one
        array for each.
    callbacks : sequence of Callback
        Each network gets copies of its own. `CSVLog("log.csv")` writes ``log-0.csv``, ..., and
        `Checkpoint("runs", resume=True)` saves and resumes each in a folder within ``runs``.
    engine : {"auto", "compiled", "numpy", "numeric"}
        As for `fit`. Networks without a compiled form learn one after another, or in processes
        where joblib is installed.
    threads : int, optional
        How many networks learn at a time.
    seed : int, or a list of int
        Of orders and noise; that of each network if not given.
    progress : bool, optional
        Whether to show a progress bar; if not given, where someone watches.
    restart : bool
        Begin anew, from the networks' initial parameters.

    Returns
    -------
    list of History
        One for each network. After Ctrl-C each network is as far as it got.

    Warns
    -----
    TrainingStoppedWarning
        If numbers of some networks were no longer finite; it says which.

    Examples
    --------
    >>> import numpy as np, tidu as td
    >>> x = np.random.default_rng(0).normal(size=(200, 2))
    >>> t = (x[:, 0] * x[:, 1] > 0).astype(int)
    >>> nets = [td.Network([td.Affine(8), td.Tanh(), td.Affine(2)], 2,
    ...                    td.SoftmaxCrossEntropy(), seed=seed) for seed in range(5)]
    >>> histories = td.fit_many(nets, x, t, optimizer=td.Adam(0.03), epochs=30, batch_size=20)
    >>> len(histories), histories[0].status
    (5, '30 epochs done')
    >>> bool(min(history[-1]["accuracy"] for history in histories) > 0.9)
    True
    """
    networks = checked_networks(networks)
    epochs = check_integer("epochs", epochs)
    batch_size = check_integer("batch_size", batch_size)
    count = len(networks)
    optimizers = each("optimizer", optimizer, count, (list, tuple))
    seeds = each("seed", seed, count, (list, tuple, np.ndarray))
    pairs = each("validation", validation, count, (list,))
    own = copies_of(callbacks, count)
    thread_limit(threads)
    data = training_sets(networks, x, t, rows, sample_weight, batch_size)
    for network, pair in zip(networks, pairs, strict=True):
        if pair is not None:
            network.measure(*(part[:1] for part in checked_pair("validation", pair)))
    runs = [
        run_to_advance(network, optimizers[i], seeds[i], restart)
        for i, network in enumerate(networks)
    ]
    chosen: dict[Hashable, tuple[str, str]] = {}
    loops = []
    for i, (network, run) in enumerate(zip(networks, runs, strict=True)):
        kind = program_key(network, run.optimizer)
        if kind not in chosen:
            chosen[kind] = choose(engine, network, run.optimizer)
        name, run.history.why_engine = chosen[kind]
        loops.append(Loop(network, run, name, 1, own[i], pairs[i]))
    for loop, (samples, _) in zip(loops, data, strict=True):
        if loop.savers:
            marks = from_samples(samples.alone()).fingerprint()
            loop.run.fingerprint = {"engine": loop.engine_name, "threads": 1, **marks}
    bar = ManyProgress(count, epochs) if _shows(progress) else None
    if why_no_pieces() or any(loop.engine_name != "compiled" for loop in loops):
        fit_elsewhere(loops, [samples for samples, _ in data], epochs, threads)
    else:
        _Many(loops, data, epochs, threads, bar).fit()
    histories = [run.history for run in runs]
    failed = [i for i, history in enumerate(histories) if history.failed]
    if failed:
        warnings.warn(
            f"{len(failed)} of {count} networks stopped, the first of them number {failed[0]}: "
            f"{histories[failed[0]].status}",
            TrainingStoppedWarning,
            stacklevel=2,
        )
    return histories


def predict_many(
    networks: Sequence[Network],
    x: Array | Sequence[Array],
    *,
    proba: bool = False,
    engine: str = "auto",
) -> np.ndarray | list[np.ndarray]:
    """Return what each network predicts, as `Network.predict` does.

    Parameters
    ----------
    networks : list of Network
    x : (N, *input_shape), or a list of such arrays
        Samples that all networks share, or those of each network.
    proba : bool
        Give what `Network.predict_proba` gives: probabilities, or values.
    engine : {"auto", "compiled", "numpy"}
        As for `Network.predict`.

    Returns
    -------
    (M, N, ...) array for shared samples, or a list of arrays, one for each network

    Examples
    --------
    >>> import numpy as np, tidu as td
    >>> nets = [td.Network([td.Affine(2)], 3, td.SoftmaxCrossEntropy(), seed=s) for s in range(4)]
    >>> td.predict_many(nets, np.ones((5, 3)), proba=True).shape
    (4, 5, 2)
    """
    networks = checked_networks(networks)
    if not isinstance(proba, bool):
        raise TypeError(f"`proba` must be True or False, got {proba!r}")
    shared = not is_own(networks, x)
    parts = [x] * len(networks) if shared else each("x", x, len(networks), (list, tuple))
    found = [
        (network.predict_proba if proba else network.predict)(part, engine=engine)
        for network, part in zip(networks, parts, strict=True)
    ]
    return np.stack(found) if shared else found


class _One:
    """One network among many: its run, its data, and how long its epoch has taken so far."""

    def __init__(
        self, loop: Loop, samples: TrainingSet, shared: Shared | None, epochs: int
    ) -> None:
        self.loop, self.run, self.samples = loop, loop.run, samples
        self.member = Member(loop.network, loop.run.optimizer, samples, shared)
        self.epochs = epochs
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

    def learn(self, worker: Worker, stops: Callable[[], bool]) -> None:
        """Learn from the start to the end, or until all are to stop."""
        try:
            self.loop.start()
            self.started, self.reason = True, self.run.stop_reason
            while not (self.over or stops()):
                self.piece(worker)
            self.loop.finish(self.reason if self.over else interrupted(self.run))
        finally:
            self.loop.end()

    def piece(self, worker: Worker) -> None:
        """Make some steps: whole epochs where nothing is due before their ends."""
        start, run, loop = time.perf_counter(), self.run, self.loop
        epochs = min(self.last - run.epoch, loop.steps_per_call // self.samples.steps)
        if loop.callbacks or loop.validation is not None or run.position or not epochs:
            self._within_epoch(worker, start)
            return
        first = run.optimizer_step
        steps = worker.advance(self.member, run, epochs * self.samples.steps)
        self._rows(steps, first, start)

    def _within_epoch(self, worker: Worker, start: float) -> None:
        run, loop = self.run, self.loop
        k = loop.steps_at_once(self.samples.steps - run.position)
        if k:  # a run that was saved after the last step of an epoch lacks its row alone
            steps = worker.advance(self.member, run, k)
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
    """One call of `fit_many` on the compiled engine."""

    def __init__(
        self,
        loops: Sequence[Loop],
        data: Sequence[tuple[TrainingSet, bool]],
        epochs: int,
        threads: int | None,
        bar: ManyProgress | None,
    ) -> None:
        self.shared, self.bar = Shared(), bar
        self.ones = [
            _One(loop, samples, self.shared if is_shared else None, epochs)
            for loop, (samples, is_shared) in zip(loops, data, strict=True)
        ]
        self.threads = min(thread_limit(threads), len(loops))
        self.stop = threading.Event()
        self.todo: deque[_One] = deque()

    def fit(self) -> None:
        try:
            with interruptible() as self.stop, held_to(1):
                self.learn()
            for one in self.ones:
                if not one.started:
                    one.loop.finish(interrupted(one.run))
        finally:
            if self.bar:
                self.bar.end()

    def done(self) -> tuple[int, int]:
        """Return how many networks and epochs are done; those left out count as done."""
        over = [one for one in self.ones if one.over]
        left = sum(one.last - one.run.epoch for one in self.ones if not one.over)
        return len(over), sum(one.last - one.run.start_epoch for one in self.ones) - left

    def learn(self) -> None:
        """Let each thread take one network after another, until none is left."""
        self.todo = deque(self.ones)
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
                    one = self.todo.popleft()
                except IndexError:
                    return
                one.learn(worker, stops_here)

        run_parallel(work, self.threads, abandoned.set)


def _shows(progress: bool | None) -> bool:
    return someone_watches() if progress is None else progress
