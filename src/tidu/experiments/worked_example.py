"""Every number of a small network, forward and backward; and where many starts of it end."""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np

from tidu.experiments.experiment import experiment
from tidu.experiments.result import Result, Table
from tidu.experiments.signature import Seed, Setting
from tidu.experiments.tracking import Progress, silent
from tidu.functions import sigmoid
from tidu.layers import Affine, Sigmoid
from tidu.losses import SumSquaredError
from tidu.network import Network
from tidu.optimizers import SGD
from tidu.plots.style import Theme, new_figure
from tidu.randomness import stream

X, T = np.array([[5.0, 10.0]]), np.array([[0.01, 0.99]])
BIASES = (0.35, 0.65)
W1 = np.array([[0.1, 0.2, 0.3], [0.15, 0.25, 0.35]])
W2 = np.array([[0.4, 0.55], [0.45, 0.6], [0.5, 0.65]])

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
    forward = [
        ("input x", _row(X[0])),
        ("hidden sums x W1 + b1", _row(layers["Affine1"][0])),
        ("hidden h = σ(sums)", _row(layers["Sigmoid1"][0])),
        ("output sums h W2 + b2", _row(layers["Affine2"][0])),
        ("output o = σ(sums)", _row(o)),
        ("target t", _row(T[0])),
        ("Σ(o − t)²", f"{2 * net.loss(X, T):.16g}"),
    ]
    d2 = (o - T[0]) * o * (1 - o)
    h = layers["Sigmoid1"][0]
    d1 = (net["W2"] @ d2) * h * (1 - h)
    backward = [
        ("of the output sums, (o − t) o (1 − o)", _row(d2)),
        ("of W2, by output unit", _matrix(gradient["W2"].T)),
        ("of the hidden sums, (W2 δ) h (1 − h)", _row(d1)),
        ("of W1, by hidden unit", _matrix(gradient["W1"].T)),
    ]
    errors, looks = [2 * net.loss(X, T)], []
    for done in range(1, max(steps) + 1):
        net.fit(X, T, optimizer=SGD(lr), epochs=1, batch_size=1, progress=False)
        errors.append(2 * net.loss(X, T))
        if done in steps:
            looks.append((done, net.predict(X)[0], errors[-1], net["W1"].T.copy(),
                          net["W2"].T.copy()))  # fmt: skip

    def draw(look: Theme) -> Any:
        figure = new_figure(height=3.4)
        axes = figure.subplots()
        axes.loglog(np.arange(1, len(errors) + 1), errors, color=look.blue)
        for done, _, error, _, _ in looks:
            axes.plot(done + 1, error, "o", color=look.orange)
            axes.annotate(
                f"{error:.3g} after {done}", (done + 1, error), xytext=(6, 6),
                textcoords="offset points", color=look.orange,
            )  # fmt: skip
        axes.set(xlabel="step", ylabel="Σ(o − t)²", xlim=(1, 2.5 * len(errors)))
        return figure

    return Result(
        numbers={
            "hidden": h, "first_output": o, "first_error": errors[0],
            "dW1": gradient["W1"].T, "dW2": gradient["W2"].T,
            "steps": [look[0] for look in looks], "outputs": [look[1] for look in looks],
            "errors": [look[2] for look in looks],
            "W1": [look[3] for look in looks], "W2": [look[4] for look in looks],
        },
        tables=[
            Table("forward", ("what", "numbers"), forward),
            Table("backward: gradients of ½ Σ(o − t)²", ("what", "numbers"), backward),
            Table(
                f"after steps with a learning rate of {lr:g} (weights by unit)",
                ("steps", "outputs", "Σ(o − t)²", "W1", "W2"),
                [(k, _row(out), f"{error:.6e}", _matrix(a), _matrix(b))
                 for k, out, error, a, b in looks],
            ),
        ],
        see=(
            "Each number forward is a weighted sum or a sigmoid of the row before it; each number "
            "backward is a product of the slopes on the way from the error to it. The first output "
            "starts badly wrong on the flat part of its sigmoid, so it learns slowly at first."
        ),
        draw=draw,
    )  # fmt: skip


@experiment(
    "many-starts",
    title="Does a network end at the same place from different weights?",
    quick={"starts": 60, "steps": 200},
)
def many_starts(
    *,
    starts: Annotated[int, Setting("how many starts of each kind", 1, 100_000)] = 1000,
    steps: Annotated[int, Setting("how many steps", 1, 1_000_000)] = 1000,
    lr: Rate = 0.5,
    seed: Seed = 0,
    progress: Progress = silent,
) -> Result:
    """Train the 2-3-2 network from many random weights, uniform on 0 to 1 and from N(0, 1).

    All starts learn at the same time: a stack of networks, one matrix product for all of them.

    Examples
    --------
    >>> sorted(many_starts(starts=5, steps=10).numbers["outputs"])
    ['N(0, 1)', 'uniform']
    """
    draws = {
        "uniform": stream(seed, "sample", 0).random((starts, 12)),
        "N(0, 1)": stream(seed, "sample", 1).standard_normal((starts, 12)),
    }
    kinds = list(draws)
    outputs, weights, stuck = {}, {}, {}
    for kind in kinds:
        ws = draws[kind][:, :6].reshape(-1, 2, 3), draws[kind][:, 6:].reshape(-1, 3, 2)
        w1, w2, o, h = _trained(*ws, steps, lr, progress)
        outputs[kind], weights[kind] = o, np.concatenate([w1.reshape(-1, 6), w2.reshape(-1, 6)], 1)
        stuck[kind] = h.max(axis=1) < SHUT
    resting = float(sigmoid(BIASES[1]))
    rows = [
        (kind, starts, int(stuck[kind].sum()),
         *(f"{np.median(outputs[kind][:, k]):.4f}" for k in (0, 1)),
         f"{np.ptp(outputs[kind][~stuck[kind], 0]) if (~stuck[kind]).any() else 0:.4f}",
         f"{weights[kind].std(axis=0).mean():.3f}")
        for kind in kinds
    ]  # fmt: skip

    def draw(look: Theme) -> Any:
        figure = new_figure(height=4.2)
        left, right = figure.subplots(1, 2)
        for kind, colour in zip(kinds, (look.blue, look.orange), strict=True):
            o, w = outputs[kind], weights[kind]
            left.plot(o[:, 0], o[:, 1], "o", color=colour, markersize=4, alpha=0.4)
            right.plot(w[:, 6], w[:, 7], "o", color=colour, markersize=2.5, alpha=0.4)
        left.axvline(T[0, 0], color=look.faint, linewidth=0.8)
        left.axhline(T[0, 1], color=look.faint, linewidth=0.8)
        if any(s.any() for s in stuck.values()):
            left.annotate(
                f"stuck at σ({BIASES[1]}) = {resting:.3f}", (resting, resting), xytext=(-8, 10),
                textcoords="offset points", ha="right", color=look.orange,
            )  # fmt: skip
        left.set(
            xlabel="first output (target 0.01)",
            ylabel="second output (target 0.99)",
            title=f"outputs after {steps} steps",
            xlim=(-0.03, 0.75),
            ylim=(0.6, 1.02),
        )
        right.set(
            xlabel="weight from hidden unit 1 to output 1",
            ylabel="weight from hidden unit 1 to output 2",
            title="two of the weights",
        )
        for k, (kind, colour) in enumerate(zip(kinds, (look.blue, look.orange), strict=True)):
            right.text(
                0.02, 0.97 - 0.07 * k, kind, color=colour, transform=right.transAxes, va="top"
            )
        return figure  # fmt: skip

    return Result(
        numbers={
            "outputs": outputs, "weights": weights,
            "stuck": {kind: int(s.sum()) for kind, s in stuck.items()}, "resting_output": resting,
        },
        tables=[
            Table(
                f"after {steps} steps from {starts} starts of each kind",
                ("start", "starts", "stuck", "median of o1", "median of o2",
                 "range of o1 (not stuck)", "mean std of a weight"),
                rows,
            )
        ],
        see=(
            "The outputs agree from start to start, the weights do not: many sets of weights say "
            "the same. A few starts from N(0, 1) shut all hidden units: their sums are so far "
            "below 0 that σ and its slope are 0 there, no signal passes and no gradient comes "
            f"back, and the outputs stay at σ({BIASES[1]}) = {resting:.3f} however long they learn."
        ),
        draw=draw,
    )  # fmt: skip


SHUT = 1e-3
"""A hidden unit whose output is below this passes no signal, and next to no gradient."""


def _trained(
    w1: np.ndarray, w2: np.ndarray, steps: int, lr: float, progress: Progress
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return weights, outputs and hidden units of a stack of networks after some steps."""
    for _ in progress(range(steps), "steps"):
        h = sigmoid(X @ w1 + BIASES[0])
        o = sigmoid(h @ w2 + BIASES[1])
        d2 = (o - T) * o * (1 - o)
        d1 = (d2 @ w2.transpose(0, 2, 1)) * h * (1 - h)
        w2 = w2 - lr * h.transpose(0, 2, 1) @ d2
        w1 = w1 - lr * X.T @ d1
    h = sigmoid(X @ w1 + BIASES[0])
    return w1, w2, sigmoid(h @ w2 + BIASES[1])[:, 0], h[:, 0]


def _row(values: np.ndarray) -> str:
    return "  ".join(f"{v:.8f}" for v in values)


def _matrix(values: np.ndarray) -> str:
    return "\n".join(_row(row) for row in values)
