"""Steps that suit the point: no wrong derivative without a word."""

from __future__ import annotations

import math
import warnings

import numpy as np
import pytest

from tests.numeric.hard_points import POINTS
from tidu.errors import InaccurateDerivativeWarning, InputError, NonFiniteError
from tidu.numeric import Status, derivative, directional_derivative, gradient, hessian, jacobian
from tidu.numeric.formulas import StepTrial
from tidu.numeric.search import MOST_TRIALS, Range, search

CHECKED = ("central", "five-point", "richardson", "complex-step")
"""Methods whose error is a bound; forward and backward see one side of x alone."""


def inverse(x):
    return 1 / x


@pytest.mark.parametrize("method", ["central", "five-point", "richardson", "complex-step"])
@pytest.mark.parametrize(
    ("f", "x", "slope"),
    [
        (np.log, 1e-3, 1e3),
        (np.log, 1e-5, 1e5),
        (np.log, 1e-6, 1e6),
        (inverse, 1e-5, -1e10),
        (inverse, 1e-8, -1e16),
        (np.sin, 1e6, math.cos(1e6)),
        (lambda x: x * x, 1e-10, 2e-10),
        (lambda x: 1e-300 * np.sin(x), 1.0, 1e-300 * math.cos(1.0)),
    ],
    ids=["log 1e-3", "log 1e-5", "log 1e-6", "1/x 1e-5", "1/x 1e-8", "sin 1e6", "x*x", "tiny sin"],
)
def test_points_at_which_a_step_of_eps_to_the_third_is_wrong(f, x, slope, method):
    found = derivative(f, x, method=method, full_output=True)
    assert found.status is Status.CONVERGED
    assert abs(found.value - slope) <= found.error + 1e-15 * abs(slope)
    assert abs(found.value - slope) <= 1e-7 * abs(slope)
    assert derivative(f, x, method=method) == found.value


@pytest.mark.parametrize("method", CHECKED)
def test_single_precision_beside_a_pole(method):
    x = np.float32(0.01)
    found = derivative(inverse, x, method=method, full_output=True)
    slope = -1 / float(x) ** 2
    assert found.success
    assert abs(float(found.value) - slope) <= float(found.error)
    assert abs(float(found.value) - slope) <= 1e-4 * abs(slope)


def _row_fails(point, method):
    """Return what is wrong with an estimate, if anything."""
    try:
        found = derivative(point.function, point.at, method=method, full_output=True)
    except (InputError, NonFiniteError):
        analytic = not any(name in point.f for name in ("abs", "relu", "step"))
        return "refused" if analytic and point.truth is not None else ""
    if point.truth is None:
        return "converged at a kink" if found.success else ""
    off = abs(float(found.value) - point.truth)
    closed_form = 4 * float(np.finfo(point.dtype).eps) * abs(point.truth)
    if found.success and off > float(found.error) + closed_form:
        return f"off by {off:.3g}, error {found.error:.3g}"
    return ""


def test_the_table_of_hard_points_is_long():
    assert len(POINTS) >= 200
    assert len({point.name for point in POINTS}) > 300  # names round x
    assert min(abs(p.x) for p in POINTS if p.x) == 1e-30
    assert max(abs(p.x) for p in POINTS) == 1e30


@pytest.mark.parametrize("kind", sorted({point.kind for point in POINTS}))
def test_the_error_is_a_bound_wherever_it_converged(kind):
    points = [point for point in POINTS if point.kind == kind]
    wrong = {p.name: why for p in points if (why := _row_fails(p, "central"))}
    assert not wrong


@pytest.mark.exhaustive
@pytest.mark.parametrize("method", CHECKED)
def test_the_error_is_a_bound_wherever_it_converged_by_every_method(method):
    wrong = {p.name: why for p in POINTS if (why := _row_fails(p, method))}
    assert not wrong


@pytest.mark.exhaustive
@pytest.mark.parametrize(
    ("method", "median", "mean", "most"),
    [("central", 9, 12, 65), ("five-point", 13, 17, 97), ("richardson", 17, 27, 150)],
)
def test_how_often_f_is_called_at_hard_points(method, median, mean, most):
    calls = [
        derivative(p.function, p.at, method=method, full_output=True).evaluations for p in POINTS
    ]
    assert np.median(calls) <= median
    assert np.mean(calls) <= mean
    assert max(calls) <= most


@pytest.mark.parametrize("method", ["central", "five-point", "richardson"])
@pytest.mark.parametrize(
    ("f", "x"),
    [
        (np.abs, 0.0),
        (lambda x: np.maximum(x, 0), 0.0),
        (lambda x: np.abs(x - 1), 1.0),
        (lambda x: 1.0 * (x > 0.5), 0.5),
        (lambda x: np.sqrt(np.abs(x)), 0.0),
    ],
    ids=["abs", "relu", "abs(x-1)", "jump", "cusp"],
)
def test_a_kink_is_told(f, x, method):
    with pytest.warns(InaccurateDerivativeWarning, match="may be off by") as caught:
        derivative(f, x, method=method)
    assert caught[0].filename == __file__
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = derivative(f, x, method=method, full_output=True)
    assert not found.success
    assert found.status >= Status.STEP_LIMIT


def test_a_kink_of_one_entry_is_named():
    f = lambda x: np.sum(np.abs(x))  # noqa: E731
    x = np.array([[1.0, 2.0], [0.0, -1.0]])
    with pytest.warns(InaccurateDerivativeWarning, match=r"at entry \[1, 0\]"):
        assert gradient(f, x).tolist() == [[1, 1], [0, -1]]
    found = gradient(f, x, full_output=True)
    assert found.status.tolist() == [[0, 0], [Status.NOT_CONVERGED, 0]]
    assert found.success.tolist() == [[True, True], [False, True]]
    assert found.message.startswith("entry [1, 0]: longer and shorter steps")
    assert "3 CONVERGED, 1 NOT_CONVERGED" in repr(found)


@pytest.mark.parametrize(
    ("f", "x", "status"),
    [
        (np.sin, 0.5, Status.CONVERGED),
        (lambda x: 1e16 + np.sin(x), 1.0, Status.NOISE),
        (np.cos, 0.0, Status.NOISE),
        (lambda x: np.sin(1e17 * x), 0.3, Status.STEP_LIMIT),
        (np.abs, 0.0, Status.NOT_CONVERGED),
    ],
)
def test_each_status(f, x, status):
    found = derivative(f, x, full_output=True)
    assert found.status is status
    assert found.message == status.sentence
    assert found.success == (status is Status.CONVERGED)
    assert f"status={status.name})" in repr(found)


def test_a_given_step_that_is_too_long_is_told_in_the_status_alone():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert derivative(np.sin, 1e6, step=2.0) == pytest.approx(0.426, abs=1e-3)
        found = derivative(np.sin, 1e6, step=2.0, full_output=True)
    assert found.step == 2.0
    assert found.status is Status.NOT_CONVERGED


def test_a_given_step_that_vanishes_reaches_the_limit():
    with pytest.warns(UserWarning, match="vanishes"):
        found = derivative(np.exp, 1.0, step=1e-50, full_output=True)
    assert found.status is Status.STEP_LIMIT


def test_a_domain_may_end_in_an_exception():
    assert derivative(math.log, 1e-9) == pytest.approx(1e9, rel=1e-7)
    with pytest.raises(NonFiniteError, match="`f` is not defined near x"):
        derivative(math.sqrt, 0.0)
    with pytest.raises(ValueError, match=r"math domain|expected a"):
        derivative(math.log, -1.0)


def test_an_error_of_f_itself_is_not_taken_for_the_end_of_its_domain():
    def f(x):
        if x > 1:
            raise KeyError("no such thing")
        return x

    with pytest.raises(KeyError):
        derivative(f, 1.0)


def test_warnings_of_f_outside_its_domain_do_not_come_through():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert derivative(np.log, 1e-7) == pytest.approx(1e7, rel=1e-7)
        assert derivative(np.exp, 709.7) == pytest.approx(math.exp(709.7), rel=1e-6)


def test_each_value_of_a_jacobian_gets_its_own_step():
    scales = np.array([1.0, 1e-6, 1e6, 1e3])
    found = jacobian(lambda x: np.sin(x / scales), np.float64(0.7), full_output=True)
    exact = np.cos(0.7 / scales) / scales
    assert (np.abs(found.value - exact) <= found.error).all()
    assert (np.abs(found.value - exact) <= 1e-4 * np.abs(exact)).all()
    assert found.step[1] < 1e-2 * found.step[0]


def test_a_hessian_beside_a_pole():
    exact = 2 / 1e-12
    found = hessian(lambda x: 1 / x[0] + x[1] ** 2, [1e-4, 1.0], full_output=True)
    assert found.value[0, 0] == pytest.approx(exact, rel=1e-5)
    assert abs(found.value[0, 0] - exact) <= found.error[0, 0]
    assert found.status[0, 0] == Status.CONVERGED
    assert found.value[1, 1] == pytest.approx(2, rel=1e-6)


def test_the_step_along_a_direction_suits_the_entries_that_move():
    f = lambda x: np.sin(x[0])  # noqa: E731
    for method in CHECKED:
        found = directional_derivative(f, [1.0, 1e6], [1.0, 0.0], method=method)
        assert found == pytest.approx(math.cos(1.0), rel=1e-9)


@pytest.mark.parametrize(
    ("f", "x"),
    [
        (lambda x: np.sum(np.abs(x)), [0.5, -0.5]),  # the slopes cancel in many a direction
        (lambda x: 1000 + 0.1 * np.sum(np.abs(x)), [1.0]),
        (lambda x: x[0] ** 2 + 1e-6 * np.abs(x[1]), [3.0, 1.0]),
        (lambda x: np.sum(np.abs(x)), [0.0]),
    ],
)
def test_the_complex_step_looks_along_every_entry(f, x):
    with pytest.raises(InputError, match="not analytic here"):
        gradient(f, x, method="complex-step")


def test_the_complex_step_of_a_function_in_single_precision():
    def f(x):
        return np.sin(np.asarray(x, np.complex64 if np.iscomplexobj(x) else np.float32))

    found = derivative(f, 1.0, method="complex-step", full_output=True)
    assert found.value == pytest.approx(math.cos(1.0), rel=1e-6)
    assert abs(found.value - math.cos(1.0)) <= found.error


def test_the_complex_step_that_no_difference_can_confirm_says_so():
    found = derivative(lambda x: 1e16 + np.sin(x), 1.0, method="complex-step", full_output=True)
    assert found.value == pytest.approx(math.cos(1.0), rel=1e-12)
    assert found.status is Status.NOISE
    assert found.error > 1


def _trials(steps, tolerance=1e-8, **limits):
    """Search with a model of a difference: the steps tried, and the one that is taken."""
    tried = []

    def attempt(h):
        tried.append(h)
        value, truncation, rounding = steps(h)
        at = (np.asarray(v, float) for v in (value, truncation, rounding, rounding))
        return StepTrial(h, *at, np.asarray(h))

    limits = {
        "first": 1e-5,
        "natural": 0.0,
        "smallest": 1e-300,
        "largest": 1e5,
        "coarse": 1e-15,
        "flat": 0.25,
        "both_sides": True,
    } | limits
    trial, unresolved, limited = search(attempt, Range(**limits), tolerance, tolerance)
    return tried, float(trial.step), bool(unresolved), bool(limited)


@pytest.mark.parametrize("length", [1e-40, 1e-20, 1e-8, 1e-3, 1.0, 1e3])
def test_the_search_finds_where_truncation_meets_rounding(length):
    tried, step, unresolved, _ = _trials(
        lambda h: (1.0, min((h / length) ** 2, 1.0), 1e-16 * length / h)
    )
    error = (step / length) ** 2 + 1e-16 * length / step
    best = 2 * 1e-16 ** (2 / 3)
    assert error <= max(1e-8, 64 * best)
    assert not unresolved
    assert len(tried) <= 10


def test_a_first_step_that_suits_is_the_only_one():
    tried, step, _, _ = _trials(lambda h: (1.0, 1e-11, 1e-11))
    assert tried == [step] == [1e-5]


@pytest.mark.parametrize("method", ["central", "five-point", "richardson"])
@pytest.mark.parametrize("w", [1e4, 1e6, 1e8])
def test_a_ripple_that_is_low_but_steep_is_seen(w, method):
    slope = 1 + 3 * math.cos(0.3 * w)
    found = derivative(lambda x: x + 3 * np.sin(w * x) / w, 0.3, method=method, full_output=True)
    assert abs(found.value - slope) <= found.error
    assert found.error <= 1e-2 * abs(slope)


@pytest.mark.parametrize("method", ["central", "five-point", "richardson"])
def test_a_part_of_f_that_stands_still_over_short_steps_does_not_fool(method):
    # cos is rounded to multiples of 1e-16, log is not: over the shortest steps log moves alone
    f = lambda x: np.log(np.cos(0.1 * x)) * np.log(0.3 * x)  # noqa: E731
    for x in (1e-2, 2.8e-3, 1e-3):
        slope = -0.1 * np.tan(0.1 * x) * np.log(0.3 * x) + np.log(np.cos(0.1 * x)) / x
        found = derivative(f, x, method=method, full_output=True)
        assert abs(found.value - slope) <= max(found.error, 1e-4 * abs(slope))


def test_the_search_ends():
    for model in (
        lambda h: (1.0, 1.0, 1e-16 / h),  # a kink
        lambda h: (1.0 / h, 1.0 / h, 1e-16 / h),  # a jump
        lambda h: (0.0, 1e-16 / h, 1e-16 / h),  # nothing but noise
        lambda h: (0.0, 0.0, 1e-16 / h),  # flat
        lambda h: (h, h, h),
    ):
        tried, *_ = _trials(model)
        assert len(tried) <= MOST_TRIALS
        assert len(set(tried)) == len(tried)


def test_a_smooth_but_other_function_far_away_is_not_taken():
    # within 1e-9 the slope is 1, far out it is 2, with less noise
    def model(h):
        if h < 1e-9:
            return 1.0, 1e-14, 1e-16 / h
        return 2.0, (1.0 if h < 1e-4 else 1e-12), 1e-16 / h

    _, step, _, _ = _trials(model)
    assert step < 1e-9
