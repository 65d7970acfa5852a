"""Functions, points and closed forms that the tests of this room share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

sin, cos, tan, exp, log, sqrt = np.sin, np.cos, np.tan, np.exp, np.log, np.sqrt
sinh, cosh, tanh, arctan, arcsin = np.sinh, np.cosh, np.tanh, np.arctan, np.arcsin


@dataclass(frozen=True)
class Case:
    """A function of one number, a point, and its slope there."""

    name: str
    f: Callable
    x: float
    slope: float
    tame: bool = True
    """Whether f and its third (and fifth) derivatives are of the size of the first."""


def _kepler(x: float) -> float:
    c, s = cos(x), sin(x)
    below = s**3 + c**3
    return exp(x) * (below - 3 * s * s * c + 3 * c * c * s) / below**2


CASES = [
    Case("x", lambda x: x, 1.5, 1.0),
    Case("x^2", lambda x: x**2, 3.0, 6.0),
    Case("x^3", lambda x: x**3, 1.0, 3.0),
    Case("x^5", lambda x: x**5, 1.0, 5.0, tame=False),
    Case("course parabola", lambda x: 0.01 * x**2 + 0.1 * x, 5.0, 0.2),
    Case("polynomial", lambda x: 2 * x**3 - x**2 + 4 * x - 1, 0.5, 4.5),
    Case("1/x", lambda x: 1 / x, 2.0, -0.25),
    Case("1/(1+x^2)", lambda x: 1 / (1 + x * x), 0.3, -0.6 / 1.09**2),
    Case("sqrt", lambda x: sqrt(x), 2.0, 0.5 / sqrt(2.0)),
    Case("x^1.5", lambda x: x**1.5, 2.0, 1.5 * sqrt(2.0)),
    Case("exp at 0", exp, 0.0, 1.0),
    Case("exp at 1", exp, 1.0, exp(1.0)),
    Case("exp at -2", exp, -2.0, exp(-2.0)),
    Case("2^x", lambda x: 2**x, 1.0, 2 * log(2.0)),
    Case("log", log, 2.0, 0.5),
    Case("x log x", lambda x: x * log(x), 3.0, 1 + log(3.0)),
    Case("sin at 1", sin, 1.0, cos(1.0)),
    Case("sin at 0", sin, 0.0, 1.0),
    Case("cos at 2", cos, 2.0, -sin(2.0)),
    Case("tan at 0.5", tan, 0.5, 1 / cos(0.5) ** 2),
    Case("arctan", arctan, 0.7, 1 / 1.49),
    Case("arcsin", arcsin, 0.3, 1 / sqrt(0.91)),
    Case("sinh", sinh, 0.5, cosh(0.5)),
    Case("cosh", cosh, 0.8, sinh(0.8)),
    Case("tanh", tanh, 0.4, 1 / cosh(0.4) ** 2),
    Case("sigmoid", lambda x: 1 / (1 + exp(-x)), 0.5, exp(-0.5) / (1 + exp(-0.5)) ** 2),
    Case("softplus", lambda x: log(1 + exp(x)), 1.0, 1 / (1 + exp(-1.0))),
    Case("exp sin", lambda x: exp(sin(x)), 0.9, cos(0.9) * exp(sin(0.9))),
    Case("x sin x", lambda x: x * sin(x), 1.2, sin(1.2) + 1.2 * cos(1.2)),
    Case("sin x^2", lambda x: sin(x * x), 0.6, 1.2 * cos(0.36)),
    Case("gauss", lambda x: exp(-x * x / 2), 0.5, -0.5 * exp(-0.125)),
    Case("x^2 at -4", lambda x: x * x, -4.0, -8.0),
    Case("tan at 1.5", tan, 1.5, 1 / cos(1.5) ** 2, tame=False),
    Case("exp at 30", exp, 30.0, exp(30.0), tame=False),
    Case(
        "exp/(sin^3+cos^3)",
        lambda x: exp(x) / (sin(x) ** 3 + cos(x) ** 3),
        1.5,
        _kepler(1.5),
        False,
    ),
    Case("log at 0.01", log, 0.01, 100.0, tame=False),
    Case("x^2 at 1e5", lambda x: x * x, 1e5, 2e5, tame=False),
    Case("cos at 0", cos, 0.0, 0.0, tame=False),
]
TAME = [case for case in CASES if case.tame]
