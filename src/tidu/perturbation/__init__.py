"""The numeric gradient of a network: every parameter moved by itself, without the waste.

The meaning is the literal loop's (`tidu.checking.literal_gradient`): move one entry of theta up and
down, take the difference of the losses. What a move leaves unchanged is not computed again: layers
before it are not run, one weight of an affine layer changes one column, samples whose input is zero
do not change at all, and many moves go through the rest of the network at once. No derivative is
used anywhere, so it stays a witness against backpropagation.

`steps` says how far an entry moves, `links` how each kind of layer treats many moved batches,
`moves` carries a move to the loss, `walk` goes through all entries. `kernels` is a compiled form of
the innermost loop, and `endings` says when it is taken. A layer of which nothing is known, such as
one that a user wrote, sees one whole batch at a time.

Left out: formulas other than the central difference, which `tidu.gradient` has for any function.
"""

from tidu.perturbation.step_checks import check_step, refuse_non_finite
from tidu.perturbation.walk import numeric_gradient

__all__ = ["check_step", "numeric_gradient", "refuse_non_finite"]
