"""Every optimizer learns what a small network can learn."""

import numpy as np
import pytest

from tests.training.problems import two_moons
from tidu.layers import Affine, ReLU, Sigmoid, Tanh
from tidu.losses import (
    MeanSquaredError,
    Poisson,
    SigmoidCrossEntropy,
    SoftmaxCrossEntropy,
    SumSquaredError,
)
from tidu.network import Network
from tidu.optimizers import (
    OPTIMIZERS,
    SGD,
    AdaGrad,
    Adam,
    AdamW,
    ClipByNorm,
    ClipByValue,
    Cosine,
    Lion,
    Momentum,
    Nesterov,
    RMSprop,
    WarmUp,
)

RULES = [SGD(0.5), Momentum(0.1), Nesterov(0.1), AdaGrad(0.3), RMSprop(0.01), Adam(0.02),
         AdamW(0.02), Lion(0.003), ClipByNorm(1.0, Momentum(0.1)), ClipByValue(0.1, Adam(0.02)),
         SGD(WarmUp(20, then=Cosine(1.0, steps=1180)))]  # fmt: skip


def test_no_optimizer_is_forgotten():
    assert {type(rule) for rule in RULES} >= set(OPTIMIZERS.values())


@pytest.mark.parametrize("rule", RULES, ids=repr)
def test_two_moons(rule):
    x, t = two_moons()
    net = Network([Affine(16), Tanh(), Affine(2)], 2, SoftmaxCrossEntropy(), seed=0)
    history = net.fit(x, t, optimizer=rule, epochs=120, batch_size=20)
    assert net.accuracy(x, t) >= 0.97  # a straight line finds 0.87
    assert history["loss"][-1] < 0.2 * history["loss"][0]


XOR = np.array([[0.0, 0], [0, 1], [1, 0], [1, 1]]), np.array([0, 1, 1, 0])
LOSSES = [(SoftmaxCrossEntropy(), 2), (SigmoidCrossEntropy(), 1), (MeanSquaredError(), 1),
          (SumSquaredError(), 1), (Poisson(), 1)]  # fmt: skip


@pytest.mark.parametrize("activation", [Sigmoid(), Tanh(), ReLU()], ids=repr)
@pytest.mark.parametrize(("loss", "outputs"), LOSSES, ids=repr)
def test_xor(activation, loss, outputs):
    x, t = XOR
    net = Network([Affine(8), activation, Affine(outputs)], 2, loss, seed=1)
    net.fit(x, t, optimizer=Adam(0.05), epochs=400, batch_size=4)
    found = net.predict(x)
    np.testing.assert_array_equal(np.round(found).reshape(-1), t)
