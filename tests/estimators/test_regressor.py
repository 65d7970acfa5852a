"""The regressor: one value and many, and the shape that y had."""

import numpy as np
import pytest
from sklearn.metrics import mean_poisson_deviance, r2_score

import tidu as td
from tests.estimators.problems import features, two_values
from tidu.errors import InputError
from tidu.estimators import NetworkRegressor

X = features()
QUICK = {"hidden_layers": (30,), "learning_rate": 0.03, "epochs": 100, "random_state": 0}


@pytest.mark.parametrize(
    "y",
    [two_values(X)[:, 0], two_values(X)[:, :1], two_values(X), two_values(X).astype(np.float32)],
    ids=["one", "column", "two", "float32"],
)
def test_values(y):
    model = NetworkRegressor(**QUICK).fit(X, y)
    assert model.predict(X).shape == y.shape
    assert model.score(X, y) > 0.95


def test_integers_are_values():
    y = np.arange(len(X))
    model = NetworkRegressor(**QUICK).fit(X, y)
    assert model.predict(X).dtype == np.float64
    assert isinstance(model.network_.loss_function, td.MeanSquaredError)


def test_score_takes_weights():
    y = two_values(X)[:, 0]
    w = np.random.default_rng(0).random(len(X))
    model = NetworkRegressor(**QUICK | {"epochs": 2}).fit(X, y, sample_weight=w)
    assert model.score(X, y, sample_weight=w) == r2_score(y, model.predict(X), sample_weight=w)


def test_parts_are_epochs():
    y = two_values(X)
    whole = NetworkRegressor(**QUICK | {"epochs": 3}).fit(X, y)
    parts = NetworkRegressor(**QUICK)
    for _ in range(3):
        parts.partial_fit(X, y)
    assert (parts.network_.theta == whole.network_.theta).all()
    assert parts.loss_curve_ == whole.loss_curve_


def test_counts_are_learned_by_their_logarithm():
    y = np.random.default_rng(0).poisson(300 * np.exp(X[:, 0]))
    model = NetworkRegressor(**QUICK, loss="poisson").fit(X, y)
    assert isinstance(model.network_.loss_function, td.Poisson)
    told = model.predict(X)
    assert told.shape == y.shape
    assert told.min() > 0
    far = 10 * X[np.argsort(X[:, 0])[:1]]  # where a line through the values would be below 0
    assert model.predict(far) > 0
    assert mean_poisson_deviance(y, told) < 2  # 1 is the noise's own
    two = np.stack([y, y // 100], axis=1)
    assert NetworkRegressor(**QUICK, loss="poisson").fit(X, two).score(X, two) > 0.9


def test_counts_that_are_all_zero_are_learned():
    model = NetworkRegressor(**QUICK | {"epochs": 1}, loss="poisson").fit(X, np.zeros(len(X)))
    assert np.isfinite(model.predict(X)).all()


def test_another_loss_begins_anew():
    y = np.abs(X[:, 0])
    model = NetworkRegressor(**QUICK | {"epochs": 1}, warm_start=True).fit(X, y)
    with pytest.raises(
        InputError, match=r"learns by MeanSquaredError\(\), and the settings now say"
    ):
        model.set_params(loss="poisson").fit(X, y)


def test_columns_count_alike_whatever_their_units():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(300, 4))
    y = np.stack([np.sin(X[:, 0]), X[:, 1] * X[:, 2], X[:, 3]], axis=1)
    units = np.array([1.0, 1e3, 1e-6])
    settings = {"random_state": 0, "epochs": 40, "l2": 1e-3}
    plain = NetworkRegressor((20,), **settings).fit(X, y)
    scaled = NetworkRegressor((20,), **settings).fit(X, units * y)
    np.testing.assert_allclose(scaled.predict(X), units * plain.predict(X), rtol=1e-6, atol=0)
    weights = rng.integers(1, 4, 300)
    counted = NetworkRegressor((20,), **settings).fit(X, units * y, sample_weight=weights)
    network = counted.partial_fit(X, units * y).network_
    assert network.loss_function.spread == network.layers[-1].spread
