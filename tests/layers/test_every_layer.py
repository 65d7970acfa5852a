"""What holds for every layer of the table, whatever it computes."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

import tidu as td
from tests.tables import LAYERS, Call, Shaken, Square, frozen, is_strict, mapped, plain, strict
from tidu.layers.base import backward, forward
from tidu.numeric import gradient

every_layer = pytest.mark.parametrize("row", LAYERS, ids=lambda row: row.id)
both_ways = pytest.mark.parametrize("training", [True, False], ids=["training", "predicting"])
seeds = st.integers(0, 10**6)


def mapped_pairs(function, a, b):
    found = [[], []]
    mapped(found[0].append, a)
    mapped(found[1].append, b)
    assert len(found[0]) == len(found[1])
    for left, right in zip(*found, strict=True):
        function(left, right)


def weighted_output(call, coefficients):
    """Return the layer followed by a weighted sum, as a function of x and of theta."""
    return lambda x, theta: np.sum(coefficients * call.forward(x, theta)[0])


@both_ways
@every_layer
@given(n=st.integers(0, 4), seed=seeds)
def test_backward_agrees_with_differences(row, training, n, seed):
    n = max(n, row.least if training else 0)
    call = Call.of(row, n, seed, training)
    y, saved, _ = call.forward()
    dy = np.random.default_rng(seed + 1).normal(size=y.shape)
    value = weighted_output(call, dy)

    dx, dparams = backward(call.layer, dy, saved, need_dx=True)
    dtheta = call.layout.vector(dparams, like=call.theta)

    # Central differences are off by about eps^(2/3) = 4e-11 times the function's third
    # derivative. Normalizing a batch whose values lie closely together makes that large: then
    # one division by a spread of 0.05 or more costs up to four digits.
    close = {"rtol": 1e-6, "atol": 1e-7}
    assert_allclose(dx, gradient(lambda x: value(x, call.theta), call.x), **close)
    assert_allclose(dtheta, gradient(lambda theta: value(call.x, theta), call.theta), **close)


@both_ways
@every_layer
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("n", [0, 1, 3])
def test_shapes_and_dtypes_are_kept_and_nothing_is_changed(row, training, dtype, n):
    n = max(n, row.least if training else 0)
    call = Call.of(row, n, 0, training)
    cast = lambda tree: mapped(lambda a: a.astype(dtype), tree)  # noqa: E731
    x, noise = cast(call.x), cast(call.noise)
    params, state = cast(call.params(call.theta)), cast(call.running())
    given = frozen((x, params, state, noise))
    before = mapped(np.copy, given)

    y, saved, new_state = forward(call.layer, x, params, state, noise, training)
    dy = frozen(np.ones_like(y))
    dx, dparams = backward(call.layer, dy, frozen(saved), need_dx=True)

    assert y.shape == (n, *call.layer.output_shape(row.input_shape))
    assert dx.shape == x.shape
    everything = []
    mapped(everything.append, (y, dx, dparams, new_state))
    assert {array.dtype for array in everything} == {np.dtype(dtype)}
    assert_array_equal(dy, 1)
    mapped_pairs(assert_array_equal, given, before)
    mapped_pairs(assert_same_shape, dparams, params)


def assert_same_shape(a, b):
    assert a.shape == b.shape


@both_ways
@every_layer
def test_without_dx_the_parameters_gradients_are_the_same(row, training):
    call = Call.of(row, 3, 1, training)
    y, saved, _ = call.forward()
    dy = np.random.default_rng(2).normal(size=y.shape)
    _, dparams = backward(call.layer, dy, saved, need_dx=True)
    _, alone = backward(call.layer, dy, saved, need_dx=False)
    layout = call.layout
    assert_array_equal(layout.vector(alone, call.theta), layout.vector(dparams, call.theta))


@both_ways
@every_layer
def test_runs_on_another_array_library(row, training):
    call = Call.of(row, 3, 3, training)
    y, saved, state = call.forward()
    dy = np.random.default_rng(4).normal(size=y.shape)
    dx, dparams = backward(call.layer, dy, saved, need_dx=True)

    theirs = strict((call.x, call.params(call.theta), call.running(), call.noise))
    y2, saved2, state2 = forward(call.layer, *theirs, training)
    dx2, dparams2 = backward(call.layer, strict(dy), saved2, need_dx=True)

    outcome = []
    mapped(outcome.append, (y2, state2, dx2, dparams2))
    assert all(is_strict(array) for array in outcome)
    # The same operations in the same order, but for sums that the library takes another way.
    close = lambda a, b: assert_allclose(a, plain(b), rtol=1e-13, atol=1e-14)  # noqa: E731
    mapped_pairs(close, (y, state, dx, dparams), (y2, state2, dx2, dparams2))


@every_layer
def test_repr_makes_the_same_layer(row):
    names = {name: getattr(td, name) for name in td.__all__} | {"Square": Square, "Shaken": Shaken}
    again = eval(repr(row.layer), names)
    assert again == row.layer
    assert repr(again) == repr(row.layer)


@every_layer
def test_settings_cannot_be_assigned(row):
    assert dataclasses.is_dataclass(row.layer)
    for field in [*(f.name for f in dataclasses.fields(row.layer)), "cache"]:
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(row.layer, field, 1)


@every_layer
def test_the_same_call_gives_the_same_bits(row):
    call = Call.of(row, 3, 5, training=True)
    (y, _, state), (y2, _, state2) = call.forward(), call.forward()
    mapped_pairs(assert_array_equal, (y, state), (y2, state2))


def test_the_table_has_every_layer_of_the_library():
    classes = {
        value
        for name in td.__all__
        if isinstance(value := getattr(td, name), type)
        and issubclass(value, td.Layer)
        and value is not td.Layer
    }
    assert classes <= {type(row.layer) for row in LAYERS}
