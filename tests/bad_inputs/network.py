"""What a network refuses: when it is built, and each thing that it is asked."""

import numpy as np

import tidu as td
from tests.bad_inputs import Bad
from tests.tables import Square
from tidu.errors import InputError, NonFiniteError, ShapeError
from tidu.layout import UnknownNameError


def _net(*layers, input_shape=2, loss=None, **settings):
    layers = layers or (td.Affine(3), td.Dropout())
    return td.Network(layers, input_shape, loss or td.SoftmaxCrossEntropy(), **settings)


def _assign(name, value, writable=True):
    net = _net()
    getattr(net, name).flags.writeable = writable
    setattr(net, name, value)


_TAKES_ENGINE = {
    "predict": lambda engine, net: net.predict(_X, engine=engine),
    "predict_proba": lambda engine, net: net.predict_proba(_X, engine=engine),
    "loss": lambda engine, net: net.loss(_X, _T, engine=engine),
    "accuracy": lambda engine, net: net.accuracy(_X, _T, engine=engine),
    "measure": lambda engine, net: net.measure(_X, _T, engine=engine),
}


def _set(name, value):
    _net()[name] = value


_X, _T = [[1.0, 2.0], [3.0, 4.0]], [0, 2]

_TAKES_X = {
    "forward": lambda x: _net().forward(x),
    "trace": lambda x: _net().trace(x),
    "predict": lambda x: _net().predict(x),
    "predict_proba": lambda x: _net().predict_proba(x),
    "loss": lambda x: _net().loss(x, _T),
    "accuracy": lambda x: _net().accuracy(x, _T),
    "measure": lambda x: _net().measure(x, _T),
    "gradient": lambda x: _net().gradient(x, _T),
    "check_gradients": lambda x: _net().check_gradients(x, _T),
}
_TAKES_T = {
    "loss": lambda t: _net().loss(_X, t),
    "accuracy": lambda t: _net().accuracy(_X, t),
    "measure": lambda t: _net().measure(_X, t),
    "gradient": lambda t: _net().gradient(_X, t),
    "check_gradients": lambda t: _net().check_gradients(_X, t),
}
_TAKES_SAMPLE_WEIGHT = {
    "loss": lambda w: _net().loss(_X, _T, sample_weight=w),
    "accuracy": lambda w: _net().accuracy(_X, _T, sample_weight=w),
    "measure": lambda w: _net().measure(_X, _T, sample_weight=w),
    "gradient": lambda w: _net().gradient(_X, _T, sample_weight=w),
}
_TAKES_SEED = {
    "forward": lambda seed: _net().forward(_X, training=True, seed=seed),
    "trace": lambda seed: _net().trace(_X, training=True, seed=seed),
    "loss": lambda seed: _net().loss(_X, _T, training=True, seed=seed),
    "gradient": lambda seed: _net(td.Affine(3)).gradient(_X, _T, seed=seed),
    "check_gradients": lambda seed: _net().check_gradients(_X, _T, seed=seed),
}

_BAD_X = [
    ("two", TypeError, "`x` must hold numbers, got 'two' (str)"),
    ([[1.0], [2.0, 3.0]], ShapeError, "`x` is a list of rows that differ in length"),
    ([[1j, 2]], TypeError, "`x` must hold real numbers, got [[1j, 2]] (list)"),
    ([[1.0, 2.0, 3.0]], ShapeError, "`x` has shape (1, 3); this network takes (N, 2)"),
    ([1.0, 2.0], ShapeError, "takes (N, 2): for a single sample, give x[None]"),
    (3.0, ShapeError, "`x` has shape (); this network takes (N, 2)"),
]
_BAD_T = [
    ([0], ShapeError, "`x` has 2 samples and `t` is an int64 array of shape (1,)"),
    ([0, 3], InputError, "`t` holds class 3, but there are 3 classes: 0 to 2"),
    (["cat", "dog"], TypeError, "for names of classes use classes, t = np.unique(names, "),
    ([0.0, 2.0], InputError, "convert it with t.astype(int) if its values are whole numbers"),
    ([[0], [2]], ShapeError, "for the scores of shape (2, 3) it must be (2,) (the class of each"),
    ([[1, 0, 1], [1, 0, 0]], InputError, "each row must be non-negative and sum to 1"),
    ([[0], [1, 2]], ShapeError, "`t` is a list of rows that differ in length"),
    (None, TypeError, "`t` must hold numbers, got"),
]
_BAD_SAMPLE_WEIGHT = [
    ([1.0], ShapeError, "`sample_weight` has shape (1,); there are 2 samples, so it must be (2,)"),
    ([1.0, -1.0], InputError, "`sample_weight` must be finite and not negative"),
    ([1.0, np.nan], InputError, "`sample_weight` must be finite and not negative"),
    ([1.0, 1j], TypeError, "`sample_weight` must hold real numbers, got"),
    (["a", "b"], TypeError, "`sample_weight` must hold numbers, got"),
    ([0.0, 0.0], InputError, "there is no mean loss: all of its samples have weight 0"),
]
_BAD_SEED = [
    (-1, InputError, "`seed` must be zero or a positive integer, got -1"),
    ("one", TypeError, "`seed` must be an integer, got 'one'"),
]


def _rows(argument, methods, bad):
    return [
        Bad(f"Network.{name}.{argument}", lambda m=method, v=value: m(v), error, sentence)
        for name, method in methods.items()
        for value, error, sentence in bad
    ]


ROWS = [
    Bad("Network.layers", lambda: _net(td.Affine), TypeError, "write Affine(...), with"),
    Bad(
        "Network.layers",
        lambda: td.Network(td.Affine(3), 2, td.MeanSquaredError()),
        TypeError,
        "`layers` must be a list of layers, got Affine(3)",
    ),
    Bad(
        "Network.layers",
        lambda: _net(td.ReLU(), td.Affine(3), input_shape=(8, 8)),
        ShapeError,
        "layer 2, Affine(3), after layer 1, ReLU(): takes rows of numbers",
    ),
    Bad(
        "Network.layers",
        lambda: _net(td.Affine(3), td.Softmax()),
        InputError,
        "takes scores and applies the softmax itself: leave the last layer out",
    ),
    Bad("Network.input_shape", lambda: _net(input_shape=0), InputError, "a positive integer"),
    Bad("Network.input_shape", lambda: _net(input_shape="2"), TypeError, "must be an integer"),
    Bad("Network.input_shape", lambda: _net(input_shape=(2, 2.5)), TypeError, "got 2.5"),
    Bad(
        "Network.input_shape",
        lambda: _net(input_shape=(28, 28)),
        ShapeError,
        "layer 1, Affine(3), after the input: takes rows of numbers, got samples of shape (28, 28)",
    ),
    Bad(
        "Network.loss",
        lambda: _net(loss=td.MeanSquaredError),
        TypeError,
        "`loss` is the class MeanSquaredError: write MeanSquaredError()",
    ),
    Bad("Network.loss", lambda: _net(loss=5), TypeError, "`loss` must be a loss such as"),
    Bad(
        "Network.loss",
        lambda: _net(loss="softmax_cross_entropy"),
        InputError,
        "`loss` cannot be 'softmax_cross_entropy'; did you mean 'softmax-cross-entropy'?",
    ),
    Bad(
        "Network.penalty",
        lambda: _net(penalty=1e-4),
        TypeError,
        "`penalty` must be a penalty such as L2(1e-4), got 0.0001",
    ),
    Bad("Network.seed", lambda: _net(seed=-1), InputError, "`seed` must be zero or a positive"),
    Bad("Network.seed", lambda: _net(seed=None), TypeError, "`seed` must be an integer, got None"),
    *(
        Bad(
            "Network.dtype",
            lambda given=given: _net(dtype=given),
            InputError,
            f"`dtype` must be 'float32' or 'float64', got {given!r}",
        )
        for given in ("float16", "flaot32", None)
    ),
    Bad(
        "Network.classes",
        lambda: _net(classes=["cat", "dog"]),
        InputError,
        "`classes` must be 3 different names, one for each output, got 2: cat, dog",
    ),
    Bad(
        "Network.classes",
        lambda: _net(classes=3),
        TypeError,
        "`classes` must be the names of the classes, such as ['cat', 'dog'], got 3",
    ),
    *_rows("x", _TAKES_X, _BAD_X),
    *_rows("t", _TAKES_T, _BAD_T),
    *_rows("sample_weight", _TAKES_SAMPLE_WEIGHT, _BAD_SAMPLE_WEIGHT),
    *_rows("seed", _TAKES_SEED, _BAD_SEED),
    Bad(
        "Network.predict.x",
        lambda: _net().predict([[1.0, np.nan]]),
        NonFiniteError,
        "the input holds nan at (0, 1): drop or correct such samples",
    ),
    Bad(
        "Network.gradient.method",
        lambda: _net().gradient(_X, _T, "backprob"),
        InputError,
        "`method` cannot be 'backprob'; did you mean 'backprop'?",
    ),
    Bad(
        "Network.check_gradients.entries",
        lambda: _net().check_gradients(_X, _T, entries=0),
        InputError,
        "`entries` must be a positive integer, got 0",
    ),
    Bad(
        "Network.check_gradients.witnesses",
        lambda: _net().check_gradients(_X, _T, witnesses=["autodif"]),
        InputError,
        "did you mean 'autodiff'?",
    ),
    Bad(
        "Network.check_gradients.witnesses",
        lambda: _net().check_gradients(_X, _T, witnesses="autodiff"),
        InputError,
        "`witnesses` must be a list such as ['backprop']",
    ),
    Bad("Network.astype.dtype", lambda: _net().astype("int"), InputError, "'float32' or 'float64'"),
    *(
        Bad(
            f"Network.{method}.names",
            lambda method=method: getattr(_net(), method)("w1"),
            UnknownNameError,
            "there is no parameter 'w1'; did you mean 'W1'?",
        )
        for method in ("freeze", "unfreeze")
    ),
    Bad(
        "Network.set_rate_factors.factors",
        lambda: _net().set_rate_factors({"w1": 0.1}),
        UnknownNameError,
        "there is no parameter 'w1'; did you mean 'W1'?",
    ),
    Bad(
        "Network.set_rate_factors.factors",
        lambda: _net().set_rate_factors({"W1": 0}),
        InputError,
        "`factors['W1']` must be above 0, got 0",
    ),
    Bad(
        "Network.set_rate_factors.factors",
        lambda: _net().set_rate_factors(["W1"]),
        TypeError,
        "`factors` must be numbers by parameter, such as {'b1': 0.1}, got",
    ),
    Bad(
        "Network.set_decay.decays",
        lambda: _net().set_decay({"w1": True}),
        UnknownNameError,
        "there is no parameter 'w1'; did you mean 'W1'?",
    ),
    Bad(
        "Network.set_decay.decays",
        lambda: _net().set_decay({"W1": 0}),
        TypeError,
        "`decays['W1']` must be True or False, got 0",
    ),
    Bad(
        "Network.set_decay.decays",
        lambda: _net().set_decay(["W1"]),
        TypeError,
        "`decays` must be True or False by parameter, such as {'scale1': True}, got",
    ),
    Bad("Network.__getitem__.name", lambda: _net()["V"], KeyError, "one of 'W1', 'b1'"),
    Bad("Network.__setitem__.name", lambda: _set("V", 0), KeyError, "one of 'W1', 'b1'"),
    Bad(
        "Network.__setitem__.value",
        lambda: _set("W1", np.ones((3, 2))),
        ShapeError,
        "`W1` has shape (2, 3), got a float64 array of shape (3, 2)",
    ),
    Bad(
        "Network.__setitem__.value",
        lambda: _set("b1", ["a", "b", "c"]),
        TypeError,
        "`b1` must hold numbers, got ['a', 'b', 'c'] (list)",
    ),
    *(
        Bad(f"Network.{name}", lambda n=name, v=value: _assign(n, v), error, sentence)
        for name in ("theta", "state")
        for value, error, sentence in (
            (np.zeros(3, np.float32), ShapeError, f"`{name}` has shape ("),
            (np.zeros((9, 1)), ShapeError, "got a float64 array of shape (9, 1); one parameter is"),
            (0.0, ShapeError, "got 0.0 (float)"),
            ("none", TypeError, f"`{name}` must hold numbers, got 'none' (str)"),
            (np.zeros(9, complex), TypeError, f"`{name}` must hold real numbers, got"),
        )
    ),
    Bad(
        "Network.theta",
        lambda: _assign("theta", np.zeros(9), writable=False),
        InputError,
        "`theta` is read-only: call theta.setflags(write=True) first",
    ),
    *(
        Bad(f"Network.{name}.engine", lambda m=method, e=engine: m(e, _net()), InputError, sentence)
        for name, method in _TAKES_ENGINE.items()
        for engine, sentence in (
            ("nunpy", "`engine` cannot be 'nunpy'; did you mean 'numpy'?"),
            ("numeric", "`engine` cannot be 'numeric'"),
        )
    ),
    *(
        Bad(
            f"Network.{name}.engine",
            lambda m=method: m("compiled", _net(td.Affine(3), Square())),
            InputError,
            'the layer Square() has no compiled form; engine="numpy" predicts with it',
        )
        for name, method in _TAKES_ENGINE.items()
    ),
    Bad(
        "Network.loss.engine",
        lambda: _net().loss(_X, _T, training=True, engine="compiled"),
        InputError,
        '`engine` cannot be "compiled" with training=True',
    ),
]
