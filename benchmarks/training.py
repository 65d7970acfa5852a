"""What a training step costs: 784-50-10 on batches of 100 from 60,000 shuffled rows, float32.

A step is: draw the batch, forward, backward, update. Rounds are taken in turn, so that a machine
whose speed drifts slows all alike; medians and ratios are printed. The matrix products of the step
alone are the limit that no library here can go below.
"""

from __future__ import annotations

import importlib.util
import statistics
import time
from collections.abc import Callable

import numpy as np
from rich.console import Console
from rich.table import Table

import tidu as td

N, BATCH, ROUNDS = 60_000, 100, 5


def data() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    return rng.random((N, 784), np.float32), rng.integers(10, size=N)


def products(x: np.ndarray) -> Callable[[], None]:
    rng = np.random.default_rng(0)
    w1, w2 = rng.random((784, 50), np.float32), rng.random((50, 10), np.float32)
    batch = x[:BATCH].copy()

    def epoch() -> None:
        for _ in range(N // BATCH):
            h = batch @ w1
            y = h @ w2
            h.T @ y
            d = y @ w2.T
            batch.T @ d

    return epoch


def with_tidu(x: np.ndarray, t: np.ndarray, optimizer: td.Optimizer) -> Callable[[], None]:
    layers = [td.Affine(50), td.Sigmoid(), td.Affine(10)]
    net = td.Network(layers, 784, td.SoftmaxCrossEntropy())
    return lambda: net.fit(x, t, optimizer=optimizer, epochs=1, batch_size=BATCH, progress=False)


def with_scikit_learn(x: np.ndarray, t: np.ndarray, solver: str) -> Callable[[], None]:
    from sklearn.neural_network import MLPClassifier

    net = MLPClassifier(
        (50,), activation="logistic", solver=solver, batch_size=BATCH, learning_rate_init=0.1
        if solver == "sgd" else 0.001, momentum=0, alpha=0, max_iter=1,
    )  # fmt: skip
    classes = np.arange(10)
    return lambda: net.partial_fit(x, t, classes=classes)


def main() -> None:
    x, t = data()
    contestants = {
        "matrix products alone": products(x),
        "tidu, SGD": with_tidu(x, t, td.SGD(0.1)),
        "tidu, Adam": with_tidu(x, t, td.Adam()),
    }
    if importlib.util.find_spec("sklearn"):
        contestants["scikit-learn, SGD"] = with_scikit_learn(x, t, "sgd")
        contestants["scikit-learn, Adam"] = with_scikit_learn(x, t, "adam")
    times: dict[str, list[float]] = {name: [] for name in contestants}
    for _ in range(ROUNDS):
        for name, epoch in contestants.items():
            start = time.perf_counter()
            epoch()
            times[name].append((time.perf_counter() - start) / (N // BATCH))
    base = statistics.median(times["matrix products alone"])
    table = Table(title=f"784-50-10, batch {BATCH}: a training step (median of {ROUNDS} epochs)")
    for column in ("library", "µs a step", "× its products"):
        table.add_column(column, justify="left" if column == "library" else "right")
    for name, values in times.items():
        median = statistics.median(values)
        table.add_row(name, f"{1e6 * median:.0f}", f"{median / base:.2f}")
    Console().print(table)


if __name__ == "__main__":
    main()
