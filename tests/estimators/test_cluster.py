"""Estimators that learn on a cluster are those that learn here."""

import numpy as np
import pytest
from sklearn.model_selection import GridSearchCV

from tests.clusters import on, two_workers
from tidu.estimators import (
    GroupedNetworkRegressor,
    NetworkClassifier,
    NetworkRegressor,
    search,
)

pytestmark = pytest.mark.neighbours


@pytest.fixture(scope="module")
def client():
    with two_workers() as client:
        yield client


RNG = np.random.default_rng(0)
X = np.column_stack([RNG.integers(0, 6, 300), RNG.normal(size=(300, 3))])
Y = X[:, 1] * (X[:, 0] - 2)
SMALL = {"epochs": 5, "random_state": 0, "progress": False}
ESTIMATORS = {
    "ensemble": (NetworkClassifier((8,), n_networks=5, **SMALL), Y > 0),
    "bootstrap": (NetworkRegressor((8,), n_networks=5, bootstrap=True, **SMALL), Y),
    "groups": (GroupedNetworkRegressor((8,), group=0, **SMALL), Y),
    "search": (GridSearchCV(NetworkRegressor((8,), **SMALL),
                            {"learning_rate": [0.001, 0.01]}, cv=3), Y),
    "search in one call": (search.GridSearchCV(NetworkRegressor((8,), **SMALL),
                                               {"learning_rate": [0.001, 0.01]}, cv=3), Y),
    "search of ensembles": (GridSearchCV(NetworkRegressor((8,), n_networks=2, **SMALL),
                                         {"learning_rate": [0.001, 0.01]}, cv=2), Y),
}  # fmt: skip


@pytest.mark.parametrize("case", ESTIMATORS)
def test_predictions_are_those_of_here(client, case):
    estimator, y = ESTIMATORS[case]
    wanted = estimator.fit(X, y).predict(X)
    with on(client):
        found = estimator.fit(X, y).predict(X)
    np.testing.assert_array_equal(found, wanted)
