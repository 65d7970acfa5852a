"""What is held out, and what early stopping goes by."""

import warnings

import numpy as np
import pytest
from sklearn.ensemble import BaggingClassifier
from sklearn.exceptions import ConvergenceWarning
from sklearn.metrics import get_scorer

import tidu as td
from tests.estimators.problems import features
from tidu.estimators import NetworkClassifier, NetworkRegressor

X = features()
Y = np.arange(len(X)) % 3
QUICK = {"hidden_layers": (5,), "epochs": 4, "random_state": 0}
few_epochs = pytest.mark.filterwarnings("ignore::tidu.estimators.fitting.NotConvergedWarning")
"""On purpose: they are quick."""


def split(model, x, y, weights, share=0.1):
    model._note_targets(np.asarray(y), None)
    return model._split(model._samples(x, np.asarray(y), weights), share, 0)


def test_samples_of_weight_zero_are_not_held_out():
    weights = (np.arange(len(X)) % 4 == 0).astype(float)
    learn, held = split(NetworkClassifier(), X, Y, weights)
    assert weights.sum() == len(learn) + len(held)
    assert learn.weights.all()
    assert held.weights.all()


@few_epochs
def test_bagging_with_weights_and_early_stopping():
    model = NetworkClassifier(**QUICK, early_stopping=2)
    bag = BaggingClassifier(model, n_estimators=3, random_state=0).fit(X, Y)
    assert all("val_loss" in one.history_.columns for one in bag.estimators_)


@few_epochs
@pytest.mark.parametrize("y", [[0] * 8 + [1], [0, 1] * 4 + [2], ["a"] * 30 + ["b"]])
def test_a_class_of_one_sample_stays_where_it_is_learned(y):
    model = NetworkClassifier(**QUICK, early_stopping=3).fit(X[: len(y)], y)
    assert model.n_iter_ >= 1
    learn, held = split(NetworkClassifier(), X[: len(y)], y, None)
    assert set(learn.t) == set(range(len(set(y))))
    assert len(held) == max(1, round(len(y) / 10))


def test_of_one_sample_nothing_can_be_held_out():
    model = NetworkRegressor(**QUICK, early_stopping=True)
    with pytest.raises(td.InputError, match="of one sample nothing can be held out"):
        model.fit(X[:3], [1.0, 2.0, 3.0], sample_weight=[0, 1, 0])


def test_samples_of_ones_own_go_to_fit_as_scikit_learn_has_it():
    settings = QUICK | {"epochs": 3}
    ours = NetworkClassifier(**settings, validation=(X[:20], Y[:20])).fit(X[20:], Y[20:])
    theirs = NetworkClassifier(**settings).fit(X[20:], Y[20:], X_val=X[:20], y_val=Y[:20])
    assert ours.history_["val_loss"].tolist() == theirs.history_["val_loss"].tolist()
    weights = np.arange(20) % 2
    weighted = NetworkClassifier(**settings).fit(
        X[20:], Y[20:], X_val=X[:20], y_val=Y[:20], sample_weight_val=weights
    )
    some = NetworkClassifier(**settings).fit(X[20:], Y[20:], X_val=X[1:20:2], y_val=Y[1:20:2])
    np.testing.assert_allclose(weighted.history_["val_loss"], some.history_["val_loss"])


@pytest.mark.parametrize(
    ("settings", "given", "sentence"),
    [
        ({}, {"X_val": X}, "`X_val` and `y_val` go together"),
        ({}, {"y_val": Y}, "`X_val` and `y_val` go together"),
        ({"validation": 0.1}, {"X_val": X, "y_val": Y}, "there are two sets of validation"),
    ],
)
def test_samples_given_twice_or_by_half_are_refused(settings, given, sentence):
    with pytest.raises(td.InputError, match=sentence):
        NetworkClassifier(**QUICK, **settings).fit(X, Y, **given)


@pytest.mark.parametrize("scoring", ["accuracy", "neg_log_loss", get_scorer("balanced_accuracy")])
def test_any_scorer_decides_when_to_stop(scoring):
    rng = np.random.default_rng(0)
    noise = rng.integers(3, size=len(X))
    model = NetworkClassifier(
        (20,), learning_rate=0.05, epochs=60, random_state=0, early_stopping=3, scoring=scoring
    ).fit(X[40:], noise[40:], X_val=X[:40], y_val=noise[:40])
    scores = model.history_["val_score"]
    best = int(scores.argmax())
    assert model.n_iter_ == best + 4
    scorer = get_scorer(scoring) if isinstance(scoring, str) else scoring
    assert scorer(model, X[:40], noise[:40]) == pytest.approx(scores[best], rel=1e-6)


def test_a_scorer_of_values():
    y = 3e5 + 1e5 * X[:, 0]
    model = NetworkRegressor((10,), epochs=5, random_state=0, validation=0.2, scoring="r2")
    model.fit(X, y)
    assert np.isfinite(model.history_["val_score"]).all()


def test_values_of_any_size_and_unit_are_learned():
    t = np.column_stack([2e5 + 5e4 * X[:, 0], 1e-3 * X[:, 1]])
    model = NetworkRegressor(epochs=150, learning_rate=0.01, random_state=0).fit(X, t)
    r2 = 1 - ((model.predict(X) - t) ** 2).sum(0) / ((t - t.mean(0)) ** 2).sum(0)
    assert r2[0] > 0.95
    one = NetworkRegressor(epochs=150, learning_rate=0.01, random_state=0).fit(X, t[:, 0])
    assert one.score(X, t[:, 0]) > 0.95


def test_many_labels_take_classes_in_partial_fit():
    t = (X[:, :3] > 0).astype(int)
    model = NetworkClassifier(**QUICK).partial_fit(X, t, classes=[0, 1, 2])
    assert model.predict(X).shape == t.shape
    model.partial_fit(X, t, classes=np.arange(3))
    with pytest.raises(td.InputError, match=r"`classes` \[0, 1\] are not those"):
        NetworkClassifier(**QUICK).partial_fit(X, t, classes=[0, 1])


def test_callbacks_of_scikit_learn_are_told_of_each_epoch():
    callback = pytest.importorskip("sklearn.callback", reason="scikit-learn is older than 1.9")
    monitor = callback.ScoringMonitor(scoring="accuracy")
    model = NetworkClassifier(**QUICK).set_callbacks(monitor).fit(X, Y)
    told = [row["accuracy"] for row in monitor.get_logs().data]
    assert len(told) == 4
    assert told[-1] == model.score(X, Y)


def test_too_few_epochs_for_early_stopping_are_a_warning_of_scikit_learn():
    with pytest.warns(
        ConvergenceWarning, match="all 4 epochs were done before early stopping"
    ) as w:
        model = NetworkClassifier(**QUICK, early_stopping=True).fit(X, Y)
    assert w[0].filename == __file__
    assert model.history_.outcome is td.Outcome.DONE
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        NetworkClassifier(**QUICK, validation=0.1).fit(X, Y)
        stopped = NetworkClassifier(
            **QUICK | {"epochs": 400, "learning_rate": 0.1}, early_stopping=2
        )
        stopped.fit(X, Y)
    assert stopped.history_.outcome is td.Outcome.STOPPED_EARLY
