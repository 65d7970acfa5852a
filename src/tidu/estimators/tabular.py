"""Tables as they are, with a recipe that needs no settings: see `tidu.recipes.tabular`.

Columns of a data frame may be numbers, yes/no, categories and texts, with gaps: they are understood
and encoded as `tidu train` does it, and the network remembers how.
"""

from __future__ import annotations

import numbers
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, NoReturn

import numpy as np
from sklearn.utils import check_array, check_consistent_length
from sklearn.utils.validation import check_is_fitted, validate_data

from tidu.arrays import Array
from tidu.datasets.encoding import encode
from tidu.datasets.inference import infer_columns
from tidu.datasets.table import RawTable, from_frame, is_frame
from tidu.errors import InputError, check_choice, check_list
from tidu.estimators.base import NetworkEstimator
from tidu.estimators.classifier import NetworkClassifier
from tidu.estimators.regressor import NetworkRegressor
from tidu.estimators.samples import Samples
from tidu.layers import Layer
from tidu.losses import Loss, MeanSquaredError, SoftmaxCrossEntropy
from tidu.network import Network
from tidu.optimizers import Optimizer
from tidu.recipes import tabular
from tidu.recipes.networks import spreads
from tidu.schema import Schema, Target
from tidu.training import Callback
from tidu.training.predicting import predict_many


class TabularEstimator(NetworkEstimator):
    """What both tabular estimators share; of a `NetworkEstimator`'s settings some are left."""

    def __init__(
        self,
        *,
        variant: str = "td-s",
        epochs: int | None = None,
        validation: float | tuple[Any, Any] | None = tabular.HELD_OUT,
        callbacks: Sequence[Callback] = (),
        progress: bool | None = False,
        random_state: int | np.random.RandomState | None = None,
        n_networks: int = 1,
        engine: str = "auto",
        threads: int | None = None,
    ) -> None:
        self.variant = variant
        self.epochs = epochs  # type: ignore[assignment]
        self.validation = validation
        self.callbacks = callbacks
        self.progress = progress
        self.random_state = random_state
        self.n_networks = n_networks
        self.engine = engine
        self.threads = threads

    @property
    def partial_fit(self) -> NoReturn:
        """There is none: the schedule has an end, and columns are measured on all samples."""
        raise AttributeError(f"{type(self).__name__} learns from all samples at once, by fit")

    def _validation(self, X: Any, y: Any, sample_weight: Array | None) -> Any:
        given = X is not None or y is not None
        held = (X, y, sample_weight) if given else self.validation
        if given and (X is None or y is None):
            raise InputError("`X_val` and `y_val` go together: give both, or neither")
        self._measures = held is not None
        return held

    @property
    def _classifies(self) -> bool:
        return isinstance(self, NetworkClassifier)

    @property
    def _goes_by_accuracy(self) -> bool:
        return self._classifies

    def _checked(self, X: Any, y: Any, *, reset: bool) -> tuple[Any, np.ndarray]:
        check_choice("variant", self.variant, tabular.VARIANTS)
        name = str(getattr(y, "name", None) or "target")
        if is_frame(X):
            y = check_array(y, ensure_2d=False, dtype=None, input_name="y", estimator=self)
            check_consistent_length(X, y)
        else:
            X, y = validate_data(
                self, X, y, multi_output=True, reset=reset, ensure_all_finite="allow-nan"
            )
        x = self._encoded_inputs(X, name if reset else None)
        return x, y

    def _encoded_inputs(self, X: Any, target: str | None = None) -> np.ndarray:
        """Return samples as numbers; with the name of a target, they say what the columns are."""
        reset = target is not None
        if is_frame(X):
            validate_data(self, X, reset=reset, skip_check_array=True)
            table = from_frame(X)
        else:
            X = validate_data(self, X, reset=reset, ensure_all_finite="allow-nan")
            names = tuple(str(i) for i in range(X.shape[1]))
            table = RawTable(names, tuple(np.asarray(X, np.float64).T), named=False)
        if target is not None:
            kept = [
                name
                for name, cells in zip(table.names, table.columns, strict=True)
                if isinstance(cells, np.ndarray)
            ]
            columns = infer_columns(table, kept, _categorical(X))
            named = Target(target, "values", why="given to fit")
            self.schema_ = Schema(columns, named, table.named, len(columns))
        return encode(self.schema_, table, "X")[0]

    def _network(self, X: Any, samples: Samples, seed: int, steps: int) -> Network:
        last = self._last_layers(samples)
        loss, outputs = self._loss(last)
        names = self._class_names()
        if names:
            target = replace(self.schema_.target, task="classes", classes=tuple(names))
            self.schema_ = replace(self.schema_, target=target)
        return tabular.tabular_network(
            X, loss, outputs, last, self.schema_, variant=self.variant, steps=steps, seed=seed,
            classes=names,
        )  # fmt: skip

    def _split(self, samples: Samples, held: Any, seed: int) -> list[Samples]:
        if isinstance(held, numbers.Real) and len(samples.used) < 2:
            return [samples, samples]
        return super()._split(samples, held, seed)

    def _epochs(self, n: int) -> int:
        return tabular.tabular_epochs(n) if self.epochs is None else super()._epochs(n)

    def _callbacks(self, samples: Samples, epochs: int) -> list[Callback]:
        callbacks = check_list("callbacks", self.callbacks, Callback)
        return callbacks + tabular.tabular_callbacks(
            samples.x, self._goes_by_accuracy, epochs, self.variant, self._measures
        )

    def _optimizer(self, steps: int) -> Optimizer:
        return tabular.tabular_optimizer(self._classifies, steps, self.variant)

    def _batch_size(self, n: int) -> int:
        return tabular.tabular_batch_size(n)

    def _outputs_of_each(self, X: Any) -> np.ndarray:
        """Return what each network says, ``(n_networks, N, K)``.

        Computed in float64, so that it does not depend on what is predicted beside it.
        """
        check_is_fitted(self)
        exact = [network.astype("float64") for network in self.networks_]
        return np.asarray(predict_many(exact, self._encoded_inputs(X), proba=True))

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = False
        tags.input_tags.allow_nan = True
        return tags


def _categorical(X: Any) -> list[str]:
    """Return the names of a frame's columns whose type says that they are categories."""
    if not is_frame(X):
        return []
    kinds = ("category", "Categorical", "Enum")
    pairs = zip(X.columns, X.dtypes, strict=True)
    return [str(name) for name, dtype in pairs if str(dtype).startswith(kinds)]


class TabularClassifier(TabularEstimator, NetworkClassifier):
    """A network for classes in tables that needs no settings: RealMLP, for scikit-learn.

    Columns are taken as they are: numbers of any size, yes/no, categories and texts of a data
    frame, with gaps; no scaling, no encoding, no filling in. A fifth of the samples is held out,
    and the network of the epoch with the fewest errors on them is kept.

    Parameters
    ----------
    variant : {"td-s", "td"}
        RealMLP-TD-S, or RealMLP-TD: with waves of numbers, learned vectors of large categories,
        strengths of activations, dropout and weight decay, for about 1.2 times the time.
    epochs : int, optional
        How often to go through the samples; the schedule spans all of them. If not given, 256, or
        fewer for more than 256 samples: as many as make the steps of the authors' program.
    validation : float, (X, y) or None
        The share of the samples that is held out, or samples of your own; with None the last
        epoch's network is kept.
    callbacks, progress, random_state, engine, threads
        As in `NetworkClassifier`.
    n_networks : int
        How many networks learn, from seeds that follow one another; the mean of their
        probabilities, or values, is better than those of one.

    Attributes
    ----------
    schema_ : Schema
        What each column was taken for, and what becomes of it.
    classes_, network_, networks_, history_, histories_, loss_curve_, n_iter_
    n_features_in_, feature_names_in_
        As in `NetworkClassifier`.

    References
    ----------
    Holzmüller, Grinsztajn and Steinwart, "Better by default: strong pre-tuned MLPs and boosted
    trees on tabular data", 2024.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from tidu.estimators import TabularClassifier
    >>> X, y = load_iris(return_X_y=True)
    >>> model = TabularClassifier(epochs=64, random_state=0).fit(X[::2], y[::2])
    >>> bool(model.score(X[1::2], y[1::2]) > 0.9)
    True
    """

    @property
    def _goes_by_accuracy(self) -> bool:
        return not self._many_labels

    def _loss(self, last: Sequence[Layer]) -> tuple[Loss, int]:
        loss, outputs = super()._loss(last)
        if isinstance(loss, SoftmaxCrossEntropy):
            loss = SoftmaxCrossEntropy(label_smoothing=tabular.LABEL_SMOOTHING)
        return loss, outputs


class TabularRegressor(TabularEstimator, NetworkRegressor):
    """A network for values in tables that needs no settings: RealMLP, for scikit-learn.

    As `TabularClassifier`, but values are learned, of one column or several, and the network of
    the epoch with the least squared error on the held-out samples is kept.

    Parameters
    ----------
    variant, epochs, validation, callbacks, progress, random_state, n_networks, engine, threads
        As in `TabularClassifier`.

    Attributes
    ----------
    schema_, network_, networks_, history_, histories_, loss_curve_, n_iter_
    n_features_in_, feature_names_in_
        As in `TabularClassifier`.

    Examples
    --------
    >>> import numpy as np
    >>> from tidu.estimators import TabularRegressor
    >>> X = np.linspace(-3, 3, 200)[:, None]
    >>> y = np.sin(X[:, 0])
    >>> model = TabularRegressor(epochs=64, random_state=0).fit(X, y)
    >>> bool(model.score(X, y) > 0.99)
    True
    """

    def _last_layers(self, samples: Samples) -> list[Layer]:
        layers = super()._last_layers(samples)
        if not tabular.VARIANTS[self.variant].full:
            return layers
        counted = samples[samples.used]
        return [*layers, tabular.within(counted.t.reshape(len(counted), -1))]

    def _loss(self, last: Sequence[Layer]) -> tuple[Loss, int]:
        return MeanSquaredError(spread=spreads(last[0])), max(self._shape, default=1)
