"""Activations, softmax and losses: plain functions of arrays, as a textbook prints them.

Where the printed form overflows or loses digits, the code uses an equal form that is stable over
the whole range of floating-point numbers, and the docstring shows both. Every function takes
numbers, lists or arrays of any array-API library. Integers become float64, floating-point arrays
keep their dtype, complex numbers raise an error, and no argument is changed. The derivatives are
in `tidu.layers`, next to the layers that need them.
"""

from tidu.functions.activations import (
    GELU_CUBIC,
    GELU_SCALE,
    SELU_ALPHA,
    SELU_SCALE,
    elu,
    gelu,
    gelu_inner,
    identity,
    leaky_relu,
    log_softmax,
    mish,
    relu,
    selu,
    sigmoid,
    silu,
    softmax,
    softplus,
    softplus_tail,
    step,
    tanh,
)
from tidu.functions.losses import (
    class_probabilities,
    cross_entropy,
    mean_squared_error,
    squared_error,
)

__all__ = [
    "GELU_CUBIC",
    "GELU_SCALE",
    "SELU_ALPHA",
    "SELU_SCALE",
    "class_probabilities",
    "cross_entropy",
    "elu",
    "gelu",
    "gelu_inner",
    "identity",
    "leaky_relu",
    "log_softmax",
    "mean_squared_error",
    "mish",
    "relu",
    "selu",
    "sigmoid",
    "silu",
    "softmax",
    "softplus",
    "softplus_tail",
    "squared_error",
    "step",
    "tanh",
]
