"""Waves and learned vectors: the numbers that their formulas give, where each of them stands."""

import math

import numpy as np
from numpy.testing import assert_allclose, assert_array_equal

import tidu as td


def test_waves_are_those_of_the_formula():
    layer = td.Periodic(frequencies=2, outputs=1, columns=(1,))
    params = {
        "frequency": np.array([[0.5, 1.0]]), "phase": np.array([[0.0, math.pi / 2]]),
        "amplitude": np.array([[[10.0, 100.0]]]), "offset": np.array([[0.25]]),
    }  # fmt: skip
    y, _ = layer.forward(np.array([[7.0, 1.0], [8.0, 0.25]]), params=params)
    # cos π = −1 and cos(2π + π/2) = 0; cos π/4 and cos(π/2 + π/2) = −1
    wanted = [[7, 1, 10 * -1 + 0.25], [8, 0.25, 10 * math.cos(math.pi / 4) - 100 + 0.25]]
    assert_allclose(y, wanted, rtol=0, atol=1e-13)  # cos at 2π + π/2 is 0 to its rounding


def test_columns_without_waves_go_through_unchanged():
    x = np.random.default_rng(0).normal(size=(4, 5))
    net = td.Network([td.Periodic(3, columns=(0, 4))], 5, "mean-squared-error", dtype="float64")
    assert_array_equal(net.forward(x)[:, :5], x)
    assert net.output_shape == (5 + 2 * 3,)


def test_frequencies_begin_as_widely_spread_as_wanted_and_phases_anywhere():
    net = td.Network([td.Periodic(2000, std=0.3)], 5, "mean-squared-error")
    assert abs(net["frequency1"].std() - 0.3) < 0.01  # 10,000 draws: ± 0.002
    assert np.abs(net["phase1"]).max() <= math.pi
    assert abs(net["phase1"].std() - math.pi / math.sqrt(3)) < 0.05  # ± 0.01
    assert np.abs(net["amplitude1"]).max() <= 1 / math.sqrt(2000)


def test_a_category_gives_its_vector_and_other_columns_stay():
    layer = td.Embedding([(1, 3), (4, 6)], size=2)
    E = np.arange(8.0).reshape(4, 2)
    x = np.array([[0.5, 0, 1, -1, 1, 0], [0.7, 1, 0, -2, 0, 0]])
    y, _ = layer.forward(x, params={"vectors": E})
    assert_array_equal(y, [[0.5, -1, 2, 3, 4, 5], [0.7, -2, 0, 1, 0, 0]])


def test_an_embedding_is_as_an_affine_layer_of_its_columns():
    x, dy = np.random.default_rng(0).normal(size=(2, 5, 3))
    E = np.random.default_rng(1).normal(size=(3, 3))
    layer, affine = td.Embedding([(0, 3)], size=3), td.Affine(3, bias=False)
    (y, saved), (wanted, of_affine) = (
        one.forward(x, params={name: E}) for one, name in ((layer, "vectors"), (affine, "W"))
    )
    assert_array_equal(y, wanted)
    dx, dparams = layer.backward(dy, saved, need_dx=True)
    dx_wanted, dparams_wanted = affine.backward(dy, of_affine, need_dx=True)
    assert_array_equal(dx, dx_wanted)
    assert_array_equal(dparams["vectors"], dparams_wanted["W"])
