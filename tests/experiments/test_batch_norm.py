import pytest

from tests.experiments.needs import needs_mnist
from tidu.experiments import batch_norm


def test_learns_from_small_weights_only_with_it():
    numbers = batch_norm(scales=2, epochs=5, samples=500).numbers
    assert numbers["with"][1] > 2 * numbers["without"][1]


def test_an_overflow_counts_as_guessing():
    result = batch_norm(scales=2, epochs=2, samples=500, lr=10)
    assert result.numbers["without"][0] == 0.1


@needs_mnist
@pytest.mark.exhaustive
def test_better_on_nearly_all_scales():
    numbers = batch_norm().numbers
    assert len(numbers["scales"]) == 16
    assert numbers["better_with"] >= 13
    small = numbers["scales"] <= 0.1
    assert (numbers["with"][small] > numbers["without"][small]).all()
