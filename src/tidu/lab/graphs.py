"""Graph: an expression as a graph, whose inputs are moved; values go forward, gradients back."""

from __future__ import annotations

from typing import Annotated, Any

from tidu.autodiff.graph_tracing import graph_of
from tidu.errors import InputError
from tidu.experiments.formula import expression, names_in
from tidu.lab.part import Answer, Part, action
from tidu.numeric import gradient
from tidu.plots.layered import layered
from tidu.recipes.signature import Setting, arguments_of

MOST_VARIABLES = 8
RANGE = 10.0
"""Inputs go from minus this to this."""


def settings(
    *,
    function: Annotated[str, Setting("the expression")] = "(a*b + c)*relu(d)",
    values: Annotated[
        tuple[float, ...], Setting("of its variables, as they appear", -RANGE, RANGE, fewest=0)
    ] = (2.0, -3.0, 10.0, 1.0),
) -> None:
    """Have a signature, in which the settings stand."""


class ExpressionGraph(Part):
    """An expression that is read, never run as code, and traced by `tidu.graph`."""

    arguments = arguments_of(settings)

    @action
    def build(self, settings: dict[str, Any]) -> Answer:
        """Compute the graph; variables without a value get 1, values too many are dropped."""
        s = self.settings(settings)
        names = names_in(s["function"])
        if len(names) > MOST_VARIABLES:
            raise InputError(
                f"`function` may have {MOST_VARIABLES} variables, and has {len(names)}"
            )
        f = expression(s["function"], names)
        values = [*s["values"], *[1.0] * len(names)][: len(names)]
        graph = graph_of(f, values, names)
        numeric = gradient(lambda x: f(*x), values) if names else []
        edges = [(edge.start, k) for k, node in enumerate(graph.nodes) for edge in node.edges]
        places = layered(len(graph.nodes), edges)
        nodes = [
            {
                "name": node.name, "formula": node.formula, "operation": node.operation,
                "value": float(node.value), "gradient": float(node.gradient), "place": place,
                "edges": [{"start": e.start, "slope": e.slope} for e in node.edges],
            }
            for node, place in zip(graph.nodes, places.nodes, strict=True)
        ]  # fmt: skip
        return {
            "names": names, "values": values, "nodes": nodes, "ways": places.edges,
            "numeric": [float(g) for g in numeric], "sentences": graph.steps(),
        }, {}  # fmt: skip
