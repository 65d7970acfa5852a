"""A contestant in a process of its own: no library's threads are in another's way."""

from __future__ import annotations

import multiprocessing
import time
from contextlib import suppress
from multiprocessing.connection import Connection
from types import TracebackType
from typing import Any

from benchmarks.contestants import Maker
from benchmarks.machine import own_seconds

SHORT = 0.25
"""Seconds of a run below which it is done once more beforehand: a processor that slept is slow."""
_CONTEXT = multiprocessing.get_context("spawn")


class Process:
    """A process that makes what it is to run, and runs it once to load and compile."""

    used = 0.0
    """The processor seconds that it took, once it has ended."""

    def __init__(self, make: Maker, argument: Any) -> None:
        self._here, there = _CONTEXT.Pipe()
        self._process = _CONTEXT.Process(target=_serve, args=(make, argument, there), daemon=True)
        self._process.start()

    def takes_part(self) -> bool:
        """Say whether the library is installed, and can do the work."""
        try:
            return bool(self._here.recv())
        except EOFError:  # it ended with an error, which is printed
            return False

    def seconds(self) -> float:
        """Run once, and return how long it took."""
        self._here.send(True)
        return float(self._here.recv())

    def __enter__(self) -> Process:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:  # fmt: skip
        with suppress(BrokenPipeError, EOFError):
            self._here.send(False)
            self.used = float(self._here.recv())
        self._process.join()


def _serve(make: Maker, argument: Any, pipe: Connection) -> None:
    run = make(argument)
    if run:
        run()
    pipe.send(bool(run))
    seconds = 0.0
    while pipe.recv():
        if seconds < SHORT:
            run()
        start = time.perf_counter()
        run()
        seconds = time.perf_counter() - start
        pipe.send(seconds)
    pipe.send(own_seconds())
