"""The fast driver gives what the literal loop gives, for whatever network, in bounded memory."""

from __future__ import annotations

import tracemalloc
from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

import tidu as td
from tests.perturbation.networks import SQUARED, STEP, Case, Crowd, Ridge, Spread, cases
from tests.tables import LAYERS, PENALTIES
from tests.tables import LOSSES as LOSS_ROWS
from tidu.perturbation import driver, numeric_gradient, perturbed_forward, softmax_shortcut


def fast(case, **options):
    net = case.network
    options = {"step": STEP, "need_dx": True} | options
    return numeric_gradient(
        net, net.theta, net.state, case.x, case.t,
        weights=case.weights, noise=case.noise, training=case.training, **options,
    )  # fmt: skip


def assert_literal(case, **options):
    found, expected = fast(case, **options), case.literal()
    for ours, theirs in zip(found, expected, strict=True):
        # Beside the rounding of the loop: 1e-8 of the largest entry, as asked of a fast form.
        assert_allclose(ours, theirs, rtol=0, atol=1e-8 * np.abs(theirs).max() + case.rounding)


@given(case=cases())
@settings(max_examples=60)
def test_any_network(case):
    assert_literal(case)


@given(case=cases())
@settings(max_examples=30)
def test_any_network_in_many_small_pieces(case):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(perturbed_forward, "BYTES", 4096)
        assert_literal(case)


@given(case=cases())
@settings(max_examples=30)
def test_any_network_with_the_compiled_form(case):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(softmax_shortcut, "WORTH", 0)
        assert_literal(case)


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("row", LAYERS, ids=lambda row: row.id)
def test_every_layer_before_and_after_an_affine_one(row, training):
    shape = row.input_shape
    assert_literal(Case.of([row.layer], shape, 3, 1, training=training))
    if len(shape) == 1:
        assert_literal(Case.of([td.Affine(*shape), row.layer], 2, 3, 2, training=training))


@pytest.mark.parametrize("penalty", PENALTIES, ids=repr)
@pytest.mark.parametrize("row", LOSS_ROWS, ids=lambda row: row.id)
def test_every_loss_and_penalty(row, penalty):
    layers = [td.Affine(4), td.Tanh()]
    assert_literal(Case.of(layers, 3, 4, 3, row=row, penalty=penalty, weighted=True))


def test_a_users_penalty_and_frozen_parameters():
    case = Case.of([td.Affine(4), td.ReLU()], 3, 4, 4, penalty=Ridge())
    assert_literal(case)
    case.network.freeze("W1")
    assert_literal(case)
    assert_literal(Case.of([td.Affine(4), td.ReLU()], 3, 4, 4, penalty=td.L1(0.1)))


def test_a_users_loss_sees_whole_batches():
    row = SQUARED
    assert_literal(Case.of([td.Affine(4), td.Tanh()], 3, 4, 5, row=row, loss=Spread()))


@pytest.mark.parametrize("training", [True, False])
def test_images(training):
    layers = [td.BatchNorm(eps=0.1), td.Rescale(0.5), td.BatchNorm(), td.Flatten(), td.Affine(3)]
    assert_literal(Case.of([*layers, td.GELU()], (2, 3, 2), 3, 6, training=training))


@dataclass(frozen=True)
class NoWayBack(td.Layer):
    def forward(self, x):
        return np.sin(x), ()

    def backward(self, dy, saved):
        raise AssertionError("the numeric gradient is a witness, and must not be told")


def test_no_backward_is_called():
    assert_literal(Case.of([td.Affine(3), NoWayBack()], 2, 3, 7))


@pytest.mark.parametrize("between", [td.Sigmoid(), td.BatchNorm(), Crowd()], ids=repr)
def test_inputs_that_are_zero_give_exactly_zero(between):
    case = Case.of([td.Affine(4), between], 5, 6, 8)
    case.x[:, [1, 3]] = 0.0
    dW = case.network.layout.view(fast(case)[0], case.network.layout["W1"])
    assert_array_equal(dW[[1, 3]], 0.0)
    assert np.count_nonzero(dW[[0, 2, 4]]) >= 9


def test_samples_whose_input_is_zero_are_not_run(monkeypatch):
    case = Case.of([td.Affine(4), td.Sigmoid()], 30, 10, 9, zeros=0.9)
    evaluated = []
    values = td.SoftmaxCrossEntropy.values

    def counted(self, scores, t):
        evaluated.append(len(scores))
        return values(self, scores, t)

    monkeypatch.setattr(td.SoftmaxCrossEntropy, "values", counted)
    fast(case, need_dx=False)
    # two signs: hidden weights of inputs that are not zero, and biases; then the last layer
    changed = (np.count_nonzero(case.x) + 10) * 4 + (10 * 4 + 10) * 3
    assert sum(evaluated) == 2 * changed


def test_the_same_bits_from_any_number_of_threads(monkeypatch):
    case = Case.of([td.Affine(8), td.Sigmoid()], 20, 30, 10)
    monkeypatch.setattr(perturbed_forward, "BYTES", 2**16)
    given = []
    for threads in (1, 2, 5):
        monkeypatch.setattr(driver, "thread_limit", lambda threads=threads: threads)
        given.append(fast(case))
    for dtheta, dx in given[1:]:
        assert_array_equal(dtheta, given[0][0])
        assert_array_equal(dx, given[0][1])


BIG = {
    "many inputs": ([td.Affine(20), td.Sigmoid()], 200, 40),
    "many samples": ([td.Affine(4), td.GELU()], 5, 4000),
    "wide and deep": ([td.Affine(60), td.ReLU(), td.Affine(60), td.Tanh()], 5, 60),
    "normalized": ([td.Affine(8), td.BatchNorm(), td.ReLU()], 5, 200),
    "a detour": ([td.Affine(4), td.Residual(td.Chain([td.Affine(90), td.Affine(4)]))], 4, 60),
    "unknown": ([td.Affine(6), Crowd()], 5, 200),
}


@pytest.mark.parametrize("form", ["numpy", "compiled"])
@pytest.mark.parametrize("name", BIG)
def test_memory_stays_under_its_bound(name, form, monkeypatch):
    layers, inputs, n = BIG[name]
    case = Case.of(layers, inputs, n, 11, zeros=0.0)
    bound = 4 * 2**20  # the same division as of the real bound, in a test that is over soon
    monkeypatch.setattr(perturbed_forward, "BYTES", bound)
    monkeypatch.setattr(driver, "thread_limit", lambda: perturbed_forward.THREADS)
    monkeypatch.setattr(softmax_shortcut, "WORTH", 0 if form == "compiled" else np.inf)
    fast(case)  # loads what is loaded once
    for work in (case.loss, lambda: fast(case)):
        tracemalloc.start()
        work()
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        if work == case.loss:
            one_pass = peak
    layers_outputs = sum(y.nbytes for y in case.network.trace(case.x).values())
    result = 8 * (case.network.theta.size + case.x.size)  # and steps up, down and between them
    assert peak <= bound + one_pass + 2 * layers_outputs + 5 * result


@given(seed=st.integers(0, 10**6))
@settings(max_examples=10)
def test_steps_follow_the_rule_of_the_plain_gradient(seed):
    case = Case.of([td.Affine(4), td.Tanh()], 3, 4, seed)
    case.network.theta[0] *= 1000
    plain = td.gradient(lambda theta: case.loss(theta=theta), case.network.theta)
    assert_allclose(fast(case, step=None)[0], plain, atol=30 * case.rounding)  # h is 26 times less


def test_entries_beyond_which_the_loss_is_not_finite():
    net = td.Network([td.Affine(1)], 1, td.SumSquaredError(), dtype="float64")
    net.theta[:] = [1.0, 1e150]
    x, t = np.array([[1e150]]), np.zeros((1, 1))
    dtheta, _ = numeric_gradient(net, net.theta, net.state, x, t, step=1e10)
    assert not np.isfinite(dtheta[0])
