"""The network that suits a data set: scales are stored, and those of the training part."""

import numpy as np
import pytest

import tidu as td
from tidu.datasets import Dataset, load_file
from tidu.recipes.networks import network_for, unscaled

RNG = np.random.default_rng(0)


def test_each_target_has_its_own_scale():
    t = np.c_[RNG.normal(1e6, 1e5, 200), RNG.normal(0, 1e-3, 200)]
    x = np.c_[t @ [[1e-5], [0]], t @ [[0], [1e3]]] + RNG.normal(0, 0.01, (200, 2))
    net = network_for(Dataset(x, t), [td.Affine(16), td.Tanh()])
    net.fit(x, t, optimizer=td.Adam(0.01), epochs=200, progress=False)
    left = np.std(net.predict(x) - t, axis=0) / t.std(axis=0)
    assert (left < 0.35).all(), left


@pytest.mark.parametrize("t", [[[3.0], [3.0]], [[3.0, 1.0], [3.0, 2.0]]])
def test_targets_that_never_change_keep_their_value(t):
    layer = unscaled(np.array(t))
    assert layer.forward(np.zeros((1, len(t[0]))))[0].tolist() == np.mean(t, axis=0)[None].tolist()


def test_columns_of_a_table_are_standardized_by_its_schema(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("w,k,y\n" + "".join(f"{i % 9},{'ab'[i % 2]},{i % 3}\n" for i in range(60)))
    data = load_file(path, split="train")
    net = network_for(data, [])
    assert net.layers[0] == td.Standardize(data.schema.mean, data.schema.spread)
    assert net.schema == data.schema
    y = net.trace(data.x)["Standardize1"]
    np.testing.assert_allclose([y[:, 0].mean(), y[:, 0].std()], [0, 1], atol=1e-6)
    assert np.isin(y[:, 1:3], (0, 1)).all()
    assert (y[:, 3] == 0).all()


@pytest.mark.parametrize(("offset", "dtype"), [(0, "float32"), (1.6e9, "float64")])
def test_columns_that_float32_would_blur_are_computed_in_float64(offset, dtype):
    x = RNG.normal((offset, 0), 1, (50, 2))
    assert network_for(Dataset(x, np.arange(50) % 2), []).dtype == dtype


def test_a_column_far_from_0_does_no_harm():
    """Iris with a year: 33 % where the scale was learned on the way."""
    datasets = pytest.importorskip("sklearn.datasets", reason="needs scikit-learn")
    x, t = datasets.load_iris(return_X_y=True)
    x = np.c_[x, 2000 + np.arange(150) % 20]
    train, test = Dataset(x, t).split(0.8)
    net = network_for(train, [td.Affine(50), td.ReLU()])
    net.fit(train.x, train.t, optimizer=td.Adam(0.002), epochs=30, batch_size=100, progress=False)
    assert net.accuracy(test.x, test.t) > 0.85
