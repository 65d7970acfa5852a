"""Predictions are right after few steps: running statistics have no part of where they start."""

import numpy as np
import pytest

import tidu as td
from tidu.formats.run_file import save_run

ENGINES = ["numpy", "compiled"]


def years(n=100):
    """A table with a column of years: mean 2000, spread 5."""
    rng = np.random.default_rng(0)
    x = np.stack([rng.normal(2000, 5, n), rng.normal(size=n)], axis=1)
    return x, ((x[:, 0] - 2000) / 5 + x[:, 1] > 0).astype(int)


def network(momentum=0.1):
    layers = [td.BatchNorm(momentum), td.Affine(8), td.Tanh(), td.Affine(2)]
    return td.Network(layers, 2, td.SoftmaxCrossEntropy())


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("epochs", [1, 3, 10])
def test_a_column_far_from_0_is_standardized_after_one_step(engine, epochs):
    x, t = years()
    net = network()
    net.fit(x, t, epochs=epochs, batch_size=100, engine=engine, optimizer=td.Adam(0.03))
    # One batch is all of the data, so its statistics are those of the data; float32.
    np.testing.assert_allclose(net["running_mean1"], x.mean(axis=0), rtol=1e-5, atol=1e-5)
    np.testing.assert_allclose(net["running_var1"], x.var(axis=0, ddof=1), rtol=1e-4)
    training, predicting = net.loss(x, t, training=True), net.loss(x, t)
    assert predicting == pytest.approx(training, rel=0.05)  # 99 for 100 in the variance


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("momentum", [0.0, 0.1, 1.0])
def test_the_weight_of_what_was_seen_grows_to_1(engine, momentum):
    x, t = years()
    net = network(momentum)
    net.fit(x, t, epochs=2, batch_size=20, engine=engine)
    # ten steps; float32
    np.testing.assert_allclose(net["running_weight1"], 1 - (1 - momentum) ** 10, rtol=1e-5)
    if momentum == 0:
        np.testing.assert_array_equal(net["running_mean1"], 0)
        np.testing.assert_array_equal(net["running_var1"], 1)


@pytest.mark.parametrize("engine", ENGINES)
def test_averages_go_on_over_several_fits(engine):
    x, t = years()
    whole, parts = network(), network()
    whole.fit(x, t, epochs=4, batch_size=20, engine=engine)
    for _ in range(4):
        parts.fit(x, t, epochs=1, batch_size=20, engine=engine)
    assert parts.state.tobytes() == whole.state.tobytes()


def test_files_without_weights_hold_settled_averages(tmp_path):
    import json

    import safetensors.numpy
    from safetensors import safe_open

    from tidu.formats.model_file import KEY, _checksum, _covered

    x, t = years()
    net = network()
    net.fit(x, t, epochs=3, batch_size=20)
    path = tmp_path / "net.safetensors"
    save_run(net, net.run, path)
    with safe_open(path, framework="numpy") as file:
        saved = json.loads(file.metadata()[KEY]) | {"version": 1}
        tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    del tensors["running_weight1"]
    saved["sha256"] = _checksum(tensors, _covered(saved))
    path.write_bytes(safetensors.numpy.save(tensors, {KEY: json.dumps(saved)}))
    for again in (td.load(path), td.load_run(path)):
        np.testing.assert_array_equal(again["running_weight1"], 1)
        np.testing.assert_array_equal(again["running_mean1"], net["running_mean1"])
