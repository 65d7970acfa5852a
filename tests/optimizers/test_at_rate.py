"""An optimizer at another learning rate: Tidu's own, and those of users."""

from dataclasses import dataclass

import numpy as np
import pytest

import tidu as td
from tests.doctor.patients import T, X, mlp
from tidu.optimizers.at_rate import AtRate


@pytest.mark.parametrize(
    ("optimizer", "slower"),
    [
        (td.SGD(0.1), td.SGD(0.01)),
        (td.Adam(td.Cosine(0.1, 100)), td.Adam(0.01)),
        (td.ClipByNorm(1.0, td.SGD(0.1)), td.ClipByNorm(1.0, td.SGD(0.01))),
        (td.ClipByValue(2, td.ClipByNorm(1, td.Adam(0.1, beta1=0.8))),
         td.ClipByValue(2, td.ClipByNorm(1, td.Adam(0.01, beta1=0.8)))),
    ],
    ids=repr,
)  # fmt: skip
def test_all_else_is_kept(optimizer, slower):
    assert optimizer.with_rate(0.01) == slower


@dataclass(frozen=True, repr=False, eq=False)
class Sluggish(td.Optimizer):
    """A momentum whose rate has another name: no rule of Tidu's."""

    speed: float = 0.1

    def init(self, theta):
        return {"v": 0 * theta}

    def rate(self, step):
        return self.speed

    def update(self, theta, dtheta, state, step, decay_mask=None):
        v = 0.9 * state["v"] + dtheta
        return theta - self.speed * v, {"v": v}


class Positional(td.Rule):
    """A rule with an __init__ of its own, which knows no ``lr``."""

    def __init__(self, speed):
        object.__setattr__(self, "lr", speed)

    def update(self, theta, dtheta, state, step, decay_mask=None):
        return theta - self.rate(step) * dtheta, state


OF_USERS = [(Sluggish(), td.Momentum), (Positional(0.1), td.SGD)]


@pytest.mark.parametrize(("optimizer", "like"), OF_USERS, ids=["Optimizer", "Rule"])
def test_steps_of_a_users_optimizer_are_scaled(optimizer, like):
    found, wanted = optimizer.with_rate(td.StepDecay(0.4, 2)), like(td.StepDecay(0.4, 2))
    a = b = np.array([1.0, -2.0])
    state, other = found.init(a), wanted.init(b)
    for step in range(5):
        a, state = found.update(a, 2 * a, state, step)
        b, other = wanted.update(b, 2 * b, other, step)
        np.testing.assert_allclose(a, b, rtol=1e-12)  # a product and a sum rounded otherwise
    assert found.rate(4) == pytest.approx(0.004)
    assert found.with_rate(0.3) == AtRate(optimizer, 0.3)


@pytest.mark.parametrize("optimizer", [row[0] for row in OF_USERS], ids=["Optimizer", "Rule"])
@pytest.mark.parametrize("clipped", [False, True])
def test_the_doctor_takes_a_users_optimizer(optimizer, clipped):
    optimizer = td.ClipByNorm(100.0, optimizer) if clipped else optimizer
    net = mlp(td.Affine(20), td.ReLU(), td.Affine(10))
    diagnosis = net.diagnose(X, T, optimizer=optimizer)
    assert diagnosis.healthy, diagnosis
    assert diagnosis.case.rate_trials[0].rate == pytest.approx(0.1)


def test_a_rate_of_0_cannot_be_scaled():
    with pytest.raises(td.InputError, match="write its method with_rate"):
        AtRate(Sluggish(0.0), 0.1).update(np.ones(2), np.ones(2), {"v": np.zeros(2)}, 0)
