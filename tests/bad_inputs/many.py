"""What `fit_many` and `predict_many` refuse."""

import numpy as np

import tidu as td
from tests.bad_inputs import Bad
from tidu.errors import InputError, ShapeError

X = np.zeros((6, 3))
T = np.array([0, 1, 0, 1, 0, 1])


def nets(count=2):
    return [td.Network([td.Affine(2)], 3, td.SoftmaxCrossEntropy(), seed=s) for s in range(count)]


def fit(x=X, t=T, networks=None, **settings):
    return td.fit_many(nets() if networks is None else networks, x, t, **settings)


def fit_twice():
    (net,) = nets(1)
    return fit(networks=[net, net])


NAME = "fit_many"
ROWS = [
    Bad(f"{NAME}.networks", lambda: fit(networks=nets()[0]), TypeError, "a list of networks"),
    Bad(
        f"{NAME}.networks", lambda: fit(networks=[3]), TypeError, "`networks[0]` must be a Network"
    ),
    Bad(f"{NAME}.networks", lambda: fit(networks=[]), InputError, "`networks` is empty"),
    Bad(f"{NAME}.networks", fit_twice, InputError, "holds a network twice; give copies"),
    Bad(f"{NAME}.x", lambda: fit(X[:, :2]), ShapeError, "this network takes (N, 3)"),
    Bad(f"{NAME}.x", lambda: fit([X], [T]), InputError, "`x` has 1 entries for 2 networks"),
    Bad(f"{NAME}.x", lambda: fit([X, X[:0]], [T, T[:0]]), InputError, "`x` is empty"),
    Bad(f"{NAME}.t", lambda: fit(t=T[:5]), InputError, "they must go together"),
    Bad(f"{NAME}.t", lambda: fit([X, X], [T]), InputError, "`t` has 1 entries for 2 networks"),
    Bad(f"{NAME}.t", lambda: fit([X, X], T), InputError, "`t` must be a list of 2 arrays"),
    Bad(f"{NAME}.t", lambda: fit(t=T + 1), InputError, "class 2"),
    Bad(f"{NAME}.rows", lambda: fit(rows=[[0]]), InputError, "`rows` has 1 entries for 2"),
    Bad(f"{NAME}.rows", lambda: fit(rows=T), TypeError, "`rows` must be a list of arrays"),
    Bad(f"{NAME}.rows", lambda: fit(rows=[[0], []]), TypeError, "numbers of rows, integers"),
    Bad(f"{NAME}.rows", lambda: fit(rows=[[0], T[:0]]), InputError, "`rows[1]` is empty"),
    Bad(f"{NAME}.rows", lambda: fit(rows=[[0], [6]]), InputError, "must be numbers from 0 to 5"),
    Bad(f"{NAME}.rows", lambda: fit(rows=[[0], T > 0]), TypeError, "np.flatnonzero(mask)"),
    Bad(f"{NAME}.rows", lambda: fit([X, X], [T, T], rows=[T, T]), InputError, "of shared samples"),
    Bad(f"{NAME}.validation", lambda: fit(validation=X), InputError, "must be a pair (x, t)"),
    Bad(f"{NAME}.validation", lambda: fit(validation=[(X, T)]), InputError, "has 1 entries for 2"),
    Bad(f"{NAME}.optimizer", lambda: fit(optimizer="adan"), InputError, "did you mean 'adam'?"),
    Bad(f"{NAME}.optimizer", lambda: fit(optimizer=["adam"]), InputError, "has 1 entries for 2"),
    Bad(f"{NAME}.epochs", lambda: fit(epochs=0), InputError, "`epochs` must be a positive integer"),
    Bad(f"{NAME}.batch_size", lambda: fit(batch_size=0), InputError, "positive integer, got 0"),
    Bad(f"{NAME}.epochs", lambda: fit(epochs=[1]), InputError, "`epochs` has 1 entries for 2"),
    Bad(f"{NAME}.epochs", lambda: fit(epochs=[1, 0]), InputError, "positive integer, got 0"),
    Bad(f"{NAME}.batch_size", lambda: fit(batch_size=[1]), InputError, "has 1 entries for 2"),
    Bad(f"{NAME}.batch_size", lambda: fit(batch_size=[1, 2.5]), TypeError, "must be an integer"),
    Bad(f"{NAME}.sample_weight", lambda: fit(sample_weight=[1, 2]), ShapeError, "must be (6,)"),
    Bad(f"{NAME}.sample_weight", lambda: fit(sample_weight=[T]), InputError, "has 1 entries for 2"),
    Bad(f"{NAME}.sample_weight", lambda: fit(sample_weight=0 * T), InputError, "is 0 for all"),
    Bad(
        f"{NAME}.sample_weight",
        lambda: fit(sample_weight=T, rows=[[1], [0]]),
        InputError,
        "`sample_weight` is 0 for all samples that network 1 learns from",
    ),
    Bad(
        f"{NAME}.callbacks", lambda: fit(callbacks=td.EarlyStopping()), TypeError, "must be a list"
    ),
    Bad(f"{NAME}.callbacks", lambda: fit(callbacks=[3]), TypeError, "`callbacks[0]` must be a"),
    Bad(f"{NAME}.callbacks", lambda: fit(callbacks=[[]]), InputError, "has 1 entries for 2"),
    Bad(f"{NAME}.callbacks", lambda: fit(callbacks=[[], [3]]), TypeError, "`callbacks[1][0]` must"),
    Bad(f"{NAME}.callbacks", lambda: fit(callbacks=[td.Doctor()]), InputError, "one network"),
    Bad(f"{NAME}.engine", lambda: fit(engine="mpi"), InputError, "within joblib.parallel_config"),
    Bad(f"{NAME}.engine", lambda: fit(engine="torch"), InputError, "`engine` cannot be 'torch'"),
    Bad(f"{NAME}.threads", lambda: fit(threads=0), InputError, "`threads` must be a positive"),
    Bad(f"{NAME}.seed", lambda: fit(seed=-1), InputError, "`seed` must be zero or a positive"),
    Bad(f"{NAME}.seed", lambda: fit(seed=[1]), InputError, "`seed` has 1 entries for 2 networks"),
    Bad("predict_many.networks", lambda: td.predict_many([], X), InputError, "is empty"),
    Bad("predict_many.x", lambda: td.predict_many(nets(), X[:, :2]), ShapeError, "takes (N, 3)"),
    Bad("predict_many.x", lambda: td.predict_many(nets(), [X]), InputError, "1 entries for 2"),
    Bad("predict_many.proba", lambda: td.predict_many(nets(), X, proba=1), TypeError, "True or"),
    Bad("predict_many.engine", lambda: td.predict_many(nets(), X, engine="x"), InputError, "'x'"),
    Bad("predict_many.threads", lambda: td.predict_many(nets(), X, threads=0), InputError, "got 0"),
]
