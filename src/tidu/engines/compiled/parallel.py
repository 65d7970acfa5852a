"""The same work on several threads, with barriers within the kernels.

A signal handler (a time limit, Ctrl-C) may raise an exception in the calling thread at any moment:
before it has started its own share, or while it waits for the others. Three things keep that from
leaving a thread at a barrier, or at work on freed memory: a thread that cannot do its share makes
the others give up (`run_parallel`); the others are waited for before the exception goes on; and
what a thread works on belongs to its task. Threads are started without the bookkeeping of
`threading.Thread`, which does not survive such an exception.
"""

from __future__ import annotations

import _thread
import os
import time
from collections.abc import Callable
from contextvars import copy_context
from functools import partial
from queue import SimpleQueue
from typing import TypeVar

from tidu.engines.compiled.pool import Pool

T = TypeVar("T")
Task = Callable[[], None]


def run_parallel(
    work: Callable[[int], T], threads: int, abandon: Callable[[], None] = lambda: None
) -> T:
    """Call ``work(0)`` here and ``work(i)`` on other threads; return what the first returns.

    Threads work in copies of the context here, so that they speak its language. An exception in any
    of them, or raised here by a signal handler, is raised when all have ended; ``abandon`` is
    called first, and must make those that wait for each other stop waiting.
    """
    if threads == 1:
        return work(0)
    ended: SimpleQueue[BaseException | None] = SimpleQueue()

    def share(i: int) -> None:
        try:
            work(i)
        except BaseException as error:
            abandon()
            ended.put(error)
        else:
            ended.put(None)

    with _WORKERS.borrow(threads - 1, lambda: _Workers(threads - 1)) as workers:
        try:
            for i, inbox in enumerate(workers.inboxes, 1):
                inbox.put(partial(copy_context().run, share, i))
            result = work(0)
            errors = [ended.get() for _ in workers.inboxes]
            for error in filter(None, errors):
                raise error
        except BaseException:
            _end(workers, abandon)
            raise
    return result


class _Workers:
    """Threads that carry out what is put into their inboxes, until that is None."""

    def __init__(self, size: int) -> None:
        self.inboxes: list[SimpleQueue[Task | None]] = []
        self.busy: list[_thread.LockType] = []
        try:
            for _ in range(size):
                self.inboxes.append(SimpleQueue())
                self.busy.append(_thread.allocate_lock())
                _thread.start_new_thread(_serve, (self.inboxes[-1], self.busy[-1]))
        except BaseException:
            self.end()
            raise

    def end(self) -> None:
        """End all threads and wait for them; this may be called again if it is interrupted."""
        for inbox in self.inboxes:
            inbox.put(None)
        for lock in self.busy:
            while lock.locked():
                time.sleep(1e-4)


def _serve(inbox: SimpleQueue[Task | None], busy: _thread.LockType) -> None:
    with busy:
        while (task := inbox.get()) is not None:
            task()
            task = None  # lets go of its arrays


def _end(workers: _Workers, abandon: Callable[[], None]) -> None:
    """End workers, whatever else signal handlers raise meanwhile: the first exception counts."""
    while True:
        try:
            abandon()
            workers.end()
        except BaseException:
            continue
        return


_WORKERS: Pool[_Workers] = Pool()
"""Idle workers by their number: to wake threads takes a fifth of what it takes to start them. Two
callers never share any, for they wait for each other."""
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_WORKERS.clear)  # threads do not survive a fork
