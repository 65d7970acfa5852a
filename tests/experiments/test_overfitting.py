import numpy as np
import pytest

from tests.experiments.needs import needs_mnist
from tidu.datasets import Dataset
from tidu.experiments import overfitting
from tidu.experiments.overfitting import shifted


def test_all_remedies_learn():
    numbers = overfitting(epochs=12, seeds=1, lr=0.1).numbers
    assert min(numbers["train"].values()) > 0.2  # guessing gives 0.1
    assert numbers["gap"]["none"] == numbers["train"]["none"] - numbers["test"]["none"]


@needs_mnist
@pytest.mark.exhaustive
def test_left_alone_it_learns_by_heart_and_more_images_help():
    numbers = overfitting().numbers
    assert numbers["train"]["none"] > 0.99
    assert numbers["gap"]["none"] > 0.15
    assert numbers["test"]["shifted images"] > numbers["test"]["none"] + 0.03
    for name in ("L1", "L2", "dropout", "shifted images"):
        assert numbers["gap"][name] < numbers["gap"]["none"], name


def test_images_are_moved_by_a_pixel():
    x = np.arange(1, 10, dtype=np.uint8).reshape(1, 9)
    moved = shifted(Dataset(x, np.array([4]))).x.reshape(5, 3, 3)
    np.testing.assert_array_equal(moved[0], x.reshape(3, 3))
    np.testing.assert_array_equal(moved[1], [[2, 3, 0], [5, 6, 0], [8, 9, 0]])
    np.testing.assert_array_equal(moved[4], [[0, 0, 0], [1, 2, 3], [4, 5, 6]])
    assert moved.dtype == np.uint8


def test_its_sentences_hold_the_numbers_of_this_run():
    result = overfitting(epochs=5, seeds=1)
    gain = 100 * (result.numbers["test"]["shifted images"] - result.numbers["test"]["none"])
    assert f"changes it by {gain:+.1f} points in as many steps".replace("-", "−") in result.see
