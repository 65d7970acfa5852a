"""The softmax-cross-entropy shortcut: taken where it pays, and the same as without it."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose

import tidu as td
from tests.perturbation.networks import LABELS, SOFTMAX_LOSSES, SQUARED, STEP, Case
from tidu.perturbation import numeric_gradient, softmax_shortcut
from tidu.perturbation.perturbed_forward import PerturbedForward
from tidu.perturbation.softmax_shortcut import with_shortcut
from tidu.perturbation.stages import bind


def perturbed(case):
    net = case.network
    params = net.layout.tree(net.theta, net.parameters)
    state = net.state_layout.tree(net.state, net.buffers)
    stages, activations = bind(net.chain, case.x, params, state, case.noise, case.training)
    w, _ = net.normalized_weights(case.t, case.weights)
    return PerturbedForward(stages, activations, case.t, w, net.loss_function)


def gradient(case):
    net = case.network
    return numeric_gradient(
        net, net.theta, net.state, case.x, case.t, weights=case.weights, step=STEP
    )[0]


def large(row=LABELS, **more):
    return Case.of([td.Affine(6), td.Sigmoid()], 10, 20, 0, row=row, **more)


def test_small_work_does_without():
    assert with_shortcut(perturbed(large())).shortcut is None


def test_other_losses_and_layers_do_without(monkeypatch):
    monkeypatch.setattr(softmax_shortcut, "WORTH", 0)
    assert with_shortcut(perturbed(large(SQUARED))).shortcut is None
    net = td.Network([td.Affine(3), td.Tanh()], 2, td.SoftmaxCrossEntropy(), dtype="float64")
    case = Case(net, np.ones((2, 2)), np.eye(3)[:2], None, None, True)
    assert with_shortcut(perturbed(case)).shortcut is None


@pytest.mark.parametrize("row", SOFTMAX_LOSSES, ids=lambda row: row.id)
def test_the_compiled_form_is_the_plain_one(row, monkeypatch):
    case = large(row, weighted=True)
    plain = gradient(case)
    monkeypatch.setattr(softmax_shortcut, "WORTH", 0)
    network = with_shortcut(perturbed(case))
    assert network.shortcut is not None
    assert_allclose(gradient(case), plain, rtol=0, atol=case.rounding)


def test_moves_beyond_the_reach_of_the_series_are_declined(monkeypatch):
    monkeypatch.setattr(softmax_shortcut, "WORTH", 0)
    network = with_shortcut(perturbed(large()))
    rows, js, change = np.arange(20), slice(0, 6), np.full((20, 6), 1e-6)
    assert network.shortcut(3, rows, js, change, -change) is not None
    change[3, 2] = 10.0
    assert network.shortcut(3, rows, js, change, -change) is None
    left_out = softmax_shortcut.REACH**6 / 5040  # the first term beyond the series, beside u
    assert left_out < np.finfo(float).eps / 2


@pytest.mark.parametrize("u", [0.0, 1e-300, 1e-9, -1e-4, 2.0**-7, -(2.0**-7)])
def test_the_series(u):
    kernels = pytest.importorskip("tidu.perturbation.kernels")
    assert kernels._expm1(u) == pytest.approx(np.expm1(u), rel=4e-16)


def test_without_kernels_all_is_the_same(monkeypatch):
    case = large()
    plain = gradient(case)
    monkeypatch.setattr(softmax_shortcut, "WORTH", 0)
    monkeypatch.setattr(softmax_shortcut, "why_no_kernels", lambda: "none for this processor")
    assert with_shortcut(perturbed(case)).shortcut is None
    assert (gradient(case) == plain).all()
