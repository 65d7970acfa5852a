"""Planes and pictures of networks that cannot be."""

import numpy as np

import tidu as td
from tests.bad_inputs import Bad
from tidu import InputError, NonFiniteError, ShapeError

X, T = np.eye(4), [0, 1, 0, 1]
NET = td.Network([td.Affine(2)], 4, td.SoftmaxCrossEntropy())
EMPTY = td.Network([], 4, "mean-squared-error")
ZERO = NET.copy()
ZERO.theta = 0 * ZERO.theta


def landscape(x=X, t=T, **settings):
    return td.loss_landscape(NET, x, t, points=3, **settings)


ROWS = [
    Bad("loss_landscape.network", lambda: td.loss_landscape(X, X, T), TypeError, "be a Network"),
    Bad("loss_landscape.network", lambda: td.loss_landscape(ZERO, X, T), InputError, "are 0"),
    Bad("loss_landscape.x", lambda: landscape(np.eye(3)), ShapeError, "takes (N, 4)"),
    Bad("loss_landscape.x", lambda: landscape(X[:0], np.zeros(0, int)), InputError,
        "the batch is empty"),
    Bad("loss_landscape.x", lambda: landscape(X * np.nan), NonFiniteError, "finite nowhere"),
    Bad("loss_landscape.t", lambda: landscape(t=[0, 1]), ShapeError, "must go together"),
    Bad("loss_landscape.path", lambda: landscape(path=[[1, 2]] * 3), ShapeError, "10 parameters"),
    Bad("loss_landscape.path", lambda: landscape(path=3), ShapeError, "at least three vectors"),
    Bad("loss_landscape.path", lambda: landscape(path=[NET.theta] * 3), InputError, "not move"),
    Bad("loss_landscape.path", lambda: landscape(path=[NET.theta * np.nan] * 3), InputError, "NaN"),
    Bad("loss_landscape.points", lambda: td.loss_landscape(NET, X, T, points=1), InputError,
        "`points` must be an integer of at least 2"),
    Bad("loss_landscape.span", lambda: landscape(span=0), InputError, "`span` must be above 0"),
    Bad("loss_landscape.seed", lambda: landscape(seed=-1), InputError, "`seed` must be zero or"),
    Bad("plots.loss_landscape.landscape", lambda: td.plots.loss_landscape(NET), TypeError,
        "what loss_landscape returns"),
    Bad("plots.loss_landscape.theme", lambda: td.plots.loss_landscape(landscape(), theme="drak"),
        InputError, "did you mean 'dark'?"),
    Bad("plots.distributions.watched", lambda: td.plots.distributions(NET), TypeError,
        "a Distributions callback"),
    Bad("plots.distributions.watched", lambda: td.plots.distributions(td.Distributions((X, T))),
        InputError, "give it to fit"),
    Bad("plots.distributions.of", lambda: td.plots.distributions(td.Distributions((X, T)), "grad"),
        InputError, "did you mean 'gradients'?"),
    Bad("plots.network.net", lambda: td.plots.network(X), TypeError, "must be a Network"),
    Bad("plots.network.net", lambda: td.plots.network(EMPTY), InputError, "has no affine layer"),
    Bad("plots.weights.net", lambda: td.plots.weights(X), TypeError, "must be a Network"),
    Bad("plots.weights.image_shape", lambda: td.plots.weights(NET), ShapeError, "4 inputs of W1"),
    Bad("plots.weights.image_shape", lambda: td.plots.weights(NET, (3, 3)), ShapeError, "(3, 3)"),
    Bad("plots.weights.name", lambda: td.plots.weights(NET, (2, 2), "b1"), InputError, "a matrix"),
    Bad("plots.weights.name", lambda: td.plots.weights(NET, (2, 2), "w1"), KeyError, "W1"),
    Bad("plots.weights.count", lambda: td.plots.weights(NET, (2, 2), count=0), InputError,
        "`count`"),
]  # fmt: skip
