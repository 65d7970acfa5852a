"""Bad inputs for engines: which one, and on how many threads."""

import numpy as np

import tidu as td
from tests.bad_inputs import Bad
from tests.tables import Square
from tidu.engines import CompiledEngine, MpiEngine, choose

X, T = np.eye(3), np.array([0, 1, 1])


def network(*layers, loss=None):
    return td.Network([*layers, td.Affine(2)], 3, loss or td.SoftmaxCrossEntropy())


class Mine(td.SGD):
    """An optimizer of a user's own."""


class MyLoss(td.SumSquaredError):
    """A loss of a user's own."""


def fit(*layers, **settings):
    network(*layers).fit(X, T, **settings)


ROWS = [
    Bad("fit.engine", lambda: fit(engine="nunpy"), td.InputError, "did you mean 'numpy'?"),
    Bad(
        "fit.x",
        lambda: network().fit([(X, T)], engine="mpi"),
        td.InputError,
        'engine="mpi" takes arrays `x` and `t`, each rank its own, and no batches',
    ),
    Bad(
        "MpiEngine.network",
        lambda: MpiEngine(network(td.BatchNorm()), td.SGD(), 5),
        td.InputError,
        "BatchNorm1, BatchNorm(), computes with a whole batch, of which each rank has a part",
    ),
    Bad("fit.threads", lambda: fit(threads=0), td.InputError, "`threads` must be a positive"),
    Bad("fit.threads", lambda: fit(threads="two"), TypeError, "`threads`"),
    Bad("choose.engine", lambda: choose("jax", network(), td.SGD()), td.InputError, "'compiled'"),
    Bad(
        "fit.engine",
        lambda: fit(Square(), engine="compiled"),
        td.InputError,
        'the layer Square() has no compiled form; engine="numpy" carries it out',
    ),
    Bad(
        "CompiledEngine.optimizer",
        lambda: CompiledEngine(network(), td.ClipByNorm(1.0, Mine()), 5),
        td.InputError,
        "the optimizer Mine(lr=0.1) has no compiled form",
    ),
    Bad(
        "CompiledEngine.network",
        lambda: CompiledEngine(network(loss=MyLoss()), td.SGD(), 5),
        td.InputError,
        "the loss MyLoss() has no compiled form",
    ),
]
