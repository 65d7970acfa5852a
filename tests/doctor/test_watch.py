"""The doctor as a callback while a network learns."""

import numpy as np
import pytest

import tidu as td
from tests.doctor.patients import HEALTHY, T_TEST, X_TEST, T, X, mlp


def watched(network, x=X, t=T, *, data=None, warns=False, **settings):
    doctor = td.Doctor(data)
    fit = {"epochs": 5, "callbacks": [doctor], "progress": False} | settings
    if warns:
        with pytest.warns(td.TrainingStoppedWarning):
            history = network.fit(x, t, **fit)
    else:
        history = network.fit(x, t, **fit)
    return doctor, history


def diseases(doctor):
    return [finding.disease for finding in doctor.findings]


@pytest.mark.parametrize("name", ["relu, Adam", "batch norm and dropout", "curve", "houses"])
def test_a_healthy_run_gets_a_clean_bill(name):
    patient = HEALTHY[name]()
    doctor, history = watched(
        patient.network,
        patient.x,
        patient.t,
        data=(patient.x[:300], patient.t[:300]),
        optimizer=patient.optimizer,
        validation=(X_TEST, T_TEST) if patient.x is X else None,
    )
    assert repr(doctor) == "Doctor: nothing found"
    assert history.status == "5 epochs done"


def test_it_changes_nothing():
    both = [HEALTHY["batch norm and dropout"]().network for _ in range(2)]
    watched(both[0], data=(X[:100], T[:100]))
    both[1].fit(X, T, epochs=5, progress=False)
    np.testing.assert_array_equal(both[0].theta, both[1].theta)


def test_dead_units_are_noted_once_with_the_epoch():
    net = mlp(td.Affine(30), td.ReLU(), td.Affine(10))
    net["b1"] = np.full(30, -20.0)
    doctor, history = watched(net, data=(X[:200], T[:200]))
    assert diseases(doctor) == ["dead ReLUs"]
    assert "after epoch 1, 100 % of ReLU1's units are 0 for all of 200" in (
        doctor.findings[0].sentence
    )
    assert history.status == "5 epochs done; the doctor found: dead ReLUs"


def test_a_climbing_loss_is_noted():
    x = np.random.default_rng(0).normal(size=(200, 4))
    net = mlp(td.Affine(1), inputs=4, loss=td.MeanSquaredError())
    doctor, _ = watched(net, x, x[:, :1], optimizer=td.SGD(1.2), batch_size=200)
    assert diseases(doctor) == ["learning rate too high"]
    assert "the learning rate 1.2 is too high; try 0.12" in repr(doctor).replace("\n  ", " ")


def test_the_step_where_nan_arises_is_noted():
    x = X.copy()
    x[3] = np.inf
    doctor, _ = watched(mlp(td.Affine(10)), x, warns=True, batch_size=len(x))
    assert diseases(doctor) == ["not finite"]
    assert "first arises in step 1, epoch 1: the input holds inf" in doctor.findings[0].sentence


def test_validation_that_falls_behind_is_noted():
    rng = np.random.default_rng(0)
    x, t = rng.normal(size=(60, 20)), rng.integers(2, size=60)
    net = mlp(td.Affine(50), td.ReLU(), td.Affine(2), inputs=20)
    other = rng.normal(size=(200, 20)), rng.integers(2, size=200)
    doctor, _ = watched(
        net, x, t, optimizer=td.Adam(0.01), epochs=40, batch_size=20, validation=other
    )
    assert diseases(doctor) == ["train test gap"]
