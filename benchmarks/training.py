"""What a step of learning costs, beside other libraries: ``python -m benchmarks.training``.

Small networks on batches drawn from shuffled MNIST in memory, float32; a step is gather, forward,
backward, update. Each contestant has a process of its own, and they take their rounds in turn, so
that a machine whose speed drifts slows all alike; the tables show medians. "products alone" are the
step's matrix products by NumPy and nothing else. The cost curves vary one size at a time. All goes
to ``tidu-out/benchmarks/training.json``. Learning to a wanted accuracy is in `benchmarks.race`.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks.contestants import CONTESTANTS, PREDICTIONS, PREDICTORS, THREADS, Maker, Work
from benchmarks.machine import busy_seconds, machine, sentence
from benchmarks.processes import Process
from benchmarks.quick import run
from tidu import plots

ROUNDS, ROUNDS_OF_CURVES = 11, 3
MOST_BY_OTHERS = 0.2
"""Of a core, what other programs may take: above that a row is marked."""
PAUSE = 0.3
"""Seconds before each round: the last contestant's threads may wait for more in a busy loop."""
OUT = Path("tidu-out") / "benchmarks"
COMPARED = ("products alone", "tidu", "tidu, NumPy", "PyTorch")
PREDICTED = Work((784, 50, 10), "sigmoid", "sgd", 100, 100)
OF_PREDICTIONS = "10,000 predictions, 784-50-10"


@dataclass(frozen=True)
class Target:
    """The most that a contestant may take of what another takes; without one, of microseconds."""

    most: float
    beside: str = ""
    who: str = "tidu"


@dataclass(frozen=True)
class Row:
    """One line of the table: a work, and what is wanted of it."""

    name: str
    work: Work
    targets: tuple[Target, ...]


def rows() -> list[Row]:
    jax = "JAX, epoch jitted"
    wide, deep = (784, 1000, 1000, 10), (784, 100, 100, 100, 100, 10)
    return [
        Row("784-50-10, batch 100, SGD", Work((784, 50, 10), "sigmoid", "sgd", 100, 600),
            (Target(0.7, jax),)),
        Row("784-50-10, batch 100, Adam", Work((784, 50, 10), "sigmoid", "adam", 100, 600),
            (Target(0.6, jax),)),
        Row("784-1000-1000-10, batch 128, Adam", Work(wide, "relu", "adam", 128, 40),
            (Target(0.9, jax), Target(1.08, "products alone"), Target(2, jax, "tidu, NumPy"))),
        Row("784-100×4-10, batch 32, Adam", Work(deep, "relu", "adam", 32, 1200),
            (Target(0.45, jax),)),
        Row("4-32-16-4, batch of 10,000, Adam",
            Work((4, 32, 16, 4), "tanh", "adam", 10_000, 1, epochs=100, values=True),
            (Target(0.5, jax),)),
        Row("2-3-2, batch 1, SGD", Work((2, 3, 2), "sigmoid", "sgd", 1, 20_000),
            (Target(0.25),)),
    ]  # fmt: skip


def timed(
    makers: dict[str, Maker], argument: Any, parts: int, rounds: int | None = None
) -> tuple[dict[str, float], float | None]:
    """Return the median microseconds of each part of a work, by contestant; rounds in turn.

    Beside it, how many cores all other programs took meanwhile; None if nobody counts.
    """
    start, busy = time.perf_counter(), busy_seconds()
    with ExitStack() as stack:
        runners = [stack.enter_context(Process(make, argument)) for make in makers.values()]
        there = {n: r for n, r in zip(makers, runners, strict=True) if r.takes_part()}
        if missing := [name for name in makers if name not in there]:
            print(f"cannot take part, so not compared: {', '.join(missing)}")
        times: dict[str, list[float]] = {name: [] for name in there}
        for _ in range(rounds or ROUNDS):
            for name, runner in there.items():
                time.sleep(PAUSE)
                times[name].append(runner.seconds() / parts)
    found, others = {name: 1e6 * statistics.median(values) for name, values in times.items()}, None
    if busy is not None:
        ours = sum(runner.used for runner in runners)
        others = max(0.0, ((busy_seconds() or 0) - busy - ours) / (time.perf_counter() - start))
    return found, others


def shown(us: float | None) -> str:
    return "" if us is None else f"{us:.3g}" if us < 100 else f"{us:,.0f}"


def verdicts(
    targets: tuple[Target, ...], found: dict[str, float]
) -> list[tuple[str, str, float, float]]:
    """Return who is compared with what, the ratio found and the most that it should be."""
    return [
        (t.who, t.beside, found[t.who] / (found[t.beside] if t.beside else 1), t.most)
        for t in targets
        if t.who in found and (not t.beside or t.beside in found)
    ]


def judged(name: str, who: str, beside: str, ratio: float, most: float) -> str:
    """Return a verdict as a sentence."""
    met, unit = "met" if ratio <= most else "missed", f"× {beside}" if beside else "µs"
    return f"{name}: {who} {ratio:.2f} {unit} (at most {most:g}: {met})"


CURVES: dict[str, tuple[tuple[int, ...], Callable[[int], Work]]] = {
    "width of two hidden layers": (
        (8, 32, 128, 512, 1024), lambda n: Work((784, n, n, 10), "relu", "adam", 100, 100)),
    "hidden layers of 100": (
        (1, 2, 4, 8, 16), lambda n: Work((784, *(100,) * n, 10), "relu", "adam", 100, 200)),
    "batch of 784-50-10": (
        (1, 4, 16, 64, 256, 1024), lambda n: Work((784, 50, 10), "relu", "adam", n, 200)),
}  # fmt: skip


_TINY = Work((8, 4, 2), "relu", "adam", 10, 3)
QUICK = {
    "ROUNDS": 1,
    "ROUNDS_OF_CURVES": 1,
    "PAUSE": 0.0,
    "rows": lambda: [Row("8-4-2, batch 10, Adam", _TINY, (Target(1e9, "products alone"),))],
    "CURVES": {"width": ((4,), lambda n: Work((8, n, 2), "relu", "adam", 10, 3))},
    "CONTESTANTS": {name: CONTESTANTS[name] for name in ("products alone", "tidu")},
    "COMPARED": ("products alone", "tidu"),
    "PREDICTORS": {"tidu": PREDICTORS["tidu"]},
    "PREDICTED": _TINY,
}


def curves() -> dict[str, dict[str, list[float]]]:
    """Return the cost of a step against each size, for Tidu and its products alone."""
    makers = {name: CONTESTANTS[name] for name in COMPARED}
    found = {}
    for title, (sizes, make) in CURVES.items():
        results, parameters = [], []
        for size in sizes:
            job = make(size)
            parameters.append(sum((d_in + 1) * d_out for d_in, d_out in job.pairs))
            results.append(timed(makers, job, job.steps, ROUNDS_OF_CURVES)[0])
        found[title] = {"sizes": list(sizes), "parameters": parameters} | {
            n: [result[n] for result in results] for n in COMPARED if n in results[0]
        }
    return found


def drawn(found: dict[str, dict[str, list[float]]], path: Path) -> None:
    """Draw the curves, both axes logarithmic."""
    import matplotlib.pyplot as plt

    panels = [(title, lines, "sizes") for title, lines in found.items()]
    panels.append(("parameters, of two hidden layers", next(iter(found.values())), "parameters"))
    figure, axes = plt.subplots(2, 2, figsize=(8.4, 7.2), layout="constrained")
    for ax, (title, lines, along) in zip(axes.flat, panels, strict=False):
        for name in (key for key in lines if key not in ("sizes", "parameters")):
            style = "--k" if name == "products alone" else "o-"
            ax.loglog(lines[along], lines[name], style, label=name, markersize=4)
        ax.set(xlabel=title, ylabel="µs a step")
        if along == "sizes":
            ax.set_xticks(lines["sizes"], labels=[str(size) for size in lines["sizes"]])
            ax.tick_params(axis="x", which="minor", bottom=False)
        ax.legend(fontsize="small")
    plots.save(figure, path)


def main() -> None:
    results: dict[str, Any] = {"machine": machine(), "rounds": ROUNDS, "rows": []}
    console = Console(width=None if sys.stdout.isatty() else 110)
    table = Table(title=f"A step in µs, {THREADS} threads (medians of {ROUNDS} rounds in turn)")
    for column in ("work", *CONTESTANTS):
        table.add_column(column, justify="left" if column == "work" else "right", overflow="fold")
    console.print(sentence(results["machine"]))
    sentences = []

    def note(
        name: str, targets: tuple[Target, ...], found: dict[str, float], others: float | None
    ) -> None:
        verdict = verdicts(targets, found)
        busy = THREADS + (others or 0) > results["machine"]["cores"] + MOST_BY_OTHERS
        sentences.extend(judged(name, *v) for v in verdict)
        table.add_row(name + " *" * busy, *(shown(found.get(c)) for c in CONTESTANTS))
        results["rows"].append(
            {"name": name, "us": found, "targets": verdict, "others": others, "busy": busy}
        )
        OUT.mkdir(parents=True, exist_ok=True)
        (OUT / "training.json").write_text(json.dumps(results, indent=1) + "\n")

    for row in rows():
        steps = row.work.steps * row.work.epochs
        note(row.name, row.targets, *timed(CONTESTANTS, row.work, steps))
    predicted = Target(0.6, "PyTorch"), Target(0.5, "scikit-learn")
    note(OF_PREDICTIONS, predicted, *timed(PREDICTORS, PREDICTED, PREDICTIONS))
    if any(row["busy"] for row in results["rows"]):
        sentences.append("* more ran on the machine than it has cores: measure again")
    console.print(table, *sentences, sep="\n")
    if plots_there():
        drawn(curves(), OUT / "training.png")
    console.print(f"numbers and curves are in {OUT}")


def plots_there() -> bool:
    import importlib.util

    return importlib.util.find_spec("matplotlib") is not None


if __name__ == "__main__":
    run(globals())
