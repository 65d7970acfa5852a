"""Searches in one call of `fit_many` find what scikit-learn's own find, to the bit."""

from __future__ import annotations

import os
import signal
import threading
import time
import warnings

import numpy as np
import pandas as pd
import pytest
import scipy.sparse
import sklearn.model_selection
from joblib import parallel_config
from sklearn.linear_model import Ridge
from sklearn.metrics import get_scorer
from sklearn.model_selection import (
    GroupKFold,
    KFold,
    LeaveOneOut,
    ShuffleSplit,
    cross_val_score,
    cross_validate,
    learning_curve,
)
from sklearn.multioutput import MultiOutputRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler, StandardScaler
from sklearn.utils.estimator_checks import parametrize_with_checks

import tidu as td
from tests.estimators.problems import N, features, three_classes, two_labels, two_values
from tests.tables import Square
from tidu.estimators import (
    GroupedNetworkRegressor,
    NetworkClassifier,
    NetworkRegressor,
    TabularClassifier,
    gathering,
)
from tidu.estimators.fitting import NotConvergedWarning
from tidu.estimators.search import GridSearchCV, RandomizedSearchCV

X = features()
CLASSES, VALUES = three_classes(X), X[:, 0] - X[:, 1]
FEW = np.arange(N) % 5 != 0
SMALL = {"hidden_layers": (6,), "epochs": 4, "random_state": 0, "threads": 1}
CLASSIFIER, REGRESSOR = NetworkClassifier(**SMALL), NetworkRegressor(**SMALL)
RATES = {"learning_rate": [0.001, 0.03]}
SCALED = make_pipeline(StandardScaler(), CLASSIFIER)


def accuracy_and_spread(estimator, x, y):
    """Return two scores, as a scorer may."""
    p = estimator.predict_proba(x)
    return {"accuracy": estimator.score(x, y), "spread": float(p.std())}


def last(results):
    """Return the number of the last setting."""
    return len(results["params"]) - 1


CASES = {
    "classifier": (CLASSIFIER, RATES, CLASSES, {}),
    "regressor": (REGRESSOR, RATES, VALUES, {}),
    "labels": (CLASSIFIER, RATES, two_labels(X), {"cv": 3}),
    "several values": (REGRESSOR, RATES, two_values(X), {"cv": 3}),
    "all that may differ": (
        CLASSIFIER,
        {
            "hidden_layers": [(5,), (8, td.Tanh())], "epochs": [2, 5], "batch_size": [16, "auto"],
            "optimizer": ["sgd", td.ClipByNorm(1.0, td.Adam(0.01))], "dropout": [0.0, 0.3],
        },
        CLASSES,
        {"cv": 2},
    ),
    "schedules, penalties, seeds": (
        REGRESSOR,
        {"schedule": [None, "cosine"], "l1": [0, 0.01], "random_state": [1, 2]},
        VALUES,
        {"cv": 2},
    ),
    "a list of grids": (CLASSIFIER, [RATES, {"activation": ["tanh", td.SiLU()]}], CLASSES, {}),
    "one setting": (CLASSIFIER, {}, CLASSES, {"cv": 2}),
    "ensembles": (REGRESSOR, {"n_networks": [1, 3], "bootstrap": [False, True]}, VALUES, {"cv": 2}),
    "batch normalization": (CLASSIFIER, {"batch_norm": [True]}, CLASSES, {"cv": 2}),
    "early stopping": (
        NetworkClassifier(**SMALL | {"epochs": 40}),
        {"early_stopping": [False, 2], "scoring": ["loss", "accuracy"]},
        CLASSES,
        {"cv": 2},
    ),
    "callbacks": (
        CLASSIFIER,
        {"callbacks": [(), (td.WeightAverage(),), (td.Monitor((X, (X[:, 0] > 0).astype(int))),)]},
        X[:, 0] > 0,
        {"cv": 2},
    ),
    "numpy": (CLASSIFIER, {"engine": ["auto", "numpy"]}, CLASSES, {"cv": 2}),
    "a layer of one's own": (
        NetworkClassifier(**SMALL | {"hidden_layers": (6, Square())}),
        {"early_stopping": [True], "scoring": ["accuracy"], "learning_rate": [0.01]},
        CLASSES,
        {"cv": 2},
    ),
    "folds": (CLASSIFIER, RATES, CLASSES, {"cv": KFold(4, shuffle=True, random_state=1)}),
    "leave one out": (REGRESSOR, RATES, VALUES, {"cv": LeaveOneOut(), "scoring": "neg_max_error"}),
    "shuffled splits": (
        REGRESSOR,
        RATES,
        VALUES,
        {"cv": lambda: ShuffleSplit(3, random_state=np.random.RandomState(0))},
    ),
    "splits as a list": (
        CLASSIFIER,
        RATES,
        CLASSES,
        {"cv": [(np.flatnonzero(FEW), np.flatnonzero(~FEW)), (FEW, ~FEW)]},
    ),
    "groups": (REGRESSOR, RATES, VALUES, {"cv": GroupKFold(3), "groups": np.arange(N) % 7}),
    "scores of training": (CLASSIFIER, RATES, CLASSES, {"return_train_score": True}),
    "a metric": (CLASSIFIER, RATES, CLASSES, {"scoring": "neg_log_loss"}),
    "metrics": (
        CLASSIFIER,
        RATES,
        CLASSES,
        {"scoring": ["accuracy", "neg_log_loss"], "refit": "neg_log_loss"},
    ),
    "a dict of metrics": (
        REGRESSOR,
        RATES,
        VALUES,
        {"scoring": {"a": "r2", "b": get_scorer("neg_max_error")}, "refit": last},
    ),
    "a function of scores": (
        CLASSIFIER,
        RATES,
        CLASSES,
        {"scoring": accuracy_and_spread, "refit": "spread", "return_train_score": True},
    ),
    "no refit": (CLASSIFIER, RATES, CLASSES, {"refit": False}),
    "weights": (CLASSIFIER, RATES, CLASSES, {"sample_weight": np.arange(N) % 4.0}),
    "a pipeline": (SCALED, {"networkclassifier__learning_rate": [0.001, 0.03]}, CLASSES, {}),
    "steps of a pipeline": (
        SCALED,
        {"standardscaler": ["passthrough", MinMaxScaler()], "networkclassifier__l2": [0, 0.1]},
        CLASSES,
        {},
    ),
    "a frame": (CLASSIFIER, RATES, CLASSES, {"X": pd.DataFrame(X, columns=list("abcd"))}),
    "sparse": (CLASSIFIER, RATES, CLASSES, {"X": scipy.sparse.csr_matrix(X * (X > 0))}),
    "float32": (CLASSIFIER, RATES, CLASSES, {"X": X.astype(np.float32)}),
    "several networks an estimator": (
        MultiOutputRegressor(REGRESSOR),
        {"estimator__learning_rate": [0.001, 0.03]},
        two_values(X),
        {"cv": 2},
    ),
    "tables": (
        TabularClassifier(random_state=0, threads=1),
        {"epochs": [3, 4]},
        CLASSES,
        {"cv": 2},
    ),
    "groups of samples": (
        GroupedNetworkRegressor(group=0, **SMALL),
        RATES,
        VALUES,
        {"X": np.column_stack([np.arange(N) % 3, X])},
    ),
    "no network": (Ridge(), {"alpha": [0.1, 1.0]}, VALUES, {}),
    "some that cannot be": (
        CLASSIFIER,
        {"batch_norm": [True], "batch_size": [8, 1], "learning_rate": [0.01, -1]},
        CLASSES,
        {"cv": 2},
    ),
    "rates too large": (
        NetworkRegressor(**SMALL, optimizer="sgd"),
        {"learning_rate": [0.01, 1e30]},
        VALUES,
        {"cv": 2},
    ),
    "a score that fails": (
        NetworkClassifier(**SMALL, early_stopping=True),
        {"scoring": ["loss", "roc_auc"]},
        CLASSES,
        {"cv": 2},
    ),
}  # fmt: skip


def found(kind, estimator, settings, y, options):
    """Return a search that is done, and the warnings on the way."""
    options = dict(options)
    x = options.pop("X", X)
    to_fit = {name: options.pop(name) for name in ("groups", "sample_weight") if name in options}
    if callable(options.get("cv")):
        options["cv"] = options["cv"]()
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        search = kind(estimator, settings, **options).fit(x, y, **to_fit)
    return search, x, sorted(f"{w.category.__name__}: {str(w.message)[:60]}" for w in caught)


def assert_same(search, wanted, x):
    assert search.cv_results_.keys() == wanted.cv_results_.keys()
    for name, value in wanted.cv_results_.items():
        if not name.endswith("_time"):
            np.testing.assert_array_equal(search.cv_results_[name], value, err_msg=name)
    for name in ("best_index_", "best_params_", "best_score_", "n_splits_", "multimetric_"):
        assert str(getattr(search, name, None)) == str(getattr(wanted, name, None))
    if wanted.refit:
        np.testing.assert_array_equal(search.predict(x), wanted.predict(x))


@pytest.mark.parametrize("case", CASES)
def test_results_are_those_of_scikit_learn(case):
    estimator, grid, y, options = CASES[case]
    wanted, x, warned = found(sklearn.model_selection.GridSearchCV, estimator, grid, y, options)
    search, _, also_warned = found(GridSearchCV, estimator, grid, y, options)
    assert_same(search, wanted, x)
    assert also_warned == warned


@pytest.mark.parametrize("case", ["classifier", "a pipeline", "metrics", "a list of grids"])
def test_random_settings_are_those_of_scikit_learn(case):
    estimator, grid, y, options = CASES[case]
    options = options | {"n_iter": 2, "random_state": 3}
    own = sklearn.model_selection.RandomizedSearchCV
    wanted, x, _ = found(own, estimator, grid, y, options)
    assert_same(found(RandomizedSearchCV, estimator, grid, y, options)[0], wanted, x)


@pytest.mark.parametrize(("fits", "room"), [(1, 2**28), (4, 2**28), (256, 1), (256, 10_000)])
def test_few_fits_at_a_time_change_nothing(fits, room, monkeypatch):
    estimator, grid, y, options = CASES["some that cannot be"]
    wanted, x, _ = found(GridSearchCV, estimator, grid, y, options)
    monkeypatch.setattr(gathering, "FITS", fits)
    monkeypatch.setattr(gathering, "ROOM", room)
    assert_same(found(GridSearchCV, estimator, grid, y, options)[0], wanted, x)


@pytest.fixture
def calls(monkeypatch):
    """How many networks each call of `fit_many` had."""
    sizes = []

    def counting(networks, *rest, **settings):
        sizes.append(len(networks))
        return td.fit_many(networks, *rest, **settings)

    monkeypatch.setattr(gathering, "fit_many", counting)
    return sizes


WITHIN = {
    "grid": (lambda m: GridSearchCV(m, RATES, cv=5).fit(X, CLASSES), [10]),
    "pipeline": (
        lambda m: GridSearchCV(
            make_pipeline(StandardScaler(), m), {"networkclassifier__l2": [0, 1, 2]}, cv=4
        ).fit(X, CLASSES),
        [12],
    ),
    "cross-validation": (lambda m: cross_val_score(m, X, CLASSES, cv=6), [6]),
    "curve": (lambda m: learning_curve(m, X, CLASSES, cv=3, train_sizes=[0.5, 1.0]), [6]),
    "search within": (
        lambda m: cross_validate(GridSearchCV(m, RATES, cv=3), X, CLASSES, cv=4),
        [24, 4],  # all settings and folds, and then the best of each
    ),
    "ensembles": (lambda m: cross_val_score(m.set_params(n_networks=3), X, CLASSES, cv=2), [6]),
}


@pytest.mark.parametrize("case", WITHIN)
def test_all_networks_learn_in_one_call(case, calls):
    work, sizes = WITHIN[case]
    with parallel_config(backend="tidu"):
        work(NetworkClassifier(**SMALL))
    assert calls == sizes


def test_what_is_nested_finds_the_same():
    search = sklearn.model_selection.GridSearchCV(CLASSIFIER, RATES, cv=3)
    wanted = cross_val_score(search, X, CLASSES, cv=4)
    with parallel_config(backend="tidu"):
        np.testing.assert_array_equal(cross_val_score(search, X, CLASSES, cv=4), wanted)


def test_an_error_ends_the_search_and_all_of_its_threads():
    before, filters = threading.active_count(), list(warnings.filters)
    search = GridSearchCV(CLASSIFIER, {"l2": [0, 1, -1, 2]}, cv=3, error_score="raise")
    with pytest.raises(td.InputError, match="`l2` must be at least 0"):
        search.fit(X, CLASSES)
    assert threading.active_count() == before
    assert warnings.filters == filters


class Interrupting(td.Callback):
    """Let Ctrl-C arrive after the second epoch."""

    def on_epoch(self, network, run, row):
        if run.epoch == 2:
            raise KeyboardInterrupt


def test_ctrl_c_ends_the_search():
    before = threading.active_count()
    with pytest.raises(KeyboardInterrupt):
        GridSearchCV(CLASSIFIER, {"callbacks": [(), (Interrupting(),)]}, cv=3).fit(X, CLASSES)
    assert threading.active_count() == before


@pytest.mark.skipif(not hasattr(os, "fork"), reason="signals are sent to oneself on Unix only")
def test_ctrl_c_between_fits_leaves_no_task_behind():
    before, scored = threading.active_count(), []

    def score(estimator, x, y):
        scored.append(threading.active_count())
        if len(scored) == 2:
            os.kill(os.getpid(), signal.SIGINT)
            time.sleep(0.5)
        return 0.0

    with pytest.raises(KeyboardInterrupt):
        GridSearchCV(CLASSIFIER, RATES, cv=4, scoring=score).fit(X, CLASSES)
    assert len(scored) == 2
    assert scored[0] == before + 8
    assert threading.active_count() == before


def test_filters_of_warnings_stay_with_their_task():
    """Each fit ignores a warning of its own while others learn; scores see what was before."""
    seen = []

    def score(estimator, x, y):
        seen.append(len(warnings.filters))
        return 0.0

    model = NetworkClassifier(**SMALL)
    cross_val_score(model, X, CLASSES, cv=3, scoring=score)
    alone, filters = list(seen), list(warnings.filters)
    seen.clear()
    with parallel_config(backend="tidu"):
        cross_val_score(model, X, CLASSES, cv=3, scoring=score)
    assert seen == alone
    assert warnings.filters == filters


def test_warnings_of_the_fits_are_given():
    model = NetworkRegressor(**SMALL, optimizer="sgd", learning_rate=1e30)
    with parallel_config(backend="tidu"), pytest.warns(NotConvergedWarning) as caught:
        cross_val_score(model, X, VALUES, cv=3, scoring=lambda estimator, x, y: 0.0)
    assert sum(w.category is NotConvergedWarning for w in caught) == 3


def test_scikit_learns_callbacks_hear_of_each_epoch():
    callbacks = pytest.importorskip("sklearn.callback", reason="scikit-learn has none before 1.9")
    if not hasattr(callbacks, "ScoringMonitor"):
        pytest.skip("scikit-learn has no ScoringMonitor before 1.9")
    monitor = callbacks.ScoringMonitor(scoring="accuracy")
    model = NetworkClassifier(**SMALL).set_callbacks(monitor)
    assert GridSearchCV(model, RATES, cv=2).fit(X, CLASSES).best_score_ > 0


QUICK = {"hidden_layers": (30,), "learning_rate": 0.02, "epochs": 40, "random_state": 0}


def expected_failures(search):
    if isinstance(search, GridSearchCV):
        return {}
    return {"check_supervised_y_2d": "no search says that its estimator takes several values"}


# from the folds that scikit-learn draws by infinite classes
@pytest.mark.filterwarnings("ignore:invalid value encountered in cast:RuntimeWarning")
@parametrize_with_checks(
    [
        GridSearchCV(NetworkClassifier(**QUICK), {"l2": [0, 0.01]}, cv=2, error_score="raise"),
        RandomizedSearchCV(
            NetworkRegressor(**QUICK), {"l2": [0, 0.01]}, n_iter=2, cv=2, error_score="raise"
        ),
    ],
    expected_failed_checks=expected_failures,
)
def test_check(estimator, check):
    check(estimator)
