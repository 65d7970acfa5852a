"""Tables as they are: what columns become, which epoch is kept, members, errors."""

from __future__ import annotations

import math

import numpy as np
import pytest
from sklearn.metrics import accuracy_score

import tidu as td
from tidu.estimators import TabularClassifier, TabularRegressor
from tidu.recipes import tabular

pd = pytest.importorskip("pandas", reason="pandas is not installed")


def frame(n=120, seed=0):
    rng = np.random.default_rng(seed)
    city = rng.choice(["Bern", "Basel", "Zug"], n)
    size = np.where(rng.random(n) < 0.1, np.nan, rng.gamma(2, 1000, n))
    x = pd.DataFrame({
        "city": pd.Categorical(city), "floor": pd.Categorical(rng.integers(0, 3, n)),
        "size": size, "lift": rng.choice(["yes", "no"], n), "side": rng.choice(["A", "B"], n),
    })  # fmt: skip
    y = np.where((x["city"] == "Bern") ^ (x["side"] == "A"), "dear", "cheap")
    return x, pd.Series(y, name="price")


def test_a_frame_is_taken_as_it_is():
    x, y = frame()
    model = TabularClassifier(epochs=64, random_state=0).fit(x, y)
    assert model.score(x, y) > 0.95
    assert [c.kind for c in model.schema_.columns] == [
        "category", "category", "number", "yes/no", "category"
    ]  # fmt: skip
    assert model.schema_.target.classes == ("cheap", "dear")
    assert model.schema_.target.name == "price"
    assert model.feature_names_in_.tolist() == list(x.columns)
    new = x.assign(city="Genf", size=np.nan)
    assert np.isfinite(model.predict_proba(new)).all()


def test_a_frame_of_polars_is_taken_too():
    pl = pytest.importorskip("polars", reason="polars is not installed")
    x, y = frame()
    model = TabularClassifier(epochs=2, random_state=0).fit(x, y)
    other = pl.DataFrame({name: x[name].tolist() for name in x.columns})
    assert (model.predict(other) == model.predict(x)).all()


def test_the_network_is_that_of_the_recipe():
    x, y = frame()
    model = TabularClassifier(epochs=1, random_state=0).fit(x, y)
    net = model.network_
    kinds = [type(layer).__name__ for layer in net.layers]
    hidden = ["Rescale", "Affine", "SELU"]
    assert kinds == ["Standardize", "SmoothClip", "Scale", *3 * hidden, "Rescale", "Affine"]
    factors = {e.kind: e.rate_factor for e in net.layout.entries}
    assert factors == {"scale": 6.0, "weight": 1.0, "bias": 0.1}
    first = dict(zip(net.schema.inputs, net.layers[0].spread, strict=True))
    assert first["side = A"] > 0
    assert first["side = B"] == first["city = other"] == 0
    live = sum(spread > 0 for spread in first.values())
    assert net.layers[3] == td.Rescale(1 / math.sqrt(live))
    assert net.loss_function == td.SoftmaxCrossEntropy(label_smoothing=0.1)
    fresh = net.copy()
    fresh.initialize()
    assert not fresh["W4"].any()
    assert abs(fresh["W2"].std() - 1) < 0.02  # 65,536 draws: ± 0.003
    assert abs(fresh["b1"].std() - 1) < 0.2  # 256 draws: ± 0.04


def large_frame(n=300, seed=0):
    """Return a frame with a category of many values, and classes that go by it and by a wave."""
    rng = np.random.default_rng(seed)
    kind = rng.integers(0, 20, n)
    size = rng.uniform(0, 10, n)
    x = pd.DataFrame({
        "kind": [f"k{i}" for i in kind], "size": size, "lift": rng.choice(["yes", "no"], n),
        "side": rng.choice(["A", "B", "C"], n), "same": np.ones(n),
    })  # fmt: skip
    return x, np.where((kind % 3 == 0) | (np.sin(size) > 0.5), "dear", "cheap")


def test_the_full_variant_is_that_of_the_recipe():
    x, y = large_frame()
    model = TabularClassifier(variant="td", epochs=3, random_state=0).fit(x, y)
    net, inputs = model.network_, model.network_.schema.inputs
    start = inputs.index("kind = k0")
    (stop,) = (i for i, name in enumerate(inputs) if name == "kind = other")
    hidden = ["Rescale", "Affine", "Parametric", "Dropout"]
    first = ["Standardize", "SmoothClip", "Periodic", "Embedding", "Scale"]
    kinds = [type(layer).__name__ for layer in net.layers]
    assert kinds == [*first, *3 * hidden, "Rescale", "Affine"]
    assert net.layers[2] == td.Periodic(columns=(inputs.index("size"),))
    assert net.layers[3] == td.Embedding([(start, stop + 1)])
    # size and 3 waves of it, lift, 3 sides, a vector of 8
    assert net.layers[5] == td.Rescale(1 / math.sqrt(1 + 3 + 1 + 3 + 8))
    steps = 3 * 1  # 240 samples are one batch
    assert net.layers[8] == td.Dropout(td.FlatCosine(0.15, steps=steps))
    assert net.layers[7] == td.Parametric(td.SELU())
    assert net.run.optimizer == td.AdamW(
        td.LogCosine(0.04, steps=steps), beta2=0.95, weight_decay=td.FlatCosine(0.02, steps=steps)
    )
    rates = {e.name: e.rate_factor for e in net.layout.entries}
    slow = {"frequency1", "phase1", "amplitude1", "offset1", "b1", "b4", "alpha1", "alpha3"}
    assert {rates[name] for name in slow} == {0.1}
    assert (rates["scale1"], rates["W1"], rates["vectors1"]) == (6.0, 1.0, 1.0)
    assert {e.name for e in net.layout.entries if not e.decays} == {"b1", "b2", "b3", "b4"}


def test_categories_become_exactly_their_vectors():
    x, y = large_frame()
    net = TabularClassifier(variant="td", epochs=1, random_state=0).fit(x, y).network_
    encoded = np.zeros((1, len(net.schema.inputs)))
    encoded[0, net.schema.inputs.index("kind = k3")] = 1
    row = net.schema.inputs.index("kind = k3") - net.schema.inputs.index("kind = k0")
    vector = net.trace(encoded)["Embedding1"][0, -8:]
    np.testing.assert_allclose(vector, net["vectors1"][row], rtol=1e-6)


def test_the_full_variant_learns_a_large_category_and_a_wave():
    x, y = large_frame(800)
    new, labels = large_frame(400, seed=1)
    model = TabularClassifier(variant="td", random_state=0).fit(x, y)
    assert model.score(new, labels) > 0.95


@pytest.mark.parametrize("columns", [1, 2])
def test_the_full_variant_predicts_within_the_values_that_there_were(columns):
    rng = np.random.default_rng(0)
    x = rng.normal(size=(200, 3))
    y = np.stack([3 * x[:, 0], 1e4 + 500 * x[:, 1]], axis=1)[:, :columns]
    model = TabularRegressor(variant="td", random_state=0).fit(x, y if columns == 2 else y[:, 0])
    assert model.history_.engine == "compiled"
    assert model.score(x, y) > 0.98
    far = model.predict(100 * rng.normal(size=(500, 3))).reshape(500, columns)
    assert (far >= y.min(axis=0)).all()
    assert (far <= y.max(axis=0)).all()
    assert model.network_.run.optimizer.lr.lr == 0.2


def test_members_of_the_full_variant_start_from_their_seeds():
    x, y = large_frame()
    model = TabularClassifier(variant="td", epochs=2, n_networks=3, random_state=5).fit(x, y)
    settings = {"variant": "td", "epochs": 2, "threads": 1, "validation": None}
    alone = TabularClassifier(random_state=6, **settings).fit(x, y)
    assert (model.networks_[0]["W1"] != model.networks_[1]["W1"]).all()
    whole = TabularClassifier(n_networks=2, random_state=5, **settings).fit(x, y)
    assert alone.network_.theta.tobytes() == whole.networks_[1].theta.tobytes()


@pytest.mark.parametrize(("n", "epochs"), [(300, 256), (400, 128), (640, 256), (1000, 192)])
def test_there_are_as_many_steps_as_whole_batches_of_256_make(n, epochs, monkeypatch):
    """Of n samples 0.8 n are learned from: 240, 320, 512, 800."""
    monkeypatch.setattr(tabular, "HIDDEN", (2,))
    rng = np.random.default_rng(0)
    x = rng.normal(size=(n, 2))
    model = TabularRegressor(random_state=0).fit(x, x[:, 0])
    assert model.n_iter_ == epochs
    assert model.network_.run.step == 256 * max(1, int(0.8 * n) // 256)
    assert model.network_.run.rate(-1) < 1e-3 * 0.07


def test_the_last_of_the_best_epochs_is_kept():
    x, y = frame()
    model = TabularClassifier(epochs=30, random_state=0).fit(x, y)
    accuracies = [row["val_accuracy"] for row in model.history_]
    best = 30 - int(np.argmax(accuracies[::-1]))
    if best < 30:
        assert model.history_.status.endswith(f"went back to the network of epoch {best}")
    held = model._split(
        model._samples(*model._checked(x, y, reset=False), None), 0.2, model.network_.seed
    )[1]
    assert accuracy_score(held.t, model.network_.predict(held.x)) == max(accuracies)


def test_samples_of_ones_own_are_measured_on():
    x, y = frame()
    model = TabularClassifier(epochs=3, random_state=0)
    model.fit(x[:80], y[:80], X_val=x[80:], y_val=y[80:])
    assert "val_accuracy" in model.history_.rows[0]
    without = TabularClassifier(epochs=3, validation=None, random_state=0).fit(x, y)
    assert "val_accuracy" not in without.history_.rows[0]
    assert without.history_.status == "3 epochs done"


def test_members_are_averaged_and_differ():
    x, y = frame()
    model = TabularClassifier(epochs=4, n_networks=3, random_state=5).fit(x, y)
    assert len(model.networks_) == 3
    assert (model.predict_std(x) > 0).any()
    alone = TabularClassifier(epochs=4, random_state=5).fit(x, y)
    assert alone.network_.theta.tobytes() == model.networks_[0].theta.tobytes()


@pytest.mark.parametrize("scale", [1.0, 1e6, 1e-6])
def test_values_of_any_size_are_learned(scale):
    rng = np.random.default_rng(0)
    x = rng.normal(size=(200, 3)) * [1, 1e4, 1e-3]
    y = scale * (5 + x[:, 0] + x[:, 1] / 1e4 + np.sin(1e3 * x[:, 2]))
    model = TabularRegressor(epochs=64, random_state=0).fit(x[:150], y[:150])
    assert model.score(x[150:], y[150:]) > 0.9


def test_several_values_are_learned_at_once():
    x = np.random.default_rng(0).normal(size=(150, 2))
    y = np.stack([x[:, 0], 1000 * x[:, 1]], axis=1)
    model = TabularRegressor(epochs=64, random_state=0).fit(x, y)
    assert model.predict(x).shape == (150, 2)
    assert model.score(x, y) > 0.95


def test_the_network_predicts_from_a_file(tmp_path):
    x, y = frame()
    model = TabularClassifier(epochs=8, random_state=0).fit(x, y)
    model.network_.save(tmp_path / "net")
    x.to_csv(tmp_path / "x.csv", index=False)
    net = td.load(tmp_path / "net")
    inputs = td.datasets.read_inputs(tmp_path / "x.csv", net.input_shape, schema=net.schema)
    # The network computes in float32, the estimator predicts in float64.
    np.testing.assert_allclose(net.predict_proba(inputs), model.predict_proba(x), rtol=1e-4)


def test_there_is_no_partial_fit():
    assert not hasattr(TabularClassifier(), "partial_fit")


def test_columns_that_never_change_give_nothing():
    x = np.array([[1.0, 5.0], [2.0, 5.0], [3.0, 5.0], [9.0, 5.0]])
    layer = tabular.robust_scaling(x)
    assert layer.spread == (2.75, 0.0)
    assert layer.forward(x)[0][:, 1].tolist() == [0.0] * 4
