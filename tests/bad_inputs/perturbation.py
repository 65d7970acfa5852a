"""Bad inputs of `Network.gradient` where it is numeric."""

from __future__ import annotations

import numpy as np

import tidu as td
from tests.bad_inputs import Bad


def _gradient(**arguments: object) -> object:
    net = td.Network([td.Affine(2)], 3, td.SumSquaredError())
    return net.gradient(np.ones((1, 3)), np.ones((1, 2)), **arguments)  # type: ignore[arg-type]


ROWS = [
    Bad(
        "Network.gradient.step",
        lambda: _gradient(method="numeric", step=0),
        td.InputError,
        "`step` must be above 0, got 0",
    ),
    Bad(
        "Network.gradient.step",
        lambda: _gradient(method="numeric", step="small"),
        TypeError,
        "`step` must be a number, got 'small'",
    ),
    Bad(
        "Network.gradient.step",
        lambda: _gradient(step=1e-4),
        td.InputError,
        '`step` is that of differences: it goes with method="numeric"',
    ),
]
