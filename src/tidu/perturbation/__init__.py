"""The numeric gradient of a network: every parameter moved by itself, without the waste.

The meaning is the literal loop's (`tidu.checking.literal_gradient`): move one entry of theta up and
down, take the difference of the losses. What a move leaves unchanged is not computed again: layers
before it are not run, one weight of an affine layer changes one column, samples whose input is zero
do not change at all, and many moves go through the rest of the network at once. No derivative is
used anywhere, so it stays a witness against backpropagation.

`step_sizes` says how far an entry moves, `stages` how each layer treats many moved batches,
`perturbed_forward` carries a move to the loss, `driver` goes through all entries. `kernels` is a
compiled form of the innermost loop, and `softmax_shortcut` says when it is taken. A layer that
states no `scope` sees one whole batch at a time; `scope_check` holds a user's layer to the scope
that it states.

Left out: formulas other than the central difference, which `tidu.gradient` has for any function.
"""

from tidu.perturbation.driver import numeric_gradient
from tidu.perturbation.step_checks import check_step, refuse_non_finite

__all__ = ["check_step", "numeric_gradient", "refuse_non_finite"]
