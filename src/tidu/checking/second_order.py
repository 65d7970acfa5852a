"""The gradient's own derivative, from values of f and of the gradient under test alone.

With random weights c, Σ cᵢ gᵢ(x) is the slope of f along c. Its gradient is had twice: as
differences of the gradient under test, and as differences of slopes of f. A gradient that is right
at x alone, as one that keeps what it was once called with, shows here.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from tidu.checking.report import GradientReport
from tidu.errors import InaccurateDerivativeWarning, InputError, check_integer
from tidu.language import translator
from tidu.numeric import directional_derivative, gradient
from tidu.randomness import stream

_ = translator("checking")

Arrays = dict[str, np.ndarray]
Claimed = Callable[[Arrays], Mapping[str, Any]]


def checked_order(order: Any) -> int:
    """Return 1 or 2, or refuse what is neither."""
    if check_integer("order", order) > 2:
        raise InputError(f"`order` must be 1 or 2, got {order}")
    return int(order)


class SecondOrder:
    """The slope of f along random weights as a function of named arrays, and its gradient.

    Parameters
    ----------
    f, grad
        The function and its gradient under test, both of named arrays.
    values
        The point.
    seed
        Of the weights.
    """

    def __init__(self, f: Callable[[Arrays], Any], grad: Claimed, values: Arrays, seed: int):
        self.f, self.grad, self.values, self.calls = f, grad, values, 0
        self.c = stream(seed, "sample", 5).normal(size=sum(x.size for x in values.values()))

    def slope(self, parts: Arrays) -> Any:
        """Return the slope of f along c, from values of f."""

        def value(x: np.ndarray) -> Any:
            self.calls += 1
            return self.f(self._split(x))

        with warnings.catch_warnings():  # what is inexact is seen as noise of the slope
            warnings.simplefilter("ignore", InaccurateDerivativeWarning)
            return directional_derivative(value, _joined(parts), self.c, method="richardson")

    def gradient(self, parts: Arrays) -> Arrays:
        """Return the gradient of Σ c · grad, from values of the gradient under test."""

        def along(x: np.ndarray) -> Any:
            return self.c @ _joined(self.grad(self._split(x)))

        with warnings.catch_warnings():
            warnings.simplefilter("ignore", InaccurateDerivativeWarning)
            return self._split(gradient(along, _joined(parts), method="richardson"))

    def annotate(self, report: GradientReport) -> GradientReport:
        """Return a report that says what was compared, and how often f was called."""
        power = _(
            "{power}; order 2: your gradient of Σ c · grad, c at random, against that of "
            "the slope of f along c"
        ).format(power=report.power)
        return replace(report, evaluations=self.calls, power=power)

    def _split(self, x: np.ndarray) -> Arrays:
        ends = np.cumsum([part.size for part in self.values.values()])[:-1]
        parts = zip(self.values.items(), np.split(x, ends), strict=True)
        return {name: piece.reshape(part.shape) for (name, part), piece in parts}


def _joined(parts: Mapping[str, Any]) -> np.ndarray:
    return np.concatenate([np.ravel(part) for part in parts.values()])
