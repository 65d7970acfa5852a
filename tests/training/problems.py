"""Small problems that learn in no time, for the tests of this folder."""

from unittest import mock

import numpy as np

from tidu.layers import Affine, BatchNorm, Dropout, ReLU, Tanh
from tidu.losses import MeanSquaredError, SoftmaxCrossEntropy
from tidu.network import Network
from tidu.training import threaded

N, D = 47, 3


def samples(seed=0, n=N):
    """Two classes that a plane tells apart, with some noise."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n, D)).astype(np.float32)
    return x, (x @ [1.0, -2.0, 0.5] + 0.3 * rng.normal(size=n) > 0).astype(np.int64)


def two_moons(seed=0, n=200):
    """Two half circles that grip into one another."""
    rng = np.random.default_rng(seed)
    t = np.arange(n) % 2
    angle = rng.uniform(0, np.pi, n)
    x = np.stack([np.cos(angle) * (1 - 2 * t) + t, np.sin(angle) * (1 - 2 * t) + t / 2], axis=1)
    return x + rng.normal(0, 0.1, x.shape), t


def network(**settings):
    """Every kind of thing that a run must carry: noise, statistics, weights."""
    layers = [Affine(8), BatchNorm(), ReLU(), Dropout(0.25), Affine(2)]
    return Network(layers, D, SoftmaxCrossEntropy(), **settings)


def small_network(**settings):
    return Network([Affine(4), Tanh(), Affine(2)], D, SoftmaxCrossEntropy(), **settings)


def regression(**settings):
    return Network([Affine(4), ReLU(), Affine(1)], D, MeanSquaredError(), **settings)


def same_bits(a, b):
    """Whether two networks, and their runs, are the same bit by bit."""
    memory = [(a.run.optimizer_state[k], b.run.optimizer_state[k]) for k in a.run.optimizer_state]
    pairs = [(a.theta, b.theta), (a.state, b.state), *memory]
    places = [(run.epoch, run.step, run.position) for run in (a.run, b.run)]
    return all(u.tobytes() == v.tobytes() for u, v in pairs) and places[0] == places[1]


def step_by_step():
    """Within this, no call of the kernels goes beyond an epoch."""
    return mock.patch.object(threaded, "advance_alone", return_value=None)
