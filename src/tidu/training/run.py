"""A run is a value: all that decides how training goes on from here."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from tidu.optimizers import Optimizer
from tidu.training.history import History


@dataclass
class Run:
    """Where a training run stands.

    The order of epoch e depends on (seed, e) alone and the noise of step k on (seed, k) alone, so
    no generator is part of it: from equal runs, equal data and the same engine come equal bits.

    Attributes
    ----------
    theta, state : 1-D array
        The network's own vectors.
    optimizer, optimizer_state
        The rule, and its named vectors.
    seed
        Of orders and noise.
    epoch, step
        How many whole epochs, and how many steps in all, are done.
    position, sums
        How many steps of the epoch now under way are done, and their sums of weight, weighted
        loss and weighted correct.
    history
        One row an epoch.
    begun
        How many epochs were done when the `fit` now under way began.
    ended
        The sentence that ended it, if something did before all its epochs were done.
    memory
        What callbacks keep from epoch to epoch: some arrays each, by a name.
    conditions
        What else the bits depend on, where the run is saved: engine, threads, data, batch size.
    """

    theta: np.ndarray
    state: np.ndarray
    optimizer: Optimizer
    optimizer_state: dict[str, np.ndarray]
    seed: int
    epoch: int = 0
    step: int = 0
    position: int = 0
    sums: np.ndarray = field(default_factory=lambda: np.zeros(3))
    history: History = field(default_factory=History)
    begun: int = 0
    ended: str = ""
    memory: dict[str, tuple[np.ndarray, ...]] = field(default_factory=dict)
    conditions: dict[str, Any] = field(default_factory=dict)
