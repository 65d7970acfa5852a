import numpy as np
import pytest
from numpy.testing import assert_allclose

from tidu.experiments import many_starts
from tidu.experiments.many_starts import _Stack
from tidu.experiments.worked_example import W1, W2, example


@pytest.fixture(scope="module")
def result():
    return many_starts(starts=300, longer=10).numbers


def test_a_stack_learns_as_the_network_does():
    net = example()
    stack = _Stack(W1[None], W2[None]).trained(10, 0.5, lambda items, what: items)
    # The tenth update of the course, printed with eight digits.
    assert_allclose(stack.outputs[0], [0.56781887, 0.91516015], atol=5.1e-9)
    assert_allclose(_Stack(W1[None], W2[None]).outputs[0], net.predict([[5.0, 10.0]])[0])


def test_from_uniform_weights_outputs_agree_and_weights_do_not(result):
    assert result["stuck"]["uniform"] == 0
    o = result["outputs"]["uniform"]
    # 1,000 steps leave the outputs of nearly all within a hundredth of the targets' side.
    assert np.quantile(np.abs(o - np.median(o, axis=0)), 0.9) < 0.01
    assert result["weights"]["uniform"].std(axis=0).min() > 0.1


def test_some_normal_starts_are_stuck_where_only_the_biases_speak(result):
    assert_allclose(result["resting_output"], 0.657, atol=5e-4)  # σ(0.65), three digits
    # P(all three sums below −7): the sums are N(0.35, 11.2²), a quarter of each; 1.7 % at the
    # start, and some more that shut in the first steps: between 1 % and 12 % of 300.
    assert 3 <= result["stuck"]["N(0, 1)"] <= 36


def test_those_far_down_are_stuck_ten_times_as_long(result):
    stuck, still = result["stuck"]["N(0, 1)"], result["still_stuck"]
    assert stuck / 2 <= still <= stuck
    # A shut unit puts out at most 0.001, and there are three of weights up to 4.
    assert_allclose(result["outputs_of_stuck"], 0.657, atol=0.003)


def test_none_stuck_is_no_trouble():
    result = many_starts(starts=2, steps=5, seed=1)
    assert result.numbers["stuck"]["N(0, 1)"] == 0
    assert "–" in result.table()
    pytest.importorskip("matplotlib", reason="the extra [plots] is not installed")
    result.figure()
