"""Fits of many estimators as one call of `tidu.fit_many`: the backend "tidu" of joblib.

scikit-learn's searches and cross-validations hand joblib a task for each setting and fold: prepare,
fit and score an estimator. Here a task pauses where the networks of its estimator are to learn.
When all tasks have come there, or as many as `FITS` and `ROOM` allow, one call of `fit_many` trains
their networks, and the tasks go on, one after another. So what a task does is what it would do
alone, and scikit-learn does not know of it. A task within a task asks the outer one, so a search
within a cross-validation is one call, too.
"""

from __future__ import annotations

import copy
import threading
import warnings
from collections import defaultdict, deque
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Any

import joblib
from joblib.parallel import ParallelBackendBase, get_active_backend

from tidu.errors import TrainingStoppedWarning
from tidu.estimators.pausing import PausableCall, running_call
from tidu.estimators.samples import Samples
from tidu.network import Network
from tidu.training import Callback, History
from tidu.training.cluster import GATHERING_BACKEND
from tidu.training.interrupt import stopping
from tidu.training.many import fit_many
from tidu.training.many_arguments import callbacks_of_each

FITS = 256
"""Where so many networks wait, no further task begins."""
ROOM = 2**28
"""Nor where their samples take so many bytes."""


@dataclass(frozen=True)
class Fit:
    """What the networks of one estimator are to learn from, and how."""

    networks: Sequence[Network]
    samples: Samples
    callbacks: Sequence[Callback]
    optimizer: Any
    epochs: int
    batch_size: int
    engine: str
    threads: int | None
    progress: bool | None

    @property
    def kind(self) -> Hashable:
        """What all fits of one call of `fit_many` have in common."""
        return self.engine, self.threads, self.progress

    def each(self) -> list[dict[str, Any]]:
        """Return what `fit_many` takes as a list, for each network."""
        several = len(self.networks) > 1
        callbacks = callbacks_of_each(self.callbacks, len(self.networks)) if several else None
        return [
            {
                "networks": network,
                "x": self.samples.x,
                "t": self.samples.t,
                "sample_weight": self.samples.weights,
                "callbacks": callbacks[i] if callbacks else self.callbacks,
                "optimizer": self.optimizer,
                "epochs": self.epochs,
                "batch_size": self.batch_size,
            }
            for i, network in enumerate(self.networks)
        ]


Answer = list[History] | Exception
"""The histories of the networks of a fit, or why it failed."""


def fit_all(fits: Sequence[Fit]) -> list[Answer]:
    """Let all networks learn, as many as can be in one call of `fit_many`.

    Where such a call fails, each fit is made by itself, so that the one to blame fails alone.
    """
    kinds = defaultdict(list)
    for i, fit in enumerate(fits):
        kinds[fit.kind].append(i)
    answers: dict[int, Answer] = {}
    for numbers in kinds.values():
        answers |= zip(numbers, _fit_kind([fits[i] for i in numbers]), strict=True)
    return [answers[i] for i in range(len(fits))]


def _fit_kind(fits: Sequence[Fit]) -> list[Answer]:
    each = [part for fit in fits for part in fit.each()]
    of_each: dict[str, Any] = {name: [part[name] for part in each] for name in each[0]}
    before = [_values(network) for network in of_each["networks"]]
    engine, threads, progress = fits[0].engine, fits[0].threads, fits[0].progress
    try:
        with warnings.catch_warnings(category=TrainingStoppedWarning, action="ignore"):
            found = fit_many(**of_each, engine=engine, threads=threads, progress=progress)
    except Exception as error:
        for network, values in zip(of_each["networks"], before, strict=True):
            network.theta, network.state, network.run = values
        return [error] if len(fits) == 1 else [_fit_kind([fit])[0] for fit in fits]
    histories = iter(found)
    return [[next(histories) for _ in fit.networks] for fit in fits]


def _values(network: Network) -> tuple[Any, Any, Any]:
    return network.theta.copy(), network.state.copy(), copy.deepcopy(network.run)


class GatheringBackend(ParallelBackendBase):
    """Carry out the tasks of joblib one at a time, and the fits of their networks at once.

    How many tasks there are at a time is for `FITS` and `ROOM` to say, and no matter of ``n_jobs``;
    how many threads share the networks, a matter of the estimators' ``threads``.
    """

    supports_sharedmem = True
    uses_threads = True

    def __init__(self, nesting_level: int | None = None, **settings: Any) -> None:
        super().__init__(nesting_level, **settings)
        self._outer = get_active_backend()
        self._mine = _Tasks()

    def effective_n_jobs(self, n_jobs: int | None) -> int:
        """Return how many tasks joblib may prepare."""
        return FITS

    def submit(self, func: Callable[[], Any], callback: Callable[[Any], None]) -> _Task:
        """Take a task; it begins when joblib asks for a result."""
        task = _Task(self, func, callback)
        self._mine.new.append(task)
        return task

    apply_async = submit  # its name before joblib 1.5

    def abort_everything(self, ensure_ready: bool = True) -> None:
        """End the tasks that wait."""
        tasks = self._mine
        tasks.new.clear()
        while tasks.waiting:
            tasks.waiting.pop().call.abandon()

    def get_nested_backend(self) -> tuple[GatheringBackend, None]:
        """Return what gathers tasks within a task, for the outer tasks to gather in turn."""
        return GatheringBackend(nesting_level=(self.nesting_level or 0) + 1), None

    def advance(self) -> None:
        """Begin as many tasks as there is room for, let networks learn, let all tasks go on."""
        tasks = self._mine
        while tasks.new and tasks.networks < FITS and tasks.bytes < ROOM:
            tasks.waiting.append(tasks.new.popleft())
            self._resume(tasks.waiting[-1])
        waiting = list(tasks.waiting)
        if not waiting:
            return
        answers = iter(self._fit([fit for task in waiting for fit in task.call.request]))
        for task in waiting:
            self._resume(task, [next(answers) for _ in task.call.request])

    def _resume(self, task: _Task, answers: list[Answer] | None = None) -> None:
        task.call.resume(answers)
        if task.call.ended:
            self._mine.waiting.remove(task)
            task.callback(task)

    def _fit(self, fits: list[Fit]) -> list[Answer]:
        outer_task = running_call()
        if outer_task:
            return outer_task.ask(fits)
        backend, n_jobs = self._outer
        with joblib.parallel_config(backend, n_jobs=n_jobs), stopping():
            return fit_all(fits)


class _Tasks(threading.local):
    """The tasks of a thread: a nested backend serves several, each of which is a task itself."""

    def __init__(self) -> None:
        self.new: deque[_Task] = deque()
        self.waiting: list[_Task] = []

    @property
    def networks(self) -> int:
        """How many networks are to learn."""
        return sum(len(fit.networks) for fit in self._fits())

    @property
    def bytes(self) -> int:
        """What their samples take."""
        inputs = (fit.samples.x for fit in self._fits())
        return sum(x.nbytes if hasattr(x, "nbytes") else x.data.nbytes for x in inputs)

    def _fits(self) -> list[Fit]:
        return [fit for task in self.waiting for fit in task.call.request]


class _Task:
    """A task of joblib."""

    def __init__(
        self, backend: GatheringBackend, func: Callable[[], Any], callback: Callable[[Any], None]
    ) -> None:
        self.call, self.callback = PausableCall(func), callback
        self._backend = backend

    def get(self, timeout: float | None = None) -> Any:
        """Return the result, once there is one."""
        while not self.call.ended:
            self._backend.advance()
        if self.call.error is not None:
            raise self.call.error
        return self.call.result


joblib.register_parallel_backend(GATHERING_BACKEND, GatheringBackend)
