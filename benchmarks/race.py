"""MNIST to 97 % and to 98 % test accuracy: ``python -m benchmarks.race``.

Each library runs in a process of its own, and the clock is that of the wall, from the start of the
process to the end of the epoch whose test accuracy is enough; images are read as the bytes that
they are, and held once. Settings are stated below; they are the best that we found for a small
network in each, in favour of none. Each library also runs as it does for the first time after an
installation that left no bytecode. The largest memory of the process is beside the time. Medians go
to ``tidu-out/benchmarks/race.json``.
"""

from __future__ import annotations

import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from benchmarks import quick
from benchmarks.machine import load, machine, sentence
from benchmarks.quick import installed

ROUNDS, GOALS, LIMIT = 3, (0.97, 0.98), 12
MOST_TIME, MOST_MEMORY = 0.5, 0.75
"""Of the best peer's seconds to the first goal, and of its memory."""
OUT = Path("tidu-out") / "benchmarks"
HIDDEN, BATCH, LR = 256, 128, 0.002
"""One hidden layer of ReLU, Adam; the learning rate falls by a fifth each epoch."""
QUICK = {"ROUNDS": 1, "LIBRARIES": {"tidu": "tidu"}}
LIBRARIES = {"tidu": "tidu", "PyTorch": "torch", "JAX": "jax", "scikit-learn": "sklearn"}


def images(folder: str) -> list[np.ndarray]:
    return [np.load(Path(folder) / f"{name}.npy") for name in ("x", "t", "x_test", "t_test")]


def tidu(x: np.ndarray, t: np.ndarray, xv: np.ndarray, tv: np.ndarray) -> Iterator[float]:
    import tidu as td

    layers = [td.Rescale(1 / 255), td.Affine(HIDDEN), td.ReLU(), td.Affine(10)]
    net = td.Network(layers, 784, td.SoftmaxCrossEntropy())
    schedule = td.StepDecay(LR, every=-(-len(x) // BATCH), factor=0.8)
    for _ in range(LIMIT):
        net.fit(x, t, optimizer=td.Adam(schedule), epochs=1, batch_size=BATCH, progress=False)
        yield net.accuracy(xv, tv)


def torch(x: np.ndarray, t: np.ndarray, xv: np.ndarray, tv: np.ndarray) -> Iterator[float]:
    import torch
    from torch import nn

    torch.manual_seed(0)
    net = nn.Sequential(nn.Linear(784, HIDDEN), nn.ReLU(), nn.Linear(HIDDEN, 10))
    optimizer = torch.optim.Adam(net.parameters(), lr=LR, fused=True)
    schedule = torch.optim.lr_scheduler.ExponentialLR(optimizer, 0.8)
    x, t, xv, tv = (torch.from_numpy(array) for array in (x, t, xv, tv))
    for _ in range(LIMIT):
        for rows in torch.randperm(len(x)).split(BATCH):
            optimizer.zero_grad(set_to_none=True)
            scores = net(x[rows].float() / 255)
            nn.functional.cross_entropy(scores, t[rows]).backward()
            optimizer.step()
        schedule.step()
        with torch.inference_mode():
            hits = [(net(a.float() / 255).argmax(1) == b).sum() for a, b in
                    zip(xv.split(1000), tv.split(1000), strict=True)]  # fmt: skip
            yield float(sum(hits)) / len(tv)


def jax(x: np.ndarray, t: np.ndarray, xv: np.ndarray, tv: np.ndarray) -> Iterator[float]:
    import jax
    import jax.numpy as jnp

    rng = np.random.default_rng(0)
    sizes = [(784, HIDDEN, (2 / 784) ** 0.5), (HIDDEN, 10, (1 / HIDDEN) ** 0.5)]
    theta = [
        (jnp.asarray(rng.normal(0, s, (a, b)), jnp.float32), jnp.zeros(b)) for a, b, s in sizes
    ]
    x, t, xv, tv = (jnp.asarray(array) for array in (x, t, xv, tv))

    def scores(theta, x):
        (W1, b1), (W2, b2) = theta
        return jax.nn.relu(x / jnp.float32(255) @ W1 + b1) @ W2 + b2

    def loss(theta, rows):
        logs = jax.nn.log_softmax(scores(theta, x[rows]))
        return -jnp.take_along_axis(logs, t[rows][:, None], axis=1).mean()

    def step(state, rows, lr):
        theta, m, v, k = state
        g = jax.grad(loss)(theta, rows)
        k = k + 1
        m = jax.tree.map(lambda a, d: 0.9 * a + 0.1 * d, m, g)
        v = jax.tree.map(lambda a, d: 0.999 * a + 0.001 * d * d, v, g)
        c1, c2 = 1 - 0.9**k, 1 - 0.999**k
        move = lambda p, a, c: p - lr * (a / c1) / (jnp.sqrt(c / c2) + 1e-8)  # noqa: E731
        return (jax.tree.map(move, theta, m, v), m, v, k)

    epoch = jax.jit(
        lambda state, order, lr: jax.lax.scan(lambda s, r: (step(s, r, lr), None), state, order)[0],
        donate_argnums=0,
    )
    accuracy = jax.jit(lambda theta: (scores(theta, xv).argmax(1) == tv).mean())
    zeros = jax.tree.map(jnp.zeros_like, theta)
    state = (theta, zeros, jax.tree.map(jnp.copy, zeros), jnp.float32(0))
    for e in range(LIMIT):
        order = rng.permutation(len(x))[: len(x) // BATCH * BATCH].reshape(-1, BATCH)
        state = epoch(state, order, LR * 0.8**e)
        yield float(accuracy(state[0]))


def scikit_learn(x: np.ndarray, t: np.ndarray, xv: np.ndarray, tv: np.ndarray) -> Iterator[float]:
    from sklearn.neural_network import MLPClassifier

    x, xv = (array.astype(np.float32) / np.float32(255) for array in (x, xv))
    net = MLPClassifier(
        hidden_layer_sizes=(HIDDEN,), batch_size=BATCH, learning_rate_init=LR, alpha=0,
        random_state=0,
    )  # fmt: skip
    for e in range(LIMIT):
        net.partial_fit(x, t, classes=np.arange(10))
        net._optimizer.learning_rate_init = LR * 0.8 ** (e + 1)
        yield net.score(xv, tv)


RUNNERS = {"tidu": tidu, "PyTorch": torch, "JAX": jax, "scikit-learn": scikit_learn}


def run(library: str, folder: str) -> None:
    """Train until both goals are reached, and print when each was, on the clock of the wall."""
    reached: dict[str, float] = {}
    for accuracy in RUNNERS[library](*images(folder)):
        for goal in GOALS:
            if accuracy >= goal and str(goal) not in reached:
                reached[str(goal)] = time.time()
        if len(reached) == len(GOALS):
            break
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"reached": reached, "peak_mib": peak}))


def raced(library: str, folder: str, **environment: str) -> dict:
    """Run one library in a process of its own; return the seconds to each goal and its memory."""
    start = time.time()
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.race", library, folder], capture_output=True, text=True,
        check=True, env=os.environ | environment,
    )  # fmt: skip
    found = json.loads(done.stdout.splitlines()[-1])
    return {goal: when - start for goal, when in found["reached"].items()} | {
        "peak_mib": found["peak_mib"]
    }


def median(found: list[dict], what: str) -> float:
    """Return the median of one figure; NaN if a library never reached that goal."""
    return statistics.median([f[what] for f in found if what in f] or [float("nan")])


def verdicts(rows: dict[str, dict[str, float]]) -> list[tuple[str, float, float]]:
    """Return what Tidu is compared with, the ratio found and the most that it should be."""
    judged = []
    for what, most in (("first run", MOST_TIME), ("seconds to 97%", MOST_TIME),
                       ("peak MiB", MOST_MEMORY)):  # fmt: skip
        peers = [found[what] for name, found in rows.items() if name != "tidu"]
        if peers and "tidu" in rows:
            judged.append((what, rows["tidu"][what] / min(peers), most))
    return judged


def main() -> None:
    from rich.console import Console
    from rich.table import Table

    from tidu.datasets import load_mnist
    from tidu.errors import DataNotFoundError

    console = Console()
    try:
        train, test = load_mnist("train"), load_mnist("test")
    except DataNotFoundError as error:
        console.print(f"the race needs MNIST: {error}")
        return
    there, about = installed(LIBRARIES), {"machine": machine(), "load": load()}
    cold: dict[str, list[dict]] = {name: [] for name in there}
    warm: dict[str, list[dict]] = {name: [] for name in there}
    with tempfile.TemporaryDirectory() as folder:
        for name, array in zip(("x", "t", "x_test", "t_test"),
                               (train.x, train.t, test.x, test.t), strict=True):  # fmt: skip
            np.save(Path(folder) / name, array.astype(np.uint8 if "x" in name else np.int64))
        for _ in range(ROUNDS):
            for name in there:
                with tempfile.TemporaryDirectory() as empty:
                    cold[name].append(raced(name, folder, PYTHONPYCACHEPREFIX=empty))
                warm[name].append(raced(name, folder))
    rows = {
        name: {"first run": median(cold[name], str(GOALS[0]))}
        | {f"seconds to {goal:.0%}": median(warm[name], str(goal)) for goal in GOALS}
        | {"peak MiB": median(warm[name], "peak_mib")}
        for name in there
    }
    table = Table(title=f"MNIST from the start of the process (784-{HIDDEN}-10, batch {BATCH}, "
                  f"Adam {LR} · 0.8 each epoch; medians of {ROUNDS})")  # fmt: skip
    table.add_column("library")
    for column in next(iter(rows.values()), {}):
        table.add_column(column, justify="right")
    for name, found in rows.items():
        *seconds, peak = found.values()
        table.add_row(name, *(f"{s:.2f}" for s in seconds), f"{peak:.0f}")
    console.print(sentence(about["machine"]), table)
    for what, ratio, most in verdicts(rows):
        met = "met" if ratio <= most else "missed"
        console.print(f"{what}: {ratio:.2f} × the best peer (at most {most:g}: {met})")
    OUT.mkdir(parents=True, exist_ok=True)
    found = about | {"rounds": ROUNDS, "rows": rows, "targets": verdicts(rows)}
    (OUT / "race.json").write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    if len(sys.argv) > 2:
        run(sys.argv[1], sys.argv[2])
    else:
        quick.run(globals())
