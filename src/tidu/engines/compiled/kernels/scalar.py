"""Functions of one number that kernels are written with, as plain Python.

These are the definitions; `transcendental` gives Numba vectorizable forms of them, held to these by
tests. So tables of formulas (`activations`, `rules`) can be read without Numba.
"""

from __future__ import annotations

import math
from typing import Any


def select(condition: Any, a: Any, b: Any) -> Any:
    """Return a where the condition holds, else b, both already known: no branch, so vectors."""
    return a if condition else b


def exp_nonpositive(x: float) -> float:
    """Return eˣ for x ≤ 0; what would be denormal is 0."""
    return math.exp(x)


def tanh(x: float) -> float:
    """Return tanh x."""
    return math.tanh(x)


def log1p_unit(y: float) -> float:
    """Return log(1 + y) for y from 0 to 1."""
    return math.log1p(y)


def cos(x: float) -> float:
    """Return cos x; beyond some ten thousand turns in float32, some number between −1 and 1."""
    return math.cos(x)


def sin(x: float) -> float:
    """Return sin x, likewise."""
    return math.sin(x)


def normal_or_zero(x: Any) -> Any:
    """Return x, or 0 if it is less than the least number with all its digits.

    A mean that fades is soon below, and stays there, where processors are slow.
    """
    least = 2.0**-126 if getattr(x, "itemsize", 8) == 4 else 2.0**-1022
    return x if abs(x) >= least else 0 * x
