"""The compiled forms of activations: a formula and a row of the table for each.

A formula takes one number x and the settings of its layer. Where the derivative is known from the
output, ``backward`` gives dx from dy and y; else ``forward`` gives the slope f′(x) beside y, it is
stored, and dx = dy · slope. `elementwise` makes loops of them; nothing else knows which there are.
The textbook forms they are held to are in `tidu.layers.activations`.
"""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tidu.engines.compiled.kernels.scalar import exp_nonpositive, log1p_unit, select, tanh
from tidu.functions import GELU_CUBIC, GELU_SCALE, SELU_ALPHA, SELU_SCALE
from tidu.layers import (
    ELU,
    GELU,
    SELU,
    HardSwish,
    Layer,
    LeakyReLU,
    Mish,
    ReLU,
    Rescale,
    Sigmoid,
    SiLU,
    SmoothClip,
    Softplus,
    Tanh,
)
from tidu.layers.scaling import FLAT


@dataclass(frozen=True)
class ActivationForm:
    """One row: ``forward(x, *settings)``, ``backward(dy, y, *settings)``, and the settings."""

    forward: Callable[..., Any]
    backward: Callable[..., Any] | None = None
    settings: Callable[[Any], tuple[float, ...]] = lambda layer: ()

    @property
    def stores_slope(self) -> bool:
        """Whether ``forward`` gives the slope beside y."""
        return self.backward is None

    @property
    def count(self) -> int:
        """The number of settings, at most two."""
        return len(inspect.signature(self.forward).parameters) - 1


def sigmoid(x: Any) -> Any:
    """σ(x) = 1 / (1 + e) or e / (1 + e) with e = e^−|x|."""
    one = type(x)(1)
    e = exp_nonpositive(-abs(x))
    return select(x < 0, e, one) / (one + e)


def sigmoid_backward(dy: Any, y: Any) -> Any:
    """dx = dy · y (1 − y)."""
    return dy * y * (type(y)(1) - y)


def tanh_forward(x: Any) -> Any:
    """y = tanh x."""
    return tanh(x)


def tanh_backward(dy: Any, y: Any) -> Any:
    """dx = dy · (1 − y²)."""
    return dy * (type(y)(1) - y * y)


def relu(x: Any) -> Any:
    """y = max(x, 0)."""
    return select(x < 0, type(x)(0), x)


def relu_backward(dy: Any, y: Any) -> Any:
    """dx = dy where y > 0, else 0."""
    return select(y > 0, dy, type(dy)(0))


def leaky_relu(x: Any, a: Any) -> Any:
    """y = x or a x."""
    return select(x < 0, a * x, x), select(x > 0, type(x)(1), a)


def elu(x: Any, a: Any) -> Any:
    """y = x or a (eˣ − 1) = a tanh(x/2) (eˣ + 1)."""
    number = type(x)
    below = select(x < 0, x, number(0))
    y = select(x < 0, a * tanh(below / number(2)) * (exp_nonpositive(below) + number(1)), x)
    return y, select(x > 0, number(1), y + a)


def selu(x: Any) -> Any:
    """y = λ x or λα (eˣ − 1) = λα tanh(x/2) (eˣ + 1)."""
    number = type(x)
    below = select(x < 0, x, number(0))
    lower = number(SELU_ALPHA) * tanh(below / number(2)) * (exp_nonpositive(below) + number(1))
    return number(SELU_SCALE) * select(x < 0, lower, x)


def selu_backward(dy: Any, y: Any) -> Any:
    """dx = λ dy where y > 0, else dy (y + λα)."""
    number = type(y)
    return dy * select(y > 0, number(SELU_SCALE), y + number(SELU_SCALE * SELU_ALPHA))


def gelu(x: Any) -> Any:
    """y = x σ(2u) with u = √(2/π) (x + 0.044715 x³)."""
    number = type(x)
    zero, one, two, most = number(0), number(1), number(2), number(30)
    scale, cubic, thrice = number(GELU_SCALE), number(GELU_CUBIC), number(3 * GELU_CUBIC)
    held = select(x > most, most, select(x < -most, -most, x))
    u = two * scale * (held + cubic * held * held * held)
    e = exp_nonpositive(-abs(u))
    s = select(u < zero, e, one) / (one + e)
    inner = two * scale * (one + thrice * held * held)
    return select(s == zero, zero, x) * s, s + held * s * (one - s) * inner


def silu(x: Any) -> Any:
    """y = x σ(x)."""
    number = type(x)
    zero, one = number(0), number(1)
    e = exp_nonpositive(-abs(x))
    s = select(x < zero, e, one) / (one + e)
    y = select(s == zero, zero, x) * s
    return y, s + y * (one - s)


def mish(x: Any) -> Any:
    """y = x g, g = tanh(log(1 + eˣ)) = u / v with e = e^−|x|.

    u, v = 1 + 2e, u + 2e² where x ≥ 0 and e² + 2e, u + 2 below; f′ = g + x (1 − g²) σ(x).
    """
    number = type(x)
    zero, one, two = number(0), number(1), number(2)
    below = x < zero
    e = exp_nonpositive(-abs(x))
    u = select(below, e * e + two * e, one + two * e)
    rest = select(below, two, two * e * e)
    v = u + rest
    g = u / v
    s = select(below, e, one) / (one + e)
    x = select(s == zero, zero, x)
    return x * g, g + x * (rest * (u + v) / (v * v)) * s


def softplus(x: Any) -> Any:
    """y = log(1 + eˣ) = max(x, 0) + log(1 + e^−|x|)."""
    number = type(x)
    e = exp_nonpositive(-abs(x))
    y = select(x < 0, number(0), x) + log1p_unit(e)
    return y, select(x < 0, e, number(1)) / (number(1) + e)


def hard_swish(x: Any) -> Any:
    """y = x · h with h = min(max(x + 3, 0), 6) / 6; between −3 and 3, dy/dx = x/3 + ½."""
    number = type(x)
    zero, one, three, six = number(0), number(1), number(3), number(6)
    raised = x + three
    h = select(raised < zero, zero, select(raised > six, six, raised)) / six
    slope = select(x <= -three, zero, select(x >= three, one, x / three + number(0.5)))
    return x * h, slope


def smooth_clip(x: Any, limit: Any) -> Any:
    """y = c u r with u = x/c and r = 1 / √(1 + u²)."""
    number = type(x)
    one, most = number(1), number(FLAT)
    u = x / limit
    u = select(u > most, most, select(u < -most, -most, u))
    r = one / math.sqrt(one + u * u)
    return limit * u * r, r * r * r


def rescale(x: Any, scale: Any, offset: Any) -> Any:
    """y = scale · x + offset."""
    return scale * x + offset


def rescale_backward(dy: Any, y: Any, scale: Any, offset: Any) -> Any:
    """dx = scale · dy."""
    return scale * dy


ACTIVATIONS: dict[type[Layer], ActivationForm] = {
    Sigmoid: ActivationForm(sigmoid, sigmoid_backward),
    Tanh: ActivationForm(tanh_forward, tanh_backward),
    ReLU: ActivationForm(relu, relu_backward),
    LeakyReLU: ActivationForm(leaky_relu, settings=lambda layer: (layer.slope,)),
    ELU: ActivationForm(elu, settings=lambda layer: (layer.alpha,)),
    GELU: ActivationForm(gelu),
    SELU: ActivationForm(selu, selu_backward),
    SiLU: ActivationForm(silu),
    Mish: ActivationForm(mish),
    Softplus: ActivationForm(softplus),
    HardSwish: ActivationForm(hard_swish),
    SmoothClip: ActivationForm(smooth_clip, settings=lambda layer: (layer.limit,)),
    Rescale: ActivationForm(
        rescale, rescale_backward, settings=lambda layer: (layer.scale, layer.offset)
    ),
}
"""The code of an activation in a program is its position here."""
