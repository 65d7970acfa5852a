"""A bill as a graph of operations: values go forward, gradients go backward."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any

from tidu.autodiff import Graph
from tidu.autodiff.graph_tracing import graph_of
from tidu.experiments.experiment import experiment
from tidu.experiments.result import Record, Result, Table
from tidu.language import later, translator
from tidu.numeric import gradient
from tidu.plots.graphs import graph_figure
from tidu.plots.style import Theme
from tidu.recipes.signature import Setting

_ = translator("experiments")

Price = Annotated[float, Setting("price of one", 0, 1e6)]
Count = Annotated[float, Setting("how many are bought", 0, 1e6)]

INPUTS = (
    later("price of an apple"),
    later("apples"),
    later("price of an orange"),
    later("oranges"),
    later("tax"),
)
EDGES = (
    *INPUTS,
    later("cost of the apples"),
    later("cost of the oranges"),
    later("fruit"),
    later("total"),
)
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
            "values": {name: edge[0] for name, edge in edges.items()},
            "gradients": {name: edge[1] for name, edge in edges.items()},
            "measured": measured,
            "graph": computed.as_dict(),
        },
        tables=[
            Table(
                _("each edge of the graph"),
                ("", _("value"), _("gradient of the total"), _("numeric gradient")),
                [
                    (_(name), value, slope, check)
                    for (name, (value, slope)), check in zip(edges.items(), numeric, strict=True)
                ],
            )
        ],
        see=_(
            "Each node knows only its own rule: a sum passes the "
            "gradient on as it is, a product passes to each factor the "
            "gradient times the other factor. Together they say how the "
            "total depends on every input: one more apple adds "
            "{one_more:.6g}, and an apple that costs 1 more adds "
            "{dearer:.6g}."
        ).format(one_more=edges["apples"][1], dearer=edges["price of an apple"][1]),
    )


@shop.draws
def draw_shop(record: Record, look: Theme) -> Any:
    """Draw the graph, with each value above its edge and the gradient below."""
    graph = Graph.from_dict(record["numbers"]["graph"])
    named = Graph(tuple(replace(node, name=_(node.name)) for node in graph.nodes))
    figure = graph_figure(named, look)
    axes = figure.axes[0]
    for y, text, colour in (
        (0.93, _("values go forward →"), look.blue),
        (0.87, _("← gradients of the total go backward"), look.orange),
    ):
        axes.text(0.98, y, text, color=colour, ha="right", va="top", transform=axes.transAxes)
    return figure
