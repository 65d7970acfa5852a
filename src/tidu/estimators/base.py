"""What the classifier and the regressor share: their settings, and how these become a run."""

from __future__ import annotations

import math
import numbers
from abc import abstractmethod
from collections.abc import Iterable, Sequence
from dataclasses import KW_ONLY, dataclass
from typing import Any, Self

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.model_selection import train_test_split
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted, validate_data

from tidu.arrays import Array, dense, described
from tidu.errors import InputError, check_choice, check_integer, check_number
from tidu.estimators.feeding import Samples, Validation
from tidu.initializers import Initializer
from tidu.layers import Affine, Layer
from tidu.losses import Loss
from tidu.network import Network
from tidu.objective import checked_weights
from tidu.optimizers import Optimizer
from tidu.penalties import by_strengths
from tidu.recipes.building import HiddenLayers, Schedule, hidden_layers, optimizer_of
from tidu.training import Callback, EarlyStopping

BATCH = 200
"""The most samples a step that ``batch_size="auto"`` takes."""

HELD_OUT = 0.1
"""The share of the samples that is held out if ``early_stopping`` has no ``validation``."""

PATIENCE = 10
"""How many epochs ``early_stopping=True`` waits for an improvement."""


@dataclass(repr=False, eq=False)
class NetworkEstimator(BaseEstimator):
    """The base of both estimators; each says what its targets are, and which loss fits them.

    As scikit-learn wants it, settings are judged by `fit` and never changed by it, and what comes
    of `fit` is in attributes whose names end in "_".
    """

    hidden_layers: HiddenLayers = (100,)
    _: KW_ONLY
    activation: str | Layer = "relu"
    initializer: str | Initializer = "auto"
    dropout: float = 0.0
    batch_norm: bool = False
    optimizer: str | Optimizer = "adam"
    learning_rate: float | None = None
    schedule: Schedule | None = None
    l1: float = 0.0
    l2: float = 0.0
    batch_size: int | str = "auto"
    epochs: int = 200
    validation: float | tuple[Any, Any] | None = None
    early_stopping: bool | int = False
    callbacks: Sequence[Callback] = ()
    progress: bool | None = False
    warm_start: bool = False
    random_state: int | np.random.RandomState | None = None
    engine: str = "auto"
    threads: int | None = None

    def fit(self, X: Any, y: Any, sample_weight: Array | None = None) -> Self:
        """Learn from data, for all of `epochs`.

        Parameters
        ----------
        X : (N, d) array, sparse matrix or data frame
        y : targets, as the class says
        sample_weight : (N,), optional
            A weight of k counts as k copies of the sample, and 0 as none.

        Returns
        -------
        self
        """
        anew = not (self.warm_start and self.__sklearn_is_fitted__())
        if self.warm_start and isinstance(self.schedule, str):
            self._refuse_unknown_end("warm_start=True")
        epochs = check_integer("epochs", self.epochs)
        return self._learn(X, y, sample_weight, epochs=epochs, anew=anew)

    def _learn_part(
        self, X: Any, y: Any, sample_weight: Array | None, classes: Array | None = None
    ) -> Self:
        """Go through some samples once, going on from what was learned before."""
        if self.early_stopping:
            raise InputError(
                "partial_fit goes through the data once, so there is no early stopping: "
                "set early_stopping=False"
            )
        if isinstance(self.schedule, str):
            self._refuse_unknown_end("partial_fit")
        anew = not self.__sklearn_is_fitted__()
        return self._learn(X, y, sample_weight, epochs=1, anew=anew, classes=classes)

    def _refuse_unknown_end(self, why: str) -> None:
        raise InputError(
            f"`schedule` {self.schedule!r} needs to know the last step, which {why} leaves open: "
            "give a function of the step, such as tidu.Cosine(0.01, steps=5000)"
        )

    # -- what subclasses say -----------------------------------------------------------------

    @abstractmethod
    def _meet(self, y: np.ndarray) -> None:
        """Take note of what there is to learn: the classes, or the number of values."""

    @abstractmethod
    def _encoded(self, y: np.ndarray) -> np.ndarray:
        """Return y as the loss takes it, classes as integers."""

    @abstractmethod
    def _loss(self) -> tuple[Loss, int]:
        """Return the loss, and the number of outputs that it needs."""

    def _class_names(self) -> list[str] | None:
        """Return the names of the outputs, for files and figures."""
        return None

    def _factors(self, t: np.ndarray, weights: np.ndarray) -> np.ndarray:
        """Return the factor that each sample's weight has by its class."""
        return np.ones(len(t))

    def _strata(self, t: np.ndarray) -> np.ndarray | None:
        """Return the classes whose shares are to be kept when samples are held out."""
        return None

    # -- within ------------------------------------------------------------------------------

    def _learn(
        self,
        X: Any,
        y: Any,
        sample_weight: Array | None,
        *,
        epochs: int,
        anew: bool,
        classes: Array | None = None,
    ) -> Self:
        callbacks = self._callbacks()
        X, y = self._checked(X, y, reset=anew)
        if anew:
            self._meet(y if classes is None else classes)
        samples = self._samples(X, y, sample_weight)
        network = self._network(X) if anew else self._network_that_is_there()
        samples, *held_out = self._split(samples, network.seed)
        b = self._batch_size(len(samples))
        steps = epochs * math.ceil(len(samples.used) / b)
        self.history_ = network.fit(
            samples.x,
            samples.t,
            sample_weight=samples.weights,
            batch_size=b,
            optimizer=optimizer_of(self.optimizer, self.learning_rate, self.schedule, steps),
            epochs=epochs,
            callbacks=[*map(Validation, held_out), *callbacks],
            progress=self.progress,
            engine=self.engine,
            threads=self.threads,
        )
        self.network_ = network
        self.loss_curve_ = [row["loss"] for row in self.history_]
        self.n_iter_ = len(self.history_)
        return self

    def _checked(self, X: Any, y: Any, *, reset: bool) -> tuple[Any, np.ndarray]:
        """Return samples and targets as scikit-learn judges them; ``reset``: they set the shape."""
        X, y = validate_data(self, X, y, accept_sparse="csr", multi_output=True, reset=reset)
        return X, dense(y)

    def _samples(self, X: Any, y: np.ndarray, sample_weight: Array | None) -> Samples:
        """Return the samples with encoded targets, and weights with the factors of the classes."""
        t = self._encoded(y)
        weights = checked_weights(sample_weight, len(t))
        weights = np.ones(len(t)) if weights is None else weights.astype(np.float64)
        weights = weights * self._factors(t, weights)
        if not weights.any():
            raise InputError("the weights of all samples are zero: there is nothing to learn from")
        return Samples(X, t, weights)

    def _split(self, samples: Samples, seed: int) -> list[Samples]:
        """Return the samples to learn from, and after them those to measure on, if any."""
        held = self.validation
        if held is None and self.early_stopping:
            held = HELD_OUT
        if held is None:
            return [samples]
        if isinstance(held, tuple | list) and len(held) == 2:
            return [samples, self._samples(*self._checked(*held, reset=False), None)]
        if not isinstance(held, numbers.Real):
            raise InputError(
                "`validation` must be a share of the samples such as 0.1, or samples of your own "
                f"(X, y), got {described(held)}"
            )
        share = check_number("validation", held, above=0, below=1)
        parts = train_test_split(
            np.arange(len(samples)),
            test_size=share,
            random_state=seed,
            stratify=self._strata(samples.t),
        )
        return [samples[rows] for rows in parts]

    def _network(self, X: Any) -> Network:
        """Return a new network, which computes in float32 where that holds X exactly."""
        loss, n_outputs = self._loss()
        random, seed = check_random_state(self.random_state), self.random_state
        if not isinstance(seed, numbers.Integral):
            seed = random.randint(2**31 - 1)
        return Network(
            [*self._hidden_layers(), Affine(n_outputs, initializer=self.initializer)],
            X.shape[1],
            loss,
            penalty=by_strengths(self.l1, self.l2),
            seed=int(seed),
            dtype="float32" if np.can_cast(X.dtype, np.float32) else "float64",
            classes=self._class_names(),
        )

    def _network_that_is_there(self) -> Network:
        """Return the network to go on with, under the penalty that is now asked for."""
        network, layers = self.network_, tuple(self._hidden_layers())
        if layers != network.layers[:-1]:
            raise InputError(
                f"this goes on with a network of hidden layers {list(network.layers[:-1])}, and "
                f"the settings now say {list(layers)}: fit with warm_start=False to begin anew"
            )
        network.penalty = by_strengths(self.l1, self.l2)
        return network

    def _hidden_layers(self) -> list[Layer]:
        return hidden_layers(
            self.hidden_layers, self.activation, self.initializer, self.dropout, self.batch_norm
        )

    def _callbacks(self) -> list[Callback]:
        if isinstance(self.callbacks, Callback) or not isinstance(self.callbacks, Iterable):
            raise TypeError(f"`callbacks` must be a list of callbacks, got {self.callbacks!r}")
        if not self.early_stopping:
            return [*self.callbacks]
        patience = PATIENCE if self.early_stopping is True else self.early_stopping
        patience = check_integer("early_stopping", patience)
        return [*self.callbacks, EarlyStopping(patience=patience)]

    def _batch_size(self, n: int) -> int:
        if isinstance(self.batch_size, str):
            check_choice("batch_size", self.batch_size, ("auto",))
            return min(BATCH, n)
        return check_integer("batch_size", self.batch_size)

    def _outputs(self, X: Any) -> np.ndarray:
        """Return the network's probabilities or values, ``(N, K)``."""
        check_is_fitted(self)
        X = validate_data(self, X, accept_sparse="csr", reset=False)
        return self.network_.predict_proba(X)

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "network_")

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        return tags
