"""The map of learning rates: its boundary is measured rightly, its networks are what they say."""

from __future__ import annotations

import numpy as np
import pytest

import tidu as td
from tidu.errors import InputError
from tidu.experiments import silent, trainability
from tidu.experiments.trainability import SAMPLES, WIDTH, boundary, box_counts, box_dimension
from tidu.experiments.trainability import _network as network_at


def test_the_boundary_of_known_shapes():
    half = np.zeros((64, 64), bool)
    half[:, :20] = True
    assert box_dimension(box_counts(boundary(half))) == pytest.approx(1)
    noise = np.random.default_rng(0).random((256, 256)) < 0.5
    assert box_dimension(box_counts(boundary(noise))) == pytest.approx(2, abs=0.1)
    assert box_dimension(box_counts(boundary(np.ones((8, 8), bool)))) is None
    carpet = np.ones((1, 1), bool)  # Sierpinski's triangle, of dimension log 3 / log 2
    for _ in range(7):
        carpet = np.block([[carpet, np.zeros_like(carpet)], [carpet, carpet]])
    assert box_dimension(box_counts(carpet)) == pytest.approx(np.log2(3))


def test_a_layer_behind_a_rescale_learns_at_its_own_rate():
    """The same descent in NumPy, with a learning rate a layer."""
    rng = np.random.default_rng(1)
    x = rng.normal(size=(SAMPLES, WIDTH))
    t = rng.normal(size=(SAMPLES, 1))
    rates = 3.0, 0.25
    net = network_at(*rates, td.Tanh(), 0).astype("float64")
    W1, W2 = (net[name] * rate**0.5 for name, rate in zip(("W1", "W2"), rates, strict=True))
    net.fit(x, t, optimizer=td.SGD(1.0), epochs=5, batch_size=SAMPLES)
    for _ in range(5):
        h = np.tanh(x @ W1 / 4)
        dy = 2 * (h @ W2 / 4 - t) / SAMPLES
        dW2, dW1 = h.T @ dy / 4, x.T @ (dy @ W2.T / 4 * (1 - h**2)) / 4
        W1, W2 = W1 - rates[0] * dW1, W2 - rates[1] * dW2
    np.testing.assert_allclose(net["W1"] * rates[0] ** 0.5, W1, rtol=1e-6)
    np.testing.assert_allclose(net["W2"] * rates[1] ** 0.5, W2, rtol=1e-6)


def test_small_rates_converge_and_large_ones_do_not():
    low = trainability(size=4, steps=60, center=(0.0, -1.0), span=1.0, progress=silent)
    high = trainability(size=4, steps=60, center=(0.0, 4.0), span=1.0, progress=silent)
    assert low.numbers["converged"] == 1
    assert high.numbers["converged"] == 0
    assert low.numbers["dimension"] is None


def test_activations_differ_and_seeds_repeat():
    maps = [
        trainability(size=6, steps=60, activation=f, seed=s, progress=silent).numbers["measure"]
        for f, s in (("tanh", 0), ("tanh", 0), ("relu", 0), ("identity", 0), ("tanh", 1))
    ]
    np.testing.assert_array_equal(maps[0], maps[1])
    assert all(not np.array_equal(maps[0], other) for other in maps[2:])


def test_a_center_is_two_numbers():
    with pytest.raises(InputError, match="`center` must be two numbers"):
        trainability(center=(1.0,), progress=silent)
