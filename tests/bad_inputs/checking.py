"""What the gradient checks refuse."""

import numpy as np

from tests.bad_inputs import Bad
from tidu.checking import (
    GradientError,
    assert_gradient,
    assert_layer,
    check_autograd,
    check_gradient,
    check_jax,
    check_layer,
    check_torch,
    literal_gradient,
)
from tidu.errors import InputError, NonFiniteError, ShapeError
from tidu.layers import Affine, Tanh

_X = np.ones((2, 3))

ROWS = [
    row
    for name, check in {
        "check_gradient": check_gradient,
        "assert_gradient": assert_gradient,
    }.items()
    for row in [
        Bad(
            f"{name}.f", lambda check=check: check(3, _X, _X), TypeError, "must be a function of x"
        ),
        Bad(
            f"{name}.f",
            lambda check=check: check(np.sin, _X, _X),
            ShapeError,
            "`f` must return one number",
        ),
        Bad(
            f"{name}.f",
            lambda check=check: check(lambda x: np.nan, _X, _X),
            NonFiniteError,
            "`f` is nan at x itself",
        ),
        Bad(f"{name}.x", lambda check=check: check(np.sum, "x", _X), TypeError, "hold numbers"),
        Bad(
            f"{name}.x",
            lambda check=check: check(np.sum, _X * np.nan, _X),
            NonFiniteError,
            "`x` must be finite",
        ),
        Bad(
            f"{name}.x",
            lambda check=check: check(lambda p: 0.0, {"W": [1j]}, {"W": [0.0]}),
            TypeError,
            "`W` must be real",
        ),
        Bad(
            f"{name}.grad",
            lambda check=check: check(np.sum, _X, _X.T),
            ShapeError,
            "transposed once too often or too seldom?",
        ),
        Bad(
            f"{name}.grad",
            lambda check=check: check(np.sum, _X[0], lambda x: _X),
            ShapeError,
            "sum over the first axis",
        ),
        Bad(
            f"{name}.grad",
            lambda check=check: check(np.sum, _X, lambda x: None),
            TypeError,
            "does it lack a `return`?",
        ),
        Bad(
            f"{name}.grad",
            lambda check=check: check(np.sum, _X, _X * 1j),
            TypeError,
            "`grad` must be real",
        ),
        Bad(
            f"{name}.grad",
            lambda check=check: check(lambda p: 0.0, {"W": _X, "b": _X}, {"W": _X}),
            InputError,
            "`grad` gives no gradient of 'b'",
        ),
        Bad(
            f"{name}.grad",
            lambda check=check: check(lambda p: 0.0, {"W": _X}, _X),
            TypeError,
            "must give a dict with the gradients of W",
        ),
        Bad(
            f"{name}.entries",
            lambda check=check: check(np.sum, _X, _X, entries=0),
            InputError,
            "`entries` must be a positive integer, got 0",
        ),
        Bad(
            f"{name}.directions",
            lambda check=check: check(np.sum, _X, _X, directions=1.5),
            TypeError,
            "`directions` must be an integer",
        ),
        Bad(
            f"{name}.directions",
            lambda check=check: check(np.sum, _X, _X, directions=2, entries=2),
            InputError,
            "give `entries` or `directions`, not both",
        ),
        Bad(
            f"{name}.kinks",
            lambda check=check: check(np.sum, _X, _X, kinks="betwen"),
            InputError,
            "did you mean 'between'?",
        ),
        Bad(
            f"{name}.kinks",
            lambda check=check: check(np.sum, _X, _X, kinks="move"),
            InputError,
            "needs `grad` as a function",
        ),
        Bad(
            f"{name}.seed",
            lambda check=check: check(np.sum, _X, _X, seed=-1),
            InputError,
            "`seed` must be zero or a positive integer",
        ),
    ]
]
ROWS += [
    Bad(
        "assert_gradient.grad",
        lambda: assert_gradient(np.sum, _X, 2 * _X),
        GradientError,
        "your gradient of x is 2 × the numeric one everywhere",
    ),
    Bad(
        "literal_gradient.f", lambda: literal_gradient(3, _X), TypeError, "must be a function of x"
    ),
    Bad("literal_gradient.x", lambda: literal_gradient(np.sum, None), TypeError, "hold numbers"),
    Bad(
        "literal_gradient.h",
        lambda: literal_gradient(np.sum, _X, h=0),
        InputError,
        "`h` must be above 0, got 0",
    ),
]
ROWS += [
    row
    for name, check in {"check_layer": check_layer, "assert_layer": assert_layer}.items()
    for row in [
        Bad(
            f"{name}.layer",
            lambda check=check: check(Tanh, 3),
            TypeError,
            "`layer` must be a layer such as Affine(10), got",
        ),
        Bad(
            f"{name}.layer",
            lambda check=check: check(np.tanh, 3),
            TypeError,
            "it has no output_shape",
        ),
        Bad(
            f"{name}.input_shape",
            lambda check=check: check(Tanh(), (3, 0)),
            InputError,
            "`input_shape` must be a positive integer, got 0",
        ),
        Bad(
            f"{name}.input_shape",
            lambda check=check: check(Affine(2), (3, 3)),
            ShapeError,
            "put Flatten() before",
        ),
        Bad(
            f"{name}.batch_size",
            lambda check=check: check(Tanh(), 3, batch_size=0),
            InputError,
            "`batch_size` must be a positive integer, got 0",
        ),
        Bad(
            f"{name}.dtype",
            lambda check=check: check(Tanh(), 3, dtype="float16"),
            InputError,
            "`dtype` must be 'float32' or 'float64'",
        ),
        Bad(
            f"{name}.entries",
            lambda check=check: check(Tanh(), 3, entries=0),
            InputError,
            "`entries` must be a positive integer",
        ),
        Bad(
            f"{name}.seed",
            lambda check=check: check(Tanh(), 3, seed=-1),
            InputError,
            "`seed` must be zero or a positive integer",
        ),
    ]
]
ROWS += [
    row
    for name, check in {
        "checking.check_torch": check_torch,
        "checking.check_jax": check_jax,
        "checking.check_autograd": check_autograd,
    }.items()
    for row in [
        Bad(f"{name}.f", lambda check=check: check(3, _X), TypeError, "must be a function of"),
        Bad(
            f"{name}.entries",
            lambda check=check: check(np.sum, _X, entries=0),
            InputError,
            "`entries` must be a positive integer, got 0",
        ),
        Bad(
            f"{name}.seed",
            lambda check=check: check(np.sum, _X, seed=-1),
            InputError,
            "`seed` must be zero or a positive integer",
        ),
    ]
]
ROWS += [  # what PyTorch takes for a tensor, PyTorch says
    Bad(
        f"{name}.inputs",
        lambda check=check: check(np.sum, "one"),
        TypeError,
        "`x0` must hold numbers",
    )
    for name, check in {
        "checking.check_jax": check_jax,
        "checking.check_autograd": check_autograd,
    }.items()
]
