"""A run carried out by all ranks of MPI: rank 0 decides, and what it decides holds for all.

Callbacks and validation are rank 0's; the run is sent to the others where callbacks may have
changed it: at the start, after each epoch and at the end. In between, ranks agree on how many steps
they take at a time, on whether they stop, and on the sums of each step.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from tidu.arrays import Array
from tidu.engines import Steps, TrainingSet
from tidu.engines.world import any_rank, leads, world
from tidu.outcome import StopReason
from tidu.training.batches import Data, from_samples
from tidu.training.callbacks import Callback
from tidu.training.history import History
from tidu.training.loop import Loop, step_not_finite
from tidu.training.run import Run, take_back

if TYPE_CHECKING:
    from tidu.network import Network


def of_all_ranks(samples: TrainingSet) -> Data:
    """Return the data of all ranks, of which each has its own samples: rows count through them."""
    rows, counts = samples.rows, world().allgather(len(samples.t))
    start = sum(counts[: world().rank])
    if any_rank(len(rows) < len(samples.t)):
        rows = np.concatenate(world().allgather(rows + start))
    else:
        rows = np.arange(sum(counts))
    data = from_samples(replace(samples, rows=rows))

    def fingerprint() -> dict[str, Any]:
        marks = world().allgather(data.fingerprint())
        checksums = " ".join(found["data"] for found in marks)
        return {"samples": sum(counts), "batch_size": samples.batch_size, "data": checksums}

    return Data(data.chunks, data.steps, fingerprint)


class RanksLoop(Loop):
    """The part of one rank in a training run of all."""

    def __init__(
        self,
        network: Network,
        run: Run,
        engine: str,
        threads: int | None,
        callbacks: Sequence[Callback],
        validation: tuple[Array, Array] | None,
    ) -> None:
        if not leads():
            callbacks, validation = (), None
        super().__init__(network, run, engine, threads, callbacks, validation)

    def fit(self, data: Data, epochs: int) -> History:
        """Learn for some epochs, from the start to whatever end."""
        super().fit(data, epochs)
        self.send_run()
        return self.run.history

    def start(self) -> None:
        """Tell rank 0's callbacks that the run starts, and begin everywhere where it stands."""
        super().start()
        self.send_run()

    def row(self, seconds: float) -> StopReason | None:
        """Add the row of the epoch that is done."""
        super().row(seconds)
        self.send_run()
        return self.run.stop_reason

    def made(self, steps: Steps, x: Array, bad: np.ndarray) -> StopReason | None:
        """Add up steps that were made."""
        reason = super().made(steps, x, bad)
        self.run.stop_reason = world().bcast(reason)
        return self.run.stop_reason

    def steps_at_once(self, most: int) -> int:
        """Return how many steps to take in one call."""
        return world().bcast(super().steps_at_once(most))

    def is_interrupted(self) -> bool:
        """Return whether Ctrl-C is to end the run here."""
        return any_rank(super().is_interrupted())

    def not_finite(self, x: Array, rows: np.ndarray, steps: Steps) -> StopReason:
        """Return why the step did not end in finite numbers, as the rank found whose they are."""
        return step_not_finite(self.run, steps.why)

    def send_run(self) -> None:
        """Bring all ranks to where the run of rank 0 stands; each keeps its optimizer."""
        run, own = self.run, self.run.optimizer
        found = world().bcast(replace(run, optimizer=cast("Any", None)) if leads() else None)
        if not leads():
            take_back(self.network, run, found)
            run.optimizer = own
