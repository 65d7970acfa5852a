"""A network for each group: each is the network of its group alone, the pooled one answers else."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.model_selection import cross_val_score
from sklearn.utils.estimator_checks import parametrize_with_checks

from tests.estimators.test_scikit_learn_checks import QUICK
from tidu.errors import InputError
from tidu.estimators import GroupedNetworkClassifier, GroupedNetworkRegressor, NetworkRegressor

SETTINGS = {"hidden_layers": (8,), "epochs": 40, "learning_rate": 0.03, "random_state": 0}


@parametrize_with_checks([GroupedNetworkClassifier(**QUICK), GroupedNetworkRegressor(**QUICK)])
def test_check(estimator, check):
    check(estimator)


@pytest.fixture(scope="module")
def shops():
    """What rises in one shop falls in another; of the last one there are few days."""
    rng = np.random.default_rng(0)
    shop = np.repeat([3, 5, 8, 9], [200, 150, 90, 5])
    x = rng.normal(size=(len(shop), 2))
    return np.column_stack([shop, x]), x[:, 0] * (shop - 5)


def test_each_group_has_the_network_of_its_samples_alone(shops):
    X, y = shops
    model = GroupedNetworkRegressor(group=0, batch_size=32, **SETTINGS).fit(X, y)
    assert list(model.group_networks_) == [3, 5, 8]
    for shop, network in model.group_networks_.items():
        rows = X[:, 0] == shop
        alone = NetworkRegressor(batch_size=32, threads=1, **SETTINGS).fit(X[rows, 1:], y[rows])
        np.testing.assert_array_equal(network.theta, alone.network_.theta)
        np.testing.assert_array_equal(model.predict(X[rows]), alone.predict(X[rows, 1:]))
    assert (
        model.score(X, y) > 0.9 > NetworkRegressor(**SETTINGS).fit(X[:, 1:], y).score(X[:, 1:], y)
    )


def test_groups_that_are_new_or_small_get_the_pooled_answer(shops):
    X, y = shops
    model = GroupedNetworkRegressor(group=0, **SETTINGS).fit(X, y)
    pooled = NetworkRegressor(**SETTINGS).fit(X[:, 1:], y)
    new = X[:7].copy()
    new[:, 0] = 77
    for few in (new, X[X[:, 0] == 9]):
        np.testing.assert_array_equal(model.predict(few), pooled.predict(few[:, 1:]))
    assert (
        9 in GroupedNetworkRegressor(group=0, min_samples=5, **SETTINGS).fit(X, y).group_networks_
    )


def test_columns_of_frames_have_names(shops):
    pandas = pytest.importorskip("pandas", reason="pandas is not installed")
    X, y = shops
    frame = pandas.DataFrame({"a": X[:, 1], "shop": X[:, 0].astype(int).astype(str), "b": X[:, 2]})
    by_number = GroupedNetworkRegressor(group=0, **SETTINGS).fit(X, y)
    model = GroupedNetworkRegressor(group="shop", **SETTINGS).fit(frame, y)
    np.testing.assert_array_equal(model.predict(frame), by_number.predict(X))
    assert list(model.group_networks_) == ["3", "5", "8"]
    with pytest.raises(InputError, match="did you mean 'shop'"):
        clone(model).set_params(group="shops").fit(frame, y)


def test_classes_that_a_group_lacks_are_known_to_it(shops):
    X, y = shops
    t = np.where(X[:, 0] == 5, 0, np.digitize(y, [-1, 1]))
    model = GroupedNetworkClassifier(group=0, **SETTINGS).fit(X, t)
    assert model.predict_proba(X).shape == (len(X), 3)
    assert model.score(X, t) > 0.85


def test_early_stopping_holds_out_a_part_of_each_group(shops):
    X, y = shops
    model = GroupedNetworkRegressor(group=0, early_stopping=2, **SETTINGS).fit(X, y)
    assert all("val_loss" in history.columns for history in model.group_histories_.values())


def test_goes_through_cross_validation(shops):
    X, y = shops
    model = GroupedNetworkRegressor(group=0, **SETTINGS | {"epochs": 80})
    order = np.random.default_rng(0).permutation(len(y))
    assert cross_val_score(model, X[order], y[order], cv=3).mean() > 0.7
