"""A network as a scikit-learn classifier: of two classes, of many, or of many labels at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from sklearn.base import ClassifierMixin
from sklearn.utils.multiclass import check_classification_targets, type_of_target
from sklearn.utils.validation import column_or_1d

from tidu.arrays import Array
from tidu.errors import InputError
from tidu.estimators.base import BATCH, NetworkEstimator
from tidu.estimators.class_weights import ClassWeight, weights_by_class
from tidu.layers import Layer
from tidu.losses import Loss, SigmoidCrossEntropy, SoftmaxCrossEntropy

SMALLEST_BATCH, STEPS_AN_EPOCH = 64, 10
"""Chosen on four tables of scikit-learn (iris, wine, breast cancer, 600 digits), scaled and as they
are, by two times five folds: with one step an epoch, 200 epochs are too few for iris and wine."""


@dataclass(repr=False, eq=False, kw_only=True)
class NetworkClassifier(ClassifierMixin, NetworkEstimator):
    """A network that learns classes, for scikit-learn.

    Its scores are learned by `SoftmaxCrossEntropy`, or by `SigmoidCrossEntropy` where a sample may
    have any number of labels. Scale the features (``StandardScaler``), as for any network.

    Parameters
    ----------
    hidden_layers : sequence of int or Layer
        The units of each hidden layer. A layer of Tidu's in the sequence stands as it is, and all
        but the last layer may be given so. The last, with an output a class, is always added.
    activation : str or Layer
        What follows each hidden layer given by its size: "relu", "leakyrelu", "elu", "gelu",
        "silu", "sigmoid", "tanh", "softplus" or "identity", or a layer such as ``LeakyReLU(0.2)``.
    initializer : str or Initializer
        How weights start; "auto" takes what suits the activation that follows.
    dropout : float
        The share of each hidden layer that is dropped while learning.
    batch_norm : bool
        Whether each hidden layer is normalized over the batch.
    optimizer : str or Optimizer
        "sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adam" or "adamw", or an optimizer
        such as ``ClipByNorm(1, Adam())``.
    learning_rate : float, optional
        In place of the optimizer's own.
    schedule : "cosine" or function of the step, optional
        "cosine" lets the learning rate come down to 0 over all of `fit`; a function gives the
        rate itself, and no `learning_rate` goes with it.
    l1, l2 : float
        The strengths of the penalty λ₁ Σ|w| + ½ λ₂ Σw², over weights and not over biases.
    batch_size : int or "auto"
        Samples a step; "auto" is a tenth of them, from 64 to 200, or all if there are fewer.
    epochs : int
        How often `fit` goes through the samples.
    validation : float or (X, y), optional
        The share of the samples to hold out, or samples of your own, to be measured after each
        epoch. Classes keep their shares.
    early_stopping : bool or int
        Whether to stop when the loss on the validation samples has not improved for 10 epochs, or
        for so many, and to go back to the network that was best. Without ``validation``, a tenth
        of the samples is held out.
    scoring : str or callable
        What ``early_stopping`` goes by: "loss", or a scorer as scikit-learn knows them, such as
        "roc_auc", whose values are ``val_score`` in the history.
    callbacks : sequence of Callback
        What watches the run, or ends it.
    progress : bool or None
        Whether to show a progress bar; None is where someone watches.
    warm_start : bool
        Whether a further `fit` goes on from where the last one ended.
    random_state : int, RandomState or None
        An integer is the seed of the network: the same one gives the same bits.
    n_networks : int
        How many networks learn, at once and from seeds that follow one another; what is predicted
        is the mean of their probabilities, or values. `predict_std` says how far they differ.
    bootstrap : bool
        Whether each network learns from samples drawn with replacement, as many as there are.
    engine : str
        What carries out the steps; "auto" is the fastest that there is.
    threads : int, optional
        How many threads the engine may use.
    class_weight : dict or "balanced", optional
        Factors of the weights of each class's samples (1 for a class that is left out); "balanced"
        makes all classes count alike. For many labels a list with a dict a label, such as
        ``{0: 1, 1: 5}``, whose factors are multiplied.

    Attributes
    ----------
    classes_ : (K,) array
        The classes, in the order of the columns of `predict_proba`; the labels' numbers if there
        are many labels.
    network_ : Network
        What was learned, as Tidu has it: ``network_.save("model.safetensors")``; the first of
        `networks_`, where there are several.
    networks_, histories_ : lists of Network and History
        All networks, and what each went through.
    history_ : History
        One row an epoch; ``history_.plot()``. It is that of the first network.
    loss_curve_ : list of float
        The training loss of each epoch.
    n_iter_ : int
        How many epochs there were.
    n_features_in_, feature_names_in_
        As scikit-learn has them.

    Examples
    --------
    >>> from sklearn.datasets import load_wine
    >>> from sklearn.model_selection import train_test_split
    >>> from sklearn.pipeline import make_pipeline
    >>> from sklearn.preprocessing import StandardScaler
    >>> from tidu.estimators import NetworkClassifier
    >>> X, y = load_wine(return_X_y=True)
    >>> X, X_test, y, y_test = train_test_split(X, y, random_state=0)
    >>> model = make_pipeline(StandardScaler(), NetworkClassifier((50,), random_state=0))
    >>> bool(model.fit(X, y).score(X_test, y_test) > 0.9)
    True
    """

    class_weight: ClassWeight = None

    def partial_fit(
        self, X: Any, y: Any, classes: Array | None = None, sample_weight: Array | None = None
    ) -> Self:
        """Go through these samples once, and on from what was learned before.

        Parameters
        ----------
        X, y, sample_weight
            As in `fit`.
        classes : (K,)
            All classes that will ever come, to be given in the first call. If y holds many labels
            it may be left out; they are 0, 1, ..., one a column.

        Returns
        -------
        self
        """
        if isinstance(self.class_weight, str):
            raise InputError(
                f"class_weight={self.class_weight!r} needs to see all samples, and partial_fit "
                "sees a part: give a dict from classes to weights"
            )
        if self.__sklearn_is_fitted__():
            self._refuse_other_classes(classes)
        elif classes is None and not type_of_target(y).startswith("multilabel"):
            raise InputError(
                "`classes` must be given in the first call of partial_fit: all classes that will "
                "ever come, such as np.unique(y_of_all_parts)"
            )
        return self._learn_part(X, y, sample_weight, classes)

    def predict(self, X: Any) -> np.ndarray:
        """Return the most probable class of each sample, ``(N,)``.

        Of many labels ``(N, K)``, 1 where its probability is above ½.
        """
        p = self._outputs(X)
        return (p > 0.5).astype(int) if self._many_labels else self.classes_[p.argmax(axis=1)]

    def predict_proba(self, X: Any) -> np.ndarray:
        """Return the probability of each class, or of each label, ``(N, K)``."""
        return self._outputs(X)

    def predict_log_proba(self, X: Any) -> np.ndarray:
        """Return the logarithms of `predict_proba`, −∞ for 0."""
        with np.errstate(divide="ignore"):
            return np.log(self._outputs(X))

    # -- what the base asks for --------------------------------------------------------------

    def _note_targets(self, y: np.ndarray, classes: Array | None) -> None:
        check_classification_targets(y)
        kind = type_of_target(y)
        if kind == "multiclass-multioutput":
            raise InputError(
                "`y` has several columns that are not all 0 or 1: a classifier learns one column "
                "of classes, or labels as columns of 0 and 1; for several columns of classes use "
                "sklearn.multioutput.MultiOutputClassifier(NetworkClassifier())"
            )
        self._many_labels = kind == "multilabel-indicator"
        if self._many_labels:
            self.classes_ = np.arange(np.shape(y)[1])
            if classes is not None:
                self._refuse_other_classes(classes)
        else:
            self.classes_ = np.unique(y if classes is None else classes)
        if len(self.classes_) < 2:
            raise InputError(
                f"`y` has one class only, {self.classes_.tolist()[0]!r}: there is nothing to tell "
                "apart"
            )

    def _decoded(self, t: np.ndarray) -> np.ndarray:
        return t if self._many_labels else self.classes_[t]

    def _encoded(self, y: np.ndarray) -> np.ndarray:
        if self._many_labels:
            return y
        y = column_or_1d(y, warn=True)
        unknown = np.setdiff1d(y, self.classes_)
        if len(unknown):
            raise InputError(
                f"`y` holds {unknown.tolist()[0]!r}, which is none of the classes "
                f"{self.classes_.tolist()} that were there at first"
            )
        return np.searchsorted(self.classes_, y)

    def _loss(self, last: Sequence[Layer]) -> tuple[Loss, int]:
        loss = SigmoidCrossEntropy() if self._many_labels else SoftmaxCrossEntropy()
        return loss, len(self.classes_)

    def _class_names(self) -> list[str] | None:
        return None if self._many_labels else [str(name) for name in self.classes_.tolist()]

    def _factors(self, t: np.ndarray, weights: np.ndarray) -> np.ndarray:
        return weights_by_class(self.class_weight, self.classes_, t, weights)

    def _strata(self, t: np.ndarray) -> np.ndarray:
        return super()._strata(t) if self._many_labels else t

    def _automatic_batch_size(self, n: int) -> int:
        return max(SMALLEST_BATCH, min(BATCH, n // STEPS_AN_EPOCH))

    def _refuse_other_classes(self, classes: Array | None) -> None:
        if classes is not None and not np.array_equal(np.unique(classes), self.classes_):
            raise InputError(
                f"`classes` {np.unique(classes).tolist()} are not those of the first call of "
                f"partial_fit, {self.classes_.tolist()}"
            )

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_label = True
        return tags
