"""Derivatives from function values alone.

A derivative is the change of a function over a small step, divided by the step. This room computes
it so, for any function that can be evaluated, and estimates the error of the result. All other
derivatives in Tidu are checked against it.

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
