"""A progress bar, and under it the table of epochs as it grows."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from tidu.language import aligned, translator, width_of
from tidu.training.callbacks import Callback
from tidu.training.history import Row, heading, shown

if TYPE_CHECKING:
    from rich.progress import Progress

    from tidu.engines import Steps
    from tidu.network import Network
    from tidu.training.run import Run

_ = translator("library")


class ProgressBar(Callback):
    """Show a bar with the time left, and a row of the history after each epoch.

    Where the output is no terminal, only the rows are written.
    """

    def __init__(self, epochs: int, steps_per_epoch: int | None) -> None:
        self.epochs = epochs
        self.steps_per_epoch = steps_per_epoch

    def on_start(self, network: Network, run: Run) -> None:
        """Draw the bar."""
        self._bar = _bar()
        self._last = run.start_epoch + self.epochs
        steps = self.steps_per_epoch
        total = None if steps is None else self.epochs * steps
        done = (run.epoch - run.start_epoch) * (steps or 0) + run.position
        self._task = self._bar.add_task(self._epoch(run), total=total, completed=done, loss="")
        self._widths: dict[str, int] = {}
        self._bar.start()

    def on_steps(self, network: Network, run: Run, steps: Steps) -> None:
        """Move the bar on."""
        loss = _("loss {loss:.4f}").format(loss=steps.losses[-1]) if len(steps.losses) else ""
        self._bar.update(
            self._task, advance=len(steps.losses), loss=loss, description=self._epoch(run)
        )

    def on_epoch(self, network: Network, run: Run, row: Row) -> None:
        """Write the row above the bar."""
        if not self._widths:
            self._widths = {name: max(width_of(heading(name)), 8) for name in row}
            names = (aligned(heading(name), width, True) for name, width in self._widths.items())
            self._write("  ".join(names))
        cells = (shown(name, row.get(name)).rjust(width) for name, width in self._widths.items())
        self._write("  ".join(cells))

    def on_end(self, network: Network, run: Run) -> None:
        """Take the bar away."""
        self._bar.stop()

    def _epoch(self, run: Run) -> str:
        return _("epoch {epoch}/{last}").format(
            epoch=min(run.epoch + 1, self._last), last=self._last
        )

    def _write(self, line: str) -> None:
        self._bar.console.print(line, highlight=False, markup=False, soft_wrap=True)


class ManyProgress:
    """A bar of the epochs of many networks, of all together."""

    def __init__(self, networks: int, epochs: int) -> None:
        self._bar = _bar()
        self.networks, self._next = networks, 0.0
        self._task = self._bar.add_task("", total=epochs, loss="")
        self._bar.start()

    def show(self, done: Callable[[], tuple[int, int]]) -> None:
        """Show how many networks and epochs are done, as ``done`` says, a few times a second."""
        now = time.monotonic()
        if now < self._next:
            return
        networks, epochs = done()
        description = _("{done}/{all} networks").format(done=networks, all=self.networks)
        self._bar.update(self._task, completed=epochs, description=description)
        self._next = now + 0.2

    def end(self) -> None:
        """Take the bar away."""
        self._bar.stop()


def _bar() -> Progress:
    """Return a bar that is taken away at its end, and shows only where someone watches."""
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        Progress,
        TaskProgressColumn,
        TextColumn,
        TimeRemainingColumn,
    )

    console = Console(stderr=True)
    return Progress(
        TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(),
        TextColumn("{task.fields[loss]}"), TimeRemainingColumn(), console=console, transient=True,
        disable=not console.is_terminal and not console.is_jupyter,
    )  # fmt: skip


def someone_watches() -> bool:
    """Return whether there is a terminal or a notebook to show progress in."""
    return sys.stderr.isatty() or "ipykernel" in sys.modules
