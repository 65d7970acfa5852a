"""What the gradient checks refuse."""

import numpy as np

from tests.bad_inputs import Bad
from tidu.checking import (
    GradientError,
    assert_gradient,
    assert_layer,
    check_autodiff,
    check_autograd,
    check_gradient,
    check_jacobian,
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
            lambda check=check: check(lambda p: 0.0, {"W": [1j * np.inf]}, {"W": [0.0]}),
            NonFiniteError,
            "`W` must be finite",
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
            lambda check=check: check(lambda x, w: 0.0, (_X, _X), (_X,)),
            TypeError,
            "must give a tuple of 2 gradients",
        ),
        Bad(
            f"{name}.grad",
            lambda check=check: check(lambda p: 0.0, {"W": _X}, _X),
            TypeError,
            "must give a dict with the gradients of W",
        ),
        Bad(
            f"{name}.order",
            lambda check=check: check(np.sum, _X, np.ones_like, order=3),
            InputError,
            "`order` must be 1 or 2, got 3",
        ),
        Bad(
            f"{name}.order",
            lambda check=check: check(np.sum, _X, _X, order=2),
            InputError,
            "order=2 needs `grad` as a function",
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
        "checking.check_autodiff": check_autodiff,
    }.items()
    for row in [
        Bad(
            f"{name}.order",
            lambda check=check: check(lambda x: x, _X, order=3),
            InputError,
            "`order` must be 1 or 2, got 3",
        ),
        Bad(
            f"{name}.modes",
            lambda check=check: check(lambda x: x, _X, modes=["forwards"]),
            InputError,
            "did you mean 'forward'?",
        ),
        Bad(
            f"{name}.modes",
            lambda check=check: check(lambda x: x, _X, modes="forward"),
            InputError,
            "`modes` must be a list such as ['reverse', 'forward']",
        ),
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
        "checking.check_autodiff": check_autodiff,
    }.items()
]
_F = np.square
ROWS += [
    Bad("check_jacobian.f", lambda: check_jacobian(3, _X, _X), TypeError, "function of x, got 3"),
    Bad("check_jacobian.x", lambda: check_jacobian(_F, "x", _X), TypeError, "hold numbers"),
    Bad(
        "check_jacobian.jacobian",
        lambda: check_jacobian(_F, _X[0], _X),
        ShapeError,
        "`jacobian` has shape (2, 3); for f(x) of shape (3,) and x of shape (3,) it must be (3, 3)",
    ),
    Bad(
        "check_jacobian.jacobian",
        lambda: check_jacobian(_F, _X),
        InputError,
        "give `jacobian`, or one or both of `vjp` and `jvp`",
    ),
    Bad(
        "check_jacobian.vjp",
        lambda: check_jacobian(_F, _X, vjp=_X),
        TypeError,
        "`vjp` must be a function of x and a vector",
    ),
    Bad(
        "check_jacobian.jvp",
        lambda: check_jacobian(_F, _X, jvp=lambda x, dx: dx[0]),
        ShapeError,
        "`jvp` gives shape (3,), where f(x) has shape (2, 3)",
    ),
    Bad(
        "check_jacobian.batched",
        lambda: check_jacobian(_F, _X, jvp=lambda x, dx: dx, batched=True),
        InputError,
        "`batched` needs `vjp`",
    ),
    Bad(
        "check_jacobian.batched",
        lambda: check_jacobian(_F, _X, vjp=lambda x, dy: dy, batched="yes"),
        TypeError,
        "`batched` must be True or False, got 'yes'",
    ),
    Bad(
        "check_jacobian.vjp",
        lambda: check_jacobian(_F, _X, vjp=lambda x, dy: dy.reshape(-1, 2, 3)[0], batched=True),
        ShapeError,
        "`vjp` gives shape (2, 3) for 3 dy at once, where it must be (3, 2, 3)",
    ),
    Bad(
        "check_jacobian.entries",
        lambda: check_jacobian(_F, _X, vjp=lambda x, dy: dy, entries=0),
        InputError,
        "`entries` must be a positive integer, got 0",
    ),
    Bad(
        "check_jacobian.seed",
        lambda: check_jacobian(_F, _X, vjp=lambda x, dy: dy, seed=-1),
        InputError,
        "`seed` must be zero or a positive integer",
    ),
]
