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
