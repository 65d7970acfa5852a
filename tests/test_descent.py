"""Gradient descent: the course's numbers, every way to end, and what must never happen."""

import math
import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.optimizers.test_rules import TABLE
from tidu.descent import descend
from tidu.errors import NonFiniteError
from tidu.optimizers import SGD, Adam, Momentum
from tidu.outcome import Outcome

START = np.array([-3.0, 4.0])


def bowl(x):
    return np.sum(x * x)


def doubled(x):
    return 2 * x


def test_fact_5_twenty_steps_at_rate_a_tenth():
    walk = descend(bowl, START, steps=20, step=1e-4)
    np.testing.assert_allclose(walk.x, [-0.03458765, 0.04611686], atol=5e-9)  # as printed
    # The central difference at 1e-4 rounds at eps·f/h = 5e-11 a step at first.
    np.testing.assert_allclose(walk.x, START * 0.8**20, atol=1e-10)
    assert walk.path.shape == (21, 2)
    assert walk.values.shape == walk.norms.shape == (21,)
    assert walk.steps == 20
    assert "20 steps used up: f fell from 25 to 0.00332" in walk.status


def test_fact_6_rate_ten_with_the_textbooks_step_diverges_and_the_step_vanishes():
    walk = descend(bowl, START, optimizer=SGD(10), steps=100, step=1e-4)
    np.testing.assert_allclose(walk.x, [-2.58983747e13, -1.29524862e12], rtol=5e-9)  # as printed
    assert walk.vanished == {(1,): 10, (0,): 11}
    assert walk.status.startswith("Diverged: f rose from 25 to 6.72e+26 in 100 steps.")
    assert "vanished" in walk.status
    assert "x[1] in iteration 10, x[0] in iteration 11" in walk.status


def test_fact_6_rate_ten_with_the_default_step_diverges_as_it_must():
    walk = descend(bowl, START, optimizer=SGD(10), steps=100)
    # The relative error of each slope, up to eps^(2/3) = 4e-11, counts about once per step.
    np.testing.assert_allclose(walk.x, START * (-19.0) ** 100, rtol=100 * 4e-11)
    assert walk.vanished == {}
    assert walk.status.startswith("Diverged: f rose from 25 to 1.41e+257")
    assert "try a smaller one" in walk.status


def test_fact_7_a_tiny_rate_hardly_moves():
    walk = descend(bowl, START, optimizer=SGD(1e-10), steps=100)
    np.testing.assert_allclose(walk.x, [-2.99999994, 3.99999992], atol=5e-9)  # as printed
    assert walk.status.startswith("Hardly moved: in 100 steps")
    assert "try a larger one, such as 0.001" in walk.status


def flat(x):
    return 3.0


ENDINGS = [
    (Outcome.DONE, "20 steps used up: f fell", lambda: descend(bowl, START, steps=20)),
    (Outcome.DONE, "1 step used up: f fell", lambda: descend(bowl, START, steps=1)),
    (Outcome.CONVERGED, "Converged after 73 steps", lambda: descend(bowl, START, tolerance=1e-6)),
    (Outcome.CONVERGED, "Converged at the start", lambda: descend(bowl, [0, 0])),
    (Outcome.CONVERGED, "top, a saddle or flat ground", lambda: descend(flat, START)),
    (
        Outcome.NOT_FINITE,
        "Diverged at step 120: x, f",
        lambda: descend(bowl, START, optimizer=SGD(10), steps=999),
    ),
    (
        Outcome.NOT_FINITE,
        "it may have no bottom",
        lambda: descend(lambda x: x**3, -1.0, optimizer=SGD(1)),
    ),
    (
        Outcome.DIVERGED,
        "ended no lower than it began (25, then 25)",
        lambda: descend(bowl, START, optimizer=SGD(1)),
    ),
    (
        Outcome.STALLED,
        "The learning rate 0 is too small",
        lambda: descend(bowl, START, optimizer=SGD(0)),
    ),
    (
        Outcome.STALLED,
        "Stood still for 2 steps. The difference",
        lambda: descend(bowl, [1e13], steps=2, step=1e-4),
    ),
    (Outcome.STALLED, "x in iteration 1.", lambda: descend(bowl, 1e13, steps=2, step=1e-4)),
    (
        Outcome.STALLED,
        "and 3 more entries",
        lambda: descend(bowl, np.full(6, 1e13), steps=2, step=1e-4),
    ),
    (Outcome.NOT_FINITE, "Diverged at step 1:", lambda: descend(math.cosh, 20, optimizer=SGD(1))),
]


@pytest.mark.parametrize(("outcome", "sentence", "call"), ENDINGS, ids=[row[1] for row in ENDINGS])
def test_how_it_ended_is_said(outcome, sentence, call):
    walk = call()
    assert walk.outcome is outcome
    assert sentence in walk.status
    assert walk.status in repr(walk)
    assert np.isfinite(walk.path).all()
    assert np.isfinite(walk.values).all()


def test_a_tolerance_stops_at_the_first_slope_within_it():
    walk = descend(bowl, START, doubled, tolerance=1.0)
    assert walk.norms[-1] <= 1.0 < walk.norms[-2]
    np.testing.assert_allclose(walk.norms, 10 * 0.8 ** np.arange(walk.steps + 1), rtol=1e-14)


@pytest.mark.parametrize("optimizer", TABLE.values(), ids=TABLE.keys())
def test_walks_as_the_optimizer_says(optimizer):
    walk = descend(bowl, START, doubled, optimizer, steps=5)
    theta, state = START, optimizer.init(START)
    for step in range(5):
        theta, state = optimizer.update(theta, 2 * theta, state, step)
        np.testing.assert_array_equal(walk.path[step + 1], theta)
        assert walk.values[step + 1] == bowl(theta)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("shape", [(), (1,), (3,), (2, 3), (0,)])
@pytest.mark.parametrize("grad", [None, doubled])
def test_any_shape_and_float_dtype_stays(shape, dtype, grad):
    x0 = np.full(shape, 0.5, dtype)
    walk = descend(bowl, x0, grad, steps=3)
    assert walk.x.shape == shape
    assert walk.x.dtype == dtype
    assert walk.path.shape == (walk.steps + 1, *shape)
    np.testing.assert_array_equal(x0, np.full(shape, 0.5, dtype))


def test_integers_and_lists_count_as_float64():
    walk = descend(bowl, [3, 4], steps=1)
    assert walk.x.dtype == np.float64
    # One central difference of a square, wrong by eps^(2/3) at most.
    np.testing.assert_allclose(walk.x, [2.4, 3.2], rtol=4e-11)


def test_functions_that_scribble_on_their_argument_change_nothing():
    def scribbling(x):
        x *= 2
        return bowl(x) / 4

    def scribbling_slope(x):
        x *= 2
        return x

    walk = descend(scribbling, START, scribbling_slope, steps=10)
    np.testing.assert_allclose(walk.x, START * 0.8**10, rtol=1e-14)


@given(lr=st.floats(1e-12, 1e12), seed=st.integers(0, 1000))
def test_never_ends_in_nan(lr, seed):
    start = np.random.default_rng(seed).normal(size=3)
    walk = descend(lambda x: np.sum(x**4), start, optimizer=Momentum(lr), steps=15)
    assert np.isfinite(walk.path).all()
    assert np.isfinite(walk.values).all()
    assert walk.status


def test_warnings_of_the_function_itself_are_passed_on():
    def warning(x):
        warnings.warn("mind the gap", stacklevel=1)
        return bowl(x)

    with pytest.warns(UserWarning, match="mind the gap"):
        descend(warning, START, steps=1)


def test_not_finite_at_the_start_is_an_error_and_not_a_walk():
    with pytest.raises(NonFiniteError, match="`f` is nan at x itself"):
        descend(lambda x: np.nan, START)
    with pytest.raises(NonFiniteError, match=r"`grad\(x\)` must be finite, but entry \[1\] is nan"):
        descend(bowl, START, lambda x: np.array([1.0, np.nan]))


def test_prints_for_people():
    walk = descend(bowl, np.arange(100.0), optimizer=Adam(0.1), steps=2)
    first, second, _ = repr(walk).splitlines()
    assert first == "from x = [ 0.,  1., ..., 98., 99.], f = 328350"
    assert second.endswith("in 2 steps")
