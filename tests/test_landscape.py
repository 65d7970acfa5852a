"""The loss on a plane: what it is at each point, and which plane."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

import tidu as td

RNG = np.random.default_rng(0)
X, T = RNG.normal(size=(30, 5)), RNG.integers(3, size=30)
STACKS = {
    "affine first": [td.Affine(8), td.ReLU(), td.Affine(3)],
    "scaled": [td.Rescale(0.5), td.Affine(8, bias=False), td.Dropout(0.2), td.Affine(3)],
    "batch norm first": [td.BatchNorm(), td.Affine(8), td.Tanh(), td.Affine(3)],
    "in a block": [td.Residual(td.Chain([td.Affine(5), td.Tanh()])), td.Affine(3)],
    "one layer": [td.Affine(3)],
}


def network(layers=STACKS["affine first"], dtype="float64"):
    net = td.Network(layers, 5, "softmax-cross-entropy", penalty=td.L2(0.01), dtype=dtype)
    net.fit(X, T, epochs=3, progress=False)
    return net


@pytest.mark.parametrize("layers", STACKS.values(), ids=STACKS)
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_each_point_has_the_loss_of_the_network_there(layers, dtype):
    net = network(layers, dtype)
    found = td.loss_landscape(net, X, T, points=4, span=0.7)
    other = net.copy()
    for i, j in np.ndindex(4, 4):
        a, b = found.a[j], found.b[i]
        other.theta = found.centre + a * found.directions[0] + b * found.directions[1]
        assert_allclose(
            found.losses[i, j], other.loss(X, T), rtol=1e-5 if dtype == "float32" else 1e-12
        )


def test_random_directions_have_the_norm_of_each_unit_and_spare_the_biases():
    net = network()
    found = td.loss_landscape(net, X, T, points=2, seed=3)
    for name in ("W1", "W2"):
        entry = net.layout[name]
        own = np.linalg.norm(net[name], axis=0)
        u, v = (d[entry.slice].reshape(entry.shape) for d in found.directions)
        assert_allclose(np.linalg.norm(u, axis=0), own)
        assert_allclose(np.linalg.norm(v, axis=0), own)
        assert_allclose((u * v).sum(axis=0), 0, atol=1e-12)
    for name in ("b1", "b2"):
        assert not found.directions[:, net.layout[name].slice].any()
    assert np.isnan(found.explained)


def test_the_plane_of_a_path_holds_most_of_it():
    net, path = td.Network(STACKS["affine first"], 5, "softmax-cross-entropy"), td.Trajectory()
    net.fit(X, T, epochs=10, optimizer=td.Adam(0.01), callbacks=[path], progress=False)
    assert len(path.points) == 11
    found = td.loss_landscape(net, X, T, path=path.points, points=5)
    assert_allclose(found.directions @ found.directions.T, np.eye(2), atol=1e-12)
    assert_allclose(found.path[-1], 0, atol=1e-6)
    moved = np.array(path.points, float) - found.centre
    inside = (found.path**2).sum() / (moved**2).sum()
    assert_allclose(found.explained, inside)
    assert found.explained > 0.9
    for k, axis in enumerate((found.a, found.b)):
        assert axis[0] < found.path[:, k].min()
        assert found.path[:, k].max() < axis[-1]


def test_a_path_in_a_plane_lies_in_it():
    net = network()
    u, v = RNG.normal(size=(2, net.layout.size))
    points = [net.theta + a * u + b * v for a, b in [(1, 0), (0, 1), (-1, 2), (0, 0)]]
    found = td.loss_landscape(net, X, T, path=points, points=3)
    assert found.explained == pytest.approx(1)
    for point, (a, b) in zip(points, found.path, strict=True):
        assert_allclose(found.centre + np.array([a, b]) @ found.directions, point, atol=1e-9)


def test_what_is_not_finite_is_left_blank():
    net = td.Network([td.Affine(1)], 1, "mean-squared-error", dtype="float64")
    net.theta = [1.0, 0.0]
    found = td.loss_landscape(net, [[1e150]], [[0.0]], points=5, span=1e5)
    assert np.isnan(found.losses).any()
    assert np.isfinite(found.losses).any()


def test_the_network_is_left_as_it_was():
    net = network()
    before = net.theta.copy()
    td.loss_landscape(net, X, T, points=3)
    assert (net.theta == before).all()


def test_distributions_are_those_of_the_arrays():
    net, watch = network(), td.Distributions((X, T), every=2)
    first = net["W1"].copy()
    net.fit(X, T, epochs=3, callbacks=[watch], progress=False)
    assert watch.epochs == [3, 4, 6]
    assert list(watch.parameters) == list(watch.gradients) == ["W1", "b1", "W2", "b2"]
    found = watch.parameters["W1"]
    assert_allclose(found[0].quantiles, np.quantile(first, [0, 0.05, 0.25, 0.5, 0.75, 0.95, 1]))
    assert_allclose(found[-1].quantiles[3], np.median(net["W1"]))
    assert found[0].counts.sum() == first.size
    assert (found[0].mean, found[0].std) == pytest.approx((first.mean(), first.std()))
    slopes = net.gradient(X, T)
    assert_allclose(watch.gradients["W2"][-1].quantiles[[0, -1]],
                    [slopes["W2"].min(), slopes["W2"].max()])  # fmt: skip


def test_any_number_of_threads_gives_the_same_bits(monkeypatch):
    found = []
    for threads in ("1", "3"):
        monkeypatch.setenv("TIDU_THREADS", threads)
        net = td.Network(
            [td.Affine(4), td.ReLU(), td.Affine(2)], 3, td.SoftmaxCrossEntropy(), seed=0
        )
        found.append(td.loss_landscape(net, np.eye(3), [0, 1, 1], points=7).losses)
    assert (found[0] == found[1]).all()
    assert np.isfinite(found[0]).all()
