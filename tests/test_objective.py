"""What a network computes, as pure functions of all they depend on."""

from dataclasses import dataclass

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

import tidu as td
from tests.neighbours import neighbour
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


OF_EACH_KIND = [
    td.Affine(4), td.BatchNorm(), td.GELU(), td.Affine(4, bias=False), td.ELU(), td.Dropout(0.5),
    td.LeakyReLU(), td.Residual(td.Chain([td.Affine(4), td.Softplus()])), td.SiLU(), td.Affine(2),
]  # fmt: skip


def evaluated(made, convert, wrap=lambda f: f):
    """Return the evaluation of a batch in another library's arrays."""
    theta, state = point(made)
    x, t = np.random.default_rng(1).normal(size=(4, 3)), made.targets([0, 1, 1, 0], 4)
    noise = made.draw_noise(4, seed=0, step=0)

    def evaluate(theta, state, x, t, noise, weights, denominator):
        found = made.evaluate(
            theta, state, x, t, noise=noise, weights=weights, denominator=denominator,
            gradient=True, need_dx=True,
        )  # fmt: skip
        return found.total, found.weight, found.scores, found.dtheta, found.dx, found.state

    def converted(tree):
        if isinstance(tree, tuple):
            return tuple(converted(item) for item in tree)
        return tree if tree is None else convert(tree)

    weights = np.array([1.0, 2.0, 0.5, 0.0])
    arrays = theta, state, x, t, noise, weights, np.asarray(7.0)
    return wrap(evaluate)(*converted(arrays))


def test_it_runs_on_the_arrays_of_any_library():
    strict = pytest.importorskip("array_api_strict")
    made = objective(*OF_EACH_KIND, penalty=td.ElasticNet(0.1, 0.2))
    *found, _ = evaluated(made, strict.asarray)
    *wanted, _ = evaluated(made, np.asarray)
    for one, other in zip(found, wanted, strict=True):
        assert type(one).__module__.startswith("array_api_strict")
        assert_allclose(np.asarray(one), other, rtol=1e-12, atol=1e-14)  # sums in another order


@pytest.mark.neighbours
def test_it_can_be_traced():
    jax = neighbour("jax")
    made = objective(*OF_EACH_KIND, penalty=td.ElasticNet(0.1, 0.2))
    with jax.enable_x64(True):
        *found, _ = evaluated(made, jax.numpy.asarray, jax.jit)
        *wanted, _ = evaluated(made, np.asarray)
        for one, other in zip(found, wanted, strict=True):
            assert_allclose(np.asarray(one), other, rtol=1e-11, atol=1e-13)  # fused products


def test_a_denominator_makes_parts_of_a_batch_add_up():
    made = objective(td.Affine(5), td.Tanh(), td.Affine(2))
    theta, state = point(made)
    rng = np.random.default_rng(1)
    x, t, w = rng.normal(size=(7, 3)), made.targets([0, 1, 1, 0, 1, 0, 0], 7), rng.random(7)
    whole = made.evaluate(theta, state, x, t, weights=w, gradient=True)
    parts = [
        made.evaluate(
            theta, state, x[rows], t[rows], weights=w[rows], denominator=w.sum(), gradient=True
        )
        for rows in (slice(0, 3), slice(3, 7))
    ]
    assert_allclose(sum(part.total for part in parts), whole.total, rtol=1e-14)
    assert_allclose(sum(part.dtheta for part in parts), whole.dtheta, atol=1e-15)
    assert_allclose(sum(part.weight for part in parts), whole.weight, rtol=1e-15)


def test_an_evaluation_looks_at_no_value():
    made = objective(td.Affine(2))
    theta, state = point(made)
    x, t = np.ones((2, 3)), made.targets([0, 1], 2)
    with np.errstate(invalid="ignore"):
        assert np.isnan(made.evaluate(theta, state, x, t, weights=np.zeros(2)).total)
    with pytest.raises(InputError, match="all of its samples have weight 0"):
        made.check_weights(t, np.zeros(2))
    with pytest.raises(InputError, match="the batch is empty"):
        made.check_weights(t[:0], None)


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
    assert found == "the input holds -inf at (11, 2): drop or correct such samples"


@dataclass(frozen=True)
class Confusing(Shaken):
    def buffers(self, input_shape):
        return {"g": td.Buffer(input_shape)}


def test_one_name_for_two_things_is_refused():
    with pytest.raises(InputError, match="a parameter and a buffer are both named g1"):
        objective(Confusing(), td.Affine(2))
