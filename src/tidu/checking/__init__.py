"""Is this gradient right? If not: where, by how much, and why.

`check_gradient` compares a gradient with differences of the function's values and gives a verdict
for each entry, *right*, *wrong* or *cannot tell*, with its numbers; `assert_gradient` is the same
for tests, and `check_layer` for the author of a layer. `check_jacobian` takes functions of many
values, gradients among them. `check_torch`, `check_jax`, `check_autograd` and `check_autodiff`
check what libraries give, at first and second order, backward, forward and batched.
`literal_gradient` is the textbook's loop, to which every faster numerical gradient of Tidu is held.
"""

from tidu.checking.check import assert_gradient, check_gradient
from tidu.checking.jacobians import check_jacobian
from tidu.checking.layers import assert_layer, check_layer
from tidu.checking.libraries import check_autodiff, check_autograd, check_jax, check_torch
from tidu.checking.literal import literal_gradient
from tidu.checking.objectives import check_objective
from tidu.checking.report import GradientError, GradientReport

__all__ = [
    "GradientError",
    "GradientReport",
    "assert_gradient",
    "assert_layer",
    "check_autodiff",
    "check_autograd",
    "check_gradient",
    "check_jacobian",
    "check_jax",
    "check_layer",
    "check_objective",
    "check_torch",
    "literal_gradient",
]
