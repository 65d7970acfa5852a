import pytest

from tests.experiments.needs import needs_mnist
from tidu.experiments import overfitting


def test_all_remedies_learn():
    numbers = overfitting(epochs=12, seeds=1, lr=0.1).numbers
    assert min(numbers["train"].values()) > 0.2  # guessing gives 0.1
    assert numbers["gap"]["none"] == numbers["train"]["none"] - numbers["test"]["none"]


@needs_mnist
@pytest.mark.exhaustive
def test_left_alone_it_learns_by_heart_and_each_remedy_closes_the_gap():
    numbers = overfitting().numbers
    assert numbers["train"]["none"] > 0.99
    assert numbers["gap"]["none"] > 0.15
    for name in ("L1", "L2", "dropout", "early stopping"):
        assert numbers["gap"][name] < numbers["gap"]["none"], name
