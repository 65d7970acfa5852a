"""The numeric gradient of a network: every parameter perturbed by itself, without wasted work.

The result is that of the literal loop (`tidu.checking.literal_gradient`): perturb one entry of
theta up and down, take the difference of the losses. What a perturbation leaves unchanged is not
computed again: layers before it are not run, one weight of an affine layer changes one column,
samples whose input is zero do not change at all, and many perturbations go through the rest of the
network at once. No derivative is used anywhere, so the result is independent of backpropagation.

`step_sizes` says how far an entry moves, `stages` how each layer treats many moved batches,
`perturbed_forward` carries a move to the loss, `driver` goes through all entries. `kernels` is a
compiled form of the innermost loop, and `softmax_shortcut` says when it is taken. A layer that
states no `scope` sees one whole batch at a time; `scope_check` tests that a user's layer has the
scope that it states.

Left out: formulas other than the central difference, which `tidu.gradient` has for any function.
"""

from tidu.perturbation.driver import numeric_gradient
from tidu.perturbation.step_checks import check_step, refuse_non_finite

__all__ = ["check_step", "numeric_gradient", "refuse_non_finite"]
