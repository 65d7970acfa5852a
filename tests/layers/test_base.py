"""The contract of a layer: it gets what it asks for, and no more."""

from dataclasses import dataclass

import numpy as np
import pytest
from numpy.testing import assert_array_equal

import tidu as td
from tests.tables import Shaken, Square
from tidu.errors import InputError
from tidu.layers.base import KINDS, Layer, backward, forward


def test_a_layer_that_asks_for_nothing_is_given_nothing():
    y, saved, state = forward(Square(), np.array([[3.0]]), {}, {}, None, True)
    assert_array_equal(y, [[9]])
    assert state == {}
    dx, dparams = backward(Square(), np.ones((1, 1)), saved, need_dx=False)
    assert_array_equal(dx, [[6]])
    assert dparams == {}


@dataclass(frozen=True)
class Asker(Layer):
    def forward(self, x, *, training):
        return x, (training,)

    def backward(self, dy, saved, *, need_dx):
        return (dy, need_dx, *saved)


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("need_dx", [True, False])
def test_flags_arrive_as_they_are(training, need_dx):
    x = np.ones((1, 1))
    _, saved, state = forward(Asker(), x, {"W": 1}, {"kept": 2}, "noise", training)
    assert saved == (training,)
    assert state == {"kept": 2}
    (_, needed, trained), _ = backward(Asker(), x, saved, need_dx)
    assert (needed, trained) == (need_dx, training)


def test_a_layer_of_the_users_own_learns_in_a_network():
    layers = [td.Affine(6), Square(), Shaken(spread=0.1), td.Affine(1)]
    net = td.Network(layers, input_shape=2, loss=td.MeanSquaredError(), dtype="float64", seed=1)
    assert list(net.layout) == ["W1", "b1", "g1", "W2", "b2"]
    assert list(net.state_layout) == ["m1"]
    x = np.random.default_rng(0).normal(size=(200, 2))
    t = x[:, :1] * x[:, 1:]
    before = net.loss(x, t)
    net.fit(x, t, optimizer=td.Adam(0.02), epochs=30, batch_size=20, progress=False)
    assert net.loss(x, t) < 0.2 * before
    assert (net["m1"] != 0.25).all()


@pytest.mark.parametrize("kind", KINDS)
def test_kinds(kind):
    assert td.Parameter(kind, (2,)).kind == kind


def test_an_unknown_kind():
    with pytest.raises(InputError, match="`kind` must be one of weight, bias, scale, shift"):
        td.Parameter("weights", (2,))


def test_defaults_of_a_layer():
    layer = Square()
    assert layer.output_shape((2, 3)) == (2, 3)
    assert layer.parameters((2,)) == layer.buffers((2,)) == {}
    assert layer.draw_noise(np.random.default_rng(0), (1, 2), np.dtype(float)) is None
    assert (layer.draws_noise, layer.default_initializer) == (False, None)


def test_shapes_become_tuples_of_plain_integers():
    assert td.Parameter("weight", [2, np.int64(3)]).shape == (2, 3)
    assert repr(td.Buffer((np.int64(2),), np.float32(0.5))) == "Buffer(shape=(2,), initial=0.5)"
