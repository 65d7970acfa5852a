"""What a network learns from: losses, each with its gradient and its link.

A loss turns the network's scores and the targets into one value a sample, ℓᵢ; the total is the
weighted mean Σ wᵢ ℓᵢ / Σ wᵢ, which the objective computes from the weights. Its link says what the
scores mean: softmax or sigmoid makes them probabilities, exp makes them means of counts, identity
leaves them as they are. Losses as plain functions of arrays are in `tidu.functions`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from tidu import functions
from tidu.arrays import Array, described, namespace
from tidu.config import Config, set_fields
from tidu.errors import InputError, ShapeError, check_choice, check_number
from tidu.layers.base import Shape


class Loss(Config):
    """The base of all losses: pure functions of scores ``(N, ...)`` and targets of the same shape.

    ``encode`` brings a user's targets into that form, and is the only place where they are checked.
    """

    link: ClassVar[str] = "identity"
    """What turns scores into predictions: "softmax", "sigmoid", "exp" or "identity"."""

    def encode(self, t: Array, scores_shape: Shape, dtype: np.dtype) -> Array:
        """Return targets in the shape of the scores and in ``dtype``; refuse what does not fit."""
        raise NotImplementedError

    def values(self, scores: Array, t: Array) -> Array:
        """Return ℓᵢ for each sample, ``(N,)``."""
        raise NotImplementedError

    def gradient(self, scores: Array, t: Array) -> Array:
        """Return dℓᵢ/dscoresᵢ for each sample, in the shape of the scores."""
        raise NotImplementedError

    def weights(self, t: Array) -> Array | None:
        """Return a weight for each sample that depends on its (encoded) target, or None for 1."""
        return None

    def predict_proba(self, scores: Array) -> Array:
        """Apply the link."""
        return scores

    def predict(self, scores: Array) -> Array:
        """Return the predicted class, or the predicted value."""
        return scores

    def correct(self, scores: Array, t: Array) -> Array | None:
        """Return for each sample whether its class was found, ``(N,)``; None without classes."""
        return None


@dataclass(frozen=True, repr=False, eq=False)
class _SquaredLoss(Loss):
    def encode(self, t: Array, scores_shape: Shape, dtype: np.dtype) -> Array:
        """Return targets ``(N, K)``; ``(N,)`` will do where K is 1."""
        return _encoded_values(self, t, scores_shape, dtype)

    def correct(self, scores: Array, t: Array) -> Array | None:
        """Compare the largest output with the class, if every target is one-hot."""
        xp = namespace(t)
        if t.ndim != 2 or t.shape[1] < 2:
            return None
        one_hot = xp.all((t == 0) | (t == 1)) and xp.all(xp.sum(t, axis=1) == 1)
        return xp.argmax(scores, axis=1) == xp.argmax(t, axis=1) if one_hot else None


@dataclass(frozen=True, repr=False, eq=False)
class SumSquaredError(_SquaredLoss):
    """Half the sum of squares over the outputs, ℓ = ½ Σₖ (yₖ − tₖ)²; dℓ/dy = y − t.

    The mean over the batch is taken, so the gradient of a batch does not grow with its size. The
    textbook's quadratic cost. PyTorch's ``MSELoss`` is 2/K times this.

    Examples
    --------
    >>> SumSquaredError().values(np.array([[0.0, 1.0]]), np.array([[1.0, 1.0]]))
    array([0.5])
    """

    def values(self, scores: Array, t: Array) -> Array:
        """ℓ = ½ Σₖ (yₖ − tₖ)²."""
        return 0.5 * _sum_of_sample((scores - t) ** 2)

    def gradient(self, scores: Array, t: Array) -> Array:
        """dℓ/dy = y − t."""
        return scores - t


@dataclass(frozen=True, repr=False, eq=False)
class MeanSquaredError(_SquaredLoss):
    """Mean of the squares over the outputs, ℓ = (1/K) Σₖ (yₖ − tₖ)²; dℓ/dy = 2 (y − t) / K.

    ``torch.nn.MSELoss`` in PyTorch.

    Examples
    --------
    >>> MeanSquaredError().values(np.array([[0.0, 1.0]]), np.array([[1.0, 1.0]]))
    array([0.5])
    """

    def values(self, scores: Array, t: Array) -> Array:
        """ℓ = (1/K) Σₖ (yₖ − tₖ)²."""
        return _sum_of_sample((scores - t) ** 2) / _outputs(scores)

    def gradient(self, scores: Array, t: Array) -> Array:
        """dℓ/dy = 2 (y − t) / K."""
        return 2 * (scores - t) / _outputs(scores)


@dataclass(frozen=True, repr=False, eq=False)
class Poisson(Loss):
    """Half the Poisson deviance of counts, ℓ = Σₖ yₖ − tₖ + tₖ log(tₖ / yₖ) with y = e^s.

    The scores are logarithms of what is expected, so no prediction is negative. The least loss is
    0, at y = t. Computed from scores as Σ t (e^d − 1 − d) with d = s − log t, which keeps its
    digits, and as e^s where t is 0; dℓ/ds = e^s − t. Targets are counts, or any numbers of 0 and
    above, ``(N, K)``, or ``(N,)`` where K is 1. ``torch.nn.PoissonNLLLoss`` in PyTorch, which
    leaves out the terms of t alone; ``mean_poisson_deviance`` in scikit-learn is twice the mean.

    Examples
    --------
    >>> Poisson().values(np.log([[2.0], [2.0]]), np.array([[2.0], [0.0]]))
    array([0., 2.])
    """

    link = "exp"

    def encode(self, t: Array, scores_shape: Shape, dtype: np.dtype) -> Array:
        """Return targets ``(N, K)`` of 0 and above; ``(N,)`` will do where K is 1."""
        t = _encoded_values(self, t, scores_shape, dtype)
        xp = namespace(t)
        if not xp.all(t >= 0):
            raise InputError(
                f"`t` holds {float(xp.min(t)):g}, and Poisson needs counts, 0 or above; for values "
                "of both signs use MeanSquaredError"
            )
        return t

    def values(self, scores: Array, t: Array) -> Array:
        """ℓ = Σₖ t (e^d − 1 − d), d = s − log t; e^s where t is 0."""
        xp = namespace(t)
        d = scores - xp.log(xp.where(t > 0, t, xp.ones_like(t)))
        return _sum_of_sample(xp.where(t > 0, t * (xp.expm1(d) - d), xp.exp(scores)))

    def gradient(self, scores: Array, t: Array) -> Array:
        """dℓ/ds = e^s − t."""
        return namespace(scores).exp(scores) - t

    def predict_proba(self, scores: Array) -> Array:
        """Return e^s, what is expected."""
        return namespace(scores).exp(scores)

    def predict(self, scores: Array) -> Array:
        """Return e^s, what is expected."""
        return self.predict_proba(scores)


@dataclass(frozen=True, repr=False, eq=False)
class SoftmaxCrossEntropy(Loss):
    """Cross-entropy of softmax scores, ℓ = −Σ_c t_c log softmax(s)_c; dℓ/ds = softmax(s) − t.

    From scores (logits) rather than probabilities: exact for any score, with no guard in the
    logarithm. Targets are integer classes ``(N,)``, or one-hot rows or probabilities ``(N, C)``.
    ``torch.nn.CrossEntropyLoss`` in PyTorch.

    Parameters
    ----------
    label_smoothing : float
        s moves each target to (1 − s) t + s / C (Szegedy et al., 2016).
    class_weights : sequence of C numbers, optional
        The weight of a sample is that of its class, Σ_c t_c w_c; the total is Σ wᵢ ℓᵢ / Σ wᵢ. For
        integer classes this is PyTorch's; for probabilities, or with label smoothing, PyTorch
        weighs the terms within a sample instead.

    Examples
    --------
    >>> SoftmaxCrossEntropy().values(np.zeros((1, 10)), np.eye(10)[[3]])
    array([2.30258509])
    """

    label_smoothing: float = 0.0
    class_weights: Sequence[float] | None = None
    link = "softmax"

    def __post_init__(self) -> None:
        smoothing = check_number("label_smoothing", self.label_smoothing, minimum=0, maximum=1)
        set_fields(self, label_smoothing=smoothing)
        if self.class_weights is not None:
            given = self.class_weights
            if isinstance(given, str) or not isinstance(given, (Sequence, np.ndarray)):
                raise TypeError(
                    "`class_weights` must be a list of one number a class, such as [1.0, 2.0], "
                    f"got {described(given)}"
                )
            checked = tuple(
                check_number(f"class_weights[{i}]", w, minimum=0) for i, w in enumerate(given)
            )
            set_fields(self, class_weights=checked)

    def encode(self, t: Array, scores_shape: Shape, dtype: np.dtype) -> Array:
        """Return one row of class probabilities a sample."""
        c = scores_shape[-1]
        if self.class_weights is not None and len(self.class_weights) != c:
            raise ShapeError(
                f"`class_weights` has {len(self.class_weights)} numbers for {c} classes"
            )
        like = namespace(t).zeros(scores_shape, dtype=dtype)
        return functions.class_probabilities(t, like, classes="the scores")

    def values(self, scores: Array, t: Array) -> Array:
        """ℓ = −Σ_c t_c log softmax(s)_c."""
        return -_sum_of_sample(self._smoothed(t) * functions.log_softmax(scores))

    def gradient(self, scores: Array, t: Array) -> Array:
        """dℓ/ds = softmax(s) − t."""
        return functions.softmax(scores) - self._smoothed(t)

    def weights(self, t: Array) -> Array | None:
        """Return the weight of each sample's class."""
        if self.class_weights is None:
            return None
        return t @ namespace(t).asarray(self.class_weights, dtype=t.dtype)

    def predict_proba(self, scores: Array) -> Array:
        """Return softmax(s)."""
        return functions.softmax(scores)

    def predict(self, scores: Array) -> Array:
        """Return the class of the largest score."""
        return namespace(scores).argmax(scores, axis=-1)

    def correct(self, scores: Array, t: Array) -> Array:
        """Compare the class of the largest score with that of the largest probability."""
        return self.predict(scores) == namespace(t).argmax(t, axis=-1)

    def _smoothed(self, t: Array) -> Array:
        s = self.label_smoothing
        return (1 - s) * t + s / t.shape[-1] if s else t


@dataclass(frozen=True, repr=False, eq=False)
class SigmoidCrossEntropy(Loss):
    """Cross-entropy of K yes-or-no questions, ℓ = −Σₖ [tₖ log σ(sₖ) + (1 − tₖ) log(1 − σ(sₖ))].

    Computed from scores as Σ max(s, 0) − s t + log(1 + e^−|s|), exact for any score;
    dℓ/ds = σ(s) − t. Targets are 0, 1 or probabilities, ``(N, K)``, or ``(N,)`` where K is 1.
    ``torch.nn.BCEWithLogitsLoss`` in PyTorch, which takes the mean over K instead of the sum.

    Examples
    --------
    >>> SigmoidCrossEntropy().values(np.array([[0.0]]), np.array([[1.0]]))
    array([0.69314718])
    """

    link = "sigmoid"

    def encode(self, t: Array, scores_shape: Shape, dtype: np.dtype) -> Array:
        """Return targets ``(N, K)`` between 0 and 1."""
        xp = namespace(t)
        if t.ndim == len(scores_shape) - 1 and scores_shape[-1] == 1:
            t = t[..., None]
        if tuple(t.shape) != tuple(scores_shape):
            raise ShapeError(
                f"`t` has shape {tuple(t.shape)}, the network's scores have {tuple(scores_shape)}; "
                "SigmoidCrossEntropy needs a 0, a 1 or a probability for each of them"
            )
        t = xp.astype(t, dtype)
        if not xp.all((t >= 0) & (t <= 1)):
            raise InputError("`t` must lie between 0 and 1 for SigmoidCrossEntropy, and does not")
        return t

    def values(self, scores: Array, t: Array) -> Array:
        """ℓ = Σₖ max(s, 0) − s t + log(1 + e^−|s|)."""
        tail = functions.softplus_tail(scores)
        return _sum_of_sample(functions.relu(scores) - scores * t + tail)

    def gradient(self, scores: Array, t: Array) -> Array:
        """dℓ/ds = σ(s) − t."""
        return functions.sigmoid(scores) - t

    def predict_proba(self, scores: Array) -> Array:
        """Return σ(s)."""
        return functions.sigmoid(scores)

    def predict(self, scores: Array) -> Array:
        """Return 1 where σ(s) > ½, else 0; ``(N,)`` where K is 1."""
        return _yes(scores > 0)

    def correct(self, scores: Array, t: Array) -> Array:
        """Compare the answers; a sample is correct if all of its K answers are right."""
        return namespace(t).all((scores > 0) == (t > 0.5), axis=tuple(range(1, t.ndim)))


LOSSES: dict[str, type[Loss]] = {
    loss.__name__: loss
    for loss in (
        SumSquaredError,
        MeanSquaredError,
        Poisson,
        SoftmaxCrossEntropy,
        SigmoidCrossEntropy,
    )
}


def by_name(name: str) -> Loss:
    """Return the loss of that name, with its default settings.

    Raises
    ------
    InputError
        If there is none; the message names the nearest.

    Examples
    --------
    >>> by_name("softmax-cross-entropy")
    SoftmaxCrossEntropy()
    """
    kinds = {re.sub("(?<!^)(?=[A-Z])", "-", kind).lower(): LOSSES[kind] for kind in LOSSES}
    check_choice("loss", name, kinds)
    return kinds[name]()


def as_array(t: Array) -> Array:
    """Return targets as an array, if they are not one of some library already."""
    if hasattr(t, "__array_namespace__") and not isinstance(t, (np.ndarray, np.generic)):
        return t
    try:
        t = np.asarray(t)
    except ValueError as error:
        raise ShapeError("`t` is a list of rows that differ in length") from error
    if t.dtype.kind not in "biuf":
        raise TypeError(
            f"`t` must hold numbers, got {described(t)}; for names of classes use "
            "classes, t = np.unique(names, return_inverse=True)"
        )
    return t


def _sum_of_sample(values: Array) -> Array:
    return namespace(values).sum(values, axis=tuple(range(1, values.ndim)))


def _outputs(scores: Array) -> int:
    return int(np.prod(scores.shape[1:]))


def _yes(answers: Array) -> Array:
    xp = namespace(answers)
    answers = answers[:, 0] if answers.ndim == 2 and answers.shape[1] == 1 else answers
    return xp.astype(answers, xp.int64)


def _encoded_values(loss: Loss, t: Array, scores_shape: Shape, dtype: np.dtype) -> Array:
    """Return values as targets of the scores' shape; ``(N,)`` will do where K is 1."""
    xp = namespace(t)
    if t.ndim == len(scores_shape) - 1 and scores_shape[-1] == 1:
        t = t[..., None]
    if tuple(t.shape) != tuple(scores_shape):
        hint = (
            f"; for class labels use SoftmaxCrossEntropy, or rows of one-hot targets "
            f"(np.eye({scores_shape[-1]})[t])"
            if t.ndim == 1
            else ""
        )
        raise ShapeError(
            f"`t` has shape {tuple(t.shape)}, the network's outputs have {tuple(scores_shape)}"
            f"; {type(loss).__name__} needs them to be the same{hint}"
        )
    if xp.isdtype(t.dtype, "real floating") and not xp.all(xp.isfinite(t)):
        raise InputError("`t` holds NaN or infinite targets; drop or correct those samples")
    return xp.astype(t, dtype)
