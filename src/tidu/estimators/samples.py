"""Samples with their targets and weights, and those held out to measure on."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.metrics import check_scoring

from tidu.network import Network
from tidu.training import Callback, Run
from tidu.training.callbacks import add_measurements
from tidu.training.history import Row


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


Score = Callable[[Network, Samples], float]


def scorer_of(estimator: Any) -> Score | None:
    """Return the function that judges a network on held-out samples, or None for the loss."""
    if isinstance(estimator.scoring, str) and estimator.scoring == "loss":
        return None
    scorer = check_scoring(estimator, estimator.scoring)

    def score(network: Network, samples: Samples) -> float:
        measured, weights = copy.copy(estimator), samples.weights
        measured.network_, measured.networks_ = network, [network]
        weighted = {} if (weights == weights[:1]).all() else {"sample_weight": weights}
        return float(scorer(measured, samples.x, estimator._decoded(samples.t), **weighted))

    return score


class Validation(Callback):
    """Measure loss and accuracy on samples held out, weighted as in training, after every epoch.

    Unlike ``fit(validation=...)`` it takes weights, and a function that gives a score of samples.
    """

    def __init__(
        self, samples: Samples, score: Callable[[Network, Samples], float] | None = None
    ) -> None:
        self.samples = samples[samples.used]
        self.score = score

    def on_epoch(self, network: Network, run: Run, row: Row) -> None:
        """Add ``val_loss``, and ``val_accuracy`` where there are classes, to the row."""
        held_out = self.samples
        add_measurements(row, network, (held_out.x, held_out.t), "val", held_out.weights)
        if self.score is not None:
            row["val_score"] = self.score(network, held_out)
