"""A network as a scikit-learn regressor, of one value or of many."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from sklearn.base import RegressorMixin

from tidu.arrays import Array
from tidu.errors import InputError, check_choice
from tidu.estimators.base import NetworkEstimator
from tidu.estimators.samples import Samples
from tidu.layers import Layer
from tidu.losses import Loss, MeanSquaredError, by_name
from tidu.recipes.networks import spreads, unscaled, unscaled_counts

LOSSES = ("mean-squared-error", "poisson")


@dataclass(repr=False, eq=False, kw_only=True)
class NetworkRegressor(RegressorMixin, NetworkEstimator):
    """A network that learns values, for scikit-learn.

    It learns by `MeanSquaredError`, the mean over the values of a sample, or by `Poisson`. The last
    layer brings the outputs to the mean and the spread that the values of the first fit have (or to
    the logarithm of their mean), column by column, so values of any size are learned. Of several
    columns each counts alike, whatever its unit: their errors are divided by their spreads. Scale
    the features (``StandardScaler``).

    Parameters
    ----------
    hidden_layers, activation, initializer, dropout, batch_norm
    optimizer, learning_rate, schedule, l1, l2, batch_size, epochs
    validation, early_stopping, scoring, callbacks, progress, warm_start, random_state
    n_networks, bootstrap, engine, threads
        As in `NetworkClassifier`, whose ``class_weight`` makes no sense here.
    loss : {"mean-squared-error", "poisson"}
        "poisson" is for counts, 0 or above, whose logarithm is learned: how many a day, how many a
        customer.

    Attributes
    ----------
    network_, networks_, history_, histories_, loss_curve_, n_iter_
    n_features_in_, feature_names_in_
        As in `NetworkClassifier`.

    Examples
    --------
    >>> import numpy as np
    >>> from tidu.estimators import NetworkRegressor
    >>> X = np.linspace(-3, 3, 200)[:, None]
    >>> y = np.sin(X[:, 0])
    >>> model = NetworkRegressor((50,), activation="tanh", learning_rate=0.03, random_state=0)
    >>> bool(model.fit(X, y).score(X, y) > 0.99)
    True
    """

    loss: str = "mean-squared-error"

    def partial_fit(self, X: Any, y: Any, sample_weight: Array | None = None) -> Self:
        """Go through these samples once, and on from what was learned before.

        Parameters
        ----------
        X, y, sample_weight
            As in `fit`.

        Returns
        -------
        self
        """
        return self._learn_part(X, y, sample_weight)

    def predict(self, X: Any) -> np.ndarray:
        """Return the values, ``(N,)`` or ``(N, K)`` as y had."""
        return self._shaped(self._outputs(X))

    # -- what the base asks for --------------------------------------------------------------

    def _note_targets(self, y: np.ndarray, classes: Array | None) -> None:
        self._shape = y.shape[1:]

    def _shaped(self, outputs: np.ndarray) -> np.ndarray:
        return outputs.reshape(-1, *self._shape)

    def _encoded(self, y: np.ndarray) -> np.ndarray:
        if self.loss == "poisson" and y.size and y.min() < 0:
            raise InputError(
                f'`y` holds {y.min():g}, and loss="poisson" needs counts, 0 or above: for values '
                'of both signs take loss="mean-squared-error"'
            )
        return y.astype(np.float64)

    def _decoded(self, t: np.ndarray) -> np.ndarray:
        return t

    def _last_layers(self, samples: Samples) -> list[Layer]:
        counted = samples[samples.used]
        last = unscaled_counts if self.loss == "poisson" else unscaled
        return [last(counted.t.reshape(len(counted), -1), counted.weights)]

    def _loss(self, last: Sequence[Layer]) -> tuple[Loss, int]:
        check_choice("loss", self.loss, LOSSES)
        outputs = max(self._shape, default=1)
        if outputs > 1 and self.loss == "mean-squared-error":
            return MeanSquaredError(spread=spreads(last[0])), outputs
        return by_name(self.loss), outputs

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        return tags
