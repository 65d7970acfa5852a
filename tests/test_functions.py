"""Activations, softmax and losses as plain functions: closed forms, and all of the float range."""

from __future__ import annotations

import math

import array_api_strict
import numpy as np
import pytest
import scipy.special
from hypothesis import example, given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from tests.tables import FUNCTIONS, is_strict, strict
from tidu import functions
from tidu.errors import InputError, ShapeError

every_function = pytest.mark.parametrize("row", FUNCTIONS, ids=lambda row: row.id)
both_dtypes = pytest.mark.parametrize("dtype", [np.float32, np.float64])


def extremes(dtype):
    """Return what is largest and smallest in a dtype, both signs, subnormal numbers included."""
    info = np.finfo(dtype)
    positive = [0, info.smallest_subnormal, info.tiny, info.eps, 1, 30, 1e4, info.max / 2, info.max]
    return np.array([-x for x in positive[::-1]] + positive, dtype)


# -- activations -----------------------------------------------------------------------------


@every_function
@given(st.floats(-20, 20))
@example(0.0)
@example(-0.0)
@example(-6.0)
def test_agrees_with_the_textbook(row, x):
    # A few roundings, and those of the textbook's own form: up to 20 units of e²⁰'s last place.
    assert_allclose(row.function(x), row.textbook(x), rtol=2e-14, atol=1e-300)


@pytest.mark.parametrize(
    ("ours", "reference"),
    [
        (functions.sigmoid, scipy.special.expit),
        (functions.softplus, lambda x: np.logaddexp(0, x)),
        (functions.silu, lambda x: x * scipy.special.expit(x)),
        (functions.elu, lambda x: np.where(x < 0, np.expm1(np.minimum(x, 0)), x)),
    ],
    ids=["sigmoid", "softplus", "silu", "elu"],
)
def test_keeps_its_digits_far_out(ours, reference):
    x = np.linspace(-700, 700, 2801)
    assert_allclose(ours(x), reference(x), rtol=1e-14)  # eps times a few operations


@every_function
@both_dtypes
def test_holds_over_the_whole_range_without_a_warning(row, dtype):
    x = extremes(dtype)
    y = row.function(x)
    assert y.dtype == dtype
    assert y.shape == x.shape
    assert np.isfinite(y).all()
    lowest = np.finfo(dtype).min * 0.01 if row.below == -math.inf else row.below
    assert y[0] == row.below or y[0] <= lowest
    assert y[-1] == (x[-1] if row.above == math.inf else row.above)


@every_function
@both_dtypes
def test_limits_at_infinity(row, dtype):
    limits = np.array([row.below, row.above], dtype)
    assert_array_equal(row.function(np.array([-np.inf, np.inf], dtype)), limits)


@every_function
@both_dtypes
def test_a_nan_stays_a_nan_and_spoils_no_other(row, dtype):
    y = row.function(np.array([1.0, np.nan, -1.0], dtype))
    assert_array_equal(np.isnan(y), [False, True, False])


@every_function
@given(st.lists(st.floats(-1e300, 1e300), min_size=2, max_size=2))
def test_none_but_gelu_silu_and_mish_ever_falls(row, pair):
    if row.function in (functions.gelu, functions.silu, functions.mish):
        pair = [abs(x) for x in pair]  # below 0 they dip, and rise again
    low, high = row.function(sorted(pair))
    assert low <= high * (1 + 1e-15 * np.sign(high))  # the quotient in a sigmoid rounds


@every_function
@pytest.mark.parametrize("dtype", [np.int8, np.uint8, np.int64, bool])
def test_integers_count_as_float64(row, dtype):
    x = np.array([0, 1], dtype)
    y = row.function(x)
    assert y.dtype == np.float64
    assert_array_equal(y, row.function(x.astype(float)))


@every_function
def test_takes_numbers_lists_and_arrays_of_any_shape(row):
    one = row.function(0.5)
    assert np.shape(one) == ()
    assert_array_equal(row.function([[0.5], [0.5]]), [[one], [one]])
    for shape in [(0,), (0, 3), (2, 3, 4)]:
        assert row.function(np.full(shape, 0.5)).shape == shape


@every_function
def test_changes_nothing(row):
    x = np.array([-1.0, 0.0, 1.0])
    x.setflags(write=False)
    row.function(x)
    assert_array_equal(x, [-1, 0, 1])


@every_function
@both_dtypes
def test_runs_on_another_array_library(row, dtype):
    x = np.array([[-3.0, -0.0, 0.5], [20.0, -20.0, 1e4]], dtype)
    y = row.function(strict(x))
    assert is_strict(y)
    assert_allclose(np.asarray(y), row.function(x), rtol=2 * np.finfo(dtype).eps)


def test_at_their_kinks():
    assert_array_equal(functions.step([0.0, -0.0]), [0, 0])
    for function in (functions.relu, functions.leaky_relu, functions.elu, functions.identity):
        assert_array_equal(function([0.0, -0.0]), [0, 0])


def test_slope_and_alpha():
    assert_allclose(functions.leaky_relu([-2.0, 2.0], slope=0.25), [-0.5, 2])
    assert_allclose(functions.elu([-1e4, 2.0], alpha=0.25), [-0.25, 2])
    assert functions.leaky_relu(1e308, slope=2.0) == 1e308
    assert functions.leaky_relu(np.float32(-1), slope=np.float64(0.5)).dtype == np.float32


def test_known_values():
    assert functions.sigmoid(0) == 0.5
    assert functions.softplus(0) == math.log(2)
    assert_allclose(functions.gelu(1.0), 0.8411919906082768, rtol=1e-15)
    exact = scipy.special.ndtr(np.linspace(-4, 4, 33)) * np.linspace(-4, 4, 33)
    # The tanh form is known to stay within 5e-4 of the exact x Φ(x).
    assert_allclose(functions.gelu(np.linspace(-4, 4, 33)), exact, atol=5e-4)


# -- softmax ---------------------------------------------------------------------------------

rows = st.lists(st.floats(-1e308, 1e308), min_size=1, max_size=5)


@given(st.lists(st.floats(-300, 300), min_size=1, max_size=5))
def test_softmax_agrees_with_scipy(x):
    # The exponent is rounded at 600 · eps; so the power is off by that much, relatively.
    assert_allclose(functions.softmax(x), scipy.special.softmax(x), rtol=3e-13, atol=1e-300)
    assert_allclose(functions.log_softmax(x), scipy.special.log_softmax(x), rtol=1e-13, atol=1e-15)


@given(rows)
@example([1.7e308, -1.7e308])
@example([5e-324, 0.0])
def test_softmax_rows_are_probabilities_for_any_scores(x):
    y = functions.softmax(x)
    assert_allclose(y.sum(), 1, rtol=1e-15 * len(x))
    assert (y >= 0).all()
    assert (functions.log_softmax(x) <= 0).all()
    assert np.isfinite(functions.log_softmax(x)).all()
    assert y[np.argmax(x)] == y.max()


@both_dtypes
def test_softmax_at_the_ends_of_the_range(dtype):
    largest = np.finfo(dtype).max
    x = np.array([largest, -largest, largest], dtype)
    assert_array_equal(functions.softmax(x), [0.5, 0, 0.5])
    log_y = functions.log_softmax(x)
    assert_allclose(log_y[[0, 2]], -math.log(2), rtol=1e-6)
    assert log_y[1] == -largest  # the true value, −2 max, is beyond the range
    assert functions.softmax(x).dtype == log_y.dtype == dtype


def test_a_class_that_is_ruled_out_has_probability_zero():
    assert_array_equal(functions.softmax([-np.inf, 1.0, 1.0]), [0, 0.5, 0.5])
    assert functions.log_softmax([-np.inf, 0.0])[0] == np.finfo(float).min


def test_an_infinite_score_is_not_passed_in_silence():
    with pytest.warns(RuntimeWarning, match="invalid value"):
        assert np.isnan(functions.softmax([np.inf, 0.0])).any()


def test_a_nan_spoils_its_own_row_alone():
    y = functions.softmax([[np.nan, 0.0], [0.0, 0.0]])
    assert_array_equal(np.isnan(y), [[True, True], [False, False]])
    assert_array_equal(np.isnan(functions.log_softmax([[np.nan, 0], [0, 0]])), np.isnan(y))


@pytest.mark.parametrize("function", [functions.softmax, functions.log_softmax])
def test_softmax_along_each_axis(function):
    x = np.random.default_rng(0).normal(size=(2, 3, 4))
    for axis in (0, 1, 2, -1):
        moved = function(np.moveaxis(x, axis, -1))
        assert_allclose(function(x, axis=axis), np.moveaxis(moved, -1, axis))
    assert function(np.zeros((0, 3))).shape == (0, 3)
    assert_allclose(np.asarray(function(strict(x), axis=1)), function(x, axis=1), rtol=1e-14)


# -- losses of arrays ------------------------------------------------------------------------


@given(st.integers(1, 4), st.integers(1, 4), st.integers(0, 10**6))
def test_losses_agree_with_plain_loops(n, c, seed):
    rng = np.random.default_rng(seed)
    y, t = rng.dirichlet(np.ones(c), n), rng.dirichlet(np.ones(c), n)
    squares = [(y[i, k] - t[i, k]) ** 2 for i in range(n) for k in range(c)]
    crossed = [-t[i, k] * math.log(y[i, k] + 1e-7) for i in range(n) for k in range(c)]
    assert_allclose(functions.squared_error(y, t), sum(squares) / 2 / n, atol=1e-16)
    assert_allclose(functions.mean_squared_error(y, t), sum(squares) / n / c, atol=1e-16)
    assert_allclose(functions.cross_entropy(y, t), sum(crossed) / n, rtol=1e-13, atol=1e-15)


@pytest.mark.parametrize("dtype", [np.uint8, np.int32, np.int64, np.uint64])
def test_labels_are_one_hot_rows_are_probabilities(dtype):
    y = np.random.default_rng(0).dirichlet(np.ones(4), 5)
    labels = np.array([0, 3, 1, 1, 2], dtype)
    one_hot = np.eye(4)[labels.astype(int)]
    expected = functions.cross_entropy(y, labels)
    assert functions.cross_entropy(y, one_hot) == expected
    assert functions.cross_entropy(y, one_hot.astype(bool)) == expected
    assert_allclose(expected, -np.log(y[range(5), labels.astype(int)] + 1e-7).mean())


def test_one_sample_without_a_batch():
    assert functions.cross_entropy([0.25, 0.75], 1, eps=0) == -math.log(0.75)
    assert functions.squared_error([1.0, 3.0], [0.0, 0.0]) == 5.0


@pytest.mark.parametrize("dtype", [np.uint8, np.int8])
def test_small_integers_can_name_a_class_among_many(dtype):
    t = functions.class_probabilities(np.array([20], dtype), np.zeros((1, 300)))
    assert_array_equal(np.flatnonzero(t), [20])


def test_nothing_times_the_logarithm_of_nothing_is_nothing():
    assert functions.cross_entropy([0.0, 1.0], [0, 1], eps=0) == 0
    with pytest.warns(RuntimeWarning, match="divide by zero"):
        assert functions.cross_entropy([0.0, 1.0], [1, 0], eps=0) == math.inf


def test_a_nan_among_probabilities_shows():
    assert np.isnan(functions.cross_entropy([np.nan, 1.0], [0, 1]))
    assert np.isnan(functions.squared_error([np.nan], [0.0]))


@both_dtypes
def test_losses_keep_the_dtype(dtype):
    y = np.array([[0.5, 0.5]], dtype)
    for function in (functions.squared_error, functions.mean_squared_error):
        assert function(y, y).dtype == dtype
    assert functions.cross_entropy(y, [1]).dtype == dtype


def test_losses_run_on_another_array_library():
    y, t = np.array([[0.25, 0.75], [0.5, 0.5]]), np.array([[0.0, 1.0], [1.0, 0.0]])
    for function in (
        functions.squared_error,
        functions.mean_squared_error,
        functions.cross_entropy,
    ):
        assert_allclose(float(function(strict(y), strict(t))), function(y, t), rtol=1e-15)
    labels = array_api_strict.asarray([1, 0])
    assert_allclose(
        float(functions.cross_entropy(strict(y), labels)), functions.cross_entropy(y, [1, 0])
    )


@pytest.mark.parametrize(
    "call",
    [
        lambda: functions.squared_error(np.zeros((0, 2)), np.zeros((0, 2))),
        lambda: functions.mean_squared_error(np.zeros((0, 2)), np.zeros((0, 2))),
        lambda: functions.cross_entropy(np.zeros((0, 2)), np.zeros(0, int)),
    ],
)
def test_an_empty_batch_has_no_mean(call):
    with pytest.raises(InputError, match="there is no mean loss: the batch is empty"):
        call()


def test_shapes_that_do_not_match_are_shown_both():
    with pytest.raises(ShapeError, match=r"`y` has shape \(2,\) and `t` has shape \(3,\)"):
        functions.squared_error([1, 2], [1, 2, 3])


@pytest.mark.parametrize(
    "function", [row.function for row in FUNCTIONS] + [functions.softmax, functions.log_softmax]
)
def test_complex_numbers_are_refused_and_not_compared_in_silence(function):
    with pytest.raises(TypeError, match="`x` must hold real numbers, got"):
        function(np.array([1 + 1j]))
