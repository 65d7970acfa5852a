"""Settings become the layers, the penalty and the optimizer that one would have written."""

from dataclasses import dataclass

import pytest

import tidu as td
from tidu.layers.blocks import ACTIVATIONS
from tidu.penalties import by_strengths
from tidu.recipes.building import hidden_layers, optimizer_of


@pytest.mark.parametrize(
    ("given", "settings", "expected"),
    [
        ((), {}, []),
        (50, {}, [td.Affine(50), td.ReLU()]),
        ((50, 20), {}, [td.Affine(50), td.ReLU(), td.Affine(20), td.ReLU()]),
        ([3], {"activation": td.LeakyReLU(0.2)}, [td.Affine(3), td.LeakyReLU(0.2)]),
        ([3], {"initializer": "he"}, [td.Affine(3, initializer="he"), td.ReLU()]),
        ([3], {"dropout": 0.5}, [td.Affine(3), td.ReLU(), td.Dropout(0.5)]),
        ([3], {"batch_norm": True}, [td.Affine(3, bias=False), td.BatchNorm(), td.ReLU()]),
        ([td.Rescale(0.1), 3], {}, [td.Rescale(0.1), td.Affine(3), td.ReLU()]),
        ([td.Affine(3), td.Tanh()], {}, [td.Affine(3), td.Tanh()]),
    ],
    ids=str,
)
def test_hidden_layers(given, settings, expected):
    usual = {"activation": "relu", "initializer": "auto", "dropout": 0.0, "batch_norm": False}
    assert hidden_layers(given, **usual | settings) == expected


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_every_activation_has_its_name(name):
    (_, layer) = hidden_layers((2,), name, "auto", 0.0, False)
    assert type(layer).__name__.lower() == name


@pytest.mark.parametrize(
    ("l1", "l2", "expected"),
    [(0, 0, None), (0.1, 0, td.L1(0.1)), (0, 0.1, td.L2(0.1)), (1, 2, td.ElasticNet(1, 2))],
)
def test_penalty(l1, l2, expected):
    assert by_strengths(l1, l2) == expected


CLIPPED = td.ClipByNorm(1, td.Momentum(0.1, momentum=0.5))


def slower(step):
    return 1 / (step + 1)


@pytest.mark.parametrize(
    ("given", "rate", "schedule", "expected"),
    [
        ("adam", None, None, td.Adam()),
        ("adam", 0.5, None, td.Adam(0.5)),
        (td.Adam(0.1, beta1=0.5), None, None, td.Adam(0.1, beta1=0.5)),
        (td.Adam(0.1, beta1=0.5), 0.2, None, td.Adam(0.2, beta1=0.5)),
        (CLIPPED, 0.2, None, td.ClipByNorm(1, td.Momentum(0.2, momentum=0.5))),
        ("sgd", 0.5, "cosine", td.SGD(td.Cosine(0.5, 100))),
        (td.SGD(0.3), None, "cosine", td.SGD(td.Cosine(0.3, 100))),
        ("sgd", None, slower, td.SGD(slower)),
    ],
    ids=[
        "name",
        "name and rate",
        "object",
        "object and rate",
        "clipped",
        "name and schedule",
        "object and schedule",
        "function",
    ],
)
def test_optimizer(given, rate, schedule, expected):
    assert optimizer_of(given, rate, schedule, 100) == expected


def test_an_optimizer_that_is_no_rule_keeps_its_rate_unless_another_is_given():
    @dataclass(frozen=True, repr=False)
    class Steady(td.Optimizer):
        for_now: bool = True

        def init(self, theta):
            return {}

        def rate(self, step):
            return 0.5

        def update(self, theta, dtheta, state, step, decay_mask=None):
            return theta - 0.5 * dtheta, state

    steady = Steady()
    assert optimizer_of(steady, None, None, 100) is steady
    slower = optimizer_of(steady, 0.1, None, 100)
    assert slower.rate(0) == 0.1
    assert slower.update(1.0, 2.0, {}, 0)[0] == pytest.approx(1 - 0.1 * 2.0)
