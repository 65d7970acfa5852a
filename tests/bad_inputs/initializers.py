"""Settings of initializers that cannot work."""

import math

import tidu as td
from tests.bad_inputs import Bad
from tidu.errors import InputError
from tidu.initializers import initializer

ROWS = [
    Bad("Normal.std", lambda: td.Normal(-0.1), InputError, "`std` must be at least 0, got -0.1"),
    Bad("Normal.std", lambda: td.Normal("small"), TypeError, "`std` must be a number, got 'small'"),
    Bad("Uniform.limit", lambda: td.Uniform(-1), InputError, "`limit` must be at least 0, got -1"),
    *(
        row
        for rule in (td.Xavier, td.He, td.LeCun)
        for row in (
            Bad(
                f"{rule.__name__}.distribution",
                lambda rule=rule: rule("unifrom"),
                InputError,
                "`distribution` cannot be 'unifrom'; did you mean 'uniform'?",
            ),
            Bad(
                f"{rule.__name__}.distribution",
                lambda rule=rule: rule(0.1),
                InputError,
                "`distribution` cannot be 0.1; it is one of 'normal', 'uniform'",
            ),
        )
    ),
    Bad(
        "Orthogonal.gain",
        lambda: td.Orthogonal(math.inf),
        InputError,
        "`gain` must be a finite number, got inf",
    ),
    Bad("initializer.rule", lambda: initializer("hee"), InputError, "did you mean 'he'?"),
    Bad(
        "initializer.rule",
        lambda: initializer(td.He),
        InputError,
        "`initializer` must be a name or an initializer such as He(), got <class",
    ),
]
