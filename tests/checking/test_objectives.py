"""The check of a whole network, at some entries and, by a faster first estimate, at all."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

import tidu as td
from tests.tables import LAYERS, off_kinks


@dataclass(frozen=True)
class Forgetful(td.Affine):
    """Forgets one entry of dW, and one of dx."""

    def backward(self, dy, saved, *, need_dx):
        dx, dparams = super().backward(dy, saved, need_dx=True)
        dparams["W"][1, 0] = 0.0
        dx[0, 2] = 0.0
        return dx, dparams


def checked(layers, shape, entries, training=True):
    rng = np.random.default_rng(0)
    net = td.Network([*layers, td.Flatten(), td.Affine(3)], shape, td.SoftmaxCrossEntropy())
    net.theta[:] = off_kinks(rng, net.theta.shape)
    x = off_kinks(rng, (4, *net.input_shape))
    return net.check_gradients(x, rng.integers(0, 3, 4), entries=entries, training=training)


@pytest.mark.parametrize("entries", [None, 5])
@pytest.mark.parametrize("row", LAYERS, ids=lambda row: row.id)
def test_right_ones_are_right(row, entries):
    report = checked([row.layer], row.input_shape, entries)
    assert report.ok, report


def test_all_entries_are_looked_at_for_little():
    report = checked([td.Affine(20), td.Tanh(), td.Affine(30), td.Sigmoid()], 10, None)
    assert report.ok
    assert report.power == "every entry was looked at"
    assert len(report.entries) > 900
    assert report.evaluations < 100


@pytest.mark.parametrize("entries", [None, 1000])
def test_wrong_ones_are_found_with_their_places(entries):
    report = checked([td.Tanh(), Forgetful(4), td.Tanh()], 5, entries)
    wrong = {(row.part, row.index) for row in report.entries if row.verdict == "wrong"}
    assert wrong == {("W1", (1, 0)), ("x", (0, 2))}


def test_zeros_are_right_where_nothing_moves():
    net = td.Network([td.Affine(4), td.Sigmoid(), td.Affine(3)], 6, td.SoftmaxCrossEntropy())
    x = np.random.default_rng(1).normal(size=(5, 6))
    x[:, [0, 3]] = 0
    report = net.check_gradients(x, [0, 1, 2, 0, 1], entries=None)
    assert report.ok, report


@pytest.mark.parametrize("entries", [None, 3])
def test_three_ways_agree(entries):
    rng = np.random.default_rng(0)
    net = td.Network(
        [td.Affine(4), td.BatchNorm(), td.GELU(), td.Dropout(0.3), td.Affine(3)], 5,
        td.SoftmaxCrossEntropy(label_smoothing=0.1), penalty=td.L2(0.1),
    )  # fmt: skip
    x, t = rng.normal(size=(6, 5)), rng.integers(0, 3, 6)
    report = net.check_gradients(x, t, entries=entries, witnesses=["backprop", "autodiff"])
    assert report.ok
    names = list(net.layout)
    assert [p.name for p in report.parts] == [*names, "x", *(f"{n} (autodiff)" for n in names)]


def test_a_layer_that_only_backprop_gets_wrong():
    rng = np.random.default_rng(0)
    net = td.Network([td.Tanh(), Forgetful(4), td.Tanh()], 5, td.SumSquaredError())
    x, t = rng.normal(size=(3, 5)), rng.normal(size=(3, 4))
    report = net.check_gradients(x, t, entries=None, witnesses=["backprop", "autodiff"])
    wrong = {part.name for part in report.parts if part.verdict == "wrong"}
    assert wrong == {"W1", "x"}


def test_an_entry_limit_is_a_positive_integer():
    with pytest.raises(td.InputError, match="`entries` must be a positive integer, got 0"):
        checked([td.Tanh()], 2, 0)


def test_parameters_that_are_not_finite_are_named():
    net = td.Network([td.Affine(2)], 3, td.SumSquaredError())
    net["b1"][1] = np.nan
    with pytest.raises(td.NonFiniteError, match=r"`b1` must be finite, but entry \[1\] is nan"):
        net.check_gradients(np.ones((1, 3)), np.ones((1, 2)))
