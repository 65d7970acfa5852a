"""Healthy networks of several kinds, untrained, and the data that they learn from."""

from dataclasses import dataclass
from typing import Any

import numpy as np

import tidu as td

DIGITS = td.datasets.load_digits("train")
TEST = td.datasets.load_digits("test")
X, T = (DIGITS.x / 16).astype(np.float32), DIGITS.t.astype(int)
X_TEST, T_TEST = (TEST.x / 16).astype(np.float32), TEST.t.astype(int)


@dataclass(frozen=True)
class Patient:
    """A network, its data, and what it learns with."""

    network: td.Network
    x: Any
    t: Any
    optimizer: Any = None
    epochs: int = 10

    def diagnose(self, **settings):
        return self.network.diagnose(self.x, self.t, **{"optimizer": self.optimizer} | settings)


def mlp(*layers, inputs=64, loss=None, **settings):
    return td.Network(layers, inputs, loss or td.SoftmaxCrossEntropy(), **settings)


def plane(n=400, seed=0):
    """Points of the plane, N(0, 1)."""
    return np.random.default_rng(seed).normal(size=(n, 2))


def _digits(*layers, optimizer=None, **settings):
    return Patient(mlp(*layers, **settings), X, T, optimizer)


def _quarters():
    x = plane()
    net = mlp(td.Affine(16), td.Tanh(), td.Affine(2), inputs=2)
    return Patient(net, x, (x[:, 0] * x[:, 1] > 0).astype(int), td.Adam(0.01))


def _yes_or_no():
    x = plane()
    net = mlp(td.Affine(16), td.ReLU(), td.Affine(1), inputs=2, loss=td.SigmoidCrossEntropy())
    return Patient(net, x, (x[:, 0] + x[:, 1] > 0).astype(int), td.Adam(0.01))


def _curve():
    x = plane()
    t = np.stack([np.sin(x[:, 0]), x[:, 0] * x[:, 1]], axis=1)
    net = mlp(td.Affine(32), td.Tanh(), td.Affine(2), inputs=2, loss=td.MeanSquaredError())
    return Patient(net, x, t, td.Adam(0.01), 30)


def _counts():
    x = plane()
    t = np.random.default_rng(3).poisson(np.exp(1 + x[:, 0]))
    net = mlp(td.Affine(32), td.Tanh(), td.Affine(1), inputs=2, loss=td.Poisson())
    return Patient(net, x, t, td.Adam(0.01), 30)


def _shop():
    """Counts in the thousands, whose logarithm the last layer starts from."""
    x = plane()
    t = np.random.default_rng(4).poisson(3000 * np.exp(0.5 * x[:, 0]))
    layers = [td.Affine(16), td.Tanh(), td.Affine(1), td.Rescale(1.0, float(np.log(t.mean())))]
    return Patient(mlp(*layers, inputs=2, loss=td.Poisson()), x, t, td.Adam(0.01), 30)


def _line():
    rng = np.random.default_rng(1)
    x = rng.normal(size=(300, 4))
    t = x @ [1.0, -2.0, 0.5, 0.0] + 0.1 * rng.normal(size=300)
    return Patient(mlp(td.Affine(1), inputs=4, loss=td.SumSquaredError()), x, t, td.SGD(0.05))


def _houses():
    """Columns and a target in their own units, standardized by the network's first and last."""
    rng = np.random.default_rng(2)
    z = rng.normal(size=(300, 3))
    x = z * [300, 2, 0.1] + [2000, 5, 0.5]
    t = 300_000 + 80_000 * np.tanh(z[:, :1]) + 20_000 * z[:, 1:2]
    layers = [td.BatchNorm(), td.Affine(16), td.ReLU(), td.Affine(1)]
    rescale = td.Rescale(float(t.std()), float(t.mean()))
    net = mlp(*layers, rescale, inputs=3, loss=td.MeanSquaredError())
    return Patient(net, x, t, td.Adam(0.01), 30)


HEALTHY = {
    "softmax regression": lambda: _digits(td.Affine(10)),
    "relu, SGD": lambda: _digits(td.Affine(50), td.ReLU(), td.Affine(10)),
    "relu, Adam": lambda: _digits(
        td.Affine(100), td.ReLU(), td.Affine(50), td.ReLU(), td.Affine(10), optimizer=td.Adam()
    ),
    "sigmoid, Momentum": lambda: _digits(
        td.Affine(30), td.Sigmoid(), td.Affine(10), optimizer=td.Momentum(0.1)
    ),
    "sigmoid, SGD": lambda: _digits(
        td.Affine(30), td.Sigmoid(), td.Affine(10), optimizer=td.SGD(0.5)
    ),
    "course": lambda: Patient(
        mlp(td.Affine(30), td.Sigmoid(), td.Affine(10), td.Sigmoid(), loss=td.SumSquaredError()),
        X,
        np.eye(10)[T],
        td.SGD(1.0),
    ),
    "batch norm and dropout": lambda: _digits(
        td.Affine(50), td.BatchNorm(), td.ReLU(), td.Dropout(0.3), td.Affine(10),
        optimizer=td.Adam(),
    ),
    "residual, with decay": lambda: _digits(
        td.Affine(32),
        td.Residual(td.Chain([td.Affine(32), td.ReLU(), td.Affine(32)])),
        td.Chain([td.ReLU(), td.Affine(10)]),
        optimizer=td.ClipByNorm(5.0, td.AdamW(0.002)),
        penalty=td.L2(1e-4),
    ),
    "deep tanh": lambda: _digits(
        *[layer for _ in range(5) for layer in (td.Affine(40), td.Tanh())], td.Affine(10),
    ),
    "gelu, float64": lambda: _digits(
        td.Affine(40), td.GELU(), td.Affine(10), dtype="float64", optimizer=td.RMSprop(0.001)
    ),
    "quarters": _quarters,
    "yes or no": _yes_or_no,
    "curve": _curve,
    "counts": _counts,
    "shop": _shop,
    "line": _line,
    "houses": _houses,
}  # fmt: skip
