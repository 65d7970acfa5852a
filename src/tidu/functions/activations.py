"""Activations of single numbers, and softmax over rows."""

from __future__ import annotations

import math

from tidu.arrays import Array, namespace
from tidu.errors import check_number
from tidu.functions.arguments import real, with_axes

GELU_SCALE = math.sqrt(2 / math.pi)
"""√(2/π) of `gelu`'s tanh form."""
GELU_CUBIC = 0.044715
"""The factor of x³ in it."""

SELU_SCALE = 1.0507009873554805
"""λ of `selu`: with it, mean 0 and variance 1 are a stable fixed point of deep networks."""
SELU_ALPHA = 1.6732632423543772
"""α of `selu`."""


def identity(x: Array) -> Array:
    """Return ``x``: the activation of an output without bounds.

    Examples
    --------
    >>> identity([-1, 2])
    array([-1.,  2.])
    """
    return real(x)


def step(x: Array) -> Array:
    """Heaviside step function: 1 where ``x > 0``, else 0, in the dtype of ``x``.

    Its derivative is 0 everywhere but at 0, so a network cannot learn through it. NaN stays NaN.

    Examples
    --------
    >>> step([-1.0, 0.0, 2.0])
    array([0., 0., 1.])
    """
    x = real(x)
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
    x = real(x)
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
    x = real(x)
    return namespace(x).tanh(x)


def relu(x: Array) -> Array:
    """Rectified linear unit, max(0, x).

    Examples
    --------
    >>> relu([-2.0, 0.0, 3.0])
    array([0., 0., 3.])
    """
    x = real(x)
    xp = namespace(x)
    return xp.where(x <= 0, xp.zeros_like(x), x)


def leaky_relu(x: Array, slope: float = 0.01) -> Array:
    """Leaky ReLU: x where x ≥ 0, ``slope``·x below (Maas, Hannun and Ng, 2013).

    Examples
    --------
    >>> leaky_relu([-2.0, 3.0])
    array([-0.02,  3.  ])
    """
    x = real(x)
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
    x = real(x)
    alpha = check_number("alpha", alpha)
    xp = namespace(x)
    return xp.where(x <= 0, alpha * xp.expm1(xp.where(x <= 0, x, xp.zeros_like(x))), x)


def selu(x: Array) -> Array:
    """Scaled exponential linear unit: λx where x ≥ 0, λα(eˣ − 1) below (Klambauer et al., 2017).

    λ = 1.0507…, α = 1.6732…; x that λx would not fit stays as it is.

    Examples
    --------
    >>> selu([-1000.0, 1.0]).round(6)
    array([-1.758099,  1.050701])
    """
    y = elu(x, SELU_SCALE * SELU_ALPHA)
    xp = namespace(y)
    scaled = (y > 0) & (y <= float(xp.finfo(y.dtype).max) / SELU_SCALE)
    return y * xp.where(scaled, xp.full_like(y, SELU_SCALE), xp.ones_like(y))


def gelu(x: Array) -> Array:
    """Gaussian error linear unit in its tanh form (Hendrycks and Gimpel, 2016).

    ½x (1 + tanh u), u = √(2/π) (x + 0.044715 x³); ``gelu(approximate="tanh")`` in PyTorch.
    Computed as x·σ(2u), which is the same and keeps its digits where tanh u is near −1.

    Examples
    --------
    >>> gelu([-1000.0, 0.0, 1.0]).round(6)
    array([0.      , 0.      , 0.841192])
    """
    x = real(x)
    return _gated(x, sigmoid(2 * gelu_inner(x)))


def gelu_inner(x: Array) -> Array:
    """Return u = √(2/π) (x + 0.044715 x³) of `gelu`, x clipped to ±30, where σ(2u) is 0 or 1.

    Examples
    --------
    >>> import numpy as np
    >>> gelu_inner(np.array([0.0, 1.0])).round(4)
    array([0.    , 0.8336])
    """
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
    x = real(x)
    return _gated(x, sigmoid(x))


def mish(x: Array) -> Array:
    """Mish, x·tanh(log(1 + eˣ)) (Misra, 2019).

    Examples
    --------
    >>> mish([-1000.0, 0.0, 1.0]).round(6)
    array([0.      , 0.      , 0.865098])
    """
    x = real(x)
    return _gated(x, tanh(softplus(x)))


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
    x = real(x)
    return relu(x) + softplus_tail(x)


def softplus_tail(x: Array) -> Array:
    """Return log(1 + e^−|x|), the difference of softplus and max(x, 0).

    Examples
    --------
    >>> import numpy as np
    >>> softplus_tail(np.array([0.0, 1000.0])).round(4)
    array([0.6931, 0.    ])
    """
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
    x = with_axes("x", x)
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
    x = with_axes("x", x)
    xp = namespace(x)
    below = _below_largest(x, axis)
    return below - xp.log(xp.sum(xp.exp(below), axis=axis, keepdims=True))
