"""Reading a table of numbers from CSV: seconds and memory, beside pandas and polars.

Each reader works in a process of its own; memory is the most that the process held beyond what its
imports took. Tidu reads and understands the table (`load_file`); the others read alone.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

from benchmarks.quick import installed, run

ROWS, COLUMNS = 1_000_000, 30
QUICK = {"ROWS": 500}
READERS = {
    "tidu load_file": "import tidu.datasets as d; read = lambda path: d.load_file(path).x",
    "tidu, text alone": (
        "from pathlib import Path; from tidu.datasets.delimited import read_delimited; "
        "read = lambda path: read_delimited(Path(path)).columns"
    ),
    "pandas": "import pandas; read = pandas.read_csv",
    "polars": "import polars; read = polars.read_csv",
    "numpy.loadtxt": "import numpy; read = lambda p: numpy.loadtxt(p, delimiter=',', skiprows=1)",
}

PROCESS = """
import json, resource, sys, time
{prelude}
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
start = time.perf_counter()
kept = read(sys.argv[1])
seconds = time.perf_counter() - start
after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(json.dumps([seconds, (after - before) / 1024]))
"""


def write_table(path: Path, rows: int, columns: int, gaps: float = 0.0) -> None:
    """Write a table of normal numbers, a share of them missing, and a label of two classes."""
    rng = np.random.default_rng(0)
    with path.open("w", encoding="utf-8") as file:
        file.write(",".join([*(f"x{j}" for j in range(columns)), "label"]) + "\n")
        for start in range(0, rows, 20_000):
            n = min(20_000, rows - start)
            x, label = rng.normal(size=(n, columns)), rng.integers(0, 2, n)
            missing = rng.random((n, columns)) < gaps
            for row, gone, k in zip(x.tolist(), missing, label.tolist(), strict=True):
                cells = ["" if no else f"{v:.6g}" for v, no in zip(row, gone, strict=True)]
                file.write(",".join(cells) + f",{k}\n")


def measure(prelude: str, path: Path) -> tuple[float, float] | str:
    """Return the seconds and the mebibytes of one reader, or why there are none."""
    code = PROCESS.format(prelude=prelude)
    done = subprocess.run(
        [sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=False
    )
    if done.returncode:
        return done.stderr.strip().splitlines()[-1]
    seconds, memory = json.loads(done.stdout)
    return seconds, memory


def main() -> None:
    """Write two tables, without gaps and with, and print what each reader needs."""
    needed = {"pandas": "pandas", "polars": "polars"}
    there = installed({name: needed.get(name, "numpy") for name in READERS})
    with tempfile.TemporaryDirectory() as folder:
        for gaps in (0.0, 0.01):
            path = Path(folder, "table.csv")
            write_table(path, ROWS, COLUMNS, gaps)
            size = path.stat().st_size / 2**20
            print(
                f"\n{ROWS:,} rows × {COLUMNS} columns, {size:.0f} MiB, {100 * gaps:.0f} % missing"
            )
            print(f"{'reader':20}{'seconds':>10}{'MiB':>10}")
            for name in there:
                found = measure(READERS[name], path)
                if isinstance(found, str):
                    print(f"{name:20}  {found}")
                else:
                    print(f"{name:20}{found[0]:10.2f}{found[1]:10.0f}")


if __name__ == "__main__":
    run(globals())
