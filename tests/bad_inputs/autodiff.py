"""What derivatives by rules refuse."""

import numpy as np

from tests.bad_inputs import Bad
from tidu.autodiff import grad, graph, hvp, jvp, value_and_grad, vjp
from tidu.errors import InputError, MissingRuleError, ShapeError

_X = [1.0, 2.0]

_CALLS = {
    "grad": lambda f, x: grad(f)(x),
    "value_and_grad": lambda f, x: value_and_grad(f)(x),
    "vjp": lambda f, x: vjp(f, x),
    "jvp": lambda f, x: jvp(f, x, _X),
    "hvp": lambda f, x: hvp(f, x, _X),
    "graph": lambda f, x: graph(f, x),
}
_WITH_POSITIONS = {"grad": grad, "value_and_grad": value_and_grad}
_ALONG = {"jvp": jvp, "hvp": hvp}

ROWS = [
    row
    for name, call in _CALLS.items()
    for row in [
        Bad(f"{name}.f", lambda call=call: call(3.0, _X), TypeError, "`f` must be a function, got"),
        Bad(
            f"{name}.f",
            lambda call=call: call(lambda x: None, _X),
            InputError if name == "graph" else TypeError,
            "returned None" if name == "graph" else "does it lack a `return`?",
        ),
        Bad(
            f"{name}.f",
            lambda call=call: call(lambda x: np.sum(np.linalg.inv(x)), _X),
            MissingRuleError,
            "np.linalg.inv has no rule for its gradient",
        ),
        Bad(
            f"{name}.f",
            lambda call=call: call(lambda x: float(x[0]), _X),
            TypeError,
            "its gradient would be lost",
        ),
        Bad(
            f"{name}.f",
            lambda call=call: call(lambda x: x.__setitem__(0, 1.0), _X),
            InputError,
            "changes an array in place",
        ),
        Bad(
            f"{name}.x",
            lambda call=call: call(lambda x: np.sum(x), [1j, 2.0]),
            TypeError,
            "`x` must hold real numbers, got",
        ),
        Bad(
            f"{name}.x",
            lambda call=call: call(lambda x: np.sum(x), "12"),
            TypeError,
            "`x` must hold numbers",
        ),
        Bad(
            f"{name}.x",
            lambda call=call: call(lambda x: np.sum(x), np.array([None, 1.0])),
            TypeError,
            "`x` must hold numbers, got an object array",
        ),
        Bad(
            f"{name}.x",
            lambda call=call: call(lambda x: np.sum(x), [[1.0], [1.0, 2.0]]),
            ShapeError,
            "rows that differ in length",
        ),
    ]
]
ROWS += [
    Bad(
        f"{name}.f",
        lambda call=_CALLS[name]: call(np.sin, _X),
        ShapeError,
        "`f` must return one number, got a float64 array of shape (2,): take a sum or a mean",
    )
    for name in ("grad", "value_and_grad", "hvp", "graph")
]
ROWS += [
    row
    for name, of in _WITH_POSITIONS.items()
    for row in [
        Bad(f"{name}.argnums", lambda of=of: of(np.sum, "x"), TypeError, "`argnums` must be the"),
        Bad(f"{name}.argnums", lambda of=of: of(np.sum, True), TypeError, "got True"),
        Bad(f"{name}.argnums", lambda of=of: of(np.sum, ()), InputError, "`argnums` is empty"),
        Bad(
            f"{name}.argnums",
            lambda of=of: of(np.sum, 1)(_X),
            InputError,
            "`argnums` is 1, and the function got 1 argument by position: they count from 0",
        ),
        Bad(
            f"{name}.argnums",
            lambda of=of: of(np.sum, (0, 0))(_X),
            InputError,
            "`argnums` names an argument twice: (0, 0)",
        ),
    ]
]
ROWS += [
    row
    for name, of in _ALONG.items()
    for row in [
        Bad(
            f"{name}.v",
            lambda of=of: of(np.sum, _X, [1.0]),
            ShapeError,
            "`v` has shape (1,) and `x` has shape (2,); they must be the same",
        ),
        Bad(f"{name}.v", lambda of=of: of(np.sum, _X, "up"), TypeError, "`v` must hold numbers"),
        Bad(
            f"{name}.v",
            lambda of=of: of(np.sum, _X, [1j, 0.0]),
            TypeError,
            "`v` must hold real numbers",
        ),
        Bad(
            f"{name}.v",
            lambda of=of: of(lambda x: np.sum(x[0]), [np.ones(2), np.ones(2)], [np.ones(2)] * 3),
            ShapeError,
            "`v` must have the form of a list of 2 parts, got",
        ),
    ]
]
ROWS += [
    Bad("graph.x", lambda: graph(np.sum), InputError, "`x` is missing: write graph(f, x)"),
    Bad(
        "graph.f",
        lambda: graph(lambda x: 3.0, _X),
        InputError,
        "`f` must depend on its arguments, and returned 3.0 (float)",
    ),
    Bad("vjp.x", lambda: vjp(np.sum), InputError, "`x` is missing: write vjp(f, x)"),
    Bad(
        "vjp.pullback.dy",
        lambda: vjp(np.sin, _X)[1](1.0),
        ShapeError,
        "`dy` has shape () and `y` has shape (2,)",
    ),
]
