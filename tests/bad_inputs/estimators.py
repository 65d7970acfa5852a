"""Bad inputs of the scikit-learn estimators."""

from __future__ import annotations

from functools import partial

import numpy as np
from sklearn.exceptions import NotFittedError

import tidu as td
from tests.bad_inputs import Bad
from tidu.estimators import (
    GroupedNetworkClassifier,
    GroupedNetworkRegressor,
    NetworkClassifier,
    NetworkRegressor,
    TabularClassifier,
    TabularRegressor,
)
from tidu.estimators.search import GridSearchCV, RandomizedSearchCV

X = np.arange(12.0).reshape(6, 2)
LABELS = np.array(["no", "yes"] * 3)
VALUES = np.arange(6.0)

SHARED = [
    ("hidden_layers", "100, 50", TypeError, "`hidden_layers` must be sizes such as (100, 50)"),
    ("hidden_layers", [10, 2.5], TypeError, "`hidden_layers[1]` must be a size or a layer"),
    ("hidden_layers", (0,), td.InputError, "`hidden_layers[0]` must be a positive integer"),
    ("activation", "rlu", td.InputError, "did you mean 'relu'?"),
    ("initializer", "hee", td.InputError, "did you mean 'he'?"),
    ("dropout", 1.0, td.InputError, "`dropout` must be at least 0 and below 1"),
    ("optimizer", "adm", td.InputError, "did you mean 'adam'?"),
    ("optimizer", td.Adam, TypeError, "write Adam(...)"),
    ("learning_rate", -1, td.InputError, "`learning_rate` must be at least 0"),
    ("schedule", "cosin", td.InputError, "did you mean 'cosine'?"),
    ("l1", -1, td.InputError, "`l1` must be at least 0"),
    ("l2", -1, td.InputError, "`l2` must be at least 0"),
    ("batch_size", 0, td.InputError, "`batch_size` must be a positive integer"),
    ("batch_size", "all", td.InputError, "`batch_size` cannot be 'all'; it is one of 'auto'"),
    ("epochs", 0, td.InputError, "`epochs` must be a positive integer"),
    ("n_networks", 0, td.InputError, "`n_networks` must be a positive integer"),
    ("n_networks", 2.0, TypeError, "`n_networks` must be an integer"),
    ("bootstrap", 1, TypeError, "`bootstrap` must be True or False"),
    ("scoring", "acuracy", ValueError, "acuracy"),
    ("scoring", 3, ValueError, "scoring"),
    ("validation", 1.5, td.InputError, "`validation` must be above 0 and below 1"),
    ("validation", "a tenth", td.InputError, "`validation` must be a share of the samples"),
    ("early_stopping", -3, td.InputError, "`early_stopping` must be a positive integer"),
    ("callbacks", td.EarlyStopping(), TypeError, "`callbacks` must be a list of callbacks"),
    ("random_state", "seed", ValueError, "cannot be used to seed"),
    ("engine", "nmpy", td.InputError, "did you mean 'numpy'?"),
]
"""Settings, for both estimators alike: name, value, error, part of the sentence."""

TABULAR = ("epochs", "n_networks", "validation", "callbacks", "random_state", "engine")
"""Settings that the estimators for tables have too."""

MORE = [
    ("dropout", {"hidden_layers": [td.Affine(3)], "dropout": 0.5}, "`hidden_layers` has no size"),
    ("batch_norm", {"hidden_layers": (), "batch_norm": True}, "`hidden_layers` has no size"),
    ("schedule", {"schedule": td.Constant(0.1), "learning_rate": 0.1}, "give one of them"),
    ("warm_start", {"schedule": "cosine", "warm_start": True}, "warm_start=True leaves open"),
]
"""Settings that do not go together, for both estimators."""


def search(settings):
    """Search for a classifier with some settings of the search changed."""
    usual = {"estimator": NetworkClassifier(epochs=1), "param_grid": {"l2": [0]}, "cv": 2}
    return GridSearchCV(**{"error_score": "raise"} | usual | settings).fit(X, LABELS)


def row(estimator, y, argument, settings, error, sentence):
    name = f"{estimator.__name__}.{argument}"
    return Bad(name, lambda: estimator(**settings).fit(X, y), error, sentence)


ROWS = [
    *[
        row(estimator, y, argument, {argument: value}, error, sentence)
        for estimator, y in ((NetworkClassifier, LABELS), (NetworkRegressor, VALUES))
        for argument, value, error, sentence in SHARED
    ],
    *[
        row(estimator, y, argument, {argument: value}, error, sentence)
        for estimator, y in ((TabularClassifier, LABELS), (TabularRegressor, VALUES))
        for argument, value, error, sentence in SHARED
        if argument in TABULAR
    ],
    *[
        row(
            estimator,
            y,
            "variant",
            {"variant": "TD"},
            td.InputError,
            "`variant` cannot be 'TD'; did you mean 'td'?",
        )
        for estimator, y in ((TabularClassifier, LABELS), (TabularRegressor, VALUES))
    ],
    Bad(
        "TabularClassifier.fit.y_val",
        lambda: TabularClassifier().fit(X, LABELS, X_val=X),
        td.InputError,
        "`X_val` and `y_val` go together",
    ),
    *[
        row(estimator, y, argument, settings, td.InputError, sentence)
        for estimator, y in ((NetworkClassifier, LABELS), (NetworkRegressor, VALUES))
        for argument, settings, sentence in MORE
    ],
    *[
        row(NetworkClassifier, LABELS, "class_weight", {"class_weight": value}, error, sentence)
        for value, error, sentence in [
            ("balance", td.InputError, "`class_weight` must be 'balanced', or a dict"),
            ({"ja": 2}, td.InputError, "`class_weight` has a weight for 'ja'"),
            ({"yes": -1}, td.InputError, "`class_weight['yes']` must be at least 0"),
        ]
    ],
    row(
        NetworkClassifier,
        np.eye(6, 3, dtype=int),
        "class_weight",
        {"class_weight": {0: 2}},
        td.InputError,
        "a list with a dict such as {0: 1, 1: 5} for each label",
    ),
    row(
        NetworkRegressor,
        VALUES,
        "loss",
        {"loss": "squared_error"},
        td.InputError,
        "did you mean 'mean-squared-error'?",
    ),
    row(
        NetworkRegressor,
        -VALUES,
        "fit.y",
        {"loss": "poisson"},
        td.InputError,
        '`y` holds -5, and loss="poisson" needs counts, 0 or above',
    ),
    row(NetworkClassifier, ["a"] * 6, "fit.y", {}, td.InputError, "`y` has one class only, 'a'"),
    row(
        NetworkClassifier,
        np.arange(12).reshape(6, 2),
        "fit.y",
        {},
        td.InputError,
        "MultiOutputClassifier",
    ),
    row(NetworkClassifier, VALUES + 0.5, "fit.y", {}, ValueError, "Unknown label type"),
    row(NetworkRegressor, LABELS, "fit.y", {}, ValueError, "could not convert string to float"),
    Bad(
        "NetworkClassifier.fit.X",
        lambda: NetworkClassifier().fit(X * np.nan, LABELS),
        ValueError,
        "Input X contains NaN",
    ),
    Bad(
        "NetworkRegressor.fit.X",
        lambda: NetworkRegressor().fit(X[:3], VALUES),
        ValueError,
        "inconsistent numbers of samples",
    ),
    Bad(
        "NetworkClassifier.fit.sample_weight",
        lambda: NetworkClassifier().fit(X, LABELS, sample_weight=np.zeros(6)),
        td.InputError,
        "the weights of all samples are zero",
    ),
    Bad(
        "NetworkRegressor.fit.sample_weight",
        lambda: NetworkRegressor().fit(X, VALUES, sample_weight=[1, 2]),
        td.ShapeError,
        "`sample_weight` has shape (2,); there are 6 samples",
    ),
    Bad(
        "NetworkClassifier.partial_fit.classes",
        lambda: NetworkClassifier().partial_fit(X, LABELS),
        td.InputError,
        "`classes` must be given in the first call of partial_fit",
    ),
    Bad(
        "NetworkClassifier.partial_fit.classes",
        lambda: (
            NetworkClassifier()
            .partial_fit(X, LABELS, ["no", "yes"])
            .partial_fit(X, LABELS, ["no", "yes", "perhaps"])
        ),
        td.InputError,
        "are not those of the first call",
    ),
    Bad(
        "NetworkClassifier.partial_fit.y",
        lambda: NetworkClassifier().partial_fit(X, LABELS, ["no", "maybe"]),
        td.InputError,
        "`y` holds 'yes', which is none of the classes ['maybe', 'no']",
    ),
    Bad(
        "NetworkClassifier.early_stopping",
        lambda: NetworkClassifier(early_stopping=True).partial_fit(X, LABELS, ["no", "yes"]),
        td.InputError,
        "there is no early stopping",
    ),
    Bad(
        "NetworkRegressor.schedule",
        lambda: NetworkRegressor(schedule="cosine").partial_fit(X, VALUES),
        td.InputError,
        "partial_fit leaves open",
    ),
    Bad(
        "NetworkClassifier.class_weight",
        lambda: NetworkClassifier(class_weight="balanced").partial_fit(X, LABELS, ["no", "yes"]),
        td.InputError,
        "needs to see all samples",
    ),
    Bad(
        "NetworkClassifier.hidden_layers",
        lambda: (
            NetworkClassifier(warm_start=True, epochs=1)
            .fit(X, LABELS)
            .set_params(hidden_layers=(5,))
            .fit(X, LABELS)
        ),
        td.InputError,
        "fit with warm_start=False to begin anew",
    ),
    Bad(
        "NetworkClassifier.predict.X",
        lambda: NetworkClassifier().predict(X),
        NotFittedError,
        "is not fitted yet",
    ),
    Bad(
        "NetworkRegressor.predict.X",
        lambda: NetworkRegressor(epochs=1).fit(X, VALUES).predict(X[:, :1]),
        ValueError,
        "X has 1 features, but NetworkRegressor is expecting 2 features",
    ),
    Bad(
        "NetworkClassifier.n_networks",
        lambda: NetworkClassifier(n_networks=2, scoring="accuracy").fit(X, LABELS),
        td.InputError,
        '`scoring` must be "loss" with n_networks=2',
    ),
    Bad(
        "GroupedNetworkRegressor.group",
        lambda: GroupedNetworkRegressor(group=2).fit(X, VALUES),
        td.InputError,
        "`group` must be the number of a column where X is an array, got 2",
    ),
    Bad(
        "GroupedNetworkRegressor.group",
        lambda: GroupedNetworkRegressor(group="shop").fit(X, VALUES),
        td.InputError,
        "`group` must be the number of a column where X is an array, got 'shop'",
    ),
    Bad(
        "GroupedNetworkRegressor.min_samples",
        lambda: GroupedNetworkRegressor(min_samples=0).fit(X, VALUES),
        td.InputError,
        "`min_samples` must be a positive integer, got 0",
    ),
    Bad(
        "GroupedNetworkRegressor.warm_start",
        lambda: GroupedNetworkRegressor(group=0, warm_start=True).fit(X, VALUES),
        td.InputError,
        "with `group`, networks begin anew",
    ),
    Bad(
        "GroupedNetworkClassifier.partial_fit",
        lambda: GroupedNetworkClassifier(group=0).partial_fit(X, LABELS, ["no", "yes"]),
        td.InputError,
        "it does without `group`",
    ),
    *[
        Bad(f"GridSearchCV.{argument}", partial(search, settings), error, sentence)
        for argument, settings, error, sentence in [
            ("estimator", {"estimator": 3}, ValueError, "The 'estimator' parameter"),
            ("param_grid", {"param_grid": {"lr": [1]}}, ValueError, "Invalid parameter 'lr'"),
            (
                "param_grid",
                {"param_grid": {"l2": 1}},
                TypeError,
                "needs to be a list or a numpy array",
            ),
            ("param_grid", {"param_grid": {"l2": [-1]}}, td.InputError, "`l2` must be at least 0"),
            ("scoring", {"scoring": "acuracy"}, ValueError, "'acuracy'"),
            ("cv", {"cv": "five"}, ValueError, "cv"),
            ("error_score", {"error_score": "stop"}, ValueError, "'error_score' parameter"),
            ("refit", {"scoring": ["r2", "accuracy"]}, ValueError, "the parameter refit must"),
        ]
    ],
    Bad(
        "RandomizedSearchCV.n_iter",
        lambda: RandomizedSearchCV(NetworkClassifier(), {"l2": [0]}, n_iter=0).fit(X, LABELS),
        ValueError,
        "'n_iter' parameter",
    ),
]
