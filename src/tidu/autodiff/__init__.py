"""Derivatives of plain array code, by the chain rule.

A function is run once with traced arrays, which record every operation on a tape; the gradient
follows by going back over it. Neither the layers' ``backward`` nor differences have a part in it,
which makes it the third witness of a gradient. In the order in which it works:

- `tape`: the steps of one trace, and the way back through them
- `rules`: the table of operations and their derivatives
- `numpy_functions`: what NumPy's other functions come to
- `array`: the traced array
- `derivatives`: `grad`, `value_and_grad`, `vjp`, `jvp`, `hvp`
- `graph`, `graph_tracing`: the computation as a graph, with all numbers forward and backward

Left out: complex numbers, changes in place, functions of `numpy.linalg` other than the norm. Code
is traced as it runs: an ``if`` takes the branch of the values at hand.
"""

from tidu.autodiff.array import TracedArray
from tidu.autodiff.derivatives import grad, hvp, jvp, value_and_grad, vjp
from tidu.autodiff.graph import Graph
from tidu.autodiff.graph_tracing import graph
from tidu.autodiff.rules import RULES

__all__ = [
    "RULES",
    "Graph",
    "TracedArray",
    "grad",
    "graph",
    "hvp",
    "jvp",
    "value_and_grad",
    "vjp",
]
