"""Ctrl-C as an event that is checked between steps, so that no step is left half done."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def interruptible() -> Iterator[threading.Event]:
    """Give an event that the first Ctrl-C sets; a second one acts as always.

    Outside the main thread, where signals do not arrive, and within `stopping`, the event is never
    set.
    """
    interrupted = threading.Event()
    if not _in_main_thread() or raises_interrupts():
        yield interrupted
        return
    before = signal.getsignal(signal.SIGINT)

    def note(signum: int, frame: object) -> None:
        interrupted.set()
        signal.signal(signal.SIGINT, before)

    signal.signal(signal.SIGINT, note)
    try:
        yield interrupted
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def stopping() -> Iterator[None]:
    """Let Ctrl-C raise KeyboardInterrupt at once, also in the middle of a training.

    For work of many trainings, which must not go on with one that was cut short.
    """
    if not _in_main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, _stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def raises_interrupts() -> bool:
    """Return whether this is within `stopping`."""
    return signal.getsignal(signal.SIGINT) is _stop


def _stop(signum: int, frame: object) -> None:
    raise KeyboardInterrupt


def _in_main_thread() -> bool:
    return threading.current_thread() is threading.main_thread()
