"""Random networks, and the literal loop over their losses, which the driver is held to."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from hypothesis import strategies as st

import tidu as td
from tests.tables import ACTIVATIONS, OUTPUTS, PENALTIES, Shaken, Square
from tests.tables import LOSSES as LOSS_ROWS
from tidu.checking import literal_gradient

STEP = 1e-4
LABELS = next(row for row in LOSS_ROWS if row.kind == "-labels")
SQUARED = next(row for row in LOSS_ROWS if row.id == "SumSquaredError()")
SOFTMAX_LOSSES = [row for row in LOSS_ROWS if isinstance(row.loss, td.SoftmaxCrossEntropy)]


@dataclass(frozen=True)
class Crowd(td.Layer):
    """A user's layer in which samples look at each other: y = x − mean over the batch + x·x₀."""

    def forward(self, x):
        return x - x.mean(axis=0) + x * x[:1], (x,)

    def backward(self, dy, saved):
        (x,) = saved
        dx = dy - dy.mean(axis=0) + dy * x[:1]
        dx[0] += (dy * x).sum(axis=0)
        return dx


@dataclass(frozen=True, repr=False)
class Spread(td.SumSquaredError):
    """A user's loss that, against the rules, looks at the other samples of the batch."""

    def values(self, scores, t):
        return ((scores - scores.mean(axis=0) - t) ** 2).sum(axis=1)


class Ridge(td.penalties.Penalty):
    """A user's penalty that is no sum over the weights: ‖w‖."""

    def value(self, w):
        return 0.3 * np.sqrt((w**2).sum())

    def gradient(self, w):
        return 0.3 * w / np.sqrt((w**2).sum())


@dataclass(frozen=True)
class Case:
    """All that a loss depends on."""

    network: td.Network
    x: np.ndarray
    t: np.ndarray
    weights: np.ndarray | None
    noise: object
    training: bool

    @classmethod
    def of(cls, layers, input_shape, n, seed, *, row=LABELS, loss=None, penalty=None,
           training=True, weighted=False, zeros=0.5):  # fmt: skip
        rng = np.random.default_rng(seed)
        net = td.Network(
            [*layers, td.Flatten(), td.Affine(OUTPUTS)], input_shape, loss or row.loss,
            penalty=penalty, seed=seed, dtype="float64",
        )  # fmt: skip
        net.theta[:] += rng.normal(size=net.theta.size) * 0.3
        net.state[:] = rng.uniform(0.5, 2, net.state.size)
        x = rng.normal(size=(n, *net.input_shape)) * (rng.random((n, *net.input_shape)) >= zeros)
        weights = rng.uniform(0.5, 2, n) if weighted else None
        noise = net.draw_noise(n, seed, 0) if training else None
        return cls(net, x, net.targets(row.targets(rng, n, OUTPUTS), n), weights, noise, training)

    def loss(self, theta=None, x=None):
        net = self.network
        return net.evaluate(
            net.theta if theta is None else theta,
            net.state,
            self.x if x is None else x,
            self.t,
            weights=self.weights,
            noise=self.noise,
            training=self.training,
        ).total

    def literal(self):
        """Return dL/dθ and dL/dx by the plain loop."""
        dtheta = literal_gradient(lambda theta: self.loss(theta=theta), self.network.theta, STEP)
        return dtheta, literal_gradient(lambda x: self.loss(x=x), self.x, STEP)

    @property
    def rounding(self):
        """How far rounding may move a slope of the literal loop.

        A loss is a sum of many rounded numbers, a few dozen units in its last place; it is divided
        by 2h.
        """
        return 64 * np.finfo(float).eps * max(1.0, abs(self.loss())) / (2 * STEP)


def blocks():
    """Draw lists of layers that take and give rows of numbers."""
    plain = st.sampled_from(
        [
            *ACTIVATIONS,
            td.Affine(4),
            td.Affine(2, bias=False),
            td.Softmax(),
            td.Rescale(0.5, offset=-0.2),
            td.Dropout(0.4),
            td.BatchNorm(eps=0.1),
            Square(),
            Shaken(),
            Crowd(),
        ]
    )
    nested = st.lists(plain, max_size=2).map(td.Chain)
    square = st.sampled_from(
        [
            td.Residual(td.Tanh()),
            td.Residual(td.Chain([td.BatchNorm(eps=0.1), td.Sigmoid()])),
            td.Residual(td.Chain([td.Dropout(0.3), Crowd()])),
        ]
    )
    return st.lists(st.one_of(plain, plain, nested, square), max_size=4)


@st.composite
def cases(draw):
    """Draw a network with a batch."""
    return Case.of(
        draw(blocks()),
        draw(st.sampled_from([1, 3, 6])),
        draw(st.integers(1, 5)),
        draw(st.integers(0, 10**6)),
        row=draw(st.sampled_from(LOSS_ROWS)),
        penalty=draw(st.sampled_from(PENALTIES)),
        training=draw(st.booleans()),
        weighted=draw(st.booleans()),
        zeros=draw(st.sampled_from([0.0, 0.5, 1.0])),
    )
