"""Activations, softmax and losses: plain functions of arrays, as a textbook prints them.

Where the printed form overflows or loses digits, the code uses an equal form that is stable over
the whole range of floating-point numbers, and the docstring shows both. Every function takes
numbers, lists or arrays of any array-API library. Integers become float64, floating-point arrays
keep their dtype, complex numbers raise an error, and no argument is changed. The derivatives are
in `tidu.layers`, next to the layers that need them.
"""

from __future__ import annotations

import math

from tidu.arrays import Array, check_same_shape, described, namespace, promoted
from tidu.errors import InputError, ShapeError, check_number

GELU_SCALE, GELU_CUBIC = math.sqrt(2 / math.pi), 0.044715
"""The two constants of `gelu`'s tanh form."""


def identity(x: Array) -> Array:
    """Return ``x``: the activation of an output without bounds.

    Examples
    --------
    >>> identity([-1, 2])
    array([-1.,  2.])
    """
    return _real(x)


def step(x: Array) -> Array:
    """Heaviside step function: 1 where ``x > 0``, else 0, in the dtype of ``x``.

    Its derivative is 0 everywhere but at 0, so a network cannot learn through it. NaN stays NaN.

    Examples
    --------
    >>> step([-1.0, 0.0, 2.0])
    array([0., 0., 1.])
    """
    x = _real(x)
    xp = namespace(x)
    return xp.where(xp.isnan(x), x, xp.astype(x > 0, x.dtype))


def sigmoid(x: Array) -> Array:
    """Logistic sigmoid, σ(x) = 1 / (1 + e⁻ˣ).

    Computed as 1 / (1 + e) or e / (1 + e) with e = e^−|x|, which never overflows.

    Examples
    --------
    >>> sigmoid([-1000.0, 0.0, 1000.0])
    array([0. , 0.5, 1. ])
    """
    x = _real(x)
    xp = namespace(x)
    e = xp.exp(_minus_abs(x))
    return xp.where(x <= 0, e, xp.ones_like(e)) / (1 + e)


def tanh(x: Array) -> Array:
    """Hyperbolic tangent, (eˣ − e⁻ˣ) / (eˣ + e⁻ˣ).

    Examples
    --------
    >>> tanh([0.0, 1000.0])
    array([0., 1.])
    """
    x = _real(x)
    return namespace(x).tanh(x)


def relu(x: Array) -> Array:
    """Rectified linear unit, max(0, x).

    Examples
    --------
    >>> relu([-2.0, 0.0, 3.0])
    array([0., 0., 3.])
    """
    x = _real(x)
    xp = namespace(x)
    return xp.where(x <= 0, xp.zeros_like(x), x)


def leaky_relu(x: Array, slope: float = 0.01) -> Array:
    """Leaky ReLU: x where x ≥ 0, ``slope``·x below (Maas, Hannun and Ng, 2013).

    Examples
    --------
    >>> leaky_relu([-2.0, 3.0])
    array([-0.02,  3.  ])
    """
    x = _real(x)
    slope = check_number("slope", slope)
    xp = namespace(x)
    return xp.where(x <= 0, slope * xp.where(x <= 0, x, xp.zeros_like(x)), x)


def elu(x: Array, alpha: float = 1.0) -> Array:
    """Exponential linear unit: x where x ≥ 0, α(eˣ − 1) below (Clevert et al., 2016).

    Examples
    --------
    >>> elu([-1000.0, 3.0])
    array([-1.,  3.])
    """
    x = _real(x)
    alpha = check_number("alpha", alpha)
    xp = namespace(x)
    return xp.where(x <= 0, alpha * xp.expm1(xp.where(x <= 0, x, xp.zeros_like(x))), x)


def gelu(x: Array) -> Array:
    """Gaussian error linear unit in its tanh form (Hendrycks and Gimpel, 2016).

    ½x (1 + tanh u), u = √(2/π) (x + 0.044715 x³); ``gelu(approximate="tanh")`` in PyTorch.
    Computed as x·σ(2u), which is the same and keeps its digits where tanh u is near −1.

    Examples
    --------
    >>> gelu([-1000.0, 0.0, 1.0]).round(6)
    array([0.      , 0.      , 0.841192])
    """
    x = _real(x)
    return _gated(x, sigmoid(2 * gelu_inner(x)))


def gelu_inner(x: Array) -> Array:
    """Return u = √(2/π) (x + 0.044715 x³) of `gelu`, x clipped to ±30, where σ(2u) is 0 or 1."""
    xp = namespace(x)
    x = xp.clip(x, -30.0, 30.0)
    return GELU_SCALE * (x + GELU_CUBIC * x**3)


def silu(x: Array) -> Array:
    """Sigmoid linear unit, x·σ(x), also called swish (Elfwing et al., 2018).

    Examples
    --------
    >>> silu([0.0, 1.0]).round(6)
    array([0.      , 0.731059])
    """
    x = _real(x)
    return _gated(x, sigmoid(x))


def _gated(x: Array, gate: Array) -> Array:
    """Return x·gate, and 0 where the gate is 0, whatever x is."""
    return namespace(x).where(gate == 0, gate, x) * gate


def softplus(x: Array) -> Array:
    """Softplus, log(1 + eˣ), computed as max(x, 0) + log(1 + e^−|x|).

    Examples
    --------
    >>> softplus([-1000.0, 0.0, 1000.0]).round(6)
    array([0.00000e+00, 6.93147e-01, 1.00000e+03])
    """
    x = _real(x)
    return relu(x) + softplus_tail(x)


def softplus_tail(x: Array) -> Array:
    """Return log(1 + e^−|x|), the difference of softplus and max(x, 0)."""
    xp = namespace(x)
    return xp.log1p(xp.exp(_minus_abs(x)))


def _minus_abs(x: Array) -> Array:
    """Return −|x|, written so that its derivative at 0 is the one from the left.

    `relu` and all other branches here do the same, so a trace gives the right slope where kinks
    at 0 cancel, as in sigmoid and softplus.
    """
    return namespace(x).where(x <= 0, x, -x)


def _below_largest(x: Array, axis: int) -> Array:
    """Return x − max(x); computed as 2 (x/2 − max(x/2)), so that even ±1e308 cannot overflow.

    The smallest result is the lowest finite number, for x = −∞ too: 0 times it is 0 and not NaN.
    """
    xp = namespace(x)
    half = 0.5 * x
    lowest = 0.5 * float(xp.finfo(x.dtype).min)
    difference = half - xp.max(half, axis=axis, keepdims=True)
    return 2 * xp.where(difference < lowest, xp.full_like(half, lowest), difference)


def softmax(x: Array, axis: int = -1) -> Array:
    """Softmax, yᵢ = e^xᵢ / Σⱼ e^xⱼ along ``axis``.

    The largest x is subtracted first: the quotient is the same, and nothing overflows.

    Examples
    --------
    >>> softmax([1000.0, 1000.0])
    array([0.5, 0.5])
    >>> softmax([0.3, 2.9, 4.0]).round(8)
    array([0.01821127, 0.24519181, 0.73659691])
    """
    x = _with_axes("x", x)
    xp = namespace(x)
    e = xp.exp(_below_largest(x, axis))
    return e / xp.sum(e, axis=axis, keepdims=True)


def log_softmax(x: Array, axis: int = -1) -> Array:
    """Logarithm of the softmax, xᵢ − log Σⱼ e^xⱼ, accurate even where softmax underflows to 0.

    Examples
    --------
    >>> log_softmax([0.0, 1000.0])
    array([-1000.,     0.])
    """
    x = _with_axes("x", x)
    xp = namespace(x)
    below = _below_largest(x, axis)
    return below - xp.log(xp.sum(xp.exp(below), axis=axis, keepdims=True))


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
    y = _with_axes("y", y)
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
            raise InputError(
                f"`t` of shape {tuple(t.shape)} is read as one row of class probabilities a "
                "sample; each row must be non-negative and sum to 1"
                + (f", one sums to {float(sums[worst]):.7g}" if off[worst] > rounding else "")
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


def _real(x: Array, name: str = "x") -> Array:
    x = promoted(x, name)
    if getattr(x.dtype, "kind", "f") == "c":  # other libraries refuse to compare complex numbers
        raise TypeError(f"`{name}` must hold real numbers, got {described(x)}")
    return x


def _with_axes(name: str, x: Array) -> Array:
    x = _real(x, name)
    if x.ndim == 0:
        raise ShapeError(f"`{name}` must be an array of at least one axis, got the number {x}")
    return x


def _pair(y: Array, t: Array) -> tuple[Array, Array]:
    y, t = _with_axes("y", y), _real(t, "t")
    check_same_shape("y", y, "t", t)
    return y, t


def _mean(values: Array) -> Array:
    if not values.size:
        raise InputError("there is no mean loss: the batch is empty")
    return namespace(values).mean(values)
