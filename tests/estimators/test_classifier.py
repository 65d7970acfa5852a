"""The classifier: two classes, many, many labels; probabilities, class weights, partial fits."""

import numpy as np
import pytest
from scipy.sparse import csr_array
from sklearn.exceptions import DataConversionWarning

import tidu as td
from tests.estimators.problems import features, three_classes, two_labels
from tidu.estimators import NetworkClassifier

X = features()
QUICK = {"hidden_layers": (20,), "learning_rate": 0.05, "epochs": 40, "random_state": 0}


@pytest.mark.parametrize(
    "y",
    [
        np.where(X[:, 0] > 0, "yes", "no"),
        X[:, 0] > 0,
        np.where(X[:, 0] > 0, 7, -2),
        three_classes(X),
        three_classes(X).astype(object),
    ],
    ids=["names", "bools", "integers", "three", "objects"],
)
def test_classes(y):
    model = NetworkClassifier(**QUICK).fit(X, y)
    assert model.score(X, y) > 0.95
    assert (model.classes_ == np.unique(y)).all()
    p = model.predict_proba(X)
    assert p.shape == (len(X), len(model.classes_))
    assert np.allclose(p.sum(axis=1), 1, rtol=1e-12)
    assert (model.predict(X) == model.classes_[p.argmax(axis=1)]).all()
    assert np.allclose(model.predict_log_proba(X), np.log(p), rtol=1e-12)
    assert model.network_.classes == tuple(map(str, model.classes_.tolist()))


@pytest.mark.parametrize("kind", [np.asarray, csr_array])
def test_labels(kind):
    y = two_labels(X)
    model = NetworkClassifier(**QUICK).fit(X, kind(y))
    assert model.score(X, y) > 0.9
    assert (model.classes_ == [0, 1]).all()
    p = model.predict_proba(X)
    assert p.shape == y.shape
    assert (model.predict(X) == (p > 0.5)).all()
    assert isinstance(model.network_.loss_function, td.SigmoidCrossEntropy)


def test_a_column_of_classes_is_taken_with_a_warning():
    y = three_classes(X)
    with pytest.warns(DataConversionWarning, match="column-vector"):
        column = NetworkClassifier(**QUICK).fit(X, y[:, None])
    assert (column.predict(X) == NetworkClassifier(**QUICK).fit(X, y).predict(X)).all()


def test_a_probability_of_0_has_the_logarithm_minus_infinity():
    model = NetworkClassifier(**QUICK).fit(X, X[:, 0] > 0)
    assert np.isneginf(model.predict_log_proba(X * 1e6)).any()


def test_class_weights_move_the_border():
    rng = np.random.default_rng(0)
    y = (X[:, 0] + rng.normal(size=len(X)) > 1.5).astype(int)  # few of class 1, hard to tell
    found = [
        NetworkClassifier(**QUICK, class_weight=class_weight).fit(X, y).predict(X).mean()
        for class_weight in ({0: 50}, None, "balanced", {1: 50})
    ]
    assert found[0] < found[1] < found[3]
    assert found[1] < found[2] <= found[3]


def test_class_weights_and_sample_weights_multiply():
    y = (X[:, 0] > 0).astype(int)
    by_class = NetworkClassifier(**QUICK, class_weight={1: 3}).fit(X, y, sample_weight=1 + y)
    by_sample = NetworkClassifier(**QUICK).fit(X, y, sample_weight=np.where(y, 6, 1))
    assert (by_class.network_.theta == by_sample.network_.theta).all()


def test_score_takes_weights():
    y = three_classes(X)
    model = NetworkClassifier(**QUICK | {"epochs": 1, "learning_rate": 1e-6}).fit(X, y)
    right = model.predict(X) == y
    assert model.score(X, y, sample_weight=right + 1e-9) > 0.999


def test_parts_with_classes_that_come_later():
    y = np.sort(three_classes(X))
    rows = np.argsort(three_classes(X))
    model = NetworkClassifier(hidden_layers=(20,), learning_rate=0.01, random_state=0)
    for _ in range(30):
        for part in np.array_split(np.arange(len(X)), 6):
            model.partial_fit(X[rows][part], y[part], classes=["low", "middle", "high"])
    assert model.score(X[rows], y) > 0.8


@pytest.mark.parametrize(("n", "steps"), [(50, 1), (120, 2), (900, 10), (3000, 15)])
def test_by_default_an_epoch_has_about_ten_steps(n, steps):
    # Batches of 50 (all), 64 (the least), 90 (a tenth) and 200 (the most).
    x = np.resize(X, (n, X.shape[1]))
    model = NetworkClassifier((3,), epochs=1).fit(x, np.arange(n) % 2)
    assert model.network_.run.step == steps


def test_labels_need_no_classes_in_the_first_part():
    model = NetworkClassifier(**QUICK).partial_fit(X, two_labels(X)).partial_fit(X, two_labels(X))
    assert model.n_iter_ == 2


def test_a_validation_class_that_is_not_there_is_named():
    y = three_classes(X)
    held = X[:2], ["high", "steep"]
    with pytest.raises(td.InputError, match="`y` holds 'steep'"):
        NetworkClassifier(validation=held).fit(X, y)


def test_classes_keep_their_shares_when_samples_are_held_out():
    y = np.array(["rare"] * 10 + ["common"] * 110)
    watched = []

    class Watch(td.Callback):
        def on_start(self, network, run):
            watched.append(network)

    model = NetworkClassifier(**QUICK, validation=0.1, callbacks=[Watch()])
    model.fit(X, y)
    shares = model._split(model._samples(X, y, None), 0.1, 0)[1].t
    assert (shares == model.classes_.tolist().index("rare")).sum() == 1
    assert watched == [model.network_]
