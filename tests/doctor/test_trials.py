"""Short tries on copies."""

import math

import numpy as np
import pytest

import tidu as td
from tests.doctor.patients import T, X, mlp
from tidu.doctor.trials import STEPS, overfit_batch, result_of, try_rates


def test_the_rate_in_use_gives_what_fit_gives():
    few = slice(0, 100)
    net = mlp(td.Affine(10), dtype="float64")
    trial = result_of(try_rates(net, X[few], T[few], td.SGD(0.1), 100, seed=0))[0]
    start = net.loss(X[few], T[few])
    net.fit(X[few], T[few], optimizer=td.SGD(0.1), epochs=STEPS, engine="numpy", progress=False)
    assert (trial.rate, trial.before) == (0.1, pytest.approx(start))
    assert trial.after == pytest.approx(net.loss(X[few], T[few]))


def test_a_rate_that_overflows_says_where_and_ends_the_way_up():
    x = np.random.default_rng(0).normal(size=(50, 3))
    net = mlp(td.Affine(1), inputs=3, loss=td.MeanSquaredError())
    trials = result_of(try_rates(net, x, x[:, :1], td.SGD(1e4), 50, seed=0))
    assert math.isinf(trials[0].after)
    assert "loss" in trials[0].why
    assert max(trial.rate for trial in trials) == trials[0].rate


def test_ten_samples_are_overfitted():
    net = mlp(td.Affine(20), td.ReLU(), td.Affine(10))
    before, after = result_of(overfit_batch(net, X[:10], T[:10], 0))
    assert before > 2
    assert after < 0.01
