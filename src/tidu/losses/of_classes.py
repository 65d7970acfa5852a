"""Losses of classes: cross-entropies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tidu import functions
from tidu.arrays import Array, namespace
from tidu.config import set_fields
from tidu.errors import InputError, ShapeError, check_number
from tidu.layers.base import Shape
from tidu.losses.base import Loss, one_each, sum_of_sample


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
            checked = one_each("class_weights", self.class_weights, "a class", minimum=0)
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
        return -sum_of_sample(self._smoothed(t) * functions.log_softmax(scores))

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
        return sum_of_sample(functions.relu(scores) - scores * t + tail)

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


def _yes(answers: Array) -> Array:
    xp = namespace(answers)
    answers = answers[:, 0] if answers.ndim == 2 and answers.shape[1] == 1 else answers
    return xp.astype(answers, xp.int64)
