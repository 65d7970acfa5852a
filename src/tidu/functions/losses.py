"""Losses of a batch, and targets as probabilities of classes."""

from __future__ import annotations

from tidu.arrays import Array, check_same_shape, described, namespace
from tidu.errors import InputError, ShapeError, check_number, clause
from tidu.functions.arguments import real, with_axes


def squared_error(y: Array, t: Array) -> Array:
    """Half the sum of squares, ½ Σₖ (yₖ − tₖ)², averaged over the samples of a batch.

    Parameters
    ----------
    y, t : (K,) or (N, K)
        Outputs and targets.

    Returns
    -------
    float
        For ``(K,)`` the value of that one sample.

    Examples
    --------
    >>> squared_error([0.0, 1.0], [1.0, 1.0])
    np.float64(0.5)
    """
    y, t = _pair(y, t)
    return _mean(0.5 * namespace(y).sum((y - t) ** 2, axis=-1))


def mean_squared_error(y: Array, t: Array) -> Array:
    """Mean of the squares over all samples and outputs, (1/NK) Σ (y − t)².

    Examples
    --------
    >>> mean_squared_error([[0.0, 2.0]], [[1.0, 1.0]])
    np.float64(1.0)
    """
    y, t = _pair(y, t)
    return _mean((y - t) ** 2)


def cross_entropy(y: Array, t: Array, eps: float = 1e-7) -> Array:
    """Cross-entropy of probabilities, −Σₖ tₖ log(yₖ + eps), averaged over the samples of a batch.

    ``eps`` is the textbook's guard against log 0. A network should be trained on scores instead,
    which need no guard: `tidu.SoftmaxCrossEntropy`.

    Parameters
    ----------
    y : (C,) or (N, C)
        Probabilities of C classes.
    t
        The class of each sample as an integer, of shape ``()`` or ``(N,)``; or one-hot rows or
        probabilities, of the shape of ``y``.

    Raises
    ------
    ShapeError
        If ``t`` has neither of these shapes.
    InputError
        If a class is out of range, or an entry of ``y`` is not between 0 and 1 (scores instead of
        probabilities?), or the batch is empty.

    Examples
    --------
    >>> cross_entropy([0.1, 0.6, 0.3], 1).round(6)
    np.float64(0.510825)
    >>> cross_entropy([[0.1, 0.6, 0.3]], [[0, 1, 0]]).round(6)
    np.float64(0.510825)
    """
    y = with_axes("y", y)
    eps = check_number("eps", eps, minimum=0)
    xp = namespace(y)
    if xp.any((y < 0) | (y > 1 + 1e-3)):
        raise InputError(
            "`y` must hold probabilities and has entries below 0 or above 1; "
            "pass scores through softmax first, or use SoftmaxCrossEntropy"
        )
    t = class_probabilities(t, y)
    y = y + eps
    log_y = xp.log(xp.where((t == 0) & (y == 0), xp.ones_like(y), y))  # 0 log 0 is 0
    return _mean(-xp.sum(t * log_y, axis=-1))


def class_probabilities(t: Array, y: Array, classes: str = "`y`") -> Array:
    """Return targets as rows of probabilities, of the shape and dtype of ``y``.

    Parameters
    ----------
    t
        Integers of shape ``y.shape[:-1]``, or one-hot rows or probabilities of ``y.shape``.
    y : (..., C)
        What the targets belong to.
    classes
        The name of ``y`` in messages.

    Examples
    --------
    >>> import numpy as np
    >>> class_probabilities([2, 0], np.zeros((2, 3)))
    array([[0., 0., 1.],
           [1., 0., 0.]])
    """
    xp = namespace(y)
    t = xp.asarray(t)
    c = y.shape[-1]
    if t.shape == y.shape:
        floating = xp.isdtype(t.dtype, "real floating")
        rounding = max(1e-6, c * float(xp.finfo(t.dtype).eps)) if floating else 0.0
        t = xp.astype(t, y.dtype)
        sums = xp.reshape(xp.sum(t, axis=-1), (-1,))
        off = xp.abs(sums - 1)
        if not (xp.all(t >= 0) and xp.all(off <= rounding)):
            worst = int(xp.argmax(off))
            found = (
                clause(f", one sums to {float(sums[worst]):.7g}") if off[worst] > rounding else ""
            )
            raise InputError(
                f"`t` of shape {tuple(t.shape)} is read as one row of class probabilities a "
                f"sample; each row must be non-negative and sum to 1{found}"
            )
        return t
    if t.shape != y.shape[:-1]:
        raise ShapeError(
            f"`t` has shape {tuple(t.shape)}; for {classes} of shape {tuple(y.shape)} it must "
            f"be {tuple(y.shape[:-1])} (the class of each sample) or {tuple(y.shape)} "
            "(one-hot rows or probabilities)"
        )
    if not xp.isdtype(t.dtype, "integral"):
        raise InputError(
            f"`t` must hold classes as integers, got {described(t)}; "
            "convert it with t.astype(int) if its values are whole numbers"
        )
    if t.size and (int(xp.min(t)) < 0 or int(xp.max(t)) >= c):
        raise InputError(
            f"`t` holds class {int(xp.max(t)) if int(xp.min(t)) >= 0 else int(xp.min(t))}, "
            f"but there are {c} classes: 0 to {c - 1}"
        )
    return xp.astype(xp.astype(t, xp.int64)[..., None] == xp.arange(c), y.dtype)


def _pair(y: Array, t: Array) -> tuple[Array, Array]:
    y, t = with_axes("y", y), real(t, "t")
    check_same_shape("y", y, "t", t)
    return y, t


def _mean(values: Array) -> Array:
    if not values.size:
        raise InputError("there is no mean loss: the batch is empty")
    return namespace(values).mean(values)
