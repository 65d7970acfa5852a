"""Gradients by tracing, beside HIPS autograd and backprop: ``python -m benchmarks.autodiff``.

The loss of 784-50-10 (sigmoid, softmax, cross-entropy) on a batch of 100, in float64, written once
with NumPy's functions; all in turn in each round, and of each the median of the processor time. Set
OPENBLAS_NUM_THREADS=1, so that no time is spent waiting. Then the memory of a long loop, whose
steps have two operations each.
"""

from __future__ import annotations

import importlib.util
import resource
import statistics
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table

import tidu as td
from benchmarks.quick import run

BATCH, ROUNDS, STEPS = 100, 200, 1_000_000
QUICK = {"ROUNDS": 2, "STEPS": 500}


def loss_with(np: Any, x: np.ndarray, t: np.ndarray) -> Callable[..., Any]:
    def loss(W1: Any, b1: Any, W2: Any, b2: Any) -> Any:
        h = 1 / (1 + np.exp(-(np.dot(x, W1) + b1)))
        scores = np.dot(h, W2) + b2
        below = scores - np.max(scores, axis=1, keepdims=True)
        log_y = below - np.log(np.sum(np.exp(below), axis=1, keepdims=True))
        return -np.sum(t * log_y) / BATCH

    return loss


def timed(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def gradients() -> None:
    rng = np.random.default_rng(0)
    net = td.Network(
        [td.Affine(50), td.Sigmoid(), td.Affine(10)], 784, td.SoftmaxCrossEntropy(),
        dtype="float64",
    )  # fmt: skip
    x, labels = rng.random((BATCH, 784)), rng.integers(0, 10, BATCH)
    t = np.eye(10)[labels]
    params = [net[name].copy() for name in ("W1", "b1", "W2", "b2")]
    every = (0, 1, 2, 3)
    gradient = td.grad(loss_with(np, x, t), every)
    work: dict[str, Callable[[], Any]] = {
        "tidu.grad": lambda: gradient(*params),
        "network, backprop": lambda: net.gradient(x, labels),
        "network, autodiff": lambda: net.gradient(x, labels, "autodiff"),
    }
    if importlib.util.find_spec("autograd"):
        import autograd

        other = autograd.grad(loss_with(autograd.numpy, x, t), every)
        work["autograd"] = lambda: other(*params)
        pairs = zip(gradient(*params), other(*params), strict=True)
        assert all(np.allclose(a, b, rtol=1e-10, atol=1e-14) for a, b in pairs)
    for gradient_by in work.values():
        gradient_by()
    times = {name: [] for name in work}  # type: dict[str, list[float]]
    for _ in range(ROUNDS):
        for name, gradient_by in work.items():
            times[name].append(timed(gradient_by))
    medians = {name: statistics.median(some) for name, some in times.items()}
    table = Table("gradient of 784-50-10, batch 100", "ms", "× tidu.grad")
    for name, seconds in medians.items():
        table.add_row(name, f"{1e3 * seconds:.3f}", f"{seconds / medians['tidu.grad']:.2f}")
    Console().print(table)
    if "autograd" in times:
        each = zip(times["tidu.grad"], times["autograd"], strict=True)
        ratio = statistics.median(ours / theirs for ours, theirs in each)
        print(f"tidu.grad takes {ratio:.2f} of the time of autograd (median of {ROUNDS} pairs)")


def memory() -> None:
    def chain(x: Any) -> Any:
        for _ in range(STEPS):
            x = x * 0.999999 + 1e-6
        return x

    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    seconds = timed(lambda: td.grad(chain)(1.0))
    kilobytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    print(
        f"a loop of {STEPS:,} steps takes {kilobytes / 1000:.0f} MB, that is "
        f"{1000 * kilobytes / STEPS:.0f} bytes a step, and {seconds:.1f} s"
    )


def main() -> None:
    gradients()
    memory()


if __name__ == "__main__":
    run(globals())
