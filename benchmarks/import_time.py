"""How long Tidu takes to be ready in a fresh process, beside NumPy and other libraries.

Each has its own process, in turn, several rounds; the medians are printed. A library that is not
installed is left out.
"""

from __future__ import annotations

import statistics
import subprocess
import sys

from rich.console import Console
from rich.table import Table

from benchmarks.quick import installed, run

ROUNDS = 7
QUICK = {"ROUNDS": 1, "STATEMENTS": {"numpy": "import numpy", "tidu": "import tidu"}}
NETWORK = "import tidu as td; td.Network([td.Affine(10)], 64, td.SoftmaxCrossEntropy())"
STATEMENTS = {
    "numpy": "import numpy",
    "tidu": "import tidu",
    "tidu, and a network": NETWORK,
    "the same, and a first step": (
        NETWORK.replace("td.Network", "net = td.Network")
        + "; import numpy; net.fit(numpy.zeros((100, 64)), numpy.zeros(100, int), epochs=1)"
    ),
    "sklearn.neural_network": "import sklearn.neural_network",
    "torch": "import torch",
    "jax": "import jax",
}


def seconds(statement: str) -> float:
    code = f"import time; t = time.perf_counter(); {statement}; print(time.perf_counter() - t)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return float(done.stdout)


def main() -> None:
    needed = {"sklearn.neural_network": "sklearn", "torch": "torch", "jax": "jax"}
    there = installed({name: needed.get(name, "numpy") for name in STATEMENTS})
    times: dict[str, list[float]] = {name: [] for name in there}
    for name in there:
        seconds(STATEMENTS[name])
    for _ in range(ROUNDS):
        for name in there:
            times[name].append(seconds(STATEMENTS[name]))
    base = statistics.median(times["numpy"])
    table = Table(title=f"seconds (median of {ROUNDS} fresh processes)")
    for column in ("library", "seconds", "× numpy"):
        table.add_column(column, justify="left" if column == "library" else "right")
    for name, values in times.items():
        median = statistics.median(values)
        table.add_row(name, f"{median:.3f}", f"{median / base:.2f}")
    Console().print(table)


if __name__ == "__main__":
    run(globals())
