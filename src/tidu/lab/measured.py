"""A run with its learning curve, which goes to a step in answers of bounded time."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from typing import Any

import numpy as np

from tidu.arrays import Array
from tidu.errors import NonFiniteError, check_integer, check_number
from tidu.lab.rewind import Rewindable

SECONDS = 0.4
"""How long one answer may compute before it shows how far it has come; the page asks on."""
FURTHEST = 1_000_000
"""The last step that one can go to."""
CURVE = 400
"""Points of a learning curve, after which every second is left out."""
MEASURED = 40
"""Points of the curve that a jump over many steps adds."""
AMPLE = 0.03
"""Seconds in which such a jump measures at each of them, however little time learning took."""


class MeasuredRun:
    """A run, with loss and accuracy on some parts of the data at the steps that it came by.

    Attributes
    ----------
    run
        The run itself.
    parts
        Inputs and targets of each part: those to learn from, those of the test.
    """

    def __init__(self, run: Rewindable, parts: Sequence[tuple[Array, Array]]) -> None:
        self.run, self.parts = run, parts
        self._rows: dict[int, list[float]] = {}
        self._measured_at = self._cost = 0.0
        self._measure()

    @property
    def step(self) -> int:
        """How many steps are done."""
        return self.run.step

    def go_to(self, step: int, late: float) -> None:
        """Go towards a step, forward or back, until it is late on `time.monotonic`."""
        run = self.run
        stride = max(1, math.ceil((step - run.step) / MEASURED))
        ample = time.monotonic() + (AMPLE if stride > 1 else 0)
        while run.step != step:
            before = run.step
            run.go_to(step if step < before else min(step, before + stride), late)
            now = time.monotonic()
            if run.step == before or now >= late:
                break
            if now < ample or now - self._measured_at > self._cost:  # then half is for learning
                self._measure()
        self._measure()

    def has_reached(self, step: int) -> bool:
        """Say whether it stands at a step, or at the last one that it can take before it."""
        return self.run.step == min(step, self.run.last)

    @property
    def curve(self) -> np.ndarray:
        """The step, then loss and accuracy of each part: a row for each step measured."""
        return np.array([[k, *self._rows[k]] for k in sorted(self._rows)])

    def measured(self) -> list[float]:
        """Return loss and accuracy of each part at this step; NaN where there is none."""
        return self._rows[self.run.step][: 2 * len(self.parts)]

    def head(self) -> dict[str, Any]:
        """Return where the run stands, as the page's transport and tables show it."""
        run = self.run
        return {
            "step": run.step,
            "epoch": run.run.epoch,
            "steps_an_epoch": run.data.steps,
            "lr": run.run.rate(),
            "optimizer": repr(run.run.optimizer),
            "engine": run.engine_name,
            "stopped": run.stopped if run.step == run.last else "",
            "measures": self.measured(),
        }

    def _measure(self) -> None:
        """Note the numbers of this step."""
        if self.run.step in self._rows:
            return
        start = time.monotonic()
        self._rows[self.run.step] = self._row()
        self._measured_at = time.monotonic()
        self._cost = self._measured_at - start
        if len(self._rows) > CURVE:
            for k in sorted(self._rows.keys() - {self.run.step})[1:-1:2]:
                del self._rows[k]

    def _row(self) -> list[float]:
        """Return loss and accuracy of each part at this step."""
        row: list[float] = []
        for x, t in self.parts:
            with np.errstate(all="ignore"):
                try:
                    loss, accuracy = self.run.network.measure(x, t, engine="numpy")
                except NonFiniteError:
                    loss, accuracy = np.nan, np.nan
            row += [loss, np.nan if accuracy is None else accuracy]
        return row


def go(runs: Sequence[MeasuredRun], step: int) -> bool:
    """Bring runs towards a step, and say whether all have reached it; each has its share of time.

    Raises
    ------
    InputError
        If there is no such step.
    """
    check_number("step", check_integer("step", step, minimum=0), maximum=FURTHEST)
    now = time.monotonic()
    for i, run in enumerate(runs, 1):
        run.go_to(step, now + SECONDS * i / len(runs))
    return all(run.has_reached(step) for run in runs)
