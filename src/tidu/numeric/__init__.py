"""Derivatives from function values alone.

A derivative is what a small step does to a function, divided by the step. This room takes that
literally, for any function that can be evaluated, and knows how far the answer can be trusted.
It is the independent witness of everything else in Tidu that calculates a derivative.

Left out: derivatives by rules (backpropagation is in `tidu.layers` and `tidu.network`), sparse
Jacobians, functions of complex variables.
"""

from tidu.numeric.derivatives import (
    derivative,
    directional_derivative,
    gradient,
    hessian,
    jacobian,
)
from tidu.numeric.status import Estimate, Status

__all__ = [
    "Estimate",
    "Status",
    "derivative",
    "directional_derivative",
    "gradient",
    "hessian",
    "jacobian",
]
