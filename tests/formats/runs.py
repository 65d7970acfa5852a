"""A run with everything in it that a saved run must carry, for the tests of this folder.

As a program, ``python -m tests.formats.runs FOLDER KILLS SEED ENGINE``, it trains in child
processes, ends them with SIGKILL at random moments, some while they write, and resumes them until
they finish; it prints what happened as JSON.
"""

import json
import os
import signal
import sys
import time
import warnings
from pathlib import Path

import numpy as np

from tests.training.problems import network, samples
from tidu.engines import ENGINES
from tidu.formats import Checkpoint
from tidu.optimizers import AdamW, ClipByNorm, Cosine
from tidu.training import EarlyStopping, Monitor, ReduceOnPlateau

EPOCHS = 30
OF_ONE_PROCESS = [name for name in ENGINES if name != "mpi"]
"""The engines that work in one process; tests/engines/test_mpi.py ends and resumes the other."""


def train(
    *callbacks, engine="numpy", epochs=EPOCHS, patience=EPOCHS, batch_size=10, net=None,
    plateau=True, **given,
):  # fmt: skip
    """Train on 47 samples, 5 steps an epoch, with noise, statistics, weights and a schedule."""
    x, t = samples()
    net = net or network(seed=3)
    settings = {
        "optimizer": ClipByNorm(5.0, AdamW(Cosine(0.02, steps=400))),
        "sample_weight": np.linspace(0.5, 1.5, len(t)),
        "validation": samples(seed=1),
        **given,
    }
    watchers = [
        Monitor((x, t), every=4),
        EarlyStopping("val_loss", patience=patience),
    ]
    if plateau:
        watchers.append(ReduceOnPlateau("val_loss", patience=1, min_delta=0.01))
    net.fit(x, t, epochs=epochs, batch_size=batch_size, engine=engine,
            callbacks=[*callbacks, *watchers], **settings)  # fmt: skip
    return net


def bits(net):
    """Return all that training left behind, but for the seconds, as values that can be compared."""
    run = net.run
    vectors = {"theta": net.theta, "state": net.state, "sums": run.sums, **run.optimizer_state}
    for name, arrays in run.callback_state.items():
        vectors |= {f"{name}{i}": array for i, array in enumerate(arrays)}
    rows = [{k: float(v).hex() for k, v in row.items() if k != "seconds"} for row in run.history]
    numbers = [run.seed, run.epoch, run.step, run.position, run.start_epoch, run.optimizer_start]
    return {
        "vectors": {name: vector.tobytes().hex() for name, vector in vectors.items()},
        "rows": rows,
        "numbers": numbers,
        "stop_reason": run.stop_reason and run.stop_reason.sentence,
        "outcome": run.history.outcome.value,
        "status": run.history.status,
    }


def child(folder, engine):
    """Train in a process of its own, saving every third step; return its number."""
    number = os.fork()
    if number == 0:
        code = 1
        try:
            net = train(Checkpoint(folder, every=3, unit="steps", resume=True), engine=engine)
            (folder / "bits").write_text(json.dumps(bits(net)), "utf-8")
            code = 0
        finally:
            os._exit(code)
    return number


def kill_some(folder, kills, seed, engine):
    """Kill and resume so many times; return the bits of each run and how the kills fell."""
    rng = np.random.default_rng(seed)
    ends, while_writing, killed, run = [], 0, 0, 0
    while killed < kills or not ends:
        place = folder / str(run)
        place.mkdir(exist_ok=True)
        number = child(place, engine)
        if killed < kills:
            wait(place, rng, 0.3)
            os.kill(number, signal.SIGKILL)
        _, status = os.waitpid(number, 0)
        if os.WIFSIGNALED(status):
            killed += 1
            while_writing += any(place.glob(".*.part"))
        else:
            assert os.WEXITSTATUS(status) == 0
            ends.append(json.loads((place / "bits").read_text("utf-8")))
            run += 1
    return {"ends": ends, "killed": killed, "while_writing": while_writing}


def wait(place, rng, longest):
    """Wait for a random moment; half of the times, for the first write after it."""
    moment = time.perf_counter() + rng.uniform(0, longest)
    while time.perf_counter() < moment:
        time.sleep(0.001)
    if rng.random() < 0.5:
        deadline = time.perf_counter() + 0.5
        while not any(place.glob(".*.part")) and time.perf_counter() < deadline:
            pass


if __name__ == "__main__":
    warnings.simplefilter("error")
    where, kills, seed, engine = sys.argv[1:]
    train(engine=engine, epochs=1)  # kernels are loaded once, for all the children
    print(json.dumps(kill_some(Path(where), int(kills), int(seed), engine)))
