"""The numeric gradient of 784-50-10, by the literal loop and by the fast walk; and learning by it.

A batch of 100 MNIST images, sigmoid, softmax and cross-entropy, float64: 39,760 parameters, each
moved up and down by 1e-4. The loop is taken once, whole; the walk with NumPy alone and with
kernels, the median of several rounds after one that loads what is needed. Then 1,000 steps of
plain gradient descent are made by numeric gradients alone and, from the same start, by
backpropagation; the two loss curves are compared, and drawn in ``tidu-out/benchmarks``.
"""

from __future__ import annotations

import importlib.util
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from unittest import mock

import numpy as np
from rich.console import Console
from rich.table import Table

import tidu as td
from benchmarks.quick import run
from tidu import plots
from tidu.checking import literal_gradient
from tidu.engines import Steps
from tidu.errors import DataNotFoundError
from tidu.native import why_no_kernels
from tidu.perturbation import softmax_shortcut

BATCH, STEP, ROUNDS, STEPS, LR = 100, 1e-4, 7, 1000, 0.1
PIXELS, HIDDEN = 784, 50


def data() -> td.datasets.Dataset:
    try:
        return td.datasets.load_mnist("train")
    except DataNotFoundError as error:
        raise SystemExit(f"this benchmark is about MNIST: {error}") from None


QUICK = {
    "BATCH": 4, "ROUNDS": 1, "STEPS": 2, "PIXELS": 64, "HIDDEN": 3,
    "data": lambda: td.datasets.load_digits("train"),
}  # fmt: skip


def network() -> td.Network:
    layers = [td.Rescale(1 / 255), td.Affine(HIDDEN), td.Sigmoid(), td.Affine(10)]
    return td.Network(layers, PIXELS, td.SoftmaxCrossEntropy(), dtype="float64")


def timed(work: Callable[[], np.ndarray]) -> tuple[float, np.ndarray]:
    start = time.perf_counter()
    found = work()
    return time.perf_counter() - start, found


def rounds(work: Callable[[], np.ndarray]) -> tuple[float, np.ndarray]:
    work()
    times, found = zip(*(timed(work) for _ in range(ROUNDS)), strict=True)
    return statistics.median(times), found[-1]


def gradients(net: td.Network, x: np.ndarray, t: np.ndarray) -> Table:
    batch, targets = net.batch(x), net.targets(t, len(x))

    def loss(theta: np.ndarray) -> float:
        return net.evaluate(theta, net.state, batch, targets).total

    def walk() -> np.ndarray:
        return net.gradient(x, t, "numeric", step=STEP).vector

    slow, literal = timed(lambda: literal_gradient(loss, net.theta, STEP))
    with mock.patch.object(softmax_shortcut, "WORTH", np.inf):
        rows = [("NumPy alone", *rounds(walk))]
    if not why_no_kernels():
        rows.append(("with kernels", *rounds(walk)))
    table = Table(title=f"numeric gradient of {net.theta.size:,} parameters, batch of {BATCH}")
    for column in ("form", "seconds", "× faster", "largest deviation / largest entry"):
        table.add_column(column, justify="left" if column == "form" else "right")
    table.add_row("literal loop", f"{slow:.2f}", "1", "0")
    largest = np.abs(literal).max()
    for name, seconds, found in rows:
        deviation = np.abs(found - literal).max() / largest
        table.add_row(name, f"{seconds:.3f}", f"{slow / seconds:.0f}", f"{deviation:.1e}")
    return table


class Losses(td.Callback):
    """Keeps the loss of every step, and ends the run after so many."""

    every = 50

    def __init__(self) -> None:
        self.losses: list[float] = []

    def on_steps(self, network: td.Network, run: td.training.Run, steps: Steps) -> str | None:
        """Take the losses of the steps since the last call."""
        self.losses += steps.losses.tolist()
        return "enough" if len(self.losses) >= STEPS else None


def curve(x: np.ndarray, t: np.ndarray, engine: str) -> tuple[float, np.ndarray]:
    kept, epochs = Losses(), -(-STEPS * BATCH // len(x))
    start = time.perf_counter()
    network().fit(
        x, t, optimizer=td.SGD(LR), epochs=epochs, batch_size=BATCH, callbacks=[kept],
        engine=engine, progress=False,
    )  # fmt: skip
    return time.perf_counter() - start, np.array(kept.losses[:STEPS])


def learning(x: np.ndarray, t: np.ndarray) -> tuple[Table, dict[str, np.ndarray]]:
    table = Table(title=f"{STEPS:,} steps of SGD({LR}), batches of {BATCH}")
    for column in ("gradient", "seconds", "loss of the last 100 steps", "largest difference"):
        table.add_column(column, justify="left" if column == "gradient" else "right")
    curves: dict[str, np.ndarray] = {}
    for name, engine in (("backpropagation", "numpy"), ("numeric", "numeric")):
        seconds, curves[name] = curve(x, t, engine)
        apart = np.abs(curves[name] - curves["backpropagation"]).max()
        last = curves[name][-100:].mean()
        table.add_row(name, f"{seconds:.1f}", f"{last:.9f}", f"{apart:.1e}")
    return table, curves


def draw(curves: dict[str, np.ndarray], path: Path) -> None:
    """Draw the two curves, one thin over one broad, and how far apart they are."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9, 4), layout="constrained")
    left, right = figure.subplots(1, 2)
    steps = np.arange(1, STEPS + 1)
    looks = {
        "backpropagation": {"color": "#56b4e9", "linewidth": 4},
        "numeric": {"color": "#222222", "linewidth": 0.7},
    }
    for name, losses in curves.items():
        left.plot(steps, losses, label=name, **looks[name])
    left.set(xlabel="step", ylabel="loss of the batch", title="two ways to the same gradient")
    left.legend(frameon=False)
    apart = np.abs(curves["numeric"] - curves["backpropagation"])
    right.semilogy(steps, np.maximum(apart, np.finfo(float).eps), color="#d55e00", linewidth=0.7)
    right.set(xlabel="step", ylabel="difference of the two losses", title="how far apart they are")
    path.parent.mkdir(parents=True, exist_ok=True)
    plots.save(figure, path)


def main() -> None:
    training = data()
    x, t = training.x, training.t
    console = Console()
    console.print(gradients(network(), x[:BATCH], t[:BATCH]))
    table, curves = learning(x, t)
    console.print(table)
    if importlib.util.find_spec("matplotlib"):
        path = Path("tidu-out") / "benchmarks" / "numeric_gradient.png"
        draw(curves, path)
        console.print(f"figure: {path}")


if __name__ == "__main__":
    run(globals())
