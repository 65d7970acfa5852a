"""Networks that learn on a Ray cluster, by its backend of joblib, end in the bits of here."""

from __future__ import annotations

import os

import joblib
import numpy as np
import pytest
from sklearn.model_selection import GridSearchCV

import tidu as td
from tests.neighbours import neighbour
from tests.training.problems import small_network
from tests.training.test_cluster import CASES, Slow, T, X
from tests.training.test_many import assert_same
from tidu.estimators import NetworkRegressor

pytestmark = [
    pytest.mark.neighbours,
    pytest.mark.filterwarnings("ignore"),  # of Ray's own code
]


@pytest.fixture(scope="module")
def cluster():
    """Start two workers on this machine, which tell nobody of it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RAY_AUTH_MODE", "disabled")
        patch.setenv("RAY_USAGE_STATS_ENABLED", "0")
        ray, backend = neighbour("ray"), neighbour("ray.util.joblib")
        ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False)
        backend.register_ray()
        yield lambda: joblib.parallel_config("ray", n_jobs=-1)
        ray.shutdown()


@pytest.mark.parametrize("case", ["rows", "their own", "stopped", "not compiled"])
def test_results_are_those_of_here(cluster, case):
    make, x, t, given = CASES[case]
    settings = {"epochs": 4, "batch_size": 7, "optimizer": "adam"} | given
    nets = [make(seed=s) for s in range(9)]
    alone = [net.copy() for net in nets]
    td.fit_many(alone, x, t, threads=1, **settings)
    with cluster():
        td.fit_many(nets, x, t, **settings)
    for found, wanted in zip(nets, alone, strict=True):
        assert_same(found, wanted)


def test_work_is_done_by_both_workers(cluster, tmp_path):
    nets = [small_network(seed=s) for s in range(12)]
    with cluster():
        td.fit_many(nets, X, T, epochs=2, callbacks=[Slow(tmp_path)])
    pids = {path.read_text("utf-8") for path in tmp_path.iterdir()}
    assert len(pids) == 2
    assert str(os.getpid()) not in pids


@pytest.mark.parametrize("gathered", [False, True])
def test_a_search_finds_what_it_finds_here(cluster, gathered):
    model = NetworkRegressor((8,), epochs=5, random_state=0, threads=1)
    search = GridSearchCV(model, {"learning_rate": [0.001, 0.01]}, cv=3)
    wanted = search.fit(X, X[:, 0]).cv_results_["mean_test_score"]
    with cluster(), joblib.parallel_config("tidu") if gathered else cluster():
        found = search.fit(X, X[:, 0]).cv_results_["mean_test_score"]
    np.testing.assert_array_equal(found, wanted)
