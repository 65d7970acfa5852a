"""One network on several ranks of MPI, and on paper on a hundred machines.

A training step on one rank and on two with a thread each, beside `Network.fit` on one thread and
on two, and the all-reduce of a vector as long as the network's. The ranks share one machine here,
so an all-reduce is a copy through its memory. From steps of a whole batch and of a quarter on one
rank, in seconds of the processor, come what a sample costs and what a step costs besides; from
these, and the stated speed of a network of machines, what a step would take on 1 to 100 of them.
"""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
import sysconfig
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

import tidu as td
from benchmarks.machine import load, machine, sentence
from benchmarks.quick import installed, run
from tidu.engines.world import leads, rows_of_rank

OUT = Path("tidu-out") / "benchmarks"
ROOT = Path(__file__).parents[1]
SIZES = {"784-50-10": (100, 2000, 200), "784-1000-1000-10": (512, 1024, 40)}
"""Layers, and with them the samples of a batch and of an epoch, and how many epochs."""
REPEATS = 200
QUICK = {"SIZES": {"784-50-10": (100, 200, 2)}, "REPEATS": 2}
LATENCY, BANDWIDTH = 20e-6, 25e9 / 8
"""Seconds of a message, and bytes in a second: two machines joined by 25 Gb/s Ethernet."""
MACHINES = (1, 2, 4, 10, 30, 100)
WAYS = {
    "fit, 1 thread": (1, "compiled", 1),
    "fit, 2 threads": (1, "compiled", 2),
    "mpi, 1 rank": (1, "mpi", 1),
    "mpi, 2 ranks": (2, "mpi", 1),
}
"""How a step is made: how many processes, the engine, and how many threads each."""


@dataclass(frozen=True)
class Row:
    """One network: milliseconds of a step by each way, and of the all-reduce on two ranks.

    ``sample`` is what one sample takes on one rank, ``fixed`` what a step takes besides.
    """

    network: str
    batch: int
    parameters: int
    step: dict[str, float]
    all_reduce: float
    sample: float
    fixed: float

    def on_paper(self, machines: int, each: float) -> float:
        """Return the milliseconds of a step on so many machines with so many samples each.

        The fullest has √(2 m ln n) samples more than the m of the mean, since chance spreads
        them; then a ring of all machines moves the gradient.
        """
        fullest = each + math.sqrt(2 * each * math.log(machines))
        move = 2 * (machines - 1) * LATENCY
        move += 2 * (machines - 1) / machines * 4 * self.parameters / BANDWIDTH
        tree = 2 * math.ceil(math.log2(machines)) * (LATENCY + 4 * self.parameters / BANDWIDTH)
        return fullest * self.sample + self.fixed + 1e3 * min(move, tree)


def network(sizes: str) -> td.Network:
    """Return a network of these layers."""
    first, *hidden, last = map(int, sizes.split("-"))
    layers = [layer for units in hidden for layer in (td.Affine(units), td.ReLU())]
    return td.Network([td.Rescale(1 / 255), *layers, td.Affine(last)], first,
                      "softmax-cross-entropy")  # fmt: skip


class Clock(td.Callback):
    """Note when each epoch ends."""

    def __init__(self, now: Callable[[], float]) -> None:
        self.now, self.times = now, [now()]

    def on_epoch(self, *of_epoch: object) -> None:
        """Note the time."""
        self.times.append(self.now())


def step(
    sizes: str, batch: str, samples: str, epochs: str, engine: str, threads: str, clock: str
) -> float:
    """Return the milliseconds of a training step, in the best of some epochs."""
    net, n = network(sizes), int(samples)
    rng = np.random.default_rng(0)
    x = rng.integers(0, 256, (n, net.input_shape[0])).astype(np.uint8)
    t = rng.integers(0, 10, n)
    if engine == "mpi":
        x, t = x[rows_of_rank(n)], t[rows_of_rank(n)]
    watch = Clock({"wall": time.perf_counter, "processor": time.process_time}[clock])
    net.fit(x, t, optimizer=td.Adam(1e-4), epochs=int(epochs), batch_size=int(batch),
            engine=engine, threads=int(threads), callbacks=[watch], progress=False)  # fmt: skip
    if not leads():
        return 0.0
    return 1e3 * min(np.diff(watch.times)) / math.ceil(n / int(batch))


def all_reduce(size: str, repeats: str) -> float:
    """Return the milliseconds of an all-reduce of so many numbers, the median of some."""
    from mpi4py import MPI

    vector, times = np.ones(int(size), np.float32), []
    for _ in range(int(repeats)):
        MPI.COMM_WORLD.Barrier()
        start = time.perf_counter()
        MPI.COMM_WORLD.Allreduce(MPI.IN_PLACE, vector)
        times.append(time.perf_counter() - start)
        vector[:] = 1
    return 1e3 * float(np.median(times))


def on_ranks(ranks: int, *words: object) -> float:
    """Return what a function of this module returns on rank 0 of so many."""
    mpiexec = Path(sysconfig.get_path("scripts"), "mpiexec")
    done = subprocess.run(
        [mpiexec, "-n", str(ranks), sys.executable, "-m", "mpi4py", "-m", "benchmarks.scale", "of",
         *map(str, words)],
        cwd=ROOT, env=os.environ | {"OPENBLAS_NUM_THREADS": "1"}, capture_output=True, text=True,
        check=True,
    )  # fmt: skip
    return float(done.stdout)


def measured() -> list[Row]:
    """Return what each network takes."""
    rows = []
    for sizes, (batch, samples, epochs) in SIZES.items():

        def milliseconds(ranks: int, b: int, *how: object) -> float:
            return on_ranks(ranks, "step", sizes, b, samples, epochs, *how)  # noqa: B023

        steps = {
            name: milliseconds(ranks, batch, engine, threads, "wall")
            for name, (ranks, engine, threads) in WAYS.items()
        }
        whole, quarter = (milliseconds(1, b, "mpi", 1, "processor") for b in (batch, batch // 4))
        sample = max(0.0, whole - quarter) / (batch - batch // 4)
        size = network(sizes).layout.size
        moved = on_ranks(2, "all_reduce", size + 3, REPEATS)
        rows.append(Row(sizes, batch, size, steps, moved, sample, whole - batch * sample))
    return rows


def main() -> None:
    """Print all tables, and write them."""
    if not installed({"MPI": "mpi4py"}):
        return
    rows = measured()
    print("milliseconds of a step, Adam, float32")
    print(
        f"{'network':20}{'batch':>6}" + "".join(f"{name:>16}" for name in WAYS) + "      all-reduce"
    )
    for row in rows:
        times = "".join(f"{row.step[name]:16.2f}" for name in WAYS)
        print(f"{row.network:20}{row.batch:6}{times}{row.all_reduce:16.2f}")
    print(f"\non paper, {BANDWIDTH * 8e-9:.0f} Gb/s and {LATENCY * 1e6:.0f} µs a message")
    paper = {}
    for title, shares in (("one batch for all", True), ("a batch for each", False)):
        print(f"{title + ': machines':36}" + "".join(f"{n:9}" for n in MACHINES))
        for row in rows:
            times = [row.on_paper(n, row.batch / n if shares else row.batch) for n in MACHINES]
            paper[f"{row.network}, {title}"] = dict(zip(MACHINES, times, strict=True))
            print(f"  {row.network:34}" + "".join(f"{time:9.2f}" for time in times))
    OUT.mkdir(parents=True, exist_ok=True)
    found: dict[str, Any] = {"machine": machine(), "load": load(), "on_paper": paper,
                             "rows": [vars(row) for row in rows]}  # fmt: skip
    (OUT / "scale.json").write_text(json.dumps(found, indent=1))
    print(f"\n{sentence(found['machine'])}\nnumbers are in {OUT}")


if __name__ == "__main__":
    if sys.argv[1:2] == ["of"]:
        took = {"step": step, "all_reduce": all_reduce}[sys.argv[2]](*sys.argv[3:])
        if leads():
            print(took)
    else:
        run(globals())
