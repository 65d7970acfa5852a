"""A bill as a graph of operations: values go forward, gradients go backward."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any

from tidu.autodiff import Graph
from tidu.autodiff.graph_tracing import graph_of
from tidu.experiments.experiment import experiment
from tidu.experiments.result import Record, Result, Table
from tidu.numeric import gradient
from tidu.plots.graphs import graph_figure
from tidu.plots.style import Theme
from tidu.recipes.signature import Setting

Price = Annotated[float, Setting("price of one", 0, 1e6)]
Count = Annotated[float, Setting("how many are bought", 0, 1e6)]

INPUTS = ("price of an apple", "apples", "price of an orange", "oranges", "tax")
EDGES = (*INPUTS, "cost of the apples", "cost of the oranges", "fruit", "total")
"""What each node of the graph is, in the order in which they are computed."""


def bill(apple: float, apples: float, orange: float, oranges: float, tax: float) -> float:
    """Return (apple · apples + orange · oranges) · tax."""
    return (apple * apples + orange * oranges) * tax


@experiment("shop", title="A bill as a graph: values forward, gradients backward")
def shop(
    *,
    apple: Price = 100.0,
    apples: Count = 2.0,
    orange: Price = 150.0,
    oranges: Count = 3.0,
    tax: Annotated[float, Setting("factor for the tax", 0, 10)] = 1.1,
) -> Result:
    """Add up a bill by multiplications and an addition, and go back through them.

    Examples
    --------
    >>> shop().table().splitlines()[-1].split()
    ['total', '715', '1']
    """
    inputs = [apple, apples, orange, oranges, tax]
    computed = graph_of(bill, inputs, INPUTS)
    *before, last = computed.nodes
    computed = Graph((*before, replace(last, name=EDGES[-1])))
    edges = {
        name: (float(node.value), float(node.gradient))
        for name, node in zip(EDGES, computed.nodes, strict=True)
    }
    total = edges["total"][0]
    measured = gradient(lambda v: bill(*v), inputs)
    numeric = [f"{value:.6g}" for value in measured] + [""] * 4

    return Result(
        numbers={
            "total": total,
            "values": {name: value for name, (value, _) in edges.items()},
            "gradients": {name: slope for name, (_, slope) in edges.items()},
            "measured": measured,
            "graph": computed.as_dict(),
        },
        tables=[
            Table(
                "each edge of the graph",
                ("", "value", "gradient of the total", "numeric gradient"),
                [
                    (name, value, slope, check)
                    for (name, (value, slope)), check in zip(edges.items(), numeric, strict=True)
                ],
            )
        ],
        see=(
            "Each node knows only its own rule: a sum passes the gradient on as it is, a product "
            "passes to each factor the gradient times the other factor. Together they say how the "
            f"total depends on every input: one more apple adds {edges['apples'][1]:.6g}, and an "
            f"apple that costs 1 more adds {edges['price of an apple'][1]:.6g}."
        ),
    )


@shop.draws
def draw_shop(record: Record, look: Theme) -> Any:
    """Draw the graph, with each value above its edge and the gradient below."""
    figure = graph_figure(Graph.from_dict(record["numbers"]["graph"]), look)
    axes = figure.axes[0]
    for y, text, colour in (
        (0.93, "values go forward →", look.blue),
        (0.87, "← gradients of the total go backward", look.orange),
    ):
        axes.text(0.98, y, text, color=colour, ha="right", va="top", transform=axes.transAxes)
    return figure
