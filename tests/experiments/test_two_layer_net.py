import pytest
from numpy.testing import assert_allclose

from tests.experiments.needs import needs_mnist
from tidu.experiments import two_layer_net


def test_ends_after_the_steps_asked_for_in_mid_epoch():
    result = two_layer_net(steps=120, batch_size=300)
    numbers = result.numbers
    assert len(numbers["losses"]) == 120
    assert numbers["epochs"][-1] < 120
    assert numbers["epochs"] == sorted(set(numbers["epochs"]))
    assert numbers["accuracies"]["test"][-1] == 100 * numbers["end"]["test"]


@needs_mnist
def test_one_epoch_begins_where_guessing_is():
    numbers = two_layer_net(steps=100).numbers
    assert_allclose(numbers["losses"][0], 2.3026, atol=0.01)  # ln 10; the weights are small
    assert numbers["epochs"] == [pytest.approx(1 / 6)]


@needs_mnist
@pytest.mark.exhaustive
def test_ten_thousand_steps():
    numbers = two_layer_net().numbers
    assert len(numbers["epochs"]) == 17  # 16 whole epochs of 600 steps, and the end
    # 94.9 % and 94.7 %; seeds differ by a few tenths of a point.
    assert numbers["end"]["train"] >= 0.94
    assert numbers["end"]["test"] >= 0.94
    assert abs(numbers["end"]["train"] - numbers["end"]["test"]) < 0.01
