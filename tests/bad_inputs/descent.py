"""Calls of descend that cannot work."""

import numpy as np

from tests.bad_inputs import Bad
from tidu.descent import descend
from tidu.errors import InputError, NonFiniteError, ShapeError
from tidu.optimizers import SGD


def bowl(x):
    return np.sum(x * x)


X = [-3.0, 4.0]

ROWS = [
    Bad("descend.f", lambda: descend("bowl", X), TypeError, "`f` must be a function of x"),
    Bad("descend.f", lambda: descend(lambda x: x, X), ShapeError, "`f` must return one number"),
    Bad("descend.f", lambda: descend(lambda x: np.inf, X), NonFiniteError, "`f` is inf at x"),
    Bad("descend.x0", lambda: descend(bowl, "here"), TypeError, "`x0` must hold numbers"),
    Bad("descend.x0", lambda: descend(bowl, [1, np.nan]), NonFiniteError, "`x0` must be finite"),
    Bad("descend.x0", lambda: descend(bowl, [1j]), TypeError, "`x0` must be real"),
    Bad("descend.grad", lambda: descend(bowl, X, X), TypeError, "`grad` must be a function of x"),
    Bad(
        "descend.grad",
        lambda: descend(bowl, X, lambda x: x[:1]),
        ShapeError,
        "`grad(x)` has shape (1,) and `x0` has shape (2,)",
    ),
    Bad(
        "descend.optimizer",
        lambda: descend(bowl, X, optimizer=0.1),
        TypeError,
        "`optimizer` must be an optimizer such as SGD(0.1), got 0.1 (float)",
    ),
    Bad(
        "descend.optimizer",
        lambda: descend(bowl, X, optimizer=SGD),
        TypeError,
        "got the class SGD; write SGD(...) with its settings",
    ),
    Bad("descend.steps", lambda: descend(bowl, X, steps=0), InputError, "`steps` must be a pos"),
    Bad("descend.steps", lambda: descend(bowl, X, steps=1e3), TypeError, "`steps` must be an int"),
    Bad(
        "descend.tolerance",
        lambda: descend(bowl, X, tolerance=-1),
        InputError,
        "`tolerance` must be at least 0, got -1",
    ),
    Bad("descend.step", lambda: descend(bowl, X, step=0), InputError, "`step` must be"),
    Bad(
        "descend.step",
        lambda: descend(bowl, X, lambda x: 2 * x, step=1e-4),
        InputError,
        "`step` is that of the numeric gradient; with `grad` given, leave it out",
    ),
]
