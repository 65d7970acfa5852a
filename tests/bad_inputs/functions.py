"""Arguments of the plain functions that cannot work."""

import numpy as np

from tests.bad_inputs import Bad
from tidu import functions
from tidu.errors import InputError, ShapeError

_ACTIVATIONS = (
    functions.identity,
    functions.step,
    functions.sigmoid,
    functions.tanh,
    functions.relu,
    functions.leaky_relu,
    functions.elu,
    functions.selu,
    functions.gelu,
    functions.silu,
    functions.mish,
    functions.softplus,
    functions.softmax,
    functions.log_softmax,
)
_PAIRS = (functions.squared_error, functions.mean_squared_error)

ROWS = [
    *(
        row
        for f in _ACTIVATIONS
        for row in (
            Bad(
                f"functions.{f.__name__}.x",
                lambda f=f: f("five"),
                TypeError,
                "`x` must hold numbers, got 'five' (str)",
            ),
            Bad(
                f"functions.{f.__name__}.x",
                lambda f=f: f([[1], [2, 3]]),
                ShapeError,
                "`x` is a list of rows that differ in length",
            ),
            Bad(
                f"functions.{f.__name__}.x",
                lambda f=f: f(1j),
                TypeError,
                "`x` must hold real numbers, got",
            ),
        )
    ),
    *(
        row
        for f in (functions.softmax, functions.log_softmax)
        for row in (
            Bad(
                f"functions.{f.__name__}.x",
                lambda f=f: f(3.0),
                ShapeError,
                "`x` must be an array of at least one axis, got the number 3.0",
            ),
            Bad(
                f"functions.{f.__name__}.axis",
                lambda f=f: f([1.0, 2.0], axis=1),
                ValueError,
                "axis 1 is out of bounds for array of dimension 1",
            ),
        )
    ),
    Bad(
        "functions.leaky_relu.slope",
        lambda: functions.leaky_relu(1.0, "steep"),
        TypeError,
        "`slope` must be a number, got 'steep'",
    ),
    Bad(
        "functions.elu.alpha",
        lambda: functions.elu(1.0, np.nan),
        InputError,
        "`alpha` must be a finite number, got nan",
    ),
    *(
        row
        for f in _PAIRS
        for row in (
            Bad(
                f"functions.{f.__name__}.y",
                lambda f=f: f(1.0, 1.0),
                ShapeError,
                "`y` must be an array of at least one axis, got the number 1.0",
            ),
            Bad(
                f"functions.{f.__name__}.t",
                lambda f=f: f([1.0], "one"),
                TypeError,
                "`t` must hold numbers, got 'one' (str)",
            ),
            Bad(
                f"functions.{f.__name__}.t",
                lambda f=f: f([1.0, 2.0], [1.0]),
                ShapeError,
                "`y` has shape (2,) and `t` has shape (1,); they must be the same",
            ),
        )
    ),
    Bad(
        "functions.cross_entropy.y",
        lambda: functions.cross_entropy([-1.0, 2.0], 0),
        InputError,
        "pass scores through softmax first, or use SoftmaxCrossEntropy",
    ),
    Bad(
        "functions.cross_entropy.y",
        lambda: functions.cross_entropy([1.0, 2.0], 0),
        InputError,
        "`y` must hold probabilities and has entries below 0 or above 1",
    ),
    Bad(
        "functions.cross_entropy.t",
        lambda: functions.cross_entropy([0.5, 0.5], 2),
        InputError,
        "`t` holds class 2, but there are 2 classes: 0 to 1",
    ),
    Bad(
        "functions.cross_entropy.t",
        lambda: functions.cross_entropy([0.5, 0.5], [1, 0, 0]),
        ShapeError,
        "`t` has shape (3,); for `y` of shape (2,) it must be () (the class of each sample)",
    ),
    Bad(
        "functions.cross_entropy.t",
        lambda: functions.cross_entropy([[0.5, 0.5]], [1.0]),
        InputError,
        "`t` must hold classes as integers, got a float64 array of shape (1,)",
    ),
    Bad(
        "functions.cross_entropy.t",
        lambda: functions.cross_entropy([0.5, 0.5], [1, 1]),
        InputError,
        "each row must be non-negative and sum to 1",
    ),
    Bad(
        "functions.cross_entropy.eps",
        lambda: functions.cross_entropy([0.5, 0.5], 0, eps=-1e-7),
        InputError,
        "`eps` must be at least 0, got -1e-07",
    ),
]
