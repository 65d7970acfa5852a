"""Sparse matrices and held-out samples reach a run as arrays would."""

import numpy as np
import pytest
from scipy.sparse import csc_matrix, csr_array

import tidu as td
from tests.estimators.problems import features, three_classes, two_values
from tidu.estimators import NetworkClassifier, NetworkRegressor
from tidu.estimators.samples import Samples, Validation

X = features() * (features(1) > 0)
SETTINGS = {"hidden_layers": (8,), "epochs": 3, "batch_size": 50, "random_state": 0}


@pytest.mark.parametrize("sparse", [csr_array, csc_matrix])
@pytest.mark.parametrize("dropout", [0.0, 0.5])
def test_sparse_samples_teach_what_dense_ones_do(sparse, dropout):
    y, w = three_classes(X), np.random.default_rng(0).integers(0, 3, len(X))
    both = [
        NetworkClassifier(
            **SETTINGS, dropout=dropout, validation=(x, y), class_weight="balanced", engine="numpy"
        ).fit(x, y, sample_weight=w)
        for x in (X, sparse(X))
    ]
    dense, from_sparse = both
    assert (from_sparse.network_.theta == dense.network_.theta).all()
    assert (from_sparse.predict_proba(sparse(X)) == dense.predict_proba(X)).all()
    assert from_sparse.history_[-1]["val_loss"] == dense.history_[-1]["val_loss"]


def test_sparse_and_dense_agree_whatever_carries_out_the_steps():
    y = two_values(X)
    dense, sparse = (NetworkRegressor(**SETTINGS).fit(x, y) for x in (X, csr_array(X)))
    # Sums in another order: rounding of float64, grown in nine steps of Adam.
    assert np.allclose(sparse.predict(csr_array(X)), dense.predict(X), rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize("kind", [np.asarray, csr_array])
def test_validation_measures_with_weights(kind):
    rng = np.random.default_rng(0)
    x, t = rng.normal(size=(2500, 4)), rng.integers(0, 3, size=2500)
    w = rng.integers(0, 3, size=2500).astype(float)
    net = td.Network([td.Affine(3)], 4, td.SoftmaxCrossEntropy(), penalty=td.L2(0.1),
                     dtype="float64")  # fmt: skip
    row = {}
    Validation(Samples(kind(x), t, w)).on_epoch(net, None, row)
    loss, accuracy = net.measure(x, t, sample_weight=w)
    assert row["val_loss"] == pytest.approx(loss, rel=1e-12)
    assert row["val_accuracy"] == pytest.approx(accuracy, rel=1e-12)


def test_validation_loss_that_is_not_finite_ends_the_run():
    x, y = features(), np.arange(120.0)
    far = np.full_like(x, 1e200), y * 1e200
    with pytest.warns(td.TrainingStoppedWarning, match="on the validation data"):
        model = NetworkRegressor(**SETTINGS, validation=far).fit(x, y)
    assert model.n_iter_ == 1
