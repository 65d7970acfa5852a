"""A bill as a graph of operations: values go forward, gradients go backward."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

import numpy as np

from tidu.experiments.experiment import experiment
from tidu.experiments.result import Record, Result, Table
from tidu.numeric import gradient
from tidu.plots.style import Theme, new_figure
from tidu.recipes.signature import Setting

Price = Annotated[float, Setting("price of one", 0, 1e6)]
Count = Annotated[float, Setting("how many are bought", 0, 1e6)]

Step = tuple[float, Callable[[float], tuple[float, float]]]
"""A value, and the function from its gradient to the gradients of its two operands."""


def multiply(a: float, b: float) -> Step:
    """Return a·b; each factor gets the gradient times the other."""
    return a * b, lambda dy: (dy * b, dy * a)


def add(a: float, b: float) -> Step:
    """Return a + b; each summand gets the gradient as it is."""
    return a + b, lambda dy: (dy, dy)


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
    cost_of_apples, apples_back = multiply(apple, apples)
    cost_of_oranges, oranges_back = multiply(orange, oranges)
    fruit, fruit_back = add(cost_of_apples, cost_of_oranges)
    total, total_back = multiply(fruit, tax)

    dfruit, dtax = total_back(1.0)
    dcost_of_apples, dcost_of_oranges = fruit_back(dfruit)
    dapple, dapples = apples_back(dcost_of_apples)
    dorange, doranges = oranges_back(dcost_of_oranges)

    inputs = [apple, apples, orange, oranges, tax]
    measured = gradient(lambda v: (v[0] * v[1] + v[2] * v[3]) * v[4], inputs)
    edges = {
        "price of an apple": (apple, dapple),
        "apples": (apples, dapples),
        "price of an orange": (orange, dorange),
        "oranges": (oranges, doranges),
        "tax": (tax, dtax),
        "cost of the apples": (cost_of_apples, dcost_of_apples),
        "cost of the oranges": (cost_of_oranges, dcost_of_oranges),
        "fruit": (fruit, dfruit),
        "total": (total, 1.0),
    }
    numeric = [f"{value:.6g}" for value in measured] + [""] * 4

    return Result(
        numbers={
            "total": total,
            "values": {name: value for name, (value, _) in edges.items()},
            "gradients": {name: slope for name, (_, slope) in edges.items()},
            "measured": measured,
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
            f"total depends on every input: one more apple adds {dapples:.6g}, and an apple that "
            f"costs 1 more adds {dapple:.6g}."
        ),
    )


@shop.draws
def draw_shop(record: Record, look: Theme) -> Any:
    """Draw the graph, with each value above its edge and the gradient below."""
    numbers = record["numbers"]
    figure = new_figure(height=3.5)
    axes = figure.subplots()
    axes.axis("off")
    axes.set(xlim=(-2, 10.9), ylim=(0.2, 4.8), aspect="equal")
    for name, (start, end) in _ARROWS.items():
        edge = numbers["values"][name], numbers["gradients"][name]
        _draw_edge(axes, name, edge, np.array(start), np.array(end), look)
    for sign, place in _NODES:
        axes.text(
            *place, sign, ha="center", va="center", fontsize=15, color=look.ink,
            bbox={"boxstyle": "circle,pad=0.25", "fc": look.paper, "ec": look.ink},
        )  # fmt: skip
    axes.text(8, 4.1, "values go forward →", color=look.blue, ha="center")
    axes.text(8, 3.7, "← gradients of the total go backward", color=look.orange, ha="center")
    return figure


_NODES = (("×", (3.2, 3.6)), ("×", (3.2, 1.4)), ("+", (5.6, 2.5)), ("×", (8.0, 1.7)))
_ARROWS = {
    "price of an apple": ((0, 4.4), (3.2, 3.6)),
    "apples": ((0, 2.8), (3.2, 3.6)),
    "price of an orange": ((0, 2.2), (3.2, 1.4)),
    "oranges": ((0, 0.6), (3.2, 1.4)),
    "tax": ((5.2, 0.6), (8.0, 1.7)),
    "cost of the apples": ((3.2, 3.6), (5.6, 2.5)),
    "cost of the oranges": ((3.2, 1.4), (5.6, 2.5)),
    "fruit": ((5.6, 2.5), (8.0, 1.7)),
    "total": ((8.0, 1.7), (10.2, 1.7)),
}
"""Where each edge of the drawing begins and ends."""


def _draw_edge(
    axes: Any, name: str, numbers: tuple[float, float], start: Any, end: Any, look: Theme
) -> None:
    """Draw an arrow with its value above and its gradient below; name what comes from outside."""
    value, slope = numbers
    outside = name in _FROM_OUTSIDE
    gaps = {"shrinkA": 3 if outside else 15, "shrinkB": 3 if name == "total" else 15}
    axes.annotate("", end, start, arrowprops={"arrowstyle": "->", "color": look.faint, **gaps})
    place = start + (0.4 if outside else 0.5) * (end - start)
    across, up = (end - start) / np.linalg.norm(end - start)
    beside = 0.19 * np.array([-up, across])
    angle = np.degrees(np.arctan2(up, across))
    for number, colour, side in ((value, look.blue, 1), (slope, look.orange, -1)):
        axes.text(
            *place + side * beside, f"{number:.6g}", color=colour, rotation=angle,
            ha="center", va="center", rotation_mode="anchor", fontsize=10,
        )  # fmt: skip
    if outside:
        axes.text(*start, name, ha="right", va="center")
    if name == "total":
        axes.text(*end, name, ha="left", va="center")


_FROM_OUTSIDE = ("price of an apple", "apples", "price of an orange", "oranges", "tax")
