"""What the derivatives refuse."""

import numpy as np

from tests.bad_inputs import Bad
from tidu.errors import InputError, NonFiniteError, ShapeError
from tidu.numeric import (
    derivative,
    directional_derivative,
    gradient,
    hessian,
    jacobian,
)


def _along(f, x, **options):
    return directional_derivative(f, x, [1.0, 1.0], **options)


_OF_ARRAYS = {
    "gradient": gradient,
    "jacobian": jacobian,
    "hessian": hessian,
    "directional_derivative": _along,
}
_X = [1.0, 2.0]

ROWS = [
    row
    for name, call in {"derivative": derivative, **_OF_ARRAYS}.items()
    for x in [1.0 if name == "derivative" else _X]
    for row in [
        Bad(f"{name}.f", lambda call=call, x=x: call(3, x), TypeError, "`f` must be a function"),
        Bad(
            f"{name}.f",
            lambda call=call, x=x: call(lambda x: None, x),
            TypeError,
            "lack a `return`",
        ),
        Bad(f"{name}.f", lambda call=call, x=x: call(lambda x: "3", x), TypeError, "got '3' (str)"),
        Bad(
            f"{name}.f",
            lambda call=call, x=x: call(lambda x: 1j, x),
            InputError,
            "`f` must be real where x is real",
        ),
        Bad(
            f"{name}.f",
            lambda call=call, x=x: call(lambda x: np.nan, x),
            NonFiniteError,
            "`f` is nan at x itself",
        ),
        Bad(
            f"{name}.x", lambda call=call: call(np.sum, "1, 2"), TypeError, "`x` must hold numbers"
        ),
        Bad(f"{name}.x", lambda call=call: call(np.sum, None), TypeError, "got None"),
        Bad(
            f"{name}.x",
            lambda call=call: call(np.sum, [1.0, np.inf]),
            NonFiniteError,
            "entry [1] is inf",
        ),
        Bad(f"{name}.x", lambda call=call: call(np.sum, 1 + 2j), TypeError, "`x` must be real"),
        Bad(
            f"{name}.method",
            lambda call=call, x=x: call(np.sum, x, method="centrl"),
            InputError,
            "did you mean 'central'?",
        ),
        Bad(
            f"{name}.method",
            lambda call=call, x=x: (
                call(np.abs, x, method="complex-step")
                if call in (derivative, jacobian)
                else call(lambda x: np.sum(np.abs(x)), x, method="complex-step")
            ),
            InputError,
            "`f` is not analytic here",
        ),
        Bad(
            f"{name}.step",
            lambda call=call, x=x: call(np.sum, x, step=0),
            InputError,
            "`step` must be above 0, got 0",
        ),
        Bad(
            f"{name}.step",
            lambda call=call, x=x: call(np.sum, x, step="small"),
            TypeError,
            "`step` must be a number, got 'small'",
        ),
        Bad(
            f"{name}.full_output",
            lambda call=call, x=x: call(np.sum, x, full_output="yes"),
            TypeError,
            "`full_output` must be True or False, got 'yes'",
        ),
    ]
]
ROWS += [
    Bad(f"{name}.f", lambda call=call: call(np.sin, _X), ShapeError, "`f` must return one number")
    for name, call in _OF_ARRAYS.items()
    if name != "jacobian"
]
ROWS += [
    Bad("derivative.x", lambda: derivative(np.sum, _X), ShapeError, "use gradient(f, x)"),
    Bad(
        "jacobian.f",
        lambda: jacobian(lambda x: np.zeros(2 if x[0] == 1 else 3), _X),
        ShapeError,
        "the same shape everywhere, got (2,) and then (3,)",
    ),
    Bad(
        "directional_derivative.v",
        lambda: directional_derivative(np.sum, _X, [0, 0]),
        InputError,
        "`v` is all zeros",
    ),
    Bad(
        "directional_derivative.v",
        lambda: directional_derivative(np.sum, _X, [1.0]),
        ShapeError,
        "`v` has shape (1,) and `x` has shape (2,)",
    ),
]
