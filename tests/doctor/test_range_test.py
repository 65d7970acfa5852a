"""The learning-rate range test: its rates, what it sees, and what it suggests."""

import numpy as np
import pytest

import tidu as td
from tests.doctor.patients import T, X, mlp


def network(**settings):
    return mlp(td.Affine(30), td.ReLU(), td.Affine(10), **settings)


def test_rates_grow_by_one_factor_from_the_lowest_to_the_highest():
    test = network().lr_range_test(X, T, lowest=1e-5, highest=1e-3, steps=21)
    np.testing.assert_allclose(test.rates, 1e-5 * 10 ** (np.arange(21) / 10), rtol=1e-12)
    assert not test.ended_early
    assert len(test.losses) == len(test.smoothed) == 21


def test_the_first_loss_is_that_of_the_network_and_smoothing_is_unbiased():
    net = network(dtype="float64")
    test = net.lr_range_test(X, T, batch_size=len(X), steps=5, lowest=1e-9, highest=1e-8)
    assert test.losses[0] == pytest.approx(net.loss(X, T), rel=1e-12)
    np.testing.assert_allclose(test.smoothed, test.losses[0], rtol=1e-5)  # hardly a step taken


def test_each_step_is_that_of_fit():
    net, other = network(dtype="float64"), network(dtype="float64")
    test = net.lr_range_test(X, T, optimizer="momentum", batch_size=len(X), steps=3,
                             lowest=0.01, highest=0.04)  # fmt: skip
    history = other.fit(
        X, T, epochs=3, batch_size=len(X), engine="numpy",
        optimizer=td.Momentum(lambda step: 0.01 * 2.0**step),
    )  # fmt: skip
    np.testing.assert_allclose(test.losses, history["loss"], rtol=1e-9)


@pytest.mark.parametrize("optimizer", ["sgd", "adam", td.ClipByNorm(1.0, td.SGD()), td.Lion()])
def test_the_suggested_rate_learns_and_a_hundred_times_it_does_not_learn_better(optimizer):
    optimizer = td.optimizers.as_optimizer(optimizer)
    test = network().lr_range_test(X, T, optimizer=optimizer)
    assert test.ended_early or test.rates[-1] == pytest.approx(10)
    accuracy = []
    for rate in (test.suggestion, 100 * test.suggestion):
        net = network()
        net.fit(X, T, optimizer=optimizer.with_rate(rate), epochs=3, progress=False)
        accuracy.append(net.accuracy(X, T))
    assert accuracy[0] > 0.8
    assert accuracy[0] >= accuracy[1] - 0.05


def test_the_network_stays_as_it_is():
    net = mlp(td.Affine(30), td.BatchNorm(), td.ReLU(), td.Dropout(0.2), td.Affine(10))
    net.fit(X, T, epochs=1, optimizer=td.Adam(td.Cosine(0.01, 50)), progress=False)
    before = net.theta.copy(), net.state.copy(), net.run.optimizer_state["m"].copy(), net.run.step
    first, second = (net.lr_range_test(X, T) for _ in range(2))
    np.testing.assert_array_equal(first.losses, second.losses)
    after = net.theta, net.state, net.run.optimizer_state["m"], net.run.step
    for a, b in zip(before, after, strict=True):
        np.testing.assert_array_equal(a, b)
    assert first.rates[0] == 1e-6


def test_numbers_that_are_never_finite_are_an_error():
    with pytest.raises(td.NonFiniteError, match="at the rate 1e-06 already: "):
        network().lr_range_test(np.full_like(X, np.inf), T)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_figure_shows_the_losses_and_the_suggestion(theme):
    pytest.importorskip("matplotlib", reason="the extra [plots] is not installed")
    test = network().lr_range_test(X, T)
    (axes,) = test.plot(theme=theme).axes
    dots, curve, suggested = axes.lines
    np.testing.assert_array_equal(dots.get_ydata(), test.losses)
    np.testing.assert_array_equal(curve.get_ydata(), test.smoothed)
    assert suggested.get_xdata()[0] == test.suggestion
    assert f"try {test.suggestion:.2g}" in repr(test)
