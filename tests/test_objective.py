"""What a network computes, as pure functions of all they depend on."""

from dataclasses import dataclass

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

import tidu as td
from tests.tables import Shaken
from tidu.errors import InputError
from tidu.objective import Objective, checked_weights

LAYERS = [td.Affine(4), td.BatchNorm(), td.Tanh(), td.Dropout(0.5), td.Affine(2)]


def objective(*layers, penalty=None, dtype="float64"):
    return Objective(layers or LAYERS, 3, td.SoftmaxCrossEntropy(), penalty, dtype)


def point(made, seed=0):
    rng = np.random.default_rng(seed)
    return rng.normal(size=made.layout.size), np.ones(made.state_layout.size)


def test_an_evaluation_depends_on_what_it_is_handed_alone():
    made = objective(penalty=td.L2(0.1))
    theta, state = point(made)
    x, t = np.random.default_rng(1).normal(size=(4, 3)), made.targets([0, 1, 1, 0], 4)
    noise = made.draw_noise(4, seed=0, step=0)
    for array in (theta, state, x, t):
        array.setflags(write=False)
    first, second = (
        made.evaluate(theta, state, x, t, noise=noise, gradient=True, need_dx=True)
        for _ in range(2)
    )
    assert first.total == second.total
    assert_array_equal(first.dtheta, second.dtheta)
    assert_array_equal(first.dx, second.dx)
    witness = td.gradient(lambda p: _total(made, p, state, x, t, noise), theta)
    assert_allclose(first.dtheta, witness, atol=1e-8)  # rounding: eps · loss / h = 6e-11 or so


def _total(made, theta, state, x, t, noise):
    return made.evaluate(theta, state, x, t, noise=noise).total


def test_only_what_is_asked_for_is_computed():
    made = objective(td.Affine(2))
    theta, state = point(made)
    x, t = np.ones((1, 3)), made.targets([0], 1)
    found = made.evaluate(theta, state, x, t)
    assert found.dtheta is found.dx is None
    assert made.evaluate(theta, state, x, t, gradient=True).dx is None


def test_new_statistics_are_handed_back():
    made = objective(td.BatchNorm(momentum=1.0), td.Affine(2))
    theta, state = point(made)
    x = np.random.default_rng(2).normal(3, 2, size=(10, 3))
    after = made.evaluate(theta, state, x, made.targets([0] * 10, 10)).state
    assert_allclose(after[0]["running_mean"], x.mean(axis=0))
    assert_array_equal(state, 1)


def test_noise_depends_on_seed_and_step():
    made = objective()
    masks = [made.draw_noise(3, seed, step)[3] for seed, step in ((0, 0), (0, 0), (0, 1), (1, 0))]
    assert_array_equal(masks[0], masks[1])
    assert (masks[0] != masks[2]).any()
    assert (masks[0] != masks[3]).any()
    assert objective(td.Affine(2)).draw_noise(3, 0, 0) is None


def test_normalized_weights():
    made = objective()
    t = np.eye(2)[[0, 1, 1]]
    w, total = made.normalized_weights(t, np.array([1.0, 2.0, 1.0]))
    assert_allclose(w, [0.25, 0.5, 0.25])
    assert total == 4
    assert_allclose(made.normalized_weights(t, None)[0], 1 / 3)


def test_checked_weights():
    assert checked_weights(None, 3) is None
    assert_array_equal(checked_weights([1, 2], 2), [1.0, 2.0])


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_samples_come_in_the_networks_dtype_and_are_not_copied_in_vain(dtype):
    made = objective(dtype=dtype)
    assert made.batch(np.ones((2, 3), np.uint8)).dtype == dtype
    x = np.ones((2, 3), dtype)
    assert made.batch(x) is x


def test_where_numbers_stop_being_finite():
    made = objective(td.Affine(2), td.Affine(2))
    theta, state = point(made)
    x = np.ones((2, 3))
    assert made.first_non_finite(theta, state, x, None, False).startswith("the scores are finite")
    x[1, 2] = -np.inf
    found = made.first_non_finite(theta, state, x, None, False, start=10)
    assert found == "the input holds -inf at (11, 2): drop or mend such samples"


@dataclass(frozen=True)
class Confusing(Shaken):
    def buffers(self, input_shape):
        return {"g": td.Buffer(input_shape)}


def test_one_name_for_two_things_is_refused():
    with pytest.raises(InputError, match="a parameter and a statistic are both named g1"):
        objective(Confusing(), td.Affine(2))
