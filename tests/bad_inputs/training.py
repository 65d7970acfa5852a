"""What `fit` and its callbacks refuse."""

import numpy as np

import tidu as td
from tests.bad_inputs import Bad
from tidu.errors import InputError, ShapeError

X = np.zeros((6, 3))
T = np.array([0, 1, 0, 1, 0, 1])


def fit(x=X, t=T, **settings):
    net = td.Network([td.Affine(2)], 3, td.SoftmaxCrossEntropy())
    return net.fit(x, t, **settings)


def watched(callback):
    """Train for an epoch with one callback."""
    return fit(epochs=1, callbacks=[callback])


ROWS = [
    Bad("fit.x", lambda: fit(X[:, :2]), ShapeError, "this network takes (N, 3)"),
    Bad("fit.x", lambda: fit(X[0] + 1), ShapeError, "for a single sample, give x[None]"),
    Bad("fit.x", lambda: fit(5.0), ShapeError, "`x` has shape ()"),
    Bad("fit.x", lambda: fit([[1, 2], [3]]), ShapeError, "rows that differ in length"),
    Bad("fit.x", lambda: fit([["a", "b", "c"]] * 6), TypeError, "`x` must hold numbers"),
    Bad("fit.x", lambda: fit(X[:0], T[:0]), InputError, "`x` is empty"),
    Bad("fit.x", lambda: fit(1j * X), TypeError, "`x` must hold real numbers"),
    Bad("fit.x", lambda: fit(X, None), InputError, "`t` is missing"),
    Bad("fit.x", lambda: fit([], None), InputError, "`x` gave no batches"),
    Bad("fit.x", lambda: fit([X], None), InputError, "a batch must be (x, t)"),
    Bad("fit.x", lambda: fit(iter([(X, T)]), None), InputError, "can be gone through only once"),
    Bad("fit.t", lambda: fit(t=T[:5]), InputError, "`x` has 6 samples and `t` is an int64 array"),
    Bad("fit.t", lambda: fit(t=7), InputError, "they must go together"),
    Bad("fit.t", lambda: fit(t=T + 1), InputError, "class 2"),
    Bad("fit.t", lambda: fit(t=T - 1), InputError, "class -1"),
    Bad("fit.t", lambda: fit(t=T * 0.5), InputError, "`t` must hold classes as integers"),
    Bad("fit.t", lambda: fit(t=list("ababab")), TypeError, "np.unique(names, return_inverse=True)"),
    Bad("fit.validation", lambda: fit(validation=X), InputError, "must be a pair (x, t)"),
    Bad("fit.validation", lambda: fit(validation=(X,)), InputError, "must be a pair (x, t)"),
    Bad("fit.validation", lambda: fit(validation=(X[:, :2], T)), ShapeError, "takes (N, 3)"),
    Bad("fit.validation", lambda: fit(validation=(X, T + 1)), InputError, "class 2"),
    Bad("fit.optimizer", lambda: fit(optimizer="adan"), InputError, "did you mean 'adam'?"),
    Bad("fit.optimizer", lambda: fit(optimizer=td.Adam), TypeError, "write Adam(...)"),
    Bad("fit.optimizer", lambda: fit(optimizer=0.1), TypeError, "got 0.1 (float)"),
    Bad("fit.epochs", lambda: fit(epochs=0), InputError, "`epochs` must be a positive integer"),
    Bad("fit.epochs", lambda: fit(epochs=2.0), TypeError, "`epochs` must be an integer, got 2.0"),
    Bad("fit.epochs", lambda: fit(epochs=True), TypeError, "`epochs` must be an integer"),
    Bad("fit.batch_size", lambda: fit(batch_size=0), InputError, "positive integer, got 0"),
    Bad("fit.batch_size", lambda: fit(batch_size="all"), TypeError, "`batch_size` must be"),
    Bad("fit.sample_weight", lambda: fit(sample_weight=[1, 2]), ShapeError, "it must be (6,)"),
    Bad("fit.sample_weight", lambda: fit(sample_weight=-T), InputError, "and not negative"),
    Bad("fit.sample_weight", lambda: fit(sample_weight=T * np.nan), InputError, "must be finite"),
    Bad("fit.sample_weight", lambda: fit(sample_weight=0 * T), InputError, "is 0 for all samples"),
    Bad(
        "fit.sample_weight",
        lambda: fit([(X, T)], None, sample_weight=T),
        InputError,
        "give batches (x, t, sample_weight)",
    ),
    Bad(
        "fit.callbacks",
        lambda: fit(callbacks=td.CSVLog("log.csv")),
        TypeError,
        "`callbacks` must be a list of callbacks",
    ),
    Bad("fit.callbacks", lambda: fit(callbacks=3), TypeError, "must be a list of callbacks, got 3"),
    Bad("fit.callbacks", lambda: watched(print), TypeError, "`callbacks[0]` must be a Callback"),
    Bad("fit.callbacks", lambda: watched(td.Callback), TypeError, "must be a Callback, got <class"),
    Bad("fit.engine", lambda: fit(engine="nunpy"), InputError, "did you mean 'numpy'?"),
    Bad("fit.seed", lambda: fit(seed=-1), InputError, "`seed` must be zero or a positive integer"),
    Bad("fit.seed", lambda: fit(seed=0.5), TypeError, "`seed` must be an integer"),
    Bad(
        "DataDependentInit.x", lambda: td.DataDependentInit(T), InputError, "must hold samples, (N"
    ),
    Bad(
        "DataDependentInit.x", lambda: td.DataDependentInit(X[:0]), InputError, "`x` must hold samp"
    ),
    Bad(
        "DataDependentInit.x",
        lambda: watched(td.DataDependentInit(X[:, :2])),
        ShapeError,
        "this network takes (N, 3)",
    ),
    Bad("Monitor.data", lambda: td.Monitor(X), InputError, "`data` must be a pair (x, t)"),
    Bad("Monitor.data", lambda: watched(td.Monitor((X, T[:2]))), ShapeError, "must go together"),
    Bad("Monitor.every", lambda: td.Monitor((X, T), every=0), InputError, "a positive integer"),
    Bad("EarlyStopping.monitor", lambda: watched(td.EarlyStopping()), InputError, "validation="),
    Bad(
        "EarlyStopping.monitor",
        lambda: watched(td.EarlyStopping("acuracy")),
        InputError,
        "did you mean 'accuracy'?",
    ),
    Bad("EarlyStopping.patience", lambda: td.EarlyStopping(patience=0), InputError, "`patience`"),
    Bad("EarlyStopping.patience", lambda: td.EarlyStopping(patience=1.5), TypeError, "`patience`"),
    Bad(
        "EarlyStopping.ties",
        lambda: td.EarlyStopping(ties="new"),
        InputError,
        "one of 'first', 'last'",
    ),
    Bad("EarlyStopping.min_delta", lambda: td.EarlyStopping(min_delta=-1), InputError, "`min_d"),
    Bad("EarlyStopping.min_delta", lambda: td.EarlyStopping(min_delta="0"), TypeError, "`min_d"),
    Bad(
        "ReduceOnPlateau.monitor",
        lambda: watched(td.ReduceOnPlateau()),
        InputError,
        "ReduceOnPlateau watches 'val_loss', which the history lacks (give fit a validation=)",
    ),
    Bad("ReduceOnPlateau.factor", lambda: td.ReduceOnPlateau(factor=1), InputError, "`factor`"),
    Bad("ReduceOnPlateau.factor", lambda: td.ReduceOnPlateau(factor="0"), TypeError, "`factor`"),
    Bad("ReduceOnPlateau.patience", lambda: td.ReduceOnPlateau(patience=0), InputError, "`pati"),
    Bad("ReduceOnPlateau.min_delta", lambda: td.ReduceOnPlateau(min_delta=-1), InputError, "`min"),
    Bad("ReduceOnPlateau.min_lr", lambda: td.ReduceOnPlateau(min_lr=-1), InputError, "`min_lr`"),
    Bad("WeightAverage.start", lambda: td.WeightAverage(0), InputError, "`start` must be a posit"),
    Bad(
        "WeightAverage.every_steps",
        lambda: td.WeightAverage(every_steps=0),
        InputError,
        "`every_steps` must be a positive integer",
    ),
    Bad("WeightAverage.decay", lambda: td.WeightAverage(decay=1), InputError, "`decay` must be at"),
    Bad("Trajectory.every", lambda: td.Trajectory(0), InputError, "`every` must be a positive"),
    Bad("Distributions.data", lambda: td.Distributions(X), InputError, "a pair (x, t)"),
    Bad("Distributions.data", lambda: watched(td.Distributions((X, T[:2]))), ShapeError, "go tog"),
    Bad("Distributions.every", lambda: td.Distributions((X, T), 0), InputError, "`every` must"),
    Bad("CSVLog.path", lambda: watched(td.CSVLog("no/such/log.csv")), FileNotFoundError, "no/such"),
    Bad("CSVLog.path", lambda: td.CSVLog(5), TypeError, "int"),
    Bad("History.key", lambda: fit()["los"], InputError, "did you mean 'loss'?"),
]
