"""A user's layer with a scope is fast where it is true, and refused where it is not."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from numpy.testing import assert_allclose

import tidu as td
from tests.perturbation.networks import STEP, Case
from tidu.perturbation import numeric_gradient
from tidu.perturbation.stages import bind


@dataclass(frozen=True)
class Elementwise(td.Layer):
    """y = x³ + x."""

    scope = "element"

    def forward(self, x):
        return x**3 + x, (x,)

    def backward(self, dy, saved):
        (x,) = saved
        return dy * (3 * x**2 + 1)


@dataclass(frozen=True)
class WithSlopes(Elementwise):
    """y = x where x > 0, a·x below; one a for each number, and noise for each number."""

    scope = "element"
    draws_noise = True

    def parameters(self, input_shape):
        return {"a": td.Parameter("scale", input_shape, td.Ones())}

    def draw_noise(self, rng, shape, dtype):
        return rng.uniform(0.5, 1.5, shape).astype(dtype)

    def forward(self, x, *, params, noise, training):
        return np.where(x > 0, x, params["a"] * x) * (noise if training else 1), ()


@dataclass(frozen=True)
class WithOneSlope(WithSlopes):
    """The same, with one slope for all numbers."""

    scope = "element"

    def parameters(self, input_shape):
        return {"a": td.Parameter("scale", (1,), td.Ones())}

    def forward(self, x, *, params, noise, training):
        return super().forward(x, params=params, noise=noise, training=training)


@dataclass(frozen=True)
class BySettings(Elementwise):
    """y = s·x, with a setting for each number."""

    scales: tuple = (1.0, 2.0, 3.0, 4.0)
    scope = "element"

    def forward(self, x):
        return np.array(self.scales) * x, ()


@dataclass(frozen=True)
class Rows(Elementwise):
    """Each sample by itself, with one number of noise a sample."""

    scope = "sample"
    draws_noise = True

    def draw_noise(self, rng, shape, dtype):
        return rng.uniform(0.5, 1.5, shape[0]).astype(dtype)

    def forward(self, x, *, noise, training):
        factor = noise[:, None] if training else 1
        return np.tanh(factor * (x - x.mean(axis=1, keepdims=True))), ()


@dataclass(frozen=True)
class OneMaskForAll(Elementwise):
    """The noise has no item for each sample, which a scope promises; it is treated by batches."""

    scope = "sample"
    draws_noise = True

    def draw_noise(self, rng, shape, dtype):
        return {"mask": rng.uniform(0.5, 1.5, shape[1:]).astype(dtype)}

    def forward(self, x, *, noise, training):
        return x * (noise["mask"] if training else 1), ()


TRUE = [Elementwise(), WithSlopes(), WithOneSlope(), BySettings(), Rows(), OneMaskForAll()]


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("layer", TRUE, ids=repr)
def test_a_true_scope_gives_the_literal_gradient(layer, training):
    case = Case.of([td.Affine(4), layer, td.Residual(layer)], 3, 4, 1, training=training)
    found = numeric_gradient(
        case.network, case.network.theta, case.network.state, case.x, case.t,
        noise=case.noise, training=training, step=STEP, need_dx=True,
    )  # fmt: skip
    for ours, theirs in zip(found, case.literal(), strict=True):
        assert_allclose(ours, theirs, rtol=0, atol=1e-8 * np.abs(theirs).max() + case.rounding)


def stage_of(layer, n=4, width=4, training=True):
    rng = np.random.default_rng(0)
    chain, x = td.Chain([layer]), rng.normal(size=(n, width))
    params = ({name: rng.normal(size=p.shape) for name, p in layer.parameters((width,)).items()},)
    noise = chain.draw_noise(rng, x.shape, x.dtype) if training else None
    (stage,), _ = bind(chain, x, params, ({},), noise, training)
    return stage


@pytest.mark.parametrize(
    ("layer", "samplewise", "columnwise"),
    [
        (Elementwise(), True, True),
        (WithSlopes(), True, True),
        (WithOneSlope(), True, False),
        (BySettings(), True, False),
        (Rows(), True, False),
        (OneMaskForAll(), False, False),
    ],
    ids=repr,
)
def test_how_a_users_layer_is_treated(layer, samplewise, columnwise):
    stage = stage_of(layer)
    assert (stage.is_samplewise, stage.is_columnwise) == (samplewise, columnwise)
    assert not stage.runs_in_threads


def mixing(scope, function):
    """Return a layer that claims a scope for any function."""

    @dataclass(frozen=True)
    class Claiming(Elementwise):
        def forward(self, x):
            return function(x), ()

    Claiming.scope = Claiming.prediction_scope = scope
    return Claiming()


SAMPLES_MIXED = {
    "mean": lambda x: x - x.mean(axis=0),
    "first": lambda x: x + x[:1],
    "next": lambda x: x + np.roll(x, 1, axis=0),
    "mirrored": lambda x: x * x[::-1],
    "in pairs": lambda x: x + np.repeat(x[::2], 2, axis=0)[: len(x)],
    "how many": lambda x: x / len(x),
    "running sum": lambda x: x.cumsum(axis=0),
}
NUMBERS_MIXED = {
    "row mean": lambda x: x - x.mean(axis=1, keepdims=True),
    "neighbour": lambda x: x + np.roll(x, 1, axis=1),
    "mirrored": lambda x: x * x[:, ::-1],
    "fourth neighbour": lambda x: x + np.roll(x, 4, axis=1),
    "first": lambda x: x + x[:, :1],
    "softmax": lambda x: np.exp(x) / np.exp(x).sum(axis=1, keepdims=True),
    "fewer": lambda x: x[:, :2],
}


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("n", [1, 2, 5])
@pytest.mark.parametrize("scope", ["element", "sample"])
@pytest.mark.parametrize("name", SAMPLES_MIXED)
def test_a_layer_that_mixes_samples_is_found_out(name, scope, n, training):
    trait = "scope" if training else "prediction_scope"
    with pytest.raises(td.InputError, match=f"states {trait} = '{scope}'.*other samples"):
        stage_of(mixing(scope, SAMPLES_MIXED[name]), n, training=training)


@pytest.mark.parametrize("width", [5, 8])
@pytest.mark.parametrize("name", NUMBERS_MIXED)
def test_a_layer_that_mixes_numbers_is_found_out(name, width):
    with pytest.raises(td.InputError, match="Claiming must state a wider scope"):
        stage_of(mixing("element", NUMBERS_MIXED[name]), 3, width)
    if name != "fewer":
        assert stage_of(mixing("sample", NUMBERS_MIXED[name]), 3, width).is_samplewise


@pytest.mark.parametrize("around", [lambda x: x, td.Residual, lambda x: td.Chain([x])])
def test_the_sentence_reaches_the_user(around):
    layers = [td.Affine(3), around(mixing("sample", SAMPLES_MIXED["mean"])), td.Affine(3)]
    net = td.Network(layers, 2, td.SumSquaredError())
    with pytest.raises(td.InputError, match=r"Claiming1, .*depends on the other samples"):
        net.gradient(np.ones((3, 2)), np.ones((3, 3)), "numeric")


def test_a_users_elementwise_layer_is_as_fast_as_one_of_tidus(monkeypatch):
    values = td.SoftmaxCrossEntropy.values
    evaluated = []

    def counted(loss, scores, t):
        evaluated.append(len(scores))
        return values(loss, scores, t)

    monkeypatch.setattr(td.SoftmaxCrossEntropy, "values", counted)
    counts = []
    for layer in (td.Tanh(), Elementwise()):
        case = Case.of([td.Affine(6), layer], 5, 8, 2)
        evaluated.clear()
        numeric_gradient(case.network, case.network.theta, case.network.state, case.x, case.t)
        counts.append(sum(evaluated))
    assert counts[0] == counts[1]
