"""A layer's traits are true, and those of a layer that says nothing are safe."""

from __future__ import annotations

import numpy as np
import pytest

import tidu as td
from tests.tables import LAYERS, Call
from tidu.layers import LAYERS as BY_NAME
from tidu.layers.base import forward


def dependence(call):
    """Return which numbers of the output change with each number of the input."""
    given = call.params(call.theta), call.running(), call.noise, call.training
    y = call.forward()[0]
    found = np.zeros((call.x.size, y.size), bool)
    for i in range(call.x.size):
        moved = call.x.copy()
        moved.flat[i] += 0.05
        found[i] = (forward(call.layer, moved, *given)[0] != y).ravel()
    return found


@pytest.mark.parametrize("training", [True, False], ids=["training", "predicting"])
@pytest.mark.parametrize("row", LAYERS, ids=lambda row: row.id)
def test_the_scope_is_what_an_output_depends_on(row, training):
    n = 5
    call = Call.of(row, n, 0, training)
    scope = row.layer.scope if training else row.layer.prediction_scope
    found = dependence(call)
    if scope == "element":
        assert found.shape[0] == found.shape[1]
        assert not found[~np.eye(len(found), dtype=bool)].any()
    of_input, of_output = (np.arange(size) * n // size for size in found.shape)
    others = of_input[:, None] != of_output
    if scope != "batch":
        assert not found[others].any()
    elif type(row.layer) in BY_NAME.values():  # of the user's layers, "batch" is assumed
        assert found[others].any()


@pytest.mark.parametrize("row", LAYERS, ids=lambda row: row.id)
def test_noise_has_the_shape_that_the_scope_promises(row):
    layer, shape = row.layer, (3, *row.input_shape)
    if type(layer) in (td.Chain, td.Residual) or layer.scope == "batch" or not layer.draws_noise:
        return
    noise = layer.draw_noise(np.random.default_rng(0), shape, np.dtype(float))
    assert noise.shape == shape if layer.scope == "element" else noise.shape[0] == 3


def slope(layer, x):
    _, saved = layer.forward(np.full((1, 1), x))
    return abs(layer.backward(np.ones((1, 1)), saved)[0, 0])


@pytest.mark.parametrize("row", LAYERS, ids=lambda row: row.id)
def test_a_layer_is_flat_where_it_says_so(row):
    layer = row.layer
    if layer.scope != "element" or type(layer) in (td.Chain, td.Residual) or layer.draws_noise:
        assert getattr(layer, "saturates", "nowhere") == "nowhere"
        return
    flat = {side: slope(layer, x) < 1e-6 for side, x in (("below", -40.0), ("above", 40.0))}
    assert flat["below"] == (layer.saturates in ("below", "both"))
    assert flat["above"] == (layer.saturates == "both")


class Silent(td.Layer):
    def forward(self, x):
        return x - x.mean(axis=0), ()


class Elementwise(td.Layer):
    scope = "element"
    saturates = "below"

    def forward(self, x):
        return x**2, (x,)


class OtherBackward(Elementwise):
    def backward(self, dy, saved):
        return dy


class OtherForward(Elementwise):
    def forward(self, x):
        return x - x.mean(axis=0), ()


class FromAside:
    def forward(self, x):
        return x - x.mean(axis=0), ()


class MixedIn(FromAside, td.ReLU):
    pass


class Restated(Elementwise):
    scope = "sample"

    def forward(self, x):
        return x - x.mean(axis=1, keepdims=True), ()


class MixingBatchNorm(td.BatchNorm):
    def forward(self, x, *, params, state, training):
        return x - x.mean(axis=0), (), state


class ReversedChain(td.Chain):
    def forward(self, x, **given):
        return super().forward(x[::-1], **given)


@pytest.mark.parametrize(
    ("kind", "scope", "prediction_scope", "saturates"),
    [
        (Silent, "batch", "batch", "nowhere"),
        (Elementwise, "element", "element", "below"),
        (OtherBackward, "element", "element", "below"),
        (OtherForward, "batch", "batch", "nowhere"),
        (MixedIn, "batch", "batch", "nowhere"),
        (Restated, "sample", "sample", "nowhere"),
        (td.BatchNorm, "batch", "element", "nowhere"),
        (MixingBatchNorm, "batch", "batch", "nowhere"),
        (ReversedChain, "batch", "batch", "nowhere"),
    ],
    ids=lambda value: getattr(value, "__name__", value),
)
def test_traits_belong_to_a_forward(kind, scope, prediction_scope, saturates):
    assert (kind.scope, kind.prediction_scope) == (scope, prediction_scope)
    assert kind.saturates == saturates


@pytest.mark.parametrize(
    ("layers", "scope", "prediction_scope"),
    [
        ([], "element", "element"),
        ([td.Tanh(), td.Dropout()], "element", "element"),
        ([td.Tanh(), td.Affine(2)], "sample", "sample"),
        ([td.BatchNorm(), td.Tanh()], "batch", "element"),
        ([td.BatchNorm(), td.Chain([td.Softmax()])], "batch", "sample"),
        ([td.Residual(td.Chain([td.BatchNorm()]))], "batch", "element"),
    ],
    ids=repr,
)
def test_a_chain_reaches_as_far_as_its_layers(layers, scope, prediction_scope):
    for layer in (td.Chain(layers), td.Residual(td.Chain(layers))):
        assert (layer.scope, layer.prediction_scope) == (scope, prediction_scope)


@pytest.mark.parametrize(
    ("trait", "sentence"),
    [
        ({"scope": "elementwise"}, "`scope` of class Wrong cannot be 'elementwise'; did you mean"),
        ({"prediction_scope": 1}, "`prediction_scope` of class Wrong cannot be 1; it is one of"),
        ({"saturates": ["below"]}, "`saturates` of class Wrong cannot be ['below']; did you"),
    ],
    ids=str,
)
def test_a_trait_that_there_is_not(trait, sentence):
    with pytest.raises(td.InputError) as caught:
        type("Wrong", (td.Layer,), trait)
    assert str(caught.value).startswith(sentence)


def test_the_layers_by_name():
    public = {name: getattr(td, name) for name in td.__all__}
    kinds = {n: k for n, k in public.items() if isinstance(k, type) and issubclass(k, td.Layer)}
    assert kinds == BY_NAME | {"Layer": td.Layer}
