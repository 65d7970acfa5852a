"""Ensembles: several networks in one estimator, trained at once."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.datasets import load_diabetes, load_wine
from sklearn.preprocessing import StandardScaler

from tidu.errors import InputError
from tidu.estimators import NetworkClassifier, NetworkRegressor

SETTINGS = {"epochs": 15, "learning_rate": 0.02, "random_state": 3}


@pytest.fixture(scope="module")
def wine():
    X, y = load_wine(return_X_y=True)
    return StandardScaler().fit_transform(X), y


@pytest.mark.filterwarnings("ignore:all 15 epochs were done")
def test_members_are_the_networks_of_single_estimators(wine):
    X, y = wine
    model = NetworkClassifier((8,), n_networks=4, early_stopping=3, **SETTINGS).fit(X, y)
    assert len(model.networks_) == len(model.histories_) == 4
    assert model.network_ is model.networks_[0]
    assert model.history_ is model.histories_[0]
    one = NetworkClassifier((8,), early_stopping=3, threads=1, **SETTINGS).fit(X, y)
    np.testing.assert_array_equal(model.networks_[0].theta, one.network_.theta)
    each = [network.predict_proba(X) for network in model.networks_]
    np.testing.assert_array_equal(model.predict_proba(X), np.mean(each, axis=0))
    np.testing.assert_array_equal(model.predict_std(X), np.std(each, axis=0))
    assert (model.predict_std(X) > 0).all()
    assert model.score(X, y) > 0.9


def test_bootstrap_draws_samples_for_each(wine):
    X, y = wine
    settings = SETTINGS | {"n_networks": 3}
    plain = NetworkClassifier((8,), **settings).fit(X, y)
    drawn = NetworkClassifier((8,), bootstrap=True, **settings).fit(X, y)
    again = clone(drawn).fit(X, y)
    for a, b, c in zip(plain.networks_, drawn.networks_, again.networks_, strict=True):
        assert not np.array_equal(a.theta, b.theta)
        np.testing.assert_array_equal(b.theta, c.theta)


def test_the_mean_of_regressors_is_better_than_most_of_them():
    X, y = load_diabetes(return_X_y=True)
    X = StandardScaler().fit_transform(X)
    model = NetworkRegressor((30,), n_networks=8, bootstrap=True, epochs=40, random_state=0)
    model.fit(X[:300], y[:300])
    errors = [np.mean((n.predict(X[300:]).ravel() - y[300:]) ** 2) for n in model.networks_]
    assert np.mean((model.predict(X[300:]) - y[300:]) ** 2) < np.median(errors)
    assert model.predict_std(X[:5]).shape == (5,)


def test_one_network_differs_from_nothing(wine):
    X, y = wine
    assert not NetworkClassifier((4,), **SETTINGS).fit(X, y).predict_std(X).any()


def test_a_warm_start_goes_on_with_all(wine):
    X, y = wine
    model = NetworkClassifier((4,), n_networks=2, warm_start=True, **SETTINGS).fit(X, y).fit(X, y)
    assert [network.run.epoch for network in model.networks_] == [30, 30]
    with pytest.raises(InputError, match="goes on with 2 networks, and `n_networks` is now 3"):
        model.set_params(n_networks=3).fit(X, y)
