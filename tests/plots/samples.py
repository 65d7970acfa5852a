"""What the figures of the tests are drawn from."""

from dataclasses import dataclass, field

import numpy as np

from tidu.attribution import integrated_gradients
from tidu.autodiff import graph
from tidu.checking import check_gradient
from tidu.descent import descend
from tidu.landscape import loss_landscape
from tidu.layers import Affine, ReLU
from tidu.losses import SoftmaxCrossEntropy
from tidu.network import Network
from tidu.optimizers import SGD
from tidu.training import Distributions, Trajectory

CLASSES, SIDE, N = 4, 5, 60


@dataclass
class Curves:
    """As much of a history as a figure looks at."""

    table: dict = field(default_factory=dict)
    status: str = "Finished 6 epochs."

    @property
    def columns(self):
        return tuple(self.table)

    def __getitem__(self, name):
        return np.asarray(self.table[name])


FULL = {
    "epoch": np.arange(1, 7),
    "loss": 2.0 ** -np.arange(6),
    "accuracy": 1 - 0.5 * 2.0 ** -np.arange(6),
    "val_loss": 2.0 ** -np.arange(6) + 0.001,
    "val_accuracy": 1 - 0.6 * 2.0 ** -np.arange(6),
}
HISTORY = Curves(FULL)

_rng = np.random.default_rng(0)
X = _rng.uniform(size=(N, SIDE * SIDE))
T = _rng.integers(0, CLASSES, N)
PROBABILITIES = _rng.dirichlet(np.ones(CLASSES), N)
PREDICTED = PROBABILITIES.argmax(axis=1)


def valley(x):
    return x[0] ** 2 / 20 + x[1] ** 2


PATH = descend(valley, [-7.0, 2.0], optimizer=SGD(0.95), steps=30)

GRAPH = graph(lambda a, b: a * b + b, 2.0, -3.0)

CHECK = check_gradient(
    lambda W: np.sum(W**2), np.array([[1.0, 2.0], [3.0, 4.0]]), lambda W: 2 * W.T
)


NET = Network([Affine(12), ReLU(), Affine(CLASSES)], SIDE * SIDE, SoftmaxCrossEntropy())
TRAJECTORY, DISTRIBUTIONS = Trajectory(), Distributions((X, T))
NET.fit(X, T, epochs=4, callbacks=[TRAJECTORY, DISTRIBUTIONS], engine="numpy", progress=False)
LANDSCAPE = loss_landscape(NET, X, T, path=TRAJECTORY.points, points=9)
ATTRIBUTION = integrated_gradients(NET, X[:5])
