"""The ways to difference a function: one table of nodes, weights and orders.

Each row is a formula ``f'(x) ≈ Re Σ weights[k] · f(x + nodes[k]·h) / (denominator · h)`` with an
error of size ``h**order``. A real node steps along the line, an imaginary one steps off it, so the
complex step is a row like the others. How the formula is evaluated is decided elsewhere.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from tidu.errors import check_choice


@dataclass(frozen=True)
class Method:
    """One difference formula."""

    nodes: tuple[complex, ...]
    weights: tuple[complex, ...]
    denominator: int
    order: int
    """The power of h in its error; for a refined method, the power that its first step suits."""
    refined: bool = False
    """Whether steps h, h/2, h/4, ... are combined to cancel the errors h², h⁴, ... one by one."""

    @property
    def is_complex(self) -> bool:
        """Whether it evaluates f at complex points."""
        return any(isinstance(node, complex) for node in self.nodes)

    @property
    def check_node(self) -> float:
        """A further node, whose value shows how far f is from the polynomial of the formula.

        It lies off the grid of the others (at the golden ratio), so that an oscillation which
        meets the grid at equal heights is seen.
        """
        return math.copysign((1 + math.sqrt(5)) / 2, sum(node.real for node in self.nodes) or 1)

    def tolerance(self, eps: float) -> float:
        """Return the relative error at which a step is taken at once.

        It leaves half of the digits that the formula can give, three quarters for a refined one,
        or four where that is fewer.
        """
        digits = self.order / (self.order + 1)
        return float(min(eps ** (digits * (0.75 if self.refined else 0.5)), 1e-4))

    @property
    def amplification(self) -> float:
        """By how much an error of f grows in the slope, times h."""
        return sum(abs(weight) for weight in self.weights) / self.denominator


METHODS = {
    "forward": Method((1, 0), (1, -1), denominator=1, order=1),
    "backward": Method((0, -1), (1, -1), denominator=1, order=1),
    "central": Method((1, -1), (1, -1), denominator=2, order=2),
    "five-point": Method((1, -1, 2, -2), (8, -8, -1, 1), denominator=12, order=4),
    "richardson": Method((1, -1), (1, -1), denominator=2, order=6, refined=True),
    "complex-step": Method((1j,), (-1j,), denominator=1, order=2),
}


def method_named(name: str) -> Method:
    """Return a row of the table, or say what the rows are."""
    check_choice("method", name, METHODS)
    return METHODS[name]


def base_step(method: Method, eps: float, dtype: np.dtype, times: int = 1) -> float:
    """Return the step at |x| ≤ 1: a power of two, so that no digit is lost in ``x + h``.

    The error of the formula is about ``h**order`` and that of rounding ``eps / h**times``, when
    the difference is taken ``times`` times; both are small near ``eps**(1/(order + times))``.
    The complex step subtracts nothing: its step need only be so small that its square vanishes.
    """
    if method.is_complex:
        return 2.0 ** round(math.log2(np.finfo(dtype).tiny) / 3)
    return 2.0 ** math.floor(math.log2(eps) / (method.order + times))
