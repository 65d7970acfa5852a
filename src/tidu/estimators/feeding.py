"""How an estimator's data reach a run: sparse rows made dense a batch at a time, and validation.

What is learned does not depend on whether a matrix came sparse or dense: the order of the samples
is the same.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
from scipy.sparse import issparse

from tidu.arrays import dense
from tidu.errors import NonFiniteError
from tidu.network import Network
from tidu.randomness import stream
from tidu.training import Callback, Run
from tidu.training.history import Row

CHUNK = 1024
"""How many sparse rows are made dense at a time."""


def parts(n: int) -> Iterator[slice]:
    """Yield slices that together are all of ``n`` samples, none of them too large to be dense."""
    return (slice(start, start + CHUNK) for start in range(0, n, CHUNK))


def outputs(network: Network, x: Any) -> np.ndarray:
    """Return the network's probabilities or values, ``(N, K)``."""
    if not issparse(x):
        return network.predict_proba(x)
    return np.concatenate([network.predict_proba(dense(x[rows])) for rows in parts(x.shape[0])])


@dataclass(frozen=True)
class Samples:
    """Samples ``x``, an array or a sparse matrix, with their targets and their weights."""

    x: Any
    t: np.ndarray
    weights: np.ndarray

    def __len__(self) -> int:
        return len(self.t)

    def __getitem__(self, rows: slice | np.ndarray) -> Samples:
        return Samples(self.x[rows], self.t[rows], self.weights[rows])

    @property
    def used(self) -> np.ndarray:
        """The numbers of the samples whose weight is not 0."""
        return np.flatnonzero(self.weights)

    def for_fit(self, network: Network, batch_size: int) -> dict[str, Any]:
        """Return them as arguments of `tidu.training.fit`."""
        if issparse(self.x):
            return {"x": SparseBatches(network, self, batch_size), "batch_size": batch_size}
        whole = {"x": self.x, "t": self.t, "sample_weight": self.weights}
        return {**whole, "batch_size": batch_size}


@dataclass(frozen=True)
class SparseBatches:
    """The batches of an epoch, as (x, t, weights), in the order that the run draws for arrays."""

    network: Network
    samples: Samples
    batch_size: int

    def __len__(self) -> int:
        return math.ceil(len(self.samples.used) / self.batch_size)

    def __iter__(self) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray]]:
        run = cast(Run, self.network.run)
        order = stream(run.seed, "order", run.epoch).permutation(self.samples.used)
        for start in range(0, len(order), self.batch_size):
            batch = self.samples[order[start : start + self.batch_size]]
            yield dense(batch.x), batch.t, batch.weights


class Validation(Callback):
    """Measure loss and accuracy on samples held out, weighted as in training, after every epoch.

    Unlike ``fit(validation=...)`` it takes weights, and makes sparse rows dense a part at a time.
    """

    def __init__(self, samples: Samples) -> None:
        self.samples = samples[samples.used]

    def on_epoch(self, network: Network, run: Run, row: Row) -> None:
        """Add ``val_loss``, and ``val_accuracy`` where there are classes, to the row."""
        row["val_loss"] = math.nan
        sums = np.zeros(3)
        with np.errstate(all="ignore"):
            for rows in parts(len(self.samples)):
                part = self.samples[rows]
                loss, accuracy = network.measure(dense(part.x), part.t, sample_weight=part.weights)
                hits = math.nan if accuracy is None else accuracy
                sums += part.weights.sum() * np.array([1, loss, hits])
        weight, loss, hits = sums.tolist()
        if not math.isfinite(loss):
            raise NonFiniteError(f"the loss on the validation data is {loss / weight}")
        row["val_loss"] = loss / weight
        if not math.isnan(hits):
            row["val_accuracy"] = hits / weight
