"""How many workers carry out a program: one a thread, or one for all where the machine is busy.

Threads that wait for each other are as slow as the one that the system lets run least. Where other
programs want the same cores, or the threads of another library in this process, one worker that
does the shares of all threads, one after another, is often faster; and it makes the same bits. So
what workers get of the processor is measured, and both ways are compared where that is not all.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

MEASURED = 0.01
"""Seconds that are enough to judge: some turns of the system's scheduler."""
PAUSE = 0.2
"""Seconds until the other way is tried again."""
UNDISTURBED = 0.9
"""The share of its time that each worker runs where nobody else wants its core."""


@dataclass
class Load:
    """Chooses between one worker a thread and one for all, by what was measured last.

    Examples
    --------
    >>> now = 0.0
    >>> load = Load(2, clock=lambda: now)
    >>> load.workers()
    2
    >>> load.record(workers=2, steps=100, seconds=0.08, ran=0.04)  # as long again for others
    >>> load.workers()
    1
    >>> load.record(workers=1, steps=100, seconds=0.03, ran=0.03)
    >>> load.workers()
    1
    >>> now = 0.3  # time to look again
    >>> load.workers()
    2
    """

    threads: int
    clock: Callable[[], float] = time.monotonic
    _next: int = field(init=False)
    _until: float = field(init=False, default=0.0)
    _rates: dict[int, float] = field(init=False, default_factory=dict)
    _measured: tuple[int, int, float, float] = field(init=False, default=(0, 0, 0.0, 0.0))

    def __post_init__(self) -> None:
        self._next = self.threads

    def workers(self) -> int:
        """Return how many workers to take next."""
        return self.threads if self.clock() >= self._until else self._next

    def most_steps(self) -> int | None:
        """Return how many steps to make next at most, where it is a trial; else None."""
        workers = self.workers()
        if self._rates and (workers not in self._rates or workers != self._next):
            return max(1, int(MEASURED / max(self._rates.values())))
        return None

    def record(self, workers: int, steps: int, seconds: float, ran: float) -> None:
        """Take note of steps: how long they took, and how long each worker ran at least."""
        before = self._measured
        if before[0] == workers:
            steps, seconds, ran = steps + before[1], seconds + before[2], ran + before[3]
        self._measured = workers, steps, seconds, ran
        if self.threads == 1 or seconds < MEASURED or not steps:
            return
        self._measured = 0, 0, 0.0, 0.0
        now, due = self.clock(), self.clock() >= self._until
        if workers == self.threads and ran >= UNDISTURBED * seconds:
            self._next, self._until, self._rates = self.threads, 0.0, {}
        elif workers == self._next == self.threads and due:
            self._next, self._until, self._rates = 1, now + PAUSE, {workers: seconds / steps}
        else:
            self._rates[workers] = seconds / steps
            self._next = min(self._rates, key=self._rates.__getitem__)
            if due and workers == self.threads:
                self._until = now + PAUSE
