"""A case: a network, its data, and the observations and trials, each computed when first needed."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from tidu.arrays import Array, promoted
from tidu.doctor.observe import Observation, observe
from tidu.doctor.trials import (
    OVERFIT_SAMPLES,
    InPieces,
    Trial,
    overfit_batch,
    result_of,
    try_rates,
)
from tidu.errors import InputError, check_integer
from tidu.losses import as_array
from tidu.optimizers import SGD, Optimizer, as_optimizer
from tidu.randomness import stream
from tidu.training.callbacks import checked_pair

if TYPE_CHECKING:
    from tidu.network import Network

Measured = tuple[float, float | None]
"""Loss, and accuracy where there are classes."""

LOOKED_AT = 500
"""How many samples are passed through the network; NaN is looked for in all of them."""
MEASURED = 2000
"""How many samples of each part loss and accuracy are measured on."""


@dataclass
class Case:
    """What the diseases are diagnosed from.

    ``x`` and ``t`` are the data as given, ``rows`` the samples that are examined.

    Examples
    --------
    >>> import numpy as np
    >>> import tidu as td
    >>> net = td.Network([td.Affine(2)], 3, td.SoftmaxCrossEntropy(), seed=0)
    >>> net.diagnose(np.eye(3), [0, 1, 0]).case.batch_size
    100
    """

    network: Network
    x: np.ndarray
    t: np.ndarray
    validation: tuple[Array, Array] | None
    optimizer: Optimizer
    batch_size: int
    seed: int

    @classmethod
    def of(
        cls,
        network: Network,
        x: Array,
        t: Array,
        *,
        validation: tuple[Array, Array] | None = None,
        optimizer: Optimizer | str | None = None,
        batch_size: int = 100,
        seed: int = 0,
    ) -> Case:
        """Return the case of a user's arguments, or raise if they do not fit."""
        x, t = (x if isinstance(x, np.ndarray) else promoted(x)), as_array(t)
        network.batch(x[:1] if x.shape[1:] == network.input_shape else x)
        if t.ndim == 0 or len(t) != len(x):
            network.check_weights(network.targets(t, len(x)), None)
        if not len(x):
            raise InputError("`x` is empty: there is nothing to look at")
        if validation is not None:
            network.measure(*(part[:1] for part in checked_pair("validation", validation)))
        if optimizer is not None:
            optimizer = as_optimizer(optimizer)
        elif network.run is not None:
            optimizer = network.run.optimizer
        check_integer("batch_size", batch_size)
        check_integer("seed", seed, minimum=0)
        return cls(network, x, t, validation, optimizer or SGD(0.1), batch_size, seed)

    @cached_property
    def rows(self) -> np.ndarray:
        """Which samples are examined."""
        return stream(self.seed, "sample").permutation(len(self.x))[:LOOKED_AT]

    @cached_property
    def targets(self) -> np.ndarray:
        """All targets, encoded by the loss."""
        return self.network.targets(self.t, len(self.t))

    @cached_property
    def seen(self) -> Observation:
        """One pass over these samples."""
        x = self.network.batch(self.x[self.rows])
        return observe(self.network, x, self.targets[self.rows], self.seed)

    @cached_property
    def baseline_loss(self) -> float:
        """The loss of a constant prediction: ln C, or that of the mean."""
        loss, t = self.network.loss_function, self.targets[self.rows]
        constant = np.zeros_like(t)
        if loss.link == "identity":
            constant += t.mean(axis=0)
        if loss.link == "exp":
            constant += np.log(np.maximum(t.mean(axis=0), 1 / len(t)))
        w, _ = self.network.normalized_weights(t, None)
        return float((w * loss.values(constant, t)).sum())

    @cached_property
    def rate_trials(self) -> list[Trial]:
        """Short trials at several learning rates, the one in use first."""
        return result_of(self._rate_trials())

    def _rate_trials(self) -> InPieces[list[Trial]]:
        x, t = self.x[self.rows], self.t[self.rows]
        return try_rates(self.network, x, t, self.optimizer, self.batch_size, self.seed)

    def try_rates(self) -> InPieces[None]:
        """Compute `rate_trials` in pieces."""
        self.rate_trials = yield from self._rate_trials()

    @property
    def few(self) -> np.ndarray:
        """Which samples the network is to overfit."""
        return self.rows[:OVERFIT_SAMPLES]

    @cached_property
    def overfit_batch(self) -> tuple[float, float]:
        """The loss on ten samples before and after an attempt to overfit them."""
        return result_of(self._overfit_batch())

    def _overfit_batch(self) -> InPieces[tuple[float, float]]:
        return overfit_batch(self.network, self.x[self.few], self.t[self.few], self.seed)

    def try_to_overfit(self) -> InPieces[None]:
        """Compute `overfit_batch` in pieces."""
        self.overfit_batch = yield from self._overfit_batch()

    @property
    def held_out(self) -> tuple[Array, ...]:
        """The validation data that are measured."""
        return tuple(part[:MEASURED] for part in self.validation or ())

    @cached_property
    def measured(self) -> tuple[Measured, Measured] | None:
        """Loss and accuracy as when predicting, on these data and on the validation data."""
        if self.validation is None:
            return None
        rows = stream(self.seed, "sample").permutation(len(self.x))[:MEASURED]
        known = self.network.measure(self.x[rows], self.t[rows])
        return known, self.network.measure(*self.held_out)
