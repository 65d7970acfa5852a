"""How long ``import tidu`` takes in a fresh process, beside ``import numpy`` and other libraries.

Each is imported in its own process, in turn, several rounds; the medians are printed. A library
that is not installed is left out.
"""

from __future__ import annotations

import importlib.util
import statistics
import subprocess
import sys

from rich.console import Console
from rich.table import Table

ROUNDS = 7
LIBRARIES = ("numpy", "tidu", "sklearn.neural_network", "torch", "jax")


def seconds(library: str) -> float:
    code = f"import time; t = time.perf_counter(); import {library}; print(time.perf_counter() - t)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return float(done.stdout)


def main() -> None:
    installed = [n for n in LIBRARIES if importlib.util.find_spec(n.partition(".")[0])]
    times: dict[str, list[float]] = {name: [] for name in installed}
    for _ in range(ROUNDS):
        for name in installed:
            times[name].append(seconds(name))
    base = statistics.median(times["numpy"])
    table = Table(title=f"import, seconds (median of {ROUNDS} fresh processes)")
    for column in ("library", "seconds", "× numpy"):
        table.add_column(column, justify="left" if column == "library" else "right")
    for name, values in times.items():
        median = statistics.median(values)
        table.add_row(name, f"{median:.3f}", f"{median / base:.2f}")
    Console().print(table)


if __name__ == "__main__":
    main()
