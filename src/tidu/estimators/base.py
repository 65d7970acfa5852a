"""What the classifier and the regressor share: their settings, and how these become a run."""

from __future__ import annotations

import math
import numbers
import warnings
from abc import abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import KW_ONLY, dataclass
from typing import Any, Self

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted, validate_data

from tidu.arrays import Array, dense, described
from tidu.datasets.dataset import in_proportion
from tidu.errors import InputError, check_choice, check_integer, check_list, check_number
from tidu.estimators.fitting import (
    CallbackSupportMixin,
    NotConvergedWarning,
    fitted,
    scikit_learn_callbacks,
    with_callbacks,
)
from tidu.estimators.members import fit_members, members, seed_of
from tidu.estimators.samples import Samples, Validation, scorer_of
from tidu.initializers import Initializer
from tidu.layers import Affine, Layer
from tidu.losses import Loss
from tidu.network import Network
from tidu.objective import checked_weights
from tidu.optimizers import Optimizer
from tidu.outcome import Outcome
from tidu.penalties import by_strengths
from tidu.recipes.building import HiddenLayers, Schedule, hidden_layers, optimizer_of
from tidu.training import Callback, EarlyStopping
from tidu.training.predicting import predict_many

BATCH = 200
"""The most samples a step that ``batch_size="auto"`` takes."""

HELD_OUT = 0.1
"""The share of the samples that is held out if ``early_stopping`` has no ``validation``."""

PATIENCE = 10
"""How many epochs ``early_stopping=True`` waits for an improvement."""


@dataclass(repr=False, eq=False)
class NetworkEstimator(CallbackSupportMixin, BaseEstimator):
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
    scoring: str | Callable[..., float] = "loss"
    callbacks: Sequence[Callback] = ()
    progress: bool | None = False
    warm_start: bool = False
    random_state: int | np.random.RandomState | None = None
    n_networks: int = 1
    bootstrap: bool = False
    engine: str = "auto"
    threads: int | None = None

    def fit(
        self,
        X: Any,
        y: Any,
        sample_weight: Array | None = None,
        *,
        X_val: Any = None,
        y_val: Any = None,
        sample_weight_val: Array | None = None,
    ) -> Self:
        """Learn from data, for all of `epochs`.

        Parameters
        ----------
        X : (N, d) array, sparse matrix or data frame
        y : targets, as the class says
        sample_weight : (N,), optional
            A weight of k counts as k copies of the sample, and 0 as none.
        X_val, y_val, sample_weight_val : optional
            Samples of your own to measure on after each epoch, in place of `validation`.

        Returns
        -------
        self

        Warns
        -----
        NotConvergedWarning
            If numbers were no longer finite, or all of `epochs` were done before `early_stopping`
            ended the run; it is scikit-learn's ConvergenceWarning as well.

        Raises
        ------
        NonFiniteError
            If that was so before the first step: then there is nothing that was learned.
        """
        anew = not (self.warm_start and self.__sklearn_is_fitted__())
        if self.warm_start and isinstance(self.schedule, str):
            self._refuse_unknown_end("warm_start=True")
        held_out = self._validation(X_val, y_val, sample_weight_val)
        return self._learn(X, y, sample_weight, anew=anew, held_out=held_out)

    def _validation(self, X: Any, y: Any, sample_weight: Array | None) -> Any:
        """Return what to hold out: what was given to `fit`, or what the settings say."""
        if X is None and y is None and sample_weight is None:
            return self.validation
        if X is None or y is None:
            raise InputError("`X_val` and `y_val` go together: give both, or neither")
        if self.validation is not None:
            raise InputError(
                "there are two sets of validation samples: `validation` and `X_val, y_val`; "
                "give one of them"
            )
        return X, y, sample_weight

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
        return self._learn(
            X, y, sample_weight, epochs=1, anew=anew, held_out=self.validation, classes=classes
        )

    def _refuse_unknown_end(self, why: str) -> None:
        raise InputError(
            f"`schedule` {self.schedule!r} needs to know the last step, which {why} leaves open: "
            "give a function of the step, such as tidu.Cosine(0.01, steps=5000)"
        )

    def predict_std(self, X: Any) -> np.ndarray:
        """Return the standard deviation, over the networks, of what each says by itself.

        Of a classifier's probabilities, ``(N, K)``, or of a regressor's values. It is 0 where there
        is one network.
        """
        outputs = self._outputs_of_each(X)
        return self._shaped(outputs.std(axis=0))

    # -- what subclasses say -----------------------------------------------------------------

    @abstractmethod
    def _note_targets(self, y: np.ndarray, classes: Array | None) -> None:
        """Note what there is to learn: the classes, which may be given, or the number of values."""

    @abstractmethod
    def _encoded(self, y: np.ndarray) -> np.ndarray:
        """Return y as the loss takes it, classes as integers."""

    @abstractmethod
    def _decoded(self, t: np.ndarray) -> np.ndarray:
        """Return targets as y has them."""

    @abstractmethod
    def _loss(self, last: Sequence[Layer]) -> tuple[Loss, int]:
        """Return the loss of what the last layers give, and the number of outputs it needs."""

    def _class_names(self) -> list[str] | None:
        """Return the names of the outputs, for files and figures."""
        return None

    def _factors(self, t: np.ndarray, weights: np.ndarray) -> np.ndarray:
        """Return the factor that each sample's weight has by its class."""
        return np.ones(len(t))

    def _strata(self, t: np.ndarray) -> np.ndarray:
        """Return the classes whose shares are to be kept when samples are held out."""
        return np.zeros(len(t), np.intp)

    def _shaped(self, outputs: np.ndarray) -> np.ndarray:
        """Return outputs ``(N, K)`` in the shape of what is predicted."""
        return outputs

    def _last_layers(self, samples: Samples) -> list[Layer]:
        """Return the layers after the last affine one."""
        return []

    # -- within ------------------------------------------------------------------------------

    @with_callbacks
    def _learn(
        self,
        X: Any,
        y: Any,
        sample_weight: Array | None,
        *,
        anew: bool,
        held_out: Any,
        epochs: int | None = None,
        classes: Array | None = None,
    ) -> Self:
        X, y = self._checked(X, y, reset=anew)
        if anew:
            self._note_targets(y, classes)
        scorer = scorer_of(self)
        whole = self._samples(X, y, sample_weight)
        seed = seed_of(self.random_state) if anew else self.network_.seed
        samples, *held = self._split(whole, held_out, seed)
        b = self._batch_size(len(samples))
        epochs = self._epochs(len(samples)) if epochs is None else epochs
        steps = epochs * math.ceil(len(samples.used) / b)
        callbacks = self._callbacks(samples, epochs)
        network = self._network(X, whole, seed, steps) if anew else self._network_that_is_there()
        networks = members(self, network, None if anew else self.networks_)
        watching = [Validation(part, scorer) for part in held]
        with fitted(self, network, anew), scikit_learn_callbacks(self, X, y, epochs) as bridge:
            self.networks_: list[Network] = networks
            self.histories_ = fit_members(
                networks,
                samples,
                self.bootstrap,
                alone=bool(bridge),
                batch_size=b,
                optimizer=self._optimizer(steps),
                epochs=epochs,
                callbacks=[*watching, *callbacks, *(bridge if len(networks) == 1 else ())],
                progress=self.progress,
                engine=self.engine,
                threads=self.threads,
            )
            self.history_ = self.histories_[0]
        self.loss_curve_ = [row["loss"] for row in self.history_]
        self.n_iter_ = len(self.history_)
        failed = [history for history in self.histories_ if history.failed]
        if failed:
            warnings.warn(failed[0].status, NotConvergedWarning, stacklevel=4)
        elif self.early_stopping and self.history_.outcome is Outcome.DONE:
            warnings.warn(
                f"all {epochs} epochs were done before early stopping ended the run, so it "
                "may go on to improve: raise `epochs`",
                NotConvergedWarning,
                stacklevel=4,
            )
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

    def _split(self, samples: Samples, held: Any, seed: int) -> list[Samples]:
        """Return the samples to learn from, and after them those to measure on, if any.

        A share is drawn from the samples that count, with the classes in proportion.
        """
        if held is None and self.early_stopping:
            held = HELD_OUT
        if held is None:
            return [samples]
        if isinstance(held, tuple | list) and len(held) in (2, 3):
            X, y, weights = (*held, None)[:3]
            return [samples, self._samples(*self._checked(X, y, reset=False), weights)]
        if not isinstance(held, numbers.Real):
            raise InputError(
                "`validation` must be a share of the samples such as 0.1, or samples of your own "
                f"(X, y), got {described(held)}"
            )
        share = check_number("validation", held, above=0, below=1)
        used = samples.used
        if len(used) < 2:
            raise InputError(
                "of one sample nothing can be held out: give samples of your own, `X_val` and "
                "`y_val`, or set early_stopping=False and validation=None"
            )
        order = used[in_proportion(self._strata(samples.t[used]), seed)]
        n = min(max(1, round(share * len(used))), len(used) - 1)
        return [samples[np.sort(order[:-n])], samples[np.sort(order[-n:])]]

    def _network(self, X: Any, samples: Samples, seed: int, steps: int) -> Network:
        """Return a new network, which computes in float32 where that holds X exactly.

        It is to learn from some of the samples, in so many steps.
        """
        last = self._last_layers(samples)
        loss, n_outputs = self._loss(last)
        return Network(
            [
                *self._hidden_layers(),
                Affine(n_outputs, initializer=self.initializer),
                *last,
            ],
            X.shape[1],
            loss,
            penalty=by_strengths(self.l1, self.l2),
            seed=seed,
            dtype="float32" if np.can_cast(X.dtype, np.float32) else "float64",
            classes=self._class_names(),
        )

    def _network_that_is_there(self) -> Network:
        """Return the network to go on with, under the penalty that is now asked for."""
        network, layers = self.network_, tuple(self._hidden_layers())
        before = network.layers[: self._n_hidden]
        if layers != before:
            raise InputError(
                f"this goes on with a network of hidden layers {list(before)}, and "
                f"the settings now say {list(layers)}: fit with warm_start=False to begin anew"
            )
        loss, _ = self._loss(network.layers[self._n_hidden + 1 :])
        if loss != network.loss_function:
            raise InputError(
                f"this goes on with a network that learns by {network.loss_function!r}, and the "
                f"settings now say {loss!r}: fit with warm_start=False to begin anew"
            )
        network.penalty = by_strengths(self.l1, self.l2)
        return network

    def _hidden_layers(self) -> list[Layer]:
        layers = hidden_layers(
            self.hidden_layers, self.activation, self.initializer, self.dropout, self.batch_norm
        )
        self._n_hidden = len(layers)
        return layers

    def _epochs(self, n: int) -> int:
        """Return how often to go through n samples."""
        return check_integer("epochs", self.epochs)

    def _callbacks(self, samples: Samples, epochs: int) -> list[Callback]:
        """Return the callbacks of a run that learns from these samples for so many epochs."""
        callbacks = check_list("callbacks", self.callbacks, Callback)
        if not self.early_stopping:
            return callbacks
        patience = PATIENCE if self.early_stopping is True else self.early_stopping
        patience = check_integer("early_stopping", patience)
        monitor = "val_loss" if self.scoring == "loss" else "val_score"
        return [*callbacks, EarlyStopping(monitor, patience=patience)]

    def _optimizer(self, steps: int) -> Optimizer:
        """Return the optimizer, whose schedule ends with the last of these steps."""
        return optimizer_of(self.optimizer, self.learning_rate, self.schedule, steps)

    def _batch_size(self, n: int) -> int:
        if isinstance(self.batch_size, str):
            check_choice("batch_size", self.batch_size, ("auto",))
            return min(self._automatic_batch_size(n), n)
        return check_integer("batch_size", self.batch_size)

    def _automatic_batch_size(self, n: int) -> int:
        """Return how many of n samples a step takes by default."""
        return BATCH

    def _outputs(self, X: Any) -> np.ndarray:
        """Return the mean of the networks' probabilities or values, ``(N, K)``."""
        outputs = self._outputs_of_each(X)
        return outputs[0] if len(outputs) == 1 else outputs.mean(axis=0)

    def _outputs_of_each(self, X: Any) -> np.ndarray:
        check_is_fitted(self)
        X = validate_data(self, X, accept_sparse="csr", reset=False)
        return np.asarray(predict_many(self.networks_, X, proba=True))

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "network_")

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        return tags
