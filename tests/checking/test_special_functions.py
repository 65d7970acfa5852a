"""Functions that are not ours: SciPy's special functions and test functions, right and wrong."""

import numpy as np
import pytest

from tests.neighbours import neighbour
from tidu.checking import check_gradient

pytestmark = pytest.mark.neighbours

AROUND, ABOVE = [-3.2, -0.5, 0.3, 1.7, 4.0], [0.05, 0.7, 1.3, 5.5, 40.0]

SPECIAL = {
    "airy": (lambda s, x: s.airy(x)[0], lambda s, x: s.airy(x)[1], AROUND),
    "gamma": (lambda s, x: s.gamma(x), lambda s, x: s.gamma(x) * s.psi(x), [-1.5, 0.1, 4.2]),
    "gammaln": (lambda s, x: s.gammaln(x), lambda s, x: s.psi(x), ABOVE),
    "psi": (lambda s, x: s.psi(x), lambda s, x: s.polygamma(1, x), ABOVE),
    "jv": (lambda s, x: s.jv(2.5, x), lambda s, x: s.jvp(2.5, x), ABOVE),
    "yv": (lambda s, x: s.yv(1, x), lambda s, x: s.yvp(1, x), ABOVE),
    "kv": (lambda s, x: s.kv(1, x), lambda s, x: s.kvp(1, x), [0.1, 1.0, 3.0]),
    "erfcx": (lambda s, x: s.erfcx(x), lambda s, x: 2 * x * s.erfcx(x) - 2 / np.pi**0.5, ABOVE),
    "dawsn": (lambda s, x: s.dawsn(x), lambda s, x: 1 - 2 * x * s.dawsn(x), AROUND),
    "log_expit": (lambda s, x: s.log_expit(x), lambda s, x: s.expit(-x), [-30.0, -2.0, 0.0, 5.0]),
    "logit": (lambda s, x: s.logit(x), lambda s, x: 1 / (x * (1 - x)), [0.01, 0.3, 0.99]),
    "ellipe": (
        lambda s, m: s.ellipe(m),
        lambda s, m: (s.ellipe(m) - s.ellipk(m)) / (2 * m),
        [0.1, 0.5, 0.95],
    ),
    "spence": (lambda s, x: s.spence(x), lambda s, x: np.log(x) / (1 - x), [0.2, 0.7, 3.0]),
    "sine integral": (lambda s, x: s.sici(x)[0], lambda s, x: np.sin(x) / x, ABOVE),
    "exp1": (lambda s, x: s.exp1(x), lambda s, x: -np.exp(-x) / x, [0.01, 1.0, 8.0]),
    "hyp2f1": (
        lambda s, x: s.hyp2f1(1, 2, 3, x),
        lambda s, x: 2 / 3 * s.hyp2f1(2, 3, 4, x),
        [-2.0, 0.3, 0.9],
    ),
    "huber": (lambda s, x: s.huber(1.0, x), lambda s, x: np.clip(x, -1, 1), [-3.0, -0.5, 2.0]),
}


def holds(f, x, gradient):
    """Check a right gradient, and wrong ones made of it."""
    right = gradient(x)
    assert check_gradient(f, x, gradient).ok
    largest = np.abs(right) == np.abs(right).max()
    for wrong in (1.0001 * right, -right, np.where(largest, 1.001, 1.0) * right, right * ~largest):
        assert check_gradient(f, x, wrong).verdict == "wrong"


@pytest.mark.parametrize("name", SPECIAL)
def test_special_functions(name):
    special = neighbour("scipy.special")
    y, slope, points = SPECIAL[name]
    x = np.array(points)
    c = np.random.default_rng(0).normal(size=x.shape)
    holds(lambda x: np.sum(c * y(special, x)), x, lambda x: c * slope(special, x))


@pytest.mark.parametrize("size", [1.0, 1e3])
def test_rosenbrock(size):
    optimize = neighbour("scipy.optimize")
    x = size * np.random.default_rng(1).normal(size=5)
    holds(optimize.rosen, x, optimize.rosen_der)
    assert check_gradient(optimize.rosen, np.ones(5), optimize.rosen_der).ok  # the minimum


@pytest.mark.parametrize("name", ["HalfBinomialLoss", "HalfPoissonLoss", "HalfSquaredError"])
def test_losses_of_scikit_learn(name):
    losses = neighbour("sklearn._loss")
    linear = neighbour("sklearn.linear_model._linear_loss")
    rng = np.random.default_rng(2)
    X, y = rng.normal(size=(30, 4)), rng.integers(0, 2, 30).astype(float)
    loss = linear.LinearModelLoss(base_loss=getattr(losses, name)(), fit_intercept=True)
    holds(
        lambda w: loss.loss(w, X, y, l2_reg_strength=0.3),
        rng.normal(size=5),
        lambda w: loss.gradient(w, X, y, l2_reg_strength=0.3),
    )
