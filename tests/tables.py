"""The tables that the tests are driven by: a new layer, loss, ... is one row here.

A row gets for free: its gradient against finite differences, alone and within a network under
each loss and penalty; dtypes, shapes, empty batches and batches of one; that nothing is changed
in place; that it runs on another array library; and that its `repr` makes it again.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import array_api_strict
import numpy as np

import tidu as td
from tidu import functions
from tidu.layers import blocks
from tidu.layers.base import Layer, forward
from tidu.layout import Layout


@dataclass(frozen=True)
class Square(td.Layer):
    """y = x²: the least that a user's layer needs."""

    def forward(self, x):
        return x**2, (x,)

    def backward(self, dy, saved):
        (x,) = saved
        return 2 * x * dy


@dataclass(frozen=True)
class Shaken(td.Layer):
    """A user's layer that asks for all there is to ask for.

    y = (x + noise) · g and m ← ½m + ½ mean(x) while learning; y = (x − m) · g while predicting.
    """

    spread: float = 0.5
    draws_noise = True

    def parameters(self, input_shape):
        return {"g": td.Parameter("scale", input_shape, td.Ones())}

    def buffers(self, input_shape):
        return {"m": td.Buffer(input_shape, 0.25)}

    def draw_noise(self, rng, shape, dtype):
        return (self.spread * rng.standard_normal(shape)).astype(dtype)

    def forward(self, x, *, params, state, noise, training):
        if training:
            new = {"m": 0.5 * state["m"] + 0.5 * namespace_mean(x)}
            shifted = x + noise
        else:
            new, shifted = state, x - state["m"]
        return shifted * params["g"], (shifted, params["g"]), new

    def backward(self, dy, saved, *, need_dx):
        shifted, g = saved
        dg = dy.__array_namespace__().sum(dy * shifted, axis=0)
        return (dy * g if need_dx else None), {"g": dg}


def namespace_mean(x):
    return x.__array_namespace__().mean(x, axis=0)


EXPORTS = ("numpy", "onnx", "torch")
FORMS = ("compiled", *EXPORTS)
"""What a layer may have beside the textbook form: each is a row in the table of whoever uses it."""


@dataclass(frozen=True)
class LayerRow:
    """A layer, the shape of a sample that suits it, and the forms that it has."""

    layer: Layer
    input_shape: tuple[int, ...]
    forms: tuple[str, ...] = ()
    least: int = 0
    """The least batch that it can learn from."""

    @property
    def id(self) -> str:
        return f"{self.layer!r}-{'×'.join(map(str, self.input_shape))}"


MLP = (td.Affine(3), td.Tanh(), td.Affine(2))

LAYERS = (
    LayerRow(td.Identity(), (3,), FORMS),
    LayerRow(td.Sigmoid(), (3,), FORMS),
    LayerRow(td.Tanh(), (3,), FORMS),
    LayerRow(td.ReLU(), (3,), FORMS),
    LayerRow(td.LeakyReLU(), (3,), FORMS),
    LayerRow(td.LeakyReLU(slope=0.3), (3,), FORMS),
    LayerRow(td.ELU(), (3,), FORMS),
    LayerRow(td.ELU(alpha=0.7), (3,), FORMS),
    LayerRow(td.SELU(), (3,), FORMS),
    LayerRow(td.GELU(), (3,), FORMS),
    LayerRow(td.SiLU(), (3,), FORMS),
    LayerRow(td.Mish(), (3,), FORMS),
    LayerRow(td.HardSwish(), (3,), FORMS),
    LayerRow(td.Softplus(), (3,), FORMS),
    LayerRow(td.ReLU(), (2, 1, 2), FORMS),
    LayerRow(td.Affine(2), (3,), FORMS),
    LayerRow(td.Affine(1, bias=False), (2,), FORMS),
    LayerRow(td.Affine(2, initializer=td.Normal(0.3), bias_initializer="lecun"), (3,), FORMS),
    LayerRow(td.Softmax(), (4,), FORMS),
    LayerRow(td.Flatten(), (2, 1, 2), FORMS),
    LayerRow(td.Rescale(0.5, offset=-1.0), (2, 2), FORMS),
    LayerRow(td.Standardize((1.0, -2.0, 0.5), (0.5, 3.0, 0.0)), (3,), FORMS),
    LayerRow(td.Standardize((1.0, -2.0), (0.5, 0.0), inverse=True), (2,), FORMS),
    LayerRow(td.Scale(), (3,), FORMS),
    LayerRow(td.Scale(), (2, 2), FORMS),
    LayerRow(td.SmoothClip(), (3,), FORMS),
    LayerRow(td.SmoothClip(0.7), (2, 2), FORMS),
    LayerRow(td.Parametric(td.SELU()), (3,), FORMS),
    LayerRow(td.Parametric(td.Mish()), (2, 2), FORMS),
    LayerRow(td.Periodic(4, outputs=2), (3,), FORMS),
    LayerRow(td.Periodic(2, outputs=1, std=0.5, columns=(0, 2)), (4,), FORMS),
    LayerRow(td.Embedding([(1, 3)], size=2), (4,), FORMS),
    LayerRow(td.Embedding([(0, 2), (2, 3)], size=3), (3,), FORMS),
    LayerRow(td.Clamp((-1.0, 0.0), (0.5, 3.0)), (2,), FORMS),
    LayerRow(td.Dropout(0.4), (5,), FORMS),
    LayerRow(td.Dropout(td.FlatCosine(0.4, steps=100)), (5,), FORMS),
    LayerRow(td.Dropout(0.0), (2, 2), FORMS),
    LayerRow(td.BatchNorm(), (2,), FORMS, least=1),
    LayerRow(td.BatchNorm(momentum=0.3, eps=0.1), (2, 2, 1), FORMS, least=1),
    LayerRow(td.Chain([]), (2,), FORMS),
    LayerRow(td.Chain([td.Flatten(), td.Chain(MLP), td.Dropout(0.3)]), (2, 1), FORMS),
    LayerRow(td.Chain([td.BatchNorm(), td.SiLU(), td.Chain([td.Tanh()])]), (2,), FORMS, least=1),
    LayerRow(td.Residual(td.Chain(MLP)), (2,), FORMS),
    LayerRow(td.Residual(td.Chain([td.BatchNorm(eps=0.1), td.Dropout(0.5)])), (2,), FORMS, least=1),
    LayerRow(Square(), (3,)),
    LayerRow(Shaken(), (2,), least=1),
)

ACTIVATIONS = tuple(row.layer for row in LAYERS if type(row.layer) in blocks.ACTIVATIONS.values())


def with_form(form: str) -> list[LayerRow]:
    """Return the layers that have a form."""
    return [row for row in LAYERS if form in row.forms]


def paired(*tables: Iterable) -> Iterator[tuple]:
    """Yield rows of tables side by side, until each row of each table was there.

    Those of a shorter table come again.
    """
    rows = [tuple(table) for table in tables]
    for i in range(max(map(len, rows))):
        yield tuple(table[i % len(table)] for table in rows)


@dataclass(frozen=True)
class FunctionRow:
    """An activation as a function, beside the textbook's form of it in Python's own floats."""

    function: Callable
    textbook: Callable[[float], float]
    below: float
    """Its limit at −∞."""
    above: float = math.inf
    """Its limit at +∞."""

    @property
    def id(self) -> str:
        return self.function.__name__


def _gelu(x: float) -> float:
    return x / (1 + math.exp(-2 * math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)))


def _selu(x: float) -> float:
    return 1.0507009873554805 * (x if x >= 0 else 1.6732632423543772 * math.expm1(x))


def _mish(x: float) -> float:
    return x * math.tanh(math.log1p(math.exp(x)))


FUNCTIONS = (
    FunctionRow(functions.identity, lambda x: x, -math.inf),
    FunctionRow(functions.step, lambda x: float(x > 0), 0.0, 1.0),
    FunctionRow(functions.sigmoid, lambda x: 1 / (1 + math.exp(-x)), 0.0, 1.0),
    FunctionRow(functions.tanh, math.tanh, -1.0, 1.0),
    FunctionRow(functions.relu, lambda x: max(0.0, x), 0.0),
    FunctionRow(functions.leaky_relu, lambda x: max(x, 0.01 * x), -math.inf),
    FunctionRow(functions.elu, lambda x: x if x >= 0 else math.expm1(x), -1.0),
    FunctionRow(functions.selu, _selu, -1.7580993408473766),
    FunctionRow(functions.gelu, _gelu, 0.0),
    FunctionRow(functions.silu, lambda x: x / (1 + math.exp(-x)), 0.0),
    FunctionRow(functions.mish, _mish, 0.0),
    FunctionRow(functions.softplus, lambda x: math.log1p(math.exp(x)), 0.0),
)

FUNCTION_OF_LAYER = {
    td.Identity: functions.identity,
    td.Sigmoid: functions.sigmoid,
    td.Tanh: functions.tanh,
    td.ReLU: functions.relu,
    td.LeakyReLU: functions.leaky_relu,
    td.ELU: functions.elu,
    td.SELU: functions.selu,
    td.GELU: functions.gelu,
    td.SiLU: functions.silu,
    td.Mish: functions.mish,
    td.Softplus: functions.softplus,
    td.Softmax: functions.softmax,
}


@dataclass(frozen=True)
class LossRow:
    """A loss, targets that suit it, and its value for one sample as a textbook prints it."""

    loss: td.Loss
    targets: Callable[[np.random.Generator, int, int], np.ndarray]
    """Targets of n samples with k outputs."""
    textbook: Callable[[np.ndarray, np.ndarray], float]
    """ℓ of one row of scores and one row of encoded targets."""
    kind: str = ""

    @property
    def id(self) -> str:
        return f"{self.loss!r}{self.kind}"


def _values(rng, n, k):
    return rng.normal(size=(n, k))


def _labels(rng, n, k):
    return rng.integers(0, k, n)


def _one_hot(rng, n, k):
    return np.eye(k)[_labels(rng, n, k)]


def _shares(rng, n, k):
    return rng.dirichlet(np.ones(k), size=n)


def _answers(rng, n, k):
    return rng.integers(0, 2, (n, k))


def _counts(rng, n, k):
    return rng.poisson(1.5, (n, k))


def _chances(rng, n, k):
    return rng.random((n, k))


def _softmax_loss(s, t):
    return -sum(tc * math.log(p) for tc, p in zip(t, np.exp(s) / np.exp(s).sum(), strict=True))


def _smoothed_loss(s, t):
    return _softmax_loss(s, 0.8 * t + 0.2 / len(t))


def _sigmoid_loss(s, t):
    y = 1 / (1 + np.exp(-s))
    return -np.sum(t * np.log(y) + (1 - t) * np.log(1 - y))


def _poisson_loss(s, t):
    y = np.exp(s)
    return sum(a - b + (b * math.log(b / a) if b else 0) for a, b in zip(y, t, strict=True))


LOSSES = (
    LossRow(td.SumSquaredError(), _values, lambda y, t: 0.5 * np.sum((y - t) ** 2)),
    LossRow(td.MeanSquaredError(), _values, lambda y, t: np.mean((y - t) ** 2)),
    LossRow(td.Poisson(), _counts, _poisson_loss),
    LossRow(
        td.MeanSquaredError(spread=(2.0, 0.5, 3.0)),
        _values,
        lambda y, t: np.mean(((y - t) / (2.0, 0.5, 3.0)) ** 2),
    ),
    LossRow(td.SoftmaxCrossEntropy(), _labels, _softmax_loss, "-labels"),
    LossRow(td.SoftmaxCrossEntropy(), _one_hot, _softmax_loss, "-one-hot"),
    LossRow(td.SoftmaxCrossEntropy(), _shares, _softmax_loss, "-shares"),
    LossRow(td.SoftmaxCrossEntropy(label_smoothing=0.2), _labels, _smoothed_loss),
    LossRow(td.SoftmaxCrossEntropy(class_weights=(0.5, 2.0, 1.0)), _labels, _softmax_loss),
    LossRow(td.SigmoidCrossEntropy(), _answers, _sigmoid_loss, "-answers"),
    LossRow(td.SigmoidCrossEntropy(), _chances, _sigmoid_loss, "-chances"),
)
OUTPUTS = 3
"""How many outputs each row's class weights are for."""

PENALTIES = (None, td.L1(0.03), td.L2(0.3), td.ElasticNet(l1=0.02, l2=0.1))

INITIALIZERS = (
    td.Zeros(),
    td.Ones(),
    td.Normal(0.3),
    td.Normal(0),
    td.Uniform(0.3),
    td.Xavier(),
    td.Xavier("uniform"),
    td.He(),
    td.He("uniform"),
    td.LeCun(),
    td.LeCun("uniform"),
    td.Orthogonal(),
    td.Orthogonal(gain=2.0),
)


def off_kinks(rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    """Return numbers of size 0.1 to 2, so that no difference step crosses a kink at 0."""
    return rng.uniform(0.1, 2, shape) * rng.choice([-1.0, 1.0], shape)


@dataclass(frozen=True)
class Call:
    """All that one call of a layer takes, drawn at random, and the layer as a function of it."""

    layer: Layer
    params_tree: object
    state_tree: object
    x: np.ndarray
    theta: np.ndarray
    state: np.ndarray
    noise: object
    training: bool

    @classmethod
    def of(cls, row: LayerRow, n: int, seed: int, training: bool) -> Call:
        rng = np.random.default_rng(seed)
        layer, shape = row.layer, row.input_shape
        params_tree, state_tree = layer.parameters(shape), layer.buffers(shape)
        x, theta = off_kinks(rng, (n, *shape)), off_kinks(rng, Layout.of(params_tree).size)
        state = rng.uniform(0.5, 2, Layout.of(state_tree).size)  # a variance is positive
        noise = None
        if training and layer.draws_noise:
            noise = layer.draw_noise(rng, (n, *shape), np.dtype(np.float64))
        return cls(layer, params_tree, state_tree, x, theta, state, noise, training)

    @property
    def layout(self) -> Layout:
        return Layout.of(self.params_tree)

    def params(self, theta):
        return self.layout.tree(theta, self.params_tree)

    def running(self, state=None):
        return Layout.of(self.state_tree).tree(
            self.state if state is None else state, self.state_tree
        )

    def forward(self, x=None, theta=None):
        """Return y, saved and the new state."""
        x = self.x if x is None else x
        params = self.params(self.theta if theta is None else theta)
        return forward(self.layer, x, params, self.running(), self.noise, self.training)


def mapped(function, tree):
    """Return a tree with a function applied to each array in it."""
    if isinstance(tree, dict):
        return {name: mapped(function, item) for name, item in tree.items()}
    if isinstance(tree, (tuple, list)):
        return tuple(mapped(function, item) for item in tree)
    return function(tree) if hasattr(tree, "dtype") else tree


def frozen(tree):
    """Return a tree of arrays, each of which can no longer be written to."""

    def lock(array):
        array.setflags(write=False)
        return array

    return mapped(lock, tree)


def strict(tree):
    """Return a tree of arrays as those of a library that has the array-API standard alone."""
    return mapped(lambda array: array_api_strict.asarray(np.array(array)), tree)


def plain(tree):
    """Return a tree of arrays as NumPy's."""
    return mapped(lambda array: np.asarray(array), tree)


def is_strict(array) -> bool:
    return array.__array_namespace__() is array_api_strict
