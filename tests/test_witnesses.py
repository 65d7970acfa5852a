"""The ways to have a gradient: every row of the table gives the same one."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

import tidu as td
from tests.tables import LAYERS, LOSSES, OUTPUTS, PENALTIES, off_kinks
from tidu.witnesses import WITNESSES


@pytest.mark.parametrize("row", LOSSES, ids=lambda row: row.id)
@pytest.mark.parametrize("name", WITNESSES)
def test_every_witness_gives_the_gradient_of_the_loss(name, row):
    rng = np.random.default_rng(0)
    net = td.Network(
        [td.Affine(4), td.Tanh(), td.Dropout(0.5), td.Affine(OUTPUTS)], 3, row.loss,
        penalty=td.L2(0.1), dtype="float64",
    )  # fmt: skip
    x, t = rng.normal(size=(5, 3)), row.targets(rng, 5, OUTPUTS)
    w = rng.uniform(0.5, 2, 5)
    found = net.gradient(x, t, name, sample_weight=w).vector

    def loss(theta):
        other = net.copy()
        other.theta[:] = theta
        return other.loss(x, t, sample_weight=w, training=True)

    assert_allclose(found, td.gradient(loss, net.theta), atol=1e-8)  # eps · loss / h


@pytest.mark.parametrize("name", [n for n, row in WITNESSES.items() if not row.takes_step])
def test_a_step_goes_with_differences_alone(name):
    net = td.Network([td.Affine(2)], 3, td.SumSquaredError())
    with pytest.raises(td.InputError, match="`step` is that of differences"):
        net.gradient(np.ones((1, 3)), np.ones((1, 2)), name, step=1e-3)


def test_in_the_dtype_that_it_says():
    net = td.Network([td.Affine(2)], 3, td.SumSquaredError(), dtype="float32")
    for name, row in WITNESSES.items():
        found = net.gradient(np.ones((1, 3)), np.ones((1, 2)), name)
        assert found.vector.dtype == ("float64" if row.in_float64 else "float32")


def test_tracing_evaluates_the_loss_once_and_gives_all_that_it_is():
    net = td.Network([td.Affine(3), td.BatchNorm(), td.Affine(2)], 3, td.SumSquaredError())
    x, t = np.eye(3, dtype="float32"), np.ones((3, 2), "float32")
    given, calls = (net.theta, net.state, x, t), []
    plain = net.evaluate(*given)

    def counted(*args, **options):
        calls.append(args)
        return td.Network.evaluate(net, *args, **options)

    net.evaluate = counted
    found = WITNESSES["autodiff"].evaluate(
        net, *given, weights=None, noise=None, training=True, step=None
    )
    assert len(calls) == 1
    for name in ("total", "weight", "scores"):
        assert type(getattr(found, name)) is type(getattr(plain, name))
        assert_allclose(getattr(found, name), getattr(plain, name))
    for layer, other in zip(found.state, plain.state, strict=True):
        assert layer.keys() == other.keys()
        for name in layer:
            assert type(layer[name]) is np.ndarray
            assert_allclose(layer[name], other[name])


@pytest.mark.parametrize("training", [True, False], ids=["training", "predicting"])
@pytest.mark.parametrize("loss", LOSSES, ids=lambda row: row.id)
@pytest.mark.parametrize("layer", LAYERS, ids=lambda row: row.id)
def test_backprop_and_tracing_agree_to_rounding(layer, loss, training):
    rng = np.random.default_rng(1)
    net = td.Network(
        [layer.layer, td.Flatten(), td.Affine(OUTPUTS)], layer.input_shape, loss.loss,
        penalty=PENALTIES[len(layer.id) % len(PENALTIES)], dtype="float64",
    )  # fmt: skip
    net.theta = off_kinks(rng, net.theta.shape)
    x, t = off_kinks(rng, (4, *layer.input_shape)), loss.targets(rng, 4, OUTPUTS)
    backprop, traced = (
        net.gradient(x, t, method, training=training).vector for method in ("backprop", "autodiff")
    )
    scale = np.abs(backprop).max()
    assert_allclose(traced, backprop, rtol=1e-12, atol=1e-13 * scale)  # some hundred roundings
