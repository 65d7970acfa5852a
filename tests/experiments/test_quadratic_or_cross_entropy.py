import numpy as np
import pytest
from numpy.testing import assert_allclose

from tests.experiments.needs import needs_mnist
from tidu.experiments import quadratic_or_cross_entropy
from tidu.layers import Affine, Sigmoid
from tidu.losses import SigmoidCrossEntropy, SumSquaredError
from tidu.network import Network
from tidu.optimizers import SGD

OUTPUTS = quadratic_or_cross_entropy(samples=100, image_epochs=1).numbers["outputs"]


@pytest.mark.parametrize(
    ("start", "cost", "first", "last"),
    [
        # Published, with two digits: 0.82 → 0.09, and 0.98 → 0.20 (quadratic).
        ("w = 0.6, b = 0.9", "quadratic", 0.82, 0.09),
        ("w = 2, b = 2", "quadratic", 0.98, 0.20),
    ],
)
def test_first_and_last_output(start, cost, first, last):
    values = OUTPUTS[start][cost]
    assert len(values) == 301
    assert_allclose([values[0], values[-1]], [first, last], atol=0.0051)


def test_the_quadratic_cost_starts_slowly_when_badly_wrong_and_cross_entropy_does_not():
    fall = {cost: values[0] - values[50] for cost, values in OUTPUTS["w = 2, b = 2"].items()}
    assert fall["quadratic"] < 0.01
    assert fall["cross-entropy"] > 0.8
    steps = {
        start: {cost: int(np.argmax(np.array(v) < 0.5)) for cost, v in curves.items()}
        for start, curves in OUTPUTS.items()
    }
    # Badly wrong instead of wrong: a few steps more for one, six times as many for the other.
    assert steps["w = 2, b = 2"]["quadratic"] > 5 * steps["w = 0.6, b = 0.9"]["quadratic"]
    assert steps["w = 2, b = 2"]["cross-entropy"] < 4 * steps["w = 0.6, b = 0.9"]["cross-entropy"]


@pytest.mark.parametrize(
    ("cost", "layers", "loss"),
    [
        ("quadratic", [Affine(1), Sigmoid()], SumSquaredError()),
        ("cross-entropy", [Affine(1)], SigmoidCrossEntropy()),
    ],
)
def test_the_neuron_learns_as_a_network_of_one(cost, layers, loss):
    net = Network(layers, 1, loss, dtype="float64")
    net["W1"], net["b1"] = [[2.0]], [2.0]
    net.fit(
        np.ones((1, 1)), np.zeros((1, 1)), optimizer=SGD(0.15), epochs=100, engine="numpy"
    )  # fmt: skip
    found = net.predict_proba(np.ones((1, 1)))[0, 0]
    assert_allclose(OUTPUTS["w = 2, b = 2"][cost][100], found, rtol=1e-12)  # a hundred roundings


@needs_mnist
@pytest.mark.exhaustive
def test_cross_entropy_starts_better_on_images():
    found = quadratic_or_cross_entropy().numbers["test_accuracy"]
    assert found["cross-entropy"][0] > found["quadratic"][0] + 0.01  # 90.9 % against 88.3 %
    assert min(values[-1] for values in found.values()) > 0.92
