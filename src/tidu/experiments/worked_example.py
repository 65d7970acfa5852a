"""Every number of a small network, forward and backward."""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np

from tidu import functions
from tidu.arrays import Array
from tidu.autodiff import Graph
from tidu.autodiff.graph_tracing import graph_of
from tidu.engines import Steps
from tidu.experiments.experiment import experiment
from tidu.experiments.result import Record, Result, Table
from tidu.language import translator
from tidu.layers import Affine, Sigmoid
from tidu.losses import SumSquaredError
from tidu.network import Network
from tidu.optimizers import SGD
from tidu.plots.style import Theme, new_figure
from tidu.plots.units import UnitColumn, draw_units
from tidu.recipes.signature import Setting
from tidu.training import Callback, Run

_ = translator("experiments")

X, T = np.array([[5.0, 10.0]]), np.array([[0.01, 0.99]])
BIASES = (0.35, 0.65)
W1 = np.array([[0.1, 0.2, 0.3], [0.15, 0.25, 0.35]])
W2 = np.array([[0.4, 0.55], [0.45, 0.6], [0.5, 0.65]])

_PARAMETERS = ("W1", "b1", "W2", "b2")

_PANEL, _BELOW = 3.5, 2.6
"""How high a network is drawn, and the error of every step, in inches."""

Rate = Annotated[float, Setting("learning rate", 0, 100)]


def example() -> Network:
    """Return the course's 2-3-2 network: sigmoids, and biases that are shared and not learned."""
    net = Network(
        [Affine(3), Sigmoid(), Affine(2), Sigmoid()], 2, SumSquaredError(), dtype="float64"
    )
    net["W1"], net["W2"] = W1, W2
    net["b1"], net["b2"] = np.full(3, BIASES[0]), np.full(2, BIASES[1])
    net.freeze("b1", "b2")
    return net


def graph_of_loss(net: Network) -> Graph:
    """Return the graph of ½ Σ(o − t)² as a function of the weights and biases."""

    def loss(W1: Array, b1: Array, W2: Array, b2: Array) -> Array:
        h = functions.sigmoid(X @ W1 + b1)
        return functions.squared_error(functions.sigmoid(h @ W2 + b2), T)

    return graph_of(loss, [net[name] for name in _PARAMETERS], _PARAMETERS)


@experiment(
    "worked-example",
    title="A network of 2-3-2 units, with every number written out",
    quick={"steps": (10, 100)},
)
def worked_example(
    *,
    lr: Rate = 0.5,
    steps: Annotated[tuple[int, ...], Setting("after how many steps to look", 1, 100_000)] = (
        10,
        100,
        1000,
    ),
) -> Result:
    """Go forward and backward once, number by number, then learn and look again.

    Examples
    --------
    >>> worked_example(steps=(10,)).numbers["outputs"][0].round(8)
    array([0.56781887, 0.91516015])
    """
    net = example()
    layers, gradient = net.trace(X), net.gradient(X, T)
    o = layers["Sigmoid2"][0]
    first_error = 2 * net.loss(X, T)
    initial = (0, o, first_error, net["W1"].T.copy(), net["W2"].T.copy())
    graphs = [{"step": 0, **graph_of_loss(net).as_dict()}]
    start = [
        (_("W1, by hidden unit"), _matrix(net["W1"].T)),
        (_("W2, by output unit"), _matrix(net["W2"].T)),
        (_("b1 of each hidden unit, fixed"), f"{BIASES[0]:.8f}"),
        (_("b2 of each output unit, fixed"), f"{BIASES[1]:.8f}"),
    ]
    forward = [
        (_("input x"), _row(X[0])),
        (_("hidden sums x W1 + b1"), _row(layers["Affine1"][0])),
        (_("hidden h = σ(sums)"), _row(layers["Sigmoid1"][0])),
        (_("output sums h W2 + b2"), _row(layers["Affine2"][0])),
        (_("output o = σ(sums)"), _row(o)),
        (_("target t"), _row(T[0])),
        ("Σ(o − t)²", f"{first_error:.16g}"),
    ]
    d2 = (o - T[0]) * o * (1 - o)
    h = layers["Sigmoid1"][0]
    d1 = (net["W2"] @ d2) * h * (1 - h)
    backward = [
        (_("of the output sums, (o − t) o (1 − o)"), _row(d2)),
        (_("of W2, by output unit"), _matrix(gradient["W2"].T)),
        (_("of the hidden sums, (W2 δ) h (1 − h)"), _row(d1)),
        (_("of W1, by hidden unit"), _matrix(gradient["W1"].T)),
    ]
    recorder = _Recorder(steps)
    net.fit(
        X, T, optimizer=SGD(lr), epochs=max(steps), batch_size=1, callbacks=[recorder],
        engine="numpy", progress=False,
    )  # fmt: skip
    errors, looks = recorder.errors, recorder.looks

    return Result(
        numbers={
            "hidden": h,
            "first_output": o,
            "first_error": first_error,
            "dW1": gradient["W1"].T,
            "dW2": gradient["W2"].T,
            "steps": [look[0] for look in looks],
            "outputs": [look[1] for look in looks],
            "errors": [look[2] for look in looks],
            "error_of_each_step": errors,
            "initial_W1": W1.T,
            "initial_W2": W2.T,
            "biases": BIASES,
            "graphs": graphs + recorder.graphs,
            "W1": [look[3] for look in looks],
            "W2": [look[4] for look in looks],
        },
        tables=[
            Table(_("at the start"), (_("what"), _("numbers")), start),
            Table(_("forward"), (_("what"), _("numbers")), forward),
            Table(_("backward: gradients of ½ Σ(o − t)²"), (_("what"), _("numbers")), backward),
            Table(
                _("after steps with a learning rate of {lr:g} (weights by unit)").format(lr=lr),
                (_("steps"), _("outputs"), "Σ(o − t)²", "W1", "W2"),
                [
                    (k, _row(out), f"{error:.6e}", _matrix(a), _matrix(b))
                    for k, out, error, a, b in (initial, *looks)
                ],
            ),
        ],
        see=_(
            "Each number of the forward pass is a weighted sum or a sigmoid of the row before it; "
            "each number of the backward pass is a product of derivatives on the way from the "
            "error to it. The first output starts badly wrong on the flat part of its sigmoid, so "
            "it learns slowly at first."
        ),
    )


@worked_example.draws
def draw_worked_example(record: Record, look: Theme) -> Any:
    """Draw all numbers of the network at each look, from the start on; the error of every step."""
    numbers = record["numbers"]
    graphs = numbers["graphs"]
    figure = new_figure(height=_PANEL * len(graphs) + _BELOW)
    ratios = [*[_PANEL] * len(graphs), _BELOW]
    *panels, below = figure.subplots(len(ratios), 1, height_ratios=ratios)
    for axes, graph in zip(panels, graphs, strict=True):
        draw_units(axes, _columns(Graph.from_dict(graph)), look)
        step = graph["step"]
        when = _("after 1 step") if step == 1 else _("after {step:,} steps").format(step=step)
        when = when if step else _("at the start")
        axes.set_title(
            _("{when}: weights and values above, gradients of ½ Σ(o − t)² below").format(when=when)
        )
    errors = numbers["error_of_each_step"]
    below.loglog(np.arange(1, len(errors) + 1), errors, color=look.blue)
    for done, error in zip(numbers["steps"], numbers["errors"], strict=True):
        below.plot(done, error, "o", color=look.orange)
        below.annotate(
            _("{error:.3g} after {done:,} steps").format(error=error, done=done),
            (done, error),
            xytext=(-7, -12),
            ha="right",
            textcoords="offset points",
            color=look.orange,
        )
    below.set(xlabel=_("steps"), ylabel=_("error Σ(o − t)²"), xlim=(1, 1.2 * len(errors)))
    below.margins(y=0.15)
    return figure


def _columns(graph: Graph) -> list[UnitColumn]:
    """Return the units of the network: input, hidden and output, as they are in the graph."""
    h, o = (node for node in graph.nodes if node.operation == "sigmoid")
    targets = ", ".join(f"{t:g}" for t in T[0])
    return [
        UnitColumn(X[0], note=_("input x") + "\n"),
        UnitColumn(
            h.value[0],
            h.gradient[0],
            graph["W1"].value,
            graph["W1"].gradient,
            _("hidden h = σ(x W1 + {bias:g})").format(bias=BIASES[0]) + "\n",
        ),
        UnitColumn(
            o.value[0],
            o.gradient[0],
            graph["W2"].value,
            graph["W2"].gradient,
            _("output o = σ(h W2 + {bias:g})\ntargets {targets}").format(
                bias=BIASES[1], targets=targets
            ),
        ),
    ]


class _Recorder(Callback):
    """Record the error after every step, and outputs and weights after some."""

    every_steps = 1

    def __init__(self, steps: tuple[int, ...]) -> None:
        self.steps = steps
        self.errors: list[float] = []
        self.graphs: list[dict[str, Any]] = []
        self.looks: list[tuple[int, np.ndarray, float, np.ndarray, np.ndarray]] = []

    def on_steps(self, network: Network, run: Run, steps: Steps) -> None:
        """Record."""
        o = network.forward(X)[0]
        self.errors.append(float(((o - T[0]) ** 2).sum()))
        if run.step in self.steps:
            weights = network["W1"].T.copy(), network["W2"].T.copy()
            self.graphs.append({"step": run.step, **graph_of_loss(network).as_dict()})
            self.looks.append((run.step, o, self.errors[-1], *weights))


def _row(values: np.ndarray) -> str:
    return "  ".join(f"{v:.8f}" for v in values)


def _matrix(values: np.ndarray) -> str:
    return "\n".join(_row(row) for row in values)
