import math

import pytest
from numpy.testing import assert_allclose

from tests.experiments.needs import needs_mnist
from tidu.experiments import optimizers_mnist, weight_init_mnist


@needs_mnist
def test_sgd_is_the_slowest_from_the_beginning():
    end = optimizers_mnist(steps=100).numbers["end"]
    assert max(end, key=end.get) == "SGD"


@needs_mnist
@pytest.mark.exhaustive
def test_sgd_is_the_slowest():
    numbers = optimizers_mnist().numbers
    others = [value for name, value in numbers["end"].items() if name != "SGD"]
    assert numbers["end"]["SGD"] > 2 * max(others)  # 0.24 against 0.05 to 0.08
    assert min(numbers["test_accuracy"], key=numbers["test_accuracy"].get) == "SGD"
    assert numbers["test_accuracy"]["SGD"] > 0.92


@needs_mnist
@pytest.mark.exhaustive
def test_small_weights_never_learn():
    end = weight_init_mnist().numbers["end"]
    # ln 10; the classes are not quite as frequent as one another, which is worth 0.001.
    assert_allclose(end.pop("std 0.01"), math.log(10), atol=0.002)
    assert max(end.values()) < 0.5


@needs_mnist
def test_small_weights_do_not_begin_to_learn():
    numbers = weight_init_mnist(steps=150).numbers
    assert_allclose(numbers["losses"]["std 0.01"], math.log(10), atol=0.01)  # of single batches
    assert numbers["end"]["√(2/n), He"] < 1.5
