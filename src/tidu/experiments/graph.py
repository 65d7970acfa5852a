"""Any expression as a graph, with every number forward and backward."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

import numpy as np

from tidu.autodiff import Graph
from tidu.autodiff.graph import text_of
from tidu.autodiff.graph_tracing import graph_of
from tidu.errors import InputError, clause
from tidu.experiments.experiment import experiment
from tidu.experiments.formula import FUNCTIONS, expression
from tidu.experiments.result import Record, Result, Table
from tidu.language import translator
from tidu.numeric import gradient
from tidu.plots.graphs import graph_figure
from tidu.plots.style import Theme
from tidu.recipes.signature import Setting

_ = translator("experiments")


@experiment("graph", title="An expression as a graph: values forward, gradients backward")
def graph(
    *,
    function: Annotated[str, Setting("the expression")] = "(a*b + c)*relu(d)",
    at: Annotated[tuple[str, ...], Setting("a value for each of its variables")] = (
        "a=2",
        "b=-3",
        "c=10",
        "d=1",
    ),
) -> Result:
    """Compute an expression step by step, and go back by the chain rule.

    Examples
    --------
    >>> graph(function="x*y + x", at=("x=3", "y=4")).numbers["gradients"]
    {'x': 5.0, 'y': 3.0}
    """
    variables = _read_values(at)
    f = expression(function, list(variables))
    values = list(variables.values())
    with np.errstate(all="ignore"):  # where there is no value, NaN or inf says so
        computed = graph_of(f, values, list(variables))
    numeric = gradient(lambda x: f(*x), values)
    checks = dict(zip(variables, numeric, strict=True))
    return Result(
        numbers={
            "value": float(computed.output.value),
            "gradients": {name: float(computed[name].gradient) for name in variables},
            "numeric": checks,
            "graph": computed.as_dict(),
        },
        tables=[
            Table(
                _("each node of the graph"),
                (
                    _("node"),
                    _("formula"),
                    _("value"),
                    _("∂{name}/∂node").format(name=computed.output.name),
                    _("numeric gradient"),
                ),
                [
                    (
                        n.name,
                        n.formula,
                        text_of(n.value),
                        text_of(n.gradient),
                        text_of(checks[n.name]) if n.name in checks else "",
                    )
                    for n in computed.nodes
                ],
            ),
            Table(
                _("step by step"),
                (_("forward, then back by the chain rule"),),
                [(line,) for line in _wrapped(computed.steps())],
            ),
        ],
        see=_(
            "Each value is computed from those before it. On the way back, the gradient of each "
            "node is that of the node after it, times the derivative of that one operation: this "
            "is the chain rule. Where a value is used more than once, its gradients add up."
        ),
    )


@graph.draws
def draw_graph(record: Record, look: Theme) -> Any:
    """Draw the graph, with each value above its edge and the gradient below."""
    return graph_figure(Graph.from_dict(record["numbers"]["graph"]), look)


def _read_values(at: Sequence[str]) -> dict[str, float]:
    values: dict[str, float] = {}
    for text in at:
        name, _, number = (part.strip() for part in text.partition("="))
        try:
            value = float(number)
        except ValueError:
            value = np.nan
        if not (name.isidentifier() and np.isfinite(value)):
            raise InputError(f"`at` must give values such as a=2,b=-3, and holds {text!r}")
        if name in values or name in FUNCTIONS:
            taken, function = clause("it has one already"), clause("it is a function")
            why = taken if name in values else function
            raise InputError(f"`at` cannot give {name!r} a value: {why}")
        values[name] = value
    return values


def _wrapped(lines: Sequence[str], width: int = 100) -> list[str]:
    """Break long lines after a plus sign or an equals sign."""
    found = []
    for line in lines:
        while len(line) > width:
            cut = max(line.rfind(sign, 0, width) for sign in (" + ", " = "))
            found.append(line[:cut])
            line = "    " + line[cut + 1 :]
        found.append(line)
    return found
