"""What the ranks of a test do: ``mpiexec -n 2 python -m mpi4py -m tests.engines.ranks ...``."""

from __future__ import annotations

import os
import pickle
import signal
import sys
from pathlib import Path

import numpy as np

import tidu as td

N, D = 203, 5


def problem(dtype="float64"):
    """Samples that two planes part, in three classes, and values beside them."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(N, D)).astype(dtype)
    return x, (x[:, 0] > 0) + (x[:, 1] > 0).astype(int), x[:, :2] * x[:, 2:3]


def network(*layers, loss=None, width=3, **settings):
    """A network that ends in an affine layer of some units."""
    loss = loss or td.SoftmaxCrossEntropy()
    return td.Network([*layers, td.Affine(width)], D, loss, dtype="float64", seed=3, **settings)


def frozen():
    """A network of which a part learns nothing."""
    net = network(td.Affine(8), td.Tanh(), penalty=td.L2(0.01))
    net.freeze("b1")
    return net


BLOCK = td.Chain([td.Affine(D), td.Dropout(0.2), td.ReLU()])
MSE = td.MeanSquaredError()
CASES = {
    "kernels": (lambda: network(td.Affine(70), td.ReLU()), {}),
    "narrow": (lambda: network(td.Affine(8), td.Tanh()), {"optimizer": td.Adam(0.01)}),
    "dropout": (lambda: network(td.Affine(8), td.ReLU(), td.Dropout(0.3)), {}),
    "residual": (lambda: network(td.Residual(BLOCK)), {}),
    "frozen": (frozen, {"optimizer": td.ClipByNorm(0.1, td.Momentum(0.05))}),
    "penalty": (lambda: network(td.Affine(8), td.GELU(), penalty=td.L1(0.01)), {}),
    "classes": (lambda: network(loss=td.SoftmaxCrossEntropy(class_weights=(0.0, 1.0, 3.0))), {}),
    "values": (lambda: network(td.Affine(8), td.ReLU(), loss=MSE, width=2), {}),
    "weights": (lambda: network(td.Affine(8), td.ReLU()), {"sample_weight": np.arange(N) % 4.0}),
    "stopped": (lambda: network(td.Affine(8), td.ReLU()),
                {"callbacks": [td.EarlyStopping(patience=2, min_delta=0.05)], "epochs": 30,
                 "optimizer": td.Adam(0.05)}),
    "averaged": (lambda: network(td.Affine(8), td.ReLU()), {"callbacks": [td.WeightAverage()]}),
    "few a batch": (lambda: network(td.Affine(8), td.ReLU()), {"batch_size": 2, "epochs": 1}),
}  # fmt: skip


def learned(case, engine, rows=slice(None), **more):
    """Return a network of one case that learned from some rows."""
    make, given = CASES[case]
    net, (x, classes, values) = make(), problem()
    t = values if case == "values" else classes
    settings = {"batch_size": 16, "epochs": 4, "optimizer": td.SGD(0.1)} | given | more
    if "sample_weight" in settings:
        settings["sample_weight"] = settings["sample_weight"][rows]
    net.fit(x[rows], t[rows], validation=(x[:40], t[:40]), engine=engine, threads=1, **settings)
    return net


def own_rows():
    """Return this rank's rows; the first rank has the fewest."""
    from tidu.engines.world import world

    rank, n = world().rank, world().size
    return slice(N * rank**2 // n**2, N * (rank + 1) ** 2 // n**2)


def state(net):
    """Return all that a run came to, but for the column that no two runs share."""
    rows = [{k: v for k, v in row.items() if k != "seconds"} for row in net.run.history]
    memory = dict(sorted(net.run.optimizer_state.items()))
    return net.theta, memory, rows, net.run.history.status, net.run.epoch, net.run.step


def all_cases(path):
    """Learn each case, and write what each rank came to."""
    from tidu.engines.world import world

    found = {case: world().gather(state(learned(case, "mpi", own_rows()))) for case in CASES}
    if world().rank == 0:
        Path(path).write_bytes(pickle.dumps(found))


class At(td.Callback):
    """Do something after an epoch."""

    def __init__(self, epoch, act):
        self.epoch, self.act = epoch, act

    def on_epoch(self, network, run, row):
        if run.epoch == self.epoch:
            self.act()


def broken():
    raise ArithmeticError("broken")


def killed():
    os.kill(os.getpid(), signal.SIGKILL)


def interrupted():
    os.kill(os.getpid(), signal.SIGINT)


def saved(folder, path, kill):
    """Learn with checkpoints; ``kill`` ends a rank in the middle."""
    from tidu.engines.world import world

    callbacks = [td.Checkpoint(folder, every=5, unit="steps", resume=True)]
    if kill == "kill":
        callbacks.append(At(2, killed))
    net = learned("dropout", "mpi", own_rows(), callbacks=callbacks, epochs=5)
    if world().rank == 0:
        Path(path).write_bytes(pickle.dumps(state(net)))


def fails(how):
    """End in the way that is asked for."""
    from tidu.engines.world import world

    x, t, _ = problem()
    rows, rank, callbacks = own_rows(), world().rank, []
    if how == "callback":
        callbacks = [At(2, broken)]
    if how == "interrupt":
        callbacks = [At(2, interrupted)]
    if how == "rank 1" and rank == 1:
        broken()
    if how == "nan" and rank == 1:
        x[rows][3, 2] = np.nan
    layers = [td.BatchNorm()] if how == "statistics" else [td.ReLU()]
    net = network(td.Affine(4), *layers)
    history = net.fit(x[rows], t[rows], engine="mpi", callbacks=callbacks, epochs=200)
    os.write(1, f"rank {rank}: {history.status}\n".encode())  # whole lines, whoever writes


if __name__ == "__main__":
    {"all": all_cases, "saved": saved, "fails": fails}[sys.argv[1]](*sys.argv[2:])
