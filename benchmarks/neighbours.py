"""Tidu beside others that want the same cores: ``python -m benchmarks.neighbours``.

The same training is timed alone; in one process with PyTorch and JAX, whose threads may wait for
more work in a busy loop, each taking its round in turn, with and without pauses; and in two
processes at once. The settings take their rounds in turn, and the table shows medians. It is
written to ``tidu-out/benchmarks/neighbours.json``.
"""

from __future__ import annotations

import json
import multiprocessing
import statistics
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks.contestants import CONTESTANTS, THREADS, Work
from benchmarks.machine import load, machine, sentence
from benchmarks.quick import run

ROUNDS, RUNS = 11, 5
WORK = Work((784, 50, 10), "sigmoid", "sgd", 100, 600)
PEERS = ("PyTorch", "JAX, epoch jitted")
PAUSE = 0.3
MOST_BESIDE, MOST_AT_ONCE = 1.3, 2.2
OUT = Path("tidu-out") / "benchmarks"
QUICK = {"ROUNDS": 1, "RUNS": 1, "PEERS": (), "WORK": Work((8, 4, 2), "relu", "adam", 10, 3)}

_running: list[Callable[[], object]] = []


def prepare(work: Work, names: tuple[str, ...]) -> None:
    """Build and compile contestants in this process; those that are not installed are left out."""
    made = (CONTESTANTS[name](work) for name in names)
    _running.extend(steps for steps in made if steps)
    for steps in _running:
        steps()


def one_round(runs: int, pause: float) -> float:
    """Let each contestant run in turn, the first one last; return its median seconds."""
    *peers, first = reversed(_running)
    for steps in peers:
        steps()
    time.sleep(pause)
    seconds = []
    for _ in range(runs):
        start = time.perf_counter()
        first()
        seconds.append(time.perf_counter() - start)
    return statistics.median(seconds)


def main() -> None:
    found: dict[str, list[float]] = {}
    spawn = multiprocessing.get_context("spawn")
    with ExitStack() as stack:

        def process(*names: str) -> ProcessPoolExecutor:
            made = ProcessPoolExecutor(1, spawn, prepare, (WORK, ("tidu", *names)))
            return stack.enter_context(made)

        alone, beside, second = process(), process(*PEERS), process()
        for _ in range(ROUNDS):
            for name, at_work, runs, pause in (
                ("alone", [alone], RUNS, 0.0),
                ("in one process with others, in turn", [beside], 1, 0.0),
                ("in one process with others, after a pause", [beside], 1, PAUSE),
                ("two at once", [alone, second], RUNS, 0.0),
            ):
                rounds = [one.submit(one_round, runs, pause) for one in at_work]
                found.setdefault(name, []).append(max(r.result() for r in rounds))
    results: dict[str, Any] = {"machine": machine(), "load": load(), "rounds": ROUNDS}
    results["us"] = {n: 1e6 * statistics.median(v) / WORK.steps for n, v in found.items()}
    console = Console()
    console.print(sentence(results["machine"]))
    table = Table(title=f"A step of 784-50-10, {THREADS} threads (medians of {ROUNDS} rounds)")
    for column in ("Tidu", "µs a step", "× alone", "at most"):
        table.add_column(column, justify="left" if column == "Tidu" else "right")
    for name, us in results["us"].items():
        most = MOST_AT_ONCE if name == "two at once" else MOST_BESIDE
        ratio = us / results["us"]["alone"]
        met = "met" if ratio <= most else "missed"
        said = "" if name == "alone" else f"{most} ({met})"
        table.add_row(name, f"{us:.0f}", f"{ratio:.2f}", said)
    console.print(table)
    OUT.mkdir(parents=True, exist_ok=True)
    (OUT / "neighbours.json").write_text(json.dumps(results, indent=1) + "\n")


if __name__ == "__main__":
    run(globals())
