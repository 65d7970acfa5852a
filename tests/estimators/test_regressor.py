"""The regressor: one value and many, and the shape that y had."""

import numpy as np
import pytest
from sklearn.metrics import r2_score

import tidu as td
from tests.estimators.problems import features, two_values
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
