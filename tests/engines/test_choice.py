"""Which engine is taken, and how that is said."""

import numpy as np
import pytest

import tidu as td
from tests.tables import Square
from tidu.engines import choose


def network(*layers):
    return td.Network([*layers, td.Affine(2)], 3, td.SoftmaxCrossEntropy())


class Slow(td.SGD):
    """An optimizer of a user's own."""


CHOICES = [
    ("auto", network(), td.SGD(), "compiled", "every part has a compiled form"),
    ("numpy", network(), td.SGD(), "numpy", "as asked"),
    ("compiled", network(), td.SGD(), "compiled", "as asked"),
    ("auto", network(Square()), td.SGD(), "numpy", "the layer Square() has no compiled form"),
    ("auto", network(), Slow(), "numpy", "the optimizer Slow(lr=0.1) has no compiled form"),
]


@pytest.mark.parametrize(("asked", "net", "optimizer", "engine", "why"), CHOICES)
def test_engine_and_reason(asked, net, optimizer, engine, why):
    assert choose(asked, net, optimizer) == (engine, why)


def test_without_kernels_it_is_numpy_and_says_why(monkeypatch):
    monkeypatch.setattr("tidu.engines.choice.why_no_kernels", lambda: "no kernels for this")
    assert choose("auto", network(), td.SGD()) == ("numpy", "no kernels for this")


@pytest.mark.parametrize(
    ("layers", "engine"), [((), "compiled"), ((Square(),), "numpy")], ids=["own", "built in"]
)
def test_the_history_says_which(layers, engine):
    x, t = np.eye(3), np.array([0, 1, 1])
    history = network(*layers).fit(x, t, epochs=1)
    assert history.engine == engine
    assert history.why_engine
